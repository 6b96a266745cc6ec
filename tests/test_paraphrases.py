"""One statement in different words: what is decided, and that the index keeps up with it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import in_memory

from quotes.index.write import remove_article, write_article
from quotes.paraphrases import forget_paraphrases, update_paraphrases
from quotes.paraphrases.compare import (
    Statement,
    comparable,
    compare,
    resembling,
    similarity,
    tell,
)
from quotes.records import Article, Kind, Quotation, Span

NEAR, FAR = bytes([100, 20, 30]), bytes([256 - 90, 70, 10])


def statement(text: str, cue: str = "said", **other: object) -> Statement:
    """A report by one speaker on one day, in an article of its own, its vector `NEAR`."""
    made = Statement(0, text, None, None, "ann-lee", 10, "indirect", "assertion", text, cue, NEAR)
    return replace(made, **other)  # type: ignore[arg-type]


def alike(one: Statement, other: Statement) -> bool:
    """Whether they are taken for one statement."""
    return comparable(one, other) and similarity(compare(one, other)) is not None


CONDITIONS = statement("that all conditions of the Kremlin must be met in full")
SATISFIED = statement("all Kremlin conditions must be fully satisfied")

SAME = {
    "other words": (CONDITIONS, SATISFIED),
    "one in quotation marks": (CONDITIONS, replace(SATISFIED, kind="direct")),
    "three days later": (CONDITIONS, replace(SATISFIED, day=13)),
    "both deny": (
        statement("that the Kremlin conditions will not be met"),
        statement("the Kremlin conditions would never be met"),
    ),
    "a topic in a rewrite": (
        statement("to ratchet up sanctions on Gazprom", family="w1"),
        statement("intensifying sanctions on Gazprom", family="w1", vector=bytes([90, 40, 30])),
    ),
}
OTHER = {
    "nothing shared": (CONDITIONS, statement("that taxes would rise")),
    "vectors apart": (CONDITIONS, replace(SATISFIED, vector=FAR)),
    "one denies": (CONDITIONS, statement("that all Kremlin conditions must not be met in full")),
    "one verb denies": (CONDITIONS, replace(SATISFIED, cue="denied")),
    "other numbers": (
        statement("that 300 soldiers will leave Kharkiv"),
        statement("that 500 soldiers will leave Kharkiv"),
    ),
    "four days later": (CONDITIONS, replace(SATISFIED, day=14)),
    "one article": (CONDITIONS, replace(SATISFIED, article=CONDITIONS.article)),
    "two verbatim": (replace(CONDITIONS, kind="direct"), replace(SATISFIED, kind="direct")),
    "one group": (replace(CONDITIONS, cluster="c1"), replace(SATISFIED, cluster="c1")),
    "the same words": (CONDITIONS, replace(CONDITIONS, article="another")),
    "thoughts of nobody": (
        replace(CONDITIONS, attitude="belief"),
        replace(SATISFIED, attitude="belief"),
    ),
    "a topic without more": (
        statement("the Kremlin conditions", "praised"),
        statement("the full Kremlin conditions", "condemned"),
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_one_statement(one: Statement, other: Statement) -> None:
    """Found whichever comes first."""
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_another_statement(one: Statement, other: Statement) -> None:
    """A wrong paraphrase is worse than none."""
    assert not alike(one, other)
    assert not alike(other, one)


def test_the_reason_is_told() -> None:
    """In words, with what both have."""
    assert tell(compare(CONDITIONS, SATISFIED)) == (
        "the same speaker; the same day; both have kremlin, condition, must, all; resemblance 1.00"
    )


def test_vectors_of_another_reader_are_far() -> None:
    """They cannot be compared."""
    assert resembling(NEAR, [b"", NEAR + NEAR, NEAR]) == [-1.0, -1.0, 1.0]
    assert resembling(b"", [NEAR]) == [-1.0]


# In the index.

TEXTS = (
    "that all conditions of the Kremlin must be met in full",
    "all Kremlin conditions must be fully satisfied",
    "the Kremlin conditions must all be met",
    "that taxes on diesel would rise",
    "taxes on diesel will be raised",
)
VECTORS = (NEAR, bytes([90, 40, 30]), FAR, b"")


def write(
    db: sqlite3.Connection, number: int, text: str, day: int, vector: bytes, kind: Kind
) -> None:
    """Store an article that holds one quotation and nothing else, spoken by `ann` so far."""
    article = Article(f"a{number}", text, published=f"2025-02-{day:02}")
    content = (Span(0, len(text)),)
    quotation = Quotation(
        f"q{number}", kind, content, (), (), "assertion", 1.0, "reader", vector=vector
    )
    write_article(db, article, [quotation])
    speak(db, number, "ann")


def speak(db: sqlite3.Connection, number: int, speaker: str) -> None:
    """Say who speaks a quotation, as the identities across articles do."""
    statement = "INSERT OR IGNORE INTO entity VALUES (?, ?, 'person', NULL, NULL, ?)"
    db.execute(statement, 3 * [speaker])
    db.execute("UPDATE quotation SET speaker = ? WHERE id = ?", (speaker, f"q{number}"))


def found(db: sqlite3.Connection) -> list[tuple[str, str, float, str]]:
    """All paraphrases, both ways."""
    return db.execute(
        "SELECT q.id, o.id, p.similarity, p.reason FROM paraphrase p "
        "JOIN quotation q ON q.number = p.quotation JOIN quotation o ON o.number = p.other "
        "ORDER BY q.id, o.id"
    ).fetchall()


def from_scratch(db: sqlite3.Connection) -> list[tuple[str, str, float, str]]:
    """All of them, after everything was dropped."""
    forget_paraphrases(db)
    update_paraphrases(db)
    return found(db)


def test_pairs_stand_both_ways_and_go_with_their_quotations() -> None:
    """A pair is seen from either side; a quotation that goes or changes hands takes it along."""
    db = in_memory()
    for number in (0, 1, 3):
        write(db, number, TEXTS[number], 12, NEAR, "indirect")
    update_paraphrases(db)
    assert [row[:2] for row in found(db)] == [("q0", "q1"), ("q1", "q0")]
    speak(db, 1, "bob")
    update_paraphrases(db)
    assert found(db) == []
    speak(db, 0, "bob")
    update_paraphrases(db)
    assert len(found(db)) == 2
    remove_article(db, "a1")
    update_paraphrases(db)
    assert found(db) == []


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"),
            st.integers(0, 5),
            st.sampled_from(TEXTS),
            st.sampled_from((10, 12, 14)),
            st.sampled_from(VECTORS),
            st.sampled_from(("direct", "indirect")),
        ),
        st.tuples(st.just("remove"), st.integers(0, 5)),
        st.tuples(st.just("speak"), st.integers(0, 5), st.sampled_from(("ann", "bob"))),
        st.tuples(st.just("family"), st.integers(0, 5), st.sampled_from((None, "w1"))),
        st.tuples(st.just("group"), st.integers(0, 5), st.sampled_from((None, "c1"))),
        st.tuples(st.just("update")),
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(steps=STEPS)
def test_any_history_gives_what_comparing_anew_gives(steps: list[tuple[object, ...]]) -> None:
    """Whatever came, went or changed, and however often it was brought up to date between."""
    db = in_memory()
    db.execute("INSERT INTO family VALUES ('w1', NULL, '', 'a0')")
    db.execute("INSERT INTO cluster VALUES ('c1', '')")
    for name, *values in steps:
        if name == "write":
            write(db, *values)  # type: ignore[arg-type]
        elif name == "remove":
            remove_article(db, f"a{values[0]}")
        elif name == "speak":
            speak(db, int(str(values[0])), str(values[1]))
        elif name == "family":
            db.execute("UPDATE article SET family = ? WHERE id = ?", (values[1], f"a{values[0]}"))
        elif name == "group":
            db.execute("INSERT OR IGNORE INTO cluster VALUES ('c1', '')")
            db.execute(
                "UPDATE quotation SET cluster = ? WHERE id = ?", (values[1], f"q{values[0]}")
            )
        else:
            update_paraphrases(db)
    update_paraphrases(db)
    kept = found(db)
    assert kept == from_scratch(db)
    statements = {(one, other) for one, other, *_ in kept}
    assert statements == {(other, one) for one, other in statements}
