#!/bin/sh
# Makes every expected number again: golden/make.sh           all scripts
#                                    golden/make.sh PATH ...  only these, e.g. nn/dense workflow/metrics.py
# The Python environment is golden/.venv (ignored by git); SKEIN_GOLDEN_VENV names another one.
set -eu
cd "$(dirname "$0")"

venv="${SKEIN_GOLDEN_VENV:-.venv}"
if [ ! -x "$venv/bin/python" ]; then
  echo "making $venv"
  "${PYTHON:-python3.11}" -m venv "$venv"
  "$venv/bin/pip" install --quiet --retries 0 --extra-index-url https://download.pytorch.org/whl/cpu \
    --requirement requirements.txt
fi

if [ "$#" -eq 0 ]; then
  # A script has its result beside it: NAME.py makes NAME.json. The others (writing.py, ...) only help.
  set -- $(git ls-files --cached --others --exclude-standard -- '*.json' | sed 's/\.json$//' | sort)
fi
for name in "$@"; do
  script="${name%.py}.py"
  [ -f "$script" ] || { echo "no script $script" >&2; exit 1; }
  echo "$script"
  PYTHONPATH="$PWD" "$venv/bin/python" "$script"
done
