"""What differs between wordings, how an utterance spread and whose text it is, in words.

Rows go in, lines of plain text come out, and segments cut to what a person needs to see; how
they are laid out is for `page`.
"""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby

from quotes.records import Change, ChangeKind, Segment, Span
from quotes.rows import (
    FamilyKind,
    FamilyMember,
    FamilyRow,
    Occurrence,
    Utterance,
    Variants,
    WordingRow,
)

EDGE = 3
"""Words up to which what a wording lacks or has more at an end is told word by word."""

SHORT = 8
"""Words up to which a stretch is quoted in full where changes are told in words."""

KEPT = 10
"""Words that are shown beside a change, of a longer stretch that both wordings share."""

LONG = 40
"""Words up to which what only the fullest wording prints is shown in full."""

NAMED = 3
"""Stretches of one kind of change that are named; the others are counted."""


# Changes


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


def roles(row: WordingRow, of: Variants) -> list[str]:
    """What a wording is among several: the fullest, or the commonest where that is another."""
    if len(of.wordings) == 1:
        return []
    named = row.roles[:1]  # the fullest first
    return [f"the {role}" for role in named]


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


def brief(text: str) -> str:
    """A text without the middle, if it is long."""
    words = text.split()
    if len(words) <= LONG:
        return text
    return f"{' '.join(words[:KEPT])} […] {' '.join(words[-KEPT:])}"


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


# Who printed it, and when


def moment(published: str | None) -> str:
    """A date, with the time if there is one.

    >>> moment("2025-02-12T08:30:00Z"), moment("2025-02-12"), moment(None)
    ('2025-02-12 08:30Z', '2025-02-12', 'undated')
    """
    if not published:
        return "undated"
    return re.sub(r"(\d\d:\d\d):\d\d(\.\d+)?", r"\1", published.replace("T", " ", 1))


def printers(row: WordingRow) -> list[tuple[str, str]]:
    """Who printed a wording when, with the clause it stands in where that is more than it.

    Those that print the same clause share a line.
    """
    lines: dict[str, list[str]] = {}
    for printing in row.printings:
        clause = printing.text if printing.kind == "mixed" else ""
        lines.setdefault(clause, []).append(printed_by(printing))
    return [(", ".join(dict.fromkeys(names)), clause) for clause, names in lines.items()]


def printed_by(printing: Occurrence) -> str:
    """An outlet and its date in one."""
    outlet = printing.outlet or "outlet unknown"
    inferred = " (inferred)" if printing.outlet_inferred else ""
    return f"{outlet}{inferred} {moment(printing.published)}"


def order(row: Variants) -> Iterator[tuple[str, str, str]]:
    """The order of spread, a line a wave: what it is called, when, and who; none of one outlet."""
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


def reworded(row: Utterance) -> list[str]:
    """Who says it in other words, and how; the first few."""
    told = [each.quotation for each in row.paraphrases]
    lines = [
        f"in other words, {each.outlet or each.article}: {brief(each.text)}"
        for each in told[:NAMED]
    ]
    more = len(told) - NAMED
    return [*lines, f"and {more} more: quotes variants {row.id}"] if more > 0 else lines


# Whose text it is

_VERBS: Mapping[FamilyKind, tuple[str, str]] = {
    "copy": ("copies", "copy"),
    "shortened": ("shortens", "shorten"),
    "extended": ("extends", "extend"),
    "rewrite": ("rewrites", "rewrite"),
}


def whose(family: FamilyRow) -> list[str]:
    """Which of its articles copy or rewrite which, and whose text it was.

    >>> first = FamilyMember("a1", "Talks", "Reuters", None, None, "nearest to the origin")
    >>> other = FamilyMember("a2", "Talks", "Bluewin", None, "rewrite", "retells 62% of it")
    >>> whose(FamilyRow("w1", "Reuters", "its dateline", "a1", (first, other)))
    ['Bluewin rewrites Reuters: retells 62% of it', 'origin Reuters: its dateline']
    """
    first, *others = family.members
    kinds: defaultdict[FamilyKind | None, list[FamilyMember]] = defaultdict(list)
    for member in others:
        kinds[member.kind].append(member)
    lines = [_doing(kind, members, first) for kind, members in kinds.items()]
    return [*lines, _origin(family)]


def _doing(kind: FamilyKind | None, members: Sequence[FamilyMember], first: FamilyMember) -> str:
    names = list(dict.fromkeys(publisher(each) for each in members))
    one, many = _VERBS[kind] if kind else ("goes back to", "go back to")
    whom = "an article of its own" if names == [publisher(first)] else publisher(first)
    said = f"{listed(names)} {one if len(names) == 1 else many} {whom}"
    return f"{said}: {members[0].reason}" if len(members) == 1 else said


def publisher(member: FamilyMember) -> str:
    """An article's outlet, or else the article."""
    return member.outlet or f"outlet unknown ({member.article})"


def related(family: FamilyRow | None, own: str) -> list[str]:
    """What an article is to others that go back to one text with it, a line a fact."""
    if family is None:
        return []
    first, *others = family.members
    lines = [
        whose(replace(family, members=(first, each)))[0] for each in others if each.article == own
    ]
    if first.article == own and others:
        lines = [f"Others go back to it: {listed([_noted(each) for each in others])}"]
    else:
        lines = [f"{line} ({first.article})" for line in lines]
    return [*lines, _origin(family)]


def _noted(member: FamilyMember) -> str:
    return f"{publisher(member)} ({', '.join(filter(None, (member.kind, member.article)))})"


def _origin(family: FamilyRow) -> str:
    return f"origin {family.origin}: {family.basis}" if family.origin else family.basis


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["Reuters"]), listed(["AP", "AFP", "Reuters"])
    ('Reuters', 'AP, AFP and Reuters')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
