"""Which words of a text are names, and who of one article is the same, in names of all kinds."""

from __future__ import annotations

import re
from itertools import zip_longest

import pytest
from notation import marked, quotation

from quotes.people.known import People
from quotes.people.persons import Person, Role
from quotes.people.titles import load_titles
from quotes.records import AnnotatedArticle, Article, Mention, MentionKind, Span
from quotes.speakers import resolve_article
from quotes.speakers.names import find_names
from quotes.text.normalised import sentences

TITLES, NOBODY_KNOWN = load_titles(), People(())

# A sentence, and the title and the name found in it; an everyday word is no name by itself.
ONE_NAME = {
    "article bound by a hyphen": ("At noon Ali al-Harbi closed the gate.", "", "Ali al-Harbi"),
    "it begins the name": ("Later al-Harbi closed the gate again.", "", "al-Harbi"),
    "french particle": ("The museum hired Claire des Ormes last spring.", "", "Claire des Ormes"),
    "elided particle": ("They wrote to Henri d’Aubigny about the matter.", "", "Henri d’Aubigny"),
    "irish particle": ("The song is by Seán Ó Faoláin and nobody else.", "", "Seán Ó Faoláin"),
    "given name that is a verb": ("Will Tanner walked home from there.", "", "Will Tanner"),
    "verb that is a given name": ("Will Tanner’s plan work in the end?", "", "Tanner"),
    "surname that is a word": ("They all liked Rosa Field from the start.", "", "Rosa Field"),
    "day before a name": ("On Monday Farid Rahimi wrote to them.", "", "Farid Rahimi"),
    "day in a name": ("They read it in the Sunday Mirror that week.", "", "Sunday Mirror"),
    "indian title": ("In court Smt Kavita Rao denied everything.", "Smt", "Kavita Rao"),
    "malay title": ("In court Datuk Seri Ismail Noor denied it.", "Datuk Seri", "Ismail Noor"),
    "nigerian title": ("In court Alhaja Amina Bello denied it.", "Alhaja", "Amina Bello"),
    "irish title": ("All waited for Taoiseach Aoife Byrne to speak.", "Taoiseach", "Aoife Byrne"),
    "rank in capitals": ("All waited for ASP Grace Nwosu to speak.", "ASP", "Grace Nwosu"),
    "trade before a name": ("All waited for Nurse Helen Abbey to speak.", "Nurse", "Helen Abbey"),
    "trade before a name of no list": (
        "Villager Nqobizitha Quorpe waited for them all day.",
        "Villager",
        "Nqobizitha Quorpe",
    ),
    "praise before a name": ("Heartbroken Helen Abbey waited for them.", "", "Helen Abbey"),
    "name in full behind an initial": ("In the end T. Quorpe walked home.", "", "T. Quorpe"),
    "office with its body": (
        "The vote was lost by Minister of State Paula Quint in the end.",
        "Minister of State",
        "Paula Quint",
    ),
    "country of two words": ("They read the New Zealand Courier first.", "", "New Zealand Courier"),
    "body with a place": ("They owed it all to the Bank of Bergen again.", "", "Bank of Bergen"),
    "capitals that are a word": ("They asked the WHO what it meant.", "", "WHO"),
    "firm with its domain": ("They sued Quorple.com Inc. in spring.", "", "Quorple.com Inc"),
    "bill is a given name": ("It was Senator Bill Tarn who sued.", "Senator", "Bill Tarn"),
    "dean is a given name": ("In the end Dean Tarn walked home.", "", "Dean Tarn"),
    "poll of a body": ("It was a Roe University Poll that said so.", "", "Roe University"),
}  # fmt: skip

# A marked text, and who speaks at each source.
WHO = {
    "everyday surname": (
        "Grace Field came late. [source|Field] said no.",
        ["Grace Field"],
    ),
    "title that is a surname": (
        "Wayne Bishop came late. [source|Bishop] said no. [source|Mr. Bishop] left.",
        ["Wayne Bishop"] * 2,
    ),
    "courtesy before an everyday surname": (
        "Anna Lowe White came late. [source|Ms. White] said no.",
        ["Anna Lowe White"],
    ),
    "sir and the first name": (
        "Sir Nigel Tarn came late. [source|Sir Nigel] said no.",
        ["Nigel Tarn"],
    ),
    "surname first": (
        "Seo Min-ji and Gu Ha-rin came late. [source|Ms. Seo] said no.",
        ["Seo Min-ji"],
    ),
    "first of two surnames": (
        "Ramón Quiroga Vela came late. [source|Quiroga] said no.",
        ["Ramón Quiroga Vela"],
    ),
    "article bound by a hyphen": (
        "Yusuf al-Harbi came late. [source|Al-Harbi] said no. [source|al-Harbi] left.",
        ["Yusuf al-Harbi"] * 2,
    ),
    "firm in short": (
        "Tarnwell Corp fell by half. [source|Tarnwell] said no.",
        ["Tarnwell Corp"],
    ),
    "father and son": (
        "Carl Tarn Sr. and Carl Tarn Jr. came late. [source|Carl Tarn Jr.] said no.",
        ["Carl Tarn Jr."],
    ),
    "name that is stressed": (
        "Mona Tarn came late. [source|Tarn herself] said no.",
        ["Mona Tarn"],
    ),
    "office with its body before the name": (
        "It rained. [source|Deputy director of Harbour Works Brian Tarn] said no.",
        ["Brian Tarn"],
    ),
    "office in a ministry before the name": (
        "They spoke late into the night. [source|Minister in the Ministry of Finance Brian "
        "Tarn] said no, once more.",
        ["Brian Tarn"],
    ),
    "two offices of one": (
        "It rained. [source|President and Chief Executive Officer of Tarnwell Delia Orr] said no.",
        ["Delia Orr"],
    ),
    "body before a courtesy title": (
        "It rained. [source|Leader of Harbour Business Dr Brian Tarn] said no.",
        ["Brian Tarn"],
    ),
    "another one, named": (
        "It rained. [source|Another villager, Brian Tarn,] said no.",
        ["Brian Tarn"],
    ),
    "body in short": (
        "They read Tarn Magazine all day. [source|Tarn] said no.",
        ["Tarn Magazine"],
    ),
    "body and person one behind the other": (
        "Speaking to the Bergen Post [source|Delia Orr] said no to them.",
        ["Delia Orr"],
    ),
    "police of a country are no body, those of a name are": (
        "It rained. [source|German police] said no. [source|The Tarnwell police] said yes.",
        [None, "Tarnwell police"],
    ),
    "title against the first name": (
        "Jean Quorpe came late with them. [source|Mr. Quorpe] said no to it.",
        ["Jean Quorpe"],
    ),
    "members of a party are no body": (
        "It rained. [source|House Republicans] said no.",
        [None],
    ),
}


@pytest.mark.parametrize("case", ONE_NAME)
def test_name_and_title(case: str) -> None:
    """A name is found whole, without its title and without what stands before it."""
    text, title, name = ONE_NAME[case]
    found = [n for n in find_names(text, TITLES, NOBODY_KNOWN) if not n.common]
    assert [(n.title, n.text) for n in found] == [(title, name)]


@pytest.mark.parametrize("case", WHO)
def test_same_within_an_article(case: str) -> None:
    """Short forms of one article's names mean who is named in full, without any people file."""
    text, expected = WHO[case]
    told = marked(text)
    found = [
        quotation(f"q{number:010x}", told.source[0], None, source, kind="indirect")
        for number, (source, _) in enumerate(zip_longest(told.source, expected))
    ]
    annotated = AnnotatedArticle(Article(id="a", text=told.text), sentences(told.text))
    resolved, _ = resolve_article(annotated, found, people=NOBODY_KNOWN, titles=TITLES)
    assert [q.speaker.name if q.speaker else None for q in resolved] == expected


# A text, what the reader calls which of its words, and the kind of who speaks (None: nobody).
TAGGED: dict[str, tuple[str, list[tuple[str, MentionKind]], tuple[str, str] | None]] = {
    "body of one word": (
        "It rained. [source|Quorple] said no. Later they sued Quorple.",
        [("Quorple", "organisation")],
        ("Quorple", "organisation"),
    ),
    "person of one word": (
        "It rained. [source|Quorpé] said no. Later they met Quorpé.",
        [("Quorpé", "person")],
        ("Quorpé", "person"),
    ),
    "plural that opens a sentence": (
        "It rained. [source|Quorpologists] said no.",
        [],
        None,
    ),
    "adjective before a name": (
        "It rained. [source|Brave Nomvula Quorpe] said no.",
        [("Nomvula Quorpe", "person")],
        ("Nomvula Quorpe", "person"),
    ),
    "surname that is a word for a text": (
        "Ida M. Song came late. [source|Song] said no.",
        [("Ida M. Song", "person"), ("Song", "person")],
        ("Ida M. Song", "person"),
    ),
}


@pytest.mark.parametrize("case", TAGGED)
def test_the_reader_leads(case: str) -> None:
    """What the reader calls a name decides where no list knows it, and where it begins."""
    text, tags, expected = TAGGED[case]
    told = marked(text)
    mentions = [
        Mention(Span(at.start(), at.end()), kind)
        for words, kind in tags
        for at in re.finditer(rf"\b{words}\b", told.text)
    ] or [Mention(Span(0, 2), "pronoun")]
    found = [quotation("q0", told.source[0], None, told.source[0], kind="indirect")]
    annotated = AnnotatedArticle(Article(id="a", text=told.text), sentences(told.text))
    (resolved,), _ = resolve_article(
        annotated, found, people=NOBODY_KNOWN, titles=TITLES, mentions=sorted_by_place(mentions)
    )
    who = resolved.speaker
    assert (who and (who.name, who.kind)) == expected


def sorted_by_place(mentions: list[Mention]) -> list[Mention]:
    """In text order, of those that overlap only the widest."""
    ordered = sorted(mentions, key=lambda m: (m.span.start, -m.span.end))
    return [
        each
        for n, each in enumerate(ordered)
        if not any(before.span.end > each.span.start for before in ordered[:n])
    ]


# A text, and the role of its one speaker.
ROLES = {
    "before the name": (
        "[source|Utah health secretary Ida Tarn] said no.",
        "Utah health secretary",
    ),
    "a verb is no part of it": (
        "Many people here think Utah regime leader [source|Ida Tarn] said no.",
        "Utah regime leader",
    ),
    "nor is the rest of the sentence": (
        "That was told yesterday by the committee’s deputy chairwoman, [source|Ida Tarn], once.",
        "deputy chairwoman",
    ),
    "with what it is of": (
        "That was told yesterday by Chief of Staff [source|Ida Tarn], once.",
        "Chief of Staff",
    ),
    "whose relative": ("Later on, Paul Orr’s wife, [source|Ida Tarn], said no.", "Paul Orr’s wife"),
    "nobody’s relative": ("Later on, as they said, his wife, [source|Ida Tarn], said no.", None),
    "no noun for a person": ("Last year, under pressure, [source|Ida Tarn] said no.", None),
}


@pytest.mark.parametrize("case", ROLES)
def test_a_role_is_right_or_absent(case: str) -> None:
    """A role is the noun phrase of an office or trade, never a piece of the sentence."""
    text, expected = ROLES[case]
    told = marked(text)
    found = [quotation("q0", told.source[0], None, told.source[0], kind="indirect")]
    annotated = AnnotatedArticle(Article(id="a", text=told.text), sentences(told.text))
    _, (entity,) = resolve_article(annotated, found, people=NOBODY_KNOWN, titles=TITLES)
    assert (entity.name, entity.role) == ("Ida Tarn", expected)


def test_an_office_means_its_holder_and_not_the_family() -> None:
    """ "President Roe" is not one of the children, even where only they are named in full."""
    known = People([Person("Carl Tarn", roles=(Role("President", "Utah", "2020-01-01"),))])
    told = marked("Mia Tarn came late with a friend. [source|President Tarn] said no to them.")
    found = [quotation("q0", told.source[0], None, told.source[0], kind="indirect")]
    article = Article(id="a", text=told.text, published="2024-01-01")
    annotated = AnnotatedArticle(article, sentences(told.text))
    (resolved,), _ = resolve_article(annotated, found, people=known, titles=TITLES)
    assert resolved.speaker is not None
    assert resolved.speaker.name == "Carl Tarn"
