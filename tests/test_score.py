"""Scores: what counts as found, as rightly attributed, as the right speaker, as one group."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notation import marked
from score import (
    Agreement,
    Gold,
    Scores,
    WordIndex,
    b_cubed,
    judge_speaker,
    match,
    overlap,
    pairwise,
    same_name,
    score_article,
)

from quotes.records import Quotation, Span, Speaker, SpeakerKind


def attribution(line: str) -> tuple[str, Gold]:
    """A marked text and its one attribution."""
    found = marked(line)
    return found.text, Gold(found.content, found.cue, found.source)


CASES = {
    "the same": (
        "[source|Ms Lee] [cue|said] [content|it rains here]",
        "[source|Ms Lee] [cue|said] [content|it rains here]",
        "exact relaxed attributed",
    ),
    "marks and commas never count": (
        '[source|Lee] [cue|said] [content|"it rains,"]',
        '[source|Lee] [cue|said] "[content|it rains],"',
        "exact relaxed attributed",
    ),
    "a leading that never counts": (
        "[source|Lee] [cue|said] [content|that it rains]",
        "[source|Lee] [cue|said] that [content|it rains]",
        "exact relaxed attributed",
    ),
    "half of the words are enough": (
        "[source|Lee] [cue|said] [content|it rains here now]",
        "[source|Lee] [cue|said] [content|it rains] here now",
        "relaxed attributed",
    ),
    "less than half is not": (
        "[source|Lee] [cue|said] [content|it rains here now again]",
        "[source|Lee] [cue|said] [content|it rains] here now again",
        "",
    ),
    "another source": (
        "Ann told [source|Lee] that [content|it rains]",
        "[source|Ann] told Lee that [content|it rains]",
        "exact relaxed",
    ),
    "a part of the source's name is enough": (
        "[source|Ms Lee of Kew] said [content|it rains]",
        "Ms [source|Lee] of Kew said [content|it rains]",
        "exact relaxed attributed",
    ),
    "a source where there is none": (
        "The word was [content|it rains] all over",
        "[source|The word] was [content|it rains] all over",
        "exact relaxed",
    ),
    "none on either side": (
        "The word was [content|it rains] all over",
        "The word was [content|it rains] all over",
        "exact relaxed attributed",
    ),
    "pieces around he said": (
        "[content|It rains], [source|he] said, [content|here]",
        "[content|It rains], [source|he] said, [content|here]",
        "exact relaxed attributed",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_counts_as_a_hit(case: str) -> None:
    """One gold and one found attribution of the same words."""
    wanted, given_line, hits = CASES[case]
    text, gold = attribution(wanted)
    same, found = attribution(given_line)
    assert text == same
    scores = score_article(text, [gold], [found])
    reached = [n for n in ("exact", "relaxed", "attributed") if getattr(scores, n).tp]
    assert " ".join(reached) == hits


def test_one_found_attribution_hits_one_gold_only() -> None:
    """Two gold attributions in one found stretch: the better overlap wins, one is missed."""
    text = "one two three four five"
    first, second = Gold((Span(0, 13),)), Gold((Span(14, 23),))
    found = [Gold((Span(0, 18),))]
    assert match([first, second], found, WordIndex(text)) == {0: 0}
    assert score_article(text, [first, second], found).relaxed == Agreement(1, 0, 1)


def test_any_accepted_reading_counts() -> None:
    """A content that a careful reader may end earlier or later."""
    text = "he is open to a deal and hopes for much more from all of them"
    gold = Gold((Span(0, len(text)),), readings=((Span(0, 20),),))
    assert match([gold], [Gold((Span(0, 20),))], WordIndex(text), exact=True) == {0: 0}


def test_attributions_without_words_count_nowhere() -> None:
    """A content that is a dash only is neither gold nor found."""
    scores = score_article("yes —", [Gold((Span(4, 5),))], [Gold((Span(4, 5),))])
    assert scores.relaxed == Agreement()


def test_scores_are_pooled_and_counted_by_kind() -> None:
    """Counts of two articles add up before any rate is taken."""
    text = "Lee said no and Ann said yes"
    direct = Gold((Span(9, 11),), kind="direct")
    indirect = Gold((Span(25, 28),), kind="indirect")
    both = score_article(text, [direct, indirect], [direct])
    pooled = both + both + Scores()
    assert pooled.relaxed == Agreement(tp=2, fp=0, fn=2)
    assert pooled.kinds == {"direct": Agreement(tp=2), "indirect": Agreement(fn=2)}
    assert pooled.words.recall == 0.5
    assert pooled.spans["content"] == Agreement(tp=2, fn=2)


def test_nothing_over_nothing_is_zero() -> None:
    """An empty text, nothing to find and nothing found."""
    scores = score_article("", [], [])
    assert (scores.exact.precision, scores.exact.recall, scores.exact.f1) == (0, 0, 0)
    assert b_cubed({}, {}) == (0.0, 0.0)
    assert overlap(frozenset(), frozenset()) == 0


NAMES = [
    ("Viktor Orbán", "Viktor Orban", True),
    ("VIKTOR ORBAN", "Viktor Orban", True),
    ("Ukraine's military", "Ukraine’s military", True),
    ("Orban", "Viktor Orban", False),
    ("", "Viktor Orban", False),
]


@pytest.mark.parametrize(("name", "wanted", "same"), NAMES)
def test_same_name(name: str, wanted: str, same: bool) -> None:
    """Case, accents and marks don't count; a part of the name is not the name."""
    assert same_name([wanted], name) is same


SPEAKERS: list[tuple[str, SpeakerKind, list[str], str]] = [
    ("Ann Lee", "person", ["Ann Lee"], "right"),
    ("Bo Lee", "person", ["Ann Lee"], "wrong"),
    ("", "person", ["Ann Lee"], "abstained"),
    ("", "person", [], "right"),
    ("a U.S. source", "unnamed", [], "right"),
    ("residents", "group", [], "right"),
    ("Ann Lee", "person", [], "wrong"),
    ("Reuters", "organisation", [], "wrong"),
]


@pytest.mark.parametrize(("name", "kind", "wanted", "verdict"), SPEAKERS)
def test_judge_speaker(name: str, kind: SpeakerKind, wanted: list[str], verdict: str) -> None:
    """Naming nobody is right where nobody is named."""
    speaker = Speaker("e1", name, kind) if name else None
    gold = Gold((Span(0, 1),), names=frozenset(wanted))
    assert judge_speaker(gold, speaker) == verdict


def test_quotations_can_be_scored_as_they_are() -> None:
    """What `extract` returns needs no conversion."""
    quotation = Quotation(
        id="q0", kind="indirect", content=(Span(9, 11),), cue=(Span(4, 8),), source=(Span(0, 3),),
        attitude="assertion", confidence=0.9, method="reader",
    )  # fmt: skip
    gold = Gold((Span(9, 11),), (Span(4, 8),), (Span(0, 3),))
    assert score_article("Lee said no", [gold], [quotation]).attributed.f1 == 1


@pytest.mark.parametrize(
    ("found", "agreement", "precision", "recall"),
    [
        ("aabb", Agreement(2, 0, 0), 1.0, 1.0),
        ("----", Agreement(0, 0, 2), 1.0, 0.5),
        ("aaaa", Agreement(2, 4, 0), 0.5, 1.0),
        ("abab", Agreement(0, 2, 2), 0.5, 0.5),
    ],
)
def test_groups(found: str, agreement: Agreement, precision: float, recall: float) -> None:
    """Four items, gold groups 01 and 23; `-` stands alone."""
    gold: dict[Hashable, Hashable | None] = dict(enumerate("aabb"))
    given_groups: dict[Hashable, Hashable | None] = {
        i: None if c == "-" else c for i, c in enumerate(found)
    }
    assert pairwise(gold, given_groups) == agreement
    assert b_cubed(gold, given_groups) == (precision, recall)


groupings = st.dictionaries(
    st.integers(0, 9), st.one_of(st.none(), st.sampled_from("abc")), max_size=10
)


@given(groupings, groupings)
def test_pairwise_agrees_with_brute_force(
    gold: dict[Hashable, Hashable | None], found: dict[Hashable, Hashable | None]
) -> None:
    """Every pair of common items, one by one."""
    hits = spurious = missed = 0
    for a, b in combinations(gold.keys() & found.keys(), 2):
        wanted = gold[a] is not None and gold[a] == gold[b]
        joined = found[a] is not None and found[a] == found[b]
        hits += wanted and joined
        spurious += joined and not wanted
        missed += wanted and not joined
    assert pairwise(gold, found) == Agreement(hits, spurious, missed)


@given(groupings)
def test_a_grouping_agrees_with_itself(grouping: dict[Hashable, Hashable | None]) -> None:
    """Nothing spurious, nothing missed, and B-cubed of 1 where there is anything."""
    agreement = pairwise(grouping, grouping)
    assert (agreement.fp, agreement.fn) == (0, 0)
    assert b_cubed(grouping, grouping) == ((1.0, 1.0) if grouping else (0.0, 0.0))


spans = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda p: Span(p[0], p[0] + p[1]))
attributions = st.lists(st.builds(Gold, content=st.tuples(spans), source=st.tuples(spans)))


@given(st.text("ab ,”", max_size=50), attributions, attributions)
def test_stricter_tests_never_hit_more(text: str, gold: list[Gold], found: list[Gold]) -> None:
    """Exact and attributed hits are relaxed hits, and every count adds up."""
    scores = score_article(text, gold, found)
    assert scores.exact.tp <= scores.relaxed.tp
    assert scores.attributed.tp <= scores.relaxed.tp
    wanted = {a.tp + a.fn for a in (scores.exact, scores.relaxed, scores.attributed)}
    assert len(wanted) == 1


@given(st.text("ab ,”", max_size=50), attributions)
def test_gold_agrees_with_itself(text: str, gold: list[Gold]) -> None:
    """Whatever is marked, finding just that is free of spurious and missed ones."""
    scores = score_article(text, gold, gold)
    assert scores.relaxed.fp == scores.relaxed.fn == 0
    assert scores.exact.fp == scores.exact.fn == 0
