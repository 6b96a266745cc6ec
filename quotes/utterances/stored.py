"""Wordings in the index file, and the look-ups among them that keep to a date and a speaker.

In: a connection to an index (`schema.groups` has the tables).  A wording's printings are the
rows of `quotation` that name it.  The caller opens and ends transactions, so that an article's
quotations and their groups are written together or not at all.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from hashlib import blake2b
from operator import attrgetter

from quotes.utterances.grouping import Edge, order_of
from quotes.utterances.runs import AT_ONCE, WEEKS, Runs, runs_of
from quotes.utterances.store import ANY_TIME, SPAN, Place, Printing, Ties, place_of
from quotes.utterances.wording import Wording

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
            "SELECT number FROM wording WHERE key = ?", (order_of(wording),)
        ).fetchone()
        return int(row[0]) if row else None

    def insert(self, wording: Wording, runs: Runs) -> int:
        """See `Store`."""
        row = self._db.execute(
            "INSERT INTO wording (key, words, pieces, quoted, speaker, day, around, alone) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (order_of(wording), *_columns(wording)),
        ).fetchone()
        number = int(row[0])
        self.put([place_of(wording, number)])
        self._db.executemany(
            "INSERT OR IGNORE INTO wording_run VALUES (?, ?, ?, ?, ?)",
            [(*place, number) for place in _places_of(wording, runs)],
        )
        return number

    def delete(self, number: int) -> None:
        """See `Store`."""
        wording = self.read([number])[number]
        self._db.executemany(
            "DELETE FROM wording_run "
            "WHERE span = ? AND run = ? AND day = ? AND speaker = ? AND wording = ?",
            [(*place, number) for place in _places_of(wording, runs_of(wording))],
        )
        others = [(other, number) for pair in self.ties([number]) for other in pair]
        self._db.executemany("DELETE FROM wording_tie WHERE wording = ? AND other = ?", others)
        self._db.execute("DELETE FROM wording_tie WHERE wording = ?", (number,))
        self._db.execute("DELETE FROM wording_place WHERE wording = ?", (number,))
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
        where |= {"span": day // SPAN, "any": ANY_TIME}
        found: set[int] = set()
        for statement, of in ((_SHORT, runs.short), (_MIDDLE, runs.middle), (_LONG, runs.long)):
            if of:
                rows = self._db.execute(statement, {**where, "runs": _list(of)})
                found.update(row[0] for row in rows)
        return found

    def place(self, printings: Iterable[tuple[Printing, int | None]]) -> set[int]:
        """See `Store`."""
        placed = {printing.quotation: number for printing, number in printings}
        rows = self._db.execute(
            "SELECT id, wording FROM quotation "
            "WHERE id IN (SELECT value FROM json_each(?)) AND wording IS NOT NULL",
            (_list(placed),),
        )
        lost = {number for id_, number in rows if placed[id_] != number}
        self._db.executemany(
            "UPDATE quotation SET wording = ? WHERE id = ?",
            [(number, id_) for id_, number in placed.items()],
        )
        return lost

    def printings(self, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """See `Store`."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        rows = self._db.execute(
            "SELECT wording, id FROM quotation WHERE wording IN (SELECT value FROM json_each(?))",
            (_list(numbers),),
        )
        for number, quotation in rows:
            found[number].append(quotation)
        return {number: tuple(sorted(printed)) for number, printed in found.items()}

    def tie(self, ties: Ties) -> None:
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
            f"{_TIES} WHERE t.wording IN (SELECT value FROM json_each(?))", (_list(numbers),)
        )
        return {(min(a, b), max(a, b)): Edge(*edge) for a, b, *edge in rows}

    def tied(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Edge]:
        """See `Store`."""
        rows = self._db.execute(
            f"{_TIES} JOIN {_PAIRS} p ON t.wording = p.a AND t.other = p.b", (_list(pairs),)
        )
        return {(a, b): Edge(*edge) for a, b, *edge in rows}

    def together(self, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """See `Store`."""
        rows = self._db.execute(
            f"""SELECT p.a, p.b FROM {_PAIRS} p WHERE EXISTS (
                SELECT 1 FROM quotation x JOIN quotation y ON y.article = x.article
                WHERE x.wording = p.a AND y.wording = p.b)""",
            (_list(pairs),),
        )
        return set(rows.fetchall())

    def beside(self, quotations: Iterable[str]) -> dict[tuple[int, int], Edge]:
        """See `Store`."""
        rows = self._db.execute(
            f"""{_TIES} JOIN quotation x ON x.wording = t.wording
                JOIN quotation y ON y.article = x.article AND y.wording = t.other
                WHERE x.id IN (SELECT value FROM json_each(?))""",
            (_list(quotations),),
        )
        return {(min(a, b), max(a, b)): Edge(*edge) for a, b, *edge in rows}

    def places(self, numbers: Iterable[int]) -> dict[int, Place]:
        """See `Store`."""
        rows = self._db.execute(
            f"{_PLACES} WHERE wording IN (SELECT value FROM json_each(?))", (_list(numbers),)
        )
        return {row[0]: Place(*row) for row in rows}

    def members(self, units: Iterable[int]) -> list[Place]:
        """See `Store`."""
        rows = self._db.execute(
            f"{_PLACES} WHERE unit IN (SELECT value FROM json_each(?))", (_list(units),)
        )
        return [Place(*row) for row in rows]

    def clustered(self, clusters: Iterable[str]) -> list[Place]:
        """See `Store`."""
        rows = self._db.execute(
            f"{_PLACES} WHERE cluster IN (SELECT value FROM json_each(?))", (_list(clusters),)
        )
        return [Place(*row) for row in rows]

    def first(self, cluster: str) -> str:
        """See `Store`."""
        row = self._db.execute(
            "SELECT min(first) FROM wording_place WHERE cluster = ?", (cluster,)
        ).fetchone()
        return str(row[0])

    def put(self, places: Iterable[Place]) -> None:
        """See `Store`."""
        self._db.executemany(
            """INSERT INTO wording_place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET kind = excluded.kind, unit = excluded.unit,
                part = excluded.part, host = excluded.host, first = excluded.first,
                cluster = excluded.cluster""",
            map(_COLUMNS, places),
        )

    def groups(self) -> dict[str, list[str]]:
        """See `Store`."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        rows = self._db.execute(
            "SELECT p.cluster, q.id FROM quotation q JOIN wording_place p USING (wording) "
            "WHERE p.cluster IS NOT NULL ORDER BY p.cluster, q.id"
        )
        for cluster, quotation in rows:
            found[cluster].append(quotation)
        return dict(found)


_TIES = "SELECT t.wording, t.other, t.tie, t.speaker, t.days, t.shared FROM wording_tie t"
_PLACES = (
    "SELECT wording, weight, settles, kind, unit, part, host, first, cluster FROM wording_place"
)
_COLUMNS = attrgetter(*(field.name for field in fields(Place)))
_PAIRS = """(SELECT json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b
    FROM json_each(?))"""

# By `runs.meet`.  Every look-up but that of long runs keeps to a few days of the index.
_SHORT = """SELECT wording FROM wording_run
    WHERE span IN (:span - 1, :span, :span + 1)
        AND run IN (SELECT value FROM json_each(:runs))
        AND day BETWEEN :day - :weeks AND :day + :weeks
        AND (speaker IN (0, :speaker) OR :speaker = 0
            OR day BETWEEN :day - :near AND :day + :near)"""
_MIDDLE = """SELECT wording FROM wording_run
    WHERE span IN (:span - 1, :span, :span + 1)
        AND run IN (SELECT value FROM json_each(:runs))
        AND day BETWEEN :day - :weeks AND :day + :weeks"""
_LONG = """SELECT wording FROM wording_run
    WHERE span = :any AND run IN (SELECT value FROM json_each(:runs))"""


def _list(values: Iterable[object]) -> str:
    return json.dumps(list(values))


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


def _places_of(wording: Wording, runs: Runs) -> list[tuple[int, int, int, int]]:
    """Span, run, day and speaker of every run of a wording, in order."""
    day, speaker = _place(wording)
    dated = [(day // SPAN, run, day, speaker) for run in (*runs.short, *runs.middle)]
    return sorted({*dated, *((ANY_TIME, run, day, speaker) for run in runs.long)})


def _place(wording: Wording) -> tuple[int, int]:
    """Day and speaker as the runs are stored with."""
    return wording.day or _NOT_KNOWN, _speaker(wording.speaker)


def _speaker(id_: str | None) -> int:
    if id_ is None:
        return _NOT_KNOWN
    return 1 + int.from_bytes(blake2b(id_.encode(), digest_size=4).digest())
