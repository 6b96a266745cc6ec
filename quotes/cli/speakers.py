"""Who is who: `quotes speakers` lists and decides, `quotes people` imports and looks up."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from quotes.cli import options
from quotes.cli.options import Output, answer, finish, note, opened, question, say
from quotes.present import counted, safe_line

if TYPE_CHECKING:
    from quotes.api import Index, Person
    from quotes.records import Decision, SpeakerKind

    Decided = tuple[Decision, int]


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
    type=click.Choice(options.SPEAKER_KINDS),
    help="Only this kind; without it, all speakers with names.",
)
@question(options.all_option)
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
        # Flags of the listing mean nothing to a command; only the index may be named before it.
        for parameter in ctx.command.params:
            given = ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
            if given and parameter.name not in ("db", "silent", "verbose"):
                flag, command = parameter.opts[-1], ctx.invoked_subcommand
                raise click.UsageError(f"put {flag} after {command}, if it takes that flag.")
        return
    with opened(db) as index:
        rows = index.speakers(kind=kind, limit=output.limit, everything=everything)
    finish(answer(rows, output))


def _deciding(group: click.Group, name: str) -> Callable[[Callable[..., Decided]], click.Command]:
    """A command of one that decides by the open index, the remark and the arguments; it tells in
    one line what was decided, how many quotations it concerns, how to undo it."""

    def decorate(decide: Callable[..., Decided]) -> click.Command:
        @wraps(decide)
        def command(db: Path, remark: str | None, **given: Any) -> None:
            from quotes.present.speakers import decided

            with opened(db, readonly=False) as index:
                decision, quotations = decide(index, remark, **given)
            words, undo = decided(decision), _command("undo", str(decision.number))
            told = f"{words[:1].upper()}{words[1:]}; {counted(quotations, 'quotation')}"
            note(f"{told}. Undo: {undo}")

        given = (note_option, options.db_option, options.common_options, click.argument("speaker"))
        return group.command(name)(options.stacked(*given)(command))

    return decorate


def _concerned(index: Index, *speakers: str) -> int:
    """How many quotations these speakers have."""
    return sum(index.speaker(each).quotations for each in speakers)


@_deciding(speakers, "merge")
@click.argument("other", metavar="SPEAKER")
def merge(index: Index, remark: str | None, speaker: str, other: str) -> Decided:
    """Decide that two speakers are one; the name of the first is shown.

    \b
    Example:
      quotes speakers merge "Donald Trump" "U.S. President Trump"
    """
    concerned = _concerned(index, speaker, other)
    return index.merge(speaker, other, note=remark), concerned


@_deciding(speakers, "apart")
@click.argument("other", metavar="SPEAKER")
def apart(index: Index, remark: str | None, speaker: str, other: str) -> Decided:
    """Decide that two speakers are two people, however alike their names are.

    \b
    Example:
      quotes speakers apart "Ann Lee" "Annabel Lee"
    """
    concerned = _concerned(index, speaker, other)
    return index.keep_apart(speaker, other, note=remark), concerned


@_deciding(speakers, "split")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--as", "name", required=True, metavar="NAME", help="Who it is in these articles.")
def split(
    index: Index, remark: str | None, speaker: str, articles: tuple[str, ...], name: str
) -> Decided:
    """Decide that SPEAKER is somebody else in these articles.

    ARTICLE is an id or the beginning of one, words of the title, or the name of its file.

    \b
    Example:
      quotes speakers split "Donald Trump" "Bessent in Kyiv" --as "Donald Trump Jr."
    """
    before = index.speaker(speaker)
    decision = index.split(speaker, articles, name=name, note=remark)
    left = [row.quotations for row in index.speakers(everything=True) if row.id == before.id]
    return decision, before.quotations - sum(left)


@_deciding(speakers, "assign")
@click.argument("quotations", nargs=-1, required=True, metavar="ID...")
def assign(index: Index, remark: str | None, speaker: str, quotations: tuple[str, ...]) -> Decided:
    """Decide that SPEAKER said these quotations.

    ID is the id of a quotation, or of an utterance for all its quotations, or the beginning of
    one.

    \b
    Example:
      quotes speakers assign "Donald Trump" q0123456789
    """
    decision = index.assign(speaker, quotations, note=remark)
    return decision, len(decision.quotations)


@_deciding(speakers, "rename")
@click.argument("name")
def rename(index: Index, remark: str | None, speaker: str, name: str) -> Decided:
    """Show SPEAKER as NAME.

    \b
    Example:
      quotes speakers rename "Donald Trump" "Donald J. Trump"
    """
    concerned = _concerned(index, speaker)
    return index.rename(speaker, name, note=remark), concerned


@speakers.group()
def alias() -> None:
    """Names that mean a speaker.

    \b
    Example:
      quotes speakers alias add "Donald Trump" "The Donald"
    """


@_deciding(alias, "add")
@click.argument("name")
def add(index: Index, remark: str | None, speaker: str, name: str) -> Decided:
    """Decide that NAME means SPEAKER, in articles that come later too.

    \b
    Example:
      quotes speakers alias add "Donald Trump" "The Donald"
    """
    known = index.speaker(speaker)
    return index.add_alias(known.id, name, note=remark), _concerned(index, known.id)


@speakers.command("decisions")
@question()
def decisions(db: Path, output: Output) -> None:
    """The decisions made by hand.

    With --nl, --json or --csv in a form that `quotes speakers import` reads.

    \b
    Example:
      quotes speakers decisions --nl > decisions.ndjson
    """
    with opened(db) as index:
        found = index.decisions()
    if not found:
        note("No decisions were made by hand.")
    finish(answer(found, output))


@speakers.command()
@click.argument("number", type=click.IntRange(min=1), metavar="NUMBER")
@options.db_option
@options.common_options
def undo(number: int, db: Path) -> None:
    """Undo the decision of this number; `quotes speakers decisions` lists them.

    \b
    Example:
      quotes speakers undo 1
    """
    from quotes.present.speakers import decided

    with opened(db, readonly=False) as index:
        decision = index.undo(number)
    note(f"Undone: {decided(decision)}.")


@speakers.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options.db_option
@options.common_options
def import_decisions(file: Path, db: Path) -> None:
    """Make the decisions in FILE, which `quotes speakers decisions` wrote for another index.

    A decision that this index contains already is skipped.

    \b
    Example:
      quotes speakers import decisions.ndjson
    """
    with opened(db, readonly=False) as index:
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
@options.db_option
@options.common_options
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

    bad = count(1)

    def bad_line(number: int, reason: str) -> None:
        if (told := next(bad)) <= _MOST_TOLD:
            say(f"{file}, line {number}: {reason}")
        elif told == _MOST_TOLD + 1:
            say("More lines cannot be read; from here on they are only counted.")

    with bar("{task.completed:,} lines") as shown:
        task = shown.add_task("reading", total=None)
        store, summary = import_people(
            file,
            index=db,
            to=to,
            bad_line=bad_line,
            progress=lambda lines: shown.update(task, completed=lines),
        )
    if summary.unchanged:
        note(f"{store} contains {file} already: {summary.persons} people")
    else:
        note(f"people      {summary.persons} of {summary.lines} lines")
        for label, number, of in (
            ("bad lines", summary.bad, ""),
            ("skipped", summary.skipped, " lines that are not a person, an office or a place"),
            ("undated", summary.undated, " offices skipped: the file gives no dates for them"),
            ("unnamed", summary.unnamed, " offices and places kept as ids: not in the file"),
        ):
            if number:
                note(f"{label:<12}{number}{of}")
        note(f"written to  {store}")
    finish(summary.persons if not summary.bad else 0)


@people.command()
@click.argument("name")
@click.option(
    "--on",
    "day",
    type=options.IsoDate(),
    help="Only offices held on this day; a year or month means its first day.",
)
@options.people_option
@to_option
@options.db_option
@options.common_options
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
        for line in _shown(person, day, star=alone):
            click.echo(safe_line(line))
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
        of = f", {role.of}" if role.of and role.of not in role.role else ""
        held = f" · {role.start or '?'} to {role.end or 'now'}" if role.start or role.end else ""
        yield f"  {role.role}{of}{held}"
