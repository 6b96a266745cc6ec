"""Entities across articles, read and written whole: what tests need and the program does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from quotes.index.opening import explaining, search_form, transaction
from quotes.records import Entity


@dataclass(frozen=True, slots=True)
class LocalEntity:
    """An entity of one article, with the article and its date."""

    article: str
    published: str | None
    entity: Entity


def stored_entities(db: sqlite3.Connection) -> Iterator[LocalEntity]:
    """Every article's own entities, by article id and local id."""
    with explaining(db):
        rows = db.execute(
            "SELECT e.article, a.published, e.id, e.name, e.kind, e.role, e.wikidata, e.number "
            "FROM local_entity e JOIN article a ON a.id = e.article ORDER BY e.article, e.id"
        )
        for article, published, id_, name, kind, role, wikidata, number in rows:
            aliases = db.execute(
                "SELECT alias FROM local_alias WHERE local_entity = ? ORDER BY alias", (number,)
            )
            seen = tuple(alias for (alias,) in aliases)
            yield LocalEntity(article, published, Entity(id_, name, kind, seen, role, wikidata))


def replace_entities(
    db: sqlite3.Connection, entities: Iterable[Entity], mapping: Mapping[tuple[str, str], str]
) -> None:
    """Replace the entities across articles, and who speaks each quotation.

    Args:
        db: a connection from `open_index`.
        entities: all of them, ids unique.
        mapping: from (article id, local entity id) to entity id; what it leaves out has no
            speaker across articles.
    """
    entities = list(entities)
    with explaining(db), transaction(db):
        stale = {row[0] for row in db.execute("SELECT id FROM entity")} - {e.id for e in entities}
        db.executemany("DELETE FROM entity WHERE id = ?", [(id_,) for id_ in sorted(stale)])
        db.executemany(
            "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "name = excluded.name, kind = excluded.kind, role = excluded.role, "
            "wikidata = excluded.wikidata, search_form = excluded.search_form",
            [(e.id, e.name, e.kind, e.role, e.wikidata, search_form(e.name)) for e in entities],
        )
        _replace_aliases(db, entities)
        _map_entities(db, mapping)


def _replace_aliases(db: sqlite3.Connection, entities: Iterable[Entity]) -> None:
    db.execute("DELETE FROM alias")
    db.executemany(
        "INSERT INTO alias VALUES (?, ?, ?)",
        [
            (entity.id, alias, search_form(alias))
            for entity in entities
            for alias in sorted(set(entity.aliases))
        ],
    )


def _map_entities(db: sqlite3.Connection, mapping: Mapping[tuple[str, str], str]) -> None:
    """Point local entities at entities, and quotations after them; only what differs."""
    stored = db.execute("SELECT number, article, id, entity FROM local_entity").fetchall()
    changed = [
        (mapping.get((article, id_)), number)
        for number, article, id_, entity in stored
        if mapping.get((article, id_)) != entity
    ]
    db.executemany("UPDATE local_entity SET entity = ? WHERE number = ?", changed)
    db.execute(
        """UPDATE quotation SET speaker = e.entity FROM local_entity e
        WHERE e.number = quotation.local_entity AND quotation.speaker IS NOT e.entity"""
    )
