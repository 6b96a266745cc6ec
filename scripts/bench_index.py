"""Time the index on made-up quotations: writing an article, the corpus tables, questions.

    python scripts/bench_index.py [--quotations 10000 100000] [--seed 1] [--cpu]

Words are drawn by Zipf's law from a made-up vocabulary, ten quotations an article, forty
outlets, one quotation in four shared by several articles.  Each size is a fresh file.
With --cpu the times are those of the processor: without waits for the disk, and fair on a
machine that is busy with other work.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate, product
from pathlib import Path

from quotes.index import replace_entities, stored_entities, write_article
from quotes.query import by, who_said
from quotes.records import Article, Entity, Quotation, Span, Speaker
from quotes.schema import open_index, transaction

PER_ARTICLE = 10
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "ze")
VOCABULARY = ["".join(parts) for n in (2, 3, 4) for parts in product(SYLLABLES, repeat=n)]
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(VOCABULARY) + 1)))
SPEAKERS = 2000

clock = time.perf_counter


def made_articles(quotations: int, seed: int) -> Iterator[tuple[Article, list[Quotation]]]:
    """Articles with their quotations; the same seed gives the same ones."""
    rng = random.Random(seed)
    shared: list[str] = []
    for number in range(quotations // PER_ARTICLE):
        text, found = "", []
        for place in range(PER_ARTICLE):
            words = wording(rng, shared)
            start = len(text) + 1
            text += f"“{words}” Person said. "
            who = f"p{rng.randrange(SPEAKERS)}"
            found.append(
                Quotation(
                    f"q{number:07x}{place:x}", "direct", (Span(start, start + len(words)),),
                    (Span(len(text) - 6, len(text) - 2),), (Span(len(text) - 13, len(text) - 7),),
                    "assertion", 0.9, "reader", Speaker(who, f"Person {who}", "person"),
                )
            )  # fmt: skip
        day = f"2025-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        outlet = f"Outlet {rng.randrange(40)}"
        yield Article(f"a{number:07x}", text, outlet=outlet, published=day), found


def wording(rng: random.Random, shared: list[str]) -> str:
    """New words, or in one case of four those of an earlier quotation."""
    if shared and rng.random() < 0.25:
        return rng.choice(shared)
    words = " ".join(rng.choices(VOCABULARY, cum_weights=WEIGHTS, k=rng.randrange(2, 30)))
    if rng.random() < 0.1:
        shared.append(words)
    return words


def group_alike(db: sqlite3.Connection, alike: Mapping[str, Sequence[int]]) -> None:
    """Make one utterance of what has the same words; how real ones are found is not timed here."""
    groups = [(text, numbers) for text, numbers in alike.items() if len(numbers) > 1]
    with transaction(db):
        for place, (text, numbers) in enumerate(groups):
            id_ = f"c{place:010x}"
            db.execute("INSERT INTO cluster VALUES (?, ?)", (id_, text))
            db.executemany(
                "UPDATE quotation SET cluster = ? WHERE number = ?", [(id_, n) for n in numbers]
            )


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    start = clock()
    work()
    return clock() - start


def told(name: str, seconds: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    cuts = statistics.quantiles(seconds, n=20)
    return f"{name}: p50 {cuts[9] * 1000:.2f} ms, p95 {cuts[18] * 1000:.2f} ms"


def bench(quotations: int, seed: int, folder: Path) -> None:
    """Fill an index of one size and print its figures."""
    path = folder / f"{quotations}.db"
    db = open_index(path)
    writes = [
        timed(partial(write_article, db, *each, version="1"))
        for each in made_articles(quotations, seed)
    ]
    tenth = max(2, len(writes) // 10)
    print(f"{quotations} quotations in {len(writes)} articles")
    print("  " + told("write an article, first tenth", writes[:tenth]))
    print("  " + told("write an article, last tenth", writes[-tenth:]))

    local = list(stored_entities(db))
    people = {each.entity.id: each.entity.name for each in local}
    entities = [Entity(id_, name, "person", (name,)) for id_, name in sorted(people.items())]
    mapping = {(each.article, each.entity.id): each.entity.id for each in local}
    alike: dict[str, list[int]] = defaultdict(list)
    for number, text in db.execute("SELECT number, text FROM quotation"):
        alike[text].append(number)
    print(f"  replace entities: {timed(lambda: replace_entities(db, entities, mapping)):.2f} s")
    group_alike(db, alike)

    rng = random.Random(seed + 1)
    texts = sorted(alike)
    phrases = [" ".join(rng.choice(texts).split()[:3]) for _ in range(300)]
    words = rng.choices(VOCABULARY, cum_weights=WEIGHTS, k=300)
    names = [f"Person p{rng.randrange(SPEAKERS)}" for _ in range(300)]
    limited = partial(who_said, limit=20)
    for name, ask, questions in (
        ("who_said, three words", who_said, phrases),
        ("who_said, one word, limit 20", limited, words),
        ("by, limit 20", partial(by, limit=20), names),
    ):
        seconds = [timed(partial(ask, db, question)) for question in questions]
        print("  " + told(name, seconds))
    db.close()
    print(f"  file: {path.stat().st_size / 1e6:.1f} MB", flush=True)


def main() -> None:
    """Run the sizes asked for, smallest first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quotations", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="processor time, not the clock's")
    options = parser.parse_args()
    if options.cpu:
        global clock
        clock = time.process_time
    with tempfile.TemporaryDirectory() as folder:
        for size in sorted(options.quotations):
            bench(size, options.seed, Path(folder))


if __name__ == "__main__":
    main()
