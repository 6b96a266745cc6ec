"""The tables of articles, quotations, speakers, decisions and search.

Every table that the program writes stands in this package: these, `groups`, `wires` and
`paraphrases`.  A step that was released is never changed; another is added.
"""

from __future__ import annotations

from quotes.index.layout_step import Migration

# The long text stands last in its row, so that reading an outlet or a date does not read it.
FIRST: tuple[Migration, ...] = (
    Migration(
        "articles, quotations, speakers, utterances, search",
        (
            """CREATE TABLE article (
                id TEXT PRIMARY KEY NOT NULL,
                heading TEXT NOT NULL,
                title TEXT,
                outlet TEXT,
                outlet_basis TEXT,
                outlet_evidence TEXT,
                published TEXT,
                url TEXT,
                path TEXT,
                digest TEXT NOT NULL,
                version TEXT NOT NULL,
                indexed_at TEXT NOT NULL,
                text TEXT NOT NULL
            )""",
            "CREATE INDEX article_by_digest ON article (digest)",
            "CREATE INDEX article_by_url ON article (url) WHERE url IS NOT NULL",
            """CREATE TABLE entity (
                id TEXT PRIMARY KEY NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                role TEXT,
                wikidata TEXT,
                search_form TEXT NOT NULL
            )""",
            "CREATE INDEX entity_by_search_form ON entity (search_form)",
            """CREATE TABLE alias (
                entity TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
                alias TEXT NOT NULL,
                search_form TEXT NOT NULL,
                PRIMARY KEY (entity, alias)
            ) WITHOUT ROWID""",
            "CREATE INDEX alias_by_search_form ON alias (search_form)",
            """CREATE TABLE local_entity (
                number INTEGER PRIMARY KEY,
                article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
                id TEXT NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                role TEXT,
                wikidata TEXT,
                entity TEXT REFERENCES entity (id) ON DELETE SET NULL,
                UNIQUE (article, id)
            )""",
            "CREATE INDEX local_entity_by_entity ON local_entity (entity)",
            """CREATE TABLE local_alias (
                local_entity INTEGER NOT NULL
                    REFERENCES local_entity (number) ON DELETE CASCADE,
                alias TEXT NOT NULL,
                PRIMARY KEY (local_entity, alias)
            ) WITHOUT ROWID""",
            """CREATE TABLE cluster (
                id TEXT PRIMARY KEY NOT NULL,
                text TEXT NOT NULL
            )""",
            """CREATE TABLE quotation (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
                speaker TEXT REFERENCES entity (id) ON DELETE SET NULL,
                cluster TEXT REFERENCES cluster (id) ON DELETE SET NULL,
                local_entity INTEGER REFERENCES local_entity (number) ON DELETE SET NULL,
                kind TEXT NOT NULL,
                attitude TEXT NOT NULL,
                region TEXT,
                confidence REAL NOT NULL,
                method TEXT NOT NULL,
                cue TEXT NOT NULL,
                speaker_as_written TEXT NOT NULL,
                speaker_basis TEXT NOT NULL,
                text TEXT NOT NULL,
                search_form TEXT NOT NULL
            )""",
            "CREATE INDEX quotation_by_article ON quotation (article)",
            "CREATE INDEX quotation_by_speaker ON quotation (speaker)",
            "CREATE INDEX quotation_by_cluster ON quotation (cluster)",
            "CREATE INDEX quotation_by_local_entity ON quotation (local_entity)",
            """CREATE TABLE span (
                quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
                role TEXT NOT NULL,
                ord INTEGER NOT NULL,
                start INTEGER NOT NULL,
                "end" INTEGER NOT NULL,
                PRIMARY KEY (quotation, role, ord)
            ) WITHOUT ROWID""",
            """CREATE TABLE region (
                article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
                ord INTEGER NOT NULL,
                start INTEGER NOT NULL,
                "end" INTEGER NOT NULL,
                kind TEXT NOT NULL,
                evidence TEXT NOT NULL,
                PRIMARY KEY (article, ord)
            ) WITHOUT ROWID""",
            """CREATE TABLE failure (
                path TEXT NOT NULL,
                message TEXT NOT NULL,
                at TEXT NOT NULL,
                PRIMARY KEY (path, message)
            ) WITHOUT ROWID""",
            # "Mc" and "Cn" keep letters that SQLite's older Unicode tables do not know as such.
            """CREATE VIRTUAL TABLE quotation_fts USING fts5 (
                search_form, content="quotation", content_rowid="number",
                tokenize="unicode61 remove_diacritics 2 categories 'L* N* Mc Co Cn'"
            )""",
            """CREATE TRIGGER quotation_added AFTER INSERT ON quotation BEGIN
                INSERT INTO quotation_fts (rowid, search_form)
                VALUES (new.number, new.search_form);
            END""",
            """CREATE TRIGGER quotation_removed AFTER DELETE ON quotation BEGIN
                INSERT INTO quotation_fts (quotation_fts, rowid, search_form)
                VALUES ('delete', old.number, old.search_form);
            END""",
            """CREATE TRIGGER quotation_changed AFTER UPDATE OF search_form ON quotation BEGIN
                INSERT INTO quotation_fts (quotation_fts, rowid, search_form)
                VALUES ('delete', old.number, old.search_form);
                INSERT INTO quotation_fts (rowid, search_form)
                VALUES (new.number, new.search_form);
            END""",
        ),
    ),
    Migration(
        "identity by forms of names, decisions",
        (
            "ALTER TABLE local_entity ADD COLUMN published TEXT",
            """UPDATE local_entity SET published =
                (SELECT a.published FROM article a WHERE a.id = local_entity.article)""",
            """CREATE TABLE form (
                number INTEGER PRIMARY KEY,
                key TEXT NOT NULL,
                part TEXT NOT NULL,
                bucket TEXT NOT NULL,
                kind TEXT NOT NULL,
                known TEXT,
                wikidata TEXT,
                eminent INTEGER NOT NULL,
                namesakes TEXT NOT NULL,
                uses INTEGER NOT NULL,
                own TEXT,
                own_basis TEXT NOT NULL DEFAULT '',
                own_doubtful INTEGER NOT NULL DEFAULT 0,
                entity TEXT REFERENCES entity (id) ON DELETE SET NULL,
                basis TEXT NOT NULL DEFAULT '',
                doubtful INTEGER NOT NULL DEFAULT 0,
                UNIQUE (key, part)
            )""",
            "CREATE INDEX form_by_bucket ON form (bucket)",
            "CREATE INDEX form_by_entity ON form (entity)",
            "CREATE INDEX form_by_own ON form (own)",
            "CREATE INDEX form_by_part ON form (part) WHERE part != ''",
            "CREATE INDEX form_doubtful ON form (number) WHERE doubtful",
            """CREATE TABLE form_fact (
                form INTEGER NOT NULL REFERENCES form (number) ON DELETE CASCADE,
                fact TEXT NOT NULL,
                value TEXT NOT NULL,
                uses INTEGER NOT NULL,
                PRIMARY KEY (form, fact, value)
            ) WITHOUT ROWID""",
            "CREATE INDEX form_by_acronym ON form_fact (value, form) WHERE fact = 'acronym'",
            "CREATE TABLE form_stale (form INTEGER PRIMARY KEY NOT NULL)",
            """ALTER TABLE local_entity ADD COLUMN form INTEGER
                REFERENCES form (number) ON DELETE SET NULL""",
            "CREATE INDEX local_entity_by_form ON local_entity (form)",
            """CREATE INDEX local_entity_new ON local_entity (number)
                WHERE form IS NULL AND kind IN ('person', 'organisation')""",
            """CREATE INDEX local_entity_by_role ON local_entity (entity, published, article, role)
                WHERE role IS NOT NULL""",
            # However an article goes, what its names counted for goes with it.
            """CREATE TRIGGER local_entity_removed BEFORE DELETE ON local_entity
            WHEN old.form IS NOT NULL BEGIN
                UPDATE form SET uses = uses - 1 WHERE number = old.form;
                UPDATE form_fact SET uses = uses - 1
                WHERE form = old.form AND (
                    (fact = 'name' AND value = old.name)
                    OR (fact = 'wikidata' AND value = old.wikidata)
                    OR (fact = 'alias' AND value IN
                        (SELECT alias FROM local_alias WHERE local_entity = old.number)));
                INSERT OR IGNORE INTO form_stale VALUES (old.form);
            END""",
            """CREATE VIEW identity (local_entity, article, entity, basis, doubtful) AS
                SELECT l.number, l.article, l.entity, coalesce(f.basis, ''),
                    coalesce(f.doubtful, 0)
                FROM local_entity l LEFT JOIN form f ON f.number = l.form""",
            """CREATE TABLE decision (
                number INTEGER PRIMARY KEY,
                action TEXT NOT NULL,
                subject TEXT NOT NULL,
                other TEXT,
                name TEXT,
                articles TEXT NOT NULL,
                note TEXT,
                at TEXT NOT NULL
            )""",
            """CREATE TABLE setting (
                name TEXT PRIMARY KEY NOT NULL,
                value TEXT NOT NULL
            ) WITHOUT ROWID""",
        ),
    ),
    Migration(
        "decisions about single quotations",
        ("ALTER TABLE decision ADD COLUMN quotations TEXT NOT NULL DEFAULT '[]'",),
    ),
    Migration(
        "members of those who speak together",
        (
            """CREATE TABLE member (
                quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
                local_entity INTEGER NOT NULL
                    REFERENCES local_entity (number) ON DELETE CASCADE,
                PRIMARY KEY (quotation, local_entity)
            ) WITHOUT ROWID""",
            "CREATE INDEX member_by_local_entity ON member (local_entity)",
        ),
    ),
)
