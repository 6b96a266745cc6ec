"""Measure how well copies and rewrites of articles are found, and what it costs.

    python scripts/eval/measure_wire.py INDEX.db [--pairs] [--made 300]
    python scripts/eval/measure_wire.py --grow 1000 10000 [--a-day 137] [--undated] [--to FILE]

Reads the articles of an index file.  `--pairs` lists every pair found, to be read by eye;
`--made N` makes N copies of each kind from articles of the index, seeded, and reports how many
are found as what: cut, extended, retitled, lightly edited, heavily edited.

`--grow` fills an index with articles made from a seed, 32 at a time, and says what the last
thousand of them cost when so many are stored: reports of events with names and phrases of
their own, every fourth one an agency's text that other outlets copy, cut, extend or edit.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from datetime import date, timedelta
from itertools import accumulate, islice
from pathlib import Path

from quotes.index.opening import open_index, transaction
from quotes.index.write import write_article
from quotes.quotations import find_regions
from quotes.records import Article
from quotes.wires import fingerprint, relation, update_families
from quotes.wires.family import likeness
from quotes.wires.stored import Fingerprints

KINDS = ("retitled", "cut", "extended", "cut and extended", "light edits", "heavy edits")


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


def report_made(articles: Sequence[Article], db: sqlite3.Connection, number: int) -> None:
    rng = random.Random(7)
    long = [a for a in articles if len(a.text.split()) >= 150]
    store = Fingerprints(db)
    for kind in KINDS:
        told: Counter[str] = Counter()
        for article in rng.sample(long, min(number, len(long))):
            text = made(kind, article, rng.choice(long), rng)
            copy = fingerprint(replace(article, id="made", text=text, outlet="Made"))
            found = article.id in store.candidates(copy)
            link = relation(store.get(article.id), copy) if found else None
            told[link.kind if link else "missed"] += 1
        print(f"{kind:18}", dict(told.most_common()))


def report_pairs(articles: Sequence[Article], db: sqlite3.Connection, *, listed: bool) -> None:
    store = Fingerprints(db)
    links = [
        (link, one.article, likeness(store.get(other), one))
        for one in map(store.get, (article.id for article in articles))
        for other in store.candidates(one)
        if other < one.article and (link := relation(store.get(other), one))
    ]
    print(len(articles), "articles", len(links), "pairs", Counter(link.kind for link, *_ in links))
    for link, second, parts in sorted(links, key=lambda row: row[0].kind) if listed else ():
        shares = " ".join(f"{share:.2f}" for share in astuple(parts)[:4])
        print(f"{link.kind:10} {link.article} | {second}\n    {link.reason}  [{shares}]")
    for row in db.execute("SELECT id, origin, basis, first FROM family") if listed else ():
        print(*row, sep=" | ")


class Newsroom:
    """Makes articles: Zipf's words, events that several outlets report, agency texts reused."""

    WORDS, NAMES, OUTLETS, PER_EVENT = 30_000, 20_000, 40, 12

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        syllables = [a + b for a in "bcdfghjklmnprstvz" for b in ("a", "e", "i", "o", "u", "an")]
        self.words = ["".join(self.rng.choices(syllables, k=3)) for _ in range(self.WORDS)]
        self.weights = list(accumulate(1 / (rank + 8) for rank in range(self.WORDS)))
        self.small = ("the", "of", "to", "and", "a", "in", "that", "is", "was", "for", "on", "he")
        self.names = [word.capitalize() for word in self.rng.sample(self.words, self.NAMES)]

    def articles(self, a_day: int, *, dated: bool) -> Iterator[Article]:
        """One after another, from the first day on, without end."""
        event: list[str] = []
        number, agency = 0, ""
        start = date(2016, 1, 1)
        while True:
            if number % self.PER_EVENT == 0:
                event = self.rng.sample(self.names, 8) + self.rng.sample(self.words, 30)
            text = self.report(event)
            if number % 4 == 0:
                agency = text
            elif number % 4 == 1:
                kind, other = self.rng.choice(KINDS), Article("", text)
                text = made(kind, Article("", agency), other, self.rng)
            day = (start + timedelta(days=number // a_day)).isoformat() if dated else None
            outlet = f"Outlet {self.rng.randrange(self.OUTLETS)}"
            yield Article(f"n{number}", text, outlet=outlet, published=day)
            number += 1

    def report(self, event: Sequence[str]) -> str:
        """Some twenty-four sentences of twenty words, a fifth of the weighty ones the event's."""
        return "\n\n".join(
            " ".join(self.sentence(event).capitalize() + "." for _ in range(2))
            for _ in range(self.rng.randrange(6, 18))
        )

    def sentence(self, event: Sequence[str]) -> str:
        words = self.rng.choices(self.words, cum_weights=self.weights, k=10)
        for at in range(2):
            words[at * 4] = self.rng.choice(event)
        return " ".join(f"{self.rng.choice(self.small)} {word}" for word in words)


def report_growth(sizes: Sequence[int], to: Path, *, a_day: int, dated: bool) -> None:
    db = open_index(to)
    news = Newsroom(7).articles(a_day, dated=dated)
    done = 0
    recent: list[float] = []
    for size in sizes:
        while done < size:
            batch = list(islice(news, min(32, size - done)))
            with transaction(db):
                for article in batch:
                    write_article(db, article, [])
                start = time.process_time()
                update_families(db)
                recent.append((time.process_time() - start) / len(batch))
            done += len(batch)
        tail = sorted(recent[-32:])
        tables = ("fingerprint", "fingerprint_key", "sqlite_autoindex_fingerprint_1")
        told = db.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name IN (?, ?, ?)", tables
        ).fetchone()[0]
        print(
            f"{done} articles: {1000 * sum(tail) / len(tail):.2f} ms an article (median batch "
            f"{1000 * tail[len(tail) // 2]:.2f}), {told / done:.0f} bytes an article; "
            + str(
                db.execute(
                    "SELECT count(*), count(DISTINCT family) FROM article WHERE family IS NOT NULL"
                ).fetchone()
            ),
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", nargs="?")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--grow", type=int, nargs="+", default=())
    parser.add_argument("--a-day", type=int, default=137)
    parser.add_argument("--undated", action="store_true")
    parser.add_argument("--to", type=Path, default=Path("grown.db"))
    given = parser.parse_args()
    if given.grow:
        report_growth(given.grow, given.to, a_day=given.a_day, dated=not given.undated)
    if given.index:
        articles = stored(given.index)
        with tempfile.TemporaryDirectory() as folder:
            db = open_index(Path(folder) / "measured.db")
            for article in articles:
                write_article(db, article, [], regions=find_regions(article))
            update_families(db)
            report_pairs(articles, db, listed=given.pairs)
            if given.made:
                report_made(articles, db, given.made)
            db.close()


if __name__ == "__main__":
    main()
