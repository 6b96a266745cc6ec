"""Reads gold annotation: excerpts with bracketed spans, turned into offsets and checked.

The notation is described in fixtures/gold/README.md.  Each excerpt is looked up in its
article's text, so that the annotation stays readable and can't drift from the text: words
that the article does not hold, or holds twice, are an error that names file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from score import Gold, Role

from quotes.records import Attitude, Kind, RegionKind, Span

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "fixtures" / "gold"
FILES = {"seeds.gold": ROOT / "fixtures" / "seeds", "articles.gold": GOLD / "articles"}

NAMELESS = ("(unnamed)", "(group)", "(document)", "(none)")
KINDS = ("direct", "mixed", "indirect")
GAP = "~"
WIDEST_GAP = 1_500

_OPENING = re.compile(r"\[(content|cue|source)\|")
_NUMBER = re.compile(r"\s+#(\d+)$")


class GoldError(Exception):
    """An annotation that can't be right: file, line and why."""


@dataclass(frozen=True)
class Case:
    """One required attribution of an article.

    Attributes:
        id: article id and the offsets of the content, stable while the gold is.
        gold: the spans, the kind and the accepted names.
        speaker: the name, or one of `NAMELESS`.
        region: the kind of region it stands in, None for the story itself.
        group: the label of the utterance it is a variant of, if any.
        may_join: whether joining that group is right but not asked for.
        excerpt: the content's beginning, for people.
    """

    id: str
    gold: Gold
    speaker: str
    region: RegionKind | None
    group: str | None
    may_join: bool
    excerpt: str


@dataclass(frozen=True)
class Allowed:
    """An attribution that may be found and need not be: its content and attitude."""

    content: tuple[Span, ...]
    attitude: Attitude


@dataclass(frozen=True)
class Forbidden:
    """Words that must not become a quotation of the story, and why not."""

    content: tuple[Span, ...]
    reason: str


@dataclass
class GoldArticle:
    """One article and all that was annotated in it."""

    id: str
    outlet: str
    published: str
    text: str
    cases: list[Case] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)
    forbidden: list[Forbidden] = field(default_factory=list)


@dataclass(frozen=True)
class Excerpt:
    """The spans that one excerpt marks, by role, each in text order."""

    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    source: tuple[Span, ...]


def read_gold(names: Iterable[str] = FILES) -> list[GoldArticle]:
    """All annotated articles of the gold files `names`, in the files' order.

    Raises:
        GoldError: a line that is not in the notation, or an excerpt not in its article.
    """
    return [article for name in names for article in _Reader(name).read()]


def as_json(article: GoldArticle) -> dict[str, Any]:
    """An annotated article as a JSON record like PolNeAR's, with speaker and region besides."""
    return {
        "id": article.id,
        "outlet": article.outlet,
        "date": article.published,
        "text": article.text,
        "attributions": [
            {
                "content": [[s.start, s.end] for s in case.gold.content],
                "cue": [[s.start, s.end] for s in case.gold.cue],
                "source": [[s.start, s.end] for s in case.gold.source],
                "type": case.gold.kind,
                "speaker": None if case.speaker in NAMELESS else case.speaker,
                "region": case.region,
            }
            for case in article.cases
        ],
    }


def checksums() -> dict[str, str]:
    """sha256 of every annotation file and every annotated text, by path below fixtures/."""
    paths = [GOLD / name for name in FILES]
    paths += [path for folder in FILES.values() for path in sorted(folder.glob("*.txt"))]
    base = ROOT / "fixtures"
    return {
        path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def locate(excerpt: str, text: str) -> Excerpt:
    """The offsets that a bracketed excerpt marks in `text`.

    Args:
        excerpt: words of the text with ``[role|...]`` around spans; ``~`` skips to the
            nearest place where the next words stand; ``#2`` at the end takes the second
            place where the first words stand.

    Raises:
        ValueError: the words are not in the text, or not once only, or nothing is marked.

    >>> locate('[source|Lee] [cue|said] [content|"n~"]', 'Lee said "no".')
    Excerpt(content=(Span(start=9, end=13),), cue=(Span(start=4, end=8),), \
source=(Span(start=0, end=3),))
    """
    number = _NUMBER.search(excerpt)
    plain, marks = _without_brackets(excerpt[: number.start()] if number else excerpt)
    if not marks:
        raise ValueError("no span is marked")
    places = _places(plain, text, int(number.group(1)) if number else None)
    spans: dict[Role, list[Span]] = {"content": [], "cue": [], "source": []}
    for role, start, end in marks:
        spans[role].append(Span(_moved(places, start, False), _moved(places, end, True)))
    return Excerpt(*(tuple(sorted(spans[role])) for role in ("content", "cue", "source")))


def _without_brackets(excerpt: str) -> tuple[str, list[tuple[Role, int, int]]]:
    """The excerpt's words, and the role spans in them; inner plain brackets are words."""
    out: list[str] = []
    marks: list[tuple[Role, int, int]] = []
    role, begin, depth, at = None, 0, 0, 0
    while at < len(excerpt):
        opening = _OPENING.match(excerpt, at) if role is None else None
        character = excerpt[at]
        if opening:
            role, begin, depth = opening.group(1), len(out), 0
            at = opening.end()
            continue
        if role and character == "]" and depth == 0:
            marks.append((role, begin, len(out)))  # type: ignore[arg-type]
            role = None
        else:
            depth += (character == "[") - (character == "]")
            out.append(character)
        at += 1
    if role:
        raise ValueError(f"[{role}| is not closed")
    return "".join(out), marks


def _places(plain: str, text: str, number: int | None) -> list[tuple[int, int, int]]:
    """Where each segment between gaps stands: start in `plain`, start and end in `text`."""
    places: list[tuple[int, int, int]] = []
    begin = 0
    for segment in plain.split(GAP):
        words = segment.strip()
        if words:
            after = places[-1][2] if places else None
            at = _nearest(words, text, after) if after is not None else _only(words, text, number)
            places.append((begin + segment.index(words), at, at + len(words)))
        begin += len(segment) + 1
    return places


def _only(words: str, text: str, number: int | None) -> int:
    found = [m.start() for m in re.finditer(re.escape(words), text)]
    if not found or (number or 1) > len(found):
        raise ValueError(f"not in the text: {words!r}")
    if len(found) > 1 and number is None:
        raise ValueError(f"{len(found)} places, say which with #1, #2 ...: {words!r}")
    return found[(number or 1) - 1]


def _nearest(words: str, text: str, after: int) -> int:
    at = text.find(words, after, after + WIDEST_GAP)
    if at < 0:
        raise ValueError(f"not in the text nearby: {words!r}")
    return at


def _moved(places: list[tuple[int, int, int]], offset: int, closing: bool) -> int:
    """An offset into the excerpt's words as an offset into the article's text."""
    for begin, start, end in places:
        size = end - start
        if begin < offset <= begin + size or (not closing and offset == begin):
            return start + offset - begin
    raise ValueError("a marked span begins or ends in a gap")


class _Reader:
    """Reads one annotation file line by line."""

    def __init__(self, name: str) -> None:
        self.path = GOLD / name
        self.texts = FILES[name]
        self.names: dict[str, frozenset[str]] = {}
        self.articles: list[GoldArticle] = []

    def read(self) -> list[GoldArticle]:
        errors: list[str] = []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            try:
                self._line(line)
            except (ValueError, OSError, IndexError) as error:
                errors.append(f"{self.path.name}:{number}: {error}")
        if errors:
            raise GoldError("\n".join(errors))
        return self.articles

    def _line(self, line: str) -> None:
        mark, _, rest = line.strip().partition(" ")
        if not mark or mark.startswith("#"):
            return
        handlers = {
            "@": self._name,
            "==": self._article,
            "+": self._case,
            "+teaser": lambda text: self._case(text, region="teaser"),
            "or": self._reading,
            "?": self._allowed,
            "-": self._forbidden,
        }
        if mark not in handlers:
            raise ValueError(f"unknown mark {mark!r}")
        handlers[mark](rest)

    def _name(self, rest: str) -> None:
        name, _, more = rest.partition(": ")
        spellings = more.partition(";")[2].split(",")
        self.names[name] = frozenset({name, *(s.strip() for s in spellings if s.strip())})

    def _article(self, rest: str) -> None:
        key, outlet, published = (part.strip() for part in rest.split(";"))
        text = (self.texts / f"{key}.txt").read_bytes().decode("utf-8")
        self.articles.append(GoldArticle(key, outlet, published, text))

    def _case(self, rest: str, region: RegionKind | None = None) -> None:
        head, speaker, excerpt = (part.strip() for part in rest.split(" | ", 2))
        kind, _, label = head.partition(" #")
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}")
        article = self.articles[-1]
        spans = locate(excerpt, article.text)
        gold = Gold(
            content=_some(spans.content),
            cue=spans.cue,
            source=spans.source,
            kind=_kind(kind),
            names=frozenset() if speaker in NAMELESS else self._spellings(speaker),
        )
        article.cases.append(
            Case(
                id=f"{article.id}:{gold.content[0].start}-{gold.content[-1].end}",
                gold=gold,
                speaker=speaker,
                region=region,
                group=label.rstrip("?") or None,
                may_join=label.endswith("?"),
                excerpt=" ".join(gold.content[0].of(article.text).split())[:60],
            )
        )

    def _spellings(self, speaker: str) -> frozenset[str]:
        if speaker not in self.names:
            raise ValueError(f"{speaker!r} has no line '@ {speaker}: ...' above")
        return self.names[speaker]

    def _reading(self, rest: str) -> None:
        article = self.articles[-1]
        last = article.cases[-1]
        content = _some(locate(rest, article.text).content)
        gold = last.gold
        article.cases[-1] = Case(
            id=last.id,
            gold=Gold(
                content=gold.content,
                cue=gold.cue,
                source=gold.source,
                kind=gold.kind,
                readings=(*gold.readings, content),
                names=gold.names,
            ),
            speaker=last.speaker,
            region=last.region,
            group=last.group,
            may_join=last.may_join,
            excerpt=last.excerpt,
        )

    def _allowed(self, rest: str) -> None:
        attitude, excerpt = (part.strip() for part in rest.split(" | ", 1))
        article = self.articles[-1]
        content = _some(locate(excerpt, article.text).content)
        article.allowed.append(Allowed(content, _attitude(attitude)))

    def _forbidden(self, rest: str) -> None:
        reason, excerpt = (part.strip() for part in rest.split(" | ", 1))
        article = self.articles[-1]
        article.forbidden.append(Forbidden(_some(locate(excerpt, article.text).content), reason))


def _some(content: tuple[Span, ...]) -> tuple[Span, ...]:
    if not content:
        raise ValueError("no content is marked")
    return content


def _kind(word: str) -> Kind:
    kinds: dict[str, Kind] = {"direct": "direct", "mixed": "mixed", "indirect": "indirect"}
    return kinds[word]


def _attitude(word: str) -> Attitude:
    known: dict[str, Attitude] = {
        "assertion": "assertion",
        "belief": "belief",
        "fact": "fact",
        "eventuality": "eventuality",
    }
    if word not in known:
        raise ValueError(f"unknown attitude {word!r}")
    return known[word]
