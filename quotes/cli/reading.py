"""The commands that read articles: `index` and `extract`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

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
from quotes.cli.progress import progress

if TYPE_CHECKING:
    from quotes.ingest import ReadFiles
    from quotes.present import Row
    from quotes.records import Article, Failure
    from quotes.run.archive import Done, Summary
    from quotes.run.article import ArticleResult, Steps

ARTICLE_SUFFIXES = frozenset({".txt", ".html", ".htm", ".csv", ".jsonl", ".ndjson"})


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
    help="Processes that read; all cores by default, 1 for none beside this one.",
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
    An article already in the index is left alone; a changed one replaces its old rows.
    It can be stopped at any time: what was written stays, and the same command goes on.
    A people.toml beside the index is used unless --people names another, and a people.db
    beside it (`quotes people import`) in any case.
    """
    from quotes.index.opening import open_index
    from quotes.people.known import people_files
    from quotes.run.archive import KnownFiles, add_articles
    from quotes.run.article import load_steps
    from quotes.run.pool import Pool, all_cores, read_files

    own, imported = people_files(db, people)
    steps = load_steps(
        people=own,
        imported=imported,
        stanza_package=stanza_package,
        stanza_processors=stanza_processors,
        later=True,
    )
    with (
        closing(open_index(db)) as connection,
        Pool(steps, workers=workers or all_cores()) as pool,
        progress(paths) as report,
    ):
        known = KnownFiles(connection, steps.version)
        files = known.passing_over(partial(read_files, pool=pool))
        found = _incoming(paths, manifest=manifest, outlet=outlet, files=files)
        incoming = _without(found, _own_files(db, people))

        def told(done: Done) -> None:
            known.remember(done)
            report(done)

        summary = add_articles(connection, incoming, steps, pool=pool, report=told)
    note(_summary_text(summary, db))
    if summary.failed or not summary.added + summary.replaced + summary.unchanged:
        raise click.exceptions.Exit(NOTHING)


def _incoming(
    paths: Iterable[str],
    *,
    manifest: Path | None = None,
    outlet: str | None,
    files: ReadFiles | None = None,
) -> Iterator[Article | Failure]:
    """The articles of files, folders and stdin, in the order named."""
    from quotes.ingest import read_articles, read_records

    chosen = {} if files is None else {"files": files}
    for stdin, group in groupby(paths, key=lambda path: path == "-"):
        if stdin:
            yield from read_records(_stdin(), name="stdin", outlet=outlet)
        else:
            yield from read_articles(list(group), manifest=manifest, outlet=outlet, **chosen)


def _own_files(db: Path, people: Path | None) -> frozenset[Path]:
    """What may lie among the articles without being one: the index and what belongs to it."""
    from quotes.people.known import IMPORTED_FILE, PEOPLE_FILE

    beside = [db.with_name(db.name + end) for end in ("", "-wal", "-shm", "-journal")]
    named = [people] if people else []
    known = [db.with_name(n) for n in (PEOPLE_FILE, IMPORTED_FILE, "datasette.yaml")]
    own = (*beside, *named, *known)
    return frozenset(path.resolve() for path in own)


def _without(
    incoming: Iterable[Article | Failure], own: frozenset[Path]
) -> Iterator[Article | Failure]:
    from quotes.records import Failure

    for each in incoming:
        if not (isinstance(each, Failure) and Path(each.path).resolve() in own):
            yield each


def _stdin() -> BinaryIO:
    """Standard input as bytes: what encoding it has is for `ingest` to say."""
    return sys.stdin.buffer


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
    prints a line for each, in order: {"id", "attributions": [...]}, every attitude included.
    Offsets count code points of the text.
    """
    from quotes.run.article import load_steps

    steps = load_steps(
        people=people, stanza_package=stanza_package, stanza_processors=stanza_processors
    )
    failures: list[Failure] = []
    incoming = _to_extract(file, outlet, lines=output.form == "nl")
    results = _extracted(incoming, steps, failures)
    if output.form == "nl":
        written = _print_attributions(results, output.limit)
    else:
        written = answer(_found(results, all), output, default="table")
        if not written and not failures:
            note("No quotations found." + ("" if all else " --all shows beliefs and plans too."))
    if failures or not written:
        raise click.exceptions.Exit(NOTHING)


def _to_extract(file: str, outlet: str | None, *, lines: bool) -> Iterator[Article | Failure]:
    """What `extract` reads: JSON lines, or files as `index` takes them, or a text on stdin."""
    from quotes.ingest import article_from_record, read_records

    if file == "-" and not lines:
        text = _stdin().read().decode("utf-8", "replace")
        given = {"text": text, "outlet": outlet}
        yield article_from_record(given, path="stdin")
    elif lines and file != "-" and Path(file).suffix.lower() not in ARTICLE_SUFFIXES:
        with open(file, "rb") as stream:
            yield from read_records(stream, name=file, outlet=outlet)
    else:
        yield from _incoming([file], outlet=outlet)


def _extracted(
    incoming: Iterator[Article | Failure], steps: Steps, failures: list[Failure]
) -> Iterator[ArticleResult]:
    """Results in order, as they are ready; failures are told and gathered."""
    from quotes.records import Article, Failure
    from quotes.run.article import BATCH, read_batch

    def told(failure: Failure) -> None:
        click.echo(f"{failure.path}: {failure.message}", err=True)
        failures.append(failure)

    while batch := list(islice(incoming, BATCH)):
        articles = [each for each in batch if isinstance(each, Article)]
        for failure in batch:
            if isinstance(failure, Failure):
                told(failure)
        for result in read_batch(articles, steps) if articles else ():
            if isinstance(result, Failure):
                told(result)
            else:
                yield result


def _print_attributions(results: Iterable[ArticleResult], limit: int | None) -> int:
    from quotes.present import attributions, write_records

    records = (attributions(result.annotated.article, result.quotations) for result in results)
    return write_records(islice(records, limit), sys.stdout, "nl")


def _found(results: Iterable[ArticleResult], all: bool) -> Iterator[Row]:
    from quotes.present import occurrence_of

    for result in results:
        for quotation in result.quotations:
            if all or quotation.attitude == "assertion":
                yield occurrence_of(result.annotated.article, quotation)
