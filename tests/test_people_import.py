"""Importing people: Wikidata's form and the simple one, resumed, repeated and damaged files."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from quotes.errors import InputError, LexiconError
from quotes.people import importing as people_import
from quotes.people.importing import ImportSummary, import_people
from quotes.people.known import ImportedPeople, load_people

HUMAN, OFFICE, COUNTRY = "Q5", "Q9001", "Q9100"


def item(id_: str) -> dict[str, Any]:
    """A snak whose value is an entity."""
    return {"snaktype": "value", "datavalue": {"value": {"id": id_}, "type": "wikibase-entityid"}}


def day(text: str, precision: int = 11) -> dict[str, Any]:
    """A snak whose value is a day."""
    value = {"time": f"{text}T00:00:00Z", "precision": precision}
    return {"snaktype": "value", "datavalue": {"value": value, "type": "time"}}


def statement(snak: dict[str, Any], **qualifiers: dict[str, Any]) -> dict[str, Any]:
    """A claim of normal rank."""
    return {"mainsnak": snak, "qualifiers": {p: [q] for p, q in qualifiers.items()}}


def entity(id_: str, name: str, claims: dict[str, Any], *aliases: str, links: int = 0) -> str:
    """An entity as Wikidata's dumps have it, one line."""
    return json.dumps(
        {
            "type": "item",
            "id": id_,
            "labels": {"en": {"language": "en", "value": name}},
            "aliases": {"en": [{"language": "en", "value": alias} for alias in aliases]},
            "claims": {p: c if isinstance(c, list) else [c] for p, c in claims.items()},
            "sitelinks": {f"wiki{n}": {} for n in range(links)},
        }
    )


JANE = entity(
    "Q1",
    "Jane Quorple",
    {
        "P31": statement(item(HUMAN)),
        "P21": statement(item("Q6581072")),
        "P39": [
            statement(item(OFFICE), P580=day("+2019-05-20"), P582=day("+2024-02-00", 10)),
            statement(item("Q9002"), P580=day("+2010-00-00", 9), P582={"snaktype": "somevalue"}),
            statement(item("Q9003"), P580=day("+2024-03-01"), P642=item("Q9101")),
            statement(item("Q9004")),
            {**statement(item("Q9005"), P580=day("+2000-01-01")), "rank": "deprecated"},
        ],
    },
    "J. Quorple",
    "Jane Mary Quorple",
    links=60,
)
OFFICES = [
    entity(OFFICE, "Prime Minister of Freedonia", {"P1001": statement(item(COUNTRY))}),
    entity(COUNTRY, "Freedonia", {}),
    entity("Q9101", "Sylvania", {}),
]
RICK = json.dumps(
    {
        "id": "local-7",
        "name": "Rick Roe",
        "aliases": ["Richard Q. Roe"],
        "gender": "male",
        "roles": [{"role": "Mayor", "of": "Bree", "from": "2020", "to": "2022-06"}],
    }
)


def written(path: Path, lines: Iterable[str]) -> Path:
    """A file of lines."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def imported(tmp_path: Path, lines: Iterable[str]) -> tuple[ImportSummary, ImportedPeople]:
    """The summary and the store of an extract of these lines."""
    file, to = written(tmp_path / "extract.ndjson", lines), tmp_path / "people.db"
    return import_people(file, to), ImportedPeople(to)


def test_wikidata_entity(tmp_path: Path) -> None:
    """Names, gender and dated offices, whose names other lines of the extract tell."""
    summary, store = imported(tmp_path, [JANE, *OFFICES])
    jane = store.named("jane quorple")
    assert jane is not None
    assert (jane.wikidata, jane.gender, jane.sitelinks) == ("Q1", "female", 60)
    assert jane.aliases == ("J. Quorple", "Jane Mary Quorple")
    roles = [(role.role, role.of, role.start, role.end) for role in jane.roles]
    assert roles == [
        ("Prime Minister of Freedonia", "Freedonia", "2019-05-20", "2024-02-29"),
        ("Q9002", None, "2010-01-01", "2010-01-01"),
        ("Q9003", "Sylvania", "2024-03-01", None),
    ]
    assert (summary.persons, summary.undated, summary.unnamed) == (1, 1, 2)
    assert jane.file == str((tmp_path / "extract.ndjson").resolve())


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_names_of_offices_come_in_any_order(tmp_path: Path, order: list[int]) -> None:
    """An office may stand before or after its holder, and its country before or after it."""
    lines = [JANE, *OFFICES]
    _, store = imported(tmp_path, [lines[n] for n in order])
    (jane,) = store.holders("minister prime", "2020-01-01", lambda role: role.of == "Freedonia")
    assert (jane.name, jane.roles[0].of) == ("Jane Quorple", "Freedonia")


def test_simple_form(tmp_path: Path) -> None:
    """An id and a name are enough; days may be years or months."""
    _, store = imported(tmp_path, [RICK, '{"id": "x", "name": "Ann Orr"}'])
    rick = store.named("Richard Roe")
    assert rick is not None
    assert (rick.name, rick.wikidata, rick.gender) == ("Rick Roe", None, "male")
    assert [(r.of, r.start, r.end) for r in rick.roles] == [("Bree", "2020-01-01", "2022-06-30")]
    assert store.named("Ann Orr") is not None


def test_death_ends_an_office(tmp_path: Path) -> None:
    """An office without an end ended with its holder at the latest."""
    claims = {
        "P31": statement(item(HUMAN)),
        "P570": statement(day("+1950-03-02")),
        "P39": statement(item(OFFICE), P580=day("+1940-00-00", 9)),
    }
    _, store = imported(tmp_path, [entity("Q2", "Old Quorple", claims)])
    person = store.named("Old Quorple")
    assert person is not None
    assert person.roles[0].end == "1950-03-02"


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda text: text,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "dump": lambda text: b"[\n" + b",\n".join(text.splitlines()) + b"\n]\n",
    "crlf": lambda text: text.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("form", PACKED)
def test_every_packing(tmp_path: Path, form: str) -> None:
    """The packing is told by the bytes; brackets and commas are no lines."""
    file = tmp_path / "extract"
    file.write_bytes(PACKED[form](f"{JANE}\n{RICK}\n{OFFICES[0]}\n".encode()))
    summary = import_people(file, tmp_path / "people.db")
    assert (summary.persons, summary.bad) == (2, 0)


BAD = {
    '{"id": "Q1", "name"': "not JSON",
    "[1, 2]": "not a JSON object",
    '{"name": "No Id"}': "`id`",
    '{"id": "Q1"}': "`name`",
    '{"id": "Q1", "name": ""}': "`name`",
    '{"id": "Q1", "name": "A B", "gender": "m"}': "gender",
    '{"id": "Q1", "name": "A B", "aliases": "C"}': "aliases",
    '{"id": "Q1", "name": "A B", "sitelinks": "many"}': "sitelinks",
    '{"id": "Q1", "name": "A B", "roles": [{"of": "C"}]}': "role",
    '{"id": "Q1", "name": "A B", "roles": [{"role": "King", "from": "soon"}]}': "from",
    '{"id": "Q1", "name": "A B", "roles": [{"role": "King", "to": "2024-02-31"}]}': "to",
    '{"id": "Q1", "labels": [1], "claims": {}}': "labels",
    '{"id": "Q1", "name": "A B", "sitelinks": 1' + "0" * 30 + "}": "sitelinks",
    '{"id": "Q1", "name": "A B", "sitelinks": 1' + "0" * 5000 + "}": "not JSON",
    '{"id": "Q1", "name": "A \\ud83d"}': "half of a surrogate pair",
    '{"id": "Q1", "name": "A B", "roles": [{"role": "King", "of": "\\uDE00"}]}': "surrogate",
    "[" * 100_000: "not JSON",
}


@pytest.mark.parametrize(("line", "word"), BAD.items(), ids=[line[:40] for line in BAD])
def test_bad_lines_are_told_and_passed_over(tmp_path: Path, line: str, word: str) -> None:
    """What cannot be read has its line number; the rest is imported."""
    told: list[tuple[int, str]] = []
    file = written(tmp_path / "extract", [RICK, line, JANE])
    summary = import_people(
        file, tmp_path / "people.db", bad_line=lambda n, why: told.append((n, why))
    )
    assert (summary.persons, summary.bad) == (2, 1)
    assert told[0][0] == 2
    assert word in told[0][1]


def test_odd_values_of_entities_do_no_harm(tmp_path: Path) -> None:
    """Claims of unknown form say nothing; properties and nameless entities are skipped."""
    odd = {"P31": statement(item(HUMAN)), "P39": [7, {}, statement({"snaktype": "novalue"})]}
    lines = [
        entity("Q3", "Odd Quorple", odd),
        json.dumps({"id": "P31", "labels": {"en": {"value": "instance of"}}, "claims": {}}),
        json.dumps({"id": "Q4", "labels": {}, "claims": {}}),
        json.dumps({"id": "Q5", "labels": {"en": 3}, "claims": {}, "aliases": 3}),
        json.dumps(
            {
                "id": "Q6",
                "labels": {"de": {"value": "Käthe Quorple"}},
                "claims": {
                    "P31": [statement(item(HUMAN))],
                    "P39": [statement(item("Q1"), P580={"datavalue": 3})],
                },
            }
        ),
    ]
    summary, store = imported(tmp_path, lines)
    assert (summary.persons, summary.bad, summary.skipped) == (2, 0, 3)
    assert store.named("Käthe Quorple") is not None


def rows(path: Path) -> list[Any]:
    """All that an import wrote."""
    db = sqlite3.connect(path)
    tables = ("person", "name", "role", "label")
    found = [sorted(db.execute(f"SELECT * FROM {t}"), key=repr) for t in tables]
    db.close()
    return found


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    """Importing twice is importing once."""
    file, to = written(tmp_path / "extract", [JANE, RICK, *OFFICES]), tmp_path / "people.db"
    first = import_people(file, to)
    before = rows(to)
    again = import_people(file, to)
    assert (first.unchanged, again.unchanged) == (False, True)
    assert again.persons == first.persons == 2
    assert rows(to) == before


def test_a_newer_state_replaces_the_older(tmp_path: Path) -> None:
    """Who is no longer in the file is gone, names included; others are as the file has them now."""
    file, to = written(tmp_path / "extract", [JANE, RICK]), tmp_path / "people.db"
    import_people(file, to)
    written(file, [RICK.replace("Rick Roe", "Ricky Roe"), *OFFICES, *[""] * 3])
    summary = import_people(file, to)
    store = ImportedPeople(to)
    assert store.named("Jane Quorple") is None
    assert store.named("Rick Roe") is None
    assert store.named("Ricky Roe") is not None
    assert summary.persons == 1


def test_two_files_add_up(tmp_path: Path) -> None:
    """Another extract adds its persons; those of both are as the later has them."""
    to = tmp_path / "people.db"
    import_people(written(tmp_path / "a", [JANE]), to)
    import_people(written(tmp_path / "b", [RICK, JANE.replace("J. Quorple", "Q. Quorple")]), to)
    jane = ImportedPeople(to).named("Jane Quorple")
    assert jane is not None
    assert jane.aliases[0] == "Q. Quorple"
    assert len(rows(to)[0]) == 2


def test_a_stopped_import_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stopped run wrote stays; the next one reads the rest and ends at the same rows."""
    lines = [json.dumps({"id": f"p{n}", "name": f"Ann{n} Roe"}) for n in range(50)]
    lines = [JANE, *lines, "broken", *OFFICES]
    file, to, whole = written(tmp_path / "x", lines), tmp_path / "people.db", tmp_path / "whole.db"
    monkeypatch.setattr(people_import, "BATCH", 10)
    import_people(file, whole)

    def stop(read: int) -> None:
        if read >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_people(file, to, progress=stop)
    assert len(rows(to)[0]) == 30
    told: list[int] = []
    summary = import_people(file, to, bad_line=lambda n, _: told.append(n))
    assert rows(to) == rows(whole)
    assert (summary.bad, told, summary.persons) == (1, [52], 51)


def test_damaged_and_missing_files(tmp_path: Path) -> None:
    """A file that breaks off keeps what was read before; each error says what to do."""
    whole = gzip.compress("\n".join([JANE] * 3000).encode() + os.urandom(9999), mtime=0)
    (tmp_path / "cut.gz").write_bytes(whole[:-4000])
    with pytest.raises(InputError, match="breaks off"):
        import_people(tmp_path / "cut.gz", tmp_path / "people.db")
    with pytest.raises(InputError, match="check the path"):
        import_people(tmp_path / "none", tmp_path / "people.db")


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Neither an index nor a text is taken for imported people, nor made into it."""
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE t (x)")
    db.close()
    text = written(tmp_path / "text.db", ["no database " * 100])
    for path in (other, text, tmp_path / "none.db"):
        with pytest.raises(LexiconError, match=path.name):
            ImportedPeople(path)
    for path in (other, text):
        before = path.read_bytes()
        with pytest.raises(LexiconError):
            import_people(written(tmp_path / "x", [RICK]), path)
        assert path.read_bytes() == before


def test_rules_of_spelling_that_changed(tmp_path: Path) -> None:
    """A store filed by other rules is refused, and filed anew by the next import."""
    imported(tmp_path, [JANE])
    to = tmp_path / "people.db"
    db = sqlite3.connect(to)
    db.execute("UPDATE setting SET value = 'old'")
    db.execute("DELETE FROM name")
    db.commit()
    db.close()
    with pytest.raises(LexiconError, match="import"):
        ImportedPeople(to)
    import_people(tmp_path / "extract.ndjson", to)
    assert ImportedPeople(to).named("Jane Quorple") is not None


# Asking


def person(id_: str, name: str, links: int | None = None, *aliases: str) -> str:
    """A line of the simple form."""
    return json.dumps({"id": id_, "name": name, "sitelinks": links, "aliases": aliases})


ASKED = [
    person("a", "John Roe", 3),
    person("b", "John Roe", 2),
    person("c", "Mary Orr", 90),
    person("d", "Mary Orr", 20),
    person("e", "Lee Orr", 29),
    person("f", "Sam Poe", 90),
    person("g", "Tom Poe", 80),
    person("h", "Sole Low", 5),
    person("i", "Kim Jong-un", 150),
    person("j", "Herta Müller", 99),
    person("k", "Robert F. Doe", 8),
    person("l", "Madonna", 200),
    person("m", "Ray Doe Jr.", 3),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("John Roe", None),  # two, neither known
        ("Mary Orr", "c"),  # well known, and leads the other clearly
        ("Sole Low", "h"),
        ("Low", None),
        ("Kim Jong Un", "i"),
        ("Herta Mueller", "j"),
        ("Herta Muller", "j"),
        ("Robert Doe", "k"),
        ("Robert Francis Doe", "k"),
        ("Robert Q. Doe", None),
        ("Bob Doe", None),
        ("Madonna", None),  # one word names nobody among so many
        ("Ray Doe Jr.", "m"),
        ("Ray Doe", None),
        ("", None),
    ],
)
def test_full_names(tmp_path: Path, name: str, expected: str | None) -> None:
    """One bearer of a full name, or the one well known; nobody else."""
    _, store = imported(tmp_path, ASKED)
    found = store.named(name)
    ids = {n: json.loads(line)["id"] for line in ASKED for n in [json.loads(line)["name"]]}
    ids["Mary Orr"] = "c"
    assert (ids[found.name] if found else None) == expected
    if name == "Mary Orr":
        assert found is not None
        assert found.sitelinks == 90


@pytest.mark.parametrize(
    ("surname", "expected"),
    [("Orr", ["Mary Orr"]), ("Poe", []), ("Low", []), ("Roe", []), ("Müller", ["Herta Müller"])],
)
def test_bare_surnames(tmp_path: Path, surname: str, expected: list[str]) -> None:
    """A surname means the well-known bearer who leads the others clearly, or nobody."""
    _, store = imported(tmp_path, ASKED)
    assert [p.name for p in store.surnamed(surname)] == expected


def test_files_win_over_the_import(tmp_path: Path) -> None:
    """A user's people, then the shipped ones with what the import knows better, then the import."""
    bessent = json.dumps(
        {
            "id": "Q77",
            "name": "Scott Bessent",
            "sitelinks": 40,
            "roles": [
                {"role": "United States Secretary of the Treasury", "of": "United States",
                 "from": "2025-01-28", "to": "2027-03-01"},
                {"role": "Chair", "of": "Quorple Bank", "from": "2027-04-01"},
            ],
        }
    )  # fmt: skip
    imported(tmp_path, [bessent, person("Q78", "Vera Trump", 300), person("Q1", "Zed Zulu", 50)])
    own = tmp_path / "people.toml"
    own.write_text('[[person]]\nname = "Zed B. Zulu"\nwikidata = "Q1"\n', encoding="utf-8")
    people = load_people(own, tmp_path / "people.db")
    found = people.named("Scott Bessent")
    assert found is not None
    assert (found.wikidata, found.gender) == ("Q77", "male")
    assert [(r.role, r.end) for r in found.roles] == [
        ("Treasury Secretary", "2027-03-01"),
        ("Chair", None),
    ]
    assert "Vera Trump" not in [p.name for p in people.surnamed("Trump")]
    assert people.named("Vera Trump") is not None
    zulu = people.named("Zed Zulu")
    assert zulu is not None
    assert (zulu.name, zulu.file) == ("Zed B. Zulu", str(own))


def test_holders_among_the_imported(tmp_path: Path) -> None:
    """Whom no file knows in an office, the import may; open offices until the extract's day."""
    file = written(tmp_path / "x", [JANE, *OFFICES, RICK])
    os.utime(file, (1_710_000_000, 1_710_000_000))  # 9 March 2024
    import_people(file, tmp_path / "people.db")
    people = load_people(imported=tmp_path / "people.db")

    def names(words: str, of: str | None, day: str) -> list[str]:
        return [p.name for p in people.holders(words, of, day)]

    assert names("prime minister", "Freedonia", "2020-01-01") == ["Jane Quorple"]
    assert names("premier", "Freedonia", "2020-01-01") == ["Jane Quorple"]
    assert names("minister", "Freedonia", "2020-01-01") == []
    assert names("prime minister", "Sylvania", "2020-01-01") == []
    assert names("prime minister", None, "2020-01-01") == []
    assert names("prime minister", "Freedonia", "2024-06-01") == []
    assert names("mayor", "Bree", "2022-06-30") == ["Rick Roe"]
    assert names("mayor", "Bree", "2022-07-01") == []


def test_threads_ask_on_their_own(tmp_path: Path) -> None:
    """Each thread has its connection."""
    _, store = imported(tmp_path, ASKED)
    found: list[str] = []

    def ask() -> None:
        for name in ("Sole Low", "Mary Orr", "Herta Müller"):
            person = store.named(name)
            found.append(person.name if person else "")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(found)) == ["Herta Müller", "Mary Orr", "Sole Low"]
