"""An HTML page -> the article's text and what the page says of itself, by trafilatura.

Offsets of such an article point into the extracted text, not into the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from quotes.errors import InputError
from quotes.ingest.encoding import decode
from quotes.ingest.outlets import domain_of, load_outlets

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([A-Za-z0-9_:-]{2,40})""", re.I)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
# What is left of a page without an article is labels: menus, buttons, a copyright line.
_SENTENCE_WORDS = 5
_STOPS = (".", "!", "?", "…", "”", '"', "’", "'")
_NO_ARTICLE = "no article found in the page; save the article's own page, or its text as .txt"


class Page(NamedTuple):
    """The article's text, and of the page: site, evidence, title, url, date where stated."""

    text: str
    says: Mapping[str, str]


def read_page(raw: bytes, *, name: str) -> Page:
    """The article of a page.

    Raises:
        InputError: the page holds none, or its bytes are no text.
    """
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
    if not isinstance(found, Document) or not found.text or not _has_sentence(found.text):
        raise InputError(_NO_ARTICLE)
    return Page(found.text, _says(found.sitename, found.url, found.title, found.date))


def _has_sentence(text: str) -> bool:
    return any(
        line.rstrip().endswith(_STOPS) and len(line.split()) >= _SENTENCE_WORDS
        for line in text.splitlines()
    )


def _says(
    site: str | None, url: str | None, title: str | None, date: str | None
) -> Mapping[str, str]:
    """The page's own statements; its outlet by site name, else by the address' domain."""
    outlets = load_outlets()
    owner = outlets.of_url(url) if url else None
    listed = site if site and outlets.known(site) else owner
    outlet = listed or site
    by_name = outlet == site and not (url and site == domain_of(url))
    evidence = f"site name {site}" if by_name else f"address {url}"
    stated = {"site": outlet, "evidence": evidence, "title": title, "url": url, "date": date}
    return {
        name: value for name, value in stated.items() if value and (outlet or name != "evidence")
    }
