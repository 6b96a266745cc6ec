"""Runs that are killed, run out of disk, or share an index with other runs and with questions.

Articles are made up and read by patterns (`kill_index`), so that nearly all of the time is
writing.  After each kill the index must be sound, hold every article wholly or not at all, and
have what it would have from scratch; at the end every article must be in it.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from kill_index import MadeReader, faults, given, made_articles
from tools import Found, ran

from quotes.errors import IndexFileError
from quotes.index.opening import open_index
from quotes.records import Article
from quotes.run.archive import add
from quotes.run.article import ArticleResult, Steps, load_steps, read_batch

_SAID = "quotation_fts MATCH 'said'"
_GOES_ON = 20.0  # seconds in which orphans must have ended


def written(path: Path, articles: Sequence[Article], workers: int = 1) -> None:
    """Add articles as `quotes index` does; errors go where the command writes them."""
    from quotes.run import article, pool

    article.BATCH = pool.BATCH = 4
    steps = load_steps(reader=MadeReader())
    try:
        with closing(open_index(path)) as db:
            add(db, articles, steps, workers=workers)
    except IndexFileError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def _expected(articles: Sequence[Article], steps: Steps) -> dict[str, list[Any]]:
    results = read_batch(articles, steps)
    return {
        article.id: given(article, result)
        for article, result in zip(articles, results, strict=True)
        if isinstance(result, ArticleResult)
    }


def _checked(
    path: Path, expected: Mapping[str, Sequence[Any]], steps: Steps, *, whole: bool
) -> list[str]:
    """What is wrong with an index; `whole` if all articles must be there."""
    wrong = list(faults(path, expected, steps))
    if whole:
        with closing(sqlite3.connect(path)) as db:
            (count,) = db.execute("SELECT count(*) FROM article").fetchone()
        wrong += [f"{len(expected) - count} articles are lost"] if count != len(expected) else []
    return wrong


def run_killed(rng: random.Random, folder: Path, *, kills: int, articles: int = 60) -> Found:
    """Kill runs at random, every second one with two workers."""
    found = Found("kills")
    made, steps = made_articles(articles, rng), load_steps(reader=MadeReader())
    expected = _expected(made, steps)
    done, finished, db = 0, 0, folder / "kill-0.db"
    while done < kills:
        workers = 1 + done % 2
        delay = rng.uniform(0.02, 1.2 if workers == 1 else 4.0)
        ended = ran(partial(written, db, made, workers), said="index", timeout=delay)
        where = f"kill {done + 1} with {workers} workers"
        if db.exists():
            wrong = _checked(db, expected, steps, whole=ended.code == 0)
            found.faults += [f"{where}: {each}" for each in wrong]
        if ended.code is None:
            done += 1
        else:
            found.take(ended.faults())
            finished += 1
            db = folder / f"kill-{finished}.db"
    ran(partial(written, db, made), said="index", timeout=300)
    found.faults += [f"at the end: {each}" for each in _checked(db, expected, steps, whole=True)]
    if left := _orphans():
        found.faults.append(f"{left} workers outlive their parent")
    found.figures.append(
        f"{kills} kills, half of them with two workers; {finished + 1} indexes came to their end"
    )
    return found


def _orphans() -> int:
    """Workers of killed runs that still run."""
    import psutil

    until = time.monotonic() + _GOES_ON
    while True:
        left = [
            each
            for each in psutil.process_iter(["ppid", "cmdline"])
            if each.info["ppid"] == 1 and "spawn_main" in " ".join(each.info["cmdline"] or [])
        ]
        if not left or time.monotonic() > until:
            return len(left)
        time.sleep(0.2)


def run_full(rng: random.Random, folder: Path, *, times: int, articles: int = 40) -> Found:
    """Write where files may grow to a random size only; then go on where they may."""
    found = Found("full disk")
    made, steps = made_articles(articles, rng), load_steps(reader=MadeReader())
    expected = _expected(made, steps)
    full = 0
    for number in range(times):
        db = folder / f"full-{number}.db"
        most = rng.randrange(1 << 12, 1 << 22)
        said = f"index with {most >> 10} KiB of disk"
        ended = ran(partial(_limited, most, db, made), said=said, timeout=120)
        found.take(ended.faults())
        full += ended.code == 2
        again = ran(partial(written, db, made), said=f"{said}, then more", timeout=120)
        found.take(again.faults())
        wrong = _checked(db, expected, steps, whole=True)
        found.faults += [f"{said}: {each}" for each in wrong]
        for path in folder.glob(f"full-{number}.db*"):
            path.unlink()
    found.figures.append(
        f"{times} runs on a disk that fills up, {full} of them stopped by it, and gone on with"
    )
    return found


def _limited(most: int, path: Path, articles: Sequence[Article]) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    written(path, articles)


def run_shared(rng: random.Random, folder: Path, *, rounds: int, articles: int = 40) -> Found:
    """Two writers and two who ask, at once, over and over."""
    found = Found("writers and readers")
    for number in range(rounds):
        db = folder / f"shared-{number}.db"
        made, steps = made_articles(articles, rng), load_steps(reader=MadeReader())
        halves = (made[: articles * 2 // 3], made[articles // 3 :])
        writers = [_begun(partial(_patiently, db, half)) for half in halves]
        readers = [_begun(partial(_asking, db)) for _ in range(2)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in writers]
        (folder / f"shared-{number}.db.done").touch()
        codes += [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in readers]
        if any(codes):
            found.faults.append(f"round {number + 1}: writers and readers end with {codes}")
        wrong = _checked(db, _expected(made, steps), steps, whole=True)
        found.faults += [f"round {number + 1}: {each}" for each in wrong]
    found.figures.append(f"{rounds} rounds of two writers and two readers of one index")
    return found


def _begun(work: Any) -> int:
    """A copy of this process that does some work."""
    child = os.fork()
    if child:
        return child
    code = 70
    with suppress(BaseException):
        work()
        code = 0
    os._exit(code)


def _patiently(path: Path, articles: Sequence[Article]) -> None:
    """Add articles; who finds the index locked tries again, as the message says."""
    steps = load_steps(reader=MadeReader())
    for _ in range(100):
        try:
            with closing(open_index(path)) as db:
                add(db, articles, steps)
                return
        except IndexFileError as error:
            if not any(word in str(error) for word in ("lock", "busy", "another")):
                print(error, file=sys.stderr)
                raise
            time.sleep(0.1)
    raise TimeoutError


def _asking(path: Path) -> None:
    """Ask until the writers are done: counts never fall and every row reads whole."""
    seen = 0
    done = path.with_name(path.name + ".done")
    while not done.exists():
        try:
            with closing(open_index(path, readonly=True)) as db:
                rows = db.execute("SELECT id, text, digest FROM article").fetchall()
                db.execute(f"SELECT count(*) FROM quotation_fts WHERE {_SAID}").fetchone()
        except IndexFileError:
            continue
        assert len(rows) >= seen
        seen = len(rows)
