"""The layout of the index: its steps in order, the number of each being its place from 1."""

from __future__ import annotations

from quotes.index.layout_groups import GROUPS
from quotes.index.layout_known_files import FILES
from quotes.index.layout_paraphrases import PARAPHRASES
from quotes.index.layout_ranks import RANKS
from quotes.index.layout_step import Migration
from quotes.index.layout_tables import FIRST
from quotes.index.layout_wires import WIRES

__all__ = ["MIGRATIONS", "Migration"]

MIGRATIONS: tuple[Migration, ...] = (*FIRST, GROUPS, WIRES, PARAPHRASES, RANKS, FILES)
