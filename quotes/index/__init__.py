"""The index file: its layout, how it is opened and asked, and, in `write`, how articles go in."""

from __future__ import annotations

from quotes.index.opening import (
    datasette_metadata,
    explaining,
    migrate,
    now,
    open_index,
    search_form,
    select,
    transaction,
    words_of,
)

__all__ = [
    "datasette_metadata",
    "explaining",
    "migrate",
    "now",
    "open_index",
    "search_form",
    "select",
    "transaction",
    "words_of",
]
