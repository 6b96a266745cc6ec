"""The commands that read articles: `index` and `extract`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quotes.cli.guard import NOTHING, note
from quotes.cli.options import (
    Output,
    all_option,
    answer,
    common_options,
    db_option,
    output_options,
    steps_options,
)
from quotes.errors import InputError

if TYPE_CHECKING:
    from quotes.records import Failure
    from quotes.rows import Extracted, Input, Occurrence, Summary


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@db_option
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV with the columns file, outlet, published.",
)
@click.option("--outlet", metavar="NAME", help="Who published these articles.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that read; by default one per core.",
)
@steps_options
@common_options
def index(
    paths: tuple[str, ...],
    db: Path,
    manifest: Path | None,
    outlet: str | None,
    workers: int | None,
    people: Path | None,
    stanza_package: str | None,
    stanza_processors: str | None,
) -> None:
    """Read articles into the index.

    PATH is a file (.txt, .html, .jsonl, .ndjson, .csv), a folder, or - for JSON lines on stdin.
    Articles that the index contains unchanged are skipped; a changed article replaces its old
    version. You can stop the command at any time: what was written stays, and the same command
    continues. A people.toml beside the index is used unless --people names another file; a
    people.db beside it (`quotes people import`) is always used.

    Example: quotes index articles --outlet "Kyiv Post"
    """
    from quotes.api import Index
    from quotes.cli.progress import progress

    given = [sys.stdin.buffer if path == "-" else path for path in paths]
    with (
        Index(
            db,
            people=people,
            stanza_package=stanza_package,
            stanza_processors=stanza_processors,
        ) as opened,
        progress(given) as report,
    ):
        summary = opened.add(
            given, manifest=manifest, outlet=outlet, workers=workers, report=report
        )
    note(_summary_text(summary, db))
    if summary.failed or not summary.added + summary.replaced + summary.unchanged:
        raise click.exceptions.Exit(NOTHING)


def _summary_text(summary: Summary, db: Path) -> str:
    """What a run of `index` did, in a few lines."""
    articles = (
        (summary.added, "added"),
        (summary.replaced, "replaced"),
        (summary.unchanged, "unchanged"),
        (summary.failed, "failed"),
    )
    lines = [f"articles    {_listed(articles) or 'none'}"]
    if summary.quotations:
        kinds = [(count, kind) for kind, count in summary.kinds.items()]
        lines += [
            f"quotations  {summary.quotations}: {_listed(kinds)}",
            f"speakers    {summary.named} quotations with a speaker's name",
        ]
    if summary.abstained:
        lines += [
            f"            {count} without: {reason}"
            for reason, count in islice(summary.abstained.items(), 5)
        ]
    if summary.left_out:
        left_out = [(count, f"in {region}") for region, count in summary.left_out.items()]
        lines.append(f"left out    {_listed(left_out)}")
    lines.append(
        f"index       {db}: {_counted(summary.speakers, 'speaker')}, "
        f"{_counted(summary.utterances, 'utterance')} printed more than once"
    )
    lines.append(f"time        {summary.seconds:.1f} s")
    return "\n".join(lines)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _listed(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} {name}" for count, name in counts if count)


@click.command()
@click.argument("file", metavar="FILE|-", type=click.Path(exists=True, allow_dash=True))
@click.option("--outlet", metavar="NAME", help="Who published it.")
@steps_options
@all_option
@output_options
@common_options
def extract(
    file: str,
    outlet: str | None,
    people: Path | None,
    stanza_package: str | None,
    stanza_processors: str | None,
    all: bool,
    output: Output,
) -> None:
    """The quotations of one text, without an index.

    FILE is like a PATH of `index`; - is one text on stdin.

    With --nl it reads JSON lines, {"id", "text", "outlet"?, "title"?, "date"?, "url"?}, and
    prints one line per article, in order: {"id", "attributions": [...]}, with beliefs and plans.
    Offsets count code points of the text.

    Example: quotes extract article.txt
    """
    from quotes.api import extract_each

    lines = output.form == "nl"
    with _to_extract(file, lines=lines) as given:
        results = extract_each(
            [given],
            outlet=outlet,
            people=people,
            stanza_package=stanza_package,
            stanza_processors=stanza_processors,
        )
        failed: list[Failure] = []
        found = _without_failures(results, failed)
        if lines:
            written = _print_attributions(found, output.limit)
        else:
            written = answer(_rows(found, all), output, default="table")
            if not written and not failed:
                note(
                    "No quotations found." + ("" if all else " --all shows beliefs and plans too.")
                )
    if failed or not written:
        raise click.exceptions.Exit(NOTHING)


@contextmanager
def _to_extract(file: str, *, lines: bool) -> Iterator[Input]:
    """What `extract` reads: JSON lines, or a file as `index` takes it, or a text on stdin."""
    from quotes.api import is_article_file

    if file == "-" and lines:
        yield sys.stdin.buffer
    elif file == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        if not text.strip():
            raise InputError("there is no text on stdin; pipe an article to `quotes extract -`")
        yield {"text": text}
    elif lines and not is_article_file(file):
        with open(file, "rb") as stream:
            yield stream
    else:
        yield file


def _without_failures(
    results: Iterable[Extracted | Failure], failed: list[Failure]
) -> Iterator[Extracted]:
    """Articles with their quotations; failures are shown and gathered."""
    from quotes.records import Failure

    for each in results:
        if isinstance(each, Failure):
            click.echo(f"{each.path}: {each.message}", err=True)
            failed.append(each)
        else:
            yield each


def _print_attributions(found: Iterable[Extracted], limit: int | None) -> int:
    from quotes.present import write_lines
    from quotes.present.quotations import attributions

    records = (attributions(article, quotations) for article, quotations in found)
    return write_lines(islice(records, limit), sys.stdout)


def _rows(found: Iterable[Extracted], all: bool) -> Iterator[Occurrence]:
    from quotes.present.quotations import occurrence_of

    for article, quotations in found:
        for quotation in quotations:
            if all or quotation.attitude == "assertion":
                yield occurrence_of(article, quotation)
