"""What a person reads: utterances, tables, wordings and marked articles, for terminal or file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TextIO

from quotes.present.reasons import commands, decided, doubted, facts, heading_of, title_of
from quotes.present.rows import Row
from quotes.records import NAMED, Decision, Span, Speaker
from quotes.rows import Doubt, Explanation, Occurrence, ShownArticle, SpeakerRow, Utterance

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

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a span is shown: by a style and a note behind it, or where there is none by strings."""

    span: Span
    before: str
    after: str
    style: str
    note: str = ""


def speaker_label(speaker: Speaker | None, as_written: str, referent: Speaker | None = None) -> str:
    """Whom to show as the speaker: a pronoun is never a name, and who has none says so.

    >>> speaker_label(Speaker("lee", "Ann Lee", "person"), "she")
    'Ann Lee'
    >>> speaker_label(None, "The source", Speaker("source", "a U.S. source", "unnamed"))
    'A U.S. source (unnamed)'
    >>> speaker_label(None, "Lee"), speaker_label(None, "He"), speaker_label(None, "")
    ('Lee (unresolved)', '(he: unresolved)', '(no source)')
    """
    if speaker and speaker.kind in NAMED:
        return speaker.name
    meant = referent or speaker
    what = meant.kind if meant else "unresolved"
    name = one_line(meant.name if meant else as_written).strip()
    if not name:
        return "(no source)"
    if name.lower() in PRONOUNS:
        return f"({name.lower()}: {what})"
    return f"{name[0].upper()}{name[1:]} ({what})"


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
        head = _who(row).append("  " + _kind(row), style="dim")
        self._paragraph(head, 0)
        self._paragraph(self._with_matches(row), 2)
        self._paragraph(Text(_carried(row), style="dim"), 2)
        if row.speaker is None and (basis := one_line(row.occurrences[0].speaker_basis)):
            self._paragraph(Text(basis, style="dim italic"), 2)

    def _with_matches(self, row: Utterance) -> Text:
        from rich.text import Text

        words = self._marked(
            row.text, [Mark(span, "**", "**", "bold yellow") for span in row.matches]
        )
        if row.kind != "direct":
            return words
        return Text("“").append_text(words).append("”")

    def _marked(self, text: str, marks: Sequence[Mark]) -> Text:
        """Text with spans marked: by style in colour, by brackets and the like elsewhere."""
        from rich.text import Text

        edges = {edge for mark in marks for edge in (mark.span.start, mark.span.end)}
        cuts = sorted({0, len(text), *edges})
        result = Text()
        for start, end in zip(cuts, cuts[1:] + cuts[-1:], strict=True):
            closing = [mark for mark in reversed(marks) if mark.span.end == start]
            opening = [mark for mark in marks if mark.span.start == start]
            if self.plain:
                result.append("".join(mark.after for mark in closing))
                result.append("".join(mark.before for mark in opening))
            else:
                result.append("".join(mark.note for mark in closing), style="dim")
            styles = [mark.style for mark in marks if mark.span.start <= start < mark.span.end]
            result.append(one_line(text[start:end]), style=" ".join(styles))
        return result

    def table(self, rows: Sequence[Row], headers: bool = True) -> None:
        """Rows of one type as a table with a line for each; empty columns are left out."""
        columns = {name: [_shown(show(row)) for row in rows] for name, show in _columns(rows[0])}
        filled = {name: values for name, values in columns.items() if any(values)}
        table = self._table(filled, headers)
        for line in zip(*filled.values(), strict=True):
            table.add_row(*line)
        self._print_table(table)

    def _print_table(self, table: Table) -> None:
        if self.console.width < UNBROKEN:
            self.console.print(table)
            return
        with self.console.capture() as capture:
            self.console.print(table)
        for line in capture.get().splitlines():
            self.console.file.write(line.rstrip() + "\n")

    def _table(self, columns: Iterable[str], headers: bool = True) -> Table:
        from rich import box
        from rich.table import Table

        table = Table(
            box=box.SIMPLE_HEAD if headers else None,
            show_header=headers,
            show_edge=False,
            padding=(0, 1, 0, 0) if headers else (0, 2, 0, 0),
            header_style="bold",
        )
        for name in columns:
            number = name in ("quotations", "articles", "inferred", "decision")
            whole = name in ("", "first", "published", "id", "direct", "on")
            table.add_column(
                name,
                justify="right" if number else "left",
                no_wrap=whole or number,
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
        head = _who(first)
        counts = f"{_count(wordings, 'wording')} in {_count(outlets, 'outlet')}"
        head.append(f"  {counts} · {first.cluster or first.quotation}", style="dim")
        self._paragraph(head, 0)
        table = self._table(["published", "outlet", "wording"], headers=False)
        for row in rows:
            table.add_row(
                Text(_day(row.published), style="dim"),
                _outlet(row),
                Text(_spoken(row)),
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

    def doubt(self, row: Doubt) -> None:
        """What is doubtful, the evidence, and what to type, as a block of lines."""
        from rich.text import Text

        self._gap()
        self._paragraph(Text(one_line(heading_of(row)), style="bold"), 0)
        for line in doubted(row):
            self._paragraph(Text(one_line(line), style="dim" if line[0] == "$" else ""), 2)

    def explanation(self, row: Explanation) -> None:
        """The chain from words to name, a labelled line a step."""
        from rich.text import Text

        self._gap()
        self._paragraph(Text(one_line(title_of(row.quotation)), style="bold"), 0)
        table = self._table(["", "fact"], headers=False)
        for name, words in facts(row):
            table.add_row(Text(name, style="dim"), Text(one_line(words)))
        self._print_table(table)

    def _numbered(self, rows: Sequence[Occurrence]) -> None:
        table = self._table(["", "speaker", "kind", "because", "id"])
        for number, row in enumerate(rows, start=1):
            basis = one_line(row.speaker_basis)
            table.add_row(str(number), _who(row), _kind(row), basis, row.quotation)
        if rows:
            self._print_table(table)


def _shown(value: Any) -> Any:
    """A cell's value as a line of text; styled text stays as it is."""
    from rich.text import Text

    return value if isinstance(value, Text) else one_line(str(value))


def _who(row: Utterance | Occurrence) -> Text:
    """The speaker as `speaker_label` has it; who is not named is dimmed."""
    from rich.text import Text

    label = speaker_label(row.speaker, row.speaker_as_written, row.referent)
    return Text().append(one_line(label), style="bold cyan" if row.speaker else "dim")


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


def _spoken(row: Utterance | Occurrence) -> str:
    """The words, in quotation marks where all of them stood in such marks."""
    words = one_line(row.text)
    return f"“{words}”" if row.kind == "direct" else words


def _day(published: str | None) -> str:
    return (published or "")[:10]


def _outlet(row: Occurrence) -> str:
    name = one_line(row.outlet or "(outlet unknown)")
    return f"{name} (inferred)" if row.outlet_inferred else name


def _carried(row: Utterance) -> str:
    outlets = ", ".join(row.outlets) or "outlet unknown"
    return one_line(" · ".join((outlets, _day(row.first) or "undated", row.id)))


Show = Callable[[Any], object]


def _columns(row: Row) -> tuple[tuple[str, Show], ...]:
    """The columns of a table of such rows: name and value."""
    if isinstance(row, Utterance):
        return (
            ("speaker", _who),
            ("quotation", _spoken),
            ("kind", _kind),
            ("outlets", lambda r: ", ".join(r.outlets)),
            ("first", lambda r: _day(r.first)),
            ("id", lambda r: r.id),
        )
    if isinstance(row, Occurrence):
        return (
            ("speaker", _who),
            ("quotation", _spoken),
            ("kind", _kind),
            ("cue", lambda r: r.cue),
        )
    if isinstance(row, Decision):
        return (
            ("decision", lambda r: r.number),
            ("what", decided),
            ("note", lambda r: r.note or ""),
            ("on", lambda r: _day(r.at)),
        )
    if isinstance(row, Doubt):
        return (
            ("quotations", lambda r: r.quotations),
            ("doubt", lambda r: r.subject),
            ("evidence", lambda r: r.evidence),
            ("to settle it", lambda r: "; ".join(commands(r))),
        )
    if isinstance(row, Explanation):
        return (
            ("quotation", lambda r: title_of(r.quotation)),
            ("why", lambda r: "; ".join(f"{name}: {words}" for name, words in facts(r))),
        )
    if isinstance(row, SpeakerRow):
        return (
            ("speaker", lambda r: r.name),
            ("kind", lambda r: "" if r.kind == "person" else r.kind),
            ("role", lambda r: r.role or ""),
            ("also", lambda r: ", ".join(a for a in r.aliases if a != r.name)),
            ("quotations", lambda r: r.quotations),
            ("outlets", lambda r: ", ".join(r.outlets)),
        )
    return (
        ("outlet", lambda r: r.outlet or "(unknown)"),
        ("articles", lambda r: r.articles),
        ("quotations", lambda r: r.quotations),
        ("inferred", lambda r: r.inferred or ""),
    )


def _roles(shown: ShownArticle) -> list[Mark]:
    """Every span to mark in an article, wider ones first."""
    marks: list[Mark] = []
    rows = zip(shown.quotations, shown.cues, shown.sources, strict=True)
    for number, (row, cues, sources) in enumerate(rows, start=1):
        note = str(number).translate(SUPERSCRIPTS)
        roles = (("content", row.content, "yellow"), ("cue", cues, "magenta"))
        for role, spans, style in (*roles, ("source", sources, "bold cyan")):
            marks += [
                Mark(span, f"[{number} {role}|", "]", style, note if role == "content" else "")
                for span in spans
            ]
    return sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end, mark.before))


def _within(frame: Span, marks: Iterable[Mark]) -> list[Mark]:
    """The parts of the marks that lie in a frame, with offsets from its start."""
    parts = []
    for mark in marks:
        start, end = max(mark.span.start, frame.start), min(mark.span.end, frame.end)
        if start < end:
            parts.append(replace(mark, span=Span(start - frame.start, end - frame.start)))
    return parts


def _paragraphs(text: str) -> Iterator[Span]:
    for found in re.finditer(r"[^\n]+", text):
        if found.group().strip():
            yield Span(*found.span())


def _plain_controls(text: str) -> str:
    """Line ends made one character each, so that offsets stay."""
    return text.replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
