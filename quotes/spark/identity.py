"""Who is one person or body across articles, from scratch, bucket by bucket.

In: the entities of all articles, each by itself.  Out: entities across articles, and which
entity each local one is.  Names become forms, the forms of a surname or an acronym are judged
together, and no bucket needs another: the rules are those of `quotes.people`, and so is the
result.  Decisions made by hand belong to an index and are laid there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.people.forms import Form, Uses, acronyms_of, compose, form_of, judge_bucket
from quotes.people.known import load_people
from quotes.records import NAMED, Entity
from quotes.run.article import Recipe
from quotes.spark.frames import Row, columns_of, kept, map_rows, once, record_of, row_of, struct_of

_FORMED = (
    f"article string, local string, key string, form {struct_of(Form)}, acronyms array<string>"
)
_JUDGED = "key string, entity string, basis string, doubtful boolean"


def local_entities(standing: DataFrame) -> DataFrame:
    """The entities of articles: their columns, ``article`` and ``published``."""
    each = standing.select(
        F.col("id").alias("article"), "published", F.explode("entities").alias("e")
    )
    return each.select("article", "published", "e.*")


def speakers(locals_: DataFrame, recipe: Recipe | None = None) -> tuple[DataFrame, DataFrame]:
    """The persons and bodies across articles.

    Args:
        locals_: as `local_entities` gives them.
        recipe: whose people file is asked, the shipped one's if not given.

    Returns:
        The entities, columns of `Entity`; and of each local entity with a name ``article``,
        ``local``, ``entity``, the ``basis`` in a few words and whether that is ``doubtful``.
    """
    recipe = recipe or Recipe()
    people = once(partial(load_people, recipe.people, recipe.imported))

    def forms(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            entity = record_of(Entity, row)
            form = form_of(entity, row["article"], people())
            yield {
                "article": row["article"],
                "local": entity.id,
                "key": form.key,
                "form": row_of(form),
                "acronyms": sorted(acronyms_of(form.key, entity.aliases)),
            }

    named = locals_.where(F.col("kind").isin(*NAMED))
    formed = kept(map_rows(named, forms, _FORMED))
    judged = kept(_judged(formed))
    placed = formed.join(judged, "key").select("article", "local", "entity", "basis", "doubtful")
    return _composed(named, formed, judged), placed


def _judged(formed: DataFrame) -> DataFrame:
    """Whom each form means, by key."""
    forms = formed.select("form").distinct()
    buckets = forms.groupBy(F.col("form.bucket").alias("bucket")).agg(
        F.collect_list("form").alias("forms")
    )
    goes_by = formed.select(F.explode("acronyms").alias("bucket"), "key").distinct()
    bodies = goes_by.groupBy("bucket").agg(F.collect_list("key").alias("bodies"))
    return map_rows(buckets.join(bodies, "bucket", "left"), _judge, _JUDGED)


def _judge(buckets: Iterable[Row]) -> Iterator[Row]:
    for bucket in buckets:
        forms = [record_of(Form, row) for row in bucket["forms"]]
        for key, (entity, basis, doubtful) in judge_bucket(forms, bucket["bodies"] or ()).items():
            yield {"key": key, "entity": entity, "basis": basis, "doubtful": doubtful}


# Entities.


def _composed(named: DataFrame, formed: DataFrame, judged: DataFrame) -> DataFrame:
    """One row an entity, of all that articles say of it."""
    here = named.withColumnRenamed("id", "local").drop("kind")
    of = formed.select("article", "local", "key", "form").join(
        judged.select("key", "entity"), "key"
    )
    said = here.join(of, ["article", "local"])
    facts = said.select("entity", "key", F.explode(_facts()).alias("fact"))
    counted = facts.groupBy("entity", "key", "fact").count()
    uses = counted.groupBy("entity").agg(
        F.collect_list(F.struct("key", "fact.*", "count")).alias("facts")
    )
    # The role of the latest article that gives one.
    latest = F.struct(F.coalesce("published", F.lit("")).alias("published"), "article", "role")
    role = F.max(F.when(F.col("role") != "", latest)).getField("role").alias("role")
    roles = said.groupBy("entity").agg(F.collect_set("form").alias("forms"), role)
    return map_rows(uses.join(roles, "entity"), _compose, columns_of(Entity))


def _facts() -> Column:
    """What an article says of an entity, each once: its name, aliases and item."""

    def fact(kind: str, value: Column) -> Column:
        return F.struct(F.lit(kind).alias("kind"), value.alias("value"))

    aliases = F.transform(F.array_distinct("aliases"), lambda alias: fact("alias", alias))
    item = F.when(F.col("wikidata") != "", F.array(fact("wikidata", F.col("wikidata"))))
    return F.concat(F.array(fact("name", F.col("name"))), aliases, F.coalesce(item, F.array()))


def _compose(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        counts: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        for fact in row["facts"]:
            counts[fact["key"]][fact["kind"], fact["value"]] = fact["count"]
        uses = [Uses(record_of(Form, form), True, counts[form["key"]]) for form in row["forms"]]
        yield row_of(compose(row["entity"], uses, role=row["role"], shown=None))
