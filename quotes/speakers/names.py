"""Finding the names of a text: where they stand, their titles, and what they may name.

A text comes in, `Name` records in text order go out.  A name is a run of capitalised words
with the small words that belong inside one; its title is split off in front, its possessive
ending behind.  `beside` and `kinds_of_body` give the words next to a name that tell of who or
what it names.  Who is the same person as whom is not decided here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from typing import Literal, NamedTuple

import regex

from quotes.people.known import People
from quotes.people.spelling import Gender, gender_of, is_given
from quotes.people.titles import Titles, in_any
from quotes.records import Mention, Span

NameKind = Literal["person", "organisation", "place", "unknown"]

_LONGEST = 14  # words of a run at most: longer runs are headlines and tables

_WORD = (
    r"(?:(?:\p{Lu}\.){2,}"
    r"|(?:[dl]['’](?=\p{Lu}))?+\p{Lu}[\p{L}\p{M}\p{N}]*+"
    r"(?:['’ʼ](?!s\b)\p{L}++|[-–&/]\p{L}[\p{L}\p{N}]*+|\.(?:com|org|net|co|io|ai|tv|gov)\b)*+)"
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
        opens: its first word begins a sentence, so that its capital says nothing.
        common: an everyday word or a title, which is a name only of who is so called in full.
    """

    start: int
    end: int
    words: tuple[str, ...]
    title: str
    kind: NameKind
    gender: Gender | None = None
    possessive: bool = False
    loose: bool = False
    opens: bool = False
    common: bool = False

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
    word = rf"(?:(?:{'|'.join(sorted(titles.bound))})[-‐–](?=\p{{Lu}}))?+{_WORD}{stop}"
    run = regex.compile(
        rf"(?<![\p{{L}}\p{{N}}@#])(?<!\p{{L}}[-’'])"
        rf"(?:(?:{small}){gap}(?={word}))?+{word}"
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
    lists = _Lists(titles, people)
    found = (
        _name(words, text, loose, lists)
        for run, loose in _runs(text, titles)
        for words in (_parted(run, text, titles) if len(run) > 2 and not loose else (run,))
    )
    return _given_by_title(tuple(name for name in found if name is not None), titles)


class _Lists(NamedTuple):
    """What is known of names before any text is read."""

    titles: Titles
    people: People


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
        case ["of"]:
            joined = last in heads
        case _:
            joined = last in heads and len(left) + len(right) > 2
    return joint if joined else []


def _object_length(words: list[Token], titles: Titles) -> int:
    """How many words from the start of `words` are the object of an office ("of State")."""
    lowered = tuple(word.lower for word in words[:4])
    shift = int(lowered[:1] == ("the",))
    lengths = (len(o) + shift for o in titles.office_objects if lowered[shift:][: len(o)] == o)
    return next(lengths, 0)


def _parted(run: list[Token], text: str, titles: Titles) -> tuple[list[Token], ...]:
    """A run cut before a person's name behind a body's: "Ministry of Finance | Jane Roe".

    Only behind "of" is what stands first a body's or a place's, and not the person's title.
    """
    lowered = [word.lower for word in run]
    last = len(run) - 2
    listed = in_any(titles, "common places body_heads offices")
    bodily = last > 0 and lowered[last - 1] in titles.body_heads
    if bodily and is_given(run[last].text) and not listed & set(lowered[last:]):
        return (run[:last], run[last:])  # "Speaking to the Daily Post Jane Roe said"
    first = len(lowered) - lowered[::-1].index("of") if "of" in lowered else 0
    if first == len(run):
        return (run,)
    if first == 0 and not _INSIDE.search(text, max(0, run[0].start - 8), run[0].start):
        return (run,)
    if run[first].text in titles.initials or lowered[max(0, first - 2)] in titles.offices:
        return (run,)
    own = in_any(titles, "offices people courtesy common")
    listed = in_any(titles, "body_heads common places")
    for at in range(first + 1, len(run) - 1):
        if own & set(lowered[first:at]) or is_given(run[first].text):
            break
        if is_given(run[at].text) and len(run) - at <= 4 and not listed & set(lowered[at:]):
            return (run[:at], run[at:])
    return (run,)


_INSIDE = regex.compile(r"\b(?:of|for|at)(?: the)? $")
"""Before the body of an office: "director of Public Works Jane Roe"."""


def _name(run: list[Token], text: str, loose: bool, lists: _Lists) -> Name | None:
    """The name that a run is, None if it is none."""
    titles = lists.titles
    opens = _OPENING_PLACE.search(text, max(0, run[0].start - 6), run[0].start) is not None
    words = _without_openers(run, opens, text, titles)
    if not words:
        return None
    start, end = words[0].start, words[-1].end
    if text[max(0, start - 1) : start] in _OPENING and text[end : end + 1] in _CLOSING:
        return None  # A title or a nickname, not who acts.
    title, own = ([], words) if loose else _split_title(words, titles, opens=opens)
    own = _without_peoples(own, bool(title), text, lists)
    while len(own) > 2 and own[-1].text.replace(".", "") in titles.behind:
        own = own[:-1]  # Without degrees, honours and seats: "Jane Roe OBE".
    if len(own) > 1 + (not title) and own[-1].lower in titles.days:
        own, end = own[:-1], own[-2].end  # "Chairman Jane Roe Sunday told them"
    if len(own) > 1 and not loose and own[-1].lower in _ASKED:
        own, end = own[:-1], own[-2].end
    alone = not own and title[-1].lower not in titles.abbreviated
    if alone:
        title, own = title[:-1], title[-1:]
    named = bool(own) and not alone and (loose or not _are_several(own, titles))
    kind = _kind(own, title, lists) if named else None
    common = kind is None and len(own) == 1 and own[0].lower not in _PRONOUNS
    if kind is None and (loose or not common or own[0].lower in titles.openers):
        return None
    return _made(
        title,
        own,
        kind or "unknown",
        text,
        titles,
        loose=loose,
        opens=opens,
        end=end,
        common=common,
    )


def _made(
    title: list[Token],
    own: list[Token],
    kind: NameKind,
    text: str,
    titles: Titles,
    *,
    end: int,
    loose: bool,
    opens: bool,
    common: bool,
) -> Name:
    """The record of a name; a place behind it makes it a place, its title tells a gender."""
    behind = _BEHIND_PLACE.match(text, end)
    if kind == "unknown" and behind and behind[1].lower().replace(".", "") in titles.places:
        kind = "place"
    told = (titles.gender_of(word.lower) for word in reversed(title))
    gender = next((gender for gender in told if gender), None)
    if len(own) > 1 and kind in {"person", "unknown"} and own[0].lower not in titles.particles:
        gender = gender or gender_of(own[0].text)
    return Name(
        start=title[0].start if title else own[0].start,
        end=end,
        words=tuple(word.text for word in own),
        title=" ".join(word.text for word in title),
        kind=kind,
        gender=gender,
        possessive=_ENDING.match(text, end) is not None,
        loose=loose,
        opens=opens,
        common=common,
    )


def _given_by_title(names: tuple[Name, ...], titles: Titles) -> tuple[Name, ...]:
    """The names, a title that is a given name part of it where nobody else has the surname."""
    several = (name.words for name in names if len(name.words) > 1)
    full = {w for words in several if words[0].lower() not in titles.given for w in words}
    return tuple(
        replace(name, words=(name.title, *name.words), title="", kind="person", gender=None)
        if name.title.lower() in titles.given
        and len(name.words) == 1
        and name.words[0] not in full
        and not name.common
        else name
        for name in names
    )


_BEHIND_PLACE = regex.compile(r", ((?:\p{Lu}[\p{L}.]*+)(?: \p{Lu}[\p{L}.]*+)?)(?=[,.;)\s]|$)")
"""A state or country behind a name: "of Ashton, Md., who"."""

_OPENING_PLACE = regex.compile(r"(?:^|[\n.!?:;…—–•*|“\"‘(\[]|\s-)[\s“\"'‘(\[]*$", regex.REVERSE)
"""What stands before the first word of a sentence, a line or a quotation."""

_OPENING = frozenset("“\"‘'«")
_CLOSING = frozenset("”\"’'»,.")
_ASKED = frozenset({"poll", "polls"})
"""What a body's name goes on with that is no part of it: "the Roe University Poll"."""


def _without_openers(run: list[Token], opens: bool, text: str, titles: Titles) -> list[Token]:
    """The run from its first word that can begin a name, behind a heading in capitals."""
    shouted = list(takewhile(lambda word: word.text.isupper(), run))
    if sum(len(word.text) > 3 for word in shouted) > 1 and len(shouted) < len(run):
        run = run[len(shouted) :]  # "SAVE MONEY Let’s see"
    for first, word in enumerate(run):
        asks = opens and first == 0 and _QUESTION.match(text, word.end) is not None
        if not _is_small(run[first : first + 3], asks, titles):
            return run[first:]
    return []


_VERBS = frozenset({"will", "may"})
"""Auxiliaries that are given names too."""

_QUESTION = regex.compile(r"[^.!?\n]{0,300}+\?")


def _is_small(words: list[Token], asks: bool, titles: Titles) -> bool:
    """Whether the first of some words is a small one that begins no name.

    `asks`: it begins a question, so that "Will" is a verb.
    """
    word, *after = words
    lowered = [each.lower for each in words]
    initial = len(word.text) == 2 and word.text.endswith(".")
    places = (" ".join(lowered[:n]) for n in range(2, len(lowered) + 1))
    if initial or word.text in titles.acronyms or any(place in titles.places for place in places):
        return False
    described = not after or lowered[1] in titles.offices or lowered[1] in titles.people
    if word.lower in titles.praising and len(after) > 1:
        return described or is_given(after[0].text)
    if word.lower in titles.modifiers:
        return described or word.lower not in {"new", "old"}
    named = word.lower in _VERBS and after and not asks and lowered[1] not in titles.openers
    return word.lower in titles.openers and not named


def _split_title(
    words: list[Token], titles: Titles, *, opens: bool
) -> tuple[list[Token], list[Token]]:
    """Title words in front, and the name's own words; no own words: a title alone."""
    lowered = [word.lower for word in words]
    known = titles.surnames if len(words) == 1 else in_any(titles, "bodies places")
    if "&" in lowered or " ".join(lowered) in known:
        return [], words
    cut = 0
    for i, word in enumerate(words):
        length = _title_length(words, i, cut, titles, opens=opens)
        if not length:
            continue
        named = any(is_given(w.text) and w.lower not in titles.places for w in words[cut:i])
        if named and word.lower not in titles.abbreviated:
            break
        if i and i + 1 == len(words) and words[i - 1].lower in titles.courtesy:
            break
        cut = i + length
        if cut < len(words) and words[cut].text == "of":
            cut += 1 + _object_length(words[cut + 1 :], titles)
    while cut and words[cut - 1].lower in titles.qualifiers:
        cut = next((n for n in range(cut - 1, 0, -1) if lowered[n - 1] in titles.offices), 0)
    rest = words[cut:]
    if cut and any(word.lower in titles.body_heads for word in rest):
        return [], words
    return words[:cut], rest


def _title_length(words: list[Token], at: int, cut: int, titles: Titles, *, opens: bool) -> int:
    """How many words from `at` are a title, an office or a noun for the person named next."""
    lower = words[at].lower
    pair = tuple(word.lower for word in words[at : at + 2])
    if pair in titles.title_phrases:
        return 2
    if lower in titles.courtesy or lower in titles.offices or _is_rank(words, at, cut, titles):
        return 1
    noun = at == cut and lower in titles.people and lower not in titles.common
    after = words[at + 1 :]
    listed = in_any(titles, "body_heads common places documents")
    plain = opens and len(after) == 2 and not any(word.lower in listed for word in after)
    return int(noun and len(after) > 1 and (plain or is_given(after[0].text)))


def _is_rank(words: list[Token], at: int, cut: int, titles: Titles) -> bool:
    """Whether a word in capitals is a rank or seat before a name: "DCI Roe", "Labour MP Jo Roe"."""
    if words[at].text not in titles.initials or at + 1 == len(words):
        return False
    if not all(word.lower in titles.common for word in words[cut:at]):
        return False
    following = words[at + 1 :]
    listed = in_any(titles, "body_heads common places")
    if is_given(following[0].text):
        return True
    if any(word.lower in listed for word in following):
        return False
    return len(following) <= 3 and not following[0].text.isupper()


_ON = regex.compile(
    r"(?:^|[.!?\n“\"]\s*|\b(?:[Oo]n|last|next|until|since|[Ll]ate|[Ee]arly|by|this) )$",
    regex.REVERSE,
)
"""What stands before a day that is not part of the name behind it."""


def _without_peoples(own: list[Token], titled: bool, text: str, lists: _Lists) -> list[Token]:
    """Without a leading people, party or day, where a person's name follows."""
    while len(own) > 1 and _is_apart(own, titled, text, lists):
        own = own[1:]
    return own


def _is_apart(own: list[Token], titled: bool, text: str, lists: _Lists) -> bool:
    """Whether the first of some words is no part of the name that the others are."""
    titles, rest = lists.titles, own[1:]
    lower = own[0].lower
    if lower in titles.days:
        before = text[max(0, own[0].start - 8) : own[0].start]
        listed = in_any(titles, "body_heads common")
        return bool(_ON.search(before)) and not any(word.lower in listed for word in rest)
    if is_given(own[0].text):
        return False
    if lower not in titles.common and (lower not in titles.places or len(own) < 3):
        return False
    named = lists.people.named(" ".join(word.text for word in rest)) is not None
    return titled or (len(own) > 2 and is_given(rest[0].text)) or named


def _kind(own: list[Token], title: list[Token], lists: _Lists) -> NameKind | None:
    """What the words name; None if they are no name at all."""
    titles = lists.titles
    lowered = [word.lower for word in own]
    whole = " ".join(lowered)
    if whole in titles.places:
        return "place"
    called = len(own) == 2 and is_given(own[0].text) and lowered[0] not in titles.common
    everyday = not called and all(w in titles.common or w in titles.openers for w in lowered)
    if title:
        courtesy = title[-1].lower in titles.courtesy and title[-1].lower in titles.abbreviated
        nobody = whole in _PRONOUNS or (everyday and not courtesy)
        return None if nobody else "person"
    if whole in titles.bodies or "&" in lowered or own[0].text in titles.acronyms:
        return "organisation"
    if everyday:
        return None
    headed = any(word in titles.body_heads for word in lowered)
    if len(own) == 1:
        return "organisation" if headed and own[0].text.isupper() else "unknown"
    if lists.people.named(" ".join(word.text for word in own)):
        return "person"
    if headed:
        return "organisation"
    initials = own[0].text.replace(".", "")
    initialled = initials.isupper() and len(initials) <= 2 and lowered[1] not in titles.places
    if is_given(own[0].text) or initialled:
        return "person"
    return "place" if lowered[-1] in titles.places else "unknown"


def _are_several(own: list[Token], titles: Titles) -> bool:
    """Whether words mean several people: "House Republicans", "Tory MPs"."""
    lowered = [word.lower for word in own]
    last = lowered[-1]
    if len(lowered) < 2 or last not in titles.groups or not last.endswith("s"):
        return False
    return last in titles.common or all(
        word == "house" or word in in_any(titles, "common places bodies") for word in lowered[:-1]
    )


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

_NEAR = 3  # mentions of people looked at to find the one that a name ends with


def trimmed(
    names: tuple[Name, ...], mentions: Sequence[Mention], text: str, titles: Titles
) -> tuple[Name, ...]:
    """The names without words in front that the reader says are no part of a person's name.

    Only words that begin a sentence, everyday words, and what the reader calls another name go:
    "Brave | Jane Roe", "Bergen Post | Jane Roe".
    """
    persons = [mention.span for mention in mentions if mention.kind == "person"]
    others = {m.span.end for m in mentions if m.kind in {"organisation", "place", "nationality"}}
    ends = [span.end for span in persons]
    return tuple(_trimmed(name, persons, ends, others, text, titles) for name in names)


def _trimmed(
    name: Name,
    persons: Sequence[Span],
    ends: Sequence[int],
    others: Set[int],
    text: str,
    titles: Titles,
) -> Name:
    """One name without what is no part of it; `others`: where names of other kinds end."""
    own = name.end - len(text[name.start : name.end].removeprefix(name.title).lstrip())
    if len(name.words) < 2 or name.loose or is_given(name.words[0]):
        return name
    first = bisect_left(ends, own + 1)
    near = [span for span in persons[first : first + _NEAR] if span.start < name.end]
    if len(near) != 1 or not own < near[0].start or abs(near[0].end - name.end) > 1:
        return name
    gone = len(text[own : near[0].start].split())
    dropped = {word.lower() for word in name.words[:gone]}
    everyday = in_any(titles, "people common offices groups")
    whole = " ".join(name.words[gone:])
    called = name.words[gone:]
    if not called or not text.startswith(whole, near[0].start):
        return name
    # "In an interview with the Evening Post Ann Lee said": "the" stands before no person's name.
    behind_the = gone > 1 and text.endswith(" the ", 0, own)
    if len(called) < 2 or not (behind_the or near[0].start - 1 in others):
        initials = any(len(word.rstrip(".")) == 1 for word in name.words[:gone])
        bodily = titles.body_heads & {word.lower() for word in name.words}
        apart = dropped <= everyday or (name.opens and len(called) > 1)
        if initials or bodily or not apart:
            return name
    gender = name.gender or (gender_of(called[0]) if len(called) > 1 else None)
    return replace(name, start=near[0].start, words=called, kind="person", gender=gender, title="")


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


_LONGEST_ROLE = 9  # words of a role that is shown at most
_BETWEEN = 2  # everyday words between a role's noun and what it is of: "salt mine worker"
_ROLE_MARKS = ' ,;:()“”"‘'


def role_in(words: Sequence[str], titles: Titles) -> str | None:
    """The role that the last of some words are, as written, None if they are none.

    >>> from quotes.people.titles import load_titles
    >>> role_in("They think Utah regime leader".split(), load_titles())
    'Utah regime leader'
    >>> role_in("The former Tarnwell chief executive,".split(), load_titles())
    'former Tarnwell chief executive'
    >>> role_in("Report Endorses House".split(), load_titles()) is None
    True
    """
    heads = in_any(titles, "offices people")
    stripped = [word.strip(_ROLE_MARKS) for word in words] or [""]
    of = stripped.index("of") if "of" in stripped[1:] else len(stripped)
    *before, head = stripped[:of]
    if head.lower().rstrip(".") not in heads and head not in titles.initials:
        return None
    kept, between = [head, *stripped[of:]], 0
    for word in reversed(before[-_LONGEST_ROLE:]):
        lower, owner = word.lower().replace(".", ""), word.endswith(("’s", "'s"))
        small = lower in titles.openers and lower not in titles.acronyms
        listed = in_any(titles, "offices people modifiers body_nouns common belongs")
        if not word[:1].isalpha() or small or (owner and word[0].islower()):
            break
        if word[0].islower() and lower not in listed:
            between += 1
            if (
                between > _BETWEEN
                or len(kept) > between
                or of < len(stripped)
                or lower.endswith(("ed", "ing", "ly"))
            ):
                break
            kept.insert(0, word)
        else:
            kept.insert(0, word)
    named = any(word[0].isupper() for word in kept[:-1])
    alone = head.lower() in in_any(titles, "personal related qualifiers")
    return None if alone and not named else " ".join(kept)


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
