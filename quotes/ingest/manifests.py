"""Manifests: CSV files that say who published which files, and when.

A manifest has the columns ``file`` and at least one of ``outlet``, ``published`` (or ``date``),
``title`` and ``url``; further columns are the user's own.  ``file`` is a name, or a path below
the manifest's folder.  A row that cannot be read costs that row; a file that is listed and not
there, and files that no row speaks of, are told.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from quotes.errors import InputError
from quotes.ingest.tables import Fault, Table
from quotes.ingest.text import encoding_of_file, marked_encoding
from quotes.records import Failure

_HEADER_BYTES = 4_096
_TELLING = {"outlet", "published", "date", "title", "url"}
_MOST_TOLD = 3
_NEEDS = "it needs the columns file,outlet,published"

log = logging.getLogger("quotes.ingest")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says, and what became of it.

    Attributes:
        rows: by file as written there, with "/", its row; columns in lower case.
        faults: of rows that cannot be read, until they are told.
        met: the files of rows that were met, or told as missing.
        unlisted: files that it might speak of, and no manifest does, until they are told.
    """

    path: Path
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    faults: list[Failure] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    unlisted: list[str] = field(default_factory=list)


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`.

    Raises:
        InputError: it cannot be read, or has not the columns; names the file and the remedy.
    """
    rows: dict[str, Mapping[str, str]] = {}
    wrong = []
    try:
        encoding = encoding_of_file(path, by_row=True)
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as stream:
            table = Table(stream)
            if not _is_header(table.columns):
                raise InputError(_NEEDS)
            for number, row in enumerate(table.rows(), 2):
                if isinstance(row, Fault):
                    wrong.append(Failure(str(path), f"row {number}: {row.message}"))
                    continue
                said = {name: cell.strip() for name, cell in row.items() if cell.strip()}
                if "file" in said:
                    rows[said["file"].removeprefix("./")] = said
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path}: {reason}; check the manifest's path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a manifest: {error}") from error
    except InputError as error:
        told = str(error)
        raise InputError(
            told if str(path) in told else f"{path}: not a manifest: {told}"
        ) from error
    return Manifest(path, rows, wrong)


def is_manifest(path: Path) -> bool:
    """Whether a file is a manifest, by its first line; False if it cannot be read."""
    if path.suffix.lower() != ".csv":
        return False
    try:
        with path.open("rb") as stream:
            start = stream.read(_HEADER_BYTES)
    except OSError:
        return False
    encoding = marked_encoding(start) or "utf-8"
    lines = start.decode(encoding, "replace").splitlines()
    header = next((line for line in lines if line.strip(',;\t "')), "")
    return any(_is_header(_names(header, separator)) for separator in ",;\t")


def _names(header: str, separator: str) -> Iterator[str]:
    return (name.strip(' "').casefold() for name in header.split(separator))


def _is_header(names: Iterable[str]) -> bool:
    columns = set(names)
    return "file" in columns and "text" not in columns and bool(columns & _TELLING)


def row_of(path: Path, manifests: Sequence[Manifest], *, alone: bool) -> Mapping[str, str]:
    """What the first manifest that lists the file says of it, by the longest ending of its path.

    Args:
        alone: whether the file holds one article, which only a manifest can say more about.
    """
    parts = path.absolute().parts
    endings = ["/".join(parts[at:]) for at in range(len(parts))]
    found: list[Mapping[str, str]] = []
    for manifest in manifests:
        listed = [ending for ending in endings if ending in manifest.rows]
        manifest.met.update(listed)
        found += [manifest.rows[ending] for ending in listed]
    if manifests and alone and not found:
        manifests[0].unlisted.append(path.name)
    return found[0] if found else {}


def faults(manifest: Manifest) -> Iterator[Failure]:
    """What is wrong with its rows; each is told once."""
    while manifest.faults:
        yield manifest.faults.pop(0)


def unmet(manifest: Manifest, folders: Iterable[Path]) -> Iterator[Failure]:
    """One line about files that are listed and in none of the folders; a warning of the others."""
    near = (manifest.path.parent, *folders)
    missing = [
        name
        for name in manifest.rows
        if name not in manifest.met and not any(_exists(folder / name) for folder in near)
    ]
    manifest.met.update(missing)
    if missing:
        what = "a file that is" if len(missing) == 1 else f"{len(missing)} files that are"
        told = f"lists {what} not there: {_some(missing)}; add what is missing, or remove its row"
        yield Failure(str(manifest.path), told)
    if manifest.unlisted and manifest.rows:
        files = "1 file" if len(manifest.unlisted) == 1 else f"{len(manifest.unlisted)} files"
        log.warning("%s has no row for %s: %s", manifest.path, files, _some(manifest.unlisted))
        manifest.unlisted.clear()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with a NUL
        return False


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are.

    >>> _some(["a.txt", "b.txt"]), _some(list("abcde"))
    ('a.txt, b.txt', 'a, b, c and 2 more')
    """
    shown = [name[:100] for name in names[:_MOST_TOLD]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
