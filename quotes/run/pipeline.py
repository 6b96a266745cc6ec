"""The steps joined: articles in, an index out.

The article pass sees a batch of articles and nothing else; the corpus pass sees what the
index holds, and says who is one person and which quotations are one utterance.  Both write a
batch in one transaction, so that the index is right at every commit, whenever a run ends.
What fails is an article, never a run: each failure is reported, counted and kept.  This module
decides the order of the steps, and nothing about how a step does its work.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from quotes.errors import InputError
from quotes.index import write as index
from quotes.index.opening import explaining, transaction
from quotes.people.known import People
from quotes.records import Article, Failure
from quotes.run.corpus import update_corpus
from quotes.run.pool import Pool, Read, read_all
from quotes.run.reading import ArticleResult, Steps
from quotes.utterances.groups import count_groups


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


@dataclass(frozen=True, slots=True)
class Done:
    """One article or file dealt with.

    Attributes:
        what: the article, or why there is none.
        quotations: how many were found in it; None if it was not read, because the index
            held it already or because it failed.
    """

    what: Article | Failure
    quotations: int | None = None


Report = Callable[[Done], None]
"""Told of every article and failure once it is dealt with, in no promised order."""


def add_articles(
    db: sqlite3.Connection,
    incoming: Iterable[Article | Failure],
    steps: Steps,
    *,
    pool: Pool | None = None,
    report: Report | None = None,
) -> Summary:
    """Read what is new and write it, a batch at a time, the whole index up to date with it.

    Nothing is locked while articles are read.

    Args:
        db: an index open for writing.
        incoming: articles, and failures of those that could not be had.
        pool: of the same steps, to read with; without one, articles are read in this process.
        report: told of each of them once it is dealt with and kept.

    Raises:
        IndexFileError: the index cannot be written; the batches written before stay.
        ModelError, LexiconError: what concerns every article alike.
    """
    tally = _Tally(report=report)
    news = _news(db, incoming, tally, steps.version)
    for batch in read_all(news, pool or Pool(steps)):
        with explaining(db), transaction(db):
            written = [_store(db, *each, steps.version) for each in batch]
            update_corpus(db, people=steps.people)
        tally.count_all(batch, written)
    update_corpus(db, people=steps.people)
    return tally.summary(index.count_speakers(db), count_groups(db))


def remove_articles(db: sqlite3.Connection, articles: Iterable[str], *, people: People) -> int:
    """Take articles out of the index, and what joined them to others.

    Args:
        db: an index open for writing.
        articles: ids; those that the index does not hold are passed over.
        people: known persons.

    Returns:
        How many were there.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        gone = sum(index.remove_article(db, article) for article in articles)
        update_corpus(db, people=people)
    return gone


def _news(
    db: sqlite3.Connection,
    incoming: Iterable[Article | Failure],
    tally: _Tally,
    version: str,
) -> Iterator[Article]:
    """The articles that the index does not hold as they are; the rest is dealt with here."""
    tried: set[str] = set()
    asked: set[object] = set()
    for each in incoming:
        if each.path is not None and each.path not in tried:
            tried.add(each.path)
            index.forget_failures(db, [each.path])
        if isinstance(each, Failure):
            index.record_failure(db, each)
            tally.failure(each)
        elif asked.isdisjoint(_keys(each)) and _held(db, each, version):
            tally.articles["unchanged"] += 1
            tally.tell(Done(each))
        else:
            asked |= _keys(each)
            yield each


def _keys(article: Article) -> set[object]:
    """By which another article replaces this one: if it is still being read, nobody knows yet."""
    return {article.id, *([(article.outlet, article.url)] if article.url else ())}


def _held(db: sqlite3.Connection, article: Article, version: str) -> bool:
    try:
        return index.has_article(db, article, version=version)
    except UnicodeEncodeError:  # half a surrogate pair: `write_article` says what to do
        return False


def _store(
    db: sqlite3.Connection, article: Article, result: ArticleResult | Failure, version: str
) -> index.Written | Failure:
    """Write what was read; of an article that cannot be kept, that it failed."""
    if isinstance(result, ArticleResult):
        try:
            return index.write_article(
                db,
                article,
                result.quotations,
                result.entities,
                result.annotated.regions,
                version=version,
            )
        except InputError as error:
            result = Failure(article.path or f"article {article.id}", str(error))
    index.record_failure(db, result)
    return result


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

    def tell(self, done: Done) -> None:
        if self.report:
            self.report(done)

    def failure(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.tell(Done(failure))

    def count_all(self, batch: Iterable[Read], written: Iterable[index.Written | Failure]) -> None:
        """Count and tell what became of a batch."""
        for (_, result), outcome in zip(batch, written, strict=True):
            if isinstance(outcome, Failure):
                self.failure(outcome)
            elif isinstance(result, ArticleResult):
                self.count(result, outcome)

    def count(self, result: ArticleResult, written: index.Written) -> None:
        self.tell(Done(result.annotated.article, len(result.quotations)))
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
