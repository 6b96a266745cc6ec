"""The standing of every utterance, kept as printings come and go: outlets, dates, words.

In comes an index in which triggers have marked the utterances whose printings changed; their
rows of `standing` are made anew.  `query` finds the first answers by it, and ranks all hits
itself as long as anything is marked.
"""

from __future__ import annotations

import sqlite3

from quotes.schema import explaining, transaction

_STANDING = """INSERT INTO standing
    WITH touched (number) AS (
        SELECT q.number FROM standing_stale s CROSS JOIN quotation q ON q.cluster = s.utterance
        UNION ALL SELECT q.number FROM standing_stale s
        CROSS JOIN quotation q ON q.id = s.utterance WHERE q.cluster IS NULL
    )
    SELECT coalesce(q.cluster, q.id), count(DISTINCT a.outlet), min(a.published),
        max(a.published), CASE WHEN q.cluster IS NOT NULL
            THEN group_concat(DISTINCT ' ' || q.search_form || ' ') END
    FROM touched t CROSS JOIN quotation q ON q.number = t.number
    CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article
    GROUP BY coalesce(q.cluster, q.id)"""


def update_ranks(db: sqlite3.Connection) -> None:
    """Bring the standing of the utterances that changed up to date; in one transaction.

    Args:
        db: an index open for writing.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        if not db.execute("SELECT 1 FROM standing_stale LIMIT 1").fetchone():
            return
        db.execute("DELETE FROM standing WHERE utterance IN (SELECT utterance FROM standing_stale)")
        db.execute(_STANDING)
        db.execute("DELETE FROM standing_stale")
