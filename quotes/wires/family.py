"""What is kept of an article's text, what one text is to another, and families of one origin.

In: an article, and the regions of it that are not its story.  Out: a `Fingerprint` of some
kilobytes: a sample of its word runs, for wording; the weighty words of each sentence, for what
is told in which order; keys under which it can be found; and whom it credits.  Of two of them
what one text is to the other, with the reason in words, or None; of more their family with its
origin, the same in whatever order they come.  Two reports of one event share names, numbers and
quotations, but not sentence after sentence in one order; that is what a rewrite keeps.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from operator import attrgetter
from zlib import crc32

from quotes.errors import LexiconError
from quotes.ingest.outlets import Credit, credit_of, load_outlets
from quotes.records import Article, Region, day_number
from quotes.rows import FamilyKind
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
    # A line break in the place of each region.
    pieces, at = [], 0
    for span in sorted(region.span for region in regions):
        pieces.append(article.text[at : span.start])
        at = max(at, span.end)
    story = "\n".join((*pieces, article.text[at:]))
    forms, _ = load_wires()
    credit, evidence = load_outlets().credited(article.text, forms) or (None, "")
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


def _unpacked(told: bytes) -> list[dict[int, int]]:
    """The sentences, each as its words' hashes and weights."""
    found: list[dict[int, int]] = [{}]
    for (value,) in struct.iter_unpack("<H", told):
        if value:
            found[-1][value >> 1] = weight(value)
        else:
            found.append({})
    return found[:-1]


# Whom a text credits


@cache
def load_wires() -> tuple[tuple[Credit, ...], frozenset[str]]:
    """The shipped forms of credits, in the order in which they are tried, and the agencies.

    A dateline, a byline, a sign-off or a footer says whose words a text has; who published it
    is another question, and the list of outlets answers it.

    Raises:
        LexiconError: a list lacks a field, or a pattern is not one.
    """
    try:
        forms = tuple(map(credit_of, shipped("wires.toml")["credit"]))
        outlets = shipped("outlets.toml")["outlet"]
        agencies = frozenset(row["name"] for row in outlets if row["kind"] == "agency")
        return forms, agencies
    except (KeyError, TypeError, re.error) as error:
        raise LexiconError(f"wires.toml: {error!r}; correct that entry") from error


# What one text is to another


COPIED = 0.4
"""Share of one text's word runs that the other has, from which on they are one wording."""

ALL = 0.8
"""Share of what one text tells that the other must tell in the same order to hold all of it."""

HALF = 0.5
"""The least of what the lesser text tells that must be in the other, for one to be a copy."""

RETOLD = 0.45
"""Share of what each tells that the other tells in the same order, from which on it is a
rewrite.  Measured: the one rewrite at hand 0.59, articles on the same event up to 0.34."""

RETOLD_IN_PART = 0.65
"""The same of the lesser text alone, where the other tells much more."""

LEAST_OF_OTHER = 0.2
LEAST_TOLD = 100
"""Such a lesser text must be a fifth of the other and weigh so much, about eight sentences: the
few sentences of a brief are found in every longer report of an event."""

LEAST_RUNS = 6
"""Sampled runs (some thirty words) a text must have before its wording is judged at all."""

OVERLAP = 0.3
"""Share of a sentence's weight found on the other side, below which nothing of it is."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share, in named parts, each 0..1.

    Attributes:
        wording_of_first, wording_of_second: share of a text's word runs that the other has.
        told_of_first, told_of_second: share of what a text tells that the other tells too, in
            the same order.
        weight: what the lesser of the two tells, in words, names and numbers twice.
        runs: how many sampled runs the lesser of the two has.
    """

    wording_of_first: float
    wording_of_second: float
    told_of_first: float
    told_of_second: float
    weight: int
    runs: int


@dataclass(frozen=True, slots=True)
class Link:
    """What a text is to that of another article, and why, in words for people."""

    article: str
    kind: FamilyKind
    reason: str


def relation(first: Fingerprint, second: Fingerprint) -> Link | None:
    """What the second text is to the first; None if nothing but its own.

    Asked the other way round it gives the same, "shortened" for "extended".
    """
    parts = likeness(first, second)
    kind = judge(parts)
    wording = f"{max(parts.wording_of_first, parts.wording_of_second):.0%}"
    kept, own = f"{parts.told_of_first:.0%}", f"{1 - parts.told_of_second:.0%}"
    if kind is None:
        return None
    if kind == "rewrite":
        reason = f"retells {kept} of it in the same order, {wording} of it word for word"
    elif kind == "copy":
        reason = f"{wording} word for word, tells the same in the same order"
    else:
        reason = f"{wording} word for word, keeps {kept} of it, {own} is its own"
    return Link(first.article, kind, reason)


def likeness(first: Fingerprint, second: Fingerprint) -> Likeness:
    """How much two texts share, without a decision."""
    ours, theirs = (set(struct.iter_unpack("<I", each.runs)) for each in (first, second))
    common = len(ours & theirs)
    told, retold = _unpacked(first.told), _unpacked(second.told)
    weights = [sum(sum(sentence.values()) for sentence in each) for each in (told, retold)]
    return Likeness(
        wording_of_first=common / max(len(ours), 1),
        wording_of_second=common / max(len(theirs), 1),
        told_of_first=_in_order(told, retold) / max(weights[0], 1),
        told_of_second=_in_order(retold, told) / max(weights[1], 1),
        weight=min(weights),
        runs=min(len(ours), len(theirs)),
    )


def judge(parts: Likeness) -> FamilyKind | None:
    """The decision from the parts alone."""
    first, second = parts.told_of_first, parts.told_of_second
    least, most = sorted((first, second))
    wording = max(parts.wording_of_first, parts.wording_of_second)
    if parts.runs >= LEAST_RUNS and wording >= COPIED and most >= HALF:
        if least >= ALL:
            return "copy"
        if first == second:  # as much cut as added
            return "rewrite"
        return "shortened" if second > first else "extended"
    alike = least >= RETOLD or (most >= RETOLD_IN_PART and least >= LEAST_OF_OTHER)
    return "rewrite" if alike and parts.weight >= LEAST_TOLD else None


def _in_order(told: Sequence[Mapping[int, int]], retold: Sequence[Mapping[int, int]]) -> int:
    """The weight of what one text tells that another tells too, in the same order."""
    # Rewriting parts and joins sentences: each is looked for in two neighbouring ones.
    windows = [
        {**after, **sentence} for sentence, after in zip(retold, (*retold[1:], {}), strict=False)
    ]
    best = [0] * len(windows)
    for sentence in told:
        least = OVERLAP * sum(sentence.values())
        most = 0
        row = []
        for before, window in zip(best, windows, strict=True):
            most = max(most, before)
            shared = sum(sentence[word] for word in sentence.keys() & window.keys())
            row.append(most + (shared if shared >= least else 0))
        best = row
    return max(best, default=0)


# Families


@dataclass(frozen=True, slots=True)
class Membership:
    """An article of a family.

    Attributes:
        kind: what its text is to that of the family's first article; None for that one, and
            where only others of the family link the two.
        reason: why it belongs here, in words for people.
        link: what it is to the first article or, where it is nothing to that one, to the
            earliest of the others that it is something to; None for the first.
    """

    article: str
    outlet: str | None
    kind: FamilyKind | None
    reason: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Articles that go back to one text.

    Attributes:
        id: "w" and ten hex digits, from the least of the articles' ids.
        origin: the outlet whose text it was, None where no text tells it.
        basis: how that is known, in words for people.
        first: the article nearest to the origin: the origin's own, else the earliest.
        members: by article id, `first` among them.
    """

    id: str
    origin: str | None
    basis: str
    first: str
    members: tuple[Membership, ...]

    @property
    def articles(self) -> tuple[str, ...]:
        """The ids of its articles, sorted."""
        return tuple(member.article for member in self.members)


def compose(prints: Iterable[Fingerprint], *, before: Iterable[Family] = ()) -> Family:
    """The family of articles that are known to be linked, directly or by others of them.

    Args:
        prints: two or more.
        before: earlier families, all of whose articles are among these; what still holds of
            them is taken over and not compared again.
    """
    by_age = sorted(prints, key=_age)
    origin, basis = _origin(by_age)
    first = min(by_age, key=lambda one: (one.outlet != origin, *_age(one)))
    if origin is None:
        basis = f"origin unknown; earliest: {first.outlet or first.article}"
    known = {m.article: m for old in before if old.first == first.article for m in old.members}
    order = sorted(by_age, key=lambda one: one is not first)
    members = tuple(_member(one, order, known) for one in sorted(by_age, key=attrgetter("article")))
    id_ = blake2b(members[0].article.encode(), digest_size=5).hexdigest()
    return Family(f"w{id_}", origin, basis, first.article, members)


def _member(
    one: Fingerprint, order: Sequence[Fingerprint], known: Mapping[str, Membership]
) -> Membership:
    """What it is to the first in order, else to the next; `known` ones need not be compared."""
    first = order[0]
    if one is first:
        return Membership(one.article, one.outlet, None, "nearest to the origin")
    stored = known.get(one.article)
    linked = stored.link.article if stored and stored.link else None
    for other in order:
        if stored and (stored.kind or other.article == linked):
            return stored
        if other is one or (stored and other.article in known):
            continue
        if link := relation(other, one):
            if other is first:
                return Membership(one.article, one.outlet, link.kind, link.reason, link)
            reason = f"{link.kind} by way of {other.outlet or other.article}: {link.reason}"
            return Membership(one.article, one.outlet, None, reason, link)
    return Membership(one.article, one.outlet, None, "linked by others of the family")


def _age(one: Fingerprint) -> tuple[bool, str, str]:
    """Earlier dates first, none last."""
    return one.published is None, one.published or "", one.article


def _origin(prints: Sequence[Fingerprint]) -> tuple[str | None, str]:
    """The outlet that the texts credit: an agency before others, the most credited first."""
    _, agencies = load_wires()
    credited: dict[str, list[Fingerprint]] = defaultdict(list)
    for one in prints:
        if one.credit:
            credited[one.credit].append(one)
    if not credited:
        return None, ""

    def rank(name: str) -> tuple[bool, bool, int, str]:
        # A text that credits its own publisher says less than one that credits another.
        own = all(one.outlet == name for one in credited[name])
        return name not in agencies, own, -len(credited[name]), name

    origin = min(credited, key=rank)
    evidence = min(one.evidence for one in credited[origin])
    return origin, f"credited by {len(credited[origin])} of {len(prints)}: {evidence}"
