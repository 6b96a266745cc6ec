"""The steps joined: files and articles in, an index out.

The article pass sees a batch of articles and nothing else; the corpus pass sees what the
index holds, and decides who is one person and which quotations are one utterance.  Both write
a batch in one transaction, so that the index is right at every commit, whenever a run ends.
An article may fail, a run does not: each failure is reported, counted and stored.  A file that
the index read before is skipped unread while it is unchanged (`known_files`): finding the article
in a page takes a fifth of the time of reading it.  This module decides the order of the steps,
and nothing about how a step does its work.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quotes.errors import InputError, all_cores
from quotes.index import write as index
from quotes.index.opening import explaining, transaction
from quotes.paraphrases import forget_paraphrases, update_paraphrases
from quotes.people.decisions import stored_decisions
from quotes.people.following import follow, named_by_hand
from quotes.people.identity import apply_decisions, forget_identity, update_identity
from quotes.people.known import People
from quotes.records import Article, Failure
from quotes.rows import Done, Input, RebuildProgress, Rebuilt, Report, Summary
from quotes.run.known_files import KnownFiles
from quotes.utterances import groups
from quotes.wires import forget_families, update_families

if TYPE_CHECKING:  # whoever only decides, or removes articles, reads none
    from quotes.run.article import ArticleResult, Steps
    from quotes.run.pool import Pool


def add(
    db: sqlite3.Connection,
    given: Iterable[Input],
    steps: Steps,
    *,
    manifest: str | Path | None = None,
    outlet: str | None = None,
    any_language: bool = False,
    workers: int | None = 1,
    own: Collection[Path] = (),
    report: Report | None = None,
) -> Summary:
    """Read files, folders, streams and records into an index; known files are skipped unread.

    Takes and raises what `read_articles` and `add_articles` do.

    Args:
        workers: how many processes read; 1 is this one, None is one per core.
        own: files that may lie among the articles without being one.
    """
    from quotes.ingest.files import read_articles
    from quotes.run.pool import Pool, read_files

    known = KnownFiles(db, steps.version)
    ours = set(map(_real_path, own))
    with Pool(steps, workers=workers or all_cores()) as pool:
        files = known.passing_over(partial(read_files, pool=pool))
        found = (
            each
            for each in read_articles(
                given, manifest=manifest, outlet=outlet, any_language=any_language, files=files
            )
            if not (isinstance(each, Failure) and _real_path(each.path) in ours)
        )
        return add_articles(db, found, steps, pool=pool, known=known, report=report)


def is_anything(given: Sequence[Input]) -> bool:
    """Whether something is there to be read: a record, a stream or a file of a known type."""
    from quotes.ingest.files import leads_anywhere

    return leads_anywhere(given)


def add_nothing(given: Iterable[Input], *, report: Report | None = None, **how: Any) -> Summary:
    """Tell why nothing of what is given can be read; no index is needed for that.

    Takes and raises what `read_articles` does.
    """
    from quotes.ingest.files import read_articles

    tally = _Tally(report)
    for each in read_articles(given, **how):
        tally.take(each)
    return tally.summary(0, 0)


def _real_path(path: str | Path) -> str:
    """The path without links; as it is where it is none, or leads to itself."""
    try:
        return realpath(path)
    except (OSError, ValueError):
        return str(path)


def add_articles(
    db: sqlite3.Connection,
    incoming: Iterable[Article | Failure],
    steps: Steps,
    *,
    pool: Pool | None = None,
    known: KnownFiles | None = None,
    report: Report | None = None,
) -> Summary:
    """Read what is new and write it, a batch at a time, the whole index up to date with it.

    Nothing is locked while articles are read.

    Args:
        db: an index open for writing.
        incoming: articles, and failures of those that could not be had.
        pool: of the same steps, to read with; without one, articles are read in this process.
        known: the files of this index, of which each holds one article at a time.
        report: told of each of them once it is dealt with and kept.

    Raises:
        IndexFileError: the index cannot be written; the batches written before stay.
        ModelError, LexiconError: what concerns every article alike.
    """
    from quotes.run.pool import Pool, read_all

    tally = _Tally(report)
    files = known or KnownFiles(db, steps.version)
    news = _news(db, incoming, tally, steps, files)
    for batch in read_all(news, pool or Pool(steps)):
        with _writing(db, steps.people) as moved:
            written = [_store(db, *each, steps.version, files, moved) for each in batch]
        for (_, result), outcome in zip(batch, written, strict=True):
            if isinstance(outcome, Failure):
                tally.take(outcome)
            elif not isinstance(result, Failure):
                tally.take(result.annotated.article, outcome, result)
    update_corpus(db, people=steps.people)
    return tally.summary(index.count_speakers(db), groups.count_groups(db))


def remove_articles(db: sqlite3.Connection, articles: Iterable[str], *, people: People) -> int:
    """Take articles out of the index by their ids, and what joined them to others; how many.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        gone = sum(index.remove_article(db, article) for article in articles)
        update_corpus(db, people=people)
    return gone


Moved = dict[str, str]
"""The ids of articles that were replaced, each with the id of the one in its place."""


@contextmanager
def _writing(db: sqlite3.Connection, people: People) -> Iterator[Moved]:
    """Let a batch be written in one transaction, and all that joins articles follow from it.

    Decisions made by hand go on to name what they named in articles that are replaced.
    """
    with explaining(db), transaction(db):
        quotations, articles = named_by_hand(db)
        articles |= {said.article for said in quotations.values()}
        moved: Moved = {}
        yield moved
        update_corpus(db, people=people)
        moved = {old: new for old, new in moved.items() if old in articles}
        if moved:
            with deciding(db):
                follow(db, quotations, moved)


def _news(
    db: sqlite3.Connection,
    incoming: Iterable[Article | Failure],
    tally: _Tally,
    steps: Steps,
    known: KnownFiles,
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
            tally.take(each)
            continue
        # What replaces an article by its id or address decides, while it is being read.
        keys = {each.id, *([(each.outlet, each.url)] if each.url else ())}
        held = None
        with suppress(UnicodeEncodeError):  # half a surrogate pair: `write_article` says what to do
            if asked.isdisjoint(keys):
                former = known.former(each)
                held = index.stored_as(db, each, version=steps.version, former=former)
        if held is None:
            asked |= keys
            yield each
        elif known.replaced_by(each, held):
            with _writing(db, steps.people) as moved:
                _settle(db, each, held, known, moved)
            tally.take(each, "replaced")
        else:
            known.remember(each, held)
            tally.take(each)


def _store(
    db: sqlite3.Connection,
    article: Article,
    result: ArticleResult | Failure,
    version: str,
    known: KnownFiles,
    moved: Moved,
) -> index.Written | Failure:
    """Write what was read, or that the article failed; note which articles made way for it."""
    if not isinstance(result, Failure):
        found = (result.quotations, result.entities, result.annotated.regions)
        try:
            gone: list[str] = []
            with suppress(UnicodeEncodeError):
                gone = index.same_articles(db, article)
            written = index.write_article(db, article, *found, version=version)
            id_ = index.stored_as(db, article, version=version) or article.id
            if written == "replaced":
                moved.update(dict.fromkeys(gone, id_))
            return "replaced" if _settle(db, article, id_, known, moved) else written
        except InputError as error:
            result = Failure(article.path or f"article {article.id}", str(error))
    index.record_failure(db, result)
    return result


def _settle(
    db: sqlite3.Connection, article: Article, id_: str, known: KnownFiles, moved: Moved
) -> bool:
    """Note what the file of an article holds now; whether what it held before had to go."""
    gone = known.replaced_by(article, id_)
    known.remember(article, id_)
    if gone is None:
        return False
    moved[gone] = id_
    return index.remove_article(db, gone)


@dataclass(slots=True)
class _Tally:
    """Counts of a run while it goes on."""

    report: Report | None
    articles: Counter[index.Written] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    abstained: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    begun: float = field(default_factory=time.monotonic)

    def take(
        self,
        what: Article | Failure,
        written: index.Written = "unchanged",
        result: ArticleResult | None = None,
    ) -> None:
        """Count and report an article or failure; `result` if it was read."""
        if isinstance(what, Failure):
            self.failures.append(what)
        else:
            self.articles[written] += 1
        if result and written != "unchanged":
            self.left_out.update(result.left_out)
            self.kinds.update(each.kind for each in result.quotations)
            unnamed = (each.speaker_basis for each in result.quotations if each.speaker is None)
            self.abstained.update(basis or "no reason given" for basis in unnamed)
        if self.report:
            self.report(Done(what, len(result.quotations) if result else None))

    def summary(self, speakers: int, utterances: int) -> Summary:
        return Summary(
            added=self.articles["added"],
            replaced=self.articles["replaced"],
            unchanged=self.articles["unchanged"],
            failures=tuple(self.failures),
            kinds=dict(self.kinds.most_common()),
            abstained=dict(self.abstained.most_common()),
            left_out=dict(self.left_out.most_common()),
            speakers=speakers,
            utterances=utterances,
            seconds=time.monotonic() - self.begun,
        )


# What joins articles follows from the stored ones and the decisions of people: each step takes in
# what is new by its own marks in the index, and costs nothing where there is none.


def update_corpus(db: sqlite3.Connection, *, people: People) -> None:
    """Bring all that joins articles up to date, in one transaction.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    with explaining(db), transaction(db):
        update_identity(db, people=people)
        follow_speakers(db)


def follow_speakers(db: sqlite3.Connection) -> None:
    """Bring up to date what depends on who speaks, in the transaction that says who does."""
    groups.update_groups(db)
    update_families(db)
    update_paraphrases(db)
    groups.update_ranks(db)


@contextmanager
def deciding(db: sqlite3.Connection) -> Iterator[None]:
    """Let a decision about speakers that is made or undone within take effect at the end.

    The decision and all that follows from it are one transaction.  One decision at a time, or
    one file of them: each is checked against the speakers as they were at the beginning.
    """
    with explaining(db), transaction(db):
        before = stored_decisions(db)
        yield
        apply_decisions(db, before)
        follow_speakers(db)


def rebuild(
    db: sqlite3.Connection,
    *,
    people: People,
    keep: bool = True,
    progress: RebuildProgress | None = None,
) -> tuple[Rebuilt, ...]:
    """Drop all that joins articles and make it anew from the stored ones.

    Articles, their quotations and what people decided stay.  Until it is done, those who ask
    get the former answers; if it is broken off, they stay.

    Args:
        db: an index open for writing.
        keep: False only compares, and leaves the index as it was.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    tell = progress or (lambda *_: None)
    made: tuple[Rebuilt, ...] = ()
    with explaining(db), suppress(_TakenBackError), transaction(db):
        for what, rows in _DERIVED.items():
            db.execute(f'CREATE TEMP TABLE "{what} before" AS {rows}')
        forget_identity(db)
        groups.forget_groups(db)
        forget_families(db)
        forget_paraphrases(db)
        groups.forget_ranks(db)
        tell("speakers", 0, 0)
        update_identity(db, people=people)
        groups.update_groups(db, progress=lambda done, of: tell("groups", done, of))
        tell("families", 0, 0)
        follow_speakers(db)
        made = tuple(_compared(db, what) for what in _DERIVED)
        if not keep:
            raise _TakenBackError
    return made


class _TakenBackError(Exception):
    """Undoes a rebuild that was only to be compared."""


# Of each kind the rows that make it out, the first column saying which one they belong to.
_DERIVED = {
    "speakers": """SELECT id, name, kind, role, wikidata FROM entity
        UNION ALL SELECT entity, alias, NULL, NULL, NULL FROM alias
        UNION ALL SELECT speaker, NULL, NULL, NULL, id FROM quotation WHERE speaker IS NOT NULL""",
    "groups": """SELECT q.cluster AS id, q.id AS member, c.text
        FROM quotation q JOIN cluster c ON c.id = q.cluster""",
    "families": """SELECT a.family AS id, a.id AS member, a.family_kind, f.origin
        FROM article a JOIN family f ON f.id = a.family""",
    "paraphrases": """SELECT q.id, o.id AS member, p.similarity, p.reason
        FROM paraphrase p JOIN quotation q ON q.number = p.quotation
        JOIN quotation o ON o.number = p.other""",
}


def _compared(db: sqlite3.Connection, what: str) -> Rebuilt:
    """How the rows of one kind differ from those put aside before."""
    former, present = f'SELECT * FROM "{what} before"', f"SELECT * FROM ({_DERIVED[what]})"
    before, now, changed = db.execute(
        f"""SELECT (SELECT count(DISTINCT id) FROM ({former})),
            (SELECT count(DISTINCT id) FROM ({present})),
            (SELECT count(*) FROM (SELECT id FROM ({former} EXCEPT {present})
                UNION SELECT id FROM ({present} EXCEPT {former})))"""
    ).fetchone()
    db.execute(f'DROP TABLE "{what} before"')
    return Rebuilt(what, before, now, changed)
