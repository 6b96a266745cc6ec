"""How long an import of people takes and a lookup in it, on a seeded extract of made-up names.

    python scripts/bench/bench_people.py [PERSONS]

Entities have Wikidata's own form: one label, aliases, gender, sitelinks and dated positions.
Given names are those of the shipped list, surnames are made of syllables, frequencies follow
Zipf, so that common full names have many bearers, as in Wikidata.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from quotes.people.importing import import_people
from quotes.people.known import load_people
from quotes.text.lists import shipped

SEED = 20250212
OFFICES = 2000
SYLLABLES = [consonant + vowel for consonant in "bdklmnrst" for vowel in "aeo"]
LOOKUPS = 20_000


def _surname(number: int) -> str:
    """A made-up surname, another for every number."""
    word = ""
    while number or not word:
        number, place = divmod(number, len(SYLLABLES))
        word += SYLLABLES[place]
    return f"{word}rs".capitalize()


def _rank(rng: random.Random, size: int) -> int:
    """A rank below `size`; chances fall as 1 / (rank + 10), so the first of 50,000 has 1 in 85."""
    return min(size - 1, int(10 * ((size + 10) / 10) ** rng.random()) - 10)


def _snak(id_: str) -> dict[str, Any]:
    return {"snaktype": "value", "datavalue": {"value": {"id": id_}}}


def _day(rng: random.Random) -> dict[str, Any]:
    time_ = f"+{rng.randint(1950, 2024)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T00:00:00Z"
    return {"snaktype": "value", "datavalue": {"value": {"time": time_, "precision": 11}}}


def _person(number: int, rng: random.Random, given: list[str], surnames: int) -> dict[str, Any]:
    first = given[_rank(rng, len(given))].capitalize()
    last = _surname(_rank(rng, surnames))
    middle = rng.choice(given).capitalize()
    positions = [
        {"mainsnak": _snak(f"Q{rng.randrange(OFFICES)}"), "qualifiers": {"P580": [_day(rng)]}}
        for _ in range(rng.choice((0, 0, 1, 1, 2)))
    ]
    return {
        "type": "item",
        "id": f"Q{1_000_000 + number}",
        "labels": {"en": {"language": "en", "value": f"{first} {last}"}},
        "aliases": {"en": [{"language": "en", "value": f"{first} {middle} {last}"}]},
        "claims": {
            "P31": [{"mainsnak": _snak("Q5")}],
            "P21": [{"mainsnak": _snak(rng.choice(("Q6581097", "Q6581072")))}],
            "P39": positions,
        },
        "sitelinks": {f"w{n}": {} for n in range(min(int(rng.paretovariate(1.0)), 300))},
    }


def _lines(persons: int) -> Iterator[str]:
    rng = random.Random(SEED)
    given = (
        shipped("given_names.toml")["male"].split() + shipped("given_names.toml")["female"].split()
    )
    rng.shuffle(given)
    for number in range(persons):
        yield json.dumps(_person(number, rng, given, persons // 4))
    for number in range(OFFICES):
        label = {"en": {"language": "en", "value": f"Minister of {_surname(number)}"}}
        yield json.dumps({"type": "item", "id": f"Q{number}", "labels": label, "claims": {}})


def _timed(ask: Callable[[str], object], names: list[str]) -> str:
    times = []
    for name in names:
        start = time.perf_counter()
        ask(name)
        times.append(1e6 * (time.perf_counter() - start))
    times.sort()
    return f"p50 {times[len(times) // 2]:.0f} µs, p95 {times[len(times) * 95 // 100]:.0f} µs"


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(persons: int) -> None:
    """Write an extract, import it, look names up in it, and say what that took."""
    with tempfile.TemporaryDirectory() as folder:
        file, to = Path(folder, "extract.ndjson"), Path(folder, "people.db")
        with file.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in _lines(persons))
        print(f"extract  {persons:,} persons, {file.stat().st_size / 1e6:.0f} MB")
        before, wall, cpu = _peak(), time.perf_counter(), time.process_time()
        summary = import_people(file, to)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rate = summary.persons / cpu
        print(f"import   {wall:.1f} s, {cpu:.1f} CPU-seconds, {rate:,.0f} persons a CPU-second")
        print(f"memory   peak {_peak():.0f} MB, {before:.0f} MB before the import")
        print(f"file     {to.stat().st_size / 1e6:.0f} MB; {summary}")
        start = time.perf_counter()
        people = load_people(imported=to)
        print(f"load     {1e3 * (time.perf_counter() - start):.0f} ms")
        _lookups(people, file)
        print(f"memory   peak {_peak():.0f} MB after the lookups")


def _lookups(people: Any, file: Path) -> None:
    rng = random.Random(SEED)
    with file.open(encoding="utf-8") as lines:
        names = [json.loads(line)["labels"]["en"]["value"] for line in lines]
    there = rng.sample(names, min(LOOKUPS, len(names)))
    distinct = sorted({name.rpartition(" ")[2] for name in there})
    print(f"named, there      {_timed(people.named, there)}")
    print(f"named, not there  {_timed(people.named, [f'X{name}' for name in there])}")
    print(f"surnamed          {_timed(people.surnamed, distinct)}")
    offices = [f"minister of {_surname(n)}" for n in range(OFFICES)]
    print(f"holders           {_timed(lambda o: people.holders(o, None, '2001-05-05'), offices)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("persons", type=int, nargs="?", default=200_000)
    main(parser.parse_args().persons)
