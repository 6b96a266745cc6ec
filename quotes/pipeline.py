"""The steps joined: articles in, an index out.

The article pass sees a batch of articles and nothing else; the corpus pass sees what the
index holds, and says who is one person and which quotations are one utterance.  What fails
is an article, never a run: each failure is reported, counted and kept.  This module decides
the order of the steps and what is left out, and nothing about how a step does its work.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from quotes import index
from quotes.cluster import cluster
from quotes.detect import detect
from quotes.errors import InputError, LexiconError, ModelError
from quotes.identity import update_identity
from quotes.lexicon.cues import CueLexicon, load_cues
from quotes.lexicon.people import People, load_people
from quotes.lexicon.titles import Titles, load_titles
from quotes.records import (
    AnnotatedArticle,
    Article,
    Entity,
    Failure,
    Quotation,
    RegionKind,
    TextReading,
)
from quotes.regions import find_regions
from quotes.resolve import resolve_article
from quotes.text import sentences

BATCH = 16
"""Articles read together: enough to fill the reader's windows, few enough for any memory."""

NOT_SPOKEN: frozenset[RegionKind] = frozenset({"boilerplate", "pull-quote", "caption", "byline"})
"""Regions whose quotations are left out and counted; a teaser's are kept and marked."""

POLICY = "2"
"""To be raised when detecting, resolving or the word lists change what an article gives."""

log = logging.getLogger(__name__)


class TextReader(Protocol):
    """What the pipeline asks of a reader; tests and other models can stand in for ours."""

    version: str

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """What is in each text, in the order of the texts."""
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """What the article pass works with, loaded once for many articles.

    Attributes:
        stanza_package: an official Stanza package for sentences, None for our rules.
        stanza_processors: the stanza processors to run, None for sentences alone.
    """

    reader: TextReader
    cues: CueLexicon
    people: People
    titles: Titles
    stanza_package: str | None = None
    stanza_processors: str | None = None

    @property
    def version(self) -> str:
        """Of the reading as a whole; articles that another one read are read again."""
        annotation = filter(None, (self.stanza_package, self.stanza_processors))
        return "/".join((POLICY, self.reader.version, ":".join(annotation) or "rules"))


@dataclass(frozen=True, slots=True)
class ArticleResult:
    """What the article pass found in one article.

    Attributes:
        quotations: in text order, speakers filled in where the text names them.
        entities: those of this article alone.
        left_out: the region of each quotation that is not the article's own, in text order.
    """

    annotated: AnnotatedArticle
    quotations: tuple[Quotation, ...]
    entities: tuple[Entity, ...]
    left_out: tuple[RegionKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Attributes:
        added, replaced, unchanged: articles.
        failures: articles and files that could not be used, in order.
        kinds: quotations of the articles added and replaced, by kind.
        named: those of them whose speaker is known.
        abstained: the others, by reason, the commonest first.
        left_out: quotations not kept, by the kind of region they stand in.
        speakers, utterances: of the whole index; an utterance has two printings or more.
        seconds: from start to end, by the clock.
    """

    added: int
    replaced: int
    unchanged: int
    failures: tuple[Failure, ...]
    kinds: Mapping[str, int]
    named: int
    abstained: Mapping[str, int]
    left_out: Mapping[str, int]
    speakers: int
    utterances: int
    seconds: float

    @property
    def failed(self) -> int:
        """How many articles and files could not be used."""
        return len(self.failures)

    @property
    def quotations(self) -> int:
        """Quotations found in the articles added and replaced."""
        return sum(self.kinds.values())


Report = Callable[[Article | Failure], None]
"""Told of every article and failure once it is dealt with, in no promised order."""


def load_steps(
    *,
    people: str | Path | None = None,
    imported: str | Path | None = None,
    stanza_package: str | None = None,
    stanza_processors: str | None = None,
    reader: TextReader | None = None,
) -> Steps:
    """The word lists and the reader.

    Args:
        people: a user's `people.toml`, which wins over the shipped one.
        imported: people imported by `quotes people import`.
        stanza_package: an official Stanza package to take sentences from.
        stanza_processors: what else to take from stanza, as `quotes.annotate.annotate` does.
        reader: another reader than the shipped one.

    Raises:
        ModelError: the shipped reader cannot be loaded.
        LexiconError: `people` or `imported` cannot be read.
    """
    if reader is None:
        from quotes.reader import Reader

        reader = Reader.load()
    return Steps(
        reader=reader,
        cues=load_cues(),
        people=load_people(Path(people) if people else None, Path(imported) if imported else None),
        titles=load_titles(),
        stanza_package=stanza_package,
        stanza_processors=stanza_processors,
    )


# The article pass


def read_batch(articles: Sequence[Article], steps: Steps) -> list[ArticleResult | Failure]:
    """The article pass over a few articles, each with its result or its failure, in order.

    Raises:
        ModelError, LexiconError: what concerns every article alike.
    """
    try:
        return _read(articles, steps)
    except (ModelError, LexiconError):
        raise
    except Exception as error:
        if len(articles) > 1:
            return [result for each in articles for result in read_batch([each], steps)]
        log.info("article %s failed", articles[0].id, exc_info=error)
        return [_failure(articles[0], error)]


def _read(articles: Sequence[Article], steps: Steps) -> list[ArticleResult | Failure]:
    annotated = _annotated(articles, steps)
    readings = steps.reader.read([article.text for article in articles])
    return [_result(*each, steps) for each in zip(annotated, readings, strict=True)]


def _annotated(articles: Sequence[Article], steps: Steps) -> list[AnnotatedArticle]:
    """Sentences and regions; stanza, and torch with it, is loaded only for those who name it."""
    regions = [find_regions(article) for article in articles]
    if steps.stanza_package is None and steps.stanza_processors is None:
        pairs = zip(articles, regions, strict=True)
        return [AnnotatedArticle(each, sentences(each.text), around) for each, around in pairs]
    from quotes.annotate import annotate

    return annotate(
        articles,
        stanza_package=steps.stanza_package,
        stanza_processors=steps.stanza_processors,
        regions=regions,
    )


def _result(annotated: AnnotatedArticle, reading: TextReading, steps: Steps) -> ArticleResult:
    found = detect(annotated, reading.attributions, cues=steps.cues)
    own = tuple(each for each in found if each.region not in NOT_SPOKEN)
    left_out = tuple(each.region for each in found if each.region in NOT_SPOKEN)
    mentions = reading.mentions if annotated.mentions is None else annotated.mentions
    quotations, entities = resolve_article(
        annotated, own, people=steps.people, titles=steps.titles, mentions=mentions
    )
    return ArticleResult(annotated, quotations, entities, tuple(filter(None, left_out)))


def _failure(article: Article, error: Exception) -> Failure:
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    where = article.path or f"article {article.id}"
    return Failure(where, f"could not be read ({what}); left out, please report it")


# The index


def add_articles(
    db: sqlite3.Connection,
    incoming: Iterable[Article | Failure],
    steps: Steps,
    *,
    report: Report | None = None,
) -> Summary:
    """Read what is new, write it article by article, then bring the whole index up to date.

    Args:
        db: an index open for writing.
        incoming: articles, and failures of those that could not be had.
        report: told of each of them once it is dealt with.

    Raises:
        IndexFileError: the index cannot be written; what was written before stays.
        ModelError, LexiconError: what concerns every article alike.
    """
    tally = _Tally(report=report)
    news = _news(db, incoming, tally, steps.version)
    while batch := list(islice(news, BATCH)):
        for article, result in zip(batch, read_batch(batch, steps), strict=True):
            _store(db, article, result, tally, steps.version)
        update_identity(db, people=steps.people)
    speakers, utterances = refresh(db, people=steps.people)
    return tally.summary(speakers, utterances)


def _news(
    db: sqlite3.Connection,
    incoming: Iterable[Article | Failure],
    tally: _Tally,
    version: str,
) -> Iterator[Article]:
    """The articles that the index does not hold as they are; the rest is dealt with here."""
    tried: set[str] = set()
    for each in incoming:
        if each.path is not None and each.path not in tried:
            tried.add(each.path)
            index.forget_failures(db, [each.path])
        if isinstance(each, Failure):
            index.record_failure(db, each)
            tally.failure(each)
        elif _held(db, each, version):
            tally.articles["unchanged"] += 1
            tally.tell(each)
        else:
            yield each


def _held(db: sqlite3.Connection, article: Article, version: str) -> bool:
    try:
        return index.has_article(db, article, version=version)
    except UnicodeEncodeError:  # half a surrogate pair: `write_article` says what to do
        return False


def _store(
    db: sqlite3.Connection,
    article: Article,
    result: ArticleResult | Failure,
    tally: _Tally,
    version: str,
) -> None:
    if isinstance(result, ArticleResult):
        try:
            written = index.write_article(
                db,
                article,
                result.quotations,
                result.entities,
                result.annotated.regions,
                version=version,
            )
        except InputError as error:
            result = Failure(article.path or f"article {article.id}", str(error))
        else:
            tally.count(result, written)
            return
    index.record_failure(db, result)
    tally.failure(result)


def refresh(db: sqlite3.Connection, *, people: People) -> tuple[int, int]:
    """The corpus pass: who is one person across articles, which quotations are one utterance.

    Returns:
        How many speakers and how many utterances of two or more printings there are.
    """
    update_identity(db, people=people)
    speakers, utterances = index.count_speakers(db), refresh_clusters(db)
    log.info("corpus pass: %d speakers, %d utterances", speakers, utterances)
    return speakers, utterances


def refresh_clusters(db: sqlite3.Connection) -> int:
    """Group the wordings of all quotations anew; how many groups there are."""
    clusters = cluster(tuple(index.stored_variants(db)))
    index.replace_clusters(db, clusters)
    return len(clusters)


@dataclass(slots=True)
class _Tally:
    """Counts of a run while it goes on."""

    report: Report | None = None
    articles: Counter[index.Written] = field(default_factory=Counter)
    named: int = 0
    failures: list[Failure] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    abstained: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    begun: float = field(default_factory=time.monotonic)

    def tell(self, what: Article | Failure) -> None:
        if self.report:
            self.report(what)

    def failure(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.tell(failure)

    def count(self, result: ArticleResult, written: index.Written) -> None:
        self.tell(result.annotated.article)
        self.articles[written] += 1
        if written == "unchanged":
            return
        self.left_out.update(result.left_out)
        self.kinds.update(quotation.kind for quotation in result.quotations)
        unnamed = [each for each in result.quotations if each.speaker is None]
        self.named += len(result.quotations) - len(unnamed)
        self.abstained.update(each.speaker_basis or "no reason given" for each in unnamed)

    def summary(self, speakers: int, utterances: int) -> Summary:
        return Summary(
            added=self.articles["added"],
            replaced=self.articles["replaced"],
            unchanged=self.articles["unchanged"],
            failures=tuple(self.failures),
            kinds=dict(self.kinds.most_common()),
            named=self.named,
            abstained=dict(self.abstained.most_common()),
            left_out=dict(self.left_out.most_common()),
            speakers=speakers,
            utterances=utterances,
            seconds=time.monotonic() - self.begun,
        )
