"""Doubtful decisions about speakers, with their evidence and what to type to settle them.

Read from stored facts alone: sources that were left without a name, speakers of one article
that were joined to one of the index on little, speakers that look like one, and names that
were given on little.  What a person has decided is not asked again.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from quotes.index import explaining, select
from quotes.people.decisions import assigned, kept_apart
from quotes.people.lookalikes import Named, Pair, lookalikes
from quotes.rows import Doubt, DoubtKind

WEAK = "the nearest who fits"
"""The end of a reason for a speaker that rests on nothing but where names stand."""

EXAMPLES = 3
"""Quotations of a doubt that are named, to have explained."""

LISTED = 3
"""Speakers that a bare surname is offered for."""


def review(
    db: sqlite3.Connection, *, kind: DoubtKind | None = None, limit: int | None = None
) -> list[Doubt]:
    """Doubtful decisions, those with most quotations first.

    Args:
        db: a connection from `open_index`.
        kind: this kind only.
        limit: at most so many.

    Returns:
        One row per doubt; what was settled by hand is not among them.
    """
    with explaining(db):
        chosen = [find for each, find in _FINDERS.items() if kind in (None, each)]
        every = [doubt for find in chosen for doubt in find(db)]
    every.sort(key=lambda doubt: (-doubt.quotations, doubt.kind, doubt.subject, doubt.articles))
    return every[:limit]


def _command(*words: str) -> str:
    """What to type, as a shell reads it."""
    return shlex.join(("quotes", *words))


def _evidence(reasons: Iterable[str]) -> str:
    """Reasons in a row, each once; a capital makes no other reason.

    >>> _evidence(["“he” could be Lee", "“He” could be Lee", "nobody named before “she”"])
    'nobody named before “she”; “He” could be Lee'
    """
    once = {reason.lower(): reason for reason in sorted(reasons, reverse=True)}
    return "; ".join(sorted(once.values()))


def _listed(stored: str) -> tuple[str, ...]:
    return tuple(sorted(set(json.loads(stored))))


# Sources without a name


def _sources(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Sources that the article may name, by article and wording."""
    rows = select(
        db,
        """SELECT a.id, a.heading, min(q.speaker_as_written) AS written, count(*) AS quotations,
            json_group_array(q.speaker_basis) AS reasons, json_group_array(q.id) AS ids
        FROM quotation q JOIN article a ON a.id = q.article
        WHERE q.speaker IS NULL AND q.speaker_basis LIKE 'abstained:%'
        GROUP BY a.id, lower(q.speaker_as_written)""",
    )
    for row in rows:
        reasons = json.loads(row["reasons"])
        why = _evidence(reason.removeprefix("abstained: ") for reason in reasons)
        yield _doubt_of_one_article(
            "source",
            f"“{row['written']}” in {row['heading']}",
            why,
            row,
            (*_candidates(db, row["id"], why), "NAME"),
        )


def _candidates(db: sqlite3.Connection, article: str, why: str) -> list[str]:
    """Speakers of the article whom a reason names, in its order."""
    rows = db.execute(
        "SELECT DISTINCT entity FROM local_entity "
        "WHERE article = ?1 AND entity IS NOT NULL AND instr(?2, name) ORDER BY instr(?2, name)",
        (article, why),
    )
    return [entity for (entity,) in rows]


def _doubt_of_one_article(
    kind: DoubtKind, subject: str, evidence: str, row: sqlite3.Row, may_be: Iterable[str]
) -> Doubt:
    """A doubt about quotations of one article, settled by saying who said them."""
    ids = _listed(row["ids"])
    return Doubt(
        kind=kind,
        subject=subject,
        evidence=evidence,
        quotations=row["quotations"],
        articles=(row["id"],),
        examples=ids[:EXAMPLES],
        settle=tuple(_command("speakers", "assign", who, *ids) for who in may_be),
    )


# Speakers joined across articles


def _joins(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Speakers of articles taken for one of the index on little, by name and speaker."""
    rows = select(
        db,
        """SELECT l.name, e.id, e.name AS called, f.basis, count(*) AS quotations,
            json_group_array(l.article) AS articles, json_group_array(q.id) AS ids
        FROM form f JOIN entity e ON e.id = f.entity
        JOIN local_entity l ON l.form = f.number JOIN quotation q ON q.local_entity = l.number
        WHERE f.doubtful
            AND EXISTS (SELECT 1 FROM form o WHERE o.entity = f.entity AND o.key != f.key)
        GROUP BY l.name, e.id, f.basis""",
    )
    for row in rows:
        articles = _listed(row["articles"])
        yield Doubt(
            kind="join",
            subject=f"{row['name']} is taken for {row['called']}",
            evidence=row["basis"],
            quotations=row["quotations"],
            articles=articles,
            examples=_listed(row["ids"])[:EXAMPLES],
            settle=(
                _command("speakers", "alias", "add", row["id"], row["name"]),
                _command("speakers", "split", row["id"], *articles, "--as", row["name"]),
            ),
        )


# Speakers that look like one


def _lookalikes(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Speakers kept apart that may be one; a bare surname once, with all whom it may mean."""
    rows = select(
        db,
        """SELECT e.id, e.name, e.kind, e.wikidata,
            (SELECT count(*) FROM quotation WHERE speaker = e.id) AS quotations
        FROM entity e WHERE e.kind IN ('person', 'organisation')""",
    )
    apart = kept_apart(db)
    pairs = [
        pair
        for pair in lookalikes(Named(**row) for row in rows)
        if frozenset((pair.one.id, pair.other.id)) not in apart
    ]
    lone: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        bare = _bare(pair)
        if bare:
            lone[bare.id].append(pair)
        else:
            yield _two(db, pair)
    for id_, several in lone.items():
        yield _one_of_several(db, id_, several)


def _bare(pair: Pair) -> Named | None:
    """The one of a pair that is a bare surname, if one is."""
    if pair.one.kind != "person":
        return None
    return next((each for each in (pair.one, pair.other) if len(each.words) == 1), None)


def _two(db: sqlite3.Connection, pair: Pair) -> Doubt:
    one, other = pair.one, pair.other
    return Doubt(
        kind="lookalike",
        subject=f"{one.name} and {other.name}",
        evidence=f"{pair.why}; {one.quotations} and {other.quotations} quotations",
        quotations=other.quotations,
        articles=_articles(db, other.id),
        examples=_examples(db, other.id),
        settle=(
            _command("speakers", "merge", one.id, other.id),
            _command("speakers", "apart", one.id, other.id),
        ),
    )


def _one_of_several(db: sqlite3.Connection, bare: str, pairs: Iterable[Pair]) -> Doubt:
    """A bare surname and those whom it may mean, who is quoted most first."""
    others = sorted(
        ((pair.one if pair.other.id == bare else pair.other, pair) for pair in pairs),
        key=lambda each: (-each[0].quotations, each[0].id),
    )
    first = others[0][1]
    surname = first.one if first.one.id == bare else first.other
    bearers = [other for other, _ in others]
    known = ", ".join(f"{each.name} ({each.quotations})" for each in bearers[:LISTED])
    more = f" and {len(bearers) - LISTED} more" if len(bearers) > LISTED else ""
    settle = [_command("speakers", "merge", each.id, bare) for each in bearers[:LISTED]]
    settle += [_command("speakers", "apart", each.id, bare) for each in bearers[:LISTED]]
    return Doubt(
        kind="lookalike",
        subject=f"{surname.name} alone",
        evidence=f"may be {known}{more}",
        quotations=surname.quotations,
        articles=_articles(db, bare),
        examples=_examples(db, bare),
        settle=tuple(settle),
    )


def _articles(db: sqlite3.Connection, entity: str) -> tuple[str, ...]:
    rows = db.execute("SELECT DISTINCT article FROM quotation WHERE speaker = ?", (entity,))
    return tuple(sorted(article for (article,) in rows))


def _examples(db: sqlite3.Connection, entity: str) -> tuple[str, ...]:
    rows = db.execute(
        "SELECT id FROM quotation WHERE speaker = ? ORDER BY id LIMIT ?", (entity, EXAMPLES)
    )
    return tuple(id_ for (id_,) in rows)


# Names given on little


def _speakers(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Names given for where words stand alone, where somebody else speaks too."""
    rows = select(
        db,
        """SELECT a.id, a.heading, e.id AS entity, e.name, count(*) AS quotations,
            json_group_array(q.speaker_basis) AS reasons, json_group_array(q.id) AS ids
        FROM quotation q JOIN article a ON a.id = q.article JOIN entity e ON e.id = q.speaker
        WHERE q.speaker_basis LIKE '%' || ? AND q.id NOT IN (SELECT value FROM json_each(?))
            AND EXISTS (SELECT 1 FROM quotation o
            JOIN local_entity l ON l.number = o.local_entity AND l.kind = e.kind
            WHERE o.article = a.id AND o.speaker != q.speaker)
        GROUP BY a.id, e.id""",
        (WEAK, json.dumps(sorted(assigned(db)))),
    )
    for row in rows:
        subject, why = f"{row['name']} in {row['heading']}", _evidence(json.loads(row["reasons"]))
        yield _doubt_of_one_article("speaker", subject, why, row, (row["entity"], "NAME"))


_FINDERS: Mapping[DoubtKind, Callable[[sqlite3.Connection], Iterator[Doubt]]] = {
    "source": _sources,
    "join": _joins,
    "lookalike": _lookalikes,
    "speaker": _speakers,
}
