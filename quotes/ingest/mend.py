"""A text whose characters were garbled on their way to a file -> the text as it was printed.

Character references that a page's source had (``&rsquo;``) become their characters, and text in
UTF-8 that something took for another encoding (``â€œ``) is read again, by ftfy.  Both are told,
for offsets point into the mended text.  A text without such signs stays to the character.
"""

from __future__ import annotations

import logging
import re
from html import unescape
from html.entities import html5

# Closed references only; "AT&T" and "R&D;" are none.
_REFERENCE = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,8});")
# What the first byte of two or three looks like in the encodings that are taken for UTF-8.
_GARBLED = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_TWICE = 2  # &amp;rsquo;

log = logging.getLogger("quotes.ingest")


def mended(text: str, place: str) -> str:
    """The text with its characters as they were printed; `place` is for the warning.

    >>> mended("It wasn&rsquo;t me", "a.txt"), mended("It wasnâ€™t me", "a.txt")
    ('It wasn’t me', 'It wasn’t me')
    """
    read = text
    for _ in range(_TWICE):
        read = _REFERENCE.sub(_character, read)
    if read != text:
        log.warning("%s: character references such as &rsquo; are read as characters", place)
    again = "".join(map(_read_again, read.splitlines(keepends=True)))
    if again != read:
        log.warning("%s: garbled characters such as â€œ are mended; check quotation marks", place)
    return again


def _character(reference: re.Match[str]) -> str:
    """What a reference stands for; itself if it is of no name that is known."""
    known = reference[0][1] == "#" or reference[0][1:] in html5
    return unescape(reference[0]) if known else reference[0]


def _read_again(line: str) -> str:
    if line.isascii() or not _GARBLED.search(line):
        return line
    from ftfy import fix_encoding  # a tenth of a second, seldom wanted

    return str(fix_encoding(line))
