"""The word lists that ship with the package, and what they say of a word.

In: the files of `data/` and a word in lower case with straight apostrophes and without hyphens.
Out: parsed TOML tables; `Wordings`, what negations, contractions and number words stand for when
two wordings are compared; `bits`, how rare a word is in English news and talk.  That last table
is data and not the index's counts, so that what is decided about two quotations does not depend
on which others are stored.  Nothing here knows of texts or spans.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from quotes.errors import LexiconError


@cache
def shipped(name: str) -> dict[str, Any]:
    """The shipped word list `name` (``people.toml``), parsed once a process."""
    return tomllib.loads((files("quotes") / "data" / name).read_text(encoding="utf-8"))


def lines_of(name: str) -> list[str]:
    """The lines of the shipped table `name` (``domains.tsv``)."""
    return (files("quotes") / "data" / name).read_text(encoding="utf-8").splitlines()


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


@dataclass(frozen=True, slots=True, eq=False)
class Wordings:
    """The lists of `wordings.toml`.

    Attributes:
        negations: words that deny.
        prefixes: what turns a word into its opposite.
        contractions: short form -> what it may stand for, word by word.
        endings: the same for the ends of words, in the order in which they are tried.
        spellings: word -> the spelling that stands for it and its twins.
        numbers: number word -> its figure ("five" -> "5"), or itself if it has none.
        weak: figures that are numbers only where a number stands against them.
        small: words too light to tell anything by themselves.
    """

    negations: frozenset[str]
    prefixes: tuple[str, ...]
    contractions: Mapping[str, tuple[str, ...]]
    endings: tuple[tuple[str, tuple[str, ...]], ...]
    spellings: Mapping[str, str]
    numbers: Mapping[str, str]
    weak: frozenset[str]
    small: frozenset[str]

    def readings(self, word: str) -> tuple[str, ...]:
        """What a word may stand for, each reading as words parted by blanks; never empty.

        >>> wordings = load_wordings()
        >>> wordings.readings("won't"), wordings.readings("he'd"), wordings.readings("five")
        (('will not',), ('he would', 'he had', "he'd"), ('5',))
        """
        whole = self.contractions.get(word)
        if whole:
            return whole
        plain = self.spellings.get(word, word)
        plain = self.numbers.get(plain, plain)
        for ending, meant in self.endings:
            stem = plain.removesuffix(ending)
            if stem and stem != plain:
                full = tuple(f"{stem} {word}" for word in meant)
                return full if ending == "n't" else (*full, plain)
        return (plain,)

    def denies(self, word: str) -> bool:
        """Whether a word is a negation or holds one.

        >>> load_wordings().denies("don't"), load_wordings().denies("note")
        (True, False)
        """
        return any(part in self.negations for part in self.readings(word)[0].split())

    def opposite(self, one: str, other: str) -> bool:
        """Whether one word is the other behind a prefix that denies it.

        >>> load_wordings().opposite("likely", "unlikely")
        True
        """
        short, long = sorted((one, other), key=len)
        return len(short) > 2 and any(long == prefix + short for prefix in self.prefixes)


@cache
def load_wordings() -> Wordings:
    """The shipped lists, read once a process.

    Raises:
        LexiconError: the file lacks one of its lists.
    """
    table = shipped("wordings.toml")
    try:
        short = table["contractions"]
        return Wordings(
            negations=frozenset(table["negations"]["words"].split()),
            prefixes=tuple(table["negations"]["prefixes"].split()),
            contractions={word: tuple(meant.split("|")) for word, meant in short["whole"]},
            endings=tuple((ending, tuple(meant.split("|"))) for ending, meant in short["endings"]),
            spellings={two: one for one, two in table["spellings"]["pairs"]},
            numbers=_numbers(table["numbers"]),
            weak=frozenset(table["numbers"]["weak"].split()),
            small=frozenset(table["small"]["words"].split()),
        )
    except (KeyError, ValueError) as error:
        raise LexiconError(f"wordings.toml lacks or garbles {error}; correct it") from error


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def _numbers(table: Mapping[str, str]) -> dict[str, str]:
    """The figure of each number word."""
    units = table["units"].split()
    figures = {word: str(figure) for figure, word in enumerate(units)}
    for ten, word in enumerate(table["tens"].split(), 2):
        figures[word] = f"{ten}0"
        figures |= {word + unit: f"{ten}{figure}" for figure, unit in enumerate(units[1:10], 1)}
    for figure, word in enumerate(table["ordinals"].split()):
        figures[word] = f"{figure}{_ENDINGS.get(figure, 'th')}"
    return figures | {word: word for word in table["others"].split()}


FREQUENCIES = "word_frequencies.tsv"
MOST_BITS = 15.0
"""The weight of a word that the table does not know, and of those it hardly knows: two such
words together make a run that chance does not repeat, one does not."""


@cache
def bits(word: str) -> float:
    """How surprising the word is, 0..`MOST_BITS`.

    In 64ths, so that sums are exact and do not depend on the order of adding.

    >>> bits("the") < bits("president") < bits("lithium") == bits("zelenskiy") == MOST_BITS
    True
    """
    rate = rates().get(word)
    return MOST_BITS if rate is None else min(MOST_BITS, round(-math.log2(rate) * 64) / 64)


@cache
def rates() -> dict[str, float]:
    """The chance that a word of running text is this one, for each word of the table."""
    rows = [line.split("\t") for line in lines_of(FREQUENCIES) if line and line[0] != "#"]
    (_, documents, occurrences), *rest = rows
    total, length = int(documents), int(occurrences) / int(documents)
    return {
        # A word that few documents repeat over and over is as rare as those documents.  Where most
        # have it, the share says little and the plain frequency is taken.
        word: (
            int(times) / int(occurrences)
            if (share := int(in_documents) / total) > 0.5
            else -math.log1p(-share) / length
        )
        for words, in_documents, times in rest
        for word in words.split()
    }
