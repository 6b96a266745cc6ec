"""Articles that go back to one text: their families, whose text it was, and what counts once.

In: fingerprints and the relations among them.  Out: families of two or more, the same ones in
whatever order things come, and the count of outlets against that of independent accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from quotes.wires.credits import load_wires
from quotes.wires.fingerprint import Fingerprint
from quotes.wires.relation import Relation, RelationKind, relation


@dataclass(frozen=True, slots=True)
class Link:
    """What a text is to that of another article, and why."""

    article: str
    kind: RelationKind
    reason: str


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
    kind: RelationKind | None
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


def families(prints: Iterable[Fingerprint], relations: Iterable[Relation]) -> tuple[Family, ...]:
    """The families of two or more among the articles, by id.

    Args:
        prints: of all articles that the relations speak of.
        relations: in any order and direction.
    """
    known = {one.article: one for one in prints}
    links = {pair for link in relations for pair in _both_ways(link)}
    groups = _groups(sorted(known), links)
    found = (compose([known[article] for article in group]) for group in groups)
    return tuple(sorted(found, key=lambda family: family.id))


def _both_ways(link: Relation) -> tuple[tuple[str, str], tuple[str, str]]:
    return (link.first, link.second), (link.second, link.first)


def _groups(articles: Sequence[str], links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The connected articles, sorted, two or more at a time."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for one, other in sorted(links):
        neighbours[one].append(other)
    seen: set[str] = set()
    groups = []
    for article in articles:
        group, todo = [], [article]
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                group.append(at)
                todo += neighbours[at]
        if len(group) > 1:
            groups.append(sorted(group))
    return groups


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
    work = _Composing(first, by_age, known)
    members = tuple(work.member(one) for one in sorted(by_age, key=lambda one: one.article))
    return Family(_id(members[0].article), origin, basis, first.article, members)


def _id(article: str) -> str:
    return f"w{blake2b(article.encode(), digest_size=5).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Composing:
    """A family in the making: its first article, all of them by age, what is known of some."""

    first: Fingerprint
    by_age: Sequence[Fingerprint]
    known: Mapping[str, Membership]

    def member(self, one: Fingerprint) -> Membership:
        """What the article is to the first, else to the earliest other that it is anything to."""
        if one.article == self.first.article:
            return Membership(one.article, one.outlet, None, "nearest to the origin")
        stored = self.known.get(one.article)
        if stored and stored.kind:
            return stored
        found = None if stored else relation(self.first, one)
        if found:
            link = Link(self.first.article, found.kind, found.reason)
            return Membership(one.article, one.outlet, link.kind, link.reason, link)
        return self._indirect(one, stored)

    def _indirect(self, one: Fingerprint, stored: Membership | None) -> Membership:
        """As the first text does not link it: which other does."""
        before = stored.link.article if stored and stored.link else None
        for other in self.by_age:
            if stored and other.article == before:
                return stored
            compared = stored and other.article in self.known
            if compared or other.article in (one.article, self.first.article):
                continue
            if found := relation(other, one):
                link = Link(other.article, found.kind, found.reason)
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
