"""Long articles: memory and time of the whole program by the length of one text.

`quotes extract --nl` runs as a user runs it, on one text after another of news paragraphs, each
some times as long as the one before.  It must not need more than `MOST` MB, nor more time for
a thousand characters of the longest than `SLOWER` times that of the shortest, its start aside.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from texts import originals
from tools import Found

MOST = 300
SLOWER = 1.3
LENGTHS = (10_000, 250_000, 1_000_000, 10_000_000)


def text_of(length: int, rng: random.Random) -> str:
    """News paragraphs in random order, so that nothing repeats as a whole."""
    paragraphs = originals()
    parts: list[str] = []
    size = 0
    while size < length:
        parts.append(rng.choice(paragraphs))
        size += len(parts[-1]) + 2
    return "\n\n".join(parts)[:length]


def measured(path: Path) -> tuple[float, float]:
    """CPU-seconds and peak MB of one `quotes extract --nl`, start and all."""
    command = [sys.executable, "-m", "quotes", "extract", "--nl", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"quotes extract ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def run(rng: random.Random, folder: Path, *, most: int) -> Found:
    """Measure texts of all lengths up to `most`."""
    found = Found("long texts")
    path = folder / "long.txt"
    path.write_text("A short text.", encoding="utf-8")
    start, _ = measured(path)
    first = 0.0
    for length in (each for each in LENGTHS if each <= most):
        path.write_text(text_of(length, rng), encoding="utf-8")
        seconds, memory = measured(path)
        each = (seconds - start) / length * 1e6
        first = first or each
        found.figures.append(
            f"{length:,} characters: {memory:.0f} MB, {each:.0f} ms of processor time per 1,000"
        )
        if memory > MOST:
            found.faults.append(f"{length:,} characters need {memory:.0f} MB")
        if each > SLOWER * first:
            found.faults.append(f"{length:,} characters take {each / first:.1f} times as long each")
    found.figures.append(f"the start: {start:.1f} s")
    return found
