"""Who speaks in the index, and whom a name may mean."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from quotes.query.filters import Filters, bindable
from quotes.records import SpeakerRow
from quotes.schema import explaining, search_form


def find_speakers(db: sqlite3.Connection, name: str) -> list[SpeakerRow]:
    """The speakers that go by `name`, most quotations first; more than one: it is ambiguous.

    An entity id, or any alias in any case and with or without diacritics; failing that,
    the aliases that contain the name as whole words.
    """
    with explaining(db):
        return _speaker_rows(db, entities_named(db, name), everything=True)


def speakers(
    db: sqlite3.Connection, *, limit: int | None = None, everything: bool = False
) -> list[SpeakerRow]:
    """Who speaks in the index, most quotations first."""
    with explaining(db):
        return _speaker_rows(db, None, everything=everything, limit=limit)


def entities_named(db: sqlite3.Connection, name: str) -> list[str]:
    """Ids of the entities that `name` may mean, see `find_speakers`."""
    form = search_form(name)
    exact = db.execute(
        """SELECT id FROM entity WHERE id = :id
        UNION SELECT id FROM entity WHERE search_form = :form AND :form != ''
        UNION SELECT entity FROM alias WHERE search_form = :form AND :form != ''
        ORDER BY 1""",
        {"id": bindable(name.strip()), "form": form},
    )
    found = [id_ for (id_,) in exact]
    return found if found or not form else _entities_partly_named(db, form)


def _entities_partly_named(db: sqlite3.Connection, form: str) -> list[str]:
    rows = db.execute(
        """SELECT id FROM entity WHERE instr(' ' || search_form || ' ', :words)
        UNION SELECT entity FROM alias WHERE instr(' ' || search_form || ' ', :words)
        ORDER BY 1""",
        {"words": f" {form} "},
    )
    return [id_ for (id_,) in rows]


def _speaker_rows(
    db: sqlite3.Connection,
    ids: Sequence[str] | None,
    *,
    everything: bool,
    limit: int | None = None,
) -> list[SpeakerRow]:
    chosen = Filters(everything)
    only = "" if ids is None else "AND q.speaker IN (SELECT value FROM json_each(:ids))"
    rows = db.execute(
        f"""SELECT e.id, e.name, e.kind, e.role,
            (SELECT json_group_array(alias) FROM alias WHERE entity = e.id), n,
            (SELECT json_group_array(DISTINCT a.outlet) FROM quotation q
                JOIN article a ON a.id = q.article
                WHERE q.speaker = e.id AND a.outlet IS NOT NULL AND {chosen.sql})
        FROM (SELECT q.speaker AS id, count(*) AS n FROM quotation q
            WHERE q.speaker IS NOT NULL AND {chosen.sql} {only} GROUP BY q.speaker) said
        JOIN entity e ON e.id = said.id ORDER BY n DESC, e.name, e.id LIMIT :limit""",
        {
            **chosen.values(),
            "ids": json.dumps(list(ids or ())),
            "limit": -1 if limit is None else limit,
        },
    )
    return [
        SpeakerRow(
            id_, name, kind, role, tuple(sorted(json.loads(seen))), n,
            tuple(sorted(json.loads(printed))),
        )
        for id_, name, kind, role, seen, n, printed in rows
    ]  # fmt: skip
