"""An index opens in Datasette with labels, facets and search."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from entities import replace_entities

from quotes.index import datasette_metadata, open_index
from quotes.index.write import write_article
from quotes.records import Article, Entity, Quotation, Span, Speaker

datasette_app = pytest.importorskip("datasette.app")

TEXT = "Washington’s support needs to be “secured”, Trump said. He doesn’t wait."


@pytest.fixture
def index_path(tmp_path: Path) -> Path:
    """An index of one article, under a name that YAML must quote."""
    path = tmp_path / "my quotes.db"
    db = open_index(path)
    trump = Speaker("trump", "Trump", "person")
    secured = Quotation(
        "q1", "mixed", (Span(0, 42),), (Span(50, 54),), (Span(44, 49),), "assertion", 0.9,
        "reader", trump,
    )  # fmt: skip
    write_article(db, Article("a1", TEXT, outlet="Reuters", published="2025-02-12"), [secured])
    names = Entity("donald-trump", "Donald Trump", "person", ("Trump",))
    replace_entities(db, [names], {("a1", "trump"): "donald-trump"})
    db.close()
    return path


def ask(path: Path, *addresses: str) -> list[Any]:
    """What Datasette answers to each address, in process."""

    async def answers() -> list[Any]:
        served = datasette_app.Datasette(
            [str(path)], metadata=yaml.safe_load(datasette_metadata(path))
        )
        await served.invoke_startup()
        return [await served.client.get(address) for address in addresses]

    return asyncio.run(answers())


def test_speaker_and_article_are_shown_by_name(index_path: Path) -> None:
    """A foreign key is shown as the speaker's name and the article's heading."""
    (page,) = ask(index_path, "/my+quotes/quotation.json?_labels=on&_shape=objects")
    row = page.json()["rows"][0]
    assert row["speaker"] == {"value": "donald-trump", "label": "Donald Trump"}
    assert row["article"]["label"].startswith("Washington’s support needs to be “secured”,")


@pytest.mark.parametrize("words", ["secured", "“secured”", "washington's", "needs to be", "BE"])
def test_search_finds(index_path: Path, words: str) -> None:
    """The search box works on the quotation table, with either kind of mark."""
    address = f"/my+quotes/quotation.json?_search={words}&_shape=objects"
    (page,) = ask(index_path, address)
    assert [row["id"] for row in page.json()["rows"]] == ["q1"]


@pytest.mark.parametrize("words", ["insecure", "wait", "secure"])
def test_search_does_not_find(index_path: Path, words: str) -> None:
    """Parts of words and words outside quotations are no hits."""
    (page,) = ask(index_path, f"/my+quotes/quotation.json?_search={words}&_shape=objects")
    assert page.json()["rows"] == []


def test_described_query_and_pages(index_path: Path) -> None:
    """The shipped query answers, and each page of the index renders with its title."""
    asked, front, table = ask(
        index_path,
        "/my+quotes/who_said.json?words=secured&_shape=array",
        "/my+quotes",
        "/my+quotes/quotation",
    )
    assert [(row["speaker"], row["outlet"]) for row in asked.json()] == [
        ("Donald Trump", "Reuters")
    ]
    assert front.status_code == table.status_code == 200
    assert "Who said it?" in front.text
    assert "One row a quotation" in table.text
    assert "Donald Trump" in table.text


def test_metadata_names_every_table(index_path: Path) -> None:
    """Tables and columns described are those of the index, none forgotten or misspelt."""
    tables = yaml.safe_load(datasette_metadata(index_path))["databases"]["my quotes"]["tables"]
    db = open_index(index_path, readonly=True)
    stored = {
        name
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if "_fts" not in name and not name.startswith("sqlite_")
    }
    assert set(tables) == stored
    for table, described in tables.items():
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        named = {*described.get("columns", ()), *described.get("facets", ())}
        assert named | {described.get("label_column", "")} - {""} <= columns, table
    db.close()
