"""JSON lines and CSV rows -> articles, one at a time: a file of any size is streamed."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import BinaryIO

from quotes.errors import InputError
from quotes.ingest.encoding import BINARY, MAX_CHARS, TOO_LONG, encoding_of_file
from quotes.ingest.fields import Given, make_article
from quotes.records import Article, Failure

# A JSON line may hold each character as a six-byte escape, and its other fields beside.
_MAX_LINE = 6 * MAX_CHARS + 100_000
_SPREAD = frozenset({"[", "{", b"[", b"{"})  # the first line of pretty-printed JSON
_PROBE = 8_192


def read_records(
    lines: Iterable[str | bytes], *, name: str, outlet: str | None = None
) -> Iterator[Article | Failure]:
    """The articles of JSON lines, in order; blank lines are passed over.

    Args:
        lines: an open stream will do; bytes are read as UTF-8.
        name: what to call the stream in failures ("-", a file's name).
        outlet: for records that name none.

    >>> [a.id for a in read_records(['{"id": "a1", "text": "“No,” she said."}'], name="-")]
    ['a1']
    """
    return articles_of_lines(lines, Given(place=name, outlet=outlet))


def article_from_record(
    record: Mapping[str, object], *, path: str | None = None, line: int | None = None
) -> Article:
    """The article of one record: ``{"id"?, "text", "outlet"?, "title"?, "date"?, "url"?}``.

    Args:
        path, line: where it came from, for the article's path and for the error.

    Raises:
        InputError: no text, or a field of another type; names file, line and remedy.
    """
    place = path or "record"
    try:
        return make_article(record, Given(place=place, path=path))
    except InputError as error:
        at = f", line {line}" if line is not None else ""
        raise InputError(f"{place}{at}: {error}") from error


def articles_of_lines(lines: Iterable[str | bytes], given: Given) -> Iterator[Article | Failure]:
    """The same, with all that surrounds the records."""
    for number, line in enumerate(lines, 1):
        if number == 1 and line.strip() in _SPREAD:
            yield _failure(given, "JSON spread over several lines; write one object a line")
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
        if not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            if b"\x00" in first:
                raise InputError(BINARY)
            yield from articles_of_lines(_bounded(stream), given)
            return
    with path.open(encoding="utf-16") as text:
        yield from articles_of_lines(text, given)


def csv_rows(path: Path, given: Given) -> Iterator[Article | Failure]:
    """The articles of a CSV file, one a row; comma, semicolon or tab apart.

    Raises:
        InputError: it has no column "text", or is not to be decoded.
        OSError: it cannot be read.
    """
    csv.field_size_limit(MAX_CHARS + 1)  # the library's default of 131,072 is one long article
    with path.open(encoding=encoding_of_file(path), newline="") as stream:
        header = stream.readline()
        names = [name.strip().casefold() for name in next(csv.reader([header], _dialect(header)))]
        if "text" not in names:
            raise InputError(
                f'no column "text" (found: {", ".join(names)[:200]}); '
                "name the column that holds the articles' text so"
            )
        yield from _rows(csv.DictReader(stream, names, dialect=_dialect(header)), given)


def _dialect(header: str) -> type[csv.Dialect]:
    """Excel's, with the commonest of the three usual delimiters in the header."""

    class Chosen(csv.excel):
        delimiter = max(",;\t", key=header.count)

    return Chosen


def _rows(reader: csv.DictReader[str], given: Given) -> Iterator[Article | Failure]:
    for number in count(2):
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            yield _failure(given, f"row {number}: {error}; the rest was not read, correct the row")
            return
        yield _made(row, given, f"row {number}")


def _bounded(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream; of one longer than any article only the start, marked by no end."""
    while line := stream.readline(_MAX_LINE):
        yield line
        while len(line) == _MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(_MAX_LINE)


def _article(line: str | bytes, number: int, given: Given) -> Article | Failure:
    place = f"line {number}"
    if len(line) >= _MAX_LINE:
        return _failure(given, f"{place}: {TOO_LONG}")
    try:
        record = json.loads(line.decode("utf-8-sig") if isinstance(line, bytes) else line)
    except UnicodeDecodeError:
        return _failure(given, f"{place}: not UTF-8; save the file as UTF-8")
    except (ValueError, RecursionError) as error:
        return _failure(given, f"{place}: not JSON ({error}); correct or remove the line")
    if not isinstance(record, dict):
        return _failure(given, f'{place}: not a JSON object; write {{"id": ..., "text": ...}}')
    return _made(record, given, place)


def _made(record: Mapping[str, object], given: Given, place: str) -> Article | Failure:
    try:
        return make_article(record, replace(given, place=f"{given.place}, {place}"))
    except InputError as error:
        return _failure(given, f"{place}: {error}")


def _failure(given: Given, message: str) -> Failure:
    return Failure(path=given.place, message=message)
