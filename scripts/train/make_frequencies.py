"""Count in how many documents each word stands, for the weights that grouping gives words.

    python scripts/train/make_frequencies.py --corpora FOLDER [--out FILE]

FOLDER holds polnear/train.jsonl.gz, {gum,ewt}/train.conllu.gz.  Written are words
with the number of documents that have them and how often they stand in all, those in fewer
than `--least` documents left out; words with the same two numbers share a line.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from quotes.utterances.wording import words_of

SOURCE = (
    "# source: counted by scripts/train/make_frequencies.py in PolNeAR 1.0 train (news of 2016),"
    " GUM and UD English-EWT, their train parts.\n"
    "# words, documents that have them, times in all; first the totals.\n"
    "# Words of fewer documents count as rare.\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("quotes/data/word_frequencies.tsv"))
    parser.add_argument("--least", type=int, default=8, help="documents a listed word stands in")
    options = parser.parse_args()
    documents = 0
    times: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for text in texts(options.corpora):
        words = words_of(text)
        documents += 1
        times.update(words)
        having.update(set(words))
    total = sum(times.values())
    lines: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for word, count in having.items():
        if count >= options.least:
            lines[count, times[word]].append(word)
    with options.out.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f"{SOURCE}\t{documents}\t{total}\n")
        for (count, often), words_ in sorted(lines.items(), reverse=True):
            out.write(f"{' '.join(sorted(words_))}\t{count}\t{often}\n")
    print(f"{documents} documents, {total} words, {sum(map(len, lines.values()))} listed")


def texts(corpora: Path) -> Iterator[str]:
    with gzip.open(corpora / "polnear/train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]
    for treebank in ("gum", "ewt"):
        yield from _treebank(corpora / treebank / "train.conllu.gz")


def _treebank(path: Path) -> Iterator[str]:
    sentences: list[str] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# newdoc id") and sentences:
                yield "\n".join(sentences)
                sentences = []
            elif line.startswith("# text ="):
                sentences.append(line.removeprefix("# text =").strip())
    if sentences:
        yield "\n".join(sentences)


if __name__ == "__main__":
    main()
