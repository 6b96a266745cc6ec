"""Measure the reader's entities and coreference on GUM and GAP.

    python scripts/eval/measure_mentions.py --corpora DIR [--reader DIR] [--part test]

GUM: names and roles found with span and kind right, and whom third-person pronouns and roles
mean.  GAP: F1 over its pronoun-name pairs, the names given as in the task's published
figures, once by the reader's links alone and once by the whole resolver, which knows neither
name beforehand and may abstain.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.reader import Reader
from quotes.reader.decode import head_start
from quotes.records import AnnotatedArticle, Article, Mention, Quotation, Span
from quotes.speakers import resolve_article
from quotes.text.normalised import sentences

sys.path.append(str(Path(__file__).parents[1] / "train"))
from mention_data import Labelled, gap_rows, gum

THIRD = {"he", "him", "his", "himself", "she", "her", "hers", "herself"} | {
    *("it", "its", "itself", "they", "them", "their", "theirs", "themselves")
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--reader", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--part", choices=["dev", "test"], default="test")
    options = parser.parse_args()
    reader = Reader.load(options.reader)
    documents = gum(options.corpora / "gum" / f"{options.part}.conllu.gz", load_titles())
    measure_gum(documents, reader, f"GUM {options.part}")
    name = {"dev": "validation", "test": "test"}[options.part]
    measure_gap(options.corpora / "gap" / f"gap-{name}.tsv.gz", reader, f"GAP {name}")


def measure_gum(documents: list[Labelled], reader: Reader, title: str) -> None:
    """Kinds by F1, antecedents by how often the likeliest one is in the right chain."""
    kinds: Counter[tuple[str, str]] = Counter()
    links: Counter[tuple[str, str]] = Counter()
    for document in documents:
        [reading] = reader.read([document.text])
        wanted = {
            (m.start, m.end, m.kind) for m in document.marks if m.kind not in {None, "pronoun"}
        }
        given = {
            (m.span.start, m.span.end, m.kind) for m in reading.mentions if m.kind != "pronoun"
        }
        for name, found in (("right", wanted & given), ("wanted", wanted), ("given", given)):
            kinds.update((str(kind), name) for *_, kind in found)
            kinds.update(("all", name) for _ in found)
        _count_links(document, reading.mentions, links)
    print(title)
    for kind in sorted({kind for kind, _ in kinds}):
        right = kinds[kind, "right"]
        p, r = right / max(kinds[kind, "given"], 1), right / max(kinds[kind, "wanted"], 1)
        print(f"  {kind:12} P {p:.3f}  R {r:.3f}  F1 {2 * p * r / max(p + r, 1e-9):.3f}")
    for kind in sorted({kind for kind, _ in links}):
        asked, said = links[kind, "asked"], links[kind, "said"]
        right = links[kind, "right"]
        print(f"  {kind}: {asked} with an antecedent, right {right / asked:.3f}, "
              f"of those answered {right / max(said, 1):.3f}")  # fmt: skip


def _count_links(
    document: Labelled, found: Sequence[Mention], links: Counter[tuple[str, str]]
) -> None:
    text = document.text
    chain = {m.head: m.chain for m in document.marks}
    first: dict[str | None, int] = {}
    for mark in document.marks:
        first[mark.chain] = min(first.get(mark.chain, mark.start), mark.start)
    heads = [head_start(text, m.span.start, m.span.end) for m in found]
    for mention, head in zip(found, heads, strict=True):
        own = chain.get(head)
        words = mention.span.of(text).lower()
        kind = "role" if mention.kind == "role" else "pronoun" if words in THIRD else None
        if kind is None or own is None or first[own] >= mention.span.start:
            continue
        links[kind, "asked"] += 1
        if mention.antecedents and sum(p for _, p in mention.antecedents) > 0.5:
            links[kind, "said"] += 1
            links[kind, "right"] += chain.get(heads[mention.antecedents[0][0]]) == own


def measure_gap(path: Path, reader: Reader, title: str) -> None:
    """F1, and the ratio of that for women to that for men, over GAP's pairs."""
    people, titles = load_people(), load_titles()
    ways: dict[str, Counter[tuple[str, str]]] = {"reader": Counter(), "resolver": Counter()}
    for row in gap_rows(path):
        text, at = row["Text"], int(row["Pronoun-offset"])
        [reading] = reader.read([text])
        names = [_span(row, name) for name in "AB"]
        weights = [_weight(text, reading.mentions, at, name) for name in names]
        best = 0 if weights[0] >= weights[1] else 1
        by_reader = [n == best and weights[n] > 0 for n in (0, 1)]
        source = Span(at, at + len(row["Pronoun"]))
        quotation = Quotation(
            "q", "indirect", (Span(source.end, source.end),), (), (source,), "assertion", 1.0, "gap"
        )
        article = AnnotatedArticle(Article(row["ID"], text), sentences(text))
        [resolved], _ = resolve_article(
            article, [quotation], people=people, titles=titles, mentions=reading.mentions
        )
        said = resolved.speaker.name if resolved.speaker else ""
        by_resolver = [bool(said) and _same(said, name.of(text)) for name in names]
        gender = "F" if row["Pronoun"].lower() in {"she", "her", "hers"} else "M"
        for way, answer in (("reader", by_reader), ("resolver", by_resolver)):
            for n, name in enumerate("AB"):
                gold = row[f"{name}-coref"] == "TRUE"
                ways[way][gender, f"{gold}-{answer[n]}"] += 1
    print(title)
    for way, count in ways.items():
        scores = {g: _f1(count, g) for g in ("M", "F", "MF")}
        print(f"  {way}: F1 {scores['MF']:.3f}, M {scores['M']:.3f}, F {scores['F']:.3f}, "
              f"bias {scores['F'] / max(scores['M'], 1e-9):.2f}")  # fmt: skip


def _span(row: dict[str, str], name: str) -> Span:
    start = int(row[f"{name}-offset"])
    return Span(start, start + len(row[name]))


def _weight(text: str, mentions: Sequence[Mention], at: int, name: Span) -> float:
    """How surely the pronoun at an offset means the person of a name: all mentions of it."""
    for mention in mentions:
        if mention.span.start == at:
            return sum(
                p
                for i, p in mention.antecedents
                if _overlap(mentions[i].span, name)
                or _same(mentions[i].span.of(text), name.of(text))
            )
    return 0.0


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _same(one: str, other: str) -> bool:
    """Whether one name's words are all in the other's."""
    a, b = set(one.lower().split()), set(other.lower().split())
    return a <= b or b <= a


def _f1(count: Counter[tuple[str, str]], genders: str) -> float:
    right = sum(count[g, "True-True"] for g in genders)
    wrong = sum(count[g, "False-True"] + count[g, "True-False"] for g in genders)
    return 2 * right / max(2 * right + wrong, 1)


if __name__ == "__main__":
    main()
