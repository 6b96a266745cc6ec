"""Precision and recall of paraphrases on labelled pairs of PolNeAR.

    python scripts/eval/measure_paraphrases.py --corpora FOLDER [--pairs fixtures/paraphrases.jsonl]

FOLDER holds polnear/{train,dev}.jsonl.gz.  The pairs are of one speaker, in two articles up to
three days apart, drawn over the range of several scores and labelled by reading: "same"
statement, same "topic", "other", or "unclear" (left out).  Pairs with the same words are left
out too.  Thresholds were chosen on articles of even fortnights; those of odd ones check them.
"Weighed" counts each pair by one over the chance that it was drawn, to tell of all pairs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from quotes.paraphrases.compare import Likeness, Statement, comparable, compare, similarity
from quotes.reader.pieces import cut
from quotes.reader.run import MEANING, span_vector
from quotes.records import Span, printed

sys.path.append(str(Path(__file__).parents[1] / "train"))
from reader_meaning import Probe, probe_of

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "quotes" / "models" / "reader"


@dataclass(frozen=True)
class Pair:
    """A labelled pair: its likeness, what is decided, and how much it stands for."""

    same: bool
    check: bool
    weight: float
    likeness: Likeness
    found: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, default=ROOT / "fixtures" / "paraphrases.jsonl")
    args = parser.parse_args()
    pairs = list(read_pairs(args.pairs, args.corpora))
    print(f"{len(pairs)} pairs of one speaker, {sum(pair.same for pair in pairs)} the same")
    for name, half in (("chosen on", False), ("check", True)):
        told(name, [pair for pair in pairs if pair.check == half])
    for name in ("resemblance", "overlap"):
        scores = [getattr(pair.likeness, name) for pair in pairs]
        print(f"{name} alone: average precision {average_precision(pairs, scores):.3f}")
    both = [pair.likeness.resemblance + 0.5 * pair.likeness.overlap for pair in pairs]
    print(f"both: average precision {average_precision(pairs, both):.3f}")


def read_pairs(path: Path, corpora: Path) -> Iterator[Pair]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["label"] != "unclear" and row["speaker"] == "same"]
    articles = {row[side]["article"] for row in rows for side in ("one", "other")}
    records = {record["id"]: record for record in read_records(corpora, articles)}
    probe = probe_of(onnx.load(str(MODEL / "reader.onnx")), MODEL, MEANING)
    meanings = {id_: probe.states(cut(r["text"], probe.tokenizer)) for id_, r in records.items()}
    for row in rows:
        one, other = (
            statement(row[side], records[row[side]["article"]], meanings, probe)
            for side in ("one", "other")
        )
        if one.wording == other.wording:
            continue
        likeness = compare(one, other)
        found = comparable(one, other) and similarity(likeness) is not None
        check = (one.day or 0) // 14 % 2 == 1
        yield Pair(row["label"] == "same", check, 1 / row["chance"], likeness, found)


def read_records(corpora: Path, wanted: set[str]) -> Iterator[dict[str, Any]]:
    for part in ("train", "dev"):
        with gzip.open(corpora / "polnear" / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from (r for r in map(json.loads, lines) if r["id"] in wanted)


def statement(
    side: dict[str, Any], record: dict[str, Any], meanings: dict[str, Any], probe: Probe
) -> Statement:
    content, cue = ([Span(*pair) for pair in side[role]] for role in ("content", "cue"))
    text = record["text"]
    return Statement(
        quotation=0,
        article=record["id"],
        cluster=None,
        family=None,
        speaker="the same",
        day=date.fromisoformat(record["date"]).toordinal(),
        kind=side["kind"],
        attitude=side["attitude"],
        text=printed(text, content),
        cue=printed(text, cue),
        vector=span_vector(cut(text, probe.tokenizer), meanings[record["id"]], content),
    )


def told(name: str, pairs: Sequence[Pair]) -> None:
    hits = [pair for pair in pairs if pair.found and pair.same]
    found, same = ([p for p in pairs if getattr(p, key)] for key in ("found", "same"))

    def share(part: Sequence[Pair], whole: Sequence[Pair], *, weighed: bool) -> float:
        total = sum(pair.weight if weighed else 1 for pair in whole)
        return sum(pair.weight if weighed else 1 for pair in part) / total if total else 0.0

    print(f"{name}: {len(pairs)} pairs, {len(same)} the same, {len(found)} found", end="; ")
    for weighed in (False, True):
        precision, recall = (share(hits, whole, weighed=weighed) for whole in (found, same))
        print(f"{'weighed ' * weighed}precision {precision:.3f}, recall {recall:.3f}", end="; ")
    print()


def average_precision(pairs: Sequence[Pair], scores: Sequence[float]) -> float:
    order = np.argsort(-np.array(scores), kind="stable")
    same = np.array([pairs[place].same for place in order], dtype=float)
    return float((np.cumsum(same) / np.arange(1, len(same) + 1) * same).sum() / same.sum())


if __name__ == "__main__":
    main()
