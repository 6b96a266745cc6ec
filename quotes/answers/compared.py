"""Utterances in all their wordings: what differs, how each spread, who says it in other words.

In comes an index, with an id or without; out go `Variants`, printings joined with what
`utterances` finds between their wordings.  Nothing is written, and which quotations are one
utterance is not decided here.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from quotes.answers.articles import families_of
from quotes.answers.speakers import entities_named
from quotes.answers.utterances import printed, retold, utterance, utterance_of
from quotes.index import explaining
from quotes.records import Change, Segment
from quotes.rows import FamilyRow, Occurrence, Utterance, Variants, WordingRole, WordingRow
from quotes.text.normalised import quoted_parts
from quotes.utterances.comparison import (
    Printing,
    commonest,
    compare,
    fullest,
    in_plain_marks,
    marked,
    spread,
)
from quotes.utterances.words import worded

Worded = tuple[Utterance, tuple[WordingRow, ...]]

AT_ONCE = 200
"""Utterances read together: the queries are few, and what is held stays small."""


def variants(db: sqlite3.Connection, id: str) -> Variants:  # noqa: A002 - as users call it
    """One utterance with its wordings compared, earliest first.

    Args:
        db: a connection from `open_index`.
        id: of a cluster or of any of its quotations, or a beginning that fits only one.

    Raises:
        NothingFoundError: no such id, or several begin so.
    """
    found = utterance(db, id)
    (joined,) = _joined(db, [(found, wordings(found.occurrences))])
    return joined


def all_variants(
    db: sqlite3.Connection, *, speaker: str | None = None, changed: bool = False
) -> Iterator[Variants]:
    """Every utterance that appears in more than one article, one after another.

    Those printed more than once come first, printed most first, then those that are only said
    again in other words.

    Args:
        db: a connection from `open_index`.
        speaker: only those that this speaker has a part in, by any name.
        changed: only those with a wording that changes what is said.
    """
    ids = _told_again(db, speaker)
    for start in range(0, len(ids), AT_ONCE):
        utterances = _utterances(db, ids[start : start + AT_ONCE])
        worded = [(each, wordings(each.occurrences)) for each in utterances]
        yield from _joined(db, [one for one in worded if not changed or _changed(one[1])])


def _told_again(db: sqlite3.Connection, speaker: str | None) -> list[str]:
    """Ids of the utterances that `all_variants` gives, in its order."""
    with explaining(db):
        speakers = None if speaker is None else json.dumps(entities_named(db, speaker))
        rows = db.execute(
            """SELECT * FROM (SELECT cluster FROM quotation
                WHERE cluster IS NOT NULL AND (:speakers IS NULL OR cluster IN
                    (SELECT cluster FROM quotation
                    WHERE speaker IN (SELECT value FROM json_each(:speakers))))
                GROUP BY cluster HAVING count(*) > 1 ORDER BY count(*) DESC, cluster)
            UNION ALL SELECT * FROM (SELECT q.id FROM quotation q
                WHERE q.cluster IS NULL AND q.number IN (SELECT quotation FROM paraphrase)
                    AND (:speakers IS NULL
                        OR q.speaker IN (SELECT value FROM json_each(:speakers)))
                ORDER BY q.id)""",
            {"speakers": speakers},
        )
        return [id_ for (id_,) in rows]


def _utterances(db: sqlite3.Connection, ids: Sequence[str]) -> list[Utterance]:
    printings: defaultdict[str, list[Occurrence]] = defaultdict(list)
    among = "IN (SELECT value FROM json_each(:ids))"
    with explaining(db):
        for _, each in printed(db, f"q.cluster {among} OR q.id {among}", {"ids": json.dumps(ids)}):
            printings[each.cluster or each.quotation].append(each)
    return [utterance_of(printings[id_]) for id_ in ids]


def _changed(rows: Iterable[WordingRow]) -> bool:
    return any(row.meanings for row in rows)


# Wordings


def wordings(printings: Sequence[Occurrence]) -> tuple[WordingRow, ...]:
    """The distinct wordings of printings given earliest first, each against the fullest.

    Those that differ in nothing but signs, or in the capital they begin with, are one, shown as
    most print it.
    """
    alike: defaultdict[tuple[str, ...], list[tuple[str, Occurrence]]] = defaultdict(list)
    for printing in printings:
        text = spoken(printing)
        alike[_letters(text)].append((text, printing))
    groups = {_usual(text for text, _ in group): group for group in alike.values()}
    texts = [text for text, group in groups.items() for _ in group]
    most, usual = fullest(texts) or "", commonest(texts)
    order = sorted(groups, key=lambda text: text != most)  # else as they come: earliest first
    return tuple(
        _row(number, text, most, usual, [printing for _, printing in groups[text]])
        for number, text in enumerate(order, start=1)
    )


def _row(
    number: int, text: str, most: str, usual: str | None, printings: Sequence[Occurrence]
) -> WordingRow:
    named: tuple[tuple[WordingRole, str | None], ...] = (("fullest", most), ("commonest", usual))
    compared = compare(most, text)
    segments = marked(compared) if compared.changes else (Segment(text, "same", "both"),)
    denied = all(_denies_around(each) for each in printings)
    return WordingRow(
        number=number,
        text=text,
        roles=tuple(role for role, of in named if of == text),
        printings=tuple(printings),
        changes=tuple(_retold(each) if denied else each for each in compared.changes),
        segments=segments,
        marked=in_plain_marks(compared),
    )


def _denies_around(printing: Occurrence) -> bool:
    """Whether the outlet denies in its own words what it quotes: he won't take “the bait”."""
    parts = quoted_parts(printing.text) if printing.kind == "mixed" else (printing.text,)
    around = printing.text
    for part in parts:
        around = around.replace(part, " ", 1)
    return any(word.negation for word in worded(around).words)


def _retold(change: Change) -> Change:
    """A negation that a fragment lacks and its outlet tells is no change of meaning."""
    meaning = change.meaning or ""
    lacks = change.kind in ("dropped", "ellipsis") and meaning.startswith("negation dropped")
    return replace(change, meaning=None) if lacks and ";" not in meaning else change


def spoken(printing: Occurrence) -> str:
    """The words that a printing gives as the speaker's own, on one line.

    Of a mixed quotation those in quotation marks, an ellipsis between them; of indirect speech
    all.  Pieces that “he said” parts are put together again.  The comma or full stop at the end
    is the sentence's that it stands in, and goes.
    """
    if printing.kind == "mixed":
        words = " … ".join(quoted_parts(printing.text)) or printing.text
    else:
        words = " ".join(_pieces(printing))
    return _without_stop(typeset(words))


_TYPES = (
    (re.compile(r"\s+"), " "),
    (re.compile(r"[“”„‟«»]|''|``"), '"'),
    (re.compile(r"(?<=\w)['‘´`ʼ](?=\w)|(?<=s)'(?!\w)"), "’"),
    (re.compile(r"\.(?: ?\.){2,}"), "…"),
    (re.compile(r" ?(?:--+|[—―]) ?| [–-] "), " — "),
)


def typeset(text: str) -> str:
    """Text in one typography: what papers set differently is no other wording.

    >>> typeset("We're ''in''  it -- that's all...")
    'We’re "in" it — that’s all…'
    """
    for pattern, form in _TYPES:
        text = pattern.sub(form, text)
    return text


def _pieces(printing: Occurrence) -> Iterator[str]:
    """The pieces of the content; the stored text has an ellipsis of ours between them."""
    at = 0
    for span in printing.content:
        length = span.end - span.start
        yield printing.text[at : at + length]
        at += length + len(" … ")


def _without_stop(text: str) -> str:
    """Without the comma, dash or full stop it ends with; the one of an abbreviation stays.

    >>> _without_stop("We won,"), _without_stop("in the U.S."), _without_stop("We won …")
    ('We won', 'in the U.S.', 'We won …')
    """
    bare = re.sub(r"[\s,;:–—-]+$", "", text)
    last = bare.rpartition(" ")[2]
    if last.endswith(".") and last.count(".") == 1:
        bare = bare[:-1]
    return bare or text


_TELLING = re.compile(r"[^\W_]+|[\[\]?!…]|\.{3}")


def _letters(text: str) -> tuple[str, ...]:
    """What parts wordings: words with their capitals, brackets, ellipses, ? and !."""
    found = ["…" if sign == "..." else sign for sign in _TELLING.findall(text)]
    if found and found[0][1:].islower():
        found[0] = found[0].lower()
    return tuple(found)


def _usual(texts: Iterable[str]) -> str:
    counts = Counter(texts)
    return min(counts, key=lambda text: (-counts[text], text))


# Joined with families and paraphrases


def _joined(db: sqlite3.Connection, worded: Sequence[Worded]) -> Iterator[Variants]:
    printings = [each for told, _ in worded for each in told.occurrences]
    families = families_of(db, {each.article for each in printings if each.family})
    known = {family.id: family for family in families}
    utterances = retold(db, [each for each, _ in worded])
    for each, (_, rows) in zip(utterances, worded, strict=True):
        yield _variants(each, rows, known)


def _variants(
    told: Utterance, rows: tuple[WordingRow, ...], families: Mapping[str, FamilyRow]
) -> Variants:
    printings = {each.quotation: each for each in told.occurrences}
    order = spread(Printing(p.quotation, p.outlet, p.published) for p in printings.values())
    return Variants(
        utterance=told,
        wordings=rows,
        waves=tuple(tuple(printings[one.id] for one in wave) for wave in order.waves),
        undated=tuple(printings[one.id] for one in order.undated),
        families=tuple(_families(told.occurrences, families)),
    )


def _families(
    printings: Sequence[Occurrence], families: Mapping[str, FamilyRow]
) -> Iterator[FamilyRow]:
    """Those that say whose text a printing stands in, cut to the articles that printed it."""
    articles = {each.article for each in printings}
    for id_ in sorted({each.family for each in printings if each.family}):
        family = families[id_]
        if _tells(family, articles):
            members = tuple(
                one for one in family.members if one.article in {*articles, family.first}
            )
            yield replace(family, members=members)


def _tells(family: FamilyRow, articles: Collection[str]) -> bool:
    """Whether any of these articles prints what is not its own outlet's text."""
    first = family.members[0]
    borrowed = family.origin is not None and first.outlet != family.origin
    return borrowed or any(one.article in articles for one in family.members[1:])
