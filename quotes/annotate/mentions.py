"""What stanza's models found in our terms: entities and coreference chains as mentions.

In: a document that some `ner` and `coref` have been over.  Out: `Mention`s with offsets of its
text, linked as the chains link them.  stanza's coreference marks whole noun phrases ("Scott
Bessent, the Treasury secretary"); a phrase whose subject is a name becomes that name here,
any other a role, and one word of a closed list a pronoun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stanza.models.common.doc import Document

from quotes.annotate.places import span_of
from quotes.records import Mention, MentionKind, Span

KINDS: Mapping[str, MentionKind] = {
    "PERSON": "person",
    "PER": "person",
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "NORP": "nationality",
    "ROLE": "role",
}
"""Entity types by OntoNotes, CoNLL and ours; the others (dates, sums, works) speak nowhere."""

_NAMES: frozenset[MentionKind] = frozenset({"person", "organisation", "place", "nationality"})

_PRONOUN_FORMS = (
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves "
    "he him his himself she her hers herself it its itself "
    "they them their theirs themselves themself who whom whose which that this these those"
)
_PRONOUNS = frozenset(_PRONOUN_FORMS.split())

_ARTICLES = frozenset({"the", "a", "an"})
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_EVENTS = frozenset({"VERB", "AUX"})

_JOINED = re.compile(r"\b(?:and|or)\s+(?:the\s+)?$|&\s*$", re.IGNORECASE)
_PARTED = re.compile(
    r"\b(?:about|against|among|and|as|at|between|by|for|from|in|into|like|near|of|on|or|over|"
    r"than|to|under|who|whose|with|within|without)\b",
    re.IGNORECASE,
)
"""After one of these in a noun phrase comes somebody else: "a spokesman for Trump"."""

_ASIDE = re.compile(r"\s*(?:[,(–—]|-\s|who\b|$)")
"""What may follow the name in a phrase that means it: nothing, or words set apart."""


@dataclass(frozen=True, slots=True)
class _Name:
    span: Span
    kind: MentionKind


def mentions_of(document: Document) -> tuple[Mention, ...]:
    """The mentions in a document's `ents` and `coref`, in text order.

    Args:
        document: with its text; other entity types than those of names and roles, zero
            pronouns and verbs among the coreference mentions are left out.

    Returns:
        One mention a span.  A member of a chain links with probability 1 to the nearest
        name before it in its chain, failing that to the nearest mention that is no pronoun,
        or is one if it is one itself; a pronoun that comes first links forward to the first
        name.  Without `coref` nothing is linked.
    """
    names = tuple(_names(document))
    found: dict[Span, MentionKind] = {name.span: name.kind for name in names}
    chains: list[list[Span]] = []
    taken: set[Span] = set()
    for chain in document.coref:
        every = _members(document, chain, names)
        members = {span: found.get(span, kind) for span, kind in every if span not in taken}
        taken |= members.keys()
        found |= members
        chains.append(sorted(members))
    spans = sorted(found)
    number = {span: i for i, span in enumerate(spans)}
    links = {
        span: ((number[other], 1.0),) for chain in chains for span, other in _links(chain, found)
    }
    return tuple(Mention(span, found[span], links.get(span, ())) for span in spans)


def _names(document: Document) -> Iterator[_Name]:
    """The entities that can speak or be spoken of, trimmed."""
    for entity in document.ents:
        kind = KINDS.get(entity.type)
        words = _trimmed(entity.words) if kind else []
        if kind and words:
            yield _Name(span_of(words), kind)


def _trimmed(words: Sequence[Any], *, description: bool = False) -> Sequence[Any]:
    """Without a possessive at the end and an article at the front.

    A name keeps a capital one ("The Associated Press").
    """
    while words and words[-1].text in _POSSESSIVES:
        words = words[:-1]
    if len(words) > 1:
        first = words[0].text
        if (first.lower() if description else first) in _ARTICLES:
            words = words[1:]
    return words


def _members(
    document: Document, chain: Any, names: Sequence[_Name]
) -> Iterator[tuple[Span, MentionKind]]:
    """A chain's mentions: the names they are, or what kind of words they are else."""
    for mention in chain.mentions:
        if isinstance(mention.start_word, tuple):  # a zero pronoun has no words
            continue
        words = document.sentences[mention.sentence].words[mention.start_word : mention.end_word]
        words = _trimmed(words, description=True)
        if not words or (len(words) == 1 and words[0].upos in _EVENTS):
            continue
        name = _name_meant(document.text, words, names)
        if name:
            yield name.span, name.kind
        elif len(words) == 1 and _is_pronoun(words[0].text):
            yield span_of(words), "pronoun"
        else:
            yield span_of(words), "role"


def _is_pronoun(word: str) -> bool:
    """Whether a word is a pronoun; "US" is none."""
    return word.lower() in _PRONOUNS and (len(word) == 1 or word[1:].islower())


def _name_meant(text: str, words: Sequence[Any], names: Sequence[_Name]) -> _Name | None:
    """The name that a noun phrase means, if it means one.

    With a parse it is the name that holds the phrase's head; without one, or where the head
    is a title, the words around the name decide.
    """
    phrase = span_of(words)
    inside = [name for name in names if name.kind in _NAMES and _touch(phrase, name.span)]
    head = _head(words)
    for name in inside:
        if head and name.span.start <= head.start and head.end <= name.span.end:
            return name
    ends = [name for name in inside if name.span.end == phrase.end]
    if any(_JOINED.search(text, phrase.start, name.span.start) for name in ends):
        return None
    return next((name for name in inside if _is_subject(text, phrase, name)), None)


def _touch(phrase: Span, name: Span) -> bool:
    """Whether the name stands within the phrase, or the phrase is the end of the name."""
    within = phrase.start <= name.start and name.end <= phrase.end
    return within or (name.start <= phrase.start and name.end == phrase.end)


def _head(words: Sequence[Any]) -> Span | None:
    """The word that the others of a phrase hang on, if the document is parsed."""
    ids = {word.id for word in words}
    heads = [word for word in words if word.head is not None and word.head not in ids]
    return span_of(heads) if len(heads) == 1 else None


def _is_subject(text: str, phrase: Span, name: _Name) -> bool:
    before = text[phrase.start : max(name.span.start, phrase.start)]
    if name.kind == "person":  # "the mayor of Kyiv, Vitali Klitschko"
        before = before.rpartition(",")[2]
    if "," in before or _PARTED.search(before):
        return False
    return bool(_ASIDE.match(text, name.span.end, phrase.end))


def _links(chain: Sequence[Span], kinds: Mapping[Span, MentionKind]) -> Iterator[tuple[Span, Span]]:
    """Each member of a chain with the one it refers to; only pronouns refer to pronouns."""
    names = [span for span in chain if kinds[span] in _NAMES]
    firm = [span for span in chain if kinds[span] != "pronoun"]
    for i, span in enumerate(chain):
        by_name = [name for name in names if name < span]
        if kinds[span] != "pronoun":
            earlier = by_name or [each for each in firm if each < span]
        else:
            earlier = by_name or list(chain[:i]) or (names or firm)[:1]
        if earlier:
            yield span, earlier[-1]
