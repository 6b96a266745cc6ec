"""Questions: found by any spelling, safe for any text, ordered and filtered as said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from entities import replace_entities
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quotes.answers import (
    by,
    counts,
    find_speakers,
    occurrences,
    outlets,
    show,
    speakers,
    who_said,
)
from quotes.answers.compared import variants
from quotes.errors import NothingFoundError
from quotes.index import open_index, words_of
from quotes.index.write import record_failure, remove_article, write_article
from quotes.records import (
    Article,
    Attitude,
    Entity,
    Failure,
    Kind,
    Quotation,
    Span,
    Speaker,
)
from quotes.rows import Counts, OutletRow, SpeakerRow, Utterance

# One article a line: id, outlet, date, and quotation id | speaker | words | kind | attitude.
PRESS = [
    ("wire", "Reuters", "2025-02-12", "qa1|trump|needs to be “secured”|mixed|assertion"),
    ("rewrite", "Defence Talks", "2025-02-12", "qa2|trump|must be “secured.”|mixed|assertion"),
    (
        "paper",
        "The Times",
        "2025-02-13T08:00:00Z",
        "qa3|trump|“secured”, all of it|mixed|assertion",
    ),
    ("blog", None, None, "qb1|zel|We don’t give it away|direct|assertion"),
    ("eve", "Kyiv Post", "2025-02-11", "qb2|zel|I don't know U.S. plans|direct|assertion"),
    ("hopes", "Reuters", "2025-01-30", "qc1|zel|a secured peace|indirect|eventuality"),
    ("crowd", "AFP", "2025-03-01", "qd1||Well-known voices 🔥, secured|indirect|assertion"),
]
PEOPLE = [
    Entity("donald-trump", "Donald Trump", "person", ("Mr. Trump", "Trump"), "president"),
    Entity("volodymyr-zelensky", "Volodymyr Zelensky", "person", ("Zelenskiy", "Zelenskyĭ")),
    Entity("eric-trump", "Eric Trump", "person", ("Eric Trump",)),
]
LOCAL = {"trump": "donald-trump", "zel": "volodymyr-zelensky"}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An index of `PRESS`, the first three of one utterance."""
    db = open_index(tmp_path / "quotes.db")
    for id_, outlet, published, line in PRESS:
        quotation, speaker, words, kind, attitude = line.split("|")
        write(db, id_, words, quotation, outlet=outlet, published=published, speaker=speaker,
              kind=kind, attitude=attitude)  # type: ignore[arg-type]  # fmt: skip
    mapping = {(id_, local): entity for id_, *_ in PRESS for local, entity in LOCAL.items()}
    replace_entities(db, PEOPLE, mapping)
    db.execute("INSERT INTO cluster VALUES ('ca', 'secured')")
    db.execute("UPDATE quotation SET cluster = 'ca' WHERE id IN ('qa1', 'qa2', 'qa3')")
    yield db
    db.close()


def write(
    db: sqlite3.Connection,
    id_: str,
    words: str,
    quotation: str = "q1",
    *,
    outlet: str | None = None,
    published: str | None = None,
    speaker: str = "",
    kind: Kind = "direct",
    attitude: Attitude = "assertion",
) -> None:
    """One article that holds one quotation."""
    given = Speaker(speaker, speaker.title(), "person") if speaker else None
    text = f"Yesterday: {words} (said someone)"
    start = len("Yesterday: ")
    end = start + len(words)
    found = Quotation(
        quotation, kind, (Span(start, end),), (Span(end + 2, end + 6),),
        (Span(end + 7, end + 14),), attitude, 0.8, "reader", given,
    )  # fmt: skip
    article = Article(
        id_, text, outlet=outlet, published=published, title=f"The {id_} story",
        path=f"press/{id_}.txt", outlet_basis="inferred" if outlet == "AFP" else None,
    )  # fmt: skip
    write_article(db, article, [found])


def ids(found: list[Utterance]) -> list[str]:
    """Which utterances, in order."""
    return [utterance.id for utterance in found]


FOUND = [
    ("secured", ["ca", "qd1"]),
    ("SECURED.", ["ca", "qd1"]),
    ("“secured”", ["ca", "qd1"]),
    ("to be secured", ["ca"]),
    ("don't", ["qb2", "qb1"]),
    ("don’t", ["qb2", "qb1"]),
    ("donʼt know", ["qb2"]),
    ("U.S.", ["qb2"]),
    ("u.s. plans", ["qb2"]),
    ("well-known", ["qd1"]),
    ("well known voices", ["qd1"]),
    ("know OR voices", []),
    ("secure", []),
    ("secured needs", []),
    ("know plans", []),
    ("insecured", []),
    ("plans NOT know", []),
    ("secur*", []),
    ("cluster:secured", []),
    ("someone", []),
]


@pytest.mark.parametrize(("words", "expected"), FOUND)
def test_who_said(db: sqlite3.Connection, words: str, expected: list[str]) -> None:
    """Whole words in their order, whatever the marks; operators are mere words."""
    assert ids(who_said(db, words)) == expected


@pytest.mark.parametrize(
    "words", ['"', "*", "NEAR(", "🔥", "'", "", " ", "—", "\0", "\ud83d", "^-:"]
)
def test_nothing_to_search(db: sqlite3.Connection, words: str) -> None:
    """A question without a word finds nothing and breaks nothing."""
    assert who_said(db, words) == []


@given(words=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_question_is_safe(db: sqlite3.Connection, words: str) -> None:
    """No text is an error, as words, name, outlet, date, id or title."""
    who_said(db, words, outlet=words, since=words, until=words)
    by(db, words)
    for ask in (variants, show):
        with suppress(NothingFoundError):
            ask(db, words)


@given(text=st.text(min_size=1), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_found_by_its_words(
    db: sqlite3.Connection, text: str, data: st.DataObject
) -> None:
    """Any run of words of a stored quotation finds it, and the match reads as asked."""
    words = words_of(text)
    assume(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    asked = text[words[first][1].start : words[last][1].end]
    remove_article(db, "any")
    write(db, "any", text, "qz")
    (hit,) = (found for found in who_said(db, asked) if found.id == "qz")
    assert hit.text == text
    for match in hit.matches:
        assert [w for w, _ in words_of(match.of(text))] == [w for w, _ in words[first : last + 1]]
    assert hit.matches


def test_utterance_in_full(db: sqlite3.Connection) -> None:
    """The longest wording with the match, all outlets, the earliest date."""
    found = who_said(db, "secured")[0]
    assert found.text == "needs to be “secured”"
    assert [span.of(found.text) for span in found.matches] == ["secured"]
    assert found.speaker == Speaker("donald-trump", "Donald Trump", "person")
    assert found.outlets == ("Defence Talks", "Reuters", "The Times")
    assert found.first == "2025-02-12"
    assert [each.quotation for each in found.occurrences] == ["qa2", "qa1", "qa3"]
    assert who_said(db, "all of it")[0].text == "“secured”, all of it"
    assert who_said(db, "all of it")[0].outlets == found.outlets


MATCHES = [
    ("no", "No, no; NO! Not nowhere.", ["No", "no", "NO"]),
    ("don't", "Don’t say don't.", ["Don’t", "don't"]),
    ("a a", "a a a a a", ["a a", "a a"]),
    ("u.s.", "the U.S.", ["U.S"]),
    ("\u1980\u19b0", "a letter \u1980\u19b0 that was once a sign", ["\u1980\u19b0"]),
    ("too much", "“Too — much” but not too little, much", ["Too — much"]),
]


@pytest.mark.parametrize(("words", "text", "expected"), MATCHES)
def test_matches(db: sqlite3.Connection, words: str, text: str, expected: list[str]) -> None:
    """Matches are spans of the wording as printed, left to right, not overlapping."""
    write(db, "m", text, "qm")
    (found,) = (each for each in who_said(db, words) if each.id == "qm")
    assert [span.of(text) for span in found.matches] == expected


FILTERS = [
    ({}, ["ca", "qd1"]),
    ({"everything": True}, ["ca", "qc1", "qd1"]),
    ({"limit": 1}, ["ca"]),
    ({"limit": 0}, []),
    ({"kind": "indirect"}, ["qd1"]),
    ({"kind": "indirect", "everything": True}, ["qc1", "qd1"]),
    ({"outlet": "reuters"}, ["ca"]),
    ({"outlet": "Nobody"}, []),
    ({"since": "2025-02-13"}, ["ca", "qd1"]),
    ({"since": "2025-03"}, ["qd1"]),
    ({"until": "2025-02"}, ["ca"]),
    ({"until": "2025-02-13"}, ["ca"]),
    ({"until": "2025-02-11"}, []),
    ({"since": "2025", "until": "2025"}, ["ca", "qd1"]),
    ({"until": "2025-01", "everything": True}, ["qc1"]),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS, ids=lambda value: str(value))
def test_filters(db: sqlite3.Connection, filters: dict[str, object], expected: list[str]) -> None:
    """Each filter, alone and together, over one question."""
    assert ids(who_said(db, "secured", **filters)) == expected  # type: ignore[arg-type]


def test_filters_choose_printings(db: sqlite3.Connection) -> None:
    """Of an utterance only the printings that pass are shown and dated."""
    (found,) = who_said(db, "secured", outlet="Reuters")
    assert (found.id, found.outlets) == ("ca", ("Reuters",))
    later = who_said(db, "secured", since="2025-02-13")[0]
    assert (later.first, later.outlets) == ("2025-02-13T08:00:00Z", ("The Times",))


NAMES = [
    ("Trump", ["donald-trump"]),
    ("mr trump", ["donald-trump"]),
    ("Donald Trump", ["donald-trump"]),
    ("donald-trump", ["donald-trump"]),
    ("zelenskyi", ["volodymyr-zelensky"]),
    ("ZELENSKIY", ["volodymyr-zelensky"]),
    ("zelensky", ["volodymyr-zelensky"]),
    ("Zelen", []),
    ("Nobody", []),
    ("", []),
    ("*", []),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names(db: sqlite3.Connection, name: str, expected: list[str]) -> None:
    """Any alias, in any case, or a whole part of a name; never a piece of a word."""
    assert [row.id for row in find_speakers(db, name)] == expected


def test_by(db: sqlite3.Connection) -> None:
    """What one speaker said, each utterance once."""
    assert ids(by(db, "Trump")) == ["ca"]
    assert ids(by(db, "Zelenskiy")) == ["qb2", "qb1"]
    assert ids(by(db, "Zelenskiy", everything=True)) == ["qc1", "qb2", "qb1"]
    assert by(db, "Zelenskiy")[0].matches == ()
    assert by(db, "Nobody") == []


def test_ambiguous_name_gives_all(db: sqlite3.Connection) -> None:
    """A name of two people gives what both said, and both can be told."""
    shared = [*PEOPLE[:2], Entity("eric-trump", "Eric Trump", "person", ("Trump",))]
    mapping = {("wire", "trump"): "donald-trump", ("paper", "trump"): "eric-trump"}
    replace_entities(db, shared, mapping)
    assert {row.id for row in find_speakers(db, "trump")} == {"donald-trump", "eric-trump"}
    db.execute("DELETE FROM cluster")
    assert ids(by(db, "trump")) == ["qa1", "qa3"]


def test_speakers(db: sqlite3.Connection) -> None:
    """Who speaks, most first, with names and outlets; the silent are not listed."""
    assert speakers(db) == [
        SpeakerRow(
            "donald-trump", "Donald Trump", "person", "president", ("Mr. Trump", "Trump"), 3,
            ("Defence Talks", "Reuters", "The Times"),
        ),
        SpeakerRow(
            "volodymyr-zelensky", "Volodymyr Zelensky", "person", None,
            ("Zelenskiy", "Zelenskyĭ"), 2, ("Kyiv Post",),
        ),
    ]  # fmt: skip
    assert [row.quotations for row in speakers(db, everything=True)] == [3, 3]
    assert len(speakers(db, limit=1)) == 1


def test_outlets(db: sqlite3.Connection) -> None:
    """Articles and quotations an outlet, the unknown last among equals."""
    assert outlets(db) == [
        OutletRow("Reuters", 2, 1, 0),
        OutletRow("AFP", 1, 1, 1),
        OutletRow("Defence Talks", 1, 1, 0),
        OutletRow("Kyiv Post", 1, 1, 0),
        OutletRow("The Times", 1, 1, 0),
        OutletRow(None, 1, 1, 0),
    ]
    assert outlets(db, everything=True)[0].quotations == 2


@pytest.mark.parametrize("id_", ["ca", "qa1", "qa3", "c"])
def test_variants(db: sqlite3.Connection, id_: str) -> None:
    """All wordings of an utterance from its id, a quotation's or a beginning."""
    found = variants(db, id_)
    assert found.id == "ca"
    assert [each.quotation for each in found.occurrences] == ["qa2", "qa1", "qa3"]


def test_variants_of_one(db: sqlite3.Connection) -> None:
    """A quotation that stands alone, of any attitude, is its own utterance."""
    assert [each.text for each in variants(db, "qc1").occurrences] == ["a secured peace"]


@pytest.mark.parametrize(("id_", "told"), [("x9", "no such"), ("qa", "several"), ("", "no such")])
def test_no_variants(db: sqlite3.Connection, id_: str, told: str) -> None:
    """An unknown or unclear id says so."""
    with pytest.raises(NothingFoundError, match=told):
        variants(db, id_)


@pytest.mark.parametrize("asked", ["rewrite", "rew", "the rewrite STORY", "rewrite.txt"])
def test_show(db: sqlite3.Connection, asked: str) -> None:
    """An article by id, beginning, title or file, with spans to mark."""
    shown = show(db, asked)
    text = shown.article.text
    assert shown.article.id == "rewrite"
    assert [each.text for each in shown.quotations] == ["must be “secured.”"]
    assert [[span.of(text) for span in cue] for cue in shown.cues] == [["said"]]
    assert [[span.of(text) for span in source] for source in shown.sources] == [["someone"]]


@pytest.mark.parametrize(("asked", "told"), [("story", "several"), ("tory", "no such"), ("", "no")])
def test_nothing_to_show(db: sqlite3.Connection, asked: str, told: str) -> None:
    """An unknown or unclear article says so."""
    with pytest.raises(NothingFoundError, match=told):
        show(db, asked)


def test_occurrences(db: sqlite3.Connection) -> None:
    """Every printing in a fixed order, filtered like any question."""
    assert [each.article for each in occurrences(db, everything=True)] == sorted(
        id_ for id_, *_ in PRESS
    )
    assert len(list(occurrences(db))) == 6
    assert [each.quotation for each in occurrences(db, outlet="AFP")] == ["qd1"]
    assert [each.outlet_inferred for each in occurrences(db, outlet="AFP")] == [True]


def test_counts(db: sqlite3.Connection) -> None:
    """The sum of it all."""
    record_failure(db, Failure("x.txt", "empty"))
    assert counts(db) == Counts(
        articles=7, quotations=7, speakers=2, outlets=5, clusters=1, failures=1
    )
