"""Who is who, from the command line: decisions made, undone and refused; public figures."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from notation import Run, program

from quotes.index.opening import open_index, transaction
from quotes.index.write import write_article
from quotes.people.identity import update_identity
from quotes.people.known import People
from quotes.people.persons import Person
from quotes.records import Article, Entity, Quotation, Span, Speaker

PEOPLE = People([Person("Rick Orr"), Person("Mary Orr")])

# article | who is named | words | source as written | why, empty for "named in full"
SAID = [
    ("a1", "Mary Marlow", "One bridge is safe", "Ms Marlow", ""),
    ("a2", "Mary Marlow", "Two bridges are safe", "Mary Marlow", ""),
    ("a3", "Bo Marlow", "Three bridges are not", "Bo Marlow", ""),
    ("a4", "Marlow", "Four bridges will do", "Marlow", ""),
    ("a5", "M. Kessel", "Five roads are wet", "M. Kessel", ""),
    (
        "a6",
        "Maud Kessel",
        "Six roads are dry",
        "she",
        "“she”: Maud Kessel is the nearest person who fits",
    ),
    ("a6", "Cy Poe", "Seven roads are long", "Cy Poe", ""),
    ("a7", "", "Eight rivers rose", "he", "abstained: “he” could be Cy Poe or Bo Marlow"),
    ("a7", "", "Nine rivers fell", "He", "abstained: “He” could be Cy Poe or Bo Marlow"),
    ("a8", "C. Poe", "Ten rivers froze", "C. Poe", ""),
]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An index of `SAID`."""
    path = tmp_path / "quotes.db"
    connection = open_index(path)
    for article in dict.fromkeys(line[0] for line in SAID):
        _write(connection, article, [line for line in SAID if line[0] == article])
    update_identity(connection, people=PEOPLE)
    connection.close()
    return path


def _write(db: object, id_: str, lines: list[tuple[str, ...]]) -> None:
    text = "\n".join(f"{source} said: {words}." for _, _, words, source, _ in lines)
    quotations = []
    for number, (_, name, words, source, basis) in enumerate(lines):
        start = text.index(words)
        cue = text.rindex("said", 0, start)
        quotations.append(
            Quotation(
                f"q{id_}{number}",
                "indirect",
                (Span(start, start + len(words)),),
                (Span(cue, cue + 4),),
                (Span(cue - 1 - len(source), cue - 1),),
                "assertion",
                0.9,
                "reader",
                Speaker(name.lower(), name, "person") if name else None,
                basis or "named in full at the source",
                chain=(Span(cue - 1 - len(source), cue - 1),),
            )
        )
    names = {name for _, name, *_ in lines if name}
    entities = [Entity(name.lower(), name, "person", (name,)) for name in sorted(names)]
    article = Article(id_, text, f"Post {id_}", title=f"Story {id_}", published="2025-02-12")
    write_article(db, article, quotations, entities)  # type: ignore[arg-type]


@pytest.fixture
def run(db: Path) -> Run:
    """The command line on that index."""

    return program(db)


def listed(run: Run) -> list[Any]:
    """All speakers, as they are listed."""
    rows: list[Any] = json.loads(run("speakers", "--json").stdout)
    return rows


def speakers(run: Run) -> dict[str, int]:
    """Names and how many quotations each has."""
    return {row["name"]: row["quotations"] for row in listed(run)}


# Deciding

DECIDED = [
    (
        ("merge", "Mary Marlow", "Bo Marlow"),
        "Mary Marlow and Bo Marlow are one; 3 quotations.",
        {"Mary Marlow": 3},
    ),
    (
        ("split", "Mary Marlow", "a1", "--as", "Ann Marlow"),
        "Mary Marlow is Ann Marlow in 1 article; 1 quotation.",
        {"Mary Marlow": 1, "Ann Marlow": 1},
    ),
    (
        ("split", "Mary Marlow", "Story a1", "a2", "--as", "Ann Marlow"),
        "Mary Marlow is Ann Marlow in 2 articles; 2 quotations.",
        {"Ann Marlow": 2},
    ),
    (
        ("rename", "Cy Poe", "Cyrus Poe"),
        "Cy Poe is shown as Cyrus Poe; 2 quotations.",
        {"Cyrus Poe": 2},
    ),
    (
        ("alias", "add", "Bo Marlow", "Marlow"),
        "“Marlow” is Bo Marlow; 2 quotations.",
        {"Bo Marlow": 2},
    ),
    (
        ("assign", "Cy Poe", "qa70", "qa71", "qa60"),
        "3 quotations are by Cy Poe; 3 quotations.",
        {"Cy Poe": 5},
    ),
    (
        ("apart", "Bo Marlow", "Mary Marlow"),
        "Bo Marlow and Mary Marlow are two; 3 quotations.",
        {"Bo Marlow": 1, "Mary Marlow": 2},
    ),
]


@pytest.mark.parametrize(("words", "told", "after"), DECIDED, ids=lambda value: str(value))
def test_a_decision_is_told_in_a_line_and_undone(
    run: Run, words: tuple[str, ...], told: str, after: dict[str, int]
) -> None:
    """What was done, how many quotations, how to undo it; undone, all is as before."""
    before = speakers(run)
    result = run("speakers", *words)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{told} Undo: quotes speakers undo 1\n"
    assert after.items() <= speakers(run).items()
    assert run("speakers", "undo", "1").stderr.startswith("Undone: ")
    assert speakers(run) == before


def test_a_decision_holds_for_articles_that_come_later(run: Run, db: Path) -> None:
    """Reading on does not ask again."""
    run("speakers", "merge", "Mary Marlow", "Bo Marlow")
    connection = open_index(db)
    _write(connection, "b1", [("b1", "Bo Marlow", "Ten bridges fell", "Bo Marlow", "")])
    update_identity(connection, people=PEOPLE)
    connection.close()
    assert speakers(run)["Mary Marlow"] == 4


def test_a_quotation_stays_with_whom_it_was_given_to(run: Run, db: Path) -> None:
    """When its article is read again, and when other decisions come and go."""
    run("speakers", "assign", "Bo Marlow", "qa70")
    connection = open_index(db)
    _write(connection, "a7", [("a7", "", "Eight rivers rose", "he", "abstained: who knows")])
    update_identity(connection, people=PEOPLE)
    connection.close()
    run("speakers", "rename", "Bo Marlow", "Bodil Marlow")
    assert speakers(run)["Bodil Marlow"] == 2
    run("speakers", "merge", "bo-marlow", "mary-marlow")
    assert speakers(run)["Bodil Marlow"] == 4
    told = dict(facts(run, "qa70"))
    assert told["speaker"].startswith("Bodil Marlow")
    result = run("speakers", "assign", "Cy Poe", "qa70")
    assert result.exit_code == 2
    assert "decision 1" in result.stderr


def test_a_speaker_is_named_by_id_or_any_name(run: Run) -> None:
    """Whatever the listing shows can be typed."""
    assert run("speakers", "merge", "mary-marlow", "bo marlow").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("merge", "Marlow", "Zed"), "No speaker goes by 'Zed'"),
        (("merge", "Mary Marlowe", "Bo Marlow"), "Did you mean Mary Marlow?"),
        (("merge", "Story", "Cy Poe"), "No speaker goes by 'Story'"),
        (("split", "Mary Marlow", "zzz", "--as", "Ann"), "zzz: no such article"),
        (("split", "Mary Marlow", "story", "--as", "Ann"), "story: matches several"),
        (("split", "Mary Marlow", "a3", "--as", "Ann"), "is not in article 'a3'"),
        (("undo", "7"), "there is no decision 7"),
        (("assign", "Cy Poe", "zz"), "zz: no such quotation"),
        (("assign", "Cy Poe", "qa"), "qa: matches several"),
        (("assign", "Zed", "qa70"), "No speaker goes by 'Zed'"),
    ],
)
def test_who_is_not_there_is_told_and_nothing_done(
    run: Run, words: tuple[str, ...], told: str
) -> None:
    """Exit code 1, as for any question that finds nothing."""
    before = speakers(run)
    result = run("speakers", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert speakers(run) == before
    assert run("speakers", "decisions").stderr == "No decisions were made by hand.\n"


def test_several_of_a_name_are_listed_with_their_ids(run: Run) -> None:
    """So that the next command can be typed; nothing is done."""
    run("speakers", "rename", "marlow", "Bo Marlow")
    result = run("speakers", "merge", "Bo Marlow", "Cy Poe")
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(
        r"'Bo Marlow' matches several speakers: bo-marlow \(Bo Marlow, 1\), "
        r"marlow-\w{6} \(Bo Marlow, 1\); nothing was changed, use one of these ids\n",
        result.stderr,
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("merge", "Mary Marlow", "Mary Marlow"), "one speaker already"),
        (("rename", "Mary Marlow", " "), "needs a name"),
        (("split", "Mary Marlow", "a1"), "--as"),
        (("assign", "Mary Marlow"), "ID..."),
        (("split", "Mary Marlow", "--as", "Ann"), "ARTICLE"),
        (("--csv", "merge", "Mary Marlow", "Bo Marlow"), "put --csv after merge"),
        (("undo", "first"), "not a valid integer"),
        (("marry", "Mary Marlow", "Bo Marlow"), "No such command"),
    ],
)
def test_what_cannot_be_decided_is_refused(run: Run, words: tuple[str, ...], told: str) -> None:
    """Exit code 2, and the reason."""
    before = speakers(run)
    result = run("speakers", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert speakers(run) == before


def test_what_was_decided_otherwise_names_the_decision(run: Run) -> None:
    """The remedy is to undo that one."""
    run("speakers", "apart", "Bo Marlow", "Mary Marlow")
    result = run("speakers", "merge", "Bo Marlow", "Mary Marlow")
    assert result.exit_code == 2
    assert "decision 1" in result.stderr
    assert "undo it first" in result.stderr


def test_the_index_may_be_named_before_the_command(run: Run, tmp_path: Path) -> None:
    """Never another index than the one meant; the hint names it."""
    missing = str(tmp_path / "missing.db")
    result = run("speakers", "--db", missing, "merge", "Mary Marlow", "Bo Marlow")
    assert result.exit_code == 2
    assert "no such index" in result.stderr
    assert not Path(missing).exists()
    (tmp_path / "other.db").write_bytes((tmp_path / "quotes.db").read_bytes())
    other = str(tmp_path / "other.db")
    told = run("speakers", "--db", other, "alias", "add", "Bo Marlow", "Marlow").stderr
    assert told.endswith(f"Undo: quotes speakers undo 1 --db {other}\n")
    assert run("speakers", "decisions").exit_code == 1


# Decisions as a file


@pytest.mark.parametrize("flag", ["--nl", "--json", "--csv", "--tsv"])
def test_decisions_go_from_index_to_index(run: Run, tmp_path: Path, flag: str) -> None:
    """Exported, undone and imported again they say the same; a second time nothing is new."""
    run("speakers", "split", "Mary Marlow", "a1", "a2", "--as", "=Ann; Marlow", "--note", "x, y")
    run("speakers", "apart", "Cy Poe", "Bo Marlow")
    exported = run("speakers", "decisions", flag)
    assert (exported.exit_code, exported.stderr) == (0, "")
    file = tmp_path / "decisions.txt"
    file.write_text(exported.stdout, encoding="utf-8")
    run("speakers", "undo", "1")
    run("speakers", "undo", "2")
    result = run("speakers", "import", str(file))
    assert result.stderr.startswith("2 decisions imported")
    again = run("speakers", "decisions", flag)
    assert again.stdout == exported.stdout
    twice = run("speakers", "import", str(file))
    assert (twice.exit_code, twice.stdout) == (1, "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{broken", "not what `quotes speakers decisions` writes"),
        ("a,b\n1,2\n", "entry 1 has no action"),
        ('{"action": "divorce", "subject": "person:A"}', "entry 1 has no action"),
        ('{"action": "merge"}', "entry 1 (merge) has no subject"),
        ('{"action": "merge", "subject": "person:A"}', "two speakers"),
        ('{"action": "rename", "subject": "person:A", "name": 7}', "other than text"),
        ('["no"]', "entry 1 has no action"),
        ('[{"action": "alias", "subject": "person:A B", "name": "x", "articles": 1}]', "text"),
    ],
)
def test_a_file_that_holds_none_is_refused(run: Run, tmp_path: Path, text: str, told: str) -> None:
    """Which entry, and why; nothing is decided."""
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    result = run("speakers", "import", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert run("speakers", "decisions").exit_code == 1


# Review


def doubts(run: Run, *flags: str) -> dict[str, dict[str, object]]:
    """What is in doubt, by subject."""
    out = run("review", "--json", *flags).stdout
    return {row["subject"]: row for row in json.loads(out)}


def test_an_index_of_before_keeps_its_doubts(run: Run, db: Path) -> None:
    """A weak reason in the words of a former version is still one."""
    connection = open_index(db)
    with transaction(connection):
        connection.execute(
            "UPDATE quotation SET speaker_basis = replace(speaker_basis, ' person who', ' who')"
        )
    connection.close()
    (evidence,) = [row["evidence"] for row in doubts(run, "--kind", "speaker").values()]
    assert evidence == "“she”: Maud Kessel is the nearest who fits"


def test_review_lists_each_kind_of_doubt_with_most_quotations_first(run: Run) -> None:
    """With evidence, and what to type."""
    rows = json.loads(run("review", "--json").stdout)
    found = {(row["kind"], row["subject"]): row for row in rows}
    assert found.keys() == {
        ("source", "“He” in Story a7"),
        ("join", "C. Poe is taken for Cy Poe"),
        ("join", "M. Kessel is taken for Maud Kessel"),
        ("lookalike", "Marlow alone"),
        ("speaker", "Maud Kessel in Story a6"),
    }
    assert [row["quotations"] for row in rows] == [2, 1, 1, 1, 1]
    lone = found["lookalike", "Marlow alone"]
    assert lone["evidence"] == "may be Mary Marlow (2), Bo Marlow (1)"
    assert re.fullmatch(r"quotes speakers merge mary-marlow marlow-\w{6}", lone["settle"][0])
    assert lone["examples"] == ["qa40"]


def test_what_to_type_settles_it(run: Run) -> None:
    """Each command that review gives runs, and the doubt is gone."""
    subjects = [
        *("C. Poe is taken for Cy Poe", "Marlow alone"),
        *("“He” in Story a7", "Maud Kessel in Story a6", "M. Kessel in Story a6"),
    ]
    for subject in filter(doubts(run).__contains__, subjects):
        row = doubts(run)[subject]
        for command in row["settle"]:  # type: ignore[attr-defined]
            if subject == "Marlow alone" and "apart" in command:
                continue  # one of two only, see below
            if "NAME" in command:
                continue  # for the reader to fill in
            result = run(*shlex.split(command)[1:])
            assert result.exit_code == 0, result.stderr
            assert subject not in doubts(run)
            run("speakers", "undo", "1")
            assert subject in doubts(run)


def test_what_was_kept_apart_is_not_asked_again(run: Run) -> None:
    """Of several whom a bare surname may mean, the others still are."""
    (bare,) = (row["id"] for row in listed(run) if row["name"] == "Marlow")
    run("speakers", "apart", "mary-marlow", bare)
    assert doubts(run)["Marlow alone"]["evidence"] == "may be Bo Marlow (1)"
    run("speakers", "apart", "bo-marlow", bare)
    assert "Marlow alone" not in doubts(run)


@pytest.mark.parametrize("flag", ["--csv", "--tsv", "--nl", "--json", "--table"])
def test_review_takes_every_form(run: Run, flag: str) -> None:
    """Data on stdout, nothing on stderr."""
    result = run("review", flag, "--limit", "1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Story a7" in result.stdout
    assert "Kessel" not in result.stdout


def test_review_reads_as_blocks_of_lines(run: Run) -> None:
    """Evidence, then what to type, ready to be copied."""
    assert run("review", "--kind", "join").stdout.split("\n\n")[0] + "\n" == (
        "C. Poe is taken for Cy Poe · 1 quotation\n"
        "  the only person in the index with that initial and surname\n"
        "  $ quotes explain qa80\n"
        "  $ quotes speakers alias add cy-poe 'C. Poe'\n"
        "  $ quotes speakers split cy-poe a8 --as 'C. Poe'\n"
    )


def test_nothing_in_doubt_is_exit_code_1(run: Run, tmp_path: Path) -> None:
    """As for any question that finds nothing."""
    empty = tmp_path / "empty.db"
    open_index(empty).close()
    result = run("review", "--db", str(empty))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Nothing is in doubt.\n"


# Explain


def facts(run: Run, id_: str) -> list[tuple[str, str]]:
    """Each step's name and words."""
    rows = csv.DictReader(io.StringIO(run("explain", id_, "--csv").stdout))
    return [(row["fact"], row["words"]) for row in rows]


def test_explain_tells_the_chain_from_words_to_name(run: Run) -> None:
    """Where, how found, cue, source, mentions, who it is here and elsewhere, and why."""
    assert facts(run, "qa80") == [
        ("article", "Post a8 · 2025-02-12 · Story a8 · a8"),
        ("words", "C. Poe said: [Ten rivers froze].  (13–29)"),
        ("found", "indirect, assertion, affirmed; by reader, confidence 0.90"),
        ("cue", "C. Poe [said]: Ten rivers froze.  (7–11)"),
        ("source", "[C. Poe] said: Ten rivers froze.  (0–6)"),
        ("chain", "[C. Poe] said: Ten rivers froze.  (0–6)"),
        ("speaker", "Cy Poe (cy-poe)"),
        ("because", "named in full at the source"),
        ("here", "C. Poe, person"),
        (
            "elsewhere",
            "Cy Poe, person; also C. Poe: the only person in the index with that initial and "
            "surname "
            "(doubtful; `quotes review` tells how to settle it)",
        ),
    ]


def test_a_doubtful_speaker_is_marked_wherever_it_is_shown(run: Run) -> None:
    """In every answer and export, with the reason; a sure one never is."""
    why = "the only person in the index with that initial and surname"
    assert "Cy Poe (doubtful)" in run("who-said", "rivers froze").stdout
    assert why in run("who-said", "rivers froze").stdout
    assert "doubtful" not in run("who-said", "roads are long").stdout
    assert "Cy Poe (doubtful)" in run("show", "a8").stdout
    (row,) = (row for row in listed(run) if row["name"] == "Cy Poe")
    assert row["doubtful"] == ["C. Poe"]
    exported = list(csv.DictReader(io.StringIO(run("export", "--csv").stdout)))
    told = {row["quotation"]: row["speaker_doubt"] for row in exported}
    assert (told["Ten rivers froze"], told["Seven roads are long"]) == (why, "")
    (hit,) = json.loads(run("who-said", "rivers froze", "--json").stdout)
    assert hit["speaker_doubt"] == hit["occurrences"][0]["speaker_doubt"] == why


def test_explain_names_the_decisions_that_were_made(run: Run) -> None:
    """And what rests on them is not doubtful any more."""
    run("speakers", "alias", "add", "cy-poe", "C. Poe")
    told = facts(run, "qa80")
    assert ("by hand", "decision 1: “C. Poe” is Cy Poe") in told
    assert ("elsewhere", "Cy Poe, person; also C. Poe: by hand (decision 1)") in told


def test_explain_says_why_there_is_no_name(run: Run) -> None:
    """The reason and, where the article has them, the candidates."""
    told = dict(facts(run, "qa70"))
    assert told["speaker"] == "none"
    assert told["because"] == "abstained: “he” could be Cy Poe or Bo Marlow"
    assert "elsewhere" not in told


def test_explain_as_json_holds_every_step(run: Run) -> None:
    """For programs: passages with offsets, entities, decisions."""
    (whole,) = json.loads(run("explain", "qa8", "--json").stdout)
    assert whole["quotation"]["id"] == "qa80"
    assert whole["source"] == [
        {"start": 0, "end": 6, "before": "", "words": "C. Poe", "after": " said: Ten rivers froze."}
    ]
    assert (whole["local"]["name"], whole["entity"]["id"]) == ("C. Poe", "cy-poe")
    assert (whole["doubtful"], whole["decisions"], whole["candidates"]) == (True, [], [])


@pytest.mark.parametrize(("id_", "told"), [("zz", "no such"), ("qa", "matches several")])
def test_an_unknown_id_is_exit_code_1(run: Run, id_: str, told: str) -> None:
    """Said on stderr, with stdout empty."""
    result = run("explain", id_)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr


# Public figures: `quotes people`

EXTRACT = """\
{"id": "Q1", "name": "Jane Quorple", "aliases": ["J. Quorple"], "gender": "female",\
 "roles": [{"role": "Mayor", "of": "Bree", "from": "2011-01-10", "to": "2019-01-14"}]}
{"id": "Q2", "name": "Rick Quorple"}
"""


@pytest.fixture
def people(tmp_path: Path) -> Run:
    """The command line with its index in an empty folder."""

    return program(tmp_path / "quotes.db", "people")


def extract(tmp_path: Path, text: str = EXTRACT) -> str:
    """The path of an extract."""
    (tmp_path / "extract.ndjson").write_text(text, encoding="utf-8")
    return str(tmp_path / "extract.ndjson")


def test_imported_people_lie_beside_the_index_and_are_shown(people: Run, tmp_path: Path) -> None:
    """An import says what it did; `show` finds the person, the offices of the day, the file."""
    result = people("import", extract(tmp_path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "2 of 2 lines" in result.stderr
    assert (tmp_path / "people.db").is_file()
    shown = people("show", "Jane Quorple", "--on", "2015-01-01")
    assert shown.stdout.splitlines() == [
        f"Jane Quorple *  Q1 · female · {(tmp_path / 'extract.ndjson').resolve()}",
        "  also J. Quorple",
        "  Mayor, Bree · 2011-01-10 to 2019-01-14",
    ]
    assert "Mayor" not in people("show", "Jane Quorple", "--on", "2020").stdout
    both = people("show", "Quorple").stdout
    assert "Jane Quorple  Q1" in both
    assert "Rick Quorple  Q2" in both


def test_shipped_people_are_shown_without_any_import(people: Run) -> None:
    """The office of the day, and all who bear a surname."""
    result = people("show", "Janet Yellen", "--on", "2025-01-15")
    assert "Janet Yellen *" in result.stdout
    assert "people.toml (shipped)" in result.stdout
    assert "Treasury Secretary" in result.stdout
    assert "Federal Reserve" not in result.stdout
    assert "Hillary Clinton  " in people("show", "Clinton").stdout


def test_nobody_of_that_name(people: Run) -> None:
    """Exit code 1 and a remark."""
    result = people("show", "Quorple")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Quorple" in result.stderr


def test_bad_lines_are_told_and_counted(people: Run, tmp_path: Path) -> None:
    """Their numbers on stderr, the first ones only; the rest is imported."""
    result = people("import", extract(tmp_path, EXTRACT + "broken\n" * 30))
    assert result.exit_code == 1
    assert "line 3: not JSON" in result.stderr
    assert "line 23" not in result.stderr
    assert "bad lines   30" in result.stderr
    assert people("show", "Jane Quorple").exit_code == 0


def test_the_same_file_again(people: Run, tmp_path: Path) -> None:
    """Nothing is done twice."""
    file, to = extract(tmp_path), str(tmp_path / "other.db")
    assert people("import", file, "--to", to).exit_code == 0
    again = people("import", file, "--to", to)
    assert again.exit_code == 0
    assert "extract.ndjson already: 2 people" in again.stderr
    assert people("show", "Jane Quorple").exit_code == 1
    assert people("show", "Jane Quorple", "--to", to).exit_code == 0


def test_unusable_files(people: Run, tmp_path: Path) -> None:
    """One line that names the file, exit code 2."""
    other = tmp_path / "people.db"
    other.write_text("no database " * 100, encoding="utf-8")
    for args in (("import", extract(tmp_path)), ("show", "Jane Quorple")):
        result = people(*args)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: {other}")
        assert result.stderr.count("\n") == 1
