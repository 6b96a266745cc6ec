"""The tables by which utterances are put in order without reading every printing."""

from __future__ import annotations

from quotes.index.layout_step import Migration

RANKS = Migration(
    "standing of utterances",
    (
        # A row for each utterance in each view in which it has a printing: what was said
        # alone (everything = 0) or whatever was reported (1); of one kind or of any ('').  The
        # key is the order of answers; an undated one sorts last and has '' for its days.
        # `utterance` is the id of a cluster, or of a quotation that has none.
        """CREATE TABLE standing (
            everything INTEGER NOT NULL,
            kind TEXT NOT NULL,
            fewer INTEGER NOT NULL,
            undated INTEGER NOT NULL,
            first TEXT NOT NULL,
            utterance TEXT NOT NULL,
            last TEXT NOT NULL,
            PRIMARY KEY (everything, kind, fewer, undated, first, utterance)
        ) WITHOUT ROWID""",
        "CREATE UNIQUE INDEX standing_by_utterance ON standing (utterance, everything, kind)",
        # The words of all its printings, each once, with spaces around them.
        """CREATE TABLE standing_words (
            utterance TEXT PRIMARY KEY NOT NULL,
            words TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE TABLE standing_stale (utterance TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
        # All that the order of hits hangs on, so that a common word's are not read as rows
        # scattered over the whole file.
        """CREATE INDEX quotation_in_brief ON quotation
            (number, cluster, id, attitude, kind, article)""",
        "CREATE INDEX article_in_brief ON article (id, outlet, published, outlet_basis)",
        """CREATE INDEX article_by_outlet ON article
            (outlet COLLATE NOCASE, published IS NULL, published, id)""",
        # What is counted for each speaker and article.
        "DROP INDEX quotation_by_speaker",
        "CREATE INDEX quotation_by_speaker ON quotation (speaker, attitude, article)",
        "DROP INDEX quotation_by_article",
        "CREATE INDEX quotation_by_article ON quotation (article, attitude)",
        "INSERT INTO standing_stale SELECT DISTINCT coalesce(cluster, id) FROM quotation",
        # An upsert, since OR IGNORE does not hold in what a foreign key sets off.
        """CREATE TRIGGER standing_added AFTER INSERT ON quotation BEGIN
            INSERT INTO standing_stale VALUES (coalesce(new.cluster, new.id))
            ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER standing_removed AFTER DELETE ON quotation BEGIN
            INSERT INTO standing_stale VALUES (coalesce(old.cluster, old.id))
            ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER standing_changed
        AFTER UPDATE OF cluster, id, article, kind, attitude, search_form ON quotation BEGIN
            INSERT INTO standing_stale
            VALUES (coalesce(old.cluster, old.id)), (coalesce(new.cluster, new.id))
            ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER standing_reprinted AFTER UPDATE OF outlet, published ON article BEGIN
            INSERT INTO standing_stale
            SELECT coalesce(cluster, id) FROM quotation WHERE article = new.id
            ON CONFLICT DO NOTHING;
        END""",
    ),
)
