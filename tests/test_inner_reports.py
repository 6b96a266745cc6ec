"""A report inside a report is found, counts once in questions, and names both who said it."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from quotes.api import Index
from quotes.index.opening import open_index
from quotes.index.write import write_article
from quotes.quotations import detect
from quotes.quotations.nested import placed
from quotes.records import AnnotatedArticle, Article, Entity, Quotation, Reading, Span, printed
from quotes.speakers import not_their_own
from quotes.text.normalised import sentences
from tests.notation import Run, program, quotation, speaker

TEXT = "Bo Dahl wrote that the tender is fair and that Ann Lee said the bridge is safe."


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line on an index of one article in which Dahl reports what Lee said."""
    path = tmp_path / "quotes.db"
    with closing(open_index(path)) as db:
        both_people = map(speaker, ("Bo Dahl", "Ann Lee"))
        people = [Entity(each.id, each.name, "person") for each in both_people]
        article = Article("a1", TEXT, outlet="Herald", published="2025-02-12")
        write_article(db, article, both(), people)
    with Index(path) as index:
        index.rebuild()
    return program(path)


def at(words: str) -> Span:
    """Where words stand in the text."""
    return Span(TEXT.index(words), TEXT.index(words) + len(words))


def both() -> tuple[Quotation, ...]:
    """Both quotations, the inner one knowing the outer."""
    outer = at("the tender is fair and that Ann Lee said the bridge is safe")
    dahl, lee = speaker("Bo Dahl"), speaker("Ann Lee")
    told = quotation("q1", outer, at("wrote"), at("Bo Dahl"), kind="indirect", speaker=dahl)
    inner = at("the bridge is safe")
    said = quotation("q2", inner, at("said"), at("Ann Lee"), kind="indirect", speaker=lee)
    return placed([told, said])


def test_what_stands_in_another_content_knows_it() -> None:
    """The inner report has the id of the outer one, which has none."""
    assert [each.within for each in both()] == [None, "q1"]


def test_words_of_an_inner_report_count_once(run: Run) -> None:
    """They are the inner speaker's; the outer one's own words are found as ever."""
    rows = json.loads(run("who-said", "bridge is safe", "--json").stdout)
    assert [(row["speaker"]["name"], row["teller"]) for row in rows] == [("Ann Lee", "Bo Dahl")]
    rows = json.loads(run("who-said", "bridge is safe", "--limit", "5", "--json").stdout)
    assert [row["speaker"]["name"] for row in rows] == ["Ann Lee"]
    (row,) = json.loads(run("who-said", "tender is fair", "--json").stdout)
    assert (row["speaker"]["name"], row["teller"]) == ("Bo Dahl", None)


def test_both_are_named(run: Run) -> None:
    """Who said it and who tells it, in text, CSV and the explanation."""
    assert "Ann Lee, as told by Bo Dahl  said" in run("who-said", "bridge").stdout
    (row,) = csv.DictReader(io.StringIO(run("by", "Ann Lee", "--csv").stdout))
    assert (row["speaker"], row["within"], row["teller"]) == ("Ann Lee", "q1", "Bo Dahl")
    assert "told by" in run("explain", "q2").stdout


def test_an_inner_report_that_does_not_count_hides_nothing(run: Run) -> None:
    """Where a filter leaves the inner one out, its words are the outer one's."""
    assert "Ann Lee" in run("who-said", "bridge", "--kind", "indirect").stdout
    assert run("who-said", "bridge", "--speaker-kind", "organisation").exit_code == 1


INSIDE = [
    ("Bo Dahl wrote: “As Ann Lee said, the bridge is safe.”", "Ann Lee", "the bridge is safe"),
    ("Bo Dahl wrote: “The staff said they were ready.”", "The staff", "they were ready"),
    ("Bo Dahl wrote: “Ann Lee told me that it has rusted.”", "Ann Lee", "that it has rusted"),
    ("Bo Dahl wrote: “Ann Lee had told staff it was shut.”", "Ann Lee", "it was shut"),
    ("Bo Dahl wrote: “We waited, and she said ‘Go home.’ We went.”", "she", "Go home."),
    ("Bo Dahl wrote: “When they said it would hold, we went.”", "they", "it would hold"),
    ("Bo Dahl wrote: “I met Ann Lee who has said it is closed.”", "who", "it is closed"),
    ("Bo Dahl wrote: “She said the U.S. Navy was there.”", "She", "the U.S. Navy was there"),
    ("Bo Dahl wrote: “According to Ann Lee, it is closed.”", "Ann Lee", "it is closed"),
]
NOT_INSIDE = [
    "Bo Dahl wrote: “The states they claimed are large.”",
    "Bo Dahl wrote: “I said so to everybody who asked.”",
    "Bo Dahl wrote: “Lee told the whole story.”",
    "Bo Dahl wrote: “The reports we read are dull.”",
]


def contents_of(text: str) -> list[tuple[str, str, str | None]]:
    """Source, content and holder of what stands inside Dahl's words."""
    start = text.index("“") + 1
    outer = Reading((Span(start, len(text) - 1),), (Span(8, 13),), (Span(0, 7),), 0.9)
    article = Article("a1", text)
    found = detect(AnnotatedArticle(article, sentences(text)), [outer])
    return [
        (printed(text, each.source), printed(text, each.content), each.within)
        for each in found
        if each.cue and each.cue[0] != Span(8, 13)
    ]


@pytest.mark.parametrize(("text", "source", "content"), INSIDE)
def test_a_report_inside_is_found_by_its_form(text: str, source: str, content: str) -> None:
    """With a clause or words in marks behind a verb of saying; it knows whose words hold it."""
    ((by, words, within),) = contents_of(text)
    assert (by, words.strip("‘’")) == (source, content)
    assert within


@pytest.mark.parametrize("text", NOT_INSIDE)
def test_other_forms_are_no_report_inside(text: str) -> None:
    """Nouns that look like verbs, what the speaker said, and a story without words."""
    assert contents_of(text) == []


def test_he_inside_marks_is_not_who_speaks() -> None:
    """Of a report inside his own direct speech; inside indirect speech he may be."""
    text = "Bo Dahl wrote: “We met, and he said it was closed.”"
    dahl = speaker("Bo Dahl")
    (outer, inner) = (
        quotation("q1", Span(16, 50), Span(8, 13), Span(0, 7), speaker=dahl),
        quotation("q2", Span(36, 49), Span(31, 35), Span(28, 30), speaker=dahl, within="q1"),
    )
    assert [each.speaker for each in not_their_own(text, [outer, inner])] == [dahl, None]
    plain = replace(outer, kind="indirect")
    assert [each.speaker for each in not_their_own(text, [plain, inner])] == [dahl, dahl]


@pytest.mark.parametrize("words", ["there", "what", "of"])
def test_a_word_that_only_points_is_no_content(words: str) -> None:
    """And is not shown."""
    text = f"Bo Dahl said {words} then."
    content, cue = Span(13, 13 + len(words)), Span(8, 12)
    article = AnnotatedArticle(Article("a1", text), sentences(text))
    assert detect(article, [Reading((content,), (cue,), (Span(0, 7),), 0.9)]) == ()


def test_a_word_that_only_joins_is_no_cue() -> None:
    """Such as "of"."""
    text = "Fear of Bo Dahl grew."
    article = AnnotatedArticle(Article("a1", text), sentences(text))
    assert detect(article, [Reading((Span(0, 4),), (Span(5, 7),), (Span(8, 15),), 0.9)]) == ()


def test_words_printed_once_are_no_two_wordings(tmp_path: Path) -> None:
    """What stands in marks in both the outer and the inner report was printed once."""
    text = "The two discussed “a new document on safety and trade between the towns,” he wrote."
    words = Span(text.index("a new"), text.index(",”"))
    outer = quotation("q1", Span(0, text.index(" he")), kind="mixed")
    inner = quotation("q2", words, Span(8, 17), Span(0, 7), kind="direct")
    article = Article("a1", text, outlet="Herald", published="2025-02-12")
    with closing(open_index(tmp_path / "quotes.db")) as db:
        write_article(db, article, placed([outer, inner]), [])
    with Index(tmp_path / "quotes.db") as index:
        index.rebuild()
        assert {row.cluster for row in index.occurrences(everything=True)} == {None}
