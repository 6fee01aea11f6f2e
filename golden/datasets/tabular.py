"""Makes the tables of packages/datasets from scikit-learn's own, and tabular.json, the numbers that its tests expect.

Each entry of tabular.json describes one set as scikit-learn loads it: names, shape, some rows, sums of columns, and
SHA-256 of all values as little-endian float64, row by row, so that a test can ask for equality of every bit.
"""

import hashlib

import numpy as np
from sklearn import datasets

from write_data import write_data
from writing import write

LOADERS = {
    "breast-cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
}


def numbers(array: np.ndarray) -> list:
    """Nested lists; whole numbers without their fraction, which halves the file of digits."""
    return [numbers(row) if isinstance(row, np.ndarray) else int(row) if row == int(row) else float(row) for row in array]


def bits(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array, dtype="<f8").tobytes()).hexdigest()


def target_names(loaded) -> list[str]:
    return [str(name) for name in loaded.get("target_names", [])]


def content(loaded) -> dict:
    X, y = loaded["data"], loaded["target"]
    assert not np.any(np.signbit(X) & (X == 0)), "minus zero would be lost on the way through whole numbers"
    names = [str(name) for name in loaded["feature_names"]]
    return {"featureNames": names, "targetNames": target_names(loaded), "X": numbers(X), "y": numbers(y)}


def expected(loaded) -> dict:
    X, y = loaded["data"], loaded["target"]
    middle = len(X) // 2
    return {
        "shape": list(X.shape),
        "featureNames": [str(name) for name in loaded["feature_names"]],
        "targetNames": target_names(loaded),
        "rows": {str(i): X[i] for i in (0, middle, len(X) - 1)},
        "columnSums": X.sum(axis=0),
        "bits": bits(X),
        "target": {"first": y[:5], "last": y[-5:], "sum": y.sum(), "bits": bits(y)},
    }


def main() -> None:
    body = {}
    for name, load in LOADERS.items():
        loaded = load()
        write_data(name, content(loaded))
        body[name] = expected(loaded)
    write(__file__, ["scikit-learn", "numpy"], body)


if __name__ == "__main__":
    main()
