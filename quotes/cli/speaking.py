"""`quotes speakers`: who is in the index, and what a person decides about it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from quotes.cli.guard import finish, note
from quotes.cli.options import (
    SPEAKER_KINDS,
    Command,
    Output,
    all_option,
    answer,
    common_options,
    db_option,
    output_options,
)

if TYPE_CHECKING:
    from quotes.api import Index
    from quotes.records import Decision, SpeakerKind


@contextmanager
def _index(db: Path, *, readonly: bool = False) -> Iterator[Index]:
    """The index, which must be there: decisions are about what it holds."""
    from quotes.api import Index
    from quotes.index.opening import open_index

    open_index(db, readonly=True).close()
    with Index(db, readonly=readonly) as index:
        yield index


def _tell(decision: Decision, quotations: int) -> None:
    """One line: what was decided, how many quotations it concerns, how to undo it."""
    from quotes.present.speakers import decided

    undo = _command("undo", str(decision.number))
    note(f"{_sentence(decided(decision))}; {_counted(quotations)}. Undo: {undo}")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _counted(quotations: int) -> str:
    return f"{quotations} quotation{'' if quotations == 1 else 's'}"


def _command(*words: str) -> str:
    """A command about speakers as it is to be typed for this index."""
    context = click.get_current_context()
    option = next(each for each in context.command.params if each.name == "db")
    usual = os.environ.get("QUOTES_DB") or option.default
    named = str(context.params["db"])
    return shlex.join(("quotes", "speakers", *words, *(("--db", named) if named != usual else ())))


note_option = click.option("--note", "remark", metavar="WORDS", help="Why, kept beside it.")


@click.group(invoke_without_command=True)
@click.option(
    "--kind",
    "--speaker-kind",
    type=click.Choice(SPEAKER_KINDS),
    help="This kind only; without it, all who have names.",
)
@db_option
@all_option
@output_options
@common_options
@click.pass_context
def speakers(
    ctx: click.Context, kind: SpeakerKind | None, db: Path, all: bool, output: Output
) -> None:
    """Who is in the index, with role, other names and outlets.

    The commands below decide by hand who is whom.
    A speaker is given by its id or any of its names; decisions are kept in the index, hold for
    articles that come later, and can be undone.
    """
    if ctx.invoked_subcommand is not None:
        _no_flags_before(ctx)
        return
    from quotes import answers
    from quotes.index.opening import open_index

    index = open_index(db, readonly=True)
    try:
        rows = answers.speakers(index, kind=kind, limit=output.limit, everything=all)
    finally:
        index.close()
    finish(answer(rows, output))


def _no_flags_before(ctx: click.Context) -> None:
    """Flags of the listing say nothing to a command; only the index may be named before it."""
    for parameter in ctx.command.params:
        given = ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if given and parameter.name not in ("db", "silent", "verbose"):
            raise click.UsageError(
                f"{parameter.opts[-1]} goes behind {ctx.invoked_subcommand}, if it takes it."
            )


def _decision_command(group: click.Group, name: str) -> Callable[[Command], click.Command]:
    """A command that decides, with the options all of them take."""

    def decorate(command: Command) -> click.Command:
        return group.command(name)(note_option(db_option(common_options(command))))

    return decorate


@_decision_command(speakers, "merge")
@click.argument("a")
@click.argument("b")
def merge(a: str, b: str, db: Path, remark: str | None) -> None:
    """A and B are one speaker."""
    with _index(db) as index:
        concerned = index.speaker(a).quotations + index.speaker(b).quotations
        _tell(index.merge(a, b, note=remark), concerned)


@_decision_command(speakers, "apart")
@click.argument("a")
@click.argument("b")
def apart(a: str, b: str, db: Path, remark: str | None) -> None:
    """A and B are two speakers, whatever their names; `review` asks no more."""
    with _index(db) as index:
        concerned = index.speaker(a).quotations + index.speaker(b).quotations
        _tell(index.keep_apart(a, b, note=remark), concerned)


@_decision_command(speakers, "split")
@click.argument("speaker")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--as", "name", required=True, metavar="NAME", help="Who it is in these articles.")
def split(speaker: str, articles: tuple[str, ...], name: str, db: Path, remark: str | None) -> None:
    """In these articles SPEAKER is somebody else.

    ARTICLE is an id or its beginning, words of the title, or the name of its file.
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
    """SPEAKER said these quotations.

    ID is that of a quotation, or of an utterance for all its printings, or its beginning.
    """
    with _index(db) as index:
        decision = index.assign(speaker, quotations, note=remark)
        _tell(decision, len(decision.quotations))


@_decision_command(speakers, "rename")
@click.argument("a")
@click.argument("name")
def rename(a: str, name: str, db: Path, remark: str | None) -> None:
    """Show A as NAME."""
    with _index(db) as index:
        concerned = index.speaker(a).quotations
        _tell(index.rename(a, name, note=remark), concerned)


@speakers.group()
def alias() -> None:
    """Spellings that mean a speaker."""


@_decision_command(alias, "add")
@click.argument("a")
@click.argument("spelling")
def add(a: str, spelling: str, db: Path, remark: str | None) -> None:
    """Who is written as SPELLING is A."""
    with _index(db) as index:
        known = index.speaker(a)
        decision = index.add_alias(known.id, spelling, note=remark)
        _tell(decision, index.speaker(known.id).quotations)


@speakers.command("decisions")
@db_option
@output_options
@common_options
def decisions(db: Path, output: Output) -> None:
    """What was decided by hand; with --nl or --csv in a form that `import` reads."""
    with _index(db, readonly=True) as index:
        found = index.decisions()
    if not found:
        note("Nothing was decided by hand.")
    finish(answer(found, output))


@speakers.command()
@click.argument("number", type=click.IntRange(min=1), metavar="N")
@db_option
@common_options
def undo(number: int, db: Path) -> None:
    """Take decision N back; `decisions` lists them."""
    from quotes.present.speakers import decided

    with _index(db) as index:
        decision = index.undo(number)
    note(f"No longer decided: {decided(decision)}.")


@speakers.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@db_option
@common_options
def import_(file: Path, db: Path) -> None:
    """Decide as in FILE, which `decisions` of another index wrote with --nl, --json or --csv.

    What is decided already is left alone.
    """
    with _index(db) as index:
        taken = index.import_decisions(file)
    count = f"{taken} decision{'' if taken == 1 else 's'}"
    note(f"{count} taken over from {file}. To see or undo them: {_command('decisions')}")
    finish(taken)
