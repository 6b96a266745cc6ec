"""Speed and memory of `quotes index` by number of workers.

    python scripts/bench/bench_archive_reading.py ARTICLES.jsonl [--workers 1,2] [--articles N]
        [--copies K] [--words N] [--rounds R]

The whole program runs as a user runs it, into a new index, the numbers of workers in turns,
so that what else runs on the machine slows them alike.  Copies are articles of their own
(another id and outlet); --words cuts each to its first N words, for many articles in little
time.  Memory is resident memory, sampled twice a second.  What one core would take for
50,000 articles is reckoned from the CPU time, not measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil

ARCHIVE = 50_000


@dataclass
class Run:
    """What one run took: seconds, CPU-seconds and MB of the parent and of its workers."""

    seconds: float = 0.0
    parent_cpu: float = 0.0
    workers_cpu: float = 0.0
    parent: list[float] = field(default_factory=list)
    workers: list[list[float]] = field(default_factory=list)


def written(source: Path, args: argparse.Namespace, target: Path) -> tuple[int, int]:
    """The articles to read as JSON lines; how many, and how many words they have."""
    rows = [json.loads(line) for line in source.open(encoding="utf-8") if line.strip()]
    count = words = 0
    with target.open("w", encoding="utf-8") as lines:
        for row, copy in copies(rows[: args.articles], args.copies):
            text = row["text"]
            if args.words:
                text = " ".join(text.split()[: args.words])
            made = {"id": f"{row['id']}-{copy}", "outlet": f"Outlet {copy}", "text": text}
            lines.write(json.dumps(made) + "\n")
            count, words = count + 1, words + len(text.split())
    return count, words


def copies(rows: list[dict[str, Any]], number: int) -> Iterator[tuple[dict[str, Any], int]]:
    for copy in range(number):
        yield from ((row, copy) for row in rows)


def run(articles: Path, workers: int, database: Path) -> Run:
    """One `quotes index`, looked at from outside while it runs."""
    made = Run()
    command = [sys.executable, "-m", "quotes", "index", str(articles), "--db", str(database)]
    started = time.perf_counter()
    process = psutil.Popen([*command, "--workers", str(workers), "--silent"])
    cpu: dict[int, float] = {}
    while process.poll() is None:
        sample(process, made, cpu)
        time.sleep(0.5)
    made.seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"quotes index ended with {process.returncode}")
    made.parent_cpu = cpu.pop(process.pid)
    made.workers_cpu = sum(cpu.values())
    return made


def sample(process: psutil.Popen, made: Run, cpu: dict[int, float]) -> None:
    try:
        children = [c for c in process.children() if "spawn_main" in " ".join(c.cmdline())]
        for each in (process, *children):
            times = each.cpu_times()
            cpu[each.pid] = times.user + times.system
        made.parent.append(process.memory_info().rss / 2**20)
        if children:
            made.workers.append([child.memory_info().rss / 2**20 for child in children])
    except psutil.Error:
        pass  # it ended while it was looked at


def told(workers: int, made: Run, count: int, words: int) -> str:
    """The figures of one run."""
    cpu = made.parent_cpu + made.workers_cpu
    lines = [
        f"{workers} workers: {made.seconds:.1f} s, {words / made.seconds:.0f} words/s; "
        f"CPU {cpu:.1f} s, of it the parent {made.parent_cpu:.1f} s "
        f"({1000 * made.parent_cpu / count:.1f} ms an article)",
        f"  parent MB: {by_quarters(made.parent)}",
    ]
    if made.workers:
        lines.append(f"  a worker MB: {by_quarters([max(each) for each in made.workers])}")
        share = made.parent_cpu / cpu
        lines.append(f"  the parent's share is {share:.1%}: it feeds {1 / share - 1:.0f} workers")
    return "\n".join(lines)


def by_quarters(samples: list[float]) -> str:
    """The median of each quarter of a run, and the most ever."""
    size = max(len(samples) // 4, 1)
    parts = [samples[at : at + size] for at in range(0, 4 * size, size)]
    return ", ".join(f"{median(part):.0f}" for part in parts if part) + f"; peak {max(samples):.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--articles", type=int)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--words", type=int)
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    numbers = [int(number) for number in args.workers.split(",")]
    runs: dict[int, list[Run]] = {number: [] for number in numbers}
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder, "articles.jsonl")
        count, words = written(args.source, args, articles)
        print(f"{count} articles, {words} words, {words / count:.0f} an article")
        for turn in range(args.rounds):
            for number in numbers:
                made = run(articles, number, Path(folder, f"{number}-{turn}.db"))
                runs[number].append(made)
                print(told(number, made, count, words), flush=True)
    for number in numbers[1:]:
        pairs = zip(runs[numbers[0]], runs[number], strict=True)
        ratios = [first.seconds / other.seconds for first, other in pairs]
        print(f"{number} workers are {median(ratios):.2f} times as fast as {numbers[0]}")
    alone = median(made.parent_cpu + made.workers_cpu for made in runs[numbers[0]])
    hours = alone / count * ARCHIVE / 3600
    print(f"{ARCHIVE:,} such articles on one core, by extrapolation: {hours:.1f} h")


if __name__ == "__main__":
    main()
