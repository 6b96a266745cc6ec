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
4. a quotation with an unclaimed name and verb of saying right behind it is theirs (`_tagged`);
5. words behind a transcript's label ("LEE: No.") are the labelled one's (`_labelled`), and
   words with a dash and a name at the end of their line are the signer's (`_signed`);
6. words of "sources, cited by" somebody are those sources' (`_cited`);
7. a lone piece without a cue is kept only if it is speech by its form; one in scare
   quotes, a title or a nickname never is.

The lemmas of cue words stand in `data/cues.toml`; their inflected forms are derived here, a few
too many rather than one too few, for a form that no text prints does no harm.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import get_args

import regex

from quotes.quotations.marks import Marks
from quotes.records import AnnotatedArticle, Attitude, Kind, Quotation, Reading, Span
from quotes.text.lists import shipped

_FILLS = 0.5
"""Share that a piece must hold of a quotation's paragraphs it touches, to take all of it."""

_MARKS_CONFIDENCE = 0.6
"""Given to quotations found by their form alone."""

_NAME_VERB = regex.compile(
    r"\s(?P<source>(?:\p{Lu}[\p{L}.’'-]*)(?:\s\p{Lu}[\p{L}.’'-]*){0,3}|he|she|they)"
    r"\s(?P<cue>\p{Ll}+)\b"
)
_CUE_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*")
_VOWELS = "aeiou"
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
    read = [_lined(reading, annotated, marks) for reading in readings]
    cues = (marks.enclosing(cue) for draft in read for cue in draft.cue)
    turns = {quoted.start for quoted in cues if quoted}
    parts = [part for draft in _snapped(read, marks) for part in _parted(draft, turns, marks)]
    drafts = _rejoined(_adopted(parts, marks), turns, marks)
    claims = _Claims(drafts)
    drafts += [
        _Draft(quoted.pieces)
        for quoted in marks.outermost
        if quoted.looks_like == "speech" and not any(map(claims.touching, quoted.pieces))
    ]
    quotations = []
    for draft in _tagged(drafts, marks):
        named = _cited(_signed(_labelled(draft, marks), marks), marks.text)
        # Without a cue it must be speech by its form; a bare title needs one that the list knows.
        if not named.cue:
            kept = marks.look(named.content[0]) == "speech"
        elif all(_is_title(piece, marks) for piece in named.content):
            kept = any(load_cues().attitude(cue.of(marks.text)) for cue in named.cue)
        else:
            kept = True
        if kept:
            quotations.append(_quotation(named, annotated, marks))
    return tuple(sorted(quotations, key=lambda q: (q.content, q.cue)))


def _lined(reading: Reading, annotated: AnnotatedArticle, marks: Marks) -> _Draft:
    """The reading as a draft, its content cut at line breaks and before spoken quotations."""
    *pieces, last = reading.content
    # No word has two roles: "noted that Lee intends to leave" may end at "that", yet all was noted.
    if last.of(marks.text).lower() == "that":
        ends = (s.end for s in annotated.sentences if s.start <= last.start < s.end)
        last = Span(last.start, next(ends, last.end))
    content: list[Span] = []
    for piece in (*pieces, last):
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


def _snapped(drafts: Sequence[_Draft], marks: Marks) -> Iterator[_Draft]:
    """The drafts with every piece that fills a quotation set to exactly that quotation."""
    claims = _Claims(drafts)
    for number, draft in enumerate(drafts):
        own = {(span, number) for span in draft.content}
        own -= {(span, number) for span in draft.cue + draft.source}
        parts = [part for piece in draft.content for part in _filled(piece, own, marks, claims)]
        method = draft.method if set(parts) == set(draft.content) else "reader+marks"
        content = _merged(parts)
        # Not the title in 'In its report, “Ready for All”, the firm said that sales fell'.
        said = tuple(piece for piece in content if not _is_title(piece, marks))
        yield _Draft(said or content, draft.cue, draft.source, draft.confidence, method)


def _filled(
    piece: Span, own: AbstractSet[tuple[Span, int]], marks: Marks, claims: _Claims
) -> tuple[Span, ...]:
    """A content piece or, where it holds little but one quotation, that quotation."""
    inside = marks.inside(piece)
    quoted = marks.enclosing(inside[0]) if inside else None
    if quoted is None or marks.enclosing(inside[-1]) is not quoted or marks.share([piece]) < 1.0:
        return (piece,)
    touched = tuple(part for part in quoted.pieces if _overlap(part, piece))
    if _length(inside) < _FILLS * _length(touched):
        return (piece,)
    foreign = {part for part in quoted.pieces if not own >= {*claims.touching(part)}}
    if not foreign.isdisjoint(touched):
        return (piece,)
    # Its other paragraphs go with it only where no other draft claims any: in a transcript one may.
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


def _parted(draft: _Draft, turns: AbstractSet[int], marks: Marks) -> Iterator[_Draft]:
    """The draft, and apart from it the pieces that its cue cannot mean.

    A cue speaks for its line, or the nearest with content ("He said:"), and for quotations that
    reach into it, but for those, known by their starts, in which speakers take `turns`.
    """
    if not draft.cue or len(draft.content) == 1:
        yield draft
        return
    cue = draft.cue[0]
    lines = {piece: _paragraph(marks.text, piece.start) for piece in draft.content}
    home = _paragraph(marks.text, cue.start)
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


def _adopted(drafts: Iterable[_Draft], marks: Marks) -> list[_Draft]:
    """The drafts, quoted pieces without a cue given to what stands beside them in a paragraph."""
    out = sorted(drafts, key=lambda draft: draft.content)
    for at, draft in enumerate(out):
        if draft.cue or marks.share(draft.content) < 1.0:
            continue
        paragraph = _paragraph(marks.text, draft.content[0].start)
        for beside in range(max(at - 1, 0), min(at + 2, len(out))):
            host = out[beside]
            reaches = any(_overlap(paragraph, span) for span in host.content + host.cue)
            if host.cue and reaches and marks.share(host.content) > 0.0:
                out[beside] = _joined(host, draft)
                out[at] = replace(draft, content=())
                break
    return [draft for draft in out if draft.content]


def _rejoined(drafts: Iterable[_Draft], turns: AbstractSet[int], marks: Marks) -> list[_Draft]:
    """The drafts, a speech over paragraphs being one, unless speakers take `turns` in it."""
    first: dict[int, int] = {}
    out: list[_Draft] = []
    for draft in drafts:
        quoted = marks.enclosing(draft.content[-1])
        if quoted and quoted.closed and len(quoted.pieces) > 1 and quoted.start not in turns:
            at = len(out) if draft.cue else first.get(quoted.start, len(out))
            first[quoted.start] = at
            if at < len(out):
                out[at] = _joined(out[at], draft)
                continue
        out.append(draft)
    return out


def _tagged(drafts: list[_Draft], marks: Marks) -> Iterator[_Draft]:
    """The drafts, each quotation with an unclaimed tag behind it ("..., Lee said") apart."""
    claims = _Claims(drafts)
    for draft in drafts:
        kept: list[Span] = []
        for piece in draft.content:
            quoted = marks.enclosing(piece)
            spoken = quoted and quoted.looks_like == "speech" and quoted.closed
            tag = _NAME_VERB.match(marks.text, quoted.end) if quoted and spoken else None
            if tag is None or load_cues().attitude(tag["cue"]) != "assertion":
                kept.append(piece)
                continue
            source, cue = _group(tag, "source"), _group(tag, "cue")
            if any(map(claims.touching, source + cue)):
                kept.append(piece)
            else:
                yield _Draft((piece,), cue, source)
        if kept:
            yield _Draft(tuple(kept), draft.cue, draft.source, draft.confidence, draft.method)


def _labelled(draft: _Draft, marks: Marks) -> _Draft:
    """The draft, its source the transcript's label that opens its content ("LEE: No.")."""
    # Beside a cue in the same line the capitals are part of what somebody said.
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


def _is_title(piece: Span, marks: Marks) -> bool:
    quoted = marks.enclosing(piece)
    return quoted is not None and quoted.looks_like == "title" and quoted.pieces == (piece,)


def _quotation(draft: _Draft, annotated: AnnotatedArticle, marks: Marks) -> Quotation:
    """The finished quotation; its source, where a relative clause, is the pronoun alone."""
    text = marks.text
    share = marks.share(draft.content)
    kind: Kind = "direct" if share == 1.0 else "mixed" if share > 0.0 else "indirect"
    content = tuple(_trimmed(span, marks, kind) for span in draft.content)
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


def _trimmed(span: Span, marks: Marks, kind: Kind) -> Span:
    """Without space and commas at its ends; direct speech loses its marks, mixed gets them."""
    if kind == "direct":
        return marks.strip(span)
    found = _BARE.search(marks.text, span.start, span.end)
    if found is None:
        return span
    bare = Span(*found.span())
    return marks.with_marks(bare) if kind == "mixed" else bare


def _joined(host: _Draft, draft: _Draft) -> _Draft:
    return replace(host, content=_merged(host.content + draft.content))


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


def _overlap(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def _length(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)


# Cues


@dataclass(frozen=True, slots=True)
class CueLexicon:
    """Forms of cue words and phrases, each with its attitude.

    Attributes:
        words: printed form, lower case -> attitude.
        phrases: a phrase between two spaces, in lemmas or as printed -> attitude.
        lemmas: printed form -> lemma, for matching phrases.
    """

    words: Mapping[str, Attitude]
    phrases: Mapping[str, Attitude]
    lemmas: Mapping[str, str]

    def attitude(self, cue: str) -> Attitude | None:
        """The attitude that `cue`, as printed, expresses; None if no word of it is known.

        Phrases count before single words, and of single words the first known one.

        >>> cues = load_cues()
        >>> [cues.attitude(c) for c in ("has said", "doesn’t believe", "is planning", "mooed")]
        ['assertion', 'belief', 'eventuality', None]
        """
        words = [word.lower().replace("’", "'") for word in _CUE_WORD.findall(cue)]
        lemmas = [self.lemmas.get(word, word) for word in words]
        here = f" {' '.join(lemmas)} , {' '.join(words)} "
        by_phrase = (self.phrases[phrase] for phrase in self.phrases if phrase in here)
        by_word = (self.words[word] for word in words if word in self.words)
        return next(chain(by_phrase, by_word), None)


@cache
def load_cues() -> CueLexicon:
    """The shipped cue lexicon, read once per process."""
    table = shipped("cues.toml")
    words: dict[str, Attitude] = {}
    phrases: dict[str, Attitude] = {}
    lemmas: dict[str, str] = {}
    for attitude in get_args(Attitude):
        section = table[attitude]
        for lemma in section["verbs"].split():
            forms = _forms(lemma, table["irregular"])
            words |= dict.fromkeys(forms, attitude)
            lemmas |= forms
        for noun in section.get("nouns", "").split():
            words.setdefault(noun, attitude)
            words.setdefault(noun + "s", attitude)
        for phrase in map(str.split, section["phrases"].split(";")):
            if phrase:
                phrases[f" {' '.join(phrase)} "] = attitude
                lemmas |= _forms(phrase[0], table["irregular"])
    for word in table["skip"]["words"].split():
        words.pop(word, None)
    return CueLexicon(words, phrases, lemmas)


def _forms(lemma: str, irregular: Mapping[str, str]) -> dict[str, str]:
    """Every form of a verb, each with the verb's lemma."""
    known = (form for form, of in irregular.items() if of == lemma)
    return dict.fromkeys((*inflected(lemma), *known), lemma)


def inflected(lemma: str) -> Iterator[str]:
    """The regular forms of an English verb, spelling variants included.

    >>> sorted(set(inflected("deny")))
    ['denied', 'denies', 'deny', 'denying']
    """
    yield lemma
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        yield from (lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing")
    elif lemma.endswith("e"):
        yield from (lemma + "s", lemma + "d", lemma[:-1] + "ing")
    else:
        yield from (lemma + "s", lemma + "es", lemma + "ed", lemma + "ing")
        if lemma[-1] not in _VOWELS + "wxy" and lemma[-2:-1] in tuple(_VOWELS):
            yield from (lemma + lemma[-1] + "ed", lemma + lemma[-1] + "ing")
