"""Learn what tells a person's name from a body's and from no name at all.

    python scripts/train/train_name_kinds.py --corpora FOLDER [--out FILE]

FOLDER holds polnear/train.jsonl.gz with train_speakers.jsonl.gz, and news/train.jsonl.gz.  The
names are those that head a labelled source, each once per article; the reader tags them, and no
people file is used.  Prints how many are right by articles in ten parts.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from quotes.people.known import People
from quotes.people.titles import load_titles
from quotes.reader import Reader
from quotes.records import Mention, Span
from quotes.speakers.chains import Chain, Chains
from quotes.speakers.kinds import Signs, signs_of, tags_at
from quotes.speakers.names import Name, find_names, trimmed
from quotes.speakers.sources import read_source

Labelled = tuple[str, Signs, str]  # article, signs of a name, and what it is

HEAD = """\
# What tells a person's name from a body's and from no name: weights of the signs of
# `quotes.speakers.kinds.Signs`.
#
# source: logistic regression (C = 1) over {count} names that head labelled sources of PolNeAR train
# and of the news labelled for this project, by scripts/train/train_name_kinds.py.  By articles in
# ten parts it is right of {right:.1%} of them, where lists alone are of {lists:.1%}.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("quotes/data/name_kinds.toml"))
    options = parser.parse_args()
    reader = Reader.load()
    told = list(labelled(options.corpora, lambda text: reader.read([text])[0].mentions))
    options.out.write_text(learned(told), encoding="utf-8")


def learned(told: list[Labelled]) -> str:
    """The weights, as the shipped file has them."""
    signs = np.array([astuple(each) for _, each, _ in told])
    kinds, articles = np.array([kind for *_, kind in told]), [article for article, *_ in told]
    model = LogisticRegression(C=1.0, max_iter=5000)
    parts = GroupKFold(min(10, len(set(articles))))
    guessed = cross_val_predict(model, signs, kinds, groups=articles, cv=parts)
    by_lists = ["person" if s.person or s.unknown else "organisation" for _, s, _ in told]
    right, lists = (guessed == kinds).mean(), (np.array(by_lists) == kinds).mean()
    print(f"{len(told)} names: right {right:.4f}, by lists alone {lists:.4f}")
    model.fit(signs, kinds)
    lines = [HEAD.format(count=len(told), right=right, lists=lists)]
    for kind, bias, weights in zip(model.classes_, model.intercept_, model.coef_, strict=True):
        lines.append(f"[weights.{kind}]\nbias = {bias:.3f}")
        named = zip(fields(Signs), weights, strict=True)
        lines += [f"{field.name} = {weight:.3f}" for field, weight in named]
        lines[-1] += "\n"
    return "\n".join(lines).rstrip("\n") + "\n"


def labelled(corpora: Path, tag: Callable[[str], tuple[Mention, ...]]) -> Iterator[Labelled]:
    """Every name that heads a source, with its signs in its article and what it is."""
    for article in articles(corpora):
        yield from names_of(article, tag(article["text"]))


def articles(corpora: Path) -> Iterator[Any]:
    """The labelled articles, the kind of its source at each attribution."""
    speakers = {
        each["id"]: {s["i"]: s["kind"] for s in each["speakers"]}
        for each in _lines(corpora / "polnear/train_speakers.jsonl.gz")
    }
    for article in _lines(corpora / "polnear/train.jsonl.gz"):
        if article["id"] in speakers:
            for number, told in enumerate(article["attributions"]):
                told["kind"] = speakers[article["id"]].get(number)
            yield article
    yield from _lines(corpora / "news/train.jsonl.gz")


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def names_of(article: Any, mentions: tuple[Mention, ...]) -> Iterator[Labelled]:
    """The names of one article that head its sources, each once."""
    text, titles, people = article["text"], load_titles(), People(())
    names = trimmed(find_names(text, titles, people), mentions, text, titles)
    chains = Chains(text, names, people=people, titles=titles, day=article.get("date"))
    tags = tags_at(chains.names, mentions)
    places: defaultdict[Chain, list[Name]] = defaultdict(list)
    for name in chains.names:
        if chain := chains.of.get(name.start):
            places[chain].append(name)
    seen: set[Chain] = set()
    for told in article["attributions"]:
        if not told["source"] or not told.get("kind"):
            continue
        span = Span(*told["source"][0])
        source = read_source(text, (span,), chains.between(span.start, span.end), titles)
        chain = chains.of.get(source.name.start) if source.name else None
        named = told["kind"] in {"person", "organisation"}
        # A group headed by somebody's full name is a list of names: it says nothing here.
        if chain is None or chain in seen:
            continue
        if not named and (len(chain.words) > 1 or chain.kind != "unknown"):
            continue
        seen.add(chain)
        found = [(name, tags[name.start]) for name in places[chain]]
        kind = told["kind"] if named else "none"
        yield article["id"], signs_of(chain.words, chain.kind, found), kind


if __name__ == "__main__":
    main()
