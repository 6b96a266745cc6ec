"""The whole cost of an archive as it grows, all but reading: made-up articles into a real index.

    python scripts/bench/bench_archive.py [--sizes 10000 100000 1000000] [--arrival news] [--seed 7]
        [--db FILE] [--out FIGURES.jsonl] [--questions 1000]

Articles come from `made_quotations`, and are written in batches of sixteen as `quotes index`
writes them: each batch with all that joins articles, in one transaction.  At each size: the cost
of an article by step, as the mean of the last articles before it; the questions of `bench_index`;
the file by table; the peak of memory so far.  Times are those of the processor.  `news` comes in
order of date, at the same rate a day; `mixed` is the archive of two years in no order.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial, wraps
from itertools import islice
from pathlib import Path
from typing import Any

import bench_index
from bench_cluster import Generator
from made_quotations import MadeArticle, made_articles

from quotes.index.opening import open_index, transaction
from quotes.index.write import write_article
from quotes.people.known import People, load_people
from quotes.run import archive as corpus
from quotes.run.article import BATCH

MEASURED = 40
"""Batches before each size of which the mean cost is told."""

STEPS = (
    "update_identity",
    "update_groups",
    "update_families",
    "update_paraphrases",
    "update_ranks",
)
LARGEST = 30
"""Tables and indexes that are told of by name."""


def main() -> None:
    """Fill an index and tell of it at each size."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = options.db or Path(folder) / "archive.db"
        db = open_index(path)
        grow(db, path, options)
        db.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--arrival", choices=["news", "mixed"], default="news")
    parser.add_argument("--rate", type=int, default=1370, help="quotations a day, of news")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--db", type=Path, help="the file to make; without it, one for the while")
    parser.add_argument("--out", type=Path, help="figures are added to this file as they come")
    parser.add_argument("--questions", type=int, default=1_000)
    return parser.parse_args()


def grow(db: sqlite3.Connection, path: Path, options: argparse.Namespace) -> None:
    """Add batch after batch, and tell of the last ones at each size."""
    articles = made_articles(Generator(options.seed, options.rate).made(options.arrival), 7)
    spent: Counter[str] = Counter()
    _watch(spent)
    people, stored, batches = load_people(), 0, []
    for size in options.sizes:
        while stored < size:
            spent.clear()
            stored += add(db, list(islice(articles, BATCH)), people, spent)
            batches.append(dict(spent))
            if len(batches) % 500 == 0:
                tell(options, {"quotations": stored, **_mean(batches[-500:])})
        tell(options, {
            "size": stored, "articles": len(batches) * BATCH, "ms": _mean(batches[-MEASURED:]),
            "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            **state(db, path, options),
        })  # fmt: skip


def _watch(spent: Counter[str]) -> None:
    """Have the steps of the corpus pass tell what they cost."""
    for name in STEPS:
        if step := getattr(corpus, name, None):
            setattr(corpus, name, _watched(name, step, spent))


def _watched(name: str, step: Callable[..., Any], spent: Counter[str]) -> Callable[..., Any]:
    @wraps(step)
    def watched(*args: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return step(*args, **options)
        finally:
            spent[name.removeprefix("update_")] += time.process_time() - start  # type: ignore[assignment]

    return watched


def add(
    db: sqlite3.Connection, batch: list[MadeArticle], people: People, spent: Counter[str]
) -> int:
    """Write a batch as the pipeline does; how many quotations it holds."""
    start = time.process_time()
    with transaction(db):
        for made in batch:
            write_article(db, made.article, made.quotations, made.entities, version="1")
        written = time.process_time()
        corpus.update_corpus(db, people=people)
        updated = time.process_time()
    end = time.process_time()
    spent.update(write=written - start, commit=end - updated, all=end - start)  # type: ignore[call-overload]
    return sum(len(made.quotations) for made in batch)


def _mean(batches: list[dict[str, float]]) -> dict[str, float]:
    """Milliseconds an article of each step."""
    steps = {step: None for batch in batches for step in batch}
    return {
        step: round(statistics.fmean(b.get(step, 0.0) for b in batches) * 1000 / BATCH, 3)
        for step in steps
    }


def state(db: sqlite3.Connection, path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """How large the index is, and how fast it answers."""
    db.execute("PRAGMA wal_checkpoint (TRUNCATE)")
    tables = db.execute(
        "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC"
    ).fetchall()
    (groups,) = db.execute("SELECT count(*) FROM cluster").fetchone()
    (families,) = db.execute("SELECT count(*) FROM family").fetchone()
    bench_index.clock = time.process_time
    asking = open_index(path, readonly=True)
    asked = list(islice(bench_index.questions(asking, options.seed), options.questions))
    times = [bench_index.timed(partial(bench_index.ask, asking, each, 20))[0] for each in asked]
    asking.close()
    return {
        "groups": groups,
        "families": families,
        "MB": round(path.stat().st_size / 1e6, 1),
        "who-said, limit 20, ms": bench_index.shares(times),
        "tables, MB": {name: round(size / 1e6, 1) for name, size in tables[:LARGEST]},
    }


def tell(options: argparse.Namespace, figures: dict[str, Any]) -> None:
    """Print figures, and add them to the file."""
    line = json.dumps({**figures, "at": time.strftime("%H:%M:%S")}, ensure_ascii=False)
    print(line, flush=True)
    if options.out:
        with options.out.open("a", encoding="utf-8") as out:
            out.write(line + "\n")


if __name__ == "__main__":
    main()
