"""Words a CPU-second and peak memory of `quotes extract --nl`, and what each step costs.

    python scripts/bench/bench_extract.py ARTICLES.jsonl[.gz] [--articles N]

The whole program runs as a user runs it, in a process of its own on one core; start-up is
part of its figures and is also given alone (one short text).  The steps' shares come from
a second run in this process, on one core as well.  A word is a run of non-space.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from quotes.ingest.fields import make_article
from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.quotations import detect, find_regions
from quotes.reader import Reader
from quotes.reader.decode import decode, mentions
from quotes.reader.pieces import cut
from quotes.records import AnnotatedArticle
from quotes.speakers import resolve_article
from quotes.text.normalised import sentences

BATCH = 16


def records(path: Path, limit: int | None) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [{"id": row["id"], "text": row["text"]} for row in rows[:limit]]


def whole_program(rows: Iterable[dict[str, Any]]) -> tuple[float, float, float]:
    """Seconds by the clock, CPU-seconds and peak MB of one `quotes extract --nl`."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
        file.flush()
        started = time.perf_counter()
        command = [sys.executable, "-m", "quotes", "extract", "--nl", file.name]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"quotes extract ended with {process.returncode}")
        clock = time.perf_counter() - started
        return clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def shares(rows: list[dict[str, Any]]) -> dict[str, float]:
    """CPU-seconds of each step over `rows`, everything loaded beforehand."""
    reader = Reader.load(threads=1)
    people, titles = load_people(), load_titles()
    spent = dict.fromkeys(
        (
            *("regions", "sentences", "words and pieces", "network", "decoding", "mentions"),
            *("detect", "resolve"),
        ),
        0.0,
    )

    def timed(name: str, work: Any, *args: Any, **options: Any) -> Any:
        started = time.process_time()
        result = work(*args, **options)
        spent[name] += time.process_time() - started
        return result

    reader.read(["A short text to warm up."])
    for at in range(0, len(rows), BATCH):
        batch = rows[at : at + BATCH]
        articles = [make_article(row) for row in batch]
        cuts = [timed("words and pieces", cut, a.text, reader.tokenizer) for a in articles]
        scores = [timed("network", reader.scores, pieces) for pieces in cuts]
        for article, pieces, score in zip(articles, cuts, scores, strict=True):
            attributed, marked, _ = score
            readings = timed("decoding", decode, attributed, reader.weights, pieces)
            named = timed("mentions", mentions, article.text, pieces, marked, reader.apart)
            regions = timed("regions", find_regions, article)
            parts = timed("sentences", sentences, article.text)
            annotated = AnnotatedArticle(article, parts, regions)
            quotations = timed("detect", detect, annotated, readings)
            lists = {"people": people, "titles": titles}
            timed("resolve", resolve_article, annotated, quotations, mentions=named, **lists)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles_file", type=Path)
    parser.add_argument("--articles", type=int, help="only the first N")
    args = parser.parse_args()
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    rows = records(args.articles_file, args.articles)
    words = sum(len(row["text"].split()) for row in rows)
    clock, cpu, memory = whole_program(rows)
    _, start, idle = whole_program([{"id": "x", "text": "A short text."}])
    print(f"{len(rows)} articles, {words} words, one core")
    print(f"quotes extract --nl: {cpu:.1f} CPU-s, {clock:.1f} s, {words / cpu:.0f} words/CPU-s")
    print(f"start-up alone: {start:.1f} CPU-s; without it {words / (cpu - start):.0f} words/CPU-s")
    print(f"peak memory: {memory:.0f} MB ({idle:.0f} MB for one short text)")
    spent = shares(rows)
    total = sum(spent.values())
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {name:17} {seconds:6.2f} s  {seconds / total:4.0%}")
    print(f"  {'together':17} {total:6.2f} s  {words / total:.0f} words/CPU-s")


if __name__ == "__main__":
    main()
