"""The first answers: the same, in the same order, as when every hit is ranked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from entities import replace_entities
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.answers import by, ranking, who_said
from quotes.index import migrate, open_index
from quotes.index.layout import MIGRATIONS, RANKS
from quotes.index.write import remove_article, write_article
from quotes.records import Article, Entity, Quotation, Span, Speaker
from quotes.utterances.ranks import forget_ranks, update_ranks

OUTLETS = (None, "Reuters", "reuters", "AFP", "Kyiv Post")
DAYS = (None, "2025-01-30", "2025-02-12", "2025-02-12T08:00:00Z", "2025-03")
WORDS = ("no", "no no", "peace", "peace now", "the peace", "no, the peace now")

# What an article prints: outlet, day, and for each quotation its words, kind, attitude, speaker.
said = st.tuples(
    st.sampled_from(WORDS),
    st.sampled_from(("direct", "indirect")),
    st.sampled_from(("assertion", "assertion", "belief")),
    st.sampled_from(("ann", "bob", "")),
)
printed = st.tuples(
    st.sampled_from(OUTLETS), st.sampled_from(DAYS), st.lists(said, min_size=1, max_size=3)
)
groupings = st.lists(st.integers(0, 4), min_size=1, max_size=8)
filters = st.fixed_dictionaries(
    {},
    optional={
        "everything": st.booleans(),
        "kind": st.sampled_from(("direct", "indirect")),
        "speaker_kind": st.sampled_from(("person", "group")),
        "outlet": st.sampled_from(("Reuters", "afp", "nowhere")),
        "since": st.sampled_from(("2025-02", "2025-02-12")),
        "until": st.sampled_from(("2025-01", "2025-02-12")),
    },
)


def write(db: sqlite3.Connection, number: int, given: tuple[Any, ...]) -> None:
    """An article `a<number>` that holds nothing but quotations."""
    outlet, day, quotations = given
    text, found = "", []
    for place, (words, kind, attitude, who) in enumerate(quotations):
        span = Span(len(text), len(text) + len(words))
        text += words + "\n"
        speaker = Speaker(who, who.title(), "person") if who else None
        id_ = f"q{number}-{place}"
        found.append(
            Quotation(id_, kind, (span,), (), (), attitude, 0.9, "reader", speaker)
        )  # fmt: skip
    article = Article(f"a{number}", text + str(number), outlet=outlet, published=day)
    write_article(db, article, found)


def group(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Give the quotations in turn to these clusters; 0: to none."""
    db.execute("DELETE FROM cluster")
    db.executemany("INSERT INTO cluster VALUES (?, '')", [(f"c{n}",) for n in {*numbers} - {0}])
    for place, (number,) in enumerate(db.execute("SELECT number FROM quotation").fetchall()):
        to = numbers[place % len(numbers)]
        cluster = f"c{to}" if to else None
        db.execute("UPDATE quotation SET cluster = ? WHERE number = ?", (cluster, number))


def name(db: sqlite3.Connection) -> None:
    """Everybody of an article is who goes by that name anywhere."""
    local = db.execute("SELECT article, id FROM local_entity").fetchall()
    people = [Entity(id_, id_.title(), "person", (id_.title(),)) for id_ in ("ann", "bob")]
    replace_entities(db, people, {(article, id_): id_ for article, id_ in local})


def empty() -> bytes:
    """An index without articles."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db)
        return db.serialize()


EMPTY = empty()


@contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    """An index in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.deserialize(EMPTY)
        db.execute("PRAGMA foreign_keys = ON")
        yield db


def stored(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """What the index holds of the standing of utterances."""
    tables = "standing ORDER BY utterance, everything, kind", "standing_words ORDER BY utterance"
    return [row for table in tables for row in db.execute(f"SELECT * FROM {table}")]


def anew(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """The same, made from the quotations alone."""
    db.execute("BEGIN")
    forget_ranks(db)
    update_ranks(db)
    rows = stored(db)
    db.execute("ROLLBACK")
    return rows


@settings(max_examples=50, deadline=None)
@given(
    articles=st.lists(printed, min_size=1, max_size=12),
    grouping=groupings,
    regrouping=groupings,
    gone=st.sets(st.integers(0, 11), max_size=3),
    questions=st.lists(
        st.tuples(st.sampled_from(WORDS), filters, st.integers(1, 9)), min_size=4, max_size=8
    ),
)
def test_the_first_answers_are_those_of_the_plain_statement(
    articles: list[tuple[Any, ...]],
    grouping: list[int],
    regrouping: list[int],
    gone: set[int],
    questions: list[tuple[str, dict[str, Any], int]],
) -> None:
    """After articles came and went and groups changed; with every filter and limit."""
    with opened() as db:
        for number, article in enumerate(articles):
            write(db, number, article)
        name(db)
        group(db, grouping)
        update_ranks(db)
        for number in gone:
            remove_article(db, f"a{number}")
        group(db, regrouping)
        update_ranks(db)
        assert stored(db) == anew(db)
        for words, chosen, limit in questions:
            whole = who_said(db, words, **chosen)
            assert who_said(db, words, **chosen, limit=limit) == whole[:limit]
            assert by(db, "Ann", **chosen, limit=limit) == by(db, "Ann", **chosen)[:limit]


def filled(db: sqlite3.Connection, *, update: bool = True) -> None:
    """Thirty articles of three utterances, two of them printed by several outlets."""
    for number in range(30):
        words = WORDS[2 + number % 3]
        given = (OUTLETS[number % 5], DAYS[number % 4], [(words, "direct", "assertion", "ann")])
        write(db, number, given)
    name(db)
    group(db, [1, 2, 0])
    if update:
        update_ranks(db)


@pytest.mark.parametrize(
    ("words", "chosen", "limit", "way"),
    [
        ("peace", {}, 1, "in order"),
        ("peace now", {}, 30, "by hits"),
        ("nobody says this", {}, 1, "by hits"),
        ("peace", {"outlet": "reuters"}, 1, "in order"),
        ("peace", {"outlet": "reuters", "since": "2026"}, 1, "all"),
        ("peace", {}, None, "all"),
        ("peace", {}, 1001, "all"),
    ],
)
def test_ways(
    words: str, chosen: Any, limit: int | None, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Common words are looked for by standing, others by their hits; all are ranked at once."""
    went: list[str] = []

    def told(way: str, answer: Any) -> Any:
        went.append(way)
        return answer

    for name_, told_as in (("ranked_all", "all"), ("_by_hits", "by hits")):
        call = getattr(ranking, name_)
        monkeypatch.setattr(
            ranking, name_, lambda *args, call=call, way=told_as: told(way, call(*args))
        )
    with opened() as db:
        filled(db)
        found = who_said(db, words, **chosen, limit=limit)
        assert (went or ["in order"]) == [way]
        assert found == who_said(db, words, **chosen)[:limit]


def test_right_before_ranks_are_brought_up_to_date() -> None:
    """Articles that were just written are found in their order."""
    with opened() as db:
        filled(db, update=False)
        before = who_said(db, "peace", limit=2)
        update_ranks(db)
        assert who_said(db, "peace", limit=2) == before == who_said(db, "peace")[:2]


CHANGES = [
    ("an outlet is corrected", "UPDATE article SET outlet = 'AFP' WHERE id = 'a1'"),
    ("a date is corrected", "UPDATE article SET published = '2024-12-31' WHERE id = 'a1'"),
    ("a group is dropped", "DELETE FROM cluster WHERE id = 'c1'"),
    ("one leaves its group", "UPDATE quotation SET cluster = NULL WHERE id = 'q0-0'"),
    ("one joins a group", "UPDATE quotation SET cluster = 'c1' WHERE id = 'q2-0'"),
    ("words are corrected", "UPDATE quotation SET search_form = 'war' WHERE id = 'q1-0'"),
    ("an article goes", "DELETE FROM article WHERE id = 'a2'"),
    ("all go", "DELETE FROM article"),
]


@pytest.mark.parametrize("statement", [each for _, each in CHANGES], ids=[n for n, _ in CHANGES])
def test_kept_through(statement: str) -> None:
    """Whatever statement changes a printing, the standing of its utterance follows."""
    with opened() as db:
        filled(db)
        db.execute(statement)
        assert db.execute("SELECT count(*) FROM standing_stale").fetchone() != (0,)
        update_ranks(db)
        assert db.execute("SELECT count(*) FROM standing_stale").fetchone() == (0,)
        assert stored(db) == anew(db)


def test_older_index(tmp_path: Path) -> None:
    """An index made before utterances had a standing answers as before, and gets it."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, MIGRATIONS[: MIGRATIONS.index(RANKS)])
        filled(db, update=False)
    with closing(open_index(path)) as db:
        before = who_said(db, "peace", limit=2)
        update_ranks(db)
        assert who_said(db, "peace", limit=2) == before == who_said(db, "peace")[:2]
        assert stored(db) == anew(db) != []
