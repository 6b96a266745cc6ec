"""Made-up news articles for benchmarks: quotations standing in a text, with sources and names.

In comes a stream of printings, as `bench_cluster.Generator` makes them; out go articles as the
reader would hand them over: eight quotations of one day and outlet each, every one followed by
its cue and its source and by words of its occasion, and the speakers as one article writes their
names (`bench_identity.as_written`).  One article in twelve is carried by up to four other
outlets, whole or shortened.  The same seed gives the same articles.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate

from bench_cluster import Made
from bench_identity import Names, as_written

from quotes.records import Article, Entity, Kind, Quotation, Span, Speaker

PER_ARTICLE = 8
PLACES = (
    "Ashby",
    "Brent",
    "Calder",
    "Derwent",
    "Eden",
    "Fleet",
    "Girton",
    "Hull",
    "Irwell",
    "Kelso",
)
OUTLETS = [f"{place} {paper}" for place in PLACES for paper in ("Post", "News", "Echo", "Mail")]
WEIGHTS = list(accumulate(1 / (rank + 5) for rank in range(len(OUTLETS))))
PERSONS = 20_000
COPIED = 1 / 12
KINDS: tuple[Kind, ...] = ("direct", "mixed", "indirect")


@dataclass(frozen=True, slots=True)
class MadeArticle:
    """An article with what a reader finds in it, and the utterance that each quotation prints."""

    article: Article
    quotations: tuple[Quotation, ...]
    entities: tuple[Entity, ...]
    utterances: tuple[int, ...]


def made_articles(printings: Iterable[Made], seed: int) -> Iterator[MadeArticle]:
    """Printings packed into articles by their day; no utterance twice in an article."""
    rng = random.Random(seed)
    names = Names(PERSONS * 10 // 9, seed)
    unfinished: dict[str | None, list[list[Made]]] = defaultdict(list)
    number = 0
    for printing in printings:
        of_the_day = unfinished[printing.variant.published]
        printings_in_one = _room_in(of_the_day, printing.utterance)
        printings_in_one.append(printing)
        if len(printings_in_one) == PER_ARTICLE:
            of_the_day.remove(printings_in_one)
            made = _article(rng, names, number, printings_in_one)
            copies = rng.randint(1, 4) if rng.random() < COPIED else 0
            yield made
            yield from (_copy(rng, made, number + place + 1) for place in range(copies))
            number += 1 + copies


def _room_in(articles: list[list[Made]], utterance: int) -> list[Made]:
    """The first article that lacks the utterance, or a new one."""
    for article in articles:
        if all(other.utterance != utterance for other in article):
            return article
    articles.append([])
    return articles[-1]


def _article(rng: random.Random, names: Names, number: int, printings: list[Made]) -> MadeArticle:
    entities: dict[str | None, Entity] = {}
    quotations: list[Quotation] = []
    text = f"{printings[0].variant.context.capitalize()}.\n\n"
    for place, printing in enumerate(printings):
        speaker = _speaker(rng, names, printing.variant.entity, entities)
        text, found = _told(rng, text, printing, speaker)
        quotations.append(replace(found, id=_quotation_id(number, place)))
    article = Article(_id(number), text, published=printings[0].variant.published)
    spoken = {entity.id: entity for entity in entities.values()}
    utterances = tuple(printing.utterance for printing in printings)
    made = MadeArticle(article, tuple(quotations), tuple(spoken.values()), utterances)
    return _carried(rng, made, number)


def _copy(rng: random.Random, made: MadeArticle, number: int) -> MadeArticle:
    """The article in another outlet, whole or without its last paragraphs."""
    kept = rng.choice((PER_ARTICLE, PER_ARTICLE, rng.randint(4, PER_ARTICLE - 1)))
    quotations = tuple(
        replace(quotation, id=_quotation_id(number, place))
        for place, quotation in enumerate(made.quotations[:kept])
    )
    text = made.article.text
    end = text.index("\n\n", quotations[-1].source[0].end) + 2
    article = replace(made.article, id=_id(number), text=text[:end])
    copy = MadeArticle(article, quotations, made.entities, made.utterances[:kept])
    return _carried(rng, copy, number)


def _id(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()[:12]


def _quotation_id(number: int, place: int) -> str:
    return f"q{_id(number)[:9]}{place:x}"


def _carried(rng: random.Random, made: MadeArticle, number: int) -> MadeArticle:
    (outlet,) = rng.choices(OUTLETS, cum_weights=WEIGHTS)
    article = replace(
        made.article, outlet=outlet, outlet_basis="declared", title=f"Report {number}",
        url=f"https://{outlet.replace(' ', '-').lower()}.example/{number}",
    )  # fmt: skip
    return replace(made, article=article)


def _speaker(
    rng: random.Random, names: Names, who: str | None, entities: dict[str | None, Entity]
) -> Entity:
    """Who says it, by one name throughout the article; a source without a name if unknown."""
    if who is None:
        return entities.setdefault(None, Entity("a-source", "a source", "unnamed", ("a source",)))
    if who not in entities:
        written = as_written(rng, *names.persons[int(who.split("-")[1]) % len(names.persons)])
        same = (entity for entity in entities.values() if entity.id == written.id)
        entities[who] = next(same, written)
    return entities[who]


def _told(rng: random.Random, text: str, printing: Made, speaker: Entity) -> tuple[str, Quotation]:
    """`text` with a paragraph more, and the quotation in it."""
    words = printing.variant.text
    (kind,) = rng.choices(KINDS, weights=(40, 20, 40))
    opening, closing = ("", "") if kind == "indirect" else ("“", "”")
    start = len(text) + len(opening)
    end = start + len(words)
    cue = end + len(closing) + 2
    source = cue + len("said ")
    text += f"{opening}{words}{closing}, said {speaker.name}. {printing.variant.context}.\n\n"
    who, named = Speaker(speaker.id, speaker.name, speaker.kind), speaker.kind != "unnamed"
    return text, Quotation(
        "", kind, (Span(start, end),), (Span(cue, cue + 4),),
        (Span(source, source + len(speaker.name)),),
        "assertion" if rng.random() < 0.85 else "belief", 0.9, "reader",
        speaker=who if named else None, referent=None if named else who,
        speaker_basis="the source names it" if named else "unnamed source",
    )  # fmt: skip
