"""The whole chain from the words to the name and to the group, from stored facts; no model runs.

In comes the id of a quotation or an utterance, out goes for each printing: where its words
stand and how they were found, the mentions that lead from its source to a name, who that is
in the article and across articles and why, and what a person decided about it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from quotes.answers import families_of, paraphrases_of
from quotes.answers.rows import NUMBER, OCCURRENCE, occurrence_of_row
from quotes.answers.ties import ties
from quotes.answers.utterances import quotation_id
from quotes.index.opening import explaining
from quotes.people.decisions import decisions_about
from quotes.people.known import People
from quotes.records import Decision, Entity, Span
from quotes.rows import Explanation, Occurrence, Passage, Tie

AROUND = 60
"""Characters of its line that are shown on either side of a mention."""


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
        found = quotation_id(db, id)
        rows = db.execute(
            f"{OCCURRENCE} WHERE q.id = :id OR q.cluster = :id "
            "ORDER BY a.published IS NULL, a.published, a.outlet, q.article, q.number",
            {"id": found},
        ).fetchall()
        printed = [(occurrence_of_row(row), row[NUMBER]) for row in rows]
        tied = ties(db, {each.cluster for each, _ in printed if each.cluster})
        return [
            _explanation(db, each, number, people, tied.get(each.quotation))
            for each, number in printed
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
    rows = db.execute(
        'SELECT start, "end" FROM span WHERE quotation = ? AND role = ? ORDER BY ord',
        (number, role),
    )
    return tuple(Span(start, end) for start, end in rows)


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
    row = db.execute(
        """SELECT l.number, l.id, l.name, l.kind, l.role, l.wikidata, q.speaker,
            CASE WHEN q.speaker IS l.entity THEN coalesce(f.basis, '') ELSE '' END,
            q.speaker IS l.entity AND coalesce(f.doubtful, 0)
        FROM quotation q LEFT JOIN local_entity l ON l.number = q.local_entity
        LEFT JOIN form f ON f.number = l.form WHERE q.number = ?""",
        (number,),
    ).fetchone()
    if row[0] is None:
        return None, _entity(db, row[6]), "", False
    aliases = _names(db, "SELECT alias FROM local_alias WHERE local_entity = ?", row[0])
    local = Entity(row[1], row[2], row[3], aliases, row[4], row[5])
    return local, _entity(db, row[6]), row[7], bool(row[8])


def _entity(db: sqlite3.Connection, id_: str | None) -> Entity | None:
    row = db.execute("SELECT name, kind, role, wikidata FROM entity WHERE id = ?", (id_,))
    found = row.fetchone()
    if found is None or id_ is None:
        return None
    aliases = _names(db, "SELECT alias FROM alias WHERE entity = ?", id_)
    return Entity(id_, found[0], found[1], aliases, found[2], found[3])


def _names(db: sqlite3.Connection, sql: str, of: int | str) -> tuple[str, ...]:
    return tuple(sorted(name for (name,) in db.execute(sql, (of,))))


def _offices(entity: Entity | None, day: str | None, people: People) -> tuple[str, ...]:
    """What the people file says the speaker was on that day."""
    person = people.named(entity.name) if entity and entity.kind == "person" else None
    roles = person.roles_on(day) if person else ()
    return tuple(f"{role.role}, {role.of}" if role.of else role.role for role in roles)


def _candidates(db: sqlite3.Connection, quotation: Occurrence) -> tuple[Entity, ...]:
    """Of a source left without a name: those of the article whom the reason names."""
    if quotation.speaker:
        return ()
    rows = db.execute(
        "SELECT number, id, name, kind, role, wikidata FROM local_entity "
        "WHERE article = ? AND instr(?, name) ORDER BY instr(?2, name), id",
        (quotation.article, quotation.speaker_basis),
    ).fetchall()
    aliases = "SELECT alias FROM local_alias WHERE local_entity = ?"
    return tuple(
        Entity(id_, name, kind, _names(db, aliases, number), role, wikidata)
        for number, id_, name, kind, role, wikidata in rows
    )
