"""The index file: its layout, how it is opened, and the writing of articles."""

from __future__ import annotations

from quotes.index.opening import explaining, migrate, now, open_index, transaction
from quotes.index.write import (
    forget_failures,
    has_article,
    record_failure,
    remove_article,
    write_article,
)

__all__ = [
    "explaining",
    "forget_failures",
    "has_article",
    "migrate",
    "now",
    "open_index",
    "record_failure",
    "remove_article",
    "transaction",
    "write_article",
]
