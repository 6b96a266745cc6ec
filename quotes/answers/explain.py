"""The whole chain from the words to the name and to the group, from stored facts; no model runs.

In comes the id of a quotation or an utterance, out goes for each printing: where its words
stand and how they were found, the mentions that lead from its source to a name, who that is
in the article and across articles and why, and what a person decided about it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from quotes.answers.articles import families_of
from quotes.answers.utterances import by_number, earliest, paraphrases_of, printed, quotation_id
from quotes.index import explaining, select
from quotes.people.decisions import decisions_about
from quotes.people.known import People
from quotes.records import Decision, Entity, Span
from quotes.rows import Explanation, Occurrence, Passage, Tie
from quotes.utterances import joins
from quotes.utterances.groups import variants_of

AROUND = 60
"""Characters of its line that are shown on either side of a mention."""

MOST_TIED = 200
"""Quotations of one group that are compared, the first by number: time goes as their square."""


def explain(db: sqlite3.Connection, id: str, *, people: People) -> list[Explanation]:  # noqa: A002
    """How the printings of an utterance came to their speaker, in the order of `variants`.

    Args:
        db: a connection from `open_index`.
        id: of a quotation, or of an utterance for all its printings, or a beginning that
            fits only one.
        people: the people file, for offices held on the article's day.

    Raises:
        NothingFoundError: no such id, or several begin so.
    """
    with explaining(db):
        found = printed(db, "q.id = :id OR q.cluster = :id", {"id": quotation_id(db, id)})
        ordered = sorted(found, key=lambda each: earliest(each[1]))
        ties = _ties(db, {each.cluster for _, each in ordered if each.cluster})
        return [
            _explanation(db, each, number, people, ties.get(each.quotation))
            for number, each in ordered
        ]


def _explanation(
    db: sqlite3.Connection, quotation: Occurrence, number: int, people: People, tie: Tie | None
) -> Explanation:
    heading, text = db.execute(
        "SELECT heading, text FROM article WHERE id = ?", (quotation.article,)
    ).fetchone()
    local, entity, join, doubtful = _identity(db, number)
    return Explanation(
        quotation=quotation,
        heading=heading,
        content=_passages(text, quotation.content),
        cue=_passages(text, _stored(db, number, "cue")),
        source=_passages(text, _stored(db, number, "source")),
        chain=_passages(text, quotation.chain),
        local=local,
        entity=entity,
        join=join,
        doubtful=doubtful,
        offices=_offices(entity, quotation.published, people),
        decisions=_decisions(db, quotation, entity),
        candidates=_candidates(db, quotation),
        tie=tie,
        family=next(iter(families_of(db, [quotation.article])), None),
        paraphrases=tuple(paraphrases_of(db, [quotation.quotation])),
    )


def _passages(text: str, spans: Iterable[Span]) -> tuple[Passage, ...]:
    return tuple(passage(text, span) for span in spans)


def passage(text: str, span: Span) -> Passage:
    """Words in their line, which is cut at a space `AROUND` characters off.

    >>> passage("Ann Lee spoke.\\nShe said no.", Span(15, 18))
    Passage(span=Span(start=15, end=18), before='', words='She', after=' said no.')
    """
    start = text.rfind("\n", 0, span.start) + 1
    stop = text.find("\n", span.end)
    before = text[start : span.start]
    after = text[span.end : len(text) if stop < 0 else stop]
    if len(before) > AROUND:
        before = "… " + before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + " …"
    return Passage(span, before, span.of(text), after)


def _stored(db: sqlite3.Connection, number: int, role: str) -> tuple[Span, ...]:
    rows = select(
        db,
        'SELECT start, "end" FROM span WHERE quotation = ? AND role = ? ORDER BY ord',
        (number, role),
    )
    return tuple(Span(**row) for row in rows)


def _decisions(
    db: sqlite3.Connection, quotation: Occurrence, entity: Entity | None
) -> tuple[Decision, ...]:
    """What was decided about the speaker, and about this quotation; not about its others."""
    about = decisions_about(db, entity.id) if entity else ()
    return tuple(
        each for each in about if each.action != "assign" or quotation.quotation in each.quotations
    )


# Who it is


def _identity(
    db: sqlite3.Connection, number: int
) -> tuple[Entity | None, Entity | None, str, bool]:
    """The speaker in the article, across articles, why the one is the other, and on how much."""
    row = select(
        db,
        """SELECT q.local_entity, q.speaker, q.speaker IS l.entity AS follows, f.basis, f.doubtful
        FROM quotation q LEFT JOIN local_entity l ON l.number = q.local_entity
        LEFT JOIN form f ON f.number = l.form WHERE q.number = ?""",
        (number,),
    ).fetchone()
    local = _entities(db, "local_entity", "local_alias", "number = ?", (row["local_entity"],))
    entity = _entities(db, "entity", "alias", "id = ?", (row["speaker"],))
    joined = local and row["follows"]
    return (
        next(iter(local), None),
        next(iter(entity), None),
        (row["basis"] or "") if joined else "",
        bool(joined and row["doubtful"]),
    )


def _offices(entity: Entity | None, day: str | None, people: People) -> tuple[str, ...]:
    """What the people file says the speaker was on that day."""
    person = people.named(entity.name) if entity and entity.kind == "person" else None
    roles = person.roles_on(day) if person else ()
    return tuple(f"{role.role}, {role.of}" if role.of else role.role for role in roles)


def _candidates(db: sqlite3.Connection, quotation: Occurrence) -> tuple[Entity, ...]:
    """Of a source left without a name: those of the article whom the reason names."""
    if quotation.speaker:
        return ()
    named = "article = ? AND instr(?, name) ORDER BY instr(?2, name), id"
    values = (quotation.article, quotation.speaker_basis)
    return _entities(db, "local_entity", "local_alias", named, values)


def _entities(
    db: sqlite3.Connection, table: str, aliases: str, holds: str, values: Sequence[object]
) -> tuple[Entity, ...]:
    """Entities of one article or across articles, with the names that they are seen by."""
    key = "number" if table == "local_entity" else "id"
    rows = select(
        db,
        f"""SELECT id, name, kind, (SELECT json_group_array(alias) FROM {aliases}
            WHERE {table} = e.{key}) AS aliases, role, wikidata
        FROM {table} e WHERE {holds}""",
        values,
    )
    seen = ({**row, "aliases": tuple(sorted(json.loads(row["aliases"])))} for row in rows)
    return tuple(Entity(**each) for each in seen)


# Why it stands in its group


def _ties(db: sqlite3.Connection, clusters: Iterable[str]) -> Mapping[str, Tie]:
    """Which other wording each quotation of these groups depends on, by its id.

    The groups themselves are the index's; that two belong together is judged as it was for them.
    """
    found: dict[str, Tie] = {}
    for cluster in sorted(clusters):
        rows = db.execute(
            "SELECT number FROM quotation WHERE cluster = ? ORDER BY number LIMIT ?",
            (cluster, MOST_TIED),
        )
        numbers = [number for (number,) in rows]
        known = {each.quotation: each for each in by_number(db, numbers).values()}
        for join in joins(variants_of(db, numbers)):
            partner = known[join.partner] if join.partner else None
            found[join.quotation] = Tie(partner, join.reason)
    return found
