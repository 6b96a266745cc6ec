"""Fit the weights that tell reported words from acts done with words (`quotes/data/acts.toml`).

Give labelled articles and what `quotes extract --nl` makes of them, in pairs: news first, whose
labels say which quotations any reader must list, then PolNeAR's training part, if wanted.

    python scripts/train/train_acts.py news.jsonl news.nl [polnear.jsonl polnear.nl]

A quotation that holds less than three tenths of its words of any labelled one is an act; one that
need not be listed counts less.  The threshold is chosen on articles of the news that were not
fitted, in eight parts.  Prints what it hides there, and writes the weights.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quotes.quotations.acts import features
from quotes.records import Quotation, Span

FILE = Path(__file__).parents[2] / "quotes" / "data" / "acts.toml"
NEAR, SAME = 0.3, 0.5
"""Share of a quotation's letters in a labelled one, and of both together, to be near it or it."""

ARGUABLE, POLNEAR, MUST = 0.2, 0.1, 3.0
"""What hiding an arguable quotation counts, one of PolNeAR's, and one that must be listed."""

RIDGE = 2.0  # from 0.5 to 4 nearly the same quotations are hidden
PARTS = 8


@dataclass(frozen=True)
class Case:
    """One quotation with its features, and what its article's labels say of it."""

    article: str
    features: dict[str, float]
    act: bool
    must: bool
    weight: float


def cases(labels: Path, found: Path, *, scale: float = 1.0) -> Iterator[Case]:
    """The quotations not wholly in marks that were said, as `is_act` is asked of them."""
    articles = {each["id"]: each for each in _lines(labels)}
    for line in _lines(found):
        article = articles[line["id"]]
        text = article["text"]
        golds = [(_letters(text, each["content"]), each) for each in article["attributions"]]
        for told in line["attributions"]:
            asked = told["attitude"] in ("assertion", "act") and told["polarity"] == "affirmed"
            if not asked or told["kind"] == "direct" or not told["cue"]:
                continue
            own = _letters(text, told["content"])
            near = any(len(own & gold) >= NEAR * len(own) for gold, _ in golds)
            same = [each for gold, each in golds if len(own & gold) >= SAME * len(own | gold)]
            must = any(each.get("must", True) for each in same)
            weight = scale * (1.0 if must or not near else ARGUABLE)
            yield Case(line["id"], features(text, _quotation(told)), not near, must, weight)


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _letters(text: str, spans: Iterable[Sequence[int]]) -> set[int]:
    return {at for start, end in spans for at in range(start, end) if not text[at].isspace()}


def _quotation(told: Any) -> Quotation:
    content, cue, source = (
        tuple(Span(*each) for each in told[role]) for role in ("content", "cue", "source")
    )
    return Quotation(
        told["id"], told["kind"], content, cue, source, "assertion", told["confidence"],
        told["method"], polarity=told["polarity"],
    )  # fmt: skip


def fit(given: Sequence[Case]) -> dict[str, float]:
    """Weights by name: logistic regression with a ridge, by Newton's method."""
    names = sorted({name for case in given for name in case.features})
    x = np.array([[case.features.get(name, 0.0) for name in names] for case in given])
    y = np.array([float(case.act) for case in given])
    w = np.array([case.weight for case in given])
    ridge = np.diag([RIDGE / 100 if name == "always" else RIDGE for name in names])
    b = np.zeros(len(names))
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ b))
        slope = x.T @ (w * (p - y)) + ridge @ b
        b -= np.linalg.solve((x.T * (w * p * (1 - p))) @ x + ridge, slope)
    return dict(zip(names, b.tolist(), strict=True))


def judged(news: Sequence[Case], more: Sequence[Case]) -> list[tuple[float, Case]]:
    """Each case of the news with the log-odds by weights that its article had no part in."""
    ids = sorted({case.article for case in news})
    found = []
    for part in range(PARTS):
        held = set(ids[part::PARTS])
        weights = fit([*(case for case in news if case.article not in held), *more])
        found += [(_odds(weights, each), each) for each in news if each.article in held]
    return sorted(found, key=lambda pair: -pair[0])


def _odds(weights: dict[str, float], case: Case) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in case.features.items())


def threshold(found: Sequence[tuple[float, Case]]) -> float:
    """Above which hiding does most good; says what is hidden there."""
    best, gain, told = 0.0, 0.0, ""
    sum_, acts, arguable, must = 0.0, 0, 0, 0
    for odds, case in found:
        acts += case.act
        must += case.must and not case.act
        arguable += not case.act and not case.must
        sum_ = acts - ARGUABLE * arguable - MUST * must
        if sum_ > gain:
            best, gain = odds, sum_
            told = f"{acts} acts, {arguable} arguable quotations and {must} that must be listed"
    print(f"hides {told} of {len(found)}, threshold {best:.2f}")
    return best


def main() -> None:
    """Fit, choose the threshold, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+", help="labelled, extracted, in pairs")
    files: list[Path] = parser.parse_args().files
    news = list(cases(files[0], files[1]))
    more = list(cases(files[2], files[3], scale=POLNEAR)) if len(files) > 2 else []
    least = threshold(judged(news, more))
    weights = fit([*news, *more])
    weights["always"] -= least
    lines = [f'"{name}" = {value:.3f}' for name, value in sorted(weights.items())]
    text = re.sub(r"(?ms)^\[weights\]\n.*", "", FILE.read_text(encoding="utf-8"))
    FILE.write_text(f"{text}[weights]\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
