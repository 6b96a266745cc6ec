"""Text as printed and text for comparing: normalisation, words and sentences.

In: any string.  Out: spans of that string, or a normalised copy with a map back to it.
Nothing here changes a stored text, and nothing knows of quotations or speakers.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache

from quotes.records import Span

DOUBLE_MARKS = '"“”„‟«»〝〞〟＂'
SINGLE_MARKS = "'‘’‚‛‹›`´ʼ′＇"
DASHES = "–—―−‒⸺⸻"
HYPHENS = "‐‑﹣－-"  # the plain one last: it stands in character classes
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"

_GAP = rf"[\s{INVISIBLE}]"
# What is not plain ASCII running text, the longest reading first.
_SPECIAL = re.compile(
    rf"""
      (?P<dash> {_GAP}*+ (?: (?: [{DASHES}] | -{{2,}} ) {_GAP}*+ )+ | {_GAP}++ - {_GAP}++ )
    | (?P<gap> {_GAP}{{2,}}+ | [^\S\ ] )
    | (?P<dots> \.(?: \ ?\. ){{2,}}+ | … \.*+ )
    | (?P<double> `` | '' )
    | (?P<char> [^\x20-\x7e] | ` )
    """,
    re.VERBOSE,
)
_FOLDED = {"dash": " - ", "gap": " ", "dots": "...", "double": '"'}


@dataclass(frozen=True, slots=True, eq=False)
class Normalised:
    """A text for comparing, and where each of its characters was printed.

    Attributes:
        text: the normalised text.
        offsets: for each of its characters, where the printed original starts.
        ends: for each of its characters, where the printed original ends.
    """

    text: str
    offsets: array[int]
    ends: array[int]

    def span(self, start: int, end: int) -> Span:
        """The original of `text[start:end]`; of an empty slice, an empty span.

        >>> printed = "He  said: “It’s over …”"
        >>> comparable = normalise(printed)
        >>> at = comparable.text.index("it's")
        >>> comparable.span(at, at + 4).of(printed)
        'It’s'
        """
        if start >= end:
            at = [*self.offsets[start : start + 1], *self.ends[-1:], 0][0]
            return Span(at, at)
        return Span(self.offsets[start], self.ends[end - 1])


def normalise(text: str) -> Normalised:
    """`text` for comparing: marks, dashes, dots, spaces, case, accents and width made one.

    All double quotation marks become ``"``, all single ones and apostrophes ``'``, a dash
    or double hyphen ``-`` between spaces, an ellipsis three dots, white space one space;
    invisible characters and accents go, letters are case-folded.  Ends are trimmed.

    Source: Unicode NFKD and case folding, letter by letter, so that a composed and a
    decomposed letter compare alike and every letter keeps its place.

    >>> normalise("“This War MUST END — Soon…”").text
    '"this war must end - soon..."'
    """
    pieces: list[str] = []
    offsets, ends = array("I"), array("I")
    at = 0
    for special in (*_SPECIAL.finditer(text), None):
        start, end = special.span() if special else (len(text), len(text))
        pieces.append(text[at:start].lower())
        offsets.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        if special:
            folded = _FOLDED.get(special.lastgroup or "") or _fold(special[0])
            pieces.append(folded)
            offsets.extend([start] * len(folded))
            ends.extend([end] * len(folded))
        at = end
    whole = "".join(pieces)
    first, last = len(whole) - len(whole.lstrip(" ")), len(whole.rstrip(" "))
    if first == 0 and last == len(whole):
        return Normalised(whole, offsets, ends)
    return Normalised(whole[first:last], offsets[first:last], ends[first:last])


@cache
def _fold(char: str) -> str:
    for marks, plain in ((DOUBLE_MARKS, '"'), (SINGLE_MARKS, "'"), (HYPHENS, "-")):
        if char in marks:
            return plain
    if unicodedata.category(char) == "Cf":
        return ""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(c for c in letters if not unicodedata.combining(c) and not c.isspace())


_LETTERS = rf"[^\W_]++ (?: [\u0300-\u036f{INVISIBLE}]++ [^\W_]*+ )*+"
_WORD = re.compile(
    rf"{_LETTERS} (?: (?: [{SINGLE_MARKS}{HYPHENS}] | (?<=\d)[.,](?=\d) ) {_LETTERS} )*+",
    re.VERBOSE,
)


def words(text: str) -> tuple[Span, ...]:
    """The words of `text`: letters and digits, with apostrophes and hyphens inside them.

    >>> [word.of("Don’t re-run “$1,500” ads") for word in words("Don’t re-run “$1,500” ads")]
    ['Don’t', 're-run', '1,500', 'ads']
    """
    return tuple(Span(*match.span()) for match in _WORD.finditer(text))


def _listed(entries: str) -> frozenset[str]:
    return frozenset(entries.split())


# Abbreviations whose point does not end a sentence, lower case, without the last point.
# Source: compiled by hand from the titles, months, ranks and company forms that the AP
# Stylebook abbreviates; a word joins a list only when news prints it with a point.
NEVER_LAST = _listed(
    """
    adm amb asst attys bros brig capt cmdr col cpl det dr fr gen gens gov govs hon insp lt
    maj messrs mlle mme mr mrs ms mx mt pfc pres prof pvt rep reps rev sec sen sens sgt spc st
    supt sra vs v cf viz ft e.g i.e
    """
)
_SELDOM_LAST = _listed(
    """
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun
    ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb
    nev okla ore pa tenn tex va vt wash wis wyo ont que
    inc co cos corp ltd llc plc bhd jr sr esq bros dept assn ave blvd rd est etc al no nos
    approx min max vol pp fig ed eds ph.d m.d b.a m.a j.d
    """
)
# Words that open an English sentence and hardly ever follow an abbreviation within one.
OPENERS = _listed(
    """
    a about after all also although an and another any as asked at because before but by
    despite during each even for from he her here his how however i if in instead is it its
    last later many meanwhile more most my neither no nor not now of on once one only other
    others our she since so some still such than that the their then there these they this
    those though to under until we what when where whether which while who why with yet you
    your mr mrs ms
    """
)
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_PRINTED = re.compile(r"(?s)\S(?:.*\S)?")
_CLOSING = rf"[{DOUBLE_MARKS}{SINGLE_MARKS})\]]"
_STOP = re.compile(rf"(?<![.!?…])(?P<points>[.!?…]++){_CLOSING}*+(?=\s)")
_NEXT = re.compile(rf"\s++[{DOUBLE_MARKS}{SINGLE_MARKS}(\[¿¡]*+(?P<word>\w*+)(?P<other>\S?)")
_LAST_WORD = re.compile(r"(?:\w\.)*+\w*\Z")
_LOOK_BACK = 16  # code points; longer than any abbreviation listed


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of `text`, in order, disjoint, covering all but white space.

    A line break always ends one; closing marks belong to it; a point after an abbreviation
    or initial does not end it, nor does any point before a lower-case word.  Takes time
    linear in the length of `text`.

    >>> printed = "Mr. Trump left on Jan. 28. “Why?” he asked. Sen. Cruz stayed."
    >>> [sentence.of(printed) for sentence in sentences(printed)]
    ['Mr. Trump left on Jan. 28.', '“Why?” he asked.', 'Sen. Cruz stayed.']
    """
    found: list[Span] = []
    for line in _LINE.finditer(text):
        start = line.start()
        stops = [s for s in _STOP.finditer(text, *line.span()) if _ends_sentence(s, line)]
        for end in (*(stop.end() for stop in stops), line.end()):
            if printed := _PRINTED.search(text, start, end):
                found.append(Span(*printed.span()))
            start = end
    return tuple(found)


def _ends_sentence(stop: re.Match[str], line: re.Match[str]) -> bool:
    text = line.string
    following = _NEXT.match(text, stop.end(), line.end())
    word = following["word"] if following else ""
    if not word:
        # A stray point or dash goes with what stands before it; a figure ("$5") begins anew.
        return following is not None and following["other"] in tuple("$€£#@")
    if word[0].islower() or stop["points"] != ".":
        return not word[0].islower()
    before = _LAST_WORD.search(text[max(line.start(), stop.start() - _LOOK_BACK) : stop.start()])
    last = before[0].lower() if before else ""
    initials = (len(last) == 1 and last.isalpha()) or "." in last
    if initials or last in _SELDOM_LAST:
        return last not in NEVER_LAST and word.lower() in OPENERS
    return last not in NEVER_LAST


# A mark that opens within reported speech, and the words up to the one that closes it or to the
# end.  Single marks only as a curly pair that no letter follows, since a closing one is an
# apostrophe too, and no farther than a paragraph's length.
_QUOTED = re.compile(
    r"“([^”]+)(?:”|$)|\"([^\"]+)(?:\"|$)|«([^»]+)(?:»|$)|„([^“”]+)(?:[“”]|$)"
    r"|''((?:[^']|'(?!'))++)(?:''|$)|(?<!\w)‘((?:[^’]|’(?=\w)){1,2000}+)’(?!\w)"
)


def quoted_parts(reported: str) -> tuple[str, ...]:
    """The parts of a reported clause that stand in quotation marks, without the marks.

    >>> quoted_parts("the aid must be “secured” and the rest “given away”")
    ('secured', 'given away')
    """
    return tuple(next(filter(None, found.groups())) for found in _QUOTED.finditer(reported))
