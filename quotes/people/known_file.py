"""Reading people.toml, the shipped one or a user's: tables in, checked `Person` records out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from quotes.errors import LexiconError
from quotes.people.persons import Person, Role

_NAME_KEYS = frozenset({"name", "aliases", "gender", "wikidata", "surname", "roles"})
_ROLE_KEYS = frozenset({"role", "of", "from", "to"})


def persons_of(table: Mapping[str, Any], where: str) -> list[Person]:
    """The persons of a parsed file, in its order.

    Args:
        where: the file's name, which becomes the persons' `file` and begins every message.

    Raises:
        LexiconError: the file says something else than it must; the message names the
            person and what to write.
    """
    blocks = table.get("person", [])
    if not isinstance(blocks, list):
        raise LexiconError(f"{where}: `person` must be a list; begin each with [[person]]")
    return [_person(block, where, n) for n, block in enumerate(blocks, start=1)]


def _person(block: Any, file: str, number: int) -> Person:
    where = f"{file}: person {number}"
    if not isinstance(block, dict) or not isinstance(block.get("name"), str) or not block["name"]:
        raise LexiconError(f'{where} has no name; write name = "..."')
    where = f"{where} ({block['name']})"
    _only(block, _NAME_KEYS, where)
    gender = block.get("gender")
    if gender not in {None, "female", "male"}:
        raise LexiconError(f'{where}: gender is {gender!r}; write "female", "male" or leave it out')
    aliases, roles = block.get("aliases", []), block.get("roles", [])
    if not isinstance(aliases, list) or not all(isinstance(a, str) and a for a in aliases):
        raise LexiconError(f'{where}: aliases must be a list of names, ["...", "..."]')
    if not isinstance(roles, list):
        raise LexiconError(f'{where}: roles must be a list, [{{ role = "..." }}]')
    return Person(
        name=block["name"],
        aliases=tuple(aliases),
        gender=gender,
        wikidata=_text(block, "wikidata", where),
        roles=tuple(_role(role, where) for role in roles),
        surname=block.get("surname") is True,
        file=file,
    )


def _role(block: Any, where: str) -> Role:
    if not isinstance(block, dict) or not isinstance(block.get("role"), str) or not block["role"]:
        raise LexiconError(f'{where}: a role without a name; write {{ role = "..." }}')
    _only(block, _ROLE_KEYS, where)
    return Role(
        role=block["role"],
        of=_text(block, "of", where),
        start=_day(block, "from", where),
        end=_day(block, "to", where),
    )


def _only(block: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(block) - known)
    if unknown:
        raise LexiconError(f"{where}: unknown `{unknown[0]}`; known: {', '.join(sorted(known))}")


def _text(block: Mapping[str, Any], key: str, where: str) -> str | None:
    value = block.get(key)
    if value is not None and not isinstance(value, str):
        raise LexiconError(f"{where}: {key} must be text in quotation marks, not {value!r}")
    return value


def _day(block: Mapping[str, Any], key: str, where: str) -> str | None:
    value = block.get(key)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError as error:
            raise LexiconError(f"{where}: {key} = {value!r} is no day; write 2025-01-28") from error
    if isinstance(value, datetime):
        value = value.date()
    if value is not None and not isinstance(value, date):
        raise LexiconError(f"{where}: {key} must be a day such as 2025-01-28, not {value!r}")
    return value.isoformat() if value else None
