"""Questions: found by any spelling, safe for any text, filtered and in order as said."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from entities import replace_entities
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quotes.answers import questions
from quotes.answers.catalogue import counts, find_speakers, outlets, show, speakers
from quotes.answers.compared import variants
from quotes.answers.evidence import AROUND, passage
from quotes.answers.utterances import by, occurrences, who_said
from quotes.errors import InputError, NothingFoundError
from quotes.index.opening import migrate, open_index, search_form, words_of
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
from quotes.utterances.groups import forget_ranks, update_ranks

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
    who_said(db, words, outlet=words)
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
    fuller = who_said(db, "all of it")[0]
    assert fuller.outlets == ("The Times",)  # who printed these words, nobody else
    assert [each.outlet for each in fuller.otherwise] == ["Defence Talks", "Reuters"]
    assert (fuller.first, fuller.utterance_first) == (fuller.occurrences[0].published, "2025-02-12")


def test_an_answer_names_only_who_printed_the_words(db: sqlite3.Connection) -> None:
    """Whatever run of words is asked for, limited or not, and whoever shares the utterance."""
    printings = {each.quotation: each for each in occurrences(db, everything=True)}
    for each in printings.values():
        words = [word for word, _ in words_of(each.text)]
        for first in range(len(words)):
            for asked in (" ".join(words[first : first + n]) for n in (1, 2, 3)):
                for found in who_said(db, asked, everything=True, limit=first + 1):
                    held = [f" {asked} " in f" {search_form(p.text)} " for p in found.occurrences]
                    assert all(held)
                    assert {*found.outlets} == {p.outlet for p in found.occurrences} - {None}
                    assert not any(
                        f" {asked} " in f" {search_form(p.text)} " for p in found.otherwise
                    )


def test_other_speakers_of_an_utterance_are_told(db: sqlite3.Connection) -> None:
    """A printing that names somebody else is not passed over."""
    zelensky = "(SELECT number FROM local_entity WHERE entity = 'volodymyr-zelensky' LIMIT 1)"
    db.execute(
        f"UPDATE quotation SET speaker = 'volodymyr-zelensky', local_entity = {zelensky} "
        "WHERE id = 'qa3'"
    )
    (found,) = (each for each in who_said(db, "secured") if each.id == "ca")
    assert [each.name for each in found.also_attributed] == ["Volodymyr Zelensky"]


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


def test_no_such_filter(db: sqlite3.Connection) -> None:
    """A keyword that is no filter is an error, not a question without it."""
    with pytest.raises(TypeError, match="outlets"):
        who_said(db, "secured", outlets="AFP")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("written", "day"), [("20250212", "2025-02-12"), (" 2025-02 ", "2025-02"), ("2025", "2025")]
)
def test_a_day_is_one_however_it_is_written(db: sqlite3.Connection, written: str, day: str) -> None:
    """Days are compared as text, so one written otherwise would let all or none through."""
    for name in ("since", "until"):
        assert ids(who_said(db, "secured", **{name: written})) == ids(
            who_said(db, "secured", **{name: day})
        )


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"since": "2025-W01"}, "since: '2025-W01' is not a date; write it as 2025-02-12"),
        ({"until": "yesterday"}, "until: 'yesterday' is not a date"),
        ({"until": "2025-02-30"}, "until: '2025-02-30' is not a date (day is out of range"),
        ({"since": "202502"}, "since: '202502' is not a date"),
        ({"since": ""}, "since: '' is not a date"),
        ({"kind": "spoken"}, "kind is 'spoken'; write one of direct, indirect, mixed"),
        ({"speaker_kind": "man"}, "speaker_kind is 'man'; write one of document, group"),
        ({"limit": -1}, "limit is -1; write a number from 0"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(
    db: sqlite3.Connection, filters: dict[str, Any], told: str
) -> None:
    """It would otherwise look as if there were no such quotation, or as if all were such."""
    for ask in (who_said, by):
        with pytest.raises(InputError, match=re.escape(told)):
            ask(db, "secured", **filters)


def test_limits_of_any_size(db: sqlite3.Connection) -> None:
    """None at all, and more than SQLite can count."""
    assert who_said(db, "secured", limit=0) == []
    assert len(who_said(db, "secured", limit=1 << 70)) == len(who_said(db, "secured"))
    assert len(speakers(db, limit=1 << 70)) == len(speakers(db))


def test_a_long_question_takes_no_longer_than_its_words(db: sqlite3.Connection) -> None:
    """A phrase of common words once took time by the square of its length."""
    begun = time.perf_counter()
    assert who_said(db, "secured " * 12_000) == []
    assert time.perf_counter() - begun < 2


def test_a_phrase_longer_than_what_the_search_is_asked_for(db: sqlite3.Connection) -> None:
    """All of it is compared."""
    words = [f"word{number}" for number in range(questions.MOST_WORDS + 20)]
    write(db, "long", " ".join(words), "qz1")
    assert ids(who_said(db, " ".join(words))) == ["qz1"]
    assert ids(who_said(db, " ".join(words), limit=1)) == ["qz1"]
    assert who_said(db, " ".join([*words[:-1], "other"])) == []


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


# Passages


@given(text=st.text(alphabet="ab \n", min_size=1, max_size=300), data=st.data())
def test_a_passage_is_cut_from_its_line(text: str, data: st.DataObject) -> None:
    """The words are the article's, what is around them its line's, of bounded length."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = passage(text, Span(start, end))
    assert found.words == text[start:end]
    assert text[:start].endswith(found.before.removeprefix("… "))
    assert text[end:].startswith(found.after.removesuffix(" …"))
    assert "\n" not in found.before + found.after
    assert max(len(found.before), len(found.after)) <= AROUND + 2


# The first answers: the same, in the same order, as when every hit is ranked

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
article_printed = st.tuples(
    st.sampled_from(OUTLETS), st.sampled_from(DAYS), st.lists(said, min_size=1, max_size=3)
)
groupings = st.lists(st.integers(0, 4), min_size=1, max_size=8)
any_filters = st.fixed_dictionaries(
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


def print_article(db: sqlite3.Connection, number: int, given: tuple[Any, ...]) -> None:
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
    articles=st.lists(article_printed, min_size=1, max_size=12),
    grouping=groupings,
    regrouping=groupings,
    gone=st.sets(st.integers(0, 11), max_size=3),
    questions=st.lists(
        st.tuples(st.sampled_from(WORDS), any_filters, st.integers(1, 9)), min_size=4, max_size=8
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
            print_article(db, number, article)
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
    """Thirty articles of three utterances, two of them article_printed by several outlets."""
    for number in range(30):
        words = WORDS[2 + number % 3]
        given = (OUTLETS[number % 5], DAYS[number % 4], [(words, "direct", "assertion", "ann")])
        print_article(db, number, given)
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
        call = getattr(questions, name_)
        monkeypatch.setattr(
            questions, name_, lambda *args, call=call, way=told_as: told(way, call(*args))
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
