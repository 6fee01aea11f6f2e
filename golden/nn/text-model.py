"""A text classifier at small size, from PyTorch: Embedding -> LSTM (2 layers) -> last state -> Linear -> cross entropy.

Structure of text-model.json. Sizes: batch 4, steps 6, vocabulary 20, embedding 5, hidden 4, classes 3.

    tokens      int32 [4, 6]; 0 is padding, and fills each row beyond its length
    lengths     [3, 6, 1, 4]
    labels      4 class numbers
    cases       list of
      name          "lengths", "no lengths", "bidirectional, lengths"
      lengths       null or the above. With lengths (packed sequences) the last state is that after each row's last
                    token; without, that after step 6, paddings read as tokens
      bidirectional the last state is then [forward | backward] of the top layer
      parameters    "embedding.weight" [20, 5]; "lstm.weight_ih_l0" [16, 5], "lstm.weight_hh_l0" [16, 4],
                    "lstm.bias_ih_l0", "lstm.bias_hh_l0" [16], the same with _l1 (and with _reverse at the end);
                    "linear.weight" [3, 4 or 8], "linear.bias" [3]. Row 0 of the embedding is the padding: it is read, its gradient is zero.
      float64, float32    each { last: [4, 4 or 8], logits: [4, 3], loss, gradients: { each parameter },
                    adam: { parameters: after one step of Adam(lr=1e-2), loss: then } }
                    (adam in the first case only, else null)
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from fixed import fixed_parameters, in_both, load
from writing import tensor, write

VOCABULARY, EMBEDDING, HIDDEN, CLASSES = 20, 5, 4, 3
LENGTHS = [3, 6, 1, 4]
TOKENS = [[4, 19, 7, 0, 0, 0], [2, 2, 11, 5, 4, 9], [13, 0, 0, 0, 0, 0], [7, 1, 19, 4, 0, 0]]
LABELS = [1, 0, 2, 1]


class TextModel(nn.Module):
    def __init__(self, bidirectional):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING, padding_idx=0)
        self.lstm = nn.LSTM(EMBEDDING, HIDDEN, num_layers=2, batch_first=True, bidirectional=bidirectional)
        self.linear = nn.Linear(HIDDEN * (2 if bidirectional else 1), CLASSES)

    def last_state(self, tokens, lengths):
        x = self.embedding(tokens)
        if lengths is not None:
            x = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
        state = self.lstm(x)[1][0]
        return torch.cat([state[-2], state[-1]], dim=1) if self.lstm.bidirectional else state[-1]


def run(bidirectional, lengths, parameters, with_adam, dtype):
    model = load(TextModel(bidirectional).to(dtype), parameters)
    adam = torch.optim.Adam(model.parameters(), lr=1e-2)
    tokens, labels = torch.tensor(TOKENS), torch.tensor(LABELS)

    def forward():
        last = model.last_state(tokens, lengths)
        logits = model.linear(last)
        return last, logits, nn.functional.cross_entropy(logits, labels)

    last, logits, loss = forward()
    loss.backward()
    check(model, tokens, lengths, last, dtype)
    result = {
        "last": tensor(last),
        "logits": tensor(logits),
        "loss": loss.item(),
        "gradients": {name: tensor(value.grad) for name, value in model.named_parameters()},
        "adam": None,
    }
    if with_adam:
        adam.step()
        after = {name: tensor(value) for name, value in model.named_parameters()}
        result["adam"] = {"parameters": after, "loss": forward()[2].item()}
    return result


def check(model, tokens, lengths, last, dtype):
    """Each row alone, without its padding; and no gradient for the padding row."""
    for row, length in enumerate(lengths or [tokens.shape[1]] * len(tokens)):
        alone = model.last_state(tokens[row : row + 1, :length], None)[0]
        assert torch.allclose(last[row], alone, atol=1e-12 if dtype == torch.float64 else 1e-6)
    assert torch.all(model.embedding.weight.grad[0] == 0)


def case(name, bidirectional, lengths, with_adam=False):
    parameters = fixed_parameters(TextModel(bidirectional), seed=60)
    return {
        "name": name,
        "lengths": lengths,
        "bidirectional": bidirectional,
        "parameters": {key: tensor(value) for key, value in parameters.items()},
        **in_both(lambda dtype: run(bidirectional, lengths, parameters, with_adam, dtype)),
    }


if __name__ == "__main__":
    body = {
        "tokens": tensor(torch.tensor(TOKENS)),
        "lengths": LENGTHS,
        "labels": LABELS,
        "cases": [
            case("lengths", bidirectional=False, lengths=LENGTHS, with_adam=True),
            case("no lengths", bidirectional=False, lengths=None),
            case("bidirectional, lengths", bidirectional=True, lengths=LENGTHS),
        ],
    }
    write(__file__, ["numpy", "torch"], body)
