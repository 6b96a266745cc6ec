"""Which quotation a tag behind a closing mark speaks for, and where there is none."""

from __future__ import annotations

import pytest
from notation import marked, marked_apart

from quotes.quotations import detect
from quotes.records import AnnotatedArticle, Article, Reading, printed
from quotes.text.normalised import sentences


def said(line: str) -> list[tuple[str, str]]:
    """Source and words of each quotation of a marked text."""
    apart, text = marked_apart(line), marked(line).text
    readings = [Reading(each.content, each.cue, each.source, 0.9) for each in apart]
    found = detect(AnnotatedArticle(Article("a", text), sentences(text)), readings)
    return [(printed(text, q.source), printed(text, q.content)) for q in found]


CASES = {
    "every answer was given to who spoke before": (
        "[content1|“Did you lock the gate?”] [source1|Orr] [cue1|asked]. [content1|“No,”] "
        "[source2|Tam] [cue2|replied]. [content2|“Why not?”] [source3|he] [cue3|asked]. "
        "[content3|“Nobody told me,”] she said.",
        [
            ("Orr", "Did you lock the gate?"),
            ("Tam", "No,"),
            ("he", "Why not?"),
            ("she", "Nobody told me,"),
        ],
    ),
    "paragraphs of one speech, its tag behind the last": (
        "[source1|The mayor] [cue1|said] [content1|the gate was shut].\n\n"
        "[content1|“We lost the key.]\n\n[content2|“We looked for it,”] [source2|he] [cue2|said].",
        [("The mayor", "the gate was shut"), ("he", "We lost the key. … We looked for it,")],
    ),
    "a paragraph that a tag of its own has opened stays with it": (
        "[content1|“We lost the key,”] [source1|Orr] [cue1|said]. [content1|“It was late.]\n\n"
        "[content2|“We looked for it,”] [source2|he] [cue2|said].",
        [("Orr", "We lost the key, … It was late."), ("he", "We looked for it,")],
    ),
    "two tags of one source: the first verb keeps its quotation": (
        "[content1|“We lost it,”] [source1|Orr] [cue1|said], [cue2|adding] "
        "[content2|that he was sorry].",
        [("Orr", "We lost it,")],
    ),
    "a role before the name": (
        "It rained. “We will not sign this paper,” harbour clerk Ann Lee said.",
        [("harbour clerk Ann Lee", "We will not sign this paper,")],
    ),
    "verb before name": (
        "It rained. “We will not sign this paper,” said Lee.",
        [("Lee", "We will not sign this paper,")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_tag_takes_the_quotation_before_it(case: str) -> None:
    """Who said it stands right behind the closing mark."""
    line, expected = CASES[case]
    assert said(line)[: len(expected)] == expected


@pytest.mark.parametrize("verb", ["faulted the plan", "agreed", "denied it", "said nothing"])
@pytest.mark.parametrize("who", ["Ada Brill", "He", "Police"])
def test_the_next_sentence_takes_nothing_that_its_own_sentence_introduced(
    who: str, verb: str
) -> None:
    """After a full stop somebody else acts: he or she is not who said the words before."""
    line = f"[source|Max Orr] [cue|said]: [content|“We shall not close the yard.”] {who} {verb}."
    assert said(line) == [("Max Orr", "We shall not close the yard.")]


@pytest.mark.parametrize(
    "after", ["Ada Brill agreed.", "Additional reporting by Ann Lee", "Ada Brill nodded."]
)
def test_a_quotation_by_itself_takes_no_name_from_the_line_below(after: str) -> None:
    """Neither a credit line nor the next sentence says who spoke."""
    assert said(f"It rained. “We shall not close this yard today.”\n\n{after}") == [
        ("", "We shall not close this yard today.")
    ]
    assert said(f"It rained. “We shall not close this yard today.” {after}") == [
        ("", "We shall not close this yard today.")
    ]


def test_two_quotations_side_by_side_are_two_speakers() -> None:
    """Who answers with the second did not ask the first, and nothing says who did."""
    line = (
        "[content1|“At home,”] [source1|Orr] [cue1|said]. [content1|“All night?”] "
        "[content2|“All night,”] [source2|he] [cue2|said]."
    )
    assert said(line) == [("Orr", "At home,"), ("", "All night?"), ("he", "All night,")]


@pytest.mark.parametrize(
    "below", ["[source|Ann Lee] [cue|agreed].", "[source|Ann Lee] [cue|said] so."]
)
def test_a_sentence_below_takes_no_quotation_that_is_over(below: str) -> None:
    """The paragraph above ended with its own stop."""
    line = f"Max Orr spoke.\n\n[content|“We shall not close this yard.”]\n\n{below}"
    assert said(line) == [("", "We shall not close this yard.")]
