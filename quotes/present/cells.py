"""Rows as spreadsheet cells: the columns of CSV, TSV and data frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quotes.present.reasons import facts
from quotes.present.rows import Row, kind_of_speaker, record
from quotes.rows import Explanation, FamilyRow, Occurrence, Utterance, Variants

Cell = str | int | float | None

COLUMNS = (
    "quotation_id",
    "cluster_id",
    "speaker",
    "speaker_as_written",
    "quotation",
    "kind",
    "cue",
    "outlet",
    "title",
    "url",
    "published",
    "start",
    "end",
    "confidence",
    "method",
    "referent",
    "speaker_kind",
    "family",
    "family_kind",
    "origin",
)
"""The columns of CSV, TSV and data frames: one row an occurrence, offsets in code points."""

VARIANT_COLUMNS = (
    *COLUMNS,
    "account",
    "accounts",
    "order",
    "wording",
    "role",
    "words",
    "marked",
    "changes",
    "meaning",
    "paraphrases",
)
"""Those of `variants`: one row a printing, with its wording beside the fullest."""


def cells(row: Row) -> list[dict[str, Cell]]:
    """A row as lines of a spreadsheet.

    An utterance, plain or with its wordings, gives one line an occurrence, a family one line
    an article, an explanation one line a step.

    >>> from quotes.rows import OutletRow
    >>> cells(OutletRow("Reuters", 2, 30, 1))
    [{'outlet': 'Reuters', 'articles': 2, 'quotations': 30, 'inferred': 1, 'reprints': 0}]
    """
    if isinstance(row, Utterance):
        accounts = {"accounts": row.accounts}
        return [_occurrence_cells(each) | accounts for each in row.occurrences]
    if isinstance(row, Variants):
        return list(_variant_cells(row))
    if isinstance(row, FamilyRow):
        return _family_cells(row)
    if isinstance(row, Occurrence):
        return [_occurrence_cells(row)]
    if isinstance(row, Explanation):
        id_ = row.quotation.quotation
        return [{"quotation_id": id_, "fact": fact, "words": words} for fact, words in facts(row)]
    return [{key: _flat(value) for key, value in record(row).items()}]


def _variant_cells(row: Variants) -> Iterator[dict[str, Cell]]:
    """The printings earliest first, each with its wording, its place in the order, its account."""
    order = {each.quotation: n for n, wave in enumerate(row.waves, start=1) for each in wave}
    wordings = {each.quotation: wording for wording in row.wordings for each in wording.printings}
    told: dict[str, list[str]] = {}
    for one in row.paraphrases:
        told.setdefault(one.of, []).append(one.quotation.quotation)
    for each in row.occurrences:
        wording = wordings[each.quotation]
        values = (
            each.account,
            row.utterance.accounts,
            order.get(each.quotation),
            wording.number,
            "; ".join(wording.roles),
            wording.text,
            wording.marked,
            "; ".join(dict.fromkeys(change.kind for change in wording.changes)),
            "; ".join(wording.meanings),
            "; ".join(told.get(each.quotation, ())),
        )
        line = _occurrence_cells(each)
        yield line | dict(zip(VARIANT_COLUMNS[len(line) :], values, strict=True))


def _family_cells(row: FamilyRow) -> list[dict[str, Cell]]:
    shared: dict[str, Cell] = {"family": row.id, "origin": row.origin, "basis": row.basis}
    return [
        shared
        | {
            "article": each.article,
            "heading": each.heading,
            "outlet": each.outlet,
            "published": each.published,
            "kind": each.kind or ("first" if each.article == row.first else None),
            "reason": each.reason,
        }
        for each in row.members
    ]


def _flat(value: Any) -> Cell:
    return "; ".join(value) if isinstance(value, list) else value


def _occurrence_cells(row: Occurrence) -> dict[str, Cell]:
    values = (
        row.quotation,
        row.cluster,
        row.speaker.name if row.speaker else None,
        row.speaker_as_written,
        row.text,
        row.kind,
        row.cue,
        row.outlet,
        row.title,
        row.url,
        row.published,
        row.start,
        row.end,
        round(row.confidence, 4),
        row.method,
        row.referent.name if row.referent else None,
        kind_of_speaker(row),
        row.family,
        row.family_kind,
        row.origin,
    )
    return dict(zip(COLUMNS, values, strict=True))


def safe_cell(value: Cell) -> Cell:
    """A cell that no spreadsheet runs as a formula: text that would is led by an apostrophe.

    Line ends become line feeds, since not every CSV reader takes a bare carriage return.

    Source: OWASP, CSV injection.

    >>> safe_cell("=1+1"), safe_cell("said"), safe_cell(-3)
    ("'=1+1", 'said', -3)
    """
    if not isinstance(value, str):
        return value
    lead = "'" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else ""
    return lead + value.replace("\r\n", "\n").replace("\r", "\n")
