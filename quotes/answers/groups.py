"""Every utterance that more than one article tells, a few in memory at a time."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence

from quotes.answers.rows import OCCURRENCE, occurrence_of_row
from quotes.answers.speakers import entities_named
from quotes.answers.utterances import earliest, utterance_of
from quotes.index.opening import explaining
from quotes.rows import Occurrence, Utterance

AT_ONCE = 200
"""Utterances read together: the queries are few, and what is held stays small."""


def told_again(
    db: sqlite3.Connection, *, speaker: str | None = None
) -> Iterator[tuple[Utterance, ...]]:
    """The utterances printed more than once, printed most first, then those said in other words.

    Args:
        db: a connection from `open_index`.
        speaker: only those with a printing that is theirs, by any name that `find_speakers`
            knows.

    Returns:
        Some `AT_ONCE` at a time, each with all its printings.
    """
    with explaining(db):
        speakers = None if speaker is None else json.dumps(entities_named(db, speaker))
        ids = db.execute(
            """SELECT * FROM (SELECT cluster FROM quotation
                WHERE cluster IS NOT NULL AND (:speakers IS NULL OR cluster IN
                    (SELECT cluster FROM quotation
                    WHERE speaker IN (SELECT value FROM json_each(:speakers))))
                GROUP BY cluster HAVING count(*) > 1 ORDER BY count(*) DESC, cluster)
            UNION ALL SELECT * FROM (SELECT q.id FROM quotation q
                WHERE q.cluster IS NULL AND q.number IN (SELECT quotation FROM paraphrase)
                    AND (:speakers IS NULL
                        OR q.speaker IN (SELECT value FROM json_each(:speakers)))
                ORDER BY q.id)""",
            {"speakers": speakers},
        ).fetchall()
    for start in range(0, len(ids), AT_ONCE):
        yield tuple(_utterances(db, [id_ for (id_,) in ids[start : start + AT_ONCE]]))


def _utterances(db: sqlite3.Connection, ids: Sequence[str]) -> Iterator[Utterance]:
    printings: defaultdict[str, list[Occurrence]] = defaultdict(list)
    with explaining(db):
        rows = db.execute(
            f"{OCCURRENCE} WHERE q.cluster IN (SELECT value FROM json_each(:ids)) "
            "OR q.id IN (SELECT value FROM json_each(:ids))",
            {"ids": json.dumps(ids)},
        )
        for row in rows:
            occurrence = occurrence_of_row(row)
            printings[occurrence.cluster or occurrence.quotation].append(occurrence)
    for id_ in ids:
        yield utterance_of(sorted(printings[id_], key=earliest), "")
