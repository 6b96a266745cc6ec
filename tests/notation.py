"""How tests write texts, quotations and indexes in short: one notation for all of them.

A marked text names the roles in place: ``[source|Ms Lee] [cue|said] [content|it rains]``.
`Said` is one quotation of a made-up article, `write` stores such an article, `in_memory` opens
an index that costs no disk, and `program` runs the command line on an index.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from quotes.cli import cli
from quotes.index.opening import migrate
from quotes.index.write import write_article
from quotes.records import Article, Attitude, Entity, Kind, Quotation, Span, Speaker, SpeakerKind

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "fixtures" / "seeds"

Run = Callable[..., Result]
"""The command line: words of a command in, exit code, stdout and stderr out."""

_ROLE = re.compile(r"\[(source|cue|content)(\d?)\|([^\]]*)\]")


@dataclass(frozen=True)
class Marked:
    """A text without its notation, and where each role stands in it, in text order."""

    text: str
    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    content: tuple[Span, ...] = ()


def marked(line: str) -> Marked:
    """The text of a line and the spans of all its roles.

    >>> marked("[source|Lee] [cue|said] [content|it rains].")
    Marked(text='Lee said it rains.', source=(Span(start=0, end=3),), \
cue=(Span(start=4, end=8),), content=(Span(start=9, end=17),))
    """
    text, spans = _without_notation(line)
    return Marked(text, **_by_role(spans))


def marked_apart(line: str) -> list[Marked]:
    """One `Marked` for each digit behind a role, in order of appearance; no digit is one too.

    >>> [each.content for each in marked_apart("[content|Yes] [source2|he] [content2|no]")]
    [(Span(start=0, end=3),), (Span(start=7, end=9),)]
    """
    text, spans = _without_notation(line)
    digits = dict.fromkeys(digit for _, digit, _ in spans)
    return [Marked(text, **_by_role(s for s in spans if s[1] == digit)) for digit in digits]


def _without_notation(line: str) -> tuple[str, list[tuple[str, str, Span]]]:
    """The plain text, and role, digit and span of every mark."""
    text, spans, at = "", [], 0
    for found in _ROLE.finditer(line):
        text += line[at : found.start()]
        spans.append((found[1], found[2], Span(len(text), len(text) + len(found[3]))))
        text += found[3]
        at = found.end()
    return text + line[at:], spans


def _by_role(spans: Iterable[tuple[str, str, Span]]) -> dict[str, tuple[Span, ...]]:
    found: dict[str, tuple[Span, ...]] = {"source": (), "cue": (), "content": ()}
    for role, _, span in spans:
        found[role] += (span,)
    return found


def quotation(
    id_: str,
    content: Span | tuple[Span, ...],
    cue: Span | None = None,
    source: Span | None = None,
    *,
    kind: Kind = "direct",
    attitude: Attitude = "assertion",
    confidence: float = 0.9,
    method: str = "reader",
    **other: Any,
) -> Quotation:
    """A quotation by its spans; what a case does not care about has a usual value.

    Args:
        other: further fields of `Quotation`, such as `speaker` and `speaker_basis`.
    """
    pieces = (content,) if isinstance(content, Span) else content
    cues, sources = ((each,) if each else () for each in (cue, source))
    return Quotation(id_, kind, pieces, cues, sources, attitude, confidence, method, **other)  # type: ignore[arg-type]


def slug(name: str) -> str:
    """The id that made-up articles give to a name.

    >>> slug("Ann Lee")
    'ann-lee'
    """
    return name.lower().replace(" ", "-")


def speaker(name: str, kind: SpeakerKind = "person") -> Speaker:
    """Somebody of this name, by the id that `slug` makes of it."""
    return Speaker(slug(name), name, kind)


@dataclass(frozen=True)
class Said:
    """One quotation of a made-up article.

    Attributes:
        words: what was said, as printed.
        by: the speaker's name; empty for none.
        source: the source's words in the text; empty for the speaker's name, or "she".
        basis: why it is that speaker, or nobody.
        other: further fields of `Quotation`, such as `vector`.
    """

    words: str
    by: str = ""
    source: str = ""
    kind: Kind = "direct"
    attitude: Attitude = "assertion"
    basis: str = ""
    other: Mapping[str, Any] | None = None


def write(
    db: sqlite3.Connection,
    id_: str,
    *said: Said | tuple[str, str] | str,
    outlet: str | None = "",
    day: str | None = None,
    **other: Any,
) -> Article:
    """Store an article that prints each quotation in a sentence of its own.

    The sentence is ``“words” Source said.``, without the marks where the kind is not direct.
    Quotations are called q<article><number>, speakers as `slug` says.

    Args:
        said: `Said`, or the words and who said them, or the words alone.
        outlet: "Outlet <id>" unless given; None for none.
        day: when it was published, ISO 8601.
        other: further fields of `Article`, such as `title`.
    """
    text, found, people = "", [], {}
    for number, each in enumerate(map(_as_said, said)):
        opening, closing = ("“", "”") if each.kind == "direct" else ("", "")
        content = _after(text + opening, each.words)
        source = _after(
            text + opening + each.words + closing + " ", each.source or each.by or "she"
        )
        cue = Span(source.end + 1, source.end + 5)
        text += f"{opening}{each.words}{closing} {each.source or each.by or 'she'} said.\n"
        who = speaker(each.by) if each.by else None
        if who:
            people[who.id] = Entity(who.id, who.name, "person", (who.name,))
        found.append(
            quotation(f"q{id_}{number}", content, cue, source, kind=each.kind,
                      attitude=each.attitude, speaker=who, speaker_basis=each.basis,
                      **(each.other or {}))
        )  # fmt: skip
    outlet = f"Outlet {id_}" if outlet == "" else outlet
    article = Article(id_, text, outlet=outlet, published=day, **other)
    write_article(db, article, found, list(people.values()))
    return article


def _as_said(given: Said | tuple[str, str] | str) -> Said:
    if isinstance(given, Said):
        return given
    return Said(given) if isinstance(given, str) else Said(*given)


def _after(text: str, words: str) -> Span:
    return Span(len(text), len(text) + len(words))


def in_memory() -> sqlite3.Connection:
    """An empty index that costs no disk."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    migrate(db)
    return db


def files(folder: Path, contents: Mapping[str, str | bytes]) -> Path:
    """The folder, with these files written into it."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def program(db: Path, *before: str) -> Run:
    """The command line on this index: ``program(db)("who-said", "peace")``.

    Args:
        before: words that every command begins with, such as "people".
    """

    def run(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(cli, [*before, *words], env={"QUOTES_DB": str(db)}, **options)

    return run
