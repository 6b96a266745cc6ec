"""Normalisation that keeps its way back, words, and sentences."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.ingest.text import headline
from quotes.text.normalised import normalise, quoted_parts, sentences, words

PRINTED = st.text(
    st.one_of(
        st.sampled_from("aB .!?—–-…\"'“”‘’«» \u00a0\u200b\u00ad\n\té\u0301ﬁ½ßİ"),
        st.characters(exclude_categories=["Cs"]),
    )
)

SAME = {
    "quotation marks": ("“no”", '"no"', "«no»", "``no''"),
    "apostrophes": ("don’t", "don't", "don‘t", "don`t"),
    "dashes": ("soon — too", "soon—too", "soon -- too", "soon – too", "soon - too"),
    "ellipses": ("well…", "well...", "well. . ."),
    "white space": ("rare earths", "rare\u00a0earths", "rare \n earths", " rare earths "),
    "invisible": ("secured", "se\u00adcured", "\ufeffsecured", "secu\u200bred"),
    "case": ("MUST and WILL", "must and will"),
    "accents": ("Erdoğan", "Erdog\u0306an", "Erdogan"),
    "width and ligatures": ("ﬁnal", "ｆinal", "final"),
    "sharp s": ("Straße", "STRASSE"),
}

DIFFERENT = [
    ("well-known", "well known"),
    ("re-sign", "resign"),
    ("15", "1.5"),
    ("yes.", "yes"),
    ("soon-to-be", "soon — to — be"),
]


@pytest.mark.parametrize("case", SAME)
def test_one_wording_in_many_glyphs(case: str) -> None:
    """All the ways to print one wording compare alike."""
    assert len({normalise(printed).text for printed in SAME[case]}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_wordings_that_stay_apart(one: str, other: str) -> None:
    """Hyphens, points and figures still tell wordings apart."""
    assert normalise(one).text != normalise(other).text


@given(PRINTED, st.data())
def test_every_slice_leads_back(printed: str, data: st.DataObject) -> None:
    """The original of a normalised slice, normalised again, holds that slice."""
    comparable = normalise(printed)
    start = data.draw(st.integers(0, len(comparable.text)))
    end = data.draw(st.integers(start, len(comparable.text)))
    span = comparable.span(start, end)
    assert 0 <= span.start <= span.end <= len(printed)
    assert comparable.text[start:end].strip(" ") in normalise(span.of(printed)).text


@given(PRINTED)
def test_the_map_runs_forwards(printed: str) -> None:
    """Offsets and ends rise with the text, one for each character."""
    comparable = normalise(printed)
    assert len(comparable.offsets) == len(comparable.ends) == len(comparable.text)
    assert list(comparable.offsets) == sorted(comparable.offsets)
    assert list(comparable.ends) == sorted(comparable.ends)


WORDS = {
    "Don’t stop": ["Don’t", "stop"],
    "well-known — too": ["well-known", "too"],
    "soon—too": ["soon", "too"],
    "“rock ’n’ roll”": ["rock", "n", "roll"],
    "$500 billion, 2.5%": ["500", "billion", "2.5"],
    "1,500 in 2015, 16 in 2016": ["1,500", "in", "2015", "16", "in", "2016"],
    "Erdog\u0306an": ["Erdog\u0306an"],
    "@Morning_Joe": ["Morning", "Joe"],
    "— … ”": [],
    "": [],
}


@pytest.mark.parametrize("printed", WORDS)
def test_words(printed: str) -> None:
    """Letters and digits with inner apostrophes and hyphens, never marks."""
    assert [word.of(printed) for word in words(printed)] == WORDS[printed]


# Each line is split where the bar stands.
SENTENCES = [
    "He left.| She stayed.",
    "Mr. Trump met Sen. Cruz.| Rep. King was not there.",
    "The U.S. Treasury Secretary came.| He flew in from the U.S.| The visit was short.",
    "He was confirmed on Jan. 28.| The trip came in Feb. 2025.",
    "George W. Bush and J. K. Rowling met.| Donald J. Trump did not.",
    "Tesla Inc. rose.| So did Ford Motor Co.| It was a good day.",
    "He spoke at 5 a.m. Wednesday.| At 6 p.m. he left.",
    "“We are open.| It is fair,” he said.",
    "“It is over.”| He left.",
    'She said "rare earths and other things."| He did not.',
    "“Why?” he asked.| “Because!” she cried.",
    "“We talked about minerals...| I know that,” he said.",
    "“I told them ... they agreed,” he said.",
    "Jeb! was better.| Yahoo! said so.",
    "It cost $2.5 million.| $500 billion was asked.",
    "He left. . . .| She stayed.",
    "(He left.)| [She stayed.]",
    "No mark at the end\n|Next line",
    "First\r\n|Second\u2029|Third",
    "Is it true?!| Yes.",
    "See nytimes.com for more.| It is free.",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_sentences(marked: str) -> None:
    """Points of abbreviations, initials and figures end nothing; line breaks always do."""
    printed = marked.replace("|", "")
    found = [sentence.of(printed) for sentence in sentences(printed)]
    assert found == [part.strip() for part in marked.split("|")]


@given(PRINTED)
def test_sentences_cover_all_but_white_space(printed: str) -> None:
    """Sorted, disjoint, trimmed, and nothing printed lies between them."""
    at = 0
    for sentence in sentences(printed):
        assert not printed[at : sentence.start].strip()
        assert at <= sentence.start < sentence.end
        assert sentence.of(printed) == sentence.of(printed).strip()
        at = sentence.end
    assert not printed[at:].strip()


@pytest.mark.parametrize("filler", ["a", " ", ".", ". ", ".'", "— ", "-", "a'", "a\u0301", "Mr. "])
def test_no_input_takes_more_than_linear_time(filler: str) -> None:
    """A line of 200,000 characters of any one thing is done at once, not in hours."""
    line = filler * (200_000 // len(filler))
    assert sentences(line) is not None
    assert words(line) is not None
    assert normalise(line) is not None


def test_marks_without_end_take_no_time() -> None:
    """Ten thousand single marks that nothing closes, and the mark of blank lines of a headline."""
    begun = time.perf_counter()
    assert quoted_parts("‘" * 20_000) == ()
    assert headline("Minister visits the port\n\n" + " " * 1_000_000) is None
    assert time.perf_counter() - begun < 5
