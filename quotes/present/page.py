"""What every view of a row is made with: the page it is drawn on, and words for dates and counts.

`View` says how rows of one type are shown; `plain` makes JSON of any row; `Page` knows the width
and whether there is colour, and draws lines, labelled facts and tables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TextIO, TypeVar

from quotes import rows
from quotes.present import safe_line
from quotes.records import Quotation, Span

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Cell = str | int | float | None
Record = dict[str, Any]  # a JSON object; what it holds is written at the function that makes it

# Columns of a table that hold figures, and those that are never broken into lines.
FIGURES = frozenset({"quotations", "articles", "wordings", "inferred", "reprints", "decision"})
UNBROKEN = frozenset({"", "first", "published", "id", "direct", "on"})
ENDLESS = 1_000_000  # width of a line for a file or pipe: programs want one row per line
LABEL = 10  # width of the labels beside facts
KEPT = 10  # words that are shown beside a change, of a longer stretch that both wordings share
_LONGEST = 20_000  # characters of a title or quotation that are shown to people
LONG = 40  # words up to which a text is shown in full


# JSON

KEYS: Mapping[type, str] = {
    Quotation: """id kind content cue source speaker attitude confidence method speaker_basis region
        referent chain members polarity polarity_words within""",
    rows.Occurrence: """id=quotation article outlet content text kind speaker speaker_as_written
        speaker_basis cluster attitude cue title url published confidence method start end
        outlet_inferred region referent chain family family_kind origin polarity polarity_words
        within teller speaker_doubt""",
    rows.Utterance: """id speaker speaker_as_written text matches kind attitude outlets first
        referent occurrences accounts paraphrases also_attributed utterance_first otherwise
        polarity cue polarity_words teller speaker_doubt""",
    rows.Paraphrase: "of similarity reason quotation",
    rows.FamilyRow: "id origin basis first articles=members",
    rows.Variants: """id speaker=utterance.speaker speaker_as_written=utterance.speaker_as_written
        referent=utterance.referent outlets=utterance.outlets accounts=utterance.accounts meanings
        wordings spread=waves.quotation undated=undated.quotation families paraphrases
        polarity=utterance.polarity cue=utterance.cue
        speaker_doubt=utterance.speaker_doubt""",
    rows.ShownArticle: """article=article.id outlet=article.outlet title=article.title
        url=article.url published=article.published text=article.text quotations family""",
    rows.Status: """articles=counts.articles quotations=counts.quotations speakers=counts.speakers
        outlets=counts.outlets utterances=counts.clusters first last undated
        outlet_unknown=unpublished outlet_inferred=inferred indexed failures""",
    rows.WordingRow: "number text roles changes marked meanings printings",
    rows.Passage: "start=span.start end=span.end before words after",
    rows.Tie: "partner=partner.quotation reason",
}
"""The keys of a record as a JSON object, in order, as `readers` takes them.  A record that is not
listed has all its attributes as keys."""


def readers(keys: str) -> dict[str, Callable[[Any], Any]]:
    """What reads the value of each key: `key` reads the attribute so called, `key=path` another.

    A path reads an attribute's attribute ("speaker.name"): of each member where there is a
    tuple, None where there is nothing.

    >>> read = readers("reason partner=partner.text")
    >>> read["reason"](rows.Tie(None, "two words")), read["partner"](rows.Tie(None, "two words"))
    ('two words', None)
    """
    pairs = (each.partition("=") for each in keys.split())
    return {key: _reader(path or key) for key, _, path in pairs}


def _reader(path: str) -> Callable[[Any], Any]:
    outer, _, name = path.rpartition(".")
    read = attrgetter(name)
    if not outer:
        return read

    def of(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(of(each) for each in value)
        return None if value is None else read(value)

    whole = _reader(outer)
    return lambda row: of(whole(row))


@cache
def _readers_of(record: type) -> dict[str, Callable[[Any], Any]]:
    return readers(KEYS.get(record) or " ".join(field.name for field in fields(record)))


_AS_IS = (str, int, type(None))
"""What JSON has too; a tuple, since `isinstance` takes longer with a union of types."""


def plain(value: Any) -> Any:
    """A value as JSON has it: spans as pairs, tuples as arrays, records as objects.

    Fractions are rounded to four decimals.

    >>> plain((Span(1, 2), None, 0.123456))
    [[1, 2], None, 0.1235]
    """
    if isinstance(value, _AS_IS):
        return value
    if isinstance(value, Span):
        return [value.start, value.end]
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return round(value, 4)
    record: type = type(value)
    return {
        key: each if isinstance(each := read(value), _AS_IS) else plain(each)
        for key, read in _readers_of(record).items()
    }


# One view per row type

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """How rows of one type are shown, to programs and to people.

    Attributes:
        json: a row as a JSON object; unless given, what `plain` makes of it.
        columns: the columns of a spreadsheet; unless given, the keys of the JSON object.
        cells: a row's lines in a spreadsheet, each with those columns; unless given, one line
            with the JSON object's values, lists joined.
        table: the columns of a table for people, name and value.
        block: draws a row as a block of lines; without it, rows are read as a table.
    """

    json: Callable[[T], Record] = plain
    columns: tuple[str, ...] = ()
    cells: Callable[[T], Iterable[dict[str, Cell]]] | None = None
    table: Mapping[str, Callable[[T], object]] | None = None
    block: Callable[[Page, T], None] | None = None


# Words


def one_line(text: str) -> str:
    r"""Text for one line of a terminal: white space folded, control characters replaced.

    >>> one_line("a\n\n b\x1b[31m")
    'a b\ufffd[31m'
    """
    return safe_line(re.sub(r"\s+", " ", text))


def styled(text: str, style: str = "") -> Text:
    """Text for one line of a terminal in a style."""
    from rich.text import Text

    return Text(one_line(text), style=style)


def _cut(text: str) -> str:
    """A text as far as anybody reads it: breaking millions of characters into lines takes long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _safe(text: Text) -> Text:
    """The same, with whatever a view forgot to make safe replaced letter for letter."""
    whole = safe_line(text.plain)
    if whole != text.plain and len(whole) == len(text.plain):
        text.plain = whole
    elif whole != text.plain:
        return styled(whole)
    return text


def day(published: str | None) -> str:
    """The day of a date or time; empty where there is none."""
    return (published or "")[:10]


def moment(published: str | None) -> str:
    """A date, with the time if there is one.

    >>> moment("2025-02-12T08:30:00Z"), moment("2025-02-12"), moment(None)
    ('2025-02-12 08:30Z', '2025-02-12', 'undated')
    """
    if not published:
        return "undated"
    return re.sub(r"(\d\d:\d\d):\d\d(\.\d+)?", r"\1", published.replace("T", " ", 1))


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["Reuters"]), listed(["AP", "AFP", "Reuters"])
    ('Reuters', 'AP, AFP and Reuters')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def brief(text: str) -> str:
    """A text without the middle, if it is long."""
    words = text.split()
    if len(words) <= LONG:
        return text
    return f"{' '.join(words[:KEPT])} […] {' '.join(words[-KEPT:])}"


# The page


@dataclass(frozen=True, slots=True)
class Mark:
    """How a span is shown: in colour by a style and a note behind it, else by brackets."""

    span: Span
    before: str
    after: str
    style: str
    note: str = ""


class Page:
    """Where readable output goes: knows the width, and whether there is colour.

    Colour and bold are for a terminal without NO_COLOR; elsewhere marks stand in for them.
    """

    def __init__(
        self, out: TextIO, *, width: int | None = None, colour: bool | None = None
    ) -> None:
        """Look at where the page goes; `width` and `colour` override what is found there."""
        from rich.console import Console

        class Piped(Console):
            """Rich ends the program with code 1 when the reader of a pipe has left."""

            def on_broken_pipe(self) -> None:
                raise

        terminal = out.isatty()
        if colour is None:
            colour = terminal and not os.environ.get("NO_COLOR")
        self.plain = not colour
        self.console: Console = Piped(
            file=out,
            width=width or (None if terminal else ENDLESS),
            color_system=None if self.plain else "standard",
            force_terminal=not self.plain,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def paragraph(self, text: Text | str, indent: int = 0, style: str = "") -> None:
        """Text wrapped at the width, every line indented."""
        self._lines(text, [" " * indent], style)

    def fact(self, label: str, text: Text | str, style: str = "") -> None:
        """Text wrapped beside a label."""
        self._lines(text, [f"{label:<{LABEL}}", " " * LABEL], style)

    def _lines(self, text: Text | str, margins: Sequence[str], style: str) -> None:
        whole = styled(_cut(text), style) if isinstance(text, str) else _safe(text)
        lines = whole.wrap(self.console, max(20, self.console.width - len(margins[0])))
        for number, line in enumerate(lines):
            line.rstrip()
            margin = styled("").append(margins[min(number, len(margins) - 1)], style="dim")
            self.console.print(margin.append_text(line), overflow="fold")

    def marked(self, text: str, marks: Sequence[Mark], at: int = 0) -> Text:
        """Text with spans marked: by style in colour, by brackets and the like elsewhere.

        `at` is where the text begins in the one that the spans point into.
        """
        parts = [
            (max(mark.span.start - at, 0), min(mark.span.end - at, len(text)), mark)
            for mark in marks
            if mark.span.start < at + len(text) and mark.span.end > at
        ]
        cuts = sorted({0, len(text), *(edge for part in parts for edge in part[:2])})
        result = styled("")
        for start, end in zip(cuts, cuts[1:] + cuts[-1:], strict=True):
            if self.plain:
                result.append("".join(mark.after for _, to, mark in reversed(parts) if to == start))
                result.append("".join(mark.before for since, _, mark in parts if since == start))
            else:
                notes = (mark.note for _, to, mark in reversed(parts) if to == start)
                result.append("".join(notes), style="dim")
            styles = [mark.style for since, to, mark in parts if since <= start < to]
            result.append(one_line(text[start:end]), style=" ".join(styles))
        return result

    def table(
        self,
        rows: Iterable[T],
        columns: Mapping[str, Callable[[T], object]],
        *,
        headers: bool = True,
    ) -> None:
        """Rows as a table with a line for each; empty columns are omitted."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        def shown(value: object) -> Text | str:
            if isinstance(value, Text):
                return _safe(value)
            return one_line(_cut("" if value is None else str(value)))

        whole = list(rows)
        table = Table(
            box=box.SIMPLE_HEAD if headers else None,
            show_header=headers,
            show_edge=False,
            padding=(0, 1, 0, 0) if headers else (0, 2, 0, 0),
            header_style="bold",
        )
        filled = []
        for name, show in columns.items():
            cells = [shown(show(row)) for row in whole]
            if not any(cells):
                continue
            filled.append(cells)
            table.add_column(
                name,
                justify="right" if name in FIGURES else "left",
                no_wrap=name in FIGURES | UNBROKEN,
                overflow="fold",
            )
        for line in zip(*filled, strict=True):
            table.add_row(*line)
        if self.console.width < ENDLESS:
            self.console.print(table)
            return
        with self.console.capture() as capture:
            self.console.print(table)
        for text in capture.get().splitlines():
            self.console.file.write(text.rstrip() + "\n")
