"""The tables by which articles that go back to one text are found and kept together."""

from __future__ import annotations

from quotes.schema.step import Migration

WIRES = Migration(
    "families of articles that go back to one text",
    (
        """CREATE TABLE fingerprint (
            article TEXT PRIMARY KEY NOT NULL REFERENCES article (id) ON DELETE CASCADE,
            credit TEXT,
            evidence TEXT NOT NULL,
            runs BLOB NOT NULL,
            told BLOB NOT NULL
        )""",
        """CREATE TABLE fingerprint_key (
            key INTEGER NOT NULL,
            article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
            PRIMARY KEY (key, article)
        ) WITHOUT ROWID""",
        "CREATE INDEX fingerprint_key_by_article ON fingerprint_key (article)",
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
    ),
)
