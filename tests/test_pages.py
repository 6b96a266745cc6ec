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


FIRST = "The council met on Monday in the old town hall of Ashby."
LAST = "Nobody else spoke at the meeting, which ended at nine."
PARTS = {
    "inline quotations": (
        "<p>Marsh said: <q>He told me <q>no</q> and left.</q> She did not ask again.</p>",
        ["Marsh said: “He told me ‘no’ and left.” She did not ask again."],
    ),
    "with marks of its own": ("<p><q>“No,”</q> said Marsh.</p>", ["“No,” said Marsh."]),
    "whose words a block has": (
        "<blockquote><p>We shall build it.</p><footer>— <cite>Helen Marsh</cite></footer>"
        "</blockquote>",
        ["We shall build it.", "— Helen Marsh"],
    ),
    "a short answer": ("<p>“No.”</p>", ["“No.”"]),
    "lines": ("<p>Q: Why?<br>A: It rained.</p>", ["Q: Why?", "A: It rained."]),
    "words in bold and links": (
        '<p><b>Helen</b> <a href="/m">Marsh</a> said <i>no</i>.</p>',
        ["Helen Marsh said no."],
    ),
    "comments of the page's makers": ("<p>She <!-- name --> said no.</p>", ["She said no."]),
    "a post with its signature": (
        '<blockquote class="twitter-tweet"><p>No bridge, no town. https://t.co/x1</p>&mdash; Marsh '
        '(@hmarsh) <a href="#">May 2, 2025</a></blockquote>',
        ["No bridge, no town.", "— Marsh (@hmarsh) May 2, 2025"],
    ),
    "a caption": ("<figure><img><figcaption>“No,” she said.</figcaption></figure>", []),
    "a link to another story": ('<p><a href="/x">Mayor says “never” to bridge</a></p>', []),
    "a sentence that is a link": (
        '<p><a href="/x">The mayor resigned last week.</a></p>',
        ["The mayor resigned last week."],
    ),
}


@pytest.mark.parametrize("case", PARTS)
def test_parts_of_a_story(case: str, tmp_path: Path) -> None:
    """What is kept of it, as a browser shows it."""
    inner, lines = PARTS[case]
    source = f"<html><body><article><p>{FIRST}</p>{inner}<p>{LAST}</p></article></body></html>"
    (tmp_path / "a.html").write_text(source, encoding="utf-8")
    (article,) = read_articles([tmp_path / "a.html"])
    assert isinstance(article, Article)
    assert article.text.split("\n") == [FIRST, *lines, LAST]


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
