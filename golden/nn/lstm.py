"""LSTM of two layers from PyTorch, in one and both directions, with and without lengths: outputs and gradients.

Structure of lstm.json. Sizes: batch 3, steps 5, input 4, hidden 5; batch first. D is 1 or 2 (bidirectional).

    x           [3, 5, 4]
    lengths     [5, 3, 1]
    cases       list of
      name          "one direction", "one direction, lengths", "bidirectional", "bidirectional, lengths"
      bidirectional
      lengths       null or the above; PyTorch's packed sequences: outputs beyond a length are 0, h_n and c_n are those
                    of the last real step, the backward direction starts at the last real step
      model         key in `models` for the parameters and the rest of the inputs
      float64, float32    each
        output        [3, 5, 5 D], forward direction first
        hN, cN        [2 D, 3, 5], in the order layer 0 (forward, backward), layer 1 (forward, backward)
        loss          sum(output * cotangents.output) + sum(hN * cotangents.hN) + sum(cN * cotangents.cN)
        gradients     { x, h0, c0, and each parameter }
    models      { "one direction", "bidirectional" }, each
      parameters    PyTorch's names and layout: weight_ih_l0 [20, 4], weight_hh_l0 [20, 5], bias_ih_l0 [20],
                    bias_hh_l0 [20], weight_ih_l1 [20, 5 D], ..., `_reverse` at the end for the backward direction
      h0, c0        [2 D, 3, 5]
      cotangents    { output: [3, 5, 5 D], hN: [2 D, 3, 5], cN: [2 D, 3, 5] }

The 20 rows are the gates i f g o, five each:
    i, f, o = sigmoid(x W_ih^T + b_ih + h W_hh^T + b_hh),  g = tanh(the same),  c' = f c + i g,  h' = o tanh(c')
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from fixed import fixed, fixed_parameters, in_both, leaf, load
from writing import tensor, write

BATCH, STEPS, INPUT, HIDDEN, LAYERS = 3, 5, 4, 5, 2
X = fixed(BATCH, STEPS, INPUT, seed=30)
LENGTHS = [5, 3, 1]
NAMES = {False: "one direction", True: "bidirectional"}


def net(bidirectional):
    return nn.LSTM(INPUT, HIDDEN, num_layers=LAYERS, batch_first=True, bidirectional=bidirectional)


def model_inputs(bidirectional):
    directions = 2 if bidirectional else 1
    state = (LAYERS * directions, BATCH, HIDDEN)
    return {
        "parameters": fixed_parameters(net(bidirectional), seed=40, scale=0.75),
        "h0": fixed(*state, seed=31),
        "c0": fixed(*state, seed=32),
        "cotangents": {
            "output": fixed(BATCH, STEPS, HIDDEN * directions, seed=33),
            "hN": fixed(*state, seed=34),
            "cN": fixed(*state, seed=35),
        },
    }


MODELS = {bidirectional: model_inputs(bidirectional) for bidirectional in (False, True)}


def forward(model, x, state, lengths):
    if lengths is None:
        return model(x, state)
    output, state = model(pack_padded_sequence(x, torch.tensor(lengths), batch_first=True), state)
    return pad_packed_sequence(output, batch_first=True, total_length=STEPS)[0], state


def run(bidirectional, lengths, dtype):
    given = MODELS[bidirectional]
    model = load(net(bidirectional).to(dtype), given["parameters"])
    x, h0, c0 = leaf(X, dtype), leaf(given["h0"], dtype), leaf(given["c0"], dtype)
    output, (h_n, c_n) = forward(model, x, (h0, c0), lengths)
    results = {"output": output, "hN": h_n, "cN": c_n}
    loss = sum((results[name] * torch.tensor(c, dtype=dtype)).sum() for name, c in given["cotangents"].items())
    loss.backward()
    check(model, x, (h0, c0), lengths, output, dtype)
    named = {"x": x, "h0": h0, "c0": c0, **dict(model.named_parameters())}
    return {
        **{name: tensor(value) for name, value in results.items()},
        "loss": loss.item(),
        "gradients": {name: tensor(value.grad) for name, value in named.items()},
    }


def check(model, x, state, lengths, output, dtype):
    """Each row alone, cut to its length, by the formulas above (one direction) or by PyTorch (both)."""
    for row, length in enumerate(lengths or [STEPS] * BATCH):
        alone = tuple(s[:, row : row + 1].detach() for s in state)
        cut = x[row : row + 1, :length].detach()
        expected = model(cut, alone)[0][0] if model.bidirectional else by_formula(model, cut[0], alone)
        tolerance = 1e-12 if dtype == torch.float64 else 1e-5
        assert torch.allclose(output[row, :length], expected, atol=tolerance)
        assert torch.all(output[row, length:] == 0)


def by_formula(model, sequence, state):
    for layer in range(LAYERS):
        parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        w_ih, w_hh, b_ih, b_hh = (getattr(model, f"{part}_l{layer}") for part in parts)
        h, c = state[0][layer, 0], state[1][layer, 0]
        outputs = []
        for step in sequence:
            i, f, g, o = (w_ih @ step + b_ih + w_hh @ h + b_hh).chunk(4)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        sequence = torch.stack(outputs)
    return sequence


def case(bidirectional, lengths):
    name = NAMES[bidirectional]
    return {
        "name": name if lengths is None else f"{name}, lengths",
        "bidirectional": bidirectional,
        "lengths": lengths,
        "model": name,
        **in_both(lambda dtype: run(bidirectional, lengths, dtype)),
    }


def tensors(tree):
    return {key: tensors(value) if isinstance(value, dict) else tensor(value) for key, value in tree.items()}


if __name__ == "__main__":
    body = {
        "x": tensor(X),
        "lengths": LENGTHS,
        "models": {NAMES[bidirectional]: tensors(given) for bidirectional, given in MODELS.items()},
        "cases": [case(bidirectional, lengths) for bidirectional in (False, True) for lengths in (None, LENGTHS)],
    }
    write(__file__, ["numpy", "torch"], body)
