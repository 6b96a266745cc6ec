"""What of an article is kept to tell, later and without its text, what it was copied from.

In: an article, and the regions of it that are not its story.  Out: a `Fingerprint` of some
kilobytes: a sample of its word runs, for wording; the weighty words of each sentence, for what
is told in which order; keys under which it can be found; and whom it credits.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from zlib import crc32

from quotes.errors import LexiconError
from quotes.ingest.outlets import Credit, credit_of, load_outlets
from quotes.records import Article, Region, day_number
from quotes.text.lists import load_wordings, shipped
from quotes.text.normalised import normalise, sentences, words

RUN = 5
"""Words of a run: shorter ones are shared by chance, longer ones broken by every light edit."""

SAMPLE = 4
"""One run, and one key, in so many is kept: chosen by its hash, so alike in every article."""

STEM = 6
"""Letters by which a weighty word is known: "negotiate" and "negotiating" are one."""

LEAST_WEIGHT = 5
"""A sentence lighter than this, a name and three words, is too common to tell anything."""

VERSION = "1"
"""Changes with what a fingerprint holds, so that those of another version are made anew."""

_PLAIN_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of an article.

    Attributes:
        article, outlet, published: as the article has them.
        runs: hashes of the sampled word runs, sorted, four bytes each, lowest byte first.
        told: hashes of the weighty words, two bytes each, sorted within a sentence, the lowest
            bit set for names and numbers; a zero ends a sentence.
        keys: under which the article can be found, sorted: unsigned numbers below 2 ** 32.
        credit: the outlet that the text names as the origin of its words, None if none.
        evidence: the words that do so, empty if none.
    """

    article: str
    outlet: str | None
    published: str | None
    runs: bytes
    told: bytes
    keys: tuple[int, ...]
    credit: str | None = None
    evidence: str = ""

    @property
    def day(self) -> int:
        """Of publication, counted since the year 1; 0 where it is not known."""
        return day_number(self.published) or 0


def fingerprint(article: Article, *, regions: Iterable[Region] = ()) -> Fingerprint:
    """An article's fingerprint; `regions` are left out of it, not being the story.

    Takes time linear in the length of the text.

    >>> from quotes.records import Article
    >>> print = fingerprint(Article("a", "PARIS (AFP) – Rain fell on Paris on Monday."))
    >>> print.credit, print.evidence, len(print.told)
    ('Agence France-Presse', 'PARIS (AFP) –', 14)
    """
    story = _story(article.text, regions)
    credit, evidence = load_wires().credit(article.text) or (None, "")
    told = [_weighty(sentence.of(story)) for sentence in sentences(story)]
    plain = _PLAIN_WORD.findall(normalise(story).text)
    runs = _sample(" ".join(plain[at : at + RUN]) for at in range(len(plain) - RUN + 1))
    pairs = (sorted((one, other)) for each in told for (one, _), (other, _) in pairwise(each))
    return Fingerprint(
        article=article.id,
        outlet=article.outlet,
        published=article.published,
        runs=struct.pack(f"<{len(runs)}I", *runs),
        told=_packed(told),
        keys=tuple(_sample(map(" ".join, pairs))),
        credit=credit,
        evidence=evidence,
    )


def _story(text: str, regions: Iterable[Region]) -> str:
    """The text without the regions, a line break in the place of each."""
    pieces = []
    at = 0
    for span in sorted(region.span for region in regions):
        pieces.append(text[at : span.start])
        at = max(at, span.end)
    return "\n".join((*pieces, text[at:]))


def _sample(texts: Iterable[str]) -> list[int]:
    """The hashes of a part of the texts, sorted."""
    hashes = {crc32(text.encode()) for text in texts}
    return sorted(value for value in hashes if value % SAMPLE == 0)


def _weighty(sentence: str) -> list[tuple[str, bool]]:
    """The stems of a sentence's weighty words, and whether each is a name or a number."""
    found = []
    for at, span in enumerate(words(sentence)):
        stem = _stem(span.of(sentence))
        if stem:
            first = sentence[span.start]
            found.append((stem, first.isdigit() or (at > 0 and first.isupper())))
    return found


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    plain = normalise(word).text.removesuffix("'s")
    return "" if plain in load_wordings().small else plain[:STEM]


def _packed(told: Iterable[Iterable[tuple[str, bool]]]) -> bytes:
    values: list[int] = []
    for sentence in told:
        hashed = {max(2, crc32(stem.encode()) & 0xFFFE) | name for stem, name in sentence}
        if sum(map(weight, hashed)) >= LEAST_WEIGHT:
            values += (*sorted(hashed), 0)
    return struct.pack(f"<{len(values)}H", *values)


def weight(value: int) -> int:
    """Of a word's hash in `told`: names and numbers count twice."""
    return 2 if value & 1 else 1


def unpacked_runs(print_: Fingerprint) -> frozenset[int]:
    """The hashes of the sampled runs."""
    return frozenset(value for (value,) in struct.iter_unpack("<I", print_.runs))


def unpacked_told(print_: Fingerprint) -> list[dict[int, int]]:
    """The sentences, each as its words' hashes and weights."""
    found: list[dict[int, int]] = [{}]
    for (value,) in struct.iter_unpack("<H", print_.told):
        if value:
            found[-1][value >> 1] = weight(value)
        else:
            found.append({})
    return found[:-1]


# Whom a text credits


@dataclass(frozen=True, slots=True, eq=False)
class Wires:
    """The forms of credits, in the order in which they are tried, and who is an agency."""

    _forms: tuple[Credit, ...]
    agencies: frozenset[str]

    def credit(self, text: str) -> tuple[str, str] | None:
        """The outlet that a text credits for its words, and the crediting words; None if none.

        By an agency's dateline, a byline, a sign-off or a footer.  Who published the text is
        another question, and the list of outlets answers it.

        >>> load_wires().credit("PARIS, Feb. 8 (AFP) – Rain fell.\\n\\nCopyright 2016 The Sun")
        ('Agence France-Presse', 'PARIS, Feb. 8 (AFP) –')
        """
        return load_outlets().credited(text, self._forms)


@cache
def load_wires() -> Wires:
    """The shipped forms, read once per process.

    Raises:
        LexiconError: a list lacks a field, or a pattern is not one.
    """
    try:
        forms = tuple(map(credit_of, shipped("wires.toml")["credit"]))
        outlets = shipped("outlets.toml")["outlet"]
        agencies = frozenset(row["name"] for row in outlets if row["kind"] == "agency")
        return Wires(forms, agencies)
    except (KeyError, TypeError, re.error) as error:
        raise LexiconError(f"wires.toml: {error!r}; correct that entry") from error
