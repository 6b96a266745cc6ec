"""A quotation made ready for comparing: its wording, and the runs of words it is found by.

In: `Variant`s.  Out: `Wording`s.  Quotations that are alike in everything a comparison looks
at make one and the same wording, so that forty printings of one agency text are compared once.
Two wordings are compared only if they share a run.  A short run is looked up only near its date
and among those who may have said it, a middle one only near its date, a long one anywhere; so
a phrase that everybody uses is never followed through a whole index.  A word or two, too light for
any run, are looked up by their rarest word among what the same speaker said in these days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from quotes.records import Polarity, Span, Variant, day_number
from quotes.text.lists import bits
from quotes.text.normalised import normalise

FRAGMENT_WORDS = 5
"""A wording of at most this many words says too little by itself: its surroundings count too,
it attaches to one fuller wording and never joins two."""

AROUND_BITS = 9.0
"""How rare a word of the surroundings must be to say something about the occasion."""

SURE_BITS = 12.0
"""What makes two printings of the very same words one utterance, if one speaker said them on
one day: one rare word."""

COPIED_WORDS = 8
"""Without quotation marks only copies join, and short ones say nothing."""

_BRACKETED = re.compile(r"\[[^\]]{0,80}\]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SHORT = {"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not"}
_SHORT |= {"gonna": "going to", "wanna": "want to", "gotta": "got to", "let's": "let us"}
_ENDINGS = {"n't": "not", "'re": "are", "'ll": "will", "'ve": "have", "'m": "am", "'d": "would"}
_SPELLINGS = {"isation": "ization", "ised": "ized", "ising": "izing", "ise": "ize", "our": "or"}
_LEAST_LETTERS = 5  # of a word whose British ending is made American


@dataclass(frozen=True, slots=True)
class Wording:
    """What a comparison looks at; equal wordings are one.

    Attributes:
        words: for comparing: without case, plural and possessive endings, contractions
            written out, an editor's brackets left out.
        pieces: how many of the words stand in each quoted piece; empty if there is one piece.
        quoted: the words stand in quotation marks.
        speaker: an entity's id, None if unknown.
        day: a day's ordinal, None if unknown.
        around: the rare words of a fragment's surroundings, sorted; empty for others.
        alone: the quotation's id where the words are too common for two printings of them to
            be taken for one utterance; else empty.
        polarity: of all its quotations.
        weights: bits of each word.
        weight: their sum.
    """

    words: tuple[str, ...]
    pieces: tuple[int, ...]
    quoted: bool
    speaker: str | None
    day: int | None
    around: tuple[str, ...] = ()
    alone: str = ""
    polarity: Polarity = "affirmed"
    weights: tuple[float, ...] = field(init=False, compare=False, repr=False)
    weight: float = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Weigh the words."""
        object.__setattr__(self, "weights", tuple(map(bits, self.words)))
        object.__setattr__(self, "weight", sum(self.weights))

    @property
    def is_fragment(self) -> bool:
        """Whether it is too short to stand for an utterance by itself."""
        return len(self.words) <= FRAGMENT_WORDS


def wording_of(variant: Variant) -> Wording | None:
    """The wording of a quotation, None if it has no words.

    Words of a mixed quotation whose marks cannot be found again count as quoted, all of them.
    """
    quoted = variant.quoted or variant.kind != "indirect"
    pieces = [words for words in map(words_of, compared_text(variant)) if words]
    words = tuple(word for piece in pieces for word in piece)
    if not words:
        return None
    around: tuple[str, ...] = ()
    if quoted and len(words) <= FRAGMENT_WORDS:
        near = {*words_of(variant.text), *words_of(variant.context)} - {*words}
        around = tuple(sorted(word for word in near if bits(word) >= AROUND_BITS))
    day = day_number(variant.published)
    sizes = tuple(map(len, pieces)) if len(pieces) > 1 else ()
    made = Wording(
        words, sizes, bool(quoted), variant.entity, day, around, polarity=variant.polarity
    )
    return made if _sure(made) else replace(made, alone=variant.quotation)


def compared_text(variant: Variant) -> tuple[str, ...]:
    """The printed text of which a quotation is compared: its quoted pieces, else all of it."""
    return variant.quoted or (variant.text,)


def _sure(wording: Wording) -> bool:
    if not wording.quoted and len(wording.words) < COPIED_WORDS:
        return False
    if wording.speaker is None or wording.day is None:
        return not wording.is_fragment and wording.weight >= 4 * SURE_BITS
    return wording.weight >= SURE_BITS


def words_of(printed: str) -> tuple[str, ...]:
    """The words of printed text for comparing.

    >>> words_of("They’re “my friend’s” neighbours [in Kyiv], and it can’t be organised.")
    ('they', 'are', 'my', 'friend', 'neighbor', 'and', 'it', 'can', 'not', 'be', 'organized')
    """
    found = _WORD.findall(_without_brackets(normalise(printed).text))
    return tuple(_folded(part) for word in found for part in _written_out(word))


def printed_words(printed: str) -> tuple[tuple[str, Span], ...]:
    """The words of `words_of`, each with where it stands in the printed text.

    >>> text = "We’re “neighbours”"
    >>> [(word, span.of(text)) for word, span in printed_words(text)]
    [('we', 'We’re'), ('are', 'We’re'), ('neighbor', 'neighbours')]
    """
    plain = normalise(printed)
    return tuple(
        (_folded(part), plain.span(*found.span()))
        for found in _WORD.finditer(_without_brackets(plain.text))
        for part in _written_out(found[0])
    )


def _without_brackets(text: str) -> str:
    return _BRACKETED.sub(lambda found: " " * len(found[0]), text)


def _written_out(word: str) -> Iterable[str]:
    if word in _SHORT:
        return _SHORT[word].split()
    for ending, full in _ENDINGS.items():
        if word.endswith(ending) and word != ending:
            return word.removesuffix(ending), full
    return (word.split("'s")[0] if word.endswith("'s") else word,)


def _folded(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) >= _LEAST_LETTERS:
        for british, american in _SPELLINGS.items():
            if word.endswith(british):
                return word.removesuffix(british) + american
    return word


def order_of(wording: Wording) -> bytes:
    """The same for equal wordings alone, and otherwise without meaning: settles ties."""
    said = (wording.words, wording.pieces, wording.quoted, wording.speaker, wording.day)
    told = repr((*said, wording.around, wording.alone))
    if wording.polarity != "affirmed":
        told += wording.polarity
    return blake2b(told.encode(), digest_size=16).digest()


# Which wordings are worth comparing

SHORT_BITS = 22.0
"""Two rare words, or up to four common ones.  The lightest run that a true pair shares."""

MIDDLE_BITS = 45.0
LONG_BITS = 75.0
"""Runs that speakers who differ, and dates far apart, must share: below what `decide` asks of
them, and longer than nearly all stock phrases."""

THINNED = {"middle": 2, "long": 4}
"""Of so many neighbouring runs one is kept, the one with the lowest number: two quotations that
share a run longer by that many words still share a kept one.

Source: winnowing (Schleimer, Wilkerson, Aiken, SIGMOD 2003)."""

AT_ONCE = 3
WEEKS = 21
"""Days between two reports of one occasion, and between a report and its later repetition.

Within the first a short run is followed whoever speaks, within the second if one may have
spoken both; a middle run within the second; a long one everywhere."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The numbers of a wording's runs, sorted, by length; 48 bits each.

    Attributes:
        own: of a wording too light for a run its rarest word, of others their rare words; with
            the speaker, and apart from each other.
        asked: the `own` of those it meets by a word: of the others if it is light, of the light
            ones if it is not.
    """

    short: tuple[int, ...]
    middle: tuple[int, ...]
    long: tuple[int, ...]
    own: tuple[int, ...]
    asked: tuple[int, ...]


def runs_of(wording: Wording) -> Runs:
    """The runs a wording is found by.

    Of words without marks only nearly equal ones are grouped, so short runs are left out.
    A wording too light for any run is found by all its words together.
    """
    short = _numbers("s", wording, SHORT_BITS) if wording.quoted else ()
    middle = _numbers("m", wording, MIDDLE_BITS, THINNED["middle"])
    long = _numbers("l", wording, LONG_BITS, THINNED["long"])
    if not short and not middle:
        short = (_number("s", wording.words),)
    return Runs(short, middle, long, *_by_word(wording))


def _by_word(wording: Wording) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """By which words a wording is found, and by which it finds others."""
    if not wording.quoted or wording.speaker is None or wording.day is None:
        return (), ()
    weighed = zip(wording.weights, wording.words, strict=True)
    rare = {pair for pair in weighed if pair[0] >= SURE_BITS}
    light = wording.weight < SHORT_BITS
    words = [word for _, word in ([max(rare)] if light and rare else rare)]
    roles = ("light", "fuller") if light else ("fuller", "light")
    own, asked = (
        tuple(sorted(_number(role, (wording.speaker, word)) for word in words)) for role in roles
    )
    return own, asked


def _numbers(level: str, wording: Wording, least: float, window: int = 1) -> tuple[int, ...]:
    """The runs of so many bits, of each window of neighbours the one with the lowest number."""
    spans = lightest_runs(wording.weights, least)
    found = [_number(level, wording.words[start:end]) for start, end in spans]
    windows = range(max(len(found) - window + 1, min(len(found), 1)))
    return tuple(sorted({min(found[at : at + window]) for at in windows}))


def lightest_runs(weights: Sequence[float], least: float) -> Iterator[tuple[int, int]]:
    """Start and end of every run of at least `least` bits that holds no shorter such run.

    Any stretch that weighs `least` holds one, so two texts that share it share a run.

    >>> list(lightest_runs([8, 1, 15, 9], 22))
    [(0, 3), (2, 4)]
    """
    start, weight, last = 0, 0.0, -1
    for end, added in enumerate(weights, 1):
        weight += added
        while weight - weights[start] >= least:
            weight -= weights[start]
            start += 1
        if weight >= least and start > last:
            yield start, end
            last = start


def _number(level: str, words: Sequence[str]) -> int:
    digest = blake2b(f"{level} {' '.join(words)}".encode(), digest_size=6).digest()
    return int.from_bytes(digest)


def meet(a: Wording, b: Wording, runs_a: Runs, runs_b: Runs) -> bool:
    """Whether the index would find one of the two by the other: what its look-ups come to.

    Undated wordings meet others by long runs only, and one another as if of one day.
    """
    if not set(runs_a.long).isdisjoint(runs_b.long):
        return True
    if (a.day is None) != (b.day is None):
        return False
    days = abs((a.day or 0) - (b.day or 0))
    if days <= WEEKS and not set(runs_a.middle).isdisjoint(runs_b.middle):
        return True
    if days <= AT_ONCE and not set(runs_a.asked).isdisjoint(runs_b.own):
        return True
    may_be_one = a.speaker == b.speaker or a.speaker is None or b.speaker is None
    near = days <= (WEEKS if may_be_one else AT_ONCE)
    return near and not set(runs_a.short).isdisjoint(runs_b.short)
