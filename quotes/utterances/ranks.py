"""The standing of every utterance, kept as printings come and go: outlets, first day, words.

In comes an index in which triggers have marked the utterances whose printings changed; their
rows of `standing` are made anew.  `query` finds the first answers by it, and ranks all hits
itself as long as anything is marked.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from quotes.index.opening import explaining, transaction


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
        for table in ("standing", "standing_words"):
            db.execute(
                f"DELETE FROM {table} WHERE utterance IN (SELECT utterance FROM standing_stale)"
            )
        for found in (_GROUPED, _ALONE):
            printings = map(_Printing._make, db.execute(found))
            for utterance, group in groupby(printings, key=lambda each: each.utterance):
                _store(db, utterance, list(group))
        db.execute("DELETE FROM standing_stale")


def forget_ranks(db: sqlite3.Connection) -> None:
    """Drop the standing of all utterances; the next update makes it anew."""
    with explaining(db), transaction(db):
        db.execute("DELETE FROM standing")
        db.execute("DELETE FROM standing_words")
        db.execute(
            "INSERT INTO standing_stale SELECT DISTINCT coalesce(cluster, id) FROM quotation "
            "WHERE true ON CONFLICT DO NOTHING"
        )


def _store(db: sqlite3.Connection, utterance: str, printings: Sequence[_Printing]) -> None:
    forms = {printing.search_form for printing in printings}
    words = sorted({word for form in forms for word in form.split()})
    db.execute("INSERT INTO standing_words VALUES (?, ?)", (utterance, f" {' '.join(words)} "))
    db.executemany("INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?, ?)", _rows(utterance, printings))


def _rows(
    utterance: str, printings: Sequence[_Printing]
) -> Iterator[tuple[int, str, int, bool, str, str, str]]:
    """Rows of `standing`: of what was said and of everything, of each kind and of any."""
    views: dict[tuple[int, str], list[_Printing]] = defaultdict(list)
    for printing in printings:
        for everything in (0, 1) if printing.said else (1,):
            for kind in ("", printing.kind):
                views[everything, kind].append(printing)
    for view, counted in views.items():
        outlets = {printing.outlet for printing in counted} - {None}
        days = {printing.published or "" for printing in counted} - {""}
        first, last = min(days, default=""), max(days, default="")
        yield (*view, -len(outlets), not days, first, utterance, last)
