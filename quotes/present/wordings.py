"""The wordings of one utterance beside the fullest: what differs, how it spread, who printed it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from quotes.present.articles import family_json, whose
from quotes.present.page import (
    KEPT,
    Cell,
    Page,
    Record,
    View,
    brief,
    counted,
    day,
    moment,
    one_line,
    plain,
    styled,
)
from quotes.present.quotations import (
    CELLS,
    occurrence_cells,
    occurrence_json,
    paraphrase_json,
    printed_by,
    reach,
    spoken,
    who,
)
from quotes.records import Change, ChangeKind, Segment, Span
from quotes.rows import Occurrence, Variants, WordingRow

if TYPE_CHECKING:
    from rich.text import Text

EDGE = 3
"""Up to this many words, what a wording omits or adds at an end is shown word by word."""

SHORT = 8
"""Up to this many words, a stretch is quoted in full where changes are described."""

NAMED = 3
"""Stretches of one kind of change that are named; the others are counted."""

COLOURS: Mapping[tuple[str, str], str] = {
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
"""How a changed stretch is shown in colour; what is not listed is omitted: of capitals,
spelling and signs the new form alone says what changed."""


# JSON and CSV


def _variants_json(row: Variants) -> Record:
    said = row.utterance
    return {
        "id": row.id,
        "speaker": plain(said.speaker),
        "speaker_as_written": said.speaker_as_written,
        "referent": plain(said.referent),
        "outlets": list(said.outlets),
        "accounts": said.accounts,
        "meanings": list(row.meanings),
        "wordings": [_wording_json(each) for each in row.wordings],
        "spread": [[each.quotation for each in wave] for wave in row.waves],
        "undated": [each.quotation for each in row.undated],
        "families": [family_json(each) for each in row.families],
        "paraphrases": [paraphrase_json(each) for each in row.paraphrases],
    }


def _wording_json(row: WordingRow) -> Record:
    return {
        "number": row.number,
        "text": row.text,
        "roles": list(row.roles),
        "changes": plain(row.changes),
        "marked": row.marked,
        "meanings": list(row.meanings),
        "printings": [occurrence_json(each) for each in row.printings],
    }


class _Printing(NamedTuple):
    """One printing, its wording, its place in the order of spread and who says it otherwise."""

    row: Variants
    said: Occurrence
    wording: WordingRow
    order: int | None
    paraphrases: Sequence[str]


_CELLS: Mapping[str, Callable[[_Printing], Cell]] = {
    "account": lambda each: each.said.account,
    "accounts": lambda each: each.row.utterance.accounts,
    "order": attrgetter("order"),
    "wording": lambda each: each.wording.number,
    "role": lambda each: "; ".join(each.wording.roles),
    "words": lambda each: each.wording.text,
    "marked": lambda each: each.wording.marked,
    "changes": lambda each: _once(change.kind for change in each.wording.changes),
    "meaning": lambda each: "; ".join(each.wording.meanings),
    "paraphrases": lambda each: "; ".join(each.paraphrases),
}
"""The columns that `variants` adds to those of a printing."""


def _once(names: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(names))


def _variants_cells(row: Variants) -> Iterator[dict[str, Cell]]:
    """The printings earliest first, each with its wording, its place in the order, its account."""
    order = {each.quotation: n for n, wave in enumerate(row.waves, start=1) for each in wave}
    wordings = {each.quotation: wording for wording in row.wordings for each in wording.printings}
    told: dict[str, list[str]] = {}
    for one in row.paraphrases:
        told.setdefault(one.of, []).append(one.quotation.quotation)
    for said in row.occurrences:
        id_ = said.quotation
        each = _Printing(row, said, wordings[id_], order.get(id_), told.get(id_, ()))
        yield occurrence_cells(said) | {name: cell(each) for name, cell in _CELLS.items()}


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
    before = _words(change.before, fullest)
    after = _words(change.after, text)
    kind: ChangeKind = change.kind
    if kind == "dropped":
        return _at_edge(change.before, fullest, "begins later", "ends earlier") or (kind, before)
    if kind == "added":
        return _at_edge(change.after, text, "begins earlier", "ends later") or (kind, after)
    if kind == "punctuation":
        return kind, ""
    if kind == "case":
        return "capitals", after
    if kind == "moved":
        return kind, after
    if kind == "ellipsis":
        return ("ellipsis for", before) if before else (kind, "")
    if before and after:
        return f"{kind}:", f"{before} → {after}"
    return kind, before or after


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
    last = len(segments) - 1
    return [
        part._replace(text=_abridged(part, at == 0, at == last)) if last else part
        for at, part in enumerate(segments)
    ]


def segments_of(row: WordingRow, of: Variants) -> list[Segment]:
    """A wording as it is shown; of the fullest, what all others leave out is cut short."""
    if row.number > 1:
        return abridged(row.segments)
    lost = bytearray(len(row.text)) if len(of.wordings) == 1 else bytearray(b"\1" * len(row.text))
    for other in of.wordings[1:]:
        kept = bytearray(b"\1" * len(row.text))
        for change in other.changes:
            if change.kind == "dropped" and change.before:
                start, end = change.before.start, change.before.end
                kept[start:end] = bytes(end - start)
        lost = bytearray(map(operator.gt, lost, kept))
    return [Segment(_cut(part, bool(gone)), "same", "both") for part, gone in _runs(row.text, lost)]


def _runs(text: str, flags: bytearray) -> Iterator[tuple[str, int]]:
    """Stretches of a text with one flag each."""
    at = 0
    for flag, run in groupby(flags):
        length = len(list(run))
        yield text[at : at + length], flag
        at += length


def _cut(text: str, gone: bool) -> str:
    if not gone:
        return text
    return brief(text.rstrip()) + text[len(text.rstrip()) :]


def _abridged(part: Segment, first: bool, last: bool) -> str:
    if part.kind == "same":
        lead, tail = (0 if first else KEPT), (0 if last else KEPT)
    elif part.kind == "dropped":
        lead, tail = EDGE, EDGE
    else:
        return part.text
    words = part.text.split()
    if len(words) <= lead + tail + 1:
        return part.text
    kept = " ".join([*words[:lead], "[…]", *words[len(words) - tail :]])
    before = part.text[: len(part.text) - len(part.text.lstrip())]
    after = part.text[len(part.text.rstrip()) :]
    return f"{before}{kept}{after}"


# The page


def _variants(page: Page, row: Variants) -> None:
    """Each wording against the fullest; then spread, accounts and paraphrases."""
    page.gap()
    outlets = {each.outlet or each.article for each in row.occurrences}
    count = f"{counted(len(row.wordings), 'wording')} in {counted(len(outlets), 'outlet')}"
    page.paragraph(who(row.utterance).append(f"  {count} · {row.id}", style="dim"))
    for wording in row.wordings:
        _wording(page, wording, row)
    for label, when, names in order(row):
        page.fact(label, " · ".join(filter(None, (when, names))))
    _accounts(page, row, len(outlets))
    labels = chain(("in other", "words"), repeat(""))
    for each in row.paraphrases:
        said = each.quotation
        page.fact(next(labels), styled(f"{printed_by(said)} · ", "dim").append_text(who(said)))
        page.fact(next(labels), spoken(said))
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
    style = COLOURS.get((part.kind, part.side))
    return styled(text, style) if style else styled("")


def printers(row: WordingRow) -> list[tuple[str, str]]:
    """Who printed a wording when, with the clause it stands in where that is more than it.

    Those that print the same clause share a line.
    """
    lines: dict[str, list[str]] = {}
    for printing in row.printings:
        clause = printing.text if printing.kind == "mixed" else ""
        lines.setdefault(clause, []).append(printed_by(printing))
    return [(", ".join(dict.fromkeys(names)), clause) for clause, names in lines.items()]


def order(row: Variants) -> Iterator[tuple[str, str, str]]:
    """The order of spread, one line per wave: label, time, outlets; none for one outlet."""
    if len([*chain(*row.waves), *row.undated]) < 2:
        return
    for number, wave in enumerate(row.waves):
        names = _outlets(wave)
        unsure = " (nothing tells who was earlier)" if number == 0 and len(wave) > 1 else ""
        yield ("first", "then")[number > 0], moment(wave[0].published), names + unsure
    if row.undated:
        yield "undated", "", _outlets(row.undated)


def _outlets(printings: Iterable[Occurrence]) -> str:
    return ", ".join(each.outlet or f"outlet unknown ({each.article})" for each in printings)


def _accounts(page: Page, row: Variants, outlets: int) -> None:
    accounts = row.utterance.accounts
    if accounts < outlets:
        counts = f"{counted(outlets, 'outlet')}, {counted(accounts, 'independent account')}"
        page.fact("accounts", counts)
    for number, line in enumerate(line for family in row.families for line in whose(family)):
        label = "accounts" if number == 0 and accounts >= outlets else ""
        page.fact(label, line, "dim" if number else "")


VARIANTS: View[Variants] = View(
    json=_variants_json,
    columns=(*CELLS, *_CELLS),
    cells=_variants_cells,
    table={
        "speaker": lambda row: who(row.utterance),
        "fullest wording": lambda row: row.wordings[0].text,
        "wordings": lambda row: len(row.wordings),
        "meaning": lambda row: _once(row.meanings),
        "outlets": lambda row: reach(row.utterance.outlets, row.utterance.accounts),
        "first": lambda row: day(row.utterance.first),
        "id": attrgetter("id"),
    },
    block=_variants,
)
