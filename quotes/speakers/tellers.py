"""Who reports inside marks what "he said" means somebody else than himself.

In: the quotations of one article with their speakers.  Out: the same, a report inside direct speech
without a speaker where a pronoun of the third person would make it the teller's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from quotes.records import Quotation, printed

_OTHERS = frozenset(("he", "she", "they", "it"))


def not_their_own(text: str, quotations: Iterable[Quotation]) -> tuple[Quotation, ...]:
    """The quotations, none inside marks given to who says "he" of somebody else."""
    every = tuple(quotations)
    by_id = {each.id: each for each in every}
    return tuple(_checked(text, each, by_id.get(each.within or "")) for each in every)


def _checked(text: str, inner: Quotation, outer: Quotation | None) -> Quotation:
    if outer is None or outer.kind == "indirect" or not inner.speaker or not outer.speaker:
        return inner
    written = printed(text, inner.source)
    if written.lower() not in _OTHERS or inner.speaker.id != outer.speaker.id:
        return inner
    why = f"abstained: {outer.speaker.name} says “{written}” of somebody else"
    return replace(inner, speaker=None, referent=None, chain=(), members=(), speaker_basis=why)
