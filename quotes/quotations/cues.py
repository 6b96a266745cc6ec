"""Words that report speech: which attitude a cue expresses.

In: a cue as printed.  Out: its attitude, or None where no word of it is known.  The lemmas stand
in `data/cues.toml`; their inflected forms are derived here, a few too many rather than one too
few, for a form that no text prints does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import get_args

import regex

from quotes.records import Attitude
from quotes.text.lists import shipped

_CUE_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*")
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class CueLexicon:
    """Forms of cue words and phrases, each with its attitude.

    Attributes:
        words: printed form, lower case -> attitude.
        phrases: a phrase between two spaces, in lemmas or as printed -> attitude.
        lemmas: printed form -> lemma, for matching phrases.
        nouns: those of the words that are nouns.
        no_contents, no_cues: words that are no content or cue by themselves.
    """

    words: Mapping[str, Attitude]
    phrases: Mapping[str, Attitude]
    lemmas: Mapping[str, str]
    nouns: frozenset[str] = frozenset()
    no_contents: frozenset[str] = frozenset()
    no_cues: frozenset[str] = frozenset()

    def reports(self, cue: str, content: str) -> bool:
        """Whether these can be cue and content at all, words that only point or join apart.

        >>> cues = load_cues()
        >>> cues.reports("said", "there"), cues.reports("of", "a storm"), cues.reports("said", "no")
        (False, False, True)
        """
        said, words = (_CUE_WORD.findall(each.lower()) for each in (cue, content))
        joins = bool(said) and self.no_cues.issuperset(said)
        return not joins and not (len(words) == 1 and words[0] in self.no_contents) and bool(words)

    def attitude(self, cue: str) -> Attitude | None:
        """The attitude that `cue`, as printed, expresses; None if no word of it is known.

        Phrases count before single words, and of single words the first known one.

        >>> cues = load_cues()
        >>> [cues.attitude(c) for c in ("has said", "doesn’t believe", "is planning", "mooed")]
        ['assertion', 'belief', 'eventuality', None]
        """
        words = [word.lower().replace("’", "'") for word in _CUE_WORD.findall(cue)]
        lemmas = [self.lemmas.get(word, word) for word in words]
        here = f" {' '.join(lemmas)} , {' '.join(words)} "
        by_phrase = (self.phrases[phrase] for phrase in self.phrases if phrase in here)
        by_word = (self.words[word] for word in words if word in self.words)
        return next(chain(by_phrase, by_word), None)


@cache
def load_cues() -> CueLexicon:
    """The shipped cue lexicon, read once per process."""
    table = shipped("cues.toml")
    words: dict[str, Attitude] = {}
    phrases: dict[str, Attitude] = {}
    lemmas: dict[str, str] = {}
    nouns: set[str] = set()
    for attitude in get_args(Attitude):
        if attitude not in table:
            continue
        section = table[attitude]
        for lemma in section["verbs"].split():
            forms = _forms(lemma, table["irregular"])
            words |= dict.fromkeys(forms, attitude)
            lemmas |= forms
        for noun in section.get("nouns", "").split():
            words.setdefault(noun, attitude)
            words.setdefault(noun + "s", attitude)
            nouns |= {noun, noun + "s"}
        for phrase in map(str.split, section["phrases"].split(";")):
            if phrase:
                phrases[f" {' '.join(phrase)} "] = attitude
                lemmas |= _forms(phrase[0], table["irregular"])
    for word in table["skip"]["words"].split():
        words.pop(word, None)
    nothing = (frozenset(table["nothing"][name].split()) for name in ("contents", "cues"))
    return CueLexicon(words, phrases, lemmas, frozenset(nouns), *nothing)


def forms_of(lemma: str) -> Mapping[str, str]:
    """Every form of a verb, irregular ones included, each with its lemma."""
    return _forms(lemma, shipped("cues.toml")["irregular"])


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
