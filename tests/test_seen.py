"""Texts in capitals, without capitals, and with lines broken by a page: what is read of them."""

from __future__ import annotations

import pytest

from quotes.ingest.fields import make_article
from quotes.people.known import People
from quotes.records import Entity, Quotation, Span, Speaker, printed
from quotes.run.article import ArticleResult, load_steps, read_batch
from quotes.run.views import without_guesses
from quotes.text.seen import seen

STORY = """The harbour wall at Port Ellis will be raised by a metre in spring, the mayor announced.
“We have pumped out the market three times this year,” said Helen Marsh, who runs the fish hall.
Councillor Tom Ridley said the wall would cost nine million. “It is money well spent,” he said.
Traders were told to move their stalls before the first of March, when the diggers arrive."""


def wrapped(text: str, width: int = 48) -> str:
    """Each paragraph in lines of a page, long words parted by a hyphen."""
    paragraphs = []
    for paragraph in text.split("\n"):
        lines, line = [], ""
        for word in paragraph.split():
            room = width - len(line) - 2
            if len(line) + len(word) + 1 <= width:
                line = f"{line} {word}".strip()
            elif room > 3 and len(word) > 7 and word.isalpha():
                lines.append(f"{line} {word[:room]}-")
                line = word[room:]
            else:
                lines.append(line)
                line = word
        paragraphs.append("\n".join([*lines, line]))
    return "\n\n".join(paragraphs)


UNTOUCHED = {
    "a usual text": STORY,
    "an empty text": "",
    "a short text in capitals": "NO COMMENT",
    "a name in capitals": f"PORT ELLIS\n\n{STORY}",
    "short lines that are sentences": "\n".join(
        ["She left at noon.", "He stayed.", "It rained."] * 4
    ),
    "a list of headlines": "\n".join(
        ["Mayor opens new bridge", "Council sells the old school"] * 6
    ),
    "a dialogue": "\n".join(["“Why?” she asked.", "“No reason,” he said."] * 6),
}


@pytest.mark.parametrize("case", UNTOUCHED)
def test_a_text_is_seen_as_it_is(case: str) -> None:
    """Nothing is guessed where print tells."""
    assert seen(UNTOUCHED[case]) is None


def test_a_line_in_capitals_is_read_as_others_are() -> None:
    """A headline or a lead; not a label, and not what somebody shouts in the midst of a line."""
    lead = "THE MAYOR OF PORT ELLIS SAID ON MONDAY THAT THE WALL WOULD BE RAISED."
    said = "He wrote: “WE WILL NOT PAY FOR THIS WALL, AND NEITHER WILL ANY OF YOU.”"
    view = seen(f"{lead}\n{said}\nHELEN MARSH: We shall see.")
    assert view is not None
    first, *others = view.text.split("\n")
    assert first.startswith("The mayor of port Ellis said on Monday that the wall")
    assert others == [said, "HELEN MARSH: We shall see."]


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_capitals_are_guessed(change: object) -> None:
    """Names, days and the beginnings of sentences; every letter keeps its place."""
    text = change(STORY)  # type: ignore[operator]
    view = seen(text)
    assert view is not None
    assert view.recased
    assert "said Helen Marsh, who runs the fish hall." in view.text
    assert "first of March" in view.text
    assert view.text.lower() == text.lower()


def test_broken_lines_are_joined_and_lead_back() -> None:
    """A paragraph is one line, a parted word whole; its span is what the page prints."""
    text = wrapped(STORY)
    view = seen(text)
    assert view is not None
    assert [line for line in view.text.split("\n") if line] == STORY.split("\n")
    at = view.text.index("announced")
    assert view.stored(Span(at, at + len("announced"))).of(text).replace("-\n", "") == "announced"
    assert [view.stored(Span(n, n + 1)).of(text) for n in (0, 1, 2)] == ["T", "h", "e"]


def test_a_hyphen_that_belongs_to_a_word_stays() -> None:
    """Both of its parts are words, and the whole is none."""
    text = (
        "The mayor called it a well-\nknown case, a poor exam-\nple of what the town had\nto offer."
    )
    view = seen(text)
    assert view is not None
    assert view.text == (
        "The mayor called it a well-known case, a poor example of what the town had to offer."
    )


FORMS = {
    "capitals": STORY.upper(),
    "capitals and straight marks": STORY.upper().replace("“", '"').replace("”", '"'),
    "small letters": STORY.lower(),
    "broken lines": wrapped(STORY),
    "broken lines in capitals": wrapped(STORY.upper()),
}


@pytest.mark.model
@pytest.mark.parametrize("form", FORMS)
def test_who_says_what(form: str) -> None:
    """As in the usual print, with the words as they are printed and no senseless name."""
    text = FORMS[form]
    (result,) = read_batch([make_article({"text": text})], load_steps())
    assert isinstance(result, ArticleResult)
    found = {
        " ".join(printed(text, each.content).replace("-\n", "").split()).lower(): (
            each.speaker.name if each.speaker else None
        )
        for each in result.quotations
    }
    assert found["we have pumped out the market three times this year,"] == "Helen Marsh"
    assert found["it is money well spent,"] == "Tom Ridley"
    assert set(found.values()) <= {"Helen Marsh", "Tom Ridley", None}
    assert result.annotated.article.text == text


def test_guessed_capitals_name_nobody() -> None:
    """A given name, or a known person, must stand behind a name; otherwise it says why not."""
    said = Quotation("q1", "direct", (Span(0, 3),), (), (), "assertion", 1.0, "reader")
    entities = (
        Entity("helen-marsh", "Helen Marsh", "person"),
        Entity("council-announced", "Council Announced", "organisation"),
        Entity("bridge-will", "Bridge Will", "person"),
        Entity("nato", "NATO", "organisation"),
    )
    quotations = [
        Quotation(
            *("q1", "direct", (Span(0, 3),), (), (), "assertion", 1.0, "reader"),
            speaker=Speaker(each.id, each.name, each.kind),
        )
        for each in entities
    ]
    kept, left = without_guesses(
        [said, *quotations], entities, People(()), "HELEN MARSH AND NATO MET."
    )
    assert [each.id for each in left] == ["helen-marsh", "nato"]
    assert [q.speaker.name if q.speaker else None for q in kept] == [
        *(None, "Helen Marsh", None, None, "NATO")
    ]
    assert "capitals" in kept[2].speaker_basis
