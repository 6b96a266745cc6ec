"""The commands about who is who: `people import` and `people show`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quotes.cli.guard import finish, note
from quotes.cli.options import IsoDate, common_options, db_option

if TYPE_CHECKING:
    from quotes.people.importing import ImportSummary, Progress
    from quotes.people.persons import Person, Role

_MOST_TOLD = 20
"""Bad lines told one by one; of more only the number."""

to_option = click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file of imported people; people.db beside the index unless named.",
)


@click.group()
def people() -> None:
    """Public figures: import them, look them up.

    A name is looked up in your people.toml beside the index, in the imported people.db beside
    it and among those that come with this program; the first wins.
    """


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@to_option
@db_option
@common_options
def import_(file: Path, to: Path | None, db: Path) -> None:
    """Read an extract of Wikidata into people.db beside the index.

    FILE has a JSON object a line, plain or packed (.gz, .bz2): entities as Wikidata's dumps have
    them, or {"id": "Q1", "name": "Jane Roe", "aliases": [], "gender": "female", "sitelinks": 12,
    "roles": [{"role": "Governor", "of": "Ohio", "from": "2011-01-10", "to": "2019-01-14"}]}, of
    which id and name must be there.

    It may be stopped and run again; the same file again changes nothing, and a newer state of
    it replaces the older. Lines that cannot be read are told and passed over.
    """
    from quotes.people.importing import import_people
    from quotes.people.known import IMPORTED_FILE

    store = to or db.with_name(IMPORTED_FILE)
    told = 0

    def bad_line(number: int, reason: str) -> None:
        nonlocal told
        told += 1
        if told <= _MOST_TOLD:
            click.echo(f"{file}, line {number}: {reason}", err=True)
        elif told == _MOST_TOLD + 1:
            click.echo("More lines cannot be read; they are only counted.", err=True)

    with _progress() as progress:
        summary = import_people(file, store, bad_line=bad_line, progress=progress)
    for line in _told(summary, file, store):
        note(line)
    finish(summary.persons if not summary.bad else 0)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A count of lines on stderr, where somebody watches."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TextColumn, TimeElapsedColumn

    silent = click.get_current_context().meta.get("quotes.silent", False)
    console = Console(stderr=True)
    columns = (TextColumn("reading"), TextColumn("{task.completed:,} lines"), TimeElapsedColumn())
    with Bar(
        *columns, console=console, transient=True, disable=silent or not console.is_terminal
    ) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda lines: bar.update(task, completed=lines)


def _told(summary: ImportSummary, file: Path, store: Path) -> Iterator[str]:
    """What an import did, in a few lines."""
    if summary.unchanged:
        yield f"{file} is in {store} as it is: {summary.persons} people"
        return
    yield f"people      {summary.persons} of {summary.lines} lines"
    if summary.bad:
        yield f"bad lines   {summary.bad}"
    if summary.skipped:
        yield f"passed over {summary.skipped} lines that are neither person, office nor place"
    if summary.undated:
        yield f"undated     {summary.undated} offices left out: nobody says when they were held"
    if summary.unnamed:
        yield f"unnamed     {summary.unnamed} offices and places kept as ids: not in the extract"
    yield f"written to  {store}"


@people.command()
@click.argument("name")
@click.option(
    "--on",
    "day",
    type=IsoDate(),
    help="Only offices held then; of a year or month its first day counts.",
)
@click.option(
    "--people",
    "own",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Your own people.toml; the one beside the index unless named.",
)
@to_option
@db_option
@common_options
def show(name: str, day: str | None, own: Path | None, to: Path | None, db: Path) -> None:
    """Who NAME is: names, offices, and which file says so.

    A surname lists all who bear it. Whom the name alone means is marked with a star.
    """
    from quotes.people.known import load_people, people_files

    known = load_people(*people_files(db, own, to))
    meant = known.named(name)
    bearers = known.surnamed(name)
    alone = {meant} if meant else set(bearers if len(bearers) == 1 else ())
    found = known.everyone(name)
    day = f"{day}-01-01"[:10] if day else None
    for person in found:
        click.echo("\n".join(_shown(person, day, star=person in alone)))
    if not found:
        note(f"Nobody known is called {name}.")
    finish(len(found))


def _shown(person: Person, day: str | None, *, star: bool) -> Iterator[str]:
    """A person as text: name, what else is known, offices."""
    facts = [person.wikidata, person.gender, person.file]
    mark = " *" if star else ""
    yield f"{person.name}{mark}  {' · '.join(fact for fact in facts if fact)}"
    if person.aliases:
        yield f"  also {', '.join(person.aliases)}"
    for role in person.roles_on(day) if day else person.roles:
        yield f"  {_office(role)}"


def _office(role: Role) -> str:
    of = f", {role.of}" if role.of and role.of not in role.role else ""
    if not role.start and not role.end:
        return f"{role.role}{of}"
    return f"{role.role}{of} · {role.start or '?'} to {role.end or 'now'}"
