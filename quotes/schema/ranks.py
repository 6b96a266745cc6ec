"""The tables by which utterances are put in order without reading every printing."""

from __future__ import annotations

from quotes.schema.step import Migration

RANKS = Migration(
    "standing of utterances",
    (
        # A row for each utterance: the id of its cluster, or of a quotation that has none.
        # `words`: the search forms of its printings, each once and with a space on either
        # side; null for a lone quotation, which has its own.
        """CREATE TABLE standing (
            utterance TEXT PRIMARY KEY NOT NULL,
            outlets INTEGER NOT NULL,
            first TEXT,
            last TEXT,
            words TEXT
        )""",
        """CREATE INDEX standing_by_rank ON standing
            (outlets DESC, first IS NULL, first, utterance)""",
        "CREATE TABLE standing_stale (utterance TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
        # All that the order of hits hangs on, so that a common word's are not read as rows
        # scattered over the whole file.
        """CREATE INDEX quotation_in_brief ON quotation
            (number, cluster, id, attitude, kind, article)""",
        "CREATE INDEX article_in_brief ON article (id, outlet, published)",
        """INSERT INTO standing
            SELECT coalesce(q.cluster, q.id), count(DISTINCT a.outlet), min(a.published),
                max(a.published), CASE WHEN q.cluster IS NOT NULL
                    THEN group_concat(DISTINCT ' ' || q.search_form || ' ') END
            FROM quotation q JOIN article a ON a.id = q.article
            GROUP BY coalesce(q.cluster, q.id)""",
        # An upsert, since OR IGNORE does not hold in what a foreign key sets off.
        """CREATE TRIGGER standing_added AFTER INSERT ON quotation BEGIN
            INSERT INTO standing_stale VALUES (coalesce(new.cluster, new.id))
            ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER standing_removed AFTER DELETE ON quotation BEGIN
            INSERT INTO standing_stale VALUES (coalesce(old.cluster, old.id))
            ON CONFLICT DO NOTHING;
        END""",
        """CREATE TRIGGER standing_changed AFTER UPDATE OF cluster, id, article, search_form
        ON quotation BEGIN
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
