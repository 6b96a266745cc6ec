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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from quotes import index
from quotes.cluster import cluster
from quotes.errors import InputError
from quotes.identity import update_identity
from quotes.lexicon.people import People
from quotes.reading import BATCH, ArticleResult, Steps, read_batch
from quotes.records import Article, Failure

log = logging.getLogger(__name__)


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
