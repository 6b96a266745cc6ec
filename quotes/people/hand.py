"""What people decided about speakers, laid over what the forms of names say.

Decisions come in with whom each form means by itself; out goes what is to be changed: forms
that mean somebody else, entities that are one, names to be shown, articles whose speaker is
another.  Speakers are named by references that outlive any numbering: "person:Mary Orr".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from quotes.people.forms import body_key, digest_of, person_key
from quotes.people.given_names import slug
from quotes.records import Decision

Own = Callable[[str], str | None]
"""Whom a form means by itself; None where no article has it."""


@dataclass(frozen=True, slots=True)
class Split:
    """In `articles` who is `subject` otherwise is `node`, for the reason told."""

    articles: frozenset[str]
    subject: str
    node: str
    basis: str


@dataclass(frozen=True, slots=True)
class Hand:
    """The effect of all decisions.

    Attributes:
        forms: key of a form -> the id that it gets instead of its own, and why.
        roots: id -> the id it is merged into, and why.
        names: id -> the name to be shown.
        splits: in the order decided.
    """

    forms: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    roots: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()

    def entity(self, node: str) -> str:
        """The entity that an id stands for in the end."""
        return self.roots[node][0] if node in self.roots else node

    def node(self, key: str, own: str) -> str:
        """The id of a form, before merging."""
        return self.forms[key][0] if key in self.forms else own

    def part(self, article: str, key: str, own: str) -> str:
        """The id that an article's speaker gets by a split, "" without one."""
        entity = self.entity(self.node(key, own))
        for split in self.splits:
            if article in split.articles and split.subject == entity:
                return split.node
        return ""

    def placed(self, key: str, part: str, own: str) -> tuple[str, str | None]:
        """The entity of a form or a split part of it; and why, None: for its own reason."""
        node: str
        basis: str | None
        node, basis = self.forms.get(key, (own, None))
        if part:
            node, basis = part, next(s.basis for s in self.splits if s.node == part)
        entity, reason = self.roots.get(node, (node, None))
        return entity, basis or reason


def reference(key: str, name: str) -> str:
    """How a decision names the speaker of a form, given one of the form's printed names.

    >>> reference("person:andry roe", "Andrii Roe"), reference("acronym:qrc", "QRC")
    ('person:Andrii Roe', 'organisation:QRC')
    """
    prefix = key.partition(":")[0]
    if prefix == "person":
        return f"person:{name}"
    return f"organisation:{name}" if prefix in {"body", "acronym"} else key


def split_reference(node: str) -> str:
    """How a decision names a speaker that another decision split off."""
    return f"split:{node}"


def key_of_reference(told: str) -> str:
    """The key of the form that a reference names.

    >>> key_of_reference("person:Andriy Roe"), key_of_reference("organisation:QRC")
    ('person:andry roe', 'acronym:qrc')
    """
    kind, _, name = told.partition(":")
    if kind == "person":
        return person_key(name)
    return body_key(name) if kind == "organisation" else told


def named_like(told: str, name: str) -> str:
    """A reference of the same kind to another name."""
    return f"{'person' if told.partition(':')[0] == 'person' else 'organisation'}:{name}"


def split_node(decision: Decision) -> str:
    """The id of whom a decision splits off, unless the name is somebody's already."""
    name = decision.name or ""
    return f"{slug(name)}-{digest_of('split', decision.subject, name, *decision.articles)}"


def references(decisions: Iterable[Decision]) -> set[str]:
    """Keys of all forms that the effect of decisions may depend on."""
    told = {d.subject for d in decisions} | {d.other for d in decisions if d.other}
    told |= {named_like(d.subject, d.name) for d in decisions if d.name}
    return {key_of_reference(each) for each in told}


def lay_hand(decisions: Iterable[Decision], own: Own) -> Hand:
    """What decisions change, given whom each form means by itself.

    A decision about somebody whom no article names rests until one does.

    >>> said = [Decision(1, "merge", "person:Mary Orr", "person:Orr")]
    >>> lay_hand(said, {"person:mary orr": "mary-orr", "person:orr": "orr"}.get).roots
    {'orr': ('mary-orr', 'merged by hand (decision 1)')}
    """
    return _Hand(sorted(decisions, key=lambda d: d.number), own).result()


class _Hand:
    """The decisions while they are laid: first who is parted, then who is joined."""

    def __init__(self, decisions: list[Decision], own: Own) -> None:
        self._decisions = decisions
        self._own = own
        self._forms: dict[str, tuple[str, str]] = {}
        self._into: dict[str, tuple[str, str]] = {}
        self._apart: list[tuple[str, str]] = []
        self._split = {split_node(d) for d in decisions if d.action == "split"}

    def result(self) -> Hand:
        for decision in self._of("alias"):
            self._take_form(decision)
        for decision in self._of("apart"):
            self._part(decision)
        for decision in self._of("split"):
            if subject := self._node(decision.subject):
                self._apart.append((split_node(decision), subject))
        for decision in self._of("alias", "merge", "split"):
            self._join(decision)
        names = self._names()
        return Hand(self._forms, self._roots(), names, self._splits())

    def _of(self, *actions: str) -> list[Decision]:
        return [decision for decision in self._decisions if decision.action in actions]

    def _node(self, told: str) -> str | None:
        """The id that a reference stands for before merging, None if nobody."""
        key = key_of_reference(told)
        if key.startswith("split:"):
            node = key.partition(":")[2]
            return node if node in self._split else None
        own = self._own(key)
        return self._forms[key][0] if own is not None and key in self._forms else own

    def _take_form(self, decision: Decision) -> None:
        """Give the form of an alias an id of its own, to be joined with its subject."""
        key = key_of_reference(named_like(decision.subject, decision.name or ""))
        if self._node(decision.subject) is not None and key not in self._forms:
            self._forms[key] = (_private(key), f"by hand (decision {decision.number})")

    def _part(self, decision: Decision) -> None:
        """Keep two apart; where both forms mean one by themselves, the lesser one yields."""
        nodes = [self._node(told) for told in (decision.subject, decision.other or "")]
        if None not in nodes and nodes[0] == nodes[1]:
            keys = [key_of_reference(told) for told in (decision.subject, decision.other or "")]
            least = min(keys, key=lambda key: (len(key.split()), len(key), key))
            self._forms[least] = (
                _private(least),
                f"kept apart by hand (decision {decision.number})",
            )
            nodes = [self._node(told) for told in (decision.subject, decision.other or "")]
        if nodes[0] is not None and nodes[1] is not None:
            self._apart.append((nodes[0], nodes[1]))

    def _join(self, decision: Decision) -> None:
        subject = self._node(decision.subject)
        if subject is None:
            return
        if decision.action == "merge":
            other = self._node(decision.other or "")
            if other is not None:
                self._unite(subject, other, f"merged by hand (decision {decision.number})")
        elif decision.action == "alias":
            key = key_of_reference(named_like(decision.subject, decision.name or ""))
            self._unite(subject, self._forms[key][0], f"by hand (decision {decision.number})")
        else:
            named = self._node(named_like(decision.subject, decision.name or ""))
            if named is not None and self._root(named) != self._root(subject):
                told = f"set apart by hand (decision {decision.number})"
                self._unite(named, split_node(decision), told)

    def _unite(self, kept: str, gone: str, basis: str) -> None:
        """Join two, unless that would join what is kept apart."""
        kept, gone = self._root(kept), self._root(gone)
        pair = {kept, gone}
        if kept != gone and all({self._root(a), self._root(b)} != pair for a, b in self._apart):
            self._into[gone] = (kept, basis)

    def _root(self, node: str) -> str:
        while node in self._into:
            node = self._into[node][0]
        return node

    def _roots(self) -> dict[str, tuple[str, str]]:
        return {node: (self._root(node), basis) for node, (_, basis) in self._into.items()}

    def _names(self) -> dict[str, str]:
        """Names to be shown: whom a split sets apart, then who is renamed."""
        names: dict[str, str] = {}
        for decision in self._of("split"):
            if split_node(decision) not in self._into:
                names[split_node(decision)] = decision.name or ""
        for decision in self._of("rename"):
            if node := self._node(decision.subject):
                names[self._root(node)] = decision.name or ""
        return names

    def _splits(self) -> tuple[Split, ...]:
        found = []
        for decision in self._of("split"):
            if node := self._node(decision.subject):
                basis = f"set apart by hand (decision {decision.number})"
                articles = frozenset(decision.articles)
                found.append(Split(articles, self._root(node), split_node(decision), basis))
        return tuple(found)


def _private(key: str) -> str:
    """An id for one form alone."""
    return f"{slug(key.partition(':')[2])}-{digest_of('form', key)}"
