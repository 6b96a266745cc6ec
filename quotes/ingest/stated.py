"""An HTML page -> what it says of itself: its address, title, site and time of publication.

In come the page's JSON-LD, its ``meta`` elements, microdata and ``time`` elements; the article's
own come before those of the stories that the page points to.  The site is named by its address
if that is a listed outlet's, else by its own name; a publisher comes last, for it may be an
agency or a holding.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import islice
from typing import Any

from lxml import html

from quotes.ingest.fields import parse_date
from quotes.ingest.outlets import domain_of, load_outlets
from quotes.ingest.story import squashed

Node = Mapping[str, Any]

_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Review|ClaimReview)\Z")
_CDATA = re.compile(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "og:published_time"),
    *("datepublished", "parsely-pub-date", "sailthru.date", "article.published", "published_time"),
    *("publish-date", "publishdate", "publish_date", "published-date", "published_date"),
    *("publication_date", "publication-date", "pubdate", "pub_date", "article_date_original"),
    *("originalpublicationdate", "cxenseparse:recs:publishtime", "cxenseparse:publishtime"),
    *("dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dc.date"),
    *("dcterms.date", "displaydate", "rnews:datepublished", "citation_publication_date"),
    *("bt:pubdate", "timestamp", "date", "article:post_date", "ptime"),
)
_SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name")
_BARS = re.compile(r"\s+[|–—·»«:-]{1,2}\s+|\s+::\s+")
_MILLISECONDS = re.compile(r"1\d{12}\Z|1\d{9}\Z")
_COLON = re.compile(r"(?<=\w):\s+")
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d")  # how microformats give a time
_DATED = re.compile(r"^(?:(?:first )?published|posted|date)\b(?: on| at)?\W*", re.I)
_DATED_BY = ("p", "span", "div", "font", "b", "em", "i", "strong", "td", "li", "small", "br", "h6")
_LOOKS = 2_000
_URL_DATE = re.compile(r"/((?:19|20)\d\d)/([01]\d)/([0-3]\d)(?=/|$)")
_TITLE_WORDS = 3
_SITE_WORDS = 5
_ALIKE = 0.4


@dataclass(frozen=True, eq=False)
class Stated:
    """What one page says of itself."""

    tree: html.HtmlElement

    @cached_property
    def metas(self) -> Mapping[str, Sequence[str]]:
        """Contents by name, property or itemprop, in lower case."""
        found: dict[str, list[str]] = defaultdict(list)
        for each in self.tree.iter("meta"):
            content = " ".join((each.get("content") or "").split())
            for key in ("property", "name", "itemprop"):
                if content and each.get(key):
                    found[each.get(key, "").lower()].append(content)
        return found

    def meta(self, *names: str) -> str | None:
        """The first content under the first of these names that has one."""
        return next((self.metas[name][0] for name in names if self.metas.get(name)), None)

    @cached_property
    def data(self) -> Sequence[Node]:
        """The objects of the page's JSON-LD that stand by themselves, in order."""
        scripts = self.tree.xpath("//script[contains(@type, 'ld+json')]")
        return [node for each in scripts for node in _nodes(_loaded(each.text or ""))]

    @cached_property
    def url(self) -> str | None:
        """The page's own address; another site's canonical one only if there is none."""
        canonical = self.tree.xpath("//link[contains(@rel, 'canonical')]/@href")
        marked = self.metas.get("mainentityofpage", [])
        stated = [self.meta("og:url"), *map(str, canonical), *marked, self.meta("twitter:url")]
        return next((each.strip() for each in stated if each and domain_of(each)), None)

    @cached_property
    def heading(self) -> str | None:
        """The page's headline as it is printed."""
        marked = self.tree.xpath("//*[@itemprop='headline'][not(self::meta)]")
        stated = [each for each in self._titles if each]
        for top in map(_printed_text, (*self.tree.iter("h1"), *marked)):
            if len(top.split()) >= _TITLE_WORDS and any(_alike(top, each) for each in stated):
                return top
        return None

    @cached_property
    def _titles(self) -> list[str | None]:
        heads = [_text(each, "headline") or _text(each, "name") for each in self._articles]
        title = self.tree.find(".//title")
        named = _printed_text(title) if title is not None else None
        return [self.meta("og:title"), self.meta("twitter:title"), named, *heads]

    @cached_property
    def _articles(self) -> list[Node]:
        return [each for each in self.data if any(_ARTICLE.search(t) for t in _types(each))]

    @cached_property
    def article(self) -> Node | None:
        """The data of the page's own article: that of its address, of its headline, or the only."""
        nodes = self._articles
        if self.url:
            here = _path(self.url)
            if own := [each for each in nodes if here in {_path(url) for url in _addresses(each)}]:
                return own[0]
        titles = [self.heading, *self._titles[:3]]
        for each in nodes:
            headline = _text(each, "headline") or ""
            if any(title and _alike(headline, title) for title in titles):
                return each
        others = self.url and any(_addresses(each) for each in nodes)
        return nodes[0] if nodes and not others else None

    @cached_property
    def title(self) -> str | None:
        """The printed headline, else that of the data, else the page's title without its site."""
        own = _text(self.article, "headline") if self.article else None
        if found := self.heading or own:
            return found
        bare = (_bare_title(each, self.site_names) for each in self._titles[:3] if each)
        return next(bare, None)

    @cached_property
    def text(self) -> list[str]:
        """The paragraphs of the story that the data holds; none if it holds no story."""
        stated = (self.article or {}).get("articleBody")
        if not isinstance(stated, str):
            return []
        text = re.sub(r"<(?:/?p|br|/?div|/li)\b[^<>]*>", "\n", unescape(stated))
        lines = (
            " ".join(re.sub(r"<[^<>]{1,300}>", "", line).split()) for line in text.splitlines()
        )
        return [line for line in lines if line]

    # When.

    @cached_property
    def published(self) -> str | None:
        """When it was published, as the page writes it, with the time if any part has it."""
        stated = [(each, iso) for each in self._dates() if (iso := _iso(each))]
        printed = (iso for each in self._printed() if (iso := _iso(each)))
        first = stated[0][1] if stated else next(printed, None) or self._guessed()
        if first and len(first) == len("2025-02-12"):
            # The same day with a time, in the zone that it is written in.
            timed = (iso for each, iso in stated if each.startswith(first) and "T" in iso)
            return next(timed, first)
        return first

    def _guessed(self) -> str | None:
        """The day that htmldate finds in the page's words and addresses, if any."""
        from htmldate import find_date

        with suppress(Exception):  # of a page that it cannot read
            found = find_date(self.tree, extensive_search=False, original_date=True, url=self.url)
            return str(found) if found else None
        return None

    def _dates(self) -> Iterator[str]:
        if self.article:
            for key in ("datePublished", "dateCreated", "uploadDate"):
                if stated := _text(self.article, key):
                    yield stated
        for name in _PUBLISHED:
            yield from self.metas.get(name, ())
        for each in self.tree.xpath("//*[@itemprop='datePublished'][not(self::meta)]"):
            yield each.get("datetime") or each.get("content") or each.text_content()
        for node in self.data:
            if "WebPage" in _types(node) and (stated := _text(node, "datePublished")):
                yield stated
        yield from self._times()

    def _printed(self) -> Iterator[str]:
        """Dates that stand by themselves below the headline, then that of the address."""
        below = self.heading is None
        for element in islice(self.tree.iter("h1", *_DATED_BY), _LOOKS):
            below = below or element.tag == "h1"
            beside = any(element.iterancestors("aside", "nav", "footer"))
            for text in (element.text, element.tail) if below and not beside else ():
                if 8 <= len((text or "").strip()) < 60:
                    yield _DATED.sub("", text.strip())
        if self.url and (dated := _URL_DATE.search(self.url)):
            yield "-".join(dated.groups())

    def _times(self) -> Iterator[str]:
        """The ``time`` elements of the article itself: marked ones first, then in order."""
        tops = (each for each in self.tree.iter("h1"))
        heading = next((each for each in tops if _printed_text(each) == self.heading), None)
        holder = None
        if heading is not None:
            holder = next(heading.iterancestors("article", "main"), heading.getparent())
        times = [
            each
            for each in (self.tree if holder is None else holder).iter("time", "abbr")
            if (each.tag == "time" or _CLOCK.match(each.get("title") or ""))
            and next(each.iterancestors("aside", "nav", "footer"), None) is None
            and "updat" not in (names := f"{each.get('class')} {each.get('itemprop')}".lower())
            and "modif" not in names
        ]
        marked = [
            each
            for each in times
            if each.get("pubdate") is not None or "publish" in (each.get("class") or "").lower()
        ]
        for each in (*marked, *times):
            yield each.get("datetime") or each.get("title") or each.text_content()

    # Who.

    @cached_property
    def site_names(self) -> list[str]:
        """Names of the site in the order of trust: what it calls itself, what its titles end in."""
        own = [self.meta(name) for name in _SITE]
        sites = [_text(each, "name") for each in self.data if "WebSite" in _types(each)]
        return [each for each in (*own, *sites, *self._in_titles()) if each]

    def _in_titles(self) -> Iterator[str]:
        """What stands before or behind a title, if the page or its address has it elsewhere too."""
        label = squashed(self._domain.split(".")[0])
        for title in filter(None, self._titles[:3]):
            for name, _ in _sites_in(title):
                if squashed(name) == label or squashed(name) in self._labels:
                    yield name

    @cached_property
    def _labels(self) -> frozenset[str]:
        """What links and pictures are called, and short lines of the page's ends."""
        links = (each.text_content() for each in self.tree.iter("a"))
        pictures = (each.get("alt", "") for each in self.tree.iter("img"))
        return frozenset(squashed(each) for each in (*links, *pictures) if len(each) < 100)

    @cached_property
    def _domain(self) -> str:
        return domain_of(self.url) if self.url else ""

    @cached_property
    def publisher(self) -> str | None:
        """The publisher that the article's data names."""
        by_id = {each.get("@id"): each for each in self.data if each.get("@id")}
        for node in (self.article, *self.data):
            stated = (node or {}).get("publisher")
            for each in stated if isinstance(stated, list) else [stated]:
                if isinstance(each, Mapping):
                    named = _text(each, "name") or _text(by_id.get(each.get("@id"), {}), "name")
                    if named:
                        return named
                elif isinstance(each, str) and each.strip() and "//" not in each:
                    return each.strip()
        return None

    def outlet(self) -> tuple[str, str] | None:
        """Who published it, and what says so; None if the page does not."""
        outlets = load_outlets()
        owner = outlets.of_url(self.url) if self.url else None
        named = self.meta("og:site_name")
        known = outlets.known(named) if named else None
        if owner and named and known != owner and self._borrowed(owner):
            return (known or named), f"site name {named}"
        if owner:
            return (
                (owner, f"site name {named}") if known == owner else (owner, f"address {self.url}")
            )
        return self._unlisted()

    def _borrowed(self, owner: str) -> bool:
        """Whether the address is an agency's, whose text the page prints under another name."""
        return self.meta("og:url") is None and load_outlets().is_agency(owner)

    def _unlisted(self) -> tuple[str, str] | None:
        """The outlet of an address that no list has."""
        outlets, said = load_outlets(), self.publisher
        names = self.site_names
        if said and not (self._domain and outlets.is_agency(outlets.normal(said))):
            names = [*names, said]
        names = names or [
            name
            for title in filter(None, self._titles[:3])
            for name, _ in _sites_in(title)
            if len(name.split()) > 1 and title.endswith(name)
        ]
        if not names:
            return (self._domain, f"address {self.url}") if self._domain else None
        # The same name as people write it: "financialpost" is "Financial Post".
        keys = {squashed(names[0]), squashed(self._domain.split(".")[0])}
        spelt = (each for each in names if squashed(each) in keys and each != each.lower())
        name = next(spelt, names[0])
        return name, f"site name {name}"


def what_it_says(stated: Stated) -> dict[str, str]:
    """The page's own statements by the names that `fields` knows them by."""
    site, evidence = stated.outlet() or (None, None)
    said = {
        "site": site,
        "evidence": evidence,
        "title": stated.title,
        "url": stated.url,
        "date": stated.published,
    }
    return {name: value for name, value in said.items() if value}


# Data in JSON.


def _loaded(script: str) -> Any:
    """What a script holds, mended where sites often break it; None if it cannot be read."""
    script = _CDATA.sub("", _CDATA.sub("", script.strip()))
    for text in (script, _TRAILING_COMMA.sub("", script)):
        with suppress(ValueError, RecursionError):
            return json.loads(text, strict=False)
    return None


def _nodes(data: Any, depth: int = 0) -> Iterator[Node]:
    """The objects of some data that stand by themselves: of lists, of graphs, of main entities."""
    if depth > 6:
        return
    if isinstance(data, list):
        for each in data:
            yield from _nodes(each, depth + 1)
    elif isinstance(data, Mapping):
        yield data
        for key in ("@graph", "mainEntity"):
            yield from _nodes(data.get(key), depth + 1)


def _types(node: Node) -> list[str]:
    stated = node.get("@type")
    return [
        each for each in (stated if isinstance(stated, list) else [stated]) if isinstance(each, str)
    ]


def _text(node: Node, key: str) -> str | None:
    stated = node.get(key)
    if isinstance(stated, list) and stated:
        stated = stated[0]
    if not isinstance(stated, str | int):
        return None
    return " ".join(re.sub(r"<[^<>]{1,200}>", "", unescape(str(stated))).split()) or None


def _printed_text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _addresses(node: Node) -> list[str]:
    """Where the data says that it belongs."""
    page = node.get("mainEntityOfPage")
    stated = [node.get("url"), node.get("@id"), page]
    if isinstance(page, Mapping):
        stated += [page.get("@id"), page.get("url")]
    return [each for each in stated if isinstance(each, str) and domain_of(each)]


def _path(url: str) -> str:
    """An address without what differs between the spellings of one."""
    bare = re.sub(r"^https?:", "", url).split("#")[0].split("?")[0].rstrip("/")
    return re.sub(r"^//(?:www|m|amp)\.", "//", bare).lower()


# Words.


def _alike(one: str, other: str) -> bool:
    """Whether two titles have so many words in common that they are of one story."""
    ours, theirs = set(_words(one)), set(_words(other))
    return len(ours & theirs) > _ALIKE * len(ours | theirs)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _sites_in(title: str) -> Iterator[tuple[str, str]]:
    """What may be a site's name behind or before a title, and the title without it.

    >>> list(_sites_in("Old bridge to close | Harbour Gazette"))
    [('Harbour Gazette', 'Old bridge to close')]
    """
    bars = list(_BARS.finditer(title))
    for bar in bars[-1:]:
        yield from _cut(title[bar.end() :], title[: bar.start()])
    for bar in (*bars[:1], *_COLON.finditer(title)):
        yield from _cut(title[: bar.start()], title[bar.end() :])


def _cut(site: str, rest: str) -> Iterator[tuple[str, str]]:
    if len(site.split()) <= _SITE_WORDS and len(rest.split()) >= _TITLE_WORDS:
        yield site, rest


def _bare_title(title: str, sites: Iterable[str]) -> str:
    """A title without the site's name."""
    known = {squashed(each) for each in sites}
    return next((rest for site, rest in _sites_in(title) if squashed(site) in known), title)


def _iso(stated: str) -> str | None:
    """A date as pages write it; milliseconds since 1970 too."""
    stated = stated.strip()
    if _MILLISECONDS.match(stated):
        from datetime import UTC, datetime

        return datetime.fromtimestamp(int(stated[:10]), UTC).isoformat()
    return parse_date(re.sub(r"(?<=\d) (?=[+-]\d{4}$)|\s*\([^()]*\)$", "", stated))
