"""Files of one article in HTML: its story by `story`, what the page says of itself by `stated`.

Offsets point into the story's text, one paragraph a line, not into the page.  Where the page has
no sentences but in its data, as pages do whose text a script puts there, the data's is taken;
where neither has any, what trafilatura finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from quotes.errors import InputError, TookTooLongError, within
from quotes.ingest.fields import Given, make_article
from quotes.ingest.language import words_in
from quotes.ingest.mend import mended
from quotes.ingest.text import decode, read_bytes
from quotes.records import Article

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([A-Za-z0-9_:-]{2,40})""", re.I)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
# What is left of a page without an article is labels: menus, buttons, a copyright line.
_SENTENCE_WORDS = 5
_STOPS = (".", "!", "?", "…", "。", "”", '"', "’", "'")
# A story of less than this share of the words that the page's data has of it is a stub.
_STUB = 0.6
PAGE_SECONDS = 20.0
"""How long a page may take; those of sixty news sites take 0.01 to 0.4 s."""

_LONG_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*+"|'[^']*+'){2000,}+""")
_QUOTED = re.compile(r"""=\s*(?:"[^"]*+"|'[^']*+')""")
_MOST_PAIRS = 100_000_000
"""Of attributes of one tag: a parser compares each with all others, so many in 0.7 s."""
_NONE = "no article in the page; save the article's own page, or its text as .txt"


def page(path: Path, given: Given) -> Iterator[Article]:
    """The article of an ``.html`` or ``.htm`` file.

    Raises:
        InputError: the page holds none, or its bytes are no text.
        OSError: it cannot be read.
    """
    from lxml import etree, html  # a tenth of a second, wanted for pages only

    from quotes.ingest.stated import Stated, what_it_says
    from quotes.ingest.story import story_lines

    raw = read_bytes(path)
    charset = _CHARSET.search(raw[:4096])
    source = decode(raw, name=str(path), declared=charset[1].decode() if charset else None)
    source = _XML_DECLARATION.sub("", source)
    _check_tags(source)
    try:
        with within(PAGE_SECONDS):
            tree = html.document_fromstring(source, html.HTMLParser(encoding=None))
            etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
            stated = Stated(tree)
            said, data = what_it_says(stated), stated.text
            lines = story_lines(deepcopy(tree), stated.title)
            if _words(lines) < _STUB * _words(data):
                lines = data
            if not _has_sentence(lines):
                lines = _found_otherwise(source)
    except TookTooLongError as error:
        told = f"the page takes longer than {PAGE_SECONDS:.0f} s; save its text as .txt"
        raise InputError(told) from error
    except Exception as error:  # whatever a parser raises on a broken page is that page's fault
        raise InputError(f"the page cannot be parsed ({error}); save its text as .txt") from error
    if not _has_sentence(lines):
        raise InputError(_NONE)
    text = mended("\n".join(lines), str(path))
    yield make_article({"text": text}, replace(given, page=said))


def _check_tags(source: str) -> None:
    """Pass a page, unless its tags have so many attributes that no parser ends in time.

    Raises:
        InputError: they have.
    """
    bare = (_QUOTED.sub("= ", tag[0]) for tag in _LONG_TAG.finditer(source))
    most = (max(len(tag.split()), tag.count("=")) for tag in bare)
    if sum(number * number for number in most) > _MOST_PAIRS:
        raise InputError("its tags have too many attributes; save the page's text as .txt")


def _words(lines: Sequence[str]) -> int:
    return sum(map(words_in, lines))


def _has_sentence(lines: Sequence[str]) -> bool:
    return any(
        line.rstrip().endswith(_STOPS) and words_in(line) >= _SENTENCE_WORDS for line in lines
    )


def _found_otherwise(source: str) -> list[str]:
    """What trafilatura takes for the text of a page; it knows stranger forms of pages."""
    import trafilatura

    return (trafilatura.extract(source, include_comments=False) or "").splitlines()
