"""What it costs to add an article to the groups as they grow, beside MinHash LSH and rapidfuzz.

    python scripts/bench_cluster.py [--sizes 10000 100000] [--compare 10000] [--years 2] [--seed 7]

Quotations are made from a seed: words by their frequency in news with a tail of rare ones,
stock phrases, few speakers who say much, utterances that one or forty outlets print, each
printing verbatim, cut, with slips, words dropped, bracketed or put elsewhere, or a fragment.
Times are processor times of one process; all sizes span the same years, so that the days fill
up as the index grows.  `--compare` needs datasketch (MIT).
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, count, islice
from pathlib import Path
from typing import Any

from quotes.cluster import Grouper, cluster
from quotes.cluster.rarity import rates
from quotes.cluster.sqlite import STATEMENTS, SqliteStore
from quotes.records import Variant

PER_ARTICLE = 8
MIXED = 4_000
"""Printings that wait for their article at any time."""

MEASURED = 60
"""Articles that are timed at each size, each in a transaction of its own."""


@dataclass(frozen=True, slots=True)
class Made:
    """A generated quotation and the utterance that it prints."""

    utterance: int
    variant: Variant


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        grow(Path(folder) / "groups.db", options)
    if options.compare:
        made = list(islice(Generator(options.seed, options.years).quotations(), options.compare))
        beside(made)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--compare", type=int, default=10_000, help="0: leave the peers out")
    parser.add_argument("--years", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


# Quotations from a seed


class Generator:
    """Endless quotations, the same from the same seed."""

    def __init__(self, seed: int, years: float) -> None:
        """Draw the vocabulary's tail, the speakers and the stock phrases."""
        self._rng = random.Random(seed)
        self._numbers = count()
        self._days = int(years * 365)
        known = rates()
        tail = [self._made_up() for _ in range(40_000)]
        self._words = [*known, *tail]
        self._tail = [*islice(known, 2_000, None), *tail]
        weights = [*known.values(), *(0.02 / (n + 100) for n in range(len(tail)))]
        self._cumulative = list(accumulate(weights))
        self._speakers = list(accumulate(1 / (n + 5) for n in range(20_000)))
        everyday = sorted(known, key=lambda word: -known[word])[:1_500]
        self._phrases = [self._rng.choices(everyday, k=self._rng.randint(3, 7)) for _ in range(300)]
        self._phrase_weights = list(accumulate(1 / (n + 3) for n in range(300)))

    def quotations(self) -> Iterator[Made]:
        """Quotations in articles of `PER_ARTICLE`, utterances and days mixed."""
        waiting: list[tuple[int, tuple[str, str | None, str, str]]] = []
        for number in count():
            while len(waiting) < MIXED:
                said = next(self._numbers)
                waiting.extend((said, printed) for printed in self._utterance())
            place = self._rng.randrange(len(waiting))
            waiting[place], waiting[-1] = waiting[-1], waiting[place]
            said, (text, speaker, published, context) = waiting.pop()
            article = f"a{number // PER_ARTICLE:07}"
            own = (text, (text,), speaker, published, context)
            yield Made(said, Variant(f"q{number:08}", article, None, "direct", *own))

    def _utterance(self) -> Iterator[tuple[str, str | None, str, str]]:
        rng = self._rng
        words = self._said()
        speaker = f"speaker-{rng.choices(range(20_000), cum_weights=self._speakers)[0]}"
        day = date(2020, 1, 1) + timedelta(days=rng.randrange(self._days))
        topic = self._rare(8)
        for _ in range(min(40, int(rng.paretovariate(1.2)))):
            known = speaker if rng.random() < 0.85 else None
            printed = day + timedelta(days=rng.choice((0, 0, 0, 0, 1, 1, 2, 9)))
            around = " ".join([*rng.sample(topic, 6), *self._some(25)])
            yield self._printed(words), known, printed.isoformat(), around

    def _said(self) -> list[str]:
        rng = self._rng
        if rng.random() < 0.02:
            return list(self._phrase())
        words = self._some(max(6, int(rng.lognormvariate(3.0, 0.5))))
        if rng.random() < 0.25:
            at = rng.randrange(len(words))
            words[at:at] = self._phrase()
        return words

    def _printed(self, words: list[str]) -> str:
        """One outlet's wording, by one of the kinds of variation."""
        kinds = (_verbatim, _part, _fragment, _slip, _dropped, _bracketed, _heading, _moved)
        (vary,) = self._rng.choices(kinds, weights=(46, 14, 8, 8, 8, 4, 8, 4))
        return " ".join(vary(list(words), self._rng))

    def _some(self, size: int) -> list[str]:
        return self._rng.choices(self._words, cum_weights=self._cumulative, k=size)

    def _rare(self, size: int) -> list[str]:
        return [self._rng.choice(self._tail) for _ in range(size)]

    def _phrase(self) -> list[str]:
        return self._rng.choices(self._phrases, cum_weights=self._phrase_weights)[0]

    def _made_up(self) -> str:
        rng = self._rng
        return "".join(rng.choice("bdfgklmnprtvz") + rng.choice("aeiou") for _ in range(3))


Vary = Callable[[list[str], random.Random], list[str]]


def _verbatim(words: list[str], _: random.Random) -> list[str]:
    return words


def _part(words: list[str], rng: random.Random) -> list[str]:
    size = max(6, len(words) * rng.randint(40, 80) // 100)
    start = rng.randint(0, max(0, len(words) - size))
    return words[start : start + size]


def _fragment(words: list[str], rng: random.Random) -> list[str]:
    size = rng.randint(3, 5)
    start = rng.randint(0, max(0, len(words) - size))
    return words[start : start + size]


def _slip(words: list[str], rng: random.Random) -> list[str]:
    at = rng.randrange(len(words))
    words[at] = words[at] + "s" if rng.random() < 0.5 else words[at][:-1] + "o"
    return words


def _dropped(words: list[str], rng: random.Random) -> list[str]:
    if len(words) > 6:
        at = rng.randrange(1, len(words) - 3)
        words[at : at + rng.randint(1, 2)] = ["…"] if rng.random() < 0.5 else []
    return words


def _bracketed(words: list[str], rng: random.Random) -> list[str]:
    at = rng.randrange(len(words))
    words[at] = f"[the {words[at]}]"
    return words


def _heading(words: list[str], _: random.Random) -> list[str]:
    return [word.capitalize() for word in words]


def _moved(words: list[str], _: random.Random) -> list[str]:
    half = len(words) // 2
    return [*words[half:], *words[:half]]


# Cost of an article


def grow(path: Path, options: argparse.Namespace) -> None:
    """Add article after article and time those that reach each size."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    for statement in STATEMENTS:
        db.execute(statement)
    grouper = Grouper(SqliteStore(db))
    articles = _articles(Generator(options.seed, options.years).quotations())
    stored, first = 0, None
    print("quotations  ms an article: mean, median, p95  of the first   MB   groups")
    for size in options.sizes:
        while stored < size - MEASURED * PER_ARTICLE:
            stored += _add(db, grouper, list(islice(articles, 50)))
        times = [_timed(db, grouper, article) for article in islice(articles, MEASURED)]
        stored += MEASURED * PER_ARTICLE
        mean, times = statistics.mean(times), sorted(times)
        first = first or mean
        megabytes = path.stat().st_size / 1e6
        groups = db.execute("SELECT count(DISTINCT cluster) FROM wording").fetchone()[0]
        print(
            f"{stored:10,}  {mean:8.2f} {statistics.median(times):8.2f} "
            f"{times[len(times) * 95 // 100]:8.2f}  {mean / first:8.2f} x  {megabytes:8.1f}"
            f"  {groups}",
            flush=True,
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    db.close()


def _articles(made: Iterator[Made]) -> Iterator[list[Variant]]:
    while article := [m.variant for m in islice(made, PER_ARTICLE)]:
        yield article


def _add(db: sqlite3.Connection, grouper: Grouper, articles: Iterable[list[Variant]]) -> int:
    db.execute("BEGIN")
    added = 0
    for article in articles:
        grouper.add(article)
        added += len(article)
    db.execute("COMMIT")
    return added


def _timed(db: sqlite3.Connection, grouper: Grouper, article: list[Variant]) -> float:
    started = time.process_time()
    _add(db, grouper, [article])
    return (time.process_time() - started) * 1000


# Beside MinHash LSH and rapidfuzz


def beside(made: Sequence[Made]) -> None:
    """The same quotations grouped by us and by the peers, against the utterances they print."""
    wanted = {m.variant.quotation: m.utterance for m in made}
    variants = [m.variant for m in made]
    print(f"\n{len(made)} quotations      recall  precision     F1   CPU-seconds")
    started = time.process_time()

    groups = {q: c.id for c in cluster(variants) for q in c.members}
    _report("quotes", wanted, groups, time.process_time() - started)
    for share in (0.3, 0.5):
        started = time.process_time()
        pairs = list(_lsh_pairs(variants, share))
        found = time.process_time() - started
        for least in (80, 90):
            started = time.process_time()
            kept = _alike(variants, pairs, least)
            seconds = found + time.process_time() - started
            _report(f"LSH {share}, fuzz {least}", wanted, _components(kept), seconds)


def _lsh_pairs(variants: Sequence[Variant], share: float) -> Iterator[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=share, num_perm=64)
    for place, variant in enumerate(variants):
        words = variant.text.lower().split()
        sketch = MinHash(num_perm=64)
        sketch.update_batch([" ".join(pair).encode() for pair in zip(words, words[1:])])  # noqa: RUF007, B905
        for other in lsh.query(sketch):
            yield other, place
        lsh.insert(place, sketch)


def _alike(
    variants: Sequence[Variant], pairs: Iterable[tuple[int, int]], least: int
) -> list[tuple[str, str]]:
    from rapidfuzz.fuzz import token_set_ratio

    return [
        (variants[a].quotation, variants[b].quotation)
        for a, b in pairs
        if token_set_ratio(variants[a].text.lower(), variants[b].text.lower()) >= least
    ]


def _components(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    above: dict[str, str] = {}

    def root(key: str) -> str:
        while above.setdefault(key, key) != key:
            key = above[key]
        return key

    for a, b in pairs:
        above[root(a)] = root(b)
    return {key: root(key) for key in list(above)}


def _report(name: str, wanted: dict[str, int], groups: dict[str, str], seconds: float) -> None:
    given = {q: groups.get(q, q) for q in wanted}
    both = _pairs(Counter((wanted[q], given[q]) for q in wanted))
    recall = both / (_pairs(Counter(wanted.values())) or 1)
    precision = both / (_pairs(Counter(given.values())) or 1)
    score = 2 * precision * recall / (precision + recall) if both else 0.0
    print(f"{name:22} {recall:8.3f} {precision:10.3f} {score:6.3f} {seconds:13.1f}", flush=True)


def _pairs(sizes: Counter[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


if __name__ == "__main__":
    main()
