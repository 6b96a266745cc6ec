"""Wordings, their runs, their ties and their places among others in the index file.

In: a connection to an index (`index.layout` has the tables).  Wordings go by number, which
means nothing outside the file; a wording's printings are the rows of `quotation` that name it.
The caller opens and ends transactions, so that an article's quotations and their groups are
written together or not at all.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import groupby
from typing import Any, Literal, NamedTuple

from quotes.utterances.likeness import Edge
from quotes.utterances.wording import AT_ONCE, WEEKS, Runs, Wording, order_of, runs_of

SPAN = WEEKS + 1
"""Days whose runs are kept side by side: two dates within `WEEKS` of each other lie in one span or
in neighbours; and in a file the news of these weeks is in a few pages."""

ANY_TIME = -SPAN
"""The span of runs that are looked up whatever their date."""

_NOT_KNOWN = 0  # stands for no day and for no speaker among the runs

Numbers = tuple[int, int]
Ties = dict[Numbers, Edge]
"""What ties pairs of wordings, the lower number first."""

Kind = Literal["free", "held", "whole"]
"""Of a wording: a whole; or a fragment, held by a whole or not."""


class Place(NamedTuple):
    """Where a wording stands among the others.

    Attributes:
        number: the wording's.
        weight: of its words, in bits.
        order: settles ties; see `wording.order_of`.
        kind: whether it holds others, is held or neither.
        unit: the heaviest wording of those that go to a host as one: of its core, of the free
            fragments it is tied to; a held fragment goes by itself.
        part, host: on the unit's own place the wordings, one of the unit and one of another,
            by which it goes there.
        first: the smallest id of its quotations.
        cluster: the id of its group, None if it stands alone.
    """

    number: int
    weight: float
    order: bytes
    kind: Kind
    unit: int
    part: int | None = None
    host: int | None = None
    first: str = ""
    cluster: str | None = None

    @property
    def heft(self) -> tuple[float, bytes]:
        """By which the heaviest is told."""
        return self.weight, self.order


class Store:
    """The wordings of an index."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Over a connection to an index."""
        self._db = db

    def _rows(self, statement: str, given: Iterable[object]) -> list[tuple[Any, ...]]:
        """All rows of a statement about the given values."""
        return self._db.execute(statement, (json.dumps(list(given)),)).fetchall()

    def number_of(self, wording: Wording) -> int | None:
        """The number of this very wording, None if it is not kept."""
        key = (order_of(wording),)
        row = self._db.execute("SELECT number FROM wording WHERE key = ?", key).fetchone()
        return int(row[0]) if row else None

    def insert(self, wording: Wording, runs: Runs) -> int:
        """Keep a new wording under its runs; its number."""
        key, words, around = order_of(wording), " ".join(wording.words), " ".join(wording.around)
        pieces = " ".join(map(str, wording.pieces))
        said = (wording.quoted, wording.speaker, wording.day)
        row = self._db.execute(
            "INSERT INTO wording (key, words, pieces, quoted, speaker, day, around, alone, "
            "polarity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (key, words, pieces, *said, around, wording.alone, wording.polarity),
        ).fetchone()
        number = int(row[0])
        kind: Kind = "free" if wording.is_fragment else "whole"
        self.put([Place(number, wording.weight, key, kind, number)])
        self._db.executemany(
            "INSERT OR IGNORE INTO wording_run VALUES (?, ?, ?, ?, ?)",
            [(*place, number) for place in _places_of(wording, runs)],
        )
        return number

    def delete(self, numbers: Iterable[int]) -> None:
        """Forget wordings, their runs and their ties; those not kept are passed over."""
        for number, wording in self.read(numbers).items():
            self._db.executemany(
                "DELETE FROM wording_run "
                "WHERE span = ? AND run = ? AND day = ? AND speaker = ? AND wording = ?",
                [(*place, number) for place in _places_of(wording, runs_of(wording))],
            )
            for statement in _FORGET:
                self._db.execute(statement, (number,))

    def read(self, numbers: Iterable[int]) -> dict[int, Wording]:
        """The wordings of these numbers; those not kept are left out."""
        rows = self._rows(
            "SELECT number, words, pieces, quoted, speaker, day, around, alone, polarity "
            f"FROM wording WHERE number IN {_GIVEN} ORDER BY number",
            numbers,
        )
        return {
            number: Wording(
                words=tuple(words.split()),
                pieces=tuple(map(int, pieces.split())),
                quoted=bool(quoted),
                speaker=speaker,
                day=day,
                around=tuple(around.split()),
                alone=alone,
                polarity=polarity,
            )
            for number, words, pieces, quoted, speaker, day, around, alone, polarity in rows
        }

    def meetings(self, wording: Wording, runs: Runs) -> set[int]:
        """The numbers of all wordings that `meet` this one; a few others may be among them."""
        day, speaker = _place(wording)
        where = {"day": day, "speaker": speaker, "near": AT_ONCE, "weeks": WEEKS}
        where |= {"span": day // SPAN, "any": ANY_TIME}
        found: set[int] = set()
        by_run = ((_SHORT, runs.short), (_MIDDLE, runs.middle), (_LONG, runs.long))
        for statement, of in (*by_run, (_AT_ONCE, runs.asked)):
            if of:
                rows = self._db.execute(statement, {**where, "runs": json.dumps(of)})
                found.update(row[0] for row in rows)
        return found

    def tie(self, ties: Ties) -> None:
        """Keep that pairs were joined."""
        self._db.executemany(
            "INSERT INTO wording_tie VALUES (?, ?, ?, ?, ?, ?)",
            [
                (x, y, edge.tie, edge.speaker, edge.days, edge.shared)
                for (a, b), edge in ties.items()
                for x, y in ((a, b), (b, a))
            ],
        )

    def _ties(self, which: str, given: Iterable[object]) -> Ties:
        rows = self._rows(f"{_TIES} {which}", given)
        return {(min(a, b), max(a, b)): Edge(*edge) for a, b, *edge in rows}

    def ties(self, numbers: Iterable[int]) -> Ties:
        """The pairs that any of these stands in."""
        return self._ties(f"WHERE t.wording IN {_GIVEN}", numbers)

    def tied(self, pairs: Iterable[Numbers]) -> Ties:
        """Those of the pairs, the lower number first, that were joined."""
        return self._ties(f"JOIN {_PAIRS} p ON t.wording = p.a AND t.other = p.b", pairs)

    def beside(self, quotations: Iterable[str]) -> Ties:
        """What ties the wordings of these quotations to others of the same article."""
        return self._ties(
            f"""JOIN quotation x ON x.wording = t.wording
                JOIN quotation y ON y.article = x.article AND y.wording = t.other
                WHERE x.id IN {_GIVEN}""",
            quotations,
        )

    def together(self, pairs: Iterable[Numbers]) -> set[Numbers]:
        """Those of the pairs that one article prints."""
        rows = self._rows(
            f"""SELECT p.a, p.b FROM {_PAIRS} p WHERE EXISTS (
                SELECT 1 FROM quotation x JOIN quotation y ON y.article = x.article
                WHERE x.wording = p.a AND y.wording = p.b)""",
            pairs,
        )
        return {(a, b) for a, b in rows}

    def print_in(self, printed: Mapping[str, int | None]) -> set[int]:
        """Keep which wording each quotation prints, None for none; those that lost one by it."""
        rows = self._rows(
            f"SELECT id, wording FROM quotation WHERE id IN {_GIVEN} AND wording IS NOT NULL",
            printed,
        )
        lost = {number for id_, number in rows if printed[id_] != number}
        self._db.executemany(
            "UPDATE quotation SET wording = ? WHERE id = ?",
            [(number, id_) for id_, number in printed.items()],
        )
        return lost

    def printings(self, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """The quotations that print these wordings, sorted; none for those that nobody prints."""
        rows = self._rows(
            f"SELECT wording, id FROM quotation WHERE wording IN {_GIVEN} ORDER BY wording, id",
            numbers,
        )
        return {
            number: tuple(id_ for _, id_ in group)
            for number, group in groupby(rows, key=lambda row: row[0])
        }

    def places(
        self, values: Iterable[int | str], *, by: Literal["wording", "unit", "cluster"] = "wording"
    ) -> list[Place]:
        """The places of these wordings, or of all wordings of these units or groups.

        Those that are not kept are left out.
        """
        return list(map(Place._make, self._rows(f"{_PLACES} WHERE {by} IN {_GIVEN}", values)))

    def first(self, cluster: str) -> str:
        """The smallest id of a group's quotations."""
        statement = "SELECT min(first) FROM wording_place WHERE cluster = ?"
        return str(self._db.execute(statement, (cluster,)).fetchone()[0])

    def put(self, places: Iterable[Place]) -> None:
        """Keep where wordings stand now."""
        self._db.executemany(
            """INSERT INTO wording_place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET kind = excluded.kind, unit = excluded.unit,
                part = excluded.part, host = excluded.host, first = excluded.first,
                cluster = excluded.cluster""",
            places,
        )


_GIVEN = "(SELECT value FROM json_each(?))"
_TIES = "SELECT t.wording, t.other, t.tie, t.speaker, t.days, t.shared FROM wording_tie t"
_PLACES = (
    "SELECT wording, weight, settles, kind, unit, part, host, first, cluster FROM wording_place"
)
_FORGET = (
    """DELETE FROM wording_tie WHERE (wording, other) IN
        (SELECT other, wording FROM wording_tie WHERE wording = ?)""",
    "DELETE FROM wording_tie WHERE wording = ?",
    "DELETE FROM wording_place WHERE wording = ?",
    "DELETE FROM wording WHERE number = ?",
)
_PAIRS = """(SELECT json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b
    FROM json_each(?))"""

# By `wording.meet`.  Every look-up but that of long runs keeps to a few days of the index.
_MIDDLE = """SELECT wording FROM wording_run
    WHERE span IN (:span - 1, :span, :span + 1)
        AND run IN (SELECT value FROM json_each(:runs))
        AND day BETWEEN :day - :weeks AND :day + :weeks"""
_SHORT = f"""{_MIDDLE} AND (speaker IN (0, :speaker) OR :speaker = 0
            OR day BETWEEN :day - :near AND :day + :near)"""
_AT_ONCE = f"{_MIDDLE} AND day BETWEEN :day - :near AND :day + :near"
_LONG = """SELECT wording FROM wording_run
    WHERE span = :any AND run IN (SELECT value FROM json_each(:runs))"""


def _places_of(wording: Wording, runs: Runs) -> list[tuple[int, int, int, int]]:
    """Span, run, day and speaker of every run of a wording, in order."""
    day, speaker = _place(wording)
    dated = [(day // SPAN, run, day, speaker) for run in (*runs.short, *runs.middle, *runs.own)]
    return sorted({*dated, *((ANY_TIME, run, day, speaker) for run in runs.long)})


def _place(wording: Wording) -> tuple[int, int]:
    """Day and speaker as the runs are stored with."""
    digest = blake2b((wording.speaker or "").encode(), digest_size=4).digest()
    speaker = _NOT_KNOWN if wording.speaker is None else 1 + int.from_bytes(digest)
    return wording.day or _NOT_KNOWN, speaker
