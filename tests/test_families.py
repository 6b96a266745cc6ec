"""Families of articles, kept up as articles come and go: as from scratch, in any order."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import in_memory

from quotes.index.write import remove_article, write_article
from quotes.quotations import find_regions
from quotes.records import Article
from quotes.wires import Fingerprint, MemoryStore, families, fingerprint, related
from quotes.wires.stored import SqliteStore, forget_families, update_families

SEEDS = Path(__file__).parents[1] / "fixtures" / "seeds"


def write(db: sqlite3.Connection, article: Article) -> None:
    """Store an article without quotations."""
    write_article(db, article, [], regions=regions_of(article))


regions_of = lru_cache(maxsize=512)(find_regions)


@lru_cache(maxsize=512)
def print_of(article: Article) -> Fingerprint:
    """An article's fingerprint, made once."""
    return fingerprint(article, regions=regions_of(article))


def state(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """All that the index says of families."""
    return {
        "families": db.execute("SELECT * FROM family ORDER BY id").fetchall(),
        "articles": db.execute(
            "SELECT id, family, family_kind, family_reason FROM article ORDER BY id"
        ).fetchall(),
        "links": db.execute("SELECT * FROM article_link ORDER BY second, first").fetchall(),
        "marks": db.execute(
            "SELECT (SELECT count(*) FROM fingerprint_due), (SELECT count(*) FROM family_stale), "
            "(SELECT count(*) FROM fingerprint_gone)"
        ).fetchall(),
    }


def from_scratch(articles: Sequence[Article]) -> dict[str, list[Any]]:
    """The same, as all articles compared at once tell it."""
    prints = [print_of(article) for article in articles]
    store = MemoryStore(prints)
    found = families(prints, [link for one in prints for link in related(one, store)])
    of = {member.article: (family.id, member) for family in found for member in family.members}
    rows = []
    for article in sorted(articles, key=lambda article: article.id):
        id_, member = of.get(article.id, (None, None))
        rows.append((article.id, id_, member and member.kind, member and member.reason))
    links = [(member.link, member.article) for _, member in of.values()]
    return {
        "families": [(f.id, f.origin, f.basis, f.first) for f in found],
        "articles": rows,
        "links": sorted(
            ((link.article, article, link.kind, link.reason) for link, article in links if link),
            key=lambda row: (row[1], row[0]),
        ),
        "marks": [(0, 0, 0)],
    }


@pytest.fixture(scope="module")
def seeds() -> list[Article]:
    """The five articles on one announcement."""
    with (SEEDS / "outlets.csv").open(encoding="utf-8") as manifest:
        return [
            Article(
                row["file"],
                (SEEDS / row["file"]).read_text(encoding="utf-8"),
                outlet=row["outlet"],
                published=row["published"],
            )
            for row in csv.DictReader(manifest)
        ]


def test_the_seeds_in_an_index(seeds: list[Article]) -> None:
    """The second is a rewrite of the first, by its dateline Reuters's."""
    db = in_memory()
    for article in seeds:
        write(db, article)
        update_families(db)
    assert state(db) == from_scratch(seeds)
    ((origin, first),) = db.execute("SELECT origin, first FROM family").fetchall()
    assert (origin, first) == ("Reuters", seeds[0].id)
    kinds = db.execute("SELECT id, family_kind FROM article WHERE family IS NOT NULL ORDER BY 1")
    assert dict(kinds) == {seeds[0].id: None, seeds[1].id: "rewrite"}


# Made-up articles


def story(seed: int, sentences: int = 14) -> list[str]:
    """Sentences of twelve words each that no other seed gives."""
    rng = random.Random(seed)
    syllables = [a + b for a in "bcdfghjklmnprst" for b in "aeiou"]
    return [
        " ".join("".join(rng.choices(syllables, k=3)) for _ in range(12)).capitalize() + "."
        for _ in range(sentences)
    ]


ONE, TWO, THREE = story(1, 20), story(2, 20), story(3, 20)
TEXTS = {
    "the whole": ONE,
    "its first half": ONE[:10],
    "its second half": ONE[10:],
    "two stories in one": ONE[:14] + TWO[:14],
    "another story": TWO,
    "with a dateline": ["ROME (AP) — Rain fell.", *TWO[:12]],
    "a third story": THREE,
}


def made(number: int, text: str, outlet: str | None, day: str | None) -> Article:
    """An article numbered so; its last line tells it from others of the same text."""
    lines = (*TEXTS[text], f"{number}.")
    return Article(f"a{number}", "\n".join(lines), outlet=outlet, published=day)


def test_chains_of_parts() -> None:
    """Two halves of one text are linked by the whole, and apart again when that goes."""
    db = in_memory()
    parts = [made(at, text, None, None) for at, text in enumerate(list(TEXTS)[:3])]
    for article in (parts[1], parts[2], parts[0]):
        write(db, article)
        update_families(db)
    assert len(state(db)["families"]) == 1
    assert state(db) == from_scratch(parts)
    remove_article(db, "a0")
    update_families(db)
    assert state(db) == from_scratch(parts[1:])
    assert not state(db)["families"]


@pytest.mark.parametrize(
    ("days", "families_"),
    [
        (("2025-01-01", "2025-02-01"), 1),
        (("2025-01-01", "2025-02-02"), 0),
        (("2025-01-01", None), 1),
        ((None, None), 1),
        (("2025-01-01T22:00:00Z", "2025"), 1),
    ],
)
def test_days_apart(days: tuple[str | None, str | None], families_: int) -> None:
    """What is printed months later is told anew; an unknown day rules nothing out."""
    db = in_memory()
    for at, day in enumerate(days):
        write(db, made(at, "the whole", f"Paper {at}", day))
    update_families(db)
    assert len(state(db)["families"]) == families_


MADE = st.builds(
    made,
    st.integers(0, 7),
    st.sampled_from(list(TEXTS)),
    st.sampled_from(["The Sun", "The Star", "Echo", None]),
    st.sampled_from(["2025-01-01", "2025-01-02", "2025-01-20", "2025-02-15", None]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), MADE),
        st.tuples(st.just("write"), MADE),
        st.tuples(st.just("remove"), st.integers(0, 7)),
        st.tuples(st.just("forget"), st.none()),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(STEPS, st.randoms(use_true_random=False))
def test_kept_up_equals_from_scratch_in_any_order(
    steps: list[tuple[str, Any]], order: random.Random
) -> None:
    """Whatever came and went, with updates after some steps only, as after a killed run."""
    db = in_memory()
    held: dict[str, Article] = {}
    for what, which in steps:
        if what == "write":
            write(db, which)
            held[which.id] = which
        elif what == "remove":
            remove_article(db, f"a{which}")
            held.pop(f"a{which}", None)
        else:
            forget_families(db)
        if order.random() < 0.6:
            update_families(db)
            assert state(db) == from_scratch(list(held.values()))
    update_families(db)
    assert state(db) == from_scratch(list(held.values()))
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    keys = db.execute("SELECT count(*) FROM fingerprint_key").fetchone()
    assert keys == (sum(len(print_of(article).keys) for article in held.values()),)


def test_the_stores_agree() -> None:
    """What shares keys with an article, and what is kept of it, in memory and in an index."""
    db = in_memory()
    articles = [made(at, text, None, None) for at, text in enumerate(TEXTS)]
    for article in articles:
        write(db, article)
    update_families(db)
    prints = [print_of(article) for article in articles]
    memory, stored = MemoryStore(prints), SqliteStore(db)
    for one in prints:
        assert stored.get(one.article) == one
        assert set(stored.sharing(one)) == set(memory.sharing(one))


def test_an_undone_update_leaves_the_index_as_it_was(seeds: list[Article]) -> None:
    """What an outer transaction undoes is taken in by the next update."""
    db = in_memory()
    for article in seeds:
        write(db, article)
    before = state(db)
    db.execute("BEGIN")
    update_families(db)
    db.execute("ROLLBACK")
    assert state(db) == before
    update_families(db)
    assert state(db) == from_scratch(seeds)
