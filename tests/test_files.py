"""Unchanged files are passed over unread, and never one that is another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from quotes.index import write as index
from quotes.index.opening import open_index
from quotes.ingest import Found, Source, articles_of, read_articles
from quotes.records import Failure
from quotes.run.archive import KnownFiles, Summary, add_articles
from quotes.run.article import Steps, TextReader, load_steps

LONG_AGO = 1_700_000_000


class Run:
    """Indexes a folder, and says which files were opened for it."""

    def __init__(self, db: sqlite3.Connection, folder: Path, steps: Steps) -> None:
        """Two articles, settled long ago."""
        self.db, self.folder, self.steps = db, folder, steps
        self.put("a.txt", "“It is so,” Ann Lee said.")
        self.put("b.txt", "“We wait,” Bo Dahl said.")

    def put(self, name: str, text: str, *, changed: float = LONG_AGO) -> None:
        """Write a file with this time of change."""
        (self.folder / name).write_text(text, encoding="utf-8")
        os.utime(self.folder / name, (changed, changed))

    def __call__(self, **given: str | Path) -> tuple[list[str], Summary]:
        """Names of the files opened, and what the run did."""
        opened: list[str] = []

        def files(sources: Iterable[Source | Failure]) -> Iterator[Found]:
            for source in sources:
                opened.append(Path(source.path).name)
                yield articles_of(source)

        known = KnownFiles(self.db, self.steps.version)
        incoming = read_articles([self.folder], files=known.passing_over(files), **given)
        return opened, add_articles(self.db, incoming, self.steps, report=known.remember)


@pytest.fixture
def run(tmp_path: Path, fake_reader: TextReader) -> Iterator[Run]:
    """An index beside a folder."""
    (tmp_path / "articles").mkdir()
    with closing(open_index(tmp_path / "q.db")) as db:
        yield Run(db, tmp_path / "articles", load_steps(reader=fake_reader))


def test_unchanged_files_are_not_opened_again(run: Run) -> None:
    """They count as unchanged articles all the same."""
    opened, summary = run()
    assert (opened, summary.added) == (["a.txt", "b.txt"], 2)
    opened, summary = run()
    assert (opened, summary.unchanged, summary.failed) == ([], 2, 0)


def test_a_new_file_among_them_is_read(run: Run) -> None:
    """In its place."""
    run()
    run.put("aa.txt", "“Never,” Cy Orr said.")
    opened, summary = run()
    assert (opened, summary.added, summary.unchanged) == (["aa.txt"], 1, 2)


@pytest.mark.parametrize(
    ("text", "changed"),
    [("“It is not so,” Ann Lee said.", LONG_AGO), ("“It is no,” Ann Lee said.", LONG_AGO + 0.001)],
    ids=["another size", "another time"],
)
def test_a_changed_file_is_read_again(run: Run, text: str, changed: float) -> None:
    """By size or by time alone."""
    run()
    run.put("a.txt", text, changed=changed)
    opened, summary = run()
    assert (opened, summary.added) == (["a.txt"], 1)


def test_what_was_said_of_the_files_counts_too(run: Run) -> None:
    """With a manifest or an outlet the article is another one."""
    run()
    opened, summary = run(outlet="Reuters")
    assert (len(opened), summary.replaced) == (2, 2)
    run.put("outlets.csv", "file,outlet\na.txt,Kyiv Post\n")
    opened, summary = run(outlet="Reuters")
    assert (opened, summary.unchanged) == (["a.txt"], 1)
    assert run(outlet="Reuters")[0] == []


def test_another_reading_reads_all_again(run: Run, fake_reader: TextReader) -> None:
    """A newer model may find more in the same files."""
    run()
    fake_reader.version = "newer"
    opened, summary = run()
    assert (len(opened), summary.replaced) == (2, 2)


def test_a_file_whose_article_was_removed_is_read_again(run: Run) -> None:
    """The note goes with the article."""
    run()
    (gone,) = run.db.execute("SELECT article FROM file WHERE path LIKE '%a.txt'").fetchone()
    index.remove_article(run.db, gone)
    opened, summary = run()
    assert (opened, summary.added) == (["a.txt"], 1)


def test_failures_are_tried_again(run: Run) -> None:
    """A file without an article, and one that could not be read."""
    run.put("empty.txt", "")
    run.put("odd.txt", "BROKEN")
    assert run()[1].failed == 2
    opened, summary = run()
    assert (opened, summary.failed) == (["empty.txt", "odd.txt"], 2)


def test_a_file_that_is_just_being_written_is_not_trusted(run: Run) -> None:
    """Its time of change may not tell the next change."""
    run.put("fresh.txt", "“Now,” Cy Orr said.", changed=os.stat(run.folder).st_mtime)
    run()
    assert run()[0] == ["fresh.txt"]


def test_a_file_is_known_by_its_whole_path(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another folder may have a file of that name, size and time."""
    monkeypatch.chdir(run.folder)
    run.folder = Path()
    run()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    run.put("a.txt", "“It is no,” Ann Lee said.")
    opened, summary = run()
    assert (opened, summary.added) == (["a.txt"], 1)
