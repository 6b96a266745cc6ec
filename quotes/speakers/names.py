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
from quotes.records import Mention, Span

NameKind = Literal["person", "organisation", "place", "unknown"]

_LONGEST = 14
"""Words of a run at most: longer runs are headlines and tables."""

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


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    lower: str


def _word(text: str, start: int, end: int) -> _Word:
    return _Word(text, start, end, text.lower().replace(".", "").replace("’", "'"))


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
    names: list[Name] = []
    for run, loose in _runs(text, titles):
        name = _name(run, text, loose, titles, people)
        if name is not None:
            names.append(name)
    return tuple(names)


def _runs(text: str, titles: Titles) -> Iterator[tuple[list[_Word], bool]]:
    """Runs of capitalised words joined over "of" and the like, and whether loose."""
    pattern, word = _patterns(titles)
    held: list[_Word] = []
    loose = False
    line_end = -1
    for match in pattern.finditer(text):
        if match.start() >= line_end:
            line_start = text.rfind("\n", 0, match.start()) + 1
            line_end = text.find("\n", match.start())
            line_end = len(text) if line_end < 0 else line_end
            loose_line = _is_headline(text[line_start : min(line_end, line_start + 400)])
        words = [
            _word(m.group(), m.start(), m.end())
            for m in word.finditer(text, match.start(), match.end())
        ]
        joint = _joint(text, held, words, titles) if held and loose == loose_line else None
        if joint is not None:
            held += joint + words
            continue
        if held:
            yield held, loose
        held, loose = words, loose_line
    if held:
        yield held, loose


def _is_headline(line: str) -> bool:
    """Whether nearly all longer words of a line are capitalised, so that capitals say little."""
    words = _HEADLINE_WORD.findall(line)
    small = sum(not word[0].isupper() for word in words)
    shouted = sum(word.isupper() for word in words)
    if len(words) < 4:
        return False
    return (
        small == 0 or shouted >= 0.8 * len(words) or (len(words) >= 8 and small <= 0.2 * len(words))
    )


def _joint(text: str, left: list[_Word], right: list[_Word], titles: Titles) -> list[_Word] | None:
    """The small words that join two runs into one name or title, None if they are apart."""
    gap = text[left[-1].end : right[0].start]
    if len(gap) > 9 or not gap.startswith(" ") or not gap.endswith(" "):
        return None
    small = gap.split()
    if small not in (["of"], ["of", "the"], ["for"], ["on"], ["and"], ["of", "and"], ["&"]):
        return None
    if len(left) + len(right) > _LONGEST:
        return None
    if not _joins(left, small, right, titles):
        return None
    offset = left[-1].end
    joint = []
    for word in small:
        at = text.index(word, offset)
        joint.append(_word(word, at, at + len(word)))
        offset = at + len(word)
    return joint


def _joins(left: list[_Word], small: list[str], right: list[_Word], titles: Titles) -> bool:
    last = left[-1].lower
    if small == ["&"]:
        return not any(word.lower in titles.courtesy for word in (left[0], right[0]))
    if small == ["and"]:
        return (
            right[-1].lower in titles.body_heads
            and len(right) > 1
            and (last in titles.body_heads or "of" in [word.text for word in left] or len(left) > 1)
            and not is_given(left[0].text)
            and left[-1].lower not in titles.places
        )
    if small[0] == "of" and last in titles.offices:
        return _object_length(right, titles) > 0
    return last in titles.body_heads and len(left) + len(right) > 2


def _object_length(words: list[_Word], titles: Titles) -> int:
    """How many words from the start of `words` are the object of an office ("of State")."""
    lowered = tuple(word.lower for word in words[:4])
    bare = lowered[1:] if lowered[:1] == ("the",) else lowered
    shift = len(lowered) - len(bare)
    for office_object in titles.office_objects:
        if bare[: len(office_object)] == office_object:
            return len(office_object) + shift
    return 0


def _name(run: list[_Word], text: str, loose: bool, titles: Titles, people: People) -> Name | None:
    words = _without_openers(_after_heading(run), titles)
    if not words or _is_quoted_title(text, words):
        return None
    start, end = words[0].start, words[-1].end
    title, own = ([], words) if loose else _split_title(words, titles)
    own = _without_peoples(own, bool(title), titles, people)
    own = _without_letters(own, titles)
    if not own:
        return None
    kind = _kind(own, title, titles, people)
    if kind is None:
        return None
    if kind == "unknown" and _names_place(text, end, titles):
        kind = "place"
    return Name(
        start=start if title else own[0].start,
        end=end,
        words=tuple(word.text for word in own),
        title=" ".join(word.text for word in title),
        kind=kind,
        gender=_gender(own, title, kind, titles),
        possessive=_ENDING.match(text, end) is not None,
        loose=loose,
    )


_BEHIND_PLACE = regex.compile(r", ((?:\p{Lu}[\p{L}.]*+)(?: \p{Lu}[\p{L}.]*+)?)(?=[,.;)\s]|$)")


def _names_place(text: str, end: int, titles: Titles) -> bool:
    """Whether a state or country stands behind a comma: "of Ashton, Md., who"."""
    found = _BEHIND_PLACE.match(text, end)
    return found is not None and found.group(1).lower().replace(".", "") in titles.places


def _after_heading(run: list[_Word]) -> list[_Word]:
    """The run without a heading in capitals that runs into a sentence: "SAVE MONEY Let’s see"."""
    shouted = 0
    while shouted < len(run) and run[shouted].text.isupper():
        shouted += 1
    letters = sum(len(word.text) > 3 for word in run[:shouted])
    return run[shouted:] if letters > 1 and shouted < len(run) else run


def _is_quoted_title(text: str, words: list[_Word]) -> bool:
    """Whether the words fill a pair of quotation marks: a title or a nickname, not who acts."""
    start, end = words[0].start, words[-1].end
    opened = text[max(0, start - 1) : start] in {"“", '"', "‘", "'", "«"}
    return opened and text[end : end + 1] in {"”", '"', "’", "'", "»", ",", "."}


def _without_openers(run: list[_Word], titles: Titles) -> list[_Word]:
    """The run from its first word that can begin a name."""
    for first in range(len(run)):
        rest = run[first:]
        small = rest[0].lower in titles.openers or rest[0].lower in titles.modifiers
        if not small or _begins_place(rest, titles):
            return rest
        if rest[0].text.endswith(".") and len(rest[0].text) == 2:
            return rest
    return []


def _begins_place(words: list[_Word], titles: Titles) -> bool:
    lowered = [word.lower for word in words[:3]]
    return any(" ".join(lowered[:n]) in titles.places for n in (2, 3) if len(lowered) >= n)


def _split_title(words: list[_Word], titles: Titles) -> tuple[list[_Word], list[_Word]]:
    """Title words in front, and the name's own words; no own words: a title alone."""
    if (len(words) == 1 and words[0].lower in titles.surnames) or _is_known_body(words, titles):
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


def _is_known_body(words: list[_Word], titles: Titles) -> bool:
    lowered = [word.lower for word in words]
    return "&" in lowered or (len(words) > 1 and " ".join(lowered) in titles.bodies)


def _is_rank(words: list[_Word], at: int, cut: int, titles: Titles) -> bool:
    """Whether a word in capitals is a rank or seat before a name: "DCI Roe", "Labour MP Jo Roe"."""
    if words[at].text not in titles.initials or at + 1 == len(words):
        return False
    if not all(word.lower in titles.common for word in words[cut:at]):
        return False
    following = words[at + 1]
    alone = at + 2 == len(words) and not following.text.isupper()
    known = following.lower in titles.common or following.lower in titles.places
    return is_given(following.text) or (alone and not known)


def _without_letters(own: list[_Word], titles: Titles) -> list[_Word]:
    """Without the degrees, honours and seats behind a full name: "Jane Roe OBE"."""
    while len(own) > 2 and own[-1].text.replace(".", "") in titles.behind:
        own = own[:-1]
    return own


def _without_peoples(own: list[_Word], titled: bool, titles: Titles, people: People) -> list[_Word]:
    """Without a leading people or party, where a person's name follows."""
    while len(own) > 1 and (
        own[0].lower in titles.common or (own[0].lower in titles.places and len(own) > 2)
    ):
        rest = " ".join(word.text for word in own[1:])
        if not (titled or (len(own) > 2 and is_given(own[1].text)) or people.named(rest)):
            break
        own = own[1:]
    return own


def _kind(own: list[_Word], title: list[_Word], titles: Titles, people: People) -> NameKind | None:
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
    return _untitled_kind(own, lowered, titles, people)


def _untitled_kind(
    own: list[_Word], lowered: list[str], titles: Titles, people: People
) -> NameKind:
    if len(own) > 1 and people.named(" ".join(word.text for word in own)):
        return "person"
    if any(word in titles.body_heads for word in lowered) and (
        len(own) > 1 or own[0].text.isupper()
    ):
        return "organisation"
    if len(own) == 1:
        return "unknown"
    if is_given(own[0].text) or (_initials(own[0].text) and lowered[1] not in titles.places):
        return "person"
    return "place" if lowered[-1] in titles.places else "unknown"


def _initials(word: str) -> bool:
    return word.replace(".", "").isupper() and len(word.replace(".", "")) <= 2


def _gender(own: list[_Word], title: list[_Word], kind: NameKind, titles: Titles) -> Gender | None:
    for word in reversed(title):
        told = titles.gender_of(word.lower)
        if told:
            return told
    if len(own) < 2 or kind not in {"person", "unknown"} or own[0].lower in titles.particles:
        return None
    return gender_of(own[0].text)


def word_places(text: str, name: Name) -> list[int]:
    """Where each word of a name begins."""
    places = []
    at = max(
        name.start,
        text.rfind(name.words[0], name.start, name.end - len(name.text) + len(name.words[0])),
    )
    for word in name.words:
        at = text.find(word, at, name.end)
        if at < 0:
            return [name.start] * len(name.words)
        places.append(at)
        at += len(word)
    return places


def piece_of(text: str, name: Name, places: list[int], first: int, last: int) -> Name:
    """The name that some words of a longer run are, from `first` to before `last`.

    Args:
        places: where each word of the run begins.
    """
    words = name.words[first:last]
    end = places[last - 1] + len(words[-1])
    return replace(
        name,
        start=places[first],
        end=end,
        words=words,
        title="",
        kind="person" if len(words) > 1 and name.kind != "organisation" else "unknown",
        gender=None,
        possessive=text.startswith(("’s", "'s"), end),
    )


# What the reader and the words beside a name say of it.

_NEAR = 8
"""Names looked at to find the one that a mention touches."""


def with_mentions(names: tuple[Name, ...], mentions: Sequence[Mention]) -> tuple[Name, ...]:
    """The names, those of unknown kind persons where the reader says so.

    Of bodies the reader is less sure than the rules; words in capitals may be anything.
    """
    settled = list(names)
    for mention in mentions:
        if mention.kind == "person":
            touched = _touched(names, mention.span)
            if len(touched) == 1:
                settled[touched[0]] = _settled(names[touched[0]], mention)
    return tuple(settled)


def _touched(names: tuple[Name, ...], span: Span) -> list[int]:
    first = max(0, bisect_left(names, span.start, key=lambda name: name.start) - 1)
    near = range(first, min(first + _NEAR, len(names)))
    return [n for n in near if names[n].start < span.end and names[n].end > span.start]


def _settled(name: Name, mention: Mention) -> Name:
    covered = mention.span.start <= name.start and name.end <= mention.span.end + 1
    shouted = all(word.isupper() and len(word.rstrip(".")) > 1 for word in name.words)
    if name.kind != "unknown" or name.title or not covered or shouted:
        return name
    return replace(name, kind="person")


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
