"""Groups of an index's quotations over Spark and on one machine: the same ones, and how long.

    python scripts/eval/measure_spark.py quotes.db [--master local[2]]

Quotations are taken as they are stored; nothing is read anew.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil
from pyspark.sql import SparkSession

from quotes.index.opening import open_index
from quotes.records import Variant
from quotes.spark import groups
from quotes.spark.frames import columns_of, kept, row_of

sys.path.append(str(Path(__file__).parents[1] / "bench"))
from grouped import groups_of, stored_variants


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("db", help="an index")
    parser.add_argument("--master", default="local[2]")
    asked = parser.parse_args()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    db = open_index(asked.db, readonly=True)
    variants = list(stored_variants(db))
    db.close()
    one = timed("one machine", lambda: grouped_here(variants))
    spark = SparkSession.builder.master(asked.master).appName("measure").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    rows = [tuple(row_of(variant).values()) for variant in variants]
    cores = spark.sparkContext.defaultParallelism
    frame = kept(spark.createDataFrame(rows, columns_of(Variant)).repartition(4 * cores))
    for turn in ("Spark, from cold", "Spark, once more"):
        found = timed(turn, lambda: {r.quotation: r.cluster for r in groups(frame).collect()})
        print(f"  {len(variants)} quotations, {len(set(found.values()))} groups", end="; ")
        print("the same" if found == one else f"{len(differing(found, one))} quotations differ")


def grouped_here(variants: Iterable[Variant]) -> dict[str, str]:
    return {id_: group for group, own in groups_of(variants).items() for id_ in own}


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    return {id_ for id_ in {*one, *other} if one.get(id_) != other.get(id_)}


def timed(what, work):
    clock, processor = time.monotonic(), used()
    result = work()
    print(f"{what}: {time.monotonic() - clock:.1f} s, {used() - processor:.1f} s of processor")
    return result


def used() -> float:
    """Processor time of this process and of all that it started, in seconds."""
    own = psutil.Process()
    times = (process.cpu_times() for process in (own, *own.children(recursive=True)))
    return sum(each.user + each.system for each in times)


if __name__ == "__main__":
    main()
