"""Spellings of names: which are one name, which may be one person's, which are two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.people.given_names import fold, spelling_rules
from quotes.people.same_name import compatible_given, compatible_names, same_name

ONE_NAME = """
Zelensky = Zelenskiy = Zelenskyy = Zelenskyi = Zelens'kyj = Zelens’kyi = Selenskyj
Volodymyr Zelensky = Volodymyr Zelenskyy
Andriy Yermak = Andrii Yermak = Andrij Jermak
Sergei Lavrov = Sergey Lavrov
Aleksandr Lukashenko = Alexandr Lukashenko = Alexander Lukashenko
Mohammed Roe = Muhammad Roe = Mohamed Roe
Recep Tayyip Erdoğan = Recep Tayyip Erdogan
Herta Müller = Herta Mueller
Herta Müller = Herta Muller
Kim Jong-un = Kim Jong Un
Jean-Claude Juncker = Jean Claude Juncker
Ursula von der Leyen = Ursula Von Der Leyen
Bashar al-Assad = Bashar Assad = Bashar el-Assad = Bashar al Assad
Bill O’Reilly = Bill O'Reilly
J.D. Vance = JD Vance = J. D. Vance
Yuliya Navalnaya = Yulia Navalnaya = Yuliia Navalnaya
Dmitri Medvedev = Dmitry Medvedev = Dmitriy Medvedev
Radosław Sikorski = Radoslaw Sikorsky
Vitali Klitschko = Vitaly Klichko = Vitaliy Klychko
Mikhail Roe = Mihail Roe
Aleksei Navalny = Alexei Navalny = Alexey Navalnyy
Rustem Umerov = Rustem Umeroff
"""

TWO_NAMES = """
Clinton / Klinton
Anna / Anne
Ali / Aly
Marin / Martin
Kim / Kin
Khan / Han
Ro Khanna / Ro Hanna
Levi / Levy
Marks / Marx
Dickson / Dixon
Jeon / Yeon
Lee / Li
Muller / Mueller
Mary / Mari
Kelly / Kelli
Bill Clinton / William Clinton
Serhii Roe / Sergei Roe
Ann Ali / Anna Li
Donald Trump / Donald Trump Jr.
Robert F. Kennedy / Robert Kennedy
Erik Roe / Eric Roe
Kirill / Cyril
Jan / Yan
Julia / Yulia
"""

MAY_BE_ONE = """
Bill Clinton / William Clinton
Mike Pence / Michael Pence
Michael R. Pence / Mike Pence
Serhii Roe / Sergei Roe
Oleksandr Roe / Aleksandr Roe
Volodymyr Roe / Vladimir Roe
Yulia Roe / Julia Roe
Kateryna Roe / Yekaterina Roe
Steve Roe / Stephen Roe
Stephen Roe / Steven Roe
J. Roe / Jane Roe
Robert F. Roe / Bob Roe
Alex Roe / Alexander Roe
Alex Roe / Alexandra Roe
Bob Müller / Robert Mueller
Tony Blair / Anthony Blair
"""

NEVER_ONE = """
Alexander Roe / Alexandra Roe
Bill Clinton / Hillary Clinton
Mike Pence / Karen Pence
Pence / Mike Pence
Bill Roe / William Row
Anna Roe / Anne Roe
J. Roe / Karen Roe
Robert F. Roe / Robert Q. Roe
Robert F. Roe / Bob Q. Roe
Donald Trump / Donald Trump Jr.
Marin Roe / Martin Roe
Kim Roe / Kin Roe
Jim Roe / Tim Roe
Chris Roe / Craig Roe
Samuel Roe / Samantha Roe
Serhii Roe / Sergio Roe
"""


def pairs(table: str, mark: str) -> list[tuple[str, str]]:
    """The lines of a table as pairs: the first of a line with each of the others."""
    rows = [[name.strip() for name in line.split(mark)] for line in table.strip().splitlines()]
    return [(row[0], other) for row in rows for other in row[1:]]


@pytest.mark.parametrize(("a", "b"), pairs(ONE_NAME, "="))
def test_spellings_of_one_name_are_equal(a: str, b: str) -> None:
    """Transliteration, diacritics, apostrophes and hyphens make no other name."""
    assert same_name(a, b)
    assert same_name(b, a)


@pytest.mark.parametrize(("a", "b"), pairs(TWO_NAMES, "/"))
def test_two_names_are_not_equal(a: str, b: str) -> None:
    """Names that look alike, nicknames and names in two languages are not equal."""
    assert not same_name(a, b)
    assert not same_name(b, a)


@pytest.mark.parametrize(("a", "b"), pairs(MAY_BE_ONE, "/"))
def test_names_that_may_be_one_persons(a: str, b: str) -> None:
    """Nicknames, initials and the same name in another language go with one surname."""
    assert compatible_names(a, b)
    assert compatible_names(b, a)


@pytest.mark.parametrize(("a", "b"), pairs(NEVER_ONE, "/"))
def test_names_of_two_persons(a: str, b: str) -> None:
    """Other given names, middle initials, juniors and lone surnames are not compatible."""
    assert not compatible_names(a, b)
    assert not compatible_names(b, a)


def test_equal_given_names_are_compatible_and_nothing_goes_with_no_name() -> None:
    """Equal implies compatible; an empty name is compatible with nothing."""
    assert compatible_given("Andriy", "Andrii")
    assert not compatible_given("", "Andrii")
    assert not same_name("", "")


@given(st.text(max_size=20), st.text(max_size=20))
def test_comparing_is_symmetric_and_equal_names_are_compatible(a: str, b: str) -> None:
    """Order does not matter, and any words can be compared."""
    assert same_name(a, b) == same_name(b, a)
    assert compatible_names(a, b) == compatible_names(b, a)
    if same_name(a, b):
        assert compatible_names(a, b)


def test_rules_have_a_digest_and_short_words_are_left_alone() -> None:
    """The digest says by which rules stored names were folded."""
    assert len(spelling_rules()) == 16
    assert fold("Ali") == "ali"
