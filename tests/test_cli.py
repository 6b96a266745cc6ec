"""The command line in process: stdout, stderr and exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
import yaml
from by_hand import decide
from click.testing import CliRunner
from entities import replace_entities
from notation import Run, files, program

from quotes.answers.catalogue import counts
from quotes.answers.questions import Filters
from quotes.answers.utterances import by
from quotes.api import Index, _shipped_steps
from quotes.cli import cli
from quotes.cli.options import FILTERS
from quotes.index import write as index
from quotes.index.opening import open_index
from quotes.people.identity import update_identity
from quotes.people.known import People
from quotes.reader import Reader
from quotes.records import Article, Entity, Quotation, Span, Speaker
from quotes.run.archive import add_articles
from quotes.run.article import TextReader, load_steps

ROOT = Path(__file__).parent.parent
TRUMP = Speaker("donald-trump", "Donald Trump", "person")
SOURCE = Speaker("us-source", "U.S. source", "unnamed")
HEAVY = ("torch", "stanza", "pandas", "onnxruntime")

REUTERS = Article(
    "r1",
    "Trump has said that support needs to be “secured”. A U.S. source said talks went on. "
    "Trump hopes to win.",
    "Reuters",
    "manifest",
    title="Bessent in Kyiv",
    published="2025-02-12",
)
POST = Article(
    "p1", "He says backing must be “secured.”", "Kyiv Post", "record", published="2025-02-13"
)


def _quotation(
    id_: str,
    article: Article,
    content: str,
    cue: str,
    source: str,
    *,
    speaker: Speaker | None = None,
    attitude: str = "assertion",
    basis: str = "",
    referent: Speaker | None = None,
) -> Quotation:
    def span(words: str) -> tuple[Span]:
        start = article.text.index(words)
        return (Span(start, start + len(words)),)

    kind = "mixed" if "“" in content else "indirect"
    roles = (span(content), span(cue), span(source))
    return Quotation(id_, kind, *roles, attitude, 0.9, "reader", speaker, basis, referent=referent)  # type: ignore[arg-type]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An index of two articles, written by hand."""
    path = tmp_path / "quotes.db"
    connection = open_index(path)
    said = [
        _quotation("q1", REUTERS, "needs to be “secured”", "said", "Trump", speaker=TRUMP),
        _quotation("q2", REUTERS, "talks went on", "said", "A U.S. source", referent=SOURCE),
        _quotation(
            "q3", REUTERS, "to win", "hopes", "Trump", speaker=TRUMP, attitude="eventuality"
        ),
    ]
    local = Entity("donald-trump", "Donald Trump", "person", ("Trump",))
    index.write_article(connection, REUTERS, said, [local])
    other = _quotation("q4", POST, "must be “secured.”", "says", "He", speaker=TRUMP)
    index.write_article(connection, POST, [other], [local])
    mapping = {("r1", "donald-trump"): "donald-trump", ("p1", "donald-trump"): "donald-trump"}
    replace_entities(connection, [local], mapping)
    connection.execute("INSERT INTO cluster VALUES ('c1', 'needs to be “secured”')")
    connection.execute("UPDATE quotation SET cluster = 'c1' WHERE id IN ('q1', 'q4')")
    connection.close()
    return path


@pytest.fixture
def run(db: Path) -> Run:
    """The command line on that index."""

    return program(db)


# Asking


def test_who_said_answers_with_speaker_match_kind_outlets_and_date(run: Run) -> None:
    """The question that this program is for."""
    result = run("who-said", "Secured")
    assert result.stdout.splitlines() == [
        "Donald Trump  said  mixed",
        "  needs to be “**secured**”",
        "  Reuters, Kyiv Post · 2025-02-12 · c1",
    ]
    assert (result.exit_code, result.stderr) == (0, "")


def test_by_takes_any_alias(run: Run) -> None:
    """A surname will do."""
    assert "Donald Trump" in run("by", "trump").stdout


def test_speakers_and_outlets_are_listed(run: Run) -> None:
    """Who is in the index, and who printed it."""
    assert re.search(r"Donald Trump .*Trump .*\b2 .*Kyiv Post, Reuters", run("speakers").stdout)
    assert re.search(r"Reuters +1 +2", run("outlets").stdout)


def test_who_has_no_name_is_listed_by_kind_alone(run: Run) -> None:
    """A source of one article is nobody's name, but can be asked for."""
    assert "source" not in run("speakers").stdout
    (row,) = json.loads(run("speakers", "--kind", "unnamed", "--json").stdout)
    assert (row["name"], row["article"], row["quotations"]) == ("U.S. source", "r1", 1)
    assert run("speakers", "--kind", "group").exit_code == 1
    found = run("who-said", "talks", "--speaker-kind", "unnamed")
    assert found.stdout.startswith("U.S. source (unnamed)  said  indirect\n")
    assert run("who-said", "talks", "--speaker-kind", "person").exit_code == 1
    assert "secured" not in run("show", "r1", "--speaker-kind", "unnamed").stdout.split("1 ")[-1]


def test_the_csv_has_a_column_for_who_has_no_name(run: Run) -> None:
    """The column of names stays empty."""
    rows = list(csv.DictReader(io.StringIO(run("export").stdout)))
    assert {(row["speaker"], row["referent"], row["speaker_kind"]) for row in rows} == {
        ("Donald Trump", "", "person"),
        ("", "U.S. source", "unnamed"),
    }


def test_variants_shows_each_wording(run: Run) -> None:
    """By the utterance's id or that of a quotation."""
    for each in ("c1", "q4"):
        result = run("variants", each)
        assert result.stdout.splitlines()[1:] == [
            "1         “secured”",
            "          Reuters 2025-02-12: needs to be “secured”",
            "          Kyiv Post 2025-02-13: must be “secured.”",
            "first     2025-02-12 · Reuters",
            "then      2025-02-13 · Kyiv Post",
        ]


def test_show_marks_the_article(run: Run) -> None:
    """Sources, cues and contents by number, then who they are."""
    out = run("show", "Bessent").stdout
    assert "[1 source|Trump] has [1 cue|" in out
    assert "U.S. source (unnamed)" in out
    assert "to win]" not in out
    assert "to win]" in run("show", "Bessent", "--all").stdout


def test_export_is_csv_unless_asked_otherwise(run: Run) -> None:
    """One row a printing, assertions only."""
    rows = list(csv.DictReader(io.StringIO(run("export").stdout)))
    assert sorted(row["quotation_id"] for row in rows) == ["q1", "q2", "q4"]
    lines = [json.loads(line) for line in run("export", "--nl", "--all").stdout.splitlines()]
    assert len(lines) == 4
    assert {line["article"]: line["outlet"] for line in lines} == {
        "r1": "Reuters",
        "p1": "Kyiv Post",
    }


def test_export_to_a_file_leaves_stdout_empty(run: Run, tmp_path: Path) -> None:
    """A remark on stderr says what was written, unless silence was asked for."""
    target = tmp_path / "out.csv"
    result = run("export", "-o", str(target))
    assert (result.stdout, result.stderr) == ("", f"3 quotations written to {target}\n")
    assert target.read_text(encoding="utf-8").startswith("quotation_id,")
    assert run("export", "-o", str(target), "--silent").stderr == ""


@pytest.mark.parametrize(
    ("flags", "ids"),
    [
        ((), ["c1", "q2"]),
        (("--kind", "indirect"), ["q2"]),
        (("--speaker-kind", "person"), ["c1"]),
        (("--speaker-kind", "unnamed"), ["q2"]),
        (("--speaker-kind", "document"), []),
        (("--outlet", "kyiv post"), ["c1"]),
        (("--since", "2025-02-13"), ["c1"]),
        (("--until", "2025-02-12"), ["c1", "q2"]),
        (("--until", "2024"), []),
        (("--since", "20250213"), ["c1"]),
        (("--until", "20250212"), ["c1", "q2"]),
        (("--limit", str(1 << 70)), ["c1", "q2"]),
        (("--all",), ["c1", "q2", "q3"]),
    ],
)
def test_filters_narrow_an_export(run: Run, flags: tuple[str, ...], ids: list[str]) -> None:
    """The same flags on every question."""
    rows = csv.DictReader(io.StringIO(run("export", *flags).stdout))
    assert sorted({row["cluster_id"] or row["quotation_id"] for row in rows}) == ids


@pytest.mark.parametrize("flag", ["--csv", "--tsv", "--nl", "--json", "--table", "-t"])
@pytest.mark.parametrize(
    "question",
    [
        ("who-said", "secured"),
        ("by", "Trump"),
        ("speakers",),
        ("outlets",),
        ("variants", "c1"),
        ("variants",),
        ("show", "r1"),
        ("explain", "c1"),
        ("export",),
    ],
)
def test_every_question_takes_every_form(run: Run, question: tuple[str, ...], flag: str) -> None:
    """Data on stdout, nothing on stderr, exit code 0."""
    result = run(*question, flag, "--limit", "1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout
    if flag == "--json":
        assert isinstance(json.loads(result.stdout), list)


def test_a_person_is_shown_the_first_answers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that half of the index holds does not flood the terminal; programs get all."""
    monkeypatch.setattr("quotes.cli.asking.AT_FIRST", 1)
    everything = run("by", "Trump", "--all", "--csv", "--no-headers").stdout
    assert len({row[0] for row in csv.reader(io.StringIO(everything))}) > 1
    first = run("by", "Trump", "--all")
    assert "first 1;" in first.stderr
    assert first.stdout == run("by", "Trump", "--all", "--limit", "1").stdout
    assert "first" not in run("who-said", "secured").stderr


def test_datasette_gets_a_description_under_the_name_of_the_index(run: Run, tmp_path: Path) -> None:
    """YAML on stdout, ready to be kept beside the index; no index, no description."""
    result = run("datasette")
    assert (result.exit_code, result.stderr) == (0, "")
    assert list(yaml.safe_load(result.stdout)["databases"]) == ["quotes"]
    missing = run("datasette", "--db", str(tmp_path / "missing.db"))
    assert (missing.exit_code, missing.stdout) == (2, "")


def test_no_headers_and_byte_order_mark(run: Run) -> None:
    """Excel wants the mark; appending wants no headers."""
    assert run("export", "--no-headers", "--bom").stdout.startswith("\ufeffq")


# Nothing found, and wrong questions


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        (("who-said", "peace in our time"), "No quotation contains"),
        (("who-said", "to win"), "--all also finds 1"),
        (("who-said", "Trump"), "quotes by Trump"),
        (("who-said", "?!"), "No quotation contains"),
        (("by", "Donld Trump"), "Did you mean Donald Trump?"),
        (("by", "Nobody"), "`quotes speakers` lists"),
        (("by", "Trump", "--until", "1999"), "No quotations by Donald Trump match these filters."),
        (("variants", "c9"), "no such quotation or utterance"),
        (("show", "zzz"), "no such article"),
    ],
)
def test_nothing_found_is_exit_code_1_and_a_hint(
    run: Run, question: tuple[str, ...], hint: str
) -> None:
    """Stdout stays empty; stderr says what else to try."""
    result = run(*question)
    assert (result.exit_code, result.stdout) == (1, "")
    assert hint in result.stderr


def test_nothing_found_as_json_is_an_empty_array(run: Run) -> None:
    """A program gets a document, and the same exit code."""
    result = run("who-said", "nothing like it", "--json", "--silent")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "[]\n", "")


@pytest.mark.parametrize(
    "words", ["don't", "U.S.", "well-known", '"', "*", "😀", "a AND", "-x", ""]
)
def test_any_words_are_safe_to_search(run: Run, words: str) -> None:
    """Nothing a person types is taken for the search engine's syntax."""
    result = run("who-said", "--", words)
    assert result.exit_code in (0, 1)
    assert "Error" not in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("who-said",),
        ("who-said", "a", "--csv", "--json"),
        ("export", "--since", "yesterday"),
        ("export", "--since", "2025-13"),
        ("export", "--until", "2025-W01"),
        ("export", "--kind", "loud"),
        ("export", "--limit", "0"),
        ("extract", "no-such-file.txt"),
        ("frobnicate",),
    ],
)
def test_wrong_usage_is_exit_code_2(run: Run, args: tuple[str, ...]) -> None:
    """Said on stderr, with stdout empty."""
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error" in result.stderr


def test_an_index_that_is_none_is_one_line_with_the_remedy(run: Run, tmp_path: Path) -> None:
    """A missing file, another program's text."""
    text = tmp_path / "notes.db"
    text.write_text("not an index, " * 100)
    for path in (tmp_path / "missing.db", text):
        result = run("who-said", "x", "--db", str(path))
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"Error: {path}: ")
        assert result.stderr.count("\n") == 1


def test_a_fault_of_ours_shows_a_traceback_with_v_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line for users, the place for those who report it."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr("quotes.answers.utterances.who_said", fail)
    plain, verbose = run("who-said", "x"), run("who-said", "x", "-v")
    assert (plain.exit_code, plain.stderr) == (
        2,
        "Error: RuntimeError: oops; add -v to see where\n",
    )
    assert "Traceback" in verbose.stderr


def test_an_interrupt_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 130, as the shell has it."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("quotes.answers.utterances.who_said", stop)
    result = run("who-said", "x")
    assert result.exit_code == 130
    assert result.stderr.count("\n") == 1


# In a process of its own


def _python(code: str, *args: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        **options,  # type: ignore[call-overload]
    )


LOADED = f"; print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"


@pytest.mark.parametrize(
    "code",
    [
        "import sys, quotes",
        "import sys, quotes; quotes.Article; quotes.QuotesError; quotes.Span",
        "import sys, quotes.cli; quotes.cli.cli(['--help'], standalone_mode=False)",
        "import sys, quotes.cli; quotes.cli.cli(['index', '--help'], standalone_mode=False)",
    ],
)
def test_neither_import_nor_help_load_anything_heavy(code: str) -> None:
    """Help answers at once."""
    result = _python(code + LOADED)
    assert result.stderr == "[]\n"


def test_a_question_loads_no_model_and_no_data_frames(db: Path) -> None:
    """Answers come at once too."""
    code = "import sys, quotes.cli; quotes.cli.cli(sys.argv[1:], standalone_mode=False)" + LOADED
    result = _python(code, "who-said", "secured", "--db", str(db))
    assert "Donald Trump" in result.stdout
    assert result.stderr == "[]\n"


def test_a_closed_pipe_is_quiet(db: Path) -> None:
    """`quotes export | head -1` says nothing on stderr."""
    connection = open_index(db)
    for number in range(300):
        article = Article(f"x{number}", f"{number} Lee said " + "that it was so " * 40)
        said = _quotation(f"x{number}", article, article.text[9:].strip(), "said", "Lee")
        index.write_article(connection, article, [said])
    connection.close()
    command = [sys.executable, "-m", "quotes", "export", "--db", str(db)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


# Reading


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch, fake_reader: TextReader) -> Iterator[None]:
    """Commands that read get the reader without a model."""
    monkeypatch.setattr(Reader, "load", lambda **_: fake_reader)
    _shipped_steps.cache_clear()
    yield
    _shipped_steps.cache_clear()


def test_a_first_session(reading: None, tmp_path: Path) -> None:
    """Index a folder, ask, index it again: the second time nothing is new."""
    (tmp_path / "a.txt").write_text("“It is secured,” Ann Lee said.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("“We wait,” Bo Dahl said. “To win,” Lee hopes.", "utf-8")
    database = str(tmp_path / "new.db")  # among the articles, but none of them
    first = CliRunner().invoke(cli, ["index", str(tmp_path), "--db", database, "--outlet", "Post"])
    assert (first.exit_code, first.stdout) == (0, "")
    assert "2 added" in first.stderr
    asked = CliRunner().invoke(cli, ["who-said", "secured", "--db", database])
    assert asked.stdout.startswith("Ann Lee  said  direct\n")
    again = CliRunner().invoke(cli, ["index", str(tmp_path), "--db", database, "--outlet", "Post"])
    assert "2 unchanged" in again.stderr


def test_bad_files_are_told_and_the_rest_goes_on(reading: None, tmp_path: Path) -> None:
    """Exit code 1, a line a failure, the good ones indexed."""
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 10)
    (tmp_path / "good.txt").write_text("“It is so,” Ann Lee said.", encoding="utf-8")
    lines = '{"text": "“No,” Bo Dahl said."}\n{broken\n'
    (tmp_path / "lines.jsonl").write_text(lines, encoding="utf-8")
    database = str(tmp_path / "new.db")
    result = CliRunner().invoke(cli, ["index", str(tmp_path), "missing.txt", "--db", database])
    assert result.exit_code == 1
    for name in ("empty.txt", "binary.txt", "lines.jsonl", "missing.txt"):
        assert any(name in line for line in result.stderr.splitlines())
    assert "2 added" in result.stderr
    assert "4 failed" in result.stderr


def test_extract_answers_each_line_in_order(reading: None) -> None:
    """The contract: one line a text, offsets into the text, nothing else on stdout."""
    texts = ["“No,” Ann Lee said.", "Nothing here.", "  😀 “Yes,” Bo Dahl said."]
    given = "".join(
        json.dumps({"id": f"t{number}", "text": text}) + "\n" for number, text in enumerate(texts)
    )
    result = CliRunner().invoke(cli, ["extract", "--nl", "-"], input=given)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (0, "")
    assert [answer["id"] for answer in answers] == ["t0", "t1", "t2"]
    (last,) = answers[2]["attributions"]
    (start, end) = last["content"][0]
    assert texts[2][start:end].rstrip(",") == "Yes"
    assert last["kind"] == "direct"


def test_extract_tells_a_broken_line_and_goes_on(reading: None, tmp_path: Path) -> None:
    """Exit code 1 and one stderr line that names the line; a record without id gets ours."""
    source = tmp_path / "in.ndjson"
    source.write_text('{"text": "One."}\nnot json\n{"id": "b"}\n{"id": 7, "text": "Two."}\n')
    result = CliRunner().invoke(cli, ["extract", "--nl", str(source)])
    ids = [json.loads(line)["id"] for line in result.stdout.splitlines()]
    assert len(ids) == 2
    assert ids[0]
    assert ids[1] == "7"
    assert result.exit_code == 1
    told = result.stderr.splitlines()
    assert len(told) == 2
    assert "line 2" in told[0]
    assert "line 3" in told[1]


def test_other_languages_are_left_out_and_counted(reading: None, tmp_path: Path) -> None:
    """Each with a line that says so; it is no failure, and an option reads them."""
    german = "Der Minister sagte am Dienstag in Berlin, er werde den Vorschlag prüfen. " * 4
    folder = files(tmp_path, {"in/a.txt": "“It is so,” Ann Lee said.", "in/b.txt": german}) / "in"
    asked = ["index", str(folder), "--db", str(tmp_path / "new.db")]
    first = CliRunner().invoke(cli, asked)
    assert first.exit_code == 0
    assert "b.txt: in German, not in English; left out" in first.stderr
    assert re.search(r"articles +1 added\nleft out +1 German: not in English", first.stderr)
    assert "2 failed" not in first.stderr
    everything = CliRunner().invoke(cli, [*asked, "--any-language"])
    assert "1 added, 1 unchanged" in everything.stderr
    alone = CliRunner().invoke(cli, ["extract", str(folder / "b.txt")])
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert "in German" in alone.stderr
    text = CliRunner().invoke(cli, ["extract", "-", "--any-language"], input=german)
    assert "No quotations found" in text.stderr


def test_extract_for_people_is_a_table(reading: None) -> None:
    """A text on stdin; what was hoped needs --all."""
    text = "“It is so,” Ann Lee said. “To win,” Ann Lee hopes."
    plain = CliRunner().invoke(cli, ["extract", "-"], input=text)
    assert re.search(r"Ann Lee +said +“It is so,?” +direct", plain.stdout)
    assert "To win" not in plain.stdout
    assert "To win" in CliRunner().invoke(cli, ["extract", "-", "--all"], input=text).stdout


def test_extract_without_quotations_says_so(reading: None) -> None:
    """Exit code 1, as for a question that finds nothing."""
    result = CliRunner().invoke(cli, ["extract", "-"], input="Nothing here.")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "No quotations found" in result.stderr


# Documentation


def test_every_filter_has_a_flag() -> None:
    """A filter is declared once; its flag bears its name."""
    assert set(FILTERS) == set(Filters.__annotations__)


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, those of groups too."""
    for name, command in group.commands.items():
        yield " ".join((*before, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)


COMMANDS = dict(commands(cli))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_flag_has_help(name: str) -> None:
    """Help is the first thing that people read."""
    command = COMMANDS[name]
    assert command.help
    flags = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.name for each in flags if not each.help] == []


@pytest.fixture
def folder(db: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the examples of help texts run: an index and the files that they name."""
    monkeypatch.chdir(db.parent)
    connection = open_index(db)
    text = "“No,” Ann Lee said. “Yes,” Annabel Lee said. “So,” U.S. President Trump said."
    names = ("Ann Lee", "Annabel Lee", "U.S. President Trump")
    people = [Entity(name, name, "person", (name,)) for name in names]
    article = Article("l1", text, "Reuters", published="2025-02-12")
    said = [
        _quotation(f"q{n}123456789", article, words, "said", who.name,
                   speaker=Speaker(who.id, who.name, "person"))
        for n, (words, who) in enumerate(zip(("No", "Yes", "So"), people, strict=True))
    ]  # fmt: skip
    index.write_article(connection, article, said, people)
    update_identity(connection, people=People([]))
    connection.close()
    decision = {"action": "rename", "subject": "person:Ann Lee", "name": "Anne Lee"}
    files(
        db.parent,
        {
            "articles/a.txt": text,
            "article.txt": text,
            "extract.ndjson": '{"id": "Q1", "name": "Jane Roe"}',
            "decisions.ndjson": json.dumps(decision),
        },
    )
    return db.parent


FINDS_NOTHING = ("families", "speakers")
"""Commands whose example selects what this small index has nothing of."""


RENAME = ("speakers", "rename", "Donald Trump", "Trump")
RUN_BEFORE = {"rebuild": [("rebuild",)], "speakers undo": [RENAME], "speakers decisions": [RENAME]}
"""What a user has done before, to see something by the example."""


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_ends_with_an_example_that_runs(
    reading: None, folder: Path, run: Run, name: str
) -> None:
    """Whoever reads the help can type what it shows."""
    help_text = COMMANDS[name].help if name else cli.help
    assert help_text
    *_, last = help_text.rstrip().splitlines()
    command, *words = shlex.split(last.partition(" > ")[0])
    assert command == "quotes"
    assert " ".join(words).startswith(name)
    for before in RUN_BEFORE.get(name, ()):
        assert run(*before).exit_code == 0
    result = run(*words)
    assert (result.exit_code, "Error" in result.stderr) == (name in FINDS_NOTHING, False)


@pytest.mark.model
def test_doctor_finds_what_is_sound_and_what_is_not(run: Run, db: Path, tmp_path: Path) -> None:
    """Missing extras and an index that is not there yet are no faults; damage is one."""
    sound = run("doctor")
    assert (sound.exit_code, "!" in sound.stdout) == (0, False)
    for what in ("quotes 0", "full-text search", "loads, version", f"{db} is sound"):
        assert what in sound.stdout
    missing = run("doctor", "--db", str(tmp_path / "none.db"))
    assert (missing.exit_code, "does not exist yet" in missing.stdout) == (0, True)
    assert not (tmp_path / "none.db").exists()
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("UPDATE span SET start = 'x'")
        connection.commit()
    damaged = run("doctor")
    assert damaged.exit_code == 1
    assert f"{db}: the index is damaged; restore a copy" in damaged.stdout
    assert "in column start of table span" in damaged.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell: str) -> None:
    """The script that a user puts into the shell's start file, and what it then asks for."""
    begin = "import sys; sys.argv = ['quotes']; from quotes.__main__ import main; main()"

    def ask(what: str, **words: str) -> str:
        environment = {**os.environ, "_QUOTES_COMPLETE": f"{shell}_{what}", **words}
        command = [sys.executable, "-c", begin]
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    assert f"_QUOTES_COMPLETE={shell}_complete" in ask("source")
    index = "who" if shell == "fish" else "1"
    assert "who-said" in ask("complete", COMP_WORDS="quotes who", COMP_CWORD=index)


# Keeping an index in order: `remove` and `rebuild`

ENDING = "“This war must and will end soon,” {} said."


@pytest.fixture
def three(tmp_path: Path, fake_reader: TextReader) -> Path:
    """An index of three articles, two of which print one utterance."""
    path = tmp_path / "quotes.db"
    texts = {"a": ENDING.format("Ann Lee"), "b": ENDING.format("Lee") + " Ann Lee left.",
             "c": "“We wait,” Bo Dahl said."}  # fmt: skip
    with closing(open_index(path)) as connection:
        articles = [
            Article(id_, text, f"Outlet {id_}", title=f"Story {id_}", published="2025-02-12")
            for id_, text in texts.items()
        ]
        add_articles(connection, articles, load_steps(reader=fake_reader))
        assert counts(connection).clusters == 1
    return path


@pytest.fixture
def keeping(three: Path) -> Run:
    """The command line on that index."""

    return program(three)


def damage(three: Path) -> None:
    """Take a quotation out of its group by other means."""
    with closing(open_index(three)) as connection:
        connection.execute("UPDATE quotation SET cluster = NULL WHERE article = 'a'")


def test_a_rebuild_that_changes_nothing_says_so(keeping: Run) -> None:
    """The expected answer, on stderr; stdout stays empty."""
    result = keeping("rebuild")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "speakers    2, as before",
        "groups      1, as before",
        "families    0, as before",
        "paraphrases 0, as before",
    ]


def test_a_rebuild_mends_and_a_check_only_tells(keeping: Run, three: Path) -> None:
    """What differs is counted; only the rebuild puts it right."""
    damage(three)
    for _ in range(2):
        check = keeping("rebuild", "--check")
        assert (check.exit_code, "1 would change (stored: 1)" in check.stderr) == (1, True)
    assert "1 changed (before: 1)" in keeping("rebuild").stderr
    check = keeping("rebuild", "--check", "--silent")
    assert (check.exit_code, check.stderr) == (0, "")


def test_a_rebuild_by_another_people_file(keeping: Run, three: Path) -> None:
    """Names come from the people file beside the index, or the one that is named."""
    people = '[[person]]\nname = "Annabel Lee"\naliases = ["Ann Lee"]\n'
    other = three.with_name("other.toml")
    other.write_text(people, encoding="utf-8")
    assert "2 changed" in keeping("rebuild", "--people", str(other)).stderr
    with closing(open_index(three)) as connection:
        assert {said.speaker.name for said in by(connection, "Lee") if said.speaker} == {
            "Annabel Lee"
        }
    assert "2 changed" in keeping("rebuild").stderr
    three.with_name("people.toml").write_text(people, encoding="utf-8")
    assert "2 changed" in keeping("rebuild").stderr


def test_a_rebuild_keeps_decisions(keeping: Run, three: Path) -> None:
    """What was decided by hand is no result of ours."""
    with closing(open_index(three)) as connection:
        decide(connection, "merge", "ann-lee", other="bo-dahl")
    assert "speakers    1, as before" in keeping("rebuild").stderr


@pytest.mark.parametrize("command", [["rebuild"], ["rebuild", "--check"], ["remove", "a"]])
def test_an_index_that_is_not_there_is_not_made(tmp_path: Path, command: list[str]) -> None:
    """A mistyped name is an error, no empty file."""
    missing = tmp_path / "missing.db"
    result = CliRunner().invoke(cli, [*command, "--db", str(missing)])
    assert result.exit_code == 2
    assert "no such index" in result.stderr
    assert not missing.exists()


def test_removing_an_article_undoes_its_group(keeping: Run, three: Path) -> None:
    """The utterance was printed once after all."""
    result = keeping("remove", "Story b")
    assert (result.exit_code, result.stderr) == (0, "1 article removed\n")
    with closing(open_index(three)) as connection:
        assert (counts(connection).articles, counts(connection).clusters) == (2, 0)
    assert keeping("rebuild", "--check").exit_code == 0


@pytest.mark.parametrize(("named", "told"), [("Story", "Story"), ("nothing", "no such article")])
def test_nothing_is_removed_unless_all_are_known(
    keeping: Run, three: Path, named: str, told: str
) -> None:
    """A name that fits several, or none, leaves even the others in."""
    result = keeping("remove", "a", named)
    assert (result.exit_code, told in result.stderr) == (1, True)
    with closing(open_index(three)) as connection:
        assert counts(connection).articles == 3


def test_removing_and_rebuilding_in_python(three: Path) -> None:
    """`Index.remove` and `Index.rebuild`."""
    damage(three)
    with Index(three) as opened:
        assert [each.changed for each in opened.rebuild(check=True)][:2] == [0, 1]
        assert [each.changed for each in opened.rebuild()][:2] == [0, 1]
        assert not any(each.changed for each in opened.rebuild(check=True))
        assert opened.remove("Story c", "b") == 2
        assert [row.name for row in opened.speakers()] == ["Ann Lee"]
