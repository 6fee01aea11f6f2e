"""Folds of scikit-learn's splitters, and cross-validated scores.

Structure of splitters.json:

    stratifiedKFold   list of { name, y (labels), nSplits, folds }: folds is a list of
                        { test: row numbers (ascending; train is the rest), classCounts: test rows per sorted label }
                      shuffle is off, so the rows are exact. For data sets: { name, dataset, nSplits, folds } where
                        each fold has testSize and classCounts, and `test` as [from, to) ranges.
    kFold             list of { name, rows, nSplits, folds: [{ from, to }] }   (shuffle off: contiguous rows)
    crossValScore     list of { dataset, pipeline (scikit-learn's repr), nSplits, scores, correct: rows right per fold,
                        testSizes }: accuracy of StandardScaler + LogisticRegression(C=1) at its optimum, per fold
    trainTestSplit    list of { rows, testSize | trainSize (a fraction or a count), nTrain, nTest }: sizes only
    stratifiedSizes   list of { classCounts, testSize, trainCounts, testCounts }: how a stratified split shares
                        the classes (counts per sorted label; a tie of remainders is broken at random in
                        scikit-learn, so only cases without such ties are here)
"""

import warnings

import numpy as np
from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from writing import write

LABELS = {
    "sorted, even": ([0] * 6 + [1] * 6, 3),
    "alternating": ([0, 1] * 5, 5),
    "uneven": ([0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 0, 1, 2], 3),
    "first seen is not the smallest": ([2, 1, 0, 0, 1, 2, 2, 2, 1, 0, 0, 0, 1, 2, 1, 1], 4),
    "text": (["b", "a", "c", "a", "b", "c", "b", "a", "c", "a", "b"], 2),
    "boolean": ([True, False, True, True, False, False, True], 3),
    "a class as large as the number of folds": ([0, 0, 0, 1, 1, 1, 1, 1, 1, 1], 3),
    "a class smaller than the number of folds": ([0, 0, 1, 1, 1, 1, 1, 1], 4),
    "runs": ([1, 1, 1, 1, 0, 0, 0, 2, 2, 2, 2, 2, 0, 0, 1, 1, 2], 3),
}


def counts(y, classes):
    return [int((y == label).sum()) for label in classes]


def ranges(rows):
    """Ascending row numbers as [from, to) pairs."""
    starts = rows[np.diff(rows, prepend=rows[0] - 2) > 1]
    stops = rows[np.diff(rows, append=rows[-1] + 2) > 1] + 1
    return [[int(start), int(stop)] for start, stop in zip(starts, stops)]


def small_folds():
    warnings.filterwarnings("ignore", message="The least populated class")
    for name, (labels, splits) in LABELS.items():
        y = np.array(labels)
        classes = np.unique(y)
        tests = [test for _, test in StratifiedKFold(splits).split(np.zeros(len(y)), y)]
        assert np.array_equal(np.sort(np.concatenate(tests)), np.arange(len(y)))
        folds = [{"test": test, "classCounts": counts(y[test], classes)} for test in tests]
        yield {"name": name, "y": labels, "nSplits": splits, "folds": folds}


def dataset_folds():
    for name, splits in (("iris", 5), ("wine", 5), ("breast_cancer", 5), ("digits", 10)):
        y = getattr(datasets, f"load_{name}")(return_X_y=True)[1]
        classes = np.unique(y)
        tests = [test for _, test in StratifiedKFold(splits).split(np.zeros(len(y)), y)]
        folds = [{"testSize": len(t), "classCounts": counts(y[t], classes), "test": ranges(t)} for t in tests]
        yield {"name": name, "dataset": name, "nSplits": splits, "folds": folds}


def plain_folds():
    for rows, splits in ((10, 3), (7, 7), (12, 4), (11, 2)):
        tests = [test for _, test in KFold(splits).split(np.zeros(rows))]
        folds = [{"from": int(test[0]), "to": int(test[-1]) + 1} for test in tests]
        yield {"name": f"{rows} rows, {splits} folds", "rows": rows, "nSplits": splits, "folds": folds}


def scores():
    for name in ("iris", "wine", "breast_cancer", "digits"):
        X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000))
        splitter = StratifiedKFold(5)
        fold_scores = cross_val_score(model, X, y, cv=splitter)
        sizes = np.array([len(test) for _, test in splitter.split(X, y)])
        margins = [margin(model.fit(X[train], y[train]), X[test]) for train, test in splitter.split(X, y)]
        assert min(margins) > 1e-6, "a row on the fence would make the score depend on rounding"
        yield {
            "dataset": name,
            "pipeline": " ".join(repr(model).split()),
            "nSplits": 5,
            "scores": fold_scores,
            "correct": np.rint(fold_scores * sizes).astype(int),
            "testSizes": sizes,
        }


def margin(model, X):
    """The smallest lead of the best class over the second, over all rows."""
    best = np.sort(model.predict_proba(X), axis=1)
    return (best[:, -1] - best[:, -2]).min()


def split_sizes():
    for rows, options in (
        (10, {}), (10, {"test_size": 0.3}), (11, {"test_size": 0.25}), (7, {"train_size": 0.5}), (9, {"test_size": 2}),
        (9, {"train_size": 4}), (150, {"test_size": 0.2}), (1797, {"test_size": 0.25}), (10, {"test_size": 0.33}),
        (10, {"test_size": 2, "train_size": 5}), (21, {"test_size": 0.1, "train_size": 0.55}),
    ):
        train, test = train_test_split(np.arange(rows), random_state=0, **options)
        given = {{"test_size": "testSize", "train_size": "trainSize"}[key]: value for key, value in options.items()}
        yield {"rows": rows, **given, "nTrain": len(train), "nTest": len(test)}


def stratified_sizes():
    for classes, test_size in (
        ([50, 50, 50], 0.2), ([59, 71, 48], 0.25), ([212, 357], 0.3), ([90, 10], 0.5), ([7, 9, 5], 6)
    ):
        y = np.repeat(np.arange(len(classes)), classes)
        seen = set()
        for seed in range(20):
            train, test = train_test_split(y, test_size=test_size, stratify=y, random_state=seed)
            seen.add((tuple(np.bincount(train)), tuple(np.bincount(test))))
        assert len(seen) == 1, f"{classes}: depends on the seed, {seen}"
        train, test = seen.pop()
        yield {"classCounts": classes, "testSize": test_size, "trainCounts": list(train), "testCounts": list(test)}


if __name__ == "__main__":
    body = {
        "stratifiedKFold": [*small_folds(), *dataset_folds()],
        "kFold": list(plain_folds()),
        "crossValScore": list(scores()),
        "trainTestSplit": list(split_sizes()),
        "stratifiedSizes": list(stratified_sizes()),
    }
    write(__file__, ["numpy", "scikit-learn"], body)
