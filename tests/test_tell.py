"""Why quotations are one utterance, told in the words that were printed."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.records import Kind, Variant
from quotes.utterances import joins, tell_join
from quotes.utterances.wording import printed_words, words_of

WHOLE = "Although the Second Amendment people, maybe there is. I don’t know."
SHORT = "the second-amendment people — maybe there is"


def said(
    id_: str, *pieces: str, by: str | None = "trump", on: str = "2016-08-09", around: str = ""
) -> Variant:
    """A quotation of these pieces."""
    kind: Kind = "mixed" if len(pieces) > 1 else "direct"
    text = " … ".join(pieces)
    return Variant(id_, f"a{id_}", None, kind, text, pieces, by, on, around)


TOLD = {
    "the same words": (
        said("1", "We WON’T forget!"),
        said("2", "we will not forget", on="2016-08-10"),
        "the same words, “We WON’T forget”; the same speaker; 1 day apart",
    ),
    "a part of it": (
        said("1", SHORT),
        said("2", WHOLE, by=None),
        "share “the second-amendment people — maybe there is”: 100% of the shorter, 60% of the "
        "longer; speaker of one not known; the same day",
    ),
    "as the first prints it": (
        said("1", WHOLE, by="pence"),
        said("2", SHORT),
        "share “the Second Amendment people, maybe there is”: 100% of the shorter, 60% of the "
        "longer; different speakers; the same day",
    ),
    "surroundings": (
        said("1", "artful smear", around="Hillary called the “artful smear” a debate ambush"),
        said(
            "2", "artful smear", on="2016-08-30", around="In the DEBATE an ambush, an Artful smear"
        ),
        "the same words, “artful smear”; the same speaker; 21 days apart; near both: ambush, "
        "debate",
    ),
    "a long run": (
        said("1", f"{WHOLE} {WHOLE}"),
        said("2", f"{WHOLE} {WHOLE} Right?"),
        "share 24 words in a row: 100% of the shorter, 96% of the longer; the same speaker; "
        "the same day",
    ),
    "nothing": (
        said("1", "Never again"),
        said("2", "Let’s go"),
        "no words shared; the same speaker; the same day",
    ),
    "no words": (said("1", "…"), said("2", WHOLE), "no words to compare"),
}


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
def test_told(case: tuple[Variant, Variant, str]) -> None:
    """What two quotations share, who speaks, how far apart, what stands around both."""
    a, b, expected = case
    assert tell_join(a, b) == expected


GROUP = [
    said("1", SHORT, on="2016-08-10"),
    said("2", WHOLE),
    said("3", "The “Second Amendment people”, maybe there is"),
    said("4", "Second Amendment people"),
    said("5", "second amendment people"),
]


def test_each_hangs_on_another() -> None:
    """Everything leads to the fullest wording; the same words depend on their first printing."""
    found = joins(GROUP)
    partners = {id_: partner for id_, (partner, _) in found.items()}
    assert partners["2"] is None
    assert partners["5"] == "4"
    assert set(partners) == set("12345")
    for quotation in partners:
        assert leads_to(quotation, partners) == "2"
    told = {v.quotation: v for v in GROUP}
    for id_, (partner, reason) in found.items():
        if partner:
            assert reason == tell_join(told[id_], told[partner])
    assert found["2"] == (None, "the fullest wording")
    assert all(joins(order) == found for order in permutations(GROUP))


def leads_to(quotation: str, partners: dict[str, str | None]) -> str:
    """The end of the chain."""
    for _ in partners:
        quotation = partners[quotation] or quotation
    return quotation


def test_what_does_not_hang_together_says_so() -> None:
    """Quotations that are no group, or have no words."""
    found = joins([said("1", WHOLE), said("2", "Let’s go to Cleveland"), said("3", "…")])
    assert found == {
        "1": (None, "the fullest wording"),
        "2": (None, "none of the others holds it"),
        "3": (None, "no words to compare"),
    }
    assert joins([]) == {}


@given(st.text())
def test_printed_words_are_the_words(text: str) -> None:
    """The same words, each where it stands, in order."""
    found = printed_words(text)
    assert tuple(word for word, _ in found) == words_of(text)
    spans = [span for _, span in found]
    assert spans == sorted(spans)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
