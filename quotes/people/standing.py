"""Which speakers of the index the decisions of people are about."""

from __future__ import annotations

import sqlite3

from quotes.people.hand import key_of_reference, named_like
from quotes.people.identity import stored_decisions
from quotes.records import Decision


def decisions_about(db: sqlite3.Connection, entity: str) -> tuple[Decision, ...]:
    """The decisions that concern a speaker, by number."""
    return tuple(each for each in stored_decisions(db) if entity in _concerned(db, each))


def kept_apart(db: sqlite3.Connection) -> set[frozenset[str]]:
    """Pairs of speakers of which somebody said that they are two."""
    return {
        frozenset((one, other))
        for decision in stored_decisions(db)
        if decision.action == "apart"
        for one in meant(db, decision.subject)
        for other in meant(db, decision.other or "")
    }


def assigned(db: sqlite3.Connection) -> dict[str, Decision]:
    """The quotations that were given a speaker by hand, with the decision."""
    return {
        quotation: decision
        for decision in stored_decisions(db)
        for quotation in decision.quotations
    }


def meant(db: sqlite3.Connection, reference: str) -> set[str]:
    """The ids of the speakers that a decision names so; more than one after a split."""
    key = key_of_reference(reference)
    column, value = ("part", key[6:]) if key.startswith("split:") else ("key", key)
    rows = db.execute(f"SELECT entity FROM form WHERE {column} = ? AND entity > ''", (value,))
    return {entity for (entity,) in rows}


def _concerned(db: sqlite3.Connection, decision: Decision) -> set[str]:
    told = [decision.subject, decision.other]
    if decision.action in ("alias", "split"):
        told.append(named_like(decision.subject, decision.name or ""))
    return {entity for each in told if each for entity in meant(db, each)}
