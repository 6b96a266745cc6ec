"""Long articles: read in sections, with the same answers as in one, and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.quotations import quotation_id
from quotes.records import Article, Entity, Mention, Reading, Span, TextReading
from quotes.run import sections as cutting
from quotes.run.article import ArticleResult, load_steps, read_batch
from quotes.run.sections import Joined, Section, sections


class BySaid:
    """Reads `“…,” NAME said` and finds names, as patterns alone can."""

    version = "pattern"

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """The attributions of each text."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> TextReading:
        said = re.compile(r"(“[^”]*”) (?P<who>[\w ]+) (?P<cue>said)")
        names = re.finditer(r"Ann Lee|Bo Tan|Lee|Tan", text)
        return TextReading(
            tuple(
                Reading(
                    (Span(*found.span(1)),),
                    (Span(*found.span("cue")),),
                    (Span(*found.span("who")),),
                    0.9,
                )
                for found in said.finditer(text)
            ),
            tuple(Mention(Span(*found.span()), "person") for found in names),
        )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections of some sentences."""
    for name, size in (("_OWN", 600), ("_AROUND", 200)):
        monkeypatch.setattr(cutting, name, size)
    monkeypatch.setattr("quotes.run.article.LONGEST_WHOLE", 700)
    monkeypatch.setattr(cutting, "LONGEST_WHOLE", 700)


def read(text: str) -> ArticleResult:
    """The result of one article."""
    [result] = read_batch([Article("a", text)], load_steps(reader=BySaid()))
    assert isinstance(result, ArticleResult)
    return result


def story(*paragraphs: str, times: int = 20) -> str:
    """The paragraphs, then as many of plain filling after each as make a long article."""
    filling = "It rained in the town, and the shops were closed.\n" * times
    return f"\n{filling}\n".join(paragraphs)


@given(st.text(alphabet="ab .\n", max_size=4000), st.integers(20, 300))
def test_sections_own_all_of_a_text_once(text: str, own: int) -> None:
    """Each begins where the one before ends, and sees at least what it owns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_OWN", own)
        patch.setattr(cutting, "_AROUND", 10)
        patch.setattr(cutting, "LONGEST_WHOLE", own)
        found = list(sections(text))
    assert (found[0].own.start, found[-1].own.end) == (0, len(text))
    assert all(one.own.end == other.own.start for one, other in pairwise(found))
    for each in found:
        assert each.seen.start <= each.own.start <= each.own.end <= each.seen.end <= len(text)
        assert each.own.end - each.own.start <= own
        assert each.seen.end - each.seen.start <= own + 20


@pytest.mark.usefixtures("small")
def test_a_long_article_gives_every_quotation_once_with_true_offsets() -> None:
    """Whatever section it stands in: the words, the ids and the speakers are those of the whole."""
    text = story(*(f"“Number {n} is safe,” Ann Lee said." for n in range(40)), times=3)
    found = read(text).quotations
    printed = [q.content[0].of(text) for q in found]
    assert printed == [f"Number {n} is safe," for n in range(40)]
    assert {(q.speaker.name, q.speaker.id) for q in found if q.speaker} == {("Ann Lee", "ann-lee")}
    assert {q.source[0].of(text) for q in found} == {"Ann Lee"}
    assert all(q.id == quotation_id("a", q.content, q.cue) for q in found)
    assert all(q.chain[0] == q.source[0] for q in found)


@pytest.mark.usefixtures("small")
def test_a_surname_far_behind_means_whom_the_article_named_in_full() -> None:
    """ "Lee" three sections on is Ann Lee, and the reason says so."""
    text = story("“We won,” Ann Lee said.", "“We did,” Lee said.", times=40)
    first, last = read(text).quotations
    assert first.speaker == last.speaker is not None
    assert last.speaker_basis == "“Lee” is Ann Lee, named before"
    assert [entity.aliases for entity in read(text).entities] == [("Ann Lee", "Lee")]


@pytest.mark.usefixtures("small")
def test_a_surname_of_two_stands_for_itself() -> None:
    """With Ann Lee and Bo Lee before it, "Lee" is neither."""
    text = story("“We won,” Ann Lee said.", "“We lost,” Bo Lee said.", "“No,” Lee said.", times=40)
    assert [q.speaker.name for q in read(text).quotations if q.speaker] == [
        "Ann Lee",
        "Bo Lee",
        "Lee",
    ]


@pytest.mark.usefixtures("small")
def test_nameless_persons_of_two_sections_are_two() -> None:
    """A nurse on page one and a nurse on page nine need not be one."""
    text = story("“It hurts,” a nurse said.", "“It is fine,” a nurse said.", times=40)
    first, last = (q.referent for q in read(text).quotations)
    assert first
    assert last
    assert (first.name, last.name) == ("nurse", "nurse")
    assert first.id != last.id


@pytest.mark.usefixtures("small")
def test_places_told_in_a_reason_are_those_of_the_whole_text() -> None:
    """ "first named at": an offset into the article, not into a section of it."""
    text = story("The rain fell.", "Ann Lee came. “We won,” Lee said.", times=40)
    [found] = read(text).quotations
    assert f"first named at {text.index('Ann Lee')}" in found.speaker_basis


@pytest.mark.usefixtures("small")
def test_regions_and_what_they_hold_are_counted_once() -> None:
    """A line that is no story keeps its place; what is left out of it is counted once."""
    line = "Photo: “It is dry,” Ann Lee said."
    text = story("“We won,” Ann Lee said.", "Advertisement", "Advertisement", line, times=11)
    result = read(text)
    told = [region.span.of(text) for region in result.annotated.regions]
    assert told[:2] == ["Advertisement", "Advertisement"]
    assert len({region.span for region in result.annotated.regions}) == len(told)


@pytest.mark.usefixtures("small")
def test_all_that_is_told_of_a_quotation_has_its_place_in_the_whole() -> None:
    """What denies it, and in which other quotation it stands, as in a short article."""
    said = "“The port is not safe,” Ann Lee said."
    text = story("It rained.", said, times=30)
    [found] = read(text).quotations
    [short] = read(said).quotations
    shift = text.index(said)
    assert [span.of(text) for span in found.polarity_words] == [
        span.of(said) for span in short.polarity_words
    ]
    plain_moved = [Span(s.start + shift, s.end + shift) for s in short.content]
    assert list(found.content) == plain_moved
    joined = Joined("a")
    section = Section(Span(100, 200), Span(90, 210))
    inner = replace(short, id="q2", content=(Span(40, 44),), cue=(), within="q1")
    outer = replace(short, id="q1", content=(Span(30, 50),), cue=(), polarity_words=(Span(35, 38),))
    who = [Entity("ann-lee", "Ann Lee", "person")]
    joined.take(section, [outer, inner], who)
    one, two = joined.quotations
    assert (one.polarity_words, one.within, two.within) == ((Span(125, 128),), None, one.id)
