"""The errors that a user can meet, what this machine has (libraries of extras, cores), and time.

Each message says what, where and the remedy.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec


class QuotesError(Exception):
    """Anything that `quotes` reports instead of a traceback."""


class InputError(QuotesError):
    """A file or record that cannot be read as an article."""


class OtherLanguageError(InputError):
    """An article that is not in English, the language that is read."""

    def __init__(self, language: str) -> None:
        """Names the language and the remedy."""
        super().__init__(f"in {language}, not in English; left out (--any-language reads it)")
        self.language = language


class LexiconError(QuotesError):
    """A word list or `people.toml` that does not say what it must."""


class ModelError(QuotesError):
    """Model files that are missing, damaged or of another version."""


class IndexFileError(QuotesError):
    """An index file that cannot be opened, read or written."""


class NothingFoundError(QuotesError):
    """A question about an id, article or speaker that the index does not hold."""


class MissingExtraError(QuotesError):
    """Something that needs a library which is not installed."""


class TookTooLongError(BaseException):
    """Work that `within` breaks off; of no kind that libraries catch on its way."""


_AGAIN = 2.0
"""Seconds until the alarm rings again, if something on the way took the error."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the work in this block take so long at most.

    Outside the main thread, where somebody else has set an alarm, and on systems without alarms
    it may take any time; so may one call into a library that is not in Python.

    Raises:
        TookTooLongError: it took longer.
    """
    if not _alarm_is_free():
        yield
        return

    def ring(*_: object) -> None:
        raise TookTooLongError

    try:
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _alarm_is_free() -> bool:
    return (
        hasattr(signal, "SIGALRM")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    )


_EXTRAS = {"stanza": "stanza", "pyspark": "spark"}
"""Libraries that only an extra installs."""


def all_cores() -> int:
    """The cores that this process may use."""
    return len(getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))(0))


def installed(library: str) -> bool:
    """Whether a library can be imported; it is not loaded."""
    return find_spec(library) is not None


def require(library: str) -> None:
    """Pass if the library of an extra is installed.

    Raises:
        MissingExtraError: it is not; the message says what to type.
    """
    if not installed(library):
        raise MissingExtraError(
            f'{library} is not installed; type: pip install "quotes[{_EXTRAS[library]}]"'
        )
