"""Articles that go back to one text, outlets, and one article with its quotations marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from quotes.present.page import (
    Cell,
    Mark,
    Page,
    Record,
    View,
    counted,
    day,
    listed,
    moment,
    plain,
    styled,
)
from quotes.present.quotations import kind, kind_of_speaker, occurrence_json, who
from quotes.records import Span, SpeakerKind
from quotes.rows import FamilyKind, FamilyMember, FamilyRow, OutletRow, ShownArticle

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


# Families: whose text it is

_VERBS: Mapping[FamilyKind, tuple[str, str]] = {
    "copy": ("copies", "copy"),
    "shortened": ("shortens", "shorten"),
    "extended": ("extends", "extend"),
    "rewrite": ("rewrites", "rewrite"),
}


def family_json(row: FamilyRow) -> Record:
    """Articles that go back to one text."""
    return {
        "id": row.id,
        "origin": row.origin,
        "basis": row.basis,
        "first": row.first,
        "articles": plain(row.members),
    }


def _family_cells(row: FamilyRow) -> Iterator[dict[str, Cell]]:
    for each in row.members:
        yield {
            "family": row.id,
            "origin": row.origin,
            "basis": row.basis,
            "article": each.article,
            "heading": each.heading,
            "outlet": each.outlet,
            "published": each.published,
            "kind": each.kind or ("first" if each.article == row.first else None),
            "reason": each.reason,
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
    """What an article is to others that go back to one text with it, one line per fact."""
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


def _family(page: Page, row: FamilyRow) -> None:
    """Whose text it was, and what each article makes of it."""
    page.gap()
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


FAMILY: View[FamilyRow] = View(
    json=family_json,
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


OUTLET: View[OutletRow] = View(
    table={
        "outlet": lambda row: row.outlet or "(unknown)",
        "articles": attrgetter("articles"),
        "quotations": attrgetter("quotations"),
        "inferred": lambda row: row.inferred or "",
        "reprints": lambda row: row.reprints or "",
    }
)


# An article with its quotations marked


def _article_json(shown: ShownArticle) -> Record:
    """An article with its text and its quotations, as `show --json` prints it."""
    article = shown.article
    rows = zip(shown.quotations, shown.cues, shown.sources, strict=True)
    return {
        "article": article.id,
        "outlet": article.outlet,
        "title": article.title,
        "url": article.url,
        "published": article.published,
        "text": article.text,
        "quotations": [
            occurrence_json(row) | {"cue_spans": plain(cues), "source_spans": plain(sources)}
            for row, cues, sources in rows
        ],
        "family": family_json(shown.family) if shown.family else None,
    }


def narrowed(
    shown: ShownArticle, *, everything: bool = False, speaker_kind: SpeakerKind | None = None
) -> ShownArticle:
    """The same article with assertions only, unless everything; of one kind of speaker."""
    rows = zip(shown.quotations, shown.cues, shown.sources, strict=True)
    kept = [
        each
        for each in rows
        if (everything or each[0].attitude == "assertion")
        and speaker_kind in (None, kind_of_speaker(each[0]))
    ]
    return replace(
        shown,
        quotations=tuple(row for row, _, _ in kept),
        cues=tuple(cues for _, cues, _ in kept),
        sources=tuple(sources for _, _, sources in kept),
    )


def _article(page: Page, shown: ShownArticle) -> None:
    """The text with contents, cues and sources marked, then the quotations by number."""
    page.gap()
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
            frame = Span(*found.span())
            page.paragraph(page.marked(found.group(), _within(frame, marks)))
            page.console.print()
    if shown.quotations:
        page.table(
            enumerate(shown.quotations, start=1),
            {
                "": lambda each: each[0],
                "speaker": lambda each: who(each[1]),
                "kind": lambda each: kind(each[1]),
                "because": lambda each: each[1].speaker_basis,
                "id": lambda each: each[1].quotation,
            },
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


ARTICLE: View[ShownArticle] = View(json=_article_json, block=_article)
