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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from quotes.answers.catalogue import families
from quotes.answers.questions import entities_named
from quotes.answers.utterances import printed, quotation_id, retold, utterance_of
from quotes.index.opening import explaining
from quotes.records import Segment
from quotes.rows import FamilyRow, Occurrence, Variants, WordingRole, WordingRow
from quotes.text.normalised import quoted_parts
from quotes.utterances.align import worded
from quotes.utterances.changes import compare, in_plain_marks, marked
from quotes.utterances.groups import commonest, fullest, spread

AT_ONCE = 200  # utterances read together: the queries are few, and what is held stays small


def variants(db: sqlite3.Connection, id: str) -> Variants:  # noqa: A002 - as users call it
    """One utterance with its wordings compared, see `Index.variants`."""
    with explaining(db):
        (whole,) = db.execute(
            "SELECT coalesce(max(cluster), ?1) FROM quotation WHERE id = ?1",
            (quotation_id(db, id),),
        ).fetchone()
    (compared,) = _compared(db, [whole])
    return compared


def all_variants(
    db: sqlite3.Connection,
    *,
    speaker: str | None = None,
    changed: bool = False,
    everything: bool = False,
) -> Iterator[Variants]:
    """Every utterance that appears in more than one article, see `Index.all_variants`."""
    with explaining(db):
        speakers = None if speaker is None else json.dumps(entities_named(db, speaker))
        rows = db.execute(
            """SELECT * FROM (SELECT cluster FROM quotation
                WHERE cluster IS NOT NULL AND (:everything OR polarity != 'unsaid')
                    AND (:speakers IS NULL OR cluster IN
                    (SELECT cluster FROM quotation
                    WHERE speaker IN (SELECT value FROM json_each(:speakers))))
                GROUP BY cluster HAVING count(*) > 1 ORDER BY count(*) DESC, cluster)
            UNION ALL SELECT * FROM (SELECT q.id FROM quotation q
                WHERE q.cluster IS NULL AND q.number IN (SELECT quotation FROM paraphrase)
                    AND (:speakers IS NULL
                        OR q.speaker IN (SELECT value FROM json_each(:speakers)))
                ORDER BY q.id)""",
            {"speakers": speakers, "everything": everything},
        )
        ids = [id_ for (id_,) in rows]
    for start in range(0, len(ids), AT_ONCE):
        yield from _compared(db, ids[start : start + AT_ONCE], changed=changed)


def _compared(
    db: sqlite3.Connection, ids: Sequence[str], *, changed: bool = False
) -> Iterator[Variants]:
    """Utterances of these ids joined with their wordings, families and paraphrases."""
    among = "IN (SELECT value FROM json_each(:ids))"
    printings: defaultdict[str, list[Occurrence]] = defaultdict(list)
    with explaining(db):
        found = printed(db, f"q.cluster {among} OR q.id {among}", {"ids": json.dumps(ids)})
        for _, each in found:
            printings[each.cluster or each.quotation].append(each)
    utterances = [utterance_of(printings[id_]) for id_ in ids]
    rows = {each.id: wordings(each.occurrences) for each in utterances}
    if changed:
        utterances = [u for u in utterances if any(row.meanings for row in rows[u.id])]
    articles = {each.article for told in utterances for each in told.occurrences if each.family}
    whole = {family.id: family for family in families(db, of=articles)}
    for told in retold(db, utterances):
        waves, undated = spread(told.occurrences)
        yield Variants(
            utterance=told,
            wordings=rows[told.id],
            waves=waves,
            undated=undated,
            families=tuple(_families(told.occurrences, whole)),
        )


def _families(
    printings: Sequence[Occurrence], whole: Mapping[str, FamilyRow]
) -> Iterator[FamilyRow]:
    """Those that say whose text a printing stands in, cut to the articles that printed it."""
    articles = {each.article for each in printings}
    for id_ in sorted({each.family for each in printings if each.family}):
        family = whole[id_]
        first, *others = family.members
        # Whether any of these articles prints what is not its own outlet's text.
        borrowed = family.origin is not None and first.outlet != family.origin
        if borrowed or any(one.article in articles for one in others):
            cut = (one for one in family.members if one.article in {*articles, family.first})
            yield replace(family, members=tuple(cut))


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
    groups: dict[str, list[Occurrence]] = {}
    for group in alike.values():
        counts = Counter(text for text, _ in group)
        usual_form = min(counts, key=lambda text: (-counts[text], text))
        groups[usual_form] = [printing for _, printing in group]
    texts = [text for text, group in groups.items() for _ in group]
    most, usual = fullest(texts) or "", commonest(texts)
    order = sorted(groups, key=lambda text: text != most)  # else as they come: earliest first
    return tuple(
        _row(number, text, most, usual, groups[text]) for number, text in enumerate(order, start=1)
    )


def _row(
    number: int, text: str, most: str, usual: str | None, printings: Sequence[Occurrence]
) -> WordingRow:
    named: tuple[tuple[WordingRole, str | None], ...] = (("fullest", most), ("commonest", usual))
    changes = compare(most, text)
    segments = marked(most, text, changes) if changes else (Segment(text, "same", "both"),)
    shown = in_plain_marks(most, text, changes)
    if all(_denies_around(each) for each in printings):
        # A negation that a fragment lacks and its outlet tells is no change of meaning.
        lost = ("dropped", "ellipsis")
        changes = tuple(
            replace(each, meaning=None)
            if each.kind in lost and re.match(r"negation dropped[^;]*$", each.meaning or "")
            else each
            for each in changes
        )
    return WordingRow(
        number=number,
        text=text,
        roles=tuple(role for role, of in named if of == text),
        printings=tuple(printings),
        changes=changes,
        segments=segments,
        marked=shown,
    )


def _denies_around(printing: Occurrence) -> bool:
    """Whether the outlet denies in its own words what it quotes: he won't take “the bait”."""
    parts = quoted_parts(printing.text) if printing.kind == "mixed" else (printing.text,)
    around = printing.text
    for part in parts:
        around = around.replace(part, " ", 1)
    return any(word.negation for word in worded(around).words)


def spoken(printing: Occurrence) -> str:
    """The words that a printing gives as the speaker's own, on one line.

    Of a mixed quotation those in quotation marks, an ellipsis between them; of indirect speech
    all.  Pieces that “he said” parts are put together again.  The comma or full stop at the end
    is the sentence's that it stands in, and goes.
    """
    if printing.kind == "mixed":
        words = " … ".join(quoted_parts(printing.text)) or printing.text
    else:
        # The stored text has an ellipsis of ours between the pieces of the content.
        lengths = [span.end - span.start for span in printing.content]
        starts = accumulate((length + len(" … ") for length in lengths), initial=0)
        pairs = zip(starts, lengths, strict=False)
        words = " ".join(printing.text[at : at + length] for at, length in pairs)
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


def _letters(text: str) -> tuple[str, ...]:
    """What parts wordings: words with their capitals, brackets, ellipses, ? and !."""
    found = [
        "…" if sign == "..." else sign for sign in re.findall(r"[^\W_]+|[\[\]?!…]|\.{3}", text)
    ]
    if found and found[0][1:].islower():
        found[0] = found[0].lower()
    return tuple(found)
