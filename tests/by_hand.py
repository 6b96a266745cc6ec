"""Decisions about speakers as users make them: each takes effect before the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from quotes.people import decisions
from quotes.people.decisions import stored_decisions
from quotes.records import Decision, DecisionAction
from quotes.run.archive import deciding

__all__ = ["decide", "import_decisions", "stored_decisions", "undo"]


def decide(db: sqlite3.Connection, action: DecisionAction, subject: str, **told: Any) -> Decision:
    """Decide, and bring all that depends on it up to date."""
    with deciding(db):
        return decisions.decide(db, action, subject, **told)


def undo(db: sqlite3.Connection, number: int) -> Decision:
    """Undo a decision, and all that followed from it."""
    with deciding(db):
        return decisions.undo(db, number)


def import_decisions(db: sqlite3.Connection, incoming: Iterable[Decision]) -> int:
    """Take over decisions of another index; how many were new."""
    with deciding(db):
        return decisions.import_decisions(db, incoming)
