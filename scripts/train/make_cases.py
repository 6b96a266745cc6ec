"""Count how words are written within sentences, for texts that have no capitals or nothing else.

    python scripts/train/make_cases.py --corpora FOLDER [--out FILE]

FOLDER holds polnear/train.jsonl.gz, {gum,ewt}/train.conllu.gz.  Written are the words that also
stand in small letters, and those that stand in capitals; a word that follows from
another by an ending (`quotes.text.seen.stems`) is left out.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from textwrap import fill

from make_frequencies import texts

from quotes.text.seen import stems

SOURCE = (
    "# How words are written within a sentence; all others are names.  Editable.\n"
    "# source: counted by scripts/train/make_cases.py in PolNeAR 1.0 train (news of 2016), GUM\n"
    "# and UD English-EWT, their train parts.\n"
)
# A letter before it in small letters, so that it does not begin a sentence, title or heading.
WORD = re.compile(r"(?<=[a-z,;] )[A-Za-z]+(?:['’][a-z]+)?\b")
LEAST_CAPITALS = 3
SMALL = 0.25  # of its places, at which a word counts as one that is no name by itself


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("quotes/data/cases.toml"))
    options = parser.parse_args()
    small: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for text in texts(options.corpora):
        for word in WORD.findall(text):
            kind = small if word.islower() else capitals if word.isupper() else others
            kind[word.lower().replace("’", "'")] += 1
    lower = {word for word, n in small.items() if n > SMALL * (n + capitals[word] + others[word])}
    upper = {
        word
        for word, n in capitals.items()
        if n >= LEAST_CAPITALS and n > small[word] + others[word] and 1 < len(word) < 6
    }
    bare: set[str] = set()
    for word in sorted(lower, key=lambda word: (len(word), word)):
        if bare.isdisjoint(stems(word)):
            bare.add(word)
    with options.out.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f'{SOURCE}\nsmall = """\n{fill(" ".join(sorted(bare)), 100)}\n"""\n')
        out.write(f'\ncapitals = """\n{fill(" ".join(sorted(upper)), 100)}\n"""\n')
    print(f"{len(bare)} of {len(lower)} words in small letters, {len(upper)} in capitals")


if __name__ == "__main__":
    main()
