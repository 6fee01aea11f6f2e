"""An embedding table from PyTorch: looked-up rows, and the gradient, where an index that occurs twice counts twice.

Structure of embedding.json:

    table       [7, 3]
    indices     int32 [2, 5], with repeats
    cotangent   [2, 5, 3]; loss = sum(output * cotangent)
    cases       list of { name, paddingIndex: null | 0, float64: { output: [2, 5, 3], gradient: [7, 3] }, float32 }

With a padding index that row is looked up as it stands, and its gradient is zero.
"""

import torch
from torch import nn

from fixed import fixed, in_both, leaf
from writing import tensor, write

TABLE = fixed(7, 3, seed=20)
INDICES = [[0, 3, 3, 6, 1], [3, 0, 1, 5, 0]]
COTANGENT = fixed(2, 5, 3, seed=21)


def run(padding, dtype):
    table = leaf(TABLE, dtype)
    indices, cotangent = torch.tensor(INDICES), torch.tensor(COTANGENT, dtype=dtype)
    output = nn.functional.embedding(indices, table, padding_idx=padding)
    (output * cotangent).sum().backward()
    check(table.grad, padding, dtype)
    return {"output": tensor(output), "gradient": tensor(table.grad)}


def check(gradient, padding, dtype):
    by_hand = torch.zeros(7, 3, dtype=dtype)
    for row, indices in enumerate(INDICES):
        for step, index in enumerate(indices):
            if index != padding:
                by_hand[index] += torch.tensor(COTANGENT[row, step], dtype=dtype)
    assert torch.equal(by_hand, gradient)


def case(name, padding):
    return {"name": name, "paddingIndex": padding, **in_both(lambda dtype: run(padding, dtype))}


if __name__ == "__main__":
    body = {
        "table": tensor(TABLE),
        "indices": tensor(torch.tensor(INDICES)),
        "cotangent": tensor(COTANGENT),
        "cases": [case("no padding index", None), case("padding index 0", 0)],
    }
    write(__file__, ["numpy", "torch"], body)
