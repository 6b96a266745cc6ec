"""Speakers, why each quotation has its speaker, what is in doubt and what was decided by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import attrgetter

from quotes.present.articles import family_json, related
from quotes.present.page import Cell, Page, Record, View, brief, counted, day, plain, styled
from quotes.present.quotations import occurrence_json, paraphrase_json, printed_by
from quotes.records import Decision, Entity
from quotes.rows import Doubt, Explanation, Occurrence, Passage, SpeakerRow, Tie

Fact = tuple[str, str]
"""What a line is about, and the line."""


SPEAKER: View[SpeakerRow] = View(
    table={
        "speaker": attrgetter("name"),
        "kind": lambda row: "" if row.kind == "person" else row.kind,
        "role": lambda row: row.role or "",
        "also": lambda row: ", ".join(alias for alias in row.aliases if alias != row.name),
        "quotations": attrgetter("quotations"),
        "outlets": lambda row: ", ".join(row.outlets),
    }
)


# Decided by hand


def decided(decision: Decision) -> str:
    """A decision in words.

    >>> decided(Decision(1, "alias", "person:Ann Lee", name="Leigh"))
    '“Leigh” is Ann Lee'
    >>> decided(Decision(2, "split", "person:Ann Lee", name="Ann Li", articles=("a1", "a2")))
    'Ann Lee is Ann Li in 2 articles'
    """
    subject, other, name = _called(decision.subject), _called(decision.other), decision.name
    if decision.action == "merge":
        return f"{subject} and {other} are one"
    if decision.action == "apart":
        return f"{subject} and {other} are two"
    if decision.action == "rename":
        return f"{subject} is shown as {name}"
    if decision.action == "alias":
        return f"“{name}” is {subject}"
    if decision.action == "assign":
        count = len(decision.quotations)
        return f"{count} quotation{' is' if count == 1 else 's are'} by {subject}"
    count = len(decision.articles)
    return f"{subject} is {name} in {count} article{'' if count == 1 else 's'}"


def _called(reference: str | None) -> str:
    """The name in a decision's reference to a speaker ("person:Ann Lee")."""
    kind, _, name = (reference or "").partition(":")
    return name or kind


DECISION: View[Decision] = View(
    table={
        "decision": attrgetter("number"),
        "what": decided,
        "note": lambda row: row.note or "",
        "on": lambda row: day(row.at),
    }
)


# In doubt


def commands(row: Doubt) -> Iterable[str]:
    """What to type about a doubt: to read on, and to settle it."""
    look = [f"quotes explain {row.examples[0]}"] if row.examples else []
    return [*look, *(each for each in row.settle if each not in look)]


def _doubt(page: Page, row: Doubt) -> None:
    """What is in doubt, the evidence, and what to type."""
    page.gap()
    page.paragraph(f"{row.subject} · {counted(row.quotations, 'quotation')}", style="bold")
    page.paragraph(row.evidence, 2)
    for command in commands(row):
        page.paragraph(f"$ {command}", 2, "dim")


DOUBT: View[Doubt] = View(
    table={
        "quotations": attrgetter("quotations"),
        "doubt": attrgetter("subject"),
        "evidence": attrgetter("evidence"),
        "to settle it": lambda row: "; ".join(commands(row)),
    },
    block=_doubt,
)


# How a speaker was identified


def _explanation_json(row: Explanation) -> Record:
    return {
        "quotation": occurrence_json(row.quotation),
        "heading": row.heading,
        "content": [_passage_json(each) for each in row.content],
        "cue": [_passage_json(each) for each in row.cue],
        "source": [_passage_json(each) for each in row.source],
        "chain": [_passage_json(each) for each in row.chain],
        "local": plain(row.local),
        "entity": plain(row.entity),
        "join": row.join,
        "doubtful": row.doubtful,
        "offices": list(row.offices),
        "decisions": plain(row.decisions),
        "candidates": plain(row.candidates),
        "tie": _tie_json(row.tie) if row.tie else None,
        "family": family_json(row.family) if row.family else None,
        "paraphrases": [paraphrase_json(each) for each in row.paraphrases],
    }


def _passage_json(passage: Passage) -> Record:
    return {
        "start": passage.span.start,
        "end": passage.span.end,
        "before": passage.before,
        "words": passage.words,
        "after": passage.after,
    }


def _tie_json(tie: Tie) -> Record:
    return {"partner": tie.partner.quotation if tie.partner else None, "reason": tie.reason}


def _explanation_cells(row: Explanation) -> Iterator[dict[str, Cell]]:
    for fact, words in facts(row):
        yield {"quotation_id": row.quotation.quotation, "fact": fact, "words": words}


def facts(row: Explanation) -> list[Fact]:
    """The chain from words to name, a line a step."""
    return [
        *_words(row),
        *_found(row),
        *(("chain", in_line(each)) for each in row.chain),
        *_named(row),
        *(("by hand", f"decision {each.number}: {decided(each)}") for each in row.decisions),
        *_known(row),
        *_grouped(row),
    ]


def in_line(passage: Passage) -> str:
    """Words of an article in their line, with their place.

    >>> from quotes.records import Span
    >>> in_line(Passage(Span(4, 6), "Yes, ", "he", " said."))
    'Yes, [he] said.  (4–6)'
    """
    line = f"{passage.before}[{passage.words}]{passage.after}"
    return f"{line}  ({passage.span.start}–{passage.span.end})"


def _words(row: Explanation) -> Iterator[Fact]:
    said = row.quotation
    where = (said.outlet or "outlet unknown", day(said.published) or "undated")
    yield "article", " · ".join((*where, row.heading, said.article))
    for each in row.content:
        yield "words", in_line(each)


def _found(row: Explanation) -> Iterator[Fact]:
    said = row.quotation
    how = f"{said.kind}, {said.attitude}; by {said.method}, confidence {said.confidence:.2f}"
    yield "found", how + (f", in a {said.region}" if said.region else "")
    for name, passages in (("cue", row.cue), ("source", row.source)):
        for each in passages:
            yield name, in_line(each)
        if not passages:
            yield name, "none in the text"


def _named(row: Explanation) -> Iterator[Fact]:
    said = row.quotation
    if said.speaker:
        yield "speaker", f"{said.speaker.name} ({said.speaker.id})"
    else:
        yield "speaker", "none"
    yield "because", said.speaker_basis or "no reason stored"
    if row.local:
        of = "here" if said.speaker else "stands for"
        yield of, described(row.local)
    for each in row.candidates:
        yield "candidate", described(each)


def _known(row: Explanation) -> Iterator[Fact]:
    if row.entity is None:
        return
    doubt = " (doubtful; `quotes review` tells how to settle it)" if row.doubtful else ""
    yield "elsewhere", f"{described(row.entity)}{f': {row.join}' if row.join else ''}{doubt}"
    if row.entity.wikidata:
        yield "Wikidata", row.entity.wikidata
    for office in row.offices:
        yield "office", f"{office} (people file, on that day)"


def _grouped(row: Explanation) -> Iterator[Fact]:
    """Why it stands with other wordings, whose text it stands in, who says it in other words."""
    if row.tie:
        partner = row.tie.partner
        if partner:
            yield "variant", f"of {_elsewhere(partner)}"
        yield "group", row.tie.reason
    for line in related(row.family, row.quotation.article):
        yield "family", line
    for each in row.paraphrases:
        why = f"likeness {each.similarity:.2f}: {each.reason}"
        yield "reworded", f"as {_elsewhere(each.quotation)}; {why}"


def _elsewhere(said: Occurrence) -> str:
    return f"{title_of(replace(said, text=brief(said.text)))} · {printed_by(said)}"


def described(entity: Entity) -> str:
    """A speaker in words: name, kind, role, other names.

    >>> described(Entity("ann-lee", "Ann Lee", "person", ("Ann Lee", "Lee"), "mayor"))
    'Ann Lee, person, mayor; also Lee'
    """
    others = [alias for alias in entity.aliases if alias != entity.name]
    known = ", ".join(filter(None, (entity.name, entity.kind, entity.role)))
    return f"{known}; also {', '.join(others)}" if others else known


def title_of(said: Occurrence) -> str:
    """A quotation as the head of its explanation: the words and their id."""
    words = f"“{said.text}”" if said.kind == "direct" else said.text
    return f"{words} · {said.quotation}"


def _explanation(page: Page, row: Explanation) -> None:
    """One labelled line per step, from the words to the name."""
    page.gap()
    page.paragraph(title_of(row.quotation), style="bold")
    columns = {"": lambda fact: styled(fact[0], "dim"), "fact": lambda fact: fact[1]}
    page.table(facts(row), columns, headers=False)


EXPLANATION: View[Explanation] = View(
    json=_explanation_json,
    columns=("quotation_id", "fact", "words"),
    cells=_explanation_cells,
    table={
        "quotation": lambda row: title_of(row.quotation),
        "why": lambda row: "; ".join(f"{name}: {words}" for name, words in facts(row)),
    },
    block=_explanation,
)
