"""Writing the index: articles with what was found in them.

The article pass hands over one article at a time; each is stored wholly or not at all.  What
joins articles (speakers, groups) is brought up to date after them, by marks that triggers
leave: see `people` and `utterances`.  No questions are answered here: see `answers`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import chain, count
from textwrap import shorten
from typing import Any, Literal

from quotes.errors import InputError
from quotes.index.opening import explaining, now, search_form, select, transaction
from quotes.records import Article, Entity, Failure, Quotation, Region, printed

Written = Literal["added", "replaced", "unchanged"]


def write_article(
    db: sqlite3.Connection,
    article: Article,
    quotations: Sequence[Quotation],
    entities: Sequence[Entity] = (),
    regions: Sequence[Region] = (),
    *,
    version: str = "",
) -> Written:
    """Store one article and what was found in it, wholly or not at all.

    Args:
        quotations: with speakers and referents of `entities`; one missing there is added.
        entities: the article's own entities, their ids unique within it.
        version: of the reader that found them; an article read by another is read again.

    Returns:
        "unchanged" if the index had it (see `stored_as`), and nothing was written;
        "replaced" if rows of the same article (see `same_articles`) made way; else "added".

    Raises:
        InputError: text that cannot be stored (lone surrogates).
        IndexFileError: the file could not be written; it is as it was before.
    """
    for field in ("id", "text", "title", "outlet", "outlet_evidence", "url", "published"):
        try:
            (getattr(article, field) or "").encode("utf-8")
        except UnicodeEncodeError as error:
            raise InputError(
                f"its {field} holds half of a surrogate pair; save the file as UTF-8 again"
            ) from error
    with explaining(db), transaction(db):
        if stored_as(db, article, version=version):
            return "unchanged"
        stale = same_articles(db, article)
        # Triggers mark what that changes for other articles.
        db.executemany("DELETE FROM article WHERE id = ?", [(each,) for each in stale])
        heading = article.title or shorten(article.text[:200], 60, placeholder=" …") or article.id
        stored = {name: getattr(article, name) for name in ("id", *_PARTICULARS, "text")}
        stored |= {"heading": heading, "path": _path(article), "version": version}
        _insert(db, "article", stored | {"digest": _digest(article.text), "indexed_at": now()})
        numbers = _insert_entities(db, article, quotations, entities)
        rows = {each.id: _insert_quotation(db, article, each, numbers) for each in quotations}
        db.executemany(
            "UPDATE quotation SET within = ? WHERE number = ?",
            [(rows.get(each.within), rows[each.id]) for each in quotations if each.within],
        )
        db.executemany(
            "INSERT INTO region VALUES (?, ?, ?, ?, ?, ?)",
            [
                (article.id, ord_, region.span.start, region.span.end, region.kind, region.evidence)
                for ord_, region in enumerate(regions)
            ],
        )
    return "replaced" if stale else "added"


def stored_as(
    db: sqlite3.Connection, article: Article, *, version: str = "", former: str | None = None
) -> str | None:
    """The id under which the index has the article as it is, read by this version.

    That is the same id with the same text and particulars; or the same text of the same outlet
    met under another id, unless two URLs tell them apart.

    Args:
        former: the article that its file held when it was last read, if that is known.
    """
    with explaining(db):
        same_text = select(
            db,
            f"""SELECT id, path, {", ".join(_PARTICULARS)} FROM article
            WHERE digest = ? AND version = ?""",
            (_digest(article.text), version),
        )
        for row in same_text:
            if row["id"] == article.id:
                same = all(row[name] == getattr(article, name) for name in _PARTICULARS)
            elif row["outlet"] == article.outlet:
                same = None in (row["url"], article.url) or row["url"] == article.url
            else:  # the same file met again without its outlet (no manifest this time)
                its_file = row["path"] == _path(article) is not None or row["id"] == former
                same = _is_undeclared(article) and its_file
            if same:
                return str(row["id"])
    return None


def same_articles(db: sqlite3.Connection, article: Article) -> list[str]:
    """Ids of the stored articles that this one replaces, sorted.

    Besides the same id and the same outlet and URL: the same text of the same outlet read
    by another version, and the same text of the same file with and without its outlet declared.
    """
    rows = db.execute(
        """SELECT id FROM article WHERE id = :id
        UNION SELECT id FROM article WHERE url = :url AND outlet IS :outlet
        UNION SELECT id FROM article WHERE digest = :digest AND outlet IS :outlet
            AND (url IS NULL OR :url IS NULL)
        UNION SELECT id FROM article WHERE digest = :digest AND path = :path
            AND (:undeclared OR outlet_basis IS NULL OR outlet_basis = 'inferred')
        ORDER BY id""",
        {
            "id": article.id,
            "url": article.url,
            "outlet": article.outlet,
            "digest": _digest(article.text),
            "path": _path(article),
            "undeclared": _is_undeclared(article),
        },
    )
    return [id_ for (id_,) in rows]


def remove_article(db: sqlite3.Connection, article: str) -> bool:
    """Take an article and all that was found in it out; whether it was there."""
    with explaining(db), transaction(db):
        return db.execute("DELETE FROM article WHERE id = ?", (article,)).rowcount > 0


def record_failure(db: sqlite3.Connection, failure: Failure) -> None:
    """Keep input that could not be used, once per path and message, with the time it was met."""
    with explaining(db), transaction(db):
        db.execute(
            "INSERT INTO failure VALUES (?, ?, ?) "
            "ON CONFLICT (path, message) DO UPDATE SET at = excluded.at",
            (_printable(failure.path), _printable(failure.message), now()),
        )


def forget_failures(db: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Drop what was recorded of these paths, before they are tried again."""
    with explaining(db), transaction(db):
        db.executemany("DELETE FROM failure WHERE path = ?", [(_printable(p),) for p in paths])


def count_speakers(db: sqlite3.Connection) -> int:
    """How many persons and bodies there are across articles."""
    with explaining(db):
        return int(db.execute("SELECT count(*) FROM entity").fetchone()[0])


# Which stored article is the same one.

_PARTICULARS = ("title", "outlet", "outlet_basis", "outlet_evidence", "url", "published")


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_undeclared(article: Article) -> bool:
    """Whether nobody said which outlet printed it."""
    return article.outlet_basis in (None, "inferred")


# Rows of one article.


def _printable(text: str) -> str:
    r"""`text` with what UTF-8 cannot hold written out: file names may have any bytes.

    >>> _printable("caf\udce9.txt")
    'caf\\udce9.txt'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _path(article: Article) -> str | None:
    return None if article.path is None else _printable(article.path)


def _insert(db: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    """Put one row in a table; its number."""
    names, given = ", ".join(values), ", ".join(f":{name}" for name in values)
    sql = f"INSERT INTO {table} ({names}) VALUES ({given}) RETURNING rowid"
    (number,) = db.execute(sql, values).fetchone()
    return int(number)


def _insert_entities(
    db: sqlite3.Connection,
    article: Article,
    quotations: Sequence[Quotation],
    entities: Sequence[Entity],
) -> dict[str, int]:
    """Store the article's entities; their row numbers by local id."""
    local = {entity.id: entity for entity in entities}
    for quotation in quotations:
        for each in (quotation.speaker or quotation.referent, *quotation.members):
            if each:
                local.setdefault(each.id, Entity(each.id, each.name, each.kind))
    numbers = {}
    given = ("id", "name", "kind", "role", "wikidata")
    for entity in local.values():
        values = {name: getattr(entity, name) for name in given}
        values |= {"article": article.id, "published": article.published}
        numbers[entity.id] = _insert(db, "local_entity", values)
        db.executemany(
            "INSERT INTO local_alias VALUES (?, ?)",
            [(numbers[entity.id], alias) for alias in sorted(set(entity.aliases))],
        )
    return numbers


def _insert_quotation(
    db: sqlite3.Connection, article: Article, quotation: Quotation, numbers: Mapping[str, int]
) -> int:
    """Store one quotation with all that belongs to it; its number."""
    text = printed(article.text, quotation.content)
    who = quotation.speaker or quotation.referent
    given = ("kind", "attitude", "region", "confidence", "method", "speaker_basis", "polarity")
    # Ten hex digits meet by chance about once in a million quotations; no article is lost to that.
    wanted = chain([quotation.id], (f"{quotation.id}-{again}" for again in count(2)))
    taken = "SELECT 1 FROM quotation WHERE id = ?"
    made = {
        "id": next(each for each in wanted if not db.execute(taken, (each,)).fetchone()),
        "article": article.id,
        "local_entity": numbers[who.id] if who else None,
        "cue": printed(article.text, quotation.cue),
        "polarity_words": printed(article.text, quotation.polarity_words),
        "speaker_as_written": printed(article.text, quotation.source),
        "text": text,
        "search_form": search_form(text),
    }
    number = _insert(db, "quotation", {name: getattr(quotation, name) for name in given} | made)
    members = {(number, numbers[member.id]) for member in quotation.members}
    db.executemany("INSERT INTO member VALUES (?, ?)", members)
    if quotation.vector:
        db.execute("INSERT INTO meaning VALUES (?, ?)", (number, quotation.vector))
    db.executemany(
        "INSERT INTO span VALUES (?, ?, ?, ?, ?)",
        [
            (number, role, ord_, span.start, span.end)
            for role in ("content", "cue", "source", "chain", "polarity_words")
            for ord_, span in enumerate(getattr(quotation, role))
        ],
    )
    return number
