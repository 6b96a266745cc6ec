"""An article -> the stretches of it that are not its story, each with its kind and evidence.

Boilerplate, captions and bylines are whole lines, by the wording in
``data/boilerplate.toml``; teasers are other stories' headlines and first words; a pull quote
is a paragraph that repeats, nearly word for word, what the story quotes elsewhere.  When in
doubt a line is left to the story: a lost quotation is worse than a spurious one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, takewhile
from typing import Any, NamedTuple, get_args

from quotes.errors import LexiconError
from quotes.records import Article, Region, RegionKind, Span
from quotes.text.lists import shipped

_LINE = re.compile(r"\S(?:[^\r\n\u2028\u2029]*\S)?")
_WORD = re.compile(r"\w+(?:[’'.-]\w+)*")
_QUOTED = re.compile(r"“[^“”]*+(?:”|$)|\"[^\"]*+(?:\"|$)|«[^«»]*+(?:»|$)")
_MARK = re.compile('[“”"«»„]')
_STOP = (".", "!", "?", ":", ";", ",", "…", "”", '"', "’", "'", ")", "]")
_ELLIPSIS = ("...", "…", "[…]", "[...]")
_OPENING = "“\"«„‘'"

# Beyond 800 characters a line is a paragraph; a headline seldom passes 160 or a name 5 words.
_MOST_CHARS = 800
_END_CHARS = 200
_HEADLINE_CHARS = 160
_NAME_WORDS = 5
_LIST_LINES = 40
_BIO_CHARS = 60
# A pull quote has 6 to 120 words, nine in ten of them in runs of four or more that the story
# quotes: the seeds' one has all of them; a looser share begins to catch stock phrases.
_PULL_WORDS = range(6, 121)
_RUN = 4
_PULL_SHARE = 0.9
_CAPTION_WORDS = 12


class _Line(NamedTuple):
    """A line that is not blank: its text without the blanks around it, and where that is."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class _Found(NamedTuple):
    """Lines `first` to `last`, both inclusive, and what they are."""

    first: int
    last: int
    kind: RegionKind
    evidence: str


class _Wording(NamedTuple):
    """The patterns of `data/boilerplate.toml`, each to be tried on one line."""

    lines: tuple[tuple[RegionKind, bool, re.Pattern[str]], ...]  # True for its end alone
    cards: tuple[tuple[re.Pattern[str], bool], ...]  # whether a paragraph follows the heading
    list_heading: re.Pattern[str]
    list_end: re.Pattern[str]
    cut_next: re.Pattern[str]  # behind a paragraph that is cut off
    author_heading: re.Pattern[str]
    author_job: re.Pattern[str]


def find_regions(article: Article) -> tuple[Region, ...]:
    """The stretches that are not the story, in text order, none overlapping another.

    >>> from quotes.records import Article
    >>> text = "“No,” she said.\\n\\nAdvertisement\\n\\nShe left."
    >>> [(region.kind, region.span.of(text)) for region in find_regions(Article("a", text))]
    [('boilerplate', 'Advertisement')]
    """
    lines = [_Line(match[0], match.start()) for match in _LINE.finditer(article.text)]
    wording = load_wording()
    taken: set[int] = set()
    regions = []
    # Larger stretches come first: the label inside a list of stories belongs to the list.
    for find in (_lists, _cards, _cut_cards, _author_boxes, _single_lines, _pull_quotes):
        for found in find(lines, wording):
            members = range(found.first, found.last + 1)
            if taken.isdisjoint(members):
                taken.update(members)
                span = Span(lines[found.first].start, lines[found.last].end)
                regions.append(Region(span, found.kind, found.evidence))
    return tuple(sorted(regions, key=lambda region: region.span))


def _matches(pattern: re.Pattern[str], line: _Line) -> bool:
    return len(line.text) <= _MOST_CHARS and pattern.fullmatch(line.text) is not None


def _is_headline(line: _Line) -> bool:
    """No stop at its end but a question mark, and not long."""
    text = line.text
    return len(text) <= _HEADLINE_CHARS and (text.endswith("?") or not text.endswith(_STOP))


# ---------------------------------------------------------------- other stories


def _lists(lines: Sequence[_Line], wording: _Wording) -> Iterator[_Found]:
    """Lists of other stories: from the last heading before its end, or headlines at the foot."""
    heading: int | None = None
    for at in range(len(lines) // 3, len(lines)):  # above, such a heading names the page
        line = lines[at]
        if _matches(wording.list_heading, line):
            heading = at
        elif heading is not None and _matches(wording.list_end, line):
            if at - heading <= _LIST_LINES:
                yield _Found(heading, at, "teaser", f"list of stories: {lines[heading].text}")
            heading = None
    if heading is not None:
        below = sum(1 for _ in takewhile(_is_headline, lines[heading + 1 :]))
        yield _Found(heading, heading + below, "teaser", f"list of stories: {lines[heading].text}")


def _cards(lines: Sequence[_Line], wording: _Wording) -> Iterator[_Found]:
    """One other story under a heading such as "Other Topics of Interest"."""
    for at, (line, title) in enumerate(pairwise(lines)):
        summary = next((after for head, after in wording.cards if _matches(head, line)), None)
        if summary is None or not _is_headline(title):
            continue
        first = at - 1 if at and lines[at - 1].text == title.text else at
        goes_on = summary and at + 2 < len(lines) and lines[at + 2].text[0] not in _OPENING
        yield _Found(first, at + 1 + goes_on, "teaser", f"another story under: {line.text}")


def _cut_cards(lines: Sequence[_Line], wording: _Wording) -> Iterator[_Found]:
    """A headline and a paragraph cut off in mid-sentence before the story's picture or link."""
    for at, (before, line, after) in enumerate(zip(lines, lines[1:], lines[2:], strict=False)):
        cut = line.text.endswith(_ELLIPSIS) or not line.text.endswith(_STOP)
        if not (cut and len(line.text) > _HEADLINE_CHARS and _is_headline(before)):
            continue
        if _matches(wording.cut_next, after):
            yield _Found(at, at + 1, "teaser", f"cut off before: {after.text}")


# ---------------------------------------------------------------- boilerplate


def _author_boxes(lines: Sequence[_Line], wording: _Wording) -> Iterator[_Found]:
    """A name line, perhaps a role line, and a paragraph that begins with that name."""
    for at, line in enumerate(lines):
        size = len(line.text.split())
        if not (2 <= size <= _NAME_WORDS and _is_headline(line) and line.text.istitle()):
            continue
        headed = at > 0 and _matches(wording.author_heading, lines[at - 1])
        for bio in range(at + 1, min(at + 3, len(lines))):
            text = lines[bio].text
            if len(text) > _BIO_CHARS and text.startswith(f"{line.text} "):
                if headed or (at > len(lines) // 2 and wording.author_job.search(text)):
                    yield _Found(at - headed, bio, "boilerplate", "author's box")
                break
            if not _is_headline(lines[bio]):
                break


def _single_lines(lines: Sequence[_Line], wording: _Wording) -> Iterator[_Found]:
    """Lines that are something else by their own wording alone."""
    for at, line in enumerate(lines):
        if len(line.text) > _MOST_CHARS:
            continue
        for kind, at_end, pattern in wording.lines:
            found = (
                pattern.search(line.text[-_END_CHARS:]) if at_end else pattern.fullmatch(line.text)
            )
            if found:
                yield _Found(at, at, kind, found[0])
                break


# ---------------------------------------------------------------- pull quotes


def _pull_quotes(lines: Sequence[_Line], _: _Wording) -> Iterator[_Found]:
    """Paragraphs without attribution, in marks or not, whose words the story quotes elsewhere."""
    # Every run of `_RUN` quoted words, and the lines that quote it.
    runs: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        for match in _QUOTED.finditer(line.text):
            for run in _runs(_words(match[0])):
                runs[run].append(at)
    if not runs:
        return
    for at, line in enumerate(lines):
        words = _words(line.text) if len(line.text) <= _MOST_CHARS else []
        # Neither what the line before announces, nor words beside the repeated ones.
        announced = at > 0 and lines[at - 1].text.endswith((":", ":”", ':"'))
        beside = _MARK.search(line.text) and not _is_quoted_alone(line)
        if len(words) not in _PULL_WORDS or announced or beside:
            continue
        elsewhere = _covered(words, at, runs)
        # Below may stand who said it: a short line in capitals, or one behind a dash.
        caption = lines[at + 1] if at + 1 < len(lines) else _Line("", 0)
        capitals = [word[0].isupper() for word in caption.text.split()]
        short = len(capitals) <= _CAPTION_WORDS and _is_headline(caption)
        named = short and (caption.text[:1] in tuple("-–—") or 2 * sum(capitals) > len(capitals))
        if elsewhere is not None and (named or not _is_quoted_alone(lines[elsewhere])):
            said = f"repeats words quoted at {lines[elsewhere].start}"
            yield _Found(at, at + named, "pull-quote", said)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("’", "'").casefold())


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(_RUN)), strict=False)


def _is_quoted_alone(line: _Line) -> bool:
    """Whether a line is one quotation and nothing else: of two such lines neither is the copy."""
    return _QUOTED.fullmatch(line.text) is not None


def _covered(
    words: Sequence[str], at: int, runs: Mapping[tuple[str, ...], Sequence[int]]
) -> int | None:
    """The line that first quotes most of these words, None if too few are quoted elsewhere."""
    covered: set[int] = set()
    first: int | None = None
    for place, run in enumerate(_runs(words)):
        other = next((line for line in runs.get(run, ()) if line != at), None)
        if other is not None:
            covered.update(range(place, place + _RUN))
            first = other if first is None else first
    return first if len(covered) >= _PULL_SHARE * len(words) else None


# ---------------------------------------------------------------- the wording


@cache
def load_wording() -> _Wording:
    """The shipped wording, read once per process.

    Raises:
        LexiconError: the list lacks a field, or a pattern is not one.
    """
    table = shipped("boilerplate.toml")
    try:
        lists = table["list"]
        # One pattern for each kind and place: a line is tried a handful of times, not fifty.
        together: dict[tuple[RegionKind, bool], list[Mapping[str, Any]]] = defaultdict(list)
        for row in table["line"]:
            if row["kind"] not in get_args(RegionKind):
                raise ValueError(f"kind {row['kind']!r}")
            together[row["kind"], row.get("at") == "end"].append(row)
        return _Wording(
            lines=tuple(
                (kind, at_end, _any(rows, "pattern", suffix=r"\Z" if at_end else ""))
                for (kind, at_end), rows in together.items()
            ),
            cards=tuple((_any([c], "heading"), c.get("summary", False)) for c in table["card"]),
            list_heading=_any(lists, "heading"),
            list_end=_any(lists, "end"),
            cut_next=_any([table["cut"]], "next"),
            author_heading=_any([table["author"]], "heading"),
            author_job=_any([table["author"]], "jobs"),
        )
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise LexiconError(f"boilerplate.toml: {error!r}; correct that entry") from error


def _any(rows: Sequence[Mapping[str, Any]], name: str, *, suffix: str = "") -> re.Pattern[str]:
    """One pattern that matches what any of the rows' does."""
    parts = (f"{'(?:' if row.get('case') else '(?i:'}{row[name]})" for row in rows)
    pattern = re.compile(f"(?:{'|'.join(parts)}){suffix}")
    if pattern.groups:
        raise ValueError(f"a capturing group in a {name}; write (?:...)")
    return pattern
