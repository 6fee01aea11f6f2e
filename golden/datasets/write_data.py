"""Writes one data file of packages/datasets and its line in checksums.ts.

A file is gzipped JSON. The checksum is SHA-256 of the JSON before compression, so that it stays the same when a
newer zlib compresses differently, and when a web server hands out the file already unpacked.
"""

import gzip
import hashlib
import json
import pathlib
import re

PACKAGE = pathlib.Path(__file__).resolve().parents[2] / "packages" / "datasets"
CHECKSUMS = PACKAGE / "src" / "checksums.ts"
HEADER = """\
/**
 * SHA-256 of every data file's JSON, before compression. Written by the scripts in golden/datasets; not by hand.
 */
export const checksums = {
"""


def write_data(name: str, content: dict) -> None:
    """Writes data/NAME.json.gz, remembers its checksum and says how large it came out."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf8")
    packed = gzip.compress(plain, compresslevel=9, mtime=0)
    (PACKAGE / "data").mkdir(parents=True, exist_ok=True)
    (PACKAGE / "data" / f"{name}.json.gz").write_bytes(packed)
    write_checksum(name, hashlib.sha256(plain).hexdigest())
    print(f"{name}: {len(plain):,} bytes, {len(packed):,} packed")


def write_checksum(name: str, digest: str) -> None:
    known = dict(re.findall(r'"?([a-z-]+)"?: "([0-9a-f]{64})"', CHECKSUMS.read_text())) if CHECKSUMS.exists() else {}
    known[name] = digest
    lines = [f"  {quoted(key)}: \"{known[key]}\",\n" for key in sorted(known)]
    CHECKSUMS.parent.mkdir(parents=True, exist_ok=True)
    CHECKSUMS.write_text(HEADER + "".join(lines) + "} as const;\n")


def quoted(key: str) -> str:
    """A property name as the formatter wants it: in quotation marks only if it has to be."""
    return f'"{key}"' if "-" in key else key
