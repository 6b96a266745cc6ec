"""Who said it, what a speaker said, the wordings of one utterance, and every quotation."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Unpack

from quotes.answers.articles import ambiguous, beginning_with
from quotes.answers.filters import Condition, Filters, condition
from quotes.answers.ranking import Hits, ranked
from quotes.answers.rows import OCCURRENCE, by_number, occurrence_of_row
from quotes.answers.speakers import entities_named
from quotes.errors import NothingFoundError
from quotes.index.opening import explaining, search_form, words_of
from quotes.records import Span
from quotes.rows import Occurrence, Utterance


def who_said(
    db: sqlite3.Connection,
    words: str,
    *,
    limit: int | None = None,
    **chosen: Unpack[Filters],
) -> list[Utterance]:
    """The utterances that contain `words`, those that most outlets carried first, then earliest.

    Args:
        db: a connection from `open_index`.
        words: any text; its words must follow each other.  Without a letter or digit in it
            nothing is found.
        limit: at most so many.
        chosen: which printings count, see `Filters`.

    Returns:
        One row an utterance with all its printings, also those whose wording lacks the words.
    """
    counted = condition(chosen)
    phrase = search_form(words)
    if not phrase:
        return []
    hits = Hits(_CONTAINING, {"phrase": f'"{phrase}"'}, phrase)
    with explaining(db):
        groups = _ranked(db, hits, counted, limit)
    return [utterance_of(group, phrase) for group in groups]


def by(
    db: sqlite3.Connection,
    name: str,
    *,
    limit: int | None = None,
    **chosen: Unpack[Filters],
) -> list[Utterance]:
    """What a speaker said, alone or with others, ordered and filtered as by `who_said`.

    Args:
        db: a connection from `open_index`.
        name: any name that `find_speakers` knows; if it fits several speakers, all of
            theirs is given.
        limit: at most so many.
        chosen: which printings count, see `Filters`.
    """
    counted = condition(chosen)
    with explaining(db):
        speakers = json.dumps(entities_named(db, name))
        hits = Hits(_SPOKEN_BY, {"speakers": speakers})
        groups = _ranked(db, hits, counted, limit)
    return [utterance_of(group, "") for group in groups]


_CONTAINING = "SELECT rowid AS number FROM quotation_fts WHERE quotation_fts MATCH :phrase"

_SPOKEN_BY = """SELECT number FROM quotation
    WHERE speaker IN (SELECT value FROM json_each(:speakers))
    UNION SELECT m.quotation FROM member m JOIN local_entity l ON l.number = m.local_entity
    WHERE l.entity IN (SELECT value FROM json_each(:speakers))"""


def variants(db: sqlite3.Connection, id: str) -> Utterance:  # noqa: A002 - as users call it
    """One utterance with all its printings, earliest first.

    Args:
        db: a connection from `open_index`.
        id: of a cluster or of any of its quotations, or a beginning that fits only one.

    Raises:
        NothingFoundError: no such id, or several begin so.
    """
    with explaining(db):
        rows = db.execute(
            """SELECT number FROM quotation WHERE id = :id OR cluster = :id
            OR cluster = (SELECT cluster FROM quotation WHERE id = :id)""",
            {"id": quotation_id(db, id)},
        )
        group = by_number(db, [number for (number,) in rows])
    return utterance_of(sorted(group.values(), key=earliest), "")


def quotation_ids(db: sqlite3.Connection, beginning: str) -> tuple[str, ...]:
    """The ids of one quotation, or of all printings of an utterance.

    Raises:
        NothingFoundError: no quotation or utterance begins so, or several.
    """
    with explaining(db):
        rows = db.execute(
            "SELECT id FROM quotation WHERE id = :id OR cluster = :id ORDER BY id",
            {"id": quotation_id(db, beginning)},
        )
        return tuple(id_ for (id_,) in rows)


def quotation_id(db: sqlite3.Connection, beginning: str) -> str:
    """The id of the one quotation or else the one cluster that is or begins so.

    Raises:
        NothingFoundError: none does, or several.
    """
    quotations = beginning_with(db, "quotation", beginning)
    found = quotations or beginning_with(db, "cluster", beginning)
    if not found:
        raise NothingFoundError(
            f"{beginning}: no such quotation or cluster; ids are shown by `quotes who-said`"
        )
    if len(found) > 1:
        raise NothingFoundError(ambiguous(beginning, found))
    return found[0]


def occurrences(db: sqlite3.Connection, **chosen: Unpack[Filters]) -> Iterator[Occurrence]:
    """Every quotation as printed, by article and place, one after another for any number.

    Args:
        db: a connection from `open_index`.
        chosen: which printings count, see `Filters`.
    """
    counted = condition(chosen)
    with explaining(db):
        rows = db.execute(
            f"{OCCURRENCE} WHERE {counted.sql} ORDER BY q.article, q.number", counted.values
        )
        for row in rows:
            yield occurrence_of_row(row)


def _ranked(
    db: sqlite3.Connection, hits: Hits, chosen: Condition, limit: int | None
) -> list[list[Occurrence]]:
    """The printings of each utterance that `hits` touch, the best utterance first."""
    numbers = ranked(db, hits, chosen, limit)
    printed = by_number(db, [number for group in numbers for number in group])
    return [sorted((printed[n] for n in group), key=earliest) for group in numbers]


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


def utterance_of(printings: Sequence[Occurrence], phrase: str) -> Utterance:
    """One row of printings in order; `phrase` in search form, "" to match nothing."""
    longest_first = sorted(printings, key=lambda printing: -len(printing.text))
    with_words = (printing for printing in longest_first if _matches(printing.text, phrase))
    shown = next(with_words, longest_first[0])
    named = shown if shown.speaker else next((p for p in printings if p.speaker), shown)
    return Utterance(
        id=shown.cluster or shown.quotation,
        speaker=named.speaker,
        speaker_as_written=named.speaker_as_written,
        text=shown.text,
        matches=_matches(shown.text, phrase),
        kind=shown.kind,
        attitude=shown.attitude,
        outlets=tuple(dict.fromkeys(p.outlet for p in printings if p.outlet is not None)),
        first=printings[0].published,
        occurrences=tuple(printings),
        referent=None if named.speaker else shown.referent,
    )


def _matches(text: str, phrase: str) -> tuple[Span, ...]:
    """Where the words of `phrase` follow each other in `text`, left to right, apart.

    >>> _matches("It’s a no, a firm “No”.", "no")
    (Span(start=7, end=9), Span(start=19, end=21))
    """
    wanted = phrase.split()
    words = words_of(text) if wanted else ()
    found: list[Span] = []
    place = 0
    while wanted and place + len(wanted) <= len(words):
        window = words[place : place + len(wanted)]
        if [word for word, _ in window] == wanted:
            found.append(Span(window[0][1].start, window[-1][1].end))
            place += len(wanted)
        else:
            place += 1
    return tuple(found)
