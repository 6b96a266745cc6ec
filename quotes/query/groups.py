"""Every utterance that was printed more than once, a few in memory at a time."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence

from quotes.query.rows import OCCURRENCE, occurrence_of_row
from quotes.query.speakers import entities_named
from quotes.query.utterances import earliest, utterance_of
from quotes.rows import Occurrence, Utterance
from quotes.schema import explaining

AT_ONCE = 200
"""Utterances read together: the queries are few, and what is held stays small."""


def printed_often(
    db: sqlite3.Connection, *, speaker: str | None = None
) -> Iterator[tuple[Utterance, ...]]:
    """The utterances of two printings or more, most printings first, some `AT_ONCE` at a time.

    Args:
        db: a connection from `open_index`.
        speaker: only those with a printing that is theirs, by any name that `find_speakers`
            knows.
    """
    with explaining(db):
        speakers = None if speaker is None else json.dumps(entities_named(db, speaker))
        ids = db.execute(
            """SELECT cluster FROM quotation
            WHERE cluster IS NOT NULL AND (:speakers IS NULL OR cluster IN
                (SELECT cluster FROM quotation
                WHERE speaker IN (SELECT value FROM json_each(:speakers))))
            GROUP BY cluster HAVING count(*) > 1 ORDER BY count(*) DESC, cluster""",
            {"speakers": speakers},
        ).fetchall()
    for start in range(0, len(ids), AT_ONCE):
        yield tuple(_utterances(db, [id_ for (id_,) in ids[start : start + AT_ONCE]]))


def _utterances(db: sqlite3.Connection, ids: Sequence[str]) -> Iterator[Utterance]:
    printings: defaultdict[str, list[Occurrence]] = defaultdict(list)
    with explaining(db):
        rows = db.execute(
            f"{OCCURRENCE} WHERE q.cluster IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )
        for row in rows:
            occurrence = occurrence_of_row(row)
            printings[occurrence.cluster or ""].append(occurrence)
    for id_ in ids:
        yield utterance_of(sorted(printings[id_], key=earliest), "")
