"""Articles in, one row an article with what was found in it out: the article pass over frames.

Records are those of `quotes.ingest`, and ids, outlets and dates come about as they do there.
An article that cannot be used or read is a row with its failure.  Which articles stand, where
some are one and the same, is told here as the index tells it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.errors import InputError
from quotes.index.opening import open_index
from quotes.index.write import write_article
from quotes.ingest.fields import Given, make_article, refused
from quotes.ingest.lines import articles_of_lines, no_text_column
from quotes.records import Article, Entity, Failure, Quotation, Region, Speaker, Variant, printed
from quotes.run.article import BATCH, ArticleResult, Recipe, Steps, read_batch, steps_for_worker
from quotes.spark.frames import Row, columns_of, map_rows, once, record_of, row_of, struct_of
from quotes.utterances.groups import variant_of
from quotes.wires import Fingerprint, fingerprint

ARTICLE = f"{columns_of(Article)}, failure {struct_of(Failure)}"
"""Columns of a frame of articles: those of the record, or only the failure."""

FIELDS = ("id", "text", "outlet", "title", "date", "published", "url")
LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
PARQUET = (".parquet",)

_FILE = "_metadata.file_path"
_SHOWN = 40


def articles(
    spark: SparkSession,
    paths: Sequence[str | Path],
    *,
    outlet: str | None = None,
    any_language: bool = False,
) -> DataFrame:
    """The articles of files, or of folders of files, that Spark can reach.

    Args:
        paths: ``.parquet``, ``.jsonl`` or ``.ndjson`` (``.gz`` too), by their ending.
        outlet: for records that name none.
        any_language: take articles in other languages than English too.

    Returns:
        Columns `ARTICLE` and ``number``; a row for every record, usable or not.

    Raises:
        InputError: a path of another ending, or that is not there.
    """
    lines = [str(path) for path in paths if str(path).endswith(LINES)]
    tables = [str(path) for path in paths if str(path).endswith(PARQUET)]
    if len(lines) + len(tables) < len(paths) or not paths:
        others = sorted({str(path) for path in paths} - {*lines, *tables})
        raise InputError(
            f"{', '.join(others) or 'no file'}: not articles that Spark reads; name files or "
            f"folders that end in {', '.join((*PARQUET, *LINES))}"
        )
    around = Given("", outlet=outlet, any_language=any_language)
    try:
        found = [_of_lines(spark, lines, around)] if lines else []
        if tables:
            found.append(_of_records(spark.read.parquet(*tables), F.col(_FILE), around))
    except AnalysisException as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{', '.join((*lines, *tables))}: {reason}; check the paths") from error
    return _numbered(reduce(DataFrame.unionByName, found))


def articles_of(
    frame: DataFrame, *, outlet: str | None = None, any_language: bool = False
) -> DataFrame:
    """The articles of a frame of records: ``text``, and any of `FIELDS` beside it.

    Other columns are passed over, dates may be strings, dates or timestamps, `outlet` is for
    records that name none, and `any_language` takes those too that are not in English.

    Raises:
        InputError: there is no column "text".
    """
    around = Given("", outlet=outlet, any_language=any_language)
    return _numbered(_of_records(frame, F.lit(None).cast("string"), around))


def _numbered(frame: DataFrame) -> DataFrame:
    """The same rows with a number each, rising through the frame."""
    return frame.withColumn("number", F.monotonically_increasing_id())


def _of_records(frame: DataFrame, path: Column, around: Given) -> DataFrame:
    if "text" not in frame.columns:
        raise InputError(no_text_column(frame.columns))
    own = [F.col(name).cast("string") for name in FIELDS if name in frame.columns]

    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            path = _local(row.pop("path"))
            place = path or (f"article {row['id']}" if row.get("id") else "a record")
            try:
                yield _article(make_article(row, replace(around, place=place, path=path)))
            except InputError as error:
                yield _article(refused(place, error))

    return map_rows(frame.select(*own, path.alias("path")), work, ARTICLE)


def _of_lines(spark: SparkSession, paths: Sequence[str], around: Given) -> DataFrame:
    """As bytes: a line that is no UTF-8 is a failure of its own, told by the start of its line."""

    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            path = _local(row["path"]) or ""
            for found in articles_of_lines([row["line"]], replace(around, place=path, path=path)):
                if isinstance(found, Failure):
                    start = row["line"][:_SHOWN].decode("utf-8", "replace")
                    message = found.message.replace("line 1:", f"line {start!r}…:", 1)
                    found = replace(found, message=message)
                yield _article(found)

    lines = spark.read.text(list(paths)).select(
        F.col("value").cast("binary").alias("line"), F.col(_FILE).alias("path")
    )
    return map_rows(lines, work, ARTICLE)


def _article(found: Article | Failure) -> Row:
    """A row of `ARTICLE`."""
    if isinstance(found, Article):
        return {**row_of(found), "failure": None}
    return {**row_of(Article("", "")), "id": None, "text": None, "failure": row_of(found)}


def _local(uri: str | None) -> str | None:
    """A file of this machine by its path, any other by its address.

    >>> _local("file:///data/two%20words.jsonl"), _local("hdfs://host/data.jsonl")
    ('/data/two words.jsonl', 'hdfs://host/data.jsonl')
    """
    parts = urlsplit(uri or "")
    return unquote(parts.path) if parts.scheme == "file" else uri


# The article pass.


@dataclass(frozen=True, slots=True)
class Printed(Quotation):
    """A quotation with what its article prints, and whom the article takes for its source.

    Attributes:
        text, cue_text, source_text, polarity_text: the words of the spans.
        local: the article's entity for `speaker` or `referent`.
        variant: as its grouping takes it, but for the entity that speaks; None if it is no
            utterance.
    """

    text: str = ""
    cue_text: str = ""
    source_text: str = ""
    polarity_text: str = ""
    local: Speaker | None = None
    variant: Variant | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the article pass says of an article.

    Attributes:
        entities: the article's own, every speaker, referent and member among them.
        regions: what is not its story.
        fingerprint: by which articles that go back to one text are found.
        version: of the reading as a whole.
    """

    quotations: tuple[Printed, ...] = ()
    entities: tuple[Entity, ...] = ()
    regions: tuple[Region, ...] = ()
    fingerprint: Fingerprint | None = None
    version: str = ""


READING = f"{ARTICLE}, number bigint, {columns_of(Found)}"
"""Columns of a frame of readings."""

_SHARES = 4
"""Partitions a core: articles differ in length, and whoever is done early takes another."""


def read(
    articles: DataFrame, recipe: Recipe | None = None, *, partitions: int | None = None
) -> DataFrame:
    """The article pass over all articles, in Spark's worker processes.

    Args:
        articles: as `articles` and `articles_of` give them.
        recipe: which word lists and reader, the shipped ones if not given; its files must lie
            where every worker finds them.
        partitions: parts to be read side by side, four a core if not given.

    Returns:
        Columns `READING`, a row for every row given.  Nothing is read yet, and everything is
        read again for each use: write it to Parquet, or keep it.
    """
    steps = once(partial(steps_for_worker, recipe or Recipe()))

    def work(rows: Iterator[Row]) -> Iterator[Row]:
        while some := list(islice(rows, BATCH)):
            yield from _read(some, steps())

    cores = articles.sparkSession.sparkContext.defaultParallelism
    return map_rows(articles.repartition(partitions or _SHARES * cores), work, READING)


def _read(rows: Sequence[Row], steps: Steps) -> Iterator[Row]:
    usable = [record_of(Article, row) for row in rows if row["failure"] is None]
    results = iter(read_batch(usable, steps) if usable else ())
    for row in rows:
        result = None if row["failure"] else next(results)
        if isinstance(result, ArticleResult):
            yield {**row, **row_of(_found(result, steps.version))}
        else:
            failure = row_of(result) if isinstance(result, Failure) else row["failure"]
            yield {**row, **row_of(Found()), "failure": failure}


def _found(result: ArticleResult, version: str) -> Found:
    article, regions = result.annotated.article, result.annotated.regions
    entities = {entity.id: entity for entity in result.entities}
    for quotation in result.quotations:
        for who in (quotation.speaker or quotation.referent, *quotation.members):
            if who and who.id not in entities:
                entities[who.id] = Entity(who.id, who.name, who.kind)
    return Found(
        tuple(_printed(article, quotation, entities) for quotation in result.quotations),
        tuple(entities.values()),
        regions,
        fingerprint(article, regions=regions),
        version,
    )


def _printed(article: Article, quotation: Quotation, entities: Mapping[str, Entity]) -> Printed:
    who = quotation.speaker or quotation.referent
    local = entities[who.id] if who else None
    return Printed(
        **{each.name: getattr(quotation, each.name) for each in fields(quotation)},
        text=printed(article.text, quotation.content),
        cue_text=printed(article.text, quotation.cue),
        source_text=printed(article.text, quotation.source),
        polarity_text=printed(article.text, quotation.polarity_words),
        local=Speaker(local.id, local.name, local.kind) if local else None,
        variant=variant_of(article, quotation),
    )


def failures(readings: DataFrame) -> DataFrame:
    """The articles that could not be used or read: where, and what to do, each once."""
    return readings.where("failure IS NOT NULL").select("failure.*").distinct()


# Which articles stand.


def replaced(readings: DataFrame) -> DataFrame:
    """The ``number`` of each article that an index of all of them would not hold in the end.

    Of articles with one id, or one outlet and URL, the last one stands, in the order of files
    and lines; of the same text of one outlet the first, unless two URLs tell them apart.  Only
    those that share any of that with another are looked at, at once and on the driver: some
    300 bytes each.  The readings are kept or stored, for they are used now and later.
    """
    told = ["number", "version", *(each.name for each in fields(Article) if each.name != "text")]
    light = readings.where("failure IS NULL").select(*told, F.sha2("text", 256).alias("text"))
    keys = [  # what two articles may share that are one and the same; null where it says nothing
        F.when(F.col(names[0]).isNotNull(), F.to_json(F.struct(F.lit(names[0]), *names)))
        for names in (("id",), ("url", "outlet"), ("text", "outlet"), ("path", "text"))
    ]
    keyed = light.select("*", F.explode(F.array_compact(F.array(*keys))).alias("key"))
    shared = keyed.groupBy("key").count().where("count > 1")
    meeting = keyed.join(shared, "key", "left_semi").select(*light.columns).distinct()
    gone = _replaced(row.asDict() for row in meeting.toLocalIterator())
    return readings.sparkSession.createDataFrame([(each,) for each in gone], "number bigint")


def standing(readings: DataFrame, gone: DataFrame) -> DataFrame:
    """The articles that were read, without those of `replaced`."""
    return readings.where("failure IS NULL").join(F.broadcast(gone), "number", "left_anti")


def _replaced(rows: Iterator[Row]) -> list[int]:
    """Numbers of the articles that make way, found by an index that holds nothing else."""
    ordered = sorted(rows, key=lambda row: (row["path"] or "", row["number"]))
    last: dict[str, int] = {}
    with TemporaryDirectory() as folder:
        db = open_index(Path(folder, "standing.db"))
        for row in ordered:
            article = record_of(Article, row)
            if write_article(db, article, (), version=row["version"]) != "unchanged":
                last[article.id] = row["number"]
        held = {last[id_] for (id_,) in db.execute("SELECT id FROM article")}
        db.close()
    return [row["number"] for row in ordered if row["number"] not in held]
