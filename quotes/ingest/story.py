"""An HTML page -> the lines of its story, each paragraph once.

What a page sets beside its story goes by the names of its elements (`data/pages.toml`): lists of
other stories, captions, forms, comments.  The story is then where the sentences are: in the
smallest element that has nearly all of them, in one box or in many.  A page that has the story
twice, for small screens and large ones, gives it once.  Inline quotations (``<q>``) get the marks
that a browser shows.  What a page says of itself is `stated`'s; nothing here looks at quotations.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from lxml import etree, html

from quotes.errors import LexiconError
from quotes.ingest.fields import parse_date
from quotes.ingest.language import words_in
from quotes.text.lists import shipped

Element: TypeAlias = html.HtmlElement


def _tags(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SKIPPED = _tags(
    """
    script style noscript template nav form button select option svg math iframe object embed
    figcaption audio video canvas input textarea label head title menu dialog picture map h1
    amp-ad amp-sidebar amp-list amp-consent amp-analytics
    """
)
_BLOCKS = _tags(
    """
    address article aside blockquote body br center dd details div dl dt fieldset figure footer
    h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul
    """
)
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = frozenset({"p", "li", "blockquote", "pre", "dd", "dt", *_HEADINGS})
_STOPS = (".", "!", "?", "…", "。", "！", "？", "」", ":", ";", "”", '"', "’", "'", "»", ")", "]")
_POST_LINK = re.compile(r"\s*(?:https?://t\.co/\w+|pic\.(?:twitter|x)\.com/\w+)")
_OPENING = ('"', "“", "‘", "'", "«", "„")
# A line that shows where the story is: a sentence of its own, mostly no link.
_STORY_WORDS = 8
_LINKED = 0.5
_SLANTED = 0.6
# The share of the sentences that a smaller element must have to be taken instead of a larger one.
_NEARLY_ALL = 0.97
_MOST = 0.5
# What is beside the story is less than this share of the sentences on the page.
_BESIDE = 0.4
# Shorter lines repeat without being copies ("“No,” she said.").
_COPY_WORDS = 6


@dataclass(slots=True)
class _Line:
    """A line as a browser shows it.

    Attributes:
        block: the element that breaks lines around it.
        linked, slanted, dated: how many of its characters are links, in italics, a time.
    """

    text: str
    block: Element
    linked: int
    slanted: int
    dated: int

    @property
    def words(self) -> int:
        return words_in(self.text)

    @property
    def tag(self) -> str:
        return str(self.block.tag)

    @property
    def ends(self) -> bool:
        """Whether it ends as a sentence does."""
        return self.text.endswith(_STOPS)

    @property
    def link(self) -> bool:
        """Whether it is nothing but links."""
        return self.linked >= 0.9 * len(re.sub(r"\s|\W", "", self.text)) > 0

    @property
    def tells(self) -> bool:
        """Whether it shows where the story is."""
        told = self.words >= _STORY_WORDS and self.ends and self.tag not in _HEADINGS
        return told and self.linked < _LINKED * len(self.text)


@dataclass(frozen=True, slots=True)
class _Wording:
    """The patterns of `data/pages.toml`."""

    beside: re.Pattern[str]
    comments: re.Pattern[str]
    posts: re.Pattern[str]
    label: re.Pattern[str]
    dated: re.Pattern[str]
    closing: re.Pattern[str]


@cache
def _wording() -> _Wording:
    table = shipped("pages.toml")
    try:
        element = {name: re.compile(table["element"][name]) for name in _Wording.__slots__[:3]}
        line = {name: re.compile(table["line"][name], re.I) for name in _Wording.__slots__[3:]}
        return _Wording(**element, **line)
    except (KeyError, TypeError, re.error) as error:
        raise LexiconError(f"pages.toml: {error!r}; correct that entry") from error


def story_lines(tree: Element, title: str | None) -> list[str]:
    """The lines of the story in order; none if there are no sentences on the page.

    Args:
        tree: the page; what is not its story is taken out of it.
        title: the story's headline, which is no line of it.
    """
    wording = _wording()
    root = _own_article(tree, title)
    _drop_comments(root, wording)
    _drop_beside(root, wording)
    lines = _lines(root)
    telling = [line for line in lines if line.tells]
    if not telling:
        return []
    lines = _within(_container(root, lines), lines)
    lines = [line for line in lines if not _is_beside(line, wording, title)]
    return [line.text for line in _each_once(_ends_cut(lines, wording))]


# ---------------------------------------------------------------- what is left out


def _names(element: Element) -> str:
    """All that an element goes by, in lower case."""
    return " ".join(
        value
        for name, value in element.attrib.items()
        if name in {"id", "class", "role", "itemprop"} or name.startswith("data-")
        if len(value) < 400
    ).lower()


def _holds_story(element: Element) -> bool:
    """Whether the headline or the marked body of an article stands in it, or it is that."""
    if element.tag in {"html", "body", "main"} or "articlebody" in _names(element):
        return True
    return element.find(".//h1") is not None or bool(element.xpath(".//*[@itemprop='articleBody']"))


def _own_article(tree: Element, title: str | None) -> Element:
    """The page's body; where several stories follow each other, the one of that title."""
    body = tree.find(".//body")
    body = tree if body is None else body
    several = [
        each
        for each in body.iter("article")
        if each.find(".//h1") is not None and next(each.iterancestors("article"), None) is None
    ]
    if len(several) < 2:
        return body
    own = squashed(title or "")
    heads = (squashed(each.find(".//h1").text_content()) for each in several)
    return next(
        (each for each, head in zip(several, heads, strict=True) if head == own), several[0]
    )


def _drop_comments(root: Element, wording: _Wording) -> None:
    for element in list(root.iter(etree.Element)):
        if element is root or element.getparent() is None:
            continue
        if wording.comments.search(_names(element)) and not _holds_story(element):
            element.drop_tree()


def _drop_beside(root: Element, wording: _Wording) -> None:
    """Take out what goes by the name of something else, unless it has much of the page's text."""
    told = Counter[Element]()
    for line in _lines(root):
        if line.tells:
            told[root] += line.words
            for element in _ancestors(line.block, root):
                told[element] += line.words
    for element in list(root.iter(etree.Element)):
        if element is root or element.getparent() is None or told[element] > _BESIDE * told[root]:
            continue
        if _named_beside(element, wording) and not _holds_story(element):
            element.drop_tree()


def _named_beside(element: Element, wording: _Wording) -> bool:
    if element.tag == "footer" and _in_blockquote(element):
        return False  # it says whose words they are
    if element.tag in {"aside", "footer"} or element.get("aria-hidden") == "true":
        return not _has_post(element, wording)
    if element.tag in {"p", *_HEADINGS} and element.get("class") is None:
        return False
    names = _names(element)
    return bool(wording.beside.search(names)) and not _has_post(element, wording)


def _in_blockquote(element: Element) -> bool:
    return next(element.iterancestors("blockquote"), None) is not None


def _has_post(element: Element, wording: _Wording) -> bool:
    """Whether a post of a social network is shown in it."""
    quotes = element.iter("blockquote")
    return any(wording.posts.search(each.get("class", "")) for each in quotes)


# ---------------------------------------------------------------- lines


@dataclass(slots=True)
class _Writer:
    """Text as it comes, cut into lines at the elements that break them."""

    lines: list[_Line] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)

    def add(self, text: str | None) -> None:
        if not text:
            return
        self.parts.append(text)
        size = len(re.sub(r"\s|\W", "", text))
        for name, depth in self.open.items():
            if depth > 0:
                self.counts[name] += size if name == "a" else len(text.strip())

    def end_line(self, block: Element) -> None:
        text = _POST_LINK.sub("", " ".join("".join(self.parts).split()))
        if text:
            told = (self.counts[name] for name in ("a", "em", "time"))
            self.lines.append(_Line(text, block, *told))
        self.parts, self.counts = [], Counter()


_KINDS = {"a": "a", "em": "em", "i": "em", "time": "time"}


def _lines(root: Element) -> list[_Line]:
    """All lines below an element, in order."""
    writer = _Writer()
    blocks = [root]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        block = tag in _BLOCKS
        if event == "start":
            if tag in _SKIPPED and element is not root:
                walk.skip_subtree()
                continue
            if block:
                writer.end_line(blocks[-1])
                blocks.append(element)
            writer.open[_KINDS.get(tag, "")] += 1
            writer.add(_opening(element))
            writer.add(element.text)
            continue
        if tag not in _SKIPPED or element is root:
            writer.add(_closing(element))
            writer.open[_KINDS.get(tag, "")] -= 1
        if block:
            writer.end_line(blocks.pop())
        if element is not root:
            writer.add(element.tail)
    return [line for line in writer.lines if re.search(r"[^\W_]", line.text)]


def _quotation_marks(element: Element) -> str:
    """The marks that a browser shows around an inline quotation; none if it has its own."""
    if element.tag != "q" or element.text_content().strip().startswith(_OPENING):
        return ""
    nested = sum(1 for _ in element.iterancestors("q"))
    return "‘’" if nested % 2 else "“”"


def _opening(element: Element) -> str:
    return _quotation_marks(element)[:1]


def _closing(element: Element) -> str:
    return _quotation_marks(element)[1:]


# ---------------------------------------------------------------- where the story is


def _ancestors(element: Element, root: Element) -> Iterator[Element]:
    """The element and those around it, below the root."""
    while element is not None and element is not root:
        yield element
        element = element.getparent()


def _container(root: Element, lines: Sequence[_Line]) -> Element:
    """The smallest element with nearly all of the sentences, or most where the rest are cards.

    It is no paragraph, and none of several boxes of one kind: the story may go on in the next.
    Cards of other stories have as many links as sentences.
    """
    told, telling, links = Counter[Element](), Counter[Element](), Counter[Element]()
    for line in lines:
        for element in _ancestors(line.block, root):
            told[element] += line.words if line.tells else 0
            telling[element] += line.tells
            links[element] += line.link
    here, total = root, sum(line.words for line in lines if line.tells)
    while True:
        inner = [each for each in here if isinstance(each.tag, str) and told[each]]
        best = max(inner, key=lambda each: told[each], default=None)
        if best is None or best.tag in _PARAGRAPHS:
            return here
        others = [each for each in inner if each is not best]
        cards = all(links[each] >= telling[each] for each in others)
        if told[best] < (_MOST if cards else _NEARLY_ALL) * total:
            return here
        if any((each.tag, each.get("class")) == (best.tag, best.get("class")) for each in others):
            return here
        here, total = best, told[best]


def _within(here: Element, lines: Sequence[_Line]) -> list[_Line]:
    """The lines of the story's element, with the sentences that lead to it below a headline."""
    inside = [here in (line.block, *line.block.iterancestors()) for line in lines]
    first = inside.index(True)
    lead: list[_Line] = []
    holder = here.getparent()
    if holder is not None and here.tag != "body":
        lead = [line for line in lines[:first] if line.tells and line.block.getparent() is holder]
    return [*lead, *(line for line, own in zip(lines, inside, strict=True) if own)]


def _is_beside(line: _Line, wording: _Wording, title: str | None) -> bool:
    """Whether a line within the story's element is none of the story, by itself."""
    text = line.text
    if title and squashed(text) == squashed(title):
        return True
    if line.linked and len(text) < 200 and wording.label.fullmatch(text):
        return True
    if line.link and (not line.ends or text.startswith("[") or _is_list_of_links(line)):
        return True
    if len(text) < 160 and (wording.dated.fullmatch(text) or _is_date(line)):
        return True
    if line.tag in _PARAGRAPHS or line.ends or _in_blockquote(line.block):
        return False
    return line.words < _STORY_WORDS


def _is_list_of_links(line: _Line) -> bool:
    """Whether the list that it is an item of has nothing but links."""
    items = next(line.block.iterancestors("ul", "ol"), None)
    if items is None:
        return False
    texts = [each.text_content().strip() for each in items.iter("li")]
    links = ["".join(a.text_content() for a in each.iter("a")).strip() for each in items.iter("li")]
    return len(texts) > 1 and texts == links


def _is_date(line: _Line) -> bool:
    """Whether it is a time, or has one and is no sentence, or says a date and nothing else."""
    if line.dated and (line.dated > len(line.text) // 2 or not line.ends):
        return line.words < 2 * _STORY_WORDS
    return line.words <= _STORY_WORDS and parse_date(line.text) is not None


def _ends_cut(lines: Sequence[_Line], wording: _Wording) -> list[_Line]:
    """Without bylines above the story, and what follows its last sentence."""
    kept = list(lines)
    with suppress(StopIteration):
        first = next(at for at, line in enumerate(kept) if line.tells)
        # A heading above the first sentence is its own; one above a list of points is not.
        lead = [
            line
            for at, line in enumerate(kept[:first])
            if line.ends or (line.tag in _HEADINGS and at + 1 == first)
        ]
        kept = [*lead, *kept[first:]]
    while kept:
        last = kept[-1]
        slanted = last.slanted > _SLANTED * len(last.text)
        closes = slanted and len(last.text) < 600 and wording.closing.fullmatch(last.text)
        if last.ends and last.tag not in _HEADINGS and not closes:
            break
        kept.pop()
    return kept


def _each_once(lines: Iterable[_Line]) -> list[_Line]:
    """Without copies of lines, and beginnings of lines that stand there whole."""
    seen: set[str] = set()
    once = []
    for line in lines:
        key = squashed(line.text)
        if line.words < _COPY_WORDS or key not in seen:
            once.append(line)
        seen.add(key)
    cut = {squashed(line.text) for line in once if line.text.endswith(("…", "...", "[…]"))}
    return [
        line
        for line in once
        if not (
            (key := squashed(line.text)) in cut
            and any(whole != key and whole.startswith(key) for whole in seen)
        )
    ]


def squashed(text: str) -> str:
    """Letters and digits alone, in lower case: how two copies of a line compare.

    >>> squashed("The Daily News") == squashed("thedailynews")
    True
    """
    return "".join(char for char in text.casefold() if char.isalnum())
