"""Bytes to characters: which encoding a file is in, and what is no text at all.

UTF-8 is expected; UTF-16 is taken by its byte order mark; windows-1252 only where the bytes
look like a western European text, and never silently.  Line ends are left as they are.
"""

from __future__ import annotations

import codecs
import logging
import re
from pathlib import Path

from quotes.errors import InputError

MAX_CHARS = 10_000_000
"""The longest text taken as one article: some 1.7 million words, three long novels."""

_CHUNK = 1 << 20
# English in windows-1252 has its curly marks, dashes and a few accents above 0x7F: 1-3 % of
# the bytes of a news text; French stays under 6 %; a Cyrillic code page is above 60 %.
_MOST_HIGH_BYTES = 0.12
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
EMPTY = "the file is empty; remove it, or export it again"
BINARY = "a binary file, not text; give the article as UTF-8 text (.txt, .html, .jsonl or .csv)"
_UNKNOWN = "neither UTF-8 nor UTF-16 nor windows-1252 text; save it as UTF-8"

log = logging.getLogger("quotes.ingest")


TOO_LONG = (
    f"more than {MAX_CHARS:,} characters in one text; "
    "split it into its articles, or write them one a line as .jsonl"
)


def read_text(path: Path) -> str:
    """The whole file as text, without a byte order mark, line ends as they are.

    Raises:
        InputError: empty, binary, too long or in an unknown encoding.
        OSError: it cannot be read.
    """
    return decode(read_bytes(path), name=str(path))


def read_bytes(path: Path) -> bytes:
    """The whole file, unless it is certain to be too long for an article.

    Raises:
        InputError: too long: no encoding read here takes more than four bytes a character.
        OSError: it cannot be read.
    """
    if path.stat().st_size > 4 * MAX_CHARS:
        raise InputError(TOO_LONG)
    return path.read_bytes()


def decode(raw: bytes, *, name: str, declared: str | None = None) -> str:
    """Bytes as text, without a byte order mark.

    Args:
        name: for the warning, where it is not UTF-8.
        declared: an encoding that the file itself states, tried after UTF-8.

    >>> decode("\\ufeff“no”".encode(), name="a.txt")
    '“no”'

    Raises:
        InputError: empty, binary, too long or in an unknown encoding.
    """
    text = _decoded(raw, encoding_of_bytes(raw, name=name, declared=declared))
    if not text.strip():
        raise InputError(EMPTY)
    if len(text) > MAX_CHARS:
        raise InputError(TOO_LONG)
    return text


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"not {encoding} at byte {error.start}; save it as UTF-8") from error


def encoding_of_bytes(raw: bytes, *, name: str, declared: str | None = None) -> str:
    """The encoding to read `raw` with.

    Raises:
        InputError: it is binary, or in no encoding known here.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in raw:
        raise InputError(BINARY)
    if _is_utf8(raw):
        return "utf-8-sig"
    if declared and _reads_as(raw, declared):
        return declared
    return _western(raw, name)


def encoding_of_file(path: Path) -> str:
    """The same for a file that is to be streamed: two passes, a megabyte in memory.

    Raises:
        InputError: as above, or the file is empty.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        first = stream.read(_CHUNK)
        if not first.strip():
            raise InputError(EMPTY)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        chunk = first
        try:
            while chunk:
                if b"\x00" in chunk:
                    raise InputError(BINARY)
                decoder.decode(chunk)
                chunk = stream.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _western(chunk or first, str(path))
    return "utf-8-sig"


def _is_utf8(raw: bytes) -> bool:
    return _reads_as(raw, "utf-8")


def _reads_as(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _western(raw: bytes, name: str) -> str:
    if _CONTROLS.search(raw):
        raise InputError(BINARY)
    if len(_HIGH.findall(raw)) > _MOST_HIGH_BYTES * len(raw) or not _reads_as(raw, "cp1252"):
        raise InputError(_UNKNOWN)
    log.warning("%s: not UTF-8; read as windows-1252, check its accents and quotation marks", name)
    return "cp1252"
