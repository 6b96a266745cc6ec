"""What the index holds: its speakers, outlets, articles and families, and how many there are.

`api.Index` says in full what each question takes, gives and raises.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import get_args

from quotes.answers import questions
from quotes.answers.utterances import places, printed, spans_of
from quotes.errors import NothingFoundError
from quotes.index.opening import explaining, search_form, select
from quotes.records import NAMED, Article, SpeakerKind
from quotes.rows import (
    Counts,
    FamilyMember,
    FamilyRow,
    OutletRow,
    ShownArticle,
    SpeakerRow,
    Status,
    StoredFailure,
)

_LISTED = 8  # speakers of one name that a message lists


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


def status(db: sqlite3.Connection) -> Status:
    """How the index stands, see `Index.status`."""
    with explaining(db):
        row = select(
            db,
            """SELECT substr(min(published), 1, 10) AS first, substr(max(published), 1, 10) AS last,
            coalesce(sum(published IS NULL), 0) AS undated,
            coalesce(sum(outlet IS NULL), 0) AS unpublished,
            coalesce(sum(outlet_basis IS 'inferred'), 0) AS inferred, max(indexed_at) AS indexed
            FROM article""",
        ).fetchone()
        stored = select(db, "SELECT path, message, at FROM failure ORDER BY path, message")
        failures = tuple(StoredFailure(**each) for each in stored)
    return Status(counts(db), **row, failures=failures)


def outlets(db: sqlite3.Connection, *, everything: bool = False) -> list[OutletRow]:
    """Articles and quotations of each outlet, see `Index.outlets`."""
    counted = questions.condition({"everything": everything})
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


# Speakers


def find_speakers(db: sqlite3.Connection, name: str) -> list[SpeakerRow]:
    """The speakers that go by `name`, see `Index.find_speakers`."""
    with explaining(db):
        return _speaker_rows(db, questions.entities_named(db, name), everything=True)


def speakers(
    db: sqlite3.Connection,
    *,
    kind: SpeakerKind | None = None,
    limit: int | None = None,
    everything: bool = False,
) -> list[SpeakerRow]:
    """Who speaks in the index, see `Index.speakers`."""
    questions.one_of("kind", kind, get_args(SpeakerKind))
    with explaining(db):
        if kind is not None and kind not in NAMED:
            counted = questions.condition({"everything": everything})
            rows = select(
                db,
                f"""SELECT l.id, l.name, l.kind, l.role, (SELECT json_group_array(alias)
                    FROM local_alias WHERE local_entity = l.number) AS aliases,
                    count(*) AS quotations, json_array(a.outlet) AS outlets, l.article,
                    '[]' AS doubtful
                FROM local_entity l JOIN article a ON a.id = l.article
                JOIN quotation q ON q.local_entity = l.number
                WHERE l.kind = :of AND {counted.sql} GROUP BY l.number
                ORDER BY count(*) DESC, l.name, l.article, l.id LIMIT :limit""",
                {**counted.values, "of": kind, "limit": questions.at_most(limit)},
            )
            return [_speaker_row(row) for row in rows]
        kinds = tuple(NAMED) if kind is None else (kind,)
        return _speaker_rows(db, None, everything=everything, limit=limit, kinds=kinds)


def the_speaker(db: sqlite3.Connection, name: str) -> SpeakerRow:
    """The one speaker of an id or name, quoted or not, see `Index.speaker`."""
    with explaining(db):
        found = _speaker_rows(db, questions.entities_named(db, name), everything=True, silent=True)
    if not found:
        raise NothingFoundError(nobody_called(db, name))
    if len(found) > 1:
        several = ", ".join(f"{row.id} ({row.name}, {row.quotations})" for row in found[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise NothingFoundError(
            f"{name!r} matches several speakers: {several}{more}; "
            "nothing was changed, use one of these ids"
        )
    return found[0]


def nobody_called(db: sqlite3.Connection, name: str) -> str:
    """What to say of a name that nobody goes by: whose name is like it, or where to look."""
    from difflib import get_close_matches  # seldom needed, and a question loads little

    rows = speakers(db, everything=True)
    names = {
        alias.lower(): row.name
        for row in rows
        for alias in (row.name, *row.aliases, *row.name.split())
    }
    close = get_close_matches(name.lower(), names, n=3, cutoff=0.75)
    found = ", ".join(dict.fromkeys(names[each] for each in close))
    hint = f"Did you mean {found}?" if found else "`quotes speakers` lists all speakers."
    return f"No speaker goes by {name!r}. {hint}"


def _speaker_rows(
    db: sqlite3.Connection,
    ids: Sequence[str] | None,
    *,
    everything: bool,
    limit: int | None = None,
    kinds: Sequence[SpeakerKind] = (),
    silent: bool = False,
) -> list[SpeakerRow]:
    """Entities with what they said, of `ids` or all; `silent` ones said nothing."""
    counted = questions.condition({"everything": everything})
    only = "" if ids is None else "AND {} IN (SELECT value FROM json_each(:ids))"
    rows = select(
        db,
        f"""WITH first AS MATERIALIZED (
            SELECT e.id, e.name, e.kind, e.role, coalesce(n, 0) AS quotations
            FROM entity e {"LEFT" if silent else ""} JOIN (
                SELECT q.speaker AS id, count(*) AS n FROM quotation q
                WHERE q.speaker IS NOT NULL AND {counted.sql} {only.format("q.speaker")}
                GROUP BY q.speaker
            ) said ON e.id = said.id
            WHERE (:kinds = '[]' OR e.kind IN (SELECT value FROM json_each(:kinds)))
                {only.format("e.id")}
            ORDER BY quotations DESC, e.name, e.id LIMIT :limit
        )
        SELECT e.*, (SELECT json_group_array(alias) FROM alias WHERE entity = e.id) AS aliases,
            (SELECT json_group_array(DISTINCT a.outlet) FROM quotation q
                CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article
                WHERE q.speaker = e.id AND a.outlet IS NOT NULL AND {counted.sql}) AS outlets,
            (SELECT json_group_array(DISTINCT x.value) FROM form f
                JOIN form_fact x ON x.form = f.number AND x.fact = 'name'
                WHERE f.entity = e.id AND f.doubtful) AS doubtful
        FROM first e ORDER BY quotations DESC, e.name, e.id""",
        {
            **counted.values,
            "ids": json.dumps(list(ids or ())),
            "kinds": json.dumps(sorted(kinds)),
            "limit": questions.at_most(limit),
        },
    )
    return [_speaker_row(row) for row in rows]


def _speaker_row(row: sqlite3.Row) -> SpeakerRow:
    aliases, outlets = json.loads(row["aliases"]), filter(None, json.loads(row["outlets"]))
    lists = {"aliases": tuple(sorted(aliases)), "outlets": tuple(sorted(outlets))}
    lists["doubtful"] = tuple(sorted(json.loads(row["doubtful"])))
    return SpeakerRow(**{**row, **lists})


def article_id(db: sqlite3.Connection, article: str) -> str:
    """The id of an article named as for `Index.show`."""
    with explaining(db):
        found = questions.beginning_with(db, "article", article)
        form = search_form(article)
        if form and not found:
            stored = db.execute(
                "SELECT id, coalesce(title, ''), coalesce(path, '') FROM article ORDER BY id"
            )
            rows = [(id_, search_form(title), path) for id_, title, path in stored]
            found = [
                id_
                for id_, title, path in rows
                if title == form or path.replace("\\", "/").split("/")[-1] == article
            ] or [id_ for id_, title, _ in rows if f" {form} " in f" {title} "]
    missing = "no such article; give its id, words of its title or its file's name"
    return questions.the_only(found, article, missing=missing)


def show(db: sqlite3.Connection, article: str) -> ShownArticle:
    """An article with all its quotations in text order, see `Index.show`."""
    with explaining(db):
        of = {"article": article_id(db, article)}
        text = select(
            db,
            "SELECT id, text, outlet, outlet_basis, outlet_evidence, title, url, published, path "
            "FROM article WHERE id = :article",
            of,
        ).fetchone()
        found = sorted(
            printed(db, "q.article = :article", of),
            key=lambda each: (each[1].start, each[1].end, each[1].quotation),
        )
        rows = db.execute(
            f"""SELECT number, {places("cue")}, {places("source")} FROM quotation q
            WHERE article = :article""",
            of,
        )
        spans = {number: [tuple(sorted(spans_of(each))) for each in two] for number, *two in rows}
        return ShownArticle(
            article=Article(**text),
            quotations=tuple(quotation for _, quotation in found),
            cues=tuple(spans[number][0] for number, _ in found),
            sources=tuple(spans[number][1] for number, _ in found),
            family=next(families(db, of=[of["article"]]), None),
        )


# Families


def families(
    db: sqlite3.Connection, *, outlet: str | None = None, of: Collection[str] | None = None
) -> Iterator[FamilyRow]:
    """The families that an outlet has a part in or that articles belong to, else all.

    Those of most articles come first, see `Index.families`.
    """
    holds = "1"
    if of is not None:
        among = "SELECT value FROM json_each(:articles)"
        holds = f"f.id IN (SELECT family FROM article WHERE id IN ({among}))"
    elif outlet is not None:
        holds = """f.origin = :outlet COLLATE NOCASE OR f.id IN
            (SELECT family FROM article WHERE outlet = :outlet COLLATE NOCASE)"""
    with explaining(db):
        rows = select(
            db,
            f"""SELECT f.id, f.origin, f.basis, f.first
            FROM family f JOIN article a ON a.family = f.id
            WHERE {holds} GROUP BY f.id ORDER BY count(*) DESC, f.id""",
            {"outlet": questions.bindable(outlet), "articles": json.dumps(sorted(of or ()))},
        ).fetchall()
        for row in rows:
            members = select(
                db,
                """SELECT id AS article, heading, outlet, published, family_kind AS kind,
                    coalesce(family_reason, '') AS reason
                FROM article WHERE family = ?1
                ORDER BY id != ?2, published IS NULL, published, id""",
                (row["id"], row["first"]),
            )
            yield FamilyRow(**row, members=tuple(FamilyMember(**each) for each in members))
