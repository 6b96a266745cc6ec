"""Articles and outlets: which one is meant, what it holds, how many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from quotes.answers.families import families_of
from quotes.answers.filters import bindable, condition
from quotes.answers.rows import OCCURRENCE, SPANS, occurrence_of_row, spans_of
from quotes.errors import NothingFoundError
from quotes.index.opening import explaining, search_form
from quotes.records import Article
from quotes.rows import Counts, OutletRow, ShownArticle


def outlets(db: sqlite3.Connection, *, everything: bool = False) -> list[OutletRow]:
    """Articles and quotations of each outlet, most articles first; None: outlet unknown."""
    chosen = condition({"everything": everything})
    with explaining(db):
        rows = db.execute(
            f"""SELECT a.outlet, count(*), sum((SELECT count(*) FROM quotation q
                WHERE q.article = a.id AND {chosen.sql})),
                sum(a.outlet_basis IS 'inferred'), sum(coalesce(
                    a.family_kind IS NOT NULL OR f.origin IS NOT a.outlet AND f.origin > '', 0))
            FROM article a LEFT JOIN family f ON f.id = a.family GROUP BY a.outlet
            ORDER BY 2 DESC, a.outlet IS NULL, a.outlet""",
            chosen.values,
        )
        return [OutletRow(*row) for row in rows]


def show(db: sqlite3.Connection, article: str) -> ShownArticle:
    """An article with all its quotations in text order, to read.

    Args:
        db: a connection from `open_index`.
        article: its id or a beginning of it, words of its title, or its file's name.

    Raises:
        NothingFoundError: no such article, or several fit.
    """
    with explaining(db):
        return _shown(db, _the_article(db, article))


def article_id(db: sqlite3.Connection, article: str) -> str:
    """The id of an article named as for `show`.

    Raises:
        NothingFoundError: no such article, or several fit.
    """
    with explaining(db):
        return _the_article(db, article)


def _the_article(db: sqlite3.Connection, article: str) -> str:
    found = beginning_with(db, "article", article) or _titled(db, article)
    if not found:
        raise NothingFoundError(
            f"{article}: no such article; give its id, words of its title or its file's name"
        )
    if len(found) > 1:
        raise NothingFoundError(ambiguous(article, found))
    return found[0]


def counts(db: sqlite3.Connection) -> Counts:
    """How much the index holds, everything counted."""
    with explaining(db):
        row = db.execute(
            """SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM quotation),
            (SELECT count(DISTINCT speaker) FROM quotation),
            (SELECT count(DISTINCT outlet) FROM article),
            (SELECT count(*) FROM cluster), (SELECT count(*) FROM failure)"""
        ).fetchone()
    return Counts(*row)


def beginning_with(db: sqlite3.Connection, table: str, beginning: str) -> list[str]:
    """Ids of `table` that are or else begin with `beginning`, at most three."""
    wanted = bindable(beginning.strip()) or ""
    if not wanted:
        return []
    if db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (wanted,)).fetchone():
        return [wanted]
    rows = db.execute(
        f"SELECT id FROM {table} WHERE id > ?1 AND substr(id, 1, length(?1)) = ?1 "
        "AND id < ?1 || char(0x10ffff) ORDER BY id LIMIT 3",
        (wanted,),
    )
    return [row[0] for row in rows]


def _titled(db: sqlite3.Connection, words: str) -> list[str]:
    """Ids of articles with that title or file name, else with those words in the title."""
    form = search_form(words)
    if not form:
        return []
    rows = db.execute("SELECT id, coalesce(title, ''), coalesce(path, '') FROM article ORDER BY id")
    named, partly = [], []
    for id_, title, path in rows:
        heading = search_form(title)
        if heading == form or path.replace("\\", "/").split("/")[-1] == words:
            named.append(id_)
        elif f" {form} " in f" {heading} ":
            partly.append(id_)
    return named or partly


def ambiguous(wanted: str, found: Sequence[str]) -> str:
    """What to say when several ids fit."""
    examples = ", ".join(found[:2])
    return (
        f"{wanted}: fits several ({examples}{', ...' if len(found) > 2 else ''}); give more of it"
    )


def _shown(db: sqlite3.Connection, id_: str) -> ShownArticle:
    row = db.execute(
        "SELECT id, text, outlet, outlet_basis, outlet_evidence, title, url, published, path "
        "FROM article WHERE id = ?",
        (id_,),
    ).fetchone()
    rows = db.execute(f"{OCCURRENCE} WHERE q.article = ?", (id_,)).fetchall()
    found = sorted(
        ((occurrence_of_row(row), spans_of(row[SPANS])) for row in rows),
        key=lambda item: (item[0].start, item[0].end, item[0].quotation),
    )
    return ShownArticle(
        article=Article(*row),
        quotations=tuple(occurrence for occurrence, _ in found),
        cues=tuple(tuple(sorted(spans["cue"])) for _, spans in found),
        sources=tuple(tuple(sorted(spans["source"])) for _, spans in found),
        family=next(iter(families_of(db, [id_])), None),
    )
