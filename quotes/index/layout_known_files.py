"""The table by which unchanged files are passed over without being read."""

from __future__ import annotations

from quotes.index.layout_step import Migration

FILES = Migration(
    "files taken in",
    (
        # A row for each file of one article whose article stands in the index; it goes with
        # the article.  `changed` is in nanoseconds; `given` sums up all else that the article
        # came from.
        """CREATE TABLE file (
            path TEXT PRIMARY KEY NOT NULL,
            article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
            size INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            given TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX file_by_article ON file (article)",
    ),
)
