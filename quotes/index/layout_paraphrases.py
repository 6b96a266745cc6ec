"""The tables of what quotations mean, and of those that say the same in other words."""

from __future__ import annotations

from quotes.index.layout_step import Migration

PARAPHRASES = Migration(
    "meanings and paraphrases",
    (
        """CREATE TABLE meaning (
            quotation INTEGER PRIMARY KEY REFERENCES quotation (number) ON DELETE CASCADE,
            vector BLOB NOT NULL
        )""",
        # Where a statement is looked for: under who said it or, of a nameless source, under the
        # family of its article; on its day, counted from 0001-01-01.
        """CREATE TABLE meaning_place (
            voice TEXT NOT NULL,
            day INTEGER NOT NULL,
            quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
            PRIMARY KEY (voice, day, quotation)
        ) WITHOUT ROWID""",
        "CREATE INDEX meaning_place_by_quotation ON meaning_place (quotation)",
        # Each pair both ways.
        """CREATE TABLE paraphrase (
            quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
            other INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
            similarity REAL NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (quotation, other)
        ) WITHOUT ROWID""",
        "CREATE INDEX paraphrase_by_other ON paraphrase (other)",
        # What is to be compared: quotations that are new, have another speaker, stand in another
        # group, or whose article is in another family.
        """CREATE TABLE paraphrase_stale (
            quotation INTEGER PRIMARY KEY NOT NULL
        )""",
        "INSERT INTO paraphrase_stale SELECT number FROM quotation",
        """CREATE TRIGGER quotation_to_paraphrase AFTER INSERT ON quotation BEGIN
            INSERT INTO paraphrase_stale VALUES (new.number) ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER quotation_to_paraphrase_again
        AFTER UPDATE OF speaker, cluster ON quotation
        WHEN new.speaker IS NOT old.speaker OR new.cluster IS NOT old.cluster BEGIN
            INSERT INTO paraphrase_stale VALUES (new.number) ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER article_to_paraphrase_again AFTER UPDATE OF family ON article
        WHEN new.family IS NOT old.family BEGIN
            INSERT INTO paraphrase_stale SELECT number FROM quotation WHERE article = new.id
            ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER quotation_to_paraphrase_no_more BEFORE DELETE ON quotation BEGIN
            DELETE FROM paraphrase_stale WHERE quotation = old.number;
        END""",
    ),
)
