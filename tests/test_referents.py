"""Whom sources mean that are no names: the unnamed, groups, texts, two together, and the way."""

from __future__ import annotations

import re
from itertools import zip_longest

import pytest
from notation import marked, quotation

from quotes.people.known import People, load_people
from quotes.people.persons import Person, Role
from quotes.people.titles import load_titles
from quotes.records import AnnotatedArticle, Article, Mention, Quotation, Span
from quotes.speakers import resolve_article
from quotes.text.normalised import sentences

TITLES = load_titles()


def resolve(
    text: str,
    *,
    people: People | None = None,
    day: str = "2016-09-20",
    mentions: tuple[Mention, ...] = (),
):
    """Resolve a marked text: the n-th source goes with the n-th content and cue."""
    told = marked(text)
    plain, end = told.text, Span(len(told.text) - 1, len(told.text))
    found = [
        quotation(f"q{number:010x}", content or end, cue, source, kind="indirect")
        for number, (source, content, cue) in enumerate(
            zip_longest(told.source, told.content, told.cue)
        )
    ]
    annotated = AnnotatedArticle(Article("a", plain, published=day), sentences(plain))
    known = people or load_people()
    resolved, entities = resolve_article(
        annotated, found, people=known, titles=TITLES, mentions=mentions
    )
    return plain, resolved, entities


def who(text: str, **options) -> list[str | None]:
    """Each source's speaker, or its referent with its kind in front."""
    _, resolved, _ = resolve(text, **options)
    return [
        q.speaker.name
        if q.speaker
        else f"{q.referent.kind}: {q.referent.name}"
        if q.referent
        else None
        for q in resolved
    ]


def ids(text: str) -> list[str]:
    """The ids of the sources' referents."""
    _, resolved, _ = resolve(text)
    return [q.referent.id for q in resolved if q.referent]


NAMELESS = {
    "an unnamed source": ("[source|A U.S. source] said so.", ["unnamed: U.S. source"]),
    "details are left out of the name": (
        "[source|A U.S. source with knowledge of the matter] said so.",
        ["unnamed: U.S. source"],
    ),
    "whose spokesman is not left out": (
        "[source|A spokesman for Paul Tam] said no.",
        ["unnamed: spokesman for Paul Tam"],
    ),
    "a hedge is left out": ("[source|At least one nurse] said no.", ["unnamed: nurse"]),
    "a group": ("[source|Voters] said no.", ["group: Voters"]),
    "a group by where it is": (
        "[source|Experts from the Bridge Institute] said no.",
        ["group: Experts from the Bridge Institute"],
    ),
    "an indefinite body": (
        "[source|A small group of donors] said no.",
        ["group: small group of donors"],
    ),
    "a text": ("[source|A new poll] shows losses.", ["document: new poll"]),
    "a text behind a participle": (
        "[source|A Quorple poll released] shows losses.",
        ["document: Quorple poll released"],
    ),
    "a text on somebody's page": (
        "Mary Orr ran. [source|A paper on the Orr campaign’s website] says no.",
        ["Orr campaign"],
    ),
    "a pronoun has no name": ("[source|Some] said no. [source|Others] said yes.", [None, None]),
    "a thing is nobody": ("[source|A problem] said no.", [None]),
    "someone nobody knows": (
        "[source|Russia’s point man for trade] said no.",
        ["unnamed: Russia’s point man for trade"],
    ),
    "voters who": ("It drew voters [source|who] say no.", ["group: voters"]),
    "voters in a state, who": (
        "It drew many voters in Ohio, [source|who] say no.",
        ["group: many voters in Ohio"],
    ),
    "a nurse who": ("He met a nurse [source|who] said no.", ["unnamed: nurse"]),
    "the agency, which": (
        "It was drawn up by the State Water Agency, [source|which] says no.",
        ["State Water Agency"],
    ),
    "a body that, over an apposition": (
        "It helped Quorple, a super PAC [source|that] wants no.",
        ["Quorple"],
    ),
}

AGAIN = {
    "the source is the one before": (
        "[source|A U.S. source] said so. [source|The source] said more.",
        ["unnamed: U.S. source", "unnamed: U.S. source"],
    ),
    "the juror is the one before": (
        "[source|One juror] said so. [source|The juror] said more.",
        ["unnamed: juror", "unnamed: juror"],
    ),
    "he, after an unnamed speaker": (
        "Paul Tam left on Monday.\n[source|A senior official] said so. [source|He] said more.",
        ["unnamed: senior official", "unnamed: senior official"],
    ),
    "she, after an unnamed woman": (
        "[source|A spokeswoman] said so. [source|She] said more.",
        ["unnamed: spokeswoman", "unnamed: spokeswoman"],
    ),
    "he is not an unnamed woman": (
        "[source|A spokeswoman] said so. [source|He] said more.",
        ["unnamed: spokeswoman", None],
    ),
    "they, after a group": (
        "[source|Democrats] said so. [source|They] said more.",
        ["group: Democrats", "group: Democrats"],
    ),
    "they, after a body": (
        "[source|The Bridge Agency] said so. [source|They] said more.",
        ["Bridge Agency", "Bridge Agency"],
    ),
    "they, after a body that did something": (
        "Quorple Foods met on Monday. On Tuesday [source|they] said no.",
        ["Quorple Foods"],
    ),
    "they, with other people between": (
        "Quorple Foods met the nurses on Monday. On Tuesday [source|they] said no.",
        [None],
    ),
    "they, two persons": (
        "Mary Orr and Paul Tam met. [source|They] said no.",
        ["group: Mary Orr and Paul Tam"],
    ),
    "the two, of the last sentence": (
        "Mary Orr met with Paul Tam. [source|The two] agreed.",
        ["group: Mary Orr and Paul Tam"],
    ),
    "the two, of three": (
        "Mary Orr met Paul Tam with John Fry. [source|The two] agreed.",
        [None],
    ),
    "it, after a text": (
        "[source|The report] says so. [source|It] says more.",
        ["document: report", "document: report"],
    ),
    "it, over a person of the same paragraph": (
        "[source|The Bridge Agency] said so. [source|Mary Orr] left. It cost, [source|it] said.",
        ["Bridge Agency", "Mary Orr", "Bridge Agency"],
    ),
    "it, of a paragraph long gone": (
        "[source|The Bridge Agency] said so.\nIt rained.\nIt poured.\n[source|it] said.",
        ["Bridge Agency", None],
    ),
}

TOGETHER = {
    "two by surname": (
        "Mary Orr met Paul Tam. [source|Orr and Tam] said no.",
        "Mary Orr and Paul Tam",
        ["Mary Orr", "Paul Tam"],
    ),
    "three": (
        "[source|Mary Orr, Paul Tam and John Fry] said no.",
        "Mary Orr, Paul Tam and John Fry",
        ["Mary Orr", "Paul Tam", "John Fry"],
    ),
    "a couple": (
        "[source|Paul and Mary Orr] said no.",
        "Paul Orr and Mary Orr",
        ["Paul Orr", "Mary Orr"],
    ),
    "a family": (
        "Paul Orr met Mary Orr. [source|The Orrs] said no.",
        "Paul Orr and Mary Orr",
        ["Paul Orr", "Mary Orr"],
    ),
    "one and her aides": (
        "[source|Mary Orr and her aides] said no.",
        "Mary Orr and her aides",
        ["Mary Orr"],
    ),
}

POINTED = {
    "a pronoun before its name": (
        "John Fry slept. It rained. In [source|his] speech, Paul Tam said no.",
        ["Paul Tam"],
    ),
    "a clause before its subject": (
        "John Fry slept. When [source|he] came, Paul Tam sat down.",
        ["Paul Tam"],
    ),
    "a text that opens with a pronoun": (
        "“[content|No],” [source|he] said. Paul Tam was late.",
        ["Paul Tam"],
    ),
    "a text that opens with a pronoun of another gender": (
        "“[content|No],” [source|he] said. Mary Orr was late.",
        [None],
    ),
    "his own": ("Paul Tam left. By [source|Tam’s own] count it was late.", ["Paul Tam"]),
    "a mother, the one woman here": (
        "[source|Mary Orr] spoke. Asked again, [source|the mother of three] said no.",
        ["Mary Orr", "Mary Orr"],
    ),
    "a mother introduced before": (
        "A young mother came. [source|Mary Orr] spoke. [source|The mother] said no.",
        ["Mary Orr", "unnamed: mother"],
    ),
    "the name behind its description": (
        "Doctors disagree; [source|one], Mary Orr, [cue|said] no.",
        ["Mary Orr"],
    ),
    "the name before its description": (
        "He met Mary Orr, [source|a nurse] [cue|in fear of] rain.",
        ["Mary Orr"],
    ),
    "a clause that ends before the source": (
        "It fell on Mary Orr, [source|a nurse] [cue|said].",
        ["unnamed: nurse"],
    ),
    "the team of a campaign": (
        "Mary Orr left the Orr campaign office. [source|The Orr team] said no.",
        ["Orr campaign"],
    ),
    "a place before its state": (
        "Mary Orr, 59, of Fry, Ohio, [source|who] said no, left.",
        ["Mary Orr"],
    ),
    "a wire's credit without brackets": (
        "BRIDGETON, Feb. 12, [source|Reuters] - It rained.",
        [None],
    ),
    "a wire that speaks": ("It rained, [source|Reuters] reported.", ["Reuters"]),
    "a heading in capitals": ("SAVE MONEY [source|Mary Orr] said no.", ["Mary Orr"]),
}


@pytest.mark.parametrize("case", {**NAMELESS, **AGAIN, **POINTED})
def test_who_is_meant(case: str) -> None:
    """A source without a name is what a reader takes it to be, and never a wrong name."""
    text, expected = {**NAMELESS, **AGAIN, **POINTED}[case]
    assert who(text) == expected


@pytest.mark.parametrize("case", TOGETHER)
def test_members(case: str) -> None:
    """Several who speak are a group, and the named among them its members."""
    text, name, members = TOGETHER[case]
    _, [*_, quotation], entities = resolve(text)
    assert quotation.speaker is None
    assert quotation.referent is not None
    assert (quotation.referent.kind, quotation.referent.name) == ("group", name)
    assert [member.name for member in quotation.members] == members
    assert {member.id for member in quotation.members} < {entity.id for entity in entities}


def test_another_source_is_another() -> None:
    """ "Another source" and a second "an official" are new; the same group is the same."""
    assert ids("[source|A source] said so. [source|Another source] said no.") == [
        "source",
        "source-2",
    ]
    assert ids("[source|Voters] said so. It rained. [source|voters] said no.") == ["voters"] * 2


def test_two_quotations_of_one_source_have_one_referent() -> None:
    """The same words of the text are one source, however many quotations they have."""
    text = "A nurse said no and left."
    source = Span(0, 7)
    both = [
        Quotation(
            f"q{n:010x}", "indirect", (Span(13 + n, 15 + n),), (), (source,), "assertion", 1, "r"
        )
        for n in range(2)
    ]
    annotated = AnnotatedArticle(Article("a", text), sentences(text))
    resolved, entities = resolve_article(annotated, both, people=load_people(), titles=TITLES)
    assert {q.referent.id for q in resolved if q.referent} == {"nurse"}
    assert [entity.id for entity in entities] == ["nurse"]


def test_you_inside_a_quotation_is_the_hearer() -> None:
    """ "You" in words told to somebody means that one; elsewhere it means the reader."""
    text = "Paul Tam told Mary Orr: “I know that you think so.” You know it."

    def said(number: int, source: str, content: str, cue: str) -> Quotation:
        spans = [Span(text.index(w), text.index(w) + len(w)) for w in (content, cue, source)]
        one = [(span,) for span in spans]
        return Quotation(f"q{number:010x}", "direct", *one, "assertion", 1.0, "reader")

    found = [
        said(0, "Paul Tam", "I know that you think so.", "told"),
        said(1, "I", "that you think so", "know"),
        said(2, "you", "so.", "think"),
        said(3, "You", "it", "know it"),
    ]
    annotated = AnnotatedArticle(Article("a", text), sentences(text))
    resolved, _ = resolve_article(annotated, found, people=load_people(), titles=TITLES)
    assert [q.speaker.name if q.speaker else None for q in resolved] == [
        "Paul Tam",
        "Paul Tam",
        "Mary Orr",
        None,
    ]


WAYS = {
    "a name in full": ("[source|Mary Orr] said no.", ["Mary Orr"]),
    "a surname": ("Mary Orr left. [source|Ms. Orr] said no.", ["Ms. Orr", "Mary Orr"]),
    "a pronoun": (
        "Mary Orr came. Orr left. [source|She] said no.",
        ["She", "Orr", "Mary Orr"],
    ),
    "an office": (
        "Sen. Mary Orr left. [source|The senator] said no.",
        ["The senator", "Sen. Mary Orr"],
    ),
    "a relative": ("Mary Orr, [source|who] said no, left.", ["who", "Mary Orr"]),
    "nobody known": ("[source|She] said no.", []),
}


@pytest.mark.parametrize("case", WAYS)
def test_way_from_source_to_name(case: str) -> None:
    """The chain leads from the source's words over the mention used to the full name."""
    text, expected = WAYS[case]
    plain, [quotation], _ = resolve(text)
    assert [span.of(plain) for span in quotation.chain] == expected


def test_way_of_the_source_again() -> None:
    """ "The source" leads to where the source was introduced."""
    plain, [_, again], _ = resolve("[source|A U.S. source] said so. [source|The source] said more.")
    assert [span.of(plain) for span in again.chain] == ["The source", "A U.S. source"]


MINISTERS = People(
    [
        Person(
            "Mary Orr",
            gender="female",
            roles=(Role("Water Minister", "Poland", "2015-01-01", "2016-12-31"),),
        ),
        Person("Paul Tam", roles=(Role("Water Minister", "Poland", "2017-01-01", "2018-12-31"),)),
    ]
)


@pytest.mark.parametrize(
    ("day", "source", "expected"),
    [
        ("2016-09-20", "The Polish water minister", "Mary Orr"),
        ("2017-09-20", "The Polish water minister", "Paul Tam"),
        ("2019-09-20", "The Polish water minister", "unnamed: Polish water minister"),
        ("2016-09-20", "The German water minister", "unnamed: German water minister"),
        ("2016-09-20", "A Polish water minister", "unnamed: Polish water minister"),
    ],
)
def test_office_without_a_name_in_the_article(day: str, source: str, expected: str) -> None:
    """An office and a country mean who held it on the day, though the article names nobody."""
    assert who(f"[source|{source}] said no.", people=MINISTERS, day=day) == [expected]


def mention(text: str, words: str, kind: str, *links: tuple[int, float], nth: int = 0) -> Mention:
    """A mention by its words: the n-th place where they stand."""
    at = [found.start() for found in re.finditer(re.escape(words), text)][nth]
    return Mention(Span(at, at + len(words)), kind, links)  # type: ignore[arg-type]


TWO_MEN = "Paul Tam and John Fry met. Tam and Fry talked. [source|He] said no."


def two_men(link: tuple[int, float], through: tuple[int, float] | None = None):
    """The article of two men, its last pronoun linked as told, over a second pronoun if given."""
    text = marked(TWO_MEN).text
    mentions = [
        mention(text, "Paul Tam", "person"),
        mention(text, "John Fry", "person"),
        mention(text, "Tam", "person", (0, 0.9), nth=1),
        mention(text, "Fry", "person", (1, 0.9), nth=1),
        mention(text, "He", "pronoun", link),
    ]
    if through is not None:
        mentions.insert(4, mention(text, "talked", "role", through))
    return tuple(mentions)


def test_links_decide_what_rules_leave_open() -> None:
    """The reader's links tell which of two men "he" is, followed to the name; a weak one not."""
    assert who(TWO_MEN) == [None]
    assert who(TWO_MEN, mentions=two_men((1, 0.9))) == ["John Fry"]
    assert who(TWO_MEN, mentions=two_men((2, 0.9))) == ["Paul Tam"]
    assert who(TWO_MEN, mentions=two_men((4, 0.9), through=(3, 0.95))) == ["John Fry"]
    assert who(TWO_MEN, mentions=two_men((1, 0.1))) == [None]


def test_links_in_a_circle_end() -> None:
    """Mentions that refer to each other lead nowhere and hang nothing."""
    text = marked(TWO_MEN).text
    circle = (
        mention(text, "talked", "role", (1, 0.9)),
        mention(text, "He", "pronoun", (0, 0.9)),
    )
    assert who(TWO_MEN, mentions=circle) == [None]


def test_links_do_not_change_a_gender() -> None:
    """A link to a man does not make a man of "she"."""
    text = "Paul Tam left. [source|She] said no."
    plain = marked(text).text
    links = (mention(plain, "Paul Tam", "person"), mention(plain, "She", "pronoun", (0, 0.99)))
    assert who(text, mentions=links) == [None]


def test_links_of_descriptions_and_bodies() -> None:
    """A description that no office tells, and "they", go where the reader's links lead."""
    text = "Paul Tam met John Fry and Quorple. [source|The virtuoso lawyer] said no."
    plain = marked(text).text
    links = (
        mention(plain, "John Fry", "person"),
        mention(plain, "virtuoso lawyer", "role", (0, 0.9)),
    )
    assert who(text) == ["unnamed: virtuoso lawyer"]
    assert who(text, mentions=links) == ["John Fry"]
    text = "The Bridge Agency rested. It rained. It poured.\n[source|They] said no."
    plain = marked(text).text
    links = (
        mention(plain, "Bridge Agency", "organisation"),
        mention(plain, "They", "pronoun", (0, 0.9)),
    )
    assert who(text) == [None]
    assert who(text, mentions=links) == ["Bridge Agency"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Quorple", "person", "Quorple"),
        ("Quorple", "organisation", None),
        ("QUORPLE", "person", "QUORPLE"),
        ("Quorple", None, None),
    ],
)
def test_a_name_of_unknown_kind_is_a_person_where_the_reader_says_so(
    name: str, kind: str | None, expected: str | None
) -> None:
    """Where no list knows a name, the reader decides whether "he" may be it."""
    text = f"{name} came late. [source|He] [cue|said] [content|no]."
    mentions = () if kind is None else (mention(text, name, kind),)
    assert who(text, mentions=mentions) == [expected]
