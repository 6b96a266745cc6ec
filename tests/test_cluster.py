"""Which quotations are told to be one utterance, and which are not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.cluster import (
    cluster,
    decide,
    explain,
    group,
    joins,
    prepare,
)
from quotes.records import Kind, Variant

NUMBERS = iter(range(10**6))


def said(
    words: str,
    by: str | None = "donald-trump",
    *,
    outlet: str = "Reuters",
    on: str | None = "2025-02-12",
    within: str | None = None,
    article: str | None = None,
    name: str = "",
) -> Variant:
    """A quotation; `within` is the reported clause that the quoted words stand in."""
    kind: Kind = "mixed" if within else "direct"
    number = name or f"q{next(NUMBERS):06}"
    return Variant(
        quotation=number,
        article=article or outlet,
        outlet=outlet,
        kind=kind,
        text=within or words,
        quoted=tuple(words.split(" | ")),
        entity=by,
        published=on,
    )


def reported(words: str, by: str | None, *, article: str, on: str = "2025-02-12") -> Variant:
    """An indirect quotation."""
    number = f"q{next(NUMBERS):06}"
    return Variant(number, article, article, "indirect", words, (), by, on)


def groups(variants: Sequence[Variant]) -> set[frozenset[str]]:
    """The members of each group."""
    return {frozenset(c.members) for c in cluster(variants)}


TRUMP, ZELENSKY, YERMAK = "donald-trump", "volodymyr-zelensky", "andrii-yermak"
BESSENT, WALTZ = "scott-bessent", "mike-waltz"
POST, NYT, KI = "Kyiv Post", "The New York Times", "The Kyiv Independent"

# The quoted words of the seed articles, and the group each belongs to.
SEEDS: list[tuple[str | None, Variant]] = [
    ("secured", said("secured", within="that Washington’s support needs to be “secured”")),
    ("secured", said("secured.", outlet="Defence Talks", within="U.S. backing must be “secured.”")),
    ("progress", said("tremendous progress", within="he has made “tremendous progress”")),
    ("progress", said("tremendous progress", outlet="Defence Talks", within="“tremendous…")),
    (None, said("giving them away", ZELENSKY, within="not “giving them away”")),
    (
        "end soon",
        said(
            "I am sending Secretary of the Treasury Scott Bessent to Ukraine to meet President "
            "Zelensky. This War MUST and WILL END SOON — Too much Death and Destruction,",
            outlet=POST,
        ),
    ),
    (
        "end soon",
        said("this war must and will end soon — too much death and destruction.", outlet=NYT),
    ),
    (
        "little to show",
        said(
            "The U.S. has spent BILLIONS of Dollars Globally, with little to show. WHEN AMERICA "
            "IS STRONG, THE WORLD IS AT PEACE,",
            outlet=POST,
        ),
    ),
    (
        "little to show",
        said(
            "with too little to show",
            outlet=NYT,
            within="had spent billions of dollars “with too little to show” for it",
        ),
    ),
    (None, said("We’re putting in hundreds of billions of dollars,", outlet=POST)),
    (
        None,
        said(
            "They have great rare earth. And I want security of the rare earth, and they’re "
            "willing to do it.",
            outlet=POST,
        ),
    ),
    (
        None,
        said(
            "We are open to the fact that all this can be developed with our partners, who are "
            "both helping us to protect our land and pushing the enemy back with their weapons "
            "and sanctions packages – and this is absolutely fair,",
            ZELENSKY,
            outlet=POST,
        ),
    ),
    ("agreed", said("essentially agreed", outlet=POST, within="“essentially agreed” to a deal")),
    (
        "agreed",
        said(
            "I told them that I want the equivalent of like $500 billion worth of rare earth "
            "[minerals], and they’ve essentially agreed to do that,",
            outlet=POST,
        ),
    ),
    (
        None,
        said(
            "We need to recoup those costs and that is going to be a partnership with the "
            "Ukrainians in terms of their rare earths, their natural resources, and their oil "
            "and gas,",
            WALTZ,
            outlet=POST,
        ),
    ),
    (
        "potential",
        said(
            "We really have this big potential in the territory which we control... We are "
            "interested to work, to develop, with our partners, first of all, with the United "
            "States.",
            YERMAK,
            outlet=POST,
        ),
    ),
    (
        "potential",
        said(
            "We really have this big potential in the territory which we control, | We are "
            "interested to work, to develop, with our partners, first of all, with the United "
            "States.",
            YERMAK,
            outlet=POST,
        ),
    ),
    (None, said("serious people", ZELENSKY, outlet=POST)),
    (None, said("rare earth", None, outlet=POST)),
    (None, said("It can be lithium. It can be titanium, uranium,", YERMAK, outlet=POST)),
    (None, said("President Trump has a plan to end this war,", BESSENT, outlet=NYT)),
    (
        None,
        said(
            "we would like an economic cooperation agreement. In exchange for this agreement, "
            "the U.S. will continue to provide material support for the Ukraine.",
            BESSENT,
            outlet=NYT,
        ),
    ),
    (None, said("the American people understand what we are doing here.", BESSENT, outlet=NYT)),
    (None, said("detailed plan", ZELENSKY, outlet=NYT)),
    (
        None,
        said(
            "Right now, we need the unity and support of all our partners in the fight for a "
            "just end to this war.",
            ZELENSKY,
            outlet=NYT,
        ),
    ),
    (
        None,
        said(
            "We talked about minerals... I know that our team has been given the first draft of "
            "this document on a partnership between our countries,",
            ZELENSKY,
            outlet=KI,
        ),
    ),
    (
        None,
        said(
            "I really want our team to work on this document. We received this document today. "
            "We will do everything so that our teams can quickly agree and sign this document,",
            ZELENSKY,
            outlet=KI,
        ),
    ),
    ("other things", said("rare earths and other things.", outlet=KI, within="in exchange for…")),
    (
        "other things",
        said(
            "They’re going to secure what we’re giving them with their rare earths and other "
            "things,",
            outlet=KI,
        ),
    ),
    (None, said("do a deal with Ukraine | rare earths.", outlet=KI, within="to “do a deal…")),
]


def test_the_seed_articles() -> None:
    """The utterances that two printings carry are found, and nothing else is joined."""
    wanted: dict[str, set[str]] = {}
    for name, variant in SEEDS:
        if name:
            wanted.setdefault(name, set()).add(variant.quotation)
    assert groups([v for _, v in SEEDS]) == {frozenset(ids) for ids in wanted.values()}


TAX = "if she gets to pick her judges, nothing you can do, folks"
SHUTDOWN = "a total and complete shutdown of Muslims entering the United States"
LATER, NEXT_DAY = "2025-05-30", "2025-02-13"

JOINED = {
    "identical, other marks": (said("That’s “very” sad—"), said("that's 'very' sad", outlet=NYT)),
    "fragment of the whole": (said(f"By the way, {TAX}."), said("pick her judges", outlet=NYT)),
    "a slip": (
        said(f"{TAX}, although the Second Amendment people, maybe there is", outlet=NYT),
        said("Though the Second Amendment people, maybe there is"),
    ),
    "an editor's brackets": (
        said("he [Trump] is being used in the video by recruiters abroad"),
        said("he is being used in the video by recruiters abroad", outlet=NYT),
    ),
    "words dropped by an ellipsis": (
        said("our partners will protect ... our land and weapons factories"),
        said("our partners will protect, I hope, our land and weapons factories", outlet=NYT),
    ),
    "a critic repeats it, months later": (
        said(SHUTDOWN),
        said(SHUTDOWN, "jeb-bush", on=LATER, outlet=NYT),
    ),
    "a name missing": (said("artful smear"), said("artful smear", None, outlet=NYT, on=NEXT_DAY)),
    "dates missing": (said(TAX, on=None), said(TAX, on=None, outlet=NYT)),
    "a copied indirect report": (
        reported("that the reserves would be developed jointly with Kyiv", ZELENSKY, article="a"),
        reported("the reserves would be developed jointly with Kyiv", ZELENSKY, article="b"),
    ),
}

APART = {
    "slogan on another occasion": (
        said("Make America great again"),
        said("MAKE AMERICA GREAT AGAIN!", outlet=NYT, on=LATER),
    ),
    "stock phrase": (
        said("I will be the next president of the United States, and soon"),
        said("she should never become president of the United States", ZELENSKY, outlet=NYT),
    ),
    "one common word": (said("good"), said("good", outlet=NYT)),
    "one word, two speakers": (said("secured"), said("secured", ZELENSKY, outlet=NYT)),
    "one word, another week": (said("secured"), said("secured", outlet=NYT, on="2025-02-20")),
    "catch-phrase thrown back": (
        said("New York values", "ted-cruz"),
        said("New York values", outlet=NYT, on=LATER),
    ),
    "another person's echo": (
        said("That makes me smart"),
        said("If he thinks that makes him smart, what does he think of you?", "clinton"),
    ),
    "one frame, other words": (
        said("has the integrity to serve effectively as president"),
        said("realistic enough to serve effectively as president", "ben-carson"),
    ),
    "indirect and alike": (
        reported("the reserves would be developed jointly with Kyiv", ZELENSKY, article="a"),
        reported("the reserves must be defended jointly with Kyiv", ZELENSKY, article="b"),
    ),
    "a copied indirect report, other speaker": (
        reported("the reserves would be developed jointly with Kyiv", ZELENSKY, article="a"),
        reported("the reserves would be developed jointly with Kyiv", YERMAK, article="b"),
    ),
    "no words": (said("…"), said("...", outlet=NYT)),
}


@pytest.mark.parametrize("case", JOINED)
def test_one_utterance(case: str) -> None:
    """Wordings of one utterance are grouped."""
    assert len(groups(JOINED[case])) == 1


@pytest.mark.parametrize("case", APART)
def test_two_utterances(case: str) -> None:
    """What only sounds alike is left apart."""
    assert groups(APART[case]) == set()


def test_a_fragment_never_joins_two_wholes() -> None:
    """The fragment goes to the whole that its own article prints."""
    first = said("We made tremendous progress on minerals today", article="a", name="q1")
    second = said("Tremendous progress, and peace talks follow", article="b", name="q2")
    fragment = said("tremendous progress", article="b", name="q3")
    assert groups([first, second, fragment]) == {frozenset({"q2", "q3"})}


def test_fragments_alone_follow_the_best_of_them() -> None:
    """A fragment too far from the whole joins through one that is near it."""
    whole = said("We made tremendous progress on minerals", on="2025-02-10", name="q1")
    near = said("tremendous progress", on="2025-02-12", article="b", name="q2")
    far = said("tremendous progress", on="2025-02-15", article="c", name="q3")
    assert groups([whole, near, far]) == {frozenset({"q1", "q2", "q3"})}


def test_a_shared_interview_brings_short_words_together() -> None:
    """Articles that share a long quotation are about one occasion, whatever their dates."""
    early = [
        said(TAX, article="a", name="q1"),
        said("very charming fellow", article="a", name="q2"),
    ]
    late = [
        said(TAX, article="b", on=LATER, name="q3"),
        said("very charming fellow", article="b", on=LATER, name="q4"),
    ]
    assert groups([early[1], late[1]]) == set()
    assert groups(early + late) == {frozenset({"q1", "q3"}), frozenset({"q2", "q4"})}


def test_an_utterance_that_very_many_printed_stays_one() -> None:
    """More copies than a bucket compares pair by pair still make one group."""
    many = [said(TAX, article=f"a{n}", outlet=f"o{n}") for n in range(200)]
    assert len(groups(many)) == 1
    assert len(cluster(many)[0].members) == 200


def test_explain_names_the_parts() -> None:
    """Every join can be told: what is shared, how much, and what agrees."""
    a, b = JOINED["a critic repeats it, months later"]
    parts = explain(a, b)
    assert parts == explain(b, a)
    assert parts.run == parts.fragment == 11
    assert (parts.containment, parts.similarity) == (1.0, 1.0)
    assert (parts.speaker, parts.days, parts.same_article) == ("conflict", 107, False)
    assert decide(parts)


PHRASES = (
    "with little to show for it", "this war must end soon", "tremendous progress", "secured",
    "the president of the United States", "rare earths and other things", "Make America great",
    "we will win for you", "they are willing to do it", "a plan to end the fighting",
)  # fmt: skip


@st.composite
def small_index(draw: st.DrawFn) -> list[Variant]:
    """Up to a dozen quotations made of a few phrases, few speakers and near dates."""
    picks = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3)
    return [
        said(
            " and then ".join(draw(picks)),
            draw(st.sampled_from([TRUMP, ZELENSKY, None])),
            article=draw(st.sampled_from("abcd")),
            on=draw(st.sampled_from(["2025-02-12", "2025-02-14", "2025-03-01", None])),
            name=f"q{n}",
        )
        for n in range(draw(st.integers(0, 12)))
    ]


@settings(deadline=None)
@given(small_index(), st.randoms())
def test_the_order_of_arrival_does_not_matter(variants: list[Variant], rng: random.Random) -> None:
    """The same groups and ids, however the quotations are shuffled."""
    shuffled = list(variants)
    rng.shuffle(shuffled)
    assert cluster(shuffled) == cluster(variants)


@settings(deadline=None)
@given(small_index())
def test_nothing_is_lost_to_the_index_of_runs(variants: list[Variant]) -> None:
    """Comparing all pairs gives the very same groups."""
    sides = prepare(variants)
    every_pair = combinations(range(len(sides)), 2)
    assert group(sides, joins(sides, every_pair)) == cluster(variants)


def test_ids_come_from_the_smallest_member() -> None:
    """An id stays as it is while the first member does."""
    pair = [said(TAX, name="q1"), said(TAX, outlet=NYT, name="q2")]
    more = [*pair, said(TAX, outlet=POST, name="q3")]
    assert [c.id for c in cluster(pair)] == [c.id for c in cluster(more)]
    assert cluster(pair)[0].id.startswith("c")
    assert len(cluster(pair)[0].id) == 11
