"""Quotations as printed, and the utterances that they print: who said it, what a speaker said.

One statement reads quotations, `_OCCURRENCE`; its columns are named as the fields of the record.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from sys import intern
from typing import Any, Unpack

from quotes.answers import questions
from quotes.answers.questions import Condition, Filters, Hits
from quotes.index.opening import explaining, search_form, select, words_of
from quotes.records import NAMED, Span, Speaker
from quotes.rows import Occurrence, Paraphrase, Utterance


def who_said(
    db: sqlite3.Connection, words: str, *, limit: int | None = None, **chosen: Unpack[Filters]
) -> list[Utterance]:
    """The utterances that contain `words`, see `Index.who_said`."""
    counted, phrase = questions.condition(chosen), search_form(words)
    if not phrase:
        return []
    own = questions.not_of_an_inner_report(chosen, words=":spoken")
    beginning = " ".join(phrase.split()[: questions.MOST_WORDS])
    whole = "" if beginning == phrase else "AND instr(' ' || search_form || ' ', :spoken)"
    containing = f"""SELECT q.number FROM (
            SELECT rowid AS number FROM quotation_fts WHERE quotation_fts MATCH :phrase {whole}
        ) q WHERE {own}"""
    values = {**counted.values, "phrase": f'"{beginning}"', "spoken": f" {phrase} "}
    with explaining(db):
        return _ranked(db, Hits(containing, values, phrase, own), counted, limit)


def by(
    db: sqlite3.Connection, name: str, *, limit: int | None = None, **chosen: Unpack[Filters]
) -> list[Utterance]:
    """What a speaker said, alone or with others, see `Index.by`."""
    counted = questions.condition(chosen)
    # What a speaker reports of himself is a part of what holds it.
    spoken = """WITH spoken AS MATERIALIZED (SELECT number, within FROM quotation
            WHERE speaker IN (SELECT value FROM json_each(:speakers))
            UNION SELECT q.number, q.within
            FROM member m JOIN local_entity l ON l.number = m.local_entity
            JOIN quotation q ON q.number = m.quotation
            WHERE l.entity IN (SELECT value FROM json_each(:speakers)))
        SELECT number FROM spoken
        WHERE within IS NULL OR within NOT IN (SELECT number FROM spoken)"""
    with explaining(db):
        speakers = json.dumps(questions.entities_named(db, name))
        return _ranked(db, Hits(spoken, {"speakers": speakers}), counted, limit)


def _ranked(
    db: sqlite3.Connection, hits: Hits, counted: Condition, limit: int | None
) -> list[Utterance]:
    """The utterances that `hits` touch, the best first, with the printings that count."""
    groups = questions.ranked(db, hits, counted, limit)
    found = by_number(db, [number for group in groups for number in group])
    others = _otherwise(db, found, counted) if hits.words else {}
    made = []
    for group in groups:
        printings = [found[number] for number in group]
        made.append(utterance_of(printings, hits.words, others.get(printings[0].cluster, ())))
    return retold(db, made)


def _otherwise(
    db: sqlite3.Connection, found: Mapping[int, Occurrence], counted: Condition
) -> dict[str | None, list[Occurrence]]:
    """By utterance the printings that count and were not found: other wordings of what was."""
    clusters = sorted({each.cluster for each in found.values() if each.cluster is not None})
    holds = f"""q.number IN (SELECT number FROM quotation
            WHERE cluster IN (SELECT value FROM json_each(:clusters)))
        AND {counted.sql}"""
    by_utterance: defaultdict[str | None, list[Occurrence]] = defaultdict(list)
    for number, each in printed(db, holds, {**counted.values, "clusters": json.dumps(clusters)}):
        if number not in found:
            by_utterance[each.cluster].append(each)
    return by_utterance


def occurrences(db: sqlite3.Connection, **chosen: Unpack[Filters]) -> Iterator[Occurrence]:
    """Every quotation as printed, see `Index.iter_occurrences`."""
    counted = questions.condition(chosen)
    with explaining(db):
        found = printed(db, f"{counted.sql} ORDER BY q.article, q.number", counted.values)
        yield from (occurrence for _, occurrence in found)


# Ids that people type


def quotation_id(db: sqlite3.Connection, beginning: str) -> str:
    """The id of the one quotation or else the one cluster that is or begins so."""
    quotations = questions.beginning_with(db, "quotation", beginning)
    found = quotations or questions.beginning_with(db, "cluster", beginning)
    missing = "no such quotation or utterance; `quotes who-said` shows their ids"
    return questions.the_only(found, beginning, missing=missing)


def quotation_ids(db: sqlite3.Connection, beginning: str) -> tuple[str, ...]:
    """The ids of one quotation, or of all printings of an utterance."""
    with explaining(db):
        rows = db.execute(
            "SELECT id FROM quotation WHERE id = :id OR cluster = :id ORDER BY id",
            {"id": quotation_id(db, beginning)},
        )
        return tuple(id_ for (id_,) in rows)


# Quotations as printed


def places(role: str) -> str:
    """A column with the spans of one role: "start end start end"."""
    return f"""(SELECT group_concat(place, ' ') FROM (
        SELECT start || ' ' || "end" AS place FROM span
        WHERE quotation = q.number AND role = '{role}' ORDER BY ord)) AS {role}"""


_OCCURRENCE = f"""SELECT q.number, q.id AS quotation, q.cluster, q.article,
    coalesce(e.id, l.id) AS who, coalesce(e.name, l.name) AS name, coalesce(e.kind, l.kind) AS sort,
    q.speaker_as_written, q.speaker_basis, q.text, q.kind, q.attitude, q.cue,
    a.outlet, a.outlet_basis IS 'inferred' AS outlet_inferred, a.title, a.url, a.published,
    q.confidence, q.method, q.region, a.family, a.family_kind, f.origin,
    q.polarity, q.polarity_words, o.id AS within, coalesce(oe.name, ol.name) AS teller,
    iif(m.doubtful AND q.speaker IS l.entity, m.basis, NULL) AS speaker_doubt,
    {places("content")}, {places("chain")}
    FROM quotation q CROSS JOIN article a ON a.id = q.article
    LEFT JOIN entity e ON e.id = q.speaker LEFT JOIN local_entity l ON l.number = q.local_entity
    LEFT JOIN form m ON m.number = l.form
    LEFT JOIN family f ON f.id = a.family LEFT JOIN quotation o ON o.number = q.within
    LEFT JOIN entity oe ON oe.id = o.speaker
    LEFT JOIN local_entity ol ON ol.number = o.local_entity"""


def printed(
    db: sqlite3.Connection, holds: str, values: Mapping[str, Any]
) -> Iterator[tuple[int, Occurrence]]:
    """Quotations for which `holds` (over `quotation q` and `article a`), with their numbers."""
    cursor = db.execute(f"{_OCCURRENCE} WHERE {holds}", values)
    # Interned names are told apart as keywords by identity: a fifth of the time of a row.
    names = [intern(column) for column, *_ in cursor.description]
    for row in cursor:
        columns = dict(zip(names, row, strict=True))
        number, id_ = columns.pop("number"), columns.pop("who")
        name, sort = columns.pop("name"), columns.pop("sort")
        who = Speaker(id_, name, sort) if id_ else None
        # Who has no name is its referent, never its speaker.
        columns["speaker"], columns["referent"] = (who, None) if sort in NAMED else (None, who)
        columns["outlet_inferred"] = bool(columns["outlet_inferred"])
        columns["content"] = tuple(sorted(spans_of(columns["content"])))
        columns["chain"] = tuple(spans_of(columns["chain"]))
        yield number, Occurrence(**columns)


def spans_of(places: str | None) -> Iterator[Span]:
    """The spans of a column made with `places`.

    >>> list(spans_of("12 15 3 9"))
    [Span(start=12, end=15), Span(start=3, end=9)]
    """
    numbers = map(int, (places or "").split())
    return map(Span, numbers, numbers)


def by_number(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Occurrence]:
    """Quotations by the numbers of their rows."""
    among = "q.number IN (SELECT value FROM json_each(:numbers))"
    return dict(printed(db, among, {"numbers": json.dumps(sorted(numbers))}))


# Printings as one utterance


def utterance_of(
    printings: Iterable[Occurrence], phrase: str = "", otherwise: Iterable[Occurrence] = ()
) -> Utterance:
    """One row of printings in any order.

    Args:
        phrase: words in search form that each of `printings` holds, "" if none were asked for.
        otherwise: the utterance's other printings, which do not hold them.
    """
    ordered = sorted(printings, key=earliest)
    rest = sorted(otherwise, key=earliest)
    shown = max(ordered, key=lambda printing: len(printing.text))
    named = next((p for p in (shown, *ordered, *rest) if p.speaker), shown)
    return Utterance(
        id=shown.cluster or shown.quotation,
        speaker=named.speaker,
        speaker_as_written=named.speaker_as_written,
        text=shown.text,
        matches=_matches(shown.text, phrase) if phrase else (),
        kind=shown.kind,
        attitude=shown.attitude,
        outlets=tuple(dict.fromkeys(p.outlet for p in ordered if p.outlet is not None)),
        first=ordered[0].published,
        occurrences=tuple(ordered),
        otherwise=tuple(rest),
        referent=None if named.speaker else shown.referent,
        polarity=shown.polarity,
        cue=shown.cue,
        polarity_words=shown.polarity_words,
        teller=shown.teller,
        speaker_doubt=named.speaker_doubt,
    )


def earliest(occurrence: Occurrence) -> tuple[bool, str, str, str, int, str]:
    """Sorts printings: dated before undated, then by date, outlet, article and place."""
    return (
        occurrence.published is None,
        occurrence.published or "",
        occurrence.outlet or "",
        occurrence.article,
        occurrence.start,
        occurrence.quotation,
    )


def _matches(text: str, phrase: str) -> tuple[Span, ...]:
    """Where the words of `phrase`, one or more, follow each other in `text`, left to right, apart.

    >>> _matches("It’s a no, a firm “No”.", "no")
    (Span(start=7, end=9), Span(start=19, end=21))
    """
    words = words_of(text)
    run, found = len(phrase.split()), []
    form, place = f" {' '.join(word for word, _ in words)} ", 0
    while (place := form.find(f" {phrase} ", place)) >= 0:
        first = form.count(" ", 0, place)
        found.append(Span(words[first][1].start, words[first + run - 1][1].end))
        place += len(phrase) + 1
    return tuple(found)


# The same in other words


def retold(db: sqlite3.Connection, utterances: Sequence[Utterance]) -> list[Utterance]:
    """The same utterances, each with what says it in other words."""
    of = {each.quotation: row.id for row in utterances for each in row.printings}
    told: defaultdict[str, list[Paraphrase]] = defaultdict(list)
    for one in paraphrases_of(db, of):
        told[of[one.of]].append(one)
    return [replace(row, paraphrases=tuple(told[row.id])) for row in utterances]


def paraphrases_of(db: sqlite3.Connection, quotations: Collection[str]) -> list[Paraphrase]:
    """What says these quotations (ids) again in other words, the most similar first.

    Each other quotation comes once for every utterance that it says again, beside the printing
    that it is most like.
    """
    with explaining(db):
        rows = select(
            db,
            """SELECT q.id, coalesce(q.cluster, q.id) AS utterance, p.other, p.similarity, p.reason
            FROM quotation q JOIN paraphrase p ON p.quotation = q.number
            JOIN quotation o ON o.number = p.other
            WHERE q.id IN (SELECT value FROM json_each(?))
                AND coalesce(o.cluster, o.id) != coalesce(q.cluster, q.id)
            ORDER BY p.similarity DESC, o.id, q.id""",
            (json.dumps(sorted(quotations)),),
        ).fetchall()
        others = by_number(db, {row["other"] for row in rows})
    best: dict[tuple[str, int], Paraphrase] = {}
    for row in rows:
        said_again = Paraphrase(others[row["other"]], row["id"], row["similarity"], row["reason"])
        best.setdefault((row["utterance"], row["other"]), said_again)
    return list(best.values())
