"""The people file: names, spellings, offices by the day, and what a user's file may change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.errors import LexiconError
from quotes.people.given_names import fold, fold_name, gender_of, is_given, plain
from quotes.people.known import load_people, surname_of
from quotes.people.titles import load_titles

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


def test_every_shipped_person_is_found_by_every_name() -> None:
    """No two shipped people answer to one full name or alias."""
    people = load_people()
    for person in people.persons:
        for name in (person.name, *person.aliases):
            assert people.named(name) is person, name
        assert person in people.surnamed(surname_of(person.name))


def test_shipped_offices_are_in_order() -> None:
    """An office ends after it began, and Wikidata ids are ids, each once."""
    people = load_people()
    ids = [person.wikidata for person in people.persons if person.wikidata]
    assert len(ids) == len(set(ids))
    assert all(item[0] == "Q" and item[1:].isdigit() for item in ids)
    for person in people.persons:
        for role in person.roles:
            assert role.start is None or role.end is None or role.start <= role.end, person.name


@pytest.mark.parametrize(
    ("day", "holders"),
    [
        ("2025-01-10", ["Janet Yellen"]),
        ("2025-02-12", ["Scott Bessent"]),
        ("2016-09-20T10:00:00Z", ["Jack Lew"]),
    ],
)
def test_office_by_the_day(day: str, holders: list[str]) -> None:
    """An office has one holder a day."""
    found = [
        person.name
        for person in load_people().persons
        if any(role.role == "Treasury Secretary" for role in person.roles_on(day))
    ]
    assert found == holders


def test_users_people_win(tmp_path: Path) -> None:
    """A user's person replaces the shipped one and takes the names it claims."""
    file = tmp_path / "people.toml"
    file.write_text(
        '[[person]]\nname = "Volodymyr Zelenskyy"\naliases = ["Ze"]\ngender = "male"\n'
        'roles = [{ role = "President", of = "Ukraine", from = "2019-05-20" }]\n'
        '[[person]]\nname = "Jane Quorple"\n',
        encoding="utf-8",
    )
    people = load_people(file)
    found = people.named("Volodymyr Zelensky")
    assert found is not None
    assert (found.name, found.aliases) == ("Volodymyr Zelenskyy", ("Ze",))
    assert people.surnamed("Zelensky") == (found,)
    assert people.named("Jane Quorple") is not None
    assert people.named("Scott Bessent") is not None
    assert load_people().named("Jane Quorple") is None


WRONG = {
    "not TOML": ("person = [", "TOML"),
    "no name": ('[[person]]\ngender = "male"\n', "name"),
    "unknown key": ('[[person]]\nname = "A B"\nalias = ["C"]\n', "alias"),
    "unknown gender": ('[[person]]\nname = "A B"\ngender = "m"\n', "gender"),
    "aliases in one text": ('[[person]]\nname = "A B"\naliases = "C"\n', "aliases"),
    "a day that is none": (
        '[[person]]\nname = "A B"\nroles = [{ role = "King", from = "soon" }]\n',
        "from",
    ),
    "a role without a name": ('[[person]]\nname = "A B"\nroles = [{ of = "Ohio" }]\n', "role"),
    "one table": ('[person]\nname = "A B"\n', "[[person]]"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_users_file(case: str, tmp_path: Path) -> None:
    """A wrong file gives one line that names the file and what to write."""
    text, word = WRONG[case]
    file = tmp_path / "people.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_people(file)
    assert str(file) in str(caught.value)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_users_file(tmp_path: Path) -> None:
    """A missing file is an error with its path."""
    with pytest.raises(LexiconError, match=r"people\.toml"):
        load_people(tmp_path / "people.toml")


def test_titles_tell_gender() -> None:
    """Titles and nouns tell a gender or none."""
    titles = load_titles()
    assert titles.gender_of("mr") == "male"
    assert titles.gender_of("congresswoman") == "female"
    assert titles.gender_of("dr") is None
    assert not titles.openers & titles.modifiers
