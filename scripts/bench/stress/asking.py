"""Hostile words: in an index that every command shows, and as questions.

The index holds articles whose text, names, outlets, titles, addresses, dates and paths carry
escape sequences, marks that turn the direction of writing, and line ends.  Each command runs in
a terminal without colours, where none of these may arrive.  Then every operator and mark of the
search language, and anything else, is asked for.
"""

# ruff: noqa: E501  (tables of inputs read best one a line)
from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from indexes import sound
from tools import Ended, Found, quotes

from quotes.index.opening import open_index
from quotes.people.known import People
from quotes.records import Article, Entity, Failure, Quotation, Region, Span, Speaker
from quotes.run.archive import update_corpus

EVIL = (
    "\x1b[2J", "\x1b]0;title\x07", "\x1b[31m", "\x9b31m", "\x85", "\x07", "\x08\x08", "\r", "\x0b", "\x7f",
    "\u202e", "\u202d", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u2028", "\u2029", "\x00", "[red]", "[/]", "%s",
)  # fmt: skip
FORMS = ("", "--table", "--csv", "--tsv", "--nl", "--json")
SHOWN = ("", "--table")
"""Forms for people: the others are for programs, and go to files."""


def _evil(word: str, rng: random.Random) -> str:
    return word[:2] + "".join(rng.sample([each for each in EVIL if each != "\x00"], 8)) + word[2:]


def hostile(path: Path, rng: random.Random) -> None:
    """An index of articles in which everything is hostile."""
    from quotes.index import write

    name = _evil("Ann Lee", rng)
    other = _evil("Bo Tan", rng)
    with closing(open_index(path)) as db:
        for number in range(4):
            said = _evil(f"the bridge number {number // 2} is safe for all who cross it now", rng)
            text = f"{_evil('Head', rng)}\n“{said},” {name} said. {other} denied it. “{said}?” {other} asked."
            quotations, entities = _quotations(f"a{number}", text, name, other)
            article = Article(
                f"a{number}", text, _evil("Outlet", rng) + str(number), "html", _evil("site", rng),
                _evil("Title", rng), f"http://x.y/{_evil('z', rng)}{number}", "2025-02-12", f"/tmp/{_evil('p', rng)}{number}.txt",
            )  # fmt: skip
            regions = (Region(Span(0, 4), "caption", _evil("evidence", rng)),)
            write.write_article(db, article, quotations, entities, regions, version="x")
            write.record_failure(db, Failure(_evil("file", rng), _evil("message", rng)))
        update_corpus(db, people=People(()))


def _quotations(article: str, text: str, *names: str) -> tuple[list[Quotation], list[Entity]]:
    entities = [
        Entity(f"e{at}", name, "person", (name,), role=name) for at, name in enumerate(names)
    ]
    found = []
    for at, (entity, cue) in enumerate(zip(entities, ("said", "asked"), strict=True)):
        place = text.index(cue)
        begin = text.rindex("“", 0, place) + 1
        end = text.index("”", begin)
        source = Span(place - len(entity.name) - 1, place - 1)
        who = Speaker(entity.id, entity.name, entity.kind)
        found.append(
            Quotation(
                f"q{article}{at}",
                "direct",
                (Span(begin, end),),
                (Span(place, place + len(cue)),),
                (source,),
                "assertion",
                0.5,
                "reader",
                who,
                f"“{entity.name}” is {entity.name}",
                chain=(source,),
            )
        )
    return found, entities


def commands() -> Iterator[list[str]]:
    """Every command that shows something, in every form for people, and those that decide."""
    for form in SHOWN:
        more = [form] if form else []
        for question in (
            ["who-said", "bridge"], ["by", "e0"], ["speakers", "--all"], ["outlets"], ["variants"], ["families"], ["show", "a1"],
            ["explain", "qa00"], ["review"], ["export", "--table"], ["speakers", "decisions"],
        ):  # fmt: skip
            yield [*question, *more]
    evil = "\x1b[2J\u202e\u2066\x9b"
    yield from (
        ["who-said", evil],
        ["by", evil],
        ["show", evil],
        ["explain", evil],
        ["variants", evil],
        ["remove", evil],
        ["people", "show", evil],
        ["speakers", "rename", "e0", evil + "X"],
        ["speakers", "merge", "e0", evil],
        ["speakers", "alias", "e1", evil],
        ["speakers", "undo", evil],
        ["index", evil],
        ["extract", evil],
        ["who-said", "x", "--since", evil],
        ["who-said", "x", "--kind", evil],
        [evil],
        ["speakers", "import", evil],
        ["speakers", "split", "e1", evil, "--articles", evil],
        ["speakers", "assign", "e1", evil],
        ["outlets", evil],
    )
    yield ["speakers", "decisions"]
    yield ["speakers", "--all"]


def run_terminal(rng: random.Random, folder: Path) -> Found:
    """Show the hostile index by every command."""
    found = Found("terminal")
    db = folder / f"hostile{_name(rng)}.db"
    hostile(db, rng)
    asked = 0
    for command in commands():
        ended = (
            quotes(*command, "--db", db, terminal=True)
            if _takes_index(command)
            else quotes(*command, terminal=True)
        )
        found.take(ended.faults())
        found.take(ended.controls())
        asked += 1
    for ended in _read(folder, rng):
        found.take(ended.faults())
        found.take(ended.controls())
        asked += 1
    for command in (["who-said", "bridge"], ["speakers"], ["show", "a1"], ["explain", "qa00"]):
        for form in ("--nl", "--json"):
            ended = quotes(*command, form, "--db", db)
            found.take(ended.faults())
            found.take(ended.controls())
            asked += 1
    found.figures.append(f"{asked} commands over hostile words in a terminal")
    return found


def _name(rng: random.Random) -> str:
    return rng.choice(("\x1b[2J", "\u202e", "\x9b31m", "\u200f", "\u061c"))


def _takes_index(command: list[str]) -> bool:
    return command[0] not in {"extract"} and command[0].isascii() and command[0].isprintable()


def _named(name: str, rng: random.Random) -> str:
    """A hostile file name, without what no name can hold."""
    stem, _, ending = name.partition(".")
    return f"{_evil(stem, rng)}.{ending}".replace("/", "")


def _read(folder: Path, rng: random.Random) -> Iterator[Ended]:
    """Read hostile files: their names and words come back in messages and summaries."""
    there = folder / "files"
    there.mkdir()
    (there / _named("name.txt", rng)).write_bytes(b"\x00\x01")
    (there / _named("good.txt", rng)).write_text(
        "“No, never again,” Ann Lee said.", encoding="utf-8"
    )
    lines = there / _named("l.jsonl", rng)
    record = {
        "text": "“No, never again,” Ann Lee said.",
        "outlet": _evil("Out", rng),
        "date": _evil("never", rng),
        "id": _evil("id", rng),
    }
    lines.write_text(
        json.dumps(record)
        + "\n"
        + _evil("no json", rng).replace("\r", "")
        + "\n"
        + json.dumps({"text": 5, "id": _evil("i", rng)}),
        encoding="utf-8",
    )
    (there / "outlets.csv").write_text(
        f"file,outlet,published\n{_evil('gone', rng)},{_evil('X', rng)},{_evil('y', rng)}\n",
        encoding="utf-8",
    )
    decisions = there / "decisions.ndjson"
    evil = _evil("who", rng)
    decisions.write_text(
        "".join(
            json.dumps(
                {"action": action, "subject": evil, "other": evil, "name": evil, "note": evil}
            )
            + "\n"
            for action in ("merge", "rename", evil)
        ),
        encoding="utf-8",
    )
    db = folder / "read.db"
    sound(db, articles=3)
    yield quotes("index", there, "--db", db, terminal=True)
    yield quotes("index", there, "--db", db, "-v", terminal=True)
    yield quotes("speakers", "import", decisions, "--db", db, terminal=True)
    yield quotes("people", "import", lines, "--db", db, terminal=True)
    yield quotes("extract", lines, terminal=True)
    yield quotes(
        "extract", "-", stdin=_evil("“No, never again,” Ann Lee said.", rng).encode(), terminal=True
    )
    yield quotes("extract", there / "outlets.csv", terminal=True)


# Questions

OPERATORS = (
    "AND", "OR", "NOT", "NEAR", "NEAR(a b, 5)", "a AND", "AND a", "a NOT", "(", ")", "((a)", '"', '""', '"a', "a*", "*", "^a", "a^", "a:b", "search_form:a",
    "{a b}:c", "-a", "+a", "a + b", "a-b", "a.b", "a'b", "’", "“”", "a\x00b", "\x00", " ", "\t\n", "%", "_", "\\", ";", "--", "/*", "a OR 1=1", "'; DROP TABLE article; --",
    "\ud83d\ude00", "é", "e\u0301", "İ", "ß", "ﬁ", "漢字", "ا", "\u202e", "…", "a" * 100_000, "a " * 20_000, "(" * 10_000, '"' * 10_001, "a NEAR/2 b", "rank", "a b c d e f g", "U.S.", "don't",
    "well-known", "1,000", "$5", "#a", "@a", "a/b", "http://a.b/c?d=e&f", "<b>", "[a]", "{a}", "`a`", "~a", "a|b", "a&b", "a=b", "!a", "?",
)  # fmt: skip


def run_queries(rng: random.Random, folder: Path, *, times: int, all_of_them: bool = True) -> Found:
    """Ask for operators, marks and anything else by every question that takes words."""
    found = Found("queries")
    db = folder / "asked.db"
    sound(db)
    slowest = 0.0
    known = OPERATORS if all_of_them else rng.sample(OPERATORS, 4)
    words = [*known, *(_mixed(rng) for _ in range(times))]
    for number, word in enumerate(words):
        word = (
            word.replace("\x00", "\x01")
            .encode("utf-16", "surrogatepass")
            .decode("utf-16", "replace")
        )
        for question in (("who-said",), ("by",), ("show",), ("explain",), ("variants",))[
            : 5 if number < len(known) else 1
        ]:
            ended = quotes(*question, "--db", db, "--", word)
            found.take(ended.faults())
            slowest = max(slowest, ended.seconds)
    found.figures.append(f"{len(words)} strings asked for, the slowest answer in {slowest:.1f} s")
    return found


def _mixed(rng: random.Random) -> str:
    parts = rng.choices(
        [each for each in OPERATORS if len(each) < 99] + ["said", "the", "and"], k=rng.randint(1, 8)
    )
    return rng.choice(("", " ")).join(parts)
