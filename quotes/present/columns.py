"""The columns of tables for people: name and value, by the type of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quotes.present.labels import day, kind, reach, spoken, who
from quotes.present.reasons import commands, decided, facts, title_of
from quotes.present.rows import Row
from quotes.present.wordings import publisher
from quotes.records import Decision
from quotes.rows import (
    Doubt,
    Explanation,
    FamilyRow,
    Occurrence,
    OutletRow,
    SpeakerRow,
    Utterance,
    Variants,
)

Show = Callable[[Any], object]
Columns = tuple[tuple[str, Show], ...]

_COLUMNS: Mapping[type, Columns] = {
    Utterance: (
        ("speaker", who),
        ("quotation", spoken),
        ("kind", kind),
        ("outlets", lambda r: reach(r.outlets, r.accounts)),
        ("first", lambda r: day(r.first)),
        ("id", lambda r: r.id),
    ),
    Occurrence: (
        ("speaker", who),
        ("quotation", spoken),
        ("kind", kind),
        ("cue", lambda r: r.cue),
    ),
    Decision: (
        ("decision", lambda r: r.number),
        ("what", decided),
        ("note", lambda r: r.note or ""),
        ("on", lambda r: day(r.at)),
    ),
    Doubt: (
        ("quotations", lambda r: r.quotations),
        ("doubt", lambda r: r.subject),
        ("evidence", lambda r: r.evidence),
        ("to settle it", lambda r: "; ".join(commands(r))),
    ),
    Explanation: (
        ("quotation", lambda r: title_of(r.quotation)),
        ("why", lambda r: "; ".join(f"{name}: {words}" for name, words in facts(r))),
    ),
    Variants: (
        ("speaker", lambda r: who(r.utterance)),
        ("fullest wording", lambda r: r.wordings[0].text),
        ("wordings", lambda r: len(r.wordings)),
        ("meaning", lambda r: "; ".join(dict.fromkeys(r.meanings))),
        ("outlets", lambda r: reach(r.utterance.outlets, r.utterance.accounts)),
        ("first", lambda r: day(r.utterance.first)),
        ("id", lambda r: r.id),
    ),
    FamilyRow: (
        ("origin", lambda r: r.origin or "(unknown)"),
        ("articles", lambda r: len(r.members)),
        ("outlets", lambda r: ", ".join(dict.fromkeys(map(publisher, r.members)))),
        ("basis", lambda r: r.basis),
        ("id", lambda r: r.id),
    ),
    SpeakerRow: (
        ("speaker", lambda r: r.name),
        ("kind", lambda r: "" if r.kind == "person" else r.kind),
        ("role", lambda r: r.role or ""),
        ("also", lambda r: ", ".join(a for a in r.aliases if a != r.name)),
        ("quotations", lambda r: r.quotations),
        ("outlets", lambda r: ", ".join(r.outlets)),
    ),
    OutletRow: (
        ("outlet", lambda r: r.outlet or "(unknown)"),
        ("articles", lambda r: r.articles),
        ("quotations", lambda r: r.quotations),
        ("inferred", lambda r: r.inferred or ""),
        ("reprints", lambda r: r.reprints or ""),
    ),
}


def columns(row: Row) -> Columns:
    """The columns of a table of such rows: name and value."""
    return _COLUMNS[type(row)]
