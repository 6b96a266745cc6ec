"""How far a run of `index` is: a bar in a terminal, now and then a line in a log.

The time left is reckoned from the words read so far; articles that the index held already
count as done and say nothing of the speed, so a run that goes on where another was stopped
tells the truth too.
"""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from rich.progress import Progress

    from quotes.run.archive import Done, Report

EVERY_SECONDS = 60.0
"""How often a log gets a line; a run shorter than that gets none."""

SINGLE = frozenset({".txt", ".html", ".htm"})
LINES = frozenset({".jsonl", ".ndjson"})

COUNTED_BYTES = 32 << 20
"""Files of many articles are counted through up to this size together, else sampled."""

_PLACES, _PLACE_BYTES = 64, 128 << 10


class Expected(NamedTuple):
    """How many articles there will be, None where nobody knows; `exact` unless sampled."""

    articles: int | None
    exact: bool


@dataclass(slots=True)
class Pace:
    """Counts of a run while it goes on."""

    expected: Expected
    clock: Callable[[], float] = time.monotonic
    begun: float = 0.0
    done: int = 0
    quotations: int = 0
    articles: int = 0
    words: int = 0
    words_read: int = 0

    def __post_init__(self) -> None:
        """The clock runs from now on."""
        self.begun = self.clock()

    def take(self, done: Done) -> None:
        """Count one article or file; the clock of the reading starts after what was held."""
        from quotes.records import Article

        self.done += 1
        if not isinstance(done.what, Article):
            return
        words = len(done.what.text.split())
        self.articles += 1
        self.words += words
        if done.quotations is not None:
            self.words_read += words
            self.quotations += done.quotations
        elif not self.words_read:
            self.begun = self.clock()

    @property
    def total(self) -> int | None:
        """Articles to be dealt with, as far as is known."""
        articles = self.expected.articles
        return articles if articles is None or self.expected.exact else max(articles, self.done)

    @property
    def words_a_second(self) -> float:
        """Of those read; 0 before the first."""
        return self.words_read / max(self.clock() - self.begun, 0.001)

    @property
    def seconds_left(self) -> float | None:
        """None while nothing is known of the speed or of the end."""
        if self.total is None or not self.words_read:
            return None
        words_left = (self.total - self.done) * self.words / self.articles
        return max(words_left / self.words_a_second, 0.0)

    def so_far(self) -> str:
        """Articles and quotations, and the time left if it is known.

        >>> Pace(Expected(50000, exact=False)).so_far()
        '0 of about 50,000 articles, 0 quotations'
        """
        about = "" if self.expected.exact else "about "
        of = f" of {about}{self.total:,}" if self.total is not None else ""
        told = f"{self.done:,}{of} articles, {self.quotations:,} quotations"
        left = self.seconds_left
        return told if left is None else f"{told}, {duration(left)} left"


def duration(seconds: float) -> str:
    """A time as people say it, no finer than can be known.

    >>> duration(42), duration(600), duration(8000)
    ('40 s', '10 min', '2 h 13 min')
    """
    if seconds < 55:
        return f"{round(seconds / 5) * 5} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def progress(paths: Iterable[str]) -> Iterator[Report]:
    """What is to be told of each article; failures are told as they come."""
    from rich.console import Console

    from quotes.records import Failure

    silent = click.get_current_context().meta.get("quotes.silent", False)
    terminal = Console(stderr=True).is_terminal
    pace = Pace(Expected(None, exact=True) if silent else expected(paths))
    with _shown(pace, silent=silent, terminal=terminal) as show:

        def report(done: Done) -> None:
            pace.take(done)
            if isinstance(done.what, Failure):
                click.echo(f"{done.what.path}: {done.what.message}", err=True)
            show()

        yield report


@contextmanager
def _shown(pace: Pace, *, silent: bool, terminal: bool) -> Iterator[Callable[[], None]]:
    """What to call whenever the pace has changed."""
    if silent:
        yield lambda: None
    elif terminal:
        with _bar() as bar:
            task = bar.add_task(pace.so_far(), total=pace.total)
            yield lambda: bar.update(
                task, completed=pace.done, total=pace.total, description=pace.so_far()
            )
    else:
        yield _Log(pace).tell


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("reading"), BarColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=Console(stderr=True), transient=True)


@dataclass(slots=True)
class _Log:
    """A line on stderr every minute, in which something was done."""

    pace: Pace
    told: float = 0.0

    def __post_init__(self) -> None:
        self.told = self.pace.begun

    def tell(self) -> None:
        if self.pace.clock() - self.told >= EVERY_SECONDS:
            self.told = self.pace.clock()
            speed = f"{self.pace.words_a_second:,.0f} words a second"
            click.echo(f"reading: {self.pace.so_far()} ({speed})", err=True)


# How many articles there are to come.


def expected(paths: Iterable[str]) -> Expected:
    """One a file, one a line or row in files of many, which are sampled where they are large.

    It takes no longer than looking at each file's size and reading some megabytes.
    """
    single = 0
    many: dict[bool, list[tuple[Path, int]]] = {False: [], True: []}
    for path in paths:
        if path == "-":
            return Expected(None, exact=True)
        for file in _files(Path(path)):
            suffix = file.suffix.lower()
            if suffix in LINES or suffix == ".csv":
                many[suffix == ".csv"].append((file, _size(file)))
            else:
                single += suffix in SINGLE
    exact = sum(size for files in many.values() for _, size in files) <= COUNTED_BYTES
    counts = (_rows_in(files, table, exact=exact) for table, files in many.items())
    return Expected(single + sum(counts), exact)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _rows_in(files: Sequence[tuple[Path, int]], table: bool, *, exact: bool) -> int:
    """Articles in files of lines or in tables: counted, or by their size from samples."""
    from quotes.ingest.manifest import is_manifest

    if table:
        files = [(path, size) for path, size in files if not is_manifest(path)]
    if exact:
        return sum(_rows(_read(path, 0, size), table) for path, size in files)
    size = sum(size for _, size in files)
    samples = list(_samples(files, table))
    rows = sum(_rows(sample, table) for sample in samples)
    return round(size * rows / max(sum(map(len, samples)), 1))


def _samples(files: Sequence[tuple[Path, int]], table: bool) -> Iterator[bytes]:
    """Stretches of all files, by size; of a table its beginning, where rows can be told."""
    size = sum(size for _, size in files)
    places = [size * number // _PLACES for number in range(_PLACES)]
    start = 0
    for path, length in files:
        within = [place - start for place in places if start <= place < start + length]
        if table:
            yield _read(path, 0, len(within) * _PLACE_BYTES)
        else:
            yield from (_read(path, place, _PLACE_BYTES) for place in within)
        start += length


def _read(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            return stream.read(length)
    except OSError:
        return b""


def _rows(sample: bytes, table: bool) -> int:
    """Lines with something in them; rows of a table, whose texts have lines of their own."""
    if not table:
        return sum(1 for line in sample.split(b"\n")[:-1] if line.strip()) or bool(sample)
    text = io.StringIO(sample.decode("utf-8", "replace"), newline="")
    return max(sum(1 for _ in csv.reader(text)) - 1, 0)
