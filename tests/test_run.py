"""The steps joined: what is read, left out and counted, what fails, which files are skipped."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from quotes.answers import catalogue, utterances
from quotes.errors import ModelError
from quotes.index import write as index
from quotes.index.opening import open_index
from quotes.ingest.files import Found, Source, articles_of, read_articles
from quotes.people.decisions import decide, stored_decisions, undo
from quotes.reader import Reader
from quotes.records import Article, Failure, Region, Span
from quotes.rows import Done, Summary
from quotes.run import archive, article
from quotes.run.archive import add_articles, deciding, remove_articles
from quotes.run.article import ArticleResult, Steps, load_steps, read_batch
from quotes.run.known_files import KnownFiles

TEXT = "“It is secured,” Ann Lee said.\n\n“We wait,” Bo Dahl said."
WIRE = (
    "“This war must and will end soon, there was too much death,” Ann Lee said.\n\n"
    "“Nobody inspected the bridge in nine years,” Bo Dahl said."
)


@pytest.fixture
def steps(fake_reader: article.TextReader) -> Steps:
    """The steps with a reader that needs no model."""
    return load_steps(reader=fake_reader)


def _result(article: Article, steps: Steps) -> ArticleResult:
    (result,) = read_batch([article], steps)
    assert isinstance(result, ArticleResult)
    return result


def _said(result: ArticleResult) -> list[str]:
    return [q.content[0].of(result.annotated.article.text).rstrip(",") for q in result.quotations]


# The article pass


def test_an_article_gives_quotations_with_speakers_and_entities(steps: Steps) -> None:
    """Every span points into the text as it came."""
    result = _result(Article("a", TEXT), steps)
    assert _said(result) == ["It is secured", "We wait"]
    assert [q.speaker and q.speaker.name for q in result.quotations] == ["Ann Lee", "Bo Dahl"]
    assert {entity.name for entity in result.entities} == {"Ann Lee", "Bo Dahl"}


@pytest.mark.parametrize("kind", ["boilerplate", "pull-quote", "caption", "byline"])
def test_what_is_not_the_story_is_left_out_and_counted(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A caption's words are nobody's statement here, and no quotation vanishes uncounted."""
    end = TEXT.index("\n")
    region = Region(Span(0, end), kind, "test")  # type: ignore[arg-type]
    monkeypatch.setattr(article, "find_regions", lambda _: (region,))
    result = _result(Article("a", TEXT), steps)
    assert _said(result) == ["We wait"]
    assert result.left_out == (kind,)


def test_a_teaser_is_kept_and_marked(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is another story's, but somebody did say it."""
    region = Region(Span(0, TEXT.index("\n")), "teaser", "test")
    monkeypatch.setattr(article, "find_regions", lambda _: (region,))
    result = _result(Article("a", TEXT), steps)
    assert [quotation.region for quotation in result.quotations] == ["teaser", None]
    assert result.left_out == ()


def test_one_bad_article_fails_alone(steps: Steps) -> None:
    """The others of its batch are read, in order."""
    articles = [Article("a", TEXT), Article("b", "BROKEN", path="b.txt"), Article("c", TEXT)]
    first, second, third = read_batch(articles, steps)
    assert isinstance(first, ArticleResult)
    assert isinstance(third, ArticleResult)
    assert isinstance(second, Failure)
    assert second.path == "b.txt"
    assert "no such word" in second.message


def test_a_missing_model_stops_the_run(steps: Steps) -> None:
    """It concerns every article; a thousand failures would say the same."""

    class NoModel:
        version = "none"

        def read(self, _: object) -> object:
            raise ModelError("no model; reinstall")

    with pytest.raises(ModelError):
        read_batch([Article("a", TEXT)], load_steps(reader=NoModel()))  # type: ignore[arg-type]


# The index


def test_a_run_is_counted(steps: Steps, tmp_path: Path) -> None:
    """Added, failed, quotations by kind, speakers named and not."""
    db = open_index(tmp_path / "q.db")
    told: list[Done] = []
    incoming = [Article("a", TEXT), Failure("x", "unreadable"), Article("b", "BROKEN")]
    summary = add_articles(db, incoming, steps, report=told.append)
    assert (summary.added, summary.replaced, summary.unchanged, summary.failed) == (1, 0, 0, 2)
    assert (summary.quotations, summary.kinds, summary.named) == (2, {"direct": 2}, 2)
    assert (summary.speakers, summary.abstained, summary.left_out) == (2, {}, {})
    assert [done.quotations for done in told if isinstance(done.what, Article)] == [2]
    assert len(told) == 3
    assert catalogue.counts(db).failures == 2


def test_who_is_not_named_is_counted_by_reason(steps: Steps, tmp_path: Path) -> None:
    """Every quotation is either named or abstained from, for a reason."""
    db = open_index(tmp_path / "q.db")
    summary = add_articles(db, [Article("a", "“We wait,” He said.")], steps)
    assert summary.named == 0
    assert sum(summary.abstained.values()) == 1
    assert all(summary.abstained)


def test_the_same_article_twice_is_read_once(
    steps: Steps, fake_reader: article.TextReader, tmp_path: Path
) -> None:
    """In one run or in two."""
    db = open_index(tmp_path / "q.db")
    one = Article("a", TEXT, "Reuters")
    first = add_articles(db, [one, one], steps)
    second = add_articles(db, [one], steps)
    assert (first.added, first.unchanged, second.added, second.unchanged) == (1, 1, 0, 1)
    assert fake_reader.texts == 2  # type: ignore[attr-defined]
    assert catalogue.counts(db).quotations == 2


def test_a_changed_article_replaces_its_old_rows(steps: Steps, tmp_path: Path) -> None:
    """A correction leaves nothing of the first version."""
    db = open_index(tmp_path / "q.db")
    add_articles(db, [Article("a", TEXT)], steps)
    summary = add_articles(db, [Article("a", "“We left,” Bo Dahl said.")], steps)
    assert (summary.added, summary.replaced) == (0, 1)
    assert utterances.who_said(db, "secured") == []
    assert len(utterances.who_said(db, "left")) == 1


def test_another_reading_reads_again(fake_reader: article.TextReader, tmp_path: Path) -> None:
    """A better model replaces what an older one found."""
    db = open_index(tmp_path / "q.db")
    steps = load_steps(reader=fake_reader)
    add_articles(db, [Article("a", TEXT)], steps)
    fake_reader.version = "newer"
    newer = load_steps(reader=fake_reader)
    assert add_articles(db, [Article("a", TEXT)], newer).replaced == 1


def test_a_run_cut_short_keeps_what_it_wrote(steps: Steps, tmp_path: Path) -> None:
    """The next run goes on, and brings speakers and utterances up to date."""
    db = open_index(tmp_path / "q.db")

    def incoming() -> Iterator[Article]:
        for number in range(article.BATCH + 1):
            yield Article(f"a{number}", TEXT, f"Outlet {number}")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_articles(db, incoming(), steps)
    assert catalogue.counts(db).articles == article.BATCH
    summary = add_articles(db, [Article("a0", TEXT, "Outlet 0")], steps)
    assert (summary.unchanged, summary.speakers) == (1, 2)


def test_what_is_reported_is_kept(steps: Steps, tmp_path: Path) -> None:
    """Whoever is told of an article can ask for it, with its speakers and groups."""
    path = tmp_path / "q.db"
    db = open_index(path)
    held: list[tuple[int, int, int]] = []

    def report(_: Done) -> None:
        with closing(open_index(path, readonly=True)) as other:
            found = catalogue.counts(other)
            held.append((found.articles, found.speakers, found.clusters))

    texts = [Article(id_, WIRE, f"Outlet {id_}", published="2025-02-12") for id_ in "ab"]
    add_articles(db, texts, steps, report=report)
    assert held == [(2, 2, 2), (2, 2, 2)]


def test_a_batch_is_written_wholly_or_not_at_all(
    steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is written others see none of it; if it cannot be finished nothing stays."""
    path = tmp_path / "q.db"
    db = open_index(path)
    seen: list[int] = []

    def update(*_: object, **__: object) -> None:
        with closing(open_index(path, readonly=True)) as other:
            seen.append(catalogue.counts(other).articles)
        raise KeyboardInterrupt

    add_articles(db, [Article("a", TEXT)], steps)
    monkeypatch.setattr(archive, "update_corpus", update)
    told: list[Done] = []
    with pytest.raises(KeyboardInterrupt):
        add_articles(db, [Article("b", WIRE), Article("c", "“No,” Ann Lee said.")], steps,
                     report=told.append)  # fmt: skip
    assert (seen, told) == ([1], [])
    assert [row for (row,) in db.execute("SELECT id FROM article")] == ["a"]
    monkeypatch.undo()
    assert add_articles(db, [Article("b", WIRE)], steps).added == 1


def test_removed_articles_leave_nothing_behind(steps: Steps, tmp_path: Path) -> None:
    """Speakers and groups are as if they had never been there."""
    db = open_index(tmp_path / "q.db")
    texts = [Article(id_, WIRE, f"Outlet {id_}", published="2025-02-12") for id_ in "ab"]
    add_articles(db, [*texts, Article("c", "“No,” Ida Quirk said.")], steps)
    assert remove_articles(db, ["b", "c", "unknown"], people=steps.people) == 2
    counts = catalogue.counts(db)
    assert (counts.articles, counts.speakers, counts.clusters) == (1, 2, 0)


def test_one_utterance_of_two_outlets_is_found_once(steps: Steps, tmp_path: Path) -> None:
    """The corpus pass joins speakers and wordings across articles."""
    db = open_index(tmp_path / "q.db")
    articles = [
        Article(id_, WIRE, outlet, published="2025-02-12")
        for id_, outlet in (("a", "Reuters"), ("b", "Kyiv Post"))
    ]
    summary = add_articles(db, articles, steps)
    (utterance,) = utterances.who_said(db, "war must")
    assert utterance.outlets == ("Kyiv Post", "Reuters")
    assert (summary.speakers, summary.utterances) == (2, 2)


def test_half_a_surrogate_pair_fails_alone(steps: Steps, tmp_path: Path) -> None:
    """Such a text cannot be stored; the next one can."""
    db = open_index(tmp_path / "q.db")
    summary = add_articles(db, [Article("a", TEXT + "\ud800"), Article("b", TEXT)], steps)
    assert (summary.added, summary.failed) == (1, 1)


def test_the_reader_may_be_the_shipped_one_or_another(
    fake_reader: article.TextReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever brings a reader loads no model."""

    def fail(**_: object) -> None:
        raise ModelError("no model here")

    monkeypatch.setattr(Reader, "load", fail)
    assert load_steps(reader=fake_reader).version == f"{article.POLICY}/fake/rules"
    with pytest.raises(ModelError):
        load_steps()


def test_an_empty_run_is_a_run(steps: Steps, tmp_path: Path) -> None:
    """Nothing comes in, nothing is counted."""
    db = open_index(tmp_path / "q.db")
    summary = add_articles(db, [], steps)
    assert (summary.added, summary.failed, summary.speakers) == (0, 0, 0)


def test_a_mended_file_is_no_failure_any_more(steps: Steps, tmp_path: Path) -> None:
    """What failed before and is tried again is judged afresh, line by line within one file."""
    db = open_index(tmp_path / "q.db")
    line = Failure("a.jsonl", "line 2: not JSON; correct the line")
    add_articles(db, [line, Failure("b.txt", "the file is empty; remove it")], steps)
    good = Article("a1", "“We won,” Ann Lee said.", path="a.jsonl")
    add_articles(db, [good, Failure("a.jsonl", "line 3: not JSON; correct the line")], steps)
    assert catalogue.counts(db).failures == 2
    add_articles(db, [good, Article("b1", "“No,” Ann Lee said.", path="b.txt")], steps)
    assert catalogue.counts(db).failures == 0


def test_several_who_speak_together_are_found_under_each(steps: Steps, tmp_path: Path) -> None:
    """“Orr and Tam said” is nobody's alone, and both said it."""
    text = "Mary Orr and Paul Tam spoke.\n\n“We can win,” Orr and Tam said."
    db = open_index(tmp_path / "quotes.db")
    add_articles(db, [Article("a1", text)], steps)
    for name in ("Mary Orr", "Paul Tam"):
        [said] = utterances.by(db, name)
        assert said.speaker is None
        assert said.speaker_as_written == "Orr and Tam"
    assert utterances.by(db, "Bo Dahl") == []
    index.remove_article(db, "a1")
    assert utterances.by(db, "Mary Orr") == []
    db.close()


# Files that the index knows

LONG_AGO = 1_700_000_000


class Run:
    """Indexes a folder, and says which files were opened for it."""

    def __init__(self, db: sqlite3.Connection, folder: Path, steps: Steps) -> None:
        """Two articles, settled long ago."""
        self.db, self.folder, self.steps = db, folder, steps
        self.put("a.txt", "“It is so,” Ann Lee said.")
        self.put("b.txt", "“We wait,” Bo Dahl said.")

    def put(self, name: str, text: str, *, changed: float = LONG_AGO) -> None:
        """Write a file with this time of change."""
        (self.folder / name).write_text(text, encoding="utf-8")
        os.utime(self.folder / name, (changed, changed))

    def __call__(self, **given: str | Path) -> tuple[list[str], Summary]:
        """Names of the files opened, and what the run did."""
        opened: list[str] = []

        def files(sources: Iterable[Source | Failure]) -> Iterator[Found]:
            for source in sources:
                opened.append(Path(source.path).name)
                yield articles_of(source)

        known = KnownFiles(self.db, self.steps.version)
        incoming = read_articles([self.folder], files=known.passing_over(files), **given)
        return opened, add_articles(self.db, incoming, self.steps, known=known)


@pytest.fixture
def run(tmp_path: Path, fake_reader: article.TextReader) -> Iterator[Run]:
    """An index beside a folder."""
    (tmp_path / "articles").mkdir()
    with closing(open_index(tmp_path / "q.db")) as db:
        yield Run(db, tmp_path / "articles", load_steps(reader=fake_reader))


def test_unchanged_files_are_not_opened_again(run: Run) -> None:
    """They count as unchanged articles all the same."""
    opened, summary = run()
    assert (opened, summary.added) == (["a.txt", "b.txt"], 2)
    opened, summary = run()
    assert (opened, summary.unchanged, summary.failed) == ([], 2, 0)


def test_a_new_file_among_them_is_read(run: Run) -> None:
    """In its place."""
    run()
    run.put("aa.txt", "“Never,” Cy Orr said.")
    opened, summary = run()
    assert (opened, summary.added, summary.unchanged) == (["aa.txt"], 1, 2)


@pytest.mark.parametrize(
    ("text", "changed"),
    [("“It is not so,” Ann Lee said.", LONG_AGO), ("“It is no,” Ann Lee said.", LONG_AGO + 0.001)],
    ids=["another size", "another time"],
)
def test_a_changed_file_is_read_again(run: Run, text: str, changed: float) -> None:
    """By size or by time alone."""
    run()
    run.put("a.txt", text, changed=changed)
    opened, summary = run()
    assert (opened, summary.replaced) == (["a.txt"], 1)


def test_what_was_said_of_the_files_counts_too(run: Run) -> None:
    """With a manifest or an outlet the article is another one."""
    run()
    opened, summary = run(outlet="Reuters")
    assert (len(opened), summary.replaced) == (2, 2)
    run.put("outlets.csv", "file,outlet\na.txt,Kyiv Post\n")
    opened, summary = run(outlet="Reuters")
    assert (opened, summary.unchanged) == (["a.txt"], 1)
    assert run(outlet="Reuters")[0] == []


def test_another_reading_reads_all_again(run: Run, fake_reader: article.TextReader) -> None:
    """A newer model may find more in the same files."""
    run()
    fake_reader.version = "newer"
    opened, summary = run()
    assert (len(opened), summary.replaced) == (2, 2)


def test_a_file_whose_article_was_removed_is_read_again(run: Run) -> None:
    """The note goes with the article."""
    run()
    (gone,) = run.db.execute("SELECT article FROM file WHERE path LIKE '%a.txt'").fetchone()
    index.remove_article(run.db, gone)
    opened, summary = run()
    assert (opened, summary.added) == (["a.txt"], 1)


def test_failures_are_tried_again(run: Run) -> None:
    """A file without an article, and one that could not be read."""
    run.put("empty.txt", "")
    run.put("odd.txt", "BROKEN")
    assert run()[1].failed == 2
    opened, summary = run()
    assert (opened, summary.failed) == (["empty.txt", "odd.txt"], 2)


def test_a_file_that_is_just_being_written_is_not_trusted(run: Run) -> None:
    """Its time of change may not tell the next change."""
    run.put("fresh.txt", "“Now,” Cy Orr said.", changed=os.stat(run.folder).st_mtime)
    run()
    assert run()[0] == ["fresh.txt"]


def test_a_file_is_known_by_its_whole_path(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another folder may have a file of that name, size and time."""
    monkeypatch.chdir(run.folder)
    run.folder = Path()
    run()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    run.put("a.txt", "“It is no,” Ann Lee said.")
    opened, summary = run()
    assert (opened, summary.added) == (["a.txt"], 1)


# A corrected file


def texts(run: Run) -> list[str]:
    """The articles of the index, sorted."""
    return sorted(text for (text,) in run.db.execute("SELECT text FROM article"))


@pytest.mark.parametrize("changed", [LONG_AGO + 9, None], ids=["settled", "just now"])
def test_a_corrected_file_replaces_its_old_version(run: Run, changed: float | None) -> None:
    """Both wordings would stand there as if two articles had printed them."""
    now = time.time()
    run.put("a.txt", "“It is so, and it stays so for ever,” Ann Lee said.", changed=now)
    run()
    corrected = "“It is so, and it stays so for a year,” Ann Lee said."
    run.put("a.txt", corrected, changed=changed or now)
    _, summary = run()
    assert (summary.added, summary.replaced) == (0, 1)
    assert texts(run) == sorted([corrected, "“We wait,” Bo Dahl said."])
    assert summary.utterances == 0
    assert run()[1].replaced == 0
    for table in ("standing_words", "wording"):
        held = str(run.db.execute(f"SELECT * FROM {table}").fetchall())
        assert "for ever" not in held


def test_a_file_known_by_another_spelling_of_its_path(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same file, named from another folder, is the same file."""
    run()
    monkeypatch.chdir(run.folder)
    run.folder = Path()
    run.put("a.txt", "“It is not so,” Ann Lee said.")
    assert run()[1].replaced == 1
    assert len(texts(run)) == 2


def test_the_same_text_at_another_path_stays_one(run: Run) -> None:
    """It goes only when no file holds it any more."""
    run()
    first = "“It is so,” Ann Lee said."
    run.put("copy.txt", first)
    assert run()[1].unchanged == 3
    run.put("copy.txt", "“It was so,” Ann Lee said.")
    assert run()[1].added == 1
    assert first in texts(run)
    run.put("a.txt", "“It will be so,” Ann Lee said.")
    assert run()[1].replaced == 1
    assert first not in texts(run)


def test_a_moved_file_that_is_then_corrected(run: Run) -> None:
    """Its old path does not exist any more and keeps nothing."""
    run()
    (run.folder / "a.txt").rename(run.folder / "z.txt")
    run()
    run.put("z.txt", "“It is not so,” Ann Lee said.")
    assert run()[1].replaced == 1
    assert len(texts(run)) == 2


def test_a_file_that_becomes_the_copy_of_another(run: Run) -> None:
    """Its own article goes, the other's stays."""
    run()
    run.put("b.txt", "“It is so,” Ann Lee said.")
    assert run()[1].replaced == 1
    assert texts(run) == ["“It is so,” Ann Lee said."]


def test_a_wrong_outlet_is_mended_without_a_second_copy(run: Run) -> None:
    """The file is known by its path, whoever published it."""
    run(outlet="Reuters")
    assert run(outlet="AFP")[1].replaced == 2
    outlets = run.db.execute("SELECT outlet FROM article").fetchall()
    assert outlets == [("Agence France-Presse",)] * 2


def test_a_corrected_text_that_fails_keeps_the_old_version(run: Run) -> None:
    """Until the new one can be read."""
    run()
    run.put("a.txt", "BROKEN")
    assert run()[1].failed == 1
    assert "“It is so,” Ann Lee said." in texts(run)


def test_rows_of_a_table_are_known_by_id_or_address(run: Run) -> None:
    """The path of a table says nothing about which of its articles one is."""
    run.put("rows.csv", 'id,text\nr1,"“Yes,” Cy Orr said."\nr2,"“No,” Di Poe said."\n')
    run()
    run.put("rows.csv", 'id,text\nr1,"“Yes,” Cy Orr said."\nr2,"“Not yet,” Di Poe said."\n')
    assert run()[1].replaced == 1
    assert len(texts(run)) == 4


def test_decisions_name_the_same_quotation_in_the_corrected_file(run: Run) -> None:
    """Who was named by hand is still named after a word was changed; a lost one is told."""
    text = "Rain fell. “We shall pay for it in March,” {} said. “{},” Bo Dahl said."
    run.put("a.txt", text.format("Ann Lee", "We wait and see"))
    run()
    held = dict(run.db.execute("SELECT text, id FROM quotation").fetchall())
    (bo,) = run.db.execute("SELECT id FROM entity WHERE name = 'Bo Dahl'").fetchone()
    with deciding(run.db):
        decide(run.db, "assign", bo, quotations=[held["We shall pay for it in March,"]])
    corrected = "Much rain fell today. " + text.format("Ann Lee", "We wait")
    run.put("a.txt", corrected.replace("March", "April"))
    assert run()[1].replaced == 1
    said = "SELECT speaker FROM quotation WHERE text LIKE 'We shall%'"
    assert run.db.execute(said).fetchall() == [(bo,)]
    (decision,) = stored_decisions(run.db)
    with deciding(run.db):
        undo(run.db, decision.number)
    assert run.db.execute(said).fetchall() == [("ann-lee",)]


def test_a_split_holds_in_the_corrected_file(run: Run) -> None:
    """So does what was decided about whom it set apart."""
    run.put("c.txt", "“Never,” Ann Lee said.")
    run()
    (article,) = run.db.execute("SELECT id FROM article WHERE path LIKE '%c.txt'").fetchone()
    with deciding(run.db):
        decide(run.db, "split", "ann-lee", name="Ann B. Lee", articles=[article])
    (other,) = run.db.execute("SELECT id FROM entity WHERE name = 'Ann B. Lee'").fetchone()
    with deciding(run.db):
        decide(run.db, "rename", other, name="Ann Lee of Bath")
    run.put("c.txt", "“Never again,” Ann Lee said.")
    assert run()[1].replaced == 1
    who = """SELECT e.name FROM quotation q JOIN entity e ON e.id = q.speaker
        WHERE q.text = 'Never again,'"""
    assert run.db.execute(who).fetchall() == [("Ann Lee of Bath",)]
