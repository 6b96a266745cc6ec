"""The command line: what was asked for goes in, answers go to stdout, all else to stderr.

Commands parse their arguments, ask `api.Index` and write with `present`; both load inside the
commands, so that help is quick and a question never loads a model.  Exit codes: 0 something
found, 1 nothing found or some input failed, 2 the command could not run, 130 interrupted,
141 the reader of our output went away.
"""

from __future__ import annotations

import os
import sys

import click

from quotes.cli import asking, interrupting, reading, speakers
from quotes.cli.options import Guarded


@click.group(cls=Guarded, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quotes")
def cli() -> None:
    """Who said what, in which words, and which outlets printed it.

    Start with `quotes index FOLDER`, then ask: `quotes who-said "words"`.

    Exit codes: 0 found; 1 nothing found, or some input failed; 2 could not run.

    \b
    Example:
      quotes who-said "secured"
    """


def main() -> None:
    """Run the command line: the `quotes` script."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the shell closed it: `quotes index articles >&-`
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - until the process ends
        getattr(sys, name).reconfigure(encoding="utf-8", errors="replace")
    interrupting.begin()
    try:
        cli()
    finally:
        interrupting.end()


COMMANDS = (
    reading.index,
    asking.who_said,
    asking.by,
    speakers.speakers,
    asking.outlets,
    asking.status,
    asking.variants,
    asking.families,
    asking.show,
    asking.explain,
    asking.review,
    asking.export,
    speakers.people,
    asking.datasette,
    reading.remove,
    reading.rebuild,
    reading.extract,
    reading.doctor,
)
for command in COMMANDS:
    cli.add_command(command)
