"""The same in Python: `extract` for one text, `Index` for many articles and their questions.

In come texts, articles or mappings like the lines of the JSON contract; out go the records.
What asks, reads or decides is done by the rooms below; here it is opened and joined.
The command line asks this module and nothing below it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, Unpack

from quotes import rows
from quotes.answers import catalogue, utterances
from quotes.errors import QuotesError, require
from quotes.index.connections import Connections
from quotes.index.opening import datasette_metadata
from quotes.records import Decision, DecisionAction, Failure, Quotation, SpeakerKind

# What reads and decides is imported where it is used: a question needs none of it.
if TYPE_CHECKING:
    import pandas

    from quotes.answers.questions import Filters as Filters
    from quotes.people.importing import BadLineReport
    from quotes.people.importing import ImportSummary as ImportSummary
    from quotes.people.known import People
    from quotes.people.persons import Person as Person
    from quotes.people.persons import Role as Role
    from quotes.run.article import Steps, TextReader


P = ParamSpec("P")
T = TypeVar("T")


def extract(
    text: str,
    *,
    outlet: str | None = None,
    date: str | None = None,
    any_language: bool = False,
    people: str | Path | None = None,
    stanza_package: str | None = None,
    stanza_processors: str | None = None,
    reader: TextReader | None = None,
) -> list[Quotation]:
    """The quotations of one text, in text order, their speakers named where it names them.

    Args:
        text: as printed; all offsets point into it.
        outlet, date: who published it and when (ISO 8601), if known.
        any_language: read it even if it is not in English.
        people: a `people.toml` of your own.
        stanza_package: an official Stanza package to take sentences from.
        stanza_processors: what else to take from stanza: "tokenize,ner,coref".
        reader: another reader than the shipped one.

    Returns:
        Every quotation but those of captions, pull quotes and the like; empty if none.

    Raises:
        QuotesError: the model or `people` cannot be loaded, or the text cannot be read or is not
            in English.

    >>> text = 'The bridge is safe, Mayor Ann Lee said on Monday. "We checked it," she said.'
    >>> for quotation in extract(text):
    ...     print(quotation.speaker.name, quotation.kind, quotation.content[0].of(text), sep=" | ")
    Ann Lee | indirect | The bridge is safe
    Ann Lee | direct | We checked it,
    """
    from quotes.ingest.fields import Given, make_article

    record = {"text": text, "outlet": outlet, "date": date}
    (found,) = extract_each(
        [make_article(record, Given("text", any_language=any_language))],
        people=people,
        stanza_package=stanza_package,
        stanza_processors=stanza_processors,
        reader=reader,
    )
    if isinstance(found, Failure):
        raise QuotesError(found.message)
    return list(found[1])


def extract_each(
    articles: Iterable[rows.Input],
    *,
    outlet: str | None = None,
    any_language: bool = False,
    people: str | Path | None = None,
    stanza_package: str | None = None,
    stanza_processors: str | None = None,
    reader: TextReader | None = None,
) -> Iterator[rows.Extracted | Failure]:
    """The same for many articles: each with its quotations, or why it has none, in order.

    Args:
        articles: as `Index.add` takes them.
        outlet: who published those that do not say it themselves.
        any_language: read those too that are not in English.
        people, stanza_package, stanza_processors, reader: as in `extract`.

    Raises:
        QuotesError: the model or `people` cannot be loaded.
    """
    from quotes.ingest.files import read_articles
    from quotes.run.article import load_steps, read_each

    how: dict[str, Any] = {
        "people": str(people) if people else None,
        "stanza_package": stanza_package,
        "stanza_processors": stanza_processors,
    }
    steps = _shipped_steps(**how) if reader is None else load_steps(reader=reader, **how)
    found = read_articles(articles, outlet=outlet, any_language=any_language)
    return (
        each if isinstance(each, Failure) else (each.annotated.article, each.quotations)
        for each in read_each(found, steps)
    )


@lru_cache(maxsize=4)
def _shipped_steps(**how: Any) -> Steps:
    """The steps with the shipped reader: a model is loaded once a process."""
    from quotes.run.article import load_steps

    return load_steps(**how)


def import_people(
    file: Path,
    *,
    index: Path,
    to: Path | None = None,
    bad_line: BadLineReport | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Path, ImportSummary]:
    """Read an extract of Wikidata into the imported people of an index.

    Args:
        file: one JSON object per line, see `quotes people import --help`.
        index: the people.db beside it is written, made if need be.
        to: another file to write.
        bad_line: told of each line that cannot be read, with its number and what is wrong.
        progress: told now and then how many lines were read.

    Returns:
        The file that was written, and what the import did.

    Raises:
        InputError: the extract cannot be read.
        LexiconError: the file cannot be written.
    """
    from quotes.people.importing import import_people
    from quotes.people.known import IMPORTED_FILE

    store = to or index.with_name(IMPORTED_FILE)
    return store, import_people(file, store, bad_line=bad_line, progress=progress)


def find_people(
    name: str, *, index: Path, people: Path | None = None, imported: Path | None = None
) -> list[tuple[Person, bool]]:
    """The known people whom a name or surname may mean, each with whether it alone means them.

    Args:
        index: the people.toml and the people.db beside it are asked.
        people, imported: other files to ask instead.

    Raises:
        LexiconError: one of these files cannot be read.
    """
    from quotes.people.known import load_people, people_files

    known = load_people(*people_files(index, people, imported))
    meant, bearers = known.named(name), known.surnamed(name)
    alone = {meant} if meant else set(bearers if len(bearers) == 1 else ())
    return [(person, person in alone) for person in known.everyone(name)]


def is_article_file(path: str | Path) -> bool:
    """Whether the ending of a file's name says that articles can be read from it."""
    from quotes.ingest.files import FORMATS

    return Path(path).suffix.lower() in FORMATS


def expected(articles: Iterable[rows.Input]) -> rows.Expected:
    """How many articles there will be in files and folders: counted, or sampled in large files."""
    from quotes.ingest.files import expected as expected_in

    return expected_in(articles)


def doctor(index: str | Path = "quotes.db") -> Iterator[rows.Finding]:
    """Whether this machine, this installation and this index can be worked with.

    Gives one finding after the other; of what is missing it says what to type.
    """
    from quotes.run.doctor import findings

    return findings(Path(index))


def damage(index: Path) -> str | None:
    """What is damaged in an index, with the remedy; None if nothing was found.

    Raises:
        IndexFileError: it cannot be opened at all; the message says why.
    """
    from quotes.index.connections import told_damage

    return told_damage(index)


class Index(AbstractContextManager["Index"]):
    """An index file: articles go in, answers come out.

    Use it as a context manager, or call `close`.  Any number of threads may share one, and
    `asyncio.to_thread` may run its methods: each question has a connection of its own, and who
    adds or decides waits for the other.  Other processes open their own on the same file.

    >>> from tempfile import TemporaryDirectory
    >>> text = 'The money must be "secured", Mayor Ann Lee said on Monday.'
    >>> with TemporaryDirectory() as folder, Index(f"{folder}/quotes.db") as index:
    ...     summary = index.add([{"text": text, "outlet": "Reuters", "date": "2025-02-12"}])
    ...     [(said.speaker.name, said.outlets) for said in index.who_said("secured")]
    [('Ann Lee', ('Reuters',))]
    """

    def __init__(
        self,
        path: str | Path,
        *,
        readonly: bool = False,
        create: bool = True,
        people: str | Path | None = None,
        stanza_package: str | None = None,
        stanza_processors: str | None = None,
        reader: TextReader | None = None,
    ) -> None:
        """Open the index at `path`; one that does not exist is made by the first `add`.

        Args:
            path: the SQLite file.
            readonly: only ask; the file must exist.
            create: let `add` make the file if there is none; without it, the file must exist.
            people: a `people.toml`; without it, one that lies beside the file is used, and
                so is a `people.db` of imported people in any case.
            stanza_package, stanza_processors, reader: as in `extract`.

        Raises:
            IndexFileError: the file is not an index that can be used.
        """
        if stanza_package or stanza_processors:
            require("stanza")
        self.path = Path(path)
        self._people = people
        self._stanza = {"stanza_package": stanza_package, "stanza_processors": stanza_processors}
        self._reader = reader
        self._connections = Connections(self.path, readonly=readonly, create=create)

    def __exit__(self, *_: object) -> None:
        """Close the file, whatever happened."""
        self.close()

    def close(self) -> None:
        """Close the file; the index cannot be used any more."""
        self._connections.close()

    def add(
        self,
        articles: Iterable[rows.Input],
        *,
        manifest: str | Path | None = None,
        outlet: str | None = None,
        any_language: bool = False,
        workers: int | None = 1,
        report: rows.Report | None = None,
    ) -> rows.Summary:
        """Read articles into the index; what it already contains unchanged is skipped.

        Args:
            articles: paths of files and folders; mappings like the lines of the JSON contract
                (``text``, and ``id``, ``outlet``, ``title``, ``date``, ``url`` if known); open
                binary files of such lines; or records.
            manifest: a CSV with the columns file, outlet, published.
            outlet: who published the articles that do not say it themselves.
            any_language: read articles too that are not in English.
            workers: how many processes read; 1 is this one, None is one per core.  A script
                that asks for more has its work under ``if __name__ == "__main__":``, as for
                `multiprocessing`.
            report: told of each article or failure once it is dealt with.

        Raises:
            IndexFileError: the index cannot be written.
            InputError: the manifest cannot be read.
            ModelError, LexiconError: the model or `people.toml` cannot be used.
        """
        from quotes.people.known import IMPORTED_FILE, PEOPLE_FILE, people_files
        from quotes.run.archive import add
        from quotes.run.article import load_steps

        people, imported = people_files(self.path, self._people)
        steps = load_steps(
            people=people, imported=imported, reader=self._reader, later=True, **self._stanza
        )
        # What may lie among the articles without being one: the index and its companions.
        names = [self.path.name + end for end in ("", "-wal", "-shm", "-journal")]
        names += [PEOPLE_FILE, IMPORTED_FILE, "datasette.yaml"]
        own = [self.path.with_name(name) for name in names]
        if self._people:
            own.append(Path(self._people))
        how: dict[str, Any] = {"manifest": manifest, "outlet": outlet, "report": report}
        how["any_language"] = any_language
        if not self._connections.exists and isinstance(articles, Sequence):
            from quotes.run.archive import add_nothing, is_anything

            if not is_anything(articles):  # a slip in a name makes no index
                return add_nothing(articles, **how)
        with self._connections.writing(make=True) as db:
            return add(db, articles, steps, workers=workers, own=own, **how)

    def _ask(
        self,
        question: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **how: P.kwargs,
    ) -> T:
        """The answer to one question, on a connection of its own."""
        with self._connections.reading() as db:
            return question(db, *args, **how)

    def _ask_each(
        self,
        question: Callable[Concatenate[sqlite3.Connection, P], Iterator[T]],
        *args: P.args,
        **how: P.kwargs,
    ) -> Iterator[T]:
        """The answers one by one; the connection is given back behind the last one."""
        with self._connections.reading() as db:
            yield from question(db, *args, **how)

    def remove(self, *articles: str) -> int:
        """Take articles out, by what `show` takes; how many.

        Raises:
            NothingFoundError: no such article, or several fit one; none was removed.
        """
        from quotes.run.archive import remove_articles

        ids = sorted({self._ask(catalogue.article_id, article) for article in articles})
        with self._connections.writing() as db:
            return remove_articles(db, ids, people=self._known_people())

    def rebuild(
        self, *, check: bool = False, progress: rows.RebuildProgress | None = None
    ) -> tuple[rows.Rebuilt, ...]:
        """Make speakers, groups, families and paraphrases anew; what that changed.

        Args:
            check: only compare, and leave the index as it is.
            progress: told what is being made, and how much of it is done.
        """
        from quotes.run.archive import rebuild

        people = self._known_people()
        with self._connections.writing() as db:
            return rebuild(db, people=people, keep=not check, progress=progress)

    # Questions.  `limit`: at most so many.  `everything`: beliefs, plans and facts too, and what
    # nobody is known to have said, not only what was said or denied.  `chosen`: which printings
    # count, see `Filters`.

    def who_said(
        self, words: str, *, limit: int | None = None, **chosen: Unpack[Filters]
    ) -> list[rows.Utterance]:
        """The utterances that contain these words, those that most outlets carried first.

        Then the earliest come first.  The words must follow each other, whole, in any case and
        with any marks; without a letter or digit nothing is found.  Each utterance comes with
        all its printings that count, also those whose wording lacks the words, and with what
        says it in other words.
        """
        return self._ask(utterances.who_said, words, limit=limit, **chosen)

    def by(
        self, speaker: str, *, limit: int | None = None, **chosen: Unpack[Filters]
    ) -> list[rows.Utterance]:
        """What a speaker said, alone or with others, in the same order.

        By any name that `find_speakers` knows; if it fits several, all of theirs is given.
        """
        return self._ask(utterances.by, speaker, limit=limit, **chosen)

    def speakers(
        self, *, kind: SpeakerKind | None = None, limit: int | None = None, everything: bool = False
    ) -> list[rows.SpeakerRow]:
        """Who speaks in the index, most quotations first; without a kind, all who have names.

        A group, a document or a person without a name is a row of its own in every article.
        """
        return self._ask(catalogue.speakers, kind=kind, limit=limit, everything=everything)

    def speaker(self, name: str) -> rows.SpeakerRow:
        """The one speaker of an id or of any name that `find_speakers` knows, quoted or not.

        Raises:
            NothingFoundError: nobody goes by that name, or several do; it lists them.
        """
        return self._ask(catalogue.the_speaker, name)

    def find_speakers(self, name: str) -> list[rows.SpeakerRow]:
        """All quoted speakers that a name may mean, most quotations first.

        An id, or any alias in any case, with or without diacritics; failing that, the aliases
        that contain the name as whole words.
        """
        return self._ask(catalogue.find_speakers, name)

    def nobody_called(self, name: str) -> str:
        """What to tell who asked for a name that nobody goes by: names that are like it."""
        return self._ask(catalogue.nobody_called, name)

    def outlets(self, *, everything: bool = False) -> list[rows.OutletRow]:
        """The outlets with their articles and quotations, most articles first."""
        return self._ask(catalogue.outlets, everything=everything)

    def counts(self) -> rows.Counts:
        """How many articles, quotations, speakers, outlets and so on there are."""
        return self._ask(catalogue.counts)

    def status(self) -> rows.Status:
        """How the index stands: how much it holds, its days, what is unknown, what failed."""
        return self._ask(catalogue.status)

    def variants(self, id: str) -> rows.Variants:  # noqa: A002 - as users call it
        """An utterance with its wordings compared, by its id, a quotation's, or a beginning.

        Raises:
            NothingFoundError: no such id, or several begin so.
        """
        from quotes.answers.compared import variants

        return self._ask(variants, id)

    def all_variants(
        self,
        *,
        speaker: str | None = None,
        changed: bool = False,
        everything: bool = False,
    ) -> Iterator[rows.Variants]:
        """Every utterance that appears in several articles, printed most first, one by one.

        Those that are only said again in other words come last.

        Args:
            speaker: only those that this speaker has a part in, by any name.
            changed: only those with a wording that changes what is said.
            everything: also what nobody is known to have said.
        """
        from quotes.answers.compared import all_variants

        chosen = {"changed": changed, "everything": everything}
        return self._ask_each(all_variants, speaker=speaker, **chosen)

    def families(
        self, *, outlet: str | None = None, limit: int | None = None
    ) -> list[rows.FamilyRow]:
        """The articles that go back to one text, family by family, those of most articles first.

        Args:
            outlet: only families that it has an article in or is the origin of, in any case.
        """
        return list(islice(self._ask_each(catalogue.families, outlet=outlet), limit))

    def show(self, article: str) -> rows.ShownArticle:
        """An article with all its quotations in text order.

        Args:
            article: its id or a beginning of it, words of its title, or its file's name.

        Raises:
            NothingFoundError: no such article, or several fit.
        """
        return self._ask(catalogue.show, article)

    def occurrences(self, **chosen: Unpack[Filters]) -> list[rows.Occurrence]:
        """Every quotation as printed, by article and place."""
        return list(self.iter_occurrences(**chosen))

    def iter_occurrences(self, **chosen: Unpack[Filters]) -> Iterator[rows.Occurrence]:
        """The same one after another: an index of any size is read in little memory."""
        return self._ask_each(utterances.occurrences, **chosen)

    def review(
        self, *, kind: rows.DoubtKind | None = None, limit: int | None = None
    ) -> list[rows.Doubt]:
        """Doubtful decisions about speakers with their evidence, most quotations first.

        What was settled by hand is not among them.
        """
        from quotes.answers.evidence import review

        return self._ask(review, kind=kind, limit=limit)

    def explain(self, id: str) -> list[rows.Explanation]:  # noqa: A002 - as users call it
        """The whole chain from words to name of each printing, from stored facts.

        Args:
            id: of a quotation, or of an utterance for all its printings, or a beginning.

        Raises:
            NothingFoundError: no such id, or several begin so.
            LexiconError: a people file cannot be read.
        """
        from quotes.answers.evidence import explain

        return self._ask(explain, id, people=self._known_people())

    def datasette_metadata(self) -> str:
        """The description of this index for Datasette, as YAML."""
        return datasette_metadata(self.path)

    def _known_people(self) -> People:
        from quotes.people.known import load_people, people_files

        return load_people(*people_files(self.path, self._people))

    # What a person decides.  Speakers are given by id or by any name that fits one alone,
    # else `NothingFoundError` lists whom it fits and nothing is done.

    def merge(self, a: str, b: str, *, note: str | None = None) -> Decision:
        """Decide that two speakers are one; the first one's name stays.

        Raises:
            InputError: they are one already, or were decided to be two.

        >>> from tempfile import TemporaryDirectory
        >>> text = '"No," Ann Lee said. "Yes," Annabel Lee said.'
        >>> with TemporaryDirectory() as folder, Index(f"{folder}/quotes.db") as index:
        ...     summary = index.add([{"text": text}])
        ...     decision = index.merge("Ann Lee", "Annabel Lee", note="her editor says so")
        ...     merged = [(row.name, row.quotations) for row in index.speakers()]
        ...     undone = index.undo(decision.number)
        ...     merged, len(index.speakers())
        ([('Ann Lee', 2)], 2)
        """
        return self._decide("merge", self.speaker(a).id, other=self.speaker(b).id, note=note)

    def keep_apart(self, a: str, b: str, *, note: str | None = None) -> Decision:
        """Decide that two speakers are two, whatever their names; `review` asks no more."""
        return self._decide("apart", self.speaker(a).id, other=self.speaker(b).id, note=note)

    def split(
        self, speaker: str, articles: Iterable[str], *, name: str, note: str | None = None
    ) -> Decision:
        """Decide that a speaker is somebody else in some articles.

        Args:
            speaker: who it was taken for.
            articles: as for `show`.
            name: who it is there.
            note: why, kept with the decision.
        """
        ids = tuple(self._ask(catalogue.article_id, article) for article in articles)
        subject = self.speaker(speaker).id
        return self._decide("split", subject, name=name, articles=ids, note=note)

    def assign(
        self, speaker: str, quotations: Iterable[str], *, note: str | None = None
    ) -> Decision:
        """Decide that a speaker said these quotations, whatever else was made of their sources.

        Args:
            speaker: who said them, somebody of the index.
            quotations: ids of quotations, or of utterances for all their printings.
            note: why, kept with the decision.
        """
        found = (self._ask(utterances.quotation_ids, each) for each in quotations)
        ids = tuple(id_ for some in found for id_ in some)
        subject = self.speaker(speaker).id
        return self._decide("assign", subject, quotations=ids, note=note)

    def rename(self, speaker: str, name: str, *, note: str | None = None) -> Decision:
        """Decide by what name a speaker is shown."""
        return self._decide("rename", self.speaker(speaker).id, name=name, note=note)

    def add_alias(self, speaker: str, spelling: str, *, note: str | None = None) -> Decision:
        """Decide that who is written so is this speaker, in articles to come too."""
        return self._decide("alias", self.speaker(speaker).id, name=spelling, note=note)

    def _decide(self, action: DecisionAction, subject: str, **how: Any) -> Decision:
        from quotes.people.decisions import decide
        from quotes.run.archive import deciding

        with self._connections.writing() as db, deciding(db):
            return decide(db, action, subject, **how)

    def undo(self, number: int) -> Decision:
        """Take a decision back; gives what was decided."""
        from quotes.people.decisions import undo
        from quotes.run.archive import deciding

        with self._connections.writing() as db, deciding(db):
            return undo(db, number)

    def decisions(self) -> list[Decision]:
        """What was decided by hand and not taken back, in that order."""
        from quotes.people.decisions import stored_decisions

        return list(self._ask(stored_decisions))

    def import_decisions(self, given: str | Path | Iterable[Decision]) -> int:
        """Decide as somebody did in another index; what is decided already is left alone.

        Args:
            given: decisions, or a file of them as `quotes speakers decisions` writes it.

        Returns:
            How many were new.
        """
        from quotes.people.decisions import import_decisions, read_decisions
        from quotes.run.archive import deciding

        told = read_decisions(Path(given)) if isinstance(given, str | Path) else given
        with self._connections.writing(make=True) as db, deciding(db):
            return import_decisions(db, told)

    def to_frame(self, **chosen: Unpack[Filters]) -> pandas.DataFrame:
        """The occurrences as a pandas data frame, with the columns of the CSV export."""
        return _frame(rows.Occurrence, self.iter_occurrences(**chosen))

    def variants_to_frame(
        self, *, speaker: str | None = None, changed: bool = False
    ) -> pandas.DataFrame:
        """What `all_variants` gives as a data frame, a row a printing, with the CSV's columns."""
        return _frame(rows.Variants, self.all_variants(speaker=speaker, changed=changed))


def _frame(kind: type, found: Iterable[Any]) -> pandas.DataFrame:
    import pandas

    from quotes.present import cells, columns

    lines = [line for row in found for line in cells(row)]
    return pandas.DataFrame(lines, columns=list(columns(kind)))
