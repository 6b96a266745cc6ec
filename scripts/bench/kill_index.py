"""Kill an indexing run at random moments, over and over, and look at what is left each time.

    python scripts/bench/kill_index.py [--kills 200] [--articles 200] [--seed 1]

Made-up articles go through the whole pipeline into an index, with a reader that needs no
model, so that nearly all of the time is writing.  The process is ended by SIGKILL, the index is
looked at, the next process goes on with it; a full index makes way for a fresh one.  Each time
the index must open, be sound by SQLite's own checks, hold each article wholly as it was read or
not at all, and have the speakers, groups and families that it would have from scratch.  The
exit code is 0 if it always did.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import re
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from grouped import groups_of, stored_variants

from quotes.index.opening import open_index
from quotes.records import Article, Reading, Span, TextReading, printed
from quotes.run.archive import add_articles, rebuild
from quotes.run.article import ArticleResult, Steps, load_steps, read_batch

QUOTED = re.compile(r"“(?P<content>[^”]+)” (?P<source>[A-Z][\w. ]*?) (?P<cue>said)\b")
FIRST, LAST = ("Ann", "Bo", "Ida", "Mary", "Paul"), ("Dahl", "Lee", "Orr", "Quirk", "Tam", "Ward")
SEVERAL = 0.4
"""Part of the quotations that others printed before."""

STAGES = (
    ("speakers", r"\b(form|form_fact|form_stale|entity|alias|local_entity SET|decision)\b"),
    ("groups", r"\b(wording\w*|cluster\w*|group_stale)\b"),
    ("families", r"\b(fingerprint\w*|family\w*|article_link)\b"),
    ("paraphrases", r"\b(meaning\w*|paraphrase\w*)\b"),
    ("standing", r"\bstanding\w*\b"),
)


class MadeReader:
    """Reads “words” Somebody said."""

    version = "made"

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """One reading for each match of the pattern."""
        return [TextReading(tuple(map(_reading, QUOTED.finditer(text)))) for text in texts]


def _reading(found: re.Match[str]) -> Reading:
    content, cue, source = (Span(*found.span(role)) for role in ("content", "cue", "source"))
    return Reading((content,), (cue,), (source,), 0.9)


def made_articles(count: int, rng: random.Random) -> list[Article]:
    """Articles of a few quotations, many of them told by several; some are copies."""
    made: list[Article] = []
    vocabulary = frequent_words()
    told: list[str] = []
    for number in range(count):
        day = date(2025, 2, 1) + timedelta(days=rng.randrange(60))
        if made and rng.random() < 0.1:
            text = f"(Agency) {rng.choice(made).text}"
        else:
            said = [_said(rng, vocabulary, told) for _ in range(rng.randrange(1, 6))]
            text = "\n\n".join(said)
        outlet = f"Outlet {rng.randrange(12)}"
        made.append(Article(f"a{number:04}", text, outlet, "record", published=day.isoformat()))
    return made


def frequent_words() -> list[str]:
    """The words of the shipped table of frequencies, the commonest first."""
    table = files("quotes") / "data" / "word_frequencies.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if line[:1].isalpha()]


def _said(rng: random.Random, vocabulary: Sequence[str], told: list[str]) -> str:
    """A sentence that reports new words, or an earlier one's with one of them another."""
    if told and rng.random() < SEVERAL:
        words = rng.choice(told).split()
        start = rng.choice((0, 0, 0, len(words) // 2))
        words = words[start:]
        words[rng.randrange(len(words))] = rng.choice(vocabulary)
    else:
        words = [vocabulary[int(len(vocabulary) ** rng.random()) - 1] for _ in range(14)]
        told.append(" ".join(words))
    speaker = rng.choice(LAST) if rng.random() < 0.3 else f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    return f"It was cold in the hall. “{' '.join(words)},” {speaker} said at noon."


# The process that is killed


def write(path: Path, articles: Sequence[Article], steps: Steps, at: Any) -> None:
    """Index articles; `at` always says what is being done, in a transaction or outside."""
    with closing(open_index(path)) as db:

        def trace(statement: str) -> None:
            if not statement.startswith("--"):
                at.value = (b"+" if db.in_transaction else b"-") + statement.encode()[:150]

        db.set_trace_callback(trace)
        add_articles(db, articles, steps)
        at.value = b"-done"


def killed(path: Path, articles: Sequence[Article], steps: Steps, delay: float) -> str | None:
    """Where a run was when it was killed, None if it came to its end before."""
    context = multiprocessing.get_context("fork")
    at: Any = context.Array("c", 200, lock=False)  # a lock could be killed with its holder
    process = context.Process(target=write, args=(path, articles, steps, at))
    process.start()
    process.join(delay)
    if process.is_alive() and process.pid:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    if process.exitcode == 0:
        return None
    assert process.exitcode == -signal.SIGKILL, f"the run ended with {process.exitcode}"
    return stage(at.value.decode(errors="replace"))


def stage(at: str) -> str:
    """What a run was doing, by the statement it was at."""
    if not at:
        return "opening"
    if at.startswith("-") and "COMMIT" not in at:
        return "between transactions"
    if "COMMIT" in at:
        return "committing"
    return next((name for name, pattern in STAGES if re.search(pattern, at)), "articles")


# What must hold afterwards


def faults(path: Path, expected: Mapping[str, Sequence[Any]], steps: Steps) -> Iterator[str]:
    """What is wrong with an index, a line each."""
    with closing(open_index(path)) as db:
        if (sound := db.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
            yield f"integrity_check: {sound}"
        if db.execute("PRAGMA foreign_key_check").fetchall():
            yield "a foreign key leads nowhere"
        db.execute("INSERT INTO quotation_fts (quotation_fts) VALUES ('integrity-check')")
        for id_, held in stored(db).items():
            if held != expected[id_]:
                yield f"{id_} is not as it was read"
        for each in rebuild(db, people=steps.people, keep=False):
            if each.changed:
                yield f"{each.changed} {each.what} are not those from scratch"
        if groups(db) != from_scratch(db):
            yield "groups are not those from scratch"
        for (table,) in db.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE '%\\_stale' ESCAPE '\\'"
        ):
            if db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                yield f"{table} is not empty: a batch was written by halves"


def given(article: Article, result: ArticleResult) -> list[Any]:
    """What must be stored of an article: its text, its people, its quotations with all spans."""
    people = sorted((entity.id, entity.name) for entity in result.entities)
    said = [
        (q.id, q.kind, printed(article.text, q.content), role, place, span.start, span.end)
        for q in result.quotations
        for role, spans in (
            ("chain", q.chain), ("content", q.content), ("cue", q.cue), ("source", q.source)
        )
        for place, span in enumerate(spans)
    ]  # fmt: skip
    return [article.text, people, sorted(said)]


def stored(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """The same of every article of the index."""
    held: dict[str, list[Any]] = {
        id_: [text, [], []] for id_, text in db.execute("SELECT id, text FROM article")
    }
    for article, *who in db.execute("SELECT article, id, name FROM local_entity ORDER BY id, name"):
        held[article][1].append(tuple(who))
    rows = db.execute(
        'SELECT q.article, q.id, q.kind, q.text, s.role, s.ord, s.start, s."end" '
        "FROM quotation q LEFT JOIN span s ON s.quotation = q.number"
    )
    for article, *said in sorted(rows, key=lambda row: row[1:]):
        held[article][2].append(tuple(said))
    return held


def groups(db: sqlite3.Connection) -> dict[str, tuple[str, list[str]]]:
    """The label and the members of each group, as the index has them."""
    found: dict[str, tuple[str, list[str]]] = {
        id_: (text, []) for id_, text in db.execute("SELECT id, text FROM cluster")
    }
    for group, id_ in db.execute(
        "SELECT cluster, id FROM quotation WHERE cluster IS NOT NULL ORDER BY id"
    ):
        found[group][1].append(id_)
    return found


def from_scratch(db: sqlite3.Connection) -> dict[str, tuple[str, list[str]]]:
    """The same by grouping all stored quotations at once."""
    variants = list(stored_variants(db))
    texts = {variant.quotation: variant.text for variant in variants}
    return {
        group: (min((texts[id_] for id_ in own), key=lambda text: (-len(text), text)), own)
        for group, own in groups_of(variants).items()
    }


# The whole


def run(kills: int, articles: int, seed: int, folder: Path) -> bool:
    """Kill so many times; whether nothing was ever wrong."""
    rng = random.Random(seed)
    made = made_articles(articles, rng)
    steps = load_steps(reader=MadeReader())
    results = read_batch(made, steps)
    expected = {
        a.id: given(a, r)
        for a, r in zip(made, results, strict=True)
        if isinstance(r, ArticleResult)
    }
    begun = time.perf_counter()
    assert killed(folder / "whole.db", made, steps, 600) is None
    whole = time.perf_counter() - begun
    wrong = list(faults(folder / "whole.db", expected, steps))
    where: Counter[str] = Counter()
    path, finished = folder / "0.db", 0
    while where.total() < kills:
        at = killed(path, made, steps, rng.uniform(0, 0.7 * whole))
        wrong += [
            f"kill {where.total() + 1}, {at}: {each}" for each in faults(path, expected, steps)
        ]
        if at:
            where[at] += 1
            if not where.total() % 20:
                print(f"{where.total()} kills, {len(wrong)} faults", file=sys.stderr, flush=True)
        else:
            finished += 1
            path = folder / f"{finished}.db"
    print(f"{kills} kills over {articles} articles of a run of {whole:.1f} s, seed {seed}")
    print("  while " + ", ".join(f"{stage}: {n}" for stage, n in where.most_common()))
    print(f"  {finished} indexes came to their end; faults: {len(wrong)}")
    print("".join(f"  {each}\n" for each in wrong), end="")
    return not wrong


def main() -> None:
    """Run it as asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not run(options.kills, options.articles, options.seed, Path(folder)))


if __name__ == "__main__":
    main()
