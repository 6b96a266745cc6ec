"""Talk without quotation marks: transcripts, interviews, posts, and what only looks like them."""

from __future__ import annotations

import pytest

from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.quotations import detect, find_regions
from quotes.quotations.talk import find_turns
from quotes.records import AnnotatedArticle, Article, Reading, Span, printed
from quotes.speakers import resolve_article
from quotes.text.normalised import sentences


def turns(*lines: str) -> list[tuple[str, str]]:
    """Source and words of each turn."""
    text = "\n\n".join(lines)
    return [
        (turn.source.of(text) if turn.source else "", printed(text, turn.words))
        for turn in find_turns(text)
    ]


TALK = {
    "labels in capitals": (
        ["MR. HALE: Who signed it?", "MS. BOYD: Nobody did.", "MR. HALE: Thank you."],
        [("MR. HALE", "Who signed it?"), ("MS. BOYD", "Nobody did."), ("MR. HALE", "Thank you.")],
    ),
    "a role and a stage direction are no part of the label": (
        ["JO HALE, HOST: Good evening.", "[Music]", "BOYD (on tape): It leaks."],
        [("JO HALE", "Good evening."), ("BOYD", "It leaks.")],
    ),
    "paragraphs up to the next label": (
        ["JO HALE: First, the roof.", "Then the floor.", "BOYD: Both leak.", "It rained all day."],
        [("JO HALE", "First, the roof. … Then the floor."), ("BOYD", "Both leak.")],
    ),
    "the record of a parliament": (
        ["Mr. McHALE. I yield.", "Ms. BOYD (during the reading). I thank him.", "It rained."],
        [("Mr. McHALE", "I yield."), ("Ms. BOYD", "I thank him.")],
    ),
    "letters": (
        ["Q: Is it safe?", "A: It is."],
        [("Q", "Is it safe?"), ("A", "It is.")],
    ),
    "names in turn": (
        ["Jo Hale runs it.", "Press: Why now?", "Hale: Why not?", "Press: So?", "Hale: So it is."],
        [("Press", "Why now?"), ("Hale", "Why not?"), ("Press", "So?"), ("Hale", "So it is.")],
    ),
    "questions and answers as paragraphs": (
        ["We spoke to Jo Hale.", "Is it safe?", "It is.", "Is it dry?", "No.", "Why?", "Rain."],
        [("", words) for words in ("Is it safe?", "It is.", "Is it dry?", "No.", "Why?", "Rain.")],
    ),
    "a signed post": (
        ["It is over. — Marl Rovers (@marlrovers) May 2, 2024", "Fans left."],
        [("Marl Rovers", "It is over.")],
    ),
    "its signature below": (
        ["It is over.", "— Jo Hale (@johale) 2 May 2024"],
        [("Jo Hale", "It is over.")],
    ),
}


@pytest.mark.parametrize("case", TALK)
def test_whose_words_which_words(case: str) -> None:
    """Each turn has its label and exactly its own words."""
    lines, expected = TALK[case]
    assert turns(*lines) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["LONDON: Shares fell.", "TOKYO: Shares rose."],
        ["UPDATE: It rained.", "UPDATE: It stopped."],
        ["Hale: we will not sell", "Mayor Jo Hale said no."],
        ["Verdict: A fine film.", "Stars: Jo Hale.", "Verdict: A poor film."],
        ["Is it safe?", "It is said to be.", "Is it dry?", "Nobody knows.", "Why?", "It rains."],
        ["Is it safe?", "We spoke to Jo Hale."],
        ["Jo Hale of Marl Rovers (left) — and Ann Boyd"],
    ],
)
def test_headings_and_datelines_are_no_talk(lines: list[str]) -> None:
    """A colon or a question alone is not yet talk."""
    assert turns(*lines) == []


def speakers(*lines: str) -> list[tuple[str, str | None]]:
    """Kind and speaker of each quotation, the reader having found nothing."""
    article = Article("a", "\n\n".join(lines))
    annotated = AnnotatedArticle(article, sentences(article.text), find_regions(article))
    found = detect(annotated, [])
    resolved, _ = resolve_article(annotated, found, people=load_people(), titles=load_titles())
    return [(q.kind, q.speaker.name if q.speaker else None) for q in resolved]


def test_a_surname_means_the_full_label_above() -> None:
    """ "HALE" is the Jo Hale who was introduced in full."""
    said = speakers("JO HALE, HOST: Good evening.", "ANN BOYD: Hello.", "HALE: Is it safe?")
    assert [kind for kind, _ in said] == ["direct"] * 3
    assert [(name or "").lower() for _, name in said] == ["jo hale", "ann boyd", "jo hale"]


@pytest.mark.parametrize(
    "above", ["Interview with Ann Boyd, head of the port", "Ann Boyd, the pilot, talks to Jo Hale"]
)
def test_answers_are_whose_interview_it_is(above: str) -> None:
    """The one who was interviewed answers; who asks has no name."""
    assert speakers(above, "Q: Is it safe?", "A: It is.") == [
        ("direct", None),
        ("direct", "Ann Boyd"),
    ]


def test_of_two_people_above_nobody_answers() -> None:
    """Where the text does not say who was interviewed, nobody is named."""
    said = speakers("Ann Boyd and Jo Hale run the port.", "Q: Is it safe?", "A: It is.")
    assert [name for _, name in said] == [None, None]


def test_answers_in_marks_below_a_question_by_name() -> None:
    """Who is addressed in the question answers it, and the next one."""
    said = speakers(
        "What went wrong, Ms Boyd?",
        "“The pump failed on Monday.”",
        "And why was nobody told?",
        "“We tried to call them.”",
        "Ann Boyd runs the plant.",
    )
    assert said == [("direct", "Ann Boyd")] * 2


def test_a_report_inside_a_turn_is_kept_and_a_copy_of_the_turn_is_not() -> None:
    """The reader's own cut of the turn goes; what the speaker reports stays."""
    text = "HALE: Ann Boyd said it leaks.\n\nBOYD: No."
    turn = Reading((Span(6, 28),), (Span(4, 5),), (Span(0, 4),), 0.9)
    report = Reading((Span(20, 28),), (Span(15, 19),), (Span(6, 14),), 0.9)
    # "HALE" twice or a full name makes it talk: here a third line does.
    text += "\n\nHALE: Yes."
    found = detect(AnnotatedArticle(Article("a", text), sentences(text)), [turn, report])
    assert [(printed(text, q.source), printed(text, q.content)) for q in found] == [
        ("HALE", "Ann Boyd said it leaks."),
        ("Ann Boyd", "it leaks"),
        ("BOYD", "No."),
        ("HALE", "Yes."),
    ]
