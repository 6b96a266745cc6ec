"""The errors that a user can meet: each message says what, where and the remedy."""

from __future__ import annotations


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
