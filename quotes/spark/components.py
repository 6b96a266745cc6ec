"""Connected components of a graph that is too large for one machine.

In: edges.  Out: for each node the smallest node that it is connected with.  Two steps alternate
until nothing changes, each of which links neighbours to the least of them; long chains shrink
quickly, and no row ever has to hold a component.

Source: Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii, "Connected Components in MapReduce
and Beyond", SoCC 2014 (large-star and small-star).
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.errors import QuotesError
from quotes.spark.frames import kept

MOST_ROUNDS = 50
"""Rounds grow with the logarithm of the longest path; a chain of a million takes under 30."""


def components(edges: DataFrame) -> DataFrame:
    """The component of every node that has an edge.

    Each round is worked out at once.

    Args:
        edges: columns ``a`` and ``b``, strings, in any direction, repeated or not.

    Returns:
        Columns ``node`` and ``component``, the smallest node of it.
    """
    links = kept(edges.where("a != b").select(_greater(), _least()).distinct())
    state = _state(links)
    if not state[0]:
        return _labelled(links)
    for _ in range(MOST_ROUNDS):
        links = kept(_small_star(_large_star(links)))
        before, state = state, _state(links)
        if state == before:
            return _labelled(links)
    raise QuotesError(f"components are not found after {MOST_ROUNDS} rounds; please report it")


def _greater() -> Column:
    return F.greatest("a", "b").alias("a")


def _least() -> Column:
    return F.least("a", "b").alias("b")


def _least_around() -> Column:
    return F.min("b").over(Window.partitionBy("a"))


def _large_star(links: DataFrame) -> DataFrame:
    """Link every greater neighbour of a node to the least of the node and its neighbours."""
    both = links.unionByName(links.select(F.col("b").alias("a"), F.col("a").alias("b")))
    stars = both.withColumn("least", F.least("a", _least_around()))
    return stars.where("b > a").select(F.col("b").alias("a"), F.col("least").alias("b"))


def _small_star(links: DataFrame) -> DataFrame:
    """Link a node and its lesser neighbours to the least of these."""
    stars = links.withColumn("least", _least_around())
    centres = stars.select("a", F.col("least").alias("b"))
    others = stars.where("b != least").select(F.col("b").alias("a"), F.col("least").alias("b"))
    return centres.unionByName(others).distinct()


def _state(links: DataFrame) -> tuple[object, ...]:
    """The same for the same links, whatever their order."""
    return tuple(links.agg(F.count("*"), F.bit_xor(F.xxhash64("a", "b"))).head() or ())


def _labelled(links: DataFrame) -> DataFrame:
    """Links that are stars by now, as components; the centres are their own."""
    leaves = links.select(F.col("a").alias("node"), F.col("b").alias("component"))
    centres = links.select(F.col("b").alias("node"), F.col("b").alias("component"))
    return leaves.unionByName(centres).distinct()
