"""A quotation made ready for comparing what it says with what another says.

In: what the index holds of it.  Out: a `Statement`: its weighty words by their stems, its
numbers, whether it claims anything and whether it denies it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from quotes.paraphrases.claims import load_claims
from quotes.records import Attitude, Kind
from quotes.text.lists import bits, load_wordings
from quotes.text.normalised import normalise
from quotes.utterances.wording import words_of

COMMON_BITS = 5.0
"""What every word weighs less than its rarity, so that the commonest weigh nothing."""


@dataclass(frozen=True)
class Statement:
    """One quotation as a report of what somebody said.

    Attributes:
        quotation: its number in the index.
        article, outlet: who printed it where.
        cluster: the group of wordings it stands in, None for none.
        family: of its article's wire copies and rewrites, None for none.
        speaker: an entity's id, None if not known.
        day: a day's ordinal, None if not known.
        text, cue: as printed.
        vector: see `quotes.records.Quotation`.
    """

    quotation: int
    article: str
    outlet: str | None
    cluster: str | None
    family: str | None
    speaker: str | None
    day: int | None
    kind: Kind
    attitude: Attitude
    text: str
    cue: str
    vector: bytes

    @cached_property
    def wording(self) -> tuple[str, ...]:
        """All its words, for comparing."""
        return words_of(self.text)

    @cached_property
    def words(self) -> dict[str, float]:
        """Stems and their weights in bits; what weighs nothing is left out."""
        stem = load_claims().stem
        weights = {stem(word): bits(word) - COMMON_BITS for word in self.wording}
        return {word: weight for word, weight in weights.items() if weight > 0}

    @cached_property
    def forms(self) -> dict[str, str]:
        """Of each stem a word that has it, for telling."""
        return {load_claims().stem(word): word for word in sorted(self.wording, reverse=True)}

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in figures."""
        return frozenset(word for word in self.wording if word[0].isdigit())

    @cached_property
    def claims(self) -> bool:
        """Whether it says something; what stands in quotation marks does."""
        return self.kind == "direct" or load_claims().is_claim(self._plain(self.text))

    @cached_property
    def denies(self) -> bool:
        """Whether it, or the verb that reports it, denies."""
        words = (*self._plain(self.text), *self._plain(self.cue))
        denying = load_claims().denying
        return any(word in denying or load_wordings().denies(word) for word in words)

    @property
    def voice(self) -> str | None:
        """Where reports of the same statement are looked for; None if nowhere.

        Under its speaker; without one, in the copies and rewrites of its article alone.
        """
        if not self.vector or self.day is None:
            return None
        if self.speaker is not None and (self.claims or self.family is not None):
            return f"speaker {self.speaker}"
        return f"family {self.family}" if self.family is not None else None

    @staticmethod
    def _plain(printed: str) -> tuple[str, ...]:
        return tuple(word.strip('.,;:!?()[]"') for word in normalise(printed).text.split())
