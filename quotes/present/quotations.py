"""What was printed: quotations, utterances with their printings, articles that go back to one
text, outlets, and one article with its quotations marked.

Offsets are half-open and count code points of the article.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from quotes import rows
from quotes.present import counted, json_line
from quotes.present.page import (
    Cell,
    Mark,
    Page,
    Record,
    View,
    brief,
    day,
    listed,
    moment,
    one_line,
    plain,
    readers,
    styled,
)
from quotes.records import NAMED, Article, Quotation, Speaker, SpeakerKind, printed

if TYPE_CHECKING:
    from rich.text import Text

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Sources that say nothing by themselves and are never shown as a speaker's name.
PRONOUNS = frozenset(
    {"he", "she", "it", "they", "we", "i", "you", "one", "him", "her", "them", "us", "me"}
    | {"who", "which", "that", "this", "these", "those"}
)
NAMED_FIRST = 3  # paraphrases that are shown with an utterance; the others are counted


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


def who(row: rows.Utterance | rows.Occurrence) -> Text:
    """The speaker as `speaker_label` has it, and whether that is in doubt; and who tells it.

    Who is not named is dimmed.
    """
    label = speaker_label(row.speaker, row.speaker_as_written, row.referent)
    shown = styled("").append(one_line(label), style="bold cyan" if row.speaker else "dim")
    if row.speaker_doubt:
        shown.append(" (doubtful)", style="bold red")
    if row.teller:
        shown.append(f", as told by {one_line(row.teller)}", style="dim")
    return shown


def cue(row: rows.Utterance | rows.Occurrence) -> str:
    """The words that mark it as reported, with those that make it denied or unsaid.

    >>> from quotes.records import Span
    >>> lee = Quotation("q1", "direct", (Span(17, 19),), (Span(12, 15),), (Span(0, 3),),
    ...                 "assertion", 0.9, "reader", polarity_words=(Span(4, 11),))
    >>> cue(occurrence_of(Article("a", "Lee did not say “No”"), lee))
    'did not say'
    """
    words = row.cue if row.polarity_words in row.cue else f"{row.polarity_words} {row.cue}"
    return one_line(words)


def kind(row: rows.Utterance | rows.Occurrence) -> str:
    """Kind, and what is not the usual: attitude, polarity, a region that is not the story."""
    attitude = "" if row.attitude == "assertion" else row.attitude
    polarity = "" if row.polarity == "affirmed" else row.polarity
    printings = row.occurrences if isinstance(row, rows.Utterance) else (row,)
    regions = {printing.region for printing in printings}
    region = "" if None in regions else ", ".join(sorted(filter(None, regions)))
    return ", ".join(filter(None, (row.kind, attitude, polarity, region)))


def spoken(row: rows.Utterance | rows.Occurrence) -> str:
    """The words, in quotation marks where all of them stood in such marks."""
    words = one_line(row.text)
    return f"“{words}”" if row.kind == "direct" else words


def with_polarity(row: rows.Occurrence, words: str) -> str:
    """Words of a quotation behind the cue that makes them denied or unsaid, wherever they stand."""
    return words if row.polarity == "affirmed" else f"{cue(row)} ({row.polarity}): {words}"


def printed_by(printing: rows.Occurrence) -> str:
    """An outlet and its date in one."""
    outlet = printing.outlet or "outlet unknown"
    inferred = " (inferred)" if printing.outlet_inferred else ""
    return f"{outlet}{inferred} {moment(printing.published)}"


def occurrence_of(article: Article, quotation: Quotation) -> rows.Occurrence:
    """A quotation that is in no index, as a row like those of the index.

    >>> from quotes.records import Span
    >>> lee = Quotation("q1", "direct", (Span(1, 3),), (Span(5, 9),), (Span(10, 13),),
    ...                 "assertion", 0.9, "reader")
    >>> row = occurrence_of(Article("a", '"No" said Lee'), lee)
    >>> row.text, row.cue, row.speaker_as_written
    ('No', 'said', 'Lee')
    """
    shared = {field.name for field in fields(rows.Occurrence)}
    given = {
        field.name: getattr(record, field.name)
        for record in (article, quotation)
        for field in fields(record)
        if field.name in shared
    }
    own = {
        "quotation": quotation.id,
        "cluster": None,
        "article": article.id,
        "speaker_as_written": printed(article.text, quotation.source),
        "text": printed(article.text, quotation.content),
        "cue": printed(article.text, quotation.cue),
        "polarity_words": printed(article.text, quotation.polarity_words),
        "outlet_inferred": article.outlet_basis == "inferred",
    }
    return rows.Occurrence(**given | own)


def attributions(article: Article, quotations: Iterable[Quotation]) -> Iterator[str]:
    """One line of `extract --nl`, in parts: the article's id and its attributions, in text order.

    Offsets are pairs of code points into the text as given, the end exclusive.

    >>> "".join(attributions(Article("a", "No."), []))
    '{"id": "a", "attributions": []}'
    """
    yield f'{{"id": {json_line(article.id)}, "attributions": ['
    for number, quotation in enumerate(quotations):
        yield (", " if number else "") + json_line(plain(quotation))
    yield "]}"


def kind_of_speaker(row: rows.Occurrence) -> SpeakerKind | None:
    """The kind of the speaker or else of the referent; None without either."""
    meant = row.speaker or row.referent
    return meant.kind if meant else None


CELLS: Mapping[str, Callable[[rows.Occurrence], Cell]] = {
    **readers("""quotation_id=quotation cluster_id=cluster speaker=speaker.name speaker_as_written
        quotation=text kind cue outlet title url published start end"""),
    "confidence": lambda row: round(row.confidence, 4),
    **readers("method referent=referent.name"),
    "speaker_kind": kind_of_speaker,
    **readers("family family_kind origin polarity"),
    "polarity_words": lambda row: row.polarity_words or None,
    **readers("within teller speaker_doubt"),
}
"""The columns of CSV, TSV and data frames: one row per printing."""


def occurrence_cells(row: rows.Occurrence) -> dict[str, Cell]:
    """A quotation as a line of a spreadsheet."""
    return {name: cell(row) for name, cell in CELLS.items()}


OCCURRENCE: View[rows.Occurrence] = View(
    columns=tuple(CELLS),
    cells=lambda row: [occurrence_cells(row)],
    table={"speaker": who, "cue": cue, "quotation": spoken, "kind": kind},
)


# An utterance


def reach(outlets: Sequence[str], accounts: int) -> str:
    """Outlets by name, and how many accounts they make where those are fewer.

    >>> reach(("Bluewin", "Reuters"), 1), reach(("Bluewin", "Reuters"), 2)
    ('Bluewin, Reuters (1 account)', 'Bluewin, Reuters')
    """
    names = ", ".join(outlets)
    return f"{names} ({counted(accounts, 'account')})" if accounts < len(outlets) else names


def _utterance(page: Page, row: rows.Utterance) -> None:
    """Speaker, words with the match marked, and who carried them."""
    head = who(row)
    if told := cue(row):
        head.append(f"  {told}", style="" if row.polarity == "affirmed" else "bold red")
    page.paragraph(head.append("  " + kind(row), style="dim"))
    words = page.marked(row.text, [Mark(each, "**", "**", "bold yellow") for each in row.matches])
    direct = row.kind == "direct"
    page.paragraph(styled("“").append_text(words).append("”") if direct else words, 2)
    outlets = reach(row.outlets, row.accounts) or "outlet unknown"
    page.paragraph(" · ".join((outlets, day(row.first) or "undated", row.id)), 2, "dim")
    if row.otherwise:
        page.paragraph(f"other wordings: {other_wordings(row)}", 2, "dim")
    if row.also_attributed:
        names = listed([one_line(each.name) for each in row.also_attributed])
        page.paragraph(f"also attributed to {names}", 2, "dim")
    if row.speaker_doubt:
        page.paragraph(f"doubtful: {one_line(row.speaker_doubt)}", 2, "dim italic")
    if row.speaker is None and (basis := one_line(row.occurrences[0].speaker_basis)):
        page.paragraph(basis, 2, "dim italic")
    for each in row.paraphrases[:NAMED_FIRST]:
        said = each.quotation
        retold = with_polarity(said, brief(said.text))
        reworded = f"in other words, {said.outlet or said.article}: {retold}"
        page.paragraph(reworded, 2, "dim")
    if (more := len(row.paraphrases) - NAMED_FIRST) > 0:
        page.paragraph(f"and {more} more: quotes variants {row.id}", 2, "dim")


def other_wordings(row: rows.Utterance) -> str:
    """Who printed the utterance without the words asked for, and since when if that is earlier."""
    names = ", ".join(dict.fromkeys(each.outlet or "outlet unknown" for each in row.otherwise))
    earlier = day(row.utterance_first) if row.utterance_first != row.first else ""
    return f"{names} (first {earlier})" if earlier else names


def _utterance_cells(row: rows.Utterance) -> list[dict[str, Cell]]:
    """A line for each printing, with what concerns all of them."""
    of_all: dict[str, Cell] = {
        "accounts": row.accounts,
        "other_wordings": other_wordings(row) if row.otherwise else None,
        "also_attributed": "; ".join(each.name for each in row.also_attributed) or None,
    }
    return [occurrence_cells(each) | of_all for each in row.occurrences]


UTTERANCE: View[rows.Utterance] = View(
    columns=(*CELLS, "accounts", "other_wordings", "also_attributed"),
    cells=_utterance_cells,
    table={
        "speaker": who,
        "cue": cue,
        "quotation": spoken,
        "kind": kind,
        "outlets": lambda row: reach(row.outlets, row.accounts),
        "first": lambda row: day(row.first),
        "id": attrgetter("id"),
    },
    block=_utterance,
)


# Families: whose text it is

_VERBS: Mapping[rows.FamilyKind, tuple[str, str]] = {
    "copy": ("copies", "copy"),
    "shortened": ("shortens", "shorten"),
    "extended": ("extends", "extend"),
    "rewrite": ("rewrites", "rewrite"),
}


def _family_cells(row: rows.FamilyRow) -> Iterator[dict[str, Cell]]:
    head = {"family": row.id, "origin": row.origin, "basis": row.basis}
    for each in row.members:
        what = each.kind or ("first" if each.article == row.first else None)
        yield head | plain(each) | {"kind": what}


def whose(family: rows.FamilyRow) -> list[str]:
    """Which of its articles copy or rewrite which, and whose text it was.

    >>> first = rows.FamilyMember("a1", "Talks", "Reuters", None, None, "nearest to the origin")
    >>> other = rows.FamilyMember("a2", "Talks", "Bluewin", None, "rewrite", "retells 62% of it")
    >>> whose(rows.FamilyRow("w1", "Reuters", "its dateline", "a1", (first, other)))
    ['Bluewin rewrites Reuters: retells 62% of it', 'origin Reuters: its dateline']
    """
    first, *others = family.members
    alike: defaultdict[rows.FamilyKind | None, list[rows.FamilyMember]] = defaultdict(list)
    for member in others:
        alike[member.kind].append(member)
    lines = []
    for what, members in alike.items():
        names = list(dict.fromkeys(map(publisher, members)))
        one, many = _VERBS[what] if what else ("goes back to", "go back to")
        whom = "an article of its own" if names == [publisher(first)] else publisher(first)
        line = f"{listed(names)} {one if len(names) == 1 else many} {whom}"
        lines.append(f"{line}: {members[0].reason}" if len(members) == 1 else line)
    return [*lines, _origin(family)]


def publisher(of: rows.FamilyMember | rows.Occurrence) -> str:
    """An article's outlet, or else the article."""
    return of.outlet or f"outlet unknown ({of.article})"


def related(family: rows.FamilyRow | None, own: str) -> list[str]:
    """What an article is to others that go back to one text with it, one line per fact."""
    if family is None:
        return []
    first, *others = family.members
    if first.article == own and others:
        notes = (", ".join(filter(None, (each.kind, each.article))) for each in others)
        names = [f"{publisher(each)} ({note})" for each, note in zip(others, notes, strict=True)]
        lines = [f"Others go back to it: {listed(names)}"]
    else:
        pairs = (replace(family, members=(first, each)) for each in others if each.article == own)
        lines = [f"{whose(pair)[0]} ({first.article})" for pair in pairs]
    return [*lines, _origin(family)]


def _origin(family: rows.FamilyRow) -> str:
    return f"origin {family.origin}: {family.basis}" if family.origin else family.basis


def _family(page: Page, row: rows.FamilyRow) -> None:
    """Whose text it was, and what each article makes of it."""
    outlets = {publisher(each) for each in row.members}
    count = f"{counted(len(row.members), 'article')} in {counted(len(outlets), 'outlet')}"
    head = styled(row.origin or "Origin unknown", "bold")
    page.paragraph(head.append(f"  {count} · {row.id}", style="dim"))
    page.paragraph(row.basis, 2, "dim")
    for each in row.members:
        first = each.article == row.first
        told = (moment(each.published), publisher(each), each.heading, each.article)
        page.fact(each.kind or ("first" if first else ""), " · ".join(told))
        if not first:
            page.fact("", each.reason, "dim")


FAMILY: View[rows.FamilyRow] = View(
    cells=_family_cells,
    table={
        "origin": lambda row: row.origin or "(unknown)",
        "articles": lambda row: len(row.members),
        "outlets": lambda row: ", ".join(dict.fromkeys(map(publisher, row.members))),
        "basis": attrgetter("basis"),
        "id": attrgetter("id"),
    },
    block=_family,
)


OUTLET: View[rows.OutletRow] = View(
    table={
        "outlet": lambda row: row.outlet or "(unknown)",
        **readers("articles quotations"),
        "inferred": lambda row: row.inferred or "",
        "reprints": lambda row: row.reprints or "",
    }
)


# How an index stands


def _status(page: Page, row: rows.Status) -> None:
    """How much there is, of which days, what is unknown; then each failure with its remedy."""
    held = row.counts
    joined = f"{counted(held.clusters, 'utterance')} printed more than once"
    days = f"{row.first} to {row.last}" if row.first else "none is dated"
    page.fact("articles", f"{held.articles} from {counted(held.outlets, 'outlet')}; {days}")
    page.fact("said", f"{counted(held.quotations, 'quotation')}; {joined}")
    page.fact("speakers", str(held.speakers))
    for number, what in (
        (row.undated, "without a date"),
        (row.unpublished, "without an outlet"),
        (row.inferred, "with an inferred outlet"),
    ):
        if number:
            page.fact("unknown", f"{counted(number, 'article')} {what}; a manifest can say it")
    if row.indexed:
        page.fact("last read", moment(row.indexed))
    for failure in row.failures:
        page.fact("failed", f"{failure.path}: {failure.message} ({moment(failure.at)})")


STATUS: View[rows.Status] = View(
    columns=("path", "message", "at"),
    cells=lambda row: [
        {"path": each.path, "message": each.message, "at": each.at} for each in row.failures
    ],
    table={
        **readers("articles=counts.articles quotations=counts.quotations first last undated"),
        "outlet unknown": lambda row: row.unpublished,
        "failed": lambda row: len(row.failures),
    },
    block=_status,
)


FINDING: View[rows.Finding] = View(
    table={
        "": lambda row: "!" if row.is_fault else "",
        **readers("what found"),
    },
    block=lambda page, row: page.fact(
        row.what, f"{'! ' if row.is_fault else ''}{row.found}", "bold red" if row.is_fault else ""
    ),
)


# An article with its quotations marked


def _article_json(shown: rows.ShownArticle) -> Record:
    """An article with its text and its quotations, as `show --json` prints it."""
    whole: Record = plain(shown)
    for row, cues, sources in zip(whole["quotations"], shown.cues, shown.sources, strict=True):
        row.update(cue_spans=plain(cues), source_spans=plain(sources))
    return whole


def narrowed(
    shown: rows.ShownArticle, *, everything: bool = False, speaker_kind: SpeakerKind | None = None
) -> rows.ShownArticle:
    """The same article with what was said only, unless everything; of one kind of speaker."""
    rows = zip(shown.quotations, shown.cues, shown.sources, strict=True)
    kept = [
        each
        for each in rows
        if (everything or each[0].is_said) and speaker_kind in (None, kind_of_speaker(each[0]))
    ]
    quotations, cues, sources = zip(*kept, strict=True) if kept else ((), (), ())
    return replace(shown, quotations=quotations, cues=cues, sources=sources)


def _article(page: Page, shown: rows.ShownArticle) -> None:
    """The text with contents, cues and sources marked, then the quotations by number."""
    article = shown.article
    facts = (article.title, article.outlet, day(article.published), article.url, article.id)
    page.paragraph(" · ".join(each for each in facts if each))
    for line in related(shown.family, article.id):
        page.paragraph(line, style="dim")
    page.console.print()
    marks = _roles(shown)
    body = re.sub("[\r\u2028\u2029]", "\n", article.text)
    for found in re.finditer(r"[^\n]+", body):
        if found.group().strip():
            page.paragraph(page.marked(found.group(), marks, found.start()))
            page.console.print()
    if shown.quotations:
        page.table(
            enumerate(shown.quotations, start=1),
            {
                "": lambda each: each[0],
                "speaker": lambda each: who(each[1]),
                "cue": lambda each: cue(each[1]),
                "kind": lambda each: kind(each[1]),
                "because": lambda each: each[1].speaker_basis,
                "id": lambda each: each[1].quotation,
            },
        )


def _roles(shown: rows.ShownArticle) -> list[Mark]:
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


ARTICLE: View[rows.ShownArticle] = View(json=_article_json, block=_article)
