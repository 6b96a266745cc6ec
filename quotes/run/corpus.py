"""What joins articles, kept up in one order: speakers, groups, families, paraphrases, ranks.

Each step takes in what is new by its own marks in the index and costs nothing where there is
none.  All of it follows from the stored articles and the decisions of people, so it can be
dropped and made anew at any time; what that changes, if anything, is told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from quotes.index.opening import explaining, transaction
from quotes.paraphrases import forget_paraphrases, update_paraphrases
from quotes.people.decisions import stored_decisions
from quotes.people.identity import apply_decisions, forget_identity, update_identity
from quotes.people.known import People
from quotes.rows import RebuildProgress, Rebuilt
from quotes.utterances.groups import forget_groups, update_groups
from quotes.utterances.standing import forget_ranks, update_ranks
from quotes.wires import forget_families, update_families


def update_corpus(db: sqlite3.Connection, *, people: People) -> None:
    """Bring all that joins articles up to date, in one transaction.

    Args:
        db: a connection from `open_index`, open for writing.
        people: known persons.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        update_identity(db, people=people)
        follow_speakers(db)


def follow_speakers(db: sqlite3.Connection) -> None:
    """Bring up to date what depends on who speaks, once the speakers are right."""
    with explaining(db), transaction(db):
        update_groups(db)
        update_families(db)
        update_paraphrases(db)
        update_ranks(db)


@contextmanager
def deciding(db: sqlite3.Connection) -> Iterator[None]:
    """Let a decision about speakers that is made or undone within take effect at the end.

    The decision and all that follows from it are one transaction.  One decision at a time, or
    one file of them: each is checked against the speakers as they were at the beginning.
    """
    with explaining(db), transaction(db):
        before = stored_decisions(db)
        yield
        apply_decisions(db, before)
        follow_speakers(db)


def rebuild(
    db: sqlite3.Connection,
    *,
    people: People,
    keep: bool = True,
    progress: RebuildProgress | None = None,
) -> tuple[Rebuilt, ...]:
    """Drop all that joins articles and make it anew from the stored ones.

    Articles, their quotations and what people decided stay.  Until it is done, those who ask
    get the former answers; if it is broken off, they stay.

    Args:
        db: a connection from `open_index`, open for writing.
        people: known persons.
        keep: False only compares, and leaves the index as it was.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    tell = progress or (lambda *_: None)
    made: tuple[Rebuilt, ...] = ()
    with explaining(db), suppress(_TakenBackError), transaction(db):
        for what, rows in _DERIVED.items():
            db.execute(f'CREATE TEMP TABLE "{what} before" AS {rows}')
        forget_identity(db)
        forget_groups(db)
        forget_families(db)
        forget_paraphrases(db)
        forget_ranks(db)
        tell("speakers", 0, 0)
        update_identity(db, people=people)
        update_groups(db, progress=lambda done, of: tell("groups", done, of))
        tell("families", 0, 0)
        follow_speakers(db)
        made = tuple(_compared(db, what) for what in _DERIVED)
        if not keep:
            raise _TakenBackError
    return made


class _TakenBackError(Exception):
    """Undoes a rebuild that was only to be compared."""


# Of each kind the rows that make it out, the first column saying which one they belong to.
_DERIVED = {
    "speakers": """SELECT id, name, kind, role, wikidata FROM entity
        UNION ALL SELECT entity, alias, NULL, NULL, NULL FROM alias
        UNION ALL SELECT speaker, NULL, NULL, NULL, id FROM quotation WHERE speaker IS NOT NULL""",
    "groups": """SELECT q.cluster AS id, q.id AS member, c.text
        FROM quotation q JOIN cluster c ON c.id = q.cluster""",
    "families": """SELECT a.family AS id, a.id AS member, a.family_kind, f.origin
        FROM article a JOIN family f ON f.id = a.family""",
    "paraphrases": """SELECT q.id, o.id AS member, p.similarity, p.reason
        FROM paraphrase p JOIN quotation q ON q.number = p.quotation
        JOIN quotation o ON o.number = p.other""",
}


def _compared(db: sqlite3.Connection, what: str) -> Rebuilt:
    """How the rows of one kind differ from those put aside before."""
    former, present = f'SELECT * FROM "{what} before"', f"SELECT * FROM ({_DERIVED[what]})"
    before, now, changed = db.execute(
        f"""SELECT (SELECT count(DISTINCT id) FROM ({former})),
            (SELECT count(DISTINCT id) FROM ({present})),
            (SELECT count(*) FROM (SELECT id FROM ({former} EXCEPT {present})
                UNION SELECT id FROM ({present} EXCEPT {former})))"""
    ).fetchone()
    db.execute(f'DROP TABLE "{what} before"')
    return Rebuilt(what, before, now, changed)
