"""The modules keep to their places: who imports whom, who prints, what every file must have."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

import quotes

PACKAGE = Path(quotes.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in FILES]

GROUND = "records rows errors text"
FEATURES = "speakers people utterances wires paraphrases"
OWN = {
    "records": "",
    "rows": "records",
    "errors": "",
    "text": "records errors",
    "index": f"{GROUND}",
    "ingest": f"{GROUND}",
    "reader": f"{GROUND}",
    "quotations": f"{GROUND}",
    "people": f"{GROUND} index",
    "speakers": f"{GROUND} people",
    "utterances": f"{GROUND} people index",
    "wires": f"{GROUND} index ingest",
    "paraphrases": f"{GROUND} index utterances",
    "answers": f"{GROUND} {FEATURES} index",
    "present": f"{GROUND}",
    "annotate": f"{GROUND} reader quotations people speakers",
    "run": f"{GROUND} {FEATURES} index ingest reader quotations annotate",
    "api": f"{GROUND} {FEATURES} index ingest run answers present",
    "cli": "records rows errors present api",
    "spark": f"{GROUND} {FEATURES} index ingest run",
    "__init__": "records rows errors api",
    "__main__": "cli",
}
"""Which of our rooms each may import.  A room owns one feature: its rule, its data file and
its tables' writing.  Rooms know the ground (records, errors, text); those that write tables
know the index; speakers ask people who is who; run joins the steps; api joins run, answers and
present."""

OTHERS = {
    "annotate": "stanza torch",
    "api": "pandas",
    "cli": "click rich",
    "ingest": "ftfy htmldate lxml py3langid regex trafilatura",
    "paraphrases": "numpy",
    "people": "rapidfuzz regex",
    "present": "rich",
    "quotations": "regex",
    "reader": "numpy onnxruntime tokenizers",
    "spark": "click numpy pandas pyarrow pyspark",
    "speakers": "rapidfuzz regex",
    "text": "regex",
    "utterances": "rapidfuzz regex",
    "wires": "regex",
}
"""Which other people's packages each may import; torch and stanza have one door."""

LAZY = (
    *("torch", "stanza", "pandas", "onnxruntime", "tokenizers", "trafilatura", "numpy"),
    *("pyspark", "pyarrow"),
)
PRINTING = ("cli", "present")
LONGEST_FILE = 700
LONGEST_FUNCTION = 60


def module_of(path: Path) -> str:
    """The module or package of ours that a file belongs to: `quotes/cli/rows.py` -> `cli`."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Dotted names of everything that a file imports, wherever the import stands."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} line {node.lineno}: relative import"
            base = node.module or ""
            inside = base == "quotes"
            yield from (f"quotes.{name.name}" for name in node.names) if inside else [base]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_imports_keep_to_the_table(path: Path) -> None:
    """A step that needs another step's work gets it from the pipeline, as a record."""
    module = module_of(path)
    assert module in OWN, "a new module needs its line in the table"
    parts = [name.split(".") for name in imported(path)]
    own = {name[1] for name in parts if name[0] == "quotes" and len(name) > 1} - {module}
    others = {name[0] for name in parts} - {"quotes", "__future__"} - sys.stdlib_module_names
    assert own <= set(OWN[module].split())
    assert others <= set(OTHERS.get(module, "").split())


def test_the_table_has_no_circle() -> None:
    """Data flows one way: every module can be put after all that it may import."""
    left = {module: set(allowed.split()) for module, allowed in OWN.items()}
    while left:
        ready = {module for module, allowed in left.items() if not allowed & left.keys()}
        assert ready, f"circle among {sorted(left)}"
        left = {module: allowed for module, allowed in left.items() if module not in ready}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_only_the_border_prints(path: Path) -> None:
    """The library logs; what goes to the terminal is cli's and present's."""
    if module_of(path) in PRINTING:
        return
    calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
    assert not [c.lineno for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_module_says_what_it_is(path: Path) -> None:
    """A summary that ends in a full stop, and nothing longer than can be read at a sitting."""
    summary = (ast.get_docstring(tree_of(path)) or "").split("\n\n")[0]
    assert summary.endswith((".", "?"))
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE


def functions() -> Iterator[tuple[str, int]]:
    """Every function and method of the package with its length in lines, docstring included."""
    for path, name in zip(FILES, NAMES, strict=True):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno:
                yield f"{name}:{node.name}", node.end_lineno - node.lineno + 1


def test_functions_are_short() -> None:
    """Half of them within 16 lines, nine in ten within 45, none beyond a screen."""
    lengths = dict(functions())
    assert statistics.median(lengths.values()) <= 16
    assert sorted(lengths.values())[len(lengths) * 9 // 10] < 45
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


TABLES = sorted((PACKAGE / "data").glob("*.toml"))


@pytest.mark.parametrize("path", TABLES, ids=[path.name for path in TABLES])
def test_word_lists_name_their_source(path: Path) -> None:
    """Valid TOML with a comment that says where its entries come from."""
    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text)
    assert re.search(r"^# ?source: \w", text, re.MULTILINE)


FORBIDDEN = "utils helpers misc common base"


def test_no_module_for_odds_and_ends() -> None:
    """Every module is named for what it does."""
    stems = {path.stem for path in FILES}
    assert not stems & set(FORBIDDEN.split())


@pytest.mark.parametrize(
    "code", ["import quotes", "import quotes.cli", "import quotes, sys; dir(quotes)"]
)
def test_heavy_packages_wait_until_needed(code: str) -> None:
    """In a fresh process neither the package nor the command line loads a model library."""
    check = f"{code}\nimport sys\nprint(*sorted(set({LAZY!r}) & sys.modules.keys()))"
    run = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, encoding="utf-8", check=True
    )
    assert run.stdout.strip() == ""


def test_help_loads_no_model_library() -> None:
    """`quotes --help` answers from the command line's own modules."""
    check = (
        "import runpy, sys\nsys.argv = ['quotes', '--help']\n"
        "try:\n    runpy.run_module('quotes', run_name='__main__')\n"
        "except SystemExit as end:\n    assert not end.code\n"
        f"print('loaded:', *sorted(set({LAZY!r}) & sys.modules.keys()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, encoding="utf-8", check=True
    )
    assert run.stdout.splitlines()[-1] == "loaded:"


def test_tables_name_only_what_exists() -> None:
    """No line of the tables outlives its module."""
    modules = {module_of(path) for path in FILES}
    named = chain(OWN, OTHERS, *(allowed.split() for allowed in OWN.values()))
    assert set(named) <= modules
