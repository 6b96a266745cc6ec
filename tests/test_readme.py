"""README.md is true: its samples print what it shows, its tables list what there is."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

import quotes
import quotes.index.opening
from quotes.cli import cli
from quotes.present import columns, record
from quotes.present.quotations import attributions, occurrence_of
from quotes.records import Article, Quotation, Span
from quotes.rows import Occurrence, Utterance, Variants, WordingRow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)

ARTICLE = Article("a", "“No,” she said.")
QUOTATION = Quotation("q1", "direct", (Span(1, 4),), (), (), "assertion", 0.9, "reader")


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/update_docs.py."""
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return pytest.importorskip("update_docs")


def table(heading: str) -> list[list[str]]:
    """The rows of the table that begins with this heading, cell by cell."""
    lines = README[README.index(f"| {heading} |") :].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def names(heading: str) -> list[str]:
    """All that stands in backticks in the first column of a table."""
    return [name for row in table(heading) for name in re.findall(r"`([^`]+)`", row[0])]


@pytest.mark.model
def test_samples_print_what_is_shown(samples: ModuleType) -> None:
    """Every session and every Python sample, run in order; `scripts/update_docs.py` mends."""
    now = samples.fresh(README)
    assert samples.drift(README, now) <= samples.TOLERATED, samples.difference(README, now)
    answer = now[now.index('$ quotes who-said "secured"') :].split("```", 1)[0]
    assert "Donald Trump" in answer
    assert "Defence Talks, Reuters" in answer
    assert "Traceback" not in now


@pytest.mark.model
def test_commands_have_twins_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each expression of the table runs and finds something; each command is one."""
    rows = table("command")
    assert {row[0].split()[1].strip("`") for row in rows} == set(cli.commands)
    monkeypatch.chdir(ROOT)
    with quotes.Index(tmp_path / "quotes.db") as index:
        index.add(["fixtures/seeds"])
        (said,) = index.who_said("secured")
        known = {"quotes": quotes, "index": index, "said": said, "text": "“No,” Ann Lee said."}
        for command, twin in rows:
            expression = twin.split("`")[1]
            found = eval(expression, known)  # the README's own words
            assert len(found) if hasattr(found, "__len__") else found, command


def test_columns_of_the_csv_are_listed() -> None:
    """In the order of the file."""
    assert tuple(names("column")) == columns(Occurrence)
    assert (*columns(Occurrence), *names("column of wordings")) == columns(Variants)


def test_fields_of_the_contract_are_listed() -> None:
    """Those of `extract --nl` in order, those of `export --nl` all of them."""
    (attribution,) = attributions(ARTICLE, [QUOTATION])["attributions"]
    assert names("field of an attribution") == list(attribution)
    quotation = record(occurrence_of(ARTICLE, QUOTATION))
    assert set(names("field of a quotation")) == set(quotation)
    said = Utterance("c1", None, "", "No", (), "direct", "assertion", (), None, ())
    wording = WordingRow(1, "No", (), (), (), (), "No")
    whole = record(Variants(said, (wording,), (), (), ()))
    assert set(whole) <= set(names("field of an utterance"))
    assert set(whole["wordings"][0]) == set(names("field of a wording"))


def test_word_lists_are_listed() -> None:
    """Each shipped list, and `people.toml` in a section of its own."""
    lists = {path.name for path in (ROOT / "quotes" / "data").glob("*.toml")}
    assert {*names("file"), "people.toml"} == lists


def test_links_lead_somewhere() -> None:
    """To a heading of the page or a file of the project."""
    headings = re.findall(r"^#+ (.+)$", PROSE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (ROOT / target).is_file(), target


def test_one_sentence_a_line() -> None:
    """A change to one sentence is then a change to one line."""
    prose = [line for line in PROSE.splitlines() if line and not line.startswith(("|", "#"))]
    assert [line for line in prose if re.search(r"\w(?<!\bMr)[.?!] [A-Z“`]", line)] == []


def test_no_figure_is_missing() -> None:
    """Places held for measured figures have been filled."""
    assert re.findall(r"@@[^@]*@@", README) == []


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


def test_printed_lines_are_compared_without_what_changes(samples: ModuleType) -> None:
    """Ids, confidences, times and the width of a table do not count; words do."""
    lines = samples.printed_lines(PAGE)
    assert lines == ["said", "two", "1"]
    other = PAGE.replace("q0123456789", "q9876543210").replace("0.91", "0.9")
    assert samples.drift(PAGE, other) == 0
    assert samples.drift(PAGE, PAGE.replace("two", "three")) == pytest.approx(1 / 3)
    assert samples.drift(PAGE, PAGE.replace("two\n", "")) == pytest.approx(1 / 3)


def test_samples_are_filled_in(samples: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command prints goes below it; an id is set in; other blocks stay."""
    for name, answer in (("shell", "out\n"), ("python", "2\n"), ("id_of", "c9999999999")):
        monkeypatch.setattr(samples.Workshop, name, lambda *_, answer=answer: answer)
    page = samples.fresh(PAGE)
    assert "$ quotes a\nout\n```" in page
    assert '<!-- id of "x" -->\n```console\n$ quotes b c9999999999\nout\n```' in page
    assert "```text\n2\n```" in page
    assert "```sh\nnot run\n```" in page


def test_a_sample_that_fails_is_no_sample(samples: ModuleType) -> None:
    """A Python sample that raises stops the run and says what it was."""
    with samples.Workshop() as workshop:
        assert workshop.python("print('so')") == "so\n"
        assert workshop.shell("echo so; echo no >&2") == "no\nso\n"
        with pytest.raises(SystemExit, match="KeyError"):
            workshop.python("{}['x']")
