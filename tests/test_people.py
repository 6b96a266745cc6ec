"""The people files: days in order, one holder per office, names, what a user's file changes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from quotes.errors import LexiconError
from quotes.people.known import People, load_people, people_files
from quotes.people.persons import Person, Role, office_key, surname_of
from quotes.people.spelling import is_given, name_keys
from quotes.text.lists import shipped

SHARED = frozenset(
    [
        "candidate",
        "nominee",
        "senator",
        "representative",
        "justice",
        "envoy",
        "spokesman",
        "special",
        "deputy",
    ]
)
"""Words of offices that several hold at a time, or that nobody counts."""

HAND_OVER = 3
"""Days on which both the old and the new holder may stand in the file."""


@pytest.fixture(scope="module")
def people() -> People:
    """The shipped people."""
    return load_people()


def terms(people: People) -> dict[tuple[str, str | None], list[tuple[Role, Person]]]:
    """Who held each office that one person holds at a time."""
    found = defaultdict(list)
    for person in people.persons:
        for role in person.roles:
            key = office_key(role.role, role.of)
            if not SHARED & set(key.split()) or key == "chief justice":
                found[key, role.of].append((role, person))
    return found


def overlap(a: Role, b: Role) -> int:
    """Days that both terms have."""
    starts = [date.fromisoformat(role.start) for role in (a, b) if role.start]
    ends = [date.fromisoformat(role.end or "9999-12-31") for role in (a, b)]
    return (min(ends) - max(starts)).days + 1


def test_one_holder_at_a_time(people: People) -> None:
    """Two terms of one office share no more than the days of hand-over."""
    twice = [
        (office, a[1].name, b[1].name)
        for office, held in terms(people).items()
        for a, b in combinations(held, 2)
        if overlap(a[0], b[0]) > HAND_OVER
    ]
    assert twice == []


def test_every_office_has_a_first_day_and_ends_after_it(people: People) -> None:
    """Without a first day nobody could say who held it."""
    for person in people.persons:
        for role in person.roles:
            assert role.start, (person.name, role.role)
            assert role.end is None or role.start <= role.end, (person.name, role.role)
            assert role.of, (person.name, role.role)


def test_nobody_is_in_office_before_the_file_was_checked_by_mistake(people: People) -> None:
    """Open offices began before the day of the check."""
    checked = shipped("people.toml")["checked"].isoformat()
    late = [
        person.name
        for person in people.persons
        for role in person.roles
        if role.end is None and role.start and role.start > checked
    ]
    assert late == ["Zohran Mamdani"]  # elected on 4 November 2025


def test_no_two_people_share_a_name_or_an_id(people: People) -> None:
    """Every spelling finds its person, in every letter that may be written out."""
    owners: dict[tuple[str, ...], str] = {}
    for person in people.persons:
        for name in (person.name, *person.aliases):
            for key in name_keys(name):
                assert owners.setdefault(key, person.name) == person.name
    ids = [person.wikidata for person in people.persons if person.wikidata]
    assert len(ids) == len(set(ids))
    assert all(item[0] == "Q" and item[1:].isdigit() for item in ids)


def test_everyone_has_a_gender_and_nobody_is_a_given_name_alone(people: People) -> None:
    """Pronouns need the one; the other would claim every bearer."""
    for person in people.persons:
        assert person.gender, person.name
        assert " " in person.name or not is_given(person.name)


HOLDERS = """
2025-01-15 | Treasury secretary | | Janet Yellen
2025-02-12 | Treasury secretary | | Scott Bessent
2025-02-12 | secretary of the treasury | United States | Scott Bessent
2025-02-12 | president | United States | Donald Trump
2016-09-20 | president | United States | Barack Obama
2025-01-20 | president | United States | Joe Biden, Donald Trump
2025-01-24 | Treasury secretary | |
2025-02-12 | vice president | United States | JD Vance
2025-02-12 | president | Ukraine | Volodymyr Zelensky
2025-02-12 | foreign minister | Ukraine | Andrii Sybiha
2021-05-01 | foreign minister | Ukraine | Dmytro Kuleba
2025-02-12 | foreign minister | Russia | Sergei Lavrov
2025-02-12 | defence minister | Russia | Andrei Belousov
2025-02-12 | Kremlin spokesman | | Dmitry Peskov
2025-02-12 | prime minister | Poland | Donald Tusk
2025-02-12 | premier | China | Li Qiang
2022-10-01 | Chancellor of the Exchequer | | Kwasi Kwarteng
2020-03-20 | defence secretary | United Kingdom | Ben Wallace
2019-01-15 | acting White House chief of staff | | Mick Mulvaney
2016-02-01 | Fed chairwoman | | Janet Yellen
2025-09-10 | NATO secretary general | | Mark Rutte
2025-02-12 | European Commission president | | Ursula von der Leyen
2023-05-01 | secretary of health and human services | United States | Xavier Becerra
2018-05-01 | HUD secretary | United States | Ben Carson
2025-02-12 | governor | New York | Kathy Hochul
2025-02-12 | mayor | London | Sadiq Khan
2025-10-01 | secretary of war | United States | Pete Hegseth
2025-02-12 | minister | Ukraine |
2025-02-12 | secretary | United States |
2025-02-12 | deputy Treasury secretary | |
2025-02-12 | former Treasury secretary | |
2019-01-15 | White House chief of staff | |
2025-02-12 | president | |
2025-02-12 | foreign minister | |
2025-02-12 | governor | |
2025-02-12 | defense secretary | |
2025-02-12 | mayor | |
2025-02-12 | governor | Quorple |
2030-02-12 | Treasury secretary | |
2030-02-12 | president | Ukraine |
2023-05-01 | | United States |
"""


@pytest.mark.parametrize("line", HOLDERS.strip().splitlines())
def test_holders(people: People, line: str) -> None:
    """An office and a day name their holder; what says too little names nobody."""
    day, words, of, expected = (part.strip() for part in line.split("|"))
    found = [person.name for person in people.holders(words, of or None, day)]
    assert ", ".join(sorted(found)) == ", ".join(sorted(filter(None, expected.split(", "))))


def test_nobody_holds_an_office_on_an_unknown_day(people: People) -> None:
    """An article without a date names nobody by an office."""
    assert people.holders("Treasury secretary", None, None) == ()
    words = "treasury secretary"
    assert [p.name for p in people.holders(words, None, "2025-02-12T08:00:00Z")] == [
        "Scott Bessent"
    ]


def test_every_shipped_person_is_found_by_every_name(people: People) -> None:
    """No two shipped people answer to one full name or alias."""
    for person in people.persons:
        for name in (person.name, *person.aliases):
            assert people.named(name) is person, name
        assert person in people.surnamed(surname_of(person.name))


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


def test_files_beside_the_index(tmp_path: Path) -> None:
    """What lies beside the index is taken if it is there, unless the user names another."""
    db, own, imported = (tmp_path / name for name in ("quotes.db", "people.toml", "people.db"))
    assert people_files(db) == (None, None)
    assert people_files(db, "mine.toml") == (Path("mine.toml"), None)
    own.touch()
    imported.touch()
    assert people_files(db) == (own, imported)
    assert people_files(db, None, tmp_path / "x.db") == (own, tmp_path / "x.db")
