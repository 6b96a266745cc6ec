"""Time the identity step on made-up names: adding one article to a small and a large index.

    python scripts/bench/bench_identity.py [--sizes 1000 100000] [--entities 50000] [--seed 1]

Persons have surnames by Zipf's law (a few are borne by hundreds) and are named by Zipf's law
too; an article names three to eight persons and a body or two, each in one of their ways:
in full, with or without a middle initial, in another spelling, by a first initial, by the bare
surname; and it quotes one source without a name.  The index is filled, then articles are added
one by one, each written and its identity updated; times are those of the processor.  The cost
of grouping wordings is not in it.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate, product
from pathlib import Path

from quotes.index.opening import open_index, transaction
from quotes.index.write import write_article
from quotes.people.identity import update_identity
from quotes.people.known import People, load_people
from quotes.records import Article, Entity, Quotation, Span, Speaker

SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "ze")
ENDINGS = ("", "r", "n", "sky", "off", "ly")
SURNAMES = [
    ("".join(parts) + ending).capitalize()
    for parts in product(SYLLABLES, repeat=3)
    for ending in ENDINGS
]
FIRST = ["".join(parts).capitalize() + "y" for parts in product(SYLLABLES, repeat=2)]
SPELLINGS = (("sky", "skiy"), ("off", "ov"), ("y", "ii"))

Made = tuple[Article, list[Quotation], list[Entity]]
"""An article with its quotations and speakers, one each."""


class Names:
    """Persons and bodies; the same seed gives the same ones."""

    def __init__(self, entities: int, seed: int) -> None:
        """Make so many, nine in ten persons."""
        rng = random.Random(seed)
        surnames, first = SURNAMES[:], FIRST[:]
        rng.shuffle(surnames)
        rng.shuffle(first)
        persons = entities * 9 // 10
        last = rng.choices(surnames, cum_weights=zipf(len(surnames)), k=persons)
        given = rng.choices(first, cum_weights=zipf(len(first)), k=persons)
        initials = rng.choices([None, *"ABCDEFGHJKLMNPRSTW"], k=persons)
        self.persons = list(dict.fromkeys(zip(given, initials, last, strict=True)))
        self.bodies = [
            f"{rng.choice(surnames)} {rng.choice(surnames)} {kind}"
            for kind in rng.choices(("Council", "Company", "Institute"), k=entities - persons)
        ]
        self.weights = zipf(len(self.persons)), zipf(len(self.bodies))

    def article(self, rng: random.Random) -> list[Entity]:
        """Who speaks in one article."""
        persons = rng.choices(self.persons, cum_weights=self.weights[0], k=rng.randrange(3, 9))
        bodies = rng.choices(self.bodies, cum_weights=self.weights[1], k=rng.randrange(1, 3))
        found = [as_written(rng, *person) for person in dict.fromkeys(persons)]
        found += [as_body(rng, body) for body in dict.fromkeys(bodies)]
        return [*found, Entity("a-source", "a source", "unnamed", ("a source",))]


def zipf(count: int) -> list[float]:
    """Weights that fall with the rank, summed up."""
    return list(accumulate(1 / rank for rank in range(1, count + 1)))


def as_written(rng: random.Random, first: str, middle: str | None, last: str) -> Entity:
    """A person as one article writes the name."""
    if rng.random() < 0.15:
        for old, new in SPELLINGS:
            last = last.removesuffix(old) + new if last.endswith(old) else last
    way = rng.random()
    if way < 0.12:
        name = last
    elif way < 0.17:
        name = f"{first[0]}. {last}"
    elif way < 0.4 and middle:
        name = f"{first} {middle}. {last}"
    else:
        name = f"{first} {last}"
    role = rng.choice(["minister", "judge", None, None])
    aliases = tuple({name, last, f"Mr. {last}"}) if rng.random() < 0.4 else (name, last)
    return Entity(name.lower().replace(" ", "-"), name, "person", aliases, role)


def as_body(rng: random.Random, name: str) -> Entity:
    """A body as one article writes the name."""
    acronym = "".join(word[0] for word in name.split())
    if rng.random() < 0.1:
        return Entity(acronym.lower(), acronym, "organisation", (acronym,))
    aliases = (name, acronym) if rng.random() < 0.3 else (name,)
    return Entity(name.lower().replace(" ", "-"), name, "organisation", aliases)


def made_articles(names: Names, seed: int) -> Iterator[Made]:
    """Articles without end, each speaker with one quotation."""
    rng = random.Random(seed)
    number = 0
    while True:
        entities = list({entity.id: entity for entity in names.article(rng)}.values())
        text = f"“No,” all said in {number}."
        said = [
            Quotation(
                f"q{number:07x}{place:x}", "direct", (Span(1, 3),), (), (), "assertion", 0.9,
                "reader", referent=Speaker(entity.id, entity.name, entity.kind),
            )
            for place, entity in enumerate(entities)
        ]  # fmt: skip
        day = f"2025-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        yield Article(f"a{number:07x}", text, published=day), said, entities
        number += 1


def fill(db: sqlite3.Connection, articles: list[Made]) -> None:
    """Store articles with few statements; the order and the way change nothing."""
    local, alias, said = [], [], []
    for article, quotations, entities in articles:
        for quotation, entity in zip(quotations, entities, strict=True):
            number = len(local) + 1
            row = (entity.id, entity.name, entity.kind, entity.role, article.published)
            local.append((number, article.id, *row))
            alias += [(number, name) for name in sorted(set(entity.aliases))]
            said.append((quotation.id, article.id, number, quotation.kind))
    with transaction(db):
        db.executemany(
            "INSERT INTO article (id, heading, published, digest, version, indexed_at, text) "
            "VALUES (?, '', ?, ?, '', '', ?)",
            [(each.id, each.published, each.id, each.text) for each, _, _ in articles],
        )
        db.executemany(
            "INSERT INTO local_entity (number, article, id, name, kind, role, published) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            local,
        )
        db.executemany("INSERT INTO local_alias VALUES (?, ?)", alias)
        db.executemany(
            "INSERT INTO quotation (id, article, local_entity, kind, attitude, confidence, "
            "method, cue, speaker_as_written, speaker_basis, text, search_form) "
            "VALUES (?, ?, ?, ?, 'assertion', 0.9, 'reader', '', '', '', 'No', 'no')",
            said,
        )


def bench(size: int, names: Names, *, seed: int, people: People, folder: Path) -> list[float]:
    """Fill an index of one size; CPU seconds of the identity step for each article after."""
    db = open_index(folder / f"{size}.db")
    articles = made_articles(names, seed)
    fill(db, [next(articles) for _ in range(size)])
    start = time.process_time()
    update_identity(db, people=people)
    filled = time.process_time() - start
    steps, whole = [], []
    for _ in range(500):
        article = next(articles)
        start = time.process_time()
        write_article(db, *article)
        written = time.process_time()
        update_identity(db, people=people)
        end = time.process_time()
        steps.append(end - written)
        whole.append(end - start)
    (entities,) = db.execute("SELECT count(*) FROM entity").fetchone()
    (locals_,) = db.execute("SELECT count(*) FROM local_entity").fetchone()
    (largest,) = db.execute(
        "SELECT max(n) FROM (SELECT count(*) n FROM form GROUP BY bucket)"
    ).fetchone()
    db.close()
    print(f"{size} articles, {locals_} local entities, {entities} entities")
    print(f"  largest bucket: {largest} forms; identity of all at once {filled:.1f} CPU-seconds")
    print(f"  identity of one article: {told(steps)}")
    print(f"  with writing it:         {told(whole)}", flush=True)
    return steps


def told(seconds: list[float]) -> str:
    """Median, mean and 95th percentile in milliseconds."""
    high = statistics.quantiles(seconds, n=20)[18]
    return (
        f"median {statistics.median(seconds) * 1000:.2f} ms, "
        f"mean {statistics.fmean(seconds) * 1000:.2f} ms, p95 {high * 1000:.2f} ms"
    )


def main() -> None:
    """Run the sizes asked for and compare the first with the last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--entities", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    names, people = Names(options.entities, options.seed), load_people()
    with tempfile.TemporaryDirectory() as folder:
        costs = [
            bench(size, names, seed=options.seed, people=people, folder=Path(folder))
            for size in sorted(options.sizes)
        ]
    print(f"ratio of medians: {statistics.median(costs[-1]) / statistics.median(costs[0]):.2f}")
    print(f"ratio of means: {statistics.fmean(costs[-1]) / statistics.fmean(costs[0]):.2f}")


if __name__ == "__main__":
    main()
