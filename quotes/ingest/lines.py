"""JSON lines and CSV rows -> articles, one at a time: a file of any size is streamed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from quotes.errors import InputError
from quotes.ingest.fields import MAX_CHARS, TOO_LONG, Given, make_article, refused
from quotes.ingest.tables import Fault, Table
from quotes.ingest.text import BINARY, encoding_of_file, marked_encoding
from quotes.records import Article, Failure

# A JSON line may hold each character as a six-byte escape, and its other fields beside.
_MAX_LINE = 6 * MAX_CHARS + 100_000
_SPREAD = frozenset({"[", "{", b"[", b"{"})  # the first line of pretty-printed JSON
_PROBE = 8_192
_ENDS = ("\n", b"\n")


def articles_of_lines(lines: Iterable[str | bytes], given: Given) -> Iterator[Article | Failure]:
    """The articles of JSON lines, or of an open stream; blank lines are skipped, bytes are UTF-8.

    >>> [a.id for a in articles_of_lines(['{"id": "a1", "text": "“No,” she said."}'], Given("-"))]
    ['a1']
    """
    for number, line in enumerate(_bounded(lines), 1):
        if number == 1 and line.strip() in _SPREAD:
            yield Failure(given.place, "JSON that spans several lines; write one object per line")
            return
        if line.strip():
            yield _article(line, number, given)


def json_lines(path: Path, given: Given) -> Iterator[Article | Failure]:
    """The articles of a ``.jsonl`` file.

    Raises:
        InputError: it is binary.
        OSError, UnicodeError: it cannot be read.
    """
    with path.open("rb") as stream:
        first = stream.read(_PROBE)
        stream.seek(0)
        encoding = marked_encoding(first)
        if encoding is None or encoding == "utf-8-sig":
            if b"\x00" in first:
                raise InputError(BINARY)
            yield from articles_of_lines(stream, given)
            return
    with path.open(encoding=encoding) as text:
        yield from articles_of_lines(text, given)


def csv_rows(path: Path, given: Given) -> Iterator[Article | Failure]:
    """The articles of a CSV file, one a row; comma, semicolon or tab apart.

    Raises:
        InputError: it has no column "text", or is not to be decoded.
        OSError: it cannot be read.
    """
    encoding = encoding_of_file(path, by_row=True)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as stream:
        table = Table(stream)
        if table.fault:
            raise InputError(f"row 1: {table.fault.message}")
        if "text" not in table.columns:
            raise InputError(no_text_column(table.columns))
        number = 1
        try:
            for number, row in enumerate(table.rows(), 2):
                if isinstance(row, Fault):
                    yield Failure(given.place, f"row {number}: {row.message}")
                else:
                    yield _made(row, given, f"row {number}")
        except UnicodeDecodeError as error:
            after = "the rows after it were skipped; correct the row"
            yield Failure(given.place, f"row {number + 1}: {error}; {after}")


def no_text_column(names: Iterable[str]) -> str:
    """What to tell a user whose table lacks the column of texts."""
    return (
        f'no column "text" (found: {", ".join(names)[:200]}); '
        'rename the column that holds the text to "text"'
    )


class _Stream(Protocol):
    """What is read by lines, of bytes or of characters."""

    def readline(self, size: int = -1, /) -> Any:
        """The next line, or so much of it."""
        ...


def _bounded(lines: Iterable[str | bytes] | _Stream) -> Iterator[str | bytes]:
    """The lines of a stream; of one longer than any article only the start, marked by no end."""
    if not hasattr(lines, "readline"):
        yield from lines
        return
    while line := lines.readline(_MAX_LINE):
        yield line
        while len(line) == _MAX_LINE and line[-1:] not in _ENDS:
            line = lines.readline(_MAX_LINE)


def _article(line: str | bytes, number: int, given: Given) -> Article | Failure:
    place = f"line {number}"
    if len(line) >= _MAX_LINE:
        return Failure(given.place, f"{place}: {TOO_LONG}")
    try:
        record = json.loads(line.decode("utf-8-sig") if isinstance(line, bytes) else line)
    except UnicodeDecodeError:
        return Failure(given.place, f"{place}: not UTF-8; save the file as UTF-8")
    except (ValueError, RecursionError) as error:
        return Failure(given.place, f"{place}: not JSON ({error}); correct or remove the line")
    if not isinstance(record, dict):
        return Failure(given.place, f'{place}: not a JSON object; write {{"id": ..., "text": ...}}')
    return _made(record, given, place)


def _made(record: Mapping[str, object], given: Given, place: str) -> Article | Failure:
    try:
        return make_article(record, replace(given, place=f"{given.place}, {place}"))
    except InputError as error:
        return refused(given.place, error, f"{place}: {{}}")


# How many articles a stretch of a file contains.


def count_lines(stretch: bytes) -> int:
    """Lines with something in them; a stretch may begin and end within a line."""
    return sum(1 for line in stretch.split(b"\n")[:-1] if line.strip()) or bool(stretch)
