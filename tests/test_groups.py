"""Groups of wordings in the index: as from scratch, whatever came, went or was decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import by_hand as hand
import notation
import pytest
from from_scratch import groups_of
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import in_memory

from quotes.errors import IndexFileError, QuotesError
from quotes.index.opening import open_index
from quotes.index.write import remove_article, write_article
from quotes.people.known import People
from quotes.records import Article, Attitude, Kind, Quotation, Span, Variant
from quotes.rows import Rebuilt
from quotes.run.archive import rebuild, update_corpus
from quotes.utterances.groups import forget_groups, update_groups, variants_of

PEOPLE = People([])
Said = tuple[str, str | None]
"""Words and who said them."""


def write(db: sqlite3.Connection, id_: str, said: Sequence[Said], day: str | None = None) -> None:
    """Store an article in which these words are said, each in a sentence of its own."""
    notation.write(db, id_, *((words, name or "") for words, name in said), day=day)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """An empty index."""
    db = in_memory()
    yield db
    assert_right(db)
    db.close()


def update(db: sqlite3.Connection) -> None:
    """Bring everything that joins articles up to date."""
    update_corpus(db, people=PEOPLE)


# What is right


def stored_variants(db: sqlite3.Connection) -> list[Variant]:
    """Every utterance of the index."""
    return list(variants_of(db, [n for (n,) in db.execute("SELECT number FROM quotation")]))


def grouped(db: sqlite3.Connection) -> dict[str, set[str]]:
    """The members of each group, as the index has them."""
    found: dict[str, set[str]] = {}
    for cluster_, id_ in db.execute("SELECT cluster, id FROM quotation WHERE cluster IS NOT NULL"):
        found.setdefault(cluster_, set()).add(id_)
    return found


def assert_right(db: sqlite3.Connection) -> None:
    """The index says what is right from scratch, and keeps nothing that belongs to no one."""
    variants = stored_variants(db)
    assert grouped(db) == groups_of(variants)
    labels = dict(db.execute("SELECT id, text FROM cluster"))
    texts = dict(db.execute("SELECT id, text FROM quotation"))
    assert labels == {
        id_: min((texts[each] for each in members), key=lambda text: (-len(text), text))
        for id_, members in grouped(db).items()
    }
    for table in ("group_stale", "wording_stale", "cluster_stale"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    used = {row[0] for row in db.execute("SELECT wording FROM quotation")} - {None}
    assert {row[0] for row in db.execute("SELECT number FROM wording")} == used
    assert {row[0] for row in db.execute("SELECT wording FROM wording_run")} == used
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


# Any history


WORDS = st.lists(
    st.sampled_from(
        [
            "with little to show for it", "with too little to show for it", "secured",
            "tremendous progress", "the president of the United States", "a plan to end the war",
            "we will win for you", "this war must and will end soon", "billions of dollars",
        ]
    ),
    min_size=1, max_size=3,
).map(" and then ".join)  # fmt: skip
NAMES = ["Mary Orr", "Orr", "Paul Orr", "Ann Lee", "Lee"]
SAID = st.lists(st.tuples(WORDS, st.sampled_from([*NAMES, None])), max_size=3)
DAYS = st.sampled_from(["2025-02-12", "2025-02-14", "2025-03-20", None])
WRITE = st.tuples(st.just("write"), st.integers(0, 5), SAID, DAYS)
STEPS = st.one_of(
    WRITE,
    WRITE,
    st.tuples(st.just("remove"), st.integers(0, 5)),
    st.tuples(st.just("update")),
    st.tuples(
        st.just("decide"),
        st.sampled_from(["merge", "apart", "split", "assign", "alias"]),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    st.tuples(st.just("undo"), st.integers(0, 3)),
)


def take_step(db: sqlite3.Connection, step: Sequence[Any]) -> None:
    """One thing that may happen to an index."""
    match step:
        case ("write", number, said, day):
            write(db, f"a{number}", said, day)
        case ("remove", number):
            remove_article(db, f"a{number}")
        case ("update",):
            update(db)
        case ("decide", action, one, two):
            update(db)
            decide(db, action, one, two)
            assert_right(db)
        case ("undo", number):
            update(db)
            if held := hand.stored_decisions(db):
                hand.undo(db, held[number % len(held)].number)
            assert_right(db)


def decide(db: sqlite3.Connection, action: Any, one: int, two: int) -> None:
    """Decide about some two speakers of the index; what is refused changes nothing."""
    ids = [row[0] for row in db.execute("SELECT id FROM entity ORDER BY id")]
    said = [row[0] for row in db.execute("SELECT id FROM quotation ORDER BY id")]
    if not ids or not said:
        return
    subject, other = ids[one % len(ids)], ids[two % len(ids)]
    where = db.execute("SELECT min(article) FROM local_entity WHERE entity = ?", (subject,))
    articles = [row[0] for row in where if row[0]]
    try:
        hand.decide(
            db, action, subject, other=other, name="Orr Junior", articles=articles,
            quotations=[said[two % len(said)]],
        )  # fmt: skip
    except QuotesError:
        return


@settings(deadline=None, max_examples=60)
@given(st.lists(STEPS, max_size=10))
def test_any_history_gives_the_groups_of_comparing_all_with_all(steps: list[Any]) -> None:
    """Articles come, go and are read anew, speakers are decided: groups and labels are right."""
    db = in_memory()
    for step in steps:
        take_step(db, step)
    update(db)
    assert_right(db)
    db.close()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(SAID, DAYS), max_size=5), st.randoms())
def test_the_order_of_arrival_does_not_matter(articles: list[Any], random: Any) -> None:
    """The same rows, whether articles come one by one, shuffled, or all at once."""
    numbered = [(f"a{number}", *each) for number, each in enumerate(articles)]
    at_once, one_by_one = in_memory(), in_memory()
    for each in numbered:
        write(at_once, *each)
    update(at_once)
    random.shuffle(numbered)
    for each in numbered:
        write(one_by_one, *each)
        update(one_by_one)
    assert grouped(at_once) == grouped(one_by_one)
    labels = "SELECT id, text FROM cluster ORDER BY id"
    assert at_once.execute(labels).fetchall() == one_by_one.execute(labels).fetchall()


@settings(deadline=None, max_examples=30)
@given(st.lists(STEPS, max_size=8))
def test_a_rebuild_changes_nothing(steps: list[Any]) -> None:
    """Made from scratch, everything is as it was kept up; to compare leaves it alone too."""
    db = in_memory()
    for step in steps:
        take_step(db, step)
    update(db)
    before = "\n".join(db.iterdump())
    assert all(not each.changed for each in rebuild(db, people=PEOPLE, keep=False))
    assert "\n".join(db.iterdump()) == before
    made = rebuild(db, people=PEOPLE)
    assert all(not each.changed and each.before == each.now for each in made)
    assert_right(db)
    db.close()


# One by one

LONG = "we have spent billions of dollars with little to show for it"
LONGER = "we have spent billions of dollars with too little to show for it"


def told(db: sqlite3.Connection) -> list[str]:
    """What the groups are called."""
    return [text for (text,) in db.execute("SELECT text FROM cluster ORDER BY text")]


def test_a_group_is_called_by_its_longest_wording(db: sqlite3.Connection) -> None:
    """As they come, and when the longest goes again."""
    write(db, "a", [(LONG, "Ann Lee")], "2025-02-12")
    update(db)
    assert told(db) == []
    write(db, "b", [(LONG, "Ann Lee")], "2025-02-12")
    update(db)
    assert told(db) == [LONG]
    write(db, "c", [(LONGER, "Ann Lee")], "2025-02-12")
    update(db)
    assert told(db) == [LONGER]
    remove_article(db, "c")
    update(db)
    assert told(db) == [LONG]
    remove_article(db, "b")
    update(db)
    assert told(db) == []


def test_a_replaced_article_leaves_its_group(db: sqlite3.Connection) -> None:
    """What it printed before holds nobody together any more."""
    write(db, "a", [(LONG, "Ann Lee")], "2025-02-12")
    write(db, "b", [(LONGER, "Ann Lee")], "2025-02-12")
    update(db)
    assert list(grouped(db).values()) == [{"qa0", "qb0"}]
    write(db, "b", [("nothing of that kind was ever said here", "Ann Lee")], "2025-02-12")
    update(db)
    assert grouped(db) == {}


def test_a_decision_moves_groups_at_once(db: sqlite3.Connection) -> None:
    """Two words are one utterance if one person said them; undone, they are two again."""
    write(db, "a", [("tremendous progress", "Ann Lee")], "2025-02-12")
    write(db, "b", [("tremendous progress", "Bo Dahl")], "2025-02-12")
    update(db)
    assert grouped(db) == {}
    made = hand.decide(db, "merge", "ann-lee", other="bo-dahl")
    assert list(grouped(db).values()) == [{"qa0", "qb0"}]
    hand.undo(db, made.number)
    assert grouped(db) == {}


def test_a_speaker_of_another_article_changes_groups_too(db: sqlite3.Connection) -> None:
    """“A. Lee” is Ann Lee until another A. Lee is met: both articles of hers are grouped anew."""
    for id_, name in (("a", "Ann Lee"), ("b", "A. Lee")):
        write(db, id_, [("tremendous progress", name)], "2025-02-12")
    update(db)
    assert list(grouped(db).values()) == [{"qa0", "qb0"}]
    write(db, "c", [("no", "Al Lee")], "2025-02-12")
    update(db)
    assert grouped(db) == {}


def test_an_update_that_fails_changes_nothing() -> None:
    """Groups are wholly up to date or as they were; the next update makes up for it."""
    db = in_memory()
    write(db, "a", [(LONG, "Ann Lee")], "2025-02-12")
    write(db, "b", [(LONG, "Ann Lee")], "2025-02-12")
    db.execute(
        "CREATE TEMP TRIGGER no BEFORE INSERT ON cluster BEGIN SELECT raise(ABORT, 'no'); END"
    )
    with pytest.raises(IndexFileError):
        update_groups(db)
    assert db.execute("SELECT count(*) FROM group_stale").fetchone() == (2,)
    assert db.execute("SELECT count(*) FROM wording").fetchone() == (0,)
    db.execute("DROP TRIGGER no")
    update(db)
    assert_right(db)


def test_forgotten_groups_come_again(db: sqlite3.Connection) -> None:
    """Nothing is kept but the quotations, and all of them are to be grouped."""
    write(db, "a", [(LONG, "Ann Lee"), ("secured", None)], "2025-02-12")
    write(db, "b", [(LONG, "Ann Lee")], "2025-02-12")
    update(db)
    forget_groups(db)
    assert grouped(db) == {}
    assert db.execute("SELECT count(*) FROM wording").fetchone() == (0,)
    progress: list[tuple[int, int]] = []
    update_groups(db, progress=lambda *each: progress.append(each))
    assert progress == [(3, 3)]
    assert len(grouped(db)) == 1


# Rebuilding


def test_a_rebuild_mends_and_tells() -> None:
    """What somebody did to the file by other means is found and put right."""
    db = in_memory()
    for id_ in "abc":
        write(db, id_, [(LONG, "Ann Lee")], "2025-02-12")
    write(db, "d", [("no", "Bo Dahl")])
    update(db)
    db.execute("UPDATE quotation SET cluster = NULL WHERE id = 'qa0'")
    db.execute("UPDATE quotation SET speaker = 'bo-dahl' WHERE id = 'qb0'")
    compared = rebuild(db, people=PEOPLE, keep=False)
    assert compared[:2] == (
        Rebuilt("speakers", 2, 2, 2),
        Rebuilt("groups", 1, 1, 1),
    )
    assert grouped(db).popitem()[1] == {"qb0", "qc0"}
    db.execute("DELETE FROM standing")
    assert rebuild(db, people=PEOPLE) == compared
    assert_right(db)
    assert db.execute("SELECT count(DISTINCT utterance) FROM standing").fetchone() == (2,)
    assert not any(each.changed for each in rebuild(db, people=PEOPLE))


def test_a_rebuild_keeps_what_people_decided(db: sqlite3.Connection) -> None:
    """Decisions are no derived rows."""
    write(db, "a", [("tremendous progress", "Ann Lee")], "2025-02-12")
    write(db, "b", [("tremendous progress", "Bo Dahl"), ("no", None)], "2025-02-12")
    update(db)
    hand.decide(db, "merge", "ann-lee", other="bo-dahl")
    hand.decide(db, "assign", "ann-lee", quotations=["qb1"])
    assert not any(each.changed for each in rebuild(db, people=PEOPLE))
    assert len(hand.stored_decisions(db)) == 2
    assert db.execute("SELECT count(*) FROM quotation WHERE speaker = 'ann-lee'").fetchone() == (3,)


def test_a_rebuild_broken_off_leaves_the_index_as_it_was(db: sqlite3.Connection) -> None:
    """Ctrl-C in the middle costs nothing but the time."""
    write(db, "a", [(LONG, "Ann Lee")], "2025-02-12")
    write(db, "b", [(LONG, "Ann Lee")], "2025-02-12")
    update(db)
    before = "\n".join(db.iterdump())

    def interrupt(what: str, *_: int) -> None:
        if what == "groups":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(db, people=PEOPLE, progress=interrupt)
    assert "\n".join(db.iterdump()) == before


# Groups of another program


def older(*articles: Sequence[Said]) -> sqlite3.Connection:
    """An index whose first two quotations are in a group that no wording has."""
    db = in_memory()
    for number, said in enumerate(articles):
        write(db, f"a{number}", said, "2025-02-12")
    db.execute("INSERT INTO cluster VALUES ('c0', 'of old')")
    db.execute("UPDATE quotation SET cluster = 'c0' WHERE number <= 2")
    return db


def test_an_index_answers_until_it_is_grouped() -> None:
    """It keeps those groups until then; the next update makes the right ones."""
    db = older([(LONG, "Ann Lee")], [("no", "Bo Dahl")], [(LONG, "Ann Lee")])
    assert grouped(db) == {"c0": {"qa00", "qa10"}}
    update(db)
    assert list(grouped(db).values()) == [{"qa00", "qa20"}]
    assert_right(db)
    assert not any(each.changed for each in rebuild(db, people=PEOPLE))


def test_an_index_whose_articles_are_read_again() -> None:
    """A newer reader replaces them before they were grouped: no former group stays."""
    db = older([(LONG, "Ann Lee")], [(LONG, "Bo Dahl")])
    write(db, "a0", [("yes", "Ann Lee")], "2025-02-12")
    write(db, "a1", [("no", "Ann Lee")], "2025-02-12")
    update(db)
    assert_right(db)
    assert told(db) == []


# Quotations as they are compared

QUOTED = [
    ("direct", "We “must” win", ("We “must” win",)),
    ("indirect", "that they would win", ()),
    ("mixed", "aid needs to be “secured”", ("secured",)),
    ("mixed", 'it was "tremendous progress" and "a start"', ("tremendous progress", "a start")),
    ("mixed", "they ‘don’t agree’ on it", ("don’t agree",)),
    ("mixed", "the workers’ share ‘grew’", ("grew",)),
    ("mixed", "it is « un début »", (" un début ",)),
    ("mixed", "es sei „ein Anfang“", ("ein Anfang",)),
    ("mixed", "that “we will go on", ("we will go on",)),
    ("mixed", "the workers’ share won’t grow", ()),
    ("mixed", "nothing at all", ()),
]


def one(db: sqlite3.Connection, text: str, kind: Kind, attitude: Attitude) -> list[Variant]:
    """What grouping is told of an article that is one quotation."""
    quotation = Quotation("q1", kind, (Span(0, len(text)),), (), (), attitude, 0.9, "reader")
    write_article(db, Article("a1", text, "Reuters", published="2025-02-12"), [quotation])
    found = stored_variants(db)
    update(db)
    return found


@pytest.mark.parametrize(("kind", "text", "quoted"), QUOTED)
def test_quoted_parts(db: sqlite3.Connection, kind: Kind, text: str, quoted: tuple[str]) -> None:
    """What of a quotation stood in marks."""
    (variant,) = one(db, text, kind, "assertion")
    assert (variant.text, variant.quoted, variant.entity) == (text, quoted, None)
    assert (variant.article, variant.outlet, variant.published) == ("a1", "Reuters", "2025-02-12")


@pytest.mark.parametrize(
    ("text", "attitude", "said"),
    [
        ("they want “rare earths”", "assertion", True),
        ("they want “rare earths”", "eventuality", False),
        ("they want “rare earths and other things”", "eventuality", True),
        ("they want rare earths and other things", "belief", False),
    ],
)
def test_what_was_said(db: sqlite3.Connection, text: str, attitude: Attitude, said: bool) -> None:
    """What was wanted or believed was said only where words are quoted at some length."""
    assert bool(one(db, text, "mixed", attitude)) == said


def test_a_fragment_comes_with_the_words_around_it(db: sqlite3.Connection) -> None:
    """They tell occasions apart; whole words, and none for a quotation of some length."""
    before, after = "before " * 80, " after" * 80
    text = f"{before}“so sad,” she said.{after} “It was a very long day for all of us,” she said."
    short, long = text.index("so sad"), text.index("It was")
    quotations = [
        Quotation(f"q{n}", "direct", (Span(at, end),), (), (), "assertion", 0.9, "reader")
        for n, (at, end) in enumerate([(short, short + 7), (long, text.index("us,”") + 3)])
    ]
    write_article(db, Article("a1", text), quotations)
    fragment, whole = stored_variants(db)
    assert "“so sad,” she said." in fragment.context
    assert set(fragment.context.split()) == {"before", "“so", "sad,”", "she", "said.", "after"}
    assert whole.context == ""
    update(db)


def test_marks_outlive_the_connection(tmp_path: Path) -> None:
    """A run that ends between writing and grouping is made up for by the next."""
    path = tmp_path / "quotes.db"
    db = open_index(path)
    for id_ in "ab":
        write(db, id_, [(LONG, "Ann Lee")], "2025-02-12")
    db.close()
    db = open_index(path)
    update(db)
    assert len(grouped(db)) == 1
    assert_right(db)
    db.close()
