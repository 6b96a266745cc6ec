"""What the printings of an utterance come to: who printed it first, in which words, how often.

In: its printings, or an index in which triggers have marked the utterances whose printings
changed.  Out: the fullest and the commonest wording and the order of first printings, the same in
whatever order things come in; and rows of `standing`, by which `query` finds the first answers.
It ranks all hits itself as long as anything is marked.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import NamedTuple

from quotes.index.opening import explaining, transaction
from quotes.rows import Occurrence
from quotes.utterances.align import worded

Waves = tuple[tuple[Occurrence, ...], ...]


def fullest(wordings: Sequence[str]) -> str | None:
    """The wording with the most words of the speaker's own; None of none.

    Words in an editor's brackets don't count.  Of equals the commonest, then the first by
    alphabet.

    >>> fullest(["to show", "with [far] too little to show", "with little to show"])
    'with [far] too little to show'
    """
    counts = Counter(wordings)
    own = {text: sum(not word.bracketed for word in worded(text).words) for text in counts}
    return min(counts, key=lambda text: (-own[text], -counts[text], text), default=None)


def commonest(wordings: Sequence[str]) -> str | None:
    """The wording printed most often, signs and capitals aside; None of none.

    Of equals the fullest; shown as most print it.

    >>> commonest(["We won!", "we won", "we won", "We have won."])
    'we won'
    """
    alike: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for text in wordings:
        alike[worded(text).keys][text] += 1
    if not alike:
        return None
    best = min(alike, key=lambda keys: (-alike[keys].total(), -len(keys), keys))
    return min(alike[best], key=lambda text: (-alike[best][text], text))


def spread(printings: Iterable[Occurrence]) -> tuple[Waves, tuple[Occurrence, ...]]:
    """Who printed it first, and the order in which others followed.

    The day decides, in UTC where a time zone is given; within a day the clock decides only
    if every first printing of that day has a time.  An outlet without a name is one by
    itself at every printing.

    Returns:
        Each outlet once, at its first printing: waves in order of time, within which nothing
        tells who was earlier; and those of outlets that none has a date for.  Both sorted by
        outlet.
    """
    firsts: dict[str, Occurrence] = {}
    for one in sorted(printings, key=_rank):
        key = f"outlet {one.outlet}" if one.outlet else f"printing {one.quotation}"
        firsts.setdefault(key, one)
    named = sorted(firsts.values(), key=lambda one: (one.outlet or "", one.quotation))
    waves: list[tuple[Occurrence, ...]] = []
    dated = sorted((one for one in named if _moment(one)), key=lambda one: _rank(one)[1])
    for _, group in groupby(dated, key=lambda one: _rank(one)[1]):
        found = list(group)
        if any(_rank(one)[2] for one in found):
            waves.append(tuple(found))
        else:
            found.sort(key=_clock)
            waves += [tuple(wave) for _, wave in groupby(found, key=_clock)]
    return tuple(waves), tuple(one for one in named if not _moment(one))


def _rank(one: Occurrence) -> tuple[bool, date, bool, datetime, str]:
    """The earliest first: by day, then by the clock, those without either last."""
    day, when = _moment(one) or (date.max, None)
    last = datetime.max.replace(tzinfo=UTC)
    return day == date.max, day, when is None, when or last, one.quotation


def _clock(one: Occurrence) -> datetime:
    return _rank(one)[3]


def _moment(one: Occurrence) -> tuple[date, datetime | None] | None:
    """The day and, if given, the time; None if there is no date or it cannot be read."""
    try:
        when = datetime.fromisoformat(one.published or "")
    except ValueError:
        return None
    if when.tzinfo:
        when = when.astimezone(UTC)
    timed = len(one.published or "") > len("2025-02-12")
    return when.date(), when.replace(tzinfo=UTC) if timed else None


# Kept in the index


class _Printing(NamedTuple):
    utterance: str
    said: bool
    kind: str
    outlet: str | None
    published: str | None
    search_form: str


_PRINTINGS = """SELECT s.utterance, q.attitude = 'assertion', q.kind, a.outlet, a.published,
        q.search_form
    FROM standing_stale s CROSS JOIN quotation q ON {found}
    CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article
    ORDER BY s.utterance"""
_GROUPED = _PRINTINGS.format(found="q.cluster = s.utterance")
_ALONE = _PRINTINGS.format(found="q.id = s.utterance AND q.cluster IS NULL")


def update_ranks(db: sqlite3.Connection) -> None:
    """Bring the standing of the utterances that changed up to date; in one transaction.

    Args:
        db: an index open for writing.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        for table in ("standing", "standing_words"):
            db.execute(
                f"DELETE FROM {table} WHERE utterance IN (SELECT utterance FROM standing_stale)"
            )
        for found in (_GROUPED, _ALONE):
            printings = map(_Printing._make, db.execute(found))
            for utterance, group in groupby(printings, key=lambda each: each.utterance):
                own = list(group)
                words = " ".join(sorted({w for each in own for w in each.search_form.split()}))
                db.execute("INSERT INTO standing_words VALUES (?, ?)", (utterance, f" {words} "))
                rows = _rows(utterance, own)
                db.executemany("INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("DELETE FROM standing_stale")


def _rows(
    utterance: str, printings: Sequence[_Printing]
) -> Iterator[tuple[int, str, int, bool, str, str, str]]:
    """Rows of `standing`: of what was said and of everything, of each kind and of any."""
    views: dict[tuple[int, str], list[_Printing]] = defaultdict(list)
    for printing in printings:
        for everything in (0, 1) if printing.said else (1,):
            for kind in ("", printing.kind):
                views[everything, kind].append(printing)
    for view, counted in views.items():
        outlets = {printing.outlet for printing in counted} - {None}
        days = {printing.published or "" for printing in counted} - {""}
        first, last = min(days, default=""), max(days, default="")
        yield (*view, -len(outlets), not days, first, utterance, last)


def forget_ranks(db: sqlite3.Connection) -> None:
    """Drop the standing of all utterances; the next update makes it anew."""
    with explaining(db), transaction(db):
        db.execute("DELETE FROM standing")
        db.execute("DELETE FROM standing_words")
        db.execute(
            "INSERT INTO standing_stale SELECT DISTINCT coalesce(cluster, id) FROM quotation "
            "WHERE true ON CONFLICT DO NOTHING"
        )
