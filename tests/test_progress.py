"""How far a run is, and how long the rest will take."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from quotes.cli import progress
from quotes.cli.progress import Expected, Pace, expected
from quotes.records import Article, Failure
from quotes.run.archive import Done

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


def test_failures_count_as_done() -> None:
    """They are no articles, and say nothing of the speed."""
    pace = Pace(Expected(2, exact=True), Clock())
    pace.take(Done(Failure("x.txt", "the file is empty")))
    assert pace.so_far() == "1 of 2 articles, 0 quotations"


def test_a_stream_has_no_end_in_sight() -> None:
    """Standard input: what was done is told, and no time left."""
    assert expected(["-", "x.txt"]) == Expected(None, exact=True)
    pace = Pace(Expected(None, exact=True), Clock())
    pace.take(Done(ARTICLE, quotations=3))
    assert pace.so_far() == "1 articles, 3 quotations"


def test_small_files_are_counted(tmp_path: Path) -> None:
    """One a page or text, one a line, one a row of a table; a manifest holds none."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "deep" / "b.html").write_text("page")
    (tmp_path / "c.css").write_text("no article")
    (tmp_path / "d.jsonl").write_text('{"text": "x"}\n\n{"text": "y"}\n')
    (tmp_path / "e.csv").write_text('id,text\n1,"two\nlines"\n2,one\n')
    (tmp_path / "outlets.csv").write_text("file,outlet\na.txt,Post\n")
    assert expected([str(tmp_path)]) == Expected(6, exact=True)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_large_files_are_sampled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """Within a tenth, and it takes no longer for a longer file."""
    monkeypatch.setattr(progress, "COUNTED_BYTES", 1000)
    monkeypatch.setattr(progress, "_PLACE_BYTES", 4096)
    texts = ["word " * (10 + number * 7 % 90) for number in range(20_000)]
    lines = (
        [json.dumps({"text": text}) for text in texts]
        if suffix == "jsonl"
        else ["text", *(f'"{text}\n"' for text in texts)]
    )
    for number in range(2):
        part = tmp_path / f"{number}.{suffix}"
        part.write_text("\n".join(lines) + "\n")
    begun = time.perf_counter()
    articles, exact = expected([str(tmp_path)])
    assert time.perf_counter() - begun < 1
    assert not exact
    assert articles == pytest.approx(40_000, rel=0.1)


def test_a_log_gets_a_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    """And a short run none."""
    clock = Clock()
    pace = Pace(Expected(300, exact=False), clock)
    log = progress._Log(pace)
    for _ in range(150):
        clock.now += 1
        pace.take(Done(ARTICLE, quotations=1))
        log.tell()
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "reading: 60 of about 300 articles, 60 quotations, 4 min left (100 words a second)",
        "reading: 120 of about 300 articles, 120 quotations, 3 min left (100 words a second)",
    ]
