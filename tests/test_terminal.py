"""Hostile text everywhere: nothing that comes from a file or a name does anything to a terminal."""

from __future__ import annotations

import io
import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from conftest import FakeReader
from notation import program

from quotes.api import Index
from quotes.index.opening import open_index
from quotes.present import write_rows
from quotes.records import Article

EVIL = "\x1b[31m\x1b]0;own\x07\x9b1m\x7f\x85\u202e\u2066\u200e\u200f\u061c\u2028\r\b"
DOES = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What moves a cursor, changes colours or titles, breaks a line, or turns a text round."""

SAID = f"“It is {EVIL} so, and it stays so for years,” Ann Lee said. “We{EVIL} wait,” Bo Dahl said."
OTHER = f"“It is {EVIL} so, and it stays so for days,” Ann Lee said."


@pytest.fixture
def hostile(tmp_path: Path, fake_reader: FakeReader, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index in which every text that comes from outside is hostile."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("quotes.reader.Reader", lambda: fake_reader)
    path = tmp_path / "quotes.db"
    with Index(path, reader=fake_reader) as index:
        index.add(
            Article(f"a{n}{EVIL}", text, f"Outlet {n} {EVIL}", "record", f"evidence {EVIL}",
                    f"Title {EVIL}", f"https://x.org/{n}{EVIL}", day, f"{n}{EVIL}.txt")
            for n, text, day in ((1, SAID, "2025-02-12"), (2, OTHER, "2025-02-13"))
        )  # fmt: skip
    with closing(open_index(path)) as db:  # names that no reader of ours would give
        for table in ("entity", "local_entity"):
            db.execute(f"UPDATE {table} SET name = name || ?, role = ?", (EVIL, EVIL))
        db.execute("INSERT INTO alias SELECT id, ?, 'x' FROM entity", (EVIL,))
        db.execute("UPDATE quotation SET speaker_basis = speaker_basis || ?", (EVIL,))
        db.execute("UPDATE quotation SET speaker_as_written = speaker_as_written || ?", (EVIL,))
    return path


QUESTIONS = (
    ("who-said", "it"),
    ("who-said", f"nothing {EVIL}".replace("\0", "")),
    ("by", "Ann Lee"),
    ("by", f"nobody {EVIL}"),
    ("speakers",),
    ("speakers", "decisions"),
    ("outlets",),
    ("variants",),
    ("variants", f"none {EVIL}"),
    ("families",),
    ("show", "a1"),
    ("show", f"none {EVIL}"),
    ("review",),
    ("export",),
)
FORMS = ("", "--table", "--nl", "--json")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda words: " ".join(words)[:12])
def test_answers_do_nothing_to_a_terminal(
    hostile: Path, question: tuple[str, ...], form: str
) -> None:
    """In every form that people look at, on stdout and on stderr."""
    result = program(hostile)(*question, *filter(None, [form]))
    assert result.exit_code in (0, 1)
    if form or question[0] != "export":  # CSV, unless a terminal shows it
        assert not DOES.search(result.stdout)
    assert not DOES.search(result.stderr)


def test_an_explanation_does_nothing_to_a_terminal(hostile: Path) -> None:
    """Every step of it."""
    with closing(open_index(hostile, readonly=True)) as db:
        ids = [id_ for (id_,) in db.execute("SELECT id FROM quotation")]
    assert ids
    for id_ in ids:
        result = program(hostile)("explain", id_)
        assert result.exit_code == 0
        assert not DOES.search(result.stdout + result.stderr)


def test_tables_for_programs_are_made_safe_for_a_terminal_alone(hostile: Path) -> None:
    """A file gets every character as it was printed; a screen gets marks in their places."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    with Index(hostile, readonly=True) as index:
        rows = index.occurrences()
    for form in ("csv", "tsv"):
        screen, file = Terminal(), io.StringIO()
        write_rows(rows, screen, form)
        write_rows(rows, file, form)
        assert not DOES.search(screen.getvalue())
        assert "\x1b[31m" in file.getvalue()


def test_json_for_programs_gives_the_same_text_back(hostile: Path) -> None:
    """What is escaped is read as it was."""
    lines = program(hostile)("export", "--nl").stdout.splitlines()
    assert EVIL in json.loads(lines[0])["outlet"]


def test_what_index_says_does_nothing_to_a_terminal(hostile: Path, tmp_path: Path) -> None:
    """File names, reasons without a name, warnings about dates, manifests, rows and lines."""
    folder = tmp_path / "articles"
    folder.mkdir()
    name = "\x1b[31m\u202e\n\u061cb"
    (folder / f"{name}.docx").write_text("x")
    (folder / f"{name}.txt").write_text("")
    (folder / f"{name}2.txt").write_text(f"“We{EVIL} wait,” A{EVIL} said.")
    line = {"text": SAID, "date": EVIL, "outlet": EVIL, "id": EVIL}
    (folder / f"{name}.jsonl").write_text(f"{json.dumps(line)}\n{{{EVIL}\n")
    (folder / f"{name}.csv").write_text(f"id,{name.strip()}\n1,2\n")
    (folder / "m.csv").write_text(f'file,outlet\n"missing{name}",AP\n')
    run = program(hostile)
    for words in (
        ("index", str(folder), "-v"),
        ("index", f"nowhere{EVIL}"),
        ("index", str(folder), "--people", f"{EVIL}.toml"),
        ("extract", str(folder / f"{name}.jsonl")),
        ("extract", f"{EVIL}.txt"),
        ("remove", f"a1{EVIL}"),
        ("remove", EVIL),
        ("rebuild", EVIL),
        (EVIL,),
    ):
        result = run(*words)
        assert not DOES.search(result.stderr), words
        assert result.stderr


def test_imported_names_do_nothing_to_a_terminal(hostile: Path, tmp_path: Path) -> None:
    """Of decisions and of public figures."""
    decision = {"action": "rename", "subject": f"person:Ann{EVIL} Lee", "name": f"Ann {EVIL}"}
    merge = {"action": "merge", "subject": f"person:Cy {EVIL}", "other": f"person:Di {EVIL}"}
    (tmp_path / "d.nl").write_text("\n".join(map(json.dumps, (decision, merge))))
    (tmp_path / f"d{EVIL}.nl".replace("/", "")).write_text(json.dumps({"action": EVIL}))
    person = {"id": "Q1", "name": f"Jane {EVIL} Roe", "aliases": [EVIL],
              "roles": [{"role": EVIL, "of": EVIL, "from": "2020"}]}  # fmt: skip
    bad = {"id": "Q2", "name": "A B", "gender": EVIL}
    (tmp_path / "p.nl").write_text("\n".join(map(json.dumps, (person, bad))))
    run = program(hostile)
    for words in (
        ("speakers", "import", "d.nl"),
        ("speakers", "import", f"d{EVIL}.nl"),
        ("speakers", "decisions"),
        ("speakers", "undo", "1"),
        ("speakers", "rename", EVIL, "X"),
        ("people", "import", "p.nl"),
        ("people", "show", "Roe"),
        ("people", "show", EVIL),
    ):
        result = run(*words)
        assert not DOES.search(result.stdout + result.stderr), words
