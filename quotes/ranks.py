"""The standing of every utterance, kept as printings come and go: outlets, first day, words.

In comes an index in which triggers have marked the utterances whose printings changed; their
rows of `standing` are made anew.  `query` finds the first answers by it, and ranks all hits
itself as long as anything is marked.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from quotes.schema import explaining, transaction


class _Printing(NamedTuple):
    utterance: str
    said: bool
    kind: str
    outlet: str | None
    published: str | None
    search_form: str


_PRINTINGS = """SELECT s.utterance, q.attitude = 'assertion', q.kind, a.outlet, a.published,
        q.search_form
    FROM standing_stale s CROSS JOIN quotation q ON {found}
    CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article
    ORDER BY s.utterance"""
_GROUPED = _PRINTINGS.format(found="q.cluster = s.utterance")
_ALONE = _PRINTINGS.format(found="q.id = s.utterance AND q.cluster IS NULL")


def update_ranks(db: sqlite3.Connection) -> None:
    """Bring the standing of the utterances that changed up to date; in one transaction.

    Args:
        db: an index open for writing.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        db.execute("DELETE FROM standing WHERE utterance IN (SELECT utterance FROM standing_stale)")
        for printings in (_GROUPED, _ALONE):
            rows = map(_Printing._make, db.execute(printings))
            for _, group in groupby(rows, key=lambda printing: printing.utterance):
                db.executemany("INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?, ?)", _rows(group))
        db.execute("DELETE FROM standing_stale")


_Row = tuple[int, str, int, int, str, str, str]


def forget_ranks(db: sqlite3.Connection) -> None:
    """Drop the standing of all utterances; the next update makes it anew."""
    with explaining(db), transaction(db):
        db.execute("DELETE FROM standing")
        db.execute(
            "INSERT INTO standing_stale SELECT DISTINCT coalesce(cluster, id) FROM quotation "
            "WHERE true ON CONFLICT DO NOTHING"
        )


def _rows(group: Iterable[_Printing]) -> Iterator[_Row]:
    """Rows of `standing` for one utterance: of what was said and of everything, by kind."""
    views: dict[tuple[int, str], list[_Printing]] = defaultdict(list)
    for printing in group:
        for everything in (0, 1) if printing.said else (1,):
            for kind in ("", printing.kind):
                views[everything, kind].append(printing)
    for view, printings in views.items():
        yield (*view, *_standing(printings))


def _standing(printings: Sequence[_Printing]) -> tuple[int, int, str, str, str]:
    outlets = {printing.outlet for printing in printings} - {None}
    days = [printing.published for printing in printings if printing.published is not None]
    forms = {printing.search_form for printing in printings}
    words = {word for form in forms for word in form.split()}
    return (
        -len(outlets),
        not days,
        min(days, default=""),
        printings[0].utterance,
        f" {' '.join(sorted(words))} ",
    )
