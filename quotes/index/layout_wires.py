"""The tables by which articles that go back to one text are found and kept together."""

from __future__ import annotations

from quotes.index.layout_step import Migration

WIRES = Migration(
    "families of articles that go back to one text",
    (
        # Keys: numbers of four bytes.  Day: since the year 1, 0 where none is known.
        """CREATE TABLE fingerprint (
            number INTEGER PRIMARY KEY,
            article TEXT NOT NULL UNIQUE REFERENCES article (id) ON DELETE CASCADE,
            day INTEGER NOT NULL,
            credit TEXT,
            evidence TEXT NOT NULL,
            keys BLOB NOT NULL,
            runs BLOB NOT NULL,
            told BLOB NOT NULL
        )""",
        """CREATE TABLE fingerprint_key (
            key INTEGER NOT NULL,
            day INTEGER NOT NULL,
            fingerprint INTEGER NOT NULL,
            PRIMARY KEY (key, day, fingerprint)
        ) WITHOUT ROWID""",
        # What each article of a family is to the one of it that it is nearest to.
        """CREATE TABLE article_link (
            first TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
            second TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (first, second)
        ) WITHOUT ROWID""",
        "CREATE INDEX article_link_by_second ON article_link (second)",
        """CREATE TABLE family (
            id TEXT PRIMARY KEY NOT NULL,
            origin TEXT,
            basis TEXT NOT NULL,
            first TEXT NOT NULL
        )""",
        # What an article is to the first of its family: copy, shortened, extended, rewrite;
        # null for the first one itself and for those that only others of the family link.
        "ALTER TABLE article ADD COLUMN family TEXT REFERENCES family (id) ON DELETE SET NULL",
        "ALTER TABLE article ADD COLUMN family_kind TEXT",
        "ALTER TABLE article ADD COLUMN family_reason TEXT",
        "CREATE INDEX article_by_family ON article (family) WHERE family IS NOT NULL",
        # What the next update has to take in: articles without a fingerprint, keys of those
        # that are gone, families that lost one.
        """CREATE TABLE fingerprint_due (
            article TEXT PRIMARY KEY NOT NULL REFERENCES article (id) ON DELETE CASCADE
        ) WITHOUT ROWID""",
        "INSERT INTO fingerprint_due SELECT id FROM article",
        """CREATE TRIGGER article_added AFTER INSERT ON article BEGIN
            INSERT INTO fingerprint_due VALUES (new.id);
        END""",
        """CREATE TABLE fingerprint_gone (
            number INTEGER PRIMARY KEY,
            day INTEGER NOT NULL,
            keys BLOB NOT NULL
        )""",
        """CREATE TRIGGER fingerprint_removed AFTER DELETE ON fingerprint BEGIN
            INSERT INTO fingerprint_gone VALUES (old.number, old.day, old.keys);
        END""",
        "CREATE TABLE family_stale (family TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
        """CREATE TRIGGER article_of_family_removed BEFORE DELETE ON article
        WHEN old.family IS NOT NULL BEGIN
            INSERT OR IGNORE INTO family_stale VALUES (old.family);
        END""",
    ),
)
