"""The evaluation gate: does the product still find what a careful reader finds?

    python scripts/eval/evaluate.py [--cases] [--given] [--corpora DIR]
    python scripts/eval/evaluate.py --update-floors [--corpora DIR]
    python scripts/eval/evaluate.py --gold-jsonl FILE

Runs `quotes` on the annotated articles of fixtures/gold and, where `--corpora` or the
environment variable QUOTES_CORPORA names a folder with `polnear/dev.jsonl.gz`, on PolNeAR
dev through `quotes extract --nl`.  Prints every figure beside its floor, then what was
gained and lost case by case since the stored baseline.  Exit status 1 when a figure is
below its floor or the gold is not the one the floors were measured on.

`--cases` lists all that is not right, with what was wanted and what was given.  `--given`
lets the gold's own spans stand in for the reader: what is wrong then, later steps did.

Nothing is lowered by itself: `--update-floors` pins floors, checksums and baseline to what
this run measured, less a little slack, and names every floor that it lowers.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gold import FILES, GOLD, Case, GoldArticle, as_json, checksums, read_gold
from score import (
    OVERLAP,
    Agreement,
    Gold,
    Scores,
    WordIndex,
    judge_speaker,
    match,
    pairwise,
    score_article,
)

import quotes
from quotes.records import Quotation, Reading, Span, TextReading
from quotes.rows import Occurrence

FLOORS = GOLD / "floors.toml"
BASELINE = GOLD / "baseline.json"

Status = Literal["missed", "hidden", "wrong", "abstained", "right"]
RANKS: dict[Status, int] = {"missed": 0, "hidden": 1, "wrong": 2, "abstained": 3, "right": 4}
"""What became of a case.  Hidden: found, but not as something said; then the speaker:
wrong, no name given although the article has one, right."""

COUNTED = (
    *("cases", "found", "exact", "attributed", "kind"),
    *("right", "wrong", "abstained", "hidden", "spurious", "forbidden"),
)
AT_MOST = ("wrong", "spurious", "forbidden", "joined_wrongly")
STRICT = ("forbidden", "joined", "joined_wrongly")
COUNT_SLACK = 1
RATE_SLACK = 0.005
"""The reader's int8 kernels round differently from one processor to the next: a borderline
case may fall either way, and a pinned floor must hold on both."""

Figures = dict[str, float]


@dataclass
class Run:
    """Everything that one run measured.

    Attributes:
        figures: by set ("seeds", "articles", "variants", "polnear"), then by name.
        cases: what became of each case, by its id.
        spurious: spurious quotations, article id and offsets -> their beginning.
        excerpts: the beginning of each case's content.
        notes: of each case that is not right, what was wanted and what was given.
    """

    figures: dict[str, Figures] = field(default_factory=dict)
    cases: dict[str, Status] = field(default_factory=dict)
    spurious: dict[str, str] = field(default_factory=dict)
    excerpts: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


class GivenReader:
    """Reads nothing: gives each annotated text the spans of its gold."""

    version = "gold"

    def __init__(self, articles: Iterable[GoldArticle]) -> None:
        """Keep the gold of `articles` by text."""
        self._readings = {
            a.text: TextReading(tuple(_reading(case.gold) for case in a.cases)) for a in articles
        }

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """The gold's spans of each text."""
        return [self._readings[text] for text in texts]


def _reading(gold: Gold) -> Reading:
    return Reading(gold.content, gold.cue[:1], gold.source[:1], confidence=1.0)


def main() -> int:
    """Measure, compare, report; the exit status."""
    options = _options()
    gold = {name.removesuffix(".gold"): read_gold([name]) for name in FILES}
    if options.gold_jsonl:
        lines = [json.dumps(as_json(a), ensure_ascii=False) for g in gold.values() for a in g]
        options.gold_jsonl.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return 0
    run = Run()
    every = [article for articles in gold.values() for article in articles]
    reader = GivenReader(every) if options.given else None
    for name, articles in gold.items():
        evaluate_articles(name, articles, run, reader=reader)
    evaluate_variants(every, run, reader=reader)
    if options.cases:
        print(*(f"{key} {note}" for key, note in run.notes.items()), sep="\n")
        print(*(f"{key} spurious: {text}" for key, text in run.spurious.items()), sep="\n")
    if options.given:
        print_figures(run.figures, {})
        return 0
    dev = options.corpora / "polnear" / "dev.jsonl.gz" if options.corpora else None
    if dev:
        run.figures["polnear"] = evaluate_corpus(dev)
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    if options.update_floors:
        update(run, floors, dev)
        return 0
    return report(run, floors, dev)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure quotes against gold and its floors.")
    parser.add_argument("--update-floors", action="store_true", help="pin floors to this run")
    parser.add_argument("--cases", action="store_true", help="list every case that is not right")
    parser.add_argument("--given", action="store_true", help="gold spans in the reader's place")
    parser.add_argument(
        "--gold-jsonl", type=Path, metavar="FILE", help="only write the gold as JSON lines"
    )
    parser.add_argument(
        "--corpora",
        type=Path,
        metavar="DIR",
        default=os.environ.get("QUOTES_CORPORA") or None,
        help="folder with polnear/dev.jsonl.gz (default: $QUOTES_CORPORA)",
    )
    return parser.parse_args()


# The annotated articles


def evaluate_articles(
    name: str, articles: Sequence[GoldArticle], run: Run, *, reader: GivenReader | None = None
) -> None:
    """Read each article with `quotes.extract` and compare; fills `run` in."""
    total: Counter[str] = Counter()
    for article in articles:
        found = quotes.extract(
            article.text, outlet=article.outlet, date=article.published, reader=reader
        )
        outcome = compare(article, found)
        total += outcome.counts
        run.cases.update(outcome.cases)
        run.spurious.update(outcome.spurious)
        run.notes.update(outcome.notes)
        run.excerpts.update({case.id: case.excerpt for case in article.cases})
    run.figures[name] = {key: total[key] for key in COUNTED}


@dataclass(frozen=True)
class Outcome:
    """One article compared: counts by name, each case's status, spurious quotations, notes."""

    counts: Counter[str]
    cases: dict[str, Status]
    spurious: dict[str, str]
    notes: dict[str, str]


def compare(article: GoldArticle, found: Sequence[Quotation]) -> Outcome:
    """Compare what was found in one article with its gold.

    Found are cases that a quotation of the default view (assertions) overlaps; quotations
    of the default view that are neither a case nor allowed are spurious.
    """
    words = WordIndex(article.text)
    gold = [case.gold for case in article.cases]
    said = [q for q in found if q.attitude == "assertion"]
    pairs = match(gold, said, words)
    seen = match(gold, found, words)
    chosen = [said[pairs[i]] if i in pairs else None for i in range(len(gold))]
    cases = {
        case.id: _status(case.gold, chosen[i], hidden=i in seen)
        for i, case in enumerate(article.cases)
    }
    notes = {
        case.id: _note(cases[case.id], case, chosen[i])
        for i, case in enumerate(article.cases)
        if cases[case.id] != "right"
    }
    spurious = [
        quotation
        for j, quotation in enumerate(said)
        if j not in pairs.values() and not is_allowed(quotation.content, article, words)
    ]
    counts: Counter[str] = Counter(cases.values())
    counts["cases"] = len(article.cases)
    counts["found"] = len(pairs)
    counts["exact"] = len(match(gold, said, words, exact=True))
    counts["attributed"] = len(match(gold, said, words, source=True))
    counts["kind"] = sum(gold[i].kind == said[j].kind for i, j in pairs.items())
    counts["spurious"] = len(spurious)
    counts["forbidden"] = sum(_is_forbidden(q, article, words) for q in said)
    return Outcome(counts, cases, dict(_described(q, article) for q in spurious), notes)


def _status(gold: Gold, quotation: Quotation | None, *, hidden: bool) -> Status:
    if quotation is None:
        return "hidden" if hidden else "missed"
    return judge_speaker(gold, quotation.speaker)


def _note(status: Status, case: Case, quotation: Quotation | None) -> str:
    """One line about a case that is not right."""
    if quotation is None:
        return f"{status}: {case.excerpt}"
    given = quotation.speaker.name if quotation.speaker else "no name"
    return f"{status}: {case.speaker} wanted, {given} given ({quotation.speaker_basis})"


def is_allowed(content: tuple[Span, ...], article: GoldArticle, words: WordIndex) -> bool:
    """Whether at least half of a content's words stand in an attribution that may be found."""
    given = words.content(content)
    return any(len(given & words.of(a.content)) >= len(given) / 2 for a in article.allowed)


def _is_forbidden(quotation: Quotation, article: GoldArticle, words: WordIndex) -> bool:
    """Whether the story is made to say words that are no quotation: at least half of them."""
    given = words.content(quotation.content)
    inside = (len(given & words.of(f.content)) for f in article.forbidden)
    return quotation.region is None and any(n >= len(given) * OVERLAP for n in inside)


def _described(quotation: Quotation, article: GoldArticle) -> tuple[str, str]:
    first, last = quotation.content[0], quotation.content[-1]
    excerpt = " ".join(first.of(article.text).split())[:60]
    return f"{article.id}:{first.start}-{last.end}", excerpt


# Variants across outlets


def evaluate_variants(
    articles: Sequence[GoldArticle], run: Run, *, reader: GivenReader | None = None
) -> None:
    """Index all articles together and compare the groups of variants; fills `run` in."""
    with (
        tempfile.TemporaryDirectory() as folder,
        quotes.Index(Path(folder) / "quotes.db", reader=reader) as index,
    ):
        index.add([_record(article) for article in articles])
        rows = index.occurrences(everything=True)
    items = [item for article in articles for item in _grouped(article, rows)]
    asked = [item for item in items if not item.may_join]
    missing = _pairs_of_gold(articles) - _agreement_of(asked).tp
    run.figures["variants"] = {
        "joined": _agreement_of(asked).tp,
        "not_joined": missing,
        "joined_wrongly": _agreement_of(items).fp,
    }


@dataclass(frozen=True)
class Item:
    """One indexed quotation: which utterance it should be, and which it was put into."""

    key: str
    wanted: str | None
    given: str | None
    may_join: bool


def _record(article: GoldArticle) -> dict[str, Any]:
    return {
        "id": article.id,
        "text": article.text,
        "outlet": article.outlet,
        "date": article.published,
    }


def _grouped(article: GoldArticle, rows: Iterable[Occurrence]) -> Iterable[Item]:
    """The quotations of one article; those that are allowed only, not asked for, left out."""
    words = WordIndex(article.text)
    own = [row for row in rows if row.article == article.id]
    found = [Gold(content=row.content) for row in own]
    case_of = {j: i for i, j in match([c.gold for c in article.cases], found, words).items()}
    for j, row in enumerate(own):
        if j in case_of:
            case = article.cases[case_of[j]]
            yield Item(row.quotation, case.group, row.cluster, case.may_join)
        elif not is_allowed(row.content, article, words):
            yield Item(row.quotation, None, row.cluster, False)


def _agreement_of(items: Sequence[Item]) -> Agreement:
    return pairwise({i.key: i.wanted for i in items}, {i.key: i.given for i in items})


def _pairs_of_gold(articles: Iterable[GoldArticle]) -> int:
    cases = [case for article in articles for case in article.cases]
    sizes = Counter(case.group for case in cases if case.group and not case.may_join)
    return sum(size * (size - 1) // 2 for size in sizes.values())


# PolNeAR


def evaluate_corpus(path: Path) -> Figures:
    """Read PolNeAR dev as other tools would, through `quotes extract --nl`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    lines = [json.dumps({"id": a["id"], "text": a["text"]}) for a in articles]
    begun = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "quotes", "extract", "--nl", "-"],
        input="\n".join(lines) + "\n",
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    found = {answer["id"]: answer for answer in map(json.loads, run.stdout.splitlines())}
    scores = sum((_score(article, found[article["id"]]) for article in articles), Scores())
    return {
        "relaxed": round(scores.relaxed.f1, 4),
        "attributed": round(scores.attributed.f1, 4),
        "exact": round(scores.exact.f1, 4),
        "direct_recall": round(scores.kinds["direct"].recall, 4),
        "seconds": round(time.monotonic() - begun, 1),
    }


def _score(article: dict[str, Any], answer: dict[str, Any]) -> Scores:
    gold = [_attribution(a, a["type"]) for a in article["attributions"]]
    # PolNeAR marks no report inside another, whether or not there is one.
    found = [_attribution(a) for a in answer["attributions"] if a["within"] is None]
    return score_article(article["text"], gold, found)


def _attribution(given: dict[str, Any], kind: Any = None) -> Gold:
    content, cue, source = (
        tuple(Span(*span) for span in given[role]) for role in ("content", "cue", "source")
    )
    return Gold(content, cue, source, kind)


# Floors


def report(run: Run, floors: dict[str, Any], dev: Path | None) -> int:
    """Print figures, gains and losses, and what fails; 1 when anything does."""
    complaints = _changed_files(floors, dev) + print_figures(run.figures, floors)
    print_changes(run)
    for complaint in complaints:
        print(f"FAILED: {complaint}")
    return 1 if complaints else 0


def print_figures(figures: dict[str, Figures], floors: dict[str, Any]) -> list[str]:
    """A table of figures beside their floors; returns a complaint for each that fails."""
    complaints: list[str] = []
    print(f"{'':24}{'measured':>10}{'floor':>10}")
    for name, values in figures.items():
        for key, value in values.items():
            limit = floors.get(name, {}).get(key)
            holds = limit is None or (value <= limit if key in AT_MOST else value >= limit)
            line = f"{name + ' ' + key:24}{value:>10}{_limit(key, limit):>10}"
            print((line if holds else f"{line} !").rstrip())
            if not holds:
                complaints.append(f"{name} {key} is {value}, its floor {_limit(key, limit)}")
    return complaints


def _limit(key: str, limit: float | None) -> str:
    if limit is None:
        return ""
    return f"<= {limit}" if key in AT_MOST else f">= {limit}"


def _changed_files(floors: dict[str, Any], dev: Path | None) -> list[str]:
    now = checksums()
    pinned: dict[str, str] = floors.get("files", {})
    changed = [p for p in sorted(now.keys() | pinned.keys()) if now.get(p) != pinned.get(p)]
    if dev and floors.get("polnear", {}).get("sha256") != sha256(dev):
        changed.append(str(dev))
    if not changed:
        return []
    return [
        f"not as they were when the floors were measured: {', '.join(changed)}; "
        "if the change is meant, measure again with --update-floors"
    ]


def print_changes(run: Run) -> None:
    """Gains and losses since the stored baseline, one case a line."""
    if not BASELINE.exists():
        print("no baseline yet: --update-floors stores one")
        return
    before = json.loads(BASELINE.read_text(encoding="utf-8"))
    for line in changes(before, run):
        print(line)


def changes(before: dict[str, Any], run: Run) -> list[str]:
    """What became better (+) and worse (-), by case, then by spurious quotation.

    Args:
        before: a stored baseline: "cases", id -> status, and "spurious", id -> excerpt.
        run: what was measured now.
    """
    lines: list[str] = []
    old: dict[str, Status] = before["cases"]
    for key, status in run.cases.items():
        was = old.get(key, status)
        if was != status:
            sign = "+" if RANKS[status] > RANKS[was] else "-"
            lines.append(f"{sign} {key} {was} -> {status}: {run.excerpts[key]}")
    gone = before["spurious"].items() - run.spurious.items()
    new = run.spurious.items() - before["spurious"].items()
    lines += [f"+ {key} no longer spurious: {text}" for key, text in sorted(gone)]
    lines += [f"- {key} spurious: {text}" for key, text in sorted(new)]
    return lines


def update(run: Run, floors: dict[str, Any], dev: Path | None) -> None:
    """Pin floors, checksums and baseline to this run; says which floors go down."""
    print_changes(run)
    new: dict[str, Any] = {"files": checksums()}
    for name, limits in floors.items():
        if name == "files":
            continue
        figures = run.figures.get(name)
        new[name] = limits if figures is None else _moved(name, limits, figures)
    if dev:
        new["polnear"]["sha256"] = sha256(dev)
    FLOORS.write_text(as_toml(new), encoding="utf-8")
    stored = {"cases": run.cases, "spurious": run.spurious}
    BASELINE.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _moved(name: str, limits: dict[str, Any], figures: Figures) -> dict[str, Any]:
    moved: dict[str, Any] = {}
    for key, old in limits.items():
        moved[key] = floor_for(key, figures[key]) if key in figures else old
        if key in figures and moved[key] != old:
            down = moved[key] > old if key in AT_MOST else moved[key] < old
            print(f"{name} {key}: {old} -> {moved[key]}{'  LOWERED' if down else ''}")
    return moved


def floor_for(key: str, value: float) -> float:
    """The floor that a measured figure gets: the figure less its slack.

    >>> floor_for("found", 78), floor_for("wrong", 0), floor_for("forbidden", 0)
    (77, 1, 0)
    >>> floor_for("relaxed", 0.7912)
    0.786
    """
    if key in STRICT or key == "cases":
        return value
    if isinstance(value, float):
        return round(value - RATE_SLACK, 3)
    return value + COUNT_SLACK if key in AT_MOST else max(value - COUNT_SLACK, 0)


def as_toml(tables: dict[str, dict[str, Any]]) -> str:
    """Floors as TOML; values are numbers and strings without marks."""
    lines = [
        "# Floors of scripts/eval/evaluate.py, which writes them with --update-floors: wrong,",
        "# spurious, forbidden and joined_wrongly are upper limits, the others lower ones.",
    ]
    for name, table in tables.items():
        lines += ["", f"[{name}]"]
        lines += [f"{json.dumps(k) if '.' in k else k} = {json.dumps(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


def sha256(path: Path) -> str:
    """The checksum of a file, as hex digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
