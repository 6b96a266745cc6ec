"""A text as it is seen by what reads it, where print hides its words; and the way back.

In: a text as stored.  Out: None for nearly every text, or a `Seen`: the same with lines that a
page's width broke joined again, with words that a hyphen parts whole, and, of a text all in
capitals or without any, with the capitals that its words usually have.  Every span of what is
seen leads back to the stored text, whose words are shown.  Nothing here knows of quotations.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median

from quotes.errors import LexiconError
from quotes.records import Span
from quotes.text.lists import bits, shipped

# Fewer letters tell nothing: an abbreviation, a headline.
_LETTERS = 60
_ALL_CAPITALS = 0.9
# Lines of a page or a terminal; a paragraph that is one line is longer.
_WIDTH = 120
_BROKEN = 3
_BROKEN_SHARE = 0.4
_FULL_LINE = 0.6
_FILLED_SHARE = 0.8
_STOPS = (".", "!", "?", ":", ";", "…", "”", '"', "’", "'", ")", "]")
_SHOUTED = re.compile(r"^[^\na-z]{25,}(?:[a-z]{1,12}[^\na-z]+)?$", re.M)
_SHOUTED_WORDS = 5
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_HYPHEN = re.compile(r"(\w+)[-‐­]\s*\Z")
_NEXT_WORD = re.compile(r"\s*(\w+)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OPENING = re.compile(r"(?:^|[.!?…:][\"”’')\]]*\s+|\n\s*)[\"“‘'(\[—–-]*\s*\Z")
_ENDINGS = ("'s", "'t", "'re", "'ve", "'ll", "'d", "s", "es", "ed", "d", "ing", "ly", "er", "ers")
# Words that no name has behind a given name: commoner ones, verbs and adverbs by their endings.
_COMMON_BITS = 14.0
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "his", "her", "its", "our", "their", "of"})
_NO_SURNAME = ("ed", "ing", "ly", "s")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A text as it is seen.

    Attributes:
        text: what is read.
        offsets: for each of its characters, and for its end, where it stands in the stored text.
        recased: whether its capitals are guessed.
    """

    text: str
    offsets: array[int]
    recased: bool

    def stored(self, span: Span) -> Span:
        """Where the words of a span stand in the stored text."""
        last = self.offsets[span.end - 1] + 1 if span.end > span.start else self.offsets[span.end]
        return Span(self.offsets[span.start], last)


def seen(text: str) -> Seen | None:
    """The text as it is to be read, None if that is as it is.

    >>> seen("THE MAYOR, HELEN MARSH, SAID ON FRIDAY THAT THE BRIDGE WOULD CLOSE FOR A YEAR.").text
    'The mayor, Helen Marsh, said on Friday that the bridge would close for a year.'
    """
    text, offsets = _joined(text)
    cased = _recased(text) if _caseless(text) else _SHOUTED.sub(_spoken, text)
    if offsets is None and cased == text:
        return None
    return Seen(cased, offsets or array("I", range(len(text) + 1)), cased != text)


# ---------------------------------------------------------------- broken lines


def _joined(text: str) -> tuple[str, array[int] | None]:
    """The text with its paragraphs each on one line, and its offsets; None if it had them so."""
    lines = [match.span() for match in _LINE.finditer(text) if match[0]]
    widths = [end - start for start, end in lines if end - start > 1]
    if len(lines) < 3 or not widths or median(widths) > _WIDTH:
        return text, None
    width = sorted(widths)[len(widths) * 9 // 10]
    breaks = [_Break(text, one, two, width) for one, two in pairwise(lines)]
    inner = [each for each in breaks if each.within]
    if not _is_broken(inner, max(widths)):
        return text, None
    kept, offsets = [], array("I")
    at = 0
    for each in (each for each in inner if each.goes_on):
        start, end, between = each.cut()
        kept += [text[at:start], between]
        offsets.extend(range(at, start))
        offsets.extend([start] * len(between))
        at = end
    kept.append(text[at:])
    offsets.extend(range(at, len(text) + 1))
    return "".join(kept), offsets


def _is_broken(breaks: Sequence[_Break], width: int) -> bool:
    """Whether a page's width made the line breaks within paragraphs.

    They stand within sentences, or wherever the next word had no room any more.
    """
    within = sum(each.in_sentence for each in breaks)
    if within >= _BROKEN and within >= _BROKEN_SHARE * len(breaks):
        return True
    filled = sum(each.is_full(width) for each in breaks)
    return within > 0 and filled > 1 and filled >= _FILLED_SHARE * len(breaks)


class _Break:
    """A line break: what stands before it, and what behind."""

    def __init__(self, text: str, before: tuple[int, int], after: tuple[int, int], width: int):
        """Of two lines, by their places, in a text of lines of that width."""
        self.text, self.start, self.end = text, *before
        self.line = text[before[0] : before[1]].rstrip()
        self.next = text[after[0] : after[1]]
        self.width = width

    @property
    def within(self) -> bool:
        """Whether there are words on both sides."""
        return bool(self.line.strip() and self.next.strip())

    @property
    def hyphen(self) -> re.Match[str] | None:
        """A word that is parted."""
        parted = _HYPHEN.search(self.line)
        behind = _NEXT_WORD.match(self.next)
        same = behind and (behind[1][0].islower() or (parted and parted[1].isupper()))
        return parted if same else None

    @property
    def in_sentence(self) -> bool:
        """Whether it surely stands in the midst of a sentence."""
        if self.hyphen:
            return True
        first = self.next.lstrip()[:1]
        full = len(self.line) >= _FULL_LINE * self.width
        shouted = first.isupper() and self.line.isupper() and full
        return not self.line.endswith(_STOPS) and (first.islower() or shouted)

    def is_full(self, width: int) -> bool:
        """Whether the first word of the next line had no room on the one before."""
        word = self.next.split()[0]
        return len(self.line) + len(word) >= width or self.hyphen is not None

    @property
    def goes_on(self) -> bool:
        """Whether the paragraph does."""
        return self.in_sentence or len(self.line) >= _FULL_LINE * self.width

    def cut(self) -> tuple[int, int, str]:
        """What of the text goes, from where to where, and what is seen there instead."""
        start = self.start + len(self.line)
        end = self.end + len(self.next) - len(self.next.lstrip())
        if not (parted := self.hyphen):
            return start, end, " "
        behind = _NEXT_WORD.match(self.next)
        two = [parted[1].lower(), behind[1].lower() if behind else ""]
        known = all(bits(word) < bits("") for word in two) and bits("".join(two)) == bits("")
        return (start, end, "") if known else (start - 1, end, "")


# ---------------------------------------------------------------- capitals


def _caseless(text: str, letters: int = _LETTERS) -> bool:
    """Whether capitals tell nothing: there are hardly others, or none at all."""
    capitals = sum(map(str.isupper, text))
    small = sum(map(str.islower, text))
    if capitals + small < letters:
        return False
    return not capitals or capitals > _ALL_CAPITALS * (capitals + small)


@dataclass(frozen=True, slots=True)
class _Cases:
    """Words as they usually stand within a sentence; all others begin with a capital."""

    small: frozenset[str]
    capitals: frozenset[str]
    given: frozenset[str]


@cache
def _cases() -> _Cases:
    table, names = shipped("cases.toml"), shipped("given_names.toml")
    try:
        given = (each for key in ("male", "female", "either") for each in names[key].split())
        small, capitals = (frozenset(table[key].split()) for key in ("small", "capitals"))
        return _Cases(small, capitals, frozenset(given))
    except (KeyError, AttributeError) as error:
        raise LexiconError(f"cases.toml lacks {error}; correct it") from error


def stems(word: str) -> Iterator[str]:
    """Words that this one may come from by an ending.

    >>> list(stems("bridges"))
    ['bridge', 'bridg']
    """
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if len(stem) > 2 and stem != word:
            yield stem
            if ending in {"ed", "ing", "er", "ers"}:
                yield f"{stem}e"
                if stem[-1] == stem[-2]:
                    yield stem[:-1]
            elif ending in {"es", "ed", "ly"} and stem.endswith("i"):
                yield f"{stem[:-1]}y"


def is_common(word: str) -> bool:
    """Whether a word, in small letters, usually stands so within a sentence."""
    cases = _cases()
    return word in cases.small or any(stem in cases.small for stem in stems(word))


def in_capitals(word: str) -> bool:
    """Whether a word usually stands in capitals.

    >>> in_capitals("NATO"), in_capitals("Bridge")
    (True, False)
    """
    return word.lower() in _cases().capitals


def _spoken(line: re.Match[str]) -> str:
    """A line that is all in capitals, of some words, as a headline is or the lead of a story."""
    words = _WORD.findall(line[0])
    return _recased(line[0]) if len(words) >= _SHOUTED_WORDS and _caseless(line[0], 0) else line[0]


def _recased(text: str) -> str:
    """The same letters, each word as it usually stands."""
    cases = _cases()
    words = [(match.start(), match[0]) for match in _WORD.finditer(text)]
    plain = [word.lower().replace("’", "'") for _, word in words]
    out = list(map(_small, text))
    surnames = {plain[at] for at in _surnames(text, words, plain)}
    for number, (start, word) in enumerate(words):
        opens = number == 0 or _OPENING.search(text, max(0, start - 12), start) is not None
        behind = number + 1 < len(words) and text[start + len(word) : words[number + 1][0]] == " "
        following = plain[number + 1] if behind else ""
        before = plain[number - 1] if number else ""
        surname = plain[number] in surnames and before not in _ARTICLES
        if plain[number] in cases.capitals and len(word.upper()) == len(word):
            out[start : start + len(word)] = word.upper()
        if opens or surname or plain[number] == "i" or _is_name(plain[number], following):
            out[start] = _capital(out[start])
    return "".join(out)


def _is_name(word: str, following: str) -> bool:
    """Whether a word begins with a capital: of given names that are words, before another name."""
    if not is_common(word):
        return len(word) > 1
    return word in _cases().given and bool(following) and not is_common(following)


def may_be_name(word: str) -> bool:
    """Whether a word, in small letters, is none, or too rare a one to be meant behind a name.

    >>> may_be_name("ridley"), may_be_name("marsh"), may_be_name("capital")
    (True, True, False)
    """
    return not is_common(word) or bits(word) > _COMMON_BITS


def _surnames(text: str, words: Sequence[tuple[int, str]], plain: Sequence[str]) -> Iterator[int]:
    """Words right behind a given name that are names there, though words elsewhere."""
    given = _cases().given
    for number, (start, _) in enumerate(words[1:], 1):
        before, word = plain[number - 1], plain[number]
        alone = before not in given or is_common(before) or text[start - 1] != " "
        if not alone and not word.endswith(_NO_SURNAME) and may_be_name(word):
            yield number


def _small(char: str) -> str:
    lowered = char.lower()
    return lowered if len(lowered) == 1 else char


def _capital(char: str) -> str:
    raised = char.upper()
    return raised if len(raised) == 1 else char
