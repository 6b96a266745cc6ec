"""The errors that a user can meet, and what this machine has: libraries of extras, cores.

Each message says what, where and the remedy.
"""

from __future__ import annotations

import os
from importlib.util import find_spec


class QuotesError(Exception):
    """Anything that `quotes` reports instead of a traceback."""


class InputError(QuotesError):
    """A file or record that cannot be read as an article."""


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
