"""Questions to the index, answered as typed rows: who said it, what a speaker said, and more.

In comes a connection from `open_index`, out go records for `present` or a program.  Nothing
is written.  Words are searched as a phrase of whole words, in any case, with any kind of
mark; the default view is what was said (assertions), `everything=True` adds what is believed,
known, wanted or planned.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from quotes.errors import NothingFoundError
from quotes.records import (
    Article,
    Counts,
    Kind,
    Occurrence,
    OutletRow,
    ShownArticle,
    Span,
    Speaker,
    SpeakerRow,
    Utterance,
)
from quotes.schema import explaining, search_form, words_of


def who_said(
    db: sqlite3.Connection,
    words: str,
    *,
    everything: bool = False,
    kind: Kind | None = None,
    outlet: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int | None = None,
) -> list[Utterance]:
    """The utterances that contain `words`, those that most outlets carried first, then earliest.

    Args:
        db: a connection from `open_index`.
        words: any text; its words must follow each other.  Without a letter or digit in it
            nothing is found.
        everything: beliefs, plans and facts too.
        kind: direct, mixed or indirect only.
        outlet: its printings only, in any case.
        since, until: ISO dates or their beginnings ("2025-02"), both inclusive; undated
            printings are then left out.
        limit: at most so many.

    Returns:
        One row an utterance with all its printings, also those whose wording lacks the words.
    """
    chosen = _Filters(everything, kind, outlet, since, until)
    phrase = search_form(words)
    if not phrase:
        return []
    hits = (
        "SELECT q.number, q.cluster FROM quotation_fts f "
        "CROSS JOIN quotation q ON q.number = f.rowid JOIN article a ON a.id = q.article "
        f"WHERE quotation_fts MATCH :phrase AND {chosen.sql}"
    )
    with explaining(db):
        groups = _ranked(db, hits, chosen, {"phrase": f'"{phrase}"'}, limit)
    return [_utterance(group, phrase) for group in groups]


def by(
    db: sqlite3.Connection,
    name: str,
    *,
    everything: bool = False,
    kind: Kind | None = None,
    outlet: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int | None = None,
) -> list[Utterance]:
    """What a speaker said, ordered and filtered as by `who_said`.

    Args:
        db: a connection from `open_index`.
        name: any name that `find_speakers` knows; if it fits several speakers, all of
            theirs is given.
        everything, kind, outlet, since, until, limit: see `who_said`.
    """
    chosen = _Filters(everything, kind, outlet, since, until)
    with explaining(db):
        speakers = _entities_named(db, name)
        hits = (
            "SELECT q.number, q.cluster FROM quotation q JOIN article a ON a.id = q.article "
            f"WHERE q.speaker IN (SELECT value FROM json_each(:speakers)) AND {chosen.sql}"
        )
        groups = _ranked(db, hits, chosen, {"speakers": json.dumps(speakers)}, limit)
    return [_utterance(group, "") for group in groups]


def find_speakers(db: sqlite3.Connection, name: str) -> list[SpeakerRow]:
    """The speakers that go by `name`, most quotations first; more than one: it is ambiguous.

    An entity id, or any alias in any case and with or without diacritics; failing that,
    the aliases that contain the name as whole words.
    """
    with explaining(db):
        return _speaker_rows(db, _entities_named(db, name), everything=True)


def speakers(
    db: sqlite3.Connection, *, limit: int | None = None, everything: bool = False
) -> list[SpeakerRow]:
    """Who speaks in the index, most quotations first."""
    with explaining(db):
        return _speaker_rows(db, None, everything=everything, limit=limit)


def outlets(db: sqlite3.Connection, *, everything: bool = False) -> list[OutletRow]:
    """Articles and quotations of each outlet, most articles first; None: outlet unknown."""
    chosen = _Filters(everything)
    with explaining(db):
        rows = db.execute(
            f"""SELECT a.outlet, count(*), sum((SELECT count(*) FROM quotation q
                WHERE q.article = a.id AND {chosen.sql})),
                sum(a.outlet_basis IS 'inferred')
            FROM article a GROUP BY a.outlet
            ORDER BY 2 DESC, a.outlet IS NULL, a.outlet""",
            chosen.values(),
        )
        return [OutletRow(*row) for row in rows]


def variants(db: sqlite3.Connection, id: str) -> Utterance:  # noqa: A002 - as users call it
    """One utterance with all its printings, earliest first.

    Args:
        db: a connection from `open_index`.
        id: of a cluster or of any of its quotations, or a beginning that fits only one.

    Raises:
        NothingFoundError: no such id, or several begin so.
    """
    with explaining(db):
        quotations = _beginning_with(db, "quotation", id)
        found = quotations or _beginning_with(db, "cluster", id)
        if not found:
            raise NothingFoundError(
                f"{id}: no such quotation or cluster; ids are shown by `quotes who-said`"
            )
        if len(found) > 1:
            raise NothingFoundError(_ambiguous(id, found))
        rows = db.execute(
            """SELECT number FROM quotation WHERE id = :id OR cluster = :id
            OR cluster = (SELECT cluster FROM quotation WHERE id = :id)""",
            {"id": found[0]},
        )
        group = _by_number(db, [number for (number,) in rows])
    return _utterance(sorted(group.values(), key=_earliest), "")


def show(db: sqlite3.Connection, article: str) -> ShownArticle:
    """An article with all its quotations in text order, to read.

    Args:
        db: a connection from `open_index`.
        article: its id or a beginning of it, words of its title, or its file's name.

    Raises:
        NothingFoundError: no such article, or several fit.
    """
    with explaining(db):
        found = _beginning_with(db, "article", article) or _titled(db, article)
        if not found:
            raise NothingFoundError(
                f"{article}: no such article; give its id, words of its title or its file's name"
            )
        if len(found) > 1:
            raise NothingFoundError(_ambiguous(article, found))
        return _shown(db, found[0])


def occurrences(
    db: sqlite3.Connection,
    *,
    everything: bool = False,
    kind: Kind | None = None,
    outlet: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Iterator[Occurrence]:
    """Every quotation as printed, by article and place, one after another for any number.

    Args:
        db: a connection from `open_index`.
        everything, kind, outlet, since, until: see `who_said`.
    """
    chosen = _Filters(everything, kind, outlet, since, until)
    with explaining(db):
        rows = db.execute(
            f"{_OCCURRENCE} WHERE {chosen.sql} ORDER BY q.article, q.number", chosen.values()
        )
        for row in rows:
            yield _occurrence(row)


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


# Filters.


@dataclass(frozen=True, slots=True)
class _Filters:
    """Which printings count: a condition over `quotation q` and `article a`."""

    everything: bool = False
    kind: Kind | None = None
    outlet: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def sql(self) -> str:
        parts = ["1"]
        if not self.everything:
            parts.append("q.attitude = 'assertion'")
        if self.kind is not None:
            parts.append("q.kind = :kind")
        if self.outlet is not None:
            parts.append("a.outlet = :outlet COLLATE NOCASE")
        if self.since is not None:
            parts.append("a.published >= :since")
        if self.until is not None:
            parts.append("substr(a.published, 1, length(:until)) <= :until")
        return " AND ".join(parts)

    def values(self) -> dict[str, str | None]:
        return {
            "kind": self.kind,
            "outlet": _bindable(self.outlet),
            "since": _bindable(self.since),
            "until": _bindable(self.until),
        }


def _bindable(text: str | None) -> str | None:
    """What a shell may hand over (any bytes) as text that SQLite takes."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")


# Utterances.


def _ranked(
    db: sqlite3.Connection,
    hits: str,
    chosen: _Filters,
    values: dict[str, str],
    limit: int | None,
) -> list[list[Occurrence]]:
    """The printings of each utterance that `hits` touch, the best utterance first.

    The order is decided on short columns alone; whole rows are read for the first `limit`.
    """
    groups = db.execute(
        f"""WITH hit (number, cluster) AS MATERIALIZED ({hits}),
        printing (number) AS (
            SELECT number FROM hit WHERE cluster IS NULL
            UNION ALL SELECT number FROM quotation
            WHERE cluster IN (SELECT cluster FROM hit WHERE cluster IS NOT NULL)
        )
        SELECT group_concat(q.number) FROM printing p
        CROSS JOIN quotation q ON q.number = p.number JOIN article a ON a.id = q.article
        WHERE {chosen.sql}
        GROUP BY coalesce(q.cluster, q.id)
        ORDER BY count(DISTINCT a.outlet) DESC, min(a.published) IS NULL, min(a.published),
            coalesce(q.cluster, q.id)
        LIMIT :limit""",
        {**chosen.values(), **values, "limit": -1 if limit is None else limit},
    ).fetchall()
    numbers = [[int(number) for number in row[0].split(",")] for row in groups]
    printed = _by_number(db, [number for group in numbers for number in group])
    return [sorted((printed[n] for n in group), key=_earliest) for group in numbers]


def _earliest(occurrence: Occurrence) -> tuple[bool, str, str, str, int, str]:
    """Sorts printings: dated before undated, then by date, outlet, article and place."""
    return (
        occurrence.published is None,
        occurrence.published or "",
        occurrence.outlet or "",
        occurrence.article,
        occurrence.start,
        occurrence.quotation,
    )


def _utterance(printings: Sequence[Occurrence], phrase: str) -> Utterance:
    """One row of printings in order; `phrase` in search form, "" to match nothing."""
    matches = {printing.text: _matches(printing.text, phrase) for printing in printings}
    matching = [printing for printing in printings if matches[printing.text]] or printings
    shown = max(matching, key=lambda printing: len(printing.text))
    named = shown if shown.speaker else next((p for p in printings if p.speaker), shown)
    return Utterance(
        id=shown.cluster or shown.quotation,
        speaker=named.speaker,
        speaker_as_written=named.speaker_as_written,
        text=shown.text,
        matches=matches[shown.text],
        kind=shown.kind,
        attitude=shown.attitude,
        outlets=tuple(dict.fromkeys(p.outlet for p in printings if p.outlet is not None)),
        first=printings[0].published,
        occurrences=tuple(printings),
    )


def _matches(text: str, phrase: str) -> tuple[Span, ...]:
    """Where the words of `phrase` follow each other in `text`, left to right, apart.

    >>> _matches("It’s a no, a firm “No”.", "no")
    (Span(start=7, end=9), Span(start=19, end=21))
    """
    wanted = phrase.split()
    words = words_of(text)
    found: list[Span] = []
    place = 0
    while wanted and place + len(wanted) <= len(words):
        window = words[place : place + len(wanted)]
        if [word for word, _ in window] == wanted:
            found.append(Span(window[0][1].start, window[-1][1].end))
            place += len(wanted)
        else:
            place += 1
    return tuple(found)


# Rows.

_SPANS = (
    "(SELECT group_concat(s.start || ' ' || s.\"end\") FROM span s "
    "WHERE s.quotation = q.number AND s.role = '{role}')"
)

_OCCURRENCE = f"""SELECT q.id, q.cluster, q.article,
    coalesce(e.id, l.id), coalesce(e.name, l.name), coalesce(e.kind, l.kind),
    q.speaker_as_written, q.speaker_basis, q.text, q.kind, q.attitude, q.cue,
    a.outlet, a.outlet_basis, a.title, a.url, a.published, {_SPANS.format(role="content")},
    q.confidence, q.method, q.region, q.number, {_SPANS.format(role="cue")},
    {_SPANS.format(role="source")}
    FROM quotation q CROSS JOIN article a ON a.id = q.article
    LEFT JOIN entity e ON e.id = q.speaker LEFT JOIN local_entity l ON l.number = q.local_entity"""
_NUMBER, _CUE, _SOURCE = 21, 22, 23


def _occurrence(row: Sequence[Any]) -> Occurrence:
    return Occurrence(
        quotation=row[0],
        cluster=row[1],
        article=row[2],
        speaker=None if row[3] is None else Speaker(row[3], row[4], row[5]),
        speaker_as_written=row[6],
        speaker_basis=row[7],
        text=row[8],
        kind=row[9],
        attitude=row[10],
        cue=row[11],
        outlet=row[12],
        outlet_inferred=row[13] == "inferred",
        title=row[14],
        url=row[15],
        published=row[16],
        content=_spans(row[17]),
        confidence=row[18],
        method=row[19],
        region=row[20],
    )


def _spans(stored: str | None) -> tuple[Span, ...]:
    """Spans in text order from "start end,start end".

    >>> _spans("12 15,3 9")
    (Span(start=3, end=9), Span(start=12, end=15))
    """
    pairs = (pair.split() for pair in (stored or "").split(",") if pair)
    return tuple(sorted(Span(int(start), int(end)) for start, end in pairs))


def _by_number(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Occurrence]:
    rows = db.execute(
        f"{_OCCURRENCE} WHERE q.number IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(numbers)),),
    )
    return {row[_NUMBER]: _occurrence(row) for row in rows}


# Speakers.


def _entities_named(db: sqlite3.Connection, name: str) -> list[str]:
    """Ids of the entities that `name` may mean, see `find_speakers`."""
    form = search_form(name)
    exact = db.execute(
        """SELECT id FROM entity WHERE id = :id
        UNION SELECT id FROM entity WHERE search_form = :form AND :form != ''
        UNION SELECT entity FROM alias WHERE search_form = :form AND :form != ''
        ORDER BY 1""",
        {"id": _bindable(name.strip()), "form": form},
    )
    found = [id_ for (id_,) in exact]
    return found if found or not form else _entities_partly_named(db, form)


def _entities_partly_named(db: sqlite3.Connection, form: str) -> list[str]:
    rows = db.execute(
        """SELECT id FROM entity WHERE instr(' ' || search_form || ' ', :words)
        UNION SELECT entity FROM alias WHERE instr(' ' || search_form || ' ', :words)
        ORDER BY 1""",
        {"words": f" {form} "},
    )
    return [id_ for (id_,) in rows]


def _speaker_rows(
    db: sqlite3.Connection,
    ids: Sequence[str] | None,
    *,
    everything: bool,
    limit: int | None = None,
) -> list[SpeakerRow]:
    chosen = _Filters(everything)
    only = "" if ids is None else "AND q.speaker IN (SELECT value FROM json_each(:ids))"
    rows = db.execute(
        f"""SELECT e.id, e.name, e.kind, e.role,
            (SELECT json_group_array(alias) FROM alias WHERE entity = e.id), n,
            (SELECT json_group_array(DISTINCT a.outlet) FROM quotation q
                JOIN article a ON a.id = q.article
                WHERE q.speaker = e.id AND a.outlet IS NOT NULL AND {chosen.sql})
        FROM (SELECT q.speaker AS id, count(*) AS n FROM quotation q
            WHERE q.speaker IS NOT NULL AND {chosen.sql} {only} GROUP BY q.speaker) said
        JOIN entity e ON e.id = said.id ORDER BY n DESC, e.name, e.id LIMIT :limit""",
        {
            **chosen.values(),
            "ids": json.dumps(list(ids or ())),
            "limit": -1 if limit is None else limit,
        },
    )
    return [
        SpeakerRow(
            id_, name, kind, role, tuple(sorted(json.loads(seen))), n,
            tuple(sorted(json.loads(printed))),
        )
        for id_, name, kind, role, seen, n, printed in rows
    ]  # fmt: skip


# One article.


def _beginning_with(db: sqlite3.Connection, table: str, beginning: str) -> list[str]:
    """Ids of `table` that are or else begin with `beginning`, at most three."""
    wanted = _bindable(beginning.strip()) or ""
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


def _ambiguous(wanted: str, found: Sequence[str]) -> str:
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
    rows = db.execute(f"{_OCCURRENCE} WHERE q.article = ?", (id_,)).fetchall()
    found = sorted(
        ((_occurrence(row), _spans(row[_CUE]), _spans(row[_SOURCE])) for row in rows),
        key=lambda item: (item[0].start, item[0].end, item[0].quotation),
    )
    return ShownArticle(
        article=Article(*row),
        quotations=tuple(occurrence for occurrence, _, _ in found),
        cues=tuple(cue for _, cue, _ in found),
        sources=tuple(source for _, _, source in found),
    )
