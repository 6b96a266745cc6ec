"""Titles, offices and the nouns that tell a person from a body, a group or a text.

`data/titles.toml` comes in, a frozen `Titles` of word sets goes out.  All words are lower
case without full stops.  Nothing here knows articles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from quotes.errors import LexiconError
from quotes.people.spelling import Gender
from quotes.text.lists import shipped


@dataclass(frozen=True, slots=True, eq=False)
class Titles:
    """The word lists of `titles.toml`, each under the heading it has there.

    Attributes:
        courtesy: title before a surname -> the gender it tells, None for either.
        offices, office_objects: words of offices; what follows "of" inside one.
        initials: ranks and seats in capitals before a name ("DCI"), as written.
        behind: letters behind a name that are no part of it ("OBE"), as written.
        surnames: offices that are rather a surname where they stand alone ("Dean").
        people: noun for one person -> the gender it tells, None for either.
        answers: a description's noun -> the words of an office it may mean.
        belongs: "ukrainian" -> "Ukraine".
        firms, companies: nouns for a firm; last words of a firm's name.
        vague: words that say too little of which body is meant.
        seats: a body's noun -> the office at its head.
        owned, owned_by_name: bodies known by whose they are; those by the full name.
        stands_for: a loose noun for a body -> the noun it may go by ("team" -> "campaign").
        bare: words for several that alone are no better than a pronoun.
        personal: nouns that tell a man or a woman and nothing else.
        own_pages: where texts stand that speak for the page's owner.
        finite: verbs that show the name before them to be a subject.
        fronting: openers of what stands before a main clause.
    """

    courtesy: Mapping[str, Gender | None]
    abbreviated: frozenset[str]
    suffixes: frozenset[str]
    offices: frozenset[str]
    office_objects: tuple[tuple[str, ...], ...]
    initials: frozenset[str]
    behind: frozenset[str]
    surnames: frozenset[str]
    people: Mapping[str, Gender | None]
    unnamed: frozenset[str]
    unnamed_determiners: frozenset[str]
    unnamed_roles: frozenset[str]
    groups: frozenset[str]
    quantifiers: frozenset[str]
    bare: frozenset[str]
    personal: frozenset[str]
    documents: frozenset[str]
    issued: frozenset[str]
    issuers: frozenset[str]
    own_pages: frozenset[str]
    body_heads: frozenset[str]
    bodies: frozenset[str]
    body_nouns: frozenset[str]
    body_again: frozenset[str]
    body_general: frozenset[str]
    firms: frozenset[str]
    companies: frozenset[str]
    vague: frozenset[str]
    undescribed: frozenset[str]
    seats: Mapping[str, str]
    owned: frozenset[str]
    owned_by_name: frozenset[str]
    stands_for: Mapping[str, str]
    answers: Mapping[str, frozenset[str]]
    belongs: Mapping[str, str]
    places: frozenset[str]
    openers: frozenset[str]
    modifiers: frozenset[str]
    common: frozenset[str]
    particles: frozenset[str]
    postmodifiers: frozenset[str]
    prepositions: frozenset[str]
    clauses: frozenset[str]
    finite: frozenset[str]
    fronting: frozenset[str]

    def gender_of(self, noun: str) -> Gender | None:
        """The gender a title or a noun for a person tells.

        >>> load_titles().gender_of("spokeswoman")
        'female'
        """
        return self.courtesy.get(noun) or self.people.get(noun)


@cache
def load_titles() -> Titles:
    """The shipped word lists, read once a process.

    Raises:
        LexiconError: the file lacks one of its lists.
    """
    try:
        return _titles(shipped("titles.toml"))
    except KeyError as error:
        raise LexiconError(f"titles.toml lacks {error}; reinstall the package") from error


def _titles(table: Mapping[str, Any]) -> Titles:
    bodies = table["organisations"]
    return Titles(
        courtesy=_gendered(table["courtesy"]),
        abbreviated=_words(table["abbreviated"]["words"]),
        suffixes=_words(table["abbreviated"]["suffixes"]),
        offices=_words(table["offices"]["words"]),
        office_objects=tuple(
            sorted((tuple(o.split()) for o in table["offices"]["objects"]), key=len, reverse=True)
        ),
        initials=_words(table["offices"]["initials"]),
        behind=_words(table["offices"]["behind"]),
        surnames=_words(table["offices"]["surnames"]),
        people=_gendered(table["people"]),
        unnamed=_words(table["unnamed"]["heads"]),
        unnamed_determiners=_words(table["unnamed"]["determiners"]),
        unnamed_roles=_words(table["unnamed"]["roles"]),
        groups=_words(table["groups"]["heads"]),
        quantifiers=_words(table["groups"]["quantifiers"]),
        bare=_words(table["groups"]["bare"]),
        personal=_words(table["unnamed"]["personal"]),
        documents=_words(table["documents"]["heads"]),
        issued=_words(table["documents"]["issued"]),
        issuers=_words(table["documents"]["issuers"]),
        own_pages=_words(table["documents"]["own_pages"]),
        body_heads=_words(bodies["heads"]),
        bodies=frozenset(bodies["known"]),
        body_nouns=_words(bodies["lower"]),
        body_again=_words(bodies["again"]),
        body_general=_words(bodies["general"]),
        firms=_words(bodies["firms"]),
        companies=_words(bodies["companies"]),
        vague=_words(bodies["vague"]),
        undescribed=_words(bodies["undescribed"]),
        seats=dict(bodies["seats"]),
        owned=_words(bodies["owned"]),
        owned_by_name=_words(bodies["owned_by_name"]),
        stands_for=dict(bodies["stands_for"]),
        answers={noun: _words(offices) for noun, offices in table["answers"].items()},
        belongs=dict(table["belongs"]),
        places=frozenset(name.lower().replace(".", "") for name in table["places"]["names"]),
        openers=_words(table["common"]["openers"]),
        modifiers=_words(table["common"]["modifiers"]),
        common=_words(table["common"]["others"]),
        particles=_words(table["common"]["particles"]),
        postmodifiers=_words(table["common"]["postmodifiers"]),
        prepositions=_words(table["common"]["prepositions"]),
        clauses=_words(table["common"]["clauses"]),
        finite=_words(table["common"]["finite"]),
        fronting=_words(table["common"]["fronting"]),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _gendered(table: Mapping[str, str]) -> dict[str, Gender | None]:
    genders: dict[str, Gender | None] = dict.fromkeys(table["either"].split())
    genders |= dict.fromkeys(table["male"].split(), "male")
    genders |= dict.fromkeys(table["female"].split(), "female")
    return genders
