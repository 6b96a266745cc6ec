"""The manifest: a CSV that says of files who published them and when.

Columns: ``file`` and at least one of ``outlet``, ``published`` (or ``date``), ``title`` and
``url``; further columns are the user's own.  ``file`` is a name, or a path below the
manifest's folder.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from quotes.errors import InputError
from quotes.ingest.encoding import encoding_of_file

_HEADER_BYTES = 4_096
_TELLING = {"outlet", "published", "date", "title", "url"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says, by file; empty where none is given.

    Attributes:
        path: the manifest's own, None for the empty one.
        rows: file as written there, with "/" -> its row, names of columns in lower case.
    """

    path: Path | None = None
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, path: Path) -> Mapping[str, str]:
        """The row for a file: the one with the longest ending of its path; else empty."""
        parts = path.absolute().parts
        endings = ("/".join(parts[at:]) for at in range(len(parts)))
        return next((self.rows[ending] for ending in endings if ending in self.rows), {})


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`.

    Raises:
        InputError: it cannot be read, or has not the columns; names the file and the remedy.
    """
    try:
        with path.open(encoding=encoding_of_file(path), newline="") as stream:
            rows = list(_rows(csv.DictReader(stream)))
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path}: {reason}; check the manifest's path") from error
    except (InputError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not a manifest: {error}") from error
    if not all(_is_header(row.keys()) for row in rows[:1]):
        raise InputError(f"{path}: not a manifest; it needs the columns file,outlet,published")
    return Manifest(path, {row["file"].removeprefix("./"): row for row in rows})


def is_manifest(path: Path) -> bool:
    """Whether a CSV file is a manifest, by its first line; False if it cannot be read."""
    try:
        with path.open("rb") as stream:
            first = stream.read(_HEADER_BYTES)
    except OSError:
        return False
    utf16 = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    header = first.decode("utf-16" if utf16 else "utf-8-sig", "replace").partition("\n")[0]
    return _is_header(_names(header.replace('"', "").split(",")))


def _is_header(names: Iterable[str]) -> bool:
    columns = set(names)
    return "file" in columns and "text" not in columns and bool(columns & _TELLING)


def _names(header: list[str]) -> list[str]:
    return [name.strip().casefold() for name in header]


def _rows(reader: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    reader.fieldnames = _names(list(reader.fieldnames or []))
    for row in reader:
        yield {name: value.strip() for name, value in row.items() if name and value}
