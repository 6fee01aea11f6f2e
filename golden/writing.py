"""Writes the JSON files of this folder: numbers that read back to the same bits, tensors, lines that a diff can show.

Not a place for computing anything; the scripts beside the JSON files do that.
"""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 118


def write(script, packages, body):
    """Writes `body` to the .json beside `script`, headed by what made it (`packages`: names as pip knows them)."""
    script = Path(script).resolve()
    versions = {"python": platform.python_version(), **{name: version(name) for name in packages}}
    document = {"made_by": script.relative_to(ROOT).as_posix(), "versions": versions, **body}
    target = script.with_suffix(".json")
    target.write_text(render(plain(document), "") + "\n", encoding="utf-8")
    print(f"  {target.relative_to(ROOT)}: {target.stat().st_size} bytes")


def tensor(array):
    """A tensor record: shape, dtype, flat row-major data. Takes NumPy arrays and torch tensors; int64 becomes int32."""
    if hasattr(array, "detach"):
        array = array.detach().numpy()
    array = np.asarray(array)
    if array.dtype == np.int64:
        assert np.array_equal(array, array.astype(np.int32))
        array = array.astype(np.int32)
    return {"shape": list(array.shape), "dtype": str(array.dtype), "data": array.ravel().tolist()}


def plain(value):
    """`value` with arrays as nested lists, tuples as lists, NumPy scalars as Python's, NaN and infinities as strings."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def render(value, indent):
    """JSON text: on one line where it fits, lists of plain numbers always, otherwise spread over several."""
    line = compact(value)
    flat = isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value)
    if flat or not isinstance(value, (list, dict)) or len(indent) + len(line) <= WIDTH:
        return line
    inner = indent + " "
    if isinstance(value, dict):
        entries = [f"{inner}{json.dumps(key)}: {render(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + line for line in filled(value, inner)) + f"\n{indent}]"


def filled(items, indent):
    """The entries of a list as text, short lists of numbers side by side as far as a line goes."""
    lines = []
    for item in items:
        text = render(item, indent)
        packable = isinstance(item, list) and "\n" not in text
        if packable and lines and lines[-1][0] and len(indent) + len(lines[-1][1]) + len(text) < WIDTH - 2:
            lines[-1] = (True, f"{lines[-1][1]}, {text}")
        else:
            lines.append((packable, text))
    return [text for _, text in lines]


def compact(value):
    """JSON on one line; a float that is whole is written without its `.0` (minus zero stays `-0`)."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(compact(item) for item in value) + "]"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return json.dumps(value, ensure_ascii=False)
