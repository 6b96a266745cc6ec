"""One record's fields -> an Article: what is known of the text, from the best source for it.

The outlet is taken from the record, else the manifest, else the option, else the page's own
metadata, else it is inferred from the address or the text, and how it is known is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from quotes.errors import InputError
from quotes.ingest.dates import parse_date
from quotes.ingest.encoding import MAX_CHARS, TOO_LONG
from quotes.ingest.outlets import load_outlets
from quotes.records import Article, OutletBasis

log = logging.getLogger("quotes.ingest")


class OutletChoice(NamedTuple):
    """An outlet, how it is known, and the words or field that name it."""

    outlet: str | None
    basis: OutletBasis | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """What surrounds a record: its file, the manifest's row and the user's option.

    Attributes:
        place: for warnings: the file, with the line or row if it has many.
        path: the file, None for text handed over in memory.
        row: the manifest's row for that file.
        page: what an HTML page says of itself: site, title, url, date.
        outlet: the user's option.
    """

    place: str
    path: str | None = None
    row: Mapping[str, str] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)
    outlet: str | None = None


def make_article(record: Mapping[str, object], given: Given) -> Article:
    """The article of one record.

    Raises:
        InputError: no text, too much of it, or a field of another type; says which.
    """
    text = _text(record)
    own = {name: _field(record, name) for name in ("id", "outlet", "title", "url")}
    url = own["url"] or given.row.get("url") or given.page.get("url")
    choice = _outlet(own["outlet"], url, text, given)
    return Article(
        id=own["id"] or article_id(choice.outlet, url, text),
        text=text,
        outlet=choice.outlet,
        outlet_basis=choice.basis,
        outlet_evidence=choice.evidence,
        title=own["title"] or given.row.get("title") or given.page.get("title"),
        url=url,
        published=_published(record, given),
        path=given.path,
    )


def article_id(outlet: str | None, url: str | None, text: str) -> str:
    """Twelve hex digits from outlet, URL and text: one wire text in two outlets is two articles.

    >>> article_id("Reuters", None, "“No.”") == article_id("Kyiv Post", None, "“No.”")
    False
    """
    stated = "\0".join((outlet or "", url or "", text))
    return blake2b(stated.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _text(record: Mapping[str, object]) -> str:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InputError('no text; give the article\'s text in the field "text"')
    if len(text) > MAX_CHARS:
        raise InputError(TOO_LONG)
    return _whole_characters(text)


def _whole_characters(text: str) -> str:
    """The text with halves of characters, which no file can hold, replaced one for one."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        log.warning("a text holds half a surrogate pair (a cut emoji?); shown as U+FFFD")
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def _field(record: Mapping[str, object], name: str) -> str | None:
    value = record.get(name)
    if value is None or isinstance(value, str | int | float):
        return _whole_characters(str("" if value is None else value).strip()) or None
    raise InputError(f'the field "{name}" is a {type(value).__name__}; give it as a string')


def _outlet(own: str | None, url: str | None, text: str, given: Given) -> OutletChoice:
    """The first that is known, in the order of trust."""
    normal = load_outlets().normal
    if own:
        return OutletChoice(normal(own), "record", None)
    if row := given.row.get("outlet"):
        return OutletChoice(normal(row), "manifest", None)
    if given.outlet:
        return OutletChoice(normal(given.outlet), "option", None)
    if site := given.page.get("site"):
        return OutletChoice(normal(site), "html", given.page.get("evidence"))
    return _inferred(url, text)


def _inferred(url: str | None, text: str) -> OutletChoice:
    outlets = load_outlets()
    if url and (owner := outlets.of_url(url)):
        return OutletChoice(owner, "inferred", url)
    if credited := outlets.infer(text):
        return OutletChoice(credited[0], "inferred", credited[1])
    return OutletChoice(None, None, None)


def _published(record: Mapping[str, object], given: Given) -> str | None:
    own = _field(record, "published") or _field(record, "date")
    row = given.row.get("published") or given.row.get("date")
    stated = own or row or given.page.get("date")
    if stated is None:
        return None
    date = parse_date(stated)
    if date is None:
        log.warning("%s: date %r not read; write it as 2025-02-12", given.place, stated)
    return date
