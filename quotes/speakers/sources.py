"""What a source's words are: a name, a pronoun, a description, a group, a text, nobody named.

A source span and the names of its article come in, a `Source` goes out.  The words are cut
before the first comma, bracket, relative or postmodifier, and into one phrase each where "and"
joins several.  The head of the phrase decides, never a name beside it: "a spokesman for Ms Roe"
is a spokesman, "Ms Roe's aides" are aides.  Whom a pronoun or a description means is not
decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import Any, Literal

import regex

from quotes.people.spelling import Gender
from quotes.people.titles import Titles, in_any
from quotes.records import Span
from quotes.speakers.names import Name, Token

Form = Literal[
    "none", "name", "body", "pronoun", "relative", "it", "they", "first", "second", "description",
    "again", "unnamed", "group", "document", "several", "unclear",
]  # fmt: skip

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
    """Say what the words of a source are: "none" without spans.

    `names` are the article's names that touch the spans, in text order.
    """
    if not spans:
        return Source("none", "", -1)
    words, start = spans[0].of(text), spans[0].start
    tokens = tokens_of(text, spans[0])
    if not any(token.text[0].isalnum() for token in tokens):
        return Source("none", words, start)
    hedges = list(takewhile(lambda token: token.lower in _HEDGES, tokens[:-1]))
    tokens = tokens[len(hedges) :]
    if len(tokens) > 1 and tokens[-1].lower in _STRESSED:
        tokens = tokens[:-1]
    alone = _PRONOUNS.get(tokens[0].lower)
    if alone and sum(token.text[0].isalnum() for token in tokens) == 1:
        lowered, own = tokens[0].lower, Span(tokens[0].start, tokens[0].end)
        gender = _SINGULAR.get(lowered)
        return Source(alone, words, start, head=lowered, gender=gender, own=own)
    return _read(_Phrase((), (), names, words, start, titles).cut(tokens))


_STRESSED = frozenset({"own", "himself", "herself", "itself", "themselves"})
"""Words behind a source that only stress it: "Ms Roe herself"."""

_HEDGES = frozenset(
    {"at", "least", "about", "nearly", "only", "even", "just", "according", "to", "as", "and"}
    | {"but", "not", "there", "is", "are", "was", "were", "because", "if", "while", "whose"}
)
"""Words in front of a source that are no part of it: "at least", "according to"."""


def _read(phrase: _Phrase) -> Source:
    """What a phrase is, or those that it joins."""
    parts = tuple(_read(part) for part in _joined(phrase))
    found = phrase.source("several", parts=parts) if parts else _read_one(phrase)
    own = Span(phrase.core[0].start, phrase.core_end)
    if found.form == "name" and found.name is not None:
        own = Span(found.name.start, found.name.end)
    first = phrase.core[0].lower
    determiner = first if first in ARTICLES else ""
    return replace(found, own=own, body=found.body or _called(phrase), determiner=determiner)


def _read_one(phrase: _Phrase) -> Source:
    core = phrase.core
    if len(core) > 1 and core[-1].lower in {"'s", "’s", "'", "’"}:
        phrase = replace(phrase, core=core[:-1])
    name, titles = phrase.last_name(), phrase.titles
    if name is not None:  # Not one if it is really the common noun that heads the phrase.
        lowered = name.text.lower()
        one = lowered.removesuffix("s")
        plural = one != lowered and (one in titles.people or one in titles.offices)
        common = name.kind == "unknown" and (plural or lowered in titles.documents)
        name = None if common or lowered in titles.groups else name
    name = name or _apposed_name(phrase) or _titled_name(phrase)
    if name is None:
        return _nominal(phrase)
    before = tuple(token.lower for token in phrase.core if token.start < name.start)
    return phrase.source("name", name=name, modifiers=before)


_ENDINGS = frozenset({"'s", "’s"})
_OWNERS = frozenset({"his", "her", "their", "its", "my", "our"})


def _apposed_name(phrase: _Phrase) -> Name | None:
    """The name set behind a description: "his opposite number, Jane Roe"."""
    titles, head = phrase.titles, phrase.head
    person = head in titles.people or head in titles.offices
    things = in_any(titles, "documents body_nouns body_again groups")
    if head in things and not person:
        return None
    loosely = person or phrase.core[0].lower in _OWNERS
    for token, after in pairwise(phrase.rest):
        name = next((n for n in phrase.names if n.start == after.start), None)
        if name is None or len(name.words) < 2 or token.text not in {",", "—", "–", "--"}:
            continue
        if name.kind == "person" or (loosely and name.kind == "unknown"):
            return None if name.possessive else name
    return None


def _titled_name(phrase: _Phrase) -> Name | None:
    """The name behind an office and its body: "Deputy Director of Public Works Jane Roe"."""
    titles = phrase.titles
    if phrase.head not in titles.offices and phrase.head not in titles.people:
        return None
    behind = list(takewhile(lambda token: token.lower not in _CUT, phrase.rest))
    if not behind:
        return None
    for before, name in pairwise((None, *phrase.names)):
        if name is None or name.kind != "person" or abs(name.end - behind[-1].end) > 1:
            continue
        words = set(name.title.lower().split())
        known = in_any(titles, "offices courtesy abbreviated")
        joined = before is not None and before.end + 1 == name.start and not before.possessive
        if len(name.words) > 1 and (joined or words - known - {"of"}):
            return name
    return None


def _nominal(phrase: _Phrase) -> Source:
    """A phrase headed by a common noun."""
    core, head, lowered, titles = phrase.core, phrase.head, phrase.lowered, phrase.titles
    if head in titles.documents and head not in titles.groups:
        return _document(phrase)
    plain = not any(token.text[0].isupper() for token in core[1:])
    if lowered[0] in {"the", "this"} and plain and head in in_any(titles, "body_again firms"):
        modifiers = tuple(w for w in lowered[1:-1] if w not in {"'s", "’s", "'", "’"})
        start = core[min(1, len(core) - 1)].start - phrase.start
        words = phrase.text[start : phrase.core_end - phrase.start]
        return phrase.source("again", head=head, body=words, modifiers=modifiers)
    if head in titles.body_nouns and not titles.quantifiers & set(lowered[:-1]):
        return _body(phrase)
    if head in titles.groups and not (head in titles.body_nouns and lowered[0] == "the"):
        return phrase.source("group", head=head, modifiers=lowered[:-1])
    if lowered[0] in titles.quantifiers:
        return phrase.source("group", head=head)
    return _someone(phrase)


def _document(phrase: _Phrase) -> Source:
    """A text; a text "by" or "from" someone speaks for its issuer."""
    rest, titles = phrase.rest, phrase.titles
    issuers: list[Name] = []
    if phrase.head in titles.issued:
        if len(rest) > 1 and rest[0].lower in titles.issuers:
            starts = {token.start for token in rest[1:3]}
            issuers = [n for n in phrase.names if n.start in starts]
        else:
            inside = [n for n in phrase.names if n.end <= phrase.core_end]
            issuers = [n for n in inside if n.kind == "organisation"]
    issuer = issuers[0] if issuers else None
    if issuer is not None and issuer.possessive and issuer.kind != "organisation":
        issuer = None
    parts = _published_on(phrase) if issuer is None else ()
    return phrase.source("document", name=issuer, head=phrase.head, parts=parts)


def _published_on(phrase: _Phrase) -> tuple[Source, ...]:
    """Whose website or the like a text stands on: "a document on the Roe campaign's website"."""
    lowered = [token.lower for token in phrase.rest]
    first = lowered.index("on") + 1 if "on" in lowered else len(lowered)
    for i in range(first + 1, len(lowered) - 1):
        if lowered[i] in _ENDINGS and lowered[i + 1] in phrase.titles.own_pages:
            return (_read(phrase.cut(phrase.rest[first:i])),)
    return ()


def _body(phrase: _Phrase) -> Source:
    """A body named by a common noun: "the Polish military", "her campaign", "the agency"."""
    start, head = phrase.core[0].start, phrase.head
    tokens = [t for t in phrase.core if t.lower not in {"the", "a", "an"}]
    owner = tokens[0].lower if tokens[0].lower in {"his", "her", "their", "its"} else None
    indefinite = phrase.lowered[0] in {"a", "an", "another", "one", "any"}
    if head in phrase.titles.groups and owner is None and not _is_own_name(tokens, phrase):
        return phrase.source("group", head=head, modifiers=phrase.lowered[:-1])
    if indefinite or (len(tokens) == 1 and owner is None):
        return phrase.source("group", head=head)
    if owner is None and not any(token.text[0].isupper() for token in tokens):
        return phrase.source("unclear", head=head)
    inside = (n for n in phrase.names if n.start >= start and n.end <= phrase.core_end)
    words = " ".join(token.text for token in tokens)
    return phrase.source(
        "body",
        head=head,
        body=words.replace(" ’s", "’s").replace(" 's", "'s"),
        owner=owner,
        owner_name=next((n for n in inside if n.kind != "place"), None),
        modifiers=tuple(t.lower for t in tokens[:-1]),
    )


def _is_own_name(tokens: Sequence[Token], phrase: _Phrase) -> bool:
    """Whether a noun for several goes by a name of its own: not "German police"."""
    titles = phrase.titles
    placed = in_any(titles, "places common belongs")
    return any(t.text[0].isupper() and t.lower not in placed for t in tokens)


def _someone(phrase: _Phrase) -> Source:
    """A phrase for one person, or nothing known."""
    head, lowered, titles = phrase.head, phrase.lowered, phrase.titles
    places = [n.text for n in phrase.names if n.kind == "place" and " " in n.text]
    places = [place.lower().replace(".", "") for place in places]
    first = next((n for n, t in enumerate(phrase.rest) if t.text[0].isalnum()), 0)
    ends = _CUT | {"and"}
    behind = takewhile(lambda token: token.lower not in ends, phrase.rest[first + 1 :])
    after = [t.lower for t in (*phrase.rest[first : first + 1], *behind) if t.text[0].isalnum()]
    modifiers = (*lowered[:-1], *after, *places)
    role = head in titles.unnamed_roles and lowered[0] not in {"the", "his", "her", "their"}
    form: Form = "unclear"
    if head in titles.unnamed:
        form = "unnamed"
    elif lowered[0] in titles.unnamed_determiners:
        form = _indefinite(head, lowered, titles)
    elif head in titles.people or head in titles.offices or head in titles.courtesy:
        form = "unnamed" if role else "description"
    elif head.endswith("s") and not head.endswith(("ss", "is", "us")):
        return phrase.source("group", head=head, modifiers=modifiers)
    return phrase.source(form, head=head, modifiers=modifiers, gender=titles.people.get(head))


def _indefinite(head: str, lowered: tuple[str, ...], titles: Titles) -> Form:
    """What "a ..." or "one ..." is, by its noun or, behind a participle, by one before it."""
    acting = head.endswith(("ed", "ing"))
    for word in reversed(lowered) if acting else (head,):
        if word in titles.people or word in titles.offices or word in titles.unnamed_roles:
            return "unnamed"
        if word in titles.documents:
            return "document"
        if word in titles.groups or word in titles.body_again or word in titles.body_nouns:
            return "group"
    return "unclear"


# The noun phrase: its core, what follows it, and those it joins.

_TOKEN = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}.\-]*+(?:['’](?!s\b)\p{L}++)*+|['’]s\b|[^\s]")
_CUT = frozenset(
    {",", "(", "—", "–", "--", ";", ":", "who", "that", "which", "whose", "where", "when"}
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The noun phrase proper (`core`), what follows it, and the names in both."""

    core: tuple[Token, ...]
    rest: tuple[Token, ...]
    names: tuple[Name, ...]
    text: str
    start: int
    titles: Titles

    @property
    def core_end(self) -> int:
        """Where the core ends in the text."""
        return self.core[-1].end

    @property
    def lowered(self) -> tuple[str, ...]:
        """The words of the core in lower case, of two joined by "and" the second's."""
        words = tuple(token.lower for token in self.core)
        return (words[0], *words[words.index("and") + 1 :]) if "and" in words else words

    @property
    def head(self) -> str:
        """The last word of the core in lower case."""
        return self.core[-1].lower

    def source(self, form: Form, **told: Any) -> Source:
        """The source that these words are."""
        return Source(form, self.text, self.start, **told)

    def in_name(self, token: Token) -> bool:
        """Whether a token belongs to a name."""
        return any(n.start <= token.start < n.end for n in self.names)

    def last_name(self) -> Name | None:
        """The name at the end of the core, if it ends with one."""
        end = self.core_end
        near = (n for n in self.names if n.start < end <= n.end + 2 and n.end >= end - 2)
        return next(near, None)

    def cut(self, tokens: Sequence[Token]) -> _Phrase:
        """Cut tokens of this phrase before their first comma, bracket, relative or postmodifier."""
        tokens = tuple(tokens)
        words = [n for n, token in enumerate(tokens) if token.text[0].isalnum()]
        first = min(words[0] if words else len(tokens), len(tokens) - 1)
        for i in range(first + 1, len(tokens)):
            token = tokens[i]
            ends = token.lower in _CUT or token.text == "-"
            if (ends or token.lower in self.titles.postmodifiers) and not self.in_name(token):
                return replace(self, core=tokens[first:i], rest=tokens[i:])
        kept = [
            n + 1
            for n, token in enumerate(tokens)
            if n == first or token.text[0].isalnum() or token.lower in _ENDINGS
        ]
        return replace(self, core=tokens[first : kept[-1]], rest=tokens[kept[-1] :])


def tokens_of(text: str, span: Span) -> tuple[Token, ...]:
    """The words and marks of a stretch of text, without full stops at their ends in lower case."""
    found = _TOKEN.finditer(text, span.start, span.end)
    return tuple(Token(m[0], m.start(), m.end(), m[0].lower().strip(".")) for m in found)


DEFINITE = frozenset({"the", "this", "that", "these", "those"})
ARTICLES = frozenset({"a", "an", "one", "another"}) | DEFINITE
_BELONGING = frozenset({"of", "for", "in", "from", "at", "to", "close", "inside", "within"})
_DETAILS = frozenset({"familiar", "speaking", "briefed", "on", "and", "or", "-"}) | _CUT
_LONGEST_TAIL = 9  # tokens behind a noun ("for the ministry of ...") kept as part of a name


def _called(phrase: _Phrase) -> str:
    """The phrase without article and details: "source in the ministry", "U.S. source"."""
    core = phrase.core
    articles = takewhile(lambda token: token.lower in ARTICLES, core[:-1])
    first = core[len(list(articles))]
    if first is core[-1] and (first.lower in phrase.titles.bare or first.lower == "one"):
        return ""
    last = core[-1].end
    if phrase.rest and phrase.rest[0].lower in _BELONGING:
        tail = takewhile(lambda token: token.lower not in _DETAILS, phrase.rest[:_LONGEST_TAIL])
        ends = (token.end for token in tail if token.lower not in _BELONGING | ARTICLES)
        last = max(ends, default=last)
    return phrase.text[first.start - phrase.start : last - phrase.start]


_JOINTS = frozenset({"and", "or", "nor", "&"})
_RELATIVES = frozenset({"who", "which", "that", "whose", "whom", "("})


def _joined(phrase: _Phrase) -> list[_Phrase]:
    """The phrases that "and" joins in a phrase for two or more; empty for one."""
    inside = any(
        token.lower in _JOINTS
        and 0 < i < len(phrase.core) - 1
        and not phrase.in_name(token)
        and not _one_person_twice(phrase, i)
        for i, token in enumerate(phrase.core)
    )
    near = phrase.rest[:5]
    if not inside and near and near[0].text == "of" and phrase.last_name() is not None:
        # "Jane Roe of Ohio and Rick Doe of Iowa"
        starts = {n.start for n in phrase.names if n.kind == "person"}
        inside = any(t.lower == "and" and after.start in starts for t, after in pairwise(near))
    if not inside and not _listed_after(phrase):
        return []
    parts: list[list[Token]] = [[]]
    for token in takewhile(lambda t: t.lower not in _RELATIVES, (*phrase.core, *phrase.rest)):
        if (token.lower in _JOINTS or token.text == ",") and not phrase.in_name(token):
            parts.append([])
        else:
            parts[-1].append(token)
    return [phrase.cut(part) for part in parts if any(t.text[0].isalnum() for t in part)]


def _listed_after(phrase: _Phrase) -> bool:
    """ "Jane Roe, Rick Doe and Ann Lee": names and nothing else between commas and "and"."""
    ends = {n.end: n for n in phrase.names if n.kind in {"person", "unknown"} and not n.possessive}
    if phrase.core_end not in ends:
        return False
    starts = {n.start for n in ends.values()}
    for token, after in pairwise(phrase.rest):
        if phrase.in_name(token):
            continue
        if token.text != "," or (after.start not in starts and after.text != "and"):
            return token.text == "and" and after.start in starts
    return False


def _one_person_twice(phrase: _Phrase, at: int) -> bool:
    """ "the former secretary and current nominee", "actress and activist Jane Roe": one person."""
    left, right = phrase.core[:at], phrase.core[at + 1]
    offices = phrase.titles.offices
    if all(token.lower in offices for token in left) and right.lower in offices:
        return True
    named = any(n.start >= left[0].start and n.end <= left[-1].end for n in phrase.names)
    plural = left[-1].lower.endswith("s") and not left[-1].lower.endswith("ss")
    capital = len(left) < 3 and all(token.text[0].isupper() for token in left)
    return not (named or plural or capital or right.lower in _OTHERS)


_OTHERS = frozenset({"the", "a", "an", "his", "her", "their", "other", "others", "several", "some"})
