"""Writing the index: articles with what was found in them.

The article pass hands over one article at a time; each is stored wholly or not at all.  What
joins articles (speakers, groups) is brought up to date after them, by marks that triggers
leave: see `people` and `utterances`.  No questions are answered here: see `answers`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import count
from textwrap import shorten
from typing import Literal

from quotes.errors import InputError
from quotes.index.opening import explaining, now, search_form, transaction
from quotes.records import (
    Article,
    Entity,
    Failure,
    Quotation,
    Region,
    printed,
)

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
        db: a connection from `open_index`.
        article: the text; every span points into it.
        quotations: with speakers and referents of `entities`; one missing there is added.
        entities: the article's own entities, their ids unique within it.
        regions: what is not its story.
        version: of the reader that found them; an article read by another is read again.

    Returns:
        "unchanged" if `has_article` already held, and nothing was written; "replaced" if
        rows of the same article (same id, or same outlet and URL) made way; else "added".

    Raises:
        InputError: text that cannot be stored (lone surrogates).
        IndexFileError: the file could not be written; it is as it was before.
    """
    _check_storable(article)
    with explaining(db), transaction(db):
        if _holds(db, article, version):
            return "unchanged"
        stale = _same_article(db, article)
        _remove(db, stale)
        _insert_article(db, article, version)
        numbers = _insert_entities(db, article, quotations, entities)
        for quotation in quotations:
            _insert_quotation(db, article, quotation, numbers)
        _insert_regions(db, article, regions)
    return "replaced" if stale else "added"


def has_article(db: sqlite3.Connection, article: Article, *, version: str = "") -> bool:
    """Whether the article stands in the index as it is, read by this version.

    The same id with the same text and particulars; or the same text of the same outlet met
    under another id, unless two URLs tell them apart.
    """
    with explaining(db):
        return _holds(db, article, version)


def remove_article(db: sqlite3.Connection, article: str) -> bool:
    """Take an article and all that was found in it out; whether it was there."""
    with explaining(db), transaction(db):
        known = db.execute("SELECT 1 FROM article WHERE id = ?", (article,)).fetchone()
        _remove(db, [article])
    return known is not None


def record_failure(db: sqlite3.Connection, failure: Failure) -> None:
    """Keep input that could not be used, once a path and message, with the time it was met."""
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

_PARTICULARS = "title, outlet, outlet_basis, outlet_evidence, url, published"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _holds(db: sqlite3.Connection, article: Article, version: str) -> bool:
    """See `has_article`."""
    same_text = db.execute(
        f"SELECT id, path, {_PARTICULARS} FROM article WHERE digest = ? AND version = ?",
        (_digest(article.text), version),
    )
    given = (
        article.title,
        article.outlet,
        article.outlet_basis,
        article.outlet_evidence,
        article.url,
        article.published,
    )
    for stored_id, path, *particulars in same_text:
        if stored_id == article.id:
            if tuple(particulars) == given:
                return True
        elif _is_copy(article, path, outlet=particulars[1], url=particulars[4]):
            return True
    return False


def _is_copy(article: Article, path: str | None, *, outlet: str | None, url: str | None) -> bool:
    """Whether a stored article with the same text but another id is this article.

    The same file met again without its outlet (no manifest this time) is no new article.
    """
    if outlet == article.outlet:
        return url is None or article.url is None or url == article.url
    return _is_undeclared(article) and path is not None and path == _path(article)


def _is_undeclared(article: Article) -> bool:
    """Whether nobody said which outlet printed it."""
    return article.outlet_basis in (None, "inferred")


def _same_article(db: sqlite3.Connection, article: Article) -> list[str]:
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
    return [row[0] for row in rows]


def _remove(db: sqlite3.Connection, articles: Sequence[str]) -> None:
    """Delete articles; triggers mark what that changes for others."""
    db.executemany("DELETE FROM article WHERE id = ?", [(article,) for article in articles])


# Rows of one article.


def _check_storable(article: Article) -> None:
    """Refuse what UTF-8 cannot hold, before anything is written."""
    fields = ("id", "text", "title", "outlet", "outlet_evidence", "url", "published")
    for field in fields:
        try:
            (getattr(article, field) or "").encode("utf-8")
        except UnicodeEncodeError as error:
            raise InputError(
                f"its {field} holds half of a surrogate pair; save the file as UTF-8 again"
            ) from error


def _printable(text: str) -> str:
    r"""`text` with what UTF-8 cannot hold written out: file names may have any bytes.

    >>> _printable("caf\udce9.txt")
    'caf\\udce9.txt'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _path(article: Article) -> str | None:
    return None if article.path is None else _printable(article.path)


def _insert_article(db: sqlite3.Connection, article: Article, version: str) -> None:
    db.execute(
        f"INSERT INTO article (id, heading, {_PARTICULARS}, path, digest, version, indexed_at, "
        "text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.id,
            _heading(article),
            article.title,
            article.outlet,
            article.outlet_basis,
            article.outlet_evidence,
            article.url,
            article.published,
            _path(article),
            _digest(article.text),
            version,
            now(),
            article.text,
        ),
    )


def _heading(article: Article) -> str:
    """What an article is listed under: its title, else its first words, else its id.

    >>> _heading(Article("a1", "KYIV (Reuters) – U.S. Treasury Secretary Scott Bessent visited"))
    'KYIV (Reuters) – U.S. Treasury Secretary Scott Bessent …'
    """
    return article.title or shorten(article.text[:200], 60, placeholder=" …") or article.id


def _insert_entities(
    db: sqlite3.Connection,
    article: Article,
    quotations: Sequence[Quotation],
    entities: Sequence[Entity],
) -> dict[str, int]:
    """Store the article's entities; their row numbers by local id."""
    local = {entity.id: entity for entity in entities}
    for quotation in quotations:
        who = quotation.speaker or quotation.referent
        for each in (*((who,) if who else ()), *quotation.members):
            if each.id not in local:
                local[each.id] = Entity(each.id, each.name, each.kind)
    numbers = {}
    for entity in local.values():
        row = db.execute(
            "INSERT INTO local_entity (article, id, name, kind, role, wikidata, published) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (
                article.id,
                entity.id,
                entity.name,
                entity.kind,
                entity.role,
                entity.wikidata,
                article.published,
            ),
        ).fetchone()
        numbers[entity.id] = int(row[0])
        db.executemany(
            "INSERT INTO local_alias VALUES (?, ?)",
            [(numbers[entity.id], alias) for alias in sorted(set(entity.aliases))],
        )
    return numbers


def _insert_quotation(
    db: sqlite3.Connection, article: Article, quotation: Quotation, numbers: Mapping[str, int]
) -> None:
    text = printed(article.text, quotation.content)
    who = quotation.speaker or quotation.referent
    row = db.execute(
        "INSERT INTO quotation (id, article, local_entity, kind, attitude, region, confidence, "
        "method, cue, speaker_as_written, speaker_basis, text, search_form) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
        (
            _free_id(db, quotation.id),
            article.id,
            numbers[who.id] if who else None,
            quotation.kind,
            quotation.attitude,
            quotation.region,
            quotation.confidence,
            quotation.method,
            printed(article.text, quotation.cue),
            printed(article.text, quotation.source),
            quotation.speaker_basis,
            text,
            search_form(text),
        ),
    ).fetchone()
    db.executemany(
        "INSERT INTO member VALUES (?, ?)",
        {(row[0], numbers[member.id]) for member in quotation.members},
    )
    if quotation.vector:
        db.execute("INSERT INTO meaning VALUES (?, ?)", (row[0], quotation.vector))
    roles = (
        ("content", quotation.content),
        ("cue", quotation.cue),
        ("source", quotation.source),
        ("chain", quotation.chain),
    )
    db.executemany(
        "INSERT INTO span VALUES (?, ?, ?, ?, ?)",
        [
            (row[0], role, ord_, span.start, span.end)
            for role, spans in roles
            for ord_, span in enumerate(spans)
        ],
    )


def _free_id(db: sqlite3.Connection, wanted: str) -> str:
    """`wanted`, or with a number where another quotation has it.

    Ten hex digits meet by chance about once in a million quotations; no article is lost
    to that.
    """
    for attempt in count(1):
        free = wanted if attempt == 1 else f"{wanted}-{attempt}"
        if not db.execute("SELECT 1 FROM quotation WHERE id = ?", (free,)).fetchone():
            return free
    raise AssertionError("count() ended")


def _insert_regions(db: sqlite3.Connection, article: Article, regions: Sequence[Region]) -> None:
    db.executemany(
        "INSERT INTO region VALUES (?, ?, ?, ?, ?, ?)",
        [
            (article.id, ord_, region.span.start, region.span.end, region.kind, region.evidence)
            for ord_, region in enumerate(regions)
        ],
    )
