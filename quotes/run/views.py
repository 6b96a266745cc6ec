"""What was found in a text as it was seen -> the same in the stored text.

Offsets are led back by `quotes.text.seen.Seen`.  Where the text's capitals are guessed, a name is
kept only if more than its capitals speaks for it: a known person, a given name before it, or that
none of its parts is a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from quotes.people.known import People
from quotes.people.spelling import is_given_name
from quotes.quotations import quotation_id
from quotes.records import NAMED, Entity, Quotation, Span, Speaker
from quotes.text.seen import in_capitals, is_common, may_be_name

_PLACES = re.compile(r"(?<= at )\d+")
_GUESSED = "the text's capitals do not tell which words are a name"


def moved(quotation: Quotation, article: str, stored: Callable[[Span], Span]) -> Quotation:
    """A quotation with all its spans where they are stored; `article` is its id."""
    content, cue, source, chain = (
        tuple(map(stored, spans))
        for spans in (quotation.content, quotation.cue, quotation.source, quotation.chain)
    )
    basis = _PLACES.sub(
        lambda at: str(stored(Span(int(at[0]), int(at[0]))).start), quotation.speaker_basis
    )
    return replace(
        quotation,
        id=quotation_id(article, content, cue),
        content=content,
        cue=cue,
        source=source,
        chain=chain,
        speaker_basis=basis,
    )


def without_guesses(
    quotations: Iterable[Quotation], entities: Sequence[Entity], people: People, text: str
) -> tuple[tuple[Quotation, ...], tuple[Entity, ...]]:
    """The quotations and entities without names that only guessed capitals make.

    A name that the stored `text` prints in this way itself is none of them.
    """
    kept = tuple(each for each in entities if each.name in text or _is_sure(each, people))
    sure = {each.id for each in kept}
    return tuple(_without(each, sure) for each in quotations), kept


def _is_sure(who: Entity | Speaker, people: People) -> bool:
    if who.kind not in NAMED or people.named(who.name):
        return True
    words = who.name.split()
    if who.kind == "person":
        plain = [word.lower() for word in words]
        given = is_given_name(words[0]) and may_be_name(plain[-1])
        return len(words) > 1 and (given or not any(map(is_common, plain)))
    return any(in_capitals(word) for word in words)


def _without(quotation: Quotation, sure: set[str]) -> Quotation:
    """A quotation that names nobody who is not sure."""
    who = (quotation.speaker, quotation.referent, *quotation.members)
    if all(each is None or each.id in sure for each in who):
        return quotation
    basis = _GUESSED if quotation.speaker else quotation.speaker_basis
    return replace(quotation, speaker=None, referent=None, members=(), speaker_basis=basis)
