"""Keeping in the index which articles go back to one text, at the cost of what is new.

Articles that came or went since the last update come in by marks that triggers in the index
leave, so that the next run makes up for one that was killed.  Out go families with their
origin, and what each of their articles is to the others.  Only families that gain or lose an
article are judged again; the result is that of comparing all articles with all, in whatever
order they came and went.  Whether two articles are compared depends on these two alone, the
keys that they share and the days between them, and not on what else is stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from struct import pack, unpack

from quotes.index.opening import explaining, transaction
from quotes.records import Article, Region, Span
from quotes.wires.family import (
    VERSION,
    Family,
    Fingerprint,
    Link,
    Membership,
    compose,
    fingerprint,
    relation,
)

REACH = 31
"""Days that may lie between two printings of one text.  An article without a date may be a
printing of any."""

LEAST_SHARED = 5
SHARE = 0.12
"""Keys, and their part of the poorer article's, that make a candidate.  Measured: the rewrite
at hand shares 36% of them, articles on the same event 4% to 16%."""


def update_families(db: sqlite3.Connection) -> None:
    """Bring families up to date with the articles of the index.

    Everything is made anew where fingerprints are others than last time.

    Args:
        db: a connection from `open_index`, open for writing.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        stored = db.execute("SELECT value FROM setting WHERE name = 'families'").fetchone()
        if stored != (VERSION,):
            _forget(db)
            db.execute("INSERT OR REPLACE INTO setting VALUES ('families', ?)", (VERSION,))
        _Update(db).settle()


def forget_families(db: sqlite3.Connection) -> None:
    """Drop all fingerprints and families; the next update makes them anew."""
    with explaining(db), transaction(db):
        _forget(db)


def _forget(db: sqlite3.Connection) -> None:
    db.execute(
        "UPDATE article SET family = NULL, family_kind = NULL, family_reason = NULL "
        "WHERE family IS NOT NULL"
    )
    # Dropping a fingerprint leaves a mark in the last of them.
    tables = "family_stale family article_link fingerprint fingerprint_key fingerprint_gone"
    for table in tables.split():
        db.execute(f"DELETE FROM {table}")
    db.execute("INSERT OR IGNORE INTO fingerprint_due SELECT id FROM article")


class Fingerprints:
    """The fingerprints of an index; the article's own row says who published it, and when."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Over a connection within a transaction."""
        self._db = db
        self.get = lru_cache(maxsize=512)(self._get)
        """The stored fingerprint of an article."""

    def add(self, one: Fingerprint) -> None:
        """Store the fingerprint of an article that has none yet."""
        keys = pack(f"<{len(one.keys)}I", *one.keys)
        (number,) = self._db.execute(
            "INSERT INTO fingerprint (article, day, credit, evidence, keys, runs, told) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (one.article, one.day, one.credit, one.evidence, keys, one.runs, one.told),
        ).fetchone()
        self._db.executemany(
            "INSERT INTO fingerprint_key VALUES (?, ?, ?)",
            [(key, one.day, number) for key in one.keys],
        )

    def drop_gone(self) -> None:
        """Drop the keys of articles that are no longer in the index."""
        gone = self._db.execute("SELECT number, day, keys FROM fingerprint_gone").fetchall()
        self._db.executemany(
            "DELETE FROM fingerprint_key WHERE key = ? AND day = ? AND fingerprint = ?",
            [(key, day, number) for number, day, keys in gone for key in _unpacked(keys)],
        )
        self._db.execute("DELETE FROM fingerprint_gone")

    def candidates(self, one: Fingerprint) -> list[str]:
        """Ids of the others within `REACH` days that share enough keys with it, by their number."""
        near = "(k.day BETWEEN :day - :reach AND :day + :reach OR k.day = 0)" if one.day else "1"
        rows = self._db.execute(
            "SELECT f.article FROM "
            "(SELECT k.fingerprint AS number, count(*) AS shared FROM json_each(:keys) j "
            f"JOIN fingerprint_key k ON k.key = j.value AND {near} "
            "GROUP BY k.fingerprint HAVING count(*) >= :least) s "
            "JOIN fingerprint f ON f.number = s.number WHERE f.article != :article "
            "AND s.shared >= :share * min(:size, length(f.keys) / 4) "
            "ORDER BY s.shared DESC, f.article",
            {
                "keys": json.dumps(one.keys),
                "size": len(one.keys),
                "day": one.day,
                "reach": REACH,
                "least": LEAST_SHARED,
                "share": SHARE,
                "article": one.article,
            },
        )
        return [article for (article,) in rows]

    def _get(self, article: str) -> Fingerprint:
        outlet, published, runs, told, keys, *credit = self._db.execute(
            "SELECT a.outlet, a.published, f.runs, f.told, f.keys, f.credit, f.evidence "
            "FROM fingerprint f JOIN article a ON a.id = f.article WHERE f.article = ?",
            (article,),
        ).fetchone()
        return Fingerprint(article, outlet, published, runs, told, _unpacked(keys), *credit)


def _unpacked(keys: bytes) -> tuple[int, ...]:
    return unpack(f"<{len(keys) // 4}I", keys)


class _Update:
    """One update within a transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._store = Fingerprints(db)
        self._families: set[str] = set()  # ids of those that may be another
        # A knot, an article to be placed or a family, with one it is tied to: itself for a root.
        self._knots: dict[str, str] = {}
        self._family_of: dict[str, str | None] = {}  # articles that were met

    def settle(self) -> None:
        """Take in what came and went, and judge the families that it concerns."""
        self._store.drop_gone()
        # Of families that lost an article all others: what held them together may be gone.
        loose = self._ids(
            "SELECT id FROM article WHERE family IN (SELECT family FROM family_stale)"
        )
        self._families.update(self._ids("DELETE FROM family_stale RETURNING family"))
        for article in self._ids("DELETE FROM fingerprint_due RETURNING article"):
            self._store.add(_fingerprint(self._db, article))
            loose.append(article)
        self._family_of.update(dict.fromkeys(loose))
        for article in sorted(loose):
            self._join(article)
        self._write(loose, list(self._judged(loose)))

    def _ids(self, sql: str) -> list[str]:
        return [id_ for (id_,) in self._db.execute(sql).fetchall()]

    def _join(self, article: str) -> None:
        """Tie an article to all that it is linked to; one link to each family is enough."""
        one = self._store.get(article)
        for other in self._store.candidates(one):
            knots = self._root(f"article {article}"), self._root(self._knot(other))
            if knots[0] != knots[1] and relation(one, self._store.get(other)):
                self._knots[max(knots)] = min(knots)

    def _knot(self, article: str) -> str:
        if article not in self._family_of:
            self._family_of[article] = self._db.execute(
                "SELECT family FROM article WHERE id = ?", (article,)
            ).fetchone()[0]
        family = self._family_of[article]
        return f"family {family}" if family else f"article {article}"

    def _root(self, knot: str) -> str:
        self._knots.setdefault(knot, knot)
        while (above := self._knots[knot]) != knot:
            self._knots[knot] = self._knots[above]
            knot = above
        return knot

    def _judged(self, loose: Iterable[str]) -> Iterator[Family]:
        """The families that are new, or have more articles than before."""
        knotted: dict[str, list[str]] = defaultdict(list)
        for article in loose:
            self._root(f"article {article}")
        for knot in sorted(self._knots):
            knotted[self._root(knot)].append(knot)
        for knots in knotted.values():
            if len(knots) == 1:
                continue
            parted = [knot.split(" ", 1) for knot in knots]
            before = [_stored_family(self._db, id_) for kind, id_ in parted if kind == "family"]
            self._families.update(family.id for family in before)
            articles = [id_ for kind, id_ in parted if kind == "article"]
            articles += [article for family in before for article in family.articles]
            yield compose(map(self._store.get, articles), before=before)

    def _write(self, loose: Iterable[str], families: Sequence[Family]) -> None:
        """Store the families, what each article is in them, and drop those that are no more."""
        self._db.executemany(
            "INSERT INTO family VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) "
            "DO UPDATE SET origin = ?2, basis = ?3, first = ?4",
            [(family.id, family.origin, family.basis, family.first) for family in families],
        )
        alone = set(loose)
        for family in families:
            alone.difference_update(family.articles)
            for member in family.members:
                self._place(member, family.id)
        for article in sorted(alone):
            self._place(Membership(article, None, None, ""), None)
        ended = self._families.difference(family.id for family in families)
        self._db.executemany("DELETE FROM family WHERE id = ?", [(id_,) for id_ in sorted(ended)])

    def _place(self, member: Membership, family: str | None) -> None:
        """Say of an article what it is, if that is not what is stored."""
        article, link = member.article, member.link
        self._db.execute(
            "UPDATE article SET family = ?2, family_kind = ?3, family_reason = ?4 WHERE id = ?1 "
            "AND (family IS NOT ?2 OR family_kind IS NOT ?3 OR family_reason IS NOT ?4)",
            (article, family, member.kind, member.reason or None),
        )
        self._db.execute(
            "DELETE FROM article_link WHERE second = ? AND first IS NOT ?",
            (article, link.article if link else None),
        )
        if link:
            self._db.execute(
                "INSERT INTO article_link VALUES (?1, ?2, ?3, ?4) ON CONFLICT (first, second) "
                "DO UPDATE SET kind = ?3, reason = ?4 WHERE kind != ?3 OR reason != ?4",
                (link.article, article, link.kind, link.reason),
            )


def _stored_family(db: sqlite3.Connection, id_: str) -> Family:
    origin, basis, first = db.execute(
        "SELECT origin, basis, first FROM family WHERE id = ?", (id_,)
    ).fetchone()
    rows = db.execute(
        "SELECT a.id, a.outlet, a.family_kind, a.family_reason, l.first, l.kind, l.reason "
        "FROM article a LEFT JOIN article_link l ON l.second = a.id "
        "WHERE a.family = ? ORDER BY a.id",
        (id_,),
    )
    members = tuple(
        Membership(article, outlet, kind, reason, Link(*link) if link[0] else None)
        for article, outlet, kind, reason, *link in rows
    )
    return Family(id_, origin, basis, first, members)


def _fingerprint(db: sqlite3.Connection, article: str) -> Fingerprint:
    text, outlet, published = db.execute(
        "SELECT text, outlet, published FROM article WHERE id = ?", (article,)
    ).fetchone()
    rows = db.execute(
        'SELECT start, "end", kind, evidence FROM region WHERE article = ? ORDER BY ord',
        (article,),
    )
    regions = [Region(Span(start, end), kind, evidence) for start, end, kind, evidence in rows]
    return fingerprint(Article(article, text, outlet=outlet, published=published), regions=regions)
