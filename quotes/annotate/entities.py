"""The reader's mentions in stanza's terms: entities on tokens, coreference chains on words.

In: a tokenized document and the mentions of its text.  Out: the same document with `ents`
and `coref` set as stanza's own `ner` and `coref` set them.  A mention that reaches over the
end of a stanza sentence has no place in either and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stanza.models.common.doc import Document
from stanza.models.coref.coref_chain import CorefChain, CorefMention

from quotes.annotate.places import Range, span_of, tokens_of, words_of
from quotes.records import Mention, MentionKind

TYPES: Mapping[MentionKind, str] = {
    "person": "PERSON",
    "organisation": "ORG",
    "place": "GPE",
    "nationality": "NORP",
    "role": "ROLE",
}
"""OntoNotes' types where it has one.  It tells GPE (Kyiv) from LOC (the Dnieper), the reader
does not; in news most places are of the former kind.  ROLE is ours."""

LIKELY = 0.5
"""A link of at least this probability is followed: likelier than all that speaks against it."""

_NAMING: Mapping[MentionKind, int] = {
    "person": 0,
    "organisation": 0,
    "place": 0,
    "nationality": 1,
    "role": 2,
    "pronoun": 3,
}
"""How well a mention says who is meant, the best first."""


def set_entities(document: Document, mentions: Sequence[Mention]) -> None:
    """Tag the tokens and build `ents`; a name wins over a role that holds it, then the longer."""
    for token in document.iter_tokens():
        token.ner = "O"
    tokens = tokens_of(document)
    for mention in sorted(mentions, key=_named_first):
        place = tokens.under(mention.span)
        if place is not None and mention.kind in TYPES:
            _tag(document, place, TYPES[mention.kind])
    document.build_ents()


def _named_first(mention: Mention) -> tuple[int, int, int]:
    return _NAMING[mention.kind], mention.span.start - mention.span.end, mention.span.start


def _tag(document: Document, place: Range, kind: str) -> None:
    tokens = document.sentences[place.sentence].tokens[place.first : place.past]
    if any(token.ner != "O" for token in tokens):
        return
    for token in tokens:
        token.ner = f"I-{kind}"
    tokens[0].ner = f"B-{kind}"
    tokens[-1].ner = f"E-{kind}" if len(tokens) > 1 else f"S-{kind}"


def set_chains(document: Document, mentions: Sequence[Mention]) -> None:
    """Build `coref`: chains of two mentions or more, represented by the best of their names."""
    words = words_of(document)
    places = [words.under(mention.span) for mention in mentions]
    chains: list[CorefChain] = []
    for members in linked(mentions):
        at = {places[i]: i for i in reversed(members) if places[i]}
        placed = sorted((i for place, i in at.items() if place), key=lambda i: mentions[i].span)
        if len(placed) > 1:
            found = [place for i in placed if (place := places[i])]
            best = min(range(len(placed)), key=lambda k: _named_first(mentions[placed[k]]))
            chains.append(_chain(document, len(chains), found, best))
    document.coref = chains


def _chain(document: Document, index: int, places: Sequence[Range], best: int) -> CorefChain:
    found = [CorefMention(each.sentence, each.first, each.past) for each in places]
    chosen = places[best]
    words = document.sentences[chosen.sentence].words[chosen.first : chosen.past]
    return CorefChain(index, found, span_of(words).of(document.text), best)


def linked(mentions: Sequence[Mention], *, at_least: float = LIKELY) -> list[list[int]]:
    """Mentions that mean the same, by each one's likeliest link if it is likely enough.

    Returns:
        Groups of indices, each in order, by their first mention; alone stands who has no link.

    >>> from quotes.records import Span
    >>> lee = Mention(Span(0, 3), "person")
    >>> she = Mention(Span(9, 12), "pronoun", ((0, 0.9),))
    >>> her = Mention(Span(20, 23), "pronoun", ((0, 0.3), (1, 0.2)))
    >>> linked([lee, she, her])
    [[0, 1], [2]]
    """
    group = list(range(len(mentions)))
    for one, other in _links(mentions, at_least):
        low, high = sorted((_root(group, one), _root(group, other)))
        group[high] = low
    members: dict[int, list[int]] = {}
    for i in range(len(mentions)):
        members.setdefault(_root(group, i), []).append(i)
    return list(members.values())


def _links(mentions: Sequence[Mention], at_least: float) -> Iterator[tuple[int, int]]:
    for i, mention in enumerate(mentions):
        if mention.antecedents:
            other, probability = max(mention.antecedents, key=lambda link: (link[1], link[0]))
            if probability >= at_least:
                yield i, other


def _root(group: list[int], i: int) -> int:
    while group[i] != i:
        group[i] = group[group[i]]
        i = group[i]
    return i
