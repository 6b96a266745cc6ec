"""The commands that change an index: `index`, `remove`, `rebuild`; and `extract`, without one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quotes.cli import options
from quotes.cli.options import Output, answer, finish, note, say, standard_input
from quotes.errors import InputError
from quotes.present import counted

if TYPE_CHECKING:
    from quotes.records import Failure
    from quotes.rows import Extracted, Input, Rebuilt, Summary


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@options.db_option
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
@options.any_language_option
@options.steps_options
@options.common_options
def index(
    paths: tuple[str, ...],
    db: Path,
    manifest: Path | None,
    outlet: str | None,
    workers: int | None,
    any_language: bool,
    **steps: Any,
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

    given = [standard_input("index") if path == "-" else path for path in paths]
    with Index(db, **steps) as opened, progress(given) as report:
        summary = opened.add(
            given,
            manifest=manifest,
            outlet=outlet,
            any_language=any_language,
            workers=workers,
            report=report,
        )
    note(*_summary_text(summary, db))
    finish(0 if summary.failed else summary.added + summary.replaced + summary.unchanged)


def _summary_text(summary: Summary, db: Path) -> list[str]:
    """What a run of `index` did, in a few lines."""
    counts = ("added", "replaced", "unchanged", "failed")
    articles = ((getattr(summary, name), name) for name in counts)
    lines = [f"articles    {_listed(articles) or 'none'}"]
    if summary.languages:
        languages = _listed((count, name) for name, count in summary.languages.items())
        lines.append(f"left out    {languages}: not in English; --any-language reads them")
    if summary.quotations:
        kinds = [(count, kind) for kind, count in summary.kinds.items()]
        lines += [
            f"quotations  {summary.quotations}: {_listed(kinds)}",
            f"speakers    {summary.named} quotations with a speaker's name",
        ]
    for reason, count in islice(summary.abstained.items(), 5):
        lines.append(f"            {count} without: {reason}")
    if summary.left_out:
        left_out = [(count, f"in {region}") for region, count in summary.left_out.items()]
        lines.append(f"skipped     {_listed(left_out)}")
    speakers = counted(summary.speakers, "speaker")
    utterances = counted(summary.utterances, "utterance")
    return [
        *lines,
        f"index       {db}: {speakers}, {utterances} printed more than once",
        f"time        {summary.seconds:.1f} s",
    ]


def _listed(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} {name}" for count, name in counts if count)


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@options.db_option
@options.people_option
@options.common_options
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
@options.db_option
@options.people_option
@click.option("--check", is_flag=True, help="Only compare; exit code 1 if anything would change.")
@options.common_options
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
    note(*_rebuilt(made, check=check))
    finish(not (check and any(each.changed for each in made)))


def _rebuilt(made: Sequence[Rebuilt], *, check: bool) -> list[str]:
    """One line for each kind of derived rows.

    >>> from quotes.rows import Rebuilt
    >>> _rebuilt([Rebuilt("speakers", 17, 17, 0), Rebuilt("groups", 6, 7, 1)], check=False)
    ['speakers    17, as before', 'groups      7, 1 changed (before: 6)']
    """
    same = "as stored" if check else "as before"
    other = "would change (stored: {})" if check else "changed (before: {})"
    return [
        f"{each.what:<11} {each.now}, "
        + (f"{each.changed} {other.format(each.before)}" if each.changed else same)
        for each in made
    ]


@click.command()
@click.argument("file", metavar="FILE|-", type=click.Path(exists=True, allow_dash=True))
@click.option("--outlet", metavar="OUTLET", help="The outlet that published it.")
@options.any_language_option
@options.steps_options
@options.all_option
@options.output_options
@options.common_options
def extract(file: str, outlet: str | None, everything: bool, output: Output, **steps: Any) -> None:
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
    from quotes.present.quotations import attributions, occurrence_of

    lines = output.form == "nl"
    failed: list[Failure] = []
    results = extract_each([_to_extract(file, lines=lines)], outlet=outlet, **steps)
    found = _without_failures(results, failed)
    if lines:
        written = 0
        for article, quotations in islice(found, output.limit):
            sys.stdout.writelines(attributions(article, quotations))
            written += bool(sys.stdout.write("\n"))
        if not written and not failed:
            note('There is no article; write JSON lines such as {"text": "..."}.')
    else:
        rows = (
            occurrence_of(article, quotation)
            for article, quotations in found
            for quotation in quotations
            if everything or quotation.is_said
        )
        written = answer(rows, output, default="table")
        if not written and not failed:
            more = "" if everything else " --all also finds what was thought, planned or not said."
            note(f"No quotations found.{more}")
    finish(0 if failed else written)


@click.command()
@options.question()
def doctor(db: Path, output: Output) -> None:
    """Whether this machine, this installation and the index can be worked with.

    Of what is missing or damaged it says what to do; the exit code is then 1.

    \b
    Example:
      quotes doctor
    """
    from quotes.api import doctor as examine

    found = list(examine(db))
    answer(found, output, default="table")
    finish(not any(each.is_fault for each in found))


_MOST_BYTES = 50_000_000
"""Read from stdin: more than any article has, which is then refused as too long."""


def _to_extract(file: str, *, lines: bool) -> Input:
    """What `extract` reads: JSON lines, or a file as `index` takes it, or a text on stdin."""
    from quotes.api import is_article_file

    if file == "-":
        stdin = standard_input("extract")
        if lines:
            return stdin
        text = stdin.read(_MOST_BYTES).decode("utf-8", "replace")
        if not text.strip():
            raise InputError("there is no text on stdin; pipe an article to `quotes extract -`")
        return {"text": text}
    if lines and not is_article_file(file):
        return click.get_current_context().with_resource(open(file, "rb"))
    return file


def _without_failures(
    results: Iterable[Extracted | Failure], failed: list[Failure]
) -> Iterator[Extracted]:
    """Articles with their quotations; failures are shown and gathered."""
    from quotes.records import Failure

    for each in results:
        if isinstance(each, Failure):
            say(f"{each.path}: {each.message}")
            failed.append(each)
        else:
            yield each
