"""The tables by which wordings of one utterance are grouped as articles come and go."""

from __future__ import annotations

from quotes.schema.step import Migration

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
            alone TEXT NOT NULL,
            cluster TEXT
        )""",
        "CREATE INDEX wording_by_cluster ON wording (cluster) WHERE cluster IS NOT NULL",
        """CREATE TABLE wording_run (
            run INTEGER NOT NULL,
            day INTEGER NOT NULL,
            speaker INTEGER NOT NULL,
            wording INTEGER NOT NULL,
            PRIMARY KEY (run, day, speaker, wording)
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
        "CREATE INDEX quotation_by_wording ON quotation (wording) WHERE wording IS NOT NULL",
    ),
)
