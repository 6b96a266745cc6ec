"""What it costs to add an article to the groups as they grow, beside MinHash LSH and rapidfuzz.

    python scripts/bench/bench_cluster.py [--sizes 10000 100000] [--arrival mixed news]
        [--compare 10000] [--rate 1370] [--seed 7] [--folder DIR] [--out FIGURES.jsonl]

Quotations are made from a seed: words by their frequency in news with a tail of rare ones,
stock phrases, few speakers who say much, utterances that one or forty outlets print, each
printing verbatim, cut, with slips, words dropped, bracketed or put elsewhere, or a fragment.
They come as `news`, in order of date at a constant rate a day, or as `mixed`, the archive of
two years in no order, so that all sizes span the same years and the days fill up: the hard one.
Timed is the grouping of one article, with its commit, in a file that holds nothing else; all
sizes are timed in turn, article by article, so that a busy machine is as busy for each.
`--compare` needs datasketch (MIT).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import accumulate, chain, count, islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from grouped import add, groups_of, make_tables

from quotes.records import Variant
from quotes.text.lists import bits, rates

PER_ARTICLE = 8
MIXED = 4_000
"""Printings that wait for their article at any time."""

STOCK_BITS = 75.0
"""The heaviest stock phrase of the labelled pairs from PolNeAR."""

MEASURED = 300
"""Articles that are timed at each size, each in a transaction of its own."""

AT_ONCE = 50
"""Articles that are added together while the file grows."""


CACHE_KB = 65_536
"""Of the file in memory."""

DAYS = 730

FIRST_DAY = date(2020, 1, 1)


class Printed(NamedTuple):
    """One outlet's printing of an utterance, not in an article yet."""

    utterance: int
    day: int
    text: str
    speaker: str | None
    around: str


@dataclass(frozen=True, slots=True)
class Made:
    """A generated quotation and the utterance that it prints."""

    utterance: int
    variant: Variant


Arrival = Literal["mixed", "news"]


def _made(number: int, printed: Printed) -> Made:
    article = f"a{number // PER_ARTICLE:07}"
    day = (FIRST_DAY + timedelta(days=printed.day)).isoformat()
    own = (printed.text, (printed.text,), printed.speaker, day, printed.around)
    return Made(printed.utterance, Variant(f"q{number:08}", article, None, "direct", *own))


def main() -> None:
    options = _options()
    for arrival in options.arrival:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            grow(Path(folder) / "groups.db", arrival, options)
    if options.compare:
        made = list(islice(Generator(options.seed, options.rate).mixed(), options.compare))
        beside(made)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--arrival", nargs="*", default=["mixed", "news"])
    parser.add_argument("--compare", type=int, default=10_000, help="0: leave the peers out")
    parser.add_argument("--rate", type=int, default=1370, help="quotations a day, of news")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", help="where the file is made, for the while")
    parser.add_argument("--out", type=Path, help="figures are added to this file as they come")
    return parser.parse_args()


# Quotations from a seed


class Generator:
    """Endless quotations, the same from the same seed."""

    def __init__(self, seed: int, rate: int) -> None:
        """Draw the vocabulary's tail, the speakers and the stock phrases."""
        self._rng = random.Random(seed)
        self._numbers = count()
        self._rate = rate
        known = rates()
        tail = [self._made_up() for _ in range(40_000)]
        self._words = [*known, *tail]
        self._tail = [*islice(known, 2_000, None), *tail]
        weights = [*known.values(), *(0.02 / (n + 100) for n in range(len(tail)))]
        self._cumulative = list(accumulate(weights))
        self._speakers = list(accumulate(1 / (n + 5) for n in range(20_000)))
        everyday = sorted(known, key=lambda word: -known[word])[:1_500]
        self._phrases = list(islice(self._stock(everyday), 300))
        self._phrase_weights = list(accumulate(1 / (n + 3) for n in range(300)))

    def made(self, arrival: Arrival) -> Iterator[Made]:
        """Quotations in articles of `PER_ARTICLE`."""
        return self.mixed() if arrival == "mixed" else self.news()

    def mixed(self) -> Iterator[Made]:
        """Utterances and days of `DAYS` mixed."""
        waiting: list[Printed] = []
        for number in count():
            while len(waiting) < MIXED:
                waiting.extend(self._utterance(self._rng.randrange(DAYS)))
            place = self._rng.randrange(len(waiting))
            waiting[place], waiting[-1] = waiting[-1], waiting[place]
            yield _made(number, waiting.pop())

    def news(self) -> Iterator[Made]:
        """In order of date, of each day so many that it comes to the rate."""
        waiting: list[tuple[int, float, Printed]] = []
        begun = number = 0
        for day in count():
            while begun < self._rate * (day + 1):
                printed = list(self._utterance(day))
                begun += len(printed)
                for each in printed:
                    heappush(waiting, (each.day, self._rng.random(), each))
            while waiting and waiting[0][0] <= day:
                yield _made(number, heappop(waiting)[-1])
                number += 1

    def _utterance(self, day: int) -> Iterator[Printed]:
        rng = self._rng
        number, words, topic = next(self._numbers), self._said(), self._rare(8)
        speaker = f"speaker-{rng.choices(range(20_000), cum_weights=self._speakers)[0]}"
        for _ in range(min(40, int(rng.paretovariate(1.2)))):
            known = speaker if rng.random() < 0.85 else None
            printed = day + rng.choice((0, 0, 0, 0, 1, 1, 2, 9))
            around = " ".join([*rng.sample(topic, 6), *self._some(25)])
            yield Printed(number, printed, self._printed(words), known, around)

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

    def _stock(self, everyday: Sequence[str]) -> Iterator[list[str]]:
        while True:
            phrase = self._rng.choices(everyday, k=self._rng.randint(3, 7))
            if sum(map(bits, phrase)) <= STOCK_BITS:
                yield phrase

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


@dataclass(frozen=True, slots=True)
class Cost:
    """What one article took, in milliseconds, by the clock and of the processor."""

    wall: float
    cpu: float


@dataclass(slots=True)
class Grown:
    """The file as it was at some size, and the articles that come next."""

    size: int
    path: Path
    db: sqlite3.Connection
    articles: Iterator[list[Variant]]


def grow(path: Path, arrival: Arrival, options: argparse.Namespace) -> None:
    """Add article after article; at each size time the next ones, beside all smaller sizes."""
    db = _empty(path)
    articles = _articles(Generator(options.seed, options.rate).made(arrival))
    stored, kept = 0, list[Grown]()
    for left, size in zip(range(len(options.sizes), 0, -1), options.sizes, strict=True):
        while stored < size:
            stored += _add(db, list(islice(articles, AT_ONCE)))
        own = list(islice(articles, left * MEASURED))
        articles = chain(own, articles)
        copy = path.with_name(f"{size}.db")
        db.execute("VACUUM INTO ?", (str(copy),))
        kept.append(Grown(stored, copy, _opened(copy), iter(own)))
        _measure(kept, arrival, options.out)
    db.close()


def _measure(kept: Sequence[Grown], arrival: Arrival, out: Path | None) -> None:
    """Time the next articles of each size, in turn: the machine is as busy for each."""
    costs: dict[int, list[Cost]] = {grown.size: [] for grown in kept}
    for _ in range(MEASURED):
        for grown in kept:
            costs[grown.size].append(_timed(grown.db, next(grown.articles)))
    first = costs[kept[0].size]
    for grown in kept:
        _tell(grown, arrival, costs[grown.size], first, out)
    print(flush=True)


def _empty(path: Path) -> sqlite3.Connection:
    """A file with the tables that grouping needs, and of `quotation` the columns."""
    db = _opened(path)
    make_tables(db)
    return db


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    return db


def _articles(made: Iterator[Made]) -> Iterator[list[Variant]]:
    while article := [m.variant for m in islice(made, PER_ARTICLE)]:
        yield article


def _add(db: sqlite3.Connection, articles: Sequence[list[Variant]]) -> int:
    variants = [variant for article in articles for variant in article]
    db.execute("BEGIN")
    add(db, variants)
    db.execute("COMMIT")
    return len(variants)


def _timed(db: sqlite3.Connection, article: list[Variant]) -> Cost:
    db.execute("BEGIN")
    wall, cpu = time.perf_counter(), time.process_time()
    add(db, article)
    db.execute("COMMIT")
    return Cost((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def _tell(
    grown: Grown, arrival: Arrival, costs: Sequence[Cost], first: Sequence[Cost], out: Path | None
) -> None:
    figures: dict[str, object] = {"arrival": arrival, "quotations": grown.size}
    for name, measure in MEASURES.items():
        cpu = measure([cost.cpu for cost in costs])
        figures[f"{name} ms"] = round(measure([cost.wall for cost in costs]), 2)
        figures[f"{name} CPU ms"] = round(cpu, 2)
        figures[f"{name} CPU of first"] = round(cpu / measure([cost.cpu for cost in first]), 2)
    figures["MB"] = round(grown.path.stat().st_size / 1e6, 1)
    for name, statement in COUNTS.items():
        figures[name] = grown.db.execute(statement).fetchone()[0]
    figures["peak MB, all files open"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = json.dumps(figures)
    print(line, flush=True)
    if out:
        with out.open("a", encoding="utf-8") as file:
            print(line, file=file)


COUNTS = {
    "wordings": "SELECT count(*) FROM wording",
    "ties": "SELECT count(*) / 2 FROM wording_tie",
    "groups": "SELECT count(DISTINCT cluster) FROM wording_place",
}


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[len(times) * 95 // 100]


MEASURES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": statistics.mean,
    "median": statistics.median,
    "p95": _p95,
}


# Beside MinHash LSH and rapidfuzz


def beside(made: Sequence[Made]) -> None:
    """The same quotations grouped by us and by the peers, against the utterances they print."""
    wanted = {m.variant.quotation: m.utterance for m in made}
    variants = [m.variant for m in made]
    print(f"\n{len(made)} quotations      recall  precision     F1   CPU-seconds")
    started = time.process_time()

    groups = {q: id_ for id_, own in groups_of(variants).items() for q in own}
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
