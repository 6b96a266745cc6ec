"""Try to break the program, in every way that is known, over and over, the same for one seed.

    python scripts/bench/stress [PART...] [--times 1] [--seed 1]

Parts: texts (fuzzed texts, whose spans are checked), lengths (one article of up to ten million
characters), inputs (hostile files), kills, disk, shared (writers and readers of one index),
damaged and hostile (indexes), terminal, queries.  All of them take some fifteen minutes on two
cores; `--times 20` takes a night and is what the figures of docs/accuracy.md come from.  Prints
what was tried and each fault; the exit code is 0 if there was none.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools import Found

Part = Callable[[random.Random, Path, float], "Found"]


def parts() -> Mapping[str, Part]:
    """Every part by name: what it does with a seed, an empty folder, and how much of it."""
    sys.path.append(str(Path(__file__).parents[1]))
    import asking
    import indexes
    import inputs
    import lengths
    import texts
    import writing

    def most(of: int, times: float) -> int:
        return max(1, round(of * times))

    return {
        "texts": lambda rng, _, times: texts.run(
            rng,
            made_up=most(10_000, times),
            anything=most(500, times),
            real=int(150 * times) if times >= 1 else 0,
        ),
        "lengths": lambda rng, folder, times: lengths.run(
            rng, folder, most=1_000_000 if times < 10 else 10_000_000
        ),
        "inputs": lambda rng, folder, times: inputs.run(
            rng, folder, most=None if times >= 1 else most(400, times)
        ),
        "kills": lambda rng, folder, times: writing.run_killed(rng, folder, kills=most(15, times)),
        "disk": lambda rng, folder, times: writing.run_full(rng, folder, times=most(5, times)),
        "shared": lambda rng, folder, times: writing.run_shared(rng, folder, rounds=most(3, times)),
        "damaged": lambda rng, folder, times: indexes.run_damaged(
            rng, folder, times=most(10, times)
        ),
        "hostile": lambda rng, folder, times: indexes.run_hostile(
            rng, folder, most=None if times >= 1 else most(40, times)
        ),
        "terminal": lambda rng, folder, _: asking.run_terminal(rng, folder),
        "queries": lambda rng, folder, times: asking.run_queries(
            rng, folder, times=most(50, times), all_of_them=times >= 1
        ),
    }


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = parts()
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(known))
    parser.add_argument("--times", type=float, default=1, metavar="N", help="how much of each")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if unknown := set(options.parts) - set(known):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    logging.getLogger("quotes").addHandler(logging.NullHandler())
    _load()
    faults = 0
    for name in options.parts or known:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            rng = random.Random(f"{options.seed} {name}")
            found = known[name](rng, Path(folder), options.times)
        print(f"{found.part} ({time.monotonic() - begun:.0f} s)")
        print("".join(f"  {figure}\n" for figure in found.figures), end="")
        print("".join(f"  FAULT {fault}\n" for fault in found.faults), end="", flush=True)
        faults += len(found.faults)
    print(f"{faults} faults, seed {options.seed}")
    sys.exit(bool(faults))


def _load() -> None:
    """Load what every command would load anew in each copy of this process."""
    import quotes.answers.questions
    import quotes.api
    import quotes.cli
    import quotes.present.quotations
    import quotes.run.pool  # noqa: F401


if __name__ == "__main__":
    main()
