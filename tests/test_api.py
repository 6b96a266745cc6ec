"""`quotes` from Python: the public names, `extract` and `Index`."""

from __future__ import annotations

import importlib
import io
import json
import os
from importlib.metadata import version
from pathlib import Path

import pytest
from notation import program

import quotes
from quotes.api import Index, extract, extract_each
from quotes.errors import IndexFileError, InputError, NothingFoundError, QuotesError
from quotes.present import columns
from quotes.records import Article, Failure
from quotes.rows import Done, Occurrence
from quotes.run.article import TextReader

TEXT = "“It is secured,” Ann Lee said.\n\n“We wait,” Bo Dahl said. “To win,” Bo Dahl hopes."


@pytest.fixture
def filled(fake_reader: TextReader, tmp_path: Path) -> Index:
    """An index of one article."""
    made = Index(tmp_path / "quotes.db", reader=fake_reader)
    made.add([{"id": "a", "text": TEXT, "outlet": "Reuters", "date": "2025-02-12"}])
    return made


def test_every_public_name_is_there() -> None:
    """`__all__` is the promise; nothing else is offered."""
    for name in quotes.__all__:
        assert getattr(quotes, name) is not None
        assert name in dir(quotes)
    with pytest.raises(AttributeError):
        importlib.import_module("quotes").nothing  # noqa: B018


def test_the_version_and_what_is_printed_of_a_quotation(fake_reader: TextReader) -> None:
    """No bytes fill the screen of who looks at one."""
    assert quotes.__version__ == version("quotes")
    (first, *_) = extract(TEXT, reader=fake_reader)
    assert "vector" not in repr(first)


def test_status_says_what_is_there_and_what_failed(filled: Index, tmp_path: Path) -> None:
    """For who runs it every night."""
    filled.add([{"text": "“No,” Bo Dahl said."}, tmp_path / "gone.txt"])
    found = filled.status()
    assert (found.counts.articles, found.first, found.last) == (2, "2025-02-12", "2025-02-12")
    assert (found.undated, found.unpublished, found.inferred) == (1, 1, 0)
    (failure,) = found.failures
    assert failure.path.endswith("gone.txt")
    assert failure.message == "no such file or folder; check the path"
    run = program(filled.path)
    told = run("status").stdout
    assert "2 from 1 outlet; 2025-02-12 to 2025-02-12" in told
    assert "gone.txt: no such file or folder; check the path" in told
    assert json.loads(run("status", "--nl").stdout)["outlet_unknown"] == 1
    assert run("status", "--csv").stdout.startswith("path,message,at\n")


def test_extract_gives_quotations_in_text_order(fake_reader: TextReader) -> None:
    """Content, speaker and attitude; the offsets point into the text given."""
    found = extract(TEXT, reader=fake_reader)
    assert [q.content[0].of(TEXT).rstrip(",") for q in found] == [
        "It is secured",
        "We wait",
        "To win",
    ]
    assert [q.speaker.name for q in found if q.speaker] == ["Ann Lee", "Bo Dahl", "Bo Dahl"]


def test_extract_of_a_text_without_quotations_is_empty(fake_reader: TextReader) -> None:
    """Nothing found is no error."""
    assert extract("Nothing here.", reader=fake_reader) == []


@pytest.mark.parametrize("text", ["", "  \n"])
def test_extract_of_no_text_says_so(fake_reader: TextReader, text: str) -> None:
    """An empty text is a mistake of the caller."""
    with pytest.raises(InputError, match="text"):
        extract(text, reader=fake_reader)


def test_extract_of_a_text_that_cannot_be_read_raises(fake_reader: TextReader) -> None:
    """With one text there is no rest to go on with."""
    with pytest.raises(QuotesError, match="no such word"):
        extract("BROKEN", reader=fake_reader)


def test_the_questions_of_the_command_line(filled: Index) -> None:
    """Each command has its twin."""
    (said,) = filled.who_said("secured")
    assert said.speaker
    assert said.speaker.name == "Ann Lee"
    assert len(filled.by("Dahl")) == 1
    assert len(filled.by("Dahl", everything=True)) == 2
    assert filled.by("Dahl", since="2026") == []
    assert {row.name for row in filled.speakers()} == {"Ann Lee", "Bo Dahl"}
    assert [row.outlet for row in filled.outlets()] == ["Reuters"]
    assert filled.variants(said.id).occurrences == said.occurrences
    assert len(filled.occurrences()) == 2
    assert len(filled.show("a").quotations) == 3


def test_what_questions_need_besides(filled: Index) -> None:
    """Whom a name may mean, what to tell who finds nobody, how much there is; rows one by one."""
    assert [row.name for row in filled.find_speakers("Dahl")] == ["Bo Dahl"]
    assert filled.find_speakers("Dohl") == []
    assert "Did you mean Bo Dahl?" in filled.nobody_called("Dohl")
    assert (filled.counts().articles, filled.counts().quotations) == (1, 3)
    assert list(filled.iter_occurrences(everything=True)) == filled.occurrences(everything=True)
    assert len(filled.speakers(limit=1)) == 1
    assert filled.families(limit=1) == []
    assert '"quotes":' in filled.datasette_metadata()


def test_decisions_from_python(filled: Index, tmp_path: Path) -> None:
    """Each command about speakers has its twin, and an undo."""
    merged = filled.merge("Ann Lee", "Dahl", note="one and the same")
    assert [(row.name, row.quotations) for row in filled.speakers()] == [("Ann Lee", 2)]
    assert filled.decisions() == [merged]
    assert filled.undo(merged.number) == merged
    assert filled.decisions() == []
    filled.rename("Bo Dahl", "Bodil Dahl")
    filled.add_alias("Ann Lee", "Annie")
    filled.split("Ann Lee", ["a"], name="Ann Li")
    filled.keep_apart("Ann Li", "Bodil Dahl")
    assert {row.name for row in filled.speakers()} == {"Ann Li", "Bodil Dahl"}
    with Index(tmp_path / "other.db") as other:
        assert other.import_decisions(filled.decisions()) == 4
        assert other.import_decisions(filled.decisions()) == 0


def test_who_is_no_one_is_not_decided_about(filled: Index) -> None:
    """Nothing is done, and the error is one of ours."""
    for name in ("Nobody", "a"):
        with pytest.raises(NothingFoundError):
            filled.merge("Ann Lee", name)
    with pytest.raises(InputError):
        filled.merge("Ann Lee", "Ann Lee")
    with pytest.raises(NothingFoundError):
        filled.split("Ann Lee", ["no such article"], name="Ann Li")
    assert filled.decisions() == []


def test_explain_and_review_from_python(filled: Index) -> None:
    """Stored facts alone; nothing in this index is in doubt."""
    (said,) = filled.who_said("secured")
    (told,) = filled.explain(said.id)
    assert told.entity
    assert (told.entity.name, told.join) == ("Ann Lee", "same first name and surname")
    assert [passage.words for passage in told.source] == ["Ann Lee"]
    assert filled.review() == []


def test_an_unknown_id_is_an_error_of_ours(filled: Index) -> None:
    """Callers need catch one class."""
    with pytest.raises(NothingFoundError):
        filled.variants("nothing")


def test_to_frame_has_the_columns_of_the_csv(filled: Index) -> None:
    """One row an occurrence."""
    frame = filled.to_frame()
    assert tuple(frame.columns) == columns(Occurrence)
    assert list(frame["speaker"]) == ["Ann Lee", "Bo Dahl"]
    assert tuple(filled.to_frame(outlet="nobody").columns) == columns(Occurrence)


def test_add_takes_records_mappings_and_paths(filled: Index, tmp_path: Path) -> None:
    """Whatever an article comes as; a bad mapping fails alone."""
    file = tmp_path / "c.txt"
    file.write_text("“We left,” Cy Poe said.", encoding="utf-8")
    summary = filled.add(
        [Article("b", "“We stay,” Ann Lee said."), {"title": "no text"}, file, str(file)]
    )
    assert (summary.added, summary.unchanged, summary.failed) == (2, 1, 1)
    assert len(filled.by("Cy Poe")) == 1


def test_add_skips_known_files_unread(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `quotes index` does; the index's own files are neither articles nor failures."""
    (tmp_path / "c.txt").write_text("“We left,” Cy Poe said.", encoding="utf-8")
    (tmp_path / "people.toml").write_text("")
    os.utime(tmp_path / "c.txt", (1_700_000_000, 1_700_000_000))
    told: list[Done] = []
    assert filled.add([tmp_path], outlet="Post", report=told.append).added == 1
    assert [(type(each.what), each.quotations) for each in told] == [(Article, 1)]
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("was read"))
    summary = filled.add([tmp_path], outlet="Post")
    assert (summary.unchanged, summary.failed) == (1, 0)


def test_add_takes_a_stream_and_a_manifest(filled: Index, tmp_path: Path) -> None:
    """JSON lines from anywhere, and who published which file."""
    lines = io.BytesIO(b'{"text": "\xe2\x80\x9cYes,\xe2\x80\x9d Cy Poe said."}\n{broken\n')
    summary = filled.add([lines])
    assert (summary.added, summary.failed) == (1, 1)
    (tmp_path / "d.txt").write_text("“We left,” Di Tam said.", encoding="utf-8")
    (tmp_path / "outlets.csv").write_text("file,outlet\nd.txt,Kyiv Post\n")
    filled.add([tmp_path / "d.txt"], manifest=tmp_path / "outlets.csv")
    (said,) = filled.by("Di Tam")
    assert said.outlets == ("Kyiv Post",)


def test_extract_each_goes_on_behind_a_failure(fake_reader: TextReader, tmp_path: Path) -> None:
    """Each article with its quotations, in order, or why it has none."""
    file = tmp_path / "c.txt"
    file.write_text("“We left,” Cy Poe said.", encoding="utf-8")
    given = [{"text": "“Yes,” Ann Lee said."}, {"text": "BROKEN"}, tmp_path / "gone.txt", file]
    one, two, three, four = extract_each(given, outlet="Post", reader=fake_reader)
    assert isinstance(one, tuple)
    assert (one[0].outlet, len(one[1])) == ("Post", 1)
    assert isinstance(two, Failure)
    assert isinstance(three, Failure)
    assert isinstance(four, tuple)
    assert four[0].path == str(file)


def test_an_index_closes_itself(fake_reader: TextReader, tmp_path: Path) -> None:
    """As a context manager; asking only needs a file that exists."""
    path = tmp_path / "quotes.db"
    with Index(path, reader=fake_reader) as index:
        index.add([{"text": "Nobody said a word."}])
    with Index(path, readonly=True) as again:
        assert again.speakers() == []
    for only_asked in ({"readonly": True}, {"create": False}):
        with pytest.raises(IndexFileError):
            Index(tmp_path / "missing.db", **only_asked)
    assert not (tmp_path / "missing.db").exists()


def test_a_people_file_beside_the_index_is_used(fake_reader: TextReader, tmp_path: Path) -> None:
    """A newsroom's own names win without a flag."""
    people = '[[person]]\nname = "Annabel Lee"\naliases = ["Ann Lee"]\n'
    (tmp_path / "people.toml").write_text(people, encoding="utf-8")
    with Index(tmp_path / "quotes.db", reader=fake_reader) as made:
        made.add([{"text": "“It is secured,” Ann Lee said."}])
        assert [row.name for row in made.speakers()] == ["Annabel Lee"]
