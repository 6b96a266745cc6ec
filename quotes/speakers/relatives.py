"""What "who", "which" and "that" follow: a name, or a noun phrase without one.

A story and a relative pronoun come in, the name or the words in front of it go out.
"""

from __future__ import annotations

from bisect import bisect_right

import regex

from quotes.people.titles import Titles
from quotes.records import Span
from quotes.speakers.names import Name
from quotes.speakers.phrases import ARTICLES, tokens_of
from quotes.speakers.sources import Source
from quotes.speakers.story import Story

OF_THINGS = frozenset({"which", "that"})
"""Relatives of bodies and texts; "who" is of persons."""

_REACH = 80
_LONGEST_NOUN = 9
"""Code points and words of a noun phrase before a relative at most."""

_INSIDE = frozenset({"of", "in", "on", "at", "from"})
"""Prepositions inside a noun phrase: "voters in Ohio who"."""

_RELATIVE_GAP = regex.compile(
    r"(?:\s*\([^()]{0,40}\))?"
    r"(?:, (?:\d|of |from |the |an? |his |her |now |then |\p{Lu})[^,]{0,60}){0,3}"
    r"(?:,| [—–-]{1,2})?\s+"
)
_INDEFINITE = regex.compile(r"\b[Aa]n? (?:\p{Ll}[\p{Ll}\-]* )*\Z")


def name_before(story: Story, source: Source) -> Name | None:
    """The joined name right in front of a relative, over a short apposition."""
    chains, text = story.chains, story.text
    last = bisect_right(chains.starts, source.start - 1) - 1
    for name in reversed(chains.names[max(0, last - 2) : last + 1]):
        gap = text[name.end : source.start]
        if "\n" in gap or len(gap) > 120 or name.possessive:
            return None
        chain = chains.of.get(name.start)
        if chain is None or not _RELATIVE_GAP.fullmatch(gap) or _is_noun(text, name):
            continue
        if (source.head in OF_THINGS) != (chain.kind == "person"):
            return name
    return None


def _is_noun(text: str, name: Name) -> bool:
    """Whether a "name" is a common noun in capitals: "a super PAC"."""
    before = text[max(0, name.start - 40) : name.start]
    return len(name.words) == 1 and name.text.isupper() and _INDEFINITE.search(before) is not None


def noun_before(story: Story, at: int) -> Span | None:
    """The noun phrase that ends right before an offset, over a comma.

    Without an article it begins at its plural noun for people: what is before may be a verb.
    """
    line = story.text.rfind("\n", 0, at) + 1
    tokens = list(tokens_of(story.text, Span(max(line, at - _REACH), at)))
    if tokens and tokens[-1].text == ",":
        tokens.pop()
    start = None
    for token in reversed(tokens[-_LONGEST_NOUN:]):
        if token.lower in ARTICLES or token.lower in story.titles.quantifiers:
            return Span(token.start, tokens[-1].end)
        if not token.text[0].isalnum() or _parts_phrases(token.lower, story.titles):
            break
        if token.lower in story.titles.groups:
            start = token.start
    return Span(start, tokens[-1].end) if start is not None else None


def _parts_phrases(word: str, titles: Titles) -> bool:
    if word in _INSIDE:
        return False
    small = word in titles.prepositions or word in titles.clauses or word in titles.openers
    return small or word in titles.finite
