"""Keeping in the index which quotations report one statement in different words.

Quotations that were written, that got another speaker, group or family come in by marks, which
triggers of the index leave.  Each is compared with what the same speaker said in the days
around it, and with nothing else, so that an article costs the same however much an index holds.
Out go pairs with their similarity and the reason; the result is that of comparing all with all.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from quotes.index.opening import explaining, transaction
from quotes.paraphrases import compare
from quotes.records import day_number

_AT_ONCE = 2000
"""Quotations compared at once: a first run over a large index stays in memory."""

_ROUNDED = 0.001
"""More than what rounding takes from a resemblance."""


def update_paraphrases(db: sqlite3.Connection) -> None:
    """Bring paraphrases up to date with speakers, groups and families.

    A quotation without a vector, of an older index or another reader, is skipped.

    Args:
        db: a connection from `open_index`, open for writing.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        stale = "(SELECT quotation FROM paraphrase_stale)"
        db.execute(f"DELETE FROM paraphrase WHERE quotation IN {stale}")
        db.execute(f"DELETE FROM paraphrase WHERE other IN {stale}")
        db.execute(f"DELETE FROM meaning_place WHERE quotation IN {stale}")
        while numbers := db.execute(
            "DELETE FROM paraphrase_stale WHERE quotation IN (SELECT quotation "
            "FROM paraphrase_stale ORDER BY quotation LIMIT ?) RETURNING quotation",
            (_AT_ONCE,),
        ).fetchall():
            marked = [one for one in _statements(db, {n for (n,) in numbers}) if one.voice]
            db.executemany(
                "INSERT INTO meaning_place VALUES (?, ?, ?)",
                [(each.voice, each.day, each.quotation) for each in marked],
            )
            _pair(db, marked)


def forget_paraphrases(db: sqlite3.Connection) -> None:
    """Drop all paraphrases; the next update makes them anew."""
    with explaining(db), transaction(db):
        for table in ("paraphrase", "meaning_place", "paraphrase_stale"):
            db.execute(f"DELETE FROM {table}")
        db.execute("INSERT INTO paraphrase_stale SELECT number FROM quotation")


def _statements(db: sqlite3.Connection, numbers: Collection[int]) -> Iterator[compare.Statement]:
    """Those of these quotations that have a vector, by their numbers."""
    rows = db.execute(
        """SELECT q.number, q.article, q.cluster, a.family, q.speaker, a.published,
            q.kind, q.attitude, q.text, q.cue, m.vector, q.polarity
        FROM json_each(?) j JOIN meaning m ON m.quotation = j.value
        JOIN quotation q ON q.number = m.quotation JOIN article a ON a.id = q.article
        ORDER BY q.number""",
        (json.dumps(sorted(numbers)),),
    )
    for number, article, cluster, family, speaker, published, *rest in rows:
        day = day_number(published)
        yield compare.Statement(number, article, cluster, family, speaker, day, *rest)


def _pair(db: sqlite3.Connection, statements: Iterable[compare.Statement]) -> None:
    """Store the paraphrases of statements; those of one voice and day look around once."""
    together: defaultdict[tuple[str | None, int], list[compare.Statement]] = defaultdict(list)
    for each in statements:
        together[each.voice, each.day or 0].append(each)
    for (voice, day), group in together.items():
        around = db.execute(
            "SELECT p.quotation, m.vector FROM meaning_place p "
            "JOIN meaning m ON m.quotation = p.quotation "
            "WHERE p.voice = ? AND p.day BETWEEN ? AND ?",
            (voice, day - compare.MOST_DAYS, day + compare.MOST_DAYS),
        ).fetchall()
        # Only of those whose vectors are near enough are the words looked at.
        wanted = []
        for one in group:
            found = compare.resembling(one.vector, [vector for _, vector in around])
            near = zip((number for number, _ in around), found, strict=True)
            wanted.append({n for n, alike in near if alike > compare.LEAST_RESEMBLANCE - _ROUNDED})
        known = {each.quotation: each for each in _statements(db, set().union(*wanted))}
        rows = []
        for one, near_ones in zip(group, wanted, strict=True):
            for other in (known[number] for number in sorted(near_ones)):
                pair = compare.compare(one, other) if compare.comparable(one, other) else None
                alike = compare.similarity(pair) if pair else None
                if pair and alike is not None:
                    rows.append((one.quotation, other.quotation, alike, compare.tell(pair)))
                    rows.append((other.quotation, one.quotation, alike, compare.tell(pair)))
        db.executemany("INSERT OR REPLACE INTO paraphrase VALUES (?, ?, ?, ?)", rows)
