"""Reports inside reports, to train the reader's inner layer on.

PolNeAR annotates none: some sentences of it are put into another's mouth ("Reuters reported
that ..."), what they reported becomes the inner layer.  Labelled news and GUM have them by hand.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from edited import ROLES, Attribution, Edit, Edited
from mention_data import Labelled, Mark

from quotes.people.titles import Titles
from quotes.reader.decode import head_start
from quotes.text.normalised import sentences

TEMPLATES = (
    ("According to", "", ", ", ""),
    ("", "reported", " ", "that "),
    ("", "said", " ", "that "),
    ("", "said", " ", ""),
    ("", "wrote", " ", "that "),
    ("", "told reporters", " ", "that "),
    ("", "reports", " ", "that "),
    ("", "says", " ", ""),
    ("", "writes", ": ", ""),
    ("", "recalled", " ", "that "),
)
"""Before the sayer, after, what parts them from what is said, and how that begins."""

SAYERS = (
    *("Reuters", "The New York Times", "the Washington Post", "CNN", "the newspaper", "he", "she"),
    *("The spokesman", "Mr. Ortega", "Anna Kowalska", "the Daily Mail", "Prof. Lin", "the lawyer"),
    *("Politico", "the report", "Chinedu Okafor", "Fatima al-Sayed", "police", "the paper"),
    *("Jim Brady", "Ms. Devi", "the Guardian", "local media", "Xinhua", "Al Jazeera", "they"),
    *(
        "the broadcaster",
        "one witness",
        "his brother",
        "the complaint",
        "Le Monde",
        "I",
        "a friend",
    ),
    *("the Financial Times", "Sgt. Novak", "the family", "two people familiar with the matter"),
)
_SMALL = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "He",
        "She",
        "It",
        "They",
        "But",
        "And",
        "On",
        "At",
        "This",
        "That",
        "These",
        "Those",
        "His",
        "Her",
        "Their",
        "There",
        "We",
        "You",
        "One",
        "Some",
        "Many",
        "Most",
        "When",
        "While",
        "After",
        "Before",
        "If",
        "Although",
        "As",
        "For",
        "From",
        "With",
    ]
)


def wrapped(
    labelled: Labelled, outer: list[Attribution], rng: random.Random
) -> tuple[Labelled, list[Attribution], list[Attribution], list[Attribution]] | None:
    """The text with some first sentences of paragraphs said by another; None if none was.

    Returns:
        The new text, its outer attributions, the inner ones, and those of the outer ones whose
        insides nobody looked at.
    """
    edits, added, within = [], [], set[int]()
    for start, end, mine in _choose(labelled.text, outer, rng):
        lead, new = _put_into(labelled.text, start, end, rng)
        edits.append(lead)
        added.append(new)
        within.update(mine)
    if not edits:
        return None
    edited = Edited(labelled.text, edits)
    said = [_placed(edited, edit, new) for edit, new in zip(edits, added, strict=True)]
    moved = [edited.attribution(a) for a in outer]
    left = [a for number, a in enumerate(moved) if number not in within]
    inner = [a for number, a in enumerate(moved) if number in within]
    text = edited.labelled(labelled)
    text = replace(
        text, unsure=[*text.unsure, *((a["source"][0][0], a["source"][0][1]) for a in said)]
    )
    return text, left + said, inner, left


def _choose(
    text: str, outer: list[Attribution], rng: random.Random
) -> list[tuple[int, int, list[int]]]:
    """Sentences to wrap, with the attributions inside each."""
    extents = []
    for a in outer:
        spans = [span for role in ROLES for span in a[role]]
        extents.append((min(s for s, _ in spans), max(e for _, e in spans)))
    chosen = []
    for start, end in ((s.start, s.end) for s in sentences(text)):
        if (start and text[start - 1] != "\n") or end - start < 30 or text[start] in "“\"‘'":
            continue
        mine = [n for n, (low, high) in enumerate(extents) if low < end and start < high]
        if any(extents[n][0] < start or end < extents[n][1] for n in mine):
            continue
        if rng.random() < (0.25 if mine else 0.05):
            chosen.append((start, end, mine))
    return chosen


def _put_into(text: str, start: int, end: int, rng: random.Random) -> tuple[Edit, dict[str, Any]]:
    """The words in front of a sentence, and where content, cue and source lie from its start."""
    before, after, join, that = rng.choice(TEMPLATES)
    sayer = rng.choice(SAYERS)
    lead = " ".join(filter(None, (before, sayer, after)))
    at = lead.index(sayer)
    cue = [0, len(before)] if before else [len(lead) - len(after), len(lead)]
    lead = lead[0].upper() + lead[1:] + join
    word = re.match(r"\w+", text[start:end])
    first = text[start].lower() if word and word.group() in _SMALL else text[start]
    stop = 1 if text[end - 1] in ".!?" else 0
    made = {"content": len(lead), "stop": end - stop, "cue": cue, "source": [at, at + len(sayer)]}
    return Edit(start, start + 1, lead + that + first, lead=len(lead + that)), made


def _placed(edited: Edited, edit: Edit, made: dict[str, Any]) -> Attribution:
    at = edited.start(edit.start) - edit.lead
    return {
        "content": [[at + made["content"], edited.end(made["stop"])]],
        "cue": [[at + made["cue"][0], at + made["cue"][1]]],
        "source": [[at + made["source"][0], at + made["source"][1]]],
    }


def parted(gold: list[Attribution]) -> tuple[list[Attribution], list[Attribution]]:
    """Outer and inner attributions of a text whose labels have both."""
    inner = [a for a in gold if any(_lies_in(a, b) for b in gold)]
    return [a for a in gold if a not in inner], inner


def _lies_in(a: Attribution, b: Attribution) -> bool:
    """Whether all of `a`'s content lies in one piece of `b`'s."""
    low, high = a["content"][0][0], a["content"][-1][1]
    return a is not b and any(
        start <= low and high <= end and (start, end) != (low, high) for start, end in b["content"]
    )


def news(
    paths: list[Path], silver: list[Path], titles: Titles
) -> list[tuple[Labelled, list[Attribution], list[Attribution]]]:
    """Labelled news: texts, outer attributions and inner ones.

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
            outer, inner = parted(gold)
            taken = [span for a in gold for role in ROLES for span in a[role]]
            for a in found.get(record["id"], []):
                mine = [span for role in ROLES for span in a[role]]
                if not any(s < high and low < e for s, e in mine for low, high in taken):
                    outer.append(a)
            texts.append((_news_names(record, titles), outer, inner))
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


def gum_inner(path: Path | None) -> dict[str, list[Attribution]]:
    """Each GUM text's inner attributions, from a file with a line for each document."""
    found = {}
    for line in path.read_text("utf-8").splitlines() if path else []:
        row = json.loads(line)
        found[row["text"]] = [a for a in row["attributions"] if a["nested"] and a["cue"]]
    return found
