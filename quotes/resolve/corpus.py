"""Across articles: which local entities are one person or body.

The entities of all articles come in, in any order; entities across articles and the map
from each local one go out.  They merge on evidence only:

- both are the same person of the people file;
- their full names fold to the same first name and surname, and no middle initials disagree;
- one has a first initial for the only bearer of that surname whom it fits;
- one is a bare surname with exactly one bearer in the corpus, and nobody else of the people
  file has it;
- bodies: the same words, or an acronym that exactly one body goes by; one that is only
  described ("the state power company") is another in every article.

Whatever stays open stays apart.  The result depends on the set of local entities alone, not
on the order they come in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quotes.lexicon.given_names import fold_name, plain
from quotes.lexicon.people import People
from quotes.records import Entity, LocalEntity
from quotes.resolve.names import key_of, slug

Key = tuple[str, ...]
"""What merged entities share: a kind of evidence and folded words."""


@dataclass(frozen=True, slots=True)
class CorpusEntities:
    """Entities across articles.

    Attributes:
        entities: sorted by id.
        of: (article id, local entity id) -> entity id; every local entity is in it.
    """

    entities: tuple[Entity, ...]
    of: Mapping[tuple[str, str], str]


def resolve_corpus(locals: Iterable[LocalEntity], *, people: People) -> CorpusEntities:  # noqa: A002
    """Merge the entities of articles into entities of the corpus.

    >>> spellings = [
    ...     LocalEntity("a", None, Entity("andrii-roe", "Andrii Roe", "person", ("Andrii Roe",))),
    ...     LocalEntity("b", None, Entity("andriy-roe", "Andriy Roe", "person", ("Roe",))),
    ... ]
    >>> merged = resolve_corpus(spellings, people=People(()))
    >>> [(entity.id, entity.aliases) for entity in merged.entities]
    [('andrii-roe', ('Andrii Roe', 'Roe'))]
    """
    ordered = sorted(locals, key=lambda local: (local.article, local.entity.id))
    keys = _keys(ordered, people)
    groups: defaultdict[Key, list[LocalEntity]] = defaultdict(list)
    for local, key in zip(ordered, keys, strict=True):
        groups[key].append(local)
    merged = {key: _merge(key, groups[key], people) for key in sorted(groups)}
    ids = _ids(merged)
    entities = sorted(
        (_with_id(entity, ids[key]) for key, entity in merged.items()), key=lambda e: e.id
    )
    of = {
        (local.article, local.entity.id): ids[key] for local, key in zip(ordered, keys, strict=True)
    }
    return CorpusEntities(tuple(entities), of)


def _keys(locals_: list[LocalEntity], people: People) -> list[Key]:
    """One key for each local entity; equal keys mean one entity."""
    persons = _PersonKeys([x.entity for x in locals_ if x.entity.kind == "person"], people)
    bodies = _BodyKeys([x.entity for x in locals_ if x.entity.kind != "person"])
    return [persons.key(x.entity) if x.entity.kind == "person" else bodies.key(x) for x in locals_]


class _PersonKeys:
    """Decides the key of a person from all persons of the corpus."""

    def __init__(self, entities: list[Entity], people: People) -> None:
        self._people = people
        self._middles: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._bearers: defaultdict[str, set[str]] = defaultdict(set)
        self._known_bearers: defaultdict[str, set[str]] = defaultdict(set)
        for entity in entities:
            person = people.named(entity.name)
            words = fold_name(person.name if person else entity.name)
            if len(words) < 2:
                continue
            if person:
                self._known_bearers[words[-1]].add(person.name)
            if len(words[0]) > 1:
                self._bearers[words[-1]].add(words[0])
                self._middles[words[0], words[-1]].add(_initials(words))

    def key(self, entity: Entity) -> Key:
        person = self._people.named(entity.name)
        if person is not None:
            return ("person", "known", person.name)
        words = fold_name(entity.name) or (plain(entity.name),)
        if len(words) == 1:
            return self._lone(words[0])
        if len(words[0]) == 1:
            return self._initial(words)
        return self._full(words)

    def _full(self, words: tuple[str, ...]) -> Key:
        """First name and surname; the middle initials too where they tell persons apart."""
        ends = (words[0], words[-1])
        middles = self._middles[ends] - {""}
        return ("person", *ends, _initials(words)) if len(middles) > 1 else ("person", *ends)

    def _initial(self, words: tuple[str, ...]) -> Key:
        fitting = [first for first in self._bearers[words[-1]] if first[0] == words[0]]
        if len(fitting) == 1 and len(self._middles[fitting[0], words[-1]] - {""}) < 2:
            return self._bearer_key(fitting[0], words[-1])
        return ("person", words[0], words[-1])

    def _lone(self, surname: str) -> Key:
        bearers = self._bearers[surname]
        if len(bearers) != 1:
            return ("person", surname)
        first = next(iter(bearers))
        others = {p.name for p in self._people.surnamed(surname)} - self._known_bearers[surname]
        if others or len(self._middles[first, surname] - {""}) > 1:
            return ("person", surname)
        return self._bearer_key(first, surname)

    def _bearer_key(self, first: str, surname: str) -> Key:
        for name in sorted(self._known_bearers[surname]):
            if fold_name(name)[0] == first:
                return ("person", "known", name)
        return self._full((first, surname))


class _BodyKeys:
    """Decides the key of a body from all bodies of the corpus."""

    def __init__(self, entities: list[Entity]) -> None:
        self._acronyms: defaultdict[str, set[Key]] = defaultdict(set)
        for entity in entities:
            key = key_of(tuple(entity.name.split()))
            if len(key) > 1:
                for alias in entity.aliases:
                    if alias.isupper() and " " not in alias:
                        self._acronyms[plain(alias)].add(key)

    def key(self, local: LocalEntity) -> Key:
        entity = local.entity
        words = key_of(tuple(entity.name.split()))
        if len(words) > 1 and all(alias.islower() for alias in entity.aliases):
            return ("described", local.article, *words)
        if len(words) == 1 and entity.name.isupper() and len(self._acronyms[words[0]]) == 1:
            words = next(iter(self._acronyms[words[0]]))
        return ("body", *words)


def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words[1:-1])


def _merge(key: Key, members: list[LocalEntity], people: People) -> Entity:
    """One entity of its local ones: the commonest name, all aliases, the latest role."""
    names = Counter(local.entity.name for local in members)
    name = min(names, key=lambda n: (-len(n.split()), -names[n], -len(n), n))
    person = people.named(name) if key[0] == "person" else None
    roles = [(x.published or "", x.article, x.entity.role) for x in members if x.entity.role]
    ids = sorted({x.entity.wikidata for x in members if x.entity.wikidata})
    return Entity(
        id="",
        name=person.name if person else name,
        kind=members[0].entity.kind,
        aliases=tuple(sorted({alias for x in members for alias in x.entity.aliases})),
        role=max(roles)[2] if roles else None,
        wikidata=person.wikidata if person else (ids[0] if len(ids) == 1 else None),
    )


def _ids(merged: Mapping[Key, Entity]) -> dict[Key, str]:
    """Slugs of the names; entities that share one are numbered in the order of their keys."""
    sharing: defaultdict[str, list[Key]] = defaultdict(list)
    for key, entity in merged.items():
        sharing[slug(entity.name)].append(key)
    taken = set(sharing)
    ids: dict[Key, str] = {}
    for base in sorted(sharing):
        first, *others = sorted(sharing[base])
        ids[first] = base
        number = 2
        for key in others:
            while f"{base}-{number}" in taken:
                number += 1
            ids[key] = f"{base}-{number}"
            taken.add(ids[key])
    return ids


def _with_id(entity: Entity, id_: str) -> Entity:
    return Entity(id_, entity.name, entity.kind, entity.aliases, entity.role, entity.wikidata)
