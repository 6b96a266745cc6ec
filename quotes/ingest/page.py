"""An HTML page -> the article's text and what the page says of itself, by trafilatura.

Offsets of such an article point into the extracted text, not into the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from quotes.errors import InputError
from quotes.ingest.fields import Given, make_article
from quotes.ingest.outlets import domain_of, load_outlets
from quotes.ingest.text import decode, read_bytes
from quotes.records import Article

if TYPE_CHECKING:
    from trafilatura.settings import Document

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([A-Za-z0-9_:-]{2,40})""", re.I)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
# What is left of a page without an article is labels: menus, buttons, a copyright line.
_SENTENCE_WORDS = 5
_STOPS = (".", "!", "?", "…", "”", '"', "’", "'")


def page(path: Path, given: Given) -> Iterator[Article]:
    """The article of an ``.html`` or ``.htm`` file.

    Raises:
        InputError: the page holds none, or its bytes are no text.
        OSError: it cannot be read.
    """
    found = _extracted(read_bytes(path), name=str(path))
    yield make_article({"text": found.text}, replace(given, page=_says(found)))


def _extracted(raw: bytes, *, name: str) -> Document:
    """What trafilatura makes of a page that contains an article."""
    import trafilatura  # a third of a second, wanted for pages only
    from trafilatura.settings import Document

    charset = _CHARSET.search(raw[:4096])
    source = decode(raw, name=name, declared=charset[1].decode("ascii") if charset else None)
    try:
        found = trafilatura.bare_extraction(
            _XML_DECLARATION.sub("", source),
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception as error:  # whatever a parser raises on a broken page is that page's fault
        raise InputError(f"the page cannot be parsed ({error}); save its text as .txt") from error
    if isinstance(found, Document) and any(
        line.rstrip().endswith(_STOPS) and len(line.split()) >= _SENTENCE_WORDS
        for line in (found.text or "").splitlines()
    ):
        return found
    raise InputError("no article in the page; save the article's own page, or its text as .txt")


def _says(found: Document) -> Mapping[str, str]:
    """The page's own statements; its outlet by site name, else by the address' domain."""
    site, url = found.sitename, found.url
    outlets = load_outlets()
    owner = outlets.of_url(url) if url else None
    outlet = (site if site and outlets.known(site) else owner) or site
    by_name = outlet == site and not (url and site == domain_of(url))
    stated = {
        "site": outlet,
        "evidence": outlet and (f"site name {site}" if by_name else f"address {url}"),
        "title": found.title,
        "url": url,
        "date": found.date,
    }
    return {name: value for name, value in stated.items() if value}
