"""The wording of what is not a story: advertising labels, credits, lists of other stories.

In comes ``data/boilerplate.toml``; out go compiled patterns, each to be tried on one line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from quotes.errors import LexiconError
from quotes.records import RegionKind
from quotes.text.lists import shipped


@dataclass(frozen=True, slots=True)
class LinePattern:
    """Lines of one kind, by all the patterns for that kind at once.

    Attributes:
        at_end: whether it is searched for at a line's end, else it must be the whole line.
    """

    kind: RegionKind
    at_end: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class CardPattern:
    """The heading of one other story inside an article; whether a paragraph of it follows."""

    heading: re.Pattern[str]
    summary: bool


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """All of the wording.

    Attributes:
        lines: tried in this order.
        list_heading, list_end: around a list of other stories.
        cut_next: the line behind a paragraph that is cut off.
        author_heading, author_job: of the author's box.
    """

    lines: tuple[LinePattern, ...]
    cards: tuple[CardPattern, ...]
    list_heading: re.Pattern[str]
    list_end: re.Pattern[str]
    cut_next: re.Pattern[str]
    author_heading: re.Pattern[str]
    author_job: re.Pattern[str]


@cache
def load_boilerplate() -> Boilerplate:
    """The shipped wording, read once a process.

    >>> [line.kind for line in load_boilerplate().lines if line.at_end]
    ['caption']

    Raises:
        LexiconError: the list lacks a field, or a pattern is not one.
    """
    table = shipped("boilerplate.toml")
    try:
        return _boilerplate(table)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise LexiconError(f"boilerplate.toml: {error!r}; correct that entry") from error


def _boilerplate(table: Mapping[str, Any]) -> Boilerplate:
    lists = table["list"]
    cards = tuple(
        CardPattern(_any([row], "heading"), row.get("summary", False)) for row in table["card"]
    )
    return Boilerplate(
        lines=_lines(table["line"]),
        cards=cards,
        list_heading=_any(lists, "heading"),
        list_end=_any(lists, "end"),
        cut_next=_any([table["cut"]], "next"),
        author_heading=_any([table["author"]], "heading"),
        author_job=_any([table["author"]], "jobs"),
    )


def _lines(rows: Sequence[Mapping[str, Any]]) -> tuple[LinePattern, ...]:
    """One pattern for each kind and place: a line is tried a handful of times, not fifty."""
    together: dict[tuple[RegionKind, bool], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["kind"] not in get_args(RegionKind):
            raise ValueError(f"kind {row['kind']!r}")
        together.setdefault((row["kind"], row.get("at") == "end"), []).append(row)
    return tuple(
        LinePattern(kind, at_end, _any(members, "pattern", suffix=r"\Z" if at_end else ""))
        for (kind, at_end), members in together.items()
    )


def _any(rows: Sequence[Mapping[str, Any]], name: str, *, suffix: str = "") -> re.Pattern[str]:
    parts = (f"{'(?:' if row.get('case') else '(?i:'}{row[name]})" for row in rows)
    pattern = re.compile(f"(?:{'|'.join(parts)}){suffix}")
    if pattern.groups:
        raise ValueError(f"a capturing group in a {name}; write (?:...)")
    return pattern
