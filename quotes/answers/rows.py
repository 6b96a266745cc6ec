"""Stored quotations as rows: the one statement that reads them, and its columns."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quotes.records import NAMED, Span, Speaker
from quotes.rows import Occurrence

OCCURRENCE = """SELECT q.id, q.cluster, q.article,
    coalesce(e.id, l.id), coalesce(e.name, l.name), coalesce(e.kind, l.kind),
    q.speaker_as_written, q.speaker_basis, q.text, q.kind, q.attitude, q.cue,
    a.outlet, a.outlet_basis, a.title, a.url, a.published,
    q.confidence, q.method, q.region, a.family, a.family_kind, f.origin, q.number,
    (SELECT group_concat(place) FROM (
        SELECT s.role || ' ' || s.start || ' ' || s."end" AS place FROM span s
        WHERE s.quotation = q.number ORDER BY s.role, s.ord))
    FROM quotation q CROSS JOIN article a ON a.id = q.article
    LEFT JOIN entity e ON e.id = q.speaker LEFT JOIN local_entity l ON l.number = q.local_entity
    LEFT JOIN family f ON f.id = a.family"""
NUMBER, SPANS = 23, 24
"""Columns of the statement for the row's number and for all its places, see `spans_of`."""


def occurrence_of_row(row: Sequence[Any]) -> Occurrence:
    """A row of `OCCURRENCE` as a record; who has no name is its referent, never its speaker."""
    who = None if row[3] is None else Speaker(row[3], row[4], row[5])
    named = who is not None and who.kind in NAMED
    spans = spans_of(row[SPANS])
    return Occurrence(
        quotation=row[0],
        cluster=row[1],
        article=row[2],
        speaker=who if named else None,
        speaker_as_written=row[6],
        speaker_basis=row[7],
        text=row[8],
        kind=row[9],
        attitude=row[10],
        cue=row[11],
        outlet=row[12],
        outlet_inferred=row[13] == "inferred",
        title=row[14],
        url=row[15],
        published=row[16],
        content=tuple(sorted(spans["content"])),
        confidence=row[17],
        method=row[18],
        region=row[19],
        referent=None if named else who,
        chain=tuple(spans["chain"]),
        family=row[20],
        family_kind=row[21],
        origin=row[22],
    )


def spans_of(stored: str | None) -> Mapping[str, list[Span]]:
    """Spans by role, each role's in the stored order, from "role start end,role start end".

    >>> spans_of("content 12 15,source 3 9")["source"]
    [Span(start=3, end=9)]
    """
    spans: dict[str, list[Span]] = defaultdict(list)
    if stored:
        for place in stored.split(","):
            role, start, end = place.split()
            spans[role].append(Span(int(start), int(end)))
    return spans


def by_number(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Occurrence]:
    """Quotations by their row numbers."""
    rows = db.execute(
        f"{OCCURRENCE} WHERE q.number IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(numbers)),),
    )
    return {row[NUMBER]: occurrence_of_row(row) for row in rows}
