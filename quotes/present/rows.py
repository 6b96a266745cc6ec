"""Rows as JSON objects: every name that another program relies on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from quotes.records import Article, Decision, Entity, Quotation, Span, Speaker, SpeakerKind, printed
from quotes.rows import (
    Doubt,
    Explanation,
    FamilyRow,
    Occurrence,
    OutletRow,
    Paraphrase,
    Passage,
    ShownArticle,
    SpeakerRow,
    Tie,
    Utterance,
    Variants,
    WordingRow,
)

Row = (
    Occurrence
    | Utterance
    | Variants
    | FamilyRow
    | SpeakerRow
    | OutletRow
    | Decision
    | Doubt
    | Explanation
)
Record = dict[str, Any]
"""A JSON object; what it holds is written at the function that makes it."""


def occurrence_of(article: Article, quotation: Quotation) -> Occurrence:
    """A quotation that is in no index, as a row like those of the index.

    >>> lee = Quotation("q1", "direct", (Span(1, 3),), (Span(5, 9),), (Span(10, 13),),
    ...                 "assertion", 0.9, "reader")
    >>> row = occurrence_of(Article("a", '"No" said Lee'), lee)
    >>> row.text, row.cue, row.speaker_as_written
    ('No', 'said', 'Lee')
    """
    return Occurrence(
        quotation=quotation.id,
        cluster=None,
        article=article.id,
        speaker=quotation.speaker,
        speaker_as_written=printed(article.text, quotation.source),
        speaker_basis=quotation.speaker_basis,
        text=printed(article.text, quotation.content),
        kind=quotation.kind,
        attitude=quotation.attitude,
        cue=printed(article.text, quotation.cue),
        outlet=article.outlet,
        outlet_inferred=article.outlet_basis == "inferred",
        title=article.title,
        url=article.url,
        published=article.published,
        content=quotation.content,
        confidence=quotation.confidence,
        method=quotation.method,
        region=quotation.region,
        referent=quotation.referent,
        chain=quotation.chain,
    )


def attributions(article: Article, quotations: Iterable[Quotation]) -> Record:
    """One line of `extract --nl`: the article's id and its attributions, in text order.

    Offsets are pairs of code points into the text as given, the end exclusive.
    """
    return {"id": article.id, "attributions": [_attribution(each) for each in quotations]}


def _attribution(quotation: Quotation) -> Record:
    return {
        "id": quotation.id,
        "kind": quotation.kind,
        "content": _pairs(quotation.content),
        "cue": _pairs(quotation.cue),
        "source": _pairs(quotation.source),
        "speaker": _speaker(quotation.speaker),
        "attitude": quotation.attitude,
        "confidence": round(quotation.confidence, 4),
        "method": quotation.method,
        "speaker_basis": quotation.speaker_basis,
        "region": quotation.region,
        "referent": _speaker(quotation.referent),
        "chain": _pairs(quotation.chain),
        "members": [_speaker(member) for member in quotation.members],
    }


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _speaker(speaker: Speaker | None) -> Record | None:
    if speaker is None:
        return None
    return {"id": speaker.id, "name": speaker.name, "kind": speaker.kind}


def record(row: Row) -> Record:
    """A row as a JSON object; of an occurrence, one line of `export --nl`.

    >>> record(OutletRow("Reuters", 2, 30, 1))
    {'outlet': 'Reuters', 'articles': 2, 'quotations': 30, 'inferred': 1, 'reprints': 0}
    """
    if isinstance(row, Occurrence):
        return _occurrence_record(row)
    if isinstance(row, Utterance):
        return _utterance_record(row)
    if isinstance(row, Variants):
        return _variants_record(row)
    if isinstance(row, FamilyRow):
        return _family_record(row)
    if isinstance(row, SpeakerRow):
        return _speaker_record(row)
    if isinstance(row, Explanation):
        return _explanation_record(row)
    if isinstance(row, Decision):
        return _decision_record(row)
    if isinstance(row, Doubt):
        return _doubt_record(row)
    return {
        "outlet": row.outlet,
        "articles": row.articles,
        "quotations": row.quotations,
        "inferred": row.inferred,
        "reprints": row.reprints,
    }


def _occurrence_record(row: Occurrence) -> Record:
    return {
        "id": row.quotation,
        "article": row.article,
        "outlet": row.outlet,
        "content": _pairs(row.content),
        "text": row.text,
        "kind": row.kind,
        "speaker": _speaker(row.speaker),
        "speaker_as_written": row.speaker_as_written,
        "speaker_basis": row.speaker_basis,
        "cluster": row.cluster,
        "attitude": row.attitude,
        "cue": row.cue,
        "title": row.title,
        "url": row.url,
        "published": row.published,
        "confidence": round(row.confidence, 4),
        "method": row.method,
        "start": row.start,
        "end": row.end,
        "outlet_inferred": row.outlet_inferred,
        "region": row.region,
        "referent": _speaker(row.referent),
        "chain": _pairs(row.chain),
        "family": row.family,
        "family_kind": row.family_kind,
        "origin": row.origin,
    }


def _utterance_record(row: Utterance) -> Record:
    return {
        "id": row.id,
        "speaker": _speaker(row.speaker),
        "speaker_as_written": row.speaker_as_written,
        "text": row.text,
        "matches": _pairs(row.matches),
        "kind": row.kind,
        "attitude": row.attitude,
        "outlets": list(row.outlets),
        "first": row.first,
        "referent": _speaker(row.referent),
        "occurrences": [_occurrence_record(each) for each in row.occurrences],
        "accounts": row.accounts,
        "paraphrases": [_paraphrase_record(each) for each in row.paraphrases],
    }


def _variants_record(row: Variants) -> Record:
    said = row.utterance
    return {
        "id": row.id,
        "speaker": _speaker(said.speaker),
        "speaker_as_written": said.speaker_as_written,
        "referent": _speaker(said.referent),
        "outlets": list(said.outlets),
        "accounts": said.accounts,
        "meanings": list(row.meanings),
        "wordings": [_wording_record(each) for each in row.wordings],
        "spread": [[each.quotation for each in wave] for wave in row.waves],
        "undated": [each.quotation for each in row.undated],
        "families": [_family_record(each) for each in row.families],
        "paraphrases": [_paraphrase_record(each) for each in row.paraphrases],
    }


def _paraphrase_record(row: Paraphrase) -> Record:
    return {
        "of": row.of,
        "similarity": round(row.similarity, 4),
        "reason": row.reason,
        "quotation": _occurrence_record(row.quotation),
    }


def _wording_record(row: WordingRow) -> Record:
    return {
        "number": row.number,
        "text": row.text,
        "roles": list(row.roles),
        "changes": [
            {
                "kind": each.kind,
                "before": _pair(each.before),
                "after": _pair(each.after),
                "meaning": each.meaning,
            }
            for each in row.changes
        ],
        "marked": row.marked,
        "meanings": list(row.meanings),
        "printings": [_occurrence_record(each) for each in row.printings],
    }


def _pair(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None


def _family_record(row: FamilyRow) -> Record:
    return {
        "id": row.id,
        "origin": row.origin,
        "basis": row.basis,
        "first": row.first,
        "articles": [
            {
                "article": each.article,
                "heading": each.heading,
                "outlet": each.outlet,
                "published": each.published,
                "kind": each.kind,
                "reason": each.reason,
            }
            for each in row.members
        ],
    }


def _speaker_record(row: SpeakerRow) -> Record:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "role": row.role,
        "aliases": list(row.aliases),
        "quotations": row.quotations,
        "outlets": list(row.outlets),
        "article": row.article,
    }


def _decision_record(row: Decision) -> Record:
    return {
        "number": row.number,
        "action": row.action,
        "subject": row.subject,
        "other": row.other,
        "name": row.name,
        "articles": list(row.articles),
        "note": row.note,
        "at": row.at,
        "quotations": list(row.quotations),
    }


def _doubt_record(row: Doubt) -> Record:
    return {
        "kind": row.kind,
        "subject": row.subject,
        "evidence": row.evidence,
        "quotations": row.quotations,
        "articles": list(row.articles),
        "examples": list(row.examples),
        "settle": list(row.settle),
    }


def _explanation_record(row: Explanation) -> Record:
    return {
        "quotation": _occurrence_record(row.quotation),
        "heading": row.heading,
        "content": [_passage(each) for each in row.content],
        "cue": [_passage(each) for each in row.cue],
        "source": [_passage(each) for each in row.source],
        "chain": [_passage(each) for each in row.chain],
        "local": _entity(row.local),
        "entity": _entity(row.entity),
        "join": row.join,
        "doubtful": row.doubtful,
        "offices": list(row.offices),
        "decisions": [_decision_record(each) for each in row.decisions],
        "candidates": [_entity(each) for each in row.candidates],
        "tie": _tie_record(row.tie),
        "family": _family_record(row.family) if row.family else None,
        "paraphrases": [_paraphrase_record(each) for each in row.paraphrases],
    }


def _tie_record(tie: Tie | None) -> Record | None:
    if tie is None:
        return None
    partner = tie.partner.quotation if tie.partner else None
    return {"partner": partner, "reason": tie.reason}


def _passage(passage: Passage) -> Record:
    return {
        "start": passage.span.start,
        "end": passage.span.end,
        "before": passage.before,
        "words": passage.words,
        "after": passage.after,
    }


def _entity(entity: Entity | None) -> Record | None:
    if entity is None:
        return None
    return {
        "id": entity.id,
        "name": entity.name,
        "kind": entity.kind,
        "aliases": list(entity.aliases),
        "role": entity.role,
        "wikidata": entity.wikidata,
    }


def shown_record(shown: ShownArticle) -> Record:
    """An article with its text and its quotations, as `show --json` prints it."""
    article = shown.article
    rows = zip(shown.quotations, shown.cues, shown.sources, strict=True)
    return {
        "article": article.id,
        "outlet": article.outlet,
        "title": article.title,
        "url": article.url,
        "published": article.published,
        "text": article.text,
        "quotations": [
            _occurrence_record(row) | {"cue_spans": _pairs(cues), "source_spans": _pairs(sources)}
            for row, cues, sources in rows
        ],
        "family": _family_record(shown.family) if shown.family else None,
    }


def narrowed(
    shown: ShownArticle, *, everything: bool = False, speaker_kind: SpeakerKind | None = None
) -> ShownArticle:
    """The same article with what was said alone, unless everything; of one kind of speaker."""
    rows = zip(shown.quotations, shown.cues, shown.sources, strict=True)
    kept = [
        each
        for each in rows
        if (everything or each[0].attitude == "assertion")
        and speaker_kind in (None, kind_of_speaker(each[0]))
    ]
    return replace(
        shown,
        quotations=tuple(row for row, _, _ in kept),
        cues=tuple(cues for _, cues, _ in kept),
        sources=tuple(sources for _, _, sources in kept),
    )


def kind_of_speaker(row: Occurrence) -> SpeakerKind | None:
    """The kind of the speaker or else of the referent; None without either."""
    meant = row.speaker or row.referent
    return meant.kind if meant else None


def json_line(value: Record) -> str:
    r"""A JSON object on one line, whatever a reader takes for a line end.

    Letters stay as they are; separators that some readers break lines at, and halves of
    surrogate pairs, which have no UTF-8, are escaped.

    >>> json_line({"text": "café\u2028"})
    '{"text": "café\\u2028"}'
    """
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[\x85\u2028\u2029\ud800-\udfff]", lambda c: f"\\u{ord(c[0]):04x}", text)
