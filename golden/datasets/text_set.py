"""Reads a text set of packages/datasets for the experiments: its two sides, and tokens as numbers."""

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass

TOKEN = r"(?u)[a-z0-9]+(?:'[a-z]+)?|[.,;:!?$%-]"
PADDING, UNKNOWN = 0, 1


@dataclass
class TextSet:
    train: list[str]
    train_y: list[int]
    test: list[str]
    test_y: list[int]
    names: list[str]


def load_text_set(path: str, train_limit: int | None = None, max_tokens: int | None = None) -> TextSet:
    with gzip.open(path) as file:
        content = json.load(file)
    count = content["trainCount"]
    texts = [shorten(text.lower(), max_tokens) for text in content["texts"]]
    limit = min(count, train_limit or count)
    y = content["y"]
    return TextSet(texts[:limit], y[:limit], texts[count:], y[count:], content["targetNames"])


def tokens(text: str) -> list[str]:
    return re.findall(TOKEN, text)


def shorten(text: str, max_tokens: int | None) -> str:
    return text if max_tokens is None else " ".join(tokens(text)[:max_tokens])


def vocabulary(texts: list[str], size: int) -> dict[str, int]:
    counts = Counter(token for text in texts for token in tokens(text))
    return {token: i + 2 for i, (token, _) in enumerate(counts.most_common(size - 2))}


def encode(texts: list[str], words: dict[str, int]) -> list[list[int]]:
    return [[words.get(token, UNKNOWN) for token in tokens(text)] or [UNKNOWN] for text in texts]
