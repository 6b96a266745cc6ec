"""Groups stay right while articles come and go, whatever their order."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations, groupby

import pytest
from from_scratch import groups_of
from grouped import make_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.records import Variant
from quotes.utterances.grouping import Node, group
from quotes.utterances.groups import regroup
from quotes.utterances.likeness import Edge
from quotes.utterances.store import Store
from quotes.utterances.wording import Wording, lightest_runs, meet, runs_of, wording_of

PHRASES = (
    "with little to show for it", "this war must end soon", "tremendous progress", "secured",
    "the president of the United States", "rare earths and other things", "Make America great",
    "we will win for you", "they are willing to do it", "a plan to end the fighting",
)  # fmt: skip
DATES = ("2025-02-12", "2025-02-14", "2025-03-01", "2026-03-01", None)


@st.composite
def small_index(draw: st.DrawFn) -> list[Variant]:
    """Up to a dozen quotations made of a few phrases, few speakers and near dates."""
    picks = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3)
    found = []
    for number in range(draw(st.integers(0, 12))):
        text = " and then ".join(draw(picks))
        marked = draw(st.integers(0, 4)) > 0
        found.append(
            Variant(
                quotation=f"q{draw(st.integers(0, 99)):02}-{number}",
                article=draw(st.sampled_from("abcd")),
                outlet=None,
                kind="direct" if marked else "indirect",
                text=text,
                quoted=(text,) if marked else (),
                entity=draw(st.sampled_from(["donald-trump", "volodymyr-zelensky", None])),
                published=draw(st.sampled_from(DATES)),
                context=draw(st.sampled_from(["", "Zelensky met prosecutors in Munich, Vance"])),
            )
        )
    return found


class Index:
    """An index in memory, with no more in its rows than grouping needs."""

    def __init__(self) -> None:
        """Empty."""
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        make_tables(self.db)

    def add(self, variants: Sequence[Variant]) -> dict[str, str | None]:
        """Take in quotations that are new or changed."""
        self.db.executemany(
            "INSERT OR IGNORE INTO quotation (id, article) VALUES (?, ?)",
            [(v.quotation, v.article) for v in variants],
        )
        return self._noted(regroup(Store(self.db), (), variants))

    def remove(self, article: str) -> dict[str, str | None]:
        """Forget an article."""
        rows = self.db.execute(
            "DELETE FROM quotation WHERE article = ? RETURNING wording", (article,)
        )
        return self._noted(regroup(Store(self.db), {row[0] for row in rows} - {None}, ()))

    def _noted(self, changes: dict[str, str | None]) -> dict[str, str | None]:
        rows = [(cluster, id_) for id_, cluster in changes.items()]
        self.db.executemany("UPDATE quotation SET cluster = ? WHERE id = ?", rows)
        return changes

    def groups(self) -> dict[str, frozenset[str]]:
        """The quotations of each group, by what the index was told."""
        found: dict[str, set[str]] = {}
        for id_, cluster in self.db.execute("SELECT id, cluster FROM quotation"):
            if cluster:
                found.setdefault(cluster, set()).add(id_)
        return {id_: frozenset(own) for id_, own in found.items()}


def by_article(variants: Iterable[Variant]) -> list[list[Variant]]:
    """The quotations of each article."""
    ordered = sorted(variants, key=lambda v: v.article)
    return [list(own) for _, own in groupby(ordered, key=lambda v: v.article)]


def grown(articles: Sequence[Sequence[Variant]]) -> Index:
    """An index that was given articles one by one."""
    index = Index()
    for variants in articles:
        index.add(variants)
    return index


@settings(deadline=None)
@given(variants=small_index())
def test_a_store_finds_what_comparing_all_pairs_finds(
    variants: list[Variant],
) -> None:
    """Nothing is lost to the runs, and nothing found that is not there."""
    assert grown(by_article(variants)).groups() == groups_of(variants)


@settings(deadline=None)
@given(variants=small_index(), rng=st.randoms())
def test_the_order_of_arrival_does_not_matter(variants: list[Variant], rng: random.Random) -> None:
    """The same groups and ids, however the articles and their quotations are shuffled."""
    articles = by_article(variants)
    rng.shuffle(articles)
    for own in articles:
        rng.shuffle(own)
    assert grown(articles).groups() == groups_of(variants)


@settings(deadline=None)
@given(variants=small_index(), gone=st.sets(st.sampled_from("abcd")))
def test_a_deleted_article_leaves_no_trace(variants: list[Variant], gone: set[str]) -> None:
    """What is left is grouped as if it had never been there; put back, all is as before."""
    index = grown(by_article(variants))
    before = index.groups()
    for article in sorted(gone):
        index.remove(article)
    left = [v for v in variants if v.article not in gone]
    assert index.groups() == groups_of(left)
    index.add([v for v in variants if v.article in gone])
    assert index.groups() == before


@settings(deadline=None)
@given(variants=small_index(), data=st.data())
def test_any_history_leads_to_the_same_groups(variants: list[Variant], data: st.DataObject) -> None:
    """Articles come, go and have their speakers changed; all changes of groups are told."""
    index, now, kept = Index(), dict[str, Variant](), dict[str, str | None]()
    for action in data.draw(st.lists(st.sampled_from(["add", "remove", "name"]), max_size=8)):
        article = data.draw(st.sampled_from("abcd"))
        own = [v for v in variants if v.article == article]
        if action == "remove":
            kept.update(index.remove(article))
            now = {id_: v for id_, v in now.items() if v.article != article}
            continue
        if action == "name":
            speaker = data.draw(st.sampled_from(["donald-trump", None]))
            own = [replace(v, entity=speaker) for v in now.values() if v.article == article]
        kept.update(index.add(own))
        now.update((v.quotation, v) for v in own)
    groups = groups_of(now.values())
    assert index.groups() == groups
    told = {id_: group for id_, group in kept.items() if id_ in now}
    assert told == dict.fromkeys(now) | {each: id_ for id_, own in groups.items() for each in own}


def test_an_emptied_store_is_empty() -> None:
    """No wording, run or tie stays behind when the last article goes."""
    texts = [f"this war must and will end soon, said number {n}" for n in range(5)]
    variants = [
        Variant(f"q{n}", f"a{n}", None, "direct", text, (text,), None, "2025-02-12")
        for n, text in enumerate(texts)
    ]
    index = grown(by_article(variants))
    assert index.groups()
    for variant in variants:
        index.remove(variant.article)
    for table in ("wording", "wording_place", "quotation", "wording_run", "wording_tie"):
        assert index.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_any_ties_give_the_groups_of_grouping_all(seed: int) -> None:
    """Many wordings tied at random in long chains: what is regrouped is never too little."""
    rng = random.Random(seed)
    nodes = [
        Variant(f"q{n:03}", f"a{rng.randrange(40)}", None, "direct", text, (text,), "t", None)
        for n in range(40)
        for text in [" ".join(f"word{n}x{k}" for k in range(rng.choice((3, 4, 6, 7, 8, 9))))]
    ]
    tie = tied_at_random(seed)
    index, now = Index(), dict[str, Variant]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("from_scratch.meet", lambda *_: True)
        patch.setattr("from_scratch.tie_between", tie)
        patch.setattr("quotes.utterances.groups.tie_between", tie)
        patch.setattr(
            Store, "meetings", lambda self, *_: {n for (n,) in self._db.execute(ALL_WORDINGS)}
        )
        for _ in range(30):
            article = f"a{rng.randrange(40)}"
            own = [v for v in nodes if v.article == article]
            if any(v.quotation in now for v in own):
                index.remove(article)
                now = {id_: v for id_, v in now.items() if v.article != article}
            else:
                index.add(own)
                now.update((v.quotation, v) for v in own)
            assert index.groups() == groups_of(now.values())


ALL_WORDINGS = "SELECT number FROM wording"


def tied_at_random(seed: int) -> Callable[[Wording, Wording], Edge | None]:
    """Whether and how two wordings belong together: by lot, the same for the same two."""

    def tie(a: Wording, b: Wording) -> Edge | None:
        lot = random.Random(f"{seed} {sorted((a.words, b.words))}")
        if lot.random() > 0.08:
            return None
        kind = lot.choice(("equal", "overlap", "part", "part", "part"))
        return Edge(kind, lot.choice(("same", "conflict")), lot.choice((0, 3, None)), 30.0)

    return tie


@given(st.lists(st.sampled_from([1.0, 5.0, 9.0, 15.0]), max_size=30))
def test_every_heavy_stretch_holds_a_run(weights: list[float]) -> None:
    """So two texts that share the stretch share the run."""
    runs = set(lightest_runs(weights, 22))
    for start, end in combinations(range(len(weights) + 1), 2):
        if sum(weights[start:end]) >= 22:
            assert any(start <= s and e <= end for s, e in runs)


def test_who_meets_whom() -> None:
    """A slogan of another month is not looked up; a long run is, whenever it was printed."""

    def wording(text: str, by: str, on: str):  # type: ignore[no-untyped-def]
        found = wording_of(Variant("q", "a", None, "direct", text, (text,), by, on))
        assert found is not None
        return found, runs_of(found)

    def met(a, b) -> bool:  # type: ignore[no-untyped-def]
        return meet(a[0], b[0], a[1], b[1])

    slogan = wording("make America great again", "t", "2025-02-12")
    assert met(slogan, wording("yes, make America great again", "t", "2025-02-20"))
    assert not met(slogan, wording("yes, make America great again", "t", "2025-04-20"))
    assert not met(slogan, wording("yes, make America great again", "z", "2025-02-20"))
    long = "prosecutors in Munich secured tremendous lithium, uranium and titanium"
    assert met(wording(long, "t", "2025-02-12"), wording(long, "z", "2026-02-12"))


A, B = "a", "b"


def nodes_of(weights: str) -> list[Node]:
    """Nodes from "p9 q50": key and weight; those below 40 are fragments."""
    pairs = [(text[0], float(text[1:])) for text in weights.split()]
    return [Node(key, weight, weight < 40, frozenset([key]), key.encode()) for key, weight in pairs]


def edges_of(ties: str) -> dict[tuple[str, str], Edge]:
    """Ties from "pq=equal": two keys and how they belong together."""
    pairs = [text.split("=") for text in ties.split()]
    return {(ab[0], ab[1]): Edge(tie, "same", 0, 30) for ab, tie in pairs}  # type: ignore[arg-type]


GROUPINGS = {
    "equals, in a chain": ("p90 q90 r90", "pq=equal qr=equal", "pqr"),
    "a generic fragment does not bridge": ("p90 q80 r9", "pr=part qr=part", "pr q"),
    "a part of two goes to one": ("p90 q80 r50", "pr=part qr=part", "pr q"),
    "a core goes as one": ("p90 q50 r50", "pq=part qr=equal", "pqr"),
    "a part of a part": ("p90 q60 r50", "pq=part qr=part", "pqr"),
    "fragments alone": ("p9 q9 r9", "pq=equal qr=equal", "pqr"),
    "fragments follow the one that is held": ("p9 q9 r90", "pq=equal qr=part", "pqr"),
    "equal fragments of two wholes stay apart": (
        "p9 q9 r90 s80",
        "pq=equal pr=part qs=part",
        "pr qs",
    ),
    "an overlap": ("p90 q90", "pq=overlap", "pq"),
}


@pytest.mark.parametrize("case", GROUPINGS)
def test_grouping(case: str) -> None:
    """Cores, parts and fragments."""
    weights, ties, wanted = GROUPINGS[case]
    found = group(nodes_of(weights), edges_of(ties))
    assert sorted("".join(keys) for keys in found) == sorted(wanted.split())
