"""Measure speakers alone: gold content, cue and source spans in, named speakers out.

usage: measure_resolve.py --corpora DIR [-o PREDICTED.jsonl] [--basis]

Reads DIR/polnear/dev.jsonl.gz and DIR/polnear/dev_speakers.jsonl, resolves the speakers of
the labelled articles and writes one JSON line an article for the corpora's scorer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from pathlib import Path
from typing import Any

from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.records import AnnotatedArticle, Article, Quotation, Span
from quotes.speakers import resolve_article
from quotes.text.normalised import sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--basis", action="store_true", help="list every source with its basis")
    options = parser.parse_args()
    people, titles = load_people(), load_titles()
    labelled = _ids(options.corpora / "polnear" / "dev_speakers.jsonl")
    words, seconds = 0, 0.0
    lines = []
    for record in _articles(options.corpora / "polnear" / "dev.jsonl.gz"):
        annotated, quotations = _gold(record)
        start = time.process_time()
        resolved, _ = resolve_article(annotated, quotations, people=people, titles=titles)
        seconds += time.process_time() - start
        words += len(record["text"].split())
        if record["id"] in labelled:
            lines.append(json.dumps(_predicted(record, resolved)))
            if options.basis:
                _show(record, resolved)
    if options.output:
        options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{words} words, {words / seconds:,.0f} words a CPU-second", file=sys.stderr)


def _ids(path: Path) -> set[str]:
    return {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()}


def _articles(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _gold(record: dict[str, Any]) -> tuple[AnnotatedArticle, list[Quotation]]:
    text = record["text"]
    article = Article(id=record["id"], text=text, outlet=record["outlet"], published=record["date"])
    quotations = [
        Quotation(
            id=f"q{number:010x}",
            kind=attribution["type"],
            content=_spans(attribution["content"]),
            cue=_spans(attribution["cue"]),
            source=_spans(attribution["source"]),
            attitude="assertion",
            confidence=1.0,
            method="gold",
        )
        for number, attribution in enumerate(record["attributions"])
    ]
    return AnnotatedArticle(article, sentences(text)), quotations


def _spans(pairs: list[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def _predicted(record: dict[str, Any], quotations: tuple[Quotation, ...]) -> dict[str, Any]:
    attributions = []
    for attribution, quotation in zip(record["attributions"], quotations, strict=True):
        speaker = quotation.speaker
        named = {"id": speaker.id, "name": speaker.name} if speaker else None
        attributions.append({**attribution, "speaker": named})
    return {"id": record["id"], "attributions": attributions}


def _show(record: dict[str, Any], quotations: tuple[Quotation, ...]) -> None:
    print("##", record["id"])
    for number, quotation in enumerate(quotations):
        source = " .. ".join(span.of(record["text"]) for span in quotation.source)
        name = quotation.speaker.name if quotation.speaker else None
        print(f"  {number} {source!r} -> {name!r}: {quotation.speaker_basis}")


if __name__ == "__main__":
    main()
