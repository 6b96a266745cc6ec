"""What a source's words are: a name, a pronoun, a description, a group, a text, nobody named.

A source span and the names of its article come in, a `Source` goes out.  The words are cut
before the first comma, bracket, relative or postmodifier, and into one phrase each where "and"
joins several.  The head of the phrase decides, never a name beside it: "a spokesman for Ms Roe"
is a spokesman, "Ms Roe's aides" are aides.  Whom a pronoun or a description means is not
decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import regex

from quotes.people.spelling import Gender
from quotes.people.titles import Titles
from quotes.records import Span
from quotes.speakers.names import Name

Form = Literal[
    "none",
    "name",
    "body",
    "pronoun",
    "relative",
    "it",
    "they",
    "first",
    "second",
    "description",
    "again",
    "unnamed",
    "group",
    "document",
    "several",
    "unclear",
]

_SINGULAR: dict[str, Gender] = {
    "he": "male", "him": "male", "his": "male", "himself": "male",
    "she": "female", "her": "female", "hers": "female", "herself": "female",
}  # fmt: skip
_PRONOUNS: dict[str, Form] = {
    **dict.fromkeys(_SINGULAR, "pronoun"),
    **dict.fromkeys(("it", "its", "itself"), "it"),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves"), "they"),
    **dict.fromkeys(("i", "me", "my", "mine", "myself"), "first"),
    **dict.fromkeys(("we", "us", "our", "ours", "ourselves"), "group"),
    **dict.fromkeys(("you", "your", "yours", "yourself"), "second"),
    **dict.fromkeys(("who", "whom", "whose", "which", "that"), "relative"),
}  # fmt: skip

_NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """What a source's words say.

    Attributes:
        form: what kind of words they are.
        text: the words, as printed.
        start: where they begin.
        name: the name that heads it, for "name"; for "document" its issuer; for "body" None
            or the name in front of its noun.
        head: the last word of the phrase proper, lower case.
        modifiers: lower-case words before the head, and those of a phrase after it.
        body: what it calls whom it means, as written, without an article and details; "" where
            that would be no more than a pronoun ("some").
        own: the words of the phrase proper.
        determiner: its first word if that is an article or the like, lower case.
        parts: for "several" those who are joined; for "document" its issuer, if described.
        owner: a possessive pronoun in front ("his campaign"), lower case.
        owner_name: a possessive name in front ("Ms Roe's campaign").
        gender: what the pronoun or noun tells.
    """

    form: Form
    text: str
    start: int
    name: Name | None = None
    head: str = ""
    modifiers: tuple[str, ...] = ()
    body: str = ""
    owner: str | None = None
    owner_name: Name | None = None
    gender: Gender | None = None
    own: Span = _NOWHERE
    determiner: str = ""
    parts: tuple[Source, ...] = ()

    @property
    def is_definite(self) -> bool:
        """Whether it means somebody already spoken of."""
        return self.determiner in DEFINITE


def read_source(
    text: str, spans: tuple[Span, ...], names: tuple[Name, ...], titles: Titles
) -> Source:
    """Say what the words of a source are.

    Args:
        spans: the source's spans; empty gives the form "none".
        names: the article's names that touch the spans, in text order.
    """
    if not spans:
        return Source("none", "", -1)
    span = spans[0]
    words = span.of(text)
    tokens = tokens_of(text, span)
    if not any(token.text[0].isalnum() for token in tokens):
        return Source("none", words, span.start)
    tokens = without_hedges(tokens)
    alone = _PRONOUNS.get(tokens[0].lower)
    if alone and sum(token.text[0].isalnum() for token in tokens) == 1:
        lowered, own = tokens[0].lower, Span(tokens[0].start, tokens[0].end)
        gender = _SINGULAR.get(lowered)
        return Source(alone, words, span.start, head=lowered, gender=gender, own=own)
    phrase = cut_phrase(tokens, names, words, span.start, titles)
    return _read_phrase(phrase, titles)


def _read_phrase(phrase: Phrase, titles: Titles) -> Source:
    parts = joined(phrase, titles)
    read = tuple(_read_part(part, titles) for part in parts)
    found = phrase.source("several", parts=read) if read else _read_one(phrase, titles)
    own = Span(phrase.core[0].start, phrase.core_end)
    if found.form == "name" and found.name is not None:
        own = Span(found.name.start, found.name.end)
    first = phrase.core[0].lower
    return replace(
        found,
        own=own,
        body=found.body or called(phrase, titles),
        determiner=first if first in ARTICLES else "",
    )


def _read_one(phrase: Phrase, titles: Titles) -> Source:
    core = phrase.core
    if len(core) > 1 and (is_ending(core[-1]) or core[-1].text in {"'", "’"}):
        core = core[:-1]
    named = Phrase(core, phrase.rest, phrase.names, phrase.text, phrase.start)
    name = named.last_name()
    if name is not None and not _is_common(name, titles):
        return _named(named, name)
    return _nominal(named, titles)


def _is_common(name: Name, titles: Titles) -> bool:
    """Whether the "name" is really the common noun that heads the phrase."""
    lowered = name.text.lower()
    singular = lowered.removesuffix("s")
    plural = singular != lowered and (singular in titles.people or singular in titles.offices)
    unknown = name.kind == "unknown"
    return lowered in titles.groups or (unknown and (plural or lowered in titles.documents))


def _named(phrase: Phrase, name: Name) -> Source:
    before = tuple(token.lower for token in phrase.core if token.start < name.start)
    return phrase.source(
        "name",
        name=name,
        modifiers=before,
    )


def _read_part(phrase: Phrase, titles: Titles) -> Source:
    part = _read_one(phrase, titles)
    return replace(part, own=Span(phrase.core[0].start, phrase.core_end))


_OWNERS = frozenset({"his", "her", "their", "its", "my", "our"})


def _nominal(phrase: Phrase, titles: Titles) -> Source:
    """A phrase headed by a common noun."""
    core = phrase.core
    head = core[-1].lower
    lowered = tuple(token.lower for token in core)
    if "and" in lowered:
        lowered = (lowered[0], *lowered[lowered.index("and") + 1 :])
    apposed = _apposed_name(phrase, head, titles)
    if apposed is not None:
        return _named(phrase, apposed)
    if head in titles.documents and head not in titles.groups:
        return _document(phrase, head, titles)
    if lowered[0] in {"the", "this"} and _is_plain_body(phrase, head, titles):
        modifiers = tuple(w for w in lowered[1:-1] if w not in {"'s", "’s", "'", "’"})
        words = phrase.text[core[min(1, len(core) - 1)].start - phrase.start :]
        words = words[: phrase.core_end - core[min(1, len(core) - 1)].start]
        return phrase.source("again", head=head, body=words, modifiers=modifiers)
    if head in titles.body_nouns and not titles.quantifiers & set(lowered[:-1]):
        return _body(phrase, head)
    if head in titles.groups and not (head in titles.body_nouns and lowered[0] == "the"):
        return phrase.source("group", head=head, modifiers=lowered[:-1])
    if lowered[0] in titles.quantifiers:
        return phrase.source("group", head=head)
    return _someone(phrase, head, lowered, titles)


def _is_plain_body(phrase: Phrase, head: str, titles: Titles) -> bool:
    """Whether a definite phrase means a body and has no name in it: "the regional agency"."""
    if head not in titles.body_again and head not in titles.firms:
        return False
    return not any(token.text[0].isupper() for token in phrase.core[1:])


def _apposed_name(phrase: Phrase, head: str, titles: Titles) -> Name | None:
    """The name set behind a description: "his opposite number, Jane Roe"."""
    person = head in titles.people or head in titles.offices
    if not person and not _is_owned(phrase, head, titles):
        return None
    loosely = person or phrase.core[0].lower in _OWNERS
    for i, token in enumerate(phrase.rest[:-1]):
        if token.text not in {",", "—", "–", "--"}:
            continue
        after = phrase.rest[i + 1]
        for name in phrase.names:
            if (
                name.start == after.start
                and name.kind in ({"person", "unknown"} if loosely else {"person"})
                and len(name.words) > 1
            ):
                return None if name.possessive else name
    return None


def _is_owned(phrase: Phrase, head: str, titles: Titles) -> bool:
    """Whether a phrase is somebody's something that may be a person."""
    if head in titles.documents | titles.body_nouns | titles.body_again | titles.groups:
        return False
    return phrase.core[0].lower in _OWNERS or any(is_ending(token) for token in phrase.core)


def _document(phrase: Phrase, head: str, titles: Titles) -> Source:
    """A text; a text "by" or "from" someone speaks for its issuer."""
    issuer: Name | None = None
    parts: tuple[Source, ...] = ()
    if head in titles.issued:
        if phrase.rest and phrase.rest[0].lower in titles.issuers and len(phrase.rest) > 1:
            start = phrase.rest[1].start
            skipped = phrase.rest[2].start if len(phrase.rest) > 2 else start
            issuer = next((n for n in phrase.names if n.start in {start, skipped}), None)
        else:
            issuer = next(
                (n for n in phrase.names if n.kind == "organisation" and n.end <= phrase.core_end),
                None,
            )
    if issuer is not None and issuer.possessive and issuer.kind != "organisation":
        issuer = None
    if issuer is None:
        parts = _published_on(phrase, titles)
    return phrase.source("document", name=issuer, head=head, parts=parts)


def _published_on(phrase: Phrase, titles: Titles) -> tuple[Source, ...]:
    """Whose website or the like a text stands on: "a document on the Roe campaign's website"."""
    lowered = [token.lower for token in phrase.rest]
    if "on" not in lowered:
        return ()
    first = lowered.index("on") + 1
    for i in range(first + 1, len(lowered) - 1):
        if is_ending(phrase.rest[i]) and lowered[i + 1] in titles.own_pages:
            owner = phrase.rest[first:i]
            part = cut_phrase(owner, phrase.names, phrase.text, phrase.start, titles)
            return (_read_part(part, titles),)
    return ()


def _body(phrase: Phrase, head: str) -> Source:
    """A body named by a common noun: "the Polish military", "her campaign", "the agency"."""
    tokens = [t for t in phrase.core if t.lower not in {"the", "a", "an"}]
    owner = tokens[0].lower if tokens[0].lower in {"his", "her", "their", "its"} else None
    owners = [
        n for n in phrase.names if n.start >= phrase.core[0].start and n.end <= phrase.core_end
    ]
    owner_name = next((n for n in owners if n.kind != "place"), None)
    indefinite = phrase.core[0].lower in {"a", "an", "another", "one", "any"}
    if indefinite or (len(tokens) == 1 and owner is None):
        return phrase.source("group", head=head)
    capital = any(token.text[0].isupper() for token in tokens)
    if not capital and owner is None:
        return phrase.source("unclear", head=head)
    return phrase.source(
        "body",
        head=head,
        body=_joined(tokens),
        owner=owner,
        owner_name=owner_name,
        modifiers=tuple(t.lower for t in tokens[:-1]),
    )


def _joined(tokens: list[Token]) -> str:
    words = " ".join(token.text for token in tokens)
    return words.replace(" ’s", "’s").replace(" 's", "'s")


def _someone(phrase: Phrase, head: str, lowered: tuple[str, ...], titles: Titles) -> Source:
    """A phrase for one person, or nothing known."""
    modifiers = (*lowered[:-1], *_after_head(phrase), *_places(phrase))
    person = head in titles.people or head in titles.offices or head in titles.courtesy
    role = head in titles.unnamed_roles and lowered[0] not in {"the", "his", "her", "their"}
    form: Form = "unclear"
    if head in titles.unnamed:
        form = "unnamed"
    elif lowered[0] in titles.unnamed_determiners:
        form = _indefinite(head, lowered, titles)
    elif person:
        form = "unnamed" if role else "description"
    elif head.endswith("s") and not head.endswith(("ss", "is", "us")):
        return phrase.source("group", head=head, modifiers=modifiers)
    return phrase.source(form, head=head, modifiers=modifiers, gender=titles.people.get(head))


def _indefinite(head: str, lowered: tuple[str, ...], titles: Titles) -> Form:
    """What "a ..." or "one ..." is, by its noun or, behind a participle, by one before it."""
    acting = head.endswith(("ed", "ing"))
    for word in (head, *reversed(lowered[:-1])) if acting else (head,):
        if word in titles.people or word in titles.offices or word in titles.unnamed_roles:
            return "unnamed"
        if word in titles.documents:
            return "document"
        if word in titles.groups or word in titles.body_again or word in titles.body_nouns:
            return "group"
    return "unclear"


def _after_head(phrase: Phrase) -> list[str]:
    """The words of the phrase behind the head, up to its end: "of Texas"."""
    words: list[str] = []
    for token in phrase.rest:
        if words and (token.lower in CUT or token.lower == "and"):
            break
        if token.text[0].isalnum():
            words.append(token.lower)
    return words


def _places(phrase: Phrase) -> list[str]:
    return [
        n.text.lower().replace(".", "") for n in phrase.names if n.kind == "place" and " " in n.text
    ]


# The noun phrase: its core, what follows it, and those it joins.

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

    def source(self, form: Form, **told: Any) -> Source:
        """The source that these words are."""
        return Source(form, self.text, self.start, **told)

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
