"""Measure how well copies and rewrites of articles are found, and what it costs.

    python scripts/measure_wire.py INDEX.db [--pairs] [--made 300]

Reads the articles of an index file.  `--pairs` lists every pair found, to be read by eye;
`--made N` makes N copies of each kind from articles of the index, seeded, and reports how many
are found as what: cut, extended, retitled, lightly edited, heavily edited.  Then the
cost of an article, with a store in memory and with one in SQLite.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, replace

from quotes.records import Article
from quotes.regions import find_regions
from quotes.wire import Fingerprint, MemoryStore, Store, families, fingerprint, related

KINDS = ("retitled", "cut", "extended", "cut and extended", "light edits", "heavy edits")


class SqliteStore:
    """Fingerprints in memory, their keys in a SQLite table: what an index would ask."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("")
        self.db.execute(
            "CREATE TABLE k (key INTEGER, article TEXT, PRIMARY KEY (key, article)) WITHOUT ROWID"
        )
        self.prints: dict[str, Fingerprint] = {}

    def add(self, one: Fingerprint) -> None:
        self.prints[one.article] = one
        self.db.executemany("INSERT INTO k VALUES (?, ?)", ((k, one.article) for k in one.keys))

    def holders(self, keys: Collection[int], *, most: int) -> dict[int, list[str]]:
        found = {}
        for key in keys:
            rows = self.db.execute(
                "SELECT article FROM k WHERE key = ? LIMIT ?", (key, most + 1)
            ).fetchall()
            if 0 < len(rows) <= most:
                found[key] = [article for (article,) in rows]
        return found

    def get(self, article: str) -> Fingerprint:
        return self.prints[article]


def stored(path: str) -> list[Article]:
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    rows = db.execute("SELECT id, text, outlet, title, published FROM article ORDER BY id")
    return [Article(i, text, outlet=o, title=t, published=p) for i, text, o, t, p in rows]


def paragraphs(text: str) -> list[str]:
    return [part for part in text.split("\n") if part.strip()]


def made(kind: str, article: Article, other: Article, rng: random.Random) -> str:
    parts, others = paragraphs(article.text), paragraphs(other.text)
    if kind == "retitled":
        return "\n\n".join(("Another headline for the same story", *parts[1:]))
    if kind == "cut":
        return "\n\n".join(parts[: max(4, int(len(parts) * rng.uniform(0.4, 0.7)))])
    if kind == "extended":
        return "\n\n".join((*parts, *others[1 : 1 + len(parts) // 2]))
    if kind == "cut and extended":
        kept = parts[: max(4, int(len(parts) * 0.6))]
        return "\n\n".join((*kept, *others[1 : 1 + len(kept) // 3]))
    rate = 0.04 if kind == "light edits" else 0.25
    spare = other.text.split()
    return "\n\n".join(" ".join(edited(part.split(), spare, rate, rng)) for part in parts)


def edited(
    words: Sequence[str], spare: Sequence[str], rate: float, rng: random.Random
) -> Iterator[str]:
    for word in words:
        draw = rng.random()
        if draw < rate / 3:
            continue
        yield rng.choice(spare) if draw < rate else word


def report_made(articles: Sequence[Article], number: int) -> None:
    rng = random.Random(7)
    long = [a for a in articles if len(a.text.split()) >= 150]
    store = MemoryStore(map(fingerprint, articles))
    for kind in KINDS:
        told: Counter[str] = Counter()
        for article in rng.sample(long, min(number, len(long))):
            text = made(kind, article, rng.choice(long), rng)
            copy = fingerprint(replace(article, id="made", text=text, outlet="Made"))
            links = {link.second: link for link in related(copy, store)}
            told[links[article.id].mirrored().kind if article.id in links else "missed"] += 1
        print(f"{kind:18}", dict(told.most_common()))


def report_pairs(articles: Sequence[Article], *, listed: bool) -> None:
    store = MemoryStore()
    prints = [fingerprint(article, regions=find_regions(article)) for article in articles]
    links = []
    for one in prints:
        links += related(one, store)
        store.add(one)
    print(len(articles), "articles", len(links), "pairs", Counter(link.kind for link in links))
    for link in sorted(links, key=lambda link: (link.kind, link.first)) if listed else ():
        parts = " ".join(f"{share:.2f}" for share in astuple(link.likeness)[:4])
        print(f"{link.kind:10} {link.first} | {link.second}\n    {link.reason}  [{parts}]")
    for family in families(prints, links) if listed else ():
        print(family.id, family.origin, "|", family.basis, "|", family.first, len(family.members))


def report_cost(articles: Sequence[Article]) -> None:
    spent: dict[str, float] = defaultdict(float)
    memory, sqlite = MemoryStore(), SqliteStore()
    size = keys = 0
    for article in articles:
        start = time.process_time()
        one = fingerprint(article)
        spent["fingerprint"] += time.process_time() - start
        stores: tuple[tuple[str, Store], ...] = (("memory", memory), ("sqlite", sqlite))
        for name, store in stores:
            start = time.process_time()
            related(one, store)
            store.add(one)  # type: ignore[attr-defined]
            spent[name] += time.process_time() - start
        size += len(one.runs) + len(one.told)
        keys += len(one.keys)
    number = len(articles)
    print(
        {name: f"{1000 * seconds / number:.2f} ms" for name, seconds in spent.items()}, "an article"
    )
    print(f"{size / number:.0f} bytes and {keys / number:.0f} keys an article")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--made", type=int, default=0)
    given = parser.parse_args()
    articles = stored(given.index)
    report_pairs(articles, listed=given.pairs)
    if given.made:
        report_made(articles, given.made)
    report_cost(articles)


if __name__ == "__main__":
    main()
