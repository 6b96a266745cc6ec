"""Learn how likely it is that two quotations of these days are one utterance.

    python scripts/train/train_joiner.py --corpora DIR [--to quotes/data/joiner.toml]

Reads DIR/outlets (articles.jsonl.gz, groups.jsonl) and DIR/variants/dev.jsonl with the articles
of DIR/polnear that it names; indexes them with the shipped reader, and takes the pairs that the
index compares and whose dates are at most days apart.  Two quotations that stand in one group
of the labels, or in a pair that is labelled the same, are one utterance; all other pairs of one
event's articles are two, since the labels list every printing.

A logistic regression over `quotes.utterances.likeness.traits`, fitted by Newton's method, each
trait scaled by its deviation, with a quadratic penalty.  Prints precision and recall of the pairs
by cross-validation, whole events and labelled pairs left out, for several thresholds; the figures
of whole groups are those of the corpora's own scorers.  Takes a minute.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import quotes
from quotes.utterances.groups import variants_of
from quotes.utterances.likeness import TRAITS as NAMES
from quotes.utterances.likeness import PairScore, compare, occasion, traits
from quotes.utterances.wording import Wording, meet, runs_of, wording_of

FOLDS = 11
PENALTY = 5.0  # of the squared weights of scaled traits; 1 and 0.2 came to the same within 0.01
LEAST = 0.5  # chosen by cross-validation for whole groups: see the page on accuracy
Spans = Sequence[Sequence[int]]


class Labelled(NamedTuple):
    """A pair of quotations that the index compares, whether they are one, and its fold."""

    score: PairScore
    same: bool
    fold: int


class Printed(NamedTuple):
    """A quotation as the index has it."""

    id: str
    article: str
    content: tuple[tuple[int, int], ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--to", type=Path, default=Path("quotes/data/joiner.toml"))
    options = parser.parse_args()
    pairs = [*of_events(options.corpora), *of_pairs(options.corpora)]
    values = np.array([traits(pair.score) for pair in pairs], dtype=float)
    same = np.array([pair.same for pair in pairs], dtype=float)
    fold = np.array([pair.fold for pair in pairs])
    told = np.zeros(len(pairs))
    for number in range(FOLDS):
        out = fold == number
        told[out] = likely(fit(values[~out], same[~out]), values[out])
    print(f"{len(pairs)} pairs, {int(same.sum())} of one utterance; by cross-validation:")
    for least in (0.3, 0.4, LEAST, 0.6, 0.7):
        right = float(same[told >= least].sum())
        precision, recall = right / max(1, (told >= least).sum()), right / same.sum()
        print(f"  at {least:.2f}: precision {precision:.3f}, recall {recall:.3f}")
    weights = fit(values, same)
    options.to.write_text(as_toml(weights), encoding="utf-8")


def as_toml(weights: NDArray[np.float64]) -> str:
    """The weights as the data file that ships."""
    lines = [
        "# How likely one speaker's quotations in marks, printed days apart, are one utterance:",
        "# the weights of the traits in quotes/utterances/likeness.py.",
        "#",
        "# source: learned by scripts/train/train_joiner.py from pairs labelled for this project.",
        f"least = {LEAST}  # likelihood from which on they are joined",
        f"bias = {weights[-1]:.4f}",
        "",
        "[weights]",
        *(f"{name} = {weight:.4f}" for name, weight in zip(NAMES, weights[:-1], strict=True)),
    ]
    return "\n".join(lines) + "\n"


# The model


def fit(values: NDArray[np.float64], same: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights of the traits and, last, the bias."""
    middle, spread = values.mean(0), values.std(0) + 1e-9
    scaled = np.c_[(values - middle) / spread, np.ones(len(values))]
    penalty = np.diag([PENALTY] * values.shape[1] + [0.0])
    weights = np.zeros(scaled.shape[1])
    for _ in range(40):
        chance = 1.0 / (1.0 + np.exp(-scaled @ weights))
        slope = scaled.T @ (chance - same) + penalty @ weights
        bend = (scaled * (chance * (1.0 - chance))[:, None]).T @ scaled + penalty
        weights -= np.linalg.solve(bend, slope)
    return np.r_[weights[:-1] / spread, weights[-1] - (weights[:-1] * middle / spread).sum()]


def likely(weights: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-(values @ weights[:-1] + weights[-1]))))


# The pairs


def of_events(corpora: Path) -> Iterator[Labelled]:
    """Pairs of one event's articles; two are one if one group of the labels has both."""
    articles = {each["id"]: each for each in read(corpora / "outlets" / "articles.jsonl.gz")}
    events = read(corpora / "outlets" / "groups.jsonl")
    labelled = {event["triple"] for event in events}
    own = [each for each in articles.values() if each["triple"] in labelled]
    wordings, printed = indexed(own)
    groups: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
    for event in events:
        for number, group in enumerate(event["groups"]):
            quoted = (p for p in group["printings"] if p["kind"] != "indirect" and p["spans"])
            for printing in quoted:
                for found in holding(printed[printing["article"]], printing["spans"]):
                    groups[found.id].add((event["triple"], number))
    folds = {triple: number % FOLDS for number, triple in enumerate(sorted(labelled))}
    by_event: defaultdict[str, list[Printed]] = defaultdict(list)
    for article, found in printed.items():
        by_event[articles[article]["triple"]] += found
    for triple, found in by_event.items():
        for a, b in combinations(found, 2):
            if score := compared(wordings.get(a.id), wordings.get(b.id)):
                yield Labelled(score, bool(groups[a.id] & groups[b.id]), folds[triple])


def of_pairs(corpora: Path) -> Iterator[Labelled]:
    """The labelled pairs."""
    pairs = read(corpora / "variants" / "dev.jsonl")
    wanted = {side["id"] for pair in pairs for side in (pair["a"], pair["b"])}
    polnear = (read(corpora / "polnear" / f"{part}.jsonl.gz") for part in ("train", "dev"))
    wordings, printed = indexed(each for part in polnear for each in part if each["id"] in wanted)
    for number, pair in enumerate(pairs):
        sides = [holding(printed[side["id"]], side["spans"]) for side in (pair["a"], pair["b"])]
        for a in sides[0]:
            for b in sides[1]:
                if score := compared(wordings.get(a.id), wordings.get(b.id)):
                    yield Labelled(score, pair["same"], number % FOLDS)


def compared(a: Wording | None, b: Wording | None) -> PairScore | None:
    """The score of a pair that the index compares and the model is asked about."""
    if a is None or b is None or a == b or not meet(a, b, runs_of(a), runs_of(b)):
        return None
    score = compare(a, b)
    told = score.speaker == "same" and occasion(score) == "days"
    return score if score.quoted and told else None


def indexed(
    articles: Iterator[dict[str, Any]] | list[dict[str, Any]],
) -> tuple[dict[str, Wording], dict[str, list[Printed]]]:
    """Index articles; the wording of each quotation, and the quotations of each article."""
    keys = ("id", "outlet", "date", "title", "text")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quotes.db"
        with quotes.Index(path) as index:
            index.add({key: each[key] for key in keys} for each in articles)
            printed: defaultdict[str, list[Printed]] = defaultdict(list)
            for row in index.iter_occurrences(everything=True):
                spans = tuple((span.start, span.end) for span in row.content)
                printed[row.article].append(Printed(row.quotation, row.article, spans))
        with closing(sqlite3.connect(path)) as db:
            db.row_factory = sqlite3.Row
            numbers = [number for (number,) in db.execute("SELECT number FROM quotation")]
            made = ((v.quotation, wording_of(v)) for v in variants_of(db, numbers))
            return {id_: wording for id_, wording in made if wording}, printed


def holding(printed: list[Printed], spans: Spans) -> list[Printed]:
    """The quotations that cover half of the labelled characters or more."""
    size = sum(end - start for start, end in spans)

    def covered(found: Printed) -> int:
        return sum(
            max(0, min(end, to) - max(start, at))
            for start, end in spans
            for at, to in found.content
        )

    return [found for found in printed if 2 * covered(found) >= size]


def read(path: Path) -> list[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
