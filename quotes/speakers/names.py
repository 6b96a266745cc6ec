"""Finding the names of a text: where they stand, their titles, and what they may name.

A text comes in, `Name` records in text order go out.  A name is a run of capitalised words
with the small words that belong inside one; its title is split off in front, its possessive
ending behind.  `beside` and `kinds_of_body` give the words next to a name that tell of who or
what it names.  Who is the same person as whom is not decided here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from typing import Literal, NamedTuple

import regex

from quotes.people.known import People
from quotes.people.spelling import Gender, gender_of, is_given
from quotes.people.titles import Titles
from quotes.records import Mention

NameKind = Literal["person", "organisation", "place", "unknown"]

_LONGEST = 14  # words of a run at most: longer runs are headlines and tables

_WORD = (
    r"(?:(?:\p{Lu}\.){2,}"
    r"|\p{Lu}[\p{L}\p{M}\p{N}]*+(?:['’ʼ](?!s\b)\p{L}++|[-–&/]\p{L}[\p{L}\p{N}]*+)*+)"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in the text.

    Attributes:
        start, end: with its title, without a possessive ending.
        words: the name's own words, as written, never empty.
        title: the words before it that are no part of the name, as written; "" if none.
        kind: what its own words and title tell.
        gender: what its title or given name tells.
        possessive: followed by ’s or a bare apostrophe.
        loose: stands in a line where nearly every word is capitalised.
    """

    start: int
    end: int
    words: tuple[str, ...]
    title: str
    kind: NameKind
    gender: Gender | None = None
    possessive: bool = False
    loose: bool = False

    @property
    def text(self) -> str:
        """The name without its title."""
        return " ".join(self.words)


class Token(NamedTuple):
    """A word or mark of a text; `lower` is its form in the word lists."""

    text: str
    start: int
    end: int
    lower: str


def _tokens(pattern: regex.Pattern[str], text: str, start: int, end: int) -> list[Token]:
    """The words of a run, without full stops in lower case."""
    return [
        Token(m[0], m.start(), m.end(), m[0].lower().replace(".", "").replace("’", "'"))
        for m in pattern.finditer(text, start, end)
    ]


@cache
def _patterns(titles: Titles) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """The pattern of a run of capitalised words, and of one word inside a run."""
    short = "|".join(sorted(word.capitalize() for word in titles.abbreviated))
    small = "|".join(sorted(titles.particles))
    stop = rf"(?:(?<=\b(?:\p{{Lu}}|{short}))\.)?+"
    gap = r"[ \u00a0]{1,2}"
    word = _WORD + stop
    run = regex.compile(
        rf"(?<![\p{{L}}\p{{N}}@#])(?<!\p{{L}}[-’'])"
        rf"(?:(?:{small}){gap}(?={_WORD}))?+{word}"
        rf"(?:{gap}(?:(?:{small}){gap}){{0,2}}+{word}){{0,{_LONGEST - 1}}}+"
    )
    return run, regex.compile(rf"{word}|\p{{Ll}}+")


_LINE = regex.compile(r"[^\n]+")
_GAP = regex.compile(r" \s?(?:of(?:\s{1,2}(?:the|and))?|for|on|and|&)(?:\s? )")
_SMALL = regex.compile(r"\S+")  # the small words that may join two runs

_PRONOUNS = frozenset({"i", "he", "she", "it", "they"})
_HEADLINE_WORD = regex.compile(r"\p{L}[\p{L}'’\-]{3,}+")
_ENDING = regex.compile(r"['’]s\b|(?<=s)['’](?![\p{L}\p{N}])")


def find_names(text: str, titles: Titles, people: People) -> tuple[Name, ...]:
    """All names of `text`, in order, none overlapping.

    >>> from quotes.people.known import People
    >>> from quotes.people.titles import load_titles
    >>> found = find_names("Treasury Secretary Jane Roe met Mr. Doe’s aides.", load_titles(),
    ...                    People(()))
    >>> [(name.title, name.text, name.kind, name.possessive) for name in found]
    [('Treasury Secretary', 'Jane Roe', 'person', False), ('Mr.', 'Doe', 'person', True)]
    """
    found = (_name(run, text, loose, titles, people) for run, loose in _runs(text, titles))
    return tuple(name for name in found if name is not None)


def _runs(text: str, titles: Titles) -> Iterator[tuple[list[Token], bool]]:
    """Runs of capitalised words joined over "of" and the like, and whether loose."""
    run, word = _patterns(titles)
    for line in _LINE.finditer(text):
        loose = _is_headline(line[0][:400])
        held: list[Token] = []
        for match in run.finditer(text, *line.span()):
            words = _tokens(word, text, *match.span())
            joint = _joint(text, held, words, titles) if held else []
            if held and not joint:
                yield held, loose
                held = []
            held += joint + words
        if held:
            yield held, loose


def _is_headline(line: str) -> bool:
    """Whether nearly all longer words of a line are capitalised, so that capitals say little."""
    words = _HEADLINE_WORD.findall(line)
    if len(words) < 4:
        return False
    small = sum(not word[0].isupper() for word in words)
    shouted = sum(word.isupper() for word in words)
    few = len(words) >= 8 and small <= 0.2 * len(words)
    return small == 0 or few or shouted >= 0.8 * len(words)


def _joint(text: str, left: list[Token], right: list[Token], titles: Titles) -> list[Token]:
    """The small words that join two runs into one name or title, none if they are apart."""
    start, end = left[-1].end, right[0].start
    if len(left) + len(right) > _LONGEST or not _GAP.fullmatch(text, start, end):
        return []
    joint = _tokens(_SMALL, text, start, end)
    last = left[-1].lower
    heads = titles.body_heads
    match [word.text for word in joint]:
        case ["&"]:
            joined = left[0].lower not in titles.courtesy and right[0].lower not in titles.courtesy
        case ["and"]:
            joined = (
                right[-1].lower in heads
                and len(right) > 1
                and (last in heads or len(left) > 1)
                and not is_given(left[0].text)
                and last not in titles.places
            )
        case ["of", *_] if last in titles.offices:
            joined = _object_length(right, titles) > 0
        case _:
            joined = last in heads and len(left) + len(right) > 2
    return joint if joined else []


def _object_length(words: list[Token], titles: Titles) -> int:
    """How many words from the start of `words` are the object of an office ("of State")."""
    lowered = tuple(word.lower for word in words[:4])
    shift = int(lowered[:1] == ("the",))
    lengths = (len(o) + shift for o in titles.office_objects if lowered[shift:][: len(o)] == o)
    return next(lengths, 0)


def _name(run: list[Token], text: str, loose: bool, titles: Titles, people: People) -> Name | None:
    words = _without_openers(run, titles)
    if not words:
        return None
    start, end = words[0].start, words[-1].end
    if text[max(0, start - 1) : start] in _OPENING and text[end : end + 1] in _CLOSING:
        return None  # A title or a nickname, not who acts.
    title, own = ([], words) if loose else _split_title(words, titles)
    own = _without_peoples(own, bool(title), titles, people)
    while len(own) > 2 and own[-1].text.replace(".", "") in titles.behind:
        own = own[:-1]  # Without degrees, honours and seats: "Jane Roe OBE".
    kind = _kind(own, title, titles, people) if own else None
    if kind is None:
        return None
    behind = _BEHIND_PLACE.match(text, end)
    if kind == "unknown" and behind and behind[1].lower().replace(".", "") in titles.places:
        kind = "place"
    told = (titles.gender_of(word.lower) for word in reversed(title))
    gender = next((gender for gender in told if gender), None)
    if len(own) > 1 and kind in {"person", "unknown"} and own[0].lower not in titles.particles:
        gender = gender or gender_of(own[0].text)
    return Name(
        start=start if title else own[0].start,
        end=end,
        words=tuple(word.text for word in own),
        title=" ".join(word.text for word in title),
        kind=kind,
        gender=gender,
        possessive=_ENDING.match(text, end) is not None,
        loose=loose,
    )


_BEHIND_PLACE = regex.compile(r", ((?:\p{Lu}[\p{L}.]*+)(?: \p{Lu}[\p{L}.]*+)?)(?=[,.;)\s]|$)")
"""A state or country behind a name: "of Ashton, Md., who"."""

_OPENING = frozenset("“\"‘'«")
_CLOSING = frozenset("”\"’'»,.")


def _without_openers(run: list[Token], titles: Titles) -> list[Token]:
    """The run from its first word that can begin a name, behind a heading in capitals."""
    shouted = list(takewhile(lambda word: word.text.isupper(), run))
    if sum(len(word.text) > 3 for word in shouted) > 1 and len(shouted) < len(run):
        run = run[len(shouted) :]  # "SAVE MONEY Let’s see"
    for first, word in enumerate(run):
        lowered = [word.lower for word in run[first : first + 3]]
        small = word.lower in titles.openers or word.lower in titles.modifiers
        initial = len(word.text) == 2 and word.text.endswith(".")
        places = (" ".join(lowered[:n]) for n in range(2, len(lowered) + 1))
        if not small or initial or any(place in titles.places for place in places):
            return run[first:]
    return []


def _split_title(words: list[Token], titles: Titles) -> tuple[list[Token], list[Token]]:
    """Title words in front, and the name's own words; no own words: a title alone."""
    lowered = [word.lower for word in words]
    known = titles.surnames if len(words) == 1 else titles.bodies
    if "&" in lowered or " ".join(lowered) in known:
        return [], words
    cut = 0
    for i, word in enumerate(words):
        lower = word.lower
        if lower in titles.courtesy or lower in titles.offices or _is_rank(words, i, cut, titles):
            named = any(is_given(w.text) and w.lower not in titles.places for w in words[cut:i])
            if named and lower not in titles.abbreviated:
                break
            if i and i + 1 == len(words) and words[i - 1].lower in titles.courtesy:
                break
            cut = i + 1
            if cut < len(words) and words[cut].text == "of":
                cut += 1 + _object_length(words[cut + 1 :], titles)
    rest = words[cut:]
    if cut and any(word.lower in titles.body_heads for word in rest):
        return [], words
    return words[:cut], rest


def _is_rank(words: list[Token], at: int, cut: int, titles: Titles) -> bool:
    """Whether a word in capitals is a rank or seat before a name: "DCI Roe", "Labour MP Jo Roe"."""
    if words[at].text not in titles.initials or at + 1 == len(words):
        return False
    if not all(word.lower in titles.common for word in words[cut:at]):
        return False
    following = words[at + 1]
    alone = at + 2 == len(words) and not following.text.isupper()
    known = following.lower in titles.common or following.lower in titles.places
    return is_given(following.text) or (alone and not known)


def _without_peoples(own: list[Token], titled: bool, titles: Titles, people: People) -> list[Token]:
    """Without a leading people or party, where a person's name follows."""
    while len(own) > 1 and (
        own[0].lower in titles.common or (own[0].lower in titles.places and len(own) > 2)
    ):
        rest = " ".join(word.text for word in own[1:])
        if not (titled or (len(own) > 2 and is_given(own[1].text)) or people.named(rest)):
            break
        own = own[1:]
    return own


def _kind(own: list[Token], title: list[Token], titles: Titles, people: People) -> NameKind | None:
    """What the words name; None if they are no name at all."""
    lowered = [word.lower for word in own]
    whole = " ".join(lowered)
    if whole in titles.places:
        return "place"
    if title:
        nobody = whole in _PRONOUNS or all(word in titles.common for word in lowered)
        return None if nobody else "person"
    if whole in titles.bodies or "&" in lowered:
        return "organisation"
    if all(word in titles.common or word in titles.openers for word in lowered):
        return None
    headed = any(word in titles.body_heads for word in lowered)
    if len(own) == 1:
        return "organisation" if headed and own[0].text.isupper() else "unknown"
    if people.named(" ".join(word.text for word in own)):
        return "person"
    if headed:
        return "organisation"
    initials = own[0].text.replace(".", "")
    initialled = initials.isupper() and len(initials) <= 2 and lowered[1] not in titles.places
    if is_given(own[0].text) or initialled:
        return "person"
    return "place" if lowered[-1] in titles.places else "unknown"


def piece_of(text: str, name: Name, first: int, last: int) -> Name:
    """The name that some words of a run without a title are, from `first` to before `last`."""
    start = end = name.start
    for number, word in enumerate(name.words[:last]):
        at = text.index(word, end)
        start, end = at if number <= first else start, at + len(word)
    return replace(
        name,
        start=start,
        end=end,
        words=name.words[first:last],
        title="",
        kind="person" if last - first > 1 and name.kind != "organisation" else "unknown",
        gender=None,
        possessive=text.startswith(("’s", "'s"), end),
    )


# What the reader and the words beside a name say of it.

_NEAR = 8  # names looked at to find the one that a mention touches


def with_mentions(names: tuple[Name, ...], mentions: Sequence[Mention]) -> tuple[Name, ...]:
    """The names, those of unknown kind persons where the reader says so.

    Of bodies the reader is less sure than the rules; words in capitals may be anything.
    """
    settled = list(names)
    for span in (mention.span for mention in mentions if mention.kind == "person"):
        first = max(0, bisect_left(names, span.start, key=lambda name: name.start) - 1)
        near = range(first, min(first + _NEAR, len(names)))
        touched = [n for n in near if names[n].start < span.end and names[n].end > span.start]
        if len(touched) == 1:
            name = names[touched[0]]
            covered = span.start <= name.start and name.end <= span.end + 1
            shouted = all(word.isupper() and len(word.rstrip(".")) > 1 for word in name.words)
            if name.kind == "unknown" and covered and not shouted:
                settled[touched[0]] = replace(name, kind="person")
    return tuple(settled)


_PHRASE_BEFORE = regex.compile(r"(?r)(?:\b\p{L}[\p{L}\-’']* ){1,8}")  # read backwards from a name

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
        for word in reversed(phrase.group().lower().split()):
            if word in titles.openers or word in titles.prepositions or word in titles.clauses:
                break
            before.insert(0, word)
            if word.endswith(("’s", "'s")):
                break
    elif left.endswith(", ") and text.startswith(",", name.end):
        chunk = left[max(left.rfind(mark, 0, -2) for mark in '.,;:“”"\n') + 1 : -2]
        words = chunk.lower().split()
        before = words if any(word in titles.people for word in words) else []
    return before, [] if name.possessive else _apposition_words(text, name)


_NOUNS_AFTER = regex.compile(r"(?: \p{Ll}+){1,3}")


def kinds_of_body(text: str, name: Name, titles: Titles) -> list[str]:
    """Lower-case words right behind a body's name and in its apposition."""
    after = _NOUNS_AFTER.match(text, name.end, name.end + 40)
    words = after.group().split() if after else []
    words = list(takewhile(lambda word: word not in titles.openers, words))
    return words + _apposition_words(text, name)


def _apposition_words(text: str, name: Name) -> list[str]:
    """Words that say what someone is: those of "Ms Roe's lawyer" only behind the owner."""
    match = _APPOSITION.match(text, name.end, name.end + 140)
    first, *rest = match[1].lower().split() if match else [""]
    if first not in _DETERMINERS and first != "former" and not first.endswith(("’s", "'s")):
        return []
    words = [first] if first == "former" else []
    for word in rest:
        if word in _CLAUSE:
            break
        words = [] if word.endswith(("’s", "'s")) else [*words, word]
    return words
