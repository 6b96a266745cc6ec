"""Who is who: `quotes speakers` lists and decides, `quotes people` imports and looks up."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from quotes.cli.options import (
    SPEAKER_KINDS,
    Command,
    IsoDate,
    Output,
    all_option,
    answer,
    common_options,
    counted,
    db_option,
    finish,
    note,
    output_options,
    people_option,
)

if TYPE_CHECKING:
    from quotes.api import ImportSummary, Index, Person, Role
    from quotes.records import Decision, SpeakerKind


def _index(db: Path, *, readonly: bool = False) -> Index:
    """The index, which must exist: decisions are about what it contains."""
    from quotes.api import Index

    return Index(db, readonly=readonly, create=False)


def _tell(decision: Decision, quotations: int) -> None:
    """One line: what was decided, how many quotations it concerns, how to undo it."""
    from quotes.present.speakers import decided

    undo, words = _command("undo", str(decision.number)), decided(decision)
    told = f"{words[:1].upper()}{words[1:]}; {counted(quotations, 'quotation')}"
    note(f"{told}. Undo: {undo}")


def _command(*words: str) -> str:
    """A command about speakers as it is to be typed for this index."""
    context = click.get_current_context()
    option = next(each for each in context.command.params if each.name == "db")
    usual = os.environ.get("QUOTES_DB") or option.default
    named = str(context.params["db"])
    return shlex.join(("quotes", "speakers", *words, *(("--db", named) if named != usual else ())))


note_option = click.option("--note", "remark", metavar="WORDS", help="Why; kept with the decision.")


@click.group(invoke_without_command=True)
@click.option(
    "--kind",
    "--speaker-kind",
    type=click.Choice(SPEAKER_KINDS),
    help="Only this kind; without it, all speakers with names.",
)
@db_option
@all_option
@output_options
@common_options
@click.pass_context
def speakers(
    ctx: click.Context, kind: SpeakerKind | None, db: Path, everything: bool, output: Output
) -> None:
    """The speakers of the index, with role, other names and outlets.

    The commands below decide by hand who is who. SPEAKER is an id or any of the speaker's
    names. Decisions are kept in the index, hold for articles that come later, and can be
    undone.

    \b
    Example:
      quotes speakers --kind organisation
    """
    if ctx.invoked_subcommand is not None:
        _no_flags_before(ctx)
        return
    with _index(db, readonly=True) as index:
        rows = index.speakers(kind=kind, limit=output.limit, everything=everything)
    finish(answer(rows, output))


def _no_flags_before(ctx: click.Context) -> None:
    """Flags of the listing mean nothing to a command; only the index may be named before it."""
    for parameter in ctx.command.params:
        given = ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if given and parameter.name not in ("db", "silent", "verbose"):
            raise click.UsageError(
                f"put {parameter.opts[-1]} after {ctx.invoked_subcommand}, if it takes that flag."
            )


def _decision_command(group: click.Group, name: str) -> Callable[[Command], click.Command]:
    """A command that decides, with the options all of them take."""

    def decorate(command: Command) -> click.Command:
        return group.command(name)(note_option(db_option(common_options(command))))

    return decorate


@_decision_command(speakers, "merge")
@click.argument("speaker")
@click.argument("other", metavar="SPEAKER")
def merge(speaker: str, other: str, db: Path, remark: str | None) -> None:
    """Decide that two speakers are one; the name of the first is shown.

    \b
    Example:
      quotes speakers merge "Donald Trump" "U.S. President Trump"
    """
    with _index(db) as index:
        concerned = index.speaker(speaker).quotations + index.speaker(other).quotations
        _tell(index.merge(speaker, other, note=remark), concerned)


@_decision_command(speakers, "apart")
@click.argument("speaker")
@click.argument("other", metavar="SPEAKER")
def apart(speaker: str, other: str, db: Path, remark: str | None) -> None:
    """Decide that two speakers are two people, however alike their names are.

    \b
    Example:
      quotes speakers apart "Ann Lee" "Annabel Lee"
    """
    with _index(db) as index:
        concerned = index.speaker(speaker).quotations + index.speaker(other).quotations
        _tell(index.keep_apart(speaker, other, note=remark), concerned)


@_decision_command(speakers, "split")
@click.argument("speaker")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--as", "name", required=True, metavar="NAME", help="Who it is in these articles.")
def split(speaker: str, articles: tuple[str, ...], name: str, db: Path, remark: str | None) -> None:
    """Decide that SPEAKER is somebody else in these articles.

    ARTICLE is an id or the beginning of one, words of the title, or the name of its file.

    \b
    Example:
      quotes speakers split "Donald Trump" "Bessent in Kyiv" --as "Donald Trump Jr."
    """
    with _index(db) as index:
        before = index.speaker(speaker)
        decision = index.split(speaker, articles, name=name, note=remark)
        left = [row.quotations for row in index.speakers(everything=True) if row.id == before.id]
        _tell(decision, before.quotations - sum(left))


@_decision_command(speakers, "assign")
@click.argument("speaker")
@click.argument("quotations", nargs=-1, required=True, metavar="ID...")
def assign(speaker: str, quotations: tuple[str, ...], db: Path, remark: str | None) -> None:
    """Decide that SPEAKER said these quotations.

    ID is the id of a quotation, or of an utterance for all its quotations, or the beginning of
    one.

    \b
    Example:
      quotes speakers assign "Donald Trump" q0123456789
    """
    with _index(db) as index:
        decision = index.assign(speaker, quotations, note=remark)
        _tell(decision, len(decision.quotations))


@_decision_command(speakers, "rename")
@click.argument("speaker")
@click.argument("name")
def rename(speaker: str, name: str, db: Path, remark: str | None) -> None:
    """Show SPEAKER as NAME.

    \b
    Example:
      quotes speakers rename "Donald Trump" "Donald J. Trump"
    """
    with _index(db) as index:
        concerned = index.speaker(speaker).quotations
        _tell(index.rename(speaker, name, note=remark), concerned)


@speakers.group()
def alias() -> None:
    """Names that mean a speaker.

    \b
    Example:
      quotes speakers alias add "Donald Trump" "The Donald"
    """


@_decision_command(alias, "add")
@click.argument("speaker")
@click.argument("name")
def add(speaker: str, name: str, db: Path, remark: str | None) -> None:
    """Decide that NAME means SPEAKER, in articles that come later too.

    \b
    Example:
      quotes speakers alias add "Donald Trump" "The Donald"
    """
    with _index(db) as index:
        known = index.speaker(speaker)
        decision = index.add_alias(known.id, name, note=remark)
        _tell(decision, index.speaker(known.id).quotations)


@speakers.command("decisions")
@db_option
@output_options
@common_options
def decisions(db: Path, output: Output) -> None:
    """The decisions made by hand.

    With --nl, --json or --csv in a form that `quotes speakers import` reads.

    \b
    Example:
      quotes speakers decisions --nl > decisions.ndjson
    """
    with _index(db, readonly=True) as index:
        found = index.decisions()
    if not found:
        note("No decisions were made by hand.")
    finish(answer(found, output))


@speakers.command()
@click.argument("number", type=click.IntRange(min=1), metavar="NUMBER")
@db_option
@common_options
def undo(number: int, db: Path) -> None:
    """Undo the decision of this number; `quotes speakers decisions` lists them.

    \b
    Example:
      quotes speakers undo 1
    """
    from quotes.present.speakers import decided

    with _index(db) as index:
        decision = index.undo(number)
    note(f"Undone: {decided(decision)}.")


@speakers.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@db_option
@common_options
def import_decisions(file: Path, db: Path) -> None:
    """Make the decisions in FILE, which `quotes speakers decisions` wrote for another index.

    A decision that this index contains already is skipped.

    \b
    Example:
      quotes speakers import decisions.ndjson
    """
    with _index(db) as index:
        taken = index.import_decisions(file)
    see = _command("decisions")
    note(f"{counted(taken, 'decision')} imported from {file}. See or undo them: {see}")
    finish(taken)


# Public figures

_MOST_TOLD = 20
"""Bad lines shown one by one; beyond, only their number is shown."""

to_option = click.option(
    "--to",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file of imported people; people.db beside the index unless named.",
)


@click.group()
def people() -> None:
    """Public figures: import them, look them up.

    A name is looked up in your people.toml beside the index, then in the imported people.db
    beside it, then among the people that come with this program.

    \b
    Example:
      quotes people show "Janet Yellen"
    """


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@to_option
@db_option
@common_options
def import_people(file: Path, to: Path | None, db: Path) -> None:
    """Read an extract of Wikidata into people.db beside the index.

    FILE has one JSON object per line, plain or compressed (.gz, .bz2): either entities as
    Wikidata's dumps have them, or {"id": "Q1", "name": "Jane Roe", "aliases": [],
    "gender": "female", "sitelinks": 12, "roles": [{"role": "Governor", "of": "Ohio",
    "from": "2011-01-10", "to": "2019-01-14"}]}, where only id and name are required.

    You may stop it and run it again. The same file again changes nothing; a newer version of
    it replaces the older. Lines that cannot be read are reported and skipped.

    \b
    Example:
      quotes people import extract.ndjson
    """
    from quotes.api import import_people
    from quotes.cli.progress import bar

    told = 0

    def bad_line(number: int, reason: str) -> None:
        nonlocal told
        told += 1
        if told <= _MOST_TOLD:
            click.echo(f"{file}, line {number}: {reason}", err=True)
        elif told == _MOST_TOLD + 1:
            click.echo("More lines cannot be read; from here on they are only counted.", err=True)

    with bar("{task.completed:,} lines") as shown:
        task = shown.add_task("reading", total=None)
        store, summary = import_people(
            file,
            index=db,
            to=to,
            bad_line=bad_line,
            progress=lambda lines: shown.update(task, completed=lines),
        )
    for line in _imported(summary, file, store):
        note(line)
    finish(summary.persons if not summary.bad else 0)


def _imported(summary: ImportSummary, file: Path, store: Path) -> Iterator[str]:
    """What an import did, in a few lines."""
    if summary.unchanged:
        yield f"{store} contains {file} already: {summary.persons} people"
        return
    yield f"people      {summary.persons} of {summary.lines} lines"
    if summary.bad:
        yield f"bad lines   {summary.bad}"
    if summary.skipped:
        yield f"skipped     {summary.skipped} lines that are not a person, an office or a place"
    if summary.undated:
        yield f"undated     {summary.undated} offices skipped: the file gives no dates for them"
    if summary.unnamed:
        yield f"unnamed     {summary.unnamed} offices and places kept as ids: not in the file"
    yield f"written to  {store}"


@people.command()
@click.argument("name")
@click.option(
    "--on",
    "day",
    type=IsoDate(),
    help="Only offices held on this day; a year or month means its first day.",
)
@people_option
@to_option
@db_option
@common_options
def show(name: str, day: str | None, people: Path | None, to: Path | None, db: Path) -> None:
    """Who NAME is: names, offices, and which file says so.

    A surname lists everyone who has it. A star marks the person whom the name alone means.

    \b
    Example:
      quotes people show "Janet Yellen" --on 2025-01-15
    """
    from quotes.api import find_people

    found = find_people(name, index=db, people=people, imported=to)
    day = f"{day}-01-01"[:10] if day else None
    for person, alone in found:
        click.echo("\n".join(_shown(person, day, star=alone)))
    if not found:
        note(f"No known person is called {name!r}.")
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
