"""Mentions in stanza's terms and in ours: entities on tokens, coreference chains on words.

One way, `set_entities` and `set_chains` put the reader's mentions into a tokenized document as
stanza's own `ner` and `coref` would; a mention that reaches over the end of a stanza sentence has
no place in either and is left out.  The other way, `mentions_of` takes what stanza's models found
out of a document.  stanza's coreference marks whole noun phrases ("Scott Bessent, the Treasury
secretary"); a phrase whose subject is a name becomes that name here, any other a role, and one
word of a closed list a pronoun.

stanza numbers the words of a sentence from 1 in `Word.id`, from 0 in its coreference, and a
multi-word token ("Kyiv's", "don't") is one token of two or more words, which know their own
offsets only if they add up to it.  All that is settled here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from stanza.models.common.doc import Document
from stanza.models.coref.coref_chain import CorefChain, CorefMention

from quotes.records import Mention, MentionKind, Span


class _Range(NamedTuple):
    """Words or tokens of one sentence, all counted from 0, `past` left out."""

    sentence: int
    first: int
    past: int


def _finder(sentences: Iterable[Sequence[Any]]) -> Callable[[Span], _Range | None]:
    """Finds the words or tokens of these sentences that a span touches."""
    units = [
        (span_of([unit]), i, j) for i, each in enumerate(sentences) for j, unit in enumerate(each)
    ]
    ends = [span.end for span, _, _ in units]

    def touched(span: Span) -> _Range | None:
        """None if a span touches nothing, or parts of two sentences."""
        first = last = bisect_right(ends, span.start)
        while last < len(units) and units[last][0].start < span.end:
            last += 1
        if first == last or units[first][1] != units[last - 1][1]:
            return None
        return _Range(units[first][1], units[first][2], units[last - 1][2] + 1)

    return touched


def span_of(units: Sequence[Any]) -> Span:
    """The text that neighbouring words or tokens take up.

    A word that does not know its offsets has those of its token.
    """
    first, last = units[0], units[-1]
    start = first.start_char if first.start_char is not None else first.parent.start_char
    end = last.end_char if last.end_char is not None else last.parent.end_char
    return Span(start, end)


def sentences_of(document: Document, offset: int = 0) -> list[Span]:
    """The sentences of a document as spans, moved by `offset`."""
    spans = [span_of(sentence.tokens) for sentence in document.sentences]
    return [Span(offset + span.start, offset + span.end) for span in spans]


# The reader's mentions into a document


TYPES: Mapping[MentionKind, str] = {
    "person": "PERSON",
    "organisation": "ORG",
    "place": "GPE",
    "nationality": "NORP",
    "role": "ROLE",
}
"""OntoNotes' types where it has one.  It distinguishes GPE (Kyiv) from LOC (the Dnieper), the
reader does not; in news most places are of the former kind.  ROLE is ours."""

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
    find = _finder(sentence.tokens for sentence in document.sentences)
    for mention in sorted(mentions, key=_named_first):
        kind, place = TYPES.get(mention.kind), find(mention.span)
        if kind is None or place is None:
            continue
        tokens = document.sentences[place.sentence].tokens[place.first : place.past]
        if all(token.ner == "O" for token in tokens):
            for token in tokens:
                token.ner = f"I-{kind}"
            tokens[0].ner = f"B-{kind}"
            tokens[-1].ner = f"E-{kind}" if len(tokens) > 1 else f"S-{kind}"
    document.build_ents()


def _named_first(mention: Mention) -> tuple[int, int, int]:
    return _NAMING[mention.kind], mention.span.start - mention.span.end, mention.span.start


def set_chains(document: Document, mentions: Sequence[Mention]) -> None:
    """Build `coref`: chains of two mentions or more, represented by the best of their names."""
    find = _finder(sentence.words for sentence in document.sentences)
    places = [find(mention.span) for mention in mentions]
    chains: list[CorefChain] = []
    for members in linked(mentions):
        at = {place: mentions[i] for i in reversed(members) if (place := places[i])}
        placed = sorted(at.items(), key=lambda each: each[1].span)
        if len(placed) > 1:
            best = min(range(len(placed)), key=lambda k: _named_first(placed[k][1]))
            sentence, first, past = placed[best][0]
            name = span_of(document.sentences[sentence].words[first:past]).of(document.text)
            found = [CorefMention(*place) for place, _ in placed]
            chains.append(CorefChain(len(chains), found, name, best))
    document.coref = chains


def linked(mentions: Sequence[Mention]) -> list[list[int]]:
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
    for i, mention in enumerate(mentions):
        if mention.antecedents:
            other, probability = max(mention.antecedents, key=lambda link: (link[1], link[0]))
            if probability >= LIKELY:
                low, high = sorted((_root(group, i), _root(group, other)))
                group[high] = low
    members: dict[int, list[int]] = {}
    for i in range(len(mentions)):
        members.setdefault(_root(group, i), []).append(i)
    return list(members.values())


def _root(group: list[int], i: int) -> int:
    while group[i] != i:
        group[i] = group[group[i]]
        i = group[i]
    return i


# What stanza's models found out of a document


KINDS: Mapping[str, MentionKind] = {type_: kind for kind, type_ in TYPES.items()} | {
    "PER": "person",
    "LOC": "place",
    "FAC": "place",
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
    names = [
        Mention(span_of(words), KINDS[entity.type])
        for entity in document.ents
        if entity.type in KINDS and (words := _trimmed(entity.words))
    ]
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


def _trimmed(words: Sequence[Any], *, description: bool = False) -> Sequence[Any]:
    """Without a possessive at the end and an article at the front ("The" of a name stays)."""
    while words and words[-1].text in _POSSESSIVES:
        words = words[:-1]
    if len(words) > 1:
        first = words[0].text
        if (first.lower() if description else first) in _ARTICLES:
            words = words[1:]
    return words


def _members(
    document: Document, chain: Any, names: Sequence[Mention]
) -> Iterator[tuple[Span, MentionKind]]:
    """A chain's mentions: the names they are, or what kind of words they are else."""
    for mention in chain.mentions:
        if isinstance(mention.start_word, tuple):  # a zero pronoun has no words
            continue
        words = document.sentences[mention.sentence].words[mention.start_word : mention.end_word]
        words = _trimmed(words, description=True)
        if not words or (len(words) == 1 and words[0].upos in _EVENTS):
            continue
        word = words[0].text if len(words) == 1 else ""
        name = _name_meant(document.text, words, names)
        if name:
            yield name.span, name.kind
        elif word.lower() in _PRONOUNS and (len(word) == 1 or word[1:].islower()):  # not "US"
            yield span_of(words), "pronoun"
        else:
            yield span_of(words), "role"


def _name_meant(text: str, words: Sequence[Any], names: Sequence[Mention]) -> Mention | None:
    """The name that holds a noun phrase's head, else one that the words around it say it means."""
    phrase = span_of(words)
    inside = [
        name
        for name in names
        if name.kind in _NAMES
        and name.span.end <= phrase.end
        and (name.span.start >= phrase.start or name.span.end == phrase.end)
    ]
    # The word that the others of the phrase depend on, if the document is parsed.
    ids = {word.id for word in words}
    heads = [word for word in words if word.head is not None and word.head not in ids]
    head = span_of(heads) if len(heads) == 1 else None
    for name in inside:
        if head and name.span.start <= head.start and head.end <= name.span.end:
            return name
    ends = [name for name in inside if name.span.end == phrase.end]
    if any(_JOINED.search(text, phrase.start, name.span.start) for name in ends):
        return None
    return next((name for name in inside if _is_subject(text, phrase, name)), None)


def _is_subject(text: str, phrase: Span, name: Mention) -> bool:
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
