"""Readers that worker processes can load, for the tests of the pool: some end their process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from quotes.errors import ModelError
from quotes.records import Reading, Span, TextReading


class Scripted:
    """Reads the words between “ and ”; what else it does a text tells it.

    BROKEN raises, MODEL says that there is no model, SLOW takes a while and ENDLESS for ever,
    KILLED and SEGV end the process, ONCE ends the first process that reads it.  Texts read are
    listed in `log`.
    """

    version = "scripted"

    def __init__(self, log: Path) -> None:
        """Nothing read yet."""
        self.log = log

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """One quotation a text."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> TextReading:
        if "BROKEN" in text:
            raise ValueError("no such word")
        if "MODEL" in text:
            raise ModelError("no model; reinstall")
        if "SLOW" in text:
            time.sleep(1)
        while "ENDLESS" in text:
            time.sleep(0.1)
        if "ONCE" in text and not (mark := self.log.with_name("once")).exists():
            mark.touch()
            _end(signal.SIGKILL)
        for name in ("KILLED", "SEGV"):
            if name in text:
                _end(signal.SIGKILL if name == "KILLED" else signal.SIGSEGV)
        with self.log.open("a", encoding="utf-8") as lines:
            lines.write(f"{os.getpid()} {text.split()[0]}\n")
        begin, end = text.index("“") + 1, text.index("”")
        return TextReading((Reading((Span(begin, end),), (), (), 0.9),))


class Homeless(Scripted):
    """Can be sent, but not received: it knows this process alone."""

    def __setstate__(self, state: dict[str, object]) -> None:
        """Refuse."""
        raise ValueError("not here")


def _end(how: signal.Signals) -> None:
    assert multiprocessing.parent_process(), "the run's own process must not read this"
    os.kill(os.getpid(), how)
    time.sleep(5)
