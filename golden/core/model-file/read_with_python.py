"""Reads a .safetensors file with Python's safetensors and prints what it finds, as JSON on one line.

    python read_with_python.py FILE

    { "metadata": { key: string } or null,
      "tensors": { name: { "dtype": "float32", "shape": [2, 3], "sum": number, "first": number or null } } }

Needs only numpy and safetensors. `sum` is in float64 over the values as they lie in the file; NaN and infinities come as
strings, as in the other files here. A file that safetensors rejects ends with exit code 1 and the reason on stderr.
"""

import json
import math
import sys

import numpy as np
from safetensors import SafetensorError, safe_open


def number(value):
    value = float(value)
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def describe(array):
    with np.errstate(invalid="ignore"):
        total = array.sum(dtype=np.float64)
    first = number(array.flat[0]) if array.size else None
    return {"dtype": str(array.dtype), "shape": list(array.shape), "sum": number(total), "first": first}


def read(path):
    with safe_open(path, framework="numpy") as file:
        tensors = {name: describe(file.get_tensor(name)) for name in sorted(file.keys())}
        return {"metadata": file.metadata(), "tensors": tensors}


if __name__ == "__main__":
    try:
        print(json.dumps(read(sys.argv[1])))
    except (SafetensorError, OSError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")
