"""What joins articles, by joins of frames and not by all pairs: speakers, groups, families.

In: the entities of all articles, each by itself; quotations as `Variant`s; what the article pass
kept of each article.  Out: entities across articles, and the group or family of each that has
one, the same as `quotes.people`, `quotes.utterances` and `quotes.wires` give.  Names become
forms, and the forms of a surname or an acronym are judged together.  Wordings and articles that
share a run of words, or keys, near their dates are compared once; what is tied or related is put
together component by component.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's readers know it

from quotes.errors import QuotesError
from quotes.people.forms import Form, Uses, acronyms_of, compose, form_of, judge_bucket
from quotes.people.known import load_people
from quotes.records import NAMED, Entity, Variant
from quotes.run.article import Recipe
from quotes.spark.frames import Row, columns_of, kept, map_rows, once, record_of, row_of, struct_of
from quotes.utterances.grouping import Node, group, group_id
from quotes.utterances.likeness import Edge, tie_between
from quotes.utterances.wording import AT_ONCE, WEEKS, Wording, order_of, runs_of, wording_of
from quotes.wires import Fingerprint, relation
from quotes.wires import compose as compose_family
from quotes.wires.stored import LEAST_SHARED, REACH, SHARE

# Who is who.

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

    Returns:
        The entities, columns of `Entity`; and of each local entity with a name ``article``,
        ``local``, ``entity``, the ``basis`` in a few words and whether that is ``doubtful``.
        The people file is the recipe's, or the shipped one.
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


def _composed(named: DataFrame, formed: DataFrame, judged: DataFrame) -> DataFrame:
    """One row an entity, of all that articles say of it."""
    here = named.withColumnRenamed("id", "local").drop("kind")
    of = formed.join(judged, "key").select("article", "local", "key", "form", "entity")
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


# Groups of wordings.

_PRINTS = f"quotation string, article string, wording string, said {struct_of(Wording)}"
_RUNS = "run bigint, level string, wording string, speaker string, day bigint"
_TIES = f"a string, b string, edge {struct_of(Edge)}"


def groups(variants: DataFrame) -> DataFrame:
    """The ``cluster`` of each ``quotation`` that carries one utterance with others.

    It is found from columns of `Variant`.  Some of the work, the components of what is tied, is
    done at once.
    """
    prints = kept(map_rows(variants, _wordings, _PRINTS))
    # Wordings by who prints them: ``first`` quotation, how many, in which articles.
    by_print = prints.groupBy("wording").agg(
        F.min("quotation").alias("first"),
        F.count("*").alias("printed"),
        F.collect_set("article").alias("articles"),
        F.first("said").alias("said"),
    )
    nodes = kept(by_print)
    ties = kept(tied(nodes.select("wording", "said")))
    grouped = _grouped(nodes, ties, components(ties))
    return prints.join(grouped, "wording").select("quotation", "cluster")


def _wordings(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        variant = record_of(Variant, row)
        if wording := wording_of(variant):
            printing = {"quotation": variant.quotation, "article": variant.article}
            yield {**printing, "wording": order_of(wording).hex(), "said": row_of(wording)}


# Which wordings are compared.


def tied(wordings: DataFrame) -> DataFrame:
    """The pairs that are joined, of all that `quotes.utterances.wording.meet`.

    A run is looked up within its stretch of days and the two beside it, which is also what
    spreads a common one over the machines.
    """
    # Long runs are followed anywhere, and so are those without a date: their stretch is null.
    dated = F.when(F.col("level") != "long", _stretch(WEEKS))
    runs = kept(map_rows(wordings, _runs, _RUNS).withColumn("stretch", dated))
    others = _beside(runs).alias("b")
    same = "a.run = b.run AND a.stretch <=> b.stretch AND a.wording < b.wording"
    met = runs.alias("a").join(others, F.expr(f"{same} AND ({_MEET})"))
    pairs = met.select(F.col("a.wording").alias("a"), F.col("b.wording").alias("b")).distinct()
    known = wordings.select(F.col("wording").alias("id"), "said")
    return _compared(pairs, known, Wording, tie_between, _TIES)


def _compared(
    pairs: DataFrame,
    known: DataFrame,
    record: type,
    compare: Callable[[Any, Any], object | None],
    schema: str,
) -> DataFrame:
    """Pairs of ids ``a`` and ``b`` and the ``edge``, if `schema` has one, that `compare` makes of
    the `record` ``said`` of each ``id`` in `known`, where it makes any."""

    def work(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            found = compare(record_of(record, row["one"]), record_of(record, row["other"]))
            if found:
                yield {"a": row["a"], "b": row["b"], "edge": row_of(found)}

    first = known.select(F.col("id").alias("a"), F.col("said").alias("one"))
    second = known.select(F.col("id").alias("b"), F.col("said").alias("other"))
    return map_rows(pairs.join(first, "a").join(second, "b"), work, schema)


def _runs(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        wording = record_of(Wording, row["said"])
        found = runs_of(wording)
        place = {"wording": row["wording"], "speaker": wording.speaker, "day": wording.day}
        for level in ("short", "middle", "long", "own", "asked"):
            for run in getattr(found, level):
                yield {"run": run, "level": level, **place}


_MEET = f"""a.level = 'long'
    OR (a.level = 'own' AND b.level = 'asked' AND abs(a.day - b.day) <= {AT_ONCE})
    OR (a.level IN ('short', 'middle') AND a.day IS NULL AND b.day IS NULL)
    OR (a.level IN ('short', 'middle') AND abs(a.day - b.day) <= {WEEKS} AND (
        a.level = 'middle'
        OR abs(a.day - b.day) <= {AT_ONCE}
        OR a.speaker IS NULL OR b.speaker IS NULL OR a.speaker = b.speaker))"""
"""`quotes.utterances.wording.meet`, of two wordings that share this run."""


# From ties to groups.


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
        nodes = []
        for node in row["nodes"]:
            said = record_of(Wording, node["said"])
            articles = frozenset(node["articles"])
            own = (said.weight, said.is_fragment, articles, order_of(said))
            nodes.append(Node(node["first"], *own))
        for keys in group(nodes, edges):
            members = [by_first[key] for key in keys]
            if sum(node["printed"] for node in members) > 1:
                for node in members:
                    yield {"wording": node["wording"], "cluster": group_id(keys[0])}


# Families of articles.

FAMILY = (
    "article string, family string, family_kind string, family_reason string, origin string, "
    "basis string, first string"
)
"""Columns of a frame of families: an article of one, and what holds of all of it."""


def families(standing: DataFrame) -> DataFrame:
    """Columns `FAMILY`, a row for each of the articles `standing`, kept or stored, in a family."""
    prints = kept(standing.select("id", F.col("fingerprint").alias("said")))
    pairs = _candidates(prints)
    links = kept(_compared(pairs, prints, Fingerprint, relation, "a string, b string"))
    collected = prints.join(components(links).withColumnRenamed("node", "id"), "id")
    told = collected.groupBy("component").agg(F.collect_list("said").alias("said"))
    return map_rows(told, _composed_families, FAMILY)


def _candidates(prints: DataFrame) -> DataFrame:
    """The pairs that share keys enough, as `quotes.wires.stored` finds them, both ways at once."""
    dated = map_rows(prints, _keyed, "article string, day bigint, size bigint, keys array<bigint>")
    keys = kept(dated.select("article", "day", "size", F.explode("keys").alias("key")))
    stretched = keys.where("day IS NOT NULL").withColumn("stretch", _stretch(REACH))
    met = f"a.stretch = b.stretch AND abs(a.day - b.day) <= {REACH} AND a.article < b.article"
    near = _pairs(stretched, _beside(stretched), met)
    # A text without a date may be a printing of any.
    either = "b.day IS NOT NULL OR a.article < b.article"
    shared = near.unionByName(_pairs(keys.where("day IS NULL"), keys, either)).groupBy("a", "b")
    counted = shared.agg(F.count("*").alias("shared"), F.first("least").alias("least"))
    enough = counted.where(f"shared >= {LEAST_SHARED} AND shared >= {SHARE} * least")
    return enough.select("a", "b")


def _keyed(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        said = record_of(Fingerprint, row["said"])
        known = {"day": said.day or None, "size": len(said.keys), "keys": said.keys}
        yield {"article": said.article, **known}


def _pairs(one: DataFrame, other: DataFrame, met: str) -> DataFrame:
    """Pairs with a key in common, the lesser article first."""
    both = one.alias("a").join(other.alias("b"), F.expr(f"a.key = b.key AND ({met})"))
    return both.select(
        F.least("a.article", "b.article").alias("a"),
        F.greatest("a.article", "b.article").alias("b"),
        F.least("a.size", "b.size").alias("least"),
    )


def _composed_families(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        family = compose_family([record_of(Fingerprint, said) for said in row["said"]])
        whole = {"origin": family.origin, "basis": family.basis, "first": family.first}
        for member in family.members:
            own = {"family_kind": member.kind, "family_reason": member.reason}
            yield {"article": member.article, "family": family.id, **own, **whole}


# Near in time: dates are cut into stretches, which is also what spreads a common key.


def _stretch(reach: int) -> Column:
    """The stretch that ``day`` lies in: two days within `reach` share one or lie in neighbours."""
    return F.floor(F.col("day") / (reach + 1))


def _beside(rows: DataFrame) -> DataFrame:
    """Each row in its ``stretch`` and the two beside it; one without a stretch stays as it is."""
    beside = F.array(*(F.col("stretch") + step for step in (-1, 0, 1)))
    alone = F.array(F.lit(None).cast("bigint"))
    reach = F.when(F.col("stretch").isNull(), alone).otherwise(beside)
    return rows.withColumn("stretch", F.explode(reach))


# Connected components: two steps alternate, each of which links neighbours to the least of them,
# until nothing changes; long chains shrink quickly and no row ever has to hold a component.
# Source: Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii, "Connected Components in MapReduce
# and Beyond", SoCC 2014 (large-star and small-star).

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
    greater, lesser = F.greatest("a", "b").alias("a"), F.least("a", "b").alias("b")
    links = kept(edges.where("a != b").select(greater, lesser).distinct())
    state = _state(links)
    for _ in range(MOST_ROUNDS):
        links = kept(_small_star(_large_star(links)))
        before, state = state, _state(links)
        if state == before:
            break
    else:
        raise QuotesError(f"components are not found after {MOST_ROUNDS} rounds; please report it")
    # The links are stars by now; the centres are their own.
    own = links.select(F.explode(F.array("a", "b")).alias("node"), F.col("b").alias("component"))
    return own.distinct()


_LEAST_AROUND = "min(b) OVER (PARTITION BY a)"


def _large_star(links: DataFrame) -> DataFrame:
    """Link every greater neighbour of a node to the least of the node and its neighbours."""
    both = links.unionByName(links.select(F.col("b").alias("a"), F.col("a").alias("b")))
    stars = both.withColumn("least", F.expr(f"least(a, {_LEAST_AROUND})"))
    return stars.where("b > a").select(F.col("b").alias("a"), F.col("least").alias("b"))


def _small_star(links: DataFrame) -> DataFrame:
    """Link a node and its lesser neighbours to the least of these."""
    stars = links.withColumn("least", F.expr(_LEAST_AROUND))
    centres = stars.select("a", F.col("least").alias("b"))
    others = stars.where("b != least").select(F.col("b").alias("a"), F.col("least").alias("b"))
    return centres.unionByName(others).distinct()


def _state(links: DataFrame) -> tuple[object, ...]:
    """The same for the same links, whatever their order."""
    return tuple(links.agg(F.count("*"), F.bit_xor(F.xxhash64("a", "b"))).head() or ())
