"""Optimizers from PyTorch alone: given gradients, what becomes of the parameters.

Structure of optimizers.json:

    start      [6], the parameters before the first step
    gradients  five gradients, each [6], one a step (they do not depend on the parameters)
    cases      list of
      name, called      PyTorch's constructor
      optimizer         "sgd" | "adam"
      options           Skein's names: learningRate momentum nesterov weightDecay beta1 beta2 epsilon
      float64, float32  the parameters after each of the five steps, each [6]
"""

import torch

from fixed import fixed, in_both
from writing import tensor, write

START = fixed(6, seed=3)
GRADIENTS = [fixed(6, seed=4 + step, scale=scale) for step, scale in enumerate((1.0, 0.5, 2.0, 0.0, 2.0**-17))]
NAMES = {
    "lr": "learningRate",
    "momentum": "momentum",
    "nesterov": "nesterov",
    "weight_decay": "weightDecay",
    "eps": "epsilon",
}
CASES = {
    "sgd": ("sgd", {"lr": 0.1}),
    "sgd momentum": ("sgd", {"lr": 0.1, "momentum": 0.9}),
    "sgd nesterov": ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "sgd weight decay": ("sgd", {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.01}),
    "adam": ("adam", {"lr": 1e-3}),
    "adam other betas": ("adam", {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-4}),
    "adam eps 1e-7": ("adam", {"lr": 1e-3, "eps": 1e-7}),
    "adam weight decay": ("adam", {"lr": 1e-3, "weight_decay": 0.01}),
}
MAKERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def history(kind, options, dtype):
    parameter = torch.tensor(START, dtype=dtype).requires_grad_()
    optimizer = MAKERS[kind]([parameter], **options)
    after = []
    for gradient in GRADIENTS:
        parameter.grad = torch.tensor(gradient, dtype=dtype)
        optimizer.step()
        after.append(tensor(parameter.clone()))
    return after


def our_names(kind, options):
    beta1, beta2 = options.get("betas", (0.9, 0.999))
    defaults = {"beta1": beta1, "beta2": beta2, "epsilon": 1e-8} if kind == "adam" else {}
    return {**defaults, **{NAMES[key]: value for key, value in options.items() if key != "betas"}}


def case(name, kind, options):
    arguments = ", ".join(f"{key}={value}" for key, value in options.items())
    return {
        "name": name,
        "called": f"torch.optim.{MAKERS[kind].__name__}({arguments})",
        "optimizer": kind,
        "options": our_names(kind, options),
        **in_both(lambda dtype: history(kind, options, dtype)),
    }


if __name__ == "__main__":
    body = {
        "start": tensor(START),
        "gradients": [tensor(gradient) for gradient in GRADIENTS],
        "cases": [case(name, kind, options) for name, (kind, options) in CASES.items()],
    }
    write(__file__, ["numpy", "torch"], body)
