"""Who is who across articles, kept up article by article: as from scratch, in any order."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import by_hand as hand
import pytest
from entities import stored_entities
from hypothesis import given, settings
from hypothesis import strategies as st
from identity_oracle import resolve_corpus
from notation import in_memory

from quotes.errors import QuotesError
from quotes.index.opening import open_index, transaction
from quotes.index.write import remove_article, write_article
from quotes.people.identity import apply_decisions, update_identity
from quotes.people.known import People
from quotes.people.persons import Person
from quotes.records import Article, Decision, Entity, Quotation, Span, Speaker, SpeakerKind

PEOPLE = People(
    [
        Person("Volodymyr Zelensky", aliases=("Volodymyr O. Zelensky",), wikidata="Q1"),
        Person("Donald Quump", aliases=("Donald J. Quump",), wikidata="Q2", surname=True),
        Person("Donald Quump Jr."),
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


def keep(db: sqlite3.Connection, made: Decision) -> None:
    """Put a decision back as it was, whatever others say."""
    values = [json.dumps(v) if isinstance(v, tuple) else v for v in astuple(made)]
    db.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


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
    merged = resolve_corpus(stored_entities(db), people=people, decisions=hand.stored_decisions(db))
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
            held = hand.stored_decisions(db)
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
    keep(db, made)
    with transaction(db):
        apply_decisions(db, hand.stored_decisions(db)[:-1])
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
    for decision in hand.stored_decisions(db):
        keep(again, decision)
    shuffled = sorted(written)
    order.shuffle(shuffled)
    for id_ in shuffled:
        write(again, id_, *written[id_])
        if order.random() < 0.5:
            update_identity(again, people=PEOPLE)
    update_identity(again, people=PEOPLE)
    assert state(again) == state(db)


# Merged on evidence, else apart

MERGED: dict[str, list[Named | str]] = {
    "spellings of one ending": ["Ivan Quorsky", "Ivan Quorskiy", "Ivan Quorskyy"],
    "diacritics": ["Zoltán Quorpe", "Zoltan Quorpe"],
    "middle initial": ["Mary Quorple", "Mary J. Quorple"],
    "first initial": ["Mary Quorple", "M. Quorple"],
    "roles of one world": [
        Named("Mary Quorple", role="Senator"),
        "Mary Quorple",
        Named("Mary Quorple", role="lawyer"),
    ],
    "first names that go together": [
        Named("Tim Quorple", role="Senator"),
        Named("Timothy Quorple", role="lawyer"),
    ],
    "known person by any spelling": ["Volodymyr Zelenskiy", "Volodymyr Zelensky"],
}

APART: dict[str, list[Named | str]] = {
    "first names": ["Mary Quorple", "Paul Quorple"],
    "middle initials that disagree": ["Mary J. Quorple", "Mary K. Quorple"],
    "bare surname of two articles": ["Mary Quorple", "Quorple", "Quorple"],
    "first name alone": ["Mary Quorple", "Mary"],
    "bare surname that a known person has": ["Volodymyr Zelensky", "Zelensky"],
    "roles of two worlds": [
        Named("Mary Quorple", role="police lieutenant"),
        Named("Mary Quorple", role="scientist"),
    ],
    "roles of two worlds, and none": [
        Named("Mary Quorple", role="striker"),
        Named("Mary Quorple", role="Rep."),
        "Mary Quorple",
    ],
    "first names that go together, roles of two worlds": [
        Named("Tim Quorple", role="Senator"),
        Named("Timothy Quorple", role="actor"),
    ],
    "first names that go together with two": [
        Named("Alex Quorple", role="Senator"),
        Named("Alexander Quorple", role="lawyer"),
        Named("Alexandra Quorple", role="Mayor"),
    ],
    "father and son of the people file": ["Donald Quump", "Donald Quump Jr."],
    "first initial with two bearers": ["Mary Quorple", "Mona Quorple", "M. Quorple"],
}


@pytest.mark.parametrize("case", MERGED)
def test_merged_across_articles(db: sqlite3.Connection, case: str) -> None:
    """Spellings and short forms of one name are one entity."""
    filled(db, *[[name] for name in MERGED[case]])
    assert len(entities(db)) == 1


@pytest.mark.parametrize("case", APART)
def test_apart_across_articles(db: sqlite3.Connection, case: str) -> None:
    """What may be two people stays two."""
    filled(db, *[[name] for name in APART[case]])
    assert len(entities(db)) == len(APART[case])


def test_bodies_across_articles(db: sqlite3.Connection) -> None:
    """An acronym joins the one body that goes by it; a person of the same word does not."""
    center = "Quorple Research Center"
    body = Named(center, "organisation", ("QRC", center))
    filled(db, [body], [Named("QRC", "organisation")], ["QRC"])
    assert sorted(map(sorted, entities(db).values())) == [["QRC"], ["QRC", center]]


def test_described_bodies_stay_apart(db: sqlite3.Connection) -> None:
    """ "The state power company" of one article is not that of another; a name is."""
    described = Named("State power company", "organisation", ("state power company",))
    named = Named("Quorple Foods", "organisation")
    filled(db, [described, named], [described, named])
    assert len(entities(db)) == 3


ACROSS = [
    ("in full and by surname", ["Mary Orr", "Orr"], []),
    ("an initial", ["Mary Orr", "M. Orr"],
     ["the only person in the index with that initial and surname"]),
    ("first names that go together",
     [Named("Tim Orr", role="Senator"), Named("Timothy Orr", role="lawyer")],
     ["first names that go together, same surname, like roles"]),
    ("roles of two worlds, and none",
     [Named("Mary Orr", role="striker"), Named("Mary Orr", role="Rep."), "Mary Orr"],
     ["several share first name and surname, and no role tells which one"]),
    ("an initial that two have", ["Mary Orr", "Mona Orr", "M. Orr"],
     ["several of the index have that initial and surname"]),
    ("two middle initials, and none", ["Mary J. Orr", "Mary K. Orr", "Mary Orr"],
     ["several share first name and surname, and no middle initial is given"]),
    ("spellings", ["Mary Orr", "Volodymyr Zelenskyy", "Volodymyr Zelens’kyj"], []),
]  # fmt: skip


@pytest.mark.parametrize(("names", "doubts"), [c[1:] for c in ACROSS], ids=[c[0] for c in ACROSS])
def test_doubtful_ones_say_why(
    db: sqlite3.Connection, names: list[Named | str], doubts: list[str]
) -> None:
    """What rests on weak evidence is marked, with the evidence; what is sure is not."""
    filled(db, *[[name] for name in names])
    rows = db.execute("SELECT basis FROM identity WHERE doubtful ORDER BY basis")
    assert [basis for (basis,) in rows] == doubts


def test_who_has_no_name_is_nobody_across_articles(db: sqlite3.Connection) -> None:
    """Sources without names have their article's row and no entity; alike ones never meet."""
    source = Named("a U.S. source", "unnamed", ("a U.S. source",))
    filled(db, [source, Named("voters", "group")], [source])
    assert db.execute("SELECT count(*), count(entity) FROM local_entity").fetchone() == (3, 0)
    assert db.execute("SELECT count(*), count(speaker) FROM quotation").fetchone() == (3, 0)
    assert db.execute("SELECT count(*) FROM entity").fetchone() == (0,)


def test_another_people_file_makes_all_anew(db: sqlite3.Connection) -> None:
    """A user's own people win at the next run; leaving them out brings the old state back."""
    filled(db, ["Jack Orr"], ["Bo Quirk"], ["J. J. Orr"])
    before = state(db)
    own = People([Person("Jack Orr", aliases=("J. J. Orr",), wikidata="Q9")])
    update_identity(db, people=own)
    assert_right(db, own)
    assert entities(db)["jack-orr"] == ["Jack Orr", "J. J. Orr"]
    update_identity(db, people=PEOPLE)
    assert state(db) == before


# By hand


def test_merge_moves_all_and_is_undone(db: sqlite3.Connection) -> None:
    """One id and name stay, articles to come join, and undoing leaves no trace."""
    filled(db, ["Mary Orr"], ["Maria Quorr"], ["Mary Orr"])
    before = state(db)
    made = hand.decide(db, "merge", "mary-orr", other="maria-quorr", note="married")
    assert entities(db) == {"mary-orr": ["Mary Orr", "Maria Quorr", "Mary Orr"]}
    assert db.execute("SELECT name FROM entity").fetchall() == [("Mary Orr",)]
    assert (made.subject, made.other) == ("person:Mary Orr", "person:Maria Quorr")
    write(db, "a7", ["Maria Quorr"])
    update_identity(db, people=PEOPLE)
    assert_right(db)
    assert len(entities(db)["mary-orr"]) == 4
    remove_article(db, "a7")
    assert hand.undo(db, made.number) == made
    update_identity(db, people=PEOPLE)
    assert state(db) == before


def test_split_names_another_in_some_articles(db: sqlite3.Connection) -> None:
    """Two persons of one name: one article's is the other, under a name of its own."""
    filled(db, ["Mary Orr"], ["Mary Orr"])
    hand.decide(db, "split", "mary-orr", name="Mary Orr", articles=["a1"])
    assert_right(db)
    assert len(entities(db)) == 2
    split = next(id_ for id_ in entities(db) if id_ != "mary-orr")
    hand.decide(db, "rename", split, name="Mary Orr (judge)")
    row = db.execute("SELECT name FROM entity WHERE id = ?", (split,)).fetchone()
    assert row == ("Mary Orr (judge)",)


def test_split_off_joins_whom_the_name_means(db: sqlite3.Connection) -> None:
    """A surname read as the wrong bearer is given to the right one."""
    filled(db, ["Mary Orr"], ["Paul Orr"], ["Mary Orr"])
    hand.decide(db, "split", "mary-orr", name="Paul Orr", articles=["a2"])
    assert entities(db) == {"mary-orr": ["Mary Orr"], "paul-orr": ["Paul Orr", "Mary Orr"]}


def test_alias_and_apart(db: sqlite3.Connection) -> None:
    """A name is given to somebody for good; two are never joined by weak evidence."""
    filled(db, ["Mary Orr"], ["Paul Orr"], ["Orr"], ["Mo Orr"], ["M. Orr"])
    hand.decide(db, "alias", "paul-orr", name="Orr")
    assert entities(db)["paul-orr"] == ["Paul Orr", "Orr"]
    hand.undo(db, 1)
    hand.decide(db, "apart", "m-orr", other="mo-orr")
    remove_article(db, "a0")
    update_identity(db, people=PEOPLE)
    assert_right(db)
    assert entities(db)["mo-orr"] == ["Mo Orr"]


CONFLICTS = [
    ("one already", [("merge", "mary-orr", {"other": "mary-orr"})], "one speaker already"),
    ("nobody", [("merge", "mary-orr", {"other": "bo"})], "no speaker 'bo'"),
    ("kept apart", [("apart", "mary-orr", {"other": "paul-orr"}),
     ("merge", "mary-orr", {"other": "paul-orr"})], "decision 1 "),
    ("alias of two", [("alias", "mary-orr", {"name": "Mo"}), ("alias", "paul-orr", {"name": "Mo"})],
     "decision 1 "),
    ("renamed twice", [("rename", "mary-orr", {"name": "Mo"}),
     ("rename", "mary-orr", {"name": "May"})], "decision 1 "),
    ("split where it is not", [("split", "mary-orr", {"name": "Mo", "articles": ["a1"]})],
     "is not in article 'a1'"),
    ("no name", [("rename", "mary-orr", {})], "needs a name"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "why"), [c[1:] for c in CONFLICTS], ids=[c[0] for c in CONFLICTS])
def test_what_contradicts_is_refused(db: sqlite3.Connection, told: list[Any], why: str) -> None:
    """The last is refused, names what speaks against it, and changes nothing."""
    filled(db, ["Mary Orr"], ["Paul Orr"])
    *first, (action, subject, given_) = told
    for earlier, whom, more in first:
        hand.decide(db, earlier, whom, **more)
    before = state(db)
    with pytest.raises(QuotesError, match=why):
        hand.decide(db, action, subject, **given_)
    assert state(db) == before


def test_decisions_go_to_another_index(db: sqlite3.Connection) -> None:
    """Exported and imported they do the same there, also for articles that come later."""
    filled(db, ["Mary Orr"], ["Paul Orr"], ["Orr"])
    bare = next(id_ for id_, names in entities(db).items() if names == ["Orr"])
    hand.decide(db, "merge", "paul-orr", other=bare)
    hand.decide(db, "rename", "mary-orr", name="Dr. Mary Orr")
    other = in_memory()
    assert hand.import_decisions(other, hand.stored_decisions(db)) == 2
    assert hand.import_decisions(other, hand.stored_decisions(db)) == 0
    filled(other, ["Mary Orr"], ["Paul Orr"], ["Orr"])
    assert state(other) == state(db)
