"""Compare sentences by rule with sentences by stanza: speed, memory, start, agreement.

    python scripts/bench/bench_annotate.py --corpora DIR [--rounds 3] [--articles 84]

Speed is words (by white space) of PolNeAR dev a CPU-second on one thread, the ways taken
in turn in one process, the median of the rounds.  Start and peak memory are those of fresh
processes.  Agreement is F1 of exact sentence spans, between the ways and with the gold
sentences of GUM and UD English-EWT.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")


from quotes.records import Article, Span
from quotes.text.normalised import sentences as by_rule

sys.path.append(str(Path(__file__).parents[1] / "train"))
from train_tokenizer import Document, evaluation_sets, f1

Splitter = Callable[[Sequence[str]], list[tuple[Span, ...]]]

# Alone in a fresh process: what each way makes a program load, then read.
CHILDREN = {
    "neither": "",
    "rules": "from quotes.text.normalised import sentences as run",
    "stanza": (
        "from quotes.annotate import annotate; from quotes.records import Article\n"
        "run = lambda text: annotate([Article('', text)])\n"
        "run('Warm.')"
    ),
}


def rules(texts: Sequence[str]) -> list[tuple[Span, ...]]:
    return [by_rule(text) for text in texts]


def with_stanza(texts: Sequence[str]) -> list[tuple[Span, ...]]:
    from quotes.annotate import annotate

    return [each.sentences for each in annotate([Article("", text) for text in texts])]


def polnear(corpora: Path, articles: int) -> list[str]:
    with gzip.open(corpora / "polnear" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, articles)]


def words_a_second(texts: Sequence[str], rounds: int) -> dict[str, float]:
    words = sum(len(text.split()) for text in texts)
    ways: dict[str, Splitter] = {"rules": rules, "stanza": with_stanza}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    with_stanza(texts[:2])
    for _ in range(rounds):
        for name, split in ways.items():
            began = time.process_time()
            split(texts)
            taken[name].append(time.process_time() - began)
    return {name: words / statistics.median(seconds) for name, seconds in taken.items()}


def fresh_process(name: str, texts: Sequence[str]) -> dict[str, float]:
    """CPU seconds until ready, and peak MB when ready and after reading the texts."""
    program = (
        "import json, resource, sys, time\n"
        "texts = json.load(sys.stdin); run = str.split\n"
        f"began = time.process_time()\n{CHILDREN[name]}\n"
        "ready = time.process_time() - began\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "loaded = peak()\nfor text in texts: run(text)\n"
        "print(json.dumps({'CPU s to start': ready, 'MB loaded': loaded, 'MB peak': peak()}))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def agreement(documents: list[Document]) -> dict[str, float]:
    texts = [document.text for document in documents]
    ways = {"rules": rules(texts), "stanza": with_stanza(texts)}
    gold = {(n, *span) for n, document in enumerate(documents) for span in document.gold()[1]}
    found = {
        name: {(n, s.start, s.end) for n, spans in enumerate(split) for s in spans}
        for name, split in ways.items()
    }
    return {
        "gold sentences": len(gold),
        "rules / gold": f1(found["rules"], gold),
        "stanza / gold": f1(found["stanza"], gold),
        "rules / stanza": f1(found["rules"], found["stanza"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--articles", type=int, default=84)
    options = parser.parse_args()
    texts = polnear(options.corpora, options.articles)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for name in CHILDREN:
        show(f"fresh process, {name}", fresh_process(name, texts))
    speed = words_a_second(texts, options.rounds)
    show("words a CPU-second", speed | {"ratio": speed["rules"] / speed["stanza"]})
    for name, documents in evaluation_sets(options.corpora).items():
        show(name, agreement(documents))
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")


def show(title: str, figures: dict[str, float]) -> None:
    shown = [f"{k} {v:,.3f}" if v < 100 else f"{k} {v:,.0f}" for k, v in figures.items()]
    print(f"{title}: " + ", ".join(shown), flush=True)


if __name__ == "__main__":
    main()
