"""The wordings of one utterance together: a join on runs of words, not all pairs.

In: quotations as `Variant`s.  Out: the group of each that has one, the same group and id as
`quotes.utterances` gives.  Equal wordings are one; those that share a run near their dates are
compared once; what is tied is grouped component by component.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.records import Variant
from quotes.spark.components import components
from quotes.spark.frames import (
    Row,
    kept,
    map_rows,
    record_of,
    row_of,
    struct_of,
)
from quotes.utterances.grouper import tie_between
from quotes.utterances.grouping import Edge, Node, group, order_of
from quotes.utterances.naming import group_id
from quotes.utterances.runs import AT_ONCE, WEEKS, runs_of
from quotes.utterances.wording import Wording, wording_of

_PRINTS = f"quotation string, article string, wording string, said {struct_of(Wording)}"
_RUNS = "run bigint, level string, wording string, speaker string, day bigint"
_TIES = f"a string, b string, edge {struct_of(Edge)}"


def groups(variants: DataFrame) -> DataFrame:
    """The groups of two or more quotations that carry one utterance.

    Some of the work, the components of what is tied, is done at once.

    Args:
        variants: columns of `Variant`.

    Returns:
        Columns ``quotation`` and ``cluster``, a row for each quotation in a group.
    """
    prints = kept(map_rows(variants, _wordings, _PRINTS))
    said = F.first("said").alias("said")
    wordings = kept(prints.groupBy("wording").agg(said))
    ties = kept(tied(wordings))
    grouped = _grouped(_nodes(prints), ties, components(ties))
    return prints.join(grouped, "wording").select("quotation", "cluster")


def _wordings(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        variant = record_of(Variant, row)
        if wording := wording_of(variant):
            printing = {"quotation": variant.quotation, "article": variant.article}
            yield {**printing, "wording": order_of(wording).hex(), "said": row_of(wording)}


# Which wordings are compared.

_SPREAD = WEEKS + 1
"""Days of a stretch: two dates within `WEEKS` of each other lie in one or in neighbours."""


def tied(wordings: DataFrame) -> DataFrame:
    """The pairs that are joined, of all that `quotes.utterances.runs.meet`.

    A run is looked up within its stretch of days and the two beside it, which is also what
    spreads a common one over the machines.
    """
    runs = kept(map_rows(wordings, _runs, _RUNS).withColumn("stretch", _stretch()))
    beside = F.array(*(F.col("stretch") + step for step in (-1, 0, 1)))
    reach = F.when(F.col("stretch").isNull(), F.array(F.lit(None).cast("bigint"))).otherwise(beside)
    others = runs.withColumn("stretch", F.explode(reach)).alias("b")
    same = F.expr("a.run = b.run AND a.stretch <=> b.stretch AND a.wording < b.wording")
    met = (
        runs.alias("a")
        .join(others, same & _meet())
        .select(F.col("a.wording").alias("a"), F.col("b.wording").alias("b"))
    )
    first = wordings.select(F.col("wording").alias("a"), F.col("said").alias("one"))
    second = wordings.select(F.col("wording").alias("b"), F.col("said").alias("other"))
    return map_rows(met.distinct().join(first, "a").join(second, "b"), _ties, _TIES)


def _runs(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        wording = record_of(Wording, row["said"])
        found = runs_of(wording)
        place = {"wording": row["wording"], "speaker": wording.speaker, "day": wording.day}
        for level in ("short", "middle", "long"):
            for run in getattr(found, level):
                yield {"run": run, "level": level, **place}


def _stretch() -> Column:
    """Null for long runs, which are followed anywhere, and for those without a date."""
    return F.when(F.col("level") != "long", F.floor(F.col("day") / _SPREAD))


def _meet() -> Column:
    """`quotes.utterances.runs.meet`, of two wordings that share this run."""
    return F.expr(
        f"""a.level = 'long'
        OR (a.day IS NULL AND b.day IS NULL)
        OR (abs(a.day - b.day) <= {WEEKS} AND (
            a.level = 'middle'
            OR abs(a.day - b.day) <= {AT_ONCE}
            OR a.speaker IS NULL OR b.speaker IS NULL OR a.speaker = b.speaker))"""
    )


def _ties(pairs: Iterable[Row]) -> Iterator[Row]:
    for pair in pairs:
        one, other = (record_of(Wording, pair[side]) for side in ("one", "other"))
        if edge := tie_between(one, other):
            yield {"a": pair["a"], "b": pair["b"], "edge": row_of(edge)}


# From ties to groups.


def _nodes(prints: DataFrame) -> DataFrame:
    """Wordings by who prints them: ``first`` quotation, how many, in which articles."""
    return prints.groupBy("wording").agg(
        F.min("quotation").alias("first"),
        F.count("*").alias("printed"),
        F.collect_set("article").alias("articles"),
        F.first("said").alias("said"),
    )


def _grouped(nodes: DataFrame, ties: DataFrame, connected: DataFrame) -> DataFrame:
    """The group of every wording that has one: ``wording`` and ``cluster``."""
    of = connected.withColumnRenamed("node", "wording")
    placed = nodes.join(of, "wording", "left").where("component IS NOT NULL OR printed > 1")
    placed = placed.withColumn("component", F.coalesce("component", "wording"))
    by_component = placed.groupBy("component").agg(
        F.collect_list(F.struct("wording", "first", "printed", "articles", "said")).alias("nodes")
    )
    edges = ties.join(of, ties["a"] == of["wording"]).groupBy("component")
    collected = edges.agg(F.collect_list(F.struct("a", "b", "edge")).alias("edges"))
    whole = by_component.join(collected, "component", "left")
    return map_rows(whole, _group, "wording string, cluster string")


def _group(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        by_first = {node["first"]: node for node in row["nodes"]}
        first = {node["wording"]: node["first"] for node in row["nodes"]}
        edges = {
            tuple(sorted((first[tie["a"]], first[tie["b"]]))): record_of(Edge, tie["edge"])
            for tie in row["edges"] or ()
        }
        for keys in group(map(_node, row["nodes"]), edges):
            members = [by_first[key] for key in keys]
            if sum(node["printed"] for node in members) > 1:
                for node in members:
                    yield {"wording": node["wording"], "cluster": group_id(keys[0])}


def _node(row: Row) -> Node:
    wording = record_of(Wording, row["said"])
    articles = frozenset(row["articles"])
    return Node(row["first"], wording.weight, wording.is_fragment, articles, order_of(wording))
