"""The command line: what was asked for goes in, answers go to stdout, all else to stderr.

Commands parse their arguments and call `pipeline`, `query` and `present`; those are loaded
inside the commands, so that help is quick and a question never loads a model.  Exit codes:
0 something found, 1 nothing found or some input failed, 2 the command could not run,
130 interrupted, 141 the reader of our output went away.
"""

from __future__ import annotations

import errno
import logging
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import reduce, wraps
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, TypeVar

import click

from quotes.errors import NothingFoundError, QuotesError
from quotes.records import Article, Failure

if TYPE_CHECKING:
    import sqlite3

    from quotes.pipeline import ArticleResult, Report, Steps, Summary
    from quotes.present import Form, Row
    from quotes.records import Kind

FOUND, NOTHING, UNUSABLE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141

FORMS: Mapping[str, str] = {
    "csv": "Comma-separated, one row a printed quotation.",
    "tsv": "Tab-separated, one row a printed quotation.",
    "nl": "JSON lines.",
    "json": "One JSON array.",
    "table": "A table.",
}

ARTICLE_SUFFIXES = frozenset({".txt", ".html", ".htm", ".csv", ".jsonl", ".ndjson"})

Command = TypeVar("Command", bound=Callable[..., Any])


# What every command shares


class Guarded(click.Group):
    """The group of commands: turns errors into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a traceback is for `-v` alone."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("Stopped; what was written stays. Run it again to go on.", err=True)
            ctx.exit(INTERRUPTED)
        except Exception as error:
            ctx.exit(_told(ctx, error))
        return result


def _told(ctx: click.Context, error: Exception) -> int:
    """Say what went wrong, and give the exit code for it."""
    if isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.EINVAL):
        _silence_stdout()
        return PIPE_CLOSED
    if ctx.meta.get("quotes.verbose"):
        click.echo(traceback.format_exc(), err=True, nl=False)
    if isinstance(error, NothingFoundError):
        click.echo(str(error), err=True)
        return NOTHING
    if isinstance(error, QuotesError):
        click.echo(f"Error: {error}", err=True)
    elif isinstance(error, OSError):
        click.echo(f"Error: {error.filename or 'output'}: {error.strerror or error}", err=True)
    else:
        again = "" if ctx.meta.get("quotes.verbose") else "; -v shows where"
        click.echo(f"Error: {type(error).__name__}: {error}{again}", err=True)
    return UNUSABLE


def _silence_stdout() -> None:
    """Let the flush at exit go nowhere: whoever read our output has left."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Echo(logging.Handler):
    """Log lines on stderr, as a person reads them."""

    def emit(self, record: logging.LogRecord) -> None:
        level = "" if record.levelno < logging.WARNING else f"{record.levelname.capitalize()}: "
        click.echo(level + record.getMessage(), err=True)


@contextmanager
def _logging(level: int) -> Iterator[None]:
    logger, handler = logging.getLogger("quotes"), _Echo()
    before = logger.level
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def _set_verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta["quotes.verbose"] = value
    ctx.with_resource(_logging(logging.INFO if value else logging.WARNING))


def _set_silent(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta["quotes.silent"] = value


def _note(message: str) -> None:
    """A remark for people on stderr, unless they asked for silence."""
    if not click.get_current_context().meta.get("quotes.silent"):
        click.echo(message, err=True)


def _stacked(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, listed in this order in the help."""

    def decorate(command: Command) -> Command:
        return reduce(lambda made, option: option(made), reversed(options), command)

    return decorate


common_options = _stacked(
    click.option(
        "--silent",
        is_flag=True,
        callback=_set_silent,
        expose_value=False,
        help="No progress and no remarks on stderr; errors stay.",
    ),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        callback=_set_verbose,
        expose_value=False,
        help="Say what is being done; errors with a traceback.",
    ),
)

db_option = click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    default="quotes.db",
    envvar="QUOTES_DB",
    show_default=True,
    show_envvar=True,
    help="The index.",
)

steps_options = _stacked(
    click.option(
        "--people",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Your own names, aliases and roles (people.toml).",
    ),
    click.option(
        "--stanza-package", metavar="NAME", help="Take sentences from this official Stanza package."
    ),
)


@dataclass(frozen=True, slots=True)
class Output:
    """How the answer is wanted; `form` is None where no flag names one."""

    form: Form | None
    headers: bool
    bom: bool
    limit: int | None


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags for how an answer is written, handed to the command as `output`."""

    @wraps(command)
    def gathered(*args: Any, no_headers: bool, bom: bool, limit: int | None, **rest: Any) -> Any:
        chosen = [form for form in FORMS if rest.pop(f"as_{form}")]
        if len(chosen) > 1:
            flags = " and ".join(f"--{form}" for form in chosen)
            raise click.UsageError(f"{flags} exclude each other; name one.")
        form: Any = chosen[0] if chosen else None
        return command(*args, output=Output(form, not no_headers, bom, limit), **rest)

    short = {"table": ["-t"]}
    return _stacked(
        *(
            click.option(*short.get(form, []), f"--{form}", f"as_{form}", is_flag=True, help=words)
            for form, words in FORMS.items()
        ),
        click.option("--no-headers", is_flag=True, help="Leave the column names out."),
        click.option("--bom", is_flag=True, help="Begin with a byte order mark, for Excel."),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N."),
    )(gathered)


all_option = click.option(
    "--all",
    is_flag=True,
    help="Beliefs, knowledge, wishes and plans as well, not only what was said.",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What narrows a question, in the words of `query`."""

    everything: bool
    kind: Kind | None
    outlet: str | None
    since: str | None
    until: str | None


class IsoDate(click.ParamType[str]):
    """A year, a month or a day: 2025, 2025-02 or 2025-02-12."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The date as it was typed, if it is one."""
        padded = f"{value}{'-01-01'[len(value) - 4 :]}" if len(value) in (4, 7) else value
        try:
            date.fromisoformat(padded)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2025-02-12.", param, ctx)
        return str(value)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags that narrow a question, handed to the command as `chosen`."""

    @wraps(command)
    def gathered(
        *args: Any,
        kind: Kind | None,
        outlet: str | None,
        since: str | None,
        until: str | None,
        all: bool,
        **rest: Any,
    ) -> Any:
        return command(*args, chosen=Chosen(all, kind, outlet, since, until), **rest)

    return _stacked(
        click.option("--kind", type=click.Choice(["direct", "mixed", "indirect"])),
        click.option("--outlet", metavar="NAME", help="Only what this outlet printed."),
        click.option("--since", type=IsoDate(), help="Printed on this day or later."),
        click.option("--until", type=IsoDate(), help="Printed on this day or before."),
        all_option,
    )(gathered)


@contextmanager
def _opened(db: Path) -> Iterator[sqlite3.Connection]:
    """The index, to ask only."""
    from quotes.schema import open_index

    connection = open_index(db, readonly=True)
    try:
        yield connection
    finally:
        connection.close()


def _answer(
    rows: Iterable[Row], output: Output, *, default: Form = "text", out: TextIO | None = None
) -> int:
    """Write rows to stdout, or to `out`; gives how many there were."""
    from quotes.present import write_rows

    return write_rows(
        islice(rows, output.limit),
        out or sys.stdout,
        output.form or default,
        headers=output.headers,
        bom=output.bom,
    )


def _finish(written: int) -> None:
    """Leave with the exit code for so many answers."""
    if not written:
        raise click.exceptions.Exit(NOTHING)


@click.group(cls=Guarded, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quotes")
def cli() -> None:
    """Who said what, in which words, and who printed it.

    Begin with `quotes index FOLDER`, then ask: `quotes who-said "words"`.

    Exit codes: 0 found; 1 nothing found, or some input failed; 2 could not run.
    """


def main() -> None:
    """Run the command line: the `quotes` script."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    cli()


# Reading articles


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@db_option
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV with the columns file, outlet, published.",
)
@click.option("--outlet", metavar="NAME", help="Who published these articles.")
@steps_options
@common_options
def index(
    paths: tuple[str, ...],
    db: Path,
    manifest: Path | None,
    outlet: str | None,
    people: Path | None,
    stanza_package: str | None,
) -> None:
    """Read articles into the index: files (.txt, .html, .jsonl, .csv), folders, - for stdin.

    An article already in the index is left alone; a changed one replaces its old rows.
    A people.toml beside the index is used unless --people names another.
    """
    from quotes.pipeline import add_articles, load_steps
    from quotes.schema import open_index

    beside = db.with_name("people.toml")
    steps = load_steps(
        people=people or (beside if beside.is_file() else None), stanza_package=stanza_package
    )
    connection = open_index(db)
    try:
        with _progress(paths) as report:
            incoming = _incoming(paths, manifest=manifest, outlet=outlet)
            summary = add_articles(connection, incoming, steps, report=report)
    finally:
        connection.close()
    _note(_summary_text(summary, db))
    if summary.failed or not summary.added + summary.replaced + summary.unchanged:
        raise click.exceptions.Exit(NOTHING)


def _incoming(
    paths: Iterable[str], *, manifest: Path | None, outlet: str | None
) -> Iterator[Article | Failure]:
    """The articles of files, folders and stdin, in the order named."""
    from quotes.ingest import read_articles, read_records

    for stdin, group in groupby(paths, key=lambda path: path == "-"):
        if stdin:
            yield from read_records(_stdin(), name="stdin", outlet=outlet)
        else:
            yield from read_articles(list(group), manifest=manifest, outlet=outlet)


def _stdin() -> BinaryIO:
    """Standard input as bytes: what encoding it has is for `ingest` to say."""
    return sys.stdin.buffer


@contextmanager
def _progress(paths: Iterable[str]) -> Iterator[Report]:
    """A progress bar on stderr while articles are read; failures are told as they come."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    silent = click.get_current_context().meta.get("quotes.silent", False)
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("articles"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=silent or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("reading", total=None if bar.disable else _expected(paths))

        def report(each: Article | Failure) -> None:
            bar.advance(task)
            if isinstance(each, Failure):
                click.echo(f"{each.path}: {each.message}", err=True)

        yield report


def _expected(paths: Iterable[str]) -> int | None:
    """About how many articles there are: one a file, one a line in files of lines."""
    if "-" in paths:
        return None
    return sum(_in_file(file) for path in paths for file in _files(Path(path)))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names)


def _in_file(path: Path) -> int:
    known = path.suffix.lower()
    if known not in (".jsonl", ".ndjson", ".csv"):
        return int(known in (".txt", ".html", ".htm"))
    try:
        with path.open("rb") as stream:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
    except OSError:
        return 1


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
        f"{db} holds {summary.speakers} speakers and {summary.utterances} utterances "
        f"printed more than once; {summary.seconds:.1f} s"
    )
    return "\n".join(lines)


def _listed(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} {name}" for count, name in counts if count)


@cli.command()
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
    all: bool,
    output: Output,
) -> None:
    """The quotations of one text, without an index; - is stdin.

    With --nl it reads JSON lines, {"id", "text", "outlet"?, "title"?, "date"?, "url"?}, and
    prints a line for each, in order: {"id", "attributions": [...]}, every attitude included.
    Offsets count code points of the text.
    """
    from quotes.pipeline import load_steps

    steps = load_steps(people=people, stanza_package=stanza_package)
    failures: list[Failure] = []
    incoming = _to_extract(file, outlet, lines=output.form == "nl")
    results = _extracted(incoming, steps, failures)
    if output.form == "nl":
        written = _print_attributions(results, output.limit)
    else:
        written = _answer(_found(results, all), output, default="table")
        if not written and not failures:
            _note("No quotations found." + ("" if all else " --all shows beliefs and plans too."))
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
        yield from _incoming([file], manifest=None, outlet=outlet)


def _extracted(
    incoming: Iterator[Article | Failure], steps: Steps, failures: list[Failure]
) -> Iterator[ArticleResult]:
    """Results in order, as they are ready; failures are told and gathered."""
    from quotes.pipeline import BATCH, read_batch

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


# Asking


@cli.command("who-said")
@click.argument("words")
@db_option
@filter_options
@output_options
@common_options
def who_said(words: str, db: Path, chosen: Chosen, output: Output) -> None:
    """Who said these words: speaker, wording, kind, outlets that carried it, first date.

    The words are searched as a phrase, in any case and with any kind of quotation marks.
    """
    from quotes import query

    with _opened(db) as index:
        found = query.who_said(index, words, limit=output.limit, **asdict(chosen))
        if not found:
            _note(f"Nobody is on record with {words!r}.")
            _hint_attitudes(lambda **more: query.who_said(index, words, **more), chosen)
            if query.find_speakers(index, words):
                _note(f"It is the name of a speaker: quotes by {shlex.quote(words)}")
    _finish(_answer(found, output))


def _hint_attitudes(ask: Callable[..., Sequence[Row]], chosen: Chosen) -> None:
    """Say how many more there would be with `--all`."""
    if chosen.everything:
        return
    if more := len(ask(**asdict(replace(chosen, everything=True)))):
        _note(f"--all shows {more} that report a belief, a wish or a plan.")


@cli.command()
@click.argument("speaker")
@db_option
@filter_options
@output_options
@common_options
def by(speaker: str, db: Path, chosen: Chosen, output: Output) -> None:
    """What a speaker said; any name the speaker goes by will do."""
    from quotes import query

    with _opened(db) as index:
        known = query.find_speakers(index, speaker)
        found = query.by(index, speaker, limit=output.limit, **asdict(chosen))
        if len(known) > 1:
            _note(f"{speaker!r} is several: {', '.join(row.name for row in known)}")
        if not known:
            _note(f"No speaker goes by {speaker!r}.{_nearest(index, speaker)}")
        elif not found:
            _note(f"Nothing by {known[0].name} fits.")
            _hint_attitudes(lambda **more: query.by(index, speaker, **more), chosen)
    _finish(_answer(found, output))


def _nearest(index: sqlite3.Connection, name: str) -> str:
    """A hint at speakers with a name like this one."""
    from difflib import get_close_matches

    from quotes import query

    names = {
        alias.lower(): row.name
        for row in query.speakers(index, everything=True)
        for alias in (row.name, *row.aliases, *row.name.split())
    }
    close = get_close_matches(name.lower(), names, n=3, cutoff=0.75)
    found = ", ".join(dict.fromkeys(names[each] for each in close))
    return f" Did you mean {found}?" if found else " `quotes speakers` lists who there is."


@cli.command()
@db_option
@all_option
@output_options
@common_options
def speakers(db: Path, all: bool, output: Output) -> None:
    """Who is in the index: name, role, other names seen, quotations, outlets."""
    from quotes import query

    with _opened(db) as index:
        rows = query.speakers(index, limit=output.limit, everything=all)
    _finish(_answer(rows, output))


@cli.command()
@db_option
@all_option
@output_options
@common_options
def outlets(db: Path, all: bool, output: Output) -> None:
    """The outlets in the index, with their articles and quotations."""
    from quotes import query

    with _opened(db) as index:
        rows = query.outlets(index, everything=all)
    _finish(_answer(rows, output))


@cli.command()
@click.argument("id")
@db_option
@output_options
@common_options
def variants(id: str, db: Path, output: Output) -> None:
    """The wordings of one utterance, outlet and date each; ID as `who-said` shows it."""
    from quotes import query
    from quotes.present import Page

    with _opened(db) as index:
        utterance = query.variants(index, id)
    if output.form is None:
        Page(sys.stdout).variants(utterance.occurrences[: output.limit])
    else:
        _answer(utterance.occurrences, output)


@cli.command()
@click.argument("article")
@db_option
@all_option
@output_options
@common_options
def show(article: str, db: Path, all: bool, output: Output) -> None:
    """An article with its quotations, sources and cues marked.

    ARTICLE is an id or its beginning, words of the title, or the name of its file.
    """
    from quotes import query
    from quotes.present import Page, assertions, shown_record, write_records

    with _opened(db) as index:
        shown = query.show(index, article)
    if not all:
        shown = assertions(shown)
    if output.form is None:
        Page(sys.stdout).article(shown)
    elif output.form in ("json", "nl"):
        write_records([shown_record(shown)], sys.stdout, output.form)
    else:
        _finish(_answer(shown.quotations, output))


@cli.command()
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
    """Every quotation as printed, one a row: CSV unless another form is named."""
    from quotes import query

    with _opened(db) as index:
        rows = query.occurrences(index, **asdict(chosen))
        if output_file is None:
            _finish(_answer(rows, output, default="csv"))
            return
        with output_file.open("w", encoding="utf-8", newline="") as out:
            written = _answer(rows, output, default="csv", out=out)
    _note(f"{written} quotations in {output_file}")
    _finish(written)
