"""The gold itself is sound, its notation catches slips, and the gate notices what changes."""

from __future__ import annotations

import doctest
from collections import Counter
from pathlib import Path

import evaluate
import gold
import pytest

from quotes.records import Attitude, Quotation, RegionKind, Span, Speaker

OPENING = set("“\"«‘'")


def test_how_many_attributions_each_seed_has() -> None:
    """Counted by hand; the last figure of each pair stands in other stories' teasers."""
    counts = {
        a.id[:3]: (len(a.cases), sum(case.region == "teaser" for case in a.cases))
        for a in gold.read_gold(["seeds.gold"])
    }
    assert counts == {
        "000": (14, 0),
        "001": (12, 0),
        "002": (18, 1),
        "003": (25, 0),
        "004": (13, 4),
    }


def test_every_own_article_is_annotated() -> None:
    """Twelve articles, none without speech, ids of all cases distinct."""
    articles = gold.read_gold(["articles.gold"])
    assert {a.id for a in articles} == {p.stem for p in (gold.GOLD / "articles").glob("*.txt")}
    assert len(articles) == 12
    assert all(len(a.cases) >= 5 for a in articles)
    ids = [case.id for a in gold.read_gold() for case in a.cases]
    assert [key for key, n in Counter(ids).items() if n > 1] == []


def test_kinds_agree_with_the_marks() -> None:
    """Direct content follows an opening mark, mixed holds one, indirect none but apostrophes."""
    for article in gold.read_gold():
        for case in article.cases:
            first = case.gold.content[0]
            text = " ".join(span.of(article.text) for span in case.gold.content)
            before = article.text[: first.start].rstrip(" ")[-1:]
            holds = OPENING & set(text) - {"'"} or (text[0] in OPENING)
            expected = {
                "direct": before in OPENING,
                "mixed": bool(holds) or before in OPENING,
                "indirect": not holds and before not in OPENING,
            }
            assert expected[case.gold.kind], case.id


def test_variants_of_the_seeds() -> None:
    """The five utterances that more than one printing of the seeds carries."""
    groups: dict[str, list[str]] = {}
    for article in gold.read_gold():
        for case in article.cases:
            if case.group and not case.may_join:
                groups.setdefault(case.group, []).append(article.outlet)
    assert groups == {
        "secured": ["Reuters", "Defence Talks"],
        "progress": ["Reuters", "Defence Talks"],
        "end-soon": ["Kyiv Post", "The New York Times"],
        "little-to-show": ["Kyiv Post", "The New York Times"],
        "other-things": ["The Kyiv Independent", "The Kyiv Independent"],
    }


TEXT = "Ann said it rains [a lot]. Bo said no. “Never,” said Bo, “again.”"

EXCERPTS = {
    "plain": ("[source|Ann] [cue|said] [content|it rains]", "it rains", "Ann"),
    "inner brackets": ("[source|Ann] said [content|it rains [a lot]]", "it rains [a lot]", "Ann"),
    "a gap between spans": ("[source|Bo] [cue|said] ~ [content|again]", "again", "Bo"),
    "a gap inside a span": ("[source|Ann] said [content|it ~ lot]", "it rains [a lot", "Ann"),
    "the second place": ("[content|said ~.] #2", "said no.", ""),
    "two pieces": ("“[content|Never],” said [source|Bo], “[content|again].”", "Never again", "Bo"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXCERPTS)
def test_excerpts_are_found(name: str) -> None:
    """Each excerpt marks the words it shows."""
    excerpt, content, source = EXCERPTS[name]
    spans = gold.locate(excerpt, TEXT)
    assert " ".join(s.of(TEXT) for s in spans.content) == content
    assert " ".join(s.of(TEXT) for s in spans.source) == source


SLIPS = {
    "not in the text": ("[content|it snows]", "not in the text"),
    "two places": ("[cue|said]", "say which"),
    "no third place": ("[source|Bo] #4", "not in the text"),
    "too far or before": ("[cue|Bo said] ~ [content|it rains]", "nearby"),
    "nothing marked": ("Ann said", "no span"),
    "not closed": ("[content|it rains", "not closed"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_slips_are_caught(name: str) -> None:
    """An excerpt that can't be right says why."""
    excerpt, message = SLIPS[name]
    with pytest.raises(ValueError, match=message):
        gold.locate(excerpt, TEXT)


ARTICLE = (
    "“It rains,” Ann Lee said. She wants sun. A “dry” day was promised, Bo said, by the Met Office."
)


def spans_of(*pieces: str) -> tuple[Span, ...]:
    """The spans of words that `ARTICLE` holds once."""
    return tuple(Span(ARTICLE.index(p), ARTICLE.index(p) + len(p)) for p in pieces)


def found(
    *pieces: str,
    name: str = "",
    attitude: Attitude = "assertion",
    region: RegionKind | None = None,
) -> Quotation:
    """A quotation of `ARTICLE`."""
    speaker = Speaker(name, name, "person") if name else None
    return Quotation(
        "q", "direct", spans_of(*pieces), (), (), attitude, 1.0, "marks", speaker, region=region
    )


@pytest.fixture
def article() -> object:
    """`ARTICLE` with its gold."""
    lines = {
        "Ann Lee": "“[content|It rains],” [source|Ann Lee] [cue|said]",
        "Bo Orr": "[content|A “dry” day was promised], [source|Bo] [cue|said]",
    }
    cases = [
        gold.Case(
            id=f"a:{name}",
            gold=gold.Gold(spans.content, spans.cue, spans.source, "direct", (), frozenset({name})),
            speaker=name, region=None, group=None, may_join=False, excerpt=excerpt,
        )
        for name, excerpt in lines.items()
        for spans in [gold.locate(excerpt, ARTICLE)]
    ]  # fmt: skip
    return gold.GoldArticle(
        "a", "Paper", "2001-01-01", ARTICLE, cases,
        [gold.Allowed(spans_of("sun"), "eventuality")],
        [gold.Forbidden(spans_of("“dry”"), "scare quotes")],
    )  # fmt: skip


OUTCOMES: dict[str, tuple[list[Quotation], dict[str, int]]] = {
    "nothing found": ([], {"missed": 2}),
    "right": ([found("It rains", name="Ann Lee")], {"found": 1, "right": 1, "missed": 1}),
    "wrong": ([found("It rains", name="Bo Orr")], {"found": 1, "wrong": 1, "missed": 1}),
    "no name": ([found("It rains")], {"found": 1, "abstained": 1, "missed": 1}),
    "found as a belief": (
        [found("It rains", attitude="belief")],
        {"hidden": 1, "missed": 1},
    ),
    "allowed": ([found("sun")], {"missed": 2}),
    "scare quotes": ([found("dry")], {"spurious": 1, "forbidden": 1, "missed": 2}),
    "known to stand outside the story": (
        [found("dry", region="caption")],
        {"spurious": 1, "missed": 2},
    ),
    "spurious": ([found("by the Met Office")], {"spurious": 1, "missed": 2}),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_the_gate_counts(article: object, name: str) -> None:
    """Two cases, one allowed wish, one forbidden pair of scare quotes."""
    given, expected = OUTCOMES[name]
    counts = evaluate.compare(article, given).counts
    names = (*evaluate.RANKS, "found", "spurious", "forbidden")
    assert {key: counts[key] for key in names if counts[key]} == expected


def test_gains_and_losses_are_told_by_case() -> None:
    """Unchanged cases are not mentioned, new ones neither."""
    before = {
        "cases": {"a:1": "missed", "a:2": "right", "a:3": "right"},
        "spurious": {"a:9": "old"},
    }
    run = evaluate.Run(
        cases={"a:1": "abstained", "a:2": "wrong", "a:3": "right", "a:4": "missed"},
        spurious={"a:8": "new"},
        excerpts={f"a:{n}": f"words {n}" for n in range(1, 5)},
    )
    assert evaluate.changes(before, run) == [
        "+ a:1 missed -> abstained: words 1",
        "- a:2 right -> wrong: words 2",
        "+ a:9 no longer spurious: old",
        "- a:8 spurious: new",
    ]


@pytest.fixture
def pinned() -> dict[str, dict[str, object]]:
    """Floors of a small made-up set."""
    return {"files": gold.checksums(), "seeds": {"found": 70, "wrong": 1}}


@pytest.mark.parametrize(
    ("figures", "status"),
    [
        ({"found": 70, "wrong": 1}, 0),
        ({"found": 69, "wrong": 0}, 1),
        ({"found": 80, "wrong": 2}, 1),
    ],
)
def test_the_gate_fails_below_a_floor(
    pinned: dict[str, dict[str, object]],
    figures: dict[str, float],
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Lower limits and upper ones."""
    assert evaluate.report(evaluate.Run(figures={"seeds": figures}), pinned, None) == status
    assert ("FAILED" in capsys.readouterr().out) == bool(status)


def test_the_gate_fails_when_the_gold_changed(
    pinned: dict[str, dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed file and a file that is gone are both named, with the remedy."""
    pinned["files"] |= {"gold/seeds.gold": "0", "gold/gone.gold": "0"}
    assert evaluate.report(evaluate.Run(), pinned, None) == 1
    out = capsys.readouterr().out
    assert "gold/seeds.gold" in out
    assert "gold/gone.gold" in out
    assert "--update-floors" in out


def test_examples_in_the_scripts_run() -> None:
    """The doctests of both scripts."""
    for script in (gold, evaluate):
        results = doctest.testmod(script)
        assert results.attempted
        assert not results.failed


def test_gold_spans_in_the_readers_place() -> None:
    """`--given`: the reader's part is then right by itself, in one article."""
    articles = gold.read_gold(["seeds.gold"])[:1]
    run = evaluate.Run()
    evaluate.evaluate_articles("seeds", articles, run, reader=evaluate.GivenReader(articles))
    figures = run.figures["seeds"]
    assert figures["found"] == figures["exact"] == figures["cases"] == 14


def test_floors_survive_being_written() -> None:
    """What `--update-floors` writes is what the next run reads."""
    import tomllib

    floors = {"files": {"gold/a.gold": "ab12"}, "seeds": {"found": 70, "wrong": 1}, "p": {"f": 0.5}}
    assert tomllib.loads(evaluate.as_toml(floors)) == floors


def test_updating_says_what_goes_down(
    pinned: dict[str, dict[str, object]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Floors follow the measured figures less their slack; sets not measured stay."""
    monkeypatch.setattr(evaluate, "FLOORS", tmp_path / "floors.toml")
    monkeypatch.setattr(evaluate, "BASELINE", tmp_path / "baseline.json")
    pinned["polnear"] = {"relaxed": 0.78}
    run = evaluate.Run(figures={"seeds": {"found": 60, "wrong": 0}})
    evaluate.update(run, pinned, None)
    written = (tmp_path / "floors.toml").read_text()
    assert "found = 59" in written
    assert "relaxed = 0.78" in written
    assert "seeds found: 70 -> 59  LOWERED" in capsys.readouterr().out
    assert evaluate.report(run, evaluate.tomllib.loads(written), None) == 0
