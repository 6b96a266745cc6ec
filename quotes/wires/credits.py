"""Whom a text credits for its wording: agencies' datelines, bylines, sign-offs, footers.

In comes `data/wires.toml`; out goes the outlet that a text names, usual name first, and the
words that name it.  Who published the text is another question, and the outlets' list answers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from quotes.errors import LexiconError
from quotes.ingest.outlets import HEAD_CHARS, TAIL_CHARS, Outlets, load_outlets
from quotes.text.lists import shipped


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited, the words that do it, and in which form ("dateline")."""

    outlet: str
    evidence: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Form:
    kind: str
    where: str
    pattern: re.Pattern[str]
    outlet: str | None
    known: bool

    def credits(self, text: str, outlets: Outlets) -> Iterator[Credit]:
        part = text[:HEAD_CHARS] if self.where == "head" else text[-TAIL_CHARS:]
        for match in self.pattern.finditer(part):
            name = self.outlet or match["outlet"]
            outlet = outlets.known(name) if self.known else outlets.normal(name)
            if outlet:
                yield Credit(outlet, " ".join(match[0].split()), self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class Wires:
    """The forms of credits, in the order in which they are tried, and who is an agency."""

    _forms: tuple[_Form, ...]
    agencies: frozenset[str]

    def credit(self, text: str) -> Credit | None:
        """Whom the text credits for its words; None if it credits nobody.

        >>> load_wires().credit("PARIS, Feb. 8 (AFP) – Rain fell.\\n\\nCopyright 2016 The Sun")
        Credit(outlet='Agence France-Presse', evidence='PARIS, Feb. 8 (AFP) –', kind='dateline')
        """
        outlets = load_outlets()
        found = (credit for form in self._forms for credit in form.credits(text, outlets))
        return next(found, None)


@cache
def load_wires() -> Wires:
    """The shipped forms, read once a process.

    Raises:
        LexiconError: a list lacks a field, or a pattern is not one.
    """
    try:
        forms = tuple(_form(row) for row in shipped("wires.toml")["credit"])
        outlets = shipped("outlets.toml")["outlet"]
        agencies = frozenset(row["name"] for row in outlets if row["kind"] == "agency")
        return Wires(forms, agencies)
    except (KeyError, TypeError, re.error) as error:
        raise LexiconError(f"wires.toml: {error!r}; correct that entry") from error


def _form(row: Mapping[str, Any]) -> _Form:
    pattern = re.compile(row["pattern"])
    if "outlet" not in pattern.groupindex and "outlet" not in row:
        raise KeyError(f"a group named outlet in {row['pattern']}")
    return _Form(row["kind"], row["where"], pattern, row.get("outlet"), row.get("known", False))
