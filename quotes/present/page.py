"""What a person reads: utterances, tables, wordings and marked articles, for terminal or file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from quotes.present.rows import Row
from quotes.records import Occurrence, ShownArticle, Span, Speaker, SpeakerRow, Utterance

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

PRONOUNS = frozenset(
    {"he", "she", "it", "they", "we", "i", "you", "one", "him", "her", "them", "us", "me"}
    | {"who", "which", "that", "this", "these", "those"}
)
"""Sources that say nothing by themselves and are never shown as a speaker's name."""

UNBROKEN = 1_000_000
"""Width of a line that goes to a file or pipe: programs want one row a line."""

MARK = ("**", "**")
"""What stands around a match where there is no bold type."""


def speaker_label(speaker: Speaker | None, as_written: str) -> str:
    """Whom to show as the speaker: a pronoun is never a name.

    >>> speaker_label(Speaker("lee", "Ann Lee", "person"), "she")
    'Ann Lee'
    >>> speaker_label(None, "a U.S. source"), speaker_label(None, "He"), speaker_label(None, "")
    ('A U.S. source (unnamed)', '(he: unresolved)', '(no source)')
    """
    if speaker and speaker.kind != "unnamed":
        return speaker.name
    name = one_line(speaker.name if speaker else as_written).strip()
    if not name:
        return "(no source)"
    if name.lower() in PRONOUNS:
        return f"({name.lower()}: unresolved)"
    return f"{name[0].upper()}{name[1:]} (unnamed)"


def one_line(text: str) -> str:
    r"""Text for one line of a terminal: white space folded, control characters taken out.

    >>> one_line("a\n\n b\x1b[31m")
    'a b\ufffd[31m'
    """
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "\ufffd", _folded(text))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text)


class Page:
    """Where readable output goes: knows the width, and whether there is colour.

    Colour and bold are for a terminal without NO_COLOR; elsewhere marks stand in for them.
    """

    def __init__(
        self, out: TextIO, *, width: int | None = None, colour: bool | None = None
    ) -> None:
        """Look at where the page goes; `width` and `colour` override what is found there."""
        from rich.console import Console

        terminal = out.isatty()
        if colour is None:
            colour = terminal and not os.environ.get("NO_COLOR")
        self.plain = not colour
        self.console: Console = Console(
            file=out,
            width=width or (None if terminal else UNBROKEN),
            color_system=None if self.plain else "standard",
            force_terminal=not self.plain,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._blocks = 0

    def _line(self, text: Text) -> None:
        self.console.print(text, overflow="fold")

    def _paragraph(self, text: Text, indent: int) -> None:
        from rich.text import Text

        for line in text.wrap(self.console, max(20, self.console.width - indent)):
            line.rstrip()
            self._line(Text(" " * indent).append_text(line))

    def _gap(self) -> None:
        if self._blocks:
            self.console.print()
        self._blocks += 1

    def utterance(self, row: Utterance) -> None:
        """Speaker, words with the match marked, and who carried them, as a block of lines."""
        from rich.text import Text

        self._gap()
        label = speaker_label(row.speaker, row.speaker_as_written)
        named = row.speaker is not None and row.speaker.kind != "unnamed"
        head = Text(label, style="bold cyan" if named else "bold")
        head.append("  " + _kind(row), style="dim")
        self._paragraph(head, 0)
        self._paragraph(self._spoken(row), 2)
        self._paragraph(Text(_carried(row), style="dim"), 2)
        if not named and (basis := one_line(row.occurrences[0].speaker_basis)):
            self._paragraph(Text(basis, style="dim italic"), 2)

    def _spoken(self, row: Utterance) -> Text:
        from rich.text import Text

        words = self._marked(row.text, [(span, MARK, "bold yellow") for span in row.matches])
        if row.kind != "direct":
            return words
        return Text("“").append_text(words).append("”")

    def _marked(self, text: str, marks: Iterable[tuple[Span, tuple[str, str], str]]) -> Text:
        """Text with spans marked, by style in colour and by their pair of strings elsewhere."""
        from rich.text import Text

        marks = list(marks)
        cuts = sorted({0, len(text), *(edge for span, _, _ in marks for edge in _edges(span))})
        result = Text()
        for start, end in zip(cuts, cuts[1:] + cuts[-1:], strict=True):
            closing = [mark for span, mark, _ in marks if span.end == start]
            opening = [mark for span, mark, _ in marks if span.start == start]
            if self.plain:
                result.append("".join(mark[1] for mark in reversed(closing)))
                result.append("".join(mark[0] for mark in opening))
            style = " ".join(s for span, _, s in marks if span.start <= start < span.end)
            result.append(one_line(text[start:end]), style=style)
        return result

    def table(self, rows: Sequence[Row], headers: bool = True) -> None:
        """Rows of one type as a table with a line for each."""
        columns = _columns(rows[0])
        table = self._table([(name, wide) for name, wide, _ in columns], headers)
        for row in rows:
            table.add_row(*(one_line(str(show(row))) for _, _, show in columns))
        self._print_table(table)

    def _print_table(self, table: Table) -> None:
        if self.console.width < UNBROKEN:
            self.console.print(table)
            return
        with self.console.capture() as capture:
            self.console.print(table)
        for line in capture.get().splitlines():
            self.console.file.write(line.rstrip() + "\n")

    def _table(self, columns: Iterable[tuple[str, bool]], headers: bool) -> Table:
        from rich import box
        from rich.table import Table

        table = Table(
            box=box.SIMPLE_HEAD if headers else None,
            show_header=headers,
            show_edge=False,
            pad_edge=False,
            header_style="bold",
        )
        for name, wide in columns:
            number = name in ("quotations", "articles", "inferred")
            table.add_column(
                name,
                justify="right" if number else "left",
                ratio=None,
                no_wrap=name in ("kind", "first", "published", "id"),
                min_width=24 if wide and self.console.width < UNBROKEN else None,
                overflow="fold",
            )
        return table

    def variants(self, rows: Sequence[Occurrence]) -> None:
        """The wordings of one utterance under one another, with date, outlet and speaker."""
        from rich.text import Text

        first = rows[0]
        self._gap()
        outlets = len({row.outlet for row in rows})
        wordings = len({row.text for row in rows})
        head = Text(speaker_label(first.speaker, first.speaker_as_written), style="bold cyan")
        counts = f"{_count(wordings, 'wording')} in {_count(outlets, 'outlet')}"
        head.append(f"  {counts} · {first.cluster or first.quotation}", style="dim")
        self._paragraph(head, 0)
        table = self._table([("published", False), ("outlet", False), ("wording", True)], False)
        for row in rows:
            words = one_line(row.text)
            table.add_row(
                Text(_day(row.published), style="dim"),
                _outlet(row),
                Text(f"“{words}”" if row.kind == "direct" else words),
            )
        self._print_table(table)

    def article(self, shown: ShownArticle) -> None:
        """An article with contents, cues and sources marked, then its quotations by number."""
        from rich.text import Text

        self._gap()
        article = shown.article
        facts = (article.title, article.outlet, _day(article.published), article.url, article.id)
        self._paragraph(Text(one_line(" · ".join(each for each in facts if each))), 0)
        self.console.print()
        body = _plain_controls(article.text)
        for span in _paragraphs(body):
            self._paragraph(self._marked(span.of(body), _within(span, _roles(shown))), 0)
            self.console.print()
        self._numbered(shown.quotations)

    def _numbered(self, rows: Sequence[Occurrence]) -> None:
        table = self._table(
            [(name, name == "because") for name in ("", "speaker", "kind", "because", "id")], True
        )
        for number, row in enumerate(rows, start=1):
            label = speaker_label(row.speaker, row.speaker_as_written)
            basis = one_line(row.speaker_basis)
            table.add_row(str(number), label, _kind(row), basis, row.quotation)
        if rows:
            self._print_table(table)


def _edges(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _count(number: int, thing: str) -> str:
    """A number with its noun.

    >>> _count(1, "outlet"), _count(2, "outlet")
    ('1 outlet', '2 outlets')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _kind(row: Utterance | Occurrence) -> str:
    """Kind, attitude unless it is the usual one, and region unless it is the story."""
    attitude = "" if row.attitude == "assertion" else row.attitude
    printings = row.occurrences if isinstance(row, Utterance) else (row,)
    regions = {printing.region for printing in printings}
    region = "" if None in regions else ", ".join(sorted(filter(None, regions)))
    return ", ".join(filter(None, (row.kind, attitude, region)))


def _day(published: str | None) -> str:
    return (published or "")[:10]


def _outlet(row: Occurrence) -> str:
    name = one_line(row.outlet or "(outlet unknown)")
    return f"{name} (inferred)" if row.outlet_inferred else name


def _carried(row: Utterance) -> str:
    outlets = ", ".join(row.outlets) or "outlet unknown"
    return one_line(" · ".join((outlets, _day(row.first) or "undated", row.id)))


Show = Callable[[Any], object]


def _columns(row: Row) -> tuple[tuple[str, bool, Show], ...]:
    """The columns of a table of such rows: name, whether it is the wide one, and its value."""
    if isinstance(row, Utterance):
        return (
            ("speaker", False, lambda r: speaker_label(r.speaker, r.speaker_as_written)),
            ("quotation", True, lambda r: r.text),
            ("kind", False, _kind),
            ("outlets", False, lambda r: ", ".join(r.outlets)),
            ("first", False, lambda r: _day(r.first)),
            ("id", False, lambda r: r.id),
        )
    if isinstance(row, Occurrence):
        return (
            ("speaker", False, lambda r: speaker_label(r.speaker, r.speaker_as_written)),
            ("quotation", True, lambda r: r.text),
            ("kind", False, _kind),
            ("cue", False, lambda r: r.cue),
        )
    if isinstance(row, SpeakerRow):
        return (
            ("speaker", False, lambda r: r.name),
            ("role", False, lambda r: r.role or ""),
            ("also", True, lambda r: ", ".join(a for a in r.aliases if a != r.name)),
            ("quotations", False, lambda r: r.quotations),
            ("outlets", False, lambda r: ", ".join(r.outlets)),
        )
    return (
        ("outlet", False, lambda r: r.outlet or "(unknown)"),
        ("articles", False, lambda r: r.articles),
        ("quotations", False, lambda r: r.quotations),
        ("inferred", False, lambda r: r.inferred or ""),
    )


Marks = tuple[Span, tuple[str, str], str]


def _roles(shown: ShownArticle) -> list[Marks]:
    """Every span to mark in an article, wider ones first."""
    marks: list[Marks] = []
    rows = zip(shown.quotations, shown.cues, shown.sources, strict=True)
    for number, (row, cues, sources) in enumerate(rows, start=1):
        marks += [(span, (f"[{number} content|", "]"), "yellow") for span in row.content]
        marks += [(span, (f"[{number} cue|", "]"), "magenta") for span in cues]
        marks += [(span, (f"[{number} source|", "]"), "bold cyan") for span in sources]
    return sorted(marks, key=lambda mark: (mark[0].start, -mark[0].end, mark[1]))


def _within(frame: Span, marks: Iterable[Marks]) -> Iterator[Marks]:
    """The parts of the marks that lie in a frame, with offsets from its start."""
    for span, pair, style in marks:
        start, end = max(span.start, frame.start), min(span.end, frame.end)
        if start < end:
            yield Span(start - frame.start, end - frame.start), pair, style


def _paragraphs(text: str) -> Iterator[Span]:
    for found in re.finditer(r"[^\n]+", text):
        if found.group().strip():
            yield Span(*found.span())


def _plain_controls(text: str) -> str:
    """Line ends made one character each, so that offsets stay."""
    return text.replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
