"""Joins what the reader found with what stands in quotation marks, by one named policy.

An annotated article and the reader's `Reading`s come in, `Quotation`s go out: kind,
attitude, trimmed spans, no speaker yet.  The reader decides who reports what; the marks
decide where a direct quotation begins and ends, and none that they show is lost:

1. a content piece that fills most of a quotation takes all of it, and no more (`_snap`);
2. a quoted piece that the reader left without a cue joins the attribution whose quotation
   it continues in its paragraph (`_adopt`), and content of a line that a cue does not
   speak for is separated from it (`_lined`, `_parted`);
3. a quotation that is speech by its form and that no reading touches is added, method
   "marks" (`_missed`);
4. a quotation with an unclaimed name and verb of saying right behind it is theirs (`_tagged`);
5. words behind a transcript's label ("LEE: No.") are the labelled one's (`_labelled`), and
   words with a dash and a name at the end of their line are the signer's (`_signed`);
6. words of "sources, cited by" somebody are those sources' (`_cited`);
7. a lone piece without a cue is kept only if it is speech by its form; one in scare
   quotes, a title or a nickname never is.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from quotes.quotations.cues import load_cues
from quotes.quotations.marks import Marks, Quoted
from quotes.records import (
    AnnotatedArticle,
    Attitude,
    Kind,
    Quotation,
    Reading,
    RegionKind,
    Span,
)

_FILLS = 0.5
"""Share that a piece must hold of a quotation's paragraphs it touches, to take all of it."""

_MARKS_CONFIDENCE = 0.6
"""Given to quotations found by their form alone."""

_NAME_VERB = regex.compile(
    r"\s(?P<source>(?:\p{Lu}[\p{L}.’'-]*)(?:\s\p{Lu}[\p{L}.’'-]*){0,3}|he|she|they)"
    r"\s(?P<cue>\p{Ll}+)\b"
)
_SENTENCE_ENDS = ".!?…”’\"'»"
_EDGE = regex.compile(r"[\s,;:–—]+")
_RELATIVE = regex.compile(r"(who|which|that)\s+\p{Ll}")
_LINE = regex.compile(r"\S(?:.*\S)?")
_LABEL = regex.compile(
    r"[\p{Ps}\p{Pi}\"']?(?P<source>\p{Lu}{2}[\p{Lu}.’'\-]*+(?: \p{Lu}[\p{Lu}.’'\-]*+){0,3}+)"
    r"(?P<cue>:)\s+"
)
_SIGNATURE = regex.compile(
    r"[.,!?…]*[”\"’'»]?\s*(?P<cue>[―—–]|--)[^\S\n]*"
    r"(?P<source>\p{Lu}[\p{L}.’'\-]*(?:[^\S\n]\p{Lu}[\p{L}.’'\-]*){1,4}?)(?<=\p{L})[^\S\n]*\.?(?=\n|\Z)"
)
_CITED_BY = regex.compile(
    r"(?r)[Aa]ccording to (?P<source>[^,;:.“”\"\n]{3,120}),? (?:as )?(?:cited|quoted) by (?:the )?"
)
_COLON_ONLY = regex.compile(r"[^\p{L}\p{N}]*")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A reading, or by default a quotation found by its form, on its way to a `Quotation`."""

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    confidence: float = _MARKS_CONFIDENCE
    method: str = "marks"


def detect(annotated: AnnotatedArticle, readings: Sequence[Reading]) -> tuple[Quotation, ...]:
    """The quotations of one article, in text order, speakers still open.

    Args:
        annotated: the article; its regions are noted on the quotations, not judged.
        readings: what the reader found in its text.
    """
    marks = Marks(annotated.article.text)
    drafts = [_lined(_whole_clause(reading, annotated), marks) for reading in readings]
    turns = {marks.enclosing(cue) for draft in drafts for cue in draft.cue}
    snapped = [_untitled(draft, marks) for draft in _snap(drafts, marks)]
    drafts = _adopt([part for draft in snapped for part in _parted(draft, turns, marks)], marks)
    drafts = _rejoined(drafts, turns, marks)
    drafts += _missed(drafts, marks)
    drafts = [
        _cited(_signed(_labelled(draft, marks), marks), marks.text)
        for draft in _tagged(drafts, marks)
    ]
    drafts = [
        draft
        for draft in drafts
        if (draft.cue or _is_speech(draft, marks)) and not _is_bare_title(draft, marks)
    ]
    quotations = [_quotation(draft, annotated, marks) for draft in drafts]
    return tuple(sorted(quotations, key=lambda q: (q.content, q.cue)))


def _whole_clause(reading: Reading, annotated: AnnotatedArticle) -> Reading:
    """The reading, a content that is nothing but "that" prolonged to the end of its sentence.

    The reader never gives a word two roles, so "noted that Lee intends to leave" may end
    there, the rest being Lee's intention; it is what was noted all the same.
    """
    last = reading.content[-1]
    if last.of(annotated.article.text).lower() != "that":
        return reading
    ends = (s.end for s in annotated.sentences if s.start <= last.start < s.end)
    return replace(reading, content=(*reading.content[:-1], Span(last.start, next(ends, last.end))))


def _lined(reading: Reading, marks: Marks) -> _Draft:
    """The reading as a draft, its content cut where it runs on into other sentences.

    That is at line breaks, and before a quotation that is speech by its form and begins a
    sentence, unless all of the piece stands in one quotation.
    """
    content: list[Span] = []
    for piece in reading.content:
        if marks.enclosing(piece) is not None:
            content.append(piece)
        else:
            for line in _LINE.finditer(marks.text, piece.start, piece.end):
                content.extend(_sentences(Span(*line.span()), marks))
    return _Draft(tuple(content), reading.cue, reading.source, reading.confidence, "reader")


def _sentences(span: Span, marks: Marks) -> Iterator[Span]:
    """The parts of `span` before each spoken quotation that begins a sentence in it."""
    start = span.start
    for quoted in marks.outermost_in(span):
        before = marks.text[start : quoted.start].rstrip()
        if before and quoted.looks_like == "speech" and before[-1] in _SENTENCE_ENDS:
            yield Span(start, start + len(before))
            start = quoted.start
    yield Span(start, span.end)


def _snap(drafts: Sequence[_Draft], marks: Marks) -> list[_Draft]:
    """The drafts with every piece that fills a quotation set to exactly that quotation."""
    claims = _Claims(drafts)
    out = []
    for number, draft in enumerate(drafts):
        others = (number, {*draft.cue, *draft.source})
        content = [
            part for piece in draft.content for part in _snapped(piece, others, marks, claims)
        ]
        method = draft.method if set(content) == set(draft.content) else "reader+marks"
        out.append(replace(draft, content=_merged(content), method=method))
    return out


def _untitled(draft: _Draft, marks: Marks) -> _Draft:
    """The draft without a title that stands apart from what was said.

    'In its report, “Ready for All”, the firm said that sales fell': the report's title is no
    part of it.
    """
    said = tuple(piece for piece in draft.content if not _is_title(piece, marks))
    return replace(draft, content=said) if said and len(said) < len(draft.content) else draft


def _is_bare_title(draft: _Draft, marks: Marks) -> bool:
    """Whether nothing but a title is reported, by a cue that no list knows ("in", "called")."""
    return all(_is_title(piece, marks) for piece in draft.content) and not any(
        load_cues().attitude(cue.of(marks.text)) for cue in draft.cue
    )


def _is_title(piece: Span, marks: Marks) -> bool:
    quoted = marks.enclosing(piece)
    return quoted is not None and quoted.pieces == (piece,) and quoted.looks_like == "title"


def _snapped(
    piece: Span, own: tuple[int, set[Span]], marks: Marks, claims: _Claims
) -> tuple[Span, ...]:
    """What becomes of a content piece of the draft with number and taken spans `own`.

    Of a quotation over several paragraphs those that the piece touches; the others too if
    the quotation is closed and no other draft holds a part of it (a transcript).
    """
    quoted = _filled(piece, marks)
    if quoted is None:
        return (piece,)
    number, taken = own
    touched = tuple(part for part in quoted.pieces if _overlap(part, piece))
    foreign = {
        part
        for part in quoted.pieces
        if any(owner != number or span in taken for span, owner in claims.touching(part))
    }
    if foreign.intersection(touched):
        return (piece,)
    return quoted.pieces if quoted.closed and not foreign else touched


class _Claims:
    """All spans of some drafts, for asking which of them touch a given span."""

    def __init__(self, drafts: Iterable[_Draft]) -> None:
        self._held = sorted(
            (span, number)
            for number, draft in enumerate(drafts)
            for span in (*draft.content, *draft.cue, *draft.source)
        )
        self._starts = [span.start for span, _ in self._held]
        self._longest = max((span.end - span.start for span, _ in self._held), default=0)

    def touching(self, span: Span) -> list[tuple[Span, int]]:
        """The spans that overlap `span`, each with the number of its draft."""
        low = bisect_left(self._starts, span.start - self._longest)
        high = bisect_left(self._starts, span.end)
        return [held for held in self._held[low:high] if _overlap(held[0], span)]


def _filled(piece: Span, marks: Marks) -> Quoted | None:
    """The one quotation that `piece` fills, if it holds little else."""
    inside = marks.inside(piece)
    if not inside or marks.share([piece]) < 1.0:
        return None
    quoted = marks.enclosing(inside[0])
    if quoted is None or marks.enclosing(inside[-1]) is not quoted:
        return None
    held = sum(span.end - span.start for span in inside)
    size = sum(part.end - part.start for part in quoted.pieces if _overlap(part, piece))
    return quoted if held >= _FILLS * size else None


def _parted(draft: _Draft, turns: Container[Quoted | None], marks: Marks) -> list[_Draft]:
    """The draft, and apart from it the pieces that its cue cannot mean.

    A cue speaks for its own line and for quotations that reach into it, but for those in
    which speakers take `turns` (a transcript in marks); where no content stands in its line
    ("He said:"), it speaks for the nearest line that holds some.
    """
    if not draft.cue or len(draft.content) == 1:
        return [draft]
    text, cue = marks.text, draft.cue[0]
    lines = [_paragraph(text, piece.start) for piece in draft.content]
    home = _paragraph(text, cue.start)
    if home not in lines:
        home = min(lines, key=lambda line: max(line.start - cue.end, cue.start - line.end))
    reaching = {
        marks.enclosing(piece)
        for piece, line in zip(draft.content, lines, strict=True)
        if line == home
    } - {None}
    own: list[Span] = []
    apart: list[Span] = []
    for piece, line in zip(draft.content, lines, strict=True):
        quoted = marks.enclosing(piece)
        mine = line == home or (quoted in reaching and quoted not in turns)
        (own if mine else apart).append(piece)
    return [
        replace(draft, content=tuple(own)),
        *(replace(draft, content=(piece,), cue=(), source=()) for piece in apart),
    ]


def _adopt(drafts: list[_Draft], marks: Marks) -> list[_Draft]:
    """Give each quoted piece without a cue to the attribution that it continues."""
    out = sorted(drafts, key=lambda draft: draft.content)
    for at, draft in enumerate(out):
        if draft.cue or marks.share(draft.content) < 1.0:
            continue
        owner = _owner(out, at, marks)
        if owner is not None:
            host = out[owner]
            out[owner] = replace(host, content=_merged([*host.content, *draft.content]))
            out[at] = replace(draft, content=())
    return [draft for draft in out if draft.content]


def _rejoined(
    drafts: Sequence[_Draft], turns: Container[Quoted | None], marks: Marks
) -> list[_Draft]:
    """The drafts, those without a cue that share one closed pair of marks made one.

    A speech in full is one quotation over its paragraphs, and its first one's if that has a
    cue, unless speakers take `turns` in it.
    """
    first: dict[int, int] = {}
    out: list[_Draft] = []
    for draft in drafts:
        quoted = marks.enclosing(draft.content[-1])
        if quoted is None or not quoted.closed or quoted in turns or len(quoted.pieces) == 1:
            out.append(draft)
        elif quoted.start in first and not draft.cue:
            host = out[first[quoted.start]]
            content = _merged([*host.content, *draft.content])
            out[first[quoted.start]] = replace(host, content=content)
        else:
            first[quoted.start] = len(out)
            out.append(draft)
    return out


def _owner(drafts: list[_Draft], at: int, marks: Marks) -> int | None:
    """The one attribution with quoted words beside draft `at` in its paragraph, if one is."""
    paragraph = _paragraph(marks.text, drafts[at].content[0].start)
    near = [
        number
        for number in (at - 1, at + 1)
        if 0 <= number < len(drafts)
        and drafts[number].cue
        and any(_overlap(paragraph, s) for s in (*drafts[number].content, *drafts[number].cue))
        and marks.share(drafts[number].content) > 0.0
    ]
    return near[0] if near else None


def _tagged(drafts: list[_Draft], marks: Marks) -> list[_Draft]:
    """The drafts, each quotation that has a tag of its own after it ("..., Lee said") apart.

    Only a tag that no draft has claimed counts, so this adds what the reader passed over.
    """
    claims = _Claims(drafts)
    out: list[_Draft] = []
    for draft in drafts:
        kept: list[Span] = []
        for piece in draft.content:
            tag = _tag(piece, marks)
            if tag is None or any(claims.touching(span) for span in tag):
                kept.append(piece)
            else:
                out.append(_Draft((piece,), cue=tag[1:], source=tag[:1]))
        if kept:
            out.append(replace(draft, content=tuple(kept)))
    return out


def _tag(piece: Span, marks: Marks) -> tuple[Span, Span] | None:
    """Source and cue right behind a spoken quotation, if they are a name and a verb of saying."""
    quoted = marks.enclosing(piece)
    if quoted is None or quoted.looks_like != "speech" or not quoted.closed:
        return None
    found = _NAME_VERB.match(marks.text, quoted.end)
    if found is None or load_cues().attitude(found["cue"]) != "assertion":
        return None
    return *_group(found, "source"), *_group(found, "cue")


def _labelled(draft: _Draft, marks: Marks) -> _Draft:
    """The draft, its source the transcript's label that opens its content ("LEE: No.").

    A cue of the same line stays: there the capitals are part of what somebody said.
    """
    first, *others = draft.content
    found = _LABEL.match(marks.text, first.start, first.end)
    line = _paragraph(marks.text, first.start)
    if found is None or found.end() >= first.end or any(_overlap(line, c) for c in draft.cue):
        return draft
    return replace(
        draft,
        content=(Span(found.end(), first.end), *others),
        cue=_group(found, "cue"),
        source=_group(found, "source"),
        method="reader+marks",
    )


def _signed(draft: _Draft, marks: Marks) -> _Draft:
    """The draft, its source the name behind a dash that ends its line ("“No.” — Ann Lee")."""
    last = draft.content[-1]
    found = _SIGNATURE.match(marks.text, last.end)
    if found is None or marks.share((last,)) < 1.0:
        return draft
    return replace(draft, cue=_group(found, "cue"), source=_group(found, "source"))


def _cited(draft: _Draft, text: str) -> _Draft:
    """The draft, its source who is "cited by" the one the reader found."""
    start = draft.source[0].start if draft.source else 0
    found = _CITED_BY.match(text, max(0, start - 200), start)
    return replace(draft, source=_group(found, "source")) if found else draft


def _group(found: regex.Match[str], name: str) -> tuple[Span]:
    """Where the named part of a match stands."""
    return (Span(*found.span(name)),)


def _missed(drafts: Iterable[_Draft], marks: Marks) -> list[_Draft]:
    """Quotations that are speech by their form and that no draft touches."""
    claims = _Claims(drafts)
    return [
        _Draft(quoted.pieces)
        for quoted in marks.outermost
        if quoted.looks_like == "speech"
        and not any(claims.touching(piece) for piece in quoted.pieces)
    ]


def _is_speech(draft: _Draft, marks: Marks) -> bool:
    """Whether a draft without a cue is a direct quotation by its form."""
    quoted = marks.enclosing(draft.content[0])
    return quoted is not None and quoted.looks_like == "speech"


def _quotation(draft: _Draft, annotated: AnnotatedArticle, marks: Marks) -> Quotation:
    article = annotated.article
    share = marks.share(draft.content)
    kind: Kind = "direct" if share == 1.0 else "mixed" if share > 0.0 else "indirect"
    content = tuple(_trimmed(span, marks, kind) for span in draft.content)
    return Quotation(
        id=quotation_id(article.id, content, draft.cue),
        kind=kind,
        content=content,
        cue=draft.cue,
        source=tuple(_bare_relative(span, article.text) for span in draft.source),
        attitude=_attitude(draft, kind, article.text),
        confidence=draft.confidence,
        method=draft.method,
        region=_region(annotated, content[0]),
    )


def quotation_id(article: str, content: Sequence[Span], cue: Sequence[Span]) -> str:
    """ "q" and ten hex digits, the same for the same spans of the same article.

    >>> quotation_id("a", [Span(0, 3)], [])
    'q09d1209f70'
    """
    spans = ",".join(f"{s.start}-{s.end}" for s in content)
    cues = ",".join(f"{s.start}-{s.end}" for s in cue)
    key = f"{article}\0{spans}\0{cues}".encode()
    return "q" + hashlib.blake2b(key, digest_size=5).hexdigest()


def _attitude(draft: _Draft, kind: Kind, text: str) -> Attitude:
    """By the cue's lexicon; quoted words were said, unless the cue says otherwise."""
    cue = " ".join(span.of(text) for span in draft.cue)
    known = load_cues().attitude(cue)
    if known is not None:
        return known
    if kind != "indirect" or _COLON_ONLY.fullmatch(cue):
        return "assertion"
    return "belief"


def _trimmed(span: Span, marks: Marks, kind: Kind) -> Span:
    """The span without space and commas at its ends; direct speech without its marks.

    Mixed speech has a mark at its end with it, so that what it quotes can be told from it.
    """
    if kind == "direct":
        return marks.strip(span)
    text = marks.text
    start, end = span.start, span.end
    while start < end and _EDGE.match(text, start, start + 1):
        start += 1
    while end > start and _EDGE.match(text, end - 1, end):
        end -= 1
    if start >= end:
        return span
    return marks.with_marks(Span(start, end)) if kind == "mixed" else Span(start, end)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that overlap joined."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)


def _paragraph(text: str, at: int) -> Span:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return Span(start, len(text) if end < 0 else end)


def _bare_relative(span: Span, text: str) -> Span:
    """A source that is a relative clause ("who wants an end") is its pronoun alone."""
    found = _RELATIVE.match(text, span.start, span.end)
    return Span(*found.span(1)) if found else span


def _region(annotated: AnnotatedArticle, span: Span) -> RegionKind | None:
    inside = (r.kind for r in annotated.regions if r.span.start <= span.start < r.span.end)
    return next(inside, None)


def _overlap(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end
