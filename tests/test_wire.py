"""Which articles are one text: copies, cuts, rewrites and families."""

from __future__ import annotations

import csv
import random
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.records import Article, Region, Span
from quotes.wires import (
    Family,
    Fingerprint,
    MemoryStore,
    Relation,
    candidates,
    families,
    fingerprint,
    judge,
    likeness,
    related,
    relation,
)
from quotes.wires.credits import load_wires

SEEDS = Path(__file__).parents[1] / "fixtures" / "seeds"
GOLD = Path(__file__).parents[1] / "fixtures" / "gold" / "articles"


@pytest.fixture(scope="module")
def seeds() -> dict[str, Fingerprint]:
    """The seeds' fingerprints by outlet."""
    with (SEEDS / "outlets.csv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest))
    return {
        row["outlet"]: fingerprint(
            Article(
                row["file"],
                (SEEDS / row["file"]).read_text(encoding="utf-8"),
                outlet=row["outlet"],
                published=row["published"],
            )
        )
        for row in rows
    }


def test_the_rewrite_among_five_reports_of_one_event(seeds: dict[str, Fingerprint]) -> None:
    """Defence Talks rewrote Reuters; the other reports share names and quotations alone."""
    found = {
        (one.outlet, other.outlet): link.kind
        for one, other in combinations(seeds.values(), 2)
        if (link := relation(one, other))
    }
    assert found == {("Reuters", "Defence Talks"): "rewrite"}


def test_the_seeds_come_to_four_accounts(seeds: dict[str, Fingerprint]) -> None:
    """Five outlets printed it; the rewrite is no account of its own."""
    store = MemoryStore()
    links: list[Relation] = []
    for one in seeds.values():
        links += related(one, store)
        store.add(one)
    (family,) = families(seeds.values(), links)
    assert (family.origin, family.basis) == ("Reuters", "credited by 1 of 2: KYIV (Reuters) –")
    assert family.first == seeds["Reuters"].article


def test_unrelated_articles_stay_apart() -> None:
    """Twelve articles on twelve things."""
    prints = [
        fingerprint(Article(path.name, path.read_text(encoding="utf-8")))
        for path in sorted(GOLD.glob("*.txt"))
    ]
    assert not [pair for pair in combinations(prints, 2) if relation(*pair)]


# Made-up copies


def story(seed: int, sentences: int = 14) -> list[str]:
    """Sentences of twelve words each that no other seed gives."""
    rng = random.Random(seed)
    syllables = [a + b for a in "bcdfghjklmnprst" for b in "aeiou"]
    return [
        " ".join("".join(rng.choices(syllables, k=3)) for _ in range(12)).capitalize() + "."
        for _ in range(sentences)
    ]


def printed(article: str, sentences: list[str], **given_: str) -> Fingerprint:
    """The fingerprint of an article of these sentences."""
    return fingerprint(Article(article, "\n".join(sentences), **given_))  # type: ignore[arg-type]


def lightly_edited(sentences: list[str]) -> list[str]:
    """Every third sentence with another word in its middle."""
    return [
        sentence.replace(sentence.split()[6], "changed") if at % 3 == 0 else sentence
        for at, sentence in enumerate(sentences)
    ]


def reworded(sentences: list[str]) -> list[str]:
    """Every third word another one, in the same order of facts."""
    return [
        " ".join(f"new{at}x{n}" if n % 3 == 0 else w for n, w in enumerate(s.split()))
        for at, s in enumerate(sentences)
    ]


WHOLE, OTHER = story(1), story(2)
COPIES = {
    "to the letter": (WHOLE, "copy"),
    "another headline": (["Quite another headline.", *WHOLE], "copy"),
    "lightly edited": (lightly_edited(WHOLE), "copy"),
    "the end cut": (WHOLE[:8], "shortened"),
    "own paragraphs added": (WHOLE + OTHER[:7], "extended"),
    "cut, and a little added": (WHOLE[:8] + OTHER[:1], "shortened"),
    "told in other words": (reworded(WHOLE), "rewrite"),
}


@pytest.mark.parametrize("case", COPIES.values(), ids=COPIES)
def test_copies(case: tuple[list[str], str]) -> None:
    """What an outlet may do to an agency's text, and what it is called."""
    text, kind = case
    one, other = printed("a", WHOLE), printed("b", text)
    link = relation(one, other)
    assert link
    assert link.kind == kind
    assert candidates(other, MemoryStore([one])) == ("a",)


STRANGERS = {
    "another story": OTHER,
    "one sentence of it quoted": [WHOLE[3], *OTHER],
    "a few words each": [f"{w[:40]} {o}" for w, o in zip(WHOLE[:3], OTHER, strict=False)],
    "the same sentences backwards in other words": reworded(WHOLE)[::-1],
    "a brief": reworded(WHOLE)[:3],
    "too short to tell": ["Rain fell on Monday."],
    "nothing": [],
}


@pytest.mark.parametrize("text", STRANGERS.values(), ids=STRANGERS)
def test_strangers(text: list[str]) -> None:
    """What a report may share with another without being its text."""
    assert relation(printed("a", WHOLE), printed("b", text)) is None
    assert relation(printed("b", text), printed("a", WHOLE)) is None


def test_a_footer_makes_no_copy() -> None:
    """Regions that are not the story are left out."""
    footer = "\n".join(story(9, 12))
    texts = ["\n".join(story(seed, 6)) for seed in (1, 2)]
    regions = [
        Region(Span(len(text) + 1, len(text) + 1 + len(footer)), "boilerplate", "")
        for text in texts
    ]
    articles = [Article(str(at), f"{text}\n{footer}") for at, text in enumerate(texts)]
    assert relation(*(fingerprint(article) for article in articles))
    pairs = zip(articles, regions, strict=True)
    assert relation(*(fingerprint(a, regions=[region]) for a, region in pairs)) is None


TEXTS = st.lists(st.sampled_from([*WHOLE[:6], *OTHER[:6], *reworded(WHOLE[:4])]), max_size=12)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_relations_mirror(one: list[str], other: list[str]) -> None:
    """Asked the other way round: the same, shortened for extended; parts lie in 0..1."""
    first, second = printed("a", one), printed("b", other)
    there, back = relation(first, second), relation(second, first)
    assert (there and there.mirrored()) == back
    parts = likeness(first, second)
    shares = (parts.wording_of_first, parts.wording_of_second, parts.told_of_first)
    assert all(0 <= share <= 1 for share in (*shares, parts.told_of_second))
    assert judge(parts) == (there and there.kind)


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_fingerprint(text: str) -> None:
    """Of any text, and the same one again; a long one is its own copy."""
    one = fingerprint(Article("a", text))
    assert one == fingerprint(Article("a", text))
    assert all(0 <= key < 2**32 for key in one.keys)
    assert len(one.runs) % 4 == len(one.told) % 2 == 0


# Credits


CREDITS = {
    "dateline": ("KYIV (Reuters) – A visit began.", "Reuters"),
    "dateline with a date": (
        "DES MOINES, Iowa, Aug. 10 (UPI) — Rain.",
        "United Press International",
    ),
    "byline": ("Rain falls\nBy ANN ORR, Associated Press\nRain fell.", "Associated Press"),
    "bare byline": ("By The Associated Press\nRain fell.", "Associated Press"),
    "sign-off": ("Rain.\n(Reporting by Ann Orr; editing by Bo Lee)", "Reuters"),
    "republished": ("Rain.\nThe post Rain appeared first on New York Times.", "The New York Times"),
    "copyright": (
        "Rain.\nCopyright 2016 The Associated Press. All rights reserved.",
        "Associated Press",
    ),
    "dateline before footer": (
        "PARIS (AFP) – Rain.\nThe post Rain appeared first on The Sun.",
        "Agence France-Presse",
    ),
    "an agency that is quoted": ("He told Reuters (in Rome) that rain fell.", None),
    "a person's byline": ("By Ann Orr\nRain fell.", None),
    "a picture's credit": ("Rain. (Photo by Handout / AFP)\nRain fell.", None),
    "brackets that name nobody": ("ROME (Oct. 3) – Rain fell.", None),
    "the author's box": ("Rain.\nBo Lee is an editor at The Sun.", None),
}


@pytest.mark.parametrize("case", CREDITS.values(), ids=CREDITS)
def test_credits(case: tuple[str, str | None]) -> None:
    """Whom a text names as the origin of its words, and whom it only mentions."""
    text, outlet = case
    credit = load_wires().credit(text)
    assert (credit and credit.outlet) == outlet
    if credit:
        assert credit.evidence in " ".join(text.split())


# Families


def family_of(*articles: tuple[str, str, str | None, str]) -> Family:
    """The one family of articles: id, outlet, date, a line before the same story."""
    prints = [
        fingerprint(Article(name, "\n".join((line, *WHOLE)), outlet=outlet, published=day))
        for name, outlet, day, line in articles
    ]
    links = [link for pair in combinations(prints, 2) if (link := relation(*pair))]
    (family,) = families(prints, links)
    return family


def test_origin_by_dateline() -> None:
    """The agency that a text credits, though neither outlet is that agency."""
    family = family_of(
        ("a", "The Sun", "2025-02-11", "Rain."),
        ("b", "The Star", "2025-02-12", "ROME (AP) — Rain."),
    )
    assert (family.origin, family.first) == ("Associated Press", "a")


def test_origin_unknown() -> None:
    """Nothing is credited: the earliest is named, unknown dates never are."""
    family = family_of(
        ("a", "The Sun", None, ""),
        ("b", "The Star", "2025-02-12", ""),
        ("c", "Echo", "2025-02-13", ""),
    )
    assert (family.origin, family.first) == (None, "b")
    assert family.basis == "origin unknown; earliest: The Star"
    assert [(m.article, m.kind) for m in family.members] == [
        ("a", "copy"),
        ("b", None),
        ("c", "copy"),
    ]


def test_an_agency_before_a_footer() -> None:
    """A dateline names the agency; a footer only where a page took it from."""
    footer = "This story was originally published by The Sun."
    family = family_of(
        ("a", "The Sun", "2025-02-11", ""),
        ("b", "The Star", "2025-02-12", footer),
        ("c", "Reuters", "2025-02-12", "ROME (Reuters) – Rain."),
    )
    assert (family.origin, family.first) == ("Reuters", "c")


def test_families_ignore_order() -> None:
    """The same families in whatever order articles and relations come."""
    texts = {"a": WHOLE, "b": WHOLE[:9], "c": OTHER, "d": reworded(OTHER), "e": story(3)}
    prints = [printed(name, text) for name, text in texts.items()]
    links = [link for pair in combinations(prints, 2) if (link := relation(*pair))]
    expected = families(prints, links)
    assert [family.articles for family in expected] in (
        [("a", "b"), ("c", "d")],
        [("c", "d"), ("a", "b")],
    )
    for ordered in permutations(prints):
        turned = [link.mirrored() for link in reversed(links)]
        assert families(ordered, turned) == expected


@settings(deadline=None)
@given(st.permutations(range(6)))
def test_incremental_equals_all_pairs(order: list[int]) -> None:
    """Articles added one by one, looked up by keys, relate as all pairs compared do."""
    texts = [WHOLE, WHOLE[:9], lightly_edited(WHOLE), OTHER, reworded(OTHER), story(3)]
    prints = [printed(str(at), text) for at, text in enumerate(texts)]
    store = MemoryStore()
    links: list[Relation] = []
    for at in order:
        links += related(prints[at], store)
        store.add(prints[at])
    everything = [link for pair in combinations(prints, 2) if (link := relation(*pair))]
    assert families(prints, links) == families(prints, everything)


def test_store_forgets_what_is_removed() -> None:
    """A removed or replaced article is no candidate any more."""
    store = MemoryStore([printed("a", WHOLE), printed("b", WHOLE)])
    store.remove("a")
    store.add(printed("b", OTHER))
    assert candidates(printed("c", WHOLE), store) == ()
    assert candidates(printed("c", OTHER), store) == ("b",)
