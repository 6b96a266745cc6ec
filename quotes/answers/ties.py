"""Why a quotation stands in its group: which other wording it hangs on, and what they share.

In come a connection from `open_index` and quotations of it, out go ties in words for people.
The groups themselves are the index's; that two hang together is judged as it was for them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from quotes.answers.rows import by_number
from quotes.rows import Occurrence, Tie
from quotes.utterances import joins
from quotes.utterances.groups import variants_of

MOST = 200
"""Quotations of one group that are compared, the first by number: time goes as their square."""


def ties(db: sqlite3.Connection, clusters: Iterable[str]) -> Mapping[str, Tie]:
    """What each quotation of these groups hangs on, by its id; the fullest hangs on none."""
    found: dict[str, Tie] = {}
    for cluster in sorted(set(clusters)):
        numbers = _numbers(db, cluster)
        printed = {each.quotation: each for each in by_number(db, numbers).values()}
        found.update(_ties(db, numbers, printed))
    return found


def _numbers(db: sqlite3.Connection, cluster: str) -> list[int]:
    rows = db.execute(
        "SELECT number FROM quotation WHERE cluster = ? ORDER BY number LIMIT ?", (cluster, MOST)
    )
    return [number for (number,) in rows]


def _ties(
    db: sqlite3.Connection, numbers: Iterable[int], printed: Mapping[str, Occurrence]
) -> Iterable[tuple[str, Tie]]:
    for join in joins(variants_of(db, numbers)):
        partner = printed[join.partner] if join.partner else None
        yield join.quotation, Tie(partner, join.reason)
