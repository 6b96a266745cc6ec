"""The order of answers: utterances that most outlets carried first, then the earliest.

In come the hits of a question and the filters, out go the row numbers of each utterance's
printings, the best utterance first.  `ranked_all` says what the order is and ranks every hit.
The other ways give the beginning of the same list and stop early.  They go through utterances
by `standing`, their rank among all printings: filters can only take outlets away and make the
first date later, so none that comes later in that order can rank before what is already
better than it.  Such bounds are those of the threshold algorithm.

Source: R. Fagin, A. Lotem, M. Naor, Optimal aggregation algorithms for middleware, JCSS 2003.
"""

from __future__ import annotations

import sqlite3
from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple

from quotes.query.filters import Filters

MOST_AT_ONCE = 1000
"""A larger limit is taken for none: reading utterances one by one would cost more than it
saves."""

PATIENCE = 4
"""How much longer than expected to look by standing: a filter may let few pass."""


IN_BRIEF = "quotation q INDEXED BY quotation_in_brief"
"""The quotations by what their order hangs on: of rows scattered over the file none is read."""

_ARTICLE = "CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article"


@dataclass(frozen=True, slots=True)
class Hits:
    """Quotations that a question asks for, before any filter.

    Attributes:
        source, condition: what follows FROM and WHERE, over `quotation q`.
        values: the parameters of both.
        words: the phrase in search form, if the hits are those that contain it.
    """

    source: str
    condition: str
    values: Mapping[str, str]
    words: str = ""


class _Rank(NamedTuple):
    """Sorts utterances, the best first."""

    fewer: int
    undated: bool
    first: str
    utterance: str


def ranked(
    db: sqlite3.Connection, hits: Hits, chosen: Filters, limit: int | None
) -> list[list[int]]:
    """The printings of the utterances that `hits` touch, in order, at most `limit` of them."""
    if limit is None or limit > MOST_AT_ONCE or _is_stale(db):
        return ranked_all(db, hits, chosen)[:limit]
    found = _by_standing(db, hits, chosen, limit) if hits.words else None
    return _by_hits(db, hits, chosen, limit) if found is None else found


def ranked_all(db: sqlite3.Connection, hits: Hits, chosen: Filters) -> list[list[int]]:
    """All utterances that have a hit among the printings that count, with those printings."""
    groups = db.execute(
        f"""WITH hit (number, cluster) AS MATERIALIZED (
            SELECT q.number, q.cluster FROM {hits.source}
            {_ARTICLE}
            WHERE {hits.condition} AND {chosen.sql}
        ),
        printing (number) AS (
            SELECT number FROM hit WHERE cluster IS NULL
            UNION ALL SELECT number FROM quotation
            WHERE cluster IN (SELECT cluster FROM hit WHERE cluster IS NOT NULL)
        )
        SELECT group_concat(q.number) FROM printing p
        CROSS JOIN {IN_BRIEF} ON q.number = p.number
        {_ARTICLE}
        WHERE {chosen.sql}
        GROUP BY coalesce(q.cluster, q.id)
        ORDER BY count(DISTINCT a.outlet) DESC, min(a.published) IS NULL, min(a.published),
            coalesce(q.cluster, q.id)""",
        {**chosen.values(), **hits.values},
    )
    return [_numbers(row[0]) for row in groups]


def _numbers(joined: str) -> list[int]:
    return [int(number) for number in joined.split(",")]


def _is_stale(db: sqlite3.Connection) -> bool:
    """Whether the stored standing of any utterance may be wrong."""
    return db.execute("SELECT 1 FROM standing_stale LIMIT 1").fetchone() is not None


_BY_RANK = "ORDER BY s.outlets DESC, s.first IS NULL, s.first, s.utterance"


def _by_hits(db: sqlite3.Connection, hits: Hits, chosen: Filters, limit: int) -> list[list[int]]:
    """The first `limit`, by the standing of every utterance that has a hit."""
    touched = db.execute(
        f"""SELECT DISTINCT s.outlets, s.first, s.utterance FROM {hits.source}
        {_ARTICLE}
        CROSS JOIN standing s ON s.utterance = coalesce(q.cluster, q.id)
        WHERE {hits.condition} AND {chosen.sql} {_BY_RANK}""",
        {**chosen.values(), **hits.values},
    )
    best, _ = _first(db, touched, chosen, limit)
    return best


def _by_standing(
    db: sqlite3.Connection, hits: Hits, chosen: Filters, limit: int
) -> list[list[int]] | None:
    """The first `limit`, by going through all utterances in order of standing; None: too long.

    Of n quotations, of which h contain the words, some limit * n / h utterances are looked at
    before `limit` are found; the other way looks at h.  With h above sqrt(limit * n) this one
    is the shorter, and neither is ever longer than that.
    """
    (quotations,) = db.execute("SELECT coalesce(max(number), 0) FROM quotation").fetchone()
    few = isqrt(2 * limit * quotations)
    (counted,) = db.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {hits.source} WHERE {hits.condition} LIMIT :most)",
        {**hits.values, "most": few + 1},
    ).fetchone()
    if counted <= few:
        return None
    words = f" {hits.words} "
    standing = db.execute(
        f"""SELECT outlets, first, utterance FROM (
            SELECT * FROM standing s {_BY_RANK} LIMIT :most
        ) WHERE instr(coalesce(words,
            (SELECT ' ' || search_form || ' ' FROM quotation WHERE id = utterance)), :words)""",
        {"words": words, "most": PATIENCE * few},
    )
    best, complete = _first(db, standing, chosen, limit, words)
    return best if complete else None


def _first(
    db: sqlite3.Connection,
    standing: Iterable[tuple[int, str | None, str]],
    chosen: Filters,
    limit: int,
    words: str = "",
) -> tuple[list[list[int]], bool]:
    """The best `limit` of utterances that come in order of standing; whether none was skipped.

    Args:
        words: a printing that counts must contain them; "" if that is known.
    """
    best: list[tuple[_Rank, list[int]]] = []
    for outlets, first, utterance in standing:
        if len(best) == limit and best[-1][0] <= _rank(outlets, first, utterance):
            return [numbers for _, numbers in best], True
        if found := _counted(db, utterance, chosen, words):
            insort(best, found)
            del best[limit:]
    return [numbers for _, numbers in best], False


def _rank(outlets: int, first: str | None, utterance: str) -> _Rank:
    return _Rank(-outlets, first is None, first or "", utterance)


def _counted(
    db: sqlite3.Connection, utterance: str, chosen: Filters, words: str
) -> tuple[_Rank, list[int]] | None:
    """Rank and printings of an utterance by those that count; None: none does, or has the words."""
    says = "instr(' ' || q.search_form || ' ', :words)" if words else "1"
    row = db.execute(
        f"""SELECT count(DISTINCT a.outlet), min(a.published), group_concat(q.number), max({says})
        FROM (
            SELECT number FROM quotation WHERE cluster = :utterance
            UNION ALL SELECT number FROM quotation WHERE id = :utterance AND cluster IS NULL
        ) p CROSS JOIN quotation q ON q.number = p.number
        {_ARTICLE}
        WHERE {chosen.sql}""",
        {**chosen.values(), "utterance": utterance, "words": words},
    ).fetchone()
    outlets, first, joined, says_so = row
    if not says_so:
        return None
    return _rank(outlets, first, utterance), _numbers(joined)
