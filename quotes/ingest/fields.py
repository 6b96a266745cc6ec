"""One record's fields -> an Article: outlet, date, title and id from the best source for each.

The outlet comes from the record, else the manifest, else the option, else the page's own
metadata, else it is inferred from the address or the text; how it is known is stored.  Dates
become ISO 8601 and are never guessed: ``02/12/2025`` is two dates, one American, one British.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from quotes.errors import InputError, OtherLanguageError
from quotes.ingest.language import other_language
from quotes.ingest.outlets import load_outlets
from quotes.records import Article, Failure, OutletBasis

MAX_CHARS = 10_000_000
"""The longest text taken as one article: some 1.7 million words, three long novels."""

TOO_LONG = (
    f"the text has more than {MAX_CHARS:,} characters; "
    "split it into articles, or write one article per line as .jsonl"
)

_HALF = re.compile("[\ud800-\udfff]")

_SHOWN = 40  # characters that are shown of a date that is none

log = logging.getLogger("quotes.ingest")


@dataclass(frozen=True, slots=True)
class Given:
    """What surrounds a record: its file, the manifest's row and the user's option.

    Attributes:
        place: for warnings: the file, with the line or row if it has many.
        path: the file, None for text handed over in memory.
        row: the manifest's row for that file.
        page: what an HTML page says of itself: site, title, url, date.
        outlet: the user's option.
        any_language: whether articles in other languages than English are taken too.
    """

    place: str
    path: str | None = None
    row: Mapping[str, str] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)
    outlet: str | None = None
    any_language: bool = False


def refused(place: str, error: InputError, told: str = "{}") -> Failure:
    """The failure that tells of an error; of an article in another language it says in which."""
    language = error.language if isinstance(error, OtherLanguageError) else None
    return Failure(place, told.format(error), language)


def make_article(record: Mapping[str, object], given: Given | None = None) -> Article:
    """The article of one record: ``{"id"?, "text", "outlet"?, "title"?, "date"?, "url"?}``.

    Raises:
        InputError: no text, too much of it, or a field of another type; says which.
        OtherLanguageError: the text is not in English.
    """
    given = given or Given("record")
    text = _text(record, given)
    own = {name: _field(record, name, given) for name in ("id", "outlet", "title", "url")}
    url = own["url"] or given.row.get("url") or given.page.get("url")
    outlet, basis, evidence = _outlet(own["outlet"], url, text, given)
    return Article(
        id=own["id"] or article_id(outlet, url, text),
        text=text,
        outlet=outlet,
        outlet_basis=basis,
        outlet_evidence=evidence,
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


def _text(record: Mapping[str, object], given: Given) -> str:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InputError('no text; put the article\'s text in the field "text"')
    if len(text) > MAX_CHARS:
        raise InputError(TOO_LONG)
    if not given.any_language and (language := other_language(text)):
        raise OtherLanguageError(language)
    return _whole_characters(text, "text", given)


def _whole_characters(text: str, name: str, given: Given) -> str:
    """The text with halves of characters, which no file can hold, replaced one for one."""
    whole = text if text.isascii() else _HALF.sub("\ufffd", text)
    if whole != text:
        told = "%s: the field %s contains half a surrogate pair (a cut emoji?), shown as U+FFFD"
        log.warning(told, given.place, name)
    return whole


def _field(record: Mapping[str, object], name: str, given: Given) -> str | None:
    value = record.get(name)
    if value is None or isinstance(value, str | int | float):
        text = str("" if value is None else value).strip()
        return _whole_characters(text, name, given) or None
    raise InputError(f'the field "{name}" is a {type(value).__name__}; write it as a string')


def _outlet(
    own: str | None, url: str | None, text: str, given: Given
) -> tuple[str | None, OutletBasis | None, str | None]:
    """The first that is known, in the order of trust; how it is known, and what names it."""
    outlets = load_outlets()
    stated: tuple[tuple[str | None, OutletBasis, str | None], ...] = (
        (own, "record", None),
        (given.row.get("outlet"), "manifest", None),
        (given.outlet, "option", None),
        (given.page.get("site"), "html", given.page.get("evidence")),
    )
    for name, basis, evidence in stated:
        if name:
            return outlets.normal(name), basis, evidence
    if url and (owner := outlets.of_url(url)):
        return owner, "inferred", url
    credited, words = outlets.credited(text) or (None, None)
    return credited, "inferred" if credited else None, words


def _published(record: Mapping[str, object], given: Given) -> str | None:
    own = _field(record, "published", given) or _field(record, "date", given)
    row = given.row.get("published") or given.row.get("date")
    stated = own or row or given.page.get("date")
    return None if stated is None else _clear(stated, given.place)


def _clear(stated: str, place: str) -> str | None:
    """The date in ISO 8601; a warning where it is none that can be read surely."""
    published = parse_date(stated)
    if published is None:
        shown = stated if len(stated) <= _SHOWN else f"{stated[:_SHOWN]}…"
        log.warning("%s: the date %r is not clear; write it as 2025-02-12", place, shown)
    return published


def dated(article: Article) -> Article:
    """An article made elsewhere, its date in ISO 8601 as that of every other one.

    >>> dated(Article("a1", "“No.”", published="20250212")).published
    '2025-02-12'
    """
    stated = article.published
    if stated is None or _ISO.match(stated):
        return article
    return replace(article, published=_clear(stated, f"article {article.id}"))


# Dates.

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.I
)
_MAIL = re.compile(
    r"(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d\d:\d\d(?::\d\d)?(?: [+-]\d{4}| [a-z]{1,3})?", re.I
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})\b", re.I
)
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]{3,9})\.?,? (?P<year>\d{4})\b", re.I
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})\b")


_ISO = re.compile(r"\d{4}-\d\d-\d\d(?![-\w])|\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
_WEEK = re.compile(r"\d{4}-?W", re.I)


def parse_date(text: str) -> str | None:
    """The date in ISO 8601, None if it is not one that can be read surely.

    A time with a zone is given in UTC, to the second; one without is left as it stands; a
    time behind a date in words ("Feb. 12, 2025, 5 p.m.") is dropped.

    >>> parse_date("Feb. 12, 2025"), parse_date("Wed, 12 Feb 2025 08:00:00 +0200")
    ('2025-02-12', '2025-02-12T06:00:00+00:00')
    >>> parse_date("02/12/2025") is None
    True
    """
    trimmed = " ".join(text.split())
    if _WEEK.match(trimmed):  # of a week the library makes its Monday
        return None
    for read in (lambda text: date.fromisoformat(text).isoformat(), _moment, _words):
        with suppress(ValueError, OverflowError, TypeError, IndexError):
            return read(trimmed)
    return None


def _moment(text: str) -> str:
    """A time in ISO 8601 or RFC 2822, whose library reads much else, and some of it wrong."""
    read = parsedate_to_datetime if _MAIL.fullmatch(text) else datetime.fromisoformat
    moment = read(text)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(timespec="seconds")


def _words(text: str) -> str:
    """A date in words, or with the year first."""
    text = _WEEKDAY.sub("", text)
    match = _MONTH_FIRST.match(text) or _DAY_FIRST.match(text) or _YEAR_FIRST.match(text)
    if match is None:
        raise ValueError(text)
    word = match["month"]
    month = int(word) if word.isdigit() else _MONTHS.index(word[:3].casefold()) + 1
    return date(int(match["year"]), month, int(match["day"])).isoformat()
