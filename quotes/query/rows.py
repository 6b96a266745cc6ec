"""Stored quotations as rows: the one statement that reads them, and its columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from quotes.records import NAMED, Span, Speaker
from quotes.rows import Occurrence

_SPANS = (
    "(SELECT group_concat(s.start || ' ' || s.\"end\") FROM span s "
    "WHERE s.quotation = q.number AND s.role = '{role}')"
)

OCCURRENCE = f"""SELECT q.id, q.cluster, q.article,
    coalesce(e.id, l.id), coalesce(e.name, l.name), coalesce(e.kind, l.kind),
    q.speaker_as_written, q.speaker_basis, q.text, q.kind, q.attitude, q.cue,
    a.outlet, a.outlet_basis, a.title, a.url, a.published, {_SPANS.format(role="content")},
    q.confidence, q.method, q.region, q.number, {_SPANS.format(role="cue")},
    {_SPANS.format(role="source")},
    (SELECT group_concat(place) FROM (SELECT s.start || ' ' || s."end" AS place FROM span s
        WHERE s.quotation = q.number AND s.role = 'chain' ORDER BY s.ord)),
    a.family, a.family_kind, f.origin
    FROM quotation q CROSS JOIN article a ON a.id = q.article
    LEFT JOIN entity e ON e.id = q.speaker LEFT JOIN local_entity l ON l.number = q.local_entity
    LEFT JOIN family f ON f.id = a.family"""
NUMBER, CUE, SOURCE = 21, 22, 23
"""Columns of the statement that are no part of an `Occurrence`."""
_CHAIN, _FAMILY = 24, 25


def occurrence_of_row(row: Sequence[Any]) -> Occurrence:
    """A row of `OCCURRENCE` as a record; who has no name is its referent, never its speaker."""
    who = None if row[3] is None else Speaker(row[3], row[4], row[5])
    named = who is not None and who.kind in NAMED
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
        content=spans_of(row[17]),
        confidence=row[18],
        method=row[19],
        region=row[20],
        referent=None if named else who,
        chain=_in_order(row[_CHAIN]),
        family=row[_FAMILY],
        family_kind=row[_FAMILY + 1],
        origin=row[_FAMILY + 2],
    )


def spans_of(stored: str | None) -> tuple[Span, ...]:
    """Spans in text order from "start end,start end".

    >>> spans_of("12 15,3 9")
    (Span(start=3, end=9), Span(start=12, end=15))
    """
    spans = _in_order(stored)
    return spans if len(spans) < 2 else tuple(sorted(spans))


def _in_order(stored: str | None) -> tuple[Span, ...]:
    if not stored:
        return ()
    return tuple(Span(*map(int, pair.split())) for pair in stored.split(","))


def by_number(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Occurrence]:
    """Quotations by their row numbers."""
    rows = db.execute(
        f"{OCCURRENCE} WHERE q.number IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(numbers)),),
    )
    return {row[NUMBER]: occurrence_of_row(row) for row in rows}
