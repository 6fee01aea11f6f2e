"""What scikit-learn's `StandardScaler` learns and gives back.

Structure of standard-scaler.json: `cases`, a list of

    name
    dataset       "iris" | "wine" | "breast_cancer" | "digits", or null: then
    X             rows, of dtype `dtype` ("NaN" marks a missing entry); null when a dataset is named
    dtype         "float64" | "float32"
    sparse        true: X was given as CSR; `transformed` is the dense form of the CSR result
    sampleWeight  one number per row, or null
    batches       [[from, to], ...] when learned by partial_fit on these row ranges; else null
    options       { withMean, withStd }
    called        the scikit-learn call
    mean var scale    [features]; null where scikit-learn has None (mean and var only when neither option is on)
    nSamplesSeen  rows seen: one number; with missing entries or weights one number per feature where they differ
    transformed   rows; for datasets the first 5
    inverse       inverse_transform of `transformed`

Variance divides by the number of rows (or by the sum of weights). Missing entries are left out of mean and variance
and stay missing in the result. A column that is constant to rounding (variance <= n eps var + (n mean eps)^2) has
scale 1; its var is what was computed, not set to 0.
"""

import warnings

import numpy as np
from scipy import sparse
from sklearn import datasets
from sklearn.preprocessing import StandardScaler

from writing import write

NAN = np.nan
SMALL = [
    [1.0, -2.0, 5.0, 0.0], [2.5, 4.0, 5.0, 1e6], [-3.0, 0.5, 5.0, -1e6], [0.25, 8.0, 5.0, 3e6], [7.0, -1.0, 5.0, 2.0]
]
MISSING = [[1.0, NAN, 3.0], [NAN, 2.0, 6.0], [4.0, 8.0, NAN], [2.0, -1.0, 0.5], [0.0, 3.0, NAN]]
ONE_COLUMN_MISSING = [[1.0, NAN], [2.0, NAN], [4.0, NAN]]
HOLES = [[0.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 4.0, 0.0], [3.0, 0.0, 0.0], [0.0, -1.5, 0.0]]
FAR_FROM_ZERO = [[1e8 + 1, 0.1], [1e8 + 2, 0.1], [1e8 + 3, 0.1], [1e8 + 4, 0.1], [1e8 + 5, 0.1]]
WEIGHTS = [1.0, 2.0, 3.0, 1.0, 2.0]
FRACTIONS = [0.5, 0.0, 2.25, 1.0, 0.125]


def case(name, X=None, dataset=None, dtype="float64", as_sparse=False, weight=None, batches=None, **options):
    rows = np.array(X, dtype=dtype) if dataset is None else getattr(datasets, f"load_{dataset}")(return_X_y=True)[0]
    given = sparse.csr_array(rows) if as_sparse else rows
    model = StandardScaler(**options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "mean of empty slice" for a column with nothing in it
        if batches is None:
            model.fit(given, sample_weight=weight)
        for start, stop in batches or []:
            model.partial_fit(given[start:stop], sample_weight=None if weight is None else weight[start:stop])
        transformed = model.transform(given)
        inverse = model.inverse_transform(transformed)
    if as_sparse:
        transformed, inverse = transformed.toarray(), inverse.toarray()
    if not as_sparse:
        check(rows, weight, model)
    return {
        "name": name,
        "dataset": dataset,
        "X": None if X is None else rows,
        "dtype": dtype,
        "sparse": as_sparse,
        "sampleWeight": weight,
        "batches": batches,
        "options": {"withMean": model.with_mean, "withStd": model.with_std},
        "called": repr(model),
        "mean": model.mean_,
        "var": model.var_,
        "scale": model.scale_,
        "nSamplesSeen": model.n_samples_seen_,
        "transformed": transformed[: 5 if dataset else None],
        "inverse": inverse[: 5 if dataset else None],
    }


def check(rows, weight, model):
    """Mean and variance from their definition, in extended precision."""
    if model.mean_ is None:
        return
    rows = rows.astype(np.longdouble)
    weight = np.ones(len(rows)) if weight is None else np.array(weight)
    mass = np.where(np.isnan(rows), 0, weight[:, None])
    with np.errstate(invalid="ignore"):
        mean = np.nansum(mass * rows, axis=0) / mass.sum(axis=0)
        var = np.nansum(mass * (rows - mean) ** 2, axis=0) / mass.sum(axis=0)
    tolerance = 1e-12 if model.mean_.dtype == np.float64 else 1e-6
    assert np.allclose(model.mean_, mean.astype(float), rtol=tolerance, atol=0, equal_nan=True)
    if model.with_std:
        assert np.allclose(model.var_, var.astype(float), rtol=1e-9, atol=1e-9, equal_nan=True)


def cases():
    yield case("plain", SMALL)
    yield case("without mean", SMALL, with_mean=False)
    yield case("without std", SMALL, with_std=False)
    yield case("without both", SMALL, with_mean=False, with_std=False)
    yield case("weights", SMALL, weight=WEIGHTS)
    yield case("fractional and zero weights", SMALL, weight=FRACTIONS)
    yield case("weights, without mean", SMALL, weight=WEIGHTS, with_mean=False)
    yield case("one row", SMALL[:1])
    yield case("far from zero, constant to rounding", FAR_FROM_ZERO)
    yield case("missing", MISSING)
    yield case("missing, weights", MISSING, weight=WEIGHTS)
    yield case("column with nothing in it", ONE_COLUMN_MISSING)
    yield case("batches", SMALL, batches=[[0, 2], [2, 5]])
    yield case("batches, weights", SMALL, weight=WEIGHTS, batches=[[0, 1], [1, 5]])
    yield case("batches, missing", MISSING, batches=[[0, 2], [2, 5]])
    yield case("sparse", HOLES, as_sparse=True, with_mean=False)
    yield case("sparse, weights", HOLES, as_sparse=True, with_mean=False, weight=WEIGHTS)
    yield case("sparse, missing", MISSING, as_sparse=True, with_mean=False)
    yield case("sparse, without both", HOLES, as_sparse=True, with_mean=False, with_std=False)
    yield case("float32", SMALL, dtype="float32")
    for dataset in ("iris", "wine", "breast_cancer", "digits"):
        yield case(dataset, dataset=dataset)


if __name__ == "__main__":
    write(__file__, ["numpy", "scipy", "scikit-learn"], {"cases": list(cases())})
