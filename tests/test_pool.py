"""Worker processes: the same answers as without them, in order, whatever ends on the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from functools import partial
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from quotes.errors import ModelError
from quotes.index.opening import open_index
from quotes.ingest.files import Source, read_articles
from quotes.records import Article, Failure
from quotes.run import article as article_pass
from quotes.run import pool as pools
from quotes.run.archive import add_articles
from quotes.run.article import Steps, load_steps
from quotes.run.pool import Pool, Read, read_all, read_files

if TYPE_CHECKING:
    from pool_readers import Scripted

HERE = str(Path(__file__).parent)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """A reader that other processes find, and small batches."""
    monkeypatch.syspath_prepend(HERE)
    for module in (pools, article_pass):
        monkeypatch.setattr(module, "BATCH", 3)
    from pool_readers import Scripted

    return Scripted(tmp_path / "log")


@pytest.fixture
def steps(reader: Scripted) -> Steps:
    """The steps with it."""
    return load_steps(reader=reader)


def articles(*special: str, plain: int = 12) -> list[Article]:
    """Plain ones, and among them from the fifth on those that say something special."""
    texts = [f"{number} “It is so,” Ann Lee said." for number in range(plain)]
    texts[5:5] = [f"{word} “It is so,” Ann Lee said." for word in special]
    return [Article(f"a{n}", text, path=f"{text.split()[0]}.txt") for n, text in enumerate(texts)]


def read(given: list[Article], steps: Steps, *, workers: int = 2) -> list[Read]:
    """All of them, and no process left behind."""
    with Pool(steps, workers=workers) as pool:
        done = [each for batch in read_all(given, pool) for each in batch]
    assert not _workers_of(psutil.Process())
    return done


def _workers_of(process: psutil.Process) -> list[psutil.Process]:
    return [
        child
        for child in process.children(recursive=True)
        if "resource_tracker" not in " ".join(child.cmdline())
    ]


def failed(done: list[Read]) -> dict[str, str]:
    """The messages of the failures by path."""
    return {what.path: what.message for _, what in done if isinstance(what, Failure)}


def test_two_workers_read_as_one_process_does(steps: Steps, reader: Scripted) -> None:
    """The same results in the same order, from other processes."""
    given = articles("BROKEN")
    here = read(given, steps, workers=1)
    reader.log.unlink()
    assert read(given, steps) == here
    assert [article for article, _ in here] == given
    assert list(failed(here)) == ["BROKEN.txt"]
    by = {line.split()[0] for line in reader.log.read_text().splitlines()}
    assert str(os.getpid()) not in by


def test_what_ends_its_worker_each_time_is_a_failure(steps: Steps) -> None:
    """It alone: its neighbours are read, in order; the message says what to do."""
    given = articles("KILLED", "SEGV", "BROKEN", "ONCE")
    done = read(given, steps)
    assert [article for article, _ in done] == given
    messages = failed(done)
    assert sorted(messages) == ["BROKEN.txt", "KILLED.txt", "SEGV.txt"]
    assert "for lack of memory" in messages["KILLED.txt"]
    assert "SIGSEGV" in messages["SEGV.txt"]
    assert "--workers" in messages["SEGV.txt"]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_article_that_takes_for_ever_is_a_failure(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """It alone, in this process and in another; it is tried twice, and the message says why."""
    monkeypatch.setattr(article_pass, "SECONDS", 0.05)
    monkeypatch.setattr(pools, "_PATIENCE", 0.5)
    given = articles("ENDLESS")
    done = read(given, steps, workers=workers)
    assert [article for article, _ in done] == given
    messages = failed(done)
    assert list(messages) == ["ENDLESS.txt"]
    assert "took longer than 1 s" in messages["ENDLESS.txt"]
    assert "next run tries it again" in messages["ENDLESS.txt"]


def test_a_worker_that_ends_once_costs_nothing(steps: Steps) -> None:
    """Somebody killed it: the next one reads what it had in hand."""
    given = articles("ONCE")
    done = read(given, steps)
    assert not failed(done)
    assert [article for article, _ in done] == given


def test_what_concerns_all_articles_stops_the_run(steps: Steps) -> None:
    """A worker without a model says so through the parent, as one process would."""
    with pytest.raises(ModelError, match="no model; reinstall"):
        read(articles("MODEL"), steps)
    assert not _workers_of(psutil.Process())


def test_a_slow_article_does_not_stall_the_others(steps: Steps, reader: Scripted) -> None:
    """They are read meanwhile, and come after it."""
    given = [Article("slow", "SLOW “It is so,” Ann Lee said."), *articles(plain=20)]
    done = read(given, steps)
    assert [article for article, _ in done] == given
    order = [line.split()[1] for line in reader.log.read_text().splitlines()]
    assert order.index("SLOW") > 10


def test_neither_side_runs_ahead(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stream without end only some batches are taken before the first is wanted."""
    monkeypatch.setattr(pools, "HELD_BYTES", 20_000)
    taken = count()

    def endless() -> Iterator[Article]:
        for number in taken:
            yield Article(f"a{number}", "0 “It is so,” Ann Lee said." + " word" * 100)

    with Pool(steps, workers=2) as pool:
        batches = read_all(endless(), pool)
        for _ in range(3):
            assert len(list(islice(batches, 5))) == 5
            threading.Event().wait(0.2)  # the writer takes its time
        read_so_far = 3 * 5 * 3
        assert next(taken) < read_so_far + 3 * 30
    assert not _workers_of(psutil.Process())


def test_a_few_articles_start_no_process(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a run with one worker."""
    monkeypatch.setattr(pools, "_started", lambda _: pytest.fail("started a process"))
    assert len(read(articles(plain=6), steps)) == 6
    assert len(read(articles(), steps, workers=1)) == 12


def test_a_reader_that_cannot_be_sent_reads_here(reader: Scripted) -> None:
    """As somebody's own reader may be."""
    reader.tokenizer = lambda text: text  # type: ignore[attr-defined]
    assert len(read(articles(), load_steps(reader=reader))) == 12


def test_workers_that_do_not_start_are_done_without(
    reader: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    """The run is slower and says so."""
    from pool_readers import Homeless

    done = read(articles(), load_steps(reader=Homeless(reader.log)))
    assert len(done) == 12
    assert "going on with this process alone" in caplog.text


def test_batches_are_cut_by_size_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A very long article is a batch of its own."""
    monkeypatch.setattr(article_pass, "BATCH_CHARS", 100)
    sizes = [40, 40, 40, 500, 10, 10]
    given = [Article(str(n), "x" * size) for n, size in enumerate(sizes)]
    cut = [[len(article.text) for article in batch] for batch in article_pass.batches(given)]
    assert cut == [[40, 40], [40], [500], [10, 10]]


RUN = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from pool_readers import Scripted
from quotes.run import article, pool
from quotes.run.article import load_steps
from quotes.records import Article
pool.BATCH = article.BATCH = 1
if __name__ == "__main__":
    given = (Article(str(n), "SLOW “It is so,” Ann Lee said.") for n in range(1000))
    with pool.Pool(load_steps(reader=Scripted(Path({log!r}))), workers=2) as made:
        for batch in pool.read_all(given, made):
            print(batch[0][0].id, flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    """However it ends, none of them is left, busy as they are."""
    program = tmp_path / "run.py"
    program.write_text(RUN.format(here=HERE, log=str(tmp_path / "log")), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = psutil.Popen(
        [sys.executable, str(program)], stdout=-1, stderr=-1, env=environment, process_group=0
    )
    with run:
        assert run.stdout.readline() == b"0\n"
        workers = _workers_of(run)
        assert len(workers) == 2
        os.killpg(run.pid, how) if how == signal.SIGINT else run.send_signal(how)
        run.wait(60)
        _, alive = psutil.wait_procs(workers, timeout=60)
        told = run.stderr.read().decode()
    assert not alive
    assert told.count("Traceback") == (how == signal.SIGINT), "the parent's own, and no worker's"


def test_files_are_read_by_workers_too(reader: Scripted, tmp_path: Path) -> None:
    """As one process reads them, in order, whatever lies between them."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(12):
        (folder / f"a{number:02}.txt").write_text(f"{number} “It is so,” Ann Lee said.", "utf-8")
    (folder / "a03.jsonl").write_text('{"text": "3b “No.”"}\n{"text": "3c “No.”"}\n', "utf-8")
    (folder / "a05.css").write_text("body {}")
    (folder / "a07.txt").write_text("")
    here = list(read_articles([folder]))
    with Pool(load_steps(reader=reader), workers=2) as pool:
        shared = list(read_articles([folder], files=partial(read_files, pool=pool)))
    assert shared == here
    assert [type(each) for each in here].count(Failure) == 2
    assert len(here) == 15


def test_what_a_worker_logs_is_told_here(
    steps: Steps, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A warning is for the user, whoever found the reason for it."""
    sources = []
    for number in range(12):
        path = tmp_path / f"{number}.txt"
        path.write_bytes("“It is so,” Zoë Lee said.".encode("cp1252"))
        sources.append(Source(path, {}, None))
    with Pool(steps, workers=2) as pool:
        assert len(list(read_files(sources, pool))) == 12
    assert caplog.text.count("windows-1252") == 12


def test_the_standard_pool_loses_what_other_workers_do() -> None:
    """One call ends its process: others' calls are lost, and nobody learns which one or how."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as standard:
        for begun in [standard.submit(time.sleep, 0.1) for _ in range(2)]:
            begun.result()  # of a process that dies sooner it may not notice the end at all
        calls = [standard.submit(time.sleep, 60), standard.submit(os._exit, 9)]
        errors = [call.exception() for call in calls]
    assert {type(error) for error in errors} == {BrokenProcessPool}
    assert "9" not in str(errors)


STANDARD = """
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    pool.submit(time.sleep, 0).result()
    print("begun", flush=True)
    time.sleep(60)
"""


def test_standard_workers_outlive_their_parent(tmp_path: Path) -> None:
    """They wait for ever for a call from a parent that was killed."""
    program = tmp_path / "run.py"
    program.write_text(STANDARD, encoding="utf-8")
    with psutil.Popen([sys.executable, str(program)], stdout=-1, stderr=-3) as run:
        run.stdout.readline()
        workers = _workers_of(run)
        run.kill()
    _, alive = psutil.wait_procs(workers, timeout=2)
    for worker in alive:
        worker.kill()
    assert len(alive) == 1


def rows(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All that an index holds, but for the times at which it was written."""
    held = {}
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        wanted = ", ".join(name for name in columns if name not in ("at", "indexed_at"))
        held[table] = sorted(db.execute(f'SELECT {wanted} FROM "{table}"').fetchall(), key=repr)
    return held


def test_the_index_is_the_same_for_any_number_of_workers(steps: Steps, tmp_path: Path) -> None:
    """Row for row; of an article met twice the later text stays, of a copy the first."""
    given = [
        Article(f"a{n}", f"{n} “It is secured, all of it,” Ann Lee said.", f"Outlet {n % 4}")
        for n in range(20)
    ]
    given[7:7] = [Article("b", "BROKEN"), Article("a3", "3 “It was secured,” Bo Dahl said.")]
    given.append(Article("copy", given[0].text, given[0].outlet))
    held = []
    for workers in (1, 2):
        with (
            closing(open_index(tmp_path / f"{workers}.db")) as db,
            Pool(steps, workers=workers) as pool,
        ):
            summary = add_articles(db, given, steps, pool=pool)
            held.append(rows(db))
            assert (summary.added, summary.failed) == (20, 1)
    assert held[0] == held[1]
    assert len(held[0]["article"]) == 20


def test_the_later_of_two_texts_stays_however_often_they_are_read(
    steps: Steps, tmp_path: Path
) -> None:
    """A page saved twice: the first is new again on every run, and must not win."""
    given = [
        Article("old", "old “It is so,” Ann Lee said.", "Post", url="https://post.example/1"),
        *articles(plain=4),
        Article("new", "new “It is so,” Ann Lee said.", "Post", url="https://post.example/1"),
    ]
    for _ in range(3):
        with closing(open_index(tmp_path / "q.db")) as db:
            add_articles(db, given, steps)
            held = {row[0] for row in db.execute("SELECT id FROM article WHERE url IS NOT NULL")}
        assert held == {"new"}
