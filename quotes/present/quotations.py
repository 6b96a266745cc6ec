"""One quotation as printed, and an utterance with its printings: what JSON, CSV and people see.

Offsets are half-open and count code points of the article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from quotes.present.page import (
    Cell,
    Mark,
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
from quotes.records import NAMED, Article, Quotation, Speaker, SpeakerKind, printed
from quotes.rows import Occurrence, Paraphrase, Utterance

if TYPE_CHECKING:
    from rich.text import Text

PRONOUNS = frozenset(
    {"he", "she", "it", "they", "we", "i", "you", "one", "him", "her", "them", "us", "me"}
    | {"who", "which", "that", "this", "these", "those"}
)
"""Sources that say nothing by themselves and are never shown as a speaker's name."""

NAMED_FIRST = 3
"""Paraphrases that are shown with an utterance; the others are counted."""


# A quotation, and what people read in the place of its speaker, kind and words


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


def who(row: Utterance | Occurrence) -> Text:
    """The speaker as `speaker_label` has it; who is not named is dimmed."""
    label = speaker_label(row.speaker, row.speaker_as_written, row.referent)
    return styled("").append(one_line(label), style="bold cyan" if row.speaker else "dim")


def kind(row: Utterance | Occurrence) -> str:
    """Kind, attitude unless it is the usual one, and region unless it is the story."""
    attitude = "" if row.attitude == "assertion" else row.attitude
    printings = row.occurrences if isinstance(row, Utterance) else (row,)
    regions = {printing.region for printing in printings}
    region = "" if None in regions else ", ".join(sorted(filter(None, regions)))
    return ", ".join(filter(None, (row.kind, attitude, region)))


def spoken(row: Utterance | Occurrence) -> str:
    """The words, in quotation marks where all of them stood in such marks."""
    words = one_line(row.text)
    return f"“{words}”" if row.kind == "direct" else words


def printed_by(printing: Occurrence) -> str:
    """An outlet and its date in one."""
    outlet = printing.outlet or "outlet unknown"
    inferred = " (inferred)" if printing.outlet_inferred else ""
    return f"{outlet}{inferred} {moment(printing.published)}"


def occurrence_of(article: Article, quotation: Quotation) -> Occurrence:
    """A quotation that is in no index, as a row like those of the index.

    >>> from quotes.records import Span
    >>> lee = Quotation("q1", "direct", (Span(1, 3),), (Span(5, 9),), (Span(10, 13),),
    ...                 "assertion", 0.9, "reader")
    >>> row = occurrence_of(Article("a", '"No" said Lee'), lee)
    >>> row.text, row.cue, row.speaker_as_written
    ('No', 'said', 'Lee')
    """
    return Occurrence(
        quotation=quotation.id,
        cluster=None,
        article=article.id,
        speaker=quotation.speaker,
        speaker_as_written=printed(article.text, quotation.source),
        speaker_basis=quotation.speaker_basis,
        text=printed(article.text, quotation.content),
        kind=quotation.kind,
        attitude=quotation.attitude,
        cue=printed(article.text, quotation.cue),
        outlet=article.outlet,
        outlet_inferred=article.outlet_basis == "inferred",
        title=article.title,
        url=article.url,
        published=article.published,
        content=quotation.content,
        confidence=quotation.confidence,
        method=quotation.method,
        region=quotation.region,
        referent=quotation.referent,
        chain=quotation.chain,
    )


def attributions(article: Article, quotations: Iterable[Quotation]) -> Record:
    """One line of `extract --nl`: the article's id and its attributions, in text order.

    Offsets are pairs of code points into the text as given, the end exclusive.
    """
    return {"id": article.id, "attributions": [_attribution(each) for each in quotations]}


def _attribution(quotation: Quotation) -> Record:
    return {
        "id": quotation.id,
        "kind": quotation.kind,
        "content": plain(quotation.content),
        "cue": plain(quotation.cue),
        "source": plain(quotation.source),
        "speaker": plain(quotation.speaker),
        "attitude": quotation.attitude,
        "confidence": round(quotation.confidence, 4),
        "method": quotation.method,
        "speaker_basis": quotation.speaker_basis,
        "region": quotation.region,
        "referent": plain(quotation.referent),
        "chain": plain(quotation.chain),
        "members": plain(quotation.members),
    }


def occurrence_json(row: Occurrence) -> Record:
    """One line of `export --nl`."""
    return {
        "id": row.quotation,
        "article": row.article,
        "outlet": row.outlet,
        "content": plain(row.content),
        "text": row.text,
        "kind": row.kind,
        "speaker": plain(row.speaker),
        "speaker_as_written": row.speaker_as_written,
        "speaker_basis": row.speaker_basis,
        "cluster": row.cluster,
        "attitude": row.attitude,
        "cue": row.cue,
        "title": row.title,
        "url": row.url,
        "published": row.published,
        "confidence": round(row.confidence, 4),
        "method": row.method,
        "start": row.start,
        "end": row.end,
        "outlet_inferred": row.outlet_inferred,
        "region": row.region,
        "referent": plain(row.referent),
        "chain": plain(row.chain),
        "family": row.family,
        "family_kind": row.family_kind,
        "origin": row.origin,
    }


def kind_of_speaker(row: Occurrence) -> SpeakerKind | None:
    """The kind of the speaker or else of the referent; None without either."""
    meant = row.speaker or row.referent
    return meant.kind if meant else None


CELLS: Mapping[str, Callable[[Occurrence], Cell]] = {
    "quotation_id": attrgetter("quotation"),
    "cluster_id": attrgetter("cluster"),
    "speaker": lambda row: row.speaker.name if row.speaker else None,
    "speaker_as_written": attrgetter("speaker_as_written"),
    "quotation": attrgetter("text"),
    "kind": attrgetter("kind"),
    "cue": attrgetter("cue"),
    "outlet": attrgetter("outlet"),
    "title": attrgetter("title"),
    "url": attrgetter("url"),
    "published": attrgetter("published"),
    "start": attrgetter("start"),
    "end": attrgetter("end"),
    "confidence": lambda row: round(row.confidence, 4),
    "method": attrgetter("method"),
    "referent": lambda row: row.referent.name if row.referent else None,
    "speaker_kind": kind_of_speaker,
    "family": attrgetter("family"),
    "family_kind": attrgetter("family_kind"),
    "origin": attrgetter("origin"),
}
"""The columns of CSV, TSV and data frames: one row per printing."""


def occurrence_cells(row: Occurrence) -> dict[str, Cell]:
    """A quotation as a line of a spreadsheet."""
    return {name: cell(row) for name, cell in CELLS.items()}


OCCURRENCE: View[Occurrence] = View(
    json=occurrence_json,
    columns=tuple(CELLS),
    cells=lambda row: [occurrence_cells(row)],
    table={"speaker": who, "quotation": spoken, "kind": kind, "cue": attrgetter("cue")},
)


# An utterance


def paraphrase_json(row: Paraphrase) -> Record:
    """What says a quotation in other words."""
    return {
        "of": row.of,
        "similarity": round(row.similarity, 4),
        "reason": row.reason,
        "quotation": occurrence_json(row.quotation),
    }


def _utterance_json(row: Utterance) -> Record:
    return {
        "id": row.id,
        "speaker": plain(row.speaker),
        "speaker_as_written": row.speaker_as_written,
        "text": row.text,
        "matches": plain(row.matches),
        "kind": row.kind,
        "attitude": row.attitude,
        "outlets": list(row.outlets),
        "first": row.first,
        "referent": plain(row.referent),
        "occurrences": [occurrence_json(each) for each in row.occurrences],
        "accounts": row.accounts,
        "paraphrases": [paraphrase_json(each) for each in row.paraphrases],
    }


def _utterance_cells(row: Utterance) -> Iterator[dict[str, Cell]]:
    for each in row.occurrences:
        yield occurrence_cells(each) | {"accounts": row.accounts}


def reach(outlets: Sequence[str], accounts: int) -> str:
    """Outlets by name, and how many accounts they make where those are fewer.

    >>> reach(("Bluewin", "Reuters"), 1), reach(("Bluewin", "Reuters"), 2)
    ('Bluewin, Reuters (1 account)', 'Bluewin, Reuters')
    """
    names = ", ".join(outlets)
    return f"{names} ({counted(accounts, 'account')})" if accounts < len(outlets) else names


def _utterance(page: Page, row: Utterance) -> None:
    """Speaker, words with the match marked, and who carried them."""
    page.gap()
    page.paragraph(who(row).append("  " + kind(row), style="dim"))
    words = page.marked(row.text, [Mark(each, "**", "**", "bold yellow") for each in row.matches])
    direct = row.kind == "direct"
    page.paragraph(styled("“").append_text(words).append("”") if direct else words, 2)
    outlets = reach(row.outlets, row.accounts) or "outlet unknown"
    page.paragraph(" · ".join((outlets, day(row.first) or "undated", row.id)), 2, "dim")
    if row.speaker is None and (basis := one_line(row.occurrences[0].speaker_basis)):
        page.paragraph(basis, 2, "dim italic")
    for each in row.paraphrases[:NAMED_FIRST]:
        said = each.quotation
        reworded = f"in other words, {said.outlet or said.article}: {brief(said.text)}"
        page.paragraph(reworded, 2, "dim")
    if (more := len(row.paraphrases) - NAMED_FIRST) > 0:
        page.paragraph(f"and {more} more: quotes variants {row.id}", 2, "dim")


UTTERANCE: View[Utterance] = View(
    json=_utterance_json,
    columns=(*CELLS, "accounts"),
    cells=_utterance_cells,
    table={
        "speaker": who,
        "quotation": spoken,
        "kind": kind,
        "outlets": lambda row: reach(row.outlets, row.accounts),
        "first": lambda row: day(row.first),
        "id": attrgetter("id"),
    },
    block=_utterance,
)
