"""Speakers, why each quotation has its speaker, what is in doubt and what was decided by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter

from quotes.present import counted
from quotes.present.page import Page, View, brief, day, styled
from quotes.present.quotations import printed_by, related, with_polarity
from quotes.records import Decision, DecisionAction, Entity
from quotes.rows import Doubt, Explanation, Occurrence, Passage, SpeakerRow

Fact = tuple[str, str]  # what a line is about, and the line


SPEAKER: View[SpeakerRow] = View(
    table={
        "speaker": attrgetter("name"),
        "kind": lambda row: "" if row.kind == "person" else row.kind,
        "role": attrgetter("role"),
        "also": lambda row: ", ".join(alias for alias in row.aliases if alias != row.name),
        "doubtful": lambda row: ", ".join(row.doubtful),
        "quotations": attrgetter("quotations"),
        "outlets": lambda row: ", ".join(row.outlets),
    }
)


# Decided by hand


_DECIDED: Mapping[DecisionAction, str] = {
    "merge": "{subject} and {other} are one",
    "apart": "{subject} and {other} are two",
    "rename": "{subject} is shown as {name}",
    "alias": "“{name}” is {subject}",
    "assign": "{quotations} by {subject}",
    "split": "{subject} is {name} in {articles}",
}


def decided(decision: Decision) -> str:
    """A decision in words.

    >>> decided(Decision(1, "alias", "person:Ann Lee", name="Leigh"))
    '“Leigh” is Ann Lee'
    >>> decided(Decision(2, "split", "person:Ann Lee", name="Ann Li", articles=("a1", "a2")))
    'Ann Lee is Ann Li in 2 articles'
    """
    quotations = len(decision.quotations)
    return _DECIDED[decision.action].format(
        subject=_called(decision.subject),
        other=_called(decision.other),
        name=decision.name,
        articles=counted(len(decision.articles), "article"),
        quotations=f"{counted(quotations, 'quotation')} {'is' if quotations == 1 else 'are'}",
    )


def _called(reference: str | None) -> str:
    """The name in a decision's reference to a speaker ("person:Ann Lee")."""
    kind, _, name = (reference or "").partition(":")
    return name or kind


DECISION: View[Decision] = View(
    table={
        "decision": attrgetter("number"),
        "what": decided,
        "note": attrgetter("note"),
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


def in_line(passage: Passage) -> str:
    """Words of an article in their line, with their place.

    >>> from quotes.records import Span
    >>> in_line(Passage(Span(4, 6), "Yes, ", "he", " said."))
    'Yes, [he] said.  (4–6)'
    """
    line = f"{passage.before}[{passage.words}]{passage.after}"
    return f"{line}  ({passage.span.start}–{passage.span.end})"


def facts(row: Explanation) -> Iterator[Fact]:
    """The chain from words to name, a line a step: in the article, then across articles."""
    said = row.quotation
    where = (said.outlet or "outlet unknown", day(said.published) or "undated")
    yield "article", " · ".join((*where, row.heading, said.article))
    yield from (("words", in_line(each)) for each in row.content)
    what = f"{said.kind}, {said.attitude}, {said.polarity}"
    how = f"{what}; by {said.method}, confidence {said.confidence:.2f}"
    yield "found", how + (f", in a {said.region}" if said.region else "")
    for name, passages in (("cue", row.cue), ("source", row.source)):
        lines = [in_line(each) for each in passages] or ["none in the text"]
        yield from ((name, line) for line in lines)
    yield from ((said.polarity, f"because of {in_line(each)}") for each in row.polarity)
    if said.within:
        yield "told by", f"{said.teller or 'a source without a name'}, in {said.within}"
    yield from (("chain", in_line(each)) for each in row.chain)
    yield "speaker", f"{said.speaker.name} ({said.speaker.id})" if said.speaker else "none"
    yield "because", said.speaker_basis or "no reason stored"
    if row.local:
        yield "here" if said.speaker else "stands for", described(row.local)
    yield from (("candidate", described(each)) for each in row.candidates)
    for each in row.decisions:
        yield "by hand", f"decision {each.number}: {decided(each)}"
    if row.entity:
        doubt = " (doubtful; `quotes review` tells how to settle it)" if row.doubtful else ""
        yield "elsewhere", f"{described(row.entity)}{f': {row.join}' if row.join else ''}{doubt}"
        if row.entity.wikidata:
            yield "Wikidata", row.entity.wikidata
        yield from (("office", f"{each} (people file, on that day)") for each in row.offices)
    if row.tie:
        if row.tie.partner:
            yield "variant", f"of {_printing(row.tie.partner)}"
        yield "group", row.tie.reason
    yield from (("family", line) for line in related(row.family, row.quotation.article))
    for one in row.paraphrases:
        why = f"likeness {one.similarity:.2f}: {one.reason}"
        yield "reworded", f"as {_printing(one.quotation)}; {why}"


def _printing(said: Occurrence) -> str:
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
    return f"{with_polarity(said, words)} · {said.quotation}"


def _explanation(page: Page, row: Explanation) -> None:
    """One labelled line per step, from the words to the name."""
    page.paragraph(title_of(row.quotation), style="bold")
    columns = {"": lambda fact: styled(fact[0], "dim"), "fact": lambda fact: fact[1]}
    page.table(facts(row), columns, headers=False)


EXPLANATION: View[Explanation] = View(
    columns=("quotation_id", "fact", "words"),
    cells=lambda row: [
        {"quotation_id": row.quotation.quotation, "fact": fact, "words": words}
        for fact, words in facts(row)
    ],
    table={
        "quotation": lambda row: title_of(row.quotation),
        "why": lambda row: "; ".join(f"{name}: {words}" for name, words in facts(row)),
    },
    block=_explanation,
)
