"""What a question is given: filters, declared once, and the ids or names of what it asks about.

A new filter is a field of `Filters`, a line of `_HOLDS`, and a flag of the command line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from quotes.errors import NothingFoundError
from quotes.index import search_form
from quotes.records import Kind, SpeakerKind


class Filters(TypedDict, total=False):
    """Which printings count: keywords of `who_said`, `by` and `occurrences`.

    Attributes:
        everything: beliefs, plans and facts too, not only what was said.
        kind: direct, mixed or indirect only.
        speaker_kind: what such a source said: person, organisation, group, unnamed, document.
        outlet: its printings only, in any case.
        since, until: ISO dates or their beginnings ("2025-02"), both inclusive; undated
            printings are then left out.
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

    >>> condition({"outlet": "AFP", "everything": True}).sql
    'a.outlet = :outlet COLLATE NOCASE'
    >>> condition({"since": None}).sql
    "q.attitude = 'assertion'"
    """
    if unknown := given.keys() - Filters.__annotations__.keys():
        raise TypeError(f"no such filter: {', '.join(sorted(unknown))}")
    texts: Mapping[str, Any] = given
    values: dict[str, Any] = {name: bindable(texts.get(name)) for name in _HOLDS}
    parts = [holds for name, holds in _HOLDS.items() if values[name] is not None]
    values["everything"] = given.get("everything", False)
    if not values["everything"]:
        parts.insert(0, "q.attitude = 'assertion'")
    return Condition(" AND ".join(parts) or "1", values)


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
