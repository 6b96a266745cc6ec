"""Which quotations are told to be one utterance, and which are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from from_scratch import groups_of

from quotes.records import Kind, Variant
from quotes.text.lists import MOST_BITS, bits
from quotes.utterances.likeness import PairScore, compare, decide, tell_join
from quotes.utterances.wording import wording_of, words_of

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
    around: str = "",
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
        context=around,
    )


def reported(words: str, by: str | None, *, article: str, on: str = "2025-02-12") -> Variant:
    """An indirect quotation."""
    number = f"q{next(NUMBERS):06}"
    return Variant(number, article, article, "indirect", words, (), by, on)


def groups(variants: Sequence[Variant]) -> set[frozenset[str]]:
    """The members of each group."""
    return set(groups_of(variants).values())


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
    (
        "agreed",
        said(
            "essentially agreed",
            outlet=POST,
            within="Kyiv had “essentially agreed” to a deal",
            around="a deal on $500 billion worth of rare earth, the equivalent of what it got",
        ),
    ),
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
AFFAIR = "prosecutors found emails, classified, on her private server: recklessness,"
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
    "a heading in title case": (
        said("It was a disgraceful surrender of our sovereignty"),
        said("Disgraceful Surrender of Our Sovereignty", outlet=NYT),
    ),
    "words in another order": (
        said("a lot of coal companies and coal miners out of business"),
        said("a lot of coal miners and coal companies out of business", outlet=NYT),
    ),
    "another spelling": (
        said("we will not apologise to our neighbours"),
        said("We will not apologize to our neighbors", None, outlet=NYT),
    ),
    "a contraction written out": (
        said("we're not going to negotiate with terrorists"),
        said("We are not going to negotiate with terrorists", outlet=NYT),
    ),
    "a word dropped in silence": (
        said("with too little to show"),
        said("billions of dollars globally, with little to show, and the world", outlet=NYT),
    ),
    "words substituted in brackets": (
        said("we will carpet bomb them into oblivion"),
        said("carpet-bomb [the Islamic militants] into oblivion", outlet=NYT),
    ),
    "neither holds the other": (
        said(
            "that was yesterday. They are going to people showing videos of him insulting Islam "
            "and Muslims in order to recruit more radical jihadists"
        ),
        said(
            "They are going to people showing videos of him insulting Islam and Muslims in order "
            "to recruit more radical jihadists, and nobody in that party says a word about it",
            None,
            outlet=NYT,
        ),
    ),
    "one of several quoted pieces": (
        said("he will fight with the anti-firearm rhetoric of prosecutors forever"),
        said("the anti-firearm rhetoric of prosecutors | so help me", outlet=NYT, on=NEXT_DAY),
    ),
    "a mark lost in a mixed quotation": (
        said("which candidate will show up", within="perplexed about which candidate…"),
        Variant(
            "q-mixed",
            "b",
            NYT,
            "mixed",
            "her anxiety … I do not know which candidate will show up",
            (),
            "donald-trump",
            "2025-02-12",
        ),
    ),
    "a few words, weeks later, the same affair around them": (
        said("extremely careless", "comey", around=f"{AFFAIR} he said"),
        said("extremely careless", None, on="2025-02-26", outlet=NYT, around=f"{AFFAIR} again"),
    ),
    "one rare word, weeks later, the same affair around it": (
        said("sarcastic", around=AFFAIR),
        said("sarcastic.", on="2025-02-26", outlet=NYT, around=f"{AFFAIR} again"),
    ),
    "a name missing": (
        said("artful smear", around=AFFAIR),
        said("artful smear", None, outlet=NYT, on=NEXT_DAY, around=AFFAIR),
    ),
    "dates missing": (said(TAX, on=None), said(TAX, on=None, outlet=NYT)),
    "a copied indirect report": (
        reported("that the reserves would be developed jointly with Kyiv", ZELENSKY, article="a"),
        reported("the reserves would be developed jointly with Kyiv", ZELENSKY, article="b"),
    ),
}

APART = {
    "a name missing, another affair": (
        said("artful smear", around=AFFAIR),
        said("artful smear", None, outlet=NYT, on=NEXT_DAY, around="the pilot crashed in Ohio"),
    ),
    "a few words, weeks later, another affair": (
        said("extremely careless", "comey", around=f"{AFFAIR} he said"),
        said("extremely careless", None, on="2025-02-26", outlet=NYT, around="the pilot crashed"),
    ),
    "one rare word, weeks later, another affair": (
        said("sarcastic", around=AFFAIR),
        said("sarcastic", on="2025-02-26", outlet=NYT, around="the pilot crashed"),
    ),
    "one rare word, the same affair, another speaker": (
        said("sarcastic", "comey", around=AFFAIR),
        said("sarcastic", "trump", on="2025-02-26", outlet=NYT, around=AFFAIR),
    ),
    "two words of a long quotation, nothing else alike": (
        said("crystal ball", None),
        said("The only ones peering into this crystal ball will be the candidates", None),
    ),
    "a question and its answer": (
        said("Of course I believe in the devil", None),
        said("I do not believe in the devil", None, outlet=NYT),
    ),
    "a ten-word stock phrase": (
        said("I will be the next president of the United States of America, and soon"),
        said("who wants to be the next president of the United States of America", ZELENSKY),
    ),
    "a name told of by the same source": (
        reported("Mrs. Clinton", TRUMP, article="a"),
        reported("Mrs. Clinton", TRUMP, article="b"),
    ),
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
    first = said("We made tremendous progress in Munich on minerals today", article="a", name="q1")
    second = said("Tremendous progress in Munich, and peace talks follow", article="b", name="q2")
    fragment = said("tremendous progress in Munich", article="b", name="q3")
    assert groups([first, second, fragment]) == {frozenset({"q2", "q3"})}


def test_fragments_alone_follow_the_best_of_them() -> None:
    """A fragment too far from the whole joins through one that is near it."""
    whole = said("We made tremendous progress in Munich, on minerals", on="2025-02-10", name="q1")
    near = said("tremendous progress in Munich", on="2025-02-12", article="b", name="q2")
    far = said("tremendous progress in Munich", on="2025-02-15", article="c", name="q3")
    assert groups([whole, near, far]) == {frozenset({"q1", "q2", "q3"})}


def test_an_utterance_that_very_many_printed_stays_one() -> None:
    """Alike in all that is compared, they are one wording, however many outlets print it."""
    many = [said(TAX, article=f"a{n}", outlet=f"o{n}") for n in range(200)]
    assert [len(members) for members in groups(many)] == [200]


def score(a: Variant, b: Variant) -> PairScore:
    """The named parts for two quotations."""
    first, second = wording_of(a), wording_of(b)
    assert first
    assert second
    return compare(first, second)


def test_a_join_can_be_told() -> None:
    """Every join can be told: what is shared, how much, and what agrees."""
    a, b = JOINED["a critic repeats it, months later"]
    parts = score(a, b)
    assert parts == score(b, a)
    assert len(parts.run) == parts.words == 11
    assert (parts.containment, parts.similarity) == (1.0, 1.0)
    assert (parts.speaker, parts.days) == ("conflict", 107)
    assert decide(parts) == "equal"
    assert tell_join(a, b) == (
        "the same words, “a total and complete shutdown of Muslims entering the United States”; "
        "different speakers; 107 days apart"
    )


def test_what_stands_between_two_wordings_is_told() -> None:
    """Words in another place, and surroundings that agree, are named."""
    a, b = JOINED["a few words, weeks later, the same affair around them"]
    assert "; near both: " in tell_join(a, b)
    assert wording_of(said("…")) is None


def test_words_for_comparing() -> None:
    """Spelling, contractions, plurals and an editor's brackets make no difference."""
    assert words_of("We’re organising [their] laws") == words_of("we are organizing law")
    assert words_of("can’t") == ("can", "not")


def test_rare_words_weigh_more() -> None:
    """The table of frequencies, and the weight of what it does not know."""
    assert bits("the") < bits("president") < bits("prosecutor") <= MOST_BITS
    assert bits("qwertyuiop") == MOST_BITS


def test_ids_come_from_the_smallest_member() -> None:
    """An id stays as it is while the first member does."""
    pair = [said(TAX, name="q1"), said(TAX, outlet=NYT, name="q2")]
    more = [*pair, said(TAX, outlet=POST, name="q3")]
    assert list(groups_of(pair)) == list(groups_of(more))
    (id_,) = groups_of(pair)
    assert id_.startswith("c")
    assert len(id_) == 11
