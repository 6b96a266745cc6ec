"""Run the samples of README.md and docs/, draw the picture, and write docs/commands.md.

    python scripts/update_docs.py [--check]

A sample is a `console` block (commands behind "$ ", what they print below them) or a
`python` block with a `text` block right behind it for what it prints.  All samples run in one
new folder that holds a copy of fixtures/seeds: those of README.md first, so that its first
command makes the index that all other pages ask.  Blocks of other languages are left alone.

Ids change with the reader's weights: `<!-- id of "words" -->` above a console block sets the
id that `quotes who-said "words"` gives into its commands.

docs/img/answer.svg shows two answers in colour.  docs/commands.md holds every command's help.

`--check` writes nothing: it prints what would change, and exits 1 if that is more than an
int8 network's rounding explains (see `drift`), or if docs/commands.md is stale.
"""

from __future__ import annotations

import argparse
import difflib
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from quotes.cli import cli

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
COMMANDS = DOCS / "commands.md"
PICTURE = DOCS / "img" / "answer.svg"
PICTURED = ('quotes who-said "secured"', "quotes variants {id}")
COLUMNS = 100
TOLERATED = 0.1
"""Share of the printed lines that may differ: borderline quotations fall either way when the
network's int8 kernels round differently from one processor to the next."""

_BLOCK = re.compile(
    r'(?:^<!-- id of "(?P<about>[^"\n]+)" -->\n)?'
    r"^```(?P<language>console|python)\n(?P<body>.*?)^```\n"
    r"(?:\n```text\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
_COMMAND = re.compile(r"^\$ (.*)\n", re.MULTILINE)
_ID = re.compile(r"\b[cq][0-9a-f]{10}\b")
_VOLATILE = re.compile(r"\b[cq][0-9a-f]{10}\b|\b[01]\.\d+\b|\d+\.\d s$|[ ─]+")


class Workshop:
    """A folder to run samples in, with `quotes` on the path; use it as a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        shutil.copytree(ROOT / "fixtures" / "seeds", self.folder / "fixtures" / "seeds")
        tools = self.folder / ".bin"
        tools.mkdir()
        for name, run in (("quotes", "-m quotes "), ("python", "")):
            tool = tools / name
            tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" {run}"$@"\n')
            tool.chmod(0o755)
        self._settings = {
            **{key: value for key, value in os.environ.items() if key != "QUOTES_DB"},
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "NO_COLOR": "1",
            "COLUMNS": str(COLUMNS),
        }

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def shell(self, command: str, *, colour: bool = False) -> str:
        """What a command prints on a terminal: remarks and errors first, then its answer."""
        settings = dict(self._settings)
        if colour:
            del settings["NO_COLOR"]
        ours, theirs = pty.openpty()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as remarks:
            process = subprocess.Popen(
                ["bash", "-c", command],
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=remarks,
                cwd=self.folder,
                env=settings,
            )
            os.close(theirs)
            answer = _read_all(ours)
            process.wait()
            remarks.seek(0)
            return _tidy(remarks.read() + answer.replace("\r\n", "\n"))

    def python(self, code: str) -> str:
        """What a program prints; one that fails ends the run."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            cwd=self.folder,
            env=self._settings,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"a Python sample failed:\n{code}\n{done.stderr}")
        return _tidy(done.stdout)

    def id_of(self, words: str) -> str:
        """The id of the first utterance with these words."""
        lines = self.shell(f'quotes who-said "{words}" --nl | cat').splitlines()
        if not lines:
            raise SystemExit(f"nobody said {words!r}: no id for the sample below it")
        return str(json.loads(lines[0])["id"])


def _read_all(terminal: int) -> str:
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 1 << 16)
        except OSError:  # Linux's word for the end
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(terminal)
    return b"".join(pieces).decode("utf-8")


def _tidy(printed: str) -> str:
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    return "".join(f"{line}\n" for line in lines)


def pages() -> dict[Path, str]:
    """Every page with its text, in the order in which their samples run."""
    paths = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
    return {path: path.read_text(encoding="utf-8") for path in paths if path != COMMANDS}


def fresh(texts: Mapping[Path, str], workshop: Workshop) -> dict[Path, str]:
    """The same texts with every sample's output as it comes out now."""
    return {
        path: _BLOCK.sub(lambda block: _rerun(block, workshop), text)
        for path, text in texts.items()
    }


def _rerun(block: re.Match[str], workshop: Workshop) -> str:
    body = block["body"]
    if block["language"] == "python":
        printed = workshop.python(body)
        shown = f"\n```text\n{printed}```\n" if printed or block["printed"] else ""
        return f"```python\n{body}```\n{shown}"
    about = ""
    if block["about"]:
        about = f'<!-- id of "{block["about"]}" -->\n'
        body = _with_id(body, workshop.id_of(block["about"]))
    session = "".join(
        f"$ {command}\n{workshop.shell(command)}" for command in _COMMAND.findall(body)
    )
    return f"{about}```console\n{session}```\n"


def _with_id(body: str, id_: str) -> str:
    return _COMMAND.sub(lambda command: _ID.sub(id_, command[0]), body)


def printed_lines(readme: str) -> list[str]:
    """The lines that samples print, without what changes from run to run."""
    return [
        _VOLATILE.sub(" ", line).strip()
        for block in _BLOCK.finditer(readme)
        for line in _lines_of(block)
    ]


def _lines_of(block: re.Match[str]) -> Iterator[str]:
    if block["language"] == "python":
        yield from (block["printed"] or "").splitlines()
    else:
        yield from (line for line in block["body"].splitlines() if not line.startswith("$ "))


def drift(old: str, new: str) -> float:
    """The share of `old`'s printed lines that `new` prints differently or not at all."""
    before, after = printed_lines(old), printed_lines(new)
    same = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = sum(match.size for match in same)
    return 1 - kept / max(len(before), len(after), 1)


def whole(texts: Mapping[Path, str]) -> str:
    """All pages as one text."""
    return "\n".join(texts.values())


def difference(old: Mapping[Path, str], new: Mapping[Path, str]) -> str:
    """What changed, as one unified diff."""
    return "".join(
        line
        for path, text in old.items()
        for line in difflib.unified_diff(
            text.splitlines(keepends=True),
            new[path].splitlines(keepends=True),
            path.name,
            f"{path.name} as it runs",
            n=1,
        )
    )


def command_reference() -> str:
    """docs/commands.md: the help of every command, in the order of `quotes --help`."""
    lines = [
        "# Commands",
        "",
        "<!-- Written by scripts/update_docs.py from `--help`; do not edit. -->",
        "",
        "Every command answers `--help` with the text that this page shows.",
        "",
        *_helps(cli, "quotes"),
    ]
    return "\n".join(lines)


def _helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[str]:
    settings = {**command.context_settings, "terminal_width": COLUMNS}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    help_ = command.get_help(context).rstrip()
    yield from (f"## {context.command_path}", "", "```text", help_, "```", "")
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            yield from _helps(command.commands[sub], sub, context)


def picture(workshop: Workshop) -> str:
    """Two answers as a terminal shows them, as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command in PICTURED:
        shown = command.format(id=workshop.id_of("little to show"))
        console.print(Text(f"$ {shown}", style="bold"))
        console.print(Text.from_ansi(workshop.shell(shown, colour=True)))
    svg = console.export_svg(title="quotes", unique_id="quotes-answer")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def main() -> int:
    """Rewrite the samples, or with `--check` only say what would change."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    old = pages()
    with Workshop() as workshop:
        new = fresh(old, workshop)
        drawn = picture(workshop)
    old[COMMANDS] = COMMANDS.read_text(encoding="utf-8") if COMMANDS.exists() else ""
    new[COMMANDS] = command_reference()
    print(difference(old, new) or "All pages are as they run.\n", end="")
    if check:
        stale = old[COMMANDS] != new[COMMANDS]
        return int(stale or drift(whole(old), whole(new)) > TOLERATED)
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
