"""The command that keeps an index in order: `rebuild`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quotes.cli.guard import NOTHING, note
from quotes.cli.options import common_options, db_option

if TYPE_CHECKING:
    from quotes.corpus import Progress, Rebuilt


@click.command()
@db_option
@click.option(
    "--people",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Your own names, aliases and roles (people.toml), as for `index`.",
)
@click.option("--check", is_flag=True, help="Only compare; exit code 1 if anything would change.")
@common_options
def rebuild(db: Path, people: Path | None, check: bool) -> None:
    """Make speakers and groups anew from the articles in the index.

    No article is read again, and what you decided stays. It tells what is other than before:
    nothing, unless the people file, or this program, is another than when the index was made.
    Questions are answered meanwhile; broken off, it leaves the index as it was.
    """
    from quotes import corpus
    from quotes.lexicon.people import load_people
    from quotes.schema import open_index

    if not db.exists():
        open_index(db, readonly=True)
    beside, imported = db.with_name("people.toml"), db.with_name("people.db")
    known = load_people(
        people or (beside if beside.is_file() else None),
        imported if imported.is_file() else None,
    )
    with closing(open_index(db)) as connection, _progress() as progress:
        made = corpus.rebuild(connection, people=known, keep=not check, progress=progress)
    note(_told(made, check=check))
    if check and any(each.changed for each in made):
        raise click.exceptions.Exit(NOTHING)


def _told(made: Sequence[Rebuilt], *, check: bool) -> str:
    """A line for each kind of derived rows.

    >>> from quotes.corpus import Rebuilt
    >>> print(_told([Rebuilt("speakers", 17, 17, 0), Rebuilt("groups", 6, 7, 1)], check=False))
    17 speakers: as before
    7 groups: 1 is other than before (there were 6)
    """
    return "\n".join(f"{each.now} {each.what}: {_changed(each, check=check)}" for each in made)


def _changed(made: Rebuilt, *, check: bool) -> str:
    if not made.changed:
        return "as stored" if check else "as before"
    verb = (
        ("would be" if check else "is") if made.changed == 1 else ("would be" if check else "are")
    )
    than = "stored" if check else "before"
    return f"{made.changed} {verb} other than {than} (there were {made.before})"


@contextmanager
def _progress() -> Iterator[Progress]:
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
