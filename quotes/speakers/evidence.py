"""What the words beside a name tell of who or what it names.

A name and its text come in, lower-case words go out: of the noun phrase before it and of
the apposition behind it.  What they mean is not decided here.
"""

from __future__ import annotations

from itertools import takewhile

import regex

from quotes.people.titles import Titles
from quotes.speakers.names import Name

_PHRASE_BEFORE = regex.compile(r"(?r)(?:\b\p{L}[\p{L}\-’']* ){1,8}")
"""Read backwards from a name."""

_APPOSITION = regex.compile(
    r"(?:\s\(\p{L}[^()\n]{0,20}\))?, (?:\d\d, )?((?:[^\s,.;:“”\"]+ ?){1,14})"
)
_DETERMINERS = frozenset({"the", "a", "an", "one", "his", "her", "their", "another"})
_CLAUSE = frozenset(
    {"who", "whose", "which", "that", "said", "says", "and", "but", "told", "when", "as"}
)


def beside(text: str, name: Name, titles: Titles) -> tuple[list[str], list[str]]:
    """Lower-case words of the noun phrase before a name, and of the apposition after it."""
    left = text[max(0, name.start - 90) : name.start]
    before: list[str] = []
    phrase = _PHRASE_BEFORE.match(left)
    if phrase:
        before = _phrase_words(phrase.group(), titles)
    elif left.endswith(", ") and text.startswith(",", name.end):
        chunk = left[max(left.rfind(mark, 0, -2) for mark in '.,;:“”"\n') + 1 : -2]
        words = chunk.lower().split()
        before = words if any(word in titles.people for word in words) else []
    match = None if name.possessive else _APPOSITION.match(text, name.end, name.end + 140)
    return before, _apposition_words(match.group(1)) if match else []


_NOUNS_AFTER = regex.compile(r"(?: \p{Ll}+){1,3}")


def kinds_of_body(text: str, name: Name, titles: Titles) -> list[str]:
    """Lower-case words right behind a body's name and in its apposition."""
    after = _NOUNS_AFTER.match(text, name.end, name.end + 40)
    match = _APPOSITION.match(text, name.end, name.end + 140)
    words = after.group().split() if after else []
    words = list(takewhile(lambda word: word not in titles.openers, words))
    return words + (_apposition_words(match.group(1)) if match else [])


def _phrase_words(phrase: str, titles: Titles) -> list[str]:
    words: list[str] = []
    for word in reversed(phrase.lower().split()):
        if word in titles.openers or word in titles.prepositions or word in titles.clauses:
            break
        words.insert(0, word)
        if word.endswith(("’s", "'s")):
            break
    return words


def _apposition_words(phrase: str) -> list[str]:
    """Words that say what someone is: those of "Ms Roe's lawyer" only behind the owner."""
    first, *rest = phrase.lower().split()
    if first not in _DETERMINERS and first != "former" and not first.endswith(("’s", "'s")):
        return []
    words = [first] if first == "former" else []
    for word in rest:
        if word in _CLAUSE:
            break
        words = [] if word.endswith(("’s", "'s")) else [*words, word]
    return words
