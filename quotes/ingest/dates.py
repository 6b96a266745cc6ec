"""Dates as outlets write them, turned into ISO 8601; nothing is guessed.

``02/12/2025`` stays unread: it is two dates, one American, one British.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

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
    return _iso(trimmed) or _mail(trimmed) or _words(_WEEKDAY.sub("", trimmed))


def _iso(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    try:
        return _utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _mail(text: str) -> str | None:
    """RFC 2822, as feeds write it; the library reads much else besides, and some of it wrong."""
    if not _MAIL.fullmatch(text):
        return None
    try:
        return _utc(parsedate_to_datetime(text))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _utc(moment: datetime) -> str:
    in_utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return in_utc.isoformat(timespec="seconds")


def _words(text: str) -> str | None:
    match = _MONTH_FIRST.match(text) or _DAY_FIRST.match(text) or _YEAR_FIRST.match(text)
    month = _month(match["month"]) if match else None
    if match is None or month is None:
        return None
    try:
        return date(int(match["year"]), month, int(match["day"])).isoformat()
    except ValueError:
        return None


def _month(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    short = word[:3].casefold()
    return _MONTHS.index(short) + 1 if short in _MONTHS else None
