"""Cue words and the attitude they express: a lookup from a cue as printed.

The lemmas stand in `data/cues.toml`; their inflected forms are derived here, a few too many
rather than one too few, for a form that no text prints does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args

import regex

from quotes.records import Attitude
from quotes.text.lists import shipped

_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*")
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class CueLexicon:
    """Forms of cue words and phrases, each with its attitude.

    Attributes:
        words: printed form, lower case -> attitude.
        phrases: the words of a phrase, in lemmas or as printed -> attitude.
        lemmas: printed form -> lemma, for matching phrases.
        skipped: words that never decide.
    """

    words: Mapping[str, Attitude]
    phrases: Mapping[tuple[str, ...], Attitude]
    lemmas: Mapping[str, str]
    skipped: frozenset[str]

    def attitude(self, cue: str) -> Attitude | None:
        """The attitude that `cue`, as printed, expresses; None if no word of it is known.

        Phrases count before single words, and of single words the first known one.

        >>> cues = load_cues()
        >>> [cues.attitude(c) for c in ("has said", "doesn’t believe", "is planning", "mooed")]
        ['assertion', 'belief', 'eventuality', None]
        """
        words = [word.lower().replace("’", "'") for word in _WORD.findall(cue)]
        lemmas = [self.lemmas.get(word, word) for word in words]
        here = {*lemmas, *words}
        for phrase, attitude in self.phrases.items():
            if phrase[0] in here and (_holds(lemmas, phrase) or _holds(words, phrase)):
                return attitude
        known = (self.words.get(word) for word in words if word not in self.skipped)
        return next((attitude for attitude in known if attitude), None)


@cache
def load_cues() -> CueLexicon:
    """The shipped cue lexicon, read once per process."""
    table = shipped("cues.toml")
    words: dict[str, Attitude] = {}
    phrases: dict[tuple[str, ...], Attitude] = {}
    lemmas: dict[str, str] = {}
    for attitude in get_args(Attitude):
        section = table[attitude]
        for lemma in section["verbs"].split():
            forms = _forms(lemma, table["irregular"])
            words |= dict.fromkeys(forms, attitude)
            lemmas |= forms
        for noun in section.get("nouns", "").split():
            words.setdefault(noun, attitude)
            words.setdefault(noun + "s", attitude)
        for phrase in map(str.split, section["phrases"].split(";")):
            if phrase:
                phrases[tuple(phrase)] = attitude
                lemmas |= _forms(phrase[0], table["irregular"])
    return CueLexicon(words, phrases, lemmas, frozenset(table["skip"]["words"].split()))


def _forms(lemma: str, irregular: Mapping[str, str]) -> dict[str, str]:
    """Every form of a verb, each with the verb's lemma."""
    known = (form for form, of in irregular.items() if of == lemma)
    return dict.fromkeys((*inflected(lemma), *known), lemma)


def inflected(lemma: str) -> Iterator[str]:
    """The regular forms of an English verb, spelling variants included.

    >>> sorted(set(inflected("deny")))
    ['denied', 'denies', 'deny', 'denying']
    """
    yield lemma
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        yield from (lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing")
    elif lemma.endswith("e"):
        yield from (lemma + "s", lemma + "d", lemma[:-1] + "ing")
    else:
        yield from (lemma + "s", lemma + "es", lemma + "ed", lemma + "ing")
        if lemma[-1] not in _VOWELS + "wxy" and lemma[-2:-1] in tuple(_VOWELS):
            yield from (lemma + lemma[-1] + "ed", lemma + lemma[-1] + "ing")


def _holds(words: list[str], phrase: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(tuple(words[i : i + size]) == phrase for i in range(len(words) - size + 1))
