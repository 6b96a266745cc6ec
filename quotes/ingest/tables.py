"""Rows of CSV files, with whatever separator and however broken: a fault costs one row.

Python's csv reader is asked to be strict: a quotation mark that is not doubled or not closed
would otherwise take the rows behind it into one cell, or lose itself from a text.  The line that
such a row begins with is reported, and reading goes on with the line behind it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from quotes.ingest.fields import MAX_CHARS, TOO_LONG

_LONGEST_LINE = MAX_CHARS + 100_000
"""A row may have other fields beside the longest text; more is not kept in memory."""

_BYTES = re.compile("[\udc80-\udcff]")
_NOT_CLOSED = (
    "a quotation mark is not closed, or not doubled within the text; correct the row, "
    "or save the table again as CSV"
)
_TOO_MANY = (
    "{} cells, and the header has {}; put the text in quotation marks, or save the table again"
)
_NOT_UTF8 = "not UTF-8; save the file as UTF-8"


class Fault(NamedTuple):
    """What is wrong with a row."""

    message: str


class Stream(Protocol):
    """An open text file."""

    def readline(self, size: int = -1, /) -> str:
        """The next line, or so much of it."""
        ...


class _TooLongError(Exception):
    """A line is longer than any row may be; it was skipped."""


class _Lines:
    """The lines of a stream, which can be given back as far as the beginning of a row."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._given_back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._given_back:
            line = self._given_back.popleft()
        else:
            line = self._stream.readline(_LONGEST_LINE)
            if len(line) == _LONGEST_LINE and not line.endswith("\n"):
                while (rest := self._stream.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                    pass
                raise _TooLongError
        if not line:
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """All lines of the present row but its first one will come again."""
        self._given_back.extendleft(reversed(self.taken[1:]))


class Table:
    """A CSV file: the names of its columns, then its rows."""

    def __init__(self, stream: Stream) -> None:
        """Read the first row in which anything stands: the header."""
        self._lines = _Lines(stream)
        self._separator = ","
        self.columns: list[str] = []
        self.fault: Fault | None = None
        for row in self._cells(sniff=True):
            if isinstance(row, Fault):
                self.fault = row
                return
            if any(cell.strip() for cell in row):
                self.columns = [cell.strip().casefold() for cell in row]
                return

    def rows(self) -> Iterator[Mapping[str, str] | Fault]:
        """Each row by the names of the columns, or what is wrong with it; empty rows are skipped.

        Cells without a name are left out.  A row with more cells than there are columns has cut
        its text at a separator, and is refused.
        """
        for row in self._cells():
            if isinstance(row, Fault):
                yield row
            elif any(row[len(self.columns) :]):
                yield Fault(_TOO_MANY.format(len(row), len(self.columns)))
            elif any(row):
                named = zip(self.columns, row, strict=False)
                yield {name: cell for name, cell in named if name}

    def _cells(self, *, sniff: bool = False) -> Iterator[list[str] | Fault]:
        lines = self._lines
        while True:
            lines.taken.clear()
            try:
                line = next(lines, None)
                if line is None:
                    return
                if sniff:  # the commonest of the three in the header
                    self._separator = max(",;\t", key=line.count)
                yield self._row(line)
            except _TooLongError:
                lines.give_back()
                yield Fault(TOO_LONG)
            except csv.Error as error:
                lines.give_back()
                yield Fault(TOO_LONG if "field limit" in str(error) else _NOT_CLOSED)

    def _row(self, line: str) -> list[str] | Fault:
        """The cells of the row that begins with this line."""
        csv.field_size_limit(MAX_CHARS + 1)  # the library's 131,072 is one long article
        lines = self._lines
        lines.taken[:] = [line]
        reader = csv.reader(_behind(line, lines), delimiter=self._separator, strict=True)
        row = next(reader, [])
        if any(_BYTES.search(cell) for cell in row):
            return Fault(_NOT_UTF8)
        return row


def _behind(line: str, lines: Iterable[str]) -> Iterator[str]:
    yield line
    yield from lines


def count_rows(stretch: bytes) -> int:
    """Rows of a table from its header on; a row's text may have lines of its own."""
    text = io.StringIO(stretch.decode("utf-8", "replace"), newline="")
    end, rows = text.seek(0, io.SEEK_END), 0
    text.seek(0)
    for row in Table(text).rows():
        if isinstance(row, Fault) and text.tell() == end:
            break  # the stretch ends within a row, or a quotation mark is never closed
        rows += 1
    return rows
