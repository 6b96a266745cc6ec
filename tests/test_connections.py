"""An `Index` in several threads, after it was closed, of a name with a slip, of somebody else."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from conftest import FakeReader
from notation import program, write

from quotes.api import Index
from quotes.errors import IndexFileError
from quotes.index import connections
from quotes.index.opening import open_index

TEXT = "“It is so,” Ann Lee said. “We wait,” Bo Dahl said."


@pytest.fixture
def path(tmp_path: Path, fake_reader: FakeReader) -> Path:
    """An index of one article."""
    path = tmp_path / "quotes.db"
    with Index(path, reader=fake_reader) as index:
        index.add([{"text": TEXT, "outlet": "Herald"}])
    return path


QUESTIONS: list[Callable[[Index], object]] = [
    lambda index: index.who_said("it is so"),
    lambda index: index.by("Ann Lee"),
    lambda index: index.speakers(),
    lambda index: index.outlets(),
    lambda index: index.occurrences(),
    lambda index: list(index.all_variants()),
    lambda index: index.review(),
    lambda index: index.counts(),
]


# Threads


@pytest.mark.parametrize("readonly", [False, True])
def test_many_threads_share_one_index(path: Path, readonly: bool) -> None:
    """Each gets what a single one gets."""
    with Index(path, readonly=readonly) as index:
        alone = [ask(index) for ask in QUESTIONS]
        with ThreadPoolExecutor(12) as threads:
            for _ in range(5):
                assert list(threads.map(lambda ask: ask(index), QUESTIONS)) == alone


def test_asked_from_asyncio(path: Path) -> None:
    """As a web server does."""

    async def ask() -> list[object]:
        with Index(path) as index:
            return await asyncio.gather(*(asyncio.to_thread(each, index) for each in QUESTIONS))

    assert len(asyncio.run(ask())[0]) == 1


def test_threads_that_add_and_decide_wait_for_each_other(
    path: Path, fake_reader: FakeReader
) -> None:
    """Nothing is lost, and who asks meanwhile gets an answer."""
    with Index(path, reader=fake_reader) as index, ThreadPoolExecutor(8) as threads:
        added = [
            threads.submit(index.add, [{"text": f"“Number {n},” Ann Lee said."}]) for n in range(6)
        ]
        asked = [threads.submit(index.speakers) for _ in range(20)]
        renamed = threads.submit(index.rename, "Bo Dahl", "Bo B. Dahl")
        assert [each.result().added for each in added] == [1] * 6
        assert all(each.result() for each in asked)
        assert renamed.result().name == "Bo B. Dahl"
        assert index.counts().articles == 7


def test_a_question_left_half_asked_keeps_nobody_waiting(
    path: Path, fake_reader: FakeReader
) -> None:
    """A loop that was broken off has a connection of its own."""
    with Index(path, reader=fake_reader) as index:
        begun = index.iter_occurrences()
        assert next(begun)
        assert index.add([{"text": "“Never,” Cy Poe said."}]).added == 1
        assert index.by("Cy Poe")
        thread = threading.Thread(target=begun.close)
        thread.start()
        thread.join()


@pytest.mark.parametrize("ask", QUESTIONS)
def test_a_closed_index_says_that_it_is_closed(path: Path, ask: Callable[[Index], object]) -> None:
    """And nothing about deleting a file that may hold decisions."""
    with Index(path) as index:
        pass
    with pytest.raises(IndexFileError, match=r"quotes\.db: this Index was closed; open it again"):
        ask(index)
    with pytest.raises(IndexFileError, match="was closed"):
        index.rename("Ann Lee", "A. Lee")
    index.close()


def test_no_message_advises_to_delete_an_index() -> None:
    """It may be the only place of what was decided by hand."""
    package = Path(connections.__file__).parent
    told = [line for file in package.glob("*.py") for line in file.read_text().splitlines()]
    assert not [line for line in told if "delete it" in line.lower()]


# A name with a slip


def test_a_slip_in_the_name_makes_no_index(tmp_path: Path, fake_reader: FakeReader) -> None:
    """Whoever asks is told; only what is added makes a file."""
    slip = tmp_path / "typo.db"
    with Index(slip, reader=fake_reader) as index:
        for ask in (*QUESTIONS, lambda index: index.undo(1), lambda index: index.rebuild()):
            with pytest.raises(IndexFileError, match=r"typo\.db: no such index; make one"):
                ask(index)
        assert not list(tmp_path.glob("typo*"))
        index.add([{"text": TEXT}])
        assert index.counts().articles == 1


@pytest.mark.parametrize("given", ["nonexistent", "folder", "photo.png"])
def test_what_cannot_be_read_makes_no_index(tmp_path: Path, given: str) -> None:
    """The fault is told, and the exit code says so."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "photo.png").write_bytes(b"x")
    db = tmp_path / "new.db"
    result = program(db)("index", str(tmp_path / given))
    assert result.exit_code == 1
    assert f"{given}: " in result.stderr
    assert "1 failed" in result.stderr
    assert not db.exists()


# An index from somebody else

FOREIGN = {
    "a trigger": "CREATE TRIGGER evil AFTER INSERT ON article BEGIN DELETE FROM decision; END",
    "a trigger of our name": (
        "DROP TRIGGER article_added;"
        "CREATE TRIGGER article_added AFTER INSERT ON article BEGIN DELETE FROM decision; END"
    ),
    "a view": "CREATE VIEW evil AS SELECT * FROM article",
    "a view of our name": (
        "DROP VIEW identity; CREATE VIEW identity (local_entity, article, entity, basis, doubtful)"
        " AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i, '', '', '', 0 FROM n"
    ),
    "a virtual table": "CREATE VIRTUAL TABLE evil USING fts5 (text)",
    "a table of ours as a view": (
        "PRAGMA foreign_keys = OFF; DROP TABLE setting;"
        "CREATE VIEW setting AS SELECT 'identity' AS name, 'x' AS value"
    ),
    "columns that are computed": (
        "DROP TABLE setting; CREATE TABLE setting (name TEXT, value TEXT AS (hex(zeroblob(9))))"
    ),
    "an index over a computed value": "CREATE INDEX evil ON article (hex(zeroblob(length(id))))",
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_a_foreign_index_brings_along_is_not_run(
    path: Path, fake_reader: FakeReader, case: str
) -> None:
    """Neither to ask nor to add; the message names it and says what to do."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FOREIGN[case])
    before = path.read_bytes()
    for readonly in (True, False):
        with pytest.raises(IndexFileError, match="which quotes did not make and will not run"):
            Index(path, readonly=readonly, reader=fake_reader)
    assert path.read_bytes() == before


def test_tables_and_indexes_of_somebody_do_no_harm(path: Path) -> None:
    """As Datasette and its plugins make them."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE notes (id INTEGER, note TEXT); CREATE INDEX mine ON article (title);"
            "ANALYZE"
        )
    with Index(path) as index:
        assert index.counts().articles == 1


@pytest.mark.parametrize("gone", ["TABLE span", "TRIGGER standing_added", "TABLE quotation_fts"])
def test_an_index_that_lacks_something_is_damaged(path: Path, gone: str) -> None:
    """Half of it would give half of the answers."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"DROP {gone}")
    with pytest.raises(IndexFileError, match=f"damaged, it has no {gone.lower()}; restore a copy"):
        Index(path, readonly=True)


DAMAGED = {
    "a name that is no text": "UPDATE entity SET name = x'ff00'",
    "an alias of NULL": "UPDATE alias SET alias = 7.5",
    "a place that is no number": "UPDATE span SET start = 'x'",
    "decisions that are no JSON":
        "INSERT INTO decision VALUES (1, 'assign', 'p', NULL, NULL, '[', NULL, '', '[}')",
    "bytes that are no UTF-8": "UPDATE quotation SET text = CAST(x'ff28' AS TEXT)",
    "a layout that is no number": "UPDATE migration SET number = CAST(x'41' AS TEXT) || number",
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_index_names_the_file(path: Path, case: str) -> None:
    """Whatever the damage leads to, the user reads which file it is and what to do."""
    with closing(sqlite3.connect(path)) as db:
        try:
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute(DAMAGED[case])
        except sqlite3.IntegrityError:
            db.execute("UPDATE migration SET name = CAST(x'ff' AS TEXT)")
        db.commit()
    run = program(path)
    for question in (
        ("who-said", "it is so"),
        ("by", "Ann Lee"),
        ("speakers",),
        ("speakers", "decisions"),
        ("export",),
        ("review",),
        ("show", "It"),
    ):
        result = run(*question)
        if result.exit_code not in (0, 1):
            assert result.exit_code == 2
            assert result.stderr.startswith(f"Error: {path}: "), question
            assert "\n" not in result.stderr.strip()


def test_what_adds_names_a_damaged_file_too(path: Path, fake_reader: FakeReader) -> None:
    """Joining reads what was stored about the names of other articles."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE form SET namesakes = '[['")
        db.commit()
    with (
        Index(path, reader=fake_reader) as index,
        pytest.raises(IndexFileError, match=r"quotes\.db: the index is damaged.*namesakes"),
    ):
        index.add([{"text": "“Never,” Ann Lee said. “No,” Ann Roe said."}])


def test_a_question_that_takes_for_ever_is_broken_off(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows may be arranged so; the limit is far above what any honest question takes."""
    with closing(open_index(path)) as db:
        for number in range(200):
            write(db, f"b{number}", ("It is so", "Ann Lee"))
    monkeypatch.setattr(connections, "MOST_STEPS", 1)
    monkeypatch.setattr(connections, "_STEP", 100)
    with (
        Index(path, readonly=True) as index,
        pytest.raises(IndexFileError, match=r"quotes\.db: reading it takes too long"),
    ):
        index.who_said("it is so")
