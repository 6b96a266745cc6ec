"""README.md and docs/ are true: samples print what they show, tables list what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import update_docs as samples
from notation import ROOT

import quotes
import quotes.index.opening
from quotes.cli import cli
from quotes.present import columns, record
from quotes.present.quotations import attributions, occurrence_of
from quotes.records import Article, Quotation, Span
from quotes.rows import Occurrence, Utterance, Variants, WordingRow

PAGES = samples.pages()
WRITTEN = {path.relative_to(ROOT).as_posix(): text for path, text in PAGES.items()}
WRITTEN["CONTRIBUTING.md"] = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LONGEST_README = 220
README, CONTRACT = ROOT / "README.md", "docs/csv-json.md"

ARTICLE = Article("a", "“No,” she said.")
QUOTATION = Quotation("q1", "direct", (Span(1, 4),), (), (), "assertion", 0.9, "reader")


def prose(page: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", WRITTEN[page], flags=re.MULTILINE | re.DOTALL)


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the table that begins with this heading, cell by cell."""
    text = WRITTEN[page]
    lines = text[text.index(f"| {heading} |") :].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def names(page: str, heading: str) -> list[str]:
    """All that stands in backticks in the first column of a table."""
    return [name for row in table(page, heading) for name in re.findall(r"`([^`]+)`", row[0])]


@pytest.mark.model
def test_samples_print_what_is_shown() -> None:
    """Every session and every Python sample, run in order; `scripts/update_docs.py` mends."""
    with samples.Workshop() as workshop:
        now = samples.fresh(PAGES, workshop)
        drawn = samples.picture(workshop)
    changes = samples.difference(PAGES, now)
    assert samples.drift(samples.whole(PAGES), samples.whole(now)) <= samples.TOLERATED, changes
    assert "Traceback" not in samples.whole(now)
    answer = now[README][now[README].index('$ quotes who-said "secured"') :].split("```", 1)[0]
    assert "Donald Trump" in answer
    assert "Defence Talks, Reuters" in answer
    assert drawn.startswith("<svg")
    assert "secured" in drawn


def test_command_reference_is_fresh() -> None:
    """docs/commands.md shows today's `--help`; `scripts/update_docs.py` writes it."""
    assert samples.COMMANDS.read_text(encoding="utf-8") == samples.command_reference()


def test_every_command_is_explained() -> None:
    """A command that nobody can find does not exist."""
    text = samples.whole(PAGES)
    assert [name for name in cli.commands if f"quotes {name}" not in text] == []


def test_readme_is_short_and_names_every_page() -> None:
    """A newcomer reads it in two minutes and finds the rest."""
    text = WRITTEN["README.md"]
    assert len(text.splitlines()) <= LONGEST_README
    assert [
        path.name for path in (ROOT / "docs").glob("*.md") if f"docs/{path.name}" not in text
    ] == []


@pytest.mark.model
def test_commands_have_twins_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each expression of the table runs and finds something; each command is one."""
    rows = table("docs/python.md", "command")
    assert {row[0].split()[1].strip("`") for row in rows} == set(cli.commands)
    monkeypatch.chdir(ROOT)
    with quotes.Index(tmp_path / "quotes.db") as index:
        index.add(["fixtures/seeds"])
        (said,) = index.who_said("secured")
        known = {"quotes": quotes, "index": index, "said": said, "text": "“No,” Ann Lee said."}
        for command, twin in rows:
            expression = twin.split("`")[1]
            found = eval(expression, known)  # the page's own words
            assert len(found) if hasattr(found, "__len__") else found, command


def test_columns_of_the_csv_are_listed() -> None:
    """In the order of the file."""
    assert tuple(names("docs/csv-json.md", "column")) == columns(Occurrence)
    assert (*columns(Occurrence), *names("docs/csv-json.md", "column of wordings")) == columns(
        Variants
    )


def test_fields_of_the_contract_are_listed() -> None:
    """Those of `extract --nl` in order, those of `export --nl` all of them."""
    (attribution,) = json.loads("".join(attributions(ARTICLE, [QUOTATION])))["attributions"]
    assert names(CONTRACT, "field of an attribution") == list(attribution)
    quotation = record(occurrence_of(ARTICLE, QUOTATION))
    assert set(names(CONTRACT, "field of a quotation")) == set(quotation)
    said = Utterance("c1", None, "", "No", (), "direct", "assertion", (), None, ())
    wording = WordingRow(1, "No", (), (), (), (), "No")
    whole = record(Variants(said, (wording,), (), (), ()))
    assert set(whole) <= set(names(CONTRACT, "field of an utterance"))
    assert set(whole["wordings"][0]) == set(names(CONTRACT, "field of a wording"))


def test_word_lists_are_listed() -> None:
    """Each shipped list, and `people.toml` in a section of its own."""
    lists = {path.name for path in (ROOT / "quotes" / "data").glob("*.toml")}
    assert {*names("docs/people-lists.md", "file"), "people.toml"} == lists


def anchors(page: str) -> set[str]:
    """What a link to a heading of a page may name."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", WRITTEN)
def test_links_lead_somewhere(page: str) -> None:
    """To a file of the project, and to a heading that is there."""
    for target in re.findall(r"\]\(([^)]+)\)", WRITTEN[page]):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.is_file(), target
        if anchor:
            assert anchor in anchors(path.resolve().relative_to(ROOT).as_posix()), target


@pytest.mark.parametrize("page", WRITTEN)
def test_one_sentence_a_line(page: str) -> None:
    """A change to one sentence is then a change to one line."""
    lines = [re.sub(r"^\d+\. ", "", line) for line in prose(page).splitlines()]
    text = [line for line in lines if line and not line.startswith(("|", "#"))]
    assert [line for line in text if re.search(r"\w(?<!\bMr)[.?!] [A-Z“`]", line)] == []


@pytest.mark.parametrize("page", WRITTEN)
def test_no_figure_is_missing(page: str) -> None:
    """Places held for measured figures have been filled."""
    assert re.findall(r"@@[^@]*@@", WRITTEN[page]) == []


# The script that runs the samples

PAGE = """\
Text.

```console
$ quotes a
q0123456789 said 0.91
two
```

<!-- id of "x" -->
```console
$ quotes b c0123456789
```

```python
print(1)
```

```text
1
```

```sh
not run
```
"""


def test_printed_lines_are_compared_without_what_changes() -> None:
    """Ids, confidences, times and the width of a table do not count; words do."""
    lines = samples.printed_lines(PAGE)
    assert lines == ["said", "two", "1"]
    other = PAGE.replace("q0123456789", "q9876543210").replace("0.91", "0.9")
    assert samples.drift(PAGE, other) == 0
    assert samples.drift(PAGE, PAGE.replace("two", "three")) == pytest.approx(1 / 3)
    assert samples.drift(PAGE, PAGE.replace("two\n", "")) == pytest.approx(1 / 3)


def test_samples_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command prints goes below it; an id is set in; other blocks stay."""
    for name, answer in (("shell", "out\n"), ("python", "2\n"), ("id_of", "c9999999999")):
        monkeypatch.setattr(samples.Workshop, name, lambda *_, answer=answer: answer)
    with samples.Workshop() as workshop:
        page = samples.fresh({Path("page.md"): PAGE}, workshop)[Path("page.md")]
    assert "$ quotes a\nout\n```" in page
    assert '<!-- id of "x" -->\n```console\n$ quotes b c9999999999\nout\n```' in page
    assert "```text\n2\n```" in page
    assert "```sh\nnot run\n```" in page


def test_a_sample_that_fails_is_no_sample() -> None:
    """A Python sample that raises stops the run and says what it was."""
    with samples.Workshop() as workshop:
        assert workshop.python("print('so')") == "so\n"
        assert workshop.shell("echo so; echo no >&2") == "no\nso\n"
        with pytest.raises(SystemExit, match="KeyError"):
            workshop.python("{}['x']")
