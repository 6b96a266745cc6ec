"""What all parts of the campaign share: running a command as a user does, and what is a fault.

A command runs in a copy of this process, which has the program loaded already; so thousands of
commands take minutes, and one that hangs or dies harms nobody.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

TOO_LONG = 30.0
"""Seconds after which a command hangs."""

ENDS = frozenset({0, 1, 2, 130, 141})
"""The exit codes that the program says it has."""

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended, or was ended after `TOO_LONG`: code None."""

    said: str
    code: int | None
    out: bytes
    err: bytes
    seconds: float

    def faults(self) -> Iterator[str]:
        """What no command may do, a line each."""
        told = self.out + self.err
        if self.code is None:
            yield f"{self.said}: hangs"
        elif self.code not in ENDS:
            yield f"{self.said}: ends with {self.code}: {self._last()}"
        elif b"Traceback (most recent call last)" in told:
            yield f"{self.said}: traceback: {self._last()}"

    def controls(self) -> Iterator[str]:
        """A line if characters come that no terminal should get."""
        text = (self.out + self.err).decode("utf-8", "replace")
        if kinds := sorted(set(_CONTROLS.findall(text))):
            at = text.index(kinds[0])
            named = " ".join(f"U+{ord(kind):04X}" for kind in kinds)
            yield f"{self.said!r}: {named} reach the terminal: {text[max(0, at - 40) : at + 10]!r}"

    def _last(self) -> str:
        lines = (self.err or self.out).decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else ""


@dataclass(slots=True)
class Found:
    """What one part of the campaign found: figures for people, and the faults."""

    part: str
    figures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def take(self, faults: Iterator[str]) -> None:
        """Keep some faults."""
        self.faults += faults


def quotes(
    *arguments: str | Path, stdin: bytes = b"", timeout: float = TOO_LONG, terminal: bool = False
) -> Ended:
    """Run `quotes` with these arguments.

    Args:
        timeout: after so many seconds it is killed.
        terminal: whether stdout and stderr are one terminal, a dumb one without colours.
    """
    words = [str(each) for each in arguments]

    def main() -> None:
        from quotes.cli import main as program

        sys.argv = ["quotes", *words]
        program()

    return ran(main, said=" ".join(words)[:150], stdin=stdin, timeout=timeout, terminal=terminal)


def ran(
    work: Callable[[], object],
    *,
    said: str,
    stdin: bytes = b"",
    timeout: float = TOO_LONG,
    terminal: bool = False,
) -> Ended:
    """Do some work in a copy of this process, and say how that ended."""
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        begun = time.monotonic()
        master, slave = pty.openpty() if terminal else (None, None)
        child = os.fork()
        if not child:
            _become(work, (given.fileno(), slave or out.fileno(), slave or err.fileno()))
        if slave is not None:
            os.close(slave)
        code, shown = _awaited(child, master, begun + timeout)
        seconds = time.monotonic() - begun
        out.seek(0)
        err.seek(0)
        return Ended(said, code, out.read() + shown, err.read(), seconds)


def _become(work: Callable[[], object], ends: Sequence[int]) -> None:
    """The copy's life: work, and the exit code of a program."""
    code = 70
    try:
        os.setpgid(0, 0)
        os.environ |= {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "100"}
        for number, end in enumerate(ends):
            os.dup2(end, number)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(end, mode, closefd=False, encoding="utf-8")
            for end, mode in enumerate(("r", "w", "w"))
        )
        signal.signal(signal.SIGINT, signal.default_int_handler)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _awaited(child: int, master: int | None, until: float) -> tuple[int | None, bytes]:
    """The exit code of a process, None if it had to be killed, and what its terminal showed."""
    shown = b""
    while True:
        if master is not None:
            while select.select([master], [], [], 0)[0]:
                try:
                    shown += os.read(master, 65536)
                except OSError:
                    break
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > until:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            status = None
            break
        time.sleep(0.002)
    if master is not None:
        with suppress(OSError):
            while chunk := os.read(master, 65536):
                shown += chunk
        os.close(master)
    return None if status is None else os.waitstatus_to_exitcode(status), shown
