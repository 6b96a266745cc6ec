"""Who publishes: known outlets by name and domain, and how a text names its publisher.

In come ``data/outlets.toml`` and the longer ``data/domains.tsv``; out go one usual name for
many spellings ("NYT" is The New York Times), a domain's outlet, and the outlet a text itself
credits, with the crediting words.  Nothing here knows of files or records: choosing between
what these say and what a manifest says is ingest's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from quotes.errors import LexiconError
from quotes.text.lists import lines_of, shipped

# Credits stand at a text's two ends; looking only there keeps the patterns' cost flat.
# 1,500 characters hold a headline, a byline and the first paragraph; 6,000 hold a last
# paragraph, an author's box and a list of other stories.
_HEAD_CHARS = 1_500
_TAIL_CHARS = 6_000


@dataclass(frozen=True, slots=True)
class Credit:
    """One form in which a text names its publisher, or whose words it prints.

    Attributes:
        pattern: with a group named ``outlet``, unless `outlet` says whom it names.
        where: the part of the text it is tried in, "head" or "tail".
        known: whether only a listed outlet counts.
    """

    pattern: re.Pattern[str]
    where: str
    known: bool
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class Outlets:
    """The known outlets.

    Attributes:
        names: comparison key -> usual name.
        domains: domain -> usual name.
        agencies: usual names of those whose texts others print.
        credits: in the order in which they are tried.
    """

    names: Mapping[str, str]
    domains: Mapping[str, str]
    agencies: frozenset[str]
    credits: tuple[Credit, ...]

    def known(self, name: str) -> str | None:
        """The usual name of a listed outlet, None for one that is not listed.

        >>> load_outlets().known("new york times")
        'The New York Times'
        """
        return self.names.get(_key(name)) or self.names.get(_exact(name))

    def is_agency(self, name: str) -> bool:
        """Whether others print the texts of the outlet of this usual name.

        >>> load_outlets().is_agency("Reuters"), load_outlets().is_agency("Kyiv Post")
        (True, False)
        """
        return name in self.agencies

    def normal(self, name: str) -> str:
        """The usual name if the outlet is listed, else the given one, trimmed.

        >>> load_outlets().normal("NYT"), load_outlets().normal(" Ely Standard ")
        ('The New York Times', 'Ely Standard')
        """
        trimmed = " ".join(name.split())
        return self.known(trimmed) or trimmed

    def of_url(self, url: str) -> str | None:
        """The listed outlet that owns the address, None if none does.

        >>> load_outlets().of_url("https://www.kyivpost.com/post/47021")
        'Kyiv Post'
        """
        labels = domain_of(url).split(".")
        owners = (self.domains.get(".".join(labels[at:])) for at in range(len(labels)))
        return next((owner for owner in owners if owner), None)

    def credited(
        self, text: str, credits_: Iterable[Credit] | None = None
    ) -> tuple[str, str] | None:
        """The outlet that a text credits, and the crediting words; None if it credits none.

        The first of these credits to be found counts, by default of all that are listed.  A
        footer's credit comes before a dateline: the dateline names the agency that wrote the
        story, the footer the outlet that printed it.

        >>> load_outlets().credited("KYIV (Reuters) – A visit began on Wednesday.")
        ('Reuters', 'KYIV (Reuters) –')
        """
        for credit in self.credits if credits_ is None else credits_:
            part = text[:_HEAD_CHARS] if credit.where == "head" else text[-_TAIL_CHARS:]
            for match in credit.pattern.finditer(part):
                name = credit.outlet or match["outlet"]
                outlet = self.known(name) if credit.known else self.normal(name)
                if outlet:
                    return outlet, " ".join(match[0].split())
        return None


def domain_of(url: str) -> str:
    """The host of an address in lower case without ``www.``; empty if it has none.

    >>> domain_of("https://www.Reuters.com/world"), domain_of("not an address")
    ('reuters.com', '')
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if "." in host and " " not in host else ""


@cache
def load_outlets() -> Outlets:
    """The shipped outlets, read once a process.

    Raises:
        LexiconError: the list lacks a field, or a pattern is not one.
    """
    table = shipped("outlets.toml")
    names: dict[str, str] = {}
    domains: dict[str, str] = {}
    agencies = set()
    try:
        for row in table["outlet"]:
            for spelling in (row["name"], *row.get("aliases", ())):
                names.setdefault(_key(spelling), row["name"])
            domains.update(dict.fromkeys(row["domains"], row["name"]))
            if row["kind"] == "agency":
                agencies.add(row["name"])
        for name, of, spellings in _more():
            for spelling in (name, *spellings):
                names.setdefault(_exact(spelling), name)
            for domain in of:
                domains.setdefault(domain, name)
        return Outlets(names, domains, frozenset(agencies), tuple(map(credit_of, table["credit"])))
    except (KeyError, TypeError, re.error) as error:
        raise LexiconError(f"outlets.toml: {error!r}; correct that entry") from error


def _more() -> Iterator[tuple[str, list[str], list[str]]]:
    """Name, domains and other spellings of each outlet of the longer list."""
    for number, line in enumerate(lines_of("domains.tsv"), 1):
        if line and not line.startswith("#"):
            name, domains, spellings, *rest = (*line.split("\t"), "", "")
            if not domains or any(rest):
                raise LexiconError(f"domains.tsv: line {number}: write name, tab, domains")
            yield name, domains.split(), [each.strip() for each in spellings.split(";") if each]


def credit_of(row: Mapping[str, Any]) -> Credit:
    """The credit that a row of a word list describes.

    Raises:
        KeyError: the row lacks a field.
        re.error: its pattern is not one.
    """
    pattern = re.compile(row["pattern"])
    if "outlet" not in pattern.groupindex and "outlet" not in row:
        raise KeyError(f"a group named outlet in {row['pattern']}")
    return Credit(pattern, row["where"], row.get("known", False), row.get("outlet"))


def _exact(name: str) -> str:
    """The key of a lesser known outlet: "Post" alone is not The Post of Wellington."""
    return f"={' '.join(name.casefold().replace('’', chr(39)).split())}"


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split()).removeprefix("the ")
