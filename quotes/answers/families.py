"""Articles that go back to one text: their families, with what each is to the first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from quotes.answers.filters import bindable
from quotes.index.opening import explaining
from quotes.rows import FamilyMember, FamilyRow


def families(db: sqlite3.Connection, *, outlet: str | None = None) -> Iterator[FamilyRow]:
    """The families of the index, those of most articles first.

    Args:
        db: a connection from `open_index`.
        outlet: only those that it has an article in or is the origin of, in any case.
    """
    with explaining(db):
        rows = db.execute(
            """SELECT f.id FROM family f JOIN article a ON a.family = f.id
            WHERE :outlet IS NULL OR f.origin = :outlet COLLATE NOCASE OR f.id IN
                (SELECT family FROM article WHERE outlet = :outlet COLLATE NOCASE)
            GROUP BY f.id ORDER BY count(*) DESC, f.id""",
            {"outlet": bindable(outlet)},
        ).fetchall()
        for (id_,) in rows:
            yield from _families(db, [id_])


def families_of(db: sqlite3.Connection, articles: Collection[str]) -> list[FamilyRow]:
    """The families that these articles are of, whole, by id."""
    with explaining(db):
        rows = db.execute(
            "SELECT DISTINCT family FROM article "
            "WHERE id IN (SELECT value FROM json_each(?)) AND family IS NOT NULL",
            (json.dumps(sorted(articles)),),
        )
        return list(_families(db, [id_ for (id_,) in rows]))


def _families(db: sqlite3.Connection, ids: Sequence[str]) -> Iterator[FamilyRow]:
    rows = db.execute(
        "SELECT id, origin, basis, first FROM family "
        "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(sorted(ids)),),
    ).fetchall()
    for id_, origin, basis, first in rows:
        members = db.execute(
            "SELECT id, heading, outlet, published, family_kind, coalesce(family_reason, '') "
            "FROM article WHERE family = ?1 ORDER BY id != ?2, published IS NULL, published, id",
            (id_, first),
        )
        yield FamilyRow(id_, origin, basis, first, _members(members))


def _members(rows: Iterable[Sequence[Any]]) -> tuple[FamilyMember, ...]:
    return tuple(FamilyMember(*row) for row in rows)
