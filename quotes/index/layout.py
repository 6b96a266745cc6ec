"""The layout of the index file: every table, index and trigger that the program writes.

`LAYOUT` makes a file, and later steps bring one of an older layout up to date.  A step that was
released is never changed: another is added.  Tables that end in `_stale`, `_due` or `_gone` hold
what the next update has to take in, and triggers fill them, however an article goes or changes.
"""

from __future__ import annotations

LAYOUT = """
CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL);

-- Articles, quotations, speakers, utterances, search.
-- The long text stands behind what is listed, so that reading an outlet or a date does not read
-- it.  `family_kind`: what the article is to the first of its family (copy, shortened, extended,
-- rewrite); null for the first one itself and for those that only others of the family link.
CREATE TABLE article (
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
    text TEXT NOT NULL,
    family TEXT REFERENCES family (id) ON DELETE SET NULL,
    family_kind TEXT,
    family_reason TEXT
);
CREATE INDEX article_by_digest ON article (digest);
CREATE INDEX article_by_url ON article (url) WHERE url IS NOT NULL;
CREATE TABLE entity (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT,
    wikidata TEXT,
    search_form TEXT NOT NULL
);
CREATE INDEX entity_by_search_form ON entity (search_form);
CREATE TABLE alias (
    entity TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    search_form TEXT NOT NULL,
    PRIMARY KEY (entity, alias)
) WITHOUT ROWID;
CREATE INDEX alias_by_search_form ON alias (search_form);
CREATE TABLE local_entity (
    number INTEGER PRIMARY KEY,
    article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT,
    wikidata TEXT,
    entity TEXT REFERENCES entity (id) ON DELETE SET NULL,
    published TEXT,
    form INTEGER REFERENCES form (number) ON DELETE SET NULL,
    UNIQUE (article, id)
);
CREATE INDEX local_entity_by_entity ON local_entity (entity);
CREATE TABLE local_alias (
    local_entity INTEGER NOT NULL
        REFERENCES local_entity (number) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    PRIMARY KEY (local_entity, alias)
) WITHOUT ROWID;
CREATE TABLE cluster (id TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL);
CREATE TABLE quotation (
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
    search_form TEXT NOT NULL,
    wording INTEGER REFERENCES wording (number)
);
CREATE INDEX quotation_by_cluster ON quotation (cluster);
CREATE INDEX quotation_by_local_entity ON quotation (local_entity);
CREATE TABLE span (
    quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
    role TEXT NOT NULL,
    ord INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (quotation, role, ord)
) WITHOUT ROWID;
CREATE TABLE region (
    article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    ord INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    kind TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (article, ord)
) WITHOUT ROWID;
CREATE TABLE failure (
    path TEXT NOT NULL,
    message TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (path, message)
) WITHOUT ROWID;
-- "Mc" and "Cn" keep letters that SQLite's older Unicode tables do not know as such.
CREATE VIRTUAL TABLE quotation_fts USING fts5 (
    search_form, content="quotation", content_rowid="number",
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Mc Co Cn'"
);
CREATE TRIGGER quotation_added AFTER INSERT ON quotation BEGIN
    INSERT INTO quotation_fts (rowid, search_form)
    VALUES (new.number, new.search_form);
END;
CREATE TRIGGER quotation_removed AFTER DELETE ON quotation BEGIN
    INSERT INTO quotation_fts (quotation_fts, rowid, search_form)
    VALUES ('delete', old.number, old.search_form);
END;
CREATE TRIGGER quotation_changed AFTER UPDATE OF search_form ON quotation BEGIN
    INSERT INTO quotation_fts (quotation_fts, rowid, search_form)
    VALUES ('delete', old.number, old.search_form);
    INSERT INTO quotation_fts (rowid, search_form)
    VALUES (new.number, new.search_form);
END;

-- Identity by forms of names, decisions.
CREATE TABLE form (
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
);
CREATE INDEX form_by_bucket ON form (bucket);
CREATE INDEX form_by_entity ON form (entity);
CREATE INDEX form_by_own ON form (own);
CREATE INDEX form_by_part ON form (part) WHERE part != '';
CREATE INDEX form_doubtful ON form (number) WHERE doubtful;
CREATE TABLE form_fact (
    form INTEGER NOT NULL REFERENCES form (number) ON DELETE CASCADE,
    fact TEXT NOT NULL,
    value TEXT NOT NULL,
    uses INTEGER NOT NULL,
    PRIMARY KEY (form, fact, value)
) WITHOUT ROWID;
CREATE INDEX form_by_acronym ON form_fact (value, form) WHERE fact = 'acronym';
CREATE TABLE form_stale (form INTEGER PRIMARY KEY NOT NULL);
CREATE INDEX local_entity_by_form ON local_entity (form);
CREATE INDEX local_entity_new ON local_entity (number)
    WHERE form IS NULL AND kind IN ('person', 'organisation');
CREATE INDEX local_entity_by_role ON local_entity (entity, published, article, role)
    WHERE role IS NOT NULL;
-- However an article goes, what its names counted for goes with it.
CREATE TRIGGER local_entity_removed BEFORE DELETE ON local_entity
WHEN old.form IS NOT NULL BEGIN
    UPDATE form SET uses = uses - 1 WHERE number = old.form;
    UPDATE form_fact SET uses = uses - 1
    WHERE form = old.form AND (
        (fact = 'name' AND value = old.name)
        OR (fact = 'wikidata' AND value = old.wikidata)
        OR (fact = 'alias' AND value IN
            (SELECT alias FROM local_alias WHERE local_entity = old.number)));
    INSERT OR IGNORE INTO form_stale VALUES (old.form);
END;
CREATE VIEW identity (local_entity, article, entity, basis, doubtful) AS
    SELECT l.number, l.article, l.entity, coalesce(f.basis, ''),
        coalesce(f.doubtful, 0)
    FROM local_entity l LEFT JOIN form f ON f.number = l.form;
CREATE TABLE decision (
    number INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    other TEXT,
    name TEXT,
    articles TEXT NOT NULL,
    note TEXT,
    at TEXT NOT NULL,
    quotations TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;

-- Members of those who speak together.
CREATE TABLE member (
    quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
    local_entity INTEGER NOT NULL
        REFERENCES local_entity (number) ON DELETE CASCADE,
    PRIMARY KEY (quotation, local_entity)
) WITHOUT ROWID;
CREATE INDEX member_by_local_entity ON member (local_entity);

-- Wordings, their runs and ties.
CREATE TABLE wording (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    words TEXT NOT NULL,
    pieces TEXT NOT NULL,
    quoted INTEGER NOT NULL,
    speaker TEXT,
    day INTEGER,
    around TEXT NOT NULL,
    alone TEXT NOT NULL
);
-- Read and written far more often than the words themselves, hence apart from them.
CREATE TABLE wording_place (
    wording INTEGER PRIMARY KEY REFERENCES wording (number) ON DELETE CASCADE,
    weight REAL NOT NULL,
    settles BLOB NOT NULL,
    kind TEXT NOT NULL,
    unit INTEGER NOT NULL,
    part INTEGER,
    host INTEGER,
    first TEXT NOT NULL,
    cluster TEXT
);
CREATE INDEX wording_by_unit ON wording_place (unit);
CREATE INDEX wording_by_cluster ON wording_place (cluster, first) WHERE cluster IS NOT NULL;
CREATE TABLE wording_run (
    span INTEGER NOT NULL,
    run INTEGER NOT NULL,
    day INTEGER NOT NULL,
    speaker INTEGER NOT NULL,
    wording INTEGER NOT NULL,
    PRIMARY KEY (span, run, day, speaker, wording)
) WITHOUT ROWID;
CREATE TABLE wording_tie (
    wording INTEGER NOT NULL,
    other INTEGER NOT NULL,
    tie TEXT NOT NULL,
    speaker TEXT NOT NULL,
    days INTEGER,
    shared REAL NOT NULL,
    PRIMARY KEY (wording, other)
) WITHOUT ROWID;
CREATE INDEX quotation_by_wording ON quotation (wording, article, id) WHERE wording IS NOT NULL;
-- What is to be grouped: quotations that are new or changed hands; wordings and groups
-- that lost a printing.  A foreign key's action overrides
-- OR IGNORE in the triggers that it fires, hence ON CONFLICT.
CREATE TABLE group_stale (quotation INTEGER PRIMARY KEY NOT NULL);
CREATE TABLE wording_stale (wording INTEGER PRIMARY KEY NOT NULL);
CREATE TABLE cluster_stale (cluster TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
CREATE TRIGGER quotation_to_group AFTER INSERT ON quotation BEGIN
    INSERT INTO group_stale VALUES (new.number) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER quotation_to_regroup AFTER UPDATE OF speaker ON quotation
WHEN new.speaker IS NOT old.speaker BEGIN
    INSERT INTO group_stale VALUES (new.number) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER quotation_to_ungroup BEFORE DELETE ON quotation BEGIN
    DELETE FROM group_stale WHERE quotation = old.number;
    INSERT INTO wording_stale SELECT old.wording WHERE old.wording IS NOT NULL
    ON CONFLICT DO NOTHING;
    INSERT INTO cluster_stale SELECT old.cluster WHERE old.cluster IS NOT NULL
    ON CONFLICT DO NOTHING;
END;

-- Families of articles that go back to one text.
-- Keys: numbers of four bytes.  Day: since the year 1, 0 where none is known.
CREATE TABLE fingerprint (
    number INTEGER PRIMARY KEY,
    article TEXT NOT NULL UNIQUE REFERENCES article (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    credit TEXT,
    evidence TEXT NOT NULL,
    keys BLOB NOT NULL,
    runs BLOB NOT NULL,
    told BLOB NOT NULL
);
CREATE TABLE fingerprint_key (
    key INTEGER NOT NULL,
    day INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    PRIMARY KEY (key, day, fingerprint)
) WITHOUT ROWID;
-- What each article of a family is to the one of it that it is nearest to.
CREATE TABLE article_link (
    first TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    second TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (first, second)
) WITHOUT ROWID;
CREATE INDEX article_link_by_second ON article_link (second);
CREATE TABLE family (
    id TEXT PRIMARY KEY NOT NULL,
    origin TEXT,
    basis TEXT NOT NULL,
    first TEXT NOT NULL
);
CREATE INDEX article_by_family ON article (family) WHERE family IS NOT NULL;
-- What the next update has to take in: articles without a fingerprint, keys of those
-- that are gone, families that lost one.
CREATE TABLE fingerprint_due (
    article TEXT PRIMARY KEY NOT NULL REFERENCES article (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TRIGGER article_added AFTER INSERT ON article BEGIN
    INSERT INTO fingerprint_due VALUES (new.id);
END;
CREATE TABLE fingerprint_gone (
    number INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    keys BLOB NOT NULL
);
CREATE TRIGGER fingerprint_removed AFTER DELETE ON fingerprint BEGIN
    INSERT INTO fingerprint_gone VALUES (old.number, old.day, old.keys);
END;
CREATE TABLE family_stale (family TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
CREATE TRIGGER article_of_family_removed BEFORE DELETE ON article
WHEN old.family IS NOT NULL BEGIN
    INSERT OR IGNORE INTO family_stale VALUES (old.family);
END;

-- Meanings and paraphrases.
CREATE TABLE meaning (
    quotation INTEGER PRIMARY KEY REFERENCES quotation (number) ON DELETE CASCADE,
    vector BLOB NOT NULL
);
-- Where a statement is looked for: under who said it or, of a nameless source, under the
-- family of its article; on its day, counted from 0001-01-01.
CREATE TABLE meaning_place (
    voice TEXT NOT NULL,
    day INTEGER NOT NULL,
    quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
    PRIMARY KEY (voice, day, quotation)
) WITHOUT ROWID;
CREATE INDEX meaning_place_by_quotation ON meaning_place (quotation);
-- Each pair both ways.
CREATE TABLE paraphrase (
    quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
    similarity REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (quotation, other)
) WITHOUT ROWID;
CREATE INDEX paraphrase_by_other ON paraphrase (other);
-- What is to be compared: quotations that are new, have another speaker, stand in another
-- group, or whose article is in another family.
CREATE TABLE paraphrase_stale (quotation INTEGER PRIMARY KEY NOT NULL);
CREATE TRIGGER quotation_to_paraphrase AFTER INSERT ON quotation BEGIN
    INSERT INTO paraphrase_stale VALUES (new.number) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER quotation_to_paraphrase_again
AFTER UPDATE OF speaker, cluster ON quotation
WHEN new.speaker IS NOT old.speaker OR new.cluster IS NOT old.cluster BEGIN
    INSERT INTO paraphrase_stale VALUES (new.number) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER article_to_paraphrase_again AFTER UPDATE OF family ON article
WHEN new.family IS NOT old.family BEGIN
    INSERT INTO paraphrase_stale SELECT number FROM quotation WHERE article = new.id
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER quotation_to_paraphrase_no_more BEFORE DELETE ON quotation BEGIN
    DELETE FROM paraphrase_stale WHERE quotation = old.number;
END;

-- Standing of utterances.
-- A row for each utterance in each view in which it has a printing: what was said
-- alone (everything = 0) or whatever was reported (1); of one kind or of any ('').  The
-- key is the order of answers; an undated one sorts last and has '' for its days.
-- `utterance` is the id of a cluster, or of a quotation that has none.
CREATE TABLE standing (
    everything INTEGER NOT NULL,
    kind TEXT NOT NULL,
    fewer INTEGER NOT NULL,
    undated INTEGER NOT NULL,
    first TEXT NOT NULL,
    utterance TEXT NOT NULL,
    last TEXT NOT NULL,
    PRIMARY KEY (everything, kind, fewer, undated, first, utterance)
) WITHOUT ROWID;
CREATE UNIQUE INDEX standing_by_utterance ON standing (utterance, everything, kind);
-- The words of all its printings, each once, with spaces around them.
CREATE TABLE standing_words (
    utterance TEXT PRIMARY KEY NOT NULL,
    words TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE standing_stale (utterance TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
-- All that the order of hits depends on, so that for a common word no rows scattered
-- over the whole file are read.
CREATE INDEX quotation_in_brief ON quotation (number, cluster, id, attitude, kind, article);
CREATE INDEX article_in_brief ON article (id, outlet, published, outlet_basis);
CREATE INDEX article_by_outlet ON article (outlet COLLATE NOCASE, published IS NULL, published, id);
-- What is counted for each speaker and article.
CREATE INDEX quotation_by_speaker ON quotation (speaker, attitude, article);
CREATE INDEX quotation_by_article ON quotation (article, attitude);
-- An upsert, since OR IGNORE does not hold in what a foreign key sets off.
CREATE TRIGGER standing_added AFTER INSERT ON quotation BEGIN
    INSERT INTO standing_stale VALUES (coalesce(new.cluster, new.id))
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER standing_removed AFTER DELETE ON quotation BEGIN
    INSERT INTO standing_stale VALUES (coalesce(old.cluster, old.id))
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER standing_changed
AFTER UPDATE OF cluster, id, article, kind, attitude, search_form ON quotation BEGIN
    INSERT INTO standing_stale
    VALUES (coalesce(old.cluster, old.id)), (coalesce(new.cluster, new.id))
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER standing_reprinted AFTER UPDATE OF outlet, published ON article BEGIN
    INSERT INTO standing_stale
    SELECT coalesce(cluster, id) FROM quotation WHERE article = new.id
    ON CONFLICT DO NOTHING;
END;

-- Files taken in.
-- A row for each file of one article whose article stands in the index; it goes with
-- the article.  `changed` is in nanoseconds; `given` sums up all else that the article
-- came from.
CREATE TABLE file (
    path TEXT PRIMARY KEY NOT NULL,
    article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    size INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    given TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX file_by_article ON file (article);
"""

SAID = "q.attitude = 'assertion' AND q.polarity != 'unsaid'"
"""What must hold of `quotation q` for its speaker to have said something, be it a denial."""

# Wordings are found by single words too, and joined by learned weights: the next update groups
# all of them again.  Until then questions have the groups of before.
REGROUPED = """
UPDATE quotation SET wording = NULL WHERE wording IS NOT NULL;
DELETE FROM wording_tie;
DELETE FROM wording_run;
DELETE FROM wording_place;
DELETE FROM wording;
DELETE FROM wording_stale;
DELETE FROM group_stale;
INSERT INTO group_stale SELECT number FROM quotation;
"""

FIRST = 9
"""The number of the step `LAYOUT`: nine steps once made the same of a file."""

POLARITY = """
-- `within` is the quotation whose content holds this report.
ALTER TABLE quotation ADD COLUMN polarity TEXT NOT NULL DEFAULT 'affirmed';
ALTER TABLE quotation ADD COLUMN polarity_words TEXT NOT NULL DEFAULT '';
ALTER TABLE quotation ADD COLUMN within INTEGER REFERENCES quotation (number) ON DELETE SET NULL;
CREATE INDEX quotation_within ON quotation (within) WHERE within IS NOT NULL;
ALTER TABLE wording ADD COLUMN polarity TEXT NOT NULL DEFAULT 'affirmed';
DROP INDEX quotation_in_brief;
CREATE INDEX quotation_in_brief
    ON quotation (number, cluster, id, attitude, polarity, kind, article);
DROP INDEX quotation_by_speaker;
CREATE INDEX quotation_by_speaker ON quotation (speaker, attitude, polarity, article);
DROP INDEX quotation_by_article;
CREATE INDEX quotation_by_article ON quotation (article, attitude, polarity);
DROP TRIGGER standing_changed;
CREATE TRIGGER standing_changed
AFTER UPDATE OF cluster, id, article, kind, attitude, polarity, search_form ON quotation BEGIN
    INSERT INTO standing_stale
    VALUES (coalesce(old.cluster, old.id)), (coalesce(new.cluster, new.id))
    ON CONFLICT DO NOTHING;
END;
"""

MIGRATIONS = (
    ("all tables, triggers and search", LAYOUT),
    ("polarity, and reports inside reports", POLARITY),
    ("a surname alone joins nobody", "ALTER TABLE form DROP COLUMN eminent;"),
    ("wordings joined by learned weights", REGROUPED),
)
"""The steps by name, numbered from `FIRST`: each is done wholly or not at all, and recorded."""
