"""How far a run of `index` is: a bar in a terminal, elsewhere a line per minute in a log.

rich draws the bar.  The time left is estimated here, from the words read so far: rich takes the
steps of the last 30 seconds for one pace, those too that skipped an article which the index
contains already, and says a fifth of the time when a run goes on (`tests/test_progress.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

from quotes.cli.options import say
from quotes.records import Article, Failure
from quotes.rows import Done, Expected, Input, Report

EVERY_SECONDS = 60.0
"""How often a log gets a line; a run shorter than that gets none."""


@dataclass(slots=True)
class Pace:
    """Counts of a run while it goes on."""

    expected: Expected
    clock: Callable[[], float] = time.monotonic
    begun: float = 0.0
    logged: float = 0.0
    done: int = 0
    quotations: int = 0
    articles: int = 0
    words: int = 0
    words_read: int = 0

    def __post_init__(self) -> None:
        """The clock runs from now on."""
        self.begun = self.logged = self.clock()

    def take(self, done: Done) -> None:
        """Count one article or file; the clock starts after what the index contained already."""
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

    def log_line(self) -> str | None:
        """What a log is told, once every minute in which something was done."""
        if self.clock() - self.logged < EVERY_SECONDS:
            return None
        self.logged = self.clock()
        return f"reading: {self.so_far()} ({self.words_a_second:,.0f} words per second)"


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
def progress(given: Iterable[Input]) -> Iterator[Report]:
    """What is to be told of each article; failures are shown as they come."""
    from quotes.api import expected

    silent = click.get_current_context().meta.get("quotes.silent", False)
    pace = Pace(Expected(None, exact=True) if silent else expected(given))
    with _shown(TextColumn("reading"), BarColumn(), TextColumn("{task.description}")) as shown:
        task = shown.add_task(pace.so_far(), total=pace.total)

        def report(done: Done) -> None:
            pace.take(done)
            if isinstance(done.what, Failure):
                say(f"{done.what.path}: {done.what.message}")
            if not shown.disable:
                told = pace.so_far()
                shown.update(task, completed=pace.done, total=pace.total, description=told)
            elif not silent and (line := pace.log_line()):
                say(line)

        yield report


def bar(count: str | None) -> Progress:
    """A bar on stderr for other work: what is done, `count` or a bar, and the time so far."""
    how_far = TextColumn(count) if count else BarColumn()
    return _shown(TextColumn("{task.description}"), how_far, TimeElapsedColumn())


def _shown(*columns: ProgressColumn) -> Progress:
    """A bar on stderr, hidden by --silent, and where stderr is no terminal."""
    console = Console(stderr=True)
    silent = click.get_current_context().meta.get("quotes.silent", False)
    hidden = silent or not console.is_terminal
    return Progress(*columns, console=console, transient=True, disable=hidden)
