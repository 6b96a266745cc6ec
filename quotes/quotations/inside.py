"""Reports that somebody's words hold by a plain form: "the staff said they could be ready".

In: finished quotations.  Out: drafts of the reports inside their contents that the reader did not
find.  Only forms are taken that leave little doubt: at the start of a clause a name, a noun phrase
or a pronoun of the third person, a verb of saying, and a clause or words in marks; or "according
to" with a name.  The verbs stand in `data/cues.toml`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import regex

from quotes.quotations.cues import forms_of
from quotes.quotations.drafts import Draft, overlap
from quotes.records import Quotation, Span
from quotes.text.lists import shipped

_CONFIDENCE = 0.5
_LEAST = 3  # words of a clause
_PROPER = r"\p{Lu}[\p{L}.’'-]*\p{L}"
_NAME = rf"(?:{_PROPER})(?:\s(?:(?:of|and|the|for|de|van|von|al|bin)\s)?{_PROPER}){{0,5}}"
_NOUNS = (
    r"(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Ss]ome|[Mm]any)"
    r"(?:\s\p{Ll}[\p{L}’'-]+){1,4}?"
)
_PERSONS = r"(?:[Hh]e|[Ss]he|[Tt]hey|[Pp]eople|who)"
_SAID = r"(?:(?:has|have|had|also|once|then|later|already|always|just|clearly|repeatedly)\s){0,2}"
_HEARER = r"(?:\s(?:me|us|him|her|them|people)|(?<=told|tell|tells)\s(?:the\s)?[\p{L}’'-]+)?"
_OPENS = (
    r"(?:he|she|it|they|we|you|I|there|this|that|these|those|the|an?|his|her|their|its|our|no|all"
    r"|\p{Lu}[\p{L}’'-]+)\b"
)
_FINITE = (
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|may|might|must|do|does|did"
    r"|\p{L}+n[’']t|\p{L}+[’'](?:s|re|ve|ll|d|m)|cannot|[\p{Ll}]{3,}ed)\b"
)
_OPEN_MARK = "“‘\"'«"
_END = regex.compile(r";(?=\s)|[”\"»](?=\s|$)|\n")


@cache
def _report() -> regex.Pattern[str]:
    """A clause that reports, from its subject to its cue and what joins the content to it."""
    table = shipped("cues.toml")["inside"]
    forms = {form for verb in table["verbs"].split() for form in forms_of(verb)}
    forms -= {form for form in forms if form.endswith("ing")}
    finite = "|".join(sorted(forms - {*table["nouns"].split()}))
    return regex.compile(
        rf"(?:[Aa]s\s)?(?P<source>{_NAME}|{_NOUNS}|{_PERSONS})\s{_SAID}(?P<cue>{finite}){_HEARER}"
        rf"(?P<join>,?\s(?=that\s)|[,:]?\s(?=[{_OPEN_MARK}])|\s(?={_OPENS})|,\s(?={_OPENS}))"
    )


_CLAUSE_STARTS = regex.compile(
    r"(?:[.?!;:,]\s|[—–]\s?|\b(?:and|but|whether|that|where|what)\s"
    r"|\b(?P<under>(?i:because|when|since|while|if|as))\s)"
    rf"(?=(?:[Aa]s\s)?(?:\p{{Lu}}|{_NOUNS}|{_PERSONS}\s))|\s(?=who\s)"
)
_ACCORDING = regex.compile(rf"(?P<cue>[Aa]ccording to)\s(?P<source>{_NAME}|[Tt]he\s{_NAME}),\s")


def reports_inside(
    text: str, quotations: Iterable[Quotation], sentences: Sequence[Span]
) -> list[Draft]:
    """The reports inside the contents of quotations that none of these is yet."""
    every = list(quotations)
    known = [(q.cue, q.content) for q in every]
    found: dict[tuple[Span, Span], Draft] = {}
    for quotation in every:
        for piece in quotation.content:
            for draft in _in_piece(text, piece, sentences):
                spans = (*draft.content, *draft.cue)
                if quotation.content == draft.content or _is_known(spans, known):
                    continue
                found.setdefault((draft.content[0], draft.cue[0]), draft)
    return _apart(list(found.values()))


def _is_known(
    spans: Sequence[Span], known: Iterable[tuple[Sequence[Span], Sequence[Span]]]
) -> bool:
    """Whether a quotation has this content, or a cue where the draft has its own."""
    content, cue = spans[:-1], spans[-1]
    return any(
        tuple(content) == tuple(theirs) or any(overlap(cue, each) for each in cues)
        for cues, theirs in known
    )


def _apart(drafts: list[Draft]) -> list[Draft]:
    """One draft for each cue, the longest."""
    drafts.sort(key=lambda each: (each.cue, each.content[0].start - each.content[0].end))
    return [each for at, each in enumerate(drafts) if at == 0 or drafts[at - 1].cue != each.cue]


def _in_piece(text: str, piece: Span, sentences: Sequence[Span]) -> Iterator[Draft]:
    starts = [(found.end(), found["under"]) for found in _starts(text, piece)]
    for start, under in [(piece.start, None), *starts]:
        for form in (_report(), _ACCORDING):
            end = min(piece.end, _sentence_end(start, sentences))
            found = form.match(text, start, end)
            if found and under:  # "when they said so, it stopped"
                comma = text.find(", ", found.end(), end)
                end = comma if comma >= 0 else end
            # Words in marks may be several sentences.
            marked = found and text[found.end() : found.end() + 1] in _OPEN_MARK
            if found and (content := _content(text, found.end(), piece.end if marked else end)):
                yield _draft(found, content)


def _sentence_end(at: int, sentences: Sequence[Span]) -> int:
    """Where the sentence ends that holds a place."""
    number = bisect_right(sentences, at, key=lambda each: each.start) - 1
    return max(at, sentences[number].end) if number >= 0 else at


def _starts(text: str, piece: Span) -> list[regex.Match[str]]:
    return list(_CLAUSE_STARTS.finditer(text, piece.start, piece.end))


def _draft(found: regex.Match[str], content: Span) -> Draft:
    source, cue = Span(*found.span("source")), Span(*found.span("cue"))
    return Draft((content,), (cue,), (source,), _CONFIDENCE, "form")


def _content(text: str, start: int, end: int) -> Span | None:
    """From a place to the end of its sentence or marks, if that is a clause of some words."""
    quoted = text[start : start + 1] in _OPEN_MARK
    if quoted:
        close = {"“": "”", "‘": "’", "«": "»"}.get(text[start], text[start])
        stop = regex.compile(rf"{regex.escape(close)}(?!\p{{L}})").search(text, start + 1, end)
        return Span(start, stop.end()) if stop and stop.end() - start > 2 else None
    stop = _END.search(text, start, end)
    words = text[start : stop.start() if stop else end].rstrip(" ,;.!?”’\"'»")
    if len(words.split()) < _LEAST or not regex.search(_FINITE, words):
        return None
    return Span(start, start + len(words))
