"""Quotations without a source of their own: whom a reader gives them, and where nobody can."""

from __future__ import annotations

import pytest
from notation import marked, marked_apart

from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.quotations import detect, find_regions
from quotes.records import AnnotatedArticle, Article, Mention, Quotation, Reading, Span
from quotes.speakers import resolve_article
from quotes.text.normalised import sentences

PEOPLE, TITLES = load_people(), load_titles()


def read(line: str) -> tuple[Quotation, ...]:
    """The quotations of a marked text, their speakers resolved."""
    readings = [Reading(e.content, e.cue, e.source, 0.9) for e in marked_apart(line) if e.content]
    article = Article("a", marked(line).text)
    annotated = AnnotatedArticle(article, sentences(article.text), find_regions(article))
    found = detect(annotated, readings)
    return resolve_article(annotated, found, people=PEOPLE, titles=TITLES)[0]


def last(line: str) -> tuple[str | None, str]:
    """Speaker and reason of the last quotation."""
    quotation = read(line)[-1]
    return (quotation.speaker.name if quotation.speaker else None), quotation.speaker_basis


ORR = "[source|Mary Orr] [cue|said]"
ALONE = "\n\n“We will look at every house in the street.”"

GOES_ON = {
    "a quotation alone below another": f"[content|“We have begun,”] {ORR}." + ALONE,
    "below a report": f"{ORR} [content|that work had begun]." + ALONE,
    "below a report, the stop behind the mark": f"{ORR} [content|that work had begun]."
    + ALONE.replace(".”", "”."),
    "no closing mark": f"[content|“We have begun,”] {ORR}." + ALONE.replace("”", ""),
    "several, one by one": f"[content|“We have begun,”] {ORR}.{ALONE}{ALONE}{ALONE}",
    "an advertisement between": f"[content|“We have begun,”] {ORR}.\n\nAdvertisement" + ALONE,
    "below her words and what she did": (
        f"[content|“We have begun,”] {ORR}, closing the door behind her." + ALONE
    ),
    "a credit line below": (
        f"[content|“We have begun,”] {ORR}.{ALONE}\n\nAdditional reporting from PA"
    ),
    "announced by a colon": "Mary Orr, of the council, put it so in a letter:" + ALONE,
    "in the same paragraph": (
        f"{ORR} [content|that work had begun]. “We will look at every house in the street.”"
    ),
    "one person acts in the sentence before": (
        f"[content|“We have begun,”] {ORR}.\n\nOrr, the head of works, was blunt. "
        "“We will look at every house in the street.”"
    ),
    "she went on below": (
        f"[content1|“We have begun,”] {ORR.replace('|', '1|')}.{ALONE}\n\n"
        "[source2|She] [cue2|added] [content2|that it would take weeks]."
    ),
}


@pytest.mark.parametrize("case", GOES_ON)
def test_it_goes_on_with_the_same_speaker(case: str) -> None:
    """A quotation by itself is whose words stand before it."""
    said = read(GOES_ON[case])
    assert len(said) > 1 or case == "announced by a colon"
    assert {q.speaker.name if q.speaker else q.speaker_basis for q in said} == {"Mary Orr"}


NOBODY = {
    "two spoke before": (
        "[content1|“No,”] [source1|Mary Orr] [cue1|said]. "
        "[content2|“Yes,”] [source2|Paul Tam] [cue2|said]." + ALONE
    ),
    "a question before": f"[content|“Will you look at our house?”] {ORR}: no. [cue2|asked]"
    "\n\n[content3|“Will you come?”]" + ALONE,
    "a heading between": f"[content|“We have begun,”] {ORR}.\n\nWhat comes next" + ALONE,
    "narration between": f"[content|“We have begun,”] {ORR}.\n\nIt rained all day." + ALONE,
    "a body's report before": (
        "[source|The European Central Bank] [cue|said] [content|that rates would fall]." + ALONE
    ),
    "narration behind the report": f"{ORR} [content|that work had begun]. It was dark." + ALONE,
    "a wish before, not speech": (
        "[source|Mary Orr] [cue|wants] [content|the work to begin]." + ALONE
    ),
    "of the speaker herself": (
        f"[content|“We have begun,”] {ORR}.\n\n“Mary Orr will look at every house there.”"
    ),
    "two act in the sentence before": (
        "Mary Orr met Paul Tam. “We will look at every house in the street.”"
    ),
    "nothing before": "“We will look at every house in the street.”",
}


@pytest.mark.parametrize("case", NOBODY)
def test_nobody_is_named_where_a_reader_would_guess(case: str) -> None:
    """No speaker, and the reason says what is missing."""
    who, why = last(NOBODY[case])
    assert who is None
    assert why.startswith("no source in the text")


def test_the_reason_names_what_it_goes_on_from() -> None:
    """A reader of the answer can check it; the way leads over the earlier source."""
    line = f"[content|“We have begun,”] {ORR}." + ALONE
    quotation = read(line)[-1]
    assert quotation.speaker_basis == "goes on from the paragraph before, where Mary Orr speaks"
    assert [span.of(marked(line).text) for span in quotation.chain] == ["Mary Orr"]
    assert (quotation.source, quotation.cue) == ((), ())


def test_a_paper_before_a_name_is_no_part_of_it() -> None:
    """ "the" stands before no person's name: the words between are somebody else's."""
    text = "In an interview with the Daily Post Mary Orr said: “We have begun the work.”"
    start = text.index("Mary Orr")
    source, cue = Span(start, start + 8), Span(start + 9, start + 13)
    content = Span(text.index("“"), len(text))
    annotated = AnnotatedArticle(Article("a", text), sentences(text))
    found = detect(annotated, [Reading((content,), (cue,), (source,), 0.9)])
    mentions = [Mention(source, "person")]
    [said], _ = resolve_article(annotated, found, people=PEOPLE, titles=TITLES, mentions=mentions)
    assert said.speaker is not None
    assert said.speaker.name == "Mary Orr"
