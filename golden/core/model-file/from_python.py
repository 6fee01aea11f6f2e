"""Two files written by Python's safetensors, for Skein to read.

Makes from_python.safetensors, with tensors of every dtype Skein has; from_python_others.safetensors, with dtypes Skein
has not (F16, BF16 and I64); and from_python.json:

    file       "from_python.safetensors"
    bytes      its size
    metadata   { key: string }
    tensors    { name: tensor }
    others     { file, bytes, dtypes: { name: the dtype as the file names it } }
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file

from writing import tensor, write

HERE = Path(__file__).parent
METADATA = {"note": 'größer als 1, "quoted" {"kind": "none"}'}  # one entry: safetensors writes several in random order
TENSORS = {
    "weights": torch.tensor([[1.5, -2.25, 0.1], [float("inf"), float("nan"), -0.0]], dtype=torch.float32),
    "exact": torch.tensor([0.1, 1e300, 5e-324, -float("inf")], dtype=torch.float64),
    "counts": torch.tensor([[[2147483647], [-2147483648]], [[0], [-1]]], dtype=torch.int32),
    "bytes": torch.tensor([0, 1, 127, 128, 255], dtype=torch.uint8),
    "mask": torch.tensor([[True, False], [False, True], [True, True]]),
    "scalar": torch.tensor(7.0, dtype=torch.float64),
    "empty": torch.zeros(0, 3, dtype=torch.float32),
    "layer.0/weight ü": torch.arange(4, dtype=torch.float32),
}
OTHERS = {
    "half": torch.tensor([1.5, -2.0], dtype=torch.float16),
    "brain": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
    "long": torch.tensor([1, 2**40], dtype=torch.int64),
}


def header(path):
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])


if __name__ == "__main__":
    main, others = HERE / "from_python.safetensors", HERE / "from_python_others.safetensors"
    save_file(TENSORS, main, METADATA)
    save_file(OTHERS, others)
    loaded = load_file(main)
    assert all(np.array_equal(loaded[name], value.numpy(), equal_nan=True) for name, value in TENSORS.items())
    body = {
        "file": main.name,
        "bytes": main.stat().st_size,
        "metadata": METADATA,
        "tensors": {name: tensor(value) for name, value in TENSORS.items()},
        "others": {
            "file": others.name,
            "bytes": others.stat().st_size,
            "dtypes": {name: entry["dtype"] for name, entry in header(others).items()},
        },
    }
    write(__file__, ["numpy", "torch", "safetensors"], body)
