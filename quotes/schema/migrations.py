"""The layout of the index: its steps in order, the number of each being its place from 1."""

from __future__ import annotations

from quotes.schema.groups import GROUPS
from quotes.schema.known_files import FILES
from quotes.schema.paraphrases import PARAPHRASES
from quotes.schema.ranks import RANKS
from quotes.schema.step import Migration
from quotes.schema.tables import FIRST
from quotes.schema.wires import WIRES

__all__ = ["MIGRATIONS", "Migration"]

MIGRATIONS: tuple[Migration, ...] = (*FIRST, GROUPS, WIRES, PARAPHRASES, RANKS, FILES)
