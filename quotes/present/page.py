"""What a person reads: utterances, tables, wordings and marked articles, for terminal or file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, TextIO

from quotes.present.columns import columns
from quotes.present.labels import carried, counted, day, kind, one_line, spoken, who
from quotes.present.reasons import doubted, facts, heading_of, title_of
from quotes.present.rows import Row
from quotes.present.wordings import (
    moment,
    order,
    printed_by,
    printers,
    publisher,
    related,
    reworded,
    roles,
    segments_of,
    told,
    whose,
)
from quotes.records import Segment, Span
from quotes.rows import (
    Doubt,
    Explanation,
    FamilyRow,
    Occurrence,
    Paraphrase,
    ShownArticle,
    Utterance,
    Variants,
    WordingRow,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

NUMBERS = ("quotations", "articles", "wordings", "inferred", "reprints", "decision")
"""Columns of figures."""

UNBROKEN = 1_000_000
"""Width of a line that goes to a file or pipe: programs want one row a line."""

LABEL = 10
"""Width of the labels beside the lines of an utterance's wordings."""

CHANGED: Mapping[tuple[str, str], str] = {
    ("dropped", "before"): "strike red",
    ("added", "after"): "underline green",
    ("substituted", "before"): "strike red",
    ("substituted", "after"): "underline green",
    ("bracketed", "before"): "strike red",
    ("bracketed", "after"): "magenta",
    ("ellipsis", "before"): "strike red",
    ("ellipsis", "after"): "magenta",
    ("moved", "before"): "strike blue",
    ("moved", "after"): "underline blue",
    ("spelling", "after"): "yellow",
    ("case", "after"): "yellow",
    ("punctuation", "after"): "yellow",
}
"""How a changed stretch is shown in colour; what is not listed is left out: of capitals,
spelling and signs the new form alone says what changed."""

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a span is shown: by a style and a note behind it, or where there is none by strings."""

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

    def takes(self, row: Row) -> bool:
        """Whether such a row reads as a block of lines; others make a table."""
        return isinstance(row, Utterance | Variants | FamilyRow | Doubt | Explanation)

    def block(self, row: Row) -> int:
        """A row as a block of lines; how many rows that was."""
        if isinstance(row, Utterance):
            self.utterance(row)
        elif isinstance(row, Variants):
            self.variants(row)
        elif isinstance(row, FamilyRow):
            self.family(row)
        elif isinstance(row, Doubt):
            self.doubt(row)
        elif isinstance(row, Explanation):
            self.explanation(row)
        return 1

    def utterance(self, row: Utterance) -> None:
        """Speaker, words with the match marked, and who carried them, as a block of lines."""
        from rich.text import Text

        self._gap()
        head = who(row).append("  " + kind(row), style="dim")
        self._paragraph(head, 0)
        self._paragraph(self._with_matches(row), 2)
        self._paragraph(Text(carried(row), style="dim"), 2)
        if row.speaker is None and (basis := one_line(row.occurrences[0].speaker_basis)):
            self._paragraph(Text(basis, style="dim italic"), 2)
        for line in reworded(row):
            self._paragraph(Text(one_line(line), style="dim"), 2)

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
        every = {name: [_shown(show(row)) for row in rows] for name, show in columns(rows[0])}
        filled = {name: values for name, values in every.items() if any(values)}
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
            number = name in NUMBERS
            whole = name in ("", "first", "published", "id", "direct", "on")
            table.add_column(
                name,
                justify="right" if number else "left",
                no_wrap=whole or number,
                overflow="fold",
            )
        return table

    def variants(self, row: Variants) -> None:
        """The wordings of an utterance, each against the fullest; spread, accounts, paraphrases."""
        from rich.text import Text

        self._gap()
        outlets = {each.outlet or each.article for each in row.occurrences}
        count = f"{counted(len(row.wordings), 'wording')} in {counted(len(outlets), 'outlet')}"
        head = who(row.utterance).append(f"  {count} · {row.id}", style="dim")
        self._paragraph(head, 0)
        for wording in row.wordings:
            self._wording(wording, row)
        for label, when, names in order(row):
            self._fact(label, Text(one_line(" · ".join(filter(None, (when, names))))))
        self._accounts(row, len(outlets))
        labels = chain(("in other", "words"), repeat(""))
        for each in row.paraphrases:
            self._paraphrase(each, labels)

    def _wording(self, row: WordingRow, of: Variants) -> None:
        from rich.text import Text

        spoken = row.printings[0].kind != "indirect"
        words = Text("“" if spoken else "")
        for part in segments_of(row, of):
            words.append_text(self._segment(part))
        self._fact(str(row.number), words.append("”" if spoken else ""))
        for meaning in dict.fromkeys(row.meanings):
            self._fact("", Text(f"! {one_line(meaning)}", style="bold red"))
        changes = [*roles(row, of), *told(row, of.wordings[0].text)]
        if changes:
            self._fact("", Text(one_line("; ".join(changes)), style="yellow"))
        for names, clause in printers(row):
            where = Text().append(one_line(names), style="dim")
            self._fact("", where.append(f": {one_line(clause)}" if clause else ""))

    def _segment(self, part: Segment) -> Text:
        """A stretch in its style, or in plain marks where there is no colour."""
        from rich.text import Text

        text = one_line(part.text)
        if part.kind == "same" or part.side == "both":
            return Text(text)
        if self.plain:
            opening, closing = ("[-", "-]") if part.side == "before" else ("{+", "+}")
            return Text(f"{opening}{text}{closing}")
        style = CHANGED.get((part.kind, part.side))
        return Text(text, style=style) if style else Text()

    def _fact(self, label: str, text: Text) -> None:
        """Lines of text beside a label."""
        from rich.text import Text

        lines = text.wrap(self.console, max(20, self.console.width - LABEL))
        for number, line in enumerate(lines):
            line.rstrip()
            shown = "" if number else label
            self._line(Text().append(f"{shown:<{LABEL}}", style="dim").append_text(line))

    def _accounts(self, row: Variants, outlets: int) -> None:
        from rich.text import Text

        accounts = row.utterance.accounts
        if accounts < outlets:
            counts = f"{counted(outlets, 'outlet')}, {counted(accounts, 'independent account')}"
            self._fact("accounts", Text(counts))
        for number, line in enumerate(line for family in row.families for line in whose(family)):
            label = "accounts" if number == 0 and accounts >= outlets else ""
            self._fact(label, Text(one_line(line), style="" if number == 0 else "dim"))

    def _paraphrase(self, row: Paraphrase, labels: Iterator[str]) -> None:
        from rich.text import Text

        said = row.quotation
        where = Text().append(f"{one_line(printed_by(said))} · ", style="dim")
        self._fact(next(labels), where.append_text(who(said)))
        self._fact(next(labels), Text(spoken(said)))
        reason = f"likeness {row.similarity:.2f}: {row.reason} · {said.quotation}"
        self._fact("", Text(one_line(reason), style="dim"))

    def family(self, row: FamilyRow) -> None:
        """Articles that go back to one text: whose it was, and what each makes of it."""
        from rich.text import Text

        self._gap()
        outlets = {publisher(each) for each in row.members}
        count = f"{counted(len(row.members), 'article')} in {counted(len(outlets), 'outlet')}"
        head = Text(one_line(row.origin or "Origin unknown"), style="bold")
        head.append(f"  {count} · {row.id}", style="dim")
        self._paragraph(head, 0)
        self._paragraph(Text(one_line(row.basis), style="dim"), 2)
        for each in row.members:
            first = each.article == row.first
            told = (moment(each.published), publisher(each), each.heading, each.article)
            self._fact(each.kind or ("first" if first else ""), Text(one_line(" · ".join(told))))
            if not first:
                self._fact("", Text(one_line(each.reason), style="dim"))

    def article(self, shown: ShownArticle) -> None:
        """An article with contents, cues and sources marked, then its quotations by number."""
        from rich.text import Text

        self._gap()
        article = shown.article
        facts = (article.title, article.outlet, day(article.published), article.url, article.id)
        self._paragraph(Text(one_line(" · ".join(each for each in facts if each))), 0)
        for line in related(shown.family, article.id):
            self._paragraph(Text(one_line(line), style="dim"), 0)
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
            table.add_row(str(number), who(row), kind(row), basis, row.quotation)
        if rows:
            self._print_table(table)


def _shown(value: Any) -> Any:
    """A cell's value as a line of text; styled text stays as it is."""
    from rich.text import Text

    return value if isinstance(value, Text) else one_line(str(value))


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
