"""A whole archive: articles in, quotations with speakers, groups and families out, as Parquet.

What stands in a folder that `build` filled is what an index of the same articles would hold;
`load` makes that index of it, and reads no article anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

import pyarrow.dataset as ds
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.errors import InputError
from quotes.index import write as index
from quotes.index.opening import explaining, transaction
from quotes.people.known import People
from quotes.records import Article, Entity, Failure, Quotation, Region, Variant
from quotes.run.archive import update_corpus
from quotes.run.article import BATCH, Recipe
from quotes.spark.frames import Row, kept, record_of
from quotes.spark.joins import families, groups, local_entities, speakers
from quotes.spark.reading import failures, read, replaced, standing

READINGS, REPLACED = "readings.parquet", "replaced.parquet"


@dataclass(frozen=True, slots=True)
class Archive:
    """What joins the articles of an archive, one frame a table.

    Attributes:
        quotations: a row for each, the columns of `quotes.rows.Occurrence` and more.
        speakers: persons and bodies across articles, columns of `Entity`.
        groups: utterances printed more than once: ``id``, ``text``, ``members``, ``outlets``
            and ``first``, the earliest date.
        families: articles that go back to one text.
        failures: what could not be used: ``path`` and ``message``.
    """

    quotations: DataFrame
    speakers: DataFrame
    groups: DataFrame
    families: DataFrame
    failures: DataFrame


def build(articles: DataFrame, folder: str | Path, recipe: Recipe | None = None) -> Archive:
    """Write all that articles say to a folder, a Parquet file a table; the tables as written.

    The folder lies where Spark can write, and tables of an earlier run there are replaced.  The
    recipe names word lists and reader, the shipped ones if not given.
    """

    def stored(table: DataFrame, name: str) -> DataFrame:
        table.write.mode("overwrite").parquet(f"{folder}/{name}")
        return articles.sparkSession.read.parquet(f"{folder}/{name}")

    readings = stored(read(articles, recipe), READINGS)
    joined = join(readings, stored(replaced(readings), REPLACED), recipe)
    names = [each.name for each in fields(Archive)]
    return Archive(*(stored(getattr(joined, name), f"{name}.parquet") for name in names))


def join(readings: DataFrame, gone: DataFrame, recipe: Recipe | None = None) -> Archive:
    """What joins the articles of stored or kept readings, without those `replaced`.

    The recipe says whose people file is asked.
    """
    held = standing(readings, gone)
    entities, placed = speakers(local_entities(held), recipe)
    entities, wires = kept(entities), kept(families(held))
    who = F.struct("id", "name", "kind").alias("speaker")
    named = placed.join(entities.select(F.col("id").alias("entity"), who), "entity")
    local = named.select("article", "local", "speaker", "basis", "doubtful")
    each = _numbered(held).withColumn("local", F.col("q.local.id"))
    said = kept(each.join(local, ["article", "local"], "left"))
    own = {"quotation": F.col("quotation"), "entity": F.col("speaker.id")}
    names = (each.name for each in fields(Variant))
    variant = [own.get(name, F.col(f"q.variant.{name}")).alias(name) for name in names]
    grouped = groups(said.where("q.variant IS NOT NULL AND q.within IS NULL").select(*variant))
    quotations = _told(
        said.join(grouped, "quotation", "left")
        .join(wires.select("article", "family", "family_kind", "origin"), "article", "left")
        .select(*_columns())
    )
    return Archive(quotations, entities, _groups(quotations), wires, failures(readings))


def _numbered(held: DataFrame) -> DataFrame:
    """Quotations, ids told apart where chance gave two of them one."""
    each = held.select(
        F.col("id").alias("article"),
        *("outlet", "outlet_basis", "title", "url", "published", "path", "number"),
        F.posexplode("quotations").alias("place", "q"),
    )
    same = Window.partitionBy("q.id").orderBy("path", "number", "place")
    again = F.row_number().over(same)
    free = F.when(again > 1, F.concat_ws("-", "q.id", again)).otherwise(F.col("q.id"))
    return each.withColumn("quotation", free)


def _told(quotations: DataFrame) -> DataFrame:
    """The same with ``teller``: who reports what stands inside somebody's report."""
    whole = kept(quotations)
    teller = F.coalesce("speaker.name", "referent.name").alias("teller")
    tellers = whole.select(F.col("quotation").alias("within"), teller)
    return kept(whole.join(tellers, "within", "left"))


def _columns() -> list[str | Column]:
    """A row of the quotations: first what an index says of each, then what it rests on."""
    inferred = F.coalesce(F.col("outlet_basis") == "inferred", F.lit(False))
    nameless = F.when(F.col("speaker").isNull(), F.col("q.local"))
    return [
        *("quotation", "cluster", "article", "speaker"),
        F.col("q.source_text").alias("speaker_as_written"),
        *("q.speaker_basis", "q.text", "q.kind", "q.attitude"),
        F.col("q.cue_text").alias("cue"),
        *("outlet", inferred.alias("outlet_inferred"), "title", "url", "published"),
        *("q.content", "q.confidence", "q.method", "q.region"),
        nameless.alias("referent"),
        *("q.chain", "family", "family_kind", "origin"),
        "q.polarity",
        F.col("q.polarity_text").alias("polarity_words"),
        "q.within",
        F.col("q.cue").alias("cue_spans"),
        F.col("q.source").alias("source_spans"),
        *("q.members", "q.local"),
        F.col("basis").alias("identity_basis"),
        F.col("doubtful").alias("identity_doubtful"),
        F.when(F.col("doubtful") & F.col("speaker").isNotNull(), F.col("basis")).alias(
            "speaker_doubt"
        ),
    ]


def _groups(quotations: DataFrame) -> DataFrame:
    """One row a group, under its longest wording, the first in code-point order among equals."""
    longest = F.min(F.struct(-F.length("text"), "text")).getField("text")
    return (
        quotations.where("cluster IS NOT NULL")
        .groupBy(F.col("cluster").alias("id"))
        .agg(
            longest.alias("text"),
            F.sort_array(F.collect_list("quotation")).alias("members"),
            F.sort_array(F.collect_set("outlet")).alias("outlets"),
            F.min("published").alias("first"),
        )
    )


# Into an index.


def load(db: sqlite3.Connection, folder: str | Path, *, people: People) -> int:
    """Put an archive into an index, as if its articles had been read there.

    Args:
        db: an index open for writing; what it holds already stays.
        folder: of this machine, as `build` filled it.
        people: known persons, those that the archive was read with.

    Returns:
        How many articles were written; those that the index holds are left alone.

    Raises:
        InputError: there is no archive in the folder.
        IndexFileError: the index cannot be written; the batches written before stay.
    """
    written = 0
    rows = _stored(Path(folder))
    while batch := list(islice(rows, BATCH)):
        with explaining(db), transaction(db):
            written += sum(_store(db, row) for row in batch)
            update_corpus(db, people=people)
    return written


def _stored(folder: Path) -> Iterator[Row]:
    """The readings that stand, and those that failed."""
    try:
        gone = set(ds.dataset(folder / REPLACED).to_table()["number"].to_pylist())
        found = ds.dataset(folder / READINGS)
    except (OSError, KeyError) as error:
        raise InputError(
            f"{folder}: no archive ({error}); name a folder that quotes.spark wrote"
        ) from error
    for part in found.to_batches(batch_size=BATCH):
        yield from (row for row in part.to_pylist() if row["number"] not in gone)


def _store(db: sqlite3.Connection, row: Row) -> bool:
    if row["failure"]:
        index.record_failure(db, record_of(Failure, row["failure"]))
        return False
    written = index.write_article(
        db,
        record_of(Article, row),
        [record_of(Quotation, each) for each in row["quotations"]],
        [record_of(Entity, each) for each in row["entities"]],
        [record_of(Region, each) for each in row["regions"]],
        version=row["version"],
    )
    return written != "unchanged"
