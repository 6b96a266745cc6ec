"""Ctrl-C: it ends the command in order, and pressed three times at once.

Ending in order takes a moment: workers are stopped, the index is closed.  Whoever presses Ctrl-C
again meanwhile would otherwise see the traceback of whatever was just being closed.
"""

from __future__ import annotations

import os
import signal
import sys
from _thread import interrupt_main

INTERRUPTED = 130
_PATIENCE = 3  # presses

_state = {"presses": 0, "noticed": False}


def begin() -> None:
    """Take over Ctrl-C from Python."""
    _state.update(presses=0, noticed=False)
    signal.signal(signal.SIGINT, _pressed)
    sys.unraisablehook = _lost


def noticed() -> None:
    """The command is being ended: no further press may break that off, but the third."""
    _state["noticed"] = True


def end() -> None:
    """The command has ended, and so does the process: nothing is left to interrupt."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _pressed(*_: object) -> None:
    _state["presses"] += 1
    if _state["presses"] >= _PATIENCE:
        os._exit(INTERRUPTED)  # the index is as sound as after a loss of power
    if not _state["noticed"]:
        raise KeyboardInterrupt


def _lost(what: sys.UnraisableHookArgs) -> None:
    """Python drops what is raised where nobody can catch it, and would only print a press."""
    if isinstance(what.exc_value, KeyboardInterrupt):
        _state["presses"] -= 1
        interrupt_main()
    else:
        sys.__unraisablehook__(what)
