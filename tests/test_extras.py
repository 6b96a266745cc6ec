"""Without an extra everything else works, and what needs it says in one line what to type."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STANZA = 'stanza is not installed; type: pip install "quotes[stanza]"'
SPARK = 'pyspark is not installed; type: pip install "quotes[spark]"'


def run_without(*libraries: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh process in which these libraries cannot be imported."""
    absent = "".join(f"sys.modules[{name!r}] = None\n" for name in libraries)
    return subprocess.run(
        [sys.executable, "-c", f"import sys\n{absent}{code}"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def without(*libraries: str, code: str) -> str:
    """What that code prints; it must not fail."""
    done = run_without(*libraries, code=code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def command(*arguments: str) -> str:
    """Code that runs `quotes` with these arguments."""
    return f"sys.argv = ['quotes', *{arguments!r}]\nfrom quotes.cli import main\nmain()"


SAYS = "\ntry:\n    {}\nexcept quotes.errors.QuotesError as error:\n    print(error)"


@pytest.mark.parametrize("name", ["annotate", "pipeline", "mentions_of", "MODEL_FOLDER"])
def test_annotate_says_what_to_install(name: str) -> None:
    """The package can be imported without stanza; each of its names says what is missing."""
    code = "import quotes.annotate, quotes.errors" + SAYS.format(f"quotes.annotate.{name}")
    assert without("stanza", "torch", code=code) == STANZA


@pytest.mark.parametrize("name", ["build", "articles", "Archive"])
def test_spark_says_what_to_install(name: str) -> None:
    """So it is with Spark."""
    code = "import quotes.spark, quotes.errors" + SAYS.format(f"quotes.spark.{name}")
    assert without("pyspark", "pyarrow", code=code) == SPARK


@pytest.mark.parametrize("package", ["annotate", "spark"])
def test_other_names_are_unknown(package: str) -> None:
    """A slip of the pen is not taken for a missing extra."""
    code = f"import quotes.{package} as package\nprint(hasattr(package, 'anotate'))"
    assert without("stanza", "pyspark", code=code) == "False"


@pytest.mark.model
def test_extract_needs_no_extra() -> None:
    """Quotations are found; only stanza's own models need stanza."""
    code = (
        "import quotes, quotes.errors\ntext = '“We won,” Ann Lee said.'\n"
        "print(len(quotes.extract(text)))"
    )
    assert without("stanza", "torch", "pyspark", "pyarrow", code=code) == "1"
    asked = "import quotes, quotes.errors" + SAYS.format(
        "quotes.extract('No.', stanza_processors='tokenize,ner')"
    )
    assert without("stanza", "torch", code=asked) == STANZA


@pytest.mark.parametrize("option", ["--stanza-package", "--stanza-processors"])
def test_the_command_line_says_so(tmp_path: Path, option: str) -> None:
    """One line and exit code 2, before any article is read."""
    (tmp_path / "a.txt").write_text("“We won,” Ann Lee said.", encoding="utf-8")
    arguments = ("index", str(tmp_path / "a.txt"), "--db", str(tmp_path / "a.db"), option, "ewt")
    done = run_without("stanza", code=command(*arguments))
    assert (done.returncode, done.stderr.strip()) == (2, f"Error: {STANZA}")


@pytest.mark.model
def test_index_and_questions_need_no_extra(tmp_path: Path) -> None:
    """An index is made and asked where neither extra is installed."""
    (tmp_path / "a.txt").write_text("“We won the vote,” Ann Lee said.", encoding="utf-8")
    db = str(tmp_path / "a.db")
    extras = ("stanza", "torch", "pyspark", "pyarrow")
    done = run_without(*extras, code=command("index", str(tmp_path / "a.txt"), "--db", db))
    assert done.returncode == 0, done.stderr
    asked = run_without(*extras, code=command("who-said", "vote", "--json", "--db", db))
    assert "Ann Lee" in asked.stdout


def test_the_spark_command_says_so() -> None:
    """`python -m quotes.spark` ends with the line, not with a traceback; its help is there."""
    module = "import runpy\nsys.argv = ['quotes.spark', *{}]\nrunpy.run_module('quotes.spark')"
    run = module.replace("')", "', run_name='__main__')")
    done = run_without("pyspark", code=run.format(["a.jsonl", "--out", "folder"]))
    assert (done.returncode, done.stderr.strip()) == (2, f"Error: {SPARK}")
    assert "ARTICLES" in run_without("pyspark", code=run.format(["--help"])).stdout
