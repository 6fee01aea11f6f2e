"""Inputs and runs that the scripts for neural nets share: fixed values, and one function run in both float types.

Values are multiples of 1/128, exact in float32 and float64 alike, so that both runs start from the same numbers.
"""

import numpy as np
import torch

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

DTYPES = {"float64": torch.float64, "float32": torch.float32}


def fixed(*shape, seed, scale=1.0):
    """Values in [-scale, scale], float64, the same for the same seed."""
    return np.random.default_rng(seed).integers(-127, 128, size=shape) / 128 * scale


def leaf(values, dtype):
    """A tensor of `dtype` that collects gradients."""
    return torch.tensor(values, dtype=dtype).requires_grad_()


def in_both(run):
    """{ float64: run(torch.float64), float32: run(torch.float32) }."""
    return {name: run(dtype) for name, dtype in DTYPES.items()}


def load(module, parameters):
    """Puts fixed parameters (named as PyTorch names them) into a module."""
    module.load_state_dict({name: torch.tensor(values) for name, values in parameters.items()})
    return module


def fixed_parameters(module, seed, scale=1.0):
    """Fixed values for every parameter of a module, by PyTorch's names."""
    return {
        name: fixed(*value.shape, seed=seed + i, scale=scale)
        for i, (name, value) in enumerate(module.named_parameters())
    }
