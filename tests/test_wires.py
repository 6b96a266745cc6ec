"""Which articles are one text: copies, cuts, rewrites, and families, kept up as articles come."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import SEEDS, in_memory

from quotes.index.write import remove_article, write_article
from quotes.quotations import find_regions
from quotes.records import Article, Region, Span
from quotes.wires import (
    Fingerprint,
    compose,
    fingerprint,
    forget_families,
    relation,
    update_families,
)
from quotes.wires.family import Family, judge, likeness
from quotes.wires.stored import LEAST_SHARED, REACH, SHARE, Fingerprints

GOLD = Path(__file__).parents[1] / "fixtures" / "gold" / "articles"


def families(prints: Iterable[Fingerprint], *, by_keys: bool = False) -> list[Family]:
    """The families among articles, all compared with all, or with those of enough shared keys."""
    known = {one.article: one for one in prints}
    group = {article: {article} for article in known}
    for one, other in combinations(known.values(), 2):
        if (not by_keys or worth_comparing(one, other)) and relation(one, other):
            joined = group[one.article] | group[other.article]
            group.update(dict.fromkeys(joined, joined))
    groups = {min(members): members for members in group.values() if len(members) > 1}
    found = (compose(known[article] for article in members) for members in groups.values())
    return sorted(found, key=lambda family: family.id)


def worth_comparing(one: Fingerprint, other: Fingerprint) -> bool:
    """Near in time, with enough keys in common."""
    shared = len(set(one.keys) & set(other.keys))
    apart = abs(one.day - other.day) if one.day and other.day else 0
    enough = max(LEAST_SHARED, SHARE * min(len(one.keys), len(other.keys)))
    return apart <= REACH and shared >= enough


def index_of(articles: Iterable[Article]) -> sqlite3.Connection:
    """An index that costs no disk, with these articles in it, without quotations."""
    db = in_memory()
    for article in articles:
        write(db, article)
    update_families(db)
    return db


def write(db: sqlite3.Connection, article: Article) -> None:
    """Store an article without quotations."""
    write_article(db, article, [], regions=regions_of(article))


regions_of = lru_cache(maxsize=512)(find_regions)


@lru_cache(maxsize=512)
def print_of(article: Article) -> Fingerprint:
    """An article's fingerprint, made once."""
    return fingerprint(article, regions=regions_of(article))


@pytest.fixture(scope="module")
def seeds() -> list[Article]:
    """The five articles on one announcement."""
    with (SEEDS / "outlets.csv").open(encoding="utf-8") as manifest:
        return [
            Article(
                row["file"],
                (SEEDS / row["file"]).read_text(encoding="utf-8"),
                outlet=row["outlet"],
                published=row["published"],
            )
            for row in csv.DictReader(manifest)
        ]


def test_the_rewrite_among_five_reports_of_one_event(seeds: list[Article]) -> None:
    """Defence Talks rewrote Reuters; the other reports share names and quotations alone."""
    found = {
        (one.outlet, other.outlet): link.kind
        for one, other in combinations(map(fingerprint, seeds), 2)
        if (link := relation(one, other))
    }
    assert found == {("Reuters", "Defence Talks"): "rewrite"}


def test_the_seeds_come_to_four_accounts(seeds: list[Article]) -> None:
    """Five outlets printed it; the rewrite is no account of its own."""
    (family,) = families(map(fingerprint, seeds), by_keys=True)
    assert (family.origin, family.basis) == ("Reuters", "credited by 1 of 2: KYIV (Reuters) –")
    (reuters,) = (article for article in seeds if article.outlet == "Reuters")
    assert family.first == reuters.id


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
    assert worth_comparing(one, other)


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


PICKED = st.lists(st.sampled_from([*WHOLE[:6], *OTHER[:6], *reworded(WHOLE[:4])]), max_size=12)


@settings(deadline=None)
@given(PICKED, PICKED)
def test_relations_mirror(one: list[str], other: list[str]) -> None:
    """Asked the other way round: the same, shortened for extended; parts lie in 0..1."""
    first, second = printed("a", one), printed("b", other)
    there, back = relation(first, second), relation(second, first)
    turned = {"shortened": "extended", "extended": "shortened"}
    assert (there and turned.get(there.kind, there.kind)) == (back and back.kind)
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
    found = fingerprint(Article("a", text))
    assert found.credit == outlet
    assert found.evidence in " ".join(text.split())
    assert bool(found.evidence) == bool(outlet)


# Families


def family_of(*articles: tuple[str, str, str | None, str]) -> Family:
    """The one family of articles: id, outlet, date, a line before the same story."""
    prints = [
        fingerprint(Article(name, "\n".join((line, *WHOLE)), outlet=outlet, published=day))
        for name, outlet, day, line in articles
    ]
    (family,) = families(prints)
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
    """The same families in whatever order articles come."""
    texts = {"a": WHOLE, "b": WHOLE[:9], "c": OTHER, "d": reworded(OTHER), "e": story(3)}
    prints = [printed(name, text) for name, text in texts.items()]
    expected = families(prints)
    assert sorted(family.articles for family in expected) == [("a", "b"), ("c", "d")]
    for ordered in permutations(prints):
        assert families(ordered) == expected


@settings(deadline=None)
@given(st.permutations(range(6)))
def test_incremental_equals_all_pairs(order: list[int]) -> None:
    """Articles added one by one, looked up by keys, relate as all pairs compared do."""
    texts = [WHOLE, WHOLE[:9], lightly_edited(WHOLE), OTHER, reworded(OTHER), story(3)]
    db = in_memory()
    for at in order:
        write(db, Article(str(at), "\n".join(texts[at])))
        update_families(db)
    everything = families(printed(str(at), text) for at, text in enumerate(texts))
    kept = db.execute("SELECT id, origin, basis, first FROM family ORDER BY id").fetchall()
    assert kept == [(each.id, each.origin, each.basis, each.first) for each in everything]


# In the index


def test_what_is_removed_or_replaced_is_no_candidate() -> None:
    """A removed or replaced article is not found by its former keys."""
    db = index_of([Article(name, "\n".join(WHOLE)) for name in "ab"])
    remove_article(db, "a")
    write(db, Article("b", "\n".join(OTHER)))
    update_families(db)
    assert Fingerprints(db).candidates(printed("c", WHOLE)) == []
    assert Fingerprints(db).candidates(printed("c", OTHER)) == ["b"]


def state(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """All that the index says of families."""
    return {
        "families": db.execute("SELECT * FROM family ORDER BY id").fetchall(),
        "articles": db.execute(
            "SELECT id, family, family_kind, family_reason FROM article ORDER BY id"
        ).fetchall(),
        "links": db.execute("SELECT * FROM article_link ORDER BY second, first").fetchall(),
        "marks": db.execute(
            "SELECT (SELECT count(*) FROM fingerprint_due), (SELECT count(*) FROM family_stale), "
            "(SELECT count(*) FROM fingerprint_gone)"
        ).fetchall(),
    }


def from_scratch(articles: Sequence[Article]) -> dict[str, list[Any]]:
    """The same, as all articles compared at once tell it."""
    found = families(map(print_of, articles), by_keys=True)
    of = {member.article: (family.id, member) for family in found for member in family.members}
    rows = []
    for article in sorted(articles, key=lambda article: article.id):
        id_, member = of.get(article.id, (None, None))
        rows.append((article.id, id_, member and member.kind, member and member.reason))
    links = [(member.link, member.article) for _, member in of.values()]
    return {
        "families": [(f.id, f.origin, f.basis, f.first) for f in found],
        "articles": rows,
        "links": sorted(
            ((link.article, article, link.kind, link.reason) for link, article in links if link),
            key=lambda row: (row[1], row[0]),
        ),
        "marks": [(0, 0, 0)],
    }


def test_the_seeds_in_an_index(seeds: list[Article]) -> None:
    """The second is a rewrite of the first, by its dateline Reuters's."""
    db = in_memory()
    for article in seeds:
        write(db, article)
        update_families(db)
    assert state(db) == from_scratch(seeds)
    ((origin, first),) = db.execute("SELECT origin, first FROM family").fetchall()
    assert (origin, first) == ("Reuters", seeds[0].id)
    kinds = db.execute("SELECT id, family_kind FROM article WHERE family IS NOT NULL ORDER BY 1")
    assert dict(kinds) == {seeds[0].id: None, seeds[1].id: "rewrite"}


ONE, TWO, THREE = story(1, 20), story(2, 20), story(3, 20)
TEXTS = {
    "the whole": ONE,
    "its first half": ONE[:10],
    "its second half": ONE[10:],
    "two stories in one": ONE[:14] + TWO[:14],
    "another story": TWO,
    "with a dateline": ["ROME (AP) — Rain fell.", *TWO[:12]],
    "a third story": THREE,
}


def made(number: int, text: str, outlet: str | None, day: str | None) -> Article:
    """An article numbered so; its last line tells it from others of the same text."""
    lines = (*TEXTS[text], f"{number}.")
    return Article(f"a{number}", "\n".join(lines), outlet=outlet, published=day)


def test_chains_of_parts() -> None:
    """Two halves of one text are linked by the whole, and apart again when that goes."""
    db = in_memory()
    parts = [made(at, text, None, None) for at, text in enumerate(list(TEXTS)[:3])]
    for article in (parts[1], parts[2], parts[0]):
        write(db, article)
        update_families(db)
    assert len(state(db)["families"]) == 1
    assert state(db) == from_scratch(parts)
    remove_article(db, "a0")
    update_families(db)
    assert state(db) == from_scratch(parts[1:])
    assert not state(db)["families"]


@pytest.mark.parametrize(
    ("days", "families_"),
    [
        (("2025-01-01", "2025-02-01"), 1),
        (("2025-01-01", "2025-02-02"), 0),
        (("2025-01-01", None), 1),
        ((None, None), 1),
        (("2025-01-01T22:00:00Z", "2025"), 1),
    ],
)
def test_days_apart(days: tuple[str | None, str | None], families_: int) -> None:
    """What is printed months later is told anew; an unknown day rules nothing out."""
    db = in_memory()
    for at, day in enumerate(days):
        write(db, made(at, "the whole", f"Paper {at}", day))
    update_families(db)
    assert len(state(db)["families"]) == families_


MADE = st.builds(
    made,
    st.integers(0, 7),
    st.sampled_from(list(TEXTS)),
    st.sampled_from(["The Sun", "The Star", "Echo", None]),
    st.sampled_from(["2025-01-01", "2025-01-02", "2025-01-20", "2025-02-15", None]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), MADE),
        st.tuples(st.just("write"), MADE),
        st.tuples(st.just("remove"), st.integers(0, 7)),
        st.tuples(st.just("forget"), st.none()),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(STEPS, st.randoms(use_true_random=False))
def test_kept_up_equals_from_scratch_in_any_order(
    steps: list[tuple[str, Any]], order: random.Random
) -> None:
    """Whatever came and went, with updates after some steps only, as after a killed run."""
    db = in_memory()
    held: dict[str, Article] = {}
    for what, which in steps:
        if what == "write":
            write(db, which)
            held[which.id] = which
        elif what == "remove":
            remove_article(db, f"a{which}")
            held.pop(f"a{which}", None)
        else:
            forget_families(db)
        if order.random() < 0.6:
            update_families(db)
            assert state(db) == from_scratch(list(held.values()))
    update_families(db)
    assert state(db) == from_scratch(list(held.values()))
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    keys = db.execute("SELECT count(*) FROM fingerprint_key").fetchone()
    assert keys == (sum(len(print_of(article).keys) for article in held.values()),)


def test_fingerprints_and_candidates_are_found_again() -> None:
    """What is kept of an article is its fingerprint; candidates are all worth comparing."""
    articles = [made(at, text, None, None) for at, text in enumerate(TEXTS)]
    stored = Fingerprints(index_of(articles))
    prints = [print_of(article) for article in articles]
    for one in prints:
        assert stored.get(one.article) == one
        expected = [p.article for p in prints if p != one and worth_comparing(one, p)]
        assert sorted(stored.candidates(one)) == expected


def test_an_undone_update_leaves_the_index_as_it_was(seeds: list[Article]) -> None:
    """What an outer transaction undoes is taken in by the next update."""
    db = in_memory()
    for article in seeds:
        write(db, article)
    before = state(db)
    db.execute("BEGIN")
    update_families(db)
    db.execute("ROLLBACK")
    assert state(db) == before
    update_families(db)
    assert state(db) == from_scratch(seeds)
