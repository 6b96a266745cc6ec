"""Quotations grouped by themselves, in an index of nothing else that ends with the process."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator

from quotes.index.opening import migrate
from quotes.records import Variant
from quotes.utterances.groups import regroup, variants_of
from quotes.utterances.store import Store

QUOTATION = """CREATE TABLE quotation
    (number INTEGER PRIMARY KEY, id TEXT UNIQUE, article, speaker, cluster, wording)"""
"""What grouping needs of the index's table."""


def make_tables(db: sqlite3.Connection) -> None:
    """The tables that grouping needs, without their triggers, and of `quotation` the columns."""
    whole = sqlite3.connect(":memory:", isolation_level=None)
    migrate(whole)
    tables = r"(?i)CREATE (?:TABLE|INDEX) \S*(?:wording|group_stale|cluster_stale)"
    made = whole.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY rowid")
    db.execute(QUOTATION)
    for (statement,) in made.fetchall():
        if re.match(tables, statement):
            db.execute(statement)


def add(db: sqlite3.Connection, variants: Iterable[Variant]) -> dict[str, str | None]:
    """Write quotations and group them; see `regroup`."""
    variants = list(variants)
    db.executemany(
        "INSERT INTO quotation (id, article) VALUES (?, ?)",
        [(variant.quotation, variant.article) for variant in variants],
    )
    return regroup(Store(db), (), variants)


def groups_of(variants: Iterable[Variant]) -> dict[str, list[str]]:
    """The quotations, sorted, of each group of two or more, by the group's id."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    make_tables(db)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for quotation, cluster in sorted(add(db, variants).items()):
        if cluster:
            found[cluster].append(quotation)
    return dict(sorted(found.items()))


def stored_variants(db: sqlite3.Connection) -> Iterator[Variant]:
    """Every utterance of an index as grouping needs it."""
    return variants_of(db, [number for (number,) in db.execute("SELECT number FROM quotation")])
