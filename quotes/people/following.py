"""Decisions keep to what they name when an article is read anew.

"assign" names quotations and "split" names articles, both by ids that change with the text.
When a corrected article takes the place of another, its quotations are looked for in the new one.
One that is there no more stays named and is reported: the decision then says nothing of it.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from rapidfuzz.fuzz import ratio

from quotes.index.opening import explaining, select
from quotes.people.decisions import split_node, stored_decisions
from quotes.records import Decision

_ALIKE = 75.0
"""From here, of 100, a quotation's words are those of another after a correction: a word or two
in a sentence differ.  Below it, a sentence has become another one."""

log = logging.getLogger(__name__)


class Said(NamedTuple):
    """A quotation that a decision names, or may name: its words in search form, and its source."""

    id: str
    article: str
    words: str
    source: str


def named_by_hand(db: sqlite3.Connection) -> tuple[dict[str, Said], set[str]]:
    """The quotations of the index that decisions name, by id, and the articles."""
    decisions = stored_decisions(db)
    ids = {id_ for each in decisions for id_ in each.quotations}
    articles = {article for each in decisions for article in each.articles}
    return _quotations(db, "id", sorted(ids)) if ids else {}, articles


def follow(
    db: sqlite3.Connection,
    quotations: Mapping[str, Said],
    moved: Mapping[str, str],
) -> None:
    """Let decisions name the new articles, and the same quotations in them.

    Args:
        quotations: those that were named before the articles were replaced, see `named_by_hand`.
        moved: the id of each article that was replaced, and of the one in its place.
    """
    wanted = [said for said in quotations.values() if said.article in moved]
    there = _quotations(db, "article", sorted({moved[said.article] for said in wanted}))
    new = {}
    for said in wanted:
        of_article = [each for each in there.values() if each.article == moved[said.article]]
        found = _same(said, of_article)
        if found is None:
            told = "%s, which a decision made by hand names, is no longer in article %s: “%s”"
            log.warning(told, said.id, moved[said.article], said.words[:80])
        else:
            new[said.id] = found
    _rename(db, new, moved)


def _quotations(db: sqlite3.Connection, column: str, values: Sequence[str]) -> dict[str, Said]:
    """The quotations whose `column` has one of these values, in the order of the text."""
    with explaining(db):
        rows = select(
            db,
            f"""SELECT id, article, search_form AS words, speaker_as_written AS source
            FROM quotation WHERE {column} IN (SELECT value FROM json_each(?))
            ORDER BY article, number""",
            (json.dumps(values),),
        )
        return {row["id"]: Said(**row) for row in rows}


def _same(said: Said, candidates: Sequence[Said]) -> str | None:
    """The id of the one that is the same quotation; None if none or several may be."""
    if any(each.id == said.id for each in candidates):
        return said.id
    same = [each for each in candidates if each.words == said.words]
    same = [each for each in same if each.source == said.source] or same
    if not same:
        close = [(ratio(said.words, each.words), each) for each in candidates]
        best = max((likeness for likeness, _ in close), default=0.0)
        same = [each for likeness, each in close if likeness == best >= _ALIKE]
    return same[0].id if len(same) == 1 else None


def _rename(
    db: sqlite3.Connection, quotations: Mapping[str, str], articles: Mapping[str, str]
) -> None:
    """Write the new ids into the decisions, and the new references to whom a split set apart."""
    before = stored_decisions(db)
    after = [
        replace(
            each,
            quotations=_renamed(each.quotations, quotations),
            articles=_renamed(each.articles, articles),
        )
        for each in before
    ]
    nodes = {
        f"split:{split_node(one)}": f"split:{split_node(other)}"
        for one, other in zip(before, after, strict=True)
        if one.action == "split"
    }
    for one, other in zip(before, after, strict=True):
        made = replace(
            other,
            subject=nodes.get(other.subject, other.subject),
            other=nodes.get(other.other or "", other.other),
        )
        if made != one:
            _write(db, made)


def _renamed(ids: tuple[str, ...], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({new.get(each, each) for each in ids}))


def _write(db: sqlite3.Connection, decision: Decision) -> None:
    values: dict[str, Any] = {
        "number": decision.number,
        "subject": decision.subject,
        "other": decision.other,
        "articles": json.dumps(decision.articles),
        "quotations": json.dumps(decision.quotations),
    }
    with explaining(db):
        db.execute(
            """UPDATE decision SET subject = :subject, other = :other, articles = :articles,
            quotations = :quotations WHERE number = :number""",
            values,
        )
