"""`quotes people`: importing an extract and asking who somebody is."""

from __future__ import annotations

from pathlib import Path

import pytest
from notation import Run, program

EXTRACT = """\
{"id": "Q1", "name": "Jane Quorple", "aliases": ["J. Quorple"], "gender": "female",\
 "roles": [{"role": "Mayor", "of": "Bree", "from": "2011-01-10", "to": "2019-01-14"}]}
{"id": "Q2", "name": "Rick Quorple"}
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line with its index in an empty folder."""

    return program(tmp_path / "quotes.db", "people")


def extract(tmp_path: Path, text: str = EXTRACT) -> str:
    """The path of an extract."""
    (tmp_path / "extract.ndjson").write_text(text, encoding="utf-8")
    return str(tmp_path / "extract.ndjson")


def test_imported_people_lie_beside_the_index_and_are_shown(run: Run, tmp_path: Path) -> None:
    """An import says what it did; `show` finds the person, the offices of the day, the file."""
    result = run("import", extract(tmp_path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "2 of 2 lines" in result.stderr
    assert (tmp_path / "people.db").is_file()
    shown = run("show", "Jane Quorple", "--on", "2015-01-01")
    assert shown.stdout.splitlines() == [
        f"Jane Quorple *  Q1 · female · {(tmp_path / 'extract.ndjson').resolve()}",
        "  also J. Quorple",
        "  Mayor, Bree · 2011-01-10 to 2019-01-14",
    ]
    assert "Mayor" not in run("show", "Jane Quorple", "--on", "2020").stdout
    both = run("show", "Quorple").stdout
    assert "Jane Quorple  Q1" in both
    assert "Rick Quorple  Q2" in both


def test_shipped_people_are_shown_without_any_import(run: Run) -> None:
    """The office of the day, and all who bear a surname."""
    result = run("show", "Janet Yellen", "--on", "2025-01-15")
    assert "Janet Yellen *" in result.stdout
    assert "people.toml (shipped)" in result.stdout
    assert "Treasury Secretary" in result.stdout
    assert "Federal Reserve" not in result.stdout
    assert "Hillary Clinton  " in run("show", "Clinton").stdout


def test_nobody_of_that_name(run: Run) -> None:
    """Exit code 1 and a remark."""
    result = run("show", "Quorple")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Quorple" in result.stderr


def test_bad_lines_are_told_and_counted(run: Run, tmp_path: Path) -> None:
    """Their numbers on stderr, the first ones only; the rest is imported."""
    result = run("import", extract(tmp_path, EXTRACT + "broken\n" * 30))
    assert result.exit_code == 1
    assert "line 3: not JSON" in result.stderr
    assert "line 23" not in result.stderr
    assert "bad lines   30" in result.stderr
    assert run("show", "Jane Quorple").exit_code == 0


def test_the_same_file_again(run: Run, tmp_path: Path) -> None:
    """Nothing is done twice."""
    file, to = extract(tmp_path), str(tmp_path / "other.db")
    assert run("import", file, "--to", to).exit_code == 0
    again = run("import", file, "--to", to)
    assert again.exit_code == 0
    assert "extract.ndjson already: 2 people" in again.stderr
    assert run("show", "Jane Quorple").exit_code == 1
    assert run("show", "Jane Quorple", "--to", to).exit_code == 0


def test_unusable_files(run: Run, tmp_path: Path) -> None:
    """One line that names the file, exit code 2."""
    other = tmp_path / "people.db"
    other.write_text("no database " * 100, encoding="utf-8")
    for args in (("import", extract(tmp_path)), ("show", "Jane Quorple")):
        result = run(*args)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: {other}")
        assert result.stderr.count("\n") == 1
