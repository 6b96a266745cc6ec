"""A long article is read in sections, each like an article of its own, and put together again.

A text comes in, its `Section`s go out; what is found in them one after the other comes back as
quotations and entities of the whole.  So memory does not grow with a text's length but by what
is found in it.  A section sees some text before and behind its own, so that no pronoun at its
beginning and no speech at its end is cut off.  A surname that stands alone there means whom the
sections before name so in full, if that is one person.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from quotes.people.spelling import fold, slug
from quotes.quotations import quotation_id
from quotes.records import NAMED, Entity, Quotation, Region, Span, Speaker

LONGEST_WHOLE = 40_000
"""Code points of the longest text that is read in one: the longest of 1,900 news articles has
22,068."""

_OWN = 16_000  # code points of a section at most, without its surroundings
_AROUND = 1_500  # code points of surroundings on either side at most
_BREAKS = ("\n\n", "\n", ". ", " ")
_PLACES = re.compile(r"(?<= at )\d+")
"""Offsets in the reasons and evidence that are told: "first named at 120"."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text: `own` is to be read, `seen` is that with what surrounds it."""

    own: Span
    seen: Span

    def holds(self, at: int) -> bool:
        """Whether an offset into what is seen lies in the section's own text."""
        return self.own.start <= at + self.seen.start < self.own.end


def sections(text: str) -> Iterator[Section]:
    """The sections of a text, in order; together they own all of it.

    >>> [(each.own.start, each.seen) for each in sections("Short.")]
    [(0, Span(start=0, end=6))]
    """
    start, size = 0, len(text)
    while start < size or not start:
        whole = size - start <= (_OWN if start else LONGEST_WHOLE)
        end = size if whole else _break(text, start + _OWN // 2, start + _OWN)
        low = _break(text, start - _AROUND, start - _AROUND // 2) if start else 0
        high = size if end == size else _break(text, end, min(size, end + _AROUND))
        yield Section(Span(start, end), Span(low, high))
        start = end or 1


def _break(text: str, low: int, high: int) -> int:
    """Where to cut a text between two offsets: the last best place, else at the second."""
    for mark in _BREAKS:
        if (at := text.rfind(mark, low, high)) >= 0:
            return at + len(mark)
    return high


class Joined:
    """What the sections of one article gave, as of the whole.

    Attributes:
        quotations, regions: so far, in text order.
    """

    def __init__(self, article: str) -> None:
        """Begin with nothing; `article` is its id."""
        self._article = article
        self._until = 0  # nothing that begins before is taken: it was read with the section before
        self._entities: dict[str, Entity] = {}
        self._numbers: Counter[str] = Counter()
        self._surnamed: defaultdict[str, set[str]] = defaultdict(set)
        self.quotations: list[Quotation] = []
        self.regions: list[Region] = []

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Those of the whole article, sorted by id."""
        return tuple(sorted(self._entities.values(), key=lambda entity: entity.id))

    def take(
        self, section: Section, quotations: Iterable[Quotation], entities: Sequence[Entity]
    ) -> None:
        """Put the next section's quotations, offsets into what it saw, to those before."""
        shift = section.seen.start
        own = [
            quotation
            for quotation in quotations
            if section.holds(start := quotation.content[0].start) and start + shift >= self._until
        ]
        used = {
            who.id for q in own for who in (q.speaker, q.referent, *q.members) if who is not None
        }
        meant = {each.id: self._met(each) for each in entities if each.id in used}
        moved = {each.id: self._moved(each, shift, meant) for each in own}
        for each in moved.values():
            holder = moved.get(each.within or "")
            self.quotations.append(replace(each, within=holder.id if holder else None))
        self._until = max([self._until, *(q.content[-1].end + shift for q in own)])

    def take_regions(self, section: Section, regions: Iterable[Region]) -> None:
        """The same of regions."""
        shift = section.seen.start
        self.regions += (
            Region(_moved(each.span, shift), each.kind, _told(each.evidence, shift))
            for each in regions
            if section.holds(each.span.start)
        )

    def _met(self, entity: Entity) -> Speaker:
        """Whom an entity of a section is in the whole article."""
        same = self._entities.get(entity.id)
        lasting = entity.kind in NAMED or entity.kind == "group"
        if entity.kind == "person" and " " not in entity.name:
            bearers = self._surnamed[fold(entity.name)]
            if same is None and len(bearers) == 1:
                same = self._entities[next(iter(bearers))]
        if same is None or same.kind != entity.kind or not lasting:
            same = replace(entity, id=self._free(entity))
        else:
            aliases = tuple(sorted({*same.aliases, *entity.aliases}))
            same = replace(same, aliases=aliases, role=same.role or entity.role)
        self._entities[same.id] = same
        if same.kind == "person" and " " in same.name:
            self._surnamed[fold(same.name.split()[-1])].add(same.id)
        return Speaker(same.id, same.name, same.kind)

    def _free(self, entity: Entity) -> str:
        """An id that no entity of the sections before has."""
        if entity.id not in self._entities:
            return entity.id
        plain = slug(entity.name)
        while (key := f"{plain}-{self._numbers[plain] + 2}") in self._entities:
            self._numbers[plain] += 1
        return key

    def _moved(self, quotation: Quotation, shift: int, meant: Mapping[str, Speaker]) -> Quotation:
        """A quotation with offsets into the whole, and its people as the whole has them."""
        told = {field.name: getattr(quotation, field.name) for field in fields(quotation)}
        spans = {name: each for name, each in told.items() if _are_spans(each)}
        moved = {span: _moved(span, shift) for each in spans.values() for span in each}
        placed: dict[str, Any] = {
            name: tuple(moved[span] for span in each) for name, each in spans.items()
        }
        speaker, basis = quotation.speaker, _told(quotation.speaker_basis, shift)
        if speaker is not None and meant[speaker.id].name != speaker.name:
            basis = f"“{speaker.name}” is {meant[speaker.id].name}, named before"
        own: dict[str, Any] = {
            "id": quotation_id(self._article, placed["content"], placed.get("cue", ())),
            "speaker": speaker and meant[speaker.id],
            "speaker_basis": basis,
            "referent": quotation.referent and meant[quotation.referent.id],
            "members": tuple(meant[member.id] for member in quotation.members),
        }
        return replace(quotation, **placed | own)


def _are_spans(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(each, Span) for each in value)


def _moved(span: Span, shift: int) -> Span:
    return Span(span.start + shift, span.end + shift)


def _told(reason: str, shift: int) -> str:
    """A reason with the offset that it tells moved too."""
    return _PLACES.sub(lambda at: str(int(at[0]) + shift), reason)
