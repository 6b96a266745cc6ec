"""The commands that keep an index in order: `remove` and `rebuild`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quotes.cli.guard import NOTHING, note
from quotes.cli.options import common_options, db_option

if TYPE_CHECKING:
    from sqlite3 import Connection

    from quotes.people.known import People
    from quotes.rows import RebuildProgress, Rebuilt


people_option = click.option(
    "--people",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Your own names, aliases and roles (people.toml), as for `index`.",
)


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@db_option
@people_option
@common_options
def remove(articles: tuple[str, ...], db: Path, people: Path | None) -> None:
    """Take articles out of the index, and what joined them to others.

    ARTICLE is an id, words of a title or a file's name, as for `show`. The file itself is not
    touched: `quotes index` takes it in again.
    """
    from quotes.answers import article_id
    from quotes.run.archive import remove_articles

    with _opened(db) as connection:
        ids = sorted({article_id(connection, article) for article in articles})
        gone = remove_articles(connection, ids, people=_known_people(db, people))
    note(f"{gone} article{'s' * (gone != 1)} removed")


@click.command()
@db_option
@people_option
@click.option("--check", is_flag=True, help="Only compare; exit code 1 if anything would change.")
@common_options
def rebuild(db: Path, people: Path | None, check: bool) -> None:
    """Make all that joins articles anew: speakers, groups, families, paraphrases.

    No article is read again, and what you decided stays. It tells what is other than before:
    nothing, unless the people file, or this program, is another than when the index was made.
    Questions are answered meanwhile; broken off, it leaves the index as it was.
    """
    from quotes.run import corpus

    known = _known_people(db, people)
    with _opened(db) as connection, _progress() as progress:
        made = corpus.rebuild(connection, people=known, keep=not check, progress=progress)
    note(_told(made, check=check))
    if check and any(each.changed for each in made):
        raise click.exceptions.Exit(NOTHING)


@contextmanager
def _opened(db: Path) -> Iterator[Connection]:
    """The index, open for writing; one that is not there is not made."""
    from quotes.index.opening import open_index

    open_index(db, readonly=True).close()
    with closing(open_index(db)) as connection:
        yield connection


def _known_people(db: Path, people: Path | None) -> People:
    """The people file named, else the one beside the index, with those imported there."""
    from quotes.people.known import load_people, people_files

    return load_people(*people_files(db, people))


def _told(made: Sequence[Rebuilt], *, check: bool) -> str:
    """A line for each kind of derived rows.

    >>> from quotes.rows import Rebuilt
    >>> print(_told([Rebuilt("speakers", 17, 17, 0), Rebuilt("groups", 6, 7, 1)], check=False))
    speakers    17, as before
    groups      7, 1 changed (before: 6)
    """
    return "\n".join(f"{e.what:<11} {e.now}, {_changed(e, check=check)}" for e in made)


def _changed(made: Rebuilt, *, check: bool) -> str:
    if not made.changed:
        return "as stored" if check else "as before"
    if check:
        return f"{made.changed} would change (stored: {made.before})"
    return f"{made.changed} changed (before: {made.before})"


@contextmanager
def _progress() -> Iterator[RebuildProgress]:
    """On a terminal, what is being made, on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    silent = click.get_current_context().meta.get("quotes.silent", False)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=silent or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=None)

        def progress(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of or None)

        yield progress
