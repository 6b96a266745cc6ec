"""Files that the index took in before, passed over without being read while they are the same.

To find the article in a page takes as long as a fifth of reading it, so a run that goes on
where another was stopped would be slow to get there.  A file is the same if its path, size and
time of change are, what else went into its article is, and that article still stands in the
index as this version of the reading left it.  Files of many articles are not for here.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from importlib.metadata import version as version_of
from itertools import groupby
from typing import NamedTuple

from quotes.index.opening import explaining, transaction
from quotes.ingest import INGEST, Found, ReadFiles, Source
from quotes.records import Article, Failure
from quotes.run.pipeline import Done

SETTLED_SECONDS = 2.0
"""A file that changed so lately may change again without its time of change showing it."""


class _Mark(NamedTuple):
    """By what a file is known again."""

    path: str
    size: int
    changed: int
    given: str


class KnownFiles:
    """The files of one index; one that is not passed over is remembered once it is dealt with."""

    def __init__(self, db: sqlite3.Connection, version: str) -> None:
        """Nothing looked up yet.

        Args:
            db: open for writing.
            version: of the reading; what another version read is read again.
        """
        self._db = db
        self._version = version
        self._coming: dict[str, _Mark] = {}

    def passing_over(self, files: ReadFiles) -> ReadFiles:
        """`files`, asked only for those that are not known; the order stays."""

        def unknown(some: Iterable[_LookedUp]) -> Iterable[Found]:
            return files(source for source, _ in some)

        def read(sources: Iterable[Source | Failure]) -> Iterator[Found]:
            for is_known, some in groupby(map(self._looked_up, sources), _is_known):
                taken = _held if is_known else unknown
                yield from taken(some)

        return read

    def remember(self, done: Done) -> None:
        """Take note of the file of an article that now stands in the index."""
        path = done.what.path
        mark = self._coming.pop(path, None) if path else None
        if mark is None or isinstance(done.what, Failure):
            return
        with explaining(self._db), transaction(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO file SELECT ?, id, ?, ?, ? FROM article WHERE id = ?",
                (*mark, done.what.id),
            )

    def _looked_up(self, source: Source | Failure) -> _LookedUp:
        mark = None if isinstance(source, Failure) else _mark(source)
        if mark is None or isinstance(source, Failure):
            return source, None
        with explaining(self._db):
            row = self._db.execute(
                "SELECT id, text, outlet, outlet_basis, outlet_evidence, title, url, published "
                "FROM file JOIN article ON article.id = file.article "
                "WHERE file.path = ? AND size = ? AND changed = ? AND given = ? AND version = ?",
                (*mark, self._version),
            ).fetchone()
        if row is not None:
            return source, replace(Article(*row), path=str(source.path))
        self._coming[str(source.path)] = mark
        return source, None


_LookedUp = tuple[Source | Failure, Article | None]
"""A file, and the article that the index has of it if it is known."""


def _is_known(looked_up: _LookedUp) -> bool:
    return looked_up[1] is not None


def _held(known: Iterable[_LookedUp]) -> Iterable[Found]:
    return ([article] for _, article in known if article)


def _mark(source: Source) -> _Mark | None:
    """What the file is known by; None if it cannot be looked at, or may just be changing."""
    try:
        stat = source.path.stat()
    except OSError:
        return None
    if time.time() - stat.st_mtime < SETTLED_SECONDS:
        return None
    path = os.path.abspath(source.path).encode("utf-8", "backslashreplace").decode("utf-8")
    return _Mark(path, stat.st_size, stat.st_mtime_ns, _given(source))


def _given(source: Source) -> str:
    """All that makes the article of a file besides its bytes."""
    parts = (INGEST, _finder(), source.outlet or "", *sorted(source.row.items()))
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@cache
def _finder() -> str:
    """What finds articles in pages; to ask for its version takes longer than all the rest."""
    return f"trafilatura {version_of('trafilatura')}"
