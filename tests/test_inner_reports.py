"""A report inside a report is found, counts once in questions, and names both who said it."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from quotes.api import Index
from quotes.index.opening import open_index
from quotes.index.write import write_article
from quotes.quotations.nested import placed
from quotes.records import Article, Entity, Quotation, Span
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
