"""Articles that go back to one text: their families, whose text it was, and what counts once.

In: fingerprints and the relations among them.  Out: families of two or more, the same ones in
whatever order things come, and the count of outlets against that of independent accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from quotes.lexicon.wires import load_wires
from quotes.wire.fingerprint import Fingerprint
from quotes.wire.relation import Relation, RelationKind


@dataclass(frozen=True, slots=True)
class Membership:
    """An article of a family.

    Attributes:
        kind: what its text is to that of the family's first article; None for that one, and
            where only others of the family link the two.
        reason: why it belongs here, in words for people.
    """

    article: str
    outlet: str | None
    kind: RelationKind | None
    reason: str


@dataclass(frozen=True, slots=True)
class Family:
    """Articles that go back to one text.

    Attributes:
        id: "w" and ten hex digits, from the articles' ids.
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


@dataclass(frozen=True, slots=True)
class Accounts:
    """How many outlets printed something, and how many accounts of it there are.

    Attributes:
        outlets: each once; an article without a known outlet is one by itself.
        independent: the articles of one family are one account, and so is what an outlet
            printed outside all families.
    """

    outlets: int
    independent: int


def families(prints: Iterable[Fingerprint], relations: Iterable[Relation]) -> tuple[Family, ...]:
    """The families of two or more among the articles, by id.

    Args:
        prints: of all articles that the relations speak of.
        relations: in any order and direction.
    """
    known = {one.article: one for one in prints}
    links = {}
    for link in relations:
        links[link.first, link.second] = link
        links[link.second, link.first] = link.mirrored()
    groups = _groups(sorted(known), links)
    found = (_family([known[article] for article in group], links) for group in groups)
    return tuple(sorted(found, key=lambda family: family.id))


def _groups(articles: Sequence[str], links: Mapping[tuple[str, str], Relation]) -> list[list[str]]:
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


def _family(prints: Sequence[Fingerprint], links: Mapping[tuple[str, str], Relation]) -> Family:
    origin, basis = _origin(prints)
    first = min(prints, key=lambda one: (one.outlet != origin, *_age(one)))
    if origin is None:
        basis = f"origin unknown; earliest: {first.outlet or first.article}"
    members = tuple(_member(one, first, links) for one in prints)
    digest = blake2b("\n".join(m.article for m in members).encode(), digest_size=5)
    return Family(f"w{digest.hexdigest()}", origin, basis, first.article, members)


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


def _member(
    one: Fingerprint, first: Fingerprint, links: Mapping[tuple[str, str], Relation]
) -> Membership:
    link = links.get((first.article, one.article))
    if one.article == first.article:
        return Membership(one.article, one.outlet, None, "nearest to the origin")
    if link:
        return Membership(one.article, one.outlet, link.kind, link.reason)
    nearest = min(other for first_, other in links if first_ == one.article)
    return Membership(one.article, one.outlet, None, f"linked by {nearest}")


def independent(
    printings: Iterable[tuple[str, str | None]], families: Iterable[Family]
) -> Accounts:
    """How many outlets printed something and how many independent accounts that makes.

    Args:
        printings: article id and outlet of each printing.
        families: those of the index.

    >>> members = tuple(Membership(article, None, None, "") for article in "ab")
    >>> independent(
    ...     [("a", "The Sun"), ("b", "The Star"), ("c", "The Herald")],
    ...     [Family("w1", "Reuters", "", "a", members)],
    ... )
    Accounts(outlets=3, independent=2)
    """
    family_of = {article: family.id for family in families for article in family.articles}
    outlets, accounts = set(), set()
    for article, outlet in printings:
        publisher = ("outlet", outlet) if outlet else ("article", article)
        outlets.add(publisher)
        family = family_of.get(article)
        accounts.add(("family", family) if family else publisher)
    return Accounts(len(outlets), len(accounts))
