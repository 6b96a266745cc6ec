"""Group the gold quotations of a corpora folder, write them out for the pair scorer, time it.

    python scripts/eval/measure_cluster.py --corpora FOLDER --out groups.jsonl [--copies 4]

FOLDER holds polnear/{train,dev}.jsonl.gz.  Speakers are stood in for by the folded last name
of a source that is a name.  With --copies, each quotation is added again under other dates
with some of its words replaced, to see how the time grows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from quotes.quotations import find_quoted
from quotes.records import Span, Variant
from quotes.text.normalised import normalise

sys.path.append(str(Path(__file__).parents[1] / "bench"))
from grouped import groups_of

_NAME = re.compile(r"^(?:(?:[A-Z][a-z]*\.|[A-Z][\w’'-]+) )*(?P<last>[A-Z][\w’'-]+)$")
_PRONOUNS = frozenset({"he", "she", "they", "it", "who", "we", "i", "you"})
AROUND = 300
_TITLES = re.compile(r"^(?:President|Senator|Governor|Secretary|Director|former|the|The) ")


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold quotation as the export file wants it, and as the grouping does."""

    article: str
    content: tuple[Span, ...]
    variant: Variant


def main() -> None:
    options = _options()
    gold = list(read_gold(options.corpora))
    variants = [g.variant for g in gold]
    variants += altered(variants, options.copies, random.Random(options.seed))
    started = time.process_time()
    groups = groups_of(variants)
    seconds = time.process_time() - started
    sizes = sorted(map(len, groups.values()), reverse=True)
    print(f"{len(variants)} quotations, {len(groups)} groups, largest {sizes[:5]}", end=", ")
    print(f"{seconds:.1f} CPU-seconds")
    if options.out:
        options.out.write_text("".join(_export(gold, groups)), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--copies", type=int, default=0, help="altered copies of each quotation")
    parser.add_argument("--seed", type=int, default=20160101)
    return parser.parse_args()


def read_gold(corpora: Path) -> Iterator[Gold]:
    for part in ("train", "dev"):
        with gzip.open(corpora / "polnear" / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield from _article_gold(json.loads(line))


def _article_gold(record: dict[str, Any]) -> Iterator[Gold]:
    text = record["text"]
    inside = [piece for q in find_quoted(text) if q.depth == 0 for piece in q.pieces]
    for number, attribution in enumerate(record["attributions"]):
        content = tuple(Span(*pair) for pair in attribution["content"])
        quoted = tuple(_trimmed(s.of(text)) for s in _shared(content, inside))
        kind = attribution["type"]
        if kind == "direct" and not quoted:
            quoted = tuple(_trimmed(s.of(text)) for s in content)
        variant = Variant(
            quotation=f"{record['id']}:{number:03}",
            article=record["id"],
            outlet=record["outlet"],
            kind=kind,
            text=" ".join(_trimmed(s.of(text)) for s in content),
            quoted=tuple(q for q in quoted if q) if kind != "indirect" else (),
            entity=_surname([text[start:end] for start, end in attribution["source"]]),
            published=record["date"],
            context=_context(text, content),
        )
        yield Gold(record["id"], content, variant)


def _shared(content: Sequence[Span], inside: Sequence[Span]) -> Iterator[Span]:
    for piece in content:
        for other in inside:
            start, end = max(piece.start, other.start), min(piece.end, other.end)
            if start < end:
                yield Span(start, end)


def _context(text: str, content: Sequence[Span]) -> str:
    """Whole words within `AROUND` code points of the content, itself included."""
    start = max(0, content[0].start - AROUND)
    end = content[-1].end + AROUND
    start = text.find(" ", start) + 1 if start else 0
    return text[start:end].rpartition(" ")[0] if end < len(text) else text[start:]


def _trimmed(printed: str) -> str:
    return printed.strip(' \n\t\xa0“”"')


def _surname(source: Sequence[str]) -> str | None:
    name = _TITLES.sub("", " ".join(source))
    found = _NAME.match(re.sub(r"[’']s$", "", name))
    last = normalise(found["last"]).text if found else ""
    return last if last and last not in _PRONOUNS else None


def altered(variants: Sequence[Variant], copies: int, rng: random.Random) -> list[Variant]:
    """`copies` more of each, with a quarter of the words replaced by words from elsewhere."""
    vocabulary = [word for v in variants for word in v.text.split()]

    def changed(text: str) -> str:
        return " ".join(rng.choice(vocabulary) if rng.random() < 0.25 else w for w in text.split())

    return [
        replace(
            v,
            quotation=f"{v.quotation}+{copy}",
            article=f"{v.article}+{copy}",
            text=changed(v.text),
            quoted=tuple(changed(q) for q in v.quoted),
            published=f"{2016 + copy}{(v.published or '')[4:]}",
        )
        for copy in range(1, copies + 1)
        for v in variants
    ]


def _export(gold: Sequence[Gold], groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    of = {member: id_ for id_, members in groups.items() for member in members}
    for g in gold:
        row = {
            "article": g.article,
            "content": [[s.start, s.end] for s in g.content],
            "cluster": of.get(g.variant.quotation),
        }
        yield json.dumps(row) + "\n"


if __name__ == "__main__":
    main()
