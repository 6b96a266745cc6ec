"""Keeping an index in order from the command line: `remove` and `rebuild`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from by_hand import decide
from click.testing import CliRunner
from notation import Run, program

from quotes.answers import by, counts
from quotes.api import Index
from quotes.cli import cli
from quotes.index.opening import open_index
from quotes.records import Article
from quotes.run.archive import add_articles
from quotes.run.article import TextReader, load_steps

ENDING = "“This war must and will end soon,” {} said."


@pytest.fixture
def db(tmp_path: Path, fake_reader: TextReader) -> Path:
    """An index of three articles, two of which print one utterance."""
    path = tmp_path / "quotes.db"
    texts = {"a": ENDING.format("Ann Lee"), "b": ENDING.format("Lee") + " Ann Lee left.",
             "c": "“We wait,” Bo Dahl said."}  # fmt: skip
    with closing(open_index(path)) as connection:
        articles = [
            Article(id_, text, f"Outlet {id_}", title=f"Story {id_}", published="2025-02-12")
            for id_, text in texts.items()
        ]
        add_articles(connection, articles, load_steps(reader=fake_reader))
        assert counts(connection).clusters == 1
    return path


@pytest.fixture
def run(db: Path) -> Run:
    """The command line on that index."""

    return program(db)


def damage(db: Path) -> None:
    """Take a quotation out of its group by other means."""
    with closing(open_index(db)) as connection:
        connection.execute("UPDATE quotation SET cluster = NULL WHERE article = 'a'")


def test_a_rebuild_that_changes_nothing_says_so(run: Run) -> None:
    """The expected answer, on stderr; stdout stays empty."""
    result = run("rebuild")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "speakers    2, as before",
        "groups      1, as before",
        "families    0, as before",
        "paraphrases 0, as before",
    ]


def test_a_rebuild_mends_and_a_check_only_tells(run: Run, db: Path) -> None:
    """What differs is counted; only the rebuild puts it right."""
    damage(db)
    for _ in range(2):
        check = run("rebuild", "--check")
        assert (check.exit_code, "1 would change (stored: 1)" in check.stderr) == (1, True)
    assert "1 changed (before: 1)" in run("rebuild").stderr
    check = run("rebuild", "--check", "--silent")
    assert (check.exit_code, check.stderr) == (0, "")


def test_a_rebuild_by_another_people_file(run: Run, db: Path) -> None:
    """Names come from the people file beside the index, or the one that is named."""
    people = '[[person]]\nname = "Annabel Lee"\naliases = ["Ann Lee"]\n'
    other = db.with_name("other.toml")
    other.write_text(people, encoding="utf-8")
    assert "2 changed" in run("rebuild", "--people", str(other)).stderr
    with closing(open_index(db)) as connection:
        assert {said.speaker.name for said in by(connection, "Lee") if said.speaker} == {
            "Annabel Lee"
        }
    assert "2 changed" in run("rebuild").stderr
    db.with_name("people.toml").write_text(people, encoding="utf-8")
    assert "2 changed" in run("rebuild").stderr


def test_a_rebuild_keeps_decisions(run: Run, db: Path) -> None:
    """What was decided by hand is no result of ours."""
    with closing(open_index(db)) as connection:
        decide(connection, "merge", "ann-lee", other="bo-dahl")
    assert "speakers    1, as before" in run("rebuild").stderr


@pytest.mark.parametrize("command", [["rebuild"], ["rebuild", "--check"], ["remove", "a"]])
def test_an_index_that_is_not_there_is_not_made(tmp_path: Path, command: list[str]) -> None:
    """A mistyped name is an error, no empty file."""
    missing = tmp_path / "missing.db"
    result = CliRunner().invoke(cli, [*command, "--db", str(missing)])
    assert result.exit_code == 2
    assert "no such index" in result.stderr
    assert not missing.exists()


def test_removing_an_article_undoes_its_group(run: Run, db: Path) -> None:
    """The utterance was printed once after all."""
    result = run("remove", "Story b")
    assert (result.exit_code, result.stderr) == (0, "1 article removed\n")
    with closing(open_index(db)) as connection:
        assert (counts(connection).articles, counts(connection).clusters) == (2, 0)
    assert run("rebuild", "--check").exit_code == 0


@pytest.mark.parametrize(("named", "told"), [("Story", "Story"), ("nothing", "no such article")])
def test_nothing_is_removed_unless_all_are_known(run: Run, db: Path, named: str, told: str) -> None:
    """A name that fits several, or none, leaves even the others in."""
    result = run("remove", "a", named)
    assert (result.exit_code, told in result.stderr) == (1, True)
    with closing(open_index(db)) as connection:
        assert counts(connection).articles == 3


def test_the_same_in_python(db: Path) -> None:
    """`Index.remove` and `Index.rebuild`."""
    damage(db)
    with Index(db) as index:
        assert [each.changed for each in index.rebuild(check=True)][:2] == [0, 1]
        assert [each.changed for each in index.rebuild()][:2] == [0, 1]
        assert not any(each.changed for each in index.rebuild(check=True))
        assert index.remove("Story c", "b") == 2
        assert [row.name for row in index.speakers()] == ["Ann Lee"]
