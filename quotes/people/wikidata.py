"""Reading one line of a people extract: a Wikidata entity, or the same said more simply.

A JSON object comes in, a `Found` person, a `Label` (of an office, a place) or None goes out.

Wikidata's own form is that of its dumps and of ``Special:EntityData``: ``labels``,
``aliases``, ``sitelinks`` and ``claims``, of which P31 (is Q5, a human), P21 (gender), P39
(positions, with P580 and P582 for the days and P642 or P768 for of what), P570 (death, which
ends every office), P734 and P735 (family and given name) are read; a position's own P1001
says of what it is.  The simple form is ::

    {"id": "Q1", "name": "Jane Roe", "aliases": ["J. Roe"], "gender": "female",
     "sitelinks": 12,
     "roles": [{"role": "Governor", "of": "Ohio", "from": "2011-01-10", "to": "2019-01-14"}]}

of which only ``id`` and ``name`` must be there.  Days may be years or months: an office
began on the first and ended on the last day of them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quotes.people.given_names import Gender, plain

_HUMAN = "Q5"
_GENDERS: Mapping[str, Gender] = {
    "Q6581097": "male",
    "Q2449503": "male",
    "Q6581072": "female",
    "Q1052281": "female",
}
_LANGUAGES = ("en", "en-us", "en-gb", "en-ca", "mul")
_OTHER_LANGUAGES = ("de", "fr", "es", "it", "nl", "pl", "pt", "sv", "cs", "tr")
"""Whose spelling will do where there is no English one: those in Latin letters."""

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$")
_IN_CLAIM = re.compile(r"([+-])(\d{4,})-(\d\d)-(\d\d)T")
_BEFORE_ALL = "0001-01-01"


class BadLineError(ValueError):
    """What a line lacks, in a few words for people."""


@dataclass(frozen=True, slots=True)
class FoundRole:
    """An office as the line has it: names, or ids of other entities of the extract."""

    role: str | None
    role_id: str | None
    of: str | None
    of_id: str | None
    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A person of the extract; `undated` offices have neither beginning nor end."""

    id: str
    name: str
    aliases: tuple[str, ...]
    gender: Gender | None
    sitelinks: int | None
    roles: tuple[FoundRole, ...]
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """An entity that is no person: its name, and of what it is an office, if it is one."""

    id: str
    name: str
    of_id: str | None


def read_record(record: Any) -> Found | Label | None:
    """The person or the label of one line; None if it is neither (a property, a nameless one).

    Raises:
        BadLineError: the line has not what it must have.

    >>> read_record({"id": "Q1", "name": "Jane Roe"}).name
    'Jane Roe'
    """
    if not isinstance(record, dict):
        raise BadLineError("no JSON object")
    id_ = record.get("id")
    if not isinstance(id_, str) or not id_:
        raise BadLineError("no `id`")
    if "claims" in record or "labels" in record:
        return _entity(id_, record)
    return _flat(id_, record)


# The simple form


def _flat(id_: str, record: Mapping[str, Any]) -> Found:
    name, aliases = record.get("name"), record.get("aliases") or []
    if not isinstance(name, str) or not plain(name).strip():
        raise BadLineError("no `name`")
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise BadLineError("`aliases` is no list of names")
    gender, links = record.get("gender"), record.get("sitelinks")
    if gender not in (None, "", "male", "female"):
        raise BadLineError(f'`gender` is {gender!r}, not "male" or "female"')
    if not isinstance(links, int | None) or isinstance(links, bool):
        raise BadLineError("`sitelinks` is no number")
    roles = record.get("roles") or []
    if not isinstance(roles, list):
        raise BadLineError("`roles` is no list")
    own = _others(aliases, name)
    return Found(id_, name, own, gender or None, links, tuple(map(_flat_role, roles)))


def _flat_role(role: Any) -> FoundRole:
    if not isinstance(role, dict) or not isinstance(role.get("role"), str) or not role["role"]:
        raise BadLineError("an office without `role`")
    of = role.get("of")
    if not isinstance(of, str | None):
        raise BadLineError("`of` is no text")
    start, end = _flat_day(role, "from"), _flat_day(role, "to", last=True)
    return FoundRole(role["role"], None, of or None, None, start, end)


def _flat_day(role: Mapping[str, Any], key: str, *, last: bool = False) -> str | None:
    value = role.get(key)
    if value in (None, ""):
        return None
    match = _DAY.match(value) if isinstance(value, str) else None
    day = _day(match.groups(), last=last) if match else None
    if day is None:
        raise BadLineError(f"`{key}` is {value!r}, no day such as 2025-01-28")
    return day


def _day(parts: tuple[Any, ...], *, last: bool) -> str | None:
    """An ISO day of year, month and day, of which the latter may be missing or 0."""
    year, month, day = (int(part or 0) for part in parts)
    month_known = month > 0
    month = month or (12 if last else 1)
    if not 1 <= year <= 9999 or not 1 <= month <= 12:
        return None
    longest = calendar.monthrange(year, month)[1]
    day = (day if month_known else 0) or (longest if last else 1)
    return f"{year:04}-{month:02}-{day:02}" if day <= longest else None


def _others(names: list[str], name: str) -> tuple[str, ...]:
    """Each other name once, in order."""
    return tuple(dict.fromkeys(other for other in names if other.strip() and other != name))


# Wikidata's form


def _entity(id_: str, record: Mapping[str, Any]) -> Found | Label | None:
    labels = record.get("labels") or {}
    claims = record.get("claims") or {}
    if not isinstance(labels, dict) or not isinstance(claims, dict):
        raise BadLineError("`labels` or `claims` is no object")
    name = _label(labels, _LANGUAGES) or _label(labels, _OTHER_LANGUAGES)
    if name is None or not id_.startswith("Q"):
        return None
    if _HUMAN not in _ids(claims, "P31"):
        return Label(id_, name, next(_ids(claims, "P1001"), None))
    if not plain(name).strip():
        return None
    roles = list(_positions(claims))
    dated = tuple(role for role in roles if role.start or role.end)
    gender = next((_GENDERS[id_] for id_ in _ids(claims, "P21") if id_ in _GENDERS), None)
    links = record.get("sitelinks")
    return Found(
        id_,
        name,
        _others(list(_aliases(record, labels)), name),
        gender,
        len(links) if isinstance(links, dict) else None,
        dated,
        len(roles) - len(dated),
    )


def _label(labels: Mapping[str, Any], languages: tuple[str, ...]) -> str | None:
    for language in languages:
        label = labels.get(language)
        if isinstance(label, dict) and isinstance(label.get("value"), str) and label["value"]:
            value: str = label["value"]
            return value
    return None


def _aliases(record: Mapping[str, Any], labels: Mapping[str, Any]) -> Iterator[str]:
    """Other English spellings and aliases."""
    for language in _LANGUAGES:
        label = _label(labels, (language,))
        if label:
            yield label
    aliases = record.get("aliases")
    for language in _LANGUAGES:
        listed = aliases.get(language) if isinstance(aliases, dict) else None
        for alias in listed if isinstance(listed, list) else ():
            if isinstance(alias, dict) and isinstance(alias.get("value"), str):
                yield alias["value"]


def _statements(claims: Mapping[str, Any], property_: str) -> Iterator[Mapping[str, Any]]:
    """The statements of a property but for those withdrawn; preferred ones come first."""
    listed = claims.get(property_)
    known = [
        statement
        for statement in (listed if isinstance(listed, list) else ())
        if isinstance(statement, dict) and statement.get("rank") != "deprecated"
    ]
    yield from sorted(known, key=lambda statement: statement.get("rank") != "preferred")


def _ids(claims: Mapping[str, Any], property_: str) -> Iterator[str]:
    for statement in _statements(claims, property_):
        value = _value(statement.get("mainsnak"))
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"]


def _value(snak: Any) -> Any:
    data = snak.get("datavalue") if isinstance(snak, dict) else None
    return data.get("value") if isinstance(data, dict) else None


def _positions(claims: Mapping[str, Any]) -> Iterator[FoundRole]:
    """The positions held; death ends those that have no other end."""
    deaths = [_claim_day(s.get("mainsnak"), last=True) for s in _statements(claims, "P570")]
    death = next((day for day in deaths if day), None)
    for statement in _statements(claims, "P39"):
        value = _value(statement.get("mainsnak"))
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            continue
        qualifiers = statement.get("qualifiers")
        qualifiers = qualifiers if isinstance(qualifiers, dict) else {}
        start = _qualified_day(qualifiers, "P580", last=False)
        end = _qualified_day(qualifiers, "P582", last=True)
        if end == _BEFORE_ALL:
            end = start or end
        elif end is None and death and (start is None or start <= death):
            end = death
        of_id = _qualified_id(qualifiers, "P642") or _qualified_id(qualifiers, "P768")
        yield FoundRole(None, value["id"], None, of_id, start, end)


def _qualified_id(qualifiers: Mapping[str, Any], property_: str) -> str | None:
    for snak in qualifiers.get(property_) or ():
        value = _value(snak)
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            found: str = value["id"]
            return found
    return None


def _qualified_day(qualifiers: Mapping[str, Any], property_: str, *, last: bool) -> str | None:
    """The day of a qualifier; one whose value nobody knows is over: before all days."""
    for snak in qualifiers.get(property_) or ():
        if isinstance(snak, dict) and snak.get("snaktype") == "somevalue":
            return _BEFORE_ALL if last else None
        return _claim_day(snak, last=last)
    return None


def _claim_day(snak: Any, *, last: bool) -> str | None:
    """The day of a time value, "+2019-05-20T00:00:00Z" with its precision."""
    value = _value(snak)
    if not isinstance(value, dict) or not isinstance(value.get("time"), str):
        return None
    match = _IN_CLAIM.match(value["time"])
    precision = value.get("precision", 11)
    if match is None or not isinstance(precision, int) or precision < 9:
        return _BEFORE_ALL if last else None
    sign, year, month, day = match.groups()
    if sign == "-" or len(year) > 4:
        return _BEFORE_ALL
    parts = (year, month if precision > 9 else "0", day if precision > 10 else "0")
    return _day(parts, last=last)
