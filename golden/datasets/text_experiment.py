"""Trains the tour's text model with PyTorch on one of the text sets, and says how far it gets.

    python text_experiment.py SET.json.gz --steps 300 --learning-rate 0.002 --pooling last --max-tokens 50

The model is fixed: Embedding(10000, 128), LSTM(256, 2 layers, dropout 0.5), Dropout(0.5), Linear. One JSON line comes
out, with the test accuracy at each `--report` step.
"""

import argparse
import json
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from text_set import PADDING, encode, load_text_set, vocabulary

VOCABULARY = 10_000


class Classifier(nn.Module):
    def __init__(self, classes: int, pooling: str, dropout: float) -> None:
        super().__init__()
        self.pooling = pooling
        self.embedding = nn.Embedding(VOCABULARY, 128, padding_idx=PADDING)
        self.lstm = nn.LSTM(128, 256, num_layers=2, dropout=dropout, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(256, classes)

    def forward(self, batch: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        packed = pack_padded_sequence(self.embedding(batch), lengths, batch_first=True, enforce_sorted=False)
        output, (hidden, _) = self.lstm(packed)
        if self.pooling == "last":
            return self.linear(self.dropout(hidden[-1]))
        steps, _ = pad_packed_sequence(output, batch_first=True)
        inside = (torch.arange(steps.shape[1])[None, :] < lengths[:, None])[:, :, None]
        if self.pooling == "mean":
            pooled = (steps * inside).sum(1) / lengths[:, None]
        else:
            pooled = steps.masked_fill(~inside, -torch.inf).max(1).values
        return self.linear(self.dropout(pooled))


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True), torch.tensor([len(row) for row in rows])


def accuracy(model: nn.Module, rows: list[list[int]], y: list[int]) -> float:
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(rows), 128):
            batch, lengths = padded(rows[start : start + 128])
            right += (model(batch, lengths).argmax(1) == torch.tensor(y[start : start + 128])).sum().item()
    model.train()
    return right / len(rows)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--report", type=int, default=0, help="evaluate every so many steps (default: at the end)")
    parser.add_argument("--learning-rate", type=float, default=0.001)
    parser.add_argument("--decay", action="store_true", help="lower the learning rate linearly to zero")
    parser.add_argument("--pooling", choices=["last", "mean", "max"], default="last")
    parser.add_argument("--max-tokens", type=int, default=50)
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--embedding-scale", type=float, default=1.0)
    parser.add_argument("--train-limit", type=int, default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = parse()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    data = load_text_set(options.path, options.train_limit, options.max_tokens)
    words = vocabulary(data.train, VOCABULARY)
    train, test = encode(data.train, words), encode(data.test, words)
    model = Classifier(len(data.names), options.pooling, options.dropout)
    with torch.no_grad():
        model.embedding.weight *= options.embedding_scale
    optimizer = torch.optim.Adam(model.parameters(), lr=options.learning_rate)
    reports, losses, order, training_s = [], [], [], 0.0
    for step in range(1, options.steps + 1):
        start = time.perf_counter()
        if options.decay:
            optimizer.param_groups[0]["lr"] = options.learning_rate * (1 - (step - 1) / options.steps)
        if len(order) < 32:
            order = torch.randperm(len(train)).tolist()
        rows, order = order[:32], order[32:]
        batch, lengths = padded([train[i] for i in rows])
        loss = nn.functional.cross_entropy(model(batch, lengths), torch.tensor([data.train_y[i] for i in rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        training_s += time.perf_counter() - start
        if step == options.steps or (options.report and step % options.report == 0):
            recent = sum(losses[-50:]) / len(losses[-50:])
            reports.append({"step": step, "loss": round(recent, 3), "test": round(accuracy(model, test, data.test_y), 4)})
    settings = {key: value for key, value in vars(options).items() if key not in ("path", "threads", "report")}
    name = options.path.rsplit("/", 1)[-1].removesuffix(".json.gz")
    step_ms = round(1000 * training_s / options.steps)
    print(json.dumps({"set": name, **settings, "trainTexts": len(train), "reports": reports, "step_ms": step_ms}), flush=True)


if __name__ == "__main__":
    main()
