"""The second opinion on pronouns and descriptions: when it decides, doubts, what it says."""

from __future__ import annotations

import pytest
from notation import marked, quotation

from quotes.people.known import People
from quotes.people.titles import load_titles
from quotes.records import AnnotatedArticle, Article, Mention, Quotation, Span
from quotes.speakers import resolve_article
from quotes.speakers.chains import Chain
from quotes.speakers.ranker import Features, Nobody, Ranker, choice, load_ranker
from quotes.text.normalised import sentences

TITLES = load_titles()


def mention(text: str, words: str, kind: str, *links: tuple[int, float]) -> Mention:
    """The first of these words as a mention with its links."""
    start = text.index(words)
    return Mention(Span(start, start + len(words)), kind, links)  # type: ignore[arg-type]


def told(text: str, *mentions: Mention) -> Quotation:
    """The last quotation of a marked text, by the shipped weights."""
    read = marked(text)
    article = AnnotatedArticle(Article("a", read.text), sentences(read.text))
    spans = zip(read.content, read.source, strict=True)
    found = [
        quotation(f"q{n:010x}", content, None, source) for n, (content, source) in enumerate(spans)
    ]
    resolved, _ = resolve_article(
        article, found, people=People(()), titles=TITLES, mentions=mentions
    )
    return resolved[-1]


TWO = "Maud Kessel met Vera Lindt on Monday.\n“[content|The bridge is safe],” [source|she] said."


def test_a_link_decides_where_nearness_cannot_and_the_reason_says_by_how_much() -> None:
    """Two women in one sentence: the link to one of them is enough."""
    plain = marked(TWO).text
    names = mention(plain, "Maud Kessel", "person"), mention(plain, "Vera Lindt", "person")
    linked = told(TWO, *names, mention(plain, "she", "pronoun", (0, 0.97)))
    assert linked.speaker is not None
    assert linked.speaker.name == "Maud Kessel"
    assert "Vera Lindt 0." in linked.speaker_basis


def test_it_and_who_go_where_the_reader_links_them() -> None:
    """Where nothing stands right before "it" or "who", the reader's links decide, if sure."""
    text = "Quorple Foods closed.\nIt rained.\nThe strike ended. [source|It] said [content|no]."
    plain = marked(text).text
    at = plain.index("It said")
    body = mention(plain, "Quorple Foods", "organisation")
    sure = told(text, body, Mention(Span(at, at + 2), "pronoun", ((0, 0.8),)))
    assert sure.speaker is not None
    assert sure.speaker.name == "Quorple Foods"
    assert told(text, body, Mention(Span(at, at + 2), "pronoun", ((0, 0.3),))).speaker is None


@pytest.mark.parametrize(
    ("shares", "ruled", "chosen"),
    [
        ((0.6, 0.3), 0, 0),  # the rules' choice is likely
        ((0.6, 0.3), 1, 1),  # and is kept where it is not the likeliest
        ((0.85, 0.1), 1, None),  # but not where it is doubted and nobody is sure
        ((0.95, 0.02), 1, 0),  # somebody else is all but sure
        ((0.95, 0.02), None, 0),
        ((0.5, 0.5), None, None),  # a tie is left open
    ],
)
def test_choice(shares: tuple[float, ...], ruled: int | None, chosen: int | None) -> None:
    """The rules' choice unless it is doubted, else who is all but sure, else nobody."""
    assert choice(shares, ruled, (0.25, 0.9)) == chosen


def test_a_doubtful_choice_is_called_probable() -> None:
    """A choice of the rules that is less than likely is given, and marked."""
    one, two = (Chain((name,), "person", 0) for name in ("Kessel", "Lindt"))
    ranker = Ranker({"pronoun": {"named=0": 0.5}}, {"pronoun": (0.2, 0.9)})
    asked = [(one, Features(named=0, ruled=True)), (two, Features(named=1))]
    ranking = ranker.rank("pronoun", asked, Nobody())
    assert ranking.chosen is one
    assert ranking.why == "probably Kessel, who is named in this sentence (0.45; Lindt 0.27)"


def test_the_shipped_weights_know_both_kinds() -> None:
    """The file holds weights and two thresholds for each kind of source."""
    ranker = load_ranker()
    assert set(ranker.weights) == set(ranker.least) == {"pronoun", "description"}
    assert all(0 < one < two <= 1 for one, two in ranker.least.values())
