"""Files, folders, streams and records -> articles and failures, in the order given.

Folders are read in name order.  Whatever cannot be used becomes a Failure that names the file
and the remedy; nothing that one file does ends the run.  What a manifest says of a file goes
with it, see `manifests`.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, groupby
from os.path import isdir, islink  # unlike Path's, False for what cannot be looked up
from pathlib import Path
from typing import Any, NamedTuple

from quotes.errors import InputError
from quotes.ingest.fields import Given, dated, make_article, refused
from quotes.ingest.lines import articles_of_lines, count_lines, csv_rows, json_lines
from quotes.ingest.manifests import Manifest, faults, is_manifest, read_manifest, row_of, unmet
from quotes.ingest.page import page
from quotes.ingest.tables import count_rows
from quotes.ingest.text import plain_text
from quotes.records import Article, Failure
from quotes.rows import Expected, Input

INGEST = "3"
"""To be raised when the article of a file becomes another one: its text, title, outlet or date."""


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one type are read.

    Attributes:
        read: the articles of a file, and what surrounds it.
        articles_in: how many articles a stretch of a file contains; None if a file is one article.
        anywhere: whether such a stretch may begin anywhere, not only where the file does.
    """

    read: Callable[[Path, Given], Iterator[Article | Failure]]
    articles_in: Callable[[bytes], int] | None = None
    anywhere: bool = False


FORMATS: Mapping[str, Format] = {
    ".txt": Format(plain_text),
    ".html": Format(page),
    ".htm": Format(page),
    ".jsonl": Format(json_lines, count_lines, anywhere=True),
    ".ndjson": Format(json_lines, count_lines, anywhere=True),
    ".csv": Format(csv_rows, count_rows),
}
"""By the ending of a file's name, in lower case."""

_KNOWN = f"{', '.join([*FORMATS][:-1])} or {[*FORMATS][-1]}"


class Source(NamedTuple):
    """A file to read, the manifest's row for it, and what the user says of all files.

    That is the outlet for what names none, and whether articles in any language are taken.
    """

    path: Path
    row: Mapping[str, str]
    outlet: str | None
    any_language: bool = False

    @property
    def format(self) -> Format:
        """How it is read."""
        return FORMATS[self.path.suffix.lower()]


Found = Iterable[Article | Failure]

ReadFiles = Callable[[Iterable[Source | Failure]], Iterable[Found]]
"""What each of some files holds, in their order; a Failure among them stands for itself."""


def articles_of(source: Source | Failure) -> list[Article | Failure]:
    """All that a file of one article holds: that, or why it cannot be had."""
    return list(_articles(source))


_ONE_BY_ONE: ReadFiles = partial(map, articles_of)


def read_articles(
    given: Iterable[Input],
    *,
    manifest: str | Path | None = None,
    outlet: str | None = None,
    any_language: bool = False,
    files: ReadFiles = _ONE_BY_ONE,
) -> Iterator[Article | Failure]:
    """The articles of files, folders, streams and records, and what could not be read.

    Args:
        given: paths are ``.txt``, ``.html``, ``.htm``, ``.jsonl``, ``.ndjson`` and ``.csv``
            files, and folders, which are searched through without their hidden files.
        manifest: a CSV with the columns file, outlet, published; it comes before those that
            are found: a CSV with these columns among the paths, or in a folder, speaks for
            the files beside it and below.
        outlet: for articles of which neither record nor manifest names one.
        any_language: take articles in other languages than English too.
        files: another way to read files of one article each by `articles_of`, such as many
            at a time; it may look ahead as far as it likes.

    Returns:
        Lazily, in order, an Article for every text and a Failure for every fault.

    Raises:
        InputError: the manifest asked for cannot be read; at once, not on the first article.
    """
    named = () if manifest is None else (read_manifest(Path(manifest)),)
    around = Given("", outlet=outlet, any_language=any_language)
    return chain.from_iterable(
        _of_paths([Path(path) for path in some], named, around, files)  # type: ignore[arg-type]
        if are_paths
        else chain.from_iterable(_in_memory(each, around) for each in some)
        for are_paths, some in groupby(given, lambda each: isinstance(each, str | Path))
    )


def leads_anywhere(given: Iterable[Input]) -> bool:
    """Whether something is there to be read: a record, a stream or a file of a known type."""
    return any(
        not isinstance(each, str | Path)
        or any(isinstance(found, Source) for found in _sources([Path(each)], ()))
        for each in given
    )


def _in_memory(given: Any, around: Given) -> Iterator[Article | Failure]:
    """An article as it is, or made of a record, or those of a stream of JSON lines."""
    if isinstance(given, Failure):
        yield given
    elif isinstance(given, Article):
        yield dated(given)
    elif isinstance(given, Mapping):
        try:
            yield make_article(given, replace(around, place="record"))
        except InputError as error:
            yield refused("record", error)
    else:
        name = str(getattr(given, "name", "stream")).strip("<>")
        yield from articles_of_lines(given, replace(around, place=name))


def _of_paths(
    paths: Sequence[Path], named: tuple[Manifest, ...], around: Given, files: ReadFiles
) -> Iterator[Article | Failure]:
    """The articles of files and folders: one by one those of many articles, by `files` others."""
    sources = (
        each._replace(outlet=around.outlet, any_language=around.any_language)
        if isinstance(each, Source)
        else each
        for each in _sources(paths, named)
    )
    # A file of many articles is read one article at a time.
    for are_many, some in groupby(
        sources, lambda each: isinstance(each, Source) and each.format.articles_in is not None
    ):
        read = partial(map, _articles) if are_many else files
        yield from chain.from_iterable(read(some))


def _sources(paths: Sequence[Path], named: tuple[Manifest, ...]) -> Iterator[Source | Failure]:
    """What the paths lead to; a manifest among them speaks for files beside it and below."""
    folders = [path for path in paths if isdir(path)]
    beside = dict(_manifests((path for path in paths if path not in folders), named))
    yield from chain.from_iterable(map(faults, (*named, *beside.values())))
    for path in paths:
        if isdir(path):
            readable = False
            for found in _walk(path, named, ()):
                readable = readable or isinstance(found, Source)
                yield found
            if not readable:
                yield Failure(str(path), f"no article in this folder; put {_KNOWN} files there")
        elif path not in beside:
            folder = path.absolute().parent
            near = (
                rows
                for where, rows in beside.items()
                if folder.is_relative_to(where.absolute().parent)
            )
            yield _file(path, (*named, *near))
    # Where files are named one by one, others of the manifest may well be elsewhere.
    told = (*(named if folders else ()), *beside.values())
    yield from chain.from_iterable(unmet(manifest, folders) for manifest in told)


def _manifests(files: Iterable[Path], named: Iterable[Manifest]) -> Iterator[tuple[Path, Manifest]]:
    """The manifests among some files; one that cannot be read says so, and nothing else."""
    known = {manifest.path.absolute(): manifest for manifest in named}
    for path in filter(is_manifest, files):
        try:
            yield path, known.get(path.absolute()) or read_manifest(path)
        except InputError as error:
            fault = Failure(str(path), str(error).removeprefix(f"{path}: "))
            yield path, Manifest(path, faults=[fault])


def _walk(
    folder: Path, named: tuple[Manifest, ...], above: tuple[Manifest, ...]
) -> Iterator[Source | Failure]:
    """What the folder holds, in name order; the nearest manifest found comes first."""
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        yield _unreadable(folder, error)
        return
    here = dict(_manifests(entries, named))
    yield from chain.from_iterable(map(faults, here.values()))
    near = (*here.values(), *above)
    for path in entries:
        if isdir(path) and islink(path):
            yield Failure(str(path), "a link to a folder is not followed; name the folder itself")
        elif isdir(path):
            yield from _walk(path, named, near)
        elif path not in here:
            yield _file(path, (*named, *near))
    yield from chain.from_iterable(unmet(manifest, ()) for manifest in here.values())


def _file(path: Path, manifests: Sequence[Manifest]) -> Source | Failure:
    """The file, if it is one of a type that is read, with what a manifest says of it."""
    try:
        if path.is_symlink() and not path.exists():
            fault = "a broken link; restore the file it leads to, or remove the link"
        elif not path.exists():
            fault = "no such file or folder; check the path"
        elif not path.is_file():
            fault = "not a regular file; save its text to a file, or pipe it to -"
        elif path.suffix.lower() not in FORMATS:
            fault = f"not a supported type of file; save the article as {_KNOWN}"
        else:
            alone = FORMATS[path.suffix.lower()].articles_in is None
            return Source(path, row_of(path, manifests, alone=alone), None)
    except OSError as error:
        return _unreadable(path, error)
    return Failure(str(path), fault)


def _articles(source: Source | Failure) -> Iterator[Article | Failure]:
    """The articles of one file; an error in it ends that file only."""
    if isinstance(source, Failure):
        yield source
        return
    path = source.path
    empty = True
    try:
        given = Given(
            *(str(path), str(path), source.row),
            outlet=source.outlet,
            any_language=source.any_language,
        )
        for article in source.format.read(path, given):
            empty = False
            yield article
        if empty:
            yield Failure(str(path), "no article in the file; remove it, or export it again")
    except InputError as error:
        yield refused(str(path), error)
    except UnicodeError as error:
        yield Failure(str(path), f"the file cannot be decoded ({error}); save it as UTF-8")
    except OSError as error:
        yield _unreadable(path, error)


def _unreadable(path: Path, error: OSError) -> Failure:
    return Failure(str(path), f"{error.strerror or error}; check the path and its permissions")


# How many articles there are to come.

COUNTED_BYTES = 32 << 20
"""Files of many articles are counted through up to this size together, else sampled."""

_PLACES, _PLACE_BYTES = 64, 128 << 10


def expected(given: Iterable[Input]) -> Expected:
    """One per text or page, one per line or row in files of many, sampled where they are large.

    It takes no longer than looking at each file's size and reading some megabytes.
    """
    single = 0
    many: dict[Format, list[tuple[Path, int]]] = defaultdict(list)
    for each in given:
        if not isinstance(each, str | Path):
            return Expected(None, exact=True)
        path = Path(each)
        found = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
        for file in found if path.is_dir() else (path,):
            form = FORMATS.get(file.suffix.lower())
            if form and form.articles_in is None:
                single += 1
            elif form and not is_manifest(file):
                size = 0
                with suppress(OSError):
                    size = file.stat().st_size
                many[form].append((file, size))
    exact = sum(size for files in many.values() for _, size in files) <= COUNTED_BYTES
    counts = (_counted(files, form, exact=exact) for form, files in many.items())
    return Expected(single + sum(counts), exact)


def _counted(files: Sequence[tuple[Path, int]], form: Format, *, exact: bool) -> int:
    """Articles in files of one format: counted, or by their size from stretches of all files."""
    assert form.articles_in
    if exact:
        return sum(form.articles_in(_stretch(path, 0, size)) for path, size in files)
    size = sum(size for _, size in files)
    places = [size * number // _PLACES for number in range(_PLACES)]
    start = articles = sampled = 0
    for path, length in files:
        within = [place - start for place in places if start <= place < start + length]
        stretches = [(place, _PLACE_BYTES) for place in within]
        if not form.anywhere:
            stretches = [(0, len(within) * _PLACE_BYTES)]
        for stretch in (_stretch(path, *each) for each in stretches):
            articles += form.articles_in(stretch)
            sampled += len(stretch)
        start += length
    return round(size * articles / max(sampled, 1))


def _stretch(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            return stream.read(length)
    except OSError:
        return b""
