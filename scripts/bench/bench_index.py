"""Time the questions to an index: who-said over words drawn from its own quotations, by, and more.

    python scripts/bench/bench_index.py quotes.db [--questions 1000] [--limit 20] [--seed 1]
        [--cpu] [--plain]

A question is one to four words that follow each other in a quotation, a single one being a word
of content, rare or common as they come; or, one in ten, a single very common word.  Three in ten
ask of one outlet, since a day or for one kind besides.  All are asked in one process that has
asked nothing before, then again.  With --plain also the statement that ranks every hit, with its
answers compared.  With --cpu the times are those of the processor: fair on a machine that is busy
with other work.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from quotes.answers import catalogue, utterances
from quotes.answers.questions import ranked, ranked_all
from quotes.index.opening import open_index
from quotes.text.lists import rates

COMMON = 150
"""So many of the commonest words of English are no words of content."""

VERY_COMMON, FILTERED = 0.1, 0.3
DRAWN = 4_000
"""Quotations from which questions are drawn, spread evenly over the index."""


clock = time.perf_counter


@dataclass(frozen=True, slots=True)
class Question:
    """Words to ask for, what narrows it, and what kind of question it is."""

    words: str
    sort: str
    chosen: dict[str, Any] = field(default_factory=dict)


def main() -> None:
    """Ask the index that is named."""
    global clock
    options = _options()
    clock = time.process_time if options.cpu else clock
    db = open_index(options.index, readonly=True)
    report(db, options)
    db.close()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--limit", type=int, default=20, help="0: all answers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="processor time, not the clock's")
    parser.add_argument("--plain", action="store_true", help="compare with ranking every hit")
    return parser.parse_args()


def report(db: sqlite3.Connection, options: argparse.Namespace) -> None:
    """Print the times of each sort of question."""
    (quotations,) = db.execute("SELECT max(number) FROM quotation").fetchone()
    print(f"{quotations} quotations; limit {options.limit or 'none'}; milliseconds")
    asked = list(islice(questions(db, options.seed), options.questions))
    limit = options.limit or None
    for turn in ("first time", "again"):
        print(turn)
        told(asked, [timed(partial(ask, db, question, limit))[0] for question in asked])
    if options.plain:
        print("ranking every hit")
        compare(db, asked, limit)
    others(db, limit)


def questions(db: sqlite3.Connection, seed: int) -> Iterator[Question]:
    """Questions without end, the same from the same seed and index."""
    rng = random.Random(seed)
    texts, days = _texts(db), _days(db)
    outlets = [row.outlet for row in catalogue.outlets(db) if row.outlet]
    common = list(islice(rates(), COMMON))
    narrowing: dict[str, Sequence[Any]] = {
        "outlet": outlets,
        "since": days,
        "kind": ("direct", "mixed", "indirect"),
    }
    while True:
        if rng.random() < VERY_COMMON:
            words, sort = rng.choice(common), "very common word"
        else:
            words, sort = _wanted(rng, texts, common)
        chosen: dict[str, Any] = {}
        if rng.random() < FILTERED:
            name = rng.choice([name for name, values in narrowing.items() if values])
            chosen, sort = {name: rng.choice(narrowing[name])}, f"{sort}, {name}"
        yield Question(words, sort, chosen)


def _texts(db: sqlite3.Connection) -> list[list[str]]:
    """Words of quotations, spread evenly over the index."""
    (last,) = db.execute("SELECT max(number) FROM quotation").fetchone()
    numbers = [(last * place // DRAWN,) for place in range(1, DRAWN + 1)]
    rows = (db.execute("SELECT search_form FROM quotation WHERE number = ?", n) for n in numbers)
    return [row[0].split() for found in rows for row in found]


def _days(db: sqlite3.Connection) -> list[str]:
    """Days spread evenly over those on which articles appeared."""
    rows = db.execute("SELECT DISTINCT substr(published, 1, 10) FROM article ORDER BY 1")
    days = [day for (day,) in rows if day]
    return days[:: max(1, len(days) // 40)]


def _wanted(
    rng: random.Random, texts: Sequence[list[str]], common: Sequence[str]
) -> tuple[str, str]:
    """One to four words of a quotation and what to call them."""
    size = rng.randint(1, 4)
    while True:
        text = rng.choice(texts)
        start = rng.randrange(len(text) or 1)
        words = text[start : start + size]
        if len(words) == size and (size > 1 or words[0] not in common):
            return " ".join(words), f"{size} word{'s' * (size > 1)}"


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and the answer."""
    start = clock()
    answer = ask()
    return (clock() - start) * 1000, answer


def ask(db: sqlite3.Connection, question: Question, limit: int | None) -> Any:
    """The answer to a question."""
    return utterances.who_said(db, question.words, limit=limit, **question.chosen)


def told(asked: Sequence[Question], times: Sequence[float]) -> None:
    """A line for all questions and one for each sort."""
    sorts: dict[str, list[float]] = {"all questions": list(times)}
    for question, spent in sorted(zip(asked, times, strict=True), key=lambda pair: pair[0].sort):
        sorts.setdefault(question.sort, []).append(spent)
    for sort, spent in sorts.items():
        print(f"  {sort:28} {len(spent):5}  {shares(spent)}", flush=True)


def shares(spent: Sequence[float]) -> str:
    """Median, 95th percentile and maximum."""
    cuts = statistics.quantiles(spent, n=20) if len(spent) > 1 else list(spent) * 19
    return f"p50 {cuts[9]:9.2f}  p95 {cuts[18]:9.2f}  most {max(spent):9.2f}"


def compare(db: sqlite3.Connection, asked: Sequence[Question], limit: int | None) -> None:
    """Rank every hit of every question, and see that the answers are the same."""
    answers = [ask(db, question, limit) for question in asked]
    utterances.ranked = _plainly  # type: ignore[assignment]
    plain = [timed(partial(ask, db, question, limit)) for question in asked]
    utterances.ranked = ranked
    told(asked, [spent for spent, _ in plain])
    other = sum(answer != given for answer, (_, given) in zip(answers, plain, strict=True))
    print(f"  {other} of {len(asked)} answers differ")


def _plainly(db: sqlite3.Connection, hits: Any, chosen: Any, limit: int | None) -> Any:
    return ranked_all(db, hits, chosen)[:limit]


def others(db: sqlite3.Connection, limit: int | None) -> None:
    """Time the other questions, once each."""
    most = timed(partial(catalogue.speakers, db, limit=1))
    print(f"speakers, the first: {most[0]:.1f} ms")
    names = {"the most quoted speaker": most[1][0].id if most[1] else ""}
    for name, who in names.items():
        spent = [timed(partial(utterances.by, db, who, limit=limit))[0] for _ in range(5)]
        print(f"by {name}: {spent[0]:.1f} ms, again {statistics.median(spent):.1f} ms")
    for name, ask_it in (
        ("speakers, the first 20", partial(catalogue.speakers, db, limit=20)),
        ("outlets", partial(catalogue.outlets, db)),
        ("counts", partial(catalogue.counts, db)),
        ("export, the first 1000", lambda: list(islice(utterances.occurrences(db), 1000))),
    ):
        print(f"{name}: {timed(ask_it)[0]:.1f} ms", flush=True)


if __name__ == "__main__":
    main()
