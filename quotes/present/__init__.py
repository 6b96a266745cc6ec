"""Typed rows to what a person or a program reads.

In come the rows of `rows`; out go text for a terminal, tables, CSV, TSV, JSON and JSON lines,
written to an open text file.  Nothing here asks a database or decides what to show.

How rows of one type are shown is one `View`, in the module of what they are about; how rows
of any type are written is one function here, named in `FORMS`.  The command line reads `FORMS`
at its start, so the views load with the first row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

if TYPE_CHECKING:
    from quotes.present.page import Cell, Record, View


class Form(NamedTuple):
    """A form of answers: what it is, in words for the help, and the function that writes it.

    The function takes rows, an open text file, and `headers` and `bom` as `write_rows` has them.
    """

    help: str
    write: Callable[..., int]


def write_rows(
    rows: Iterable[Any], out: TextIO, form: str, *, headers: bool = True, bom: bool = False
) -> int:
    """Write rows as they come, in one of `FORMS`.

    Args:
        rows: all of one type, which has a view.
        out: an open text file; whether it is a terminal decides colour and width.
        form: its name; "text" is for reading, the others are for programs.
        headers: whether CSV, TSV and tables begin with their column names.
        bom: whether CSV and TSV begin with a byte order mark, which Excel needs.

    Returns:
        How many rows were written; of CSV and TSV, how many lines.
    """
    return FORMS[form].write(rows, out, headers=headers, bom=bom)


def counted(number: int, thing: str) -> str:
    """A number with its noun.

    >>> counted(1, "outlet"), counted(2, "outlet")
    ('1 outlet', '2 outlets')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


UNSEEN = (
    "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb"
    "\ud800-\udfff"
)
"""Characters that make a terminal do something, or let a text be read otherwise than it is written:
controls, marks of direction, separators of lines; and halves of surrogate pairs."""

_UNSEEN = re.compile(f"[{UNSEEN}]")
_SPACES = re.compile("[\t-\r\x1c-\x1e\x85\u2028\u2029]+")


def safe_line(text: str) -> str:
    r"""Any text as one line for people: nothing in it moves the cursor or turns letters round.

    All that people read goes through here, on stdout and on stderr.

    >>> safe_line("a\n b\x1b[31m\u202e")
    'a  b\ufffd[31m\ufffd'
    """
    return _UNSEEN.sub("\ufffd", _SPACES.sub(" ", text))


def record(row: Any) -> Record:
    """A row as a JSON object.

    >>> from quotes.rows import OutletRow
    >>> record(OutletRow("Reuters", 2, 30, 1))
    {'outlet': 'Reuters', 'articles': 2, 'quotations': 30, 'inferred': 1, 'reprints': 0}
    """
    return views()[type(row)].json(row)


def cells(row: Any) -> list[dict[str, Cell]]:
    """A row as lines of a spreadsheet.

    An utterance, plain or with its wordings, gives one line per printing, a family one line
    per article, an explanation one line per step.
    """
    view = views()[type(row)]
    if view.cells:
        return list(view.cells(row))
    values = view.json(row).items()
    return [{key: "; ".join(v) if isinstance(v, list) else v for key, v in values}]


def columns(row_type: type) -> tuple[str, ...]:
    """The columns of a spreadsheet of such rows that has columns of its own."""
    return views()[row_type].columns


@cache
def views() -> Mapping[type, View[Any]]:
    """How rows of each type are shown."""
    from quotes import rows
    from quotes.present import quotations, speakers, wordings
    from quotes.records import Decision

    return {
        rows.Occurrence: quotations.OCCURRENCE,
        rows.Utterance: quotations.UTTERANCE,
        rows.Variants: wordings.VARIANTS,
        rows.FamilyRow: quotations.FAMILY,
        rows.OutletRow: quotations.OUTLET,
        rows.Status: quotations.STATUS,
        rows.Finding: quotations.FINDING,
        rows.ShownArticle: quotations.ARTICLE,
        rows.SpeakerRow: speakers.SPEAKER,
        rows.Explanation: speakers.EXPLANATION,
        rows.Doubt: speakers.DOUBT,
        Decision: speakers.DECISION,
    }


# CSV and TSV


def _write_separated(
    rows: Iterable[Any], out: TextIO, *, headers: bool, bom: bool, separator: str
) -> int:
    import csv

    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    shown = safe_line if out.isatty() else str
    written = 0
    for line in (line for row in rows for line in cells(row)):
        if not written:
            out.write("\ufeff" if bom else "")
            if headers:
                writer.writerow(line)
        cells_of_line = (safe_cell(value) for value in line.values())
        writer.writerow([shown(each) if isinstance(each, str) else each for each in cells_of_line])
        written += 1
    return written


# What some spreadsheet drops may stand before a sign, and the wide signs are taken for the others.
_FORMULA = re.compile("[\x00-\x1f\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20-]|[\t\r\n\x00]")


def safe_cell(value: Cell) -> Cell:
    """A cell that no spreadsheet runs as a formula: an apostrophe is put before such text.

    Line ends become line feeds, since not every CSV reader takes a bare carriage return.

    Source: OWASP, CSV injection.

    >>> safe_cell("=1+1"), safe_cell("said"), safe_cell(-3)
    ("'=1+1", 'said', -3)
    """
    if not isinstance(value, str):
        return value
    lead = "'" if _FORMULA.match(value) else ""
    return lead + value.replace("\r\n", "\n").replace("\r", "\n")


# JSON


def write_lines(records: Iterable[Record], out: TextIO) -> int:
    """Write JSON objects, one per line, each as soon as it is there."""
    return sum(bool(out.write(json_line(each) + "\n")) for each in records)


def _write_array(rows: Iterable[Any], out: TextIO, **_: bool) -> int:
    """One array, with an object per line."""
    written = 0
    for written, row in enumerate(rows, start=1):
        out.write(("[" if written == 1 else ",\n ") + json_line(record(row)))
    out.write("]\n" if written else "[]\n")
    return written


_ESCAPED = re.compile(f"[{UNSEEN}]")


def json_line(value: Any) -> str:
    r"""JSON on one line, whatever a reader takes for a line end, and a terminal for a command.

    Letters stay as they are; control characters, marks of direction, separators that some
    readers break lines at, and halves of surrogate pairs, which have no UTF-8, are escaped.

    >>> json_line({"text": "café\u2028\x9b"})
    '{"text": "café\\u2028\\u009b"}'
    """
    import json

    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda c: f"\\u{ord(c[0]):04x}", text)


# For people


def _write_table(rows: Iterable[Any], out: TextIO, *, headers: bool, **_: bool) -> int:
    from quotes.present.page import Page

    whole = list(rows)
    if whole:
        Page(out).table(whole, views()[type(whole[0])].table or {}, headers=headers)
    return len(whole)


def _write_text(rows: Iterable[Any], out: TextIO, **options: bool) -> int:
    """Blocks of lines as they come; a table of rows that have none."""
    from quotes.present.page import Page

    left = iter(rows)
    page, written = None, 0
    for row in left:
        block = views()[type(row)].block
        if block is None:
            return _write_table(chain([row], left), out, **options)
        page = page or Page(out)
        if written:
            page.console.print()
        block(page, row)
        written += 1
    return written


FORMS: Mapping[str, Form] = {
    "csv": Form("Comma-separated values.", partial(_write_separated, separator=",")),
    "tsv": Form("Tab-separated values.", partial(_write_separated, separator="\t")),
    "nl": Form("JSON lines.", lambda rows, out, **_: write_lines(map(record, rows), out)),
    "json": Form("One JSON array.", _write_array),
    "table": Form("A table.", _write_table),
    "text": Form("Text for reading.", _write_text),
}
"""Every form that answers are written in, by name; a new one is a function and a line here."""
