"""Words of names: spellings of one name, given names that go together, titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.people.spelling import (
    compatible_given,
    fold,
    fold_name,
    gender_of,
    is_given,
    name_keys,
    plain,
    spelling_rules,
)
from quotes.people.titles import load_titles

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

GO_TOGETHER = """
Bill / William
Mike / Michael
Serhii / Sergei
Oleksandr / Aleksandr
Volodymyr / Vladimir
Yulia / Julia
Kateryna / Yekaterina
Steve / Stephen
Stephen / Steven
J. / Jane
Robert / Bob
Alex / Alexander
Alex / Alexandra
Tony / Anthony
Andriy / Andrii
"""

DO_NOT = """
Alexander / Alexandra
Bill / Hillary
Mike / Karen
Anna / Anne
J. / Karen
Marin / Martin
Kim / Kin
Jim / Tim
Chris / Craig
Samuel / Samantha
Serhii / Sergio
"""


def same_name(a: str, b: str) -> bool:
    """Whether one name is found by the other."""
    return any(key != ("",) for key in set(name_keys(a)) & set(name_keys(b)))


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


@pytest.mark.parametrize(("a", "b"), pairs(GO_TOGETHER, "/"))
def test_given_names_that_go_together(a: str, b: str) -> None:
    """Spellings, nicknames, initials and the same name in another language."""
    assert compatible_given(a, b)
    assert compatible_given(b, a)


@pytest.mark.parametrize(("a", "b"), pairs(DO_NOT, "/"))
def test_given_names_of_two_persons(a: str, b: str) -> None:
    """Names that only look alike, and other initials."""
    assert not compatible_given(a, b)
    assert not compatible_given(b, a)


def test_nothing_goes_with_no_name() -> None:
    """An empty name is compatible with nothing and equal to nothing."""
    assert not compatible_given("", "Andrii")
    assert not same_name("", "")


@given(st.text(max_size=20), st.text(max_size=20))
def test_comparing_is_symmetric(a: str, b: str) -> None:
    """Order does not matter, and any words can be compared."""
    assert same_name(a, b) == same_name(b, a)
    assert compatible_given(a, b) == compatible_given(b, a)


def test_rules_have_a_digest_and_short_words_are_left_alone() -> None:
    """The digest says by which rules stored names were folded."""
    assert len(spelling_rules()) == 16
    assert fold("Ali") == "ali"


SAME = [
    ("Zelensky", "Zelenskiy"),
    ("Zelensky", "Zelenskyy"),
    ("Zelensky", "Zelens’kyj"),
    ("Andriy", "Andrii"),
    ("Sergei", "Sergey"),
    ("Orban", "Orbán"),
    ("Sikorski", "Sikorsky"),
    ("Aleksandr", "Alexandr"),
    ("O’Brien", "O'Brien"),
]
DIFFERENT = [("Trump", "Tramp"), ("Mary", "Marie"), ("Orr", "Or"), ("Lee", "Li"), ("Rice", "Ryce")]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_spellings_of_one_name(a: str, b: str) -> None:
    """Usual spellings of one name fold to the same letters."""
    assert fold(a) == fold(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_names(a: str, b: str) -> None:
    """Names that only look alike stay different."""
    assert fold(a) != fold(b)


@given(st.text(max_size=30))
def test_any_word_folds(word: str) -> None:
    """Folding never fails and ignores case of plain letters."""
    assert isinstance(fold(word), str)
    assert isinstance(fold_name(word), tuple)
    if word.isascii():
        assert plain(word.upper()) == plain(word)


def test_given_names() -> None:
    """A first name tells its gender where nearly all bearers agree."""
    assert (gender_of("Mary"), gender_of("Volodymyr"), gender_of("Jean-Claude")) == (
        "female",
        "male",
        "male",
    )
    assert gender_of("Quorple") is None
    assert is_given("Scott")
    assert not is_given("Bessent")


def test_titles_tell_gender() -> None:
    """Titles and nouns tell a gender or none."""
    titles = load_titles()
    assert titles.gender_of("mr") == "male"
    assert titles.gender_of("congresswoman") == "female"
    assert titles.gender_of("dr") is None
    assert not titles.openers & titles.modifiers
