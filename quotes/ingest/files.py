"""Files and folders -> articles and failures, in the order given, folders in name order.

Whatever cannot be used becomes a Failure that names the file and the remedy; nothing that
one file does ends the run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain, groupby
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


INGEST = "1"
"""To be raised when the article of a file becomes another one: its text, title, outlet or date."""

_KNOWN = ".txt, .html, .htm, .jsonl, .ndjson or .csv"


class Source(NamedTuple):
    """A file to read, the manifest's row for it, and the outlet for what names none."""

    path: Path
    row: Mapping[str, str]
    outlet: str | None

    @property
    def is_stream(self) -> bool:
        """Whether it may hold any number of articles, to be read one at a time."""
        return self.path.suffix.lower() in STREAMS


Found = Iterable[Article | Failure]

ReadFiles = Callable[[Iterable[Source | Failure]], Iterable[Found]]
"""What each of some files holds, in their order; a Failure among them stands for itself."""


def articles_of(source: Source | Failure) -> list[Article | Failure]:
    """All that a file of one article holds: that, or why it cannot be had."""
    return list(_articles(source))


def _one_by_one(sources: Iterable[Source | Failure]) -> Iterator[Found]:
    return map(articles_of, sources)


def read_articles(
    paths: Iterable[str | Path],
    *,
    manifest: str | Path | None = None,
    outlet: str | None = None,
    files: ReadFiles = _one_by_one,
) -> Iterator[Article | Failure]:
    """The articles of files and folders, and what could not be read.

    Args:
        paths: ``.txt``, ``.html``, ``.htm``, ``.jsonl``, ``.ndjson`` and ``.csv`` files, and
            folders, which are searched through; hidden files are passed over there.
        manifest: a CSV with the columns file, outlet, published; it comes before those that
            are found: a CSV with these columns among the paths, or in a folder, speaks for
            the files beside it and below.
        outlet: for articles of which neither record nor manifest names one.
        files: another way to read files of one article each by `articles_of`, such as many
            at a time; it may look ahead as far as it likes.

    Returns:
        Lazily, in order, an Article for every text and a Failure for every fault.

    Raises:
        InputError: the manifest asked for cannot be read; at once, not on the first article.
    """
    named = () if manifest is None else (read_manifest(Path(manifest)),)
    return _read(_sources(tuple(Path(path) for path in paths), named, outlet), files)


def _read(sources: Iterator[Source | Failure], files: ReadFiles) -> Iterator[Article | Failure]:
    for streams, some in groupby(sources, lambda each: isinstance(each, Source) and each.is_stream):
        read = partial(map, _articles) if streams else files
        yield from chain.from_iterable(read(some))


def _sources(
    paths: tuple[Path, ...], named: tuple[Manifest, ...], outlet: str | None
) -> Iterator[Source | Failure]:
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
            yield source._replace(outlet=outlet) if isinstance(source, Source) else source


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


def _folder(folder: Path, manifests: tuple[Manifest, ...]) -> Iterator[Source | Failure]:
    """What a folder given by the user holds; a Failure if that is nothing to read."""
    readable = False
    for found in _walk(folder, manifests):
        readable = readable or isinstance(found, Source)
        yield found
    if not readable:
        yield Failure(str(folder), f"no article in this folder; it takes {_KNOWN} files")


def _walk(
    folder: Path, named: tuple[Manifest, ...], above: tuple[Manifest, ...] = ()
) -> Iterator[Source | Failure]:
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


def _file(path: Path, manifests: tuple[Manifest, ...]) -> Iterator[Source | Failure]:
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
        yield Source(path, next((row for row in rows if row), {}), None)


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


def _articles(source: Source | Failure) -> Iterator[Article | Failure]:
    """The articles of one file; an error in it ends that file only."""
    if isinstance(source, Failure):
        yield source
        return
    path = source.path
    empty = True
    try:
        given = Given(str(path), str(path), source.row, outlet=source.outlet)
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


STREAMS: dict[str, Reader] = {".jsonl": json_lines, ".ndjson": json_lines, ".csv": csv_rows}

READERS: dict[str, Reader] = {".txt": _plain_text, ".html": _page, ".htm": _page, **STREAMS}
