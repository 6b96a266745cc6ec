"""What an article's chains become in its quotations: entities, speakers, and the way to them.

Chains that speak come in; `Entity` records with ids unique in the article go out, and for a
source the spans of the mentions that lead from it to the name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from quotes.people.spelling import slug
from quotes.records import Entity, Span, Speaker, SpeakerKind
from quotes.speakers.chains import Chain, Chains


def entities_of(chains: Iterable[Chain]) -> dict[Chain, Entity]:
    """An entity for each chain and each member of one, the first named with the plain id."""
    found = {each: None for chain in chains for each in (chain, *chain.members)}
    entities: dict[Chain, Entity] = {}
    taken: set[str] = set()
    for chain in sorted(found, key=lambda c: (c.sort is not None, c.first, c.name)):
        key, number = slug(chain.name), 1
        while key in taken:
            number += 1
            key = f"{slug(chain.name)}-{number}"
        taken.add(key)
        entities[chain] = Entity(
            id=key,
            name=chain.name,
            kind=_speaker_kind(chain),
            aliases=tuple(sorted(chain.aliases)),
            role=chain.role,
            wikidata=chain.person.wikidata if chain.person else None,
        )
    return entities


def speaker_of(entity: Entity) -> Speaker:
    """The entity as a quotation carries it."""
    return Speaker(entity.id, entity.name, entity.kind)


def _speaker_kind(chain: Chain) -> SpeakerKind:
    if chain.sort is not None:
        return chain.sort
    return "organisation" if chain.kind in {"organisation", "place"} else "person"


def way(own: Span, via: int | None, chain: Chain, chains: Chains) -> tuple[Span, ...]:
    """The mentions from a source's own words to the chain's first full one, each once.

    Args:
        own: the source's words.
        via: where the mention begins that it was taken to refer to, if it was.
    """
    spans = [own]
    for at in (via, chain.first):
        span = _mention(at, chain, chains) if at is not None else None
        if span is not None and not any(_overlap(span, other) for other in spans):
            spans.append(span)
    return tuple(spans)


def _mention(at: int, chain: Chain, chains: Chains) -> Span | None:
    """The name, or the first mention of a nameless chain, that begins at an offset."""
    if chain.end and at == chain.first:
        return Span(chain.first, chain.end)
    place = bisect_left(chains.starts, at)
    if place < len(chains.starts) and chains.starts[place] == at:
        return Span(at, chains.names[place].end)
    return None


def _overlap(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end
