"""Dense layers from PyTorch: Linear 7-6-4-3 with relu between, cross entropy, gradients, SGD and Adam steps.

Structure of dense.json (tensors as the README says; parameters carry PyTorch's names and layout: `0.weight` is
[outputs, inputs], so that y = x W^T + b):

    x           [5, 7]
    labels      5 class numbers
    parameters  { "0.weight": [6, 7], "0.bias": [6], "2.weight": [4, 6], "2.bias", "4.weight": [3, 4], "4.bias" }
    float64, float32    each
      hidden      outputs of the two hidden layers after relu: [5, 6] and [5, 4]
      logits      [5, 3]
      loss        mean cross entropy
      gradients   { x, and each parameter }
      sgd         SGD(lr=0.1, momentum=0.9), two steps on the same batch: [{ loss: before the step, parameters: after }]
      adam        { "1e-8": three steps of Adam(lr=1e-3, betas=(0.9, 0.999), eps), "1e-7": the same with that eps }

PyTorch's Adam adds eps after the correction of the second moment: p -= lr m^ / (sqrt(v^) + eps).
"""

import numpy as np
import torch
from torch import nn

from fixed import fixed, fixed_parameters, in_both, leaf, load
from writing import tensor, write

X = fixed(5, 7, seed=1)
LABELS = [2, 0, 1, 1, 2]


def net():
    return nn.Sequential(nn.Linear(7, 6), nn.ReLU(), nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3))


PARAMETERS = fixed_parameters(net(), seed=10)


def gradients(dtype):
    model = load(net().to(dtype), PARAMETERS)
    x = leaf(X, dtype)
    hidden = [model[:2](x), model[:4](x)]
    logits = model(x)
    loss = nn.functional.cross_entropy(logits, torch.tensor(LABELS))
    loss.backward()
    check(model, x, loss, dtype)
    named = {"x": x.grad, **{name: value.grad for name, value in model.named_parameters()}}
    return {
        "hidden": [tensor(h) for h in hidden],
        "logits": tensor(logits),
        "loss": loss.item(),
        "gradients": {name: tensor(value) for name, value in named.items()},
    }


def check(model, x, loss, dtype):
    """The gradient of x against central differences, in float64; no relu input close to its corner."""
    if dtype != torch.float64:
        return
    labels, step = torch.tensor(LABELS), 1e-6
    for i in range(x.numel()):
        shift = torch.zeros_like(x).flatten()
        shift[i] = step
        up, down = (nn.functional.cross_entropy(model(x + s * shift.view_as(x)), labels) for s in (1, -1))
        assert np.isclose(((up - down) / (2 * step)).item(), x.grad.flatten()[i].item(), atol=1e-8)


def steps(count, optimizer, dtype):
    model = load(net().to(dtype), PARAMETERS)
    update = optimizer(model.parameters())
    x, labels = torch.tensor(X, dtype=dtype), torch.tensor(LABELS)
    history = []
    for _ in range(count):
        update.zero_grad()
        loss = nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        update.step()
        after = {name: tensor(value.clone()) for name, value in model.named_parameters()}
        history.append({"loss": loss.item(), "parameters": after})
    return history


def run(dtype):
    def adam(eps):
        return lambda parameters: torch.optim.Adam(parameters, lr=1e-3, betas=(0.9, 0.999), eps=eps)

    return {
        **gradients(dtype),
        "sgd": steps(2, lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9), dtype),
        "adam": {"1e-8": steps(3, adam(1e-8), dtype), "1e-7": steps(3, adam(1e-7), dtype)},
    }


if __name__ == "__main__":
    parameters = {name: tensor(value) for name, value in PARAMETERS.items()}
    write(__file__, ["numpy", "torch"], {"x": tensor(X), "labels": LABELS, "parameters": parameters, **in_both(run)})
