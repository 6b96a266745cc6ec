"""Who is who across articles, from scratch: the oracle of what the index is kept up to.

The entities of all articles come in, in any order; entities across articles and the map from
each local one go out.  The rules of forms and decisions are the product's own
(`quotes.people.forms`, `quotes.people.decisions`); what is checked is the keeping up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from entities import LocalEntity

from quotes.people.decisions import lay_decisions
from quotes.people.forms import (
    Form,
    Uses,
    Verdict,
    acronyms_of,
    compose,
    form_of,
    judge_bucket,
)
from quotes.people.known import People
from quotes.records import NAMED, Decision, Entity


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
    forms = {(x.article, x.entity.id): form_of(x.entity, x.article, people) for x in named}
    verdicts = _verdicts(named, forms)
    decided = lay_decisions(decisions, lambda key: verdicts[key].id if key in verdicts else None)
    groups: defaultdict[str, list[LocalEntity]] = defaultdict(list)
    uses: defaultdict[str, dict[tuple[str, str], Uses]] = defaultdict(dict)
    facts: defaultdict[tuple[str, str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    of: dict[tuple[str, str], str] = {}
    basis: dict[tuple[str, str], tuple[str, bool]] = {}
    for local in named:
        here = (local.article, local.entity.id)
        form = forms[here]
        verdict = verdicts[form.key]
        part = decided.part(local.article, form.key, verdict.id)
        entity, why = decided.placed(form.key, part, verdict.id)
        of[here] = entity
        basis[here] = (why, False) if why else (verdict.basis, verdict.doubtful)
        groups[entity].append(local)
        own = (part or decided.node(form.key, verdict.id)) == entity
        facts[entity, form.key, part].update(_facts(local.entity))
        uses[entity][form.key, part] = Uses(form, own, facts[entity, form.key, part])
    entities = tuple(
        compose(id_, uses[id_].values(), role=_role(groups[id_]), shown=decided.names.get(id_))
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
    verdicts: dict[str, Verdict] = {}
    for bucket, found in buckets.items():
        verdicts |= judge_bucket(list(found), goes_by[bucket])
    return verdicts


def _facts(entity: Entity) -> set[tuple[str, str]]:
    """What an article says of an entity, each once."""
    item = {("wikidata", entity.wikidata)} if entity.wikidata else set()
    return {("name", entity.name), *(("alias", alias) for alias in entity.aliases), *item}


def _role(locals_: Iterable[LocalEntity]) -> str | None:
    """The role of the latest article that gives one."""
    roles = [(x.published or "", x.article, x.entity.role) for x in locals_ if x.entity.role]
    return max(roles)[2] if roles else None
