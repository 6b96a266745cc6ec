"""What the shell does to a command: readers that leave, streams that are closed, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from notation import ROOT, Said, write

from quotes.index.opening import open_index
from quotes.people.known import People
from quotes.run.archive import update_corpus

COMMAND = [sys.executable, "-m", "quotes"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
NO_TRACE = "Traceback"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose every answer is longer than a pipe holds."""
    path = tmp_path_factory.mktemp("pipes") / "quotes.db"
    words = "that it was so and that it will stay so for as long as anybody can see " * 6
    with closing(open_index(path)) as db:
        said = [Said(f"{number} {words}".strip(), "Ann Lee") for number in range(150)]
        write(db, "a1", *said)
        write(db, "a2", *said)
        update_corpus(db, people=People(()))
    return path


def begin(*words: str, **how: Any) -> subprocess.Popen[bytes]:
    """A command in a process of its own."""
    return subprocess.Popen([*COMMAND, *words], cwd=ROOT, env=ENVIRONMENT, **how)


@pytest.mark.parametrize(
    "question",
    [
        ("export",),
        ("who-said", "that it was so", "--limit", "500"),
        ("by", "Ann Lee", "--limit", "500"),
        ("variants", "--limit", "500"),
        ("show", "a1"),
        ("export", "--json"),
        ("export", "--table"),
    ],
    ids=" ".join,
)
def test_a_reader_that_leaves_is_no_fault(index: Path, question: tuple[str, ...]) -> None:
    """`quotes show a1 | head -1` ends as other programs do, and says nothing."""
    pipe = subprocess.PIPE
    with begin(*question, "--db", str(index), stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("closed", "words", "code", "told"),
    [
        (">&-", ("who-said", "so"), 0, ""),
        ("2>&-", ("who-said", "so"), 0, ""),
        (">&- 2>&- <&-", ("who-said", "so"), 0, ""),
        ("<&-", ("index", "-"), 2, "Error: stdin is closed; pipe articles to `quotes index -`"),
        ("<&-", ("extract", "-"), 2, "Error: stdin is closed; pipe articles to `quotes extract"),
        ("<<< ' '", ("extract", "-"), 2, "Error: there is no text on stdin; pipe an article to"),
        (">/dev/full", ("export",), 2, "Error: output: No space left on device"),
    ],
)
def test_streams_that_are_closed(
    index: Path, closed: str, words: tuple[str, ...], code: int, told: str
) -> None:
    """One line says what is wrong, if anything is."""
    db = () if words[0] == "extract" else ("--db", str(index))
    script = f'"$@" {closed}'
    ended = subprocess.run(
        ["bash", "-c", script, "-", *COMMAND, *words, *db],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == code
    assert ended.stderr.startswith(told)
    assert NO_TRACE not in ended.stderr
    assert ended.stderr.count("\n") <= 1


@pytest.mark.parametrize("presses", [1, 3])
@pytest.mark.parametrize("after", [0.4, 0.8, 1.4])
def test_ctrl_c_leaves_no_traceback(tmp_path: Path, after: float, presses: int) -> None:
    """While the program loads, while its workers start, and pressed by an impatient hand."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number}.txt").write_text(f"“It is so {number},” Ann Lee said. " * 200)
    words = ("index", str(folder), "--db", str(tmp_path / "q.db"), "--workers", "2")
    with begin(*words, stderr=subprocess.PIPE, process_group=0) as process:
        time.sleep(after)
        for _ in range(presses):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                time.sleep(0.05)
        _, told = process.communicate(timeout=60)
    # On a busy machine Python itself may still be starting, which no program can help.
    assert process.returncode in (130, -signal.SIGINT) or b"/quotes/" not in told
    assert NO_TRACE not in told.decode() or b"/quotes/" not in told
