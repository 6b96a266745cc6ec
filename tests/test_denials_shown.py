"""Denials go through every command and every form, and none comes out as a statement."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from quotes.api import Index, _shipped_steps
from quotes.cli import cli
from quotes.reader import Reader
from quotes.records import Reading, Span, TextReading
from tests.notation import Run, program

DENIED, UNSAID = "the tender was never advertised in the county", "the bridge had fallen twice"
STORIES = {
    "Dun Herald": f"Ann Lee denied that {DENIED}.\nAnn Lee never said that {UNSAID}.",
    "Dun Post": f"Ann Lee denied that {DENIED}.\nIf Ann Lee says that {UNSAID}, it is closed.",
    "Dun Argus": f"Bo Dahl said that {DENIED}.\nBo Dahl said that {UNSAID}.",
    "Dun Echo": f"Ann Lee said that {DENIED}.",
}
FORMS = ("--csv", "--tsv", "--json", "--nl", "--table", "")
REPORT = re.compile(r"(?P<source>Ann Lee|Bo Dahl)(?: never)? (?P<cue>denied|said|says) that ")


class Reports:
    """Finds "X said that …" and the like, with the rest of the clause as content."""

    version = "reports"

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """What is reported in each text."""
        return [TextReading(tuple(self._reports(text))) for text in texts]

    def _reports(self, text: str) -> Iterator[Reading]:
        for found in REPORT.finditer(text):
            end = re.compile("[,.]").search(text, found.end())
            assert end
            content = Span(found.end(), end.start())
            yield Reading(
                (content,), (Span(*found.span("cue")),), (Span(*found.span("source")),), 0.9
            )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command line on an index of the four stories."""
    path = tmp_path_factory.mktemp("denials") / "quotes.db"
    with Index(path, reader=Reports()) as index:
        index.add(
            {"id": outlet.lower().split()[1], "text": text, "outlet": outlet, "date": "2025-02-12"}
            for outlet, text in STORIES.items()
        )
    return program(path)


def rows_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every quotation among JSON values, however deep: it has a text and a cue."""
    if isinstance(value, list):
        for each in value:
            yield from rows_in(each)
    elif isinstance(value, dict):
        if {"text", "cue", "speaker"} <= value.keys():
            yield value
        for each in value.values():
            yield from rows_in(each)


def check(output: str, form: str) -> None:
    """Wherever Ann Lee's denial is shown, it says so; her silence is not shown."""
    if form in ("--csv", "--tsv"):
        table = csv.DictReader(io.StringIO(output), delimiter="\t" if form == "--tsv" else ",")
        for line in table:
            check_row(line["quotation"], line["speaker"], line["cue"], line["polarity"])
    elif form in ("--json", "--nl"):
        lines = [output] if form == "--json" else output.splitlines()
        for row in rows_in([json.loads(each) for each in lines]):
            check_row(row["text"], row["speaker"]["name"], row["cue"], row["polarity"])


def check_row(text: str, speaker: str, cue: str, polarity: str) -> None:
    """A row of Lee's says whether she denied it."""
    assert polarity == ("denied" if cue == "denied" else "affirmed")
    assert (text, speaker) != (UNSAID, "Ann Lee")


QUESTIONS = [
    ("who-said", "tender was never advertised"),
    ("who-said", "tender was never advertised", "--limit", "5"),
    ("who-said", "bridge had fallen"),
    ("by", "Ann Lee"),
    ("export",),
    ("variants",),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_answer_shows_a_denial_as_a_statement(
    run: Run, question: tuple[str, ...], form: str
) -> None:
    """Each row has the polarity and the cue, in every form."""
    shown = run(*question, *filter(None, [form]))
    assert shown.exit_code == 0, shown.stderr
    check(shown.stdout, form)


@pytest.mark.parametrize("form", ["", "--table"])
def test_people_read_the_cue_beside_the_name(run: Run, form: str) -> None:
    """ "Ann Lee denied", whatever the width."""
    shown = run("who-said", "tender was never advertised", *filter(None, [form])).stdout
    assert re.search(r"Ann Lee +denied", shown)
    assert re.search(r"Bo Dahl +said", shown)
    assert re.search(r"Ann Lee +denied", run("by", "Ann Lee", *filter(None, [form])).stdout)


def test_a_denial_and_a_statement_of_the_same_words_are_two_utterances(run: Run) -> None:
    """Two outlets print the denial, one prints a statement by her: nothing joins them."""
    rows = json.loads(run("by", "Ann Lee", "--json").stdout)
    told = {(row["polarity"], tuple(row["outlets"])) for row in rows}
    assert told == {("denied", ("Dun Herald", "Dun Post")), ("affirmed", ("Dun Echo",))}
    (denial,) = [row for row in rows if row["polarity"] == "denied"]
    assert {each["polarity"] for each in denial["occurrences"]} == {"denied"}
    for command in (("variants", denial["id"]), ("variants", denial["id"], "--table")):
        assert "denied" in run(*command).stdout
    for row in json.loads(run("variants", "--json").stdout):
        polarities = {each["polarity"] for w in row["wordings"] for each in w["printings"]}
        assert polarities == {row["polarity"]}


def test_what_she_never_said_needs_all(run: Run) -> None:
    """By default neither the words nor a count of them; with --all as unsaid, and the words why."""
    assert "Ann Lee" not in run("who-said", "bridge had fallen").stdout
    shown = run("who-said", "bridge had fallen", "--all").stdout
    assert re.search(r"Ann Lee +(never said|If says) +indirect, unsaid", shown)
    rows = {row["name"]: row["quotations"] for row in json.loads(run("speakers", "--json").stdout)}
    assert rows == {"Ann Lee": 3, "Bo Dahl": 2}
    rows = json.loads(run("speakers", "--all", "--json").stdout)
    assert {row["name"]: row["quotations"] for row in rows} == {"Ann Lee": 5, "Bo Dahl": 2}
    outlets = {
        row["outlet"]: row["quotations"] for row in json.loads(run("outlets", "--json").stdout)
    }
    assert outlets == {"Dun Herald": 1, "Dun Post": 1, "Dun Argus": 2, "Dun Echo": 1}
    assert UNSAID not in run("variants").stdout.replace("Bo Dahl", "")


def test_show_marks_denials_and_hides_what_was_not_said(run: Run) -> None:
    """The list below an article has its cues; --all adds the rest."""
    shown = run("show", "herald").stdout
    assert re.search(r"1 +Ann Lee +denied +indirect, denied", shown)
    assert "never said" not in shown.split("[1 content|")[-1].split("1  ")[-1]
    assert "unsaid" in run("show", "herald", "--all").stdout
    assert [row["polarity"] for row in rows_in(json.loads(run("show", "herald", "--json").stdout))]


def test_an_explanation_has_the_words_that_deny(run: Run) -> None:
    """In their line, with their place."""
    (row, *_) = json.loads(run("who-said", "tender was never advertised", "--json").stdout)
    shown = run("explain", row["occurrences"][0]["id"]).stdout
    assert re.search(r"denied +because of Ann Lee \[denied\] that", shown)
    (row, *_) = json.loads(run("by", "Bo Dahl", "--json").stdout)
    assert "affirmed" in run("explain", row["id"]).stdout


@pytest.mark.parametrize("form", FORMS)
def test_extract_says_what_is_denied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
) -> None:
    """Without an index too; of JSON lines, which have everything, each has its polarity."""
    monkeypatch.setattr(Reader, "load", lambda **_: Reports())
    _shipped_steps.cache_clear()
    path = tmp_path / "herald.txt"
    path.write_text(STORIES["Dun Herald"], encoding="utf-8")
    shown = CliRunner().invoke(cli, ["extract", str(path), *filter(None, [form])])
    _shipped_steps.cache_clear()
    assert shown.exit_code == 0, shown.stderr
    if form == "--nl":
        (line,) = map(json.loads, shown.stdout.splitlines())
        assert [each["polarity"] for each in line["attributions"]] == ["denied", "unsaid"]
    else:
        check(shown.stdout, form)
        assert "denied" in shown.stdout
        assert "never" not in shown.stdout.replace(DENIED, "")
