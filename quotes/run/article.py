"""The article pass: what one article gives, seen by itself.

In come articles, out go quotations with their speakers and the article's own entities, or a
failure that names the article.  `archive` decides which of them are one person or one utterance
across articles.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from quotes import records
from quotes.errors import LexiconError, ModelError, TookTooLongError, require, within
from quotes.people.known import People, load_people
from quotes.people.titles import Titles, load_titles
from quotes.quotations import detect, find_regions
from quotes.records import AnnotatedArticle, Article, Failure, RegionKind, TextReading
from quotes.run.sections import LONGEST_WHOLE, Joined, sections
from quotes.run.views import moved, without_guesses
from quotes.speakers import not_their_own, resolve_article
from quotes.text.normalised import sentences
from quotes.text.seen import Seen, seen

BATCH = 16  # articles read together at most
BATCH_CHARS = 60_000  # code points that they have together: some three seconds of work
SECONDS, CHARS_PER_SECOND = 20.0, 2_000
"""How long articles may take to be read: so long, and what their length takes at a tenth of the
usual speed."""

_OTHERS = 20
"""How much longer, if stanza or somebody's own reader reads them."""

POLICY = "5"  # to be raised when detecting, resolving or word lists change what an article gives
NOT_SPOKEN: frozenset[RegionKind] = frozenset({"boilerplate", "pull-quote", "caption", "byline"})
"""Regions whose quotations are left out and counted; a teaser's are kept and marked."""

log = logging.getLogger(__name__)


class TextReader(Protocol):
    """What the pipeline asks of a reader; tests and other models can stand in for ours."""

    version: str

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """What is in each text, in the order of the texts."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """What `load_steps` was asked for: enough to load the same steps in another process."""

    people: Path | None = None
    imported: Path | None = None
    stanza_package: str | None = None
    stanza_processors: str | None = None
    reader: TextReader | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """What the article pass works with, loaded once for many articles."""

    recipe: Recipe
    reader: TextReader
    people: People
    titles: Titles

    @property
    def version(self) -> str:
        """Of the reading as a whole; articles that another one read are read again."""
        annotation = filter(None, (self.recipe.stanza_package, self.recipe.stanza_processors))
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
    quotations: tuple[records.Quotation, ...]
    entities: tuple[records.Entity, ...]
    left_out: tuple[RegionKind, ...] = ()


def load_steps(
    *,
    people: str | Path | None = None,
    imported: str | Path | None = None,
    stanza_package: str | None = None,
    stanza_processors: str | None = None,
    reader: TextReader | None = None,
    later: bool = False,
) -> Steps:
    """The word lists and the reader.

    Args:
        people: a user's `people.toml`, which wins over the shipped one.
        imported: people imported by `quotes people import`.
        stanza_package: an official Stanza package to take sentences from.
        stanza_processors: what else to take from stanza, as `quotes.annotate.annotate` does.
        reader: another reader than the shipped one.
        later: wait with loading the shipped one until there is a text to read, which may
            be never, or in other processes only.

    Raises:
        ModelError: the shipped reader cannot be loaded.
        LexiconError: `people` or `imported` cannot be read.
        MissingExtraError: stanza is asked for and not installed.
    """
    if stanza_package or stanza_processors:
        require("stanza")
    own, others = (Path(each) if each else None for each in (people, imported))
    recipe = Recipe(own, others, stanza_package, stanza_processors, reader)
    return _steps(recipe, reader or (_LaterReader() if later else _load_reader()))


def steps_for_worker(recipe: Recipe) -> Steps:
    """The steps of a recipe for one process among several: its reader keeps to one core."""
    return _steps(recipe, recipe.reader or _load_reader(threads=1))


def _steps(recipe: Recipe, reader: TextReader) -> Steps:
    return Steps(recipe, reader, load_people(recipe.people, recipe.imported), load_titles())


def _load_reader(threads: int | None = None) -> TextReader:
    from quotes.reader import Reader

    return Reader.load(threads=threads)


class _LaterReader:
    """The shipped reader, loaded when it is first used."""

    def __init__(self) -> None:
        from quotes.reader import shipped_version

        self.version = shipped_version()
        self._reader: TextReader | None = None

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        self._reader = self._reader or _load_reader()
        return self._reader.read(texts)


def read_each(
    incoming: Iterable[Article | Failure], steps: Steps
) -> Iterator[ArticleResult | Failure]:
    """The article pass over a stream in this process, in order, a batch at a time.

    Raises:
        ModelError, LexiconError: what concerns every article alike.
    """
    for batch in batches(incoming):
        articles = [each for each in batch if isinstance(each, Article)]
        results = iter(read_batch(articles, steps) if articles else ())
        yield from (each if isinstance(each, Failure) else next(results) for each in batch)


T = TypeVar("T", bound=Article | Failure)


def batches(incoming: Iterable[T]) -> Iterator[list[T]]:
    """Batches of much the same size of text; a very long article is one of its own."""
    batch: list[T] = []
    chars = 0
    for each in incoming:
        size = len(each.text) if isinstance(each, Article) else 0
        if batch and chars + size > BATCH_CHARS:
            yield batch
            batch, chars = [], 0
        batch.append(each)
        chars += size
        if len(batch) == BATCH:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def read_batch(articles: Sequence[Article], steps: Steps) -> list[ArticleResult | Failure]:
    """The article pass over a few articles, each with its result or its failure, in order.

    Raises:
        ModelError, LexiconError: what concerns every article alike.
    """
    some = len(articles) > 1
    if some and any(len(article.text) > LONGEST_WHOLE for article in articles):
        return [result for each in articles for result in read_batch([each], steps)]
    try:
        with within(seconds_for(articles, steps)):
            return _read(articles, steps)
    except (ModelError, LexiconError):
        raise
    except TookTooLongError:
        what = f"took longer than {seconds_for(articles, steps):.0f} s to read and was skipped"
        message = f"{what}; the next run tries it again"
    except Exception as error:
        log.info("article %s failed", articles[0].id, exc_info=error)
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        message = f"could not be read ({what}) and was skipped; please report it"
    if some:
        return [result for each in articles for result in read_batch([each], steps)]
    return [Failure(articles[0].path or f"article {articles[0].id}", message)]


def seconds_for(articles: Sequence[Article], steps: Steps) -> float:
    """How long some articles may take together."""
    recipe = steps.recipe
    others = recipe.reader or recipe.stanza_package or recipe.stanza_processors
    seconds = SECONDS + sum(len(article.text) for article in articles) / CHARS_PER_SECOND
    return seconds * (_OTHERS if others else 1)


def _read(articles: Sequence[Article], steps: Steps) -> list[ArticleResult | Failure]:
    """The same, whatever happens, of the texts as they are to be seen."""
    views = [seen(article.text) for article in articles]
    as_seen = [
        replace(article, text=view.text) if view else article
        for article, view in zip(articles, views, strict=True)
    ]
    if len(as_seen) == 1 and len(as_seen[0].text) > LONGEST_WHOLE:
        results = [_long(as_seen[0], steps)]
    else:
        annotated = _annotated(as_seen, steps)
        readings = steps.reader.read([article.text for article in as_seen])
        results = [_result(*each, steps) for each in zip(annotated, readings, strict=True)]
    return [
        _stored(result, article, view, steps) if view else result
        for result, article, view in zip(results, articles, views, strict=True)
    ]


def _stored(result: ArticleResult, article: Article, view: Seen, steps: Steps) -> ArticleResult:
    """The result with its offsets in the stored text, and no name that guessed capitals make."""
    quotations, entities, annotated = result.quotations, result.entities, result.annotated
    if view.recased:
        quotations, entities = without_guesses(quotations, entities, steps.people, article.text)
    return replace(
        result,
        annotated=replace(
            annotated,
            article=article,
            sentences=tuple(map(view.stored, annotated.sentences)),
            regions=tuple(replace(each, span=view.stored(each.span)) for each in annotated.regions),
        ),
        quotations=tuple(moved(each, article.id, view.stored) for each in quotations),
        entities=entities,
    )


def _long(article: Article, steps: Steps) -> ArticleResult:
    """The same of a long article, a section at a time."""
    joined = Joined(article.id)
    left_out: list[RegionKind] = []
    for section in sections(article.text):
        part = replace(article, text=section.seen.of(article.text))
        (annotated,), (reading,) = _annotated([part], steps), steps.reader.read([part.text])
        result = _result(annotated, reading, steps, own=section.holds)
        joined.take(section, result.quotations, result.entities)
        joined.take_regions(section, annotated.regions)
        left_out += result.left_out
    whole = AnnotatedArticle(article, (), tuple(joined.regions))
    return ArticleResult(whole, tuple(joined.quotations), joined.entities, tuple(left_out))


def _annotated(articles: Sequence[Article], steps: Steps) -> list[AnnotatedArticle]:
    """Sentences and regions; stanza, and torch with it, is loaded only for those who name it."""
    regions = [find_regions(article) for article in articles]
    recipe = steps.recipe
    if recipe.stanza_package is None and recipe.stanza_processors is None:
        pairs = zip(articles, regions, strict=True)
        return [AnnotatedArticle(each, sentences(each.text), around) for each, around in pairs]
    from quotes.annotate import annotate

    return annotate(
        articles,
        stanza_package=recipe.stanza_package,
        stanza_processors=recipe.stanza_processors,
        regions=regions,
    )


def _result(
    annotated: AnnotatedArticle,
    reading: TextReading,
    steps: Steps,
    own: Callable[[int], bool] = lambda _: True,
) -> ArticleResult:
    """What detecting and resolving make of a reading; `own` says where left-out ones count."""
    found = detect(annotated, reading.attributions)
    spoken = tuple(each for each in found if each.region not in NOT_SPOKEN)
    left_out = tuple(
        each.region for each in found if each.region in NOT_SPOKEN and own(each.content[0].start)
    )
    mentions = reading.mentions if annotated.mentions is None else annotated.mentions
    quotations, entities = resolve_article(
        annotated, spoken, people=steps.people, titles=steps.titles, mentions=mentions
    )
    quotations = not_their_own(annotated.article.text, quotations)
    if reading.vector:
        quotations = tuple(replace(q, vector=reading.vector(q.content)) for q in quotations)
    return ArticleResult(annotated, quotations, entities, tuple(filter(None, left_out)))
