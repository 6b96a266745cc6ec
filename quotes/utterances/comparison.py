"""Two wordings compared and laid out for the eye; of all, the fullest, and how they spread.

In: two wordings as printed.  Out: a `Comparison`; from it the second wording again, and
segments that a terminal can colour or a page mark.  In: all wordings of an utterance, or its
printings with outlet and date.  Out: one wording, or the order of first printings, the same
in whatever order things come in.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby

from quotes.records import Change, Segment
from quotes.utterances.align import Pair, align
from quotes.utterances.changes import Meanings, changes, mirrored
from quotes.utterances.words import worded


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two wordings and all that differs between them.

    Attributes:
        before, after: as printed.
        changes: in reading order; none if the wordings are equal to the letter.
    """

    before: str
    after: str
    changes: tuple[Change, ...]

    @property
    def meanings(self) -> tuple[str, ...]:
        """What alters the meaning, in reading order."""
        return tuple(change.meaning for change in self.changes if change.meaning)


def compare(before: str, after: str) -> Comparison:
    """What changed from one wording to another.

    The comparison the other way round has the same changes with the sides exchanged, dropped
    for added.  Takes time about linear in the length of wordings that are mostly equal.

    >>> [(c.kind, c.meaning) for c in compare("We will not pay $5.", "We will pay $6!").changes]
    [('dropped', 'negation dropped: not'), ('substituted', 'number changed: $5 → $6'), \
('punctuation', None)]
    """
    if before == after:
        return Comparison(before, after, ())
    # Ties between alignments fall the same way whichever wording comes first.
    flipped = after < before
    first, second = (worded(text) for text in sorted((before, after)))
    pairs = align(first.words, second.words)
    found = list(changes(first, second, pairs))
    if flipped:
        first, second = second, first
        pairs = tuple(Pair(b0, b1, a0, a1) for a0, a1, b0, b1 in pairs)
        found = [mirrored(change) for change in found]
    judge = Meanings(first, second, pairs)
    return Comparison(before, after, tuple(replace(c, meaning=judge.of(c)) for c in found))


def replayed(comparison: Comparison) -> str:
    """The first wording with every change put in place: the second wording.

    Only the words of the changes are taken from the second wording.

    >>> replayed(compare("Though it is law, he left.", "Although it is the law he left."))
    'Although it is the law he left.'
    """
    return "".join(part.text for part in _laid_out(comparison) if part.side != "before")


def marked(comparison: Comparison) -> tuple[Segment, ...]:
    """Both wordings in one line: what they share, and before and after of what they don't.

    White space at the edges of a change is given as shared, so that marks hug the words.

    >>> [tuple(part) for part in marked(compare("We will not pay", "We will pay"))]
    [('We will ', 'same', 'both'), ('not', 'dropped', 'before'), (' ', 'same', 'before'), \
('pay', 'same', 'both')]
    """
    parts = []
    for part in _laid_out(comparison):
        core = part.text.strip()
        if part.kind == "same" or not core:
            parts.append(part)
            continue
        lead, _, tail = part.text.partition(core)
        parts += [Segment(lead, "same", part.side), part._replace(text=core)]
        parts.append(Segment(tail, "same", part.side))
    return tuple(part for part in parts if part.text)


def in_plain_marks(comparison: Comparison) -> str:
    """Both wordings in one line, ``[-dropped-]`` and ``{+added+}``, as word diffs are printed.

    >>> in_plain_marks(compare("This War MUST end", "this war must end, he said"))
    '[-This War MUST-]{+this war must+} end{+, he said+}'
    """
    marks = {"both": ("", ""), "before": ("[-", "-]"), "after": ("{+", "+}")}
    shown = []
    for part in marked(comparison):
        opening, closing = marks[part.side] if part.kind != "same" else marks["both"]
        shown.append(f"{opening}{part.text}{closing}")
    return "".join(shown)


def _laid_out(comparison: Comparison) -> Iterator[Segment]:
    """Segments in reading order, to the letter; a change's words before come first."""
    before, after = comparison.before, comparison.after
    order = tuple(enumerate(comparison.changes))
    lost = deque(sorted((c.before, n, c.kind) for n, c in order if c.before))
    gained = deque(sorted((c.after, n, c.kind) for n, c in order if c.after))
    at = to = 0
    while at < len(before) or to < len(after):
        here = (lost[0][0].start if lost else len(before)) - at
        there = (gained[0][0].start if gained else len(after)) - to
        if lost and not here and (there or not gained or lost[0][1] <= gained[0][1]):
            span, _, kind = lost.popleft()
            yield Segment(span.of(before), kind, "before")
            at = span.end
        elif gained and not there:
            span, _, kind = gained.popleft()
            yield Segment(span.of(after), kind, "after")
            to = span.end
        else:
            length = min(here, there)
            yield Segment(before[at : at + length], "same", "both")
            at, to = at + length, to + length


# All printings of an utterance


@dataclass(frozen=True, slots=True)
class Printing:
    """One printing of an utterance.

    Attributes:
        id: of the quotation.
        published: ISO 8601, a date or a time, None where unknown.
    """

    id: str
    outlet: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Who printed an utterance when, each outlet once, at its first printing.

    Attributes:
        waves: in order of time; within one nothing tells who was earlier.  Sorted by outlet.
        undated: first printings of outlets that none has a date for, sorted alike.
    """

    waves: tuple[tuple[Printing, ...], ...]
    undated: tuple[Printing, ...]

    @property
    def first(self) -> tuple[Printing, ...]:
        """The earliest known: several if nothing parts them, none if no date is known."""
        return self.waves[0] if self.waves else ()

    @property
    def order(self) -> tuple[Printing, ...]:
        """All first printings, unknown dates last."""
        return (*(one for wave in self.waves for one in wave), *self.undated)


def fullest(wordings: Sequence[str]) -> str | None:
    """The wording with the most words of the speaker's own; None of none.

    Words in an editor's brackets don't count.  Of equals the commonest, then the first by
    alphabet.

    >>> fullest(["to show", "with [far] too little to show", "with little to show"])
    'with [far] too little to show'
    """
    counts = Counter(wordings)
    ranked = sorted(counts, key=lambda text: (-_own_words(text), -counts[text], text))
    return ranked[0] if ranked else None


def commonest(wordings: Sequence[str]) -> str | None:
    """The wording printed most often, signs and capitals aside; None of none.

    Of equals the fullest; shown as most print it.

    >>> commonest(["We won!", "we won", "we won", "We have won."])
    'we won'
    """
    printed = Counter(wordings)
    alike: dict[tuple[str, ...], Counter[str]] = {}
    for text, count in printed.items():
        alike.setdefault(worded(text).keys, Counter())[text] = count
    if not alike:
        return None
    best = min(alike, key=lambda keys: (-alike[keys].total(), -len(keys), keys))
    return min(alike[best], key=lambda text: (-alike[best][text], text))


def _own_words(text: str) -> int:
    return sum(not word.bracketed for word in worded(text).words)


def spread(printings: Iterable[Printing]) -> Spread:
    """Who printed it first, and the order in which others followed.

    The day decides, in UTC where a time zone is given; within a day the clock decides only
    if every first printing of that day has a time.  An outlet without a name is one by
    itself at every printing.

    >>> told = spread([
    ...     Printing("q1", "Reuters", "2025-02-12"),
    ...     Printing("q2", "The Sun", None),
    ...     Printing("q3", "Kyiv Post", "2025-02-11T22:00:00Z"),
    ... ])
    >>> [one.outlet for one in told.first], [one.outlet for one in told.order]
    (['Kyiv Post'], ['Kyiv Post', 'Reuters', 'The Sun'])
    """
    firsts = _first_printings(printings)
    dated = [
        (day, when, one) for one in firsts if (moment := _moment(one)) for day, when in [moment]
    ]
    dated.sort(key=lambda entry: (entry[0], *_name(entry[2])))
    waves: list[tuple[Printing, ...]] = []
    for _, found in groupby(dated, key=lambda entry: entry[0]):
        waves += _waves_of_a_day([(when, one) for _, when, one in found])
    undated = sorted((one for one in firsts if _moment(one) is None), key=_name)
    return Spread(tuple(waves), tuple(undated))


def _first_printings(printings: Iterable[Printing]) -> list[Printing]:
    firsts: dict[str, Printing] = {}
    for one in sorted(printings, key=_rank):
        firsts.setdefault(f"outlet {one.outlet}" if one.outlet else f"printing {one.id}", one)
    return list(firsts.values())


def _rank(one: Printing) -> tuple[bool, date, bool, datetime, str]:
    day, when = _moment(one) or (date.max, None)
    return day == date.max, day, when is None, when or datetime.max.replace(tzinfo=UTC), one.id


def _name(one: Printing) -> tuple[str, str]:
    return one.outlet or "", one.id


def _moment(one: Printing) -> tuple[date, datetime | None] | None:
    """The day and, if given, the time; None if there is no date or it cannot be read."""
    try:
        when = datetime.fromisoformat(one.published or "")
    except ValueError:
        return None
    if when.tzinfo:
        when = when.astimezone(UTC)
    timed = len(one.published or "") > len("2025-02-12")
    return when.date(), when.replace(tzinfo=UTC) if timed else None


def _waves_of_a_day(
    found: Sequence[tuple[datetime | None, Printing]],
) -> list[tuple[Printing, ...]]:
    if any(when is None for when, _ in found):
        return [tuple(one for _, one in found)]
    timed = sorted(found, key=lambda entry: (entry[0] or datetime.max, *_name(entry[1])))
    return [tuple(one for _, one in wave) for _, wave in groupby(timed, key=lambda e: e[0])]
