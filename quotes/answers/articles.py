"""Articles: which one is meant, what it holds, its outlet and its family, how many there are."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from quotes.answers.filters import beginning_with, bindable, condition, the_only
from quotes.answers.utterances import printed
from quotes.index import explaining, search_form, select
from quotes.records import Article, Span
from quotes.rows import Counts, FamilyMember, FamilyRow, OutletRow, ShownArticle


def counts(db: sqlite3.Connection) -> Counts:
    """How much the index holds, everything counted."""
    with explaining(db):
        row = select(
            db,
            """SELECT (SELECT count(*) FROM article) AS articles,
            (SELECT count(*) FROM quotation) AS quotations,
            (SELECT count(DISTINCT speaker) FROM quotation) AS speakers,
            (SELECT count(DISTINCT outlet) FROM article) AS outlets,
            (SELECT count(*) FROM cluster) AS clusters,
            (SELECT count(*) FROM failure) AS failures""",
        ).fetchone()
    return Counts(**row)


def outlets(db: sqlite3.Connection, *, everything: bool = False) -> list[OutletRow]:
    """Articles and quotations of each outlet, most articles first; None: outlet unknown."""
    counted = condition({"everything": everything})
    with explaining(db):
        rows = select(
            db,
            f"""SELECT a.outlet, count(*) AS articles, sum((SELECT count(*) FROM quotation q
                WHERE q.article = a.id AND {counted.sql})) AS quotations,
                sum(a.outlet_basis IS 'inferred') AS inferred, sum(coalesce(
                    a.family_kind IS NOT NULL OR f.origin IS NOT a.outlet AND f.origin > '', 0))
                AS reprints
            FROM article a LEFT JOIN family f ON f.id = a.family GROUP BY a.outlet
            ORDER BY count(*) DESC, a.outlet IS NULL, a.outlet""",
            counted.values,
        )
        return [OutletRow(**row) for row in rows]


# One article


def article_id(db: sqlite3.Connection, article: str) -> str:
    """The id of an article named as for `show`.

    Raises:
        NothingFoundError: no such article, or several fit.
    """
    with explaining(db):
        found = beginning_with(db, "article", article) or _titled(db, article)
    missing = "no such article; give its id, words of its title or its file's name"
    return the_only(found, article, missing=missing)


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


def show(db: sqlite3.Connection, article: str) -> ShownArticle:
    """An article with all its quotations in text order, to read.

    Args:
        db: a connection from `open_index`.
        article: its id or a beginning of it, words of its title, or its file's name.

    Raises:
        NothingFoundError: no such article, or several fit.
    """
    with explaining(db):
        of = {"article": article_id(db, article)}
        text = select(
            db,
            "SELECT id, text, outlet, outlet_basis, outlet_evidence, title, url, published, path "
            "FROM article WHERE id = :article",
            of,
        ).fetchone()
        cues, sources = (_spans(db, of["article"], role) for role in ("cue", "source"))
        found = sorted(
            printed(db, "q.article = :article", of),
            key=lambda each: (each[1].start, each[1].end, each[1].quotation),
        )
        return ShownArticle(
            article=Article(**text),
            quotations=tuple(quotation for _, quotation in found),
            cues=tuple(tuple(cues[number]) for number, _ in found),
            sources=tuple(tuple(sources[number]) for number, _ in found),
            family=next(iter(families_of(db, [of["article"]])), None),
        )


def _spans(db: sqlite3.Connection, article: str, role: str) -> defaultdict[int, list[Span]]:
    """The spans of one role in an article, in text order, by the number of their quotation."""
    rows = db.execute(
        """SELECT s.quotation, s.start, s."end" FROM quotation q
        CROSS JOIN span s ON s.quotation = q.number AND s.role = ?
        WHERE q.article = ? ORDER BY s.start, s."end" """,
        (role, article),
    )
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for number, start, end in rows:
        spans[number].append(Span(start, end))
    return spans


# Families


def families(db: sqlite3.Connection, *, outlet: str | None = None) -> Iterator[FamilyRow]:
    """The families of the index, those of most articles first.

    Args:
        db: a connection from `open_index`.
        outlet: only those that it has an article in or is the origin of, in any case.
    """
    with explaining(db):
        rows = db.execute(
            """SELECT f.id FROM family f JOIN article a ON a.family = f.id
            WHERE :outlet IS NULL OR f.origin = :outlet COLLATE NOCASE OR f.id IN
                (SELECT family FROM article WHERE outlet = :outlet COLLATE NOCASE)
            GROUP BY f.id ORDER BY count(*) DESC, f.id""",
            {"outlet": bindable(outlet)},
        ).fetchall()
        for (id_,) in rows:
            yield from _families(db, [id_])


def families_of(db: sqlite3.Connection, articles: Collection[str]) -> list[FamilyRow]:
    """The families that these articles belong to, whole, by id."""
    with explaining(db):
        rows = db.execute(
            "SELECT DISTINCT family FROM article "
            "WHERE id IN (SELECT value FROM json_each(?)) AND family IS NOT NULL",
            (json.dumps(sorted(articles)),),
        )
        return list(_families(db, [id_ for (id_,) in rows]))


def _families(db: sqlite3.Connection, ids: Sequence[str]) -> Iterator[FamilyRow]:
    rows = select(
        db,
        "SELECT id, origin, basis, first FROM family "
        "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(sorted(ids)),),
    ).fetchall()
    for row in rows:
        members = select(
            db,
            "SELECT id AS article, heading, outlet, published, family_kind AS kind, "
            "coalesce(family_reason, '') AS reason "
            "FROM article WHERE family = ?1 ORDER BY id != ?2, published IS NULL, published, id",
            (row["id"], row["first"]),
        )
        yield FamilyRow(**row, members=tuple(FamilyMember(**member) for member in members))
