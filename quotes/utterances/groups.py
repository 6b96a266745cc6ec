"""Keeping the wordings of one utterance together in the index, at the cost of what is new.

Quotations that were written, that got another speaker or that went are marked by triggers of
the index, so that the next run makes up for one that was killed.  Out go the group
of each quotation and the groups' own rows, each under its longest wording; the result is that
of grouping all of them from scratch.

From the printings of a group come the fullest and the commonest wording and the order of first
printings, the same in whatever order things come in; and rows of `standing`, by which
`answers.ranking` finds the first answers.  It ranks all hits itself while anything is marked.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from typing import Any

from quotes.index.layout import SAID
from quotes.index.opening import explaining, transaction
from quotes.records import Article, Attitude, Polarity, Quotation, Variant, printed
from quotes.rows import Occurrence
from quotes.text.normalised import quoted_parts
from quotes.utterances.align import worded
from quotes.utterances.grouping import Settling, name_groups
from quotes.utterances.likeness import tie_between
from quotes.utterances.store import Store
from quotes.utterances.wording import runs_of, wording_of

_AT_ONCE = 2000  # quotations read at once: a first run over a large index stays in memory

Progress = Callable[[int, int], None]
"""Told how many quotations are done, and of how many."""


def update_groups(db: sqlite3.Connection, *, progress: Progress | None = None) -> None:
    """Bring the groups of wordings up to date with the quotations of the index.

    Args:
        db: a connection from `open_index`, open for writing; its speakers are up to date.
        progress: told after every few thousand quotations.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        marked = int(db.execute("SELECT count(*) FROM group_stale").fetchone()[0])
        shrunk = _taken(db, "DELETE FROM cluster_stale RETURNING cluster")
        unprinted = _taken(db, "DELETE FROM wording_stale RETURNING wording")
        store, done = Store(db), 0
        while done < marked or unprinted or shrunk:
            numbers = _taken(db, _NEXT_MARKED, _AT_ONCE)
            ids = _taken(db, _IDS, json.dumps(numbers))
            changes = regroup(store, unprinted, variants_of(db, numbers))
            _write(db, {**dict.fromkeys(ids), **changes}, shrunk)
            shrunk = unprinted = []
            done += len(numbers)
            if progress:
                progress(done, marked)


def forget_groups(db: sqlite3.Connection) -> None:
    """Drop all groups and what they are found by; every quotation is to be grouped again."""
    with explaining(db), transaction(db):
        db.execute(
            "UPDATE quotation SET wording = NULL, cluster = NULL "
            "WHERE wording IS NOT NULL OR cluster IS NOT NULL"
        )
        rows = ("wording_tie", "wording_run", "wording", "cluster")
        for table in (*rows, "wording_stale", "cluster_stale", "group_stale"):
            db.execute(f"DELETE FROM {table}")
        db.execute("INSERT INTO group_stale SELECT number FROM quotation")


def count_groups(db: sqlite3.Connection) -> int:
    """How many utterances were printed more than once."""
    with explaining(db):
        return int(db.execute("SELECT count(*) FROM cluster").fetchone()[0])


def _taken(db: sqlite3.Connection, statement: str, *values: object) -> list[Any]:
    """The first column of all rows; of rows that are deleted, they are gone by then."""
    return [row[0] for row in db.execute(statement, values).fetchall()]


_NEXT_MARKED = """DELETE FROM group_stale WHERE quotation IN
    (SELECT quotation FROM group_stale ORDER BY quotation LIMIT ?) RETURNING quotation"""
_IDS = "SELECT id FROM quotation WHERE number IN (SELECT value FROM json_each(?))"


# Wordings that an update touches.


def regroup(
    store: Store, stale: Iterable[int], variants: Iterable[Variant]
) -> dict[str, str | None]:
    """Take in quotations that are new or changed, and forget what nobody prints any more.

    The same quotations give the same groups and ids in whatever order they came, and whatever
    else came and went in between.

    Args:
        store: the wordings of the index; its quotations are written already.
        stale: numbers of wordings that lost printings; those not kept are passed over.
        variants: the quotations as they are now.

    Returns:
        From quotation to the id of its group, None if it stands alone: of every quotation
        given, and of others whose group is another one now.
    """
    printed, made = _numbered(store, variants)
    gained = {number for number in printed.values() if number}
    lost = {place.number for place in store.places({*stale, *store.print_in(printed)})}
    printings = store.printings(lost | gained)
    settling = Settling(store)
    gone = (lost | gained) - printings.keys()
    fresh, again = settling.loosen(gone, lost - gone)
    again_printed = [id_ for id_, number in printed.items() if number in gained - made]
    nearer = store.beside(again_printed) if again_printed else {}
    settling.place(fresh | made - gone, again, nearer)
    name_groups(settling, printings)
    changed = settling.changed()
    store.put(changed)
    moved = {p.number for p in changed if p.cluster != settling.stored[p.number].cluster}
    elsewhere = {
        id_: settling.now[number].cluster
        for number, own in store.printings(moved).items()
        for id_ in own
    }
    given = {id_: settling.now[n].cluster if n else None for id_, n in printed.items()}
    return elsewhere | given


def _numbered(store: Store, variants: Iterable[Variant]) -> tuple[dict[str, int | None], set[int]]:
    """The wording that each quotation prints, None if it has no words; and those that are new."""
    printed, made = dict[str, int | None](), set[int]()
    for variant in variants:
        wording = wording_of(variant)
        number = store.number_of(wording) if wording else None
        if wording and number is None:
            runs = runs_of(wording)
            others = store.read(sorted(store.meetings(wording, runs)))
            number = store.insert(wording, runs)
            pairs = ((other, tie_between(wording, kept)) for other, kept in others.items())
            store.tie({(other, number): edge for other, edge in pairs if edge})
            made.add(number)
        printed[variant.quotation] = number
    return printed, made


# Groups as rows.


def _write(db: sqlite3.Connection, wanted: Mapping[str, str | None], shrunk: Iterable[str]) -> None:
    """Put quotations into their groups, None for none; keep the rows of these and of `shrunk`."""
    rows = db.execute(
        "SELECT number, id, cluster FROM quotation WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(wanted)),),
    ).fetchall()
    moved = [(wanted[id_], number) for number, id_, old in rows if wanted[id_] != old]
    left = {old for _, id_, old in rows if old and wanted[id_] != old}
    db.executemany(
        "INSERT OR IGNORE INTO cluster VALUES (?, '')",
        [(id_,) for id_ in sorted({id_ for id_, _ in moved if id_})],
    )
    db.executemany("UPDATE quotation SET cluster = ? WHERE number = ?", moved)
    db.executemany(_LABEL_GAINED, [(number,) for number, id_, _ in rows if wanted[id_]])
    for id_ in sorted(left.union(shrunk)):
        db.execute(_DROP_SINGLE, (id_,))
        db.execute(_LABEL_LOST, (id_,))


# A group is labelled with its longest wording, the first in the order of code points among equals.
_LABEL_GAINED = """UPDATE cluster SET text = q.text FROM quotation q
    WHERE q.number = ? AND cluster.id = q.cluster
        AND (length(q.text), cluster.text) > (length(cluster.text), q.text)"""
_LABEL_LOST = """UPDATE cluster SET text = (SELECT text FROM quotation WHERE cluster = ?1
        ORDER BY length(text) DESC, text LIMIT 1)
    WHERE id = ?1"""
_DROP_SINGLE = """DELETE FROM cluster WHERE id = ?1
    AND (SELECT count(*) FROM (SELECT 1 FROM quotation WHERE cluster = ?1 LIMIT 2)) < 2"""


# How utterances stand among all


_STALE = "DELETE FROM {table} WHERE utterance IN (SELECT utterance FROM standing_stale)"
_PRINTINGS = (
    "standing_stale s CROSS JOIN quotation q ON q.cluster = s.utterance",
    "standing_stale s CROSS JOIN quotation q ON q.id = s.utterance AND q.cluster IS NULL",
)
_WORDS = "SELECT s.utterance, group_concat(q.search_form, ' ') FROM {printings} GROUP BY 1"

# Of what was said and of everything, of each kind and of any.
_STANDING = f"""INSERT INTO standing
    SELECT everything.column1, iif(each.column1, q.kind, ''), -count(DISTINCT a.outlet),
        max(coalesce(a.published, '')) = '', coalesce(min(nullif(a.published, '')), ''),
        s.utterance, max(coalesce(a.published, ''))
    FROM {{printings}} CROSS JOIN article a INDEXED BY article_in_brief ON a.id = q.article
        CROSS JOIN (VALUES (0), (1)) everything CROSS JOIN (VALUES (0), (1)) each
    WHERE everything.column1 OR {SAID} GROUP BY s.utterance, 1, 2"""


def update_ranks(db: sqlite3.Connection) -> None:
    """Bring the standing of the utterances that changed up to date; in one transaction.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        for table in ("standing", "standing_words"):
            db.execute(_STALE.format(table=table))
        for printings in _PRINTINGS:
            db.execute(_STANDING.format(printings=printings))
            for utterance, forms in db.execute(_WORDS.format(printings=printings)):
                words = f" {' '.join(sorted(set(forms.split())))} "
                db.execute("INSERT INTO standing_words VALUES (?, ?)", (utterance, words))
        db.execute("DELETE FROM standing_stale")


def forget_ranks(db: sqlite3.Connection) -> None:
    """Drop the standing of all utterances; the next update makes it anew."""
    with explaining(db), transaction(db):
        db.execute("DELETE FROM standing")
        db.execute("DELETE FROM standing_words")
        db.execute(
            "INSERT INTO standing_stale SELECT DISTINCT coalesce(cluster, id) FROM quotation "
            "WHERE true ON CONFLICT DO NOTHING"
        )


# Quotations as they are compared.

_CONTEXT = 300
"""Code points on each side of a fragment that tell which occasion it is of; whole words of it."""

_FRAGMENT_WORDS = 3  # quoted words up to which what was not said is no utterance

_VARIANTS = """SELECT q.id, q.article, a.outlet, q.kind, q.text, q.speaker, a.published,
        q.attitude, q.polarity, q.number
    FROM quotation q JOIN article a ON a.id = q.article
    WHERE q.number IN (SELECT value FROM json_each(?)) AND q.within IS NULL
    ORDER BY q.article, q.number"""
_AROUND = """SELECT substr(a.text, max(s.low - ?2, 0) + 1, s.high - max(s.low - ?2, 0) + ?2)
    FROM article a, (SELECT min(start) AS low, max("end") AS high FROM span
        WHERE quotation = ?3 AND role = 'content') s WHERE a.id = ?1"""


def variants_of(db: sqlite3.Connection, numbers: Iterable[int]) -> Iterator[Variant]:
    """Utterances as the grouping of wordings needs them, by article and place.

    What was wanted, believed or known was said only where words are quoted at some length: a
    headline's ‘rare earths’ is nobody's utterance.  A report inside another is printed by that
    one: its words would be a second wording of the same.
    """
    with explaining(db):
        rows = db.execute(_VARIANTS, (json.dumps(sorted(numbers)),)).fetchall()
        for *told, attitude, polarity, number in rows:
            around = partial(_taken, db, _AROUND, told[1], _CONTEXT, number)
            if utterance := _utterance(told, attitude, polarity, around):
                yield utterance


def variant_of(article: Article, quotation: Quotation) -> Variant | None:
    """The same of a quotation that is in no index, its speaker left open; None if no utterance."""
    text = printed(article.text, quotation.content)
    low = max(min(span.start for span in quotation.content) - _CONTEXT, 0)
    high = max(span.end for span in quotation.content) + _CONTEXT
    told = (quotation.id, article.id, article.outlet, quotation.kind, text, None, article.published)
    around = article.text[low:high]
    return _utterance(told, quotation.attitude, quotation.polarity, lambda: [around])


def _utterance(
    told: Sequence[Any],
    attitude: Attitude,
    polarity: Polarity,
    around: Callable[[], Sequence[str | None]],
) -> Variant | None:
    """The quotation with what stands around it, if its own words are few; None if not said."""
    id_, article, outlet, kind, text, speaker, published = told
    quoted: tuple[str, ...] = () if kind == "indirect" else (text,)
    if kind == "mixed":
        quoted = quoted_parts(text)
    said = Variant(id_, article, outlet, kind, text, quoted, speaker, published, polarity=polarity)
    words = sum(len(part.split()) for part in quoted)
    if attitude != "assertion" and words <= _FRAGMENT_WORDS:
        return None
    if not 0 < words <= 2 * _FRAGMENT_WORDS:
        return said
    return replace(said, context=re.sub(r"^\S+\s|\s\S+$", "", around()[0] or ""))


# Of one utterance: who printed it first, in which words, how often

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
        alike[tuple(word.key for word in worded(text).words)][text] += 1
    if not alike:
        return None
    best = min(alike, key=lambda keys: (-alike[keys].total(), -len(keys), keys))
    return min(alike[best], key=lambda text: (-alike[best][text], text))


def spread(printings: Iterable[Occurrence]) -> tuple[Waves, tuple[Occurrence, ...]]:
    """Who printed it first, and the order in which others followed.

    The day decides, in UTC where a time zone is given; within a day the clock decides only
    if every first printing of that day has a time, all with a zone or all without.  An outlet
    without a name is one by itself at every printing.

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
    ranked = {one.quotation: _rank(one) for one in named}
    clocks: dict[date, set[bool | None]] = defaultdict(set)
    for one in named:
        clocks[ranked[one.quotation][0]].add(_zoned(one))
    untimed = {day for day, kinds in clocks.items() if None in kinds or len(kinds) > 1}

    def wave(one: Occurrence) -> tuple[date, datetime | None]:
        day, _, when, _ = ranked[one.quotation]
        return day, None if day in untimed else when

    dated = sorted((one for one in named if _moment(one)), key=wave)
    waves = tuple(tuple(found) for _, found in groupby(dated, key=wave))
    return waves, tuple(one for one in named if not _moment(one))


def _rank(one: Occurrence) -> tuple[date, bool, datetime, str]:
    """The earliest first: by day, then by the clock, those without either last."""
    day, when = _moment(one) or (date.max, None)
    return day, when is None, when or datetime.max.replace(tzinfo=UTC), one.quotation


def _zoned(one: Occurrence) -> bool | None:
    """Whether its time has a zone; None if it has no time."""
    day, clock = (one.published or "")[:10], (one.published or "")[10:]
    return any(sign in clock for sign in "Z+-") if day and clock else None


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
