"""The tables by which wordings of one utterance are grouped as articles come and go."""

from __future__ import annotations

from quotes.index.layout_step import Migration

GROUPS = Migration(
    "wordings, their runs and ties",
    (
        """CREATE TABLE wording (
            number INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            words TEXT NOT NULL,
            pieces TEXT NOT NULL,
            quoted INTEGER NOT NULL,
            speaker TEXT,
            day INTEGER,
            around TEXT NOT NULL,
            alone TEXT NOT NULL
        )""",
        # Read and written far more often than the words themselves, hence apart from them.
        """CREATE TABLE wording_place (
            wording INTEGER PRIMARY KEY REFERENCES wording (number) ON DELETE CASCADE,
            weight REAL NOT NULL,
            settles BLOB NOT NULL,
            kind TEXT NOT NULL,
            unit INTEGER NOT NULL,
            part INTEGER,
            host INTEGER,
            first TEXT NOT NULL,
            cluster TEXT
        )""",
        "CREATE INDEX wording_by_unit ON wording_place (unit)",
        """CREATE INDEX wording_by_cluster ON wording_place (cluster, first)
            WHERE cluster IS NOT NULL""",
        """CREATE TABLE wording_run (
            span INTEGER NOT NULL,
            run INTEGER NOT NULL,
            day INTEGER NOT NULL,
            speaker INTEGER NOT NULL,
            wording INTEGER NOT NULL,
            PRIMARY KEY (span, run, day, speaker, wording)
        ) WITHOUT ROWID""",
        """CREATE TABLE wording_tie (
            wording INTEGER NOT NULL,
            other INTEGER NOT NULL,
            tie TEXT NOT NULL,
            speaker TEXT NOT NULL,
            days INTEGER,
            shared REAL NOT NULL,
            PRIMARY KEY (wording, other)
        ) WITHOUT ROWID""",
        "ALTER TABLE quotation ADD COLUMN wording INTEGER REFERENCES wording (number)",
        """CREATE INDEX quotation_by_wording ON quotation (wording, article, id)
            WHERE wording IS NOT NULL""",
        # What is to be grouped: quotations that are new or changed hands; wordings and groups
        # that lost a printing.  Of an older index everything is.  A foreign key's action overrides
        # OR IGNORE in the triggers that it fires, hence ON CONFLICT.
        "CREATE TABLE group_stale (quotation INTEGER PRIMARY KEY NOT NULL)",
        "CREATE TABLE wording_stale (wording INTEGER PRIMARY KEY NOT NULL)",
        "CREATE TABLE cluster_stale (cluster TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
        "INSERT INTO group_stale SELECT number FROM quotation",
        """CREATE TRIGGER quotation_to_group AFTER INSERT ON quotation BEGIN
            INSERT INTO group_stale VALUES (new.number) ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER quotation_to_regroup AFTER UPDATE OF speaker ON quotation
        WHEN new.speaker IS NOT old.speaker BEGIN
            INSERT INTO group_stale VALUES (new.number) ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER quotation_to_ungroup BEFORE DELETE ON quotation BEGIN
            DELETE FROM group_stale WHERE quotation = old.number;
            INSERT INTO wording_stale SELECT old.wording WHERE old.wording IS NOT NULL
            ON CONFLICT DO NOTHING;
            INSERT INTO cluster_stale SELECT old.cluster WHERE old.cluster IS NOT NULL
            ON CONFLICT DO NOTHING;
        END""",
    ),
)
