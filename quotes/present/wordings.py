"""The wordings of one utterance beside the fullest: what differs, how it spread, who printed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby, repeat
from operator import attrgetter
from typing import TYPE_CHECKING

from quotes.present import counted, quotations
from quotes.present.page import KEPT, Cell, Page, View, brief, day, moment, one_line, styled
from quotes.records import Change, Segment, Span
from quotes.rows import Variants, WordingRow

if TYPE_CHECKING:
    from rich.text import Text

EDGE = 3  # words up to which what a wording omits or adds at an end is shown word by word
SHORT = 8  # words up to which a stretch is quoted in full where changes are described
NAMED = 3  # stretches of one kind of change that are named; the others are counted

COLOURS: Mapping[str, tuple[str, str]] = {
    "dropped": ("strike red", ""),
    "added": ("", "underline green"),
    "substituted": ("strike red", "underline green"),
    "bracketed": ("strike red", "magenta"),
    "ellipsis": ("strike red", "magenta"),
    "moved": ("strike blue", "underline blue"),
    "spelling": ("", "yellow"),
    "case": ("", "yellow"),
    "punctuation": ("", "yellow"),
}
"""How the stretch before and after a change is shown in colour; one without a colour is omitted:
of capitals, spelling and signs the new form alone says what changed."""


# CSV

ADDED = "account accounts order wording role words marked changes meaning paraphrases"
"""The columns that `variants` adds to those of a printing."""


def _variants_cells(row: Variants) -> Iterator[dict[str, Cell]]:
    """The printings earliest first, each with its wording, its place in the order, its account."""
    order = {each.quotation: n for n, wave in enumerate(row.waves, start=1) for each in wave}
    wordings = {each.quotation: wording for wording in row.wordings for each in wording.printings}
    for said in row.occurrences:
        wording = wordings[said.quotation]
        others = [each.quotation.quotation for each in row.paraphrases if each.of == said.quotation]
        added: tuple[Cell, ...] = (
            said.account,
            row.utterance.accounts,
            order.get(said.quotation),
            wording.number,
            "; ".join(wording.roles),
            wording.text,
            wording.marked,
            "; ".join(dict.fromkeys(change.kind for change in wording.changes)),
            "; ".join(wording.meanings),
            "; ".join(others),
        )
        yield quotations.occurrence_cells(said) | dict(zip(ADDED.split(), added, strict=True))


# What differs


def told(row: WordingRow, fullest: str) -> list[str]:
    """What differs from the fullest wording, a phrase a kind; what changes the meaning is apart.

    >>> from quotes.rows import WordingRow
    >>> changes = (Change("dropped", Span(3, 7), None),)
    >>> told(WordingRow(2, "We do", (), (), changes, (), ""), "We not do")
    ['dropped “not”']
    """
    named: dict[str, list[str]] = {}
    for change in row.changes:
        what, words = _phrase(change, fullest, row.text)
        named.setdefault(what, []).extend([words] if words else [])
    return [" ".join(filter(None, (what, _some(words)))) for what, words in named.items()]


def _some(words: Sequence[str]) -> str:
    """The first few stretches, and how many more there are.

    >>> _some(["“a”", "“b”"]), _some([f"“{letter}”" for letter in "abcde"])
    ('“a”, “b”', '“a”, “b”, “c” and 2 more')
    """
    more = len(words) - NAMED
    return ", ".join(words[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _phrase(change: Change, fullest: str, text: str) -> tuple[str, str]:
    """What a change is called, and its words; none where naming them tells nothing."""
    before, after = _words(change.before, fullest), _words(change.after, text)
    kind = change.kind
    if kind == "dropped":
        return _at_edge(change.before, fullest, "begins later", "ends earlier") or (kind, before)
    if kind == "added":
        return _at_edge(change.after, text, "begins earlier", "ends later") or (kind, after)
    if kind == "punctuation":
        return kind, ""
    if kind in ("case", "moved"):
        return ("capitals" if kind == "case" else kind), after
    if kind == "ellipsis":
        return ("ellipsis for", before) if before else (kind, "")
    return (f"{kind}:", f"{before} → {after}") if before and after else (kind, before or after)


def _at_edge(span: Span | None, text: str, at_start: str, at_end: str) -> tuple[str, str] | None:
    if span is None or len(span.of(text).split()) <= EDGE:
        return None
    if span.start == 0:
        return at_start, ""
    return (at_end, "") if span.end == len(text) else None


def _words(span: Span | None, text: str) -> str:
    """The words in marks, the middle of a long stretch left out; empty for signs alone."""
    words = span.of(text).split() if span else []
    if not any(char.isalnum() for word in words for char in word):
        return ""
    if len(words) > SHORT:
        words = [*words[: SHORT // 2], "…", *words[-SHORT // 2 :]]
    return f"“{' '.join(words).strip(' ,;:.')}”"


def abridged(segments: Sequence[Segment]) -> list[Segment]:
    """Segments without the middles of long stretches that the fullest wording shows as well.

    >>> from quotes.records import Segment
    >>> words = " ".join("abcdefghijklmnopqrstuvwxyz")
    >>> [part.text for part in abridged([Segment("No.", "added", "after"),
    ...                                  Segment(words, "same", "both")])]
    ['No.', 'a b c d e f g h i j […]']
    """
    shown, last = [], len(segments) - 1
    for at, part in enumerate(segments):
        lead, tail = (KEPT * (at > 0), KEPT * (at < last)) if part.kind == "same" else (EDGE, EDGE)
        words = part.text.split()
        if last and part.kind in ("same", "dropped") and len(words) > lead + tail + 1:
            kept = " ".join([*words[:lead], "[…]", *words[len(words) - tail :]])
            part = part._replace(text=part.text.replace(part.text.strip(), kept, 1))
        shown.append(part)
    return shown


def segments_of(row: WordingRow, of: Variants) -> list[Segment]:
    """A wording as it is shown; of the fullest, what all others leave out is cut short."""
    if row.number > 1:
        return abridged(row.segments)
    dropped = [
        {
            at
            for change in other.changes
            if change.kind == "dropped" and change.before
            for at in range(change.before.start, change.before.end)
        }
        for other in of.wordings[1:]
    ]
    lost: set[int] = set.intersection(*dropped) if dropped else set()
    segments = []
    for gone, places in groupby(range(len(row.text)), lost.__contains__):
        stretch = "".join(row.text[at] for at in places)
        words = stretch.rstrip()
        shown = brief(words) + stretch[len(words) :] if gone else stretch
        segments.append(Segment(shown, "same", "both"))
    return segments


# The page


def _variants(page: Page, row: Variants) -> None:
    """Each wording against the fullest; then spread, accounts and paraphrases."""
    outlets = len({each.outlet or each.article for each in row.occurrences})
    accounts = row.utterance.accounts
    count = f"{counted(len(row.wordings), 'wording')} in {counted(outlets, 'outlet')}"
    head = quotations.who(row.utterance)
    if row.utterance.polarity != "affirmed":
        told = f"  {quotations.cue(row.utterance)} ({row.utterance.polarity})"
        head.append(told, style="bold red")
    page.paragraph(head.append(f"  {count} · {row.id}", style="dim"))
    for wording in row.wordings:
        _wording(page, wording, row)
    for label, when, names in order(row):
        page.fact(label, " · ".join(filter(None, (when, names))))
    if accounts < outlets:
        counts = f"{counted(outlets, 'outlet')}, {counted(accounts, 'independent account')}"
        page.fact("accounts", counts)
    for number, line in enumerate(chain.from_iterable(map(quotations.whose, row.families))):
        label = "accounts" if number == 0 and accounts >= outlets else ""
        page.fact(label, line, "dim" if number else "")
    labels = chain(("in other", "words"), repeat(""))
    for each in row.paraphrases:
        said = each.quotation
        by = styled(f"{quotations.printed_by(said)} · ", "dim")
        page.fact(next(labels), by.append_text(quotations.who(said)))
        page.fact(next(labels), quotations.with_polarity(said, quotations.spoken(said)))
        reason = f"likeness {each.similarity:.2f}: {each.reason} · {said.quotation}"
        page.fact("", reason, "dim")


def _wording(page: Page, row: WordingRow, of: Variants) -> None:
    quoted = row.printings[0].kind != "indirect"
    words = styled("“" if quoted else "")
    for part in segments_of(row, of):
        words.append_text(_segment(page, part))
    page.fact(str(row.number), words.append("”" if quoted else ""))
    for meaning in dict.fromkeys(row.meanings):
        page.fact("", f"! {meaning}", "bold red")
    roles = [f"the {role}" for role in row.roles[:1]] if len(of.wordings) > 1 else []
    if changes := [*roles, *told(row, of.wordings[0].text)]:
        page.fact("", "; ".join(changes), "yellow")
    for names, clause in printers(row):
        where = styled("").append(one_line(names), style="dim")
        page.fact("", where.append(f": {one_line(clause)}" if clause else ""))


def _segment(page: Page, part: Segment) -> Text:
    """A stretch in its style, or in plain marks where there is no colour."""
    text = one_line(part.text)
    if part.kind == "same" or part.side == "both":
        return styled(text)
    if page.plain:
        return styled(f"[-{text}-]" if part.side == "before" else f"{{+{text}+}}")
    style = COLOURS[part.kind][part.side == "after"]
    return styled(text if style else "", style)


def printers(row: WordingRow) -> list[tuple[str, str]]:
    """Who printed a wording when, with the clause it stands in where that is more than it.

    Those that print the same clause share a line.
    """
    lines: dict[str, list[str]] = {}
    for printing in row.printings:
        clause = printing.text if printing.kind == "mixed" else ""
        lines.setdefault(clause, []).append(quotations.printed_by(printing))
    return [(", ".join(dict.fromkeys(names)), clause) for clause, names in lines.items()]


def order(row: Variants) -> Iterator[tuple[str, str, str]]:
    """The order of spread, one line per wave: label, time, outlets; none for one outlet."""
    if len([*chain(*row.waves), *row.undated]) < 2:
        return
    for number, wave in enumerate(row.waves):
        names = ", ".join(map(quotations.publisher, wave))
        unsure = " (nothing tells who was earlier)" if number == 0 and len(wave) > 1 else ""
        yield ("first", "then")[number > 0], moment(wave[0].published), names + unsure
    if row.undated:
        yield "undated", "", ", ".join(map(quotations.publisher, row.undated))


VARIANTS: View[Variants] = View(
    columns=(*quotations.CELLS, *ADDED.split()),
    cells=_variants_cells,
    table={
        "speaker": lambda row: quotations.who(row.utterance),
        "cue": lambda row: quotations.cue(row.utterance),
        "fullest wording": lambda row: row.wordings[0].text,
        "wordings": lambda row: len(row.wordings),
        "meaning": lambda row: "; ".join(dict.fromkeys(row.meanings)),
        "outlets": lambda row: quotations.reach(row.utterance.outlets, row.utterance.accounts),
        "first": lambda row: day(row.utterance.first),
        "id": attrgetter("id"),
    },
    block=_variants,
)
