"""Losses from PyTorch: value per row, means and their gradients, with weights.

Structure of losses.json: `cases`, a list of

    name
    loss          "crossEntropy"                from logits [N, K], target labels [N]
                  "crossEntropySoft"            from logits [N, K], target probabilities [N, K]
                  "crossEntropyProbabilities"   from probabilities [N, K], target labels [N]: -log p, rows not rescaled
                  "binaryCrossEntropy"          from logits, target of the same shape [N] or [N, K]
                  "binaryCrossEntropyProbabilities"   from probabilities
                  "meanSquaredError" "meanAbsoluteError" "huber"   prediction and target of the same shape
                  "halfMeanSquare"              1/(2N) sum (y - y*)^2, [N]
    options       huber: { delta }; crossEntropy: { labelSmoothing } where given; else {}
    prediction, target   tensors (labels int32)
    weights       [N] row weights or null
    classWeights  [K] or null; row i then counts weights[i] * classWeights[target[i]]
    float64, float32     each
      perRow        [N], not weighted; rows of shape [N, K] average over K (cross entropy sums over the classes)
      sum           { value, gradient }   sum_i w_i l_i; gradient by prediction
      mean          { value, gradient }   sum_i w_i l_i / N             (Keras's mean with weights)
      weightedMean  { value, gradient }   sum_i w_i l_i / sum_i w_i     (PyTorch's mean with class weights)

Without weights all w_i are 1 and the two means agree. Absolute error: gradient 0 where prediction and target agree.
"""

import torch
from torch.nn import functional as F

from fixed import fixed, in_both
from writing import tensor, write

LOGITS = fixed(5, 4, seed=80, scale=3.0)
LABELS = [3, 0, 1, 1, 2]
EXTREME = [[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 0.0], [0.0, 0.0, 0.0], [80.0, 90.0, 100.0]]
PROBABILITIES = [
    [0.5, 0.25, 0.125, 0.125], [0.0625, 0.75, 0.125, 0.0625], [0.25, 0.25, 0.25, 0.25], [0.125, 0.5, 0.25, 0.125]
]
SOFT = [[0.5, 0.5, 0, 0], [1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0, 0.75, 0.25, 0], [0, 0, 0.125, 0.875]]
ROW_WEIGHTS = [1.0, 0.5, 2.0, 0.0, 1.5]
CLASS_WEIGHTS = [1.0, 2.0, 0.5, 3.0]
BINARY_LOGITS, BINARY = [-2.0, 0.5, 3.25, 0.0, -0.75], [0.0, 1.0, 1.0, 0.0, 1.0]
BINARY_PROBABILITIES = [0.125, 0.75, 0.9375, 0.5, 0.25]
MANY_LOGITS = fixed(5, 3, seed=81, scale=2.0)
MANY = [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
PREDICTED, WANTED = [0.5, -1.0, 2.0, 0.25, 4.0], [0.25, 1.0, 2.0, 1.25, -1.0]
PREDICTED_2, WANTED_2 = fixed(5, 2, seed=82), fixed(5, 2, seed=83, scale=2.0)


def rowwise(losses):
    return losses if losses.dim() == 1 else losses.mean(dim=1)


def cross_entropy(prediction, target, options):
    return F.cross_entropy(prediction, target, reduction="none", label_smoothing=options.get("labelSmoothing", 0.0))


PER_ROW = {
    "crossEntropy": cross_entropy,
    "crossEntropySoft": cross_entropy,
    "crossEntropyProbabilities": lambda p, t, o: F.nll_loss(p.log(), t, reduction="none"),
    "binaryCrossEntropy": lambda p, t, o: rowwise(F.binary_cross_entropy_with_logits(p, t, reduction="none")),
    "binaryCrossEntropyProbabilities": lambda p, t, o: rowwise(F.binary_cross_entropy(p, t, reduction="none")),
    "meanSquaredError": lambda p, t, o: rowwise(F.mse_loss(p, t, reduction="none")),
    "meanAbsoluteError": lambda p, t, o: rowwise(F.l1_loss(p, t, reduction="none")),
    "huber": lambda p, t, o: rowwise(F.huber_loss(p, t, reduction="none", delta=o["delta"])),
    "halfMeanSquare": lambda p, t, o: F.mse_loss(p, t, reduction="none") / 2,
}


def torch_target(target, dtype):
    labels = all(isinstance(value, int) for value in target) if isinstance(target, list) else False
    return torch.tensor(target) if labels else torch.tensor(target, dtype=dtype)


def row_weights(target, weights, class_weights, dtype):
    total = torch.ones(len(target), dtype=dtype) if weights is None else torch.tensor(weights, dtype=dtype)
    return total if class_weights is None else total * torch.tensor(class_weights, dtype=dtype)[torch.tensor(target)]


def run(loss, prediction, target, options, weights, class_weights, dtype):
    wanted = torch_target(target, dtype)
    w = row_weights(target, weights, class_weights, dtype)
    divisors = {"sum": 1.0, "mean": len(target), "weightedMean": w.sum()}
    results = {"perRow": None}
    for name, divisor in divisors.items():
        given = torch.tensor(prediction, dtype=dtype).requires_grad_()
        rows = PER_ROW[loss](given, wanted, options)
        value = (w * rows).sum() / divisor
        value.backward()
        results["perRow"] = tensor(rows)
        results[name] = {"value": value.item(), "gradient": tensor(given.grad)}
    if loss == "crossEntropy" and weights is None and not options:
        check(prediction, target, class_weights, results["weightedMean"]["value"], dtype)
    return results


def check(prediction, target, class_weights, value, dtype):
    """PyTorch's own mean with class weights."""
    weight = None if class_weights is None else torch.tensor(class_weights, dtype=dtype)
    own = F.cross_entropy(torch.tensor(prediction, dtype=dtype), torch.tensor(target), weight=weight)
    assert torch.isclose(own, torch.tensor(value, dtype=dtype))


def case(name, loss, prediction, target, options=None, weights=None, class_weights=None):
    options = options or {}
    return {
        "name": name,
        "loss": loss,
        "options": options,
        "prediction": tensor(torch.tensor(prediction, dtype=torch.float64)),
        "target": tensor(torch_target(target, torch.float64)),
        "weights": weights,
        "classWeights": class_weights,
        **in_both(lambda dtype: run(loss, prediction, target, options, weights, class_weights, dtype)),
    }


def cases():
    yield case("cross entropy", "crossEntropy", LOGITS, LABELS)
    yield case("cross entropy, row weights", "crossEntropy", LOGITS, LABELS, weights=ROW_WEIGHTS)
    yield case("cross entropy, class weights", "crossEntropy", LOGITS, LABELS, class_weights=CLASS_WEIGHTS)
    yield case("cross entropy, row and class weights", "crossEntropy", LOGITS, LABELS, None, ROW_WEIGHTS, CLASS_WEIGHTS)
    yield case("cross entropy, label smoothing", "crossEntropy", LOGITS, LABELS, {"labelSmoothing": 0.1})
    yield case("cross entropy, extreme logits", "crossEntropy", EXTREME, [0, 0, 1, 2])
    yield case("cross entropy, soft targets", "crossEntropySoft", LOGITS, SOFT)
    yield case("cross entropy, soft targets, row weights", "crossEntropySoft", LOGITS, SOFT, weights=ROW_WEIGHTS)
    probable = ("crossEntropyProbabilities", PROBABILITIES, [0, 1, 3, 2])
    yield case("cross entropy of probabilities", *probable)
    yield case("cross entropy of probabilities, class weights", *probable, class_weights=CLASS_WEIGHTS)
    yield case("binary", "binaryCrossEntropy", BINARY_LOGITS, BINARY)
    yield case("binary, row weights", "binaryCrossEntropy", BINARY_LOGITS, BINARY, weights=ROW_WEIGHTS)
    yield case("binary, extreme logits", "binaryCrossEntropy", [1000.0, -1000.0, 1000.0, -1000.0], [1.0, 1.0, 0.0, 0.0])
    yield case("binary, three outputs", "binaryCrossEntropy", MANY_LOGITS, MANY)
    probable = ("binaryCrossEntropyProbabilities", BINARY_PROBABILITIES, BINARY)
    yield case("binary of probabilities", *probable)
    yield case("binary of probabilities, row weights", *probable, weights=ROW_WEIGHTS)
    for loss in ("meanSquaredError", "meanAbsoluteError"):
        yield case(loss, loss, PREDICTED, WANTED)
        yield case(f"{loss}, row weights", loss, PREDICTED, WANTED, weights=ROW_WEIGHTS)
        yield case(f"{loss}, two outputs", loss, PREDICTED_2, WANTED_2)
        yield case(f"{loss}, two outputs, row weights", loss, PREDICTED_2, WANTED_2, weights=ROW_WEIGHTS)
    for delta in (1.0, 0.5):
        yield case(f"huber {delta}", "huber", PREDICTED, WANTED, {"delta": delta})
    yield case("huber, two outputs, row weights", "huber", PREDICTED_2, WANTED_2, {"delta": 1.0}, ROW_WEIGHTS)
    yield case("halfMeanSquare", "halfMeanSquare", PREDICTED, WANTED)
    yield case("halfMeanSquare, row weights", "halfMeanSquare", PREDICTED, WANTED, weights=ROW_WEIGHTS)


if __name__ == "__main__":
    write(__file__, ["numpy", "torch"], {"cases": list(cases())})
