"""Decisions about speakers, read back from a file that another index wrote.

JSON lines, a JSON array, CSV or tab-separated text come in, `Decision` records go out.  Who
the speakers are, and whether the decisions agree with each other, is not checked here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, get_args

from quotes.errors import InputError
from quotes.records import Decision, DecisionAction

ACTIONS: tuple[DecisionAction, ...] = get_args(DecisionAction)

_LISTS = ("articles", "quotations")


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a file, in its order.

    Raises:
        InputError: the file, or an entry of it, is no such thing; says which and the remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    return [
        decision_from_record(given, f"{path}: entry {number}")
        for number, given in enumerate(_entries(text, path), start=1)
    ]


def _entries(text: str, path: Path) -> Iterator[Any]:
    try:
        if text.lstrip().startswith("["):
            yield from json.loads(text)
        elif text.lstrip().startswith("{"):
            yield from (json.loads(line) for line in text.splitlines() if line.strip())
        else:
            yield from _rows(text)
    except (json.JSONDecodeError, csv.Error) as error:
        raise InputError(
            f"{path}: not what `quotes speakers decisions` writes ({error}); export again with --nl"
        ) from error


def _rows(text: str) -> Iterator[dict[str, Any]]:
    separator = "\t" if "\t" in text.partition("\n")[0] else ","
    for row in csv.DictReader(io.StringIO(text), delimiter=separator):
        plain = {key: _cell(value) for key, value in row.items() if key}
        yield plain | {
            field: (plain.get(field) or "").split("; ") if plain.get(field) else []
            for field in _LISTS
        }


def _cell(value: str | None) -> str | None:
    """A cell without the apostrophe that keeps spreadsheets from running it."""
    if value and value[0] == "'" and value[1:2] in {"=", "+", "-", "@", "\t", "\r"}:
        return value[1:]
    return value or None


def decision_from_record(given: Any, where: str) -> Decision:
    """A decision from an entry of an export.

    >>> decision = decision_from_record(
    ...     {"action": "rename", "subject": "person:A. Lee", "name": "Ann Lee"}, "entry 1"
    ... )
    >>> decision.action, decision.subject, decision.name
    ('rename', 'person:A. Lee', 'Ann Lee')
    """
    if not isinstance(given, dict) or given.get("action") not in ACTIONS:
        raise InputError(f"{where} has no action; one of {', '.join(ACTIONS)} is needed")
    action = given["action"]
    if not given.get("subject"):
        raise InputError(f"{where} ({action}) has no subject; export it again")
    lists = [given.get(field) or [] for field in _LISTS]
    texts = [given.get(field) for field in ("subject", "other", "name", "note", "at")]
    if not all(isinstance(each, list) for each in lists) or not all(
        each is None or isinstance(each, str) for each in chain(texts, *lists)
    ):
        raise InputError(f"{where} ({action}) holds something else than text; export it again")
    return Decision(
        number=_number(given.get("number")),
        action=action,
        subject=given["subject"],
        other=given.get("other"),
        name=given.get("name"),
        articles=tuple(lists[0]),
        note=given.get("note"),
        at=given.get("at") or "",
        quotations=tuple(lists[1]),
    )


def _number(given: Any) -> int:
    return int(given) if str(given).isdecimal() else 0
