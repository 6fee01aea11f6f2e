"""What scikit-learn's metrics answer.

Structure of metrics.json: one list of cases for each metric. A case has `name`, the arguments in Skein's names (only
those that were given; `yTrue`, `yPred` are lists of labels or numbers, `yProba` rows of probabilities, the columns in
the order of `labels` or of the sorted labels), and `expected`:

    accuracy               yTrue yPred [sampleWeight] [normalize]               -> number
    confusionMatrix        yTrue yPred [labels] [normalize: "true"|"pred"|"all"] [sampleWeight]
                           -> rows (true x predicted)
    logLoss                yTrue yProba [labels] [sampleWeight] [normalize]     -> number; yProba may be one column
                           (a flat list): the probability of the greater of two labels
    precision recall f1    yTrue yPred [labels] [posLabel] [average] [sampleWeight] [zeroDivision]
                           -> number; a list per class when average is null. average is "binary" when not given
    classificationReport   yTrue yPred [labels] [targetNames] [sampleWeight] [digits] [zeroDivision]
                           -> { output: nested object as scikit-learn's output_dict (keys "f1-score", "macro avg", ...),
                                text: the printed report }
    r2                     yTrue yPred [sampleWeight] [multioutput]             -> number; a list for "raw_values"

zeroDivision is 0, 1 or "NaN" (0 with a warning when not given). logLoss keeps probabilities within
[2.220446049250313e-16, 1 - 2.220446049250313e-16].
"""

import warnings

import numpy as np
from sklearn import metrics

from writing import write

THREE = {"y_true": [0, 1, 2, 2, 1, 0, 2, 1, 0, 2, 2, 1], "y_pred": [0, 2, 2, 2, 1, 0, 1, 1, 2, 2, 0, 1]}
TEXT = {
    "y_true": ["cat", "dog", "cat", "bird", "dog", "bird", "cat"],
    "y_pred": ["cat", "cat", "cat", "bird", "dog", "dog", "bird"],
}
BINARY = {"y_true": [0, 1, 1, 0, 1, 0, 0, 1, 1, 1], "y_pred": [0, 1, 0, 0, 1, 1, 0, 1, 1, 0]}
BOOLEAN = {"y_true": [True, False, True, True, False], "y_pred": [True, True, False, True, False]}
NEVER_PREDICTED = {"y_true": [0, 1, 2, 0, 1, 2], "y_pred": [0, 2, 1, 0, 0, 1]}
NEVER_TRUE = {"y_true": [0, 0, 1, 1], "y_pred": [0, 2, 1, 2]}
ALL_WRONG = {"y_true": [0, 0, 0], "y_pred": [1, 1, 1]}
NOTHING_POSITIVE = {"y_true": [0, 0, 0], "y_pred": [0, 0, 0]}
AVERAGES = {"per class": None, "macro": "macro", "micro": "micro", "weighted": "weighted"}
ZERO_DIVISIONS = {"0": 0, "1": 1, "NaN": np.nan}
WEIGHTS = [1.0, 2.0, 0.5, 3.0, 1.0, 0.0, 2.5, 1.0, 1.5, 2.0, 0.25, 1.0]
PROBA = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5], [0.05, 0.05, 0.9], [0.3, 0.4, 0.3]]
NAMES = {
    "y_true": "yTrue", "y_pred": "yPred", "y_proba": "yProba", "sample_weight": "sampleWeight", "labels": "labels",
    "normalize": "normalize", "pos_label": "posLabel", "average": "average", "zero_division": "zeroDivision",
    "target_names": "targetNames", "digits": "digits", "multioutput": "multioutput",
}


def run(function, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "ill-defined": the cases are there for that
        return function(**arguments)


def cases(function, named):
    """One record for each (name, arguments)."""
    return [
        {"name": name, **{NAMES[key]: value for key, value in arguments.items()}, "expected": run(function, arguments)}
        for name, arguments in named.items()
    ]


def weighted(data):
    return {**data, "sample_weight": WEIGHTS[: len(data["y_true"])]}


ACCURACY = {
    "three classes": THREE,
    "text": TEXT,
    "boolean": BOOLEAN,
    "weights": weighted(THREE),
    "count": {**THREE, "normalize": False},
    "weighted count": {**weighted(THREE), "normalize": False},
    "all wrong": ALL_WRONG,
    "one row": {"y_true": [3], "y_pred": [3]},
}

CONFUSION = {
    "three classes": THREE,
    "text": TEXT,
    "text, order of labels": {**TEXT, "labels": ["dog", "cat", "bird"]},
    "some labels only": {**TEXT, "labels": ["cat", "bird"]},
    "labels that never occur": {**THREE, "labels": [0, 1, 2, 7]},
    "weights": weighted(THREE),
    "normalize true": {**THREE, "normalize": "true"},
    "normalize pred": {**THREE, "normalize": "pred"},
    "normalize all": {**THREE, "normalize": "all"},
    "normalize true, weights": {**weighted(THREE), "normalize": "true"},
    "normalize true, empty row": {**THREE, "labels": [0, 1, 2, 7], "normalize": "true"},
    "normalize pred, empty column": {**NEVER_TRUE, "labels": [0, 1, 2, 3], "normalize": "pred"},
    "predicted but never true": NEVER_TRUE,
    "boolean": BOOLEAN,
    "one class": NOTHING_POSITIVE,
}

LOG_LOSS = {
    "three classes": {"y_true": [0, 1, 2, 2, 1], "y_proba": PROBA},
    "text": {"y_true": ["a", "b", "c", "c", "b"], "y_proba": PROBA},
    "sum": {"y_true": [0, 1, 2, 2, 1], "y_proba": PROBA, "normalize": False},
    "weights": {"y_true": [0, 1, 2, 2, 1], "y_proba": PROBA, "sample_weight": WEIGHTS[:5]},
    "weights, sum": {"y_true": [0, 1, 2, 2, 1], "y_proba": PROBA, "sample_weight": WEIGHTS[:5], "normalize": False},
    "a label does not occur": {"y_true": [0, 1, 1, 0, 1], "y_proba": PROBA, "labels": [0, 1, 2]},
    "two columns": {"y_true": [1, 0, 1], "y_proba": [[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]]},
    "one column": {"y_true": [1, 0, 1], "y_proba": [0.9, 0.2, 0.6]},
    "certain and right": {"y_true": [1, 0], "y_proba": [[0.0, 1.0], [1.0, 0.0]]},
    "certain and wrong": {"y_true": [0, 1], "y_proba": [[0.0, 1.0], [0.5, 0.5]]},
}

BY_CLASS = {
    "binary": BINARY,
    "binary, posLabel 0": {**BINARY, "pos_label": 0},
    "binary, text": {"y_true": ["no", "yes", "yes"], "y_pred": ["yes", "yes", "no"], "pos_label": "yes"},
    "binary, weights": weighted(BINARY),
    **{name: {**THREE, "average": average} for name, average in AVERAGES.items()},
    **{f"{name}, weights": {**weighted(THREE), "average": average} for name, average in AVERAGES.items()},
    "macro, some labels": {**THREE, "average": "macro", "labels": [0, 2]},
    "micro, some labels": {**THREE, "average": "micro", "labels": [0, 2]},
    "per class, order of labels": {**TEXT, "average": None, "labels": ["dog", "cat", "bird"]},
    "per class, never predicted": {**NEVER_PREDICTED, "average": None},
    "per class, never true": {**NEVER_TRUE, "average": None},
    **{
        f"{name}, never true, zeroDivision {zero}": {**NEVER_TRUE, "average": average, "zero_division": z}
        for name, average in AVERAGES.items()
        for zero, z in ZERO_DIVISIONS.items()
    },
    **{
        f"nothing positive, zeroDivision {zero}": {**NOTHING_POSITIVE, "zero_division": z}
        for zero, z in ZERO_DIVISIONS.items()
    },
    "nothing positive": NOTHING_POSITIVE,
}

REPORT = {
    "three classes": THREE,
    "text": TEXT,
    "names": {**THREE, "target_names": ["setosa", "versicolor", "virginica and more of it"]},
    "weights": weighted(THREE),
    "digits": {**THREE, "digits": 4},
    "binary": BINARY,
    "some labels: micro avg in place of accuracy": {**THREE, "labels": [0, 2]},
    "more labels": {**THREE, "labels": [0, 1, 2, 7]},
    "never true": NEVER_TRUE,
    **{f"never true, zeroDivision {zero}": {**NEVER_TRUE, "zero_division": z} for zero, z in ZERO_DIVISIONS.items()},
    "never predicted": NEVER_PREDICTED,
    "one class": NOTHING_POSITIVE,
    "boolean": BOOLEAN,
}

REAL = {"y_true": [3.0, -0.5, 2.0, 7.0], "y_pred": [2.5, 0.0, 2.0, 8.0]}
TWO_OUTPUTS = {"y_true": [[0.5, 1.0], [-1.0, 1.0], [7.0, -6.0]], "y_pred": [[0.0, 2.0], [-1.0, 2.0], [8.0, -5.0]]}
R2 = {
    "plain": REAL,
    "weights": {**REAL, "sample_weight": [1.0, 2.0, 0.0, 0.5]},
    "worse than the mean": {"y_true": [1.0, 2.0, 3.0], "y_pred": [3.0, 2.0, 1.0]},
    "constant, hit": {"y_true": [2.0, 2.0], "y_pred": [2.0, 2.0]},
    "constant, missed": {"y_true": [2.0, 2.0], "y_pred": [2.0, 3.0]},
    "two outputs": TWO_OUTPUTS,
    "two outputs, raw_values": {**TWO_OUTPUTS, "multioutput": "raw_values"},
    "two outputs, variance_weighted": {**TWO_OUTPUTS, "multioutput": "variance_weighted"},
}


def report(**arguments):
    return {
        "output": metrics.classification_report(**arguments, output_dict=True),
        "text": metrics.classification_report(**arguments),
    }


def check():
    """By hand: 8 of 12 right; the log loss of the first rows."""
    assert np.isclose(metrics.accuracy_score(**THREE), 8 / 12)
    by_hand = -np.mean(np.log([0.7, 0.6, 0.5, 0.9, 0.4]))
    assert np.isclose(metrics.log_loss([0, 1, 2, 2, 1], PROBA), by_hand)


if __name__ == "__main__":
    check()
    body = {
        "accuracy": cases(metrics.accuracy_score, ACCURACY),
        "confusionMatrix": cases(metrics.confusion_matrix, CONFUSION),
        "logLoss": cases(metrics.log_loss, LOG_LOSS),
        "precision": cases(metrics.precision_score, BY_CLASS),
        "recall": cases(metrics.recall_score, BY_CLASS),
        "f1": cases(metrics.f1_score, BY_CLASS),
        "classificationReport": cases(report, REPORT),
        "r2": cases(metrics.r2_score, R2),
    }
    write(__file__, ["numpy", "scikit-learn"], body)
