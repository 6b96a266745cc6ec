"""What differs between two wordings: kinds, meanings, spans to the letter, groups."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.records import Change, Span
from quotes.rows import Occurrence
from quotes.utterances.changes import compare, in_plain_marks, marked
from quotes.utterances.groups import commonest, fullest, spread

# What a word diff of the two shows, and the kinds in reading order.
CASES = {
    "capitals": (
        "This War MUST and WILL END SOON",
        "this war must and will end soon",
        "[-This War MUST-]{+this war must+} and [-WILL END SOON-]{+will end soon+}",
        "case case",
    ),
    "a dash for a comma": ("Much death, he said", "Much death — he said", None, "punctuation"),
    "marks of another shape": ("It’s “over”", 'It\'s "over"', None, "punctuation " * 3),
    "a transcription slip": ("Though it is", "Although it is", None, "substituted"),
    "a form of the word": ("the law is clear", "the laws is clear", None, "spelling"),
    "British and American": ("we organise labour", "we organize labor", None, "spelling spelling"),
    "a contraction": ("I do not think so", "I don't think so", None, "spelling"),
    "two contractions": ("it's what we're for", "it is what we are for", None, "spelling spelling"),
    "one word or two": ("our healthcare plan", "our health care plan", None, "spelling"),
    "a number in figures": ("five bases", "5 bases", None, "spelling"),
    "twenty-five": ("twenty-five bases", "25 bases", None, "spelling"),
    "U.S. and US": ("the U.S. army", "the US army", None, "punctuation"),
    "a word dropped in silence": (
        "We will quickly win",
        "We will win",
        "We will [-quickly-] win",
        "dropped",
    ),
    "words added": ("with little to show", "with too little to show", None, "added"),
    "left out by an ellipsis": (
        "We came here, all of us, to win",
        "We came here … to win",
        "We came here[-, all of us,-] {+…+} to win",
        "ellipsis",
    ),
    "an ellipsis in brackets": ("We came again to win", "We came [...] to win", None, "ellipsis"),
    "an editor's words for a pronoun": (
        "We will beat them soon",
        "We will beat [the Islamic militants] soon",
        "We will beat [-them-]{+[the Islamic militants]+} soon",
        "bracketed",
    ),
    "an editor's addition": ("He left", "He (Mr. Orr) left", None, "bracketed"),
    "an editor's capital": ("we won", "[W]e won", None, "bracketed"),
    "an editor's ending": ("they want it", "they want[ed] it", None, "bracketed"),
    "a phrase for a phrase": (
        "I met the prime minister in Rome",
        "I met my friend in Rome",
        "I met [-the prime minister-]{+my friend+} in Rome",
        "substituted",
    ),
    "a hyphen": ("carpet bomb them", "carpet-bomb them", None, "punctuation"),
    "a fragment of the whole": (
        "that it was very charming, and I left",
        "very charming.",
        None,
        "dropped dropped punctuation",
    ),
    "begun earlier, with a slip": (
        "Though it rained",
        "By the way, you may see it, although it rained",
        "{+By the way, you may see it,+} [-Though-]{+although+} it rained",
        "added substituted",
    ),
    "a word moved to the front": ("We won today", "Today we won", None, "moved case"),
    "halves exchanged": (
        "lower taxes and safer streets",
        "safer streets and lower taxes",
        None,
        "added dropped moved",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_kinds(case: tuple[str, str, str | None, str]) -> None:
    """Every kind of change is told from every other."""
    before, after, shown, kinds = case
    changes = compare(before, after)
    assert sorted(change.kind for change in changes) == sorted(kinds.split())
    if shown:
        assert in_plain_marks(before, after, changes) == shown


MEANINGS = {
    "not dropped": ("We will not go", "We will go", "negation dropped: not"),
    "not added": ("We will go", "We will not go", "negation added: not"),
    "n't added": ("We can win", "We can't win", "negation added: can't"),
    "never": ("I never said it", "I said it", "negation dropped: never"),
    "unlikely": ("It is likely", "It is unlikely", "negation added: likely → unlikely"),
    "left out by dots": ("We will not ever go", "We will … go", "negation dropped: not"),
    "moved": ("Not all men voted", "All men voted not", "negation moved: not"),
    "another number": ("We lost five men", "We lost six men", "number changed: five → six"),
    "a figure": (
        "It cost $500 billion",
        "It cost $500 million",
        "number changed: billion → million",
    ),
    "a number dropped": ("all four regions", "all regions", "number dropped: four"),
    "a year": ("since 2014", "since 2022", "number changed: 2014 → 2022"),
    "another name": ("I met Putin", "I met Trump", "name changed: Putin → Trump"),
    "a name dropped": ("I met Yermak there", "I met them there", "name dropped: Yermak"),
    "a name that opens": ("Andrii Yermak won it", "he won it", "name dropped: Andrii Yermak"),
    "Iran is not Iraq": ("war on Iran now", "war on Iraq now", "name changed: Iran → Iraq"),
    "the fragment was denied": (
        "not a natural politician",
        "a natural politician",
        "negation dropped: not",
    ),
    "one for two": ("there is one way", "there are two ways", "number changed: one → two"),
}


@pytest.mark.parametrize("case", MEANINGS.values(), ids=MEANINGS)
def test_changes_of_meaning(case: tuple[str, str, str]) -> None:
    """A negation, number or name that comes or goes is told, with which it is."""
    before, after, meaning = case
    assert meanings(before, after) == [meaning]


def meanings(before: str, after: str) -> list[str]:
    """What alters the meaning, in reading order."""
    return [change.meaning for change in compare(before, after) if change.meaning]


SILENT = {
    "the same": ("We will not go", "We will not go"),
    "written out": ("We won't go", "We will not go"),
    "cannot": ("We cannot go", "We can't go"),
    "figures": ("five or six men", "5 or 6 men"),
    "thousands": ("1,500 men", "1500 men"),
    "percent": ("ten percent more", "10% more"),
    "one as a pronoun": ("the one thing we want", "the thing we want"),
    "first of all": ("First of all we want", "we want"),
    "a name in another spelling": ("I met Zelensky", "I met Zelenskiy"),
    "a title": ("I met President Putin", "I met Putin"),
    "an editor names whom": ("I met him", "I met [Putin]"),
    "capitals for loudness": ("This War MUST END", "this war must end"),
    "title case": ("War Will End Soon In Europe Now", "war will end soon in Europe"),
    "a word that holds no negation": ("a note to all", "to all"),
    "a whole sentence left out": ("We won. We did not see Putin. I left.", "We won. I left."),
    "a fragment without names": ("I met her in Rome with Mr. Orr", "I met her"),
    "denied in another clause": ("I do not know why, but we won", "we won"),
    "said again far off": (
        "It was not so. We came to see the men and the town at last",
        "We came to see the men and the town at last, or not",
    ),
    "a name moved": ("To Putin I said it", "I said it to Putin"),
}


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT)
def test_no_change_of_meaning(case: tuple[str, str]) -> None:
    """What only looks like one is not flagged, either way round."""
    assert meanings(*case) == []
    assert meanings(*case[::-1]) == []


def test_spans_point_into_both() -> None:
    """Spans cut the printed words out of either wording, in code points."""
    before, after = "“𝄞 We will not pay Mr. Orr”", "“𝄞 We will pay Ms. Lee”"
    changes = compare(before, after)
    cut = [
        (c.before and c.before.of(before).strip(), c.after and c.after.of(after)) for c in changes
    ]
    assert cut == [("not", None), ("Mr. Orr", "Ms. Lee")]


def test_stray_small_words_pair_nothing() -> None:
    """Two sentences that share no more than "the" and "of" are one substitution."""
    kinds = [c.kind for c in compare("Peace is the wish of many", "He saw the end of war")]
    assert kinds == ["substituted"]


SNIPPETS = """we|We|WE|will|won't|will not|don't|do|never|5|five|$5|the|The|law|laws|Putin|[the]
(he|he)|…|...|.|,|—|-|“|”|'|’|[...]|[W]e|é|e\u0301|health|care|healthcare|U.S.|US|%|&|\u200b||\n"""
PIECES = st.sampled_from(tuple(SNIPPETS.split("|")))
WORDINGS = st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=12)
WORDS = st.sampled_from(["we", "will", "not", "pay", "the", "man", "today", "or", "ever", ",", "."])
SPOKEN = st.lists(WORDS, max_size=12)


@settings(deadline=None)
@given(WORDINGS, WORDINGS)
def test_equal_wordings_have_no_changes(before: str, after: str) -> None:
    """And unlike ones have some."""
    assert (compare(before, after) == ()) == (before == after)


MIRRORED = {"dropped": "added", "added": "dropped"}


def seen_from_the_other(change: Change) -> tuple[object, ...]:
    """A change as the opposite comparison tells it, without its meaning."""
    return MIRRORED.get(change.kind, change.kind), change.after, change.before


@settings(deadline=None)
@given(SPOKEN.map(" ".join) | WORDINGS, SPOKEN.map(" ".join) | WORDINGS)
def test_symmetry(one: str, other: str) -> None:
    """The other way round the same changes come out, dropped for added, equally grave."""
    there, back = compare(one, other), compare(other, one)
    expected = sorted(map(str, map(seen_from_the_other, there)))
    assert sorted(str((c.kind, c.before, c.after)) for c in back) == expected
    assert len(meanings(one, other)) == len(meanings(other, one))


@settings(deadline=None)
@given(WORDINGS, WORDINGS)
def test_marks_show_both_wordings(before: str, after: str) -> None:
    """The marked line holds all the words of both, in order."""
    parts = marked(before, after, compare(before, after))
    assert "".join(p.text for p in parts if p.side != "after") == before
    assert "".join(p.text for p in parts if p.side != "before") == after


@settings(deadline=None)
@given(SPOKEN)
def test_spans_do_not_overlap(words: list[str]) -> None:
    """On either side every letter belongs to one change at most."""
    changes = compare(" ".join(words), " ".join(reversed(words)))
    for spans in ([c.before for c in changes], [c.after for c in changes]):
        ordered = sorted(span for span in spans if span)
        assert all(one.end <= two.start for one, two in pairwise(ordered))


def test_long_wordings_take_little_time() -> None:
    """Two thousand words with a change in every hundred: under a second, and few changes."""
    rng = random.Random(4)
    words = [f"word{rng.randrange(900)}" for _ in range(2000)]
    other = [w if n % 100 else "changed" for n, w in enumerate(words)]
    start = time.process_time()
    changes = compare(" ".join(words), " ".join(other))
    assert time.process_time() - start < 1
    assert len(changes) == 20


# Groups


def test_fullest_and_commonest() -> None:
    """Brackets don't make a wording fuller; signs and capitals don't make it another."""
    wordings = ["We won.", "we won", "We [the people] won", "We have really won", "we won"]
    assert fullest(wordings) == "We have really won"
    assert commonest(wordings) == "we won"
    assert fullest([]) is None
    assert commonest([]) is None


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["We won", "we won!", "They won", "we [all] won", ""])), st.randoms()
)
def test_group_ignores_order(wordings: list[str], rng: random.Random) -> None:
    """Whatever the order of arrival, the same wording is named."""
    shuffled = rng.sample(wordings, len(wordings))
    assert fullest(wordings) == fullest(shuffled)
    assert commonest(wordings) == commonest(shuffled)


SPREADS = {
    "by date": ("a=2025-02-12 b=2025-02-11 c=2025-02-13", "b | a | c"),
    "two on one day": ("b=2025-02-11 a=2025-02-11 c=2025-02-12", "a b | c"),
    "unknown last": ("z= a=2025-02-11 b=", "a || b z"),
    "nothing known": ("b= a=", "|| a b"),
    "an outlet once": ("a=2025-02-12 b=2025-02-11 a=2025-02-10", "a | b"),
    "an outlet dated once": ("a= a=2025-02-12", "a"),
    "by the clock": ("a=2025-02-11T12:00 b=2025-02-11T09:30", "b | a"),
    "clocks of two zones": ("a=2025-02-11T12:00+02:00 b=2025-02-11T10:30Z", "a | b"),
    "a clock of no zone among others": ("b=2025-02-11T12:00 a=2025-02-11T13:30Z", "a b"),
    "one without a clock": ("b=2025-02-11T12:00 a=2025-02-11 c=2025-02-11T09:00", "a b c"),
    "not a date": ("a=yesterday b=2025-02-11", "b || a"),
}


@pytest.mark.parametrize("case", SPREADS.values(), ids=SPREADS)
def test_spread(case: tuple[str, str]) -> None:
    """Who was first and who followed; what nothing parts stays together."""
    given_, expected = case
    rows = [pair.split("=") for pair in given_.split()]
    printings = [printing(f"q{at}", *pair) for at, pair in enumerate(rows)]
    waves, undated = spread(printings)
    told = " | ".join(" ".join(p.outlet or "?" for p in wave) for wave in waves)
    if undated:
        told += " || " + " ".join(p.outlet or "?" for p in undated)
    assert told.strip() == expected
    assert spread(reversed(printings)) == (waves, undated)


def printing(id_: str, outlet: str, day: str = "") -> Occurrence:
    """A printing by an outlet on a day, "" where either is unknown."""
    return Occurrence(
        quotation=id_,
        cluster=None,
        article=id_,
        speaker=None,
        speaker_as_written="",
        speaker_basis="",
        text="",
        kind="direct",
        attitude="assertion",
        cue="",
        outlet=outlet or None,
        outlet_inferred=False,
        title=None,
        url=None,
        published=day or None,
        content=(Span(0, 1),),
        confidence=1.0,
        method="",
        region=None,
    )


def test_printings_without_outlet_are_not_one() -> None:
    """Two unknown outlets are two."""
    _, undated = spread([printing("q1", ""), printing("q2", "")])
    assert len(undated) == 2
