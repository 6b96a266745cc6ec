"""Articles in: files of records -> a frame of validated articles, and of those that are none.

Records are those of `quotes.ingest`, and ids, outlets and dates come about as they do there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.errors import InputError
from quotes.ingest.fields import Given, make_article
from quotes.ingest.lines import articles_of_lines, no_text_column
from quotes.records import Article, Failure
from quotes.spark.frames import Row, columns_of, map_rows, row_of, struct_of

ARTICLE = f"{columns_of(Article)}, failure {struct_of(Failure)}"
"""Columns of a frame of articles: those of the record, or only the failure."""

FIELDS = ("id", "text", "outlet", "title", "date", "published", "url")
LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
PARQUET = (".parquet",)


def articles(
    spark: SparkSession, paths: Sequence[str | Path], *, outlet: str | None = None
) -> DataFrame:
    """The articles of files, or of folders of files, that Spark can reach.

    Args:
        paths: ``.parquet``, ``.jsonl`` or ``.ndjson`` (``.gz`` too), by their ending.
        outlet: for records that name none.

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
    try:
        found = [_of_lines(spark, lines, outlet)] if lines else []
        found += [_of_tables(spark, tables, outlet)] if tables else []
    except AnalysisException as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{', '.join((*lines, *tables))}: {reason}; check the paths") from error
    return numbered(found[0] if len(found) == 1 else found[0].unionByName(found[1]))


def articles_of(frame: DataFrame, *, outlet: str | None = None) -> DataFrame:
    """The articles of a frame of records: ``text``, and any of `FIELDS` beside it.

    Args:
        frame: other columns are passed over; dates may be strings, dates or timestamps.
        outlet: for records that name none.

    Raises:
        InputError: there is no column "text".
    """
    return numbered(_of_records(frame, F.lit(None).cast("string"), outlet))


def numbered(frame: DataFrame) -> DataFrame:
    """The same rows with a number each, rising through the frame."""
    return frame.withColumn("number", F.monotonically_increasing_id())


def _of_tables(spark: SparkSession, paths: Sequence[str], outlet: str | None) -> DataFrame:
    return _of_records(spark.read.parquet(*paths), F.col("_metadata.file_path"), outlet)


def _of_records(frame: DataFrame, path: Column, outlet: str | None) -> DataFrame:
    if "text" not in frame.columns:
        raise InputError(no_text_column(frame.columns))
    own = [F.col(name).cast("string") for name in FIELDS if name in frame.columns]
    return map_rows(frame.select(*own, path.alias("path")), _records(outlet), ARTICLE)


def _records(outlet: str | None) -> Callable[[Iterator[Row]], Iterator[Row]]:
    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            path = _local(row.pop("path"))
            place = path or (f"article {row['id']}" if row.get("id") else "a record")
            try:
                yield _article(make_article(row, Given(place, path, outlet=outlet)))
            except InputError as error:
                yield _article(Failure(place, str(error)))

    return work


def _of_lines(spark: SparkSession, paths: Sequence[str], outlet: str | None) -> DataFrame:
    """As bytes: a line that is no UTF-8 is a failure of its own."""
    found = spark.read.text(list(paths)).select(
        F.col("value").cast("binary").alias("line"), F.col("_metadata.file_path").alias("path")
    )
    return map_rows(found, _lines(outlet), ARTICLE)


def _lines(outlet: str | None) -> Callable[[Iterator[Row]], Iterable[Row]]:
    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            path = _local(row["path"]) or ""
            for found in articles_of_lines([row["line"]], Given(path, path, outlet=outlet)):
                yield _article(_told_apart(found, row["line"]))

    return work


_SHOWN = 40


def _told_apart(found: Article | Failure, line: bytes) -> Article | Failure:
    """A failure by the start of its line: a number it has not, for files are read in parts."""
    if isinstance(found, Article):
        return found
    start = line[:_SHOWN].decode("utf-8", "replace")
    return Failure(found.path, found.message.replace("line 1:", f"line {start!r}…:", 1))


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
