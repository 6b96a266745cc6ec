"""The tables of what quotations mean, and of those that say the same in other words."""

from __future__ import annotations

from quotes.schema.step import Migration

PARAPHRASES = Migration(
    "meanings and paraphrases",
    (
        """CREATE TABLE meaning (
            quotation INTEGER PRIMARY KEY REFERENCES quotation (number) ON DELETE CASCADE,
            vector BLOB NOT NULL
        )""",
        # Each pair both ways.
        """CREATE TABLE paraphrase (
            quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
            other INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
            similarity REAL NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (quotation, other)
        ) WITHOUT ROWID""",
        "CREATE INDEX paraphrase_by_other ON paraphrase (other)",
    ),
)
