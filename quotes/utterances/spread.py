"""Over the wordings of one utterance: the fullest, the commonest, and how it spread.

In: wordings as printed, or printings with outlet and date.  Out: one wording, or the order of
first printings.  The same answers come out in whatever order things come in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from quotes.utterances.words import wording


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
        alike.setdefault(wording(text).keys, Counter())[text] = count
    if not alike:
        return None
    best = min(alike, key=lambda keys: (-alike[keys].total(), -len(keys), keys))
    return min(alike[best], key=lambda text: (-alike[best][text], text))


def _own_words(text: str) -> int:
    return sum(not word.bracketed for word in wording(text).words)


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
