"""The commands that change an index: `index`, `remove`, `rebuild`; and `extract`, without one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quotes.cli.options import (
    NOTHING,
    Output,
    all_option,
    answer,
    common_options,
    db_option,
    note,
    output_options,
    people_option,
    steps_options,
)
from quotes.errors import InputError
from quotes.present import counted

if TYPE_CHECKING:
    from quotes.records import Failure
    from quotes.rows import Extracted, Input, Occurrence, Rebuilt, Summary


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@db_option
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A CSV file with the columns file, outlet and published.",
)
@click.option("--outlet", metavar="OUTLET", help="The outlet that published these articles.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes read; one per core unless given.",
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
    An article that the index contains already is skipped; a changed one replaces the old one.
    You can stop it at any time and run the same command again to continue.
    The index uses the people.toml beside it unless --people names another, and the people.db
    beside it (see `quotes people import`).

    \b
    Example:
      quotes index articles --outlet Reuters
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
        lines.append(f"skipped     {_listed(left_out)}")
    lines.append(
        f"index       {db}: {counted(summary.speakers, 'speaker')}, "
        f"{counted(summary.utterances, 'utterance')} printed more than once"
    )
    lines.append(f"time        {summary.seconds:.1f} s")
    return "\n".join(lines)


def _listed(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} {name}" for count, name in counts if count)


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@db_option
@people_option
@common_options
def remove(articles: tuple[str, ...], db: Path, people: Path | None) -> None:
    """Remove articles from the index.

    ARTICLE is an id or the beginning of one, words of the title, or the name of its file. The
    file itself stays: `quotes index` reads it again.

    \b
    Example:
      quotes remove "Bessent in Kyiv"
    """
    from quotes.api import Index

    with Index(db, create=False, people=people) as index:
        gone = index.remove(*articles)
    note(f"{counted(gone, 'article')} removed")


@click.command()
@db_option
@people_option
@click.option("--check", is_flag=True, help="Only compare; exit code 1 if anything would change.")
@common_options
def rebuild(db: Path, people: Path | None, check: bool) -> None:
    """Group speakers, utterances, copied articles and paraphrases again, and report what changed.

    No article is read again, and your decisions stay. Nothing changes unless the people file or
    this program is newer than the index. Questions are answered meanwhile; if you stop it, the
    index stays as it was.

    \b
    Example:
      quotes rebuild --check
    """
    from quotes.api import Index
    from quotes.cli.progress import bar

    with Index(db, create=False, people=people) as index, bar(None) as shown:
        task = shown.add_task("", total=None)

        def progress(what: str, done: int, of: int) -> None:
            shown.update(task, description=what, completed=done, total=of or None)

        made = index.rebuild(check=check, progress=progress)
    note(_rebuilt(made, check=check))
    if check and any(each.changed for each in made):
        raise click.exceptions.Exit(NOTHING)


def _rebuilt(made: Sequence[Rebuilt], *, check: bool) -> str:
    """One line for each kind of derived rows.

    >>> from quotes.rows import Rebuilt
    >>> print(_rebuilt([Rebuilt("speakers", 17, 17, 0), Rebuilt("groups", 6, 7, 1)], check=False))
    speakers    17, as before
    groups      7, 1 changed (before: 6)
    """
    return "\n".join(f"{each.what:<11} {each.now}, {_changed(each, check)}" for each in made)


def _changed(made: Rebuilt, check: bool) -> str:
    if not made.changed:
        return "as stored" if check else "as before"
    if check:
        return f"{made.changed} would change (stored: {made.before})"
    return f"{made.changed} changed (before: {made.before})"


@click.command()
@click.argument("file", metavar="FILE|-", type=click.Path(exists=True, allow_dash=True))
@click.option("--outlet", metavar="OUTLET", help="The outlet that published it.")
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
    everything: bool,
    output: Output,
) -> None:
    """The quotations of one text, without an index.

    FILE is a file that `quotes index` reads, or - for one text on stdin.

    With --nl it reads JSON lines, {"id", "text", "outlet"?, "title"?, "date"?, "url"?}, and
    prints one line for each, in order: {"id", "attributions": [...]}, including beliefs, wishes
    and plans. Offsets count code points of the text.

    \b
    Example:
      quotes extract article.txt
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
            written = answer(_rows(found, everything), output, default="table")
            if not written and not failed:
                more = "" if everything else " --all also finds beliefs, wishes and plans."
                note(f"No quotations found.{more}")
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


def _rows(found: Iterable[Extracted], everything: bool) -> Iterator[Occurrence]:
    from quotes.present.quotations import occurrence_of

    for article, quotations in found:
        for quotation in quotations:
            if everything or quotation.attitude == "assertion":
                yield occurrence_of(article, quotation)
