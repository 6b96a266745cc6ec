"""Made-up pages in the shapes of real sites: who published what, and when, and the story."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from quotes.ingest.files import read_articles
from quotes.quotations import find_regions
from quotes.records import Article, printed
from quotes.run.article import ArticleResult, load_steps, read_batch

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
EXPECTED = {
    row["page"]: row
    for row in map(json.loads, (PAGES / "expected.jsonl").read_text("utf-8").splitlines())
}
FIELDS = ("outlet", "published", "title")


def page(name: str) -> Article:
    """The article of one of the pages."""
    (article,) = read_articles([PAGES / f"{name}.html"])
    assert isinstance(article, Article), article
    return article


def story(article: Article) -> list[str]:
    """The lines of the story, without those that are known to be none of it."""
    beside = [region.span for region in find_regions(article)]
    text, lines, at = article.text, [], 0
    for line in text.split("\n"):
        if line.strip() and not any(span.start <= at < span.end for span in beside):
            lines.append(line)
        at += len(line) + 1
    return lines


def says_all(result: ArticleResult, expected: Mapping[str, Any]) -> list[str]:
    """What is wrong with the quotations in marks: each is expected, none is missing."""
    text = result.annotated.article.text
    found = [
        (each.speaker.name if each.speaker else "", printed(text, each.content))
        for each in result.quotations
        if each.kind != "indirect"
    ]
    wanted = [(name, words) for name, words in expected["quotations"]]
    missing = [
        f"missing: {name}: {words}"
        for name, words in wanted
        if not any(who.endswith(name) and words in said for who, said in found)
    ]
    strange = [
        f"strange: {who}: {said}"
        for who, said in found
        if not any(words in said for _, words in wanted)
    ]
    return missing + strange


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_page_says_of_itself(name: str) -> None:
    """Outlet, title, and the time of its publication, as an instant."""
    article, expected = page(name), EXPECTED[name]
    assert {field: getattr(article, field) for field in FIELDS} == {
        field: expected[field] for field in FIELDS
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_story_of_a_page(name: str) -> None:
    """All of its paragraphs, each once, and nothing else."""
    assert story(page(name)) == EXPECTED[name]["paragraphs"]


@pytest.mark.model
def test_quotations_of_the_pages() -> None:
    """What is said in the stories, by whom, and nothing from beside them."""
    steps = load_steps()
    results = read_batch([page(name) for name in EXPECTED], steps)
    faults = {}
    for (name, expected), result in zip(EXPECTED.items(), results, strict=True):
        assert isinstance(result, ArticleResult)
        if wrong := says_all(result, expected):
            faults[name] = wrong
    assert faults == {}
