"""Who is who across articles, kept up article by article: as from scratch, in any order."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes import decisions as hand
from quotes.errors import QuotesError
from quotes.identity import apply_decisions, update_identity
from quotes.index import remove_article, stored_entities, write_article
from quotes.lexicon.people import People, Person
from quotes.records import Article, Entity, Quotation, Span, Speaker, SpeakerKind
from quotes.resolve import resolve_corpus
from quotes.schema import migrate, open_index, transaction

PEOPLE = People(
    [
        Person("Volodymyr Zelensky", aliases=("Volodymyr O. Zelensky",), wikidata="Q1"),
        Person("Donald Quump", aliases=("Donald J. Quump",), wikidata="Q2", surname=True),
        Person("Anna Quirk"),
    ]
)


@dataclass(frozen=True)
class Named:
    """An entity of a made-up article: its name, other names, kind and role."""

    name: str
    kind: SpeakerKind = "person"
    aliases: tuple[str, ...] = ()
    role: str | None = None


def write(db: sqlite3.Connection, id_: str, named: Sequence[Named | str], day: str = "") -> None:
    """Store an article in which each of `named` says something."""
    entities, quotations = [], []
    for number, each in enumerate(Named(n) if isinstance(n, str) else n for n in named):
        local = f"{each.name.lower().replace(' ', '-')}-{number}"
        aliases = each.aliases or (each.name,)
        entities.append(Entity(local, each.name, each.kind, aliases, each.role))
        who = Speaker(local, each.name, each.kind)
        unnamed = each.kind not in {"person", "organisation"}
        quotations.append(
            Quotation(
                f"q{id_}{number}", "direct", (Span(0, 2),), (), (), "assertion", 0.9, "marks",
                speaker=None if unnamed else who, referent=who if unnamed else None,
            )
        )  # fmt: skip
    text = f"No. {id_} {named}"
    write_article(db, Article(id_, text, published=day or None), quotations, entities)


def state(db: sqlite3.Connection) -> dict[str, Any]:
    """All that the index says of identity, without row numbers."""
    return {
        "entities": db.execute(
            "SELECT id, name, kind, role, wikidata, search_form FROM entity ORDER BY id"
        ).fetchall(),
        "aliases": db.execute("SELECT entity, alias FROM alias ORDER BY 1, 2").fetchall(),
        "locals": db.execute(
            "SELECT l.article, l.id, l.entity, i.basis, i.doubtful FROM local_entity l "
            "JOIN identity i ON i.local_entity = l.number ORDER BY 1, 2"
        ).fetchall(),
        "speakers": db.execute("SELECT id, speaker FROM quotation ORDER BY 1").fetchall(),
        "forms": db.execute(
            "SELECT key, part, uses, own, entity, basis, doubtful FROM form ORDER BY 1, 2"
        ).fetchall(),
        "facts": db.execute(
            "SELECT f.key, f.part, x.fact, x.value, x.uses FROM form_fact x "
            "JOIN form f ON f.number = x.form ORDER BY 1, 2, 3, 4"
        ).fetchall(),
        "stale": db.execute("SELECT count(*) FROM form_stale").fetchone(),
    }


def from_scratch(db: sqlite3.Connection, people: People = PEOPLE) -> dict[str, Any]:
    """The same, as `resolve_corpus` says it of the stored articles and decisions."""
    merged = resolve_corpus(stored_entities(db), people=people, decisions=hand.decisions(db))
    rows = db.execute("SELECT article, id FROM local_entity ORDER BY 1, 2").fetchall()
    said = db.execute(
        "SELECT q.id, l.article, l.id FROM quotation q "
        "JOIN local_entity l ON l.number = q.local_entity ORDER BY 1"
    ).fetchall()
    return {
        "entities": [(e.id, e.name, e.kind, e.role, e.wikidata) for e in merged.entities],
        "aliases": [(e.id, alias) for e in merged.entities for alias in e.aliases],
        "locals": [(*row, merged.of.get(row), *merged.basis.get(row, ("", False))) for row in rows],
        "speakers": [(id_, merged.of.get((article, local))) for id_, article, local in said],
    }


def assert_right(db: sqlite3.Connection, people: People = PEOPLE) -> None:
    """The index says what is right from scratch."""
    now, right = state(db), from_scratch(db, people)
    now["entities"] = [row[:5] for row in now["entities"]]
    assert {key: now[key] for key in right} == right
    assert now["stale"] == (0,)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty index."""
    db = open_index(tmp_path / "quotes.db")
    yield db
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def filled(db: sqlite3.Connection, *articles: Iterable[Named | str]) -> sqlite3.Connection:
    """The index with these articles, numbered from a0."""
    for number, named in enumerate(articles):
        write(db, f"a{number}", list(named))
    update_identity(db, people=PEOPLE)
    assert_right(db)
    return db


def entities(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Names as written in the articles, by the entity they mean."""
    rows = db.execute("SELECT entity, name FROM local_entity ORDER BY article, id").fetchall()
    found: dict[str, list[str]] = {}
    for entity, name in rows:
        found.setdefault(entity, []).append(name)
    return found


NAMES = [
    "Mary Orr", "Mary J. Orr", "Mary K. Orr", "M. Orr", "Orr", "Paul Orr", "Paul Orr Jr.",
    "Zelensky", "Jon Zelenskiy", "Volodymyr Zelenskyy", "Donald Quump", "Quump", "Ida Quump",
    "Donald Quump Jr.", "Quirk", "Bo Quirk", "Orr Research Center", "ORC", "Orr Rail Company",
]  # fmt: skip

LOCALS = st.builds(
    Named,
    st.sampled_from(NAMES),
    st.sampled_from(["person", "person", "person", "organisation", "organisation", "unnamed"]),
    st.sampled_from([(), (), ("ORC",), ("Orr", "Mary"), ("rail company",)]),
    st.sampled_from([None, None, "minister", "judge"]),
)
DAYS = st.sampled_from(["", "2025-01-01", "2025-02-01"])
ARTICLES = st.lists(st.tuples(st.lists(LOCALS, max_size=4), DAYS), max_size=6)


ACTIONS = st.tuples(
    st.sampled_from(["merge", "merge", "split", "rename", "alias", "apart"]),
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from([*NAMES, "Somebody Else"]),
)
STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 5), st.lists(LOCALS, max_size=4), DAYS),
    st.tuples(st.just("write"), st.integers(0, 5), st.lists(LOCALS, max_size=4), DAYS),
    st.tuples(st.just("remove"), st.integers(0, 5)),
    st.tuples(st.just("decide"), ACTIONS),
    st.tuples(st.just("undo"), st.integers(0, 3)),
)


def in_memory() -> sqlite3.Connection:
    """An empty index that costs no disk."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    migrate(db)
    return db


def take_step(db: sqlite3.Connection, step: Sequence[Any]) -> None:
    """One thing that may happen to an index; decisions that are refused change nothing."""
    match step:
        case ("write", number, named, day):
            write(db, f"a{number}", named, day)
        case ("remove", number):
            remove_article(db, f"a{number}")
        case ("decide", (action, one, two, name)):
            try_deciding(db, action, one, two, name)
        case ("undo", number):
            held = hand.decisions(db)
            if held:
                hand.undo(db, held[number % len(held)].number)


def try_deciding(db: sqlite3.Connection, action: Any, one: int, two: int, name: str) -> None:
    """Decide about some two entities of the index, if there are any."""
    update_identity(db, people=PEOPLE)
    ids = [id_ for (id_,) in db.execute("SELECT id FROM entity ORDER BY id")]
    if not ids:
        return
    subject, other = ids[one % len(ids)], ids[two % len(ids)]
    rows = db.execute("SELECT article FROM local_entity WHERE entity = ? ORDER BY 1", (subject,))
    articles = [article for (article,) in rows][:1]
    before = state(db)
    try:
        made = hand.decide(db, action, subject, other=other, name=name, articles=articles)
    except QuotesError:
        assert state(db) == before
        return
    after = state(db)
    hand.undo(db, made.number)
    assert state(db) == before
    db.execute(
        "INSERT INTO decision (number, action, subject, other, name, articles, note, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (made.number, made.action, made.subject, made.other, made.name,
         json.dumps(made.articles), made.note, made.at),
    )  # fmt: skip
    with transaction(db):
        apply_decisions(db, hand.decisions(db)[:-1])
    assert state(db) == after


@given(st.lists(STEPS, max_size=14), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_kept_up_equals_from_scratch_in_any_order(steps: list[Any], order: random.Random) -> None:
    """Whatever came, went and was decided: as from scratch, and as in any other order.

    Updates come after some steps and not after others, as after a killed run.
    """
    db = in_memory()
    written: dict[str, Any] = {}
    for step in steps:
        take_step(db, step)
        if step[0] == "write":
            written[f"a{step[1]}"] = step[2:]
        elif step[0] == "remove":
            written.pop(f"a{step[1]}", None)
        if order.random() < 0.7:
            update_identity(db, people=PEOPLE)
            assert_right(db)
    update_identity(db, people=PEOPLE)
    assert_right(db)
    again = in_memory()
    again.executemany(
        "INSERT INTO decision (number, action, subject, other, name, articles, note, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        db.execute("SELECT * FROM decision").fetchall(),
    )
    shuffled = sorted(written)
    order.shuffle(shuffled)
    for id_ in shuffled:
        write(again, id_, *written[id_])
        if order.random() < 0.5:
            update_identity(again, people=PEOPLE)
    update_identity(again, people=PEOPLE)
    assert state(again) == state(db)
