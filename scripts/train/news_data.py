"""Labelled news to train the reader on: who said what, and how the speakers are named."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from edited import ROLES, Attribution
from mention_data import Labelled, Mark

from quotes.people.titles import Titles
from quotes.reader.decode import head_start


def news(
    paths: list[Path], silver: list[Path], titles: Titles
) -> list[tuple[Labelled, list[Attribution]]]:
    """Labelled news: texts and their outer attributions.

    The labels hold speech only: beliefs and wishes are `silver`, what `quotes extract --nl`
    finds beside them in the same articles.
    """
    found = {}
    for path in silver:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found[row["id"]] = [a for a in row["attributions"] if a["attitude"] != "assertion"]
    texts = []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            gold = record["attributions"]
            outer = [a for a in gold if not any(_lies_in(a, b) for b in gold)]
            taken = [span for a in gold for role in ROLES for span in a[role]]
            for a in found.get(record["id"], []):
                mine = [span for role in ROLES for span in a[role]]
                if not any(s < high and low < e for s, e in mine for low, high in taken):
                    outer.append(a)
            texts.append((_news_names(record, titles), outer))
    return texts


def _news_names(record: dict[str, Any], titles: Titles) -> Labelled:
    """The named speakers wherever they are named, and the titles before them; the rest unsure."""
    text = record["text"]
    kinds: dict[str, Any] = {}
    for a in record["attributions"]:
        if a["speaker"] and a["kind"] in {"person", "organisation"}:
            kinds[a["speaker"]] = a["kind"]
            words = a["speaker"].split()
            if a["kind"] == "person" and len(words) > 1:
                kinds.setdefault(words[-1], "person")
    marks: list[Mark] = []
    for name in sorted(kinds, key=len, reverse=True):
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
            start, end = found.span()
            if not any(m.start < end and start < m.end for m in marks):
                head = head_start(text, start, end)
                marks.append(Mark(start, end, head, kinds[name], name.split()[-1], asks=False))
    marks.sort(key=lambda m: m.start)
    unsure, at = [], 0
    for mark in marks:
        word = re.search(r"(\S+) $", text[at : mark.start])
        title = word.group(1).lower().rstrip(".") if word else ""
        known = title in titles.courtesy or title in titles.abbreviated
        unsure.append((at, mark.start - (len(word.group()) if word and known else 0)))
        at = mark.end
    unsure.append((at, len(text)))
    return Labelled(text, marks, kinds=True, unsure=[span for span in unsure if span[0] < span[1]])


def _lies_in(a: Attribution, b: Attribution) -> bool:
    """Whether all of `a`'s content lies in one piece of `b`'s."""
    low, high = a["content"][0][0], a["content"][-1][1]
    return a is not b and any(
        start <= low and high <= end and (start, end) != (low, high) for start, end in b["content"]
    )
