"""What other articles print in other words, of the same statements."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from quotes.answers.rows import by_number
from quotes.index.opening import explaining
from quotes.rows import Paraphrase, Utterance


def retold(db: sqlite3.Connection, utterances: Sequence[Utterance]) -> list[Utterance]:
    """The same utterances, each with what says it in other words."""
    quotations = {each.quotation for row in utterances for each in row.occurrences}
    found: defaultdict[str, list[Paraphrase]] = defaultdict(list)
    for paraphrase in paraphrases_of(db, quotations):
        found[paraphrase.of].append(paraphrase)
    return [replace(row, paraphrases=_of(row, found)) if found else row for row in utterances]


def _of(row: Utterance, found: Mapping[str, Sequence[Paraphrase]]) -> tuple[Paraphrase, ...]:
    told = [one for each in row.occurrences for one in found.get(each.quotation, ())]
    return tuple(sorted(told, key=lambda one: (-one.similarity, one.quotation.quotation)))


def paraphrases_of(db: sqlite3.Connection, quotations: Collection[str]) -> list[Paraphrase]:
    """What says these quotations again in other words, the most similar first.

    Args:
        db: a connection from `open_index`.
        quotations: ids, of one utterance or of several; what is among them, or is another
            printing of theirs, is left out.

    Returns:
        Each other quotation once for every utterance that it says again, beside the printing
        that it is most like.
    """
    with explaining(db):
        rows = db.execute(
            """SELECT q.id, coalesce(q.cluster, q.id), p.other, p.similarity, p.reason
            FROM quotation q JOIN paraphrase p ON p.quotation = q.number
            JOIN quotation o ON o.number = p.other
            WHERE q.id IN (SELECT value FROM json_each(?))
                AND coalesce(o.cluster, o.id) != coalesce(q.cluster, q.id)
            ORDER BY p.similarity DESC, o.id, q.id""",
            (json.dumps(sorted(quotations)),),
        ).fetchall()
        others = by_number(db, {row[2] for row in rows})
    best: dict[tuple[str, int], Paraphrase] = {}
    for id_, utterance, other, similarity, reason in rows:
        best.setdefault(
            (utterance, other), Paraphrase(others[other], id_, float(similarity), reason)
        )
    return list(best.values())
