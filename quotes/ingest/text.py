"""Files of plain text; and which encoding a file of any format is in.

UTF-8 is expected; UTF-16 and UTF-32 are recognised by their byte order marks; windows-1252 is
read only where the bytes look like a western European text, with a warning.  Line ends stay as
they are.
charset-normalizer does not serve here: it takes a quarter of English news saved as
windows-1252 for another code page and spoils its quotation marks (`tests/test_ingest.py`).
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from quotes.errors import InputError
from quotes.ingest.fields import MAX_CHARS, TOO_LONG, Given, make_article
from quotes.ingest.mend import mended
from quotes.records import Article

_CHUNK = 1 << 20
# English in windows-1252 has its curly marks, dashes and a few accents above 0x7F: 1-3 % of
# the bytes of a news text; French stays under 6 %; a Cyrillic code page is above 60 %.
_MOST_HIGH_BYTES = 0.12
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")
EMPTY = "the file is empty; remove it, or export it again"
BINARY = "the file is binary; save the article as UTF-8 text (.txt, .html, .jsonl or .csv)"
_UNKNOWN = "the text is not in UTF-8, UTF-16 or windows-1252; save it as UTF-8"

log = logging.getLogger("quotes.ingest")


_HEADLINE = re.compile(r"\s*+(\S[^\r\n]{0,148}[^\s.,:;])[ \t]*+(?:\r?\n[ \t]*+){2}\s*+\S")


def plain_text(path: Path, given: Given) -> Iterator[Article]:
    """The article of a ``.txt`` file: the whole file, without a byte order mark, see `mended`.

    Raises:
        InputError: empty, binary, too long or in an unknown encoding.
        OSError: it cannot be read.
    """
    text = mended(decode(read_bytes(path), name=str(path)), str(path))
    title = headline(text)
    yield make_article({"text": text}, replace(given, page={"title": title} if title else {}))


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


# Bytes to characters.


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
    encoding = _encoding([raw], name=name, declared=declared)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not {encoding}; save it as UTF-8") from error
    if not text.strip():
        raise InputError(EMPTY)
    if len(text) > MAX_CHARS:
        raise InputError(TOO_LONG)
    return text


def encoding_of_file(path: Path, *, by_row: bool = False) -> str:
    """The encoding of a file that is to be streamed: two passes, a megabyte in memory.

    Args:
        by_row: whether what cannot be decoded costs a row of the file, and not the whole.

    Raises:
        InputError: it is empty, binary, or in no encoding known here.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        chunks = iter(partial(stream.read, _CHUNK), b"")
        first = next(chunks, b"")
        if not first.strip():
            raise InputError(EMPTY)
        return _encoding(chain([first], chunks), name=str(path), by_row=by_row)


_MARKS = (  # that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


def marked_encoding(start: bytes) -> str | None:
    """The encoding that a byte order mark names, None without one.

    >>> marked_encoding("“No”".encode("utf-32")), marked_encoding(b"No")
    ('utf-32', None)
    """
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def _encoding(
    chunks: Iterable[bytes], *, name: str, declared: str | None = None, by_row: bool = False
) -> str:
    """The encoding of a text that comes in parts."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = b""
    try:
        for number, chunk in enumerate(chunks):
            marked = marked_encoding(chunk) if number == 0 else None
            if marked and marked != "utf-8-sig":
                return marked
            if b"\x00" in chunk:
                raise InputError(BINARY)
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if declared and _reads_as(chunk, declared):
            return declared
        if not _is_damaged(chunk):
            return _western(chunk, name=name)
        if not by_row:
            told = f"byte {error.start + 1} is not UTF-8, the rest is; correct it, or save it again"
            raise InputError(told) from None
    return "utf-8-sig"


_SEVERAL_BYTES = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def _is_damaged(chunk: bytes) -> bool:
    """Whether bytes are UTF-8 but for some: more characters of several bytes than stray bytes.

    >>> _is_damaged("“No” – “Yes”".encode() + b"\\xe9"), _is_damaged(b"caf\\xe9")
    (True, False)
    """
    whole = _SEVERAL_BYTES.findall(chunk)
    return len(whole) > len(_HIGH.findall(chunk)) - sum(map(len, whole))


def _western(chunk: bytes, *, name: str) -> str:
    """Windows-1252, if the bytes look like a text in it; the user is told."""
    high = len(_HIGH.findall(chunk))
    if _CONTROLS.search(chunk):
        raise InputError(BINARY) from None
    if high > _MOST_HIGH_BYTES * len(chunk) or not _reads_as(chunk, "cp1252"):
        raise InputError(_UNKNOWN) from None
    told = "%s is not UTF-8; read as windows-1252, check accents and quotation marks"
    log.warning(told, name)
    return "cp1252"


def _reads_as(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True
