"""Articles that go back to one text: what one is to another, their families, whose text it was.

In: fingerprints.  Out: what one text is to another, with the reason in words, or None; families
of two or more with their origin, the same ones in whatever order things come.  Two reports of
one event share names, numbers and quotations, but not sentence after sentence in one order; that
is what a rewrite keeps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import attrgetter

from quotes.rows import FamilyKind
from quotes.wires.fingerprint import Fingerprint, load_wires, unpacked_runs, unpacked_told

COPIED = 0.4
"""Share of one text's word runs that the other has, from which on they are one wording."""

ALL = 0.8
"""Share of what one text tells that the other must tell in the same order to hold all of it."""

HALF = 0.5
"""The least of what the lesser text tells that must be in the other, for one to be a copy."""

RETOLD = 0.45
"""Share of what each tells that the other tells in the same order, from which on it is a
rewrite.  Measured: the one rewrite at hand 0.59, articles on the same event up to 0.34."""

RETOLD_IN_PART = 0.65
"""The same of the lesser text alone, where the other tells much more."""

LEAST_OF_OTHER = 0.2
LEAST_TOLD = 100
"""Such a lesser text must be a fifth of the other and weigh so much, about eight sentences: the
few sentences of a brief are found in every longer report of an event."""

LEAST_RUNS = 6
"""Sampled runs (some thirty words) a text must have before its wording is judged at all."""

OVERLAP = 0.3
"""Share of a sentence's weight found on the other side, below which nothing of it is."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share, in named parts, each 0..1.

    Attributes:
        wording_of_first, wording_of_second: share of a text's word runs that the other has.
        told_of_first, told_of_second: share of what a text tells that the other tells too, in
            the same order.
        weight: what the lesser of the two tells, in words, names and numbers twice.
        runs: how many sampled runs the lesser of the two has.
    """

    wording_of_first: float
    wording_of_second: float
    told_of_first: float
    told_of_second: float
    weight: int
    runs: int


@dataclass(frozen=True, slots=True)
class Link:
    """What a text is to that of another article, and why, in words for people."""

    article: str
    kind: FamilyKind
    reason: str


def relation(first: Fingerprint, second: Fingerprint) -> Link | None:
    """What the second text is to the first; None if nothing but its own.

    Asked the other way round it gives the same, "shortened" for "extended".
    """
    parts = likeness(first, second)
    kind = judge(parts)
    wording = f"{max(parts.wording_of_first, parts.wording_of_second):.0%}"
    kept, own = f"{parts.told_of_first:.0%}", f"{1 - parts.told_of_second:.0%}"
    if kind is None:
        return None
    if kind == "rewrite":
        reason = f"retells {kept} of it in the same order, {wording} of it word for word"
    elif kind == "copy":
        reason = f"{wording} word for word, tells the same in the same order"
    else:
        reason = f"{wording} word for word, keeps {kept} of it, {own} is its own"
    return Link(first.article, kind, reason)


def likeness(first: Fingerprint, second: Fingerprint) -> Likeness:
    """How much two texts share, without a decision."""
    ours, theirs = unpacked_runs(first), unpacked_runs(second)
    common = len(ours & theirs)
    told, retold = unpacked_told(first), unpacked_told(second)
    weights = [sum(sum(sentence.values()) for sentence in each) for each in (told, retold)]
    return Likeness(
        wording_of_first=common / max(len(ours), 1),
        wording_of_second=common / max(len(theirs), 1),
        told_of_first=_in_order(told, retold) / max(weights[0], 1),
        told_of_second=_in_order(retold, told) / max(weights[1], 1),
        weight=min(weights),
        runs=min(len(ours), len(theirs)),
    )


def judge(parts: Likeness) -> FamilyKind | None:
    """The decision from the parts alone."""
    first, second = parts.told_of_first, parts.told_of_second
    least, most = sorted((first, second))
    wording = max(parts.wording_of_first, parts.wording_of_second)
    if parts.runs >= LEAST_RUNS and wording >= COPIED and most >= HALF:
        if least >= ALL:
            return "copy"
        if first == second:  # as much cut as added
            return "rewrite"
        return "shortened" if second > first else "extended"
    alike = least >= RETOLD or (most >= RETOLD_IN_PART and least >= LEAST_OF_OTHER)
    return "rewrite" if alike and parts.weight >= LEAST_TOLD else None


def _in_order(told: Sequence[Mapping[int, int]], retold: Sequence[Mapping[int, int]]) -> int:
    """The weight of what one text tells that another tells too, in the same order.

    Each sentence is looked for in two neighbouring ones of the other text, as rewriting parts
    and joins sentences, and never before the place where the sentence before it was found.
    """
    windows = [
        {**after, **sentence} for sentence, after in zip(retold, (*retold[1:], {}), strict=False)
    ]
    best = [0] * len(windows)
    for sentence in told:
        least = OVERLAP * sum(sentence.values())
        most = 0
        row = []
        for before, window in zip(best, windows, strict=True):
            most = max(most, before)
            shared = sum(sentence[word] for word in sentence.keys() & window.keys())
            row.append(most + (shared if shared >= least else 0))
        best = row
    return max(best, default=0)


# Families


@dataclass(frozen=True, slots=True)
class Membership:
    """An article of a family.

    Attributes:
        kind: what its text is to that of the family's first article; None for that one, and
            where only others of the family link the two.
        reason: why it belongs here, in words for people.
        link: what it is to the first article or, where it is nothing to that one, to the
            earliest of the others that it is something to; None for the first.
    """

    article: str
    outlet: str | None
    kind: FamilyKind | None
    reason: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Articles that go back to one text.

    Attributes:
        id: "w" and ten hex digits, from the least of the articles' ids.
        origin: the outlet whose text it was, None where no text tells it.
        basis: how that is known, in words for people.
        first: the article nearest to the origin: the origin's own, else the earliest.
        members: by article id, `first` among them.
    """

    id: str
    origin: str | None
    basis: str
    first: str
    members: tuple[Membership, ...]

    @property
    def articles(self) -> tuple[str, ...]:
        """The ids of its articles, sorted."""
        return tuple(member.article for member in self.members)


def compose(prints: Iterable[Fingerprint], *, before: Iterable[Family] = ()) -> Family:
    """The family of articles that are known to be linked, directly or by others of them.

    Args:
        prints: two or more.
        before: earlier families, all of whose articles are among these; what still holds of
            them is taken over and not compared again.
    """
    by_age = sorted(prints, key=_age)
    origin, basis = _origin(by_age)
    first = min(by_age, key=lambda one: (one.outlet != origin, *_age(one)))
    if origin is None:
        basis = f"origin unknown; earliest: {first.outlet or first.article}"
    known = {m.article: m for old in before if old.first == first.article for m in old.members}
    order = sorted(by_age, key=lambda one: one is not first)
    members = tuple(_member(one, order, known) for one in sorted(by_age, key=attrgetter("article")))
    id_ = blake2b(members[0].article.encode(), digest_size=5).hexdigest()
    return Family(f"w{id_}", origin, basis, first.article, members)


def _member(
    one: Fingerprint, order: Sequence[Fingerprint], known: Mapping[str, Membership]
) -> Membership:
    """What the article is to the first in order, else to the next that it is anything to.

    Those `known` have been compared with each other, and what came of it holds.
    """
    first = order[0]
    if one is first:
        return Membership(one.article, one.outlet, None, "nearest to the origin")
    stored = known.get(one.article)
    linked = stored.link.article if stored and stored.link else None
    for other in order:
        if stored and (stored.kind or other.article == linked):
            return stored
        if other is one or (stored and other.article in known):
            continue
        if link := relation(other, one):
            if other is first:
                return Membership(one.article, one.outlet, link.kind, link.reason, link)
            reason = f"{link.kind} by way of {other.outlet or other.article}: {link.reason}"
            return Membership(one.article, one.outlet, None, reason, link)
    return Membership(one.article, one.outlet, None, "linked by others of the family")


def _age(one: Fingerprint) -> tuple[bool, str, str]:
    """Earlier dates first, none last."""
    return one.published is None, one.published or "", one.article


def _origin(prints: Sequence[Fingerprint]) -> tuple[str | None, str]:
    """The outlet that the texts credit: an agency before others, the most credited first.

    A text that credits its own publisher says less than one that credits another.
    """
    agencies = load_wires().agencies
    credited: dict[str, list[Fingerprint]] = defaultdict(list)
    for one in prints:
        if one.credit:
            credited[one.credit].append(one)
    if not credited:
        return None, ""

    def rank(name: str) -> tuple[bool, bool, int, str]:
        own = all(one.outlet == name for one in credited[name])
        return name not in agencies, own, -len(credited[name]), name

    origin = min(credited, key=rank)
    evidence = min(one.evidence for one in credited[origin])
    return origin, f"credited by {len(credited[origin])} of {len(prints)}: {evidence}"
