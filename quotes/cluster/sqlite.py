"""Wordings in the index file, and the look-ups among them that keep to a date and a speaker.

In: a connection to an index (`schema.groups` has the tables).  A wording's printings are the
rows of `quotation` that name it.  The caller opens and ends transactions, so that an article's
quotations and their groups are written together or not at all.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from quotes.cluster.grouping import Edge
from quotes.cluster.runs import AT_ONCE, WEEKS, Runs, runs_of
from quotes.cluster.store import Printing
from quotes.cluster.wording import Wording

_NOT_KNOWN = 0
"""Stands for no day and for no speaker among the runs."""


class SqliteStore:
    """A store in an index file; see `Store`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Over a connection to an index."""
        self._db = db

    def number_of(self, wording: Wording) -> int | None:
        """See `Store`."""
        row = self._db.execute(
            "SELECT number FROM wording WHERE key = ?", (_key(wording),)
        ).fetchone()
        return int(row[0]) if row else None

    def insert(self, wording: Wording, runs: Runs) -> int:
        """See `Store`."""
        row = self._db.execute(
            "INSERT INTO wording (key, words, pieces, quoted, speaker, day, around, alone) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (_key(wording), *_columns(wording)),
        ).fetchone()
        number = int(row[0])
        self._db.executemany(
            "INSERT OR IGNORE INTO wording_run VALUES (?, ?, ?, ?)",
            [(run, *_place(wording), number) for run in runs.all],
        )
        return number

    def delete(self, number: int) -> None:
        """See `Store`."""
        wording = self.read([number])[number]
        self._db.executemany(
            "DELETE FROM wording_run WHERE run = ? AND day = ? AND speaker = ? AND wording = ?",
            [(run, *_place(wording), number) for run in runs_of(wording).all],
        )
        others = [(other, number) for pair in self.ties([number]) for other in pair]
        self._db.executemany("DELETE FROM wording_tie WHERE wording = ? AND other = ?", others)
        self._db.execute("DELETE FROM wording_tie WHERE wording = ?", (number,))
        self._db.execute("DELETE FROM wording WHERE number = ?", (number,))

    def read(self, numbers: Iterable[int]) -> dict[int, Wording]:
        """See `Store`."""
        rows = self._db.execute(
            "SELECT number, words, pieces, quoted, speaker, day, around, alone FROM wording "
            "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
            (_list(numbers),),
        )
        return {row[0]: _wording(*row[1:]) for row in rows}

    def meetings(self, wording: Wording, runs: Runs) -> set[int]:
        """See `Store`."""
        day, speaker = _place(wording)
        where = {"day": day, "speaker": speaker, "near": AT_ONCE, "weeks": WEEKS}
        found: set[int] = set()
        for statement, of in ((_SHORT, runs.short), (_MIDDLE, runs.middle), (_LONG, runs.long)):
            if of:
                rows = self._db.execute(statement, {**where, "runs": _list(of)})
                found.update(row[0] for row in rows)
        return found

    def place(self, printings: Iterable[tuple[Printing, int | None]]) -> set[int]:
        """See `Store`."""
        placed = [(number, printing.quotation) for printing, number in printings]
        rows = self._db.execute(
            "SELECT wording FROM quotation "
            "WHERE id IN (SELECT value FROM json_each(?)) AND wording IS NOT NULL",
            (json.dumps([quotation for _, quotation in placed]),),
        )
        before = {row[0] for row in rows}
        self._db.executemany("UPDATE quotation SET wording = ? WHERE id = ?", placed)
        return before

    def printings(self, numbers: Iterable[int]) -> dict[int, tuple[Printing, ...]]:
        """See `Store`."""
        found: defaultdict[int, list[Printing]] = defaultdict(list)
        rows = self._db.execute(
            "SELECT wording, id, article FROM quotation "
            "WHERE wording IN (SELECT value FROM json_each(?)) ORDER BY id",
            (_list(numbers),),
        )
        for number, quotation, article in rows:
            found[number].append(Printing(quotation, article))
        return {number: tuple(printings) for number, printings in found.items()}

    def tie(self, ties: Mapping[tuple[int, int], Edge]) -> None:
        """See `Store`."""
        self._db.executemany(
            "INSERT INTO wording_tie VALUES (?, ?, ?, ?, ?, ?)",
            [
                (x, y, edge.tie, edge.speaker, edge.days, edge.shared)
                for (a, b), edge in ties.items()
                for x, y in ((a, b), (b, a))
            ],
        )

    def ties(self, numbers: Iterable[int]) -> dict[tuple[int, int], Edge]:
        """See `Store`."""
        rows = self._db.execute(
            "SELECT wording, other, tie, speaker, days, shared FROM wording_tie "
            "WHERE wording IN (SELECT value FROM json_each(?))",
            (_list(numbers),),
        )
        return {(min(a, b), max(a, b)): Edge(*edge) for a, b, *edge in rows}

    def assign(self, groups: Mapping[int, str | None]) -> None:
        """See `Store`."""
        self._db.executemany(
            "UPDATE wording SET cluster = ? WHERE number = ?",
            [(id_, number) for number, id_ in groups.items()],
        )

    def assigned(self, numbers: Iterable[int]) -> dict[int, str | None]:
        """See `Store`."""
        rows = self._db.execute(
            "SELECT number, cluster FROM wording WHERE number IN (SELECT value FROM json_each(?))",
            (_list(numbers),),
        )
        return dict(rows.fetchall())

    def all(self) -> list[int]:
        """See `Store`."""
        return [row[0] for row in self._db.execute("SELECT number FROM wording ORDER BY number")]


# By `runs.meet`.  Every look-up but that of long runs keeps to a few days of the index.
_SHORT = """SELECT wording FROM wording_run
    WHERE run IN (SELECT value FROM json_each(:runs))
        AND day BETWEEN :day - :weeks AND :day + :weeks
        AND (speaker IN (0, :speaker) OR :speaker = 0
            OR day BETWEEN :day - :near AND :day + :near)"""
_MIDDLE = """SELECT wording FROM wording_run
    WHERE run IN (SELECT value FROM json_each(:runs))
        AND day BETWEEN :day - :weeks AND :day + :weeks"""
_LONG = "SELECT wording FROM wording_run WHERE run IN (SELECT value FROM json_each(:runs))"


def _list(numbers: Iterable[int]) -> str:
    return json.dumps(sorted(set(numbers)))


def _columns(wording: Wording) -> tuple[object, ...]:
    return (
        " ".join(wording.words),
        " ".join(map(str, wording.pieces)),
        wording.quoted,
        wording.speaker,
        wording.day,
        " ".join(wording.around),
        wording.alone,
    )


def _wording(
    words: str,
    pieces: str,
    quoted: int,
    speaker: str | None,
    day: int | None,
    around: str,
    alone: str,
) -> Wording:
    return Wording(
        tuple(words.split()),
        tuple(map(int, pieces.split())),
        bool(quoted),
        speaker,
        day,
        tuple(around.split()),
        alone,
    )


def _key(wording: Wording) -> bytes:
    """The same for equal wordings alone; 16 bytes."""
    return blake2b(json.dumps(_columns(wording)).encode(), digest_size=16).digest()


def _place(wording: Wording) -> tuple[int, int]:
    """Day and speaker as the runs are stored with."""
    return wording.day or _NOT_KNOWN, _speaker(wording.speaker)


def _speaker(id_: str | None) -> int:
    if id_ is None:
        return _NOT_KNOWN
    return 1 + int.from_bytes(blake2b(id_.encode(), digest_size=4).digest())
