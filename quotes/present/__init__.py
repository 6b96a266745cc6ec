"""Typed rows to what a person or a program reads.

In come the rows of `records`; out go text for a terminal, tables, CSV, TSV, JSON and JSON
lines, written to an open text file.  Nothing here asks a database or decides what to show.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import chain
from typing import Literal, TextIO

from quotes.present.cells import COLUMNS, VARIANT_COLUMNS, cells, safe_cell
from quotes.present.labels import speaker_label
from quotes.present.page import Page
from quotes.present.reasons import decided
from quotes.present.rows import (
    Record,
    Row,
    attributions,
    json_line,
    narrowed,
    occurrence_of,
    record,
    shown_record,
)

__all__ = [
    "COLUMNS",
    "VARIANT_COLUMNS",
    "Form",
    "Page",
    "Record",
    "Row",
    "attributions",
    "cells",
    "decided",
    "narrowed",
    "occurrence_of",
    "record",
    "safe_cell",
    "shown_record",
    "speaker_label",
    "write_records",
    "write_rows",
]

Form = Literal["text", "table", "csv", "tsv", "json", "nl"]


def write_rows(
    rows: Iterable[Row], out: TextIO, form: Form, *, headers: bool = True, bom: bool = False
) -> int:
    """Write rows as they come, in one of the forms.

    Args:
        rows: all of one type.
        out: an open text file; whether it is a terminal decides colour and width.
        form: "text" is for reading, the others for programs.
        headers: whether CSV, TSV and tables begin with their column names.
        bom: whether CSV and TSV begin with a byte order mark, which Excel wants.

    Returns:
        How many rows were written.
    """
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None and form != "json":
        return 0
    every = chain([] if first is None else [first], iterator)
    if form in ("csv", "tsv"):
        return _write_separated(every, out, "," if form == "csv" else "\t", headers, bom)
    if form in ("json", "nl"):
        return write_records((record(row) for row in every), out, form)
    return _write_readable(every, out, form, headers)


def _write_separated(
    rows: Iterable[Row], out: TextIO, separator: str, headers: bool, bom: bool
) -> int:
    if bom:
        out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    written = 0
    for row in rows:
        for line in cells(row):
            if headers and not written:
                writer.writerow(line)
            writer.writerow([safe_cell(value) for value in line.values()])
            written += 1
    return written


def write_records(records: Iterable[Record], out: TextIO, form: Form) -> int:
    """Write JSON objects: one a line, or one array with an object a line."""
    array = form == "json"
    written = 0
    for each in records:
        out.write(("[" if written == 0 else ",\n ") if array else "")
        out.write(json_line(each))
        out.write("" if array else "\n")
        written += 1
    if array:
        out.write("]\n" if written else "[]\n")
    return written


def _write_readable(rows: Iterable[Row], out: TextIO, form: Form, headers: bool) -> int:
    """Blocks of text as they come, or else a table."""
    page = Page(out)
    iterator = iter(rows)
    first = next(iterator)
    if form == "text" and page.takes(first):
        return sum(page.block(row) for row in chain([first], iterator))
    whole = [first, *iterator]
    page.table(whole, headers)
    return len(whole)
