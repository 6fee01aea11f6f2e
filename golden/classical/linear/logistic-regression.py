"""Logistic regression at the optimum: scikit-learn's `LogisticRegression`, run until it can't get better.

Structure of logistic-regression.json:

    synthetic   { binary: { X, y }, threeClasses: { X, y } }   small sets of overlapping classes, X as rows
    cases       list of
      name          unique
      dataset       "iris" | "wine" | "breast_cancer" | "digits" | "synthetic.binary" | "synthetic.threeClasses"
      onlyClasses   rows with these labels only (in order); null: all rows
      scaled        StandardScaler fitted (without weights) on exactly these rows first
      options       Skein's option names: C, penalty ("l2" | "none"), fitIntercept, classWeight ("balanced" or
                    { label: weight }, null for none)
      sampleWeight  null, "1 + i % 3" or "i % 3" (i counts the rows used)
      called        the scikit-learn call
      classes       labels, the order of the columns of probabilities
      coef          rows: [1][features] for two classes (for classes[1]), else [classes][features]
      intercept     [1] or [classes]
      probabilities of the first 20 rows used: [20][classes]
      probabilitySums   per class, over all rows used
      logLikelihood     sum over all rows used of log p(label of the row), not weighted
      correct       rows where predict gives the label
      rows          rows used
      objective     C * sum w_i loss_i + |coef|^2 / 2   (penalty none: sum w_i loss_i)
      check         what the script made sure of: gradientMax (largest entry of the objective's gradient), newtonStepMax
                    (largest entry of the Newton step still to go: the distance to the true optimum), lbfgsDifference
                    and sparseDifference (largest difference of coef and intercept to solver lbfgs and to CSR input)

Penalty "none" is C = infinity in scikit-learn 1.9. Gauge: with three or more classes, intercepts (and, without penalty,
the coefficients of each feature) sum to zero over the classes. Without intercept, `intercept` is zeros.
"balanced" counts the rows by their sample weight: w_k = (sum of weights) / (classes * sum of weights in class k).
"""

import warnings

import numpy as np
from scipy import sparse
from scipy.special import log_softmax, softmax
from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from writing import write

WEIGHTS = {
    None: lambda n: None,
    "1 + i % 3": lambda n: 1.0 + np.arange(n) % 3,
    "i % 3": lambda n: np.arange(n) % 3 + 0.0,
}


def synthetic(classes, features, rows, seed):
    """Overlapping classes, three decimals, so that an optimum without penalty exists."""
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % classes
    centers = rng.normal(size=(classes, features))
    X = np.round(centers[y] * 0.6 + rng.normal(size=(rows, features)), 3)
    return X, y


SYNTHETIC = {"binary": synthetic(2, 3, 40, seed=0), "threeClasses": synthetic(3, 2, 45, seed=1)}


def load(dataset):
    if dataset.startswith("synthetic."):
        return SYNTHETIC[dataset.removeprefix("synthetic.")]
    return getattr(datasets, f"load_{dataset}")(return_X_y=True)


def fit(X, y, arguments, weight, solver):
    model = LogisticRegression(**arguments, solver=solver, tol=1e-12, max_iter=100_000)
    with warnings.catch_warnings():
        # Both solvers stop with a warning when rounding allows no further progress; `check_optimum` judges the result.
        warnings.simplefilter("ignore")
        return model.fit(X, y, sample_weight=weight)


def full_weights(y, model, weight):
    """Sample weight times class weight, row by row."""
    weight = np.ones(len(y)) if weight is None else weight
    if model.class_weight == "balanced":
        classes, code = np.unique(y, return_inverse=True)
        mass = np.bincount(code, weights=weight)
        return weight * (weight.sum() / (len(classes) * mass))[code]
    return weight if model.class_weight is None else weight * compute_sample_weight(model.class_weight, y)


def check_optimum(X, y, model, weight):
    """The objective, its gradient and the Newton step still to go at the model's coefficients."""
    code = np.searchsorted(model.classes_, y)
    classes = len(model.classes_)
    rows = full_weights(y, model, weight)
    ones = np.ones((len(X), 1))
    A = np.hstack([X, ones]) if model.fit_intercept else X
    W = np.hstack([model.coef_, model.intercept_[:, None]]) if model.fit_intercept else model.coef_
    if classes == 2:
        W = np.vstack([np.zeros_like(W), W])
    penalized = np.ones(A.shape[1])
    penalized[X.shape[1]:] = 0.0
    scale, strength = (1.0, 0.0) if np.isinf(model.C) else (model.C, 1.0)
    P = softmax(A @ W.T, axis=1)
    losses = -log_softmax(A @ W.T, axis=1)[np.arange(len(y)), code]
    objective = scale * (rows * losses).sum() + 0.5 * strength * (model.coef_**2).sum()
    gradient = scale * ((P - np.eye(classes)[code]) * rows[:, None]).T @ A + strength * penalized * W
    free = slice(1, None) if classes == 2 else slice(None)
    hessian = np.zeros((classes, A.shape[1], classes, A.shape[1]))
    for j in range(classes):
        for k in range(classes):
            curvature = rows * P[:, j] * ((j == k) - P[:, k])
            hessian[j, :, k, :] = scale * (A * curvature[:, None]).T @ A + (j == k) * strength * np.diag(penalized)
    gradient, hessian = gradient[free], hessian[free, :, free, :]
    step = np.linalg.lstsq(hessian.reshape(gradient.size, -1), gradient.ravel(), rcond=1e-13)[0]
    return objective, np.abs(gradient).max(), np.abs(step).max()


def difference(a, b):
    return max(np.abs(a.coef_ - b.coef_).max(), np.abs(a.intercept_ - b.intercept_).max())


def case(
    name, dataset, scaled=True, C=1.0, penalty="l2", fit_intercept=True, class_weight=None, weight=None, only=None
):
    X, y = load(dataset)
    if only is not None:
        keep = np.isin(y, only)
        X, y = X[keep], y[keep]
    if scaled:
        X = StandardScaler().fit_transform(X)
    weights = WEIGHTS[weight](len(y))
    arguments = {"C": C if penalty == "l2" else np.inf, "fit_intercept": fit_intercept, "class_weight": class_weight}
    model = fit(X, y, arguments, weights, "newton-cholesky")
    objective, gradient, step = check_optimum(X, y, model, weights)
    by_lbfgs = difference(model, fit(X, y, arguments, weights, "lbfgs"))
    by_sparse = difference(model, fit(sparse.csr_array(X), y, arguments, weights, "newton-cholesky"))
    size = np.abs(model.coef_).max()
    assert step < 1e-9 * size and by_sparse < 1e-9 * size and by_lbfgs < 1e-4 * size, (name, step, by_sparse, by_lbfgs)
    probabilities = model.predict_proba(X)
    code = np.searchsorted(model.classes_, y)
    options = {"C": C, "penalty": penalty, "fitIntercept": fit_intercept, "classWeight": class_weight}
    return {
        "name": name,
        "dataset": dataset,
        "onlyClasses": only,
        "scaled": scaled,
        "options": options,
        "sampleWeight": weight,
        "called": " ".join(repr(model).split()),
        "classes": model.classes_,
        "coef": model.coef_,
        "intercept": model.intercept_,
        "probabilities": probabilities[:20],
        "probabilitySums": probabilities.sum(axis=0),
        "logLikelihood": np.log(probabilities[np.arange(len(y)), code]).sum(),
        "correct": int((model.predict(X) == y).sum()),
        "rows": len(y),
        "objective": objective,
        "check": {
            "gradientMax": gradient,
            "newtonStepMax": step,
            "lbfgsDifference": by_lbfgs,
            "sparseDifference": by_sparse,
        },
    }


def cases():
    yield case("iris raw", "iris", scaled=False)
    yield case("iris raw C=0.1", "iris", scaled=False, C=0.1)
    for dataset in ("iris", "wine", "breast_cancer", "digits"):
        yield case(f"{dataset}", dataset)
        yield case(f"{dataset} C=0.1", dataset, C=0.1)
        yield case(f"{dataset} sample weight", dataset, weight="1 + i % 3")
    for dataset in ("iris", "breast_cancer"):
        label = "wine" if dataset == "iris" else dataset
        weights = {0: 1, 1: 2, 2: 0.5} if dataset == "iris" else {0: 3, 1: 0.5}
        yield case(f"{label} balanced", label, class_weight="balanced")
        yield case(f"{label} balanced, sample weight", label, class_weight="balanced", weight="1 + i % 3")
        yield case(f"{dataset} class weights", dataset, class_weight=weights)
        yield case(f"{dataset} class weights, sample weight", dataset, class_weight=weights, weight="1 + i % 3")
        yield case(f"{dataset} zero sample weights", dataset, weight="i % 3")
        yield case(f"{dataset} no intercept", dataset, fit_intercept=False)
    yield case("iris two classes", "iris", only=[1, 2])
    yield case("iris raw two classes no penalty", "iris", scaled=False, penalty="none", only=[1, 2])
    yield case("iris raw two classes no penalty, sample weight", "iris", scaled=False, penalty="none", only=[1, 2],
               weight="1 + i % 3")
    for dataset in ("synthetic.binary", "synthetic.threeClasses"):
        yield case(f"{dataset}", dataset, scaled=False)
        yield case(f"{dataset} no penalty", dataset, scaled=False, penalty="none")
        yield case(f"{dataset} no penalty, sample weight", dataset, scaled=False, penalty="none", weight="1 + i % 3")
        yield case(f"{dataset} no penalty, no intercept", dataset, scaled=False, penalty="none", fit_intercept=False)


if __name__ == "__main__":
    small = {name: {"X": X, "y": y} for name, (X, y) in SYNTHETIC.items()}
    write(__file__, ["numpy", "scipy", "scikit-learn"], {"synthetic": small, "cases": list(cases())})
