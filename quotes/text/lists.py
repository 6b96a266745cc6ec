"""Reading the TOML word lists: the shipped ones and a user's own."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from quotes.errors import LexiconError


@cache
def shipped(name: str) -> dict[str, Any]:
    """The shipped word list `name` (``people.toml``), parsed once a process."""
    return tomllib.loads((files("quotes") / "data" / name).read_text(encoding="utf-8"))


def users(path: Path) -> dict[str, Any]:
    """A user's word list, parsed.

    Raises:
        LexiconError: the file cannot be read or is not TOML; the message names the file,
            the place and the remedy.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or error
        raise LexiconError(f"{path}: {reason}; check the path and permissions") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: not valid TOML in UTF-8: {error}; correct it") from error
