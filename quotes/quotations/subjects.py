"""Who stands before a cue, where the reader left the source out, cut it short or looked too far.

In: a draft.  Out: the draft with the source that its own sentence names.  Only words that touch
the cue are taken, and only where the cue says that they speak: of “Ada Brill was asked” and
“Ada Brill was told” she is not the source, of “Ada Brill was quoted as saying” she is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from quotes.quotations.cues import load_cues
from quotes.quotations.drafts import Claims, Draft
from quotes.quotations.marks import Marks
from quotes.records import Span
from quotes.text.normalised import NEVER_LAST, OPENERS

_ABBREVIATED = "|".join(sorted({word.capitalize() for word in NEVER_LAST if word.isalpha()}))
_WORD = rf"(?:(?:{_ABBREVIATED})\.|(?:\p{{Lu}}\.)+|\p{{Lu}}[\p{{L}}\p{{M}}’'-]*)"
_SMALL = r"(?:de|del|della|der|den|van|von|bin|bint|al|el|of|zu|des|du|da|dos|ter)"
_NAME = rf"{_WORD}(?:\s(?:{_SMALL}\s)?{_WORD}){{0,5}}"
_WHO = rf"(?P<source>{_NAME}|[Hh]e|[Ss]he|[Tt]hey)"
_BEFORE = regex.compile(rf"(?r)(?<![\p{{L}}’'.-]){_WHO}(?:\s[(][^()\n]{{1,40}}[)])?[ \xa0]")
_OF_ANOTHER = regex.compile(r"(?r)\b(?:to|with|by|in|for|from|on|at) the ")
"""Behind these a name is somebody else's: "Speaking to the Daily Ledger Ann Orr said"."""

_SHORT = regex.compile(rf"(?:(?:{_ABBREVIATED})\.?|(?:\p{{Lu}}\.)+|\p{{Lu}}[^\P{{Ll}}aeiouy]*)")
"""An initial or a title that is written short: a name has to follow."""

_GOES_ON = regex.compile(rf"\s{_NAME}")
_PASSIVE = regex.compile(r"(?:(?:has|have|had)\s(?:\w+ly\s)?)?(?:is|are|was|were|be|been|being)\b")
_VERB = regex.compile(
    r"(?:(?:has|have|had|also|later|then|first|once|\w+ly)\s){0,3}(\p{Ll}+(?<!ing))\s?:?"
)
_PRONOUNS = frozenset({"he", "she", "they", "we", "who", "i"})
_NOT_WHO = frozenset({"these", "or", "then", "nobody", "everyone", "the"})
_REPORTED = regex.compile(
    r"(?:quoted|cited|reported|heard|overheard|recorded|filmed|said|alleged|understood)\b"
    r".*\b(?:as\s\w+ing|to\s(?:have\s)?\w+|\w+ing)\s*:?"
)
_QUOTED_BY = regex.compile(r"(?:\w+\s)*(?:quoted|cited)\s(?:by|in)")
_AS_SAYING = regex.compile(r"\s*as\s(?:saying|telling|writing|warning|asking|claiming|stating)\b")
_NAMING = frozenset({"call", "dub", "label", "term", "brand", "describe", "deem"})
_INSIDE = regex.compile(
    rf"(?r)(?<!\p{{L}})(?P<source>[Hh]e|[Ss]he|[Tt]hey|[Ww]e|I|who|{_NAME})"
    rf"\s(?P<cue>\p{{Ll}}+)(?:\s[\p{{L}}’' ]{{1,30}}?)??[,:]?\s*"
)
_NEXT_SUBJECT = regex.compile(
    r"(?r),? (?:and|but) (?P<who>(?:his|her|its|their)(?:\s[\p{L}\-]+){1,4})"
)
_APPOSED = regex.compile(rf", (?P<name>{_NAME}),")
_SENTENCE_END = regex.compile(r"[.!?][”\"’)]*\s+$|\n$")
_LEAD = regex.compile(
    rf"(?r)(?<!\p{{L}}){_WHO}\s(?P<cue>\p{{Ll}}+)(?:\s[^.:;“”\"\n]{{1,60}}?)??:\s*"
)


def sourced(draft: Draft, marks: Marks) -> Draft:
    """The draft with the source that its sentence names right before its cue."""
    text = marks.text
    draft = _quoted_by(replace(draft, source=_one_line(draft, text)), text)
    if not draft.cue:
        return draft if draft.source else _announced(draft, marks)
    who = _who_before(draft.cue[0], text)
    if draft.source and (who is None or not _is_passed_over(who, draft, text)):
        return replace(draft, source=(_whole(draft.source[0], draft.cue[0], text),))
    return replace(draft, source=(who,)) if who else draft


def two_reports(drafts: Sequence[Draft], text: str) -> list[Draft]:
    """The drafts, what belongs to the next report's source taken off a content's end.

    In "Orr said it leaked and his deputy, Ann Lee, said it did not" the deputy is no part of what
    Orr said.
    """
    sources = {span.start: number for number, d in enumerate(drafts) for span in d.source[:1]}
    out = list(drafts)
    for number, draft in enumerate(drafts):
        last = draft.content[-1]
        found = _NEXT_SUBJECT.match(text, last.start, last.end)
        named = _APPOSED.match(text, last.end)
        next_one = sources.get(named.start("name")) if named else None
        if found is None or next_one in {None, number} or found.start() <= last.start:
            continue
        assert next_one is not None
        kept = (*draft.content[:-1], Span(last.start, found.start()))
        out[number] = replace(draft, content=kept)
        source = out[next_one].source[0]
        out[next_one] = replace(out[next_one], source=(Span(found.start("who"), source.end),))
    return out


def spoken_inside(marks: Marks, taken: Claims) -> list[Draft]:
    """What a speaker quotes in turn: “She told me, ‘You have an hour,’ and left”.

    `marks` are those inside others; what a reading has `taken` is left to it.
    """
    drafts = []
    for quoted in marks.outermost:
        found = _INSIDE.match(marks.text, max(0, quoted.start - 100), quoted.start)
        source = _named(Span(*found.span("source")), marks.text) if found else None
        if found is None or source is None or not _speaks(found["cue"]):
            continue
        # "what they called ‘the comeback’" is a name for something, no report.
        named = load_cues().lemmas[found["cue"]] in _NAMING
        wanted = ("speech",) if named else ("speech", "fragment")
        if quoted.looks_like in wanted and not any(map(taken.touching, quoted.pieces)):
            drafts.append(Draft(quoted.pieces, (Span(*found.span("cue")),), (source,)))
    return drafts


def _who_before(cue: Span, text: str) -> Span | None:
    """The name or pronoun that touches a cue of which it is the subject."""
    found = _BEFORE.match(text, max(0, cue.start - 120), cue.start)
    source = _named(Span(*found.span("source")), text) if found else None
    if source is None or not _speaks(cue.of(text)):
        return None
    words = source.of(text).split(" ")
    if len(words) > 3 and _OF_ANOTHER.match(text, max(0, source.start - 20), source.start):
        return Span(source.end - len(" ".join(words[-2:])), source.end)
    return source


def _named(who: Span, text: str) -> Span | None:
    """A name without the words that open its sentence: "But Ann Lee"; None if no more is left."""
    words = who.of(text)
    while (
        first := words.partition(" ")[0].lower()
    ) in OPENERS | _NOT_WHO and first not in _PRONOUNS:
        words = words.partition(" ")[2]
    return Span(who.end - len(words), who.end) if words else None


def _is_passed_over(who: Span, draft: Draft, text: str) -> bool:
    """Whether a name opens the cue's sentence and the source stands in the one before."""
    before = text[max(0, who.start - 8) : who.start]
    return draft.source[0].end <= who.start and _SENTENCE_END.search(before) is not None


def _speaks(cue: str) -> bool:
    """Whether who stands before a cue speaks: it is a verb of saying, and not a passive one."""
    if _PASSIVE.match(cue):
        return _REPORTED.search(cue) is not None
    verb = _VERB.fullmatch(cue)
    cues = load_cues()
    return verb is not None and verb[1] in cues.lemmas and cues.attitude(cue) == "assertion"


def _one_line(draft: Draft, text: str) -> tuple[Span, ...]:
    """The source without the lines before its last: a heading above is no part of it."""
    out = []
    for span in draft.source:
        start = max(text.rfind("\n", span.start, span.end) + 1, span.start)
        out.append(Span(start, span.end) if text[start : span.end].strip() else span)
    return tuple(out)


def _whole(source: Span, cue: Span, text: str) -> Span:
    """A source that the reader cut behind a title or an initial, with the name that follows."""
    if _SHORT.fullmatch(source.of(text)) is None:
        return source
    found = _GOES_ON.match(text, source.end)
    stops = found is not None and (found.end() <= cue.start or cue.end <= source.start)
    return Span(source.start, found.end()) if found and stops else source


def _quoted_by(draft: Draft, text: str) -> Draft:
    """Of "Ada Brill is quoted by the Post as saying “no”" she speaks, not the Post."""
    if not draft.cue or len(draft.content) < 2 or not draft.source:
        return draft
    cue, (who, *rest) = draft.cue[0], draft.content
    behind = _AS_SAYING.match(text, rest[0].start)
    by = _QUOTED_BY.fullmatch(cue.of(text)) and draft.source[0].start >= cue.end
    if not by or behind is None or who.end > cue.start:
        return draft
    content = (Span(behind.end(), rest[0].end), *rest[1:])
    return replace(draft, content=content, cue=(cue,), source=(who,))


def _announced(draft: Draft, marks: Marks) -> Draft:
    """A quotation behind a colon with who says it before: "he declared:", and the next line."""
    quoted = marks.enclosing(draft.content[0])
    if quoted is None or quoted.pieces[0] != draft.content[0]:
        return draft
    found = _LEAD.match(marks.text, max(0, quoted.start - 200), quoted.start)
    source = _named(Span(*found.span("source")), marks.text) if found else None
    if found is None or source is None or not _speaks(found["cue"]):
        return draft
    return replace(draft, cue=(Span(*found.span("cue")),), source=(source,))
