"""The same articles over Spark and on one machine: the same quotations, speakers, groups."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession

from quotes import spark
from quotes.answers import catalogue, utterances
from quotes.errors import InputError
from quotes.index.opening import open_index
from quotes.ingest.files import read_articles
from quotes.people.known import load_people
from quotes.records import Entity, Variant
from quotes.rows import Occurrence
from quotes.run.archive import add_articles
from quotes.run.article import Recipe, TextReader, load_steps
from quotes.spark.__main__ import main
from quotes.spark.frames import columns_of, record_of, row_of
from quotes.spark.joins import components
from quotes.utterances.groups import variants_of

pytestmark = [
    pytest.mark.skipif(
        not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="Spark needs Java 17"
    ),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SEEDS = Path(__file__).parents[1] / "fixtures" / "seeds"

Record = dict[str, Any]

SMALL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "2",
    # What pays off for large frames costs more than it gives for these.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    """Spark on two cores of this machine, as little of it as will do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local[2]").appName("tests")
        for name, value in SMALL.items():
            builder = builder.config(name, value)
        found = builder.getOrCreate()
        found.sparkContext.setLogLevel("ERROR")
        yield found
        found.stop()


@pytest.fixture(scope="module")
def reader() -> Iterator[TextReader]:
    """The reader that needs no model; workers cannot import it, so it is sent along whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        import conftest

        cloudpickle.register_pickle_by_value(conftest)
        yield conftest.FakeReader()


# Articles.

SAID = (
    "This war must and will end soon, there was too much death and too much ruin",
    "This war must and will end soon, there was too much death",
    "there was too much death and too much ruin",
    "We have made tremendous progress with the rare earths of this country",
    "We've made tremendous progress with the rare-earths of this country",
    "tremendous progress",
    "rare earths and other things",
    "They have little to show for three years of talks",
    "They have too little to show for three years of talks",
    "The president of the United States will hear of it",
    "That is a matter for the president of the United States",
    "I do not know",
)
WHO = ("Ann Lee", "Ann Lee", "Anne M. Lee", "A. Lee", "Lee", "Bo Dahl", "Dahl", "Tom Lee")
OUTLETS = ("Reuters", "Kyiv Post", "The Times", "BBC", None)
DAYS = ("2025-02-12", "2025-02-12", "2025-02-13", "2025-02-20", "2025-03-30", None)


def seeds() -> Iterator[Record]:
    """The five seeds as records."""
    with (SEEDS / "outlets.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            text = (SEEDS / row["file"]).read_text(encoding="utf-8")
            known = {"outlet": row["outlet"], "date": row["published"]}
            yield {"id": row["file"][:3], "text": text, **known}


def made(number: int) -> Iterator[Record]:
    """Articles that share sentences, names, outlets and days, some of them unknown."""
    draw = random.Random(20250212)
    for at in range(number):
        said = (
            f"“{draw.choice(SAID)},” {draw.choice(WHO)} said." for _ in range(draw.choice((1, 3)))
        )
        known = {"outlet": draw.choice(OUTLETS), "date": draw.choice(DAYS)}
        yield {"id": f"m{at}", "text": "\n\n".join(said), **known}


FIRST = "“We begin at dawn tomorrow,” Ann Lee said."
LATER = "“We begin at noon tomorrow,” Ann Lee said."


def troublesome() -> Iterator[Record]:
    """Articles that fail, and articles that are the same as others in part."""
    yield {"id": "broken", "text": "“No,” Ann Lee said. BROKEN", "outlet": "Reuters"}
    yield {"id": "empty", "text": " "}
    story = {**next(seeds()), "id": "story"}
    story["text"] += f"\n\n{FIRST}"
    yield story
    yield {**story, "id": "wire", "outlet": "The Star", "date": None}  # another's printing
    yield {**story, "id": "again"}  # the same article under another id
    yield {"id": "one", "text": FIRST, "outlet": "BBC"}
    yield {"id": "one", "text": LATER, "outlet": "BBC"}
    yield {"id": "url1", "text": FIRST, "outlet": "The Times", "url": "https://example.org/1"}
    yield {"id": "url2", "text": LATER, "outlet": "The Times", "url": "https://example.org/1"}
    yield {"text": FIRST, "outlet": "Kyiv Post", "url": "https://example.org/2"}
    yield {"text": FIRST, "outlet": "Kyiv Post", "url": "https://example.org/3"}
    yield {"text": FIRST, "outlet": "Kyiv Post"}


def written(path: Path, records: Iterable[Record], *others: str) -> Path:
    """A file of JSON lines."""
    lines = [json.dumps(record) for record in records]
    path.write_text("".join(f"{line}\n" for line in (*lines, *others)), encoding="utf-8")
    return path


# Both ways.


@dataclass(frozen=True, slots=True)
class Both:
    """An archive and an index of the same file."""

    archive: spark.Archive
    folder: Path
    index: sqlite3.Connection


@pytest.fixture(scope="module")
def both(
    session: SparkSession, reader: TextReader, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """Seeds, made articles and troublesome ones, read by the reader that needs no model."""
    folder = tmp_path_factory.mktemp("both")
    records = (*seeds(), *made(40), *troublesome())
    path = written(folder / "articles.jsonl", records, "{bad", "")
    articles = spark.articles(session, [path])
    archive = spark.build(articles, folder / "archive", Recipe(reader=reader))
    index = open_index(folder / "quotes.db")
    add_articles(index, read_articles([path]), load_steps(reader=reader))
    yield Both(archive, folder / "archive", index)
    index.close()


def printings(frame: DataFrame) -> dict[str, Occurrence]:
    """The quotations of an archive as an index tells them, by id."""
    rows = (row.asDict(recursive=True) for row in frame.collect())
    return {row["quotation"]: record_of(Occurrence, row) for row in rows}


def occurrences(index: sqlite3.Connection) -> dict[str, Occurrence]:
    """The quotations of an index, by id."""
    return {each.quotation: each for each in utterances.occurrences(index, everything=True)}


def test_the_quotations_are_the_same(both: Both) -> None:
    """All that the export says of each: spans, words, speaker, group, family."""
    expected = occurrences(both.index)
    assert len(expected) > 60
    assert printings(both.archive.quotations) == expected
    assert len({each.cluster for each in expected.values() if each.cluster}) > 4
    assert any(each.family for each in expected.values())


def test_the_speakers_are_the_same(both: Both) -> None:
    """Names, aliases, roles and items of every person and body."""
    rows = both.index.execute("SELECT id, name, kind, role, wikidata FROM entity").fetchall()
    aliases = defaultdict(list)
    for id_, alias in both.index.execute("SELECT entity, alias FROM alias ORDER BY alias"):
        aliases[id_].append(alias)
    expected = {
        id_: Entity(id_, name, kind, tuple(aliases[id_]), role, wikidata)
        for id_, name, kind, role, wikidata in rows
    }
    found = (record_of(Entity, row.asDict()) for row in both.archive.speakers.collect())
    assert {entity.id: entity for entity in found} == expected
    assert {"ann-lee", "tom-lee", "bo-dahl"} <= expected.keys()


def test_why_a_speaker_is_who_it_is_is_told_as_in_the_index(both: Both) -> None:
    """The reason and the doubt of each join of an article's speaker."""
    expected = both.index.execute(
        "SELECT q.id, i.basis, i.doubtful FROM quotation q "
        "JOIN identity i ON i.local_entity = q.local_entity "
        "WHERE i.entity IS NOT NULL ORDER BY q.id"
    ).fetchall()
    told = both.archive.quotations.where("speaker IS NOT NULL").orderBy("quotation")
    found = told.select("quotation", "identity_basis", "identity_doubtful").collect()
    assert [tuple(row) for row in found] == expected
    assert {doubtful for _, _, doubtful in expected} == {0, 1}


def test_groups_and_families_have_the_same_rows(both: Both) -> None:
    """Groups under their longest wording, families with their origin."""
    expected = dict(both.index.execute("SELECT id, text FROM cluster"))
    assert {row.id: row.text for row in both.archive.groups.collect()} == expected
    rows = both.index.execute(
        "SELECT a.id, a.family, a.family_kind, a.family_reason, f.origin, f.basis, f.first "
        "FROM article a JOIN family f ON f.id = a.family ORDER BY a.id"
    )
    found = both.archive.families.orderBy("article").collect()
    assert [tuple(row) for row in found] == rows.fetchall()


def test_what_fails_is_a_row(both: Both) -> None:
    """A text that ends the reader, one that is empty, a line that is no JSON: none is lost."""
    failures = both.archive.failures.collect()
    assert len(failures) == catalogue.counts(both.index).failures == 3
    told = sorted(row.message for row in failures)
    assert "no such word" in told[0]
    assert "line '{bad'…: not JSON" in told[2]


def test_of_the_same_articles_those_stand_that_an_index_holds(both: Both) -> None:
    """The later version, the first printing, two addresses apart."""
    standing = both.archive.quotations.select("article").distinct().collect()
    expected = {each.article for each in occurrences(both.index).values()}
    assert {row.article for row in standing} == expected
    assert "again" not in expected
    assert {"story", "wire", "one", "url2"} <= expected


def test_an_archive_becomes_an_index(both: Both, tmp_path: Path) -> None:
    """Without reading anew, and the second time nothing is left to do."""
    index = open_index(tmp_path / "loaded.db")
    people = load_people()
    assert spark.load(index, both.folder, people=people) == catalogue.counts(both.index).articles
    assert occurrences(index) == occurrences(both.index)
    assert catalogue.counts(index) == catalogue.counts(both.index)
    [utterance, *_] = utterances.who_said(index, "tremendous progress")
    assert utterance.speaker
    assert spark.load(index, both.folder, people=people) == 0
    index.close()


def test_a_folder_without_an_archive_is_refused(tmp_path: Path) -> None:
    """Told in one line, before anything is written."""
    index = open_index(tmp_path / "loaded.db")
    with pytest.raises(InputError, match="no archive"):
        spark.load(index, tmp_path, people=load_people())
    index.close()


# Parts.


def frame_of(session: SparkSession, records: Sequence[object], record: type) -> DataFrame:
    """A frame of records."""
    rows = [tuple(row_of(each).values()) for each in records]
    return session.createDataFrame(rows, columns_of(record))


def test_groups_do_not_hang_on_how_rows_are_dealt_out(both: Both, session: SparkSession) -> None:
    """However many parts there are, and in whatever order."""
    numbers = [number for (number,) in both.index.execute("SELECT number FROM quotation")]
    variants = list(variants_of(both.index, numbers))
    random.Random(1).shuffle(variants)
    dealt = frame_of(session, variants, Variant).repartition(5)
    found = {row.quotation: row.cluster for row in spark.groups(dealt).collect()}
    expected = occurrences(both.index)
    assert found == {id_: each.cluster for id_, each in expected.items() if each.cluster}


def test_components_are_those_of_a_walk(session: SparkSession) -> None:
    """A long chain, a star, a ring and random edges, some of them twice or to themselves."""
    draw = random.Random(1)
    pairs = [(f"c{n:02}", f"c{n + 1:02}") for n in range(20)]
    pairs += [("s0", f"s{n}") for n in range(1, 9)] + [
        (f"r{n}", f"r{(n + 1) % 5}") for n in range(5)
    ]
    pairs += [(f"x{draw.randrange(60)}", f"x{draw.randrange(60)}") for _ in range(40)]
    neighbours = defaultdict(set)
    for a, b in pairs:
        neighbours[a].add(b)
        neighbours[b].add(a)
    expected = {}
    for node in sorted(node for node in neighbours if neighbours[node] - {node}):
        todo = [] if node in expected else [node]
        while todo:
            at = todo.pop()
            expected[at] = node
            todo += neighbours[at] - expected.keys()
    found = components(session.createDataFrame(pairs, "a string, b string")).collect()
    assert {row.node: row.component for row in found} == expected


def test_articles_are_the_same_from_any_source(session: SparkSession, tmp_path: Path) -> None:
    """Lines, Parquet and a frame give the ids, outlets and dates of the one machine."""
    records = [*made(8), {"text": "“No,” Ann Lee said.", "url": "https://www.bbc.co.uk/news/1"}]
    path = written(tmp_path / "two words.jsonl", records)
    expected = {(a.id, a.text, a.outlet, a.published) for a in read_articles([path])}
    table = session.createDataFrame(
        [tuple(each.get(n) for n in ("id", "text", "outlet", "date", "url")) for each in records],
        "id string, text string, outlet string, date string, url string",
    ).selectExpr("id", "text", "outlet", "to_date(date) AS date", "url", "1 AS other")
    table.write.parquet(str(tmp_path / "articles.parquet"))
    for articles in (
        spark.articles(session, [path]),
        spark.articles(session, [tmp_path / "articles.parquet"]),
        spark.articles_of(table),
    ):
        rows = articles.select("id", "text", "outlet", "published").collect()
        assert {tuple(row) for row in rows} == expected


@pytest.mark.parametrize(
    ("name", "told"),
    [("articles.txt", "not articles that Spark reads"), ("none.jsonl", "check the paths")],
)
def test_what_spark_does_not_read_is_told(
    session: SparkSession, tmp_path: Path, name: str, told: str
) -> None:
    """An unknown ending or a missing file, with the remedy."""
    with pytest.raises(InputError, match=told):
        spark.articles(session, [tmp_path / name])


def test_a_frame_without_texts_is_refused(session: SparkSession) -> None:
    """The columns it has are named."""
    with pytest.raises(InputError, match="found: body"):
        spark.articles_of(session.createDataFrame([("No.",)], "body string"))


def test_nothing_in_nothing_out(session: SparkSession, reader: TextReader, tmp_path: Path) -> None:
    """All tables are there, and empty."""
    articles = spark.articles_of(session.createDataFrame([], "text string"))
    archive = spark.build(articles, tmp_path / "archive", Recipe(reader=reader))
    assert archive.quotations.count() == archive.groups.count() == archive.failures.count() == 0
    index = open_index(tmp_path / "loaded.db")
    assert spark.load(index, tmp_path / "archive", people=load_people()) == 0
    index.close()


# The whole, with the shipped reader.


@pytest.mark.model
def test_the_seeds_from_the_command_line(session: SparkSession, tmp_path: Path) -> None:
    """`python -m quotes.spark` gives what `quotes index` gives."""
    path = written(tmp_path / "seeds.jsonl", seeds())
    out, db = tmp_path / "archive", tmp_path / "loaded.db"
    run = CliRunner().invoke(main, [str(path), "--out", str(out), "--db", str(db)])
    assert run.exit_code == 0, run.output
    one, loaded = open_index(tmp_path / "quotes.db"), open_index(db)
    add_articles(one, read_articles([path]), load_steps())
    expected = occurrences(one)
    assert printings(session.read.parquet(str(out / "quotations.parquet"))) == expected
    assert occurrences(loaded) == expected
    assert f"quotations  {len(expected)}" in run.output
    one.close()
    loaded.close()


def test_a_wrong_path_ends_the_command_with_one_line(session: SparkSession, tmp_path: Path) -> None:
    """And exit code 2."""
    run = CliRunner().invoke(main, [str(tmp_path / "x.pdf"), "--out", str(tmp_path / "out")])
    assert run.exit_code == 2
    assert "not articles that Spark reads" in run.output
