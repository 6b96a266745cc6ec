"""Who speaks in the index, and whom a name may mean."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from quotes.answers.filters import bindable, condition
from quotes.errors import NothingFoundError
from quotes.index import explaining, search_form, select
from quotes.records import NAMED, SpeakerKind
from quotes.rows import SpeakerRow

_LISTED = 8
"""Speakers of one name that a message lists."""


def find_speakers(db: sqlite3.Connection, name: str) -> list[SpeakerRow]:
    """The speakers that go by `name`, most quotations first; more than one: it is ambiguous.

    An entity id, or any alias in any case and with or without diacritics; failing that,
    the aliases that contain the name as whole words.
    """
    with explaining(db):
        return _speaker_rows(db, entities_named(db, name), everything=True)


def speakers(
    db: sqlite3.Connection,
    *,
    kind: SpeakerKind | None = None,
    limit: int | None = None,
    everything: bool = False,
) -> list[SpeakerRow]:
    """Who speaks in the index, most quotations first.

    Args:
        db: a connection from `open_index`.
        kind: this kind only; without it, all who have names.  A group, a document or a
            person without a name is a row of its own in every article.
        limit: at most so many.
        everything: count beliefs, plans and facts too.
    """
    with explaining(db):
        if kind is not None and kind not in NAMED:
            return _referent_rows(db, kind, everything=everything, limit=limit)
        kinds = tuple(NAMED) if kind is None else (kind,)
        return _speaker_rows(db, None, everything=everything, limit=limit, kinds=kinds)


def the_speaker(db: sqlite3.Connection, name: str) -> SpeakerRow:
    """The one speaker of an id or of any name that `find_speakers` knows, quoted or not.

    Raises:
        NothingFoundError: nobody goes by that name, or several do; it lists them.
    """
    with explaining(db):
        found = _speaker_rows(db, entities_named(db, name), everything=True, silent=True)
    if not found:
        raise NothingFoundError(nobody_called(db, name))
    if len(found) > 1:
        several = ", ".join(f"{row.id} ({row.name}, {row.quotations})" for row in found[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise NothingFoundError(
            f"{name!r} matches several speakers: {several}{more}; "
            "nothing was changed, use one of these ids"
        )
    return found[0]


def nobody_called(db: sqlite3.Connection, name: str) -> str:
    """What to say of a name that nobody goes by: whose name is like it, or where to look."""
    from difflib import get_close_matches  # seldom needed, and a question loads little

    rows = speakers(db, everything=True)
    names = {
        alias.lower(): row.name
        for row in rows
        for alias in (row.name, *row.aliases, *row.name.split())
    }
    close = get_close_matches(name.lower(), names, n=3, cutoff=0.75)
    found = ", ".join(dict.fromkeys(names[each] for each in close))
    hint = f"Did you mean {found}?" if found else "`quotes speakers` lists all speakers."
    return f"No speaker goes by {name!r}. {hint}"


def entities_named(db: sqlite3.Connection, name: str) -> list[str]:
    """Ids of the entities that `name` may mean, see `find_speakers`."""
    form = search_form(name)
    exact = """SELECT id FROM entity WHERE id = :id
        UNION SELECT id FROM entity WHERE search_form = :form AND :form != ''
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


def _speaker_rows(
    db: sqlite3.Connection,
    ids: Sequence[str] | None,
    *,
    everything: bool,
    limit: int | None = None,
    kinds: Sequence[SpeakerKind] = (),
    silent: bool = False,
) -> list[SpeakerRow]:
    """Entities with what they said; `silent` ones said nothing.

    Aliases and outlets are gathered for those that are given, not for all.
    """
    counted = condition({"everything": everything})
    only = "" if ids is None else "AND {} IN (SELECT value FROM json_each(:ids))"
    said = (
        "SELECT q.speaker AS id, count(*) AS n FROM quotation q "
        f"WHERE q.speaker IS NOT NULL AND {counted.sql} {only.format('q.speaker')} "
        "GROUP BY q.speaker"
    )
    rows = select(
        db,
        f"""WITH first AS MATERIALIZED (
            SELECT e.id, e.name, e.kind, e.role, coalesce(n, 0) AS quotations
            FROM entity e {"LEFT" if silent else ""} JOIN ({said}) said ON e.id = said.id
            WHERE (:kinds = '[]' OR e.kind IN (SELECT value FROM json_each(:kinds)))
                {only.format("e.id")}
            ORDER BY quotations DESC, e.name, e.id LIMIT :limit
        )
        SELECT e.*, (SELECT json_group_array(alias) FROM alias WHERE entity = e.id) AS aliases,
            (SELECT json_group_array(DISTINCT a.outlet) FROM quotation q
                CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article
                WHERE q.speaker = e.id AND a.outlet IS NOT NULL AND {counted.sql}) AS outlets
        FROM first e ORDER BY quotations DESC, e.name, e.id""",
        {
            **counted.values,
            "ids": json.dumps(list(ids or ())),
            "kinds": json.dumps(sorted(kinds)),
            "limit": -1 if limit is None else limit,
        },
    )
    return [_speaker_row(row) for row in rows]


def _referent_rows(
    db: sqlite3.Connection, kind: SpeakerKind, *, everything: bool, limit: int | None
) -> list[SpeakerRow]:
    """Sources without a name, a row for each article's own."""
    counted = condition({"everything": everything})
    rows = select(
        db,
        f"""SELECT l.id, l.name, l.kind, l.role,
            (SELECT json_group_array(alias) FROM local_alias WHERE local_entity = l.number)
            AS aliases, count(*) AS quotations, json_array(a.outlet) AS outlets, l.article
        FROM local_entity l JOIN article a ON a.id = l.article
        JOIN quotation q ON q.local_entity = l.number
        WHERE l.kind = :of AND {counted.sql} GROUP BY l.number
        ORDER BY count(*) DESC, l.name, l.article, l.id LIMIT :limit""",
        {**counted.values, "of": kind, "limit": -1 if limit is None else limit},
    )
    return [_speaker_row(row) for row in rows]


def _speaker_row(row: sqlite3.Row) -> SpeakerRow:
    aliases, outlets = json.loads(row["aliases"]), filter(None, json.loads(row["outlets"]))
    lists = {"aliases": tuple(sorted(aliases)), "outlets": tuple(sorted(outlets))}
    return SpeakerRow(**{**row, **lists})
