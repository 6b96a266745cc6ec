"""Across articles: which local entities are one person or body, from scratch.

The entities of all articles come in, in any order; entities across articles and the map
from each local one go out.  They merge on evidence only:

- both are the same person of the people file;
- their full names fold to the same first name and surname, and no middle initials disagree;
- one has a first initial for the only bearer of that surname whom it fits;
- one is a bare surname with exactly one bearer in the corpus, and nobody else of the people
  file has it, or one of its bearers is the person whom the bare surname means there;
- bodies: the same words, or an acronym that exactly one body goes by; one that is only
  described ("the state power company") is another in every article;
- a person decided so.

Whatever stays open stays apart; who has no name is nobody across articles.  The result depends
on the set of local entities and decisions alone.  `quotes.people.identity` keeps an index at
the same result article by article.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quotes.people.forms import Form, Surname, Verdict, acronyms_of, form_of, judge_body
from quotes.people.hand import lay_hand
from quotes.people.known import People
from quotes.records import NAMED, Decision, Entity, LocalEntity


@dataclass(frozen=True, slots=True)
class CorpusEntities:
    """Entities across articles.

    Attributes:
        entities: sorted by id.
        of: (article id, local entity id) -> entity id; every local entity with a name is in it.
        basis: of the same ones: why, in a few words, and whether that is weak.
    """

    entities: tuple[Entity, ...]
    of: Mapping[tuple[str, str], str]
    basis: Mapping[tuple[str, str], tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Uses:
    """What the articles say of an entity under one form.

    Attributes:
        own: whether the form means the entity without a merge.
        names, aliases, wikidata: as printed or known there, with how many articles.
    """

    form: Form
    own: bool
    names: Counter[str] = field(default_factory=Counter)
    aliases: Counter[str] = field(default_factory=Counter)
    wikidata: Counter[str] = field(default_factory=Counter)


def resolve_corpus(
    locals: Iterable[LocalEntity],  # noqa: A002
    *,
    people: People,
    decisions: Sequence[Decision] = (),
) -> CorpusEntities:
    """Merge the entities of articles into entities of the corpus.

    >>> spellings = [
    ...     LocalEntity("a", None, Entity("andrii-roe", "Andrii Roe", "person", ("Andrii Roe",))),
    ...     LocalEntity("b", None, Entity("andriy-roe", "Andriy Roe", "person", ("Roe",))),
    ... ]
    >>> merged = resolve_corpus(spellings, people=People(()))
    >>> [(entity.id, entity.aliases) for entity in merged.entities]
    [('andry-roe', ('Andrii Roe', 'Roe'))]
    """
    named = [local for local in locals if local.entity.kind in NAMED]
    forms = {(x.article, x.entity.id): form_of(x, people) for x in named}
    verdicts = _verdicts(named, forms)
    hand = lay_hand(decisions, lambda key: verdicts[key].id if key in verdicts else None)
    groups: defaultdict[str, list[LocalEntity]] = defaultdict(list)
    uses: defaultdict[str, dict[tuple[str, str], Uses]] = defaultdict(dict)
    of: dict[tuple[str, str], str] = {}
    basis: dict[tuple[str, str], tuple[str, bool]] = {}
    for local in named:
        here = (local.article, local.entity.id)
        form = forms[here]
        verdict = verdicts[form.key]
        part = hand.part(local.article, form.key, verdict.id)
        entity, why = hand.placed(form.key, part, verdict.id)
        of[here] = entity
        basis[here] = (why, False) if why else (verdict.basis, verdict.doubtful)
        groups[entity].append(local)
        own = (part or hand.node(form.key, verdict.id)) == entity
        _count(uses[entity].setdefault((form.key, part), Uses(form, own)), local.entity)
    entities = tuple(
        compose(id_, uses[id_].values(), role=_role(groups[id_]), shown=hand.names.get(id_))
        for id_ in sorted(groups)
    )
    return CorpusEntities(entities, of, basis)


def _verdicts(
    locals_: Iterable[LocalEntity], forms: Mapping[tuple[str, str], Form]
) -> dict[str, Verdict]:
    """Whom each form means by itself, by key."""
    buckets: defaultdict[str, set[Form]] = defaultdict(set)
    goes_by: defaultdict[str, set[str]] = defaultdict(set)
    for local in locals_:
        form = forms[local.article, local.entity.id]
        buckets[form.bucket].add(form)
        for acronym in acronyms_of(form.key, local.entity.aliases):
            goes_by[acronym].add(form.key)
    verdicts = {}
    for bucket in buckets.values():
        surname = Surname(form for form in bucket if form.kind == "person")
        for form in bucket:
            verdicts[form.key] = (
                surname.judge(form)
                if form.kind == "person"
                else judge_body(form, sorted(goes_by[form.key]))
            )
    return verdicts


def _count(uses: Uses, entity: Entity) -> None:
    uses.names[entity.name] += 1
    uses.aliases.update(set(entity.aliases))
    if entity.wikidata:
        uses.wikidata[entity.wikidata] += 1


def _role(locals_: Iterable[LocalEntity]) -> str | None:
    """The role of the latest article that gives one."""
    roles = [(x.published or "", x.article, x.entity.role) for x in locals_ if x.entity.role]
    return max(roles)[2] if roles else None


def compose(id_: str, uses: Iterable[Uses], *, role: str | None, shown: str | None) -> Entity:
    """One entity of all that articles say of it.

    Its own forms give the name, those merged into it only where it has none; the fullest
    name, then the commonest.

    Args:
        id_: of the entity.
        uses: at least one.
        role: of the latest article that gives one.
        shown: the name decided by hand, if any.
    """
    ordered = sorted(uses, key=lambda each: (not each.own, each.form.key))
    own = [each for each in ordered if each.own] or ordered
    known = next((each.form for each in own if each.form.known), None)
    ids = sorted({item for each in ordered for item, n in each.wikidata.items() if n > 0})
    return Entity(
        id=id_,
        name=shown or (known.known if known else None) or _fullest(own),
        kind=ordered[0].form.kind,
        aliases=tuple(sorted({a for each in ordered for a, n in each.aliases.items() if n > 0})),
        role=role,
        wikidata=known.wikidata if known else (ids[0] if len(ids) == 1 else None),
    )


def _fullest(uses: Iterable[Uses]) -> str:
    names: Counter[str] = Counter()
    for each in uses:
        names.update(each.names)
    return min(names, key=lambda n: (-len(n.split()), -names[n], -len(n), n))
