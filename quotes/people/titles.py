"""Titles, offices and the nouns that tell a person from a body, a group or a text.

`data/titles.toml` comes in, a frozen `Titles` of word sets goes out.  All words are lower
case without full stops.  Nothing here knows articles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from quotes.errors import LexiconError
from quotes.people.spelling import Gender, gendered
from quotes.text.lists import shipped


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(listed: list[str]) -> tuple[tuple[str, ...], ...]:
    """Phrases as words, the longest first."""
    return tuple(sorted((tuple(phrase.split()) for phrase in listed), key=len, reverse=True))


def _at(section: str, key: str | None = None, read: Callable[[Any], Any] = _words) -> Any:
    """A list of the file: where it stands there, and how it is read."""
    return field(metadata={"at": (section, key, read)})


@dataclass(frozen=True, slots=True, eq=False)
class Titles:
    """The word lists of `titles.toml`, each under the heading it has there.

    Attributes:
        courtesy: title before a surname -> the gender it tells, None for either.
        title_phrases: titles of several words, whose first may be a name ("Tan Sri").
        before_first: titles that stand before a first name alone ("Sir Keith").
        offices, office_objects: words of offices; what follows "of" inside one.
        qualifiers: words of offices that are none by themselves ("foreign").
        initials: ranks and seats in capitals before a name ("DCI"), as written.
        behind: letters behind a name that are no part of it ("OBE"), as written.
        surnames: offices that are rather a surname where they stand alone ("Dean").
        given: titles that are given names too ("Dean").
        people: noun for one person -> the gender it tells, None for either.
        answers: a description's noun -> the words of an office it may mean.
        belongs: "ukrainian" -> "Ukraine".
        worlds: where a role is held ("sport") -> the words of such roles.
        firms, companies: nouns for a firm; last words of a firm's name.
        vague: words that say too little of which body is meant.
        seats: a body's noun -> the office at its head.
        owned, owned_by_name: bodies known by whose they are; those by the full name.
        stands_for: a loose noun for a body -> the noun it may go by ("team" -> "campaign").
        bare: words for several that alone are no better than a pronoun.
        related: nouns that say what somebody is to another ("deputy").
        personal: nouns that tell a man or a woman and nothing else.
        bound: articles that a hyphen binds to the name they begin ("al-Masri").
        praising: adjectives before a person's name that are no part of it.
        days: days and months that are no given names.
        acronyms: bodies whose capitals, written small, are everyday words ("WHO").
        own_pages: where texts stand that speak for the page's owner.
        finite: verbs that show the name before them to be a subject.
        fronting: openers of what stands before a main clause.
    """

    courtesy: Mapping[str, Gender | None] = _at("courtesy", read=gendered)
    title_phrases: tuple[tuple[str, ...], ...] = _at("courtesy", "phrases", _phrases)
    before_first: frozenset[str] = _at("courtesy", "first")
    abbreviated: frozenset[str] = _at("abbreviated", "words")
    offices: frozenset[str] = _at("offices", "words")
    office_objects: tuple[tuple[str, ...], ...] = _at("offices", "objects", _phrases)
    qualifiers: frozenset[str] = _at("offices", "qualifiers")
    initials: frozenset[str] = _at("offices", "initials")
    behind: frozenset[str] = _at("offices", "behind")
    surnames: frozenset[str] = _at("offices", "surnames")
    given: frozenset[str] = _at("offices", "given")
    people: Mapping[str, Gender | None] = _at("people", read=gendered)
    unnamed: frozenset[str] = _at("unnamed", "heads")
    unnamed_determiners: frozenset[str] = _at("unnamed", "determiners")
    unnamed_roles: frozenset[str] = _at("unnamed", "roles")
    personal: frozenset[str] = _at("unnamed", "personal")
    related: frozenset[str] = _at("unnamed", "related")
    groups: frozenset[str] = _at("groups", "heads")
    quantifiers: frozenset[str] = _at("groups", "quantifiers")
    bare: frozenset[str] = _at("groups", "bare")
    documents: frozenset[str] = _at("documents", "heads")
    issued: frozenset[str] = _at("documents", "issued")
    issuers: frozenset[str] = _at("documents", "issuers")
    own_pages: frozenset[str] = _at("documents", "own_pages")
    body_heads: frozenset[str] = _at("organisations", "heads")
    bodies: frozenset[str] = _at("organisations", "known", frozenset)
    body_nouns: frozenset[str] = _at("organisations", "lower")
    body_again: frozenset[str] = _at("organisations", "again")
    body_general: frozenset[str] = _at("organisations", "general")
    firms: frozenset[str] = _at("organisations", "firms")
    companies: frozenset[str] = _at("organisations", "companies")
    vague: frozenset[str] = _at("organisations", "vague")
    seats: Mapping[str, str] = _at("organisations", "seats", dict)
    owned: frozenset[str] = _at("organisations", "owned")
    owned_by_name: frozenset[str] = _at("organisations", "owned_by_name")
    stands_for: Mapping[str, str] = _at("organisations", "stands_for", dict)
    answers: Mapping[str, frozenset[str]] = _at(
        "answers", read=lambda table: {noun: _words(offices) for noun, offices in table.items()}
    )
    belongs: Mapping[str, str] = _at("belongs", read=dict)
    worlds: Mapping[str, frozenset[str]] = _at(
        "worlds", read=lambda table: {world: _words(nouns) for world, nouns in table.items()}
    )
    places: frozenset[str] = _at(
        "places", "names", lambda names: frozenset(n.lower().replace(".", "") for n in names)
    )
    openers: frozenset[str] = _at("common", "openers")
    modifiers: frozenset[str] = _at("common", "modifiers")
    praising: frozenset[str] = _at("common", "praising")
    common: frozenset[str] = _at("common", "others")
    days: frozenset[str] = _at("common", "days")
    acronyms: frozenset[str] = _at("common", "acronyms")
    particles: frozenset[str] = _at("common", "particles")
    bound: frozenset[str] = _at("common", "bound")
    postmodifiers: frozenset[str] = _at("common", "postmodifiers")
    prepositions: frozenset[str] = _at("common", "prepositions")
    clauses: frozenset[str] = _at("common", "clauses")
    finite: frozenset[str] = _at("common", "finite")
    fronting: frozenset[str] = _at("common", "fronting")

    def gender_of(self, noun: str) -> Gender | None:
        """The gender a title or a noun for a person tells.

        >>> load_titles().gender_of("spokeswoman")
        'female'
        """
        return self.courtesy.get(noun) or self.people.get(noun)


@cache
def in_any(titles: Titles, lists: str) -> frozenset[str]:
    """The words of several lists, made once: unions of long lists take their time.

    >>> "senator" in in_any(load_titles(), "offices places")
    True
    """
    return frozenset().union(*(getattr(titles, each) for each in lists.split()))


@cache
def load_titles() -> Titles:
    """The shipped word lists, read once a process.

    Raises:
        LexiconError: the file lacks one of its lists.
    """
    table = shipped("titles.toml")
    lists = {}
    try:
        for each in fields(Titles):
            section, key, read = each.metadata["at"]
            lists[each.name] = read(table[section][key] if key else table[section])
    except KeyError as error:
        raise LexiconError(f"titles.toml lacks {error}; reinstall the package") from error
    return Titles(**lists)
