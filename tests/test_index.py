"""The index file: whose it is, its layout, a line for each fault; articles kept; Datasette."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from entities import LocalEntity, replace_entities, stored_entities
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes.answers.catalogue import counts, show
from quotes.answers.utterances import occurrences, who_said
from quotes.errors import IndexFileError, InputError
from quotes.index import opening
from quotes.index import write as writing
from quotes.index.layout import FIRST, MIGRATIONS
from quotes.index.opening import (
    datasette_metadata,
    explaining,
    migrate,
    open_index,
    search_form,
    transaction,
    words_of,
)
from quotes.index.write import (
    forget_failures,
    record_failure,
    remove_article,
    stored_as,
    write_article,
)
from quotes.records import (
    Article,
    Entity,
    Failure,
    Quotation,
    Region,
    Span,
    Speaker,
)


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
    assert db.execute("PRAGMA application_id").fetchone() == (opening.APPLICATION_ID,)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
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
        db.execute("DELETE FROM failure")
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
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
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
from quotes.answers.catalogue import counts
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
        capture_output=True, text=True, check=False, cwd=Path(opening.__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.splitlines()[:1] == ["1"], done.stderr
    assert "change the rights" in done.stdout.splitlines()[1]


# Migrations

LATER = (*MIGRATIONS, ("a mood", "ALTER TABLE article ADD COLUMN mood TEXT;"))
FAILING = (*MIGRATIONS, ("half", "CREATE TABLE mood (name TEXT);\nALTER TABLE nothing ADD x;"))
LAST_VERSION = Path(__file__).parent / "data" / "layout_9.sql"
"""The layout of the last version, which nine migrations had made, and what it recorded."""


def of_last_version(path: Path, *, migrations: int = 9) -> sqlite3.Connection:
    """A file as the last version made it, or one of before as far as it recorded migrations."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(LAST_VERSION.read_text(encoding="utf-8"))
        db.execute("DELETE FROM migration WHERE number > ?", (migrations,))
        db.commit()
    return sqlite3.connect(path, isolation_level=None)


def layout(db: sqlite3.Connection) -> dict[str, object]:
    """Every table with columns, keys and indexes, and the SQL of all else, by name."""
    found: dict[str, object] = {}
    for name, kind, sql in db.execute("SELECT name, type, coalesce(sql, '') FROM sqlite_master"):
        found[name] = " ".join(sql.split())
        if kind == "table" and "VIRTUAL" not in sql:
            asked = ("table_xinfo", "foreign_key_list")
            facts = [db.execute(f"PRAGMA {each}({name})").fetchall() for each in asked]
            indexes = sorted(row[1:] for row in db.execute(f"PRAGMA index_list({name})"))
            found[name] = (*facts, indexes, "WITHOUT ROWID" in sql)
    return found


def test_the_layout_is_the_one_of_the_last_version(path: Path, tmp_path: Path) -> None:
    """Made at once it has every table, index and trigger that the migrations of before made."""
    with (
        closing(of_last_version(tmp_path / "old.db")) as old,
        closing(sqlite3.connect(path, isolation_level=None)) as new,
    ):
        migrate(new, MIGRATIONS[:1])
        assert layout(new) == layout(old)
        migrate(old)
        migrate(new)
        assert layout(new) == layout(old)


def test_an_index_of_the_last_version_opens(path: Path) -> None:
    """It is brought up to date, and keeps its articles and decisions."""
    with closing(of_last_version(path)) as db:
        db.execute(
            "INSERT INTO article (id, heading, text, digest, version, indexed_at, outlet) "
            "VALUES ('a1', 'No', 'No.', '', '', '', 'Reuters')"
        )
        db.execute("INSERT INTO decision VALUES (1, 'rename', 'p', NULL, 'P', '[]', '', '', '[]')")
    with closing(open_index(path)) as db:
        migrate(db, LATER)
        assert db.execute("SELECT id, text, mood FROM article").fetchall() == [("a1", "No.", None)]
        assert db.execute("SELECT name FROM decision").fetchall() == [("P",)]
        (last,) = db.execute("SELECT max(number) FROM migration").fetchone()
        assert last == FIRST + len(LATER) - 1


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize("migrations", [1, 8])
def test_an_older_index_is_refused(path: Path, migrations: int, readonly: bool) -> None:
    """It stays as it is, and the message says how to keep what was decided."""
    of_last_version(path, migrations=migrations).close()
    before = path.read_bytes()
    told = message(path, readonly=readonly)
    assert f"(layout {migrations}, this program knows 9 and later)" in told
    assert "index the articles again into a new file" in told
    assert "`quotes speakers import`" in told
    assert path.read_bytes() == before


@pytest.mark.parametrize("steps", [MIGRATIONS, LATER])
def test_steps_are_recorded_by_number_and_name(
    path: Path, steps: Sequence[tuple[str, str]]
) -> None:
    """A new file has all of them, an index of before the ones that it lacks."""
    with closing(open_index(path)) as db:
        migrate(db, steps)
        assert db.execute("SELECT number, name FROM migration").fetchall() == [
            (number, name) for number, (name, _) in enumerate(steps, start=FIRST)
        ]


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
    monkeypatch.setattr(opening, "_LAST", FIRST + len(LATER) - 1)
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


# Writing articles

LEE = Speaker("lee", "Lee", "person")
LEE_HERE = Entity("lee", "Ann Lee", "person", ("Ann Lee", "Lee"), role="minister")
LEE_ANYWHERE = Entity("ann-lee", "Ann Lee", "person", ("Ann Lee", "Lee", "Ms Lee"))
STORY = Article(
    id="a1",
    text="“We will win,” Ann Lee said. Rain fell.",
    outlet="Reuters",
    outlet_basis="manifest",
    title="Lee sees victory",
    published="2025-02-12",
    path="lee.txt",
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty index."""
    db = open_index(tmp_path / "quotes.db")
    yield db
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.execute("INSERT INTO quotation_fts (quotation_fts) VALUES ('integrity-check')")
    db.close()


def said(id_: str, start: int = 1, end: int = 12, speaker: Speaker | None = LEE) -> Quotation:
    """A direct quotation of `STORY` or a text like it."""
    content = (Span(start, end),)
    return Quotation(
        id_, "direct", content, (Span(23, 27),), (Span(15, 22),), "assertion", 0.9, "reader",
        speaker=speaker, speaker_basis="its own name",
    )  # fmt: skip


def rows(db: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of the article pass holds."""
    tables = ("article", "quotation", "span", "local_entity", "local_alias", "region")
    return {t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


# The same article or another


def stored(**changed: object) -> Article:
    """`STORY` but for some fields."""
    return replace(STORY, **changed)  # type: ignore[arg-type]


AGAIN = [
    ("the same", STORY, STORY, "unchanged"),
    ("same id, changed text", STORY, stored(text="“We will win big,” Ann Lee said."), "replaced"),
    ("same id, outlet now known", stored(outlet=None, outlet_basis=None), STORY, "replaced"),
    ("same id, other date", STORY, stored(published="2025-02-13"), "replaced"),
    ("same text and outlet, other id and file", STORY, stored(id="a2", path="b.txt"), "unchanged"),
    ("same text, unknown outlets", stored(outlet=None), stored(outlet=None, id="a2"), "unchanged"),
    ("same text, another outlet", STORY, stored(id="a2", outlet="AFP", path="b.txt"), "added"),
    ("same text and file, another outlet", STORY, stored(id="a2", outlet="AFP"), "added"),
    ("two URLs", stored(url="x.org/1"), stored(id="a2", url="x.org/2"), "added"),
    ("one URL, changed text", stored(url="x.org/1"),
     stored(id="a2", url="x.org/1", text="“We will not win,” Ann Lee said."), "replaced"),
    ("one URL, same text", stored(url="x.org/1"), stored(id="a2", url="x.org/1"), "unchanged"),
    ("one URL in two outlets", stored(url="x.org/1"),
     stored(id="a2", url="x.org/1", outlet="AFP"), "added"),
    ("the file's outlet was not known before", stored(outlet=None, outlet_basis=None),
     stored(id="a2"), "replaced"),
    ("the file's outlet was inferred before", stored(outlet="AP", outlet_basis="inferred"),
     stored(id="a2"), "replaced"),
    ("the file without its manifest", STORY, stored(id="a2", outlet=None, outlet_basis=None),
     "unchanged"),
    ("another text", STORY, stored(id="a2", text="“We will lose,” Ann Lee said."), "added"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "expected"), [case[1:] for case in AGAIN], ids=[case[0] for case in AGAIN]
)
def test_met_again(db: sqlite3.Connection, first: Article, second: Article, expected: str) -> None:
    """What becomes of an article met after another; afterwards both are known."""
    assert not stored_as(db, first)
    assert write_article(db, first, [said("q1")], [LEE_HERE]) == "added"
    assert bool(stored_as(db, second)) == (expected == "unchanged")
    assert write_article(db, second, [said("q2")], [LEE_HERE]) == expected
    assert stored_as(db, second)
    assert rows(db)["article"] == rows(db)["quotation"] == (2 if expected == "added" else 1)
    assert write_article(db, second, [said("q2")], [LEE_HERE]) == "unchanged"


def test_newer_reader_reads_again(db: sqlite3.Connection) -> None:
    """An article read by another version of the reader is replaced, whatever its id."""
    write_article(db, STORY, [said("q1")], version="1")
    assert stored_as(db, STORY, version="1")
    assert not stored_as(db, STORY, version="2")
    assert write_article(db, stored(id="a2"), [], version="2") == "replaced"
    undeclared = stored(id="a3", outlet=None, outlet_basis=None)
    assert write_article(db, undeclared, [], version="3") == "replaced"
    assert rows(db)["article"] == 1


def test_indexing_again_is_idempotent(db: sqlite3.Connection) -> None:
    """Any number of runs over the same articles leave the same rows."""
    articles = [STORY, stored(id="a2", outlet="AFP"), stored(id="a3", text="“No, no.” Nothing.")]
    for run in range(3):
        outcomes = {
            write_article(db, article, [said(f"q{article.id}")], [LEE_HERE]) for article in articles
        }
        assert outcomes == ({"added"} if run == 0 else {"unchanged"})
        if run == 0:
            before = "\n".join(db.iterdump())
    assert "\n".join(db.iterdump()) == before


def test_replacing_takes_all_old_rows(db: sqlite3.Connection) -> None:
    """Nothing of the former text is found any more, in any table or search."""
    regions = [Region(Span(29, 39), "teaser", "another story")]
    write_article(db, STORY, [said("q1")], [LEE_HERE], regions)
    write_article(db, stored(text="Nothing was said."), [])
    assert rows(db) == {table: int(table == "article") for table in rows(db)}
    assert who_said(db, "we will win") == []


def test_removing(db: sqlite3.Connection) -> None:
    """A removed article takes its rows."""
    for number, outlet in enumerate(["Reuters", "AFP"]):
        article = stored(id=f"a{number}", outlet=outlet)
        write_article(db, article, [said(f"q{number}")], [LEE_HERE])
    assert remove_article(db, "a0")
    assert [each.quotation for each in occurrences(db)] == ["q1"]
    assert remove_article(db, "a1")
    assert rows(db) == dict.fromkeys(rows(db), 0)
    assert not remove_article(db, "a1")


# What is stored


@given(
    before=st.text(max_size=20),
    pieces=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3),
    after=st.text(max_size=20),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_comes_back(
    db: sqlite3.Connection, before: str, pieces: list[str], after: str
) -> None:
    """Texts, also with NUL and unassigned characters, and their spans are kept exactly."""
    text, spans = before, []
    for piece in pieces:
        spans.append(Span(len(text), len(text) + len(piece)))
        text += piece + after
    article = Article("a1", text, title=before or None)
    quotation = Quotation("q1", "direct", tuple(spans), (), (), "assertion", 0.5, "marks")
    remove_article(db, "a1")
    write_article(db, article, [quotation])
    shown = show(db, "a1")
    assert shown.article == article
    assert shown.quotations[0].content == tuple(spans)
    assert shown.quotations[0].text == " … ".join(pieces)


def test_one_quotation_in_full(db: sqlite3.Connection) -> None:
    """Each field of an occurrence comes from the right place."""
    teaser = replace(said("q1"), region="teaser", speaker_basis="named beside it")
    write_article(db, STORY, [teaser], [LEE_HERE])
    (row,) = occurrences(db)
    assert (row.text, row.cue, row.speaker_as_written) == ("We will win", "said", "Ann Lee")
    assert row.speaker == Speaker("lee", "Ann Lee", "person")
    assert (row.speaker_basis, row.region, row.confidence) == ("named beside it", "teaser", 0.9)
    assert (row.outlet, row.outlet_inferred, row.title) == ("Reuters", False, "Lee sees victory")
    assert (row.start, row.end, row.published) == (1, 12, "2025-02-12")


@pytest.mark.parametrize("field", ["text", "title", "outlet", "id", "published"])
def test_text_that_cannot_be_stored(db: sqlite3.Connection, field: str) -> None:
    """Half a surrogate pair, as JSON can hold it, is refused, and the index stays usable."""
    broken = stored(**{field: "\ud83d"})
    assert not stored_as(db, broken)
    with pytest.raises(InputError, match=f"its {field} holds half of a surrogate pair"):
        write_article(db, broken, [])
    assert write_article(db, STORY, []) == "added"


def test_file_names_of_any_bytes(db: sqlite3.Connection) -> None:
    """A file name that is not UTF-8 is written out, not refused."""
    write_article(db, stored(path="caf\udce9.txt"), [])
    assert stored_as(db, stored(path="caf\udce9.txt"))
    record_failure(db, Failure("caf\udce9.txt", "empty; leave it out"))
    assert db.execute("SELECT path FROM failure").fetchone() == ("caf\\udce9.txt",)


def test_quotation_ids_that_meet(db: sqlite3.Connection) -> None:
    """Two quotations whose short ids meet by chance are both kept, under two ids."""
    write_article(db, STORY, [said("q1"), said("q1", 29, 39)])
    assert [each.quotation for each in occurrences(db)] == ["q1", "q1-2"]


def test_speaker_missing_from_the_entities(db: sqlite3.Connection) -> None:
    """A speaker that was not handed over as an entity is kept all the same."""
    write_article(db, STORY, [said("q1")], [])
    assert [each.entity.id for each in stored_entities(db)] == ["lee"]


def test_failures_are_counted_once(db: sqlite3.Connection) -> None:
    """The same failure met again is one row; a path may be tried anew."""
    for message in ("empty", "empty", "not UTF-8"):
        record_failure(db, Failure("a.txt", message))
    record_failure(db, Failure("b.txt", "empty"))
    assert counts(db).failures == 3
    forget_failures(db, ["a.txt"])
    assert counts(db).failures == 1


# The corpus pass


def test_entities_come_back(db: sqlite3.Connection) -> None:
    """The corpus pass reads the articles' entities as they were written."""
    full = replace(LEE_HERE, wikidata="Q42")
    write_article(db, STORY, [said("q1")], [full])
    assert list(stored_entities(db)) == [LocalEntity("a1", "2025-02-12", full)]


def test_entities_are_replaced(db: sqlite3.Connection) -> None:
    """Speakers follow the mapping; what it leaves out, or has no more, has none."""
    write_article(db, STORY, [said("q1"), said("q2", 29, 39, None)], [LEE_HERE])
    replace_entities(db, [LEE_ANYWHERE], {("a1", "lee"): "ann-lee"})
    speakers = [each.speaker for each in occurrences(db)]
    assert speakers == [Speaker("ann-lee", "Ann Lee", "person"), None]
    renamed = replace(LEE_ANYWHERE, id="lee-2", name="A. Lee")
    replace_entities(db, [renamed], {("a1", "lee"): "lee-2"})
    assert next(occurrences(db)).speaker == Speaker("lee-2", "A. Lee", "person")
    replace_entities(db, [], {})
    assert next(occurrences(db)).speaker == Speaker("lee", "Ann Lee", "person")
    assert db.execute("SELECT count(*) FROM alias").fetchone() == (0,)


def test_unknown_entity_in_the_mapping(db: sqlite3.Connection) -> None:
    """A mapping to an entity that was not given is an error, and nothing is changed."""
    write_article(db, STORY, [said("q1")], [LEE_HERE])
    replace_entities(db, [LEE_ANYWHERE], {("a1", "lee"): "ann-lee"})
    with pytest.raises(IndexFileError, match="FOREIGN KEY"):
        replace_entities(db, [], {("a1", "lee"): "nobody"})
    assert next(occurrences(db)).speaker == Speaker("ann-lee", "Ann Lee", "person")


# Broken off


def test_error_in_the_middle_leaves_nothing(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article that fails halfway is not in the index, and the former one still is."""
    write_article(db, STORY, [said("q1")], [LEE_HERE])
    before = rows(db)

    def breaks(*_: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(writing, "_insert_quotation", breaks)
    with pytest.raises(RuntimeError):
        write_article(db, stored(text="“We will not,” Ann Lee said."), [said("q2")], [LEE_HERE])
    assert rows(db) == before
    assert stored_as(db, STORY)


WRITER = """
import sys
from quotes.index.opening import open_index
from quotes.index.write import write_article
from quotes.records import Article, Quotation, Region, Span
db = open_index(sys.argv[1])
text = "“We will win,” Ann Lee said. " * 40
for number in range(10_000):
    article = Article(f"a{number}", text, outlet=f"Outlet {number}")
    found = [
        Quotation(f"q{number}-{place}", "direct", (Span(place, place + 9),), (), (), "assertion",
            0.9, "marks") for place in range(40)
    ]
    write_article(db, article, found, [], [Region(Span(0, 9), "caption", "")])
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_killed_in_the_middle(tmp_path: Path) -> None:
    """kill -9 while writing, several times: no article half in, the next run goes on."""
    path = tmp_path / "quotes.db"
    reported = 0
    for delay in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE, text=True, cwd=Path(opening.__file__).parents[2],
        )  # fmt: skip
        assert writer.stdout is not None
        for _ in range(7 + delay * 5):
            reported = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        db = open_index(path)
        held = rows(db)
        assert held["article"] > reported
        assert held["quotation"] == held["span"] == held["article"] * 40
        assert held["region"] == held["article"]
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.execute("INSERT INTO quotation_fts (quotation_fts) VALUES ('integrity-check')")
        db.close()


# Datasette: labels, facets and search

SECURED = "Washington’s support needs to be “secured”, Trump said. He doesn’t wait."


@pytest.fixture
def described(tmp_path: Path) -> Path:
    """An index of one article, under a name that YAML must quote."""
    path = tmp_path / "my quotes.db"
    db = open_index(path)
    trump = Speaker("trump", "Trump", "person")
    secured = Quotation(
        "q1", "mixed", (Span(0, 42),), (Span(50, 54),), (Span(44, 49),), "assertion", 0.9,
        "reader", trump,
    )  # fmt: skip
    write_article(db, Article("a1", SECURED, outlet="Reuters", published="2025-02-12"), [secured])
    names = Entity("donald-trump", "Donald Trump", "person", ("Trump",))
    replace_entities(db, [names], {("a1", "trump"): "donald-trump"})
    db.close()
    return path


def ask(path: Path, *addresses: str) -> list[Any]:
    """What Datasette answers to each address, in process."""
    datasette_app = pytest.importorskip("datasette.app")

    async def answers() -> list[Any]:
        served = datasette_app.Datasette(
            [str(path)], metadata=yaml.safe_load(datasette_metadata(path))
        )
        await served.invoke_startup()
        return [await served.client.get(address) for address in addresses]

    return asyncio.run(answers())


def test_speaker_and_article_are_shown_by_name(described: Path) -> None:
    """A foreign key is shown as the speaker's name and the article's heading."""
    (page,) = ask(described, "/my+quotes/quotation.json?_labels=on&_shape=objects")
    row = page.json()["rows"][0]
    assert row["speaker"] == {"value": "donald-trump", "label": "Donald Trump"}
    assert row["article"]["label"].startswith("Washington’s support needs to be “secured”,")


@pytest.mark.parametrize("words", ["secured", "“secured”", "washington's", "needs to be", "BE"])
def test_search_finds(described: Path, words: str) -> None:
    """The search box works on the quotation table, with either kind of mark."""
    address = f"/my+quotes/quotation.json?_search={words}&_shape=objects"
    (page,) = ask(described, address)
    assert [row["id"] for row in page.json()["rows"]] == ["q1"]


@pytest.mark.parametrize("words", ["insecure", "wait", "secure"])
def test_search_does_not_find(described: Path, words: str) -> None:
    """Parts of words and words outside quotations are no hits."""
    (page,) = ask(described, f"/my+quotes/quotation.json?_search={words}&_shape=objects")
    assert page.json()["rows"] == []


def test_described_query_and_pages(described: Path) -> None:
    """The shipped query answers, and each page of the index renders with its title."""
    asked, front, table = ask(
        described,
        "/my+quotes/who_said.json?words=secured&_shape=array",
        "/my+quotes",
        "/my+quotes/quotation",
    )
    assert [(row["speaker"], row["outlet"]) for row in asked.json()] == [
        ("Donald Trump", "Reuters")
    ]
    assert front.status_code == table.status_code == 200
    assert "Who said it?" in front.text
    assert "One row a quotation" in table.text
    assert "Donald Trump" in table.text


@pytest.mark.parametrize("words", ["", "%22", "%22%22", "*", "a%20AND", "NEAR(", "-%27", "%00"])
def test_described_query_takes_any_words(described: Path, words: str) -> None:
    """Without words, or with half a pair of marks, nothing is found and nothing breaks."""
    (page,) = ask(described, f"/my+quotes/who_said.json?words={words}&_shape=array")
    assert (page.status_code, page.json()) == (200, [])


def test_metadata_names_every_table(described: Path) -> None:
    """Tables and columns described are those of the index, none forgotten or misspelt."""
    tables = yaml.safe_load(datasette_metadata(described))["databases"]["my quotes"]["tables"]
    db = open_index(described, readonly=True)
    stored = {
        name
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if "_fts" not in name and not name.startswith("sqlite_")
    }
    assert set(tables) == stored
    for table, described in tables.items():
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        named = {*described.get("columns", ()), *described.get("facets", ())}
        assert named | {described.get("label_column", "")} - {""} <= columns, table
    db.close()
