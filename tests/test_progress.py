"""How far a run is, and how long the rest will take."""

from __future__ import annotations

import pytest
from rich.progress import Progress

from quotes.cli.progress import Pace
from quotes.records import Article, Failure
from quotes.rows import Done, Expected

ARTICLE = Article("a", "word " * 100)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Not at zero: the time of day does not matter."""
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_the_time_left_comes_from_the_words_read_so_far() -> None:
    """A hundred words a second: a hundred articles of a hundred words take as many seconds."""
    clock = Clock()
    pace = Pace(Expected(150, exact=True), clock)
    assert pace.seconds_left is None
    for _ in range(50):
        clock.now += 1
        pace.take(Done(ARTICLE, quotations=2))
    assert pace.words_a_second == pytest.approx(100)
    assert pace.seconds_left == pytest.approx(100)
    assert pace.so_far() == "50 of 150 articles, 100 quotations, 2 min left"


def test_what_was_held_already_does_not_flatter_the_estimate() -> None:
    """A run that goes on after 900 articles reckons with the ten that it read itself."""
    clock = Clock()
    pace = Pace(Expected(1010, exact=True), clock)
    for _ in range(900):
        clock.now += 0.01
        pace.take(Done(ARTICLE))
    assert pace.seconds_left is None
    for _ in range(10):
        clock.now += 2
        pace.take(Done(ARTICLE, quotations=0))
    assert pace.seconds_left == pytest.approx(200)


def test_rich_would_say_otherwise() -> None:
    """Its own estimate takes the articles that were held and those that were read for one pace."""
    clock = Clock()
    bar = Progress(disable=True, get_time=clock)
    task = bar.add_task("", total=1010)
    for articles in (900, 16, 16):
        clock.now += 3
        for _ in range(articles):
            bar.advance(task)
    left = bar.tasks[0].time_remaining
    assert left is not None
    assert left < 3, "and 78 articles at 16 in three seconds take 15"


def test_failures_count_as_done() -> None:
    """They are no articles, and say nothing of the speed."""
    pace = Pace(Expected(2, exact=True), Clock())
    pace.take(Done(Failure("x.txt", "the file is empty")))
    assert pace.so_far() == "1 of 2 articles, 0 quotations"


def test_without_an_end_in_sight_no_time_is_left() -> None:
    """Of articles on standard input only what was done is told."""
    pace = Pace(Expected(None, exact=True), Clock())
    pace.take(Done(ARTICLE, quotations=3))
    assert pace.so_far() == "1 articles, 3 quotations"


def test_a_log_gets_a_line_a_minute() -> None:
    """And a short run none."""
    clock = Clock()
    pace = Pace(Expected(300, exact=False), clock)
    lines = []
    for _ in range(150):
        clock.now += 1
        pace.take(Done(ARTICLE, quotations=1))
        if line := pace.log_line():
            lines.append(line)
    assert lines == [
        "reading: 60 of about 300 articles, 60 quotations, 4 min left (100 words per second)",
        "reading: 120 of about 300 articles, 120 quotations, 3 min left (100 words per second)",
    ]
