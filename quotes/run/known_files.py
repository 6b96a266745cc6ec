"""The files that an index has read: which may be skipped unread, and what each of them held.

A file of one article is known by its path.  While it is unchanged it is skipped; once its text,
or what is said of it, has changed, its new article takes the place of the old one.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from itertools import groupby
from typing import TYPE_CHECKING

from quotes.index.opening import explaining, transaction
from quotes.records import Article, Failure

if TYPE_CHECKING:  # whoever only decides, or removes articles, reads none
    from quotes.ingest.files import Found, ReadFiles, Source

_SETTLED_SECONDS = 2.0
"""A file that changed so lately may change again without its time of change showing it."""

_UNSETTLED = -1
"""The time of change that is kept of such a file: what it held is known, but it is read again."""

_Mark = tuple[str, int, int, str]
"""By what a file is known again: its path, size, time of change, and what is given for it."""


class KnownFiles:
    """The files of one index; one that is not passed over is remembered once it is dealt with."""

    def __init__(self, db: sqlite3.Connection, version: str) -> None:
        """`db` is open for writing; what another `version` of the reading read is read again."""
        self._db, self._version = db, version
        self._coming: dict[str, _Mark] = {}

    def passing_over(self, files: ReadFiles) -> ReadFiles:
        """`files`, asked only for those that are not known; the order stays."""

        def read(sources: Iterable[Source | Failure]) -> Iterator[Found]:
            looked_up = ((source, self._article(source)) for source in sources)
            for is_known, some in groupby(looked_up, lambda each: each[1] is not None):
                if is_known:
                    yield from ([article] for _, article in some if article)
                else:
                    yield from files(source for source, _ in some)

        return read

    def former(self, article: Article) -> str | None:
        """The id of the article that the file of this one held when it was last read, if any."""
        mark = self._coming.get(article.path or "")
        if mark is None:
            return None
        with explaining(self._db):
            row = self._db.execute("SELECT article FROM file WHERE path = ?", mark[:1]).fetchone()
        return row and str(row[0])

    def replaced_by(self, article: Article, id_: str) -> str | None:
        """The id of the article that goes since its file now holds the one of this id.

        It stays while another file, which still exists, was read as the same article.
        """
        former = self.former(article)
        if former in (None, id_):
            return None
        mine = self._coming[article.path or ""][0]
        with explaining(self._db):
            files = self._db.execute("SELECT path FROM file WHERE article = ?", (former,))
            others = [path for (path,) in files if path != mine]
        return None if any(map(os.path.exists, others)) else former

    def remember(self, article: Article, id_: str) -> None:
        """Take note that the file of an article holds the one of this id in the index."""
        mark = self._coming.pop(article.path or "", None)
        if mark is None:
            return
        with explaining(self._db), transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?)", _row(mark, id_))

    def _article(self, source: Source | Failure) -> Article | None:
        """What the index has of the file; None if that is to be read."""
        if isinstance(source, Failure) or (mark := _mark(source)) is None:
            return None
        with explaining(self._db):
            row = self._db.execute(
                "SELECT id, text, outlet, outlet_basis, outlet_evidence, title, url, published "
                "FROM file JOIN article ON article.id = file.article "
                "WHERE file.path = ? AND size = ? AND changed = ? AND given = ? AND version = ? "
                f"AND changed != {_UNSETTLED}",
                (*mark, self._version),
            ).fetchone()
        if row is not None:
            return replace(Article(*row), path=str(source.path))
        self._coming[str(source.path)] = mark
        return None


def _row(mark: _Mark, article: str) -> tuple[str, str, int, int, str]:
    path, size, changed, given = mark
    return path, article, size, changed, given


def _mark(source: Source) -> _Mark | None:
    """What the file is known by; None if it cannot be looked at."""
    from quotes.ingest.files import INGEST

    try:
        stat = source.path.stat()
    except OSError:
        return None
    settled = time.time() - stat.st_mtime >= _SETTLED_SECONDS
    path = os.path.abspath(source.path).encode("utf-8", "backslashreplace").decode("utf-8")
    # All that makes the article of a file besides its bytes.
    parts = (
        INGEST,
        f"trafilatura {_trafilatura()}",
        source.outlet or "",
        *sorted(source.row.items()),
    )
    given = blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return path, stat.st_size, stat.st_mtime_ns if settled else _UNSETTLED, given


@cache  # to ask for it takes longer than all else that marks a file
def _trafilatura() -> str:
    from importlib.metadata import version

    return version("trafilatura")
