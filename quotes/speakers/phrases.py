"""The noun phrase a source is: its core, what follows it, and those it joins with "and".

The words of a source and the names in them come in, a `Phrase` goes out, cut before its
first comma, bracket, relative or postmodifier; `joined` cuts a phrase for several into one
phrase each.  What a phrase means is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import regex

from quotes.people.titles import Titles
from quotes.records import Span
from quotes.speakers.names import Name

_TOKEN = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}.\-]*+(?:['’](?!s\b)\p{L}++)*+|['’]s\b|[^\s]")
CUT = frozenset(
    {",", "(", "—", "–", "--", ";", ":", "who", "that", "which", "whose", "where", "when"}
)


class Token(NamedTuple):
    """A word or mark of a source; `lower` is in lower case without full stops at its ends."""

    text: str
    start: int
    end: int
    lower: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The noun phrase proper (`core`), what follows it, and the names in both."""

    core: tuple[Token, ...]
    rest: tuple[Token, ...]
    names: tuple[Name, ...]
    text: str
    start: int

    @property
    def core_end(self) -> int:
        """Where the core ends in the text."""
        return self.core[-1].end

    def last_name(self) -> Name | None:
        """The name at the end of the core, if it ends with one."""
        for name in self.names:
            if name.start < self.core_end <= name.end + 2 and name.end >= self.core_end - 2:
                return name
        return None


def tokens_of(text: str, span: Span) -> tuple[Token, ...]:
    """The words and marks of a stretch of text."""
    found = _TOKEN.finditer(text, span.start, span.end)
    return tuple(Token(m[0], m.start(), m.end(), m[0].lower().strip(".")) for m in found)


_HEDGES = frozenset(
    {"at", "least", "about", "nearly", "only", "even", "just", "according", "to", "as", "and"}
    | {"but", "not", "there", "is", "are", "was", "were", "because", "if", "while", "whose"}
)


def without_hedges(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without "at least" or "according to" in front and "own" behind."""
    first = 0
    while first < len(tokens) - 1 and tokens[first].lower in _HEDGES:
        first += 1
    last = len(tokens)
    if last - first > 1 and tokens[-1].lower == "own":
        last -= 1
    return tokens[first:last]


def cut_phrase(
    tokens: tuple[Token, ...], names: tuple[Name, ...], words: str, start: int, titles: Titles
) -> Phrase:
    """Cut the phrase before its first comma, bracket, relative or postmodifier."""
    first = 0
    while first < len(tokens) - 1 and not tokens[first].text[0].isalnum():
        first += 1
    for i in range(first, len(tokens)):
        token = tokens[i]
        inside = any(n.start <= token.start < n.end for n in names)
        if inside or i == first:
            continue
        if token.lower in CUT or token.text == "-" or token.lower in titles.postmodifiers:
            return Phrase(tokens[first:i], tokens[i:], names, words, start)
    end = len(tokens)
    while (
        end - 1 > first and not tokens[end - 1].text[0].isalnum() and not is_ending(tokens[end - 1])
    ):
        end -= 1
    return Phrase(tokens[first:end], tokens[end:], names, words, start)


def is_ending(token: Token) -> bool:
    """Whether a token is a possessive ending."""
    return token.lower in {"'s", "’s"}


DEFINITE = frozenset({"the", "this", "that", "these", "those"})
ARTICLES = frozenset({"a", "an", "one", "another"}) | DEFINITE
_BELONGING = frozenset({"of", "for", "in", "from", "at", "to", "close", "inside", "within"})
_DETAILS = frozenset({"familiar", "speaking", "briefed", "on", "and", "or", "-"})
_LONGEST_TAIL = 9
"""Tokens of what follows a noun ("for the ministry of ...") kept as part of a name."""


def called(phrase: Phrase, titles: Titles) -> str:
    """The phrase without article and details: "source in the ministry", "U.S. source"."""
    core = phrase.core
    first = 0
    while first < len(core) - 1 and core[first].lower in ARTICLES:
        first += 1
    if first == len(core) - 1 and (core[first].lower in titles.bare or core[first].lower == "one"):
        return ""
    last = core[-1].end
    if phrase.rest and phrase.rest[0].lower in _BELONGING:
        for token in phrase.rest[:_LONGEST_TAIL]:
            if token.lower in CUT or token.lower in _DETAILS:
                break
            if token.lower not in _BELONGING and token.lower not in ARTICLES:
                last = token.end
    return phrase.text[core[first].start - phrase.start : last - phrase.start]


_JOINTS = frozenset({"and", "or", "nor", "&"})
_RELATIVES = frozenset({"who", "which", "that", "whose", "whom", "("})


def joined(phrase: Phrase, titles: Titles) -> tuple[Phrase, ...]:
    """The phrases that "and" joins in a phrase for two or more; empty for one."""
    core = phrase.core
    for i, token in enumerate(core):
        if token.lower not in _JOINTS or i == 0 or i + 1 == len(core):
            continue
        if _in_name(token, phrase) or _one_person_twice(core[:i], core[i + 1 :], phrase):
            continue
        return _parts(phrase, titles)
    if _joined_after(phrase) or _listed_after(phrase):
        return _parts(phrase, titles)
    return ()


def _parts(phrase: Phrase, titles: Titles) -> tuple[Phrase, ...]:
    parts: list[list[Token]] = [[]]
    for token in (*phrase.core, *phrase.rest):
        if token.lower in _RELATIVES:
            break
        if (token.lower in _JOINTS or token.text == ",") and not _in_name(token, phrase):
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(
        cut_phrase(tuple(part), phrase.names, phrase.text, phrase.start, titles)
        for part in parts
        if any(token.text[0].isalnum() for token in part)
    )


def _in_name(token: Token, phrase: Phrase) -> bool:
    return any(n.start <= token.start < n.end for n in phrase.names)


def _joined_after(phrase: Phrase) -> bool:
    """ "Jane Roe of Ohio and Rick Doe of Iowa": a second name behind the first one's details."""
    for i, token in enumerate(phrase.rest[:-1]):
        if token.lower != "and":
            continue
        after = phrase.rest[i + 1]
        starts = [n for n in phrase.names if n.start == after.start and n.kind == "person"]
        if starts and phrase.last_name() is not None and phrase.rest[0].text == "of" and i <= 3:
            return True
    return False


def _listed_after(phrase: Phrase) -> bool:
    """ "Jane Roe, Rick Doe and Ann Lee": names and nothing else between commas and "and"."""
    ends = {n.end: n for n in phrase.names if n.kind in {"person", "unknown"} and not n.possessive}
    starts = {n.start for n in ends.values()}
    if phrase.core_end not in ends:
        return False
    for token, after in zip(phrase.rest, phrase.rest[1:], strict=False):
        if _in_name(token, phrase):
            continue
        if token.text not in {",", "and"}:
            return False
        if token.text == "and":
            return after.start in starts
        if after.start not in starts and after.text != "and":
            return False
    return False


def _one_person_twice(left: tuple[Token, ...], right: tuple[Token, ...], phrase: Phrase) -> bool:
    """ "the former secretary and current nominee", "actress and activist Jane Roe": one person."""
    named_left = any(n.start >= left[0].start and n.end <= left[-1].end for n in phrase.names)
    plural = left[-1].lower.endswith("s") and not left[-1].lower.endswith("ss")
    return not (named_left or plural or right[0].lower in _OTHERS or _capital_only(left))


_OTHERS = frozenset({"the", "a", "an", "his", "her", "their", "other", "others", "several", "some"})


def _capital_only(tokens: tuple[Token, ...]) -> bool:
    return all(token.text[0].isupper() for token in tokens) and len(tokens) < 3
