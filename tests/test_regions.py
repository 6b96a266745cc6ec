"""What is not the story: found by its wording, left alone where it only looks like it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.errors import LexiconError
from quotes.ingest.files import read_articles
from quotes.quotations import find_regions, regions
from quotes.records import Article
from quotes.text.lists import shipped

SEEDS = Path(__file__).parent.parent / "fixtures" / "seeds"


def found(text: str) -> list[tuple[str, str]]:
    """Kind and words of each region, long ones cut at 40 characters."""
    return [(each.kind, each.span.of(text)[:40]) for each in find_regions(Article("a", text))]


# ------------------------------------------------------------------ single lines

LINES = [
    ("boilerplate", "Advertisement"),
    ("boilerplate", "ADVERTISEMENT - SCROLL TO CONTINUE"),
    ("boilerplate", "Story continues below this advertisement"),
    ("boilerplate", "2 min read"),
    ("boilerplate", "Read more"),
    ("boilerplate", "Leave a Reply"),
    ("boilerplate", "Your email address will not be published. Required fields are marked *"),
    ("boilerplate", "See also  Russia has offered India the missile"),
    ("boilerplate", "READ ALSO: Senate votes to end shutdown"),
    ("boilerplate", "Related: Who is the new envoy?"),
    ("boilerplate", "Read more about the proposal to trade minerals:"),
    ("boilerplate", "Sign up for our morning newsletter"),
    ("boilerplate", "Subscribe to get the latest posts sent to your email."),
    ("boilerplate", "Discover more from Ely News | All the news of Ely"),
    ("boilerplate", "To suggest a correction or clarification, write to us here"),
    ("boilerplate", "The post Rain in Ely appeared first on Ely News."),
    ("boilerplate", "© 2025 Ely News. All rights reserved."),
    ("boilerplate", "Follow Jo Bell on Twitter @jobell."),
    ("byline", "By Tom Balmforth"),
    ("byline", "By Jo Bell and Ann van Dyk, Ely News"),
    ("byline", "(Reporting by Jo Bell in Kyiv; editing by Ann Lee)"),
    ("byline", "Jo Bell and Ann Lee contributed to this report."),
    ("caption", "Mr. Bell speaks in Ely on Monday. (Photo by Ann Lee / AFP)"),
    ("caption", "Mr. Bell, in Ely, on Feb. 6, 2025. (Ann Lee/Bloomberg via Getty Images)"),
    ("caption", "Mr. Bell in Ely. REUTERS/Ann Lee"),
    ("caption", "Photo: Ann Lee"),
    ("caption", "Getty."),
]

STORY_LINES = [
    "Advertisement revenue fell by a third, the company said.",
    "“See also the missile,” he wrote.",
    "See also the missile he had sold.",
    "Related: the two are cousins, she said.",
    "Watch: “This war must end soon.”",
    "“Subscribe to my newsletter and leave a reply,” she said of her posts.",
    "Read more about it, he told her, before you vote.",
    "By Monday the town had no water.",
    "By Christmas, he said, the war would be over.",
    "The envoy spoke (in Russian) to Reuters.",
    "He took a photo by the river and left.",
    "The senators met behind closed doors (no photo was allowed there).",
    "“I was reporting by phone,” she said.",
    "Follow the money, he told them.",
    "She left a reply and shared the article.",
    "Image is everything to him.",
]


@pytest.mark.parametrize(("kind", "line"), LINES)
def test_line(kind: str, line: str) -> None:
    """The whole line, and nothing beside it, wherever it stands."""
    text = f"It rained in Ely.\n\n  {line} \r\n\r\nIt stopped."
    (region,) = find_regions(Article("a", text))
    assert (region.kind, region.span.of(text)) == (kind, line)
    assert region.evidence in line


@pytest.mark.parametrize("line", STORY_LINES)
def test_line_of_the_story(line: str) -> None:
    """Sentences that only begin or sound like a label."""
    assert found(f"It rained in Ely.\n\n{line}\n\nIt stopped.") == []


# ------------------------------------------------------------------ other stories, authors

BODY = "\n\n".join(["The minister said “we will not pay” on Monday."] * 6)
BIO = "Jo Bell is a reporter for Ely News. She covered the floods and the vote, and lives there."
CUT = (
    "President Lee declared on Monday that he was looking to “do a deal” with the town, which "
    "has had no water since the flood. “They are going to pay,” Lee told reporters in"
)

BLOCKS = {
    "a list with its end": (
        f"{BODY}\n\nTop stories\n\nRain in Ely\n\nThe town “will pay,” he said.\n\nShow more",
        [("teaser", "Top stories\n\nRain in Ely\n\nThe town “will")],
    ),
    "headlines at the foot": (
        f"{BODY}\n\nMost read\nRain in Ely\nWho won the vote?",
        [("teaser", "Most read\nRain in Ely\nWho won the vote?")],
    ),
    "a card with a summary": (
        f"{BODY}\n\nRain in Ely\nOther Topics of Interest\n\nRain in Ely\n\nIt rained.\n\nHe left.",
        [("teaser", "Rain in Ely\nOther Topics of Interest\n\nRa")],
    ),
    "a card cut off": (
        f"{BODY}\n\nLee wants a deal — What is it?\n{CUT}\nArticle image\n\nHe left.",
        [
            ("teaser", "Lee wants a deal — What is it?\nPresident "),
            ("boilerplate", "Article image"),
        ],
    ),
    "an author's box": (
        f"{BODY}\n\nAvatar\nJo Bell\n\nReporter\n\n{BIO}",
        [("boilerplate", "Avatar\nJo Bell\n\nReporter\n\nJo Bell is a rep")],
    ),
    "an author's box without a label": (
        f"{BODY}\n\nJo Bell\n{BIO}",
        [("boilerplate", "Jo Bell\nJo Bell is a reporter for Ely Ne")],
    ),
}

STORY_BLOCKS = {
    "a page's name above the story": f"News Feed\n\nRain in Ely\n\n{BODY}",
    "a paragraph without its stop": f"{BODY}\n\n{CUT}\n\nHe left on Tuesday.",
    "a person's name as a subheading": f"Jo Bell\n\n{BIO}\n\n{BODY}",
    "a name and who that is": f"{BODY}\n\nAnn Lee\n\nAnn Lee is a baker. {BODY[:50]}",
}


@pytest.mark.parametrize("case", BLOCKS)
def test_block(case: str) -> None:
    """Other stories are teasers, whose quotations are kept; author boxes are not."""
    text, expected = BLOCKS[case]
    assert found(text) == [(kind, words[:40]) for kind, words in expected]


@pytest.mark.parametrize("case", STORY_BLOCKS)
def test_block_of_the_story(case: str) -> None:
    """Stretches that look like a card or a box, in the story."""
    assert found(STORY_BLOCKS[case]) == []


# ------------------------------------------------------------------ pull quotes

SAID = "“We have big potential in the land,” Mr. Yermak told AP. “We want to work with partners.”"

PULLED = (
    "We have big potential in the land... We want to work with partners."
    "\n\nChief of Staff, Andrii Yermak"
)

PULL_QUOTES = {
    "without marks, a name below": (
        PULLED,
        PULLED,
    ),
    "without marks or name": (
        "We have big potential in the land.",
        "We have big potential in the land.",
    ),
    "curly marks, no name": (
        "“We have big potential in the land.”",
        "“We have big potential in the land.”",
    ),
    "straight marks, no name": (
        '"We have big potential in the land."',
        '"We have big potential in the land."',
    ),
    "guillemets, no name": (
        "«We have big potential in the land.»",
        "«We have big potential in the land.»",
    ),
    "with marks, a name below": (
        "“We have big potential in the land.”\n— Andrii Yermak",
        "“We have big potential in the land.”\n— Andrii Yermak",
    ),
}

NO_PULL_QUOTES = {
    "attributed": "“We have big potential in the land,” he said.",
    "announced": "He wrote:\n\nWe have big potential in the land.",
    "other words": "We have big hopes for all of the land and the sea.",
    "a paraphrase": "Ukraine has big potential in the land, said its officials.",
    "a few words": "We have big potential",
    "announced, in marks": "He wrote:\n\n“We have big potential in the land.”",
    "in marks, with a word behind": "“We have big potential in the land,” and more.",
}


@pytest.mark.parametrize("case", PULL_QUOTES)
def test_pull_quote(case: str) -> None:
    """Set in large type before or after the paragraph it repeats, with the name under it."""
    quote, expected = PULL_QUOTES[case]
    for text in (f"It rained.\n\n{quote}\n\n{SAID}", f"{SAID}\n\n{quote}\n\nIt rained."):
        (region,) = find_regions(Article("a", text))
        assert (region.kind, region.span.of(text)) == ("pull-quote", expected)
        assert region.evidence == f"repeats words quoted at {text.index(SAID)}"


@pytest.mark.parametrize("case", NO_PULL_QUOTES)
def test_no_pull_quote(case: str) -> None:
    """What is said twice in a story is the story's."""
    assert found(f"It rained.\n\n{NO_PULL_QUOTES[case]}\n\n{SAID}") == []


def test_no_pull_quote_of_a_refrain() -> None:
    """Of two lines that are nothing but the same quotation neither repeats a story."""
    assert found('It rained.\n\n"Row the boat to the sea."\n\n"Row the boat to the sea."') == []


# ------------------------------------------------------------------ the seeds

SEED_REGIONS = {
    "000": [("byline", "By Tom Balmforth"), ("byline", "(Reporting by Tom Balmforth in Kyiv, Gra")],
    "001": [
        ("boilerplate", "See also\xa0 Russia has proposed to India"),
        ("boilerplate", "See also\xa0 Ukraine is finalizing three ne"),
        ("boilerplate", "Discover more from Defence Talks | Defen"),
        ("boilerplate", "Subscribe to get the latest posts sent t"),
        ("boilerplate", "See also\xa0 The increasing rapport"),
        ("boilerplate", "Leave a Reply"),
        ("boilerplate", "Your email address will not be published"),
    ],
    "002": [
        ("caption", "This handout photograph released by the "),
        ("boilerplate", "Advertisement"),
        ("teaser", "After Marc Fogel’s Release, Who’s Next?\n"),
        ("boilerplate", "Advertisement"),
        ("pull-quote", "We really have this big potential in the"),
        ("boilerplate", "Advertisement"),
        ("boilerplate", "Advertisement"),
        ("boilerplate", "Read more about Trump’s proposal to trad"),
        ("boilerplate", "To suggest a correction or clarification"),
        ("boilerplate", "You can also highlight the text and pres"),
    ],
    "003": [("boilerplate", "The post Treasury Secretary Makes Trip t")],
    "004": [
        ("boilerplate", "2 min read"),
        ("caption", "U.S. Treasury Secretary Scott Bessent sp"),
        ("teaser", "Trump wants $500 billion of Ukraine’s ‘r"),
        ("boilerplate", "Article image"),
        ("boilerplate", "Avatar\nKateryna Hodunova\n\nNews Editor\n\nK"),
        ("boilerplate", "Read more"),
        ("teaser", "News Feed\n\nU.S. President Donald Trump's"),
    ],
}

SEED_ENDS = {
    "other topics": ("002", "teaser", "after the release of Fogel."),
    "pull quote": ("002", "pull-quote", "Andrii Yermak"),
    "cut off": ("004", "teaser", "Trump told reporters in"),
    "news feed": ("004", "teaser", "Show More"),
    "author's box": ("004", "boilerplate", "Kyiv-Mohyla Academy."),
}


def seed(number: str) -> Article:
    """The seed article of that number."""
    (article,) = read_articles(SEEDS.glob(f"{number}*.txt"))
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("number", SEED_REGIONS)
def test_seed(number: str) -> None:
    """Every region of the seeds, and none besides."""
    regions = found(seed(number).text)
    beginnings = SEED_REGIONS[number]
    assert [kind for kind, _ in regions] == [kind for kind, _ in beginnings]
    for (_, words), (_, beginning) in zip(regions, beginnings, strict=True):
        assert words.startswith(beginning)


@pytest.mark.parametrize("case", SEED_ENDS)
def test_where_a_seed_region_ends(case: str) -> None:
    """Blocks reach as far as the other story does, and no further."""
    number, kind, ending = SEED_ENDS[case]
    article = seed(number)
    ends = [r.span.of(article.text) for r in find_regions(article) if r.kind == kind]
    assert any(words.endswith(ending) for words in ends)


# ------------------------------------------------------------------ properties

LABELS = st.sampled_from(
    (
        *("Advertisement", "News Feed", "Show More", "Avatar", "Article image", "Read more"),
        *("Other Topics of Interest", "We want to work with partners now", "Jo Bell", "“", " "),
        *(CUT, SAID, BIO),
    )
)


@given(st.lists(LABELS | st.text(max_size=30), max_size=25), st.sampled_from(["\n", "\r\n", "\r"]))
def test_regions_are_inside_sorted_and_disjoint(lines: list[str], newline: str) -> None:
    """For any text; and a region neither begins nor ends with a blank."""
    text = newline.join(lines)
    regions = find_regions(Article("a", text))
    ends = [0, *(region.span.end for region in regions)]
    for before, region in zip(ends, regions, strict=False):
        assert before <= region.span.start < region.span.end <= len(text)
        assert region.span.of(text) == region.span.of(text).strip()


LONG = {
    "words": "word and other " * 20_000,
    "open marks": "“" * 300_000,
    "quotations": "“he said so” " * 25_000,
    "brackets": ("(" * 790 + "\n") * 400,
    "names": ("By " + "Aa " * 260 + "\n") * 400,
    "subscriptions": ("subscribe to " + "post " * 150 + "\n") * 400,
    "initials": ("By " + "A.-’" * 190 + "\n") * 400,
}


@pytest.mark.parametrize("case", LONG)
def test_no_text_is_slow(case: str) -> None:
    """Time grows with the length only; a pattern that backtracks would take minutes here."""
    began = time.process_time()
    find_regions(Article("a", LONG[case]))
    assert time.process_time() - began < 5


BAD_WORDING = {
    "an unknown kind": {"line": [{"kind": "joke", "pattern": "ha"}]},
    "no pattern": {"line": [{"kind": "caption"}]},
    "a group": {"line": [{"kind": "caption", "pattern": "(ha)"}]},
    "not a pattern": {"line": [{"kind": "caption", "pattern": "(ha"}]},
}


@pytest.mark.parametrize("case", BAD_WORDING)
def test_bad_wording(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edited list that does not say what it must is named, with the entry."""
    table = {**shipped("boilerplate.toml"), **BAD_WORDING[case]}
    monkeypatch.setattr(regions, "shipped", lambda _: table)
    with pytest.raises(LexiconError, match=r"^boilerplate\.toml: .*; correct that entry"):
        regions.load_wording.__wrapped__()
