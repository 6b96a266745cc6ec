"""Speakers that look like one: which pairs are asked about, and which never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.people.forms import Named, lookalikes
from quotes.records import SpeakerKind


def named(*names: str, kind: SpeakerKind = "person") -> list[Named]:
    """Speakers of these names, the first quoted most."""
    return [Named(f"{kind}-{n}", name, kind, None, len(names) - n) for n, name in enumerate(names)]


def reasons(*names: str, kind: SpeakerKind = "person") -> list[str]:
    """Why each pair of these is asked about."""
    return [pair.why for pair in lookalikes(named(*names, kind=kind))]


PERSONS = [
    ("Maud Kessel", "M. Kessel", "same surname, and the initial fits"),
    ("Maud Kessel", "Kessel", "a bare surname"),
    ("Maud Kessel", "Maud J. Kessel", "same first name and surname"),
    ("Bill Kessel", "William Kessel", "same surname, and first names that go together"),
    ("Maximilian Kessel", "Maxim Kessel", "same surname, and one first name begins"),
    ("Maud Kessel", "Anna Maud Kessel", "same surname, and the first name of one is inside"),
    ("Jeannine Kessel", "Jeannin Kessel", "same surname, and"),
    ("Maud Kesselring", "Maud Kesslring", "spelt alike (95 of 100)"),
]


@pytest.mark.parametrize(("one", "other", "why"), PERSONS)
def test_persons_who_may_be_one(one: str, other: str, why: str) -> None:
    """Asked about with the reason, in either order."""
    (told,) = reasons(one, other)
    assert told.startswith(why)
    assert reasons(other, one) == [told]


APART = [
    ("Maud Kessel", "Anton Kessel"),
    ("Maud Kessel", "A. Kessel"),
    ("Maud J. Kessel", "Maud R. Kessel"),
    ("Maud Kessel", "Maud Poe"),
    ("Tim Kessel", "Tom Kessel"),
    ("Rob Pence", "Rob Price"),
    ("John Kessel", "John Kessel Jr."),
    ("Kessel", "Poe"),
    ("Kessel", "Kesselring"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_persons_who_are_two(one: str, other: str) -> None:
    """Nobody is asked."""
    assert reasons(one, other) == []


BODIES = [
    ("Quorple Research Center", "QRC", True),
    ("Quorple Research Center", "Quorple Research Centre", True),
    ("Quorple Research Center", "QFC", False),
    ("Quorple Research Center", "Quorple Foods", False),
    ("Quorple campaign", "Quorple campaign", False),
    ("QRC", "QRC", False),
]


@pytest.mark.parametrize(("one", "other", "asked"), BODIES)
def test_bodies(one: str, other: str, asked: bool) -> None:
    """First letters and near spellings; bodies of one name are two on purpose."""
    assert bool(reasons(one, other, kind="organisation")) == asked


def test_known_persons_are_never_asked_about() -> None:
    """Two items of Wikidata are two people."""
    one, other = named("Maud Kessel", "M. Kessel")
    items = (Named(*_with(one, "Q1")), Named(*_with(other, "Q2")))
    assert lookalikes(items) == []
    assert len(lookalikes((Named(*_with(one, "Q1")), other))) == 1


def _with(named: Named, wikidata: str) -> tuple[str, str, SpeakerKind, str, int]:
    return named.id, named.name, named.kind, wikidata, named.quotations


def test_a_person_and_a_body_are_two() -> None:
    """Whatever their names."""
    assert lookalikes([*named("Kessel"), *named("Maud Kessel", kind="organisation")]) == []


NAMES = st.lists(
    st.builds(
        "{} {}".format,
        st.sampled_from(["Maud", "M.", "Mary", "Bo", "Bill", "William", ""]),
        st.sampled_from(["Kessel", "Kesell", "Poe", "Marlowe", "Marlow"]),
    ),
    max_size=12,
)


@given(names=NAMES, data=st.data())
def test_the_order_of_speakers_changes_nothing(names: list[str], data: st.DataObject) -> None:
    """Each pair once, whoever comes first."""
    speakers = named(*names)
    shuffled = data.draw(st.permutations(speakers))
    pairs = lookalikes(speakers)
    assert {(p.one.id, p.other.id, p.why) for p in pairs} == {
        (p.one.id, p.other.id, p.why) for p in lookalikes(shuffled)
    }
    unordered = [frozenset((p.one.id, p.other.id)) for p in pairs]
    assert len(set(unordered)) == len(unordered)
