"""Files and folders -> articles and failures, in the order given, folders in name order.

Whatever cannot be used becomes a Failure that names the file and the remedy; nothing that
one file does ends the run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from os.path import isdir, islink  # unlike Path's, False for what cannot be looked up
from pathlib import Path
from typing import NamedTuple

from quotes.errors import InputError
from quotes.ingest.encoding import EMPTY, read_bytes, read_text
from quotes.ingest.fields import Given, make_article
from quotes.ingest.lines import csv_rows, json_lines
from quotes.ingest.manifest import Manifest, is_manifest, read_manifest
from quotes.ingest.page import read_page
from quotes.records import Article, Failure

Reader = Callable[[Path, Given], Iterator[Article | Failure]]

_HEADLINE = re.compile(r"\s*(\S[^\r\n]{0,148}[^\s.,:;])[ \t]*(?:\r?\n[ \t]*){2}\s*\S")


_KNOWN = ".txt, .html, .htm, .jsonl, .ndjson or .csv"


class _Source(NamedTuple):
    """A file to read, and the manifest's row for it."""

    path: Path
    row: Mapping[str, str]


def read_articles(
    paths: Iterable[str | Path], *, manifest: str | Path | None = None, outlet: str | None = None
) -> Iterator[Article | Failure]:
    """The articles of files and folders, and what could not be read.

    Args:
        paths: ``.txt``, ``.html``, ``.htm``, ``.jsonl``, ``.ndjson`` and ``.csv`` files, and
            folders, which are searched through; hidden files are passed over there.
        manifest: a CSV with the columns file, outlet, published; it comes before those that
            are found: a CSV with these columns among the paths, or in a folder, speaks for
            the files beside it and below.
        outlet: for articles of which neither record nor manifest names one.

    Returns:
        Lazily, in order, an Article for every text and a Failure for every fault.

    Raises:
        InputError: the manifest asked for cannot be read; at once, not on the first article.
    """
    named = () if manifest is None else (read_manifest(Path(manifest)),)
    return _read(tuple(Path(path) for path in paths), named, outlet)


def _read(
    paths: tuple[Path, ...], named: tuple[Manifest, ...], outlet: str | None
) -> Iterator[Article | Failure]:
    files = [path for path in paths if not isdir(path)]
    beside, faults = _manifests(files)
    yield from faults
    for path in paths:
        if isdir(path):
            found = _folder(path, named)
        elif path in beside:
            continue
        else:
            found = _file(path, (*named, *_speaking_for(path, beside)))
        for source in found:
            yield from _articles(source, outlet)


def _speaking_for(path: Path, beside: Mapping[Path, Manifest]) -> Iterator[Manifest]:
    """The found manifests that stand beside the file or above it."""
    folder = path.absolute().parent
    for where, manifest in beside.items():
        if folder.is_relative_to(where.absolute().parent):
            yield manifest


def _manifests(files: Iterable[Path]) -> tuple[dict[Path, Manifest], list[Failure]]:
    """The manifests among some files, and those that break off behind a good header."""
    manifests: dict[Path, Manifest] = {}
    faults = []
    for path in files:
        if path.suffix.lower() == ".csv" and is_manifest(path):
            try:
                manifests[path] = read_manifest(path)
            except InputError as error:
                manifests[path] = Manifest()
                faults.append(Failure(str(path), str(error).removeprefix(f"{path}: ")))
    return manifests, faults


def _folder(folder: Path, manifests: tuple[Manifest, ...]) -> Iterator[_Source | Failure]:
    """What a folder given by the user holds; a Failure if that is nothing to read."""
    readable = False
    for found in _walk(folder, manifests):
        readable = readable or isinstance(found, _Source)
        yield found
    if not readable:
        yield Failure(str(folder), f"no article in this folder; it takes {_KNOWN} files")


def _walk(
    folder: Path, named: tuple[Manifest, ...], above: tuple[Manifest, ...] = ()
) -> Iterator[_Source | Failure]:
    """What the folder holds, in name order; the nearest manifest found comes first."""
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        yield _unreadable(folder, error)
        return
    here, faults = _manifests(entries)
    yield from faults
    near = (*here.values(), *above)
    for path in entries:
        if isdir(path) and islink(path):
            yield Failure(str(path), "a link to a folder, not followed; name the folder itself")
        elif isdir(path):
            yield from _walk(path, named, near)
        elif path not in here:
            yield from _file(path, (*named, *near))


def _file(path: Path, manifests: tuple[Manifest, ...]) -> Iterator[_Source | Failure]:
    """The file, if it is one and of a type that is read."""
    try:
        fault = _fault(path)
    except OSError as error:
        yield _unreadable(path, error)
        return
    if fault:
        yield Failure(str(path), fault)
    else:
        rows = (manifest.of(path) for manifest in manifests)
        yield _Source(path, next((row for row in rows if row), {}))


def _fault(path: Path) -> str | None:
    if path.is_symlink() and not path.exists():
        return "a broken link; restore the file it leads to, or remove it"
    if not path.exists():
        return "no such file or folder; check the path"
    if not path.is_file():
        return "not a regular file; save its text to a file, or pipe it to -"
    if path.suffix.lower() not in READERS:
        return f"not a known type of file; save the article as {_KNOWN}"
    return None


def _articles(source: _Source | Failure, outlet: str | None) -> Iterator[Article | Failure]:
    """The articles of one file; an error in it ends that file only."""
    if isinstance(source, Failure):
        yield source
        return
    path = source.path
    empty = True
    try:
        given = Given(str(path), str(path), source.row, outlet=outlet)
        for article in READERS[path.suffix.lower()](path, given):
            empty = False
            yield article
        if empty:
            yield Failure(str(path), f"no article in it; {EMPTY}")
    except InputError as error:
        yield Failure(str(path), str(error))
    except UnicodeError as error:
        yield Failure(str(path), f"not decodable ({error}); save it as UTF-8")
    except OSError as error:
        yield _unreadable(path, error)


def _unreadable(path: Path, error: OSError) -> Failure:
    return Failure(str(path), f"{error.strerror or error}; check the path and its permissions")


def _plain_text(path: Path, given: Given) -> Iterator[Article]:
    text = read_text(path)
    title = headline(text)
    page = {"title": title} if title else {}
    yield make_article({"text": text}, replace(given, page=page))


def _page(path: Path, given: Given) -> Iterator[Article]:
    page = read_page(read_bytes(path), name=str(path))
    yield make_article({"text": page.text}, replace(given, page=page.says))


def headline(text: str) -> str | None:
    r"""A plain text's first line, where it clearly is a headline.

    That is: three words or more in at most 150 characters, no stop or comma at its end, an
    empty line behind it and text behind that.

    >>> headline("Treasury chief visits Kyiv\n\nA visit began on Wednesday.")
    'Treasury chief visits Kyiv'
    >>> headline("A visit began on Wednesday.\n\nIt ended on Thursday.") is None
    True
    """
    match = _HEADLINE.match(text)
    if match is None or len(match[1].split()) < 3 or match[1].casefold().startswith("by "):
        return None
    return match[1].strip()


READERS: dict[str, Reader] = {
    ".txt": _plain_text,
    ".html": _page,
    ".htm": _page,
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    ".csv": csv_rows,
}
