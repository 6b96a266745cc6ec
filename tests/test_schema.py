"""Opening index files: whose they are, their layout, and one clear line for each fault."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.answers import counts
from quotes.errors import IndexFileError
from quotes.index import opening as schema
from quotes.index.layout import MIGRATIONS, Migration
from quotes.index.opening import explaining, migrate, open_index, search_form, transaction, words_of
from quotes.index.write import write_article
from quotes.records import Article


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an index may be made."""
    return tmp_path / "quotes.db"


def message(path: Path, *, readonly: bool = False) -> str:
    """What opening `path` says is wrong with it."""
    with pytest.raises(IndexFileError) as caught:
        open_index(path, readonly=readonly).close()
    told = str(caught.value)
    assert told.startswith(str(path))
    assert "\n" not in told
    return told


def read_all(path: Path) -> None:
    """Read every text of the index."""
    with closing(open_index(path)) as db, explaining(db):
        db.execute("SELECT sum(length(text)) FROM article").fetchone()


def write_and_break_off(db: sqlite3.Connection) -> None:
    """Begin to write and be stopped."""
    with transaction(db):
        db.execute("INSERT INTO failure VALUES ('a.txt', 'empty', '')")
        raise KeyboardInterrupt


# Making and opening


def test_new_index_is_marked_and_strict(path: Path) -> None:
    """A new file carries our mark, keeps a write-ahead log and minds foreign keys."""
    db = open_index(path)
    assert db.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert db.execute("SELECT number, name FROM migration").fetchall() == [
        (number, step.name) for number, step in enumerate(MIGRATIONS, start=1)
    ]
    db.close()


def test_opening_again_changes_nothing(path: Path) -> None:
    """The second opening finds the layout in place."""
    open_index(path).close()
    before = path.read_bytes()
    open_index(path).close()
    open_index(path, readonly=True).close()
    assert path.read_bytes() == before


def test_empty_file_becomes_an_index(path: Path) -> None:
    """A file of no bytes (as `touch` or mktemp leave it) is nobody's: it may be used."""
    path.touch()
    open_index(path).close()
    assert path.stat().st_size > 0


@pytest.mark.parametrize("name", ["a b.db", "50%.db", "what?.db", "#1.db", "Київ.db"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    """File names are not read as addresses."""
    open_index(tmp_path / name).close()
    open_index(tmp_path / name, readonly=True).close()
    assert name in os.listdir(tmp_path)


def test_readonly_cannot_write(path: Path) -> None:
    """A connection for questions refuses writes with the remedy."""
    open_index(path).close()
    db = open_index(path, readonly=True)
    with pytest.raises(IndexFileError, match=r"quotes\.db: .*read-only"), explaining(db):
        db.execute("DELETE FROM article")
    db.close()


# Faults


def test_missing(path: Path) -> None:
    """Questions need an index; none is made by asking."""
    assert "no such index" in message(path, readonly=True)
    assert not path.exists()


def test_empty_file_holds_no_answers(path: Path) -> None:
    """An empty file is not an index yet."""
    path.touch()
    assert "empty file" in message(path, readonly=True)


@pytest.mark.parametrize("readonly", [False, True])
def test_not_sqlite(path: Path, readonly: bool) -> None:
    """A text file is left as it is."""
    path.write_text("Dear editor, " * 200)
    assert "not a SQLite file" in message(path, readonly=readonly)
    assert path.read_text().startswith("Dear editor")


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize("owner", [0, 1234])
def test_another_programs_file(path: Path, owner: int, readonly: bool) -> None:
    """A SQLite file of another program is not touched."""
    theirs = sqlite3.connect(path)
    theirs.execute("CREATE TABLE bookmark (url TEXT)")
    theirs.execute(f"PRAGMA application_id = {owner}")
    theirs.commit()
    theirs.close()
    before = path.read_bytes()
    assert "another program" in message(path, readonly=readonly)
    assert path.read_bytes() == before


@pytest.mark.parametrize("readonly", [False, True])
def test_newer_layout(path: Path, readonly: bool) -> None:
    """An index made by a newer program says to upgrade."""
    db = open_index(path)
    db.execute("INSERT INTO migration VALUES (99, 'from the future', '2031-01-01T00:00:00Z')")
    db.close()
    told = message(path, readonly=readonly)
    assert "layout 99" in told
    assert "upgrade" in told


def test_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that does not end is named after a while; questions go on meanwhile."""
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.05)
    busy, waiting = open_index(path), open_index(path)
    busy.execute("BEGIN IMMEDIATE")
    with pytest.raises(IndexFileError, match="another program is writing"):
        write_article(waiting, Article("a1", "No."), [])
    asking = open_index(path, readonly=True)
    assert counts(asking).articles == 0
    busy.execute("ROLLBACK")
    assert write_article(waiting, Article("a1", "No."), []) == "added"
    for db in (busy, waiting, asking):
        db.close()


def test_damaged(path: Path) -> None:
    """Overwritten pages are reported as damage."""
    open_index(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\x55" * (len(whole) - 100))
    assert "damaged" in message(path)


def test_cut_off(path: Path) -> None:
    """A file that lost its end (a copy that broke off) is reported as damage."""
    db = open_index(path)
    for number in range(50):
        write_article(db, Article(f"a{number}", f"Text {number}. " * 200), [])
    db.close()
    os.truncate(path, path.stat().st_size // 3)
    with pytest.raises(IndexFileError, match="damaged"):
        read_all(path)


def test_full_disk(path: Path) -> None:
    """A full disk says so, and what was there before stays whole."""
    db = open_index(path)
    write_article(db, Article("a1", "Before."), [])
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(IndexFileError, match=r"disk is full; free some space"):
        write_article(db, Article("a2", "After. " * 10_000), [])
    assert counts(db).articles == 1
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_folder_missing(tmp_path: Path) -> None:
    """A folder that is not there is the user's to make."""
    assert "folder exists" in message(tmp_path / "nowhere" / "quotes.db")


def test_path_is_a_folder(tmp_path: Path) -> None:
    """A folder is no index."""
    assert "cannot be opened" in message(tmp_path)


AS_READER = """
import os
import sys
from quotes.errors import IndexFileError
from quotes.index.opening import open_index
from quotes.answers import counts
if os.getuid() == 0:  # whom no rights stop
    os.setgid(65534)
    os.setuid(65534)
print(counts(open_index(sys.argv[1], readonly=True)).articles)
try:
    open_index(sys.argv[1])
except IndexFileError as error:
    print(error)
"""


@pytest.fixture
def readonly_folder() -> Iterator[Path]:
    """A folder that others may read and not write."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="rights are set otherwise")
def test_readonly_folder(readonly_folder: Path) -> None:
    """An index on a share that may only be read answers; writing says what to change."""
    path = readonly_folder / "quotes.db"
    db = open_index(path)
    write_article(db, Article("a1", "No."), [])
    db.close()
    path.chmod(0o444)
    readonly_folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", AS_READER, str(path)],
        capture_output=True, text=True, check=False, cwd=Path(schema.__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.splitlines()[:1] == ["1"], done.stderr
    assert "change the rights" in done.stdout.splitlines()[1]


# Migrations

LATER = (*MIGRATIONS, Migration("a mood", ("ALTER TABLE article ADD COLUMN mood TEXT",)))
FAILING = (
    *MIGRATIONS,
    Migration("half done", ("CREATE TABLE mood (name TEXT)", "ALTER TABLE nothing ADD x")),
)


def layout_of(number: int, path: Path) -> sqlite3.Connection:
    """A file as the program wrote it when it knew `number` migrations."""
    db = schema._connect(path, readonly=False)
    migrate(db, LATER[:number])
    return db


@pytest.mark.parametrize("older", range(len(LATER)))
def test_migrates_from_each_older_layout_empty(path: Path, older: int) -> None:
    """Every older layout comes up to date, step by step, each recorded by name."""
    db = layout_of(older, path)
    migrate(db, LATER)
    assert [name for (name,) in db.execute("SELECT name FROM migration ORDER BY number")] == [
        step.name for step in LATER
    ]
    db.execute("SELECT mood FROM article")
    db.close()


@pytest.mark.parametrize("older", range(1, len(LATER)))
def test_migrates_from_each_older_layout_with_a_row(path: Path, older: int) -> None:
    """What the older index held is still there."""
    db = layout_of(older, path)
    write_article(db, Article("a1", "No.", outlet="Reuters"), [])
    migrate(db, LATER)
    assert db.execute("SELECT id, text, mood FROM article").fetchall() == [("a1", "No.", None)]
    db.close()


def test_failing_migration_leaves_the_older_layout(path: Path) -> None:
    """A step that breaks off is undone wholly; the index still opens."""
    db = open_index(path)
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, FAILING)
    assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'mood'").fetchone()
    db.close()
    open_index(path).close()


def test_questions_migrate_an_older_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking an index of an older layout brings it up to date first."""
    open_index(path).close()
    monkeypatch.setattr(schema, "MIGRATIONS", LATER)
    monkeypatch.setattr(migrate, "__defaults__", (LATER,))
    db = open_index(path, readonly=True)
    db.execute("SELECT mood FROM article")
    db.close()


def test_transaction_is_all_or_nothing(path: Path) -> None:
    """Any error, Ctrl-C among them, undoes the block."""
    db = open_index(path)
    with pytest.raises(KeyboardInterrupt):
        write_and_break_off(db)
    assert db.execute("SELECT count(*) FROM failure").fetchone() == (0,)
    db.close()


# Words

SAME = [
    ("don’t", "don't"),
    ("donʼt", "DON'T"),
    ("U.S.", "u.s"),
    ("well-known", "well—known"),
    ("Zelenskiĭ", "zelenskii"),
    ("e\u0301lan", "élan"),
    ("of\u00adfice", "office"),
    ("ﬁnal", "FINAL"),
    ("“Too much” — death", "too much death"),
    ("STRASSE", "Straße"),
]

DIFFERENT = [
    ("secured", "insecured"),
    ("US", "U.S."),
    ("cant", "can't"),
    ("10", "100"),
    ("wellknown", "well-known"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_words(one: str, other: str) -> None:
    """Marks, case, diacritics and typography do not part words that read alike."""
    assert search_form(one) == search_form(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_words(one: str, other: str) -> None:
    """What reads otherwise stays apart."""
    assert search_form(one) != search_form(other)


@given(st.text())
def test_words_stand_in_their_text(text: str) -> None:
    """Each word's span reads as the word, spans are in order, and the form is stable."""
    words = words_of(text)
    for folded, span in words:
        assert folded.isalnum()
        assert search_form(span.of(text)) == folded
    assert [span for _, span in words] == sorted(span for _, span in words)
