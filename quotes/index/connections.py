"""The connections of one index: any number of threads ask, one at a time writes.

In comes a path; a thread takes a connection for one question and gives it back.  The file is made
when something is first to be written, so that a name with a slip in it makes none.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from quotes.errors import IndexFileError
from quotes.index.guard import damage
from quotes.index.opening import DAMAGED, explaining, open_index

_KEPT = 8  # connections that wait for the next question; more are closed
_STEP = 10_000_000  # instructions of SQLite's machine between two looks at how many there were
MOST_STEPS = 20_000
"""Looks at one question: some hours.  The export of an archive takes a thousandth of that."""


class _Reader:
    """A connection that asks, and how long its question has taken."""

    def __init__(self, path: Path) -> None:
        self.db = open_index(path, readonly=True)
        self.steps = 0
        self.db.set_progress_handler(self._step, _STEP)

    def _step(self) -> bool:
        self.steps += 1
        return self.steps > MOST_STEPS


class Connections:
    """All connections of an index; safe to use from several threads."""

    def __init__(self, path: Path, *, readonly: bool = False, create: bool = True) -> None:
        """Look whether the file is an index that can be used, if it exists.

        Args:
            readonly: nothing is to be written.
            create: whether the file is made when something is first written.

        Raises:
            IndexFileError: it is none; or it does not exist and will not be made.
        """
        self._path, self._readonly = path, readonly
        self._idle: list[_Reader] = []
        self._lock, self._turn = threading.Lock(), threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._closed = False
        if path.exists() or readonly or not create:
            if not readonly and create:
                self._writer = open_index(path)
            else:
                self._idle.append(_Reader(path))
                if not readonly:
                    self._writer = open_index(path)

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self._writer is not None or self._path.exists()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to ask one question with.

        Raises:
            IndexFileError: it was closed, there is no such file, or it cannot be read.
        """
        reader = self._taken()
        reader.steps = 0
        try:
            with explaining(reader.db):
                yield reader.db
        except IndexFileError as error:
            stopped = getattr(error.__cause__, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
            if stopped and reader.steps <= MOST_STEPS:  # Ctrl-C was pressed meanwhile
                raise KeyboardInterrupt from error
            raise
        finally:
            self._give_back(reader)

    @contextmanager
    def writing(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        """The connection that writes, for one thread at a time.

        Args:
            make: whether the file is made if need be.

        Raises:
            IndexFileError: it was closed, is for reading only, does not exist, or cannot be
                written.
        """
        with self._turn:
            self._check_open()
            if self._readonly:
                told = "opened for reading only; open it without readonly=True to change it"
                raise IndexFileError(f"{self._path}: {told}")
            if self._writer is None:
                if not make:
                    open_index(self._path, readonly=True).close()
                self._writer = open_index(self._path)
            with explaining(self._writer):
                yield self._writer

    def close(self) -> None:
        """Close all; a question that is being answered closes its own when it is done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.db.close()
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _check_open(self) -> None:
        if self._closed:
            raise IndexFileError(f"{self._path}: this Index was closed; open it again")

    def _taken(self) -> _Reader:
        with self._lock:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return _Reader(self._path)

    def _give_back(self, reader: _Reader) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < _KEPT:
                self._idle.append(reader)
                return
        reader.db.close()


def told_damage(path: Path) -> str | None:
    """What is damaged in the index at `path`, with the remedy; None if nothing was found."""
    with closing(open_index(path, readonly=True)) as db:
        found = damage(db)
    return f"{path}: {DAMAGED} ({found})" if found else None
