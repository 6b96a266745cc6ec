"""Articles that go back to one text: a join on the keys of their fingerprints.

In: what the article pass kept of each article.  Out: the family of each that has one, as
`quotes.wires` tells it.  Those that share keys within reach are compared once; what is related
makes a family component by component.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.spark.components import components
from quotes.spark.frames import Row, kept, map_rows, record_of
from quotes.wires import Fingerprint, compose, relation
from quotes.wires.stored import LEAST_SHARED, REACH, SHARE

FAMILY = (
    "article string, family string, family_kind string, family_reason string, origin string, "
    "basis string, first string"
)
"""Columns of a frame of families: an article of one, and what holds of all of it."""


def families(standing: DataFrame) -> DataFrame:
    """The families of two or more of the articles.

    Args:
        standing: as `reading.standing` gives it, kept or stored.

    Returns:
        Columns `FAMILY`, a row for each article in a family.
    """
    prints = kept(standing.select(F.col("id").alias("article"), F.col("fingerprint").alias("told")))
    links = kept(_related(prints, _candidates(prints)))
    of = components(links).withColumnRenamed("node", "article")
    collected = prints.join(of, "article").groupBy("component")
    return map_rows(collected.agg(F.collect_list("told").alias("told")), _compose, FAMILY)


_SPREAD = REACH + 1
"""Days of a stretch: two dates within `REACH` of each other lie in one or in neighbours."""


def _candidates(prints: DataFrame) -> DataFrame:
    """The pairs that share keys enough, as `quotes.wires.stored` finds them, both ways at once."""
    dated = map_rows(prints, _keyed, "article string, day bigint, size bigint, keys array<bigint>")
    keys = kept(dated.select("article", "day", "size", F.explode("keys").alias("key")))
    shared = _near(keys).unionByName(_undated(keys)).groupBy("a", "b")
    counted = shared.agg(F.count("*").alias("shared"), F.first("least").alias("least"))
    return counted.where(f"shared >= {LEAST_SHARED} AND shared >= {SHARE} * least")


def _keyed(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        told = record_of(Fingerprint, row["told"])
        yield {
            "article": told.article,
            "day": told.day or None,
            "size": len(told.keys),
            "keys": told.keys,
        }


def _near(keys: DataFrame) -> DataFrame:
    """Pairs of dated articles with a key in common, within reach."""
    stretched = keys.where("day IS NOT NULL").withColumn("stretch", F.floor(F.col("day") / _SPREAD))
    beside = F.explode(F.array(*(F.col("stretch") + step for step in (-1, 0, 1))))
    others = stretched.withColumn("stretch", beside)
    met = f"a.stretch = b.stretch AND abs(a.day - b.day) <= {REACH} AND a.article < b.article"
    return _pairs(stretched, others, met)


def _undated(keys: DataFrame) -> DataFrame:
    """Pairs of which one has no date: a text without one may be a printing of any."""
    return _pairs(keys.where("day IS NULL"), keys, "b.day IS NOT NULL OR a.article < b.article")


def _pairs(one: DataFrame, other: DataFrame, met: str) -> DataFrame:
    """Pairs with a key in common, the lesser article first."""
    both = one.alias("a").join(other.alias("b"), F.expr(f"a.key = b.key AND ({met})"))
    return both.select(
        F.least("a.article", "b.article").alias("a"),
        F.greatest("a.article", "b.article").alias("b"),
        F.least("a.size", "b.size").alias("least"),
    )


def _related(prints: DataFrame, pairs: DataFrame) -> DataFrame:
    first = prints.select(F.col("article").alias("a"), F.col("told").alias("one"))
    second = prints.select(F.col("article").alias("b"), F.col("told").alias("other"))
    both = pairs.select("a", "b").join(first, "a").join(second, "b")
    return map_rows(both, _relate, "a string, b string")


def _relate(pairs: Iterable[Row]) -> Iterator[Row]:
    for pair in pairs:
        one, other = (record_of(Fingerprint, pair[side]) for side in ("one", "other"))
        if relation(one, other):
            yield {"a": pair["a"], "b": pair["b"]}


def _compose(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        family = compose([record_of(Fingerprint, told) for told in row["told"]])
        whole = {"origin": family.origin, "basis": family.basis, "first": family.first}
        for member in family.members:
            own = {"family_kind": member.kind, "family_reason": member.reason}
            yield {"article": member.article, "family": family.id, **own, **whole}
