"""The commands that ask an index; none of them loads a model."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quotes.cli.guard import finish, note
from quotes.cli.options import (
    Chosen,
    Output,
    all_option,
    answer,
    common_options,
    db_option,
    filter_options,
    output_options,
    speaker_kind_option,
)

if TYPE_CHECKING:
    import sqlite3

    from quotes.records import SpeakerKind
    from quotes.rows import DoubtKind, Utterance


AT_FIRST = 20
"""Blocks that are shown to a person who sets no limit, where there may be very many."""


@contextmanager
def _opened(db: Path) -> Iterator[sqlite3.Connection]:
    """The index, to ask only."""
    from quotes.index.opening import open_index

    connection = open_index(db, readonly=True)
    try:
        yield connection
    finally:
        connection.close()


@click.command("who-said")
@click.argument("words")
@db_option
@filter_options
@output_options
@common_options
def who_said(words: str, db: Path, chosen: Chosen, output: Output) -> None:
    """Who said these words, and which outlets carried them.

    The words are searched as a phrase, in any case and with any kind of quotation marks.
    """
    from quotes import answers

    with _opened(db) as index:
        ask = partial(answers.who_said, index, words)
        found = answers.retold(index, _first(ask, chosen, output))
        if not found:
            note(f"Nobody is on record with {words!r}.")
            _hint_attitudes(ask, chosen)
            if answers.find_speakers(index, words):
                note(f"It is the name of a speaker: quotes by {shlex.quote(words)}")
    _finish_first(found, output)


def _first(
    ask: Callable[..., Sequence[Utterance]], chosen: Chosen, output: Output
) -> Sequence[Utterance]:
    """As many answers as were asked for; of a person who set no limit, one more than is shown."""
    limit = AT_FIRST + 1 if output.limit is None and output.form is None else output.limit
    return ask(limit=limit, **asdict(chosen))


def _finish_first(found: Sequence[Utterance], output: Output) -> None:
    """Show what `_first` gave, tell if there is more, and end the command."""
    cut = output.limit is None and output.form is None and len(found) > AT_FIRST
    shown = answer(found[:AT_FIRST] if cut else found, output)
    if cut:
        note(f"These are the first {AT_FIRST}; --limit shows more, --csv and --nl give all.")
    finish(shown)


def _hint_attitudes(ask: Callable[..., Sequence[Any]], chosen: Chosen) -> None:
    """Say how many more there would be with `--all`."""
    if chosen.everything:
        return
    if more := len(ask(**asdict(replace(chosen, everything=True)))):
        note(f"--all shows {more} that report a belief, a wish or a plan.")


@click.command()
@click.argument("speaker")
@db_option
@filter_options
@output_options
@common_options
def by(speaker: str, db: Path, chosen: Chosen, output: Output) -> None:
    """What a speaker said, by any name it goes by."""
    from quotes import answers

    with _opened(db) as index:
        known = answers.find_speakers(index, speaker)
        ask = partial(answers.by, index, speaker)
        found = answers.retold(index, _first(ask, chosen, output))
        if len(known) > 1:
            note(f"{speaker!r} is several: {', '.join(row.name for row in known)}")
        if not known:
            note(answers.nobody_called(index, speaker))
        elif not found:
            note(f"Nothing by {known[0].name} fits.")
            _hint_attitudes(ask, chosen)
    _finish_first(found, output)


@click.command()
@db_option
@all_option
@output_options
@common_options
def outlets(db: Path, all: bool, output: Output) -> None:
    """The outlets, with their articles and quotations."""
    from quotes import answers

    with _opened(db) as index:
        rows = answers.outlets(index, everything=all)
    finish(answer(rows, output))


@click.command()
@click.argument("id", required=False)
@click.option("--changed", is_flag=True, help="Only those that a wording changes the meaning of.")
@click.option("--speaker", metavar="NAME", help="Only what this speaker said, by any name.")
@db_option
@output_options
@common_options
def variants(id: str | None, changed: bool, speaker: str | None, db: Path, output: Output) -> None:
    """The wordings of one utterance, or of every one that several articles tell.

    Each wording beside the fullest, with what was dropped, added or changed; who was first, how
    it spread, how many independent accounts there are, and who says it in other words.

    ID is that of the utterance or of a quotation, as `who-said` shows it, or its beginning.
    Without it, those printed most come first, and those that are only told in other words last.
    """
    from quotes.answers.compared import all_variants
    from quotes.answers.compared import variants as the_variants

    if id is not None and (changed or speaker):
        raise click.UsageError("--changed and --speaker choose among all utterances; leave ID out.")
    with _opened(db) as index:
        if id is not None:
            answer([the_variants(index, id)], output)
            return
        limit = output.limit or (AT_FIRST if output.form is None else None)
        found = all_variants(index, speaker=speaker, changed=changed)
        shown = answer(found, replace(output, limit=limit))
        if not shown:
            note("No utterance changed so." if changed else "No two articles tell the same.")
        elif output.limit is None and limit and next(found, None):
            note(f"These are the first {limit}; --limit shows more.")
    finish(shown)


@click.command()
@click.option("--outlet", metavar="NAME", help="Only those that this outlet has a part in.")
@db_option
@output_options
@common_options
def families(outlet: str | None, db: Path, output: Output) -> None:
    """Articles that go back to one text: copies and rewrites, with the origin."""
    from quotes import answers

    with _opened(db) as index:
        shown = answer(answers.families(index, outlet=outlet), output)
    if not shown:
        note("No two articles go back to one text.")
    finish(shown)


@click.command()
@click.argument("article")
@db_option
@speaker_kind_option
@all_option
@output_options
@common_options
def show(
    article: str, db: Path, speaker_kind: SpeakerKind | None, all: bool, output: Output
) -> None:
    """An article with its quotations, sources and cues marked.

    ARTICLE is an id or its beginning, words of the title, or the name of its file.
    """
    from quotes import answers
    from quotes.present.articles import narrowed

    with _opened(db) as index:
        shown = answers.show(index, article)
    shown = narrowed(shown, everything=all, speaker_kind=speaker_kind)
    if output.form in (None, "json", "nl"):
        answer([shown], output)
    else:
        finish(answer(shown.quotations, output))


@click.command()
@click.argument("id")
@db_option
@output_options
@common_options
def explain(id: str, db: Path, output: Output) -> None:
    """The whole chain from words to name, from stored facts.

    ID is that of a quotation or an utterance, as `who-said` shows it, or its beginning.
    """
    from quotes.api import Index

    with Index(db, readonly=True) as index:
        found = index.explain(id)
    finish(answer(found, output))


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["source", "join", "lookalike", "speaker"]),
    help="Sources without a name, speakers joined on little, lookalikes, names given on little.",
)
@db_option
@output_options
@common_options
def review(kind: DoubtKind | None, db: Path, output: Output) -> None:
    """Doubtful decisions about speakers, most quotations first, and how to settle them.

    What is settled by `quotes speakers merge`, `apart` and the like is not asked again.
    """
    from quotes.api import Index

    with Index(db, readonly=True) as index:
        found = index.review(kind=kind)
    shown = replace(output, limit=output.limit or (AT_FIRST if output.form is None else None))
    if not found:
        note("Nothing is in doubt.")
    finish(answer(found, shown))
    if output.limit is None and len(found) > AT_FIRST and output.form is None:
        note(f"{len(found) - AT_FIRST} more; --limit {len(found)} shows all.")


@click.command()
@click.option(
    "-o",
    "--output-file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of stdout.",
)
@db_option
@filter_options
@output_options
@common_options
def export(output_file: Path | None, db: Path, chosen: Chosen, output: Output) -> None:
    """Every quotation as printed, one a row.

    CSV unless another form is named.
    """
    from quotes import answers

    with _opened(db) as index:
        rows = answers.occurrences(index, **asdict(chosen))
        if output_file is None:
            finish(answer(rows, output, default="csv"))
            return
        with output_file.open("w", encoding="utf-8", newline="") as out:
            written = answer(rows, output, default="csv", out=out)
    note(f"{written} quotations in {output_file}")
    finish(written)


@click.command()
@db_option
@common_options
def datasette(db: Path) -> None:
    """The description of the index for Datasette, as YAML.

    quotes datasette > datasette.yaml; datasette quotes.db -m datasette.yaml
    """
    from quotes.index.opening import datasette_metadata

    with _opened(db):  # an index, or an error that says what it is
        click.echo(datasette_metadata(db), nl=False)
