"""What a question is given, and in what order its answers come.

A new filter is a field of `Filters`, a line of `_HOLDS`, and a flag of the command line.

Utterances that most outlets carried come first, then the earliest: `ranked_all` says so and ranks
every hit of a question.  A question for words counts only the printings that hold them.

The other ways give the beginning of the same list and stop early: they look at utterances in the
order of a bound that none of them can beat, by `standing`, its rank before any filter.  A filter,
and words that are asked for, can only take outlets away and make the first day later; so once as
many are found as are wanted, all better than the bound of the next, nothing better can come.

Source: R. Fagin, A. Lotem, M. Naor, Optimal aggregation algorithms for middleware, JCSS 2003
(the threshold algorithm).
"""

from __future__ import annotations

import json
import sqlite3
import sys
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from typing import Any, TypedDict, get_args

from quotes.errors import InputError, NothingFoundError
from quotes.index.layout import SAID
from quotes.index.opening import search_form
from quotes.records import Kind, SpeakerKind, period


class Filters(TypedDict, total=False):
    """Which printings count: keywords of `who_said`, `by` and `occurrences`.

    Attributes:
        everything: beliefs, plans and facts too, and what nobody is known to have said, not only
            what was said or denied.
        kind: direct, mixed or indirect only.
        speaker_kind: what such a source said: person, organisation, group, unnamed, document.
        outlet: its printings only, in any case.
        since, until: a day, month or year ("2025-02-12", "2025-02", "2025"), both inclusive;
            undated printings are then left out.
    """

    everything: bool
    kind: Kind | None
    speaker_kind: SpeakerKind | None
    outlet: str | None
    since: str | None
    until: str | None


_HOLDS: Mapping[str, str] = {
    "kind": "q.kind = :kind",
    "speaker_kind": "coalesce((SELECT kind FROM entity WHERE id = q.speaker), "
    "(SELECT kind FROM local_entity WHERE number = q.local_entity)) = :speaker_kind",
    "outlet": "a.outlet = :outlet COLLATE NOCASE",
    "since": "a.published >= :since",
    "until": "substr(a.published, 1, length(:until)) <= :until",
}
"""What must hold of `quotation q` in `article a` where a filter is given."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of `quotation q` in `article a`, and the value of each filter by name."""

    sql: str
    values: Mapping[str, Any]


def condition(given: Filters) -> Condition:
    """The filters that are given, as one condition.

    Raises:
        TypeError: a keyword that is no filter.
        InputError: a filter cannot have this value; says which it can.

    >>> condition({"outlet": "AFP", "everything": True}).sql
    'a.outlet = :outlet COLLATE NOCASE'
    >>> condition({"since": None}).sql
    "q.attitude = 'assertion' AND q.polarity != 'unsaid'"
    """
    if unknown := given.keys() - Filters.__annotations__.keys():
        raise TypeError(f"no such filter: {', '.join(sorted(unknown))}")
    for name, allowed in (("kind", Kind), ("speaker_kind", SpeakerKind)):
        one_of(name, given.get(name), get_args(allowed))
    texts: dict[str, Any] = {**given}
    for name in ("since", "until"):
        if texts.get(name) is not None:
            texts[name] = _period(name, texts[name])
    values: dict[str, Any] = {name: bindable(texts.get(name)) for name in _HOLDS}
    parts = [holds for name, holds in _HOLDS.items() if values[name] is not None]
    values["everything"] = given.get("everything", False)
    if not values["everything"]:
        parts.insert(0, SAID)
    return Condition(" AND ".join(parts) or "1", values)


def one_of(name: str, value: object, allowed: Sequence[str]) -> None:
    """Pass a value that is allowed, or None.

    Raises:
        InputError: it is another one; lists those that are allowed.
    """
    if value is not None and value not in allowed:
        raise InputError(f"{name} is {value!r}; write one of {', '.join(sorted(allowed))}")


def _period(name: str, value: object) -> str:
    try:
        return period(str(value))
    except ValueError as error:
        raise InputError(f"{name}: {error}") from error


def at_most(limit: int | None) -> int:
    """How many rows SQLite is asked for: it knows no larger numbers; -1 is all of them.

    Raises:
        InputError: a negative number.
    """
    if limit is not None and limit < 0:
        raise InputError(f"limit is {limit}; write a number from 0, or None for all")
    return -1 if limit is None else min(limit, sys.maxsize)


def not_of_an_inner_report(given: Filters, *, words: str) -> str:
    """What must hold of `quotation q` for `words` (an expression) to be its own speaker's.

    Where a report inside it that counts holds the words, they are that one's, and count once.
    """
    chosen: Filters = {"everything": given.get("everything", False), "kind": given.get("kind")}
    chosen["speaker_kind"] = given.get("speaker_kind")
    counts = condition(chosen).sql.replace("q.", "i.")
    return f"""NOT EXISTS (SELECT 1 FROM quotation i INDEXED BY quotation_within
        WHERE i.within = q.number AND instr(' ' || i.search_form || ' ', {words}) AND {counts})"""


def bindable(text: str | None) -> str | None:
    """What a shell may hand over (any bytes) as text that SQLite takes."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")


def beginning_with(db: sqlite3.Connection, table: str, beginning: str) -> list[str]:
    """Ids of `table` that are or else begin with `beginning`, at most three."""
    wanted = bindable(beginning.strip()) or ""
    if not wanted:
        return []
    if db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (wanted,)).fetchone():
        return [wanted]
    rows = db.execute(
        f"SELECT id FROM {table} WHERE id > ?1 AND substr(id, 1, length(?1)) = ?1 "
        "AND id < ?1 || char(0x10ffff) ORDER BY id LIMIT 3",
        (wanted,),
    )
    return [id_ for (id_,) in rows]


def the_only(found: Sequence[str], wanted: str, *, missing: str) -> str:
    """The one id that was found for what was typed; `missing` explains that there is none."""
    if not found:
        raise NothingFoundError(f"{wanted}: {missing}")
    if len(found) > 1:
        examples = ", ".join(found[:2]) + (", ..." if len(found) > 2 else "")
        raise NothingFoundError(f"{wanted}: matches several ({examples}); type more of it")
    return found[0]


def entities_named(db: sqlite3.Connection, name: str) -> list[str]:
    """Ids of the entities that `name` may mean, see `Index.find_speakers`."""
    form = search_form(name)
    exact = """SELECT id FROM entity WHERE id = :id OR search_form = :form AND :form != ''
        UNION SELECT entity FROM alias WHERE search_form = :form AND :form != ''
        ORDER BY 1"""
    partly = """SELECT id FROM entity WHERE instr(' ' || search_form || ' ', :words)
        UNION SELECT entity FROM alias WHERE instr(' ' || search_form || ' ', :words)
        ORDER BY 1"""
    values = {"id": bindable(name.strip()), "form": form, "words": f" {form} "}
    found = db.execute(exact, values).fetchall()
    if form and not found:
        found = db.execute(partly, values).fetchall()
    return [id_ for (id_,) in found]


# The order of answers.

MOST_WORDS = 64  # of a phrase that the search is asked for; the rest is compared in what it finds
MOST_AT_ONCE = 1000  # a larger limit is taken for none: reading one by one would cost more
PATIENCE = 4  # how many times longer than expected to look for answers that come in order
TRIES = 10  # utterances read for each answer wanted; more, and ranking all at once costs less

# The quotations by all that their order depends on: no rows scattered over the file are read.
IN_BRIEF = "quotation q INDEXED BY quotation_in_brief"
_ARTICLE = "CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article"

Groups = list[list[int]]  # for each utterance, in order, the numbers of its printings that count
# Sorts utterances, the best first: fewer outlets, undated, first day, the utterance.
Rank = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Hits:
    """Quotations that a question asks for, before any filter: a SELECT of each `number`.

    `words` is the phrase in search form, if the hits are those that contain it; `own` is then
    what must hold of `quotation q` for the phrase to be its own speaker's.
    """

    numbers: str
    values: Mapping[str, Any]
    words: str = ""
    own: str = "1"

    @property
    def source(self) -> str:
        """They as `quotation q`, for a FROM clause."""
        return f"({self.numbers}) h CROSS JOIN {IN_BRIEF} ON q.number = h.number"


def ranked(db: sqlite3.Connection, hits: Hits, counted: Condition, limit: int | None) -> Groups:
    """The printings of the utterances that `hits` touch, in order, at most `limit` of them."""
    if at_most(limit) == 0:
        return []
    fewest = -1_000_000  # minus the outlets that the filters let through, spellings of one
    if counted.values["outlet"] is not None:
        (fewest,) = db.execute(
            "SELECT -count(DISTINCT outlet) FROM article WHERE outlet = :outlet COLLATE NOCASE",
            counted.values,
        ).fetchone()
        if not fewest:
            return []
    found = None
    stale = db.execute("SELECT 1 FROM standing_stale LIMIT 1").fetchone()
    if limit is not None and limit <= MOST_AT_ONCE and not stale:
        view = {"view": counted.values["kind"] or "", "fewest": fewest}
        found = _first_answers(db, hits, replace(counted, values={**counted.values, **view}), limit)
    return ranked_all(db, hits, counted)[:limit] if found is None else found


def ranked_all(db: sqlite3.Connection, hits: Hits, counted: Condition) -> Groups:
    """All utterances that have a hit among the printings that count, with those printings.

    Of a question for words those that hold them.
    """
    others = (
        ""
        if hits.words
        else """UNION SELECT number FROM quotation
            WHERE cluster IN (SELECT cluster FROM hit WHERE cluster IS NOT NULL)"""
    )
    groups = db.execute(
        f"""WITH hit (number, cluster) AS MATERIALIZED (
            SELECT q.number, q.cluster FROM {hits.source} {_ARTICLE} WHERE {counted.sql}
        ),
        printing (number) AS (
            SELECT number FROM hit {others}
        )
        SELECT group_concat(q.number)
        FROM printing p CROSS JOIN {IN_BRIEF} ON q.number = p.number {_ARTICLE}
        WHERE {counted.sql}
        GROUP BY coalesce(q.cluster, q.id)
        ORDER BY count(DISTINCT a.outlet) DESC, min(a.published) IS NULL, min(a.published),
            coalesce(q.cluster, q.id)""",
        {**counted.values, **hits.values},
    )
    return [[int(number) for number in joined.split(",")] for (joined,) in groups]


# Ways that stop early.  Each gives None where it would take too long.


def _first_answers(
    db: sqlite3.Connection, hits: Hits, counted: Condition, limit: int
) -> Groups | None:
    """The first `limit`, by the shorter way.

    Of n quotations, of which h contain the words, some limit * n / h utterances are looked at
    in the order of all before `limit` are found; the other way looks at h.  With h above
    sqrt(limit * n) the first is the shorter, and neither is longer than that.
    """
    if not hits.words:
        return _by_hits(db, hits, counted, limit)
    (quotations,) = db.execute("SELECT coalesce(max(number), 0) FROM quotation").fetchone()
    few = isqrt(2 * limit * quotations)
    found = db.execute(f"{hits.numbers} LIMIT :most", {**hits.values, "most": few + 1}).fetchall()
    if len(found) <= few:
        those = {"numbers": json.dumps([number for (number,) in found])}
        hits = replace(
            hits, numbers="SELECT value AS number FROM json_each(:numbers)", values=those
        )
        return _by_hits(db, hits, counted, limit)
    walk = _BY_STANDING if counted.values["outlet"] is None else _BY_OUTLET
    asked = dict.fromkeys(hits.words.split()[:MOST_WORDS])
    words = {f"word{place}": f" {word} " for place, word in enumerate(asked)}
    has_all = " AND ".join(f"instr(w.words, :{name})" for name in words)
    bounds = db.execute(
        walk.format(has_all=has_all, counted=counted.sql),
        {**counted.values, **words, "looks": PATIENCE * few},
    )
    return _best(db, bounds, counted, limit, hits=hits)


def _by_hits(db: sqlite3.Connection, hits: Hits, counted: Condition, limit: int) -> Groups | None:
    """Every utterance with a hit, in the order of its standing."""
    by_article = any(counted.values[name] for name in ("outlet", "since", "until"))
    bounds = db.execute(
        f"""SELECT max(s.fewer, :fewest), s.undated, s.first, s.utterance, s.utterance FROM (
            SELECT DISTINCT coalesce(q.cluster, q.id) AS utterance
            FROM {hits.source} {_ARTICLE if by_article else ""}
            WHERE {counted.sql}
        ) u CROSS JOIN standing s INDEXED BY standing_by_utterance
            ON s.utterance = u.utterance AND {_VIEW}
        ORDER BY 1, 2, 3, 4""",
        {**counted.values, **hits.values},
    )
    return _best(db, bounds, counted, limit, hits=hits, ended=True)


_HAS_WORDS = """EXISTS (
        SELECT 1 FROM standing_words w WHERE w.utterance = s.utterance AND {has_all}
    )"""

_VIEW = "s.everything = :everything AND s.kind = :view"

_BY_STANDING = f"""SELECT s.fewer, s.undated, s.first, s.utterance, s.utterance FROM (
        SELECT * FROM standing s WHERE {_VIEW}
        ORDER BY fewer, undated, first, utterance LIMIT :looks
    ) s WHERE coalesce(s.last >= :since, 1)
        AND coalesce(substr(s.first, 1, length(:until)) <= :until, 1) AND {_HAS_WORDS}"""
"""Utterances that may have a printing on the days asked for, in the order of their standing."""

_BY_OUTLET = f"""SELECT :fewest, undated, first, '', s.utterance FROM (
        SELECT a.published IS NULL AS undated, coalesce(a.published, '') AS first,
            coalesce(q.cluster, q.id) AS utterance
        FROM article a INDEXED BY article_by_outlet
        CROSS JOIN quotation q INDEXED BY quotation_by_article ON q.article = a.id
        WHERE {{counted}}
        ORDER BY a.published IS NULL, a.published LIMIT :looks
    ) s WHERE {_HAS_WORDS}"""
"""What one outlet printed, day by day: each utterance where its first printing stands."""


def _best(
    db: sqlite3.Connection,
    bounds: Iterable[tuple[int, int, str, str, str]],
    counted: Condition,
    limit: int,
    *,
    hits: Hits,
    ended: bool = False,
) -> Groups | None:
    """The best `limit` of utterances, each given after a rank that no later one beats.

    Only printings that contain the words of `hits` count.  None if `bounds`, unless they are all
    (`ended`), did not reach far enough, or too many had to be read.
    """
    best: list[tuple[Rank, list[int]]] = []
    seen: set[str] = set()
    for fewer, undated, first, least, utterance in bounds:
        if len(best) == limit and best[-1][0] <= (fewer, undated, first, least):
            ended = True
            break
        if len(seen) > TRIES * limit:
            return None
        if utterance not in seen:
            seen.add(utterance)
            if found := _counted(db, utterance, counted, hits):
                insort(best, found)
                del best[limit:]
    return [numbers for _, numbers in best] if ended else None


def _counted(
    db: sqlite3.Connection, utterance: str, counted: Condition, hits: Hits
) -> tuple[Rank, list[int]] | None:
    """Rank and printings of an utterance by those that count and hold the words; None: none."""
    holds, quotation = counted.sql, IN_BRIEF
    if hits.words:
        holds = f"{holds} AND instr(' ' || q.search_form || ' ', :spoken) AND {hits.own}"
        quotation = "quotation q"
    fewer, first, numbers = db.execute(
        f"""SELECT -count(DISTINCT a.outlet), min(a.published), group_concat(q.number)
        FROM (
            SELECT number FROM quotation WHERE cluster = :utterance
            UNION ALL SELECT number FROM quotation WHERE id = :utterance AND cluster IS NULL
        ) p CROSS JOIN {quotation} ON q.number = p.number {_ARTICLE}
        WHERE {holds}""",
        {**counted.values, "utterance": utterance, "spoken": f" {hits.words} "},
    ).fetchone()
    if numbers is None:
        return None
    printings = [int(number) for number in numbers.split(",")]
    return (fewer, first is None, first or "", utterance), printings
