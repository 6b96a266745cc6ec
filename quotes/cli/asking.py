"""The commands that ask an index; none of them loads a model."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quotes.cli import options
from quotes.cli.options import Output, answer, finish, note, opened, question
from quotes.present import counted

if TYPE_CHECKING:
    from quotes.api import Filters
    from quotes.records import SpeakerKind
    from quotes.rows import DoubtKind


AT_FIRST = 20
"""Blocks that are shown to a person who sets no limit, where there may be very many."""


_SHOWN = 80  # characters of somebody's words that a remark repeats


def brief(words: str) -> str:
    """Words that were asked for, as a remark repeats them.

    >>> brief("no"), len(brief("no " * 1000))
    ('no', 81)
    """
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def _most(output: Output) -> int | None:
    """How many answers to ask for: for a person who set no limit, one more than is shown."""
    return AT_FIRST + 1 if output.limit is None and output.form is None else output.limit


def _answer_first(found: Iterable[Any], output: Output) -> int:
    """Show what was asked for; a person who set no limit sees the first and how to see more."""
    if _most(output) == output.limit:
        return answer(found, output)
    left = iter(found)
    written = answer(left, output._replace(limit=AT_FIRST))
    if next(left, None):
        note(f"Showing the first {AT_FIRST}; use --limit N for more.")
    return written


def _hint_attitudes(ask: Callable[..., Sequence[Any]], chosen: Filters) -> None:
    """Say how many more there would be with `--all`."""
    if not chosen.get("everything") and (more := len(ask(**{**chosen, "everything": True}))):
        note(f"--all also finds {more} of what was only thought, planned or not said.")


@click.command("who-said")
@click.argument("words")
@question(options.filter_options)
def who_said(words: str, db: Path, chosen: Filters, output: Output) -> None:
    """Who said these words, and which outlets printed them.

    The words are searched as a phrase, in upper or lower case and with any kind of quotation
    marks.

    \b
    Example:
      quotes who-said "secured" --since 2025-02
    """
    with opened(db) as index:
        found = index.who_said(words, limit=_most(output), **chosen)
        if not found:
            note(f"No quotation contains {brief(words)!r}.")
            _hint_attitudes(partial(index.who_said, words), chosen)
            if index.find_speakers(words):
                note(f"It is the name of a speaker; try: quotes by {shlex.quote(words)}")
    finish(_answer_first(found, output))


@click.command()
@click.argument("speaker")
@question(options.filter_options)
def by(speaker: str, db: Path, chosen: Filters, output: Output) -> None:
    """What a speaker said.

    SPEAKER is an id or any of the speaker's names.

    \b
    Example:
      quotes by "Donald Trump" --outlet Reuters
    """
    with opened(db) as index:
        known = index.find_speakers(speaker)
        found = index.by(speaker, limit=_most(output), **chosen)
        if len(known) > 1:
            names = ", ".join(row.name for row in known)
            note(f"{speaker!r} matches several speakers: {names}")
        if not known:
            note(index.nobody_called(speaker))
        elif not found:
            note(f"No quotations by {known[0].name} match these filters.")
            _hint_attitudes(partial(index.by, speaker), chosen)
    finish(_answer_first(found, output))


@click.command()
@question(options.all_option)
def outlets(db: Path, everything: bool, output: Output) -> None:
    """The outlets, with their articles and quotations.

    \b
    Example:
      quotes outlets --csv
    """
    with opened(db) as index:
        rows = index.outlets(everything=everything)
    finish(answer(rows, output))


@click.command()
@question()
def status(db: Path, output: Output) -> None:
    """How much the index contains, of which days, what is unknown, and what could not be read.

    As CSV it lists the failures, one per row.

    \b
    Example:
      quotes status
    """
    with opened(db) as index:
        found = index.status()
    answer([found], output)


@click.command()
@click.argument("id", required=False)
@click.option("--changed", is_flag=True, help="Only utterances with a wording of other meaning.")
@click.option("--speaker", metavar="SPEAKER", help="Only what this speaker said, by any name.")
@question(options.all_option)
def variants(
    id: str | None,
    changed: bool,
    speaker: str | None,
    db: Path,
    everything: bool,
    output: Output,
) -> None:
    """The wordings of one utterance, or of each one that several articles report.

    Each wording is compared with the fullest: what was dropped, added or changed. Then come the
    order in which outlets printed it, how many independent accounts there are, and which
    quotations say it in other words.

    ID is the id of an utterance or of a quotation, as `who-said` shows it, or the beginning of
    one. Without ID, the utterances printed most come first.

    \b
    Example:
      quotes variants --speaker "Donald Trump"
    """
    if id is not None and (changed or speaker):
        raise click.UsageError("--changed and --speaker select utterances; omit ID.")
    with opened(db) as index:
        if id is not None:
            answer([index.variants(id)], output)
            return
        found = index.all_variants(speaker=speaker, changed=changed, everything=everything)
        shown = _answer_first(found, output)
    if not shown:
        such = "such " if changed or speaker else ""
        note(f"No {such}utterance appears in more than one article.")
    finish(shown)


@click.command()
@click.option("--outlet", metavar="OUTLET", help="Only families with an article of this outlet.")
@question()
def families(outlet: str | None, db: Path, output: Output) -> None:
    """Articles that are copies or rewrites of one text, with the outlet it came from.

    \b
    Example:
      quotes families --outlet Reuters
    """
    with opened(db) as index:
        shown = answer(index.families(outlet=outlet, limit=output.limit), output)
    if not shown:
        note("No article copies or rewrites another.")
    finish(shown)


@click.command()
@click.argument("article")
@question(options.speaker_kind_option, options.all_option)
def show(
    article: str, db: Path, speaker_kind: SpeakerKind | None, everything: bool, output: Output
) -> None:
    """An article with its quotations, sources and cues marked.

    ARTICLE is an id or the beginning of one, words of the title, or the name of its file.

    \b
    Example:
      quotes show "Bessent in Kyiv"
    """
    from quotes.present.quotations import narrowed

    with opened(db) as index:
        shown = narrowed(index.show(article), everything=everything, speaker_kind=speaker_kind)
    if output.form in (None, "json", "nl"):
        answer([shown], output)
    else:
        finish(answer(shown.quotations, output))


@click.command()
@click.argument("id")
@question()
def explain(id: str, db: Path, output: Output) -> None:
    """How the speaker of a quotation was identified, step by step.

    ID is the id of a quotation or an utterance, as `who-said` shows it, or the beginning of one.

    \b
    Example:
      quotes explain q0123456789
    """
    with opened(db) as index:
        found = index.explain(id)
    finish(answer(found, output))


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["source", "join", "lookalike", "speaker"]),
    help="Only sources without a name, speakers joined on weak evidence, speakers that look "
    "alike, or names given on weak evidence.",
)
@question()
def review(kind: DoubtKind | None, db: Path, output: Output) -> None:
    """Uncertain decisions about speakers, and the commands that settle them.

    Those that concern most quotations come first. A decision that you settle with `quotes
    speakers merge`, `apart` or another of these commands does not appear again.

    \b
    Example:
      quotes review --kind lookalike
    """
    with opened(db) as index:
        found = index.review(kind=kind)
    if not found:
        note("Nothing is in doubt.")
    finish(_answer_first(found, output))


@click.command()
@click.option(
    "-o",
    "--output-file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of stdout.",
)
@question(options.filter_options)
def export(output_file: Path | None, db: Path, chosen: Filters, output: Output) -> None:
    """Every quotation as printed, one row per quotation, as CSV unless you choose another form.

    \b
    Example:
      quotes export --since 2025-02 -o quotes.csv
    """
    with opened(db) as index:
        rows = index.iter_occurrences(**chosen)
        with (
            output_file.open("w", encoding="utf-8", newline="")
            if output_file
            else nullcontext() as out
        ):
            written = answer(rows, output, default="csv", out=out)
    if output_file:
        note(f"{counted(written, 'quotation')} written to {output_file}")
    finish(written)


@click.command()
@options.db_option
@options.common_options
def datasette(db: Path) -> None:
    """The description of the index for Datasette, as YAML.

    Save it, then browse the index: datasette quotes.db -m datasette.yaml

    \b
    Example:
      quotes datasette > datasette.yaml
    """
    with opened(db) as index:
        click.echo(index.datasette_metadata(), nl=False)
