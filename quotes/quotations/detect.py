"""Joins what the reader found with what stands in quotation marks, by one named policy.

An annotated article and the reader's `Reading`s come in, `Quotation`s go out: kind,
attitude, trimmed spans, no speaker yet.  The reader decides who reports what; the marks
decide where a direct quotation begins and ends, and none that they show is lost:

1. a content piece that fills most of a quotation takes all of it, and no more (`_snapped`);
2. a quoted piece that the reader left without a cue joins the attribution whose quotation
   it continues in its paragraph (`_adopted`), and content of a line that a cue does not
   speak for is separated from it (`_lined`, `_parted`);
3. a quotation that is speech by its form and that no reading touches is added, method
   "marks" (`detect`);
4. a quotation with a tag of its own right behind it is that tag's (`tags`);
5. a report and the quotation in a sentence of its own behind it are two (`_told`);
6. words behind a transcript's label ("LEE: No.") are the labelled one's (`_labelled`), and
   words with a dash and a name at the end of their line are the signer's (`_signed`);
7. words of "sources, cited by" somebody are those sources' (`_cited`);
8. a report inside another's content knows that one (`nested`), and each whether it is a
   statement, a denial or nothing that was said (`polarity`);
9. a lone piece without a cue is kept only if it is speech by its form; one in scare
   quotes, a title or a nickname never is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import regex

from quotes.quotations.acts import with_acts
from quotes.quotations.cues import load_cues
from quotes.quotations.drafts import Claims, Draft, apart, joined, length, line_of, merged, overlap
from quotes.quotations.inside import reports_inside
from quotes.quotations.marks import Marks
from quotes.quotations.nested import layers, placed
from quotes.quotations.polarity import with_polarity
from quotes.quotations.subjects import sourced, spoken_inside, two_reports
from quotes.quotations.tags import tagged
from quotes.quotations.talk import Turn, find_turns
from quotes.records import AnnotatedArticle, Attitude, Kind, Quotation, Reading, Span

_FILLS = 0.5
"""Share that a piece must hold of a quotation's paragraphs it touches, to take all of it."""

_SENTENCE_ENDS = ".!?…”’\"'»"
_EDGE = r"\s,;:–—"
_BARE = regex.compile(rf"(?s)[^{_EDGE}](?:.*[^{_EDGE}])?")
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
_HEARER = regex.compile(
    r"(?:(?:the|a|an|his|her|their|one)\s(?:(?!who|that|which)[\p{L}’'.-]+\s){0,4}[\p{L}’'.-]+"
    r"|\p{Lu}[\p{L}’'.-]+(?:\s\p{Lu}[\p{L}’'.-]+){0,4}|him|her|them|me|us)[,:]\s+(?=[“\"‘])"
)
_COLON_ONLY = regex.compile(r"[^\p{L}\p{N}]*")


def detect(annotated: AnnotatedArticle, readings: Sequence[Reading]) -> tuple[Quotation, ...]:
    """The quotations of one article, in text order, speakers still open.

    Args:
        annotated: the article; its regions are noted on the quotations, not judged.
        readings: what the reader found in its text; one may stand in another's content.
    """
    marks = Marks(annotated.article.text)
    read, inner = (
        [draft for each in layer if (draft := _lined(each, annotated, marks)).content]
        for layer in layers(readings)
    )
    cues = (marks.enclosing(cue) for draft in read for cue in draft.cue)
    turns = {quoted.start for quoted in cues if quoted}
    parts = [part for draft in _snapped(read, marks) for part in _parted(draft, turns, marks)]
    drafts = _rejoined(_adopted(parts, marks), turns, marks)
    claims = Claims(drafts)
    drafts += [
        Draft(quoted.pieces)
        for quoted in marks.outermost
        if quoted.looks_like == "speech" and not any(map(claims.touching, quoted.pieces))
    ]
    said = two_reports(tagged(drafts, turns, marks), marks.text)
    told = [part for each in said for part in _told(each, marks)]
    spoken = _spoken(told, find_turns(marks.text))
    quotations = list(_finished(spoken, annotated, marks))
    quotations += _nested(inner, annotated, marks)
    deeper = reports_inside(marks.text, quotations, annotated.sentences)
    quotations += _nested(deeper, annotated, marks)
    # The surest of those with the same words and cue, which would have one id.
    surest = {(q.content, q.cue): q for q in sorted(quotations, key=lambda q: q.confidence)}
    found = placed([surest[words] for words in sorted(surest)])
    return with_acts(marks.text, with_polarity(marks.text, found))


def _nested(drafts: list[Draft], annotated: AnnotatedArticle, marks: Marks) -> Iterator[Quotation]:
    """What others' contents report: inside marks only the marks within those count."""
    quoted = [draft for draft in drafts if any(map(marks.enclosing, draft.cue))]
    plain = [draft for draft in drafts if draft not in quoted]
    yield from _finished(_snapped(plain, marks), annotated, marks)
    deeper = marks.deeper()
    quoted += spoken_inside(deeper, Claims(quoted))
    yield from _finished(_snapped(quoted, deeper), annotated, deeper)


def _finished(
    drafts: Iterable[Draft], annotated: AnnotatedArticle, marks: Marks
) -> Iterator[Quotation]:
    """The quotations of the drafts, their sources read from the words around them."""
    for draft in (_without_hearer(each, marks) for each in drafts):
        signed = _signed(_labelled(sourced(draft, marks), marks), marks)
        named = apart(_cited(signed, marks.text), marks.text)
        # Without a cue it must be speech by its form; a bare title needs one that the list knows.
        if named.kind is not None:
            kept = True
        elif not named.cue:
            kept = marks.look(named.content[0]) == "speech"
        elif all(_is_title(piece, marks) for piece in named.content):
            kept = any(load_cues().attitude(cue.of(marks.text)) for cue in named.cue)
        else:
            kept = True
        if kept and (marks.share(named.content) or _reports(named, marks.text)):
            yield _quotation(named, annotated, marks)


def _reports(draft: Draft, text: str) -> bool:
    """Whether cue and content are more than words that point or join."""
    cue, content = (" ".join(s.of(text) for s in spans) for spans in (draft.cue, draft.content))
    return load_cues().reports(cue, content)


def _lined(reading: Reading, annotated: AnnotatedArticle, marks: Marks) -> Draft:
    """The reading as a draft, its content cut at line breaks and before spoken quotations."""
    *pieces, last = reading.content
    # No word has two roles: "noted that Lee intends to leave" may end at "that", yet all was noted.
    if last.of(marks.text).lower() == "that":
        ends = (s.end for s in annotated.sentences if s.start <= last.start < s.end)
        last = Span(last.start, next(ends, last.end))
    content: list[Span] = []
    for piece in (*pieces, last):
        if not piece.of(marks.text).strip():
            continue
        if marks.enclosing(piece) is not None:
            content.append(piece)
        else:
            for line in _LINE.finditer(marks.text, piece.start, piece.end):
                content.extend(_sentences(Span(*line.span()), marks))
    return Draft(tuple(content), reading.cue, reading.source, reading.confidence, "reader")


def _sentences(span: Span, marks: Marks) -> Iterator[Span]:
    """The parts of `span` before each spoken quotation that begins a sentence in it."""
    start = span.start
    for quoted in marks.outermost_in(span):
        before = marks.text[start : quoted.start].rstrip()
        if before and quoted.looks_like == "speech" and before[-1] in _SENTENCE_ENDS:
            yield Span(start, start + len(before))
            start = quoted.start
    yield Span(start, span.end)


def _snapped(drafts: Sequence[Draft], marks: Marks) -> Iterator[Draft]:
    """The drafts with every piece that fills a quotation set to exactly that quotation."""
    claims = Claims(drafts)
    for number, draft in enumerate(drafts):
        own = {(span, number) for span in draft.content}
        own -= {(span, number) for span in draft.cue + draft.source}
        parts = [part for piece in draft.content for part in _filled(piece, own, marks, claims)]
        method = draft.method if set(parts) == set(draft.content) else "reader+marks"
        content = merged(parts)
        # Not the title in 'In its report, “Ready for All”, the firm said that sales fell'.
        said = tuple(piece for piece in content if not _is_title(piece, marks))
        yield Draft(said or content, draft.cue, draft.source, draft.confidence, method)


def _filled(
    piece: Span, own: AbstractSet[tuple[Span, int]], marks: Marks, claims: Claims
) -> tuple[Span, ...]:
    """A content piece or, where it holds little but one quotation, that quotation."""
    inside = marks.inside(piece)
    quoted = marks.enclosing(inside[0]) if inside else None
    if quoted is None or marks.enclosing(inside[-1]) is not quoted or marks.share([piece]) < 1.0:
        return (piece,)
    touched = tuple(part for part in quoted.pieces if overlap(part, piece))
    if length(inside) < _FILLS * length(touched):
        return (piece,)
    foreign = {part for part in quoted.pieces if not own >= {*claims.touching(part)}}
    if not foreign.isdisjoint(touched):
        return (piece,)
    # Its other paragraphs go with it only where no other draft claims any: in a transcript one may.
    return quoted.pieces if quoted.closed and not foreign else touched


def _parted(draft: Draft, turns: AbstractSet[int], marks: Marks) -> Iterator[Draft]:
    """The draft, and apart from it the pieces that its cue cannot mean.

    A cue speaks for its line, or the nearest with content ("He said:"), and for quotations that
    reach into it, but for those, known by their starts, in which speakers take `turns`.
    """
    if draft.cue and _is_below(draft, marks):
        yield from (replace(draft, content=(p,), cue=(), source=()) for p in draft.content)
        return
    if not draft.cue or len(draft.content) == 1:
        yield draft
        return
    cue = draft.cue[0]
    lines = {piece: line_of(marks.text, piece.start) for piece in draft.content}
    home = line_of(marks.text, cue.start)
    if home not in lines.values():
        distance = {
            line: max(line.start - cue.end, cue.start - line.end) for line in lines.values()
        }
        home = min(distance, key=distance.__getitem__)
    quoted = {piece: found.start for piece in lines if (found := marks.enclosing(piece))}
    near = {quoted[piece] for piece in quoted if lines[piece] == home} - turns
    own = [piece for piece in lines if lines[piece] == home or quoted.get(piece) in near]
    yield replace(draft, content=tuple(own))
    for piece in lines:
        if piece not in own:
            yield replace(draft, content=(piece,), cue=(), source=())


def _is_below(draft: Draft, marks: Marks) -> bool:
    """Whether the cue's sentence begins a paragraph below quotations that are over.

    “We are ready.” and, below it, "Ada Brill agreed." are two people's; a dash signs what is above.
    """
    cue, last = draft.cue[0], draft.content[-1]
    line = line_of(marks.text, cue.start)
    quoted = marks.enclosing(last)
    over = quoted is not None and quoted.closed and last.end < line.start
    if not over or quoted is None or not line.of(marks.text).lstrip()[:1].isupper():
        return False
    return marks.text[quoted.end - 2 : quoted.end + 1].rstrip()[-2:-1] in tuple('.!?…”"')


def _adopted(drafts: Iterable[Draft], marks: Marks) -> list[Draft]:
    """The drafts, quoted pieces without a cue given to what stands beside them in a paragraph."""
    out = sorted(drafts, key=lambda draft: draft.content)
    for at, draft in enumerate(out):
        if draft.cue or marks.share(draft.content) < 1.0:
            continue
        paragraph = line_of(marks.text, draft.content[0].start)
        for beside in range(max(at - 1, 0), min(at + 2, len(out))):
            host = out[beside]
            reaches = any(overlap(paragraph, span) for span in host.content + host.cue)
            if host.cue and reaches and marks.share(host.content) > 0.0:
                out[beside] = joined(host, draft)
                out[at] = replace(draft, content=())
                break
    return [draft for draft in out if draft.content]


def _rejoined(drafts: Iterable[Draft], turns: AbstractSet[int], marks: Marks) -> list[Draft]:
    """The drafts, a speech over paragraphs being one, unless speakers take `turns` in it."""
    first: dict[int, int] = {}
    out: list[Draft] = []
    for draft in drafts:
        quoted = marks.enclosing(draft.content[-1])
        if quoted and quoted.closed and len(quoted.pieces) > 1 and quoted.start not in turns:
            at = len(out) if draft.cue else first.get(quoted.start, len(out))
            first[quoted.start] = at
            if at < len(out):
                out[at] = joined(out[at], draft)
                continue
        out.append(draft)
    return out


def _told(draft: Draft, marks: Marks) -> Iterator[Draft]:
    """A report and, apart from it, the quotation in a sentence of its own that follows it.

    In 'She said it was late. “Nobody told us.”' the words in marks are verbatim and the others
    are not; the cue is the report's alone, for what she denied is not what she then said.
    """
    first = next((piece for piece in draft.content if marks.share((piece,)) < 1.0), None)
    goes_on = first and marks.share((first,)) > 0.0 and any(first < cue for cue in draft.cue)
    if first is None or goes_on:
        yield draft  # 'It was “too late,” she said. “Nobody told us.”' goes on
        return
    rest = tuple(
        piece
        for piece in draft.content
        if piece.start > first.start and _stands_alone(piece, draft, marks)
    )
    yield replace(draft, content=tuple(p for p in draft.content if p not in rest))
    if rest:
        yield replace(draft, content=rest, cue=())


def _stands_alone(piece: Span, draft: Draft, marks: Marks) -> bool:
    """Whether a quoted piece is a sentence, or several, that none of the draft's cues is in."""
    quoted = marks.enclosing(piece)
    if quoted is None or quoted.looks_like != "speech" or marks.share((piece,)) < 1.0:
        return False
    before = marks.text[max(0, quoted.start - 80) : quoted.start].rstrip()
    return before[-1:] in tuple('.!?…”"') and all(c.end < quoted.start for c in draft.cue)


def _without_hearer(draft: Draft, marks: Marks) -> Draft:
    """The draft, without a pronoun left over, and without to whom somebody said something.

    In 'she asked the clerk, “Why?”' the clerk is no part of what she asked.
    """
    spoken = any(marks.look(piece) == "speech" for piece in draft.content)
    content = []
    for piece in draft.content:
        found = _HEARER.match(marks.text, piece.start, piece.end)
        after_cue = any(marks.text[c.end : piece.start] == " " for c in draft.cue)
        if found and after_cue and marks.look(Span(found.end(), piece.end)) == "speech":
            content.append(Span(found.end(), piece.end))
        elif not spoken or " " in piece.of(marks.text) or marks.share((piece,)) > 0.0:
            content.append(piece)
    return replace(draft, content=tuple(content)) if content else draft


def _spoken(drafts: Sequence[Draft], turns: Sequence[Turn]) -> Iterator[Draft]:
    """The drafts and the turns of talk without marks; of what a turn says, only own reports."""
    words = Claims(Draft(turn.words) for turn in turns)
    for draft in drafts:
        if not any(map(words.touching, draft.content)) or (
            draft.source and draft.cue and all(map(words.touching, draft.cue))
        ):
            yield draft
    for turn in turns:
        cue, source = (tuple(filter(None, [span])) for span in (turn.cue, turn.source))
        yield Draft(turn.words, cue, source, kind="direct")


def _labelled(draft: Draft, marks: Marks) -> Draft:
    """The draft, its source the transcript's label that opens its content ("LEE: No.")."""
    # Beside a cue in the same line the capitals are part of what somebody said.
    first, *others = draft.content
    found = _LABEL.match(marks.text, first.start, first.end)
    line = line_of(marks.text, first.start)
    if found is None or found.end() >= first.end or any(overlap(line, c) for c in draft.cue):
        return draft
    return replace(
        draft,
        content=(Span(found.end(), first.end), *others),
        cue=_group(found, "cue"),
        source=_group(found, "source"),
        method="reader+marks",
    )


def _signed(draft: Draft, marks: Marks) -> Draft:
    """The draft, its source the name behind a dash that ends its line ("“No.” — Ann Lee")."""
    last = draft.content[-1]
    found = _SIGNATURE.match(marks.text, last.end)
    if found is None or marks.share((last,)) < 1.0:
        return draft
    return replace(draft, cue=_group(found, "cue"), source=_group(found, "source"))


def _cited(draft: Draft, text: str) -> Draft:
    """The draft, its source who is "cited by" the one the reader found."""
    start = draft.source[0].start if draft.source else 0
    found = _CITED_BY.match(text, max(0, start - 200), start)
    return replace(draft, source=_group(found, "source")) if found else draft


def _group(found: regex.Match[str], name: str) -> tuple[Span]:
    """Where the named part of a match stands."""
    return (Span(*found.span(name)),)


def _is_title(piece: Span, marks: Marks) -> bool:
    quoted = marks.enclosing(piece)
    return quoted is not None and quoted.looks_like == "title" and quoted.pieces == (piece,)


def _quotation(draft: Draft, annotated: AnnotatedArticle, marks: Marks) -> Quotation:
    """The finished quotation; its source, where a relative clause, is the pronoun alone."""
    text = marks.text
    share = marks.share(draft.content)
    by_marks: Kind = "direct" if share == 1.0 else "mixed" if share > 0.0 else "indirect"
    kind = draft.kind or by_marks
    others = draft.cue + draft.source
    content = merged(_trimmed(span, marks, kind, others) for span in draft.content)
    assert not any(overlap(one, other) for one in content for other in others), "spans overlap"
    cue = " ".join(span.of(text) for span in draft.cue)
    plain: Attitude = "assertion" if kind != "indirect" or _COLON_ONLY.fullmatch(cue) else "belief"
    pronouns = ((s, _RELATIVE.match(text, s.start, s.end)) for s in draft.source)
    start = content[0].start
    regions = (r.kind for r in annotated.regions if r.span.start <= start < r.span.end)
    return Quotation(
        id=quotation_id(annotated.article.id, content, draft.cue),
        kind=kind,
        content=content,
        cue=draft.cue,
        source=tuple(Span(*found.span(1)) if found else span for span, found in pronouns),
        attitude=load_cues().attitude(cue) or plain,
        confidence=draft.confidence,
        method=draft.method,
        region=next(regions, None),
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


def _trimmed(span: Span, marks: Marks, kind: Kind, others: tuple[Span, ...]) -> Span:
    """Without space and commas at its ends; direct speech loses its marks, mixed gets them.

    `others` are the spans of cue and source, which may hold a mark.
    """
    if kind == "direct":
        return marks.strip(span)
    found = _BARE.search(marks.text, span.start, span.end)
    if found is None:
        return span
    bare = asked = Span(*found.span())
    opens = not marks.text[max(0, bare.start - 2) : bare.start].rstrip(" ").strip('.!?”’"\n')
    if opens and marks.text[bare.end : bare.end + 1] in ("?", "!"):  # it is part of what was asked
        asked = Span(bare.start, bare.end + 1)
    marked = marks.with_marks(asked) if kind == "mixed" else asked
    fit = (each for each in (marked, asked) if not any(overlap(each, other) for other in others))
    return next(fit, bare)
