"""Articles from files and records: what is read, how the outlet is known, what is refused."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import files

from quotes.errors import InputError
from quotes.ingest import files as input_files
from quotes.ingest import story
from quotes.ingest.fields import MAX_CHARS, Given, article_id, make_article, parse_date
from quotes.ingest.files import expected, read_articles
from quotes.ingest.lines import articles_of_lines
from quotes.ingest.outlets import load_outlets
from quotes.ingest.text import headline
from quotes.records import Article, Failure
from quotes.rows import Expected

SEEDS = Path(__file__).parent.parent / "fixtures" / "seeds"
STORY = "“I am sending Scott Bessent to Ukraine,” Trump wrote. He gave no date for the visit."


Results = Iterable[Article | Failure]


def articles(results: Results) -> list[Article]:
    """The results, which are all articles."""
    found = list(results)
    assert [each for each in found if isinstance(each, Failure)] == []
    return [each for each in found if isinstance(each, Article)]


def only(results: Results) -> Article:
    """The one result, which is an article."""
    (article,) = articles(results)
    return article


def failures(results: Results) -> list[str]:
    """Each failure as a user sees it."""
    faults = [each for each in results if isinstance(each, Failure)]
    return [f"{Path(each.path).name}: {each.message}" for each in faults]


# ------------------------------------------------------------------ the seeds

BY_MANIFEST = {
    "000": "Reuters",
    "001": "Defence Talks",
    "002": "Kyiv Post",
    "003": "The New York Times",
    "004": "The Kyiv Independent",
}

BY_INFERENCE = {
    "000": ("Reuters", "KYIV (Reuters) –"),
    "001": ("Defence Talks", "Discover more from Defence Talks | Defense News Military Pictures"),
    "002": (None, None),
    "003": (
        "The New York Times",
        "The post Treasury Secretary Makes Trip to Kyiv appeared first on New York Times.",
    ),
    "004": ("The Kyiv Independent", "is a News Editor at the Kyiv Independent"),
}


def test_seeds_with_their_manifest() -> None:
    """A folder's manifest gives outlet and date, and is not an article itself."""
    found = articles(read_articles([SEEDS]))
    assert {Path(a.path or "").name[:3]: a.outlet for a in found} == BY_MANIFEST
    assert {(a.outlet_basis, a.published) for a in found} == {("manifest", "2025-02-12")}


@pytest.mark.parametrize("number", sorted(BY_INFERENCE))
def test_seeds_without_manifest(number: str) -> None:
    """A file named by itself: the outlet is inferred from the text, with the words for it."""
    article = only(read_articles(SEEDS.glob(f"{number}*.txt")))
    assert (article.outlet, article.outlet_evidence) == BY_INFERENCE[number]
    assert article.outlet_basis == ("inferred" if article.outlet else None)


def test_manifest_among_the_paths() -> None:
    """`quotes index seeds/*` names the manifest as a file."""
    found = articles(read_articles(sorted(SEEDS.iterdir())))
    assert [a.outlet for a in found] == list(BY_MANIFEST.values())


def test_manifest_speaks_for_the_files_beside_it(tmp_path: Path) -> None:
    """A file of the same name in another folder is not meant."""
    files(tmp_path, {"a/x.txt": STORY, "b/x.txt": STORY, "b/m.csv": "file,outlet\nx.txt,AP\n"})
    names = ["a/x.txt", "b/x.txt", "b/m.csv"]
    found = articles(read_articles([tmp_path / name for name in names]))
    assert [article.outlet for article in found] == [None, "Associated Press"]


def test_a_manifest_with_gaps_says_the_rest(tmp_path: Path) -> None:
    """A row without a file is passed over; a file without an outlet has none."""
    texts = {"a.txt": "A “No.”", "b.txt": "B “No.”"}
    files(tmp_path, {"outlets.csv": "file,outlet\na.txt,\n,Times\nb.txt,BBC\n", **texts})
    for manifest in (None, tmp_path / "outlets.csv"):
        found = list(read_articles([tmp_path], manifest=manifest))
        assert [each.outlet for each in found if isinstance(each, Article)] == [None, "BBC News"]
        assert not failures(found)


def test_nearest_manifest_wins(tmp_path: Path) -> None:
    """The one in a file's own folder comes before those of the folders around it."""
    row = "file,outlet\nx.txt,"
    files(tmp_path, {"m.csv": f"{row}AP\n", "in/m.csv": f"{row}UPI\n", "in/x.txt": STORY})
    assert only(read_articles([tmp_path])).outlet == "United Press International"


def test_text_is_kept_to_the_character() -> None:
    """Offsets point into the text as the file has it."""
    for article in articles(read_articles([SEEDS])):
        assert article.text.encode() == Path(article.path or "").read_bytes()


# ------------------------------------------------------------------ file types

HTML = """<html><head><meta property="og:site_name" content="KyivPost">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "A visit", "datePublished": "2025-02-12T08:00:00+02:00"}</script>
<link rel="canonical" href="https://www.kyivpost.com/post/1"></head><body><nav>Home News</nav>
<article><p>“I am sending Scott Bessent to Ukraine,” Trump wrote.</p>
<p>He gave no date for the visit, which would be the first of a member of the new cabinet to Kyiv
since the vote in November, and the first abroad for the former hedge fund manager himself.</p>
<p>Officials in Kyiv said they were ready to receive him on any day of the week.</p></article>
<footer>© 2025</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    """The story without the page around it, and what the page says of itself."""
    article = only(read_articles([files(tmp_path, {"a.html": HTML}) / "a.html"]))
    lines = article.text.splitlines()
    assert lines[0] == "“I am sending Scott Bessent to Ukraine,” Trump wrote."
    assert lines[-1].startswith("Officials in Kyiv said")
    assert (article.outlet, article.outlet_basis) == ("Kyiv Post", "html")
    assert (article.title, article.published) == ("A visit", "2025-02-12T06:00:00+00:00")
    assert article.url == "https://www.kyivpost.com/post/1"


PAGES = {
    "JSON-LD publisher": (
        """<script type="application/ld+json">{"@context": "https://schema.org", "@type":
        "NewsArticle", "headline": "A", "publisher": {"@type": "Organization",
        "name": "NYT"}}</script>""",
        ("The New York Times", "html", "site name NYT"),
    ),
    "domain": (
        '<link rel="canonical" href="https://www.reuters.com/world/x">',
        ("Reuters", "html", "address https://www.reuters.com/world/x"),
    ),
    "nothing": ("", (None, None, None)),
}


@pytest.mark.parametrize("case", PAGES)
def test_outlet_of_a_page(case: str, tmp_path: Path) -> None:
    """Site name, publisher or domain, whichever the page states."""
    head, expected = PAGES[case]
    page = f"<html><head>{head}</head><body><article><p>{STORY}</p></article></body></html>"
    article = only(read_articles([files(tmp_path, {"a.htm": page}) / "a.htm"]))
    assert (article.outlet, article.outlet_basis, article.outlet_evidence) == expected


def test_json_lines(tmp_path: Path) -> None:
    """Every field is taken, and the text is left untouched, whatever its line ends."""
    text = "\ufeff“No,” she said.\r\n\r\nThen 🙂 she left.\r"
    record = {"id": 7, "text": text, "outlet": "NYT", "title": "No", "url": "https://a.example/1"}
    lines = json.dumps({**record, "date": "Feb. 12, 2025"}) + "\n\n" + json.dumps({"text": STORY})
    first, second = articles(read_articles([files(tmp_path, {"a.jsonl": lines}) / "a.jsonl"]))
    assert first == Article(
        id="7",
        text=text,
        outlet="The New York Times",
        outlet_basis="record",
        title="No",
        url="https://a.example/1",
        published="2025-02-12",
        path=str(tmp_path / "a.jsonl"),
    )
    assert second.id == article_id(None, None, STORY)


CSVS = {
    "commas": 'ID,Text,Outlet\n1,"Yes, he said\r\nso.",NYT\n',
    "semicolons": 'text;id;outlet\n"Yes, he said\r\nso.";1;NYT\n',
    "tabs": 'id\ttext\toutlet\n1\t"Yes, he said\r\nso."\tNYT\n',
    "byte order mark": '\ufeffid,text,outlet,pages\n1,"Yes, he said\r\nso.",NYT,3\n',
}


@pytest.mark.parametrize("case", CSVS)
def test_csv(case: str, tmp_path: Path) -> None:
    """Any of the usual delimiters; line ends inside a field stay."""
    article = only(read_articles([files(tmp_path, {"a.csv": CSVS[case]}) / "a.csv"]))
    assert (article.id, article.text) == ("1", "Yes, he said\r\nso.")
    assert article.outlet == "The New York Times"


def test_csv_with_a_long_text(tmp_path: Path) -> None:
    """The library's own limit of a field is shorter than a long article."""
    text = STORY * 3_000
    article = only(read_articles([files(tmp_path, {"a.csv": f'text\n"{text}"'}) / "a.csv"]))
    assert article.text == text


def test_folders_are_searched_in_name_order(tmp_path: Path) -> None:
    """Hidden files are passed over; an inner folder's manifest speaks for that folder only."""
    manifest = "file,outlet,published\na.txt,AP,2025-02-12\n"
    stored = {
        "b.txt": STORY,
        "a.TXT": STORY,
        ".hidden.txt": STORY,
        "inner/a.txt": STORY,
        "inner/list.csv": manifest,
        "outer/a.txt": STORY,
    }
    found = articles(read_articles([files(tmp_path, stored)]))
    named = [(Path(a.path or "").relative_to(tmp_path).as_posix(), a.outlet) for a in found]
    assert named == [
        ("a.TXT", None),
        ("b.txt", None),
        ("inner/a.txt", "Associated Press"),
        ("outer/a.txt", None),
    ]


# ------------------------------------------------------------------ outlets

PRECEDENCE = {
    "the record first": ({"outlet": "AP"}, "UPI", "AFP", "Associated Press", "record"),
    "then the manifest": ({}, "UPI", "AFP", "United Press International", "manifest"),
    "then the option": ({}, "", "AFP", "Agence France-Presse", "option"),
    "then the text": ({}, "", None, "Reuters", "inferred"),
}


@pytest.mark.parametrize("case", PRECEDENCE)
def test_precedence_of_outlets(case: str, tmp_path: Path) -> None:
    """What stands nearest to the text wins; how it is known is kept."""
    record, row, option, outlet, basis = PRECEDENCE[case]
    line = json.dumps({"text": f"KYIV (Reuters) - {STORY}", **record})
    files(tmp_path, {"a.jsonl": line, "m.csv": f"file,outlet,title\na.jsonl,{row},A visit\n"})
    article = only(
        read_articles([tmp_path / "a.jsonl"], manifest=tmp_path / "m.csv", outlet=option)
    )
    assert (article.outlet, article.outlet_basis, article.title) == (outlet, basis, "A visit")


def test_option_beats_a_page(tmp_path: Path) -> None:
    """A user who says where a page is from is not overruled by it."""
    path = files(tmp_path, {"a.html": HTML}) / "a.html"
    assert only(read_articles([path], outlet="Ely Standard")).outlet == "Ely Standard"


CREDITED = [
    ("LONDON, Feb 12 (Reuters) - The pound fell.", "Reuters"),
    ("By A Writer\n\nWASHINGTON (AP) — The Senate voted.", "Associated Press"),
    ("FLINT, Mich., Oct. 4 (UPI) — A plan failed.", "United Press International"),
    ("(AFP) – The talks ended.", "Agence France-Presse"),
    ("KYIV (Reuters) – It rained.\nThe post Rain first appeared on Ely Standard.", "Ely Standard"),
    ("It rained.\nThis article was originally published by The Conversation.", "The Conversation"),
    (
        "It rained.\n\n© 2025 The Financial Times Ltd. All rights reserved.",
        "The Financial Times Ltd",
    ),
    ("It rained.\n\nCopyright 2024 NPR", "NPR"),
    ("It rained.\nJo Bell is a senior political correspondent for the Guardian.", "The Guardian"),
    ("It rained.\nDiscover more from Ely News\nSubscribe", "Ely News"),
]

NOT_CREDITED = [
    "Senator Lee (R) - a hawk - voted no.",
    "The minister (Treasury) – who left – said no.",
    "Jo Bell is an editor at Acme Holdings.",
    "“The post office first appeared on maps,” he told Reuters.",
    "In a Reuters interview, she said © was a letter.",
    "",
]


@pytest.mark.parametrize(("text", "outlet"), CREDITED)
def test_outlet_inferred_from_the_text(text: str, outlet: str) -> None:
    """The credit's words are kept as evidence."""
    inferred = load_outlets().credited(text)
    assert inferred is not None
    assert inferred[0] == outlet
    assert inferred[1] in " ".join(text.split())


@pytest.mark.parametrize("text", NOT_CREDITED)
def test_outlet_not_inferred(text: str) -> None:
    """Brackets, dashes and jobs that credit no outlet."""
    assert load_outlets().credited(text) is None


def test_outlet_by_address() -> None:
    """A record's address names its outlet, as inferred; a look-alike domain does not."""
    known = make_article({"text": STORY, "url": "https://uk.reuters.com/a"})
    assert (known.outlet, known.outlet_basis) == ("Reuters", "inferred")
    alike = make_article({"text": STORY, "url": "https://notreuters.com/reuters.com"})
    assert alike.outlet is None


# ------------------------------------------------------------------ dates, titles, ids

DATES = [
    ("2025-02-12", "2025-02-12"),
    ("2025-02-12T08:00:00Z", "2025-02-12T08:00:00+00:00"),
    ("2025-02-12 23:30:00-05:00", "2025-02-13T04:30:00+00:00"),
    ("2025-02-12T08:00", "2025-02-12T08:00:00"),
    ("Wed, 12 Feb 2025 08:00:00 +0200", "2025-02-12T06:00:00+00:00"),
    ("Feb. 12, 2025", "2025-02-12"),
    ("Wednesday, February 12, 2025, 5:04 p.m. ET", "2025-02-12"),
    ("12 February 2025", "2025-02-12"),
    ("Sept. 3, 2024", "2024-09-03"),
    ("1st Mar 2024", "2024-03-01"),
    ("2025/02/12", "2025-02-12"),
    ("20250212", "2025-02-12"),
    ("2025-W07", None),
    ("2025W07", None),
    ("2025-W07-3", None),
    ("2025-02", None),
    ("02/12/2025", None),
    ("Feb. 30, 2025", None),
    ("yesterday", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "iso"), DATES)
def test_dates(written: str, iso: str | None) -> None:
    """ISO, RFC 2822 and dates in words; nothing is guessed."""
    assert parse_date(written) == iso


@given(st.text(max_size=40))
def test_any_words_for_a_date(written: str) -> None:
    """No string breaks the reading of dates."""
    parse_date(written)


def test_unreadable_date_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """The article is kept, and the warning names file and line."""
    line = json.dumps({"text": STORY, "date": "next week"})
    with caplog.at_level(logging.WARNING, "quotes"):
        assert only(articles_of_lines([line], Given("feed.jsonl"))).published is None
    assert "feed.jsonl, line 1" in caplog.text
    assert "next week" in caplog.text


def test_a_long_date_is_cut_where_it_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A field that holds something else may be as long as an article."""
    with caplog.at_level(logging.WARNING, "quotes"):
        make_article({"text": STORY, "date": "9" * 200_000})
    assert len(caplog.text) < 300


TITLES = {
    "a headline": ("Treasury chief visits Kyiv\n\nHe left.", "Treasury chief visits Kyiv"),
    "Windows line ends": ("Who won the vote?\r\n\r\nHe left.", "Who won the vote?"),
    "a sentence": ("The chief visits Kyiv.\n\nHe left.", None),
    "no empty line behind": ("Treasury chief visits Kyiv\nHe left.", None),
    "a label": ("News Feed\n\nHe left.", None),
    "a byline": ("By Tom Balmforth and Jo Bell\n\nHe left.", None),
    "nothing behind": ("Treasury chief visits Kyiv\n\n", None),
    "too long": ("word " * 40 + "\n\nHe left.", None),
}


@pytest.mark.parametrize("case", TITLES)
def test_title_of_a_plain_text(case: str) -> None:
    """Only what clearly is a headline."""
    text, title = TITLES[case]
    assert headline(text) == title


def test_ids_tell_outlets_apart_and_are_stable() -> None:
    """One wire text in two outlets is two articles; the same again is the same."""
    ids = [article_id("Reuters", None, STORY), article_id("Kyiv Post", None, STORY)]
    assert len(set(ids)) == 2
    assert ids[0] == article_id("Reuters", None, STORY)
    assert len(ids[0]) == 12


# ------------------------------------------------------------------ encodings


def test_encodings(tmp_path: Path) -> None:
    """A byte order mark is no part of the text; line ends are."""
    text = "“No,” she said.\r\nShe left.\r"
    for number, raw in enumerate(
        [
            text.encode(),
            text.encode("utf-8-sig"),
            text.encode("utf-16"),
            b"\xfe\xff" + text.encode("utf-16-be"),
            text.encode("utf-32"),
            b"\x00\x00\xfe\xff" + text.encode("utf-32-be"),
        ]
    ):
        path = files(tmp_path, {f"{number}.txt": raw}) / f"{number}.txt"
        assert only(read_articles([path])).text == text


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_windows_1252_is_read_and_told(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Old exports are read, but never silently."""
    raw = f"text\n{STORY.replace(',', '')} She called it naïve.".encode("cp1252")
    with caplog.at_level(logging.WARNING, "quotes"):
        article = only(read_articles([files(tmp_path, {name: raw}) / name]))
    assert "“I am sending" in article.text
    assert "windows-1252" in caplog.text


def test_lines_and_rows_in_other_encodings(tmp_path: Path) -> None:
    """What a byte order mark says holds for files of many articles, too."""
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        rows = f'text\n"{STORY}"\n'.encode(encoding)
        files(tmp_path, {"a.csv": rows, "a.jsonl": json.dumps({"text": STORY}).encode(encoding)})
        for name in ("a.csv", "a.jsonl"):
            assert only(read_articles([tmp_path / name])).text == STORY


def test_a_byte_that_is_not_utf_8_does_not_make_it_another_encoding(tmp_path: Path) -> None:
    """Read as windows-1252, every mark of the text would be three wrong letters."""
    files(tmp_path, {"a.txt": f"{STORY} “Yes.”".encode() + b" \xff"})
    (message,) = failures(read_articles([tmp_path / "a.txt"]))
    assert message == "a.txt: byte 101 is not UTF-8, the rest is; correct it, or save it again"


WINDOWS_SEEDS = [
    text for text in map(Path.read_text, sorted(SEEDS.glob("*.txt")))
    if text.encode("cp1252", "ignore").decode("cp1252") == text and not text.isascii()
]  # fmt: skip


@pytest.mark.parametrize("text", WINDOWS_SEEDS, ids=[text[:20] for text in WINDOWS_SEEDS])
def test_news_in_windows_1252_comes_back_to_the_character(text: str, tmp_path: Path) -> None:
    """Quotation marks above all: they are what all else depends on."""
    path = files(tmp_path, {"a.txt": text.encode("cp1252")}) / "a.txt"
    assert only(read_articles([path])).text == text


@pytest.mark.xfail(reason="11 of 46 news texts by charset-normalizer 3.5", strict=False)
def test_charset_normalizer_would_serve_as_well(tmp_path: Path) -> None:
    """If it does one day, `text._encoding` becomes a call of it."""
    from charset_normalizer import from_bytes

    for text in (STORY, "“Yes,” he said – “no”.", *WINDOWS_SEEDS):
        best = from_bytes(text.encode("cp1252")).best()
        assert best is not None
        assert str(best) == text
    path = files(tmp_path, {"a.txt": "Президент сказал".encode("cp1251")}) / "a.txt"
    assert failures(read_articles([path]))


def test_page_in_a_declared_encoding(tmp_path: Path) -> None:
    """What the page declares is used where it is not UTF-8."""
    head = '<html><head><meta charset="windows-1251"></head>'
    page = f"{head}<body><p>Президент said it. It was {'so ' * 60}.</p></body></html>"
    article = only(read_articles([files(tmp_path, {"a.html": page.encode("cp1251")}) / "a.html"]))
    assert "Президент" in article.text


def test_half_a_character_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    """A cut emoji would break every file written later; offsets stay as they are."""
    article = only(articles_of_lines(['{"text": "He \\ud83d said “no”."}'], Given("-")))
    assert article.text == "He \ufffd said “no”."
    assert "-, line 1: the field text contains half a surrogate pair" in caplog.text


# ------------------------------------------------------------------ bad input

BAD_FILES: dict[str, tuple[str, str | bytes, str]] = {
    "empty file": ("a.txt", "", "a.txt: the file is empty; remove it"),
    "only blanks": ("a.txt", " \n\t\n", "a.txt: the file is empty; remove it"),
    "binary file": ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a.txt: the file is binary"),
    "binary JSON lines": ("a.jsonl", b"\x89PNG\n\x00\n\x00", "a.jsonl: the file is binary"),
    "binary CSV": ("a.csv", b"text\n\x00\x01", "a.csv: the file is binary"),
    "Cyrillic code page": (
        "a.txt",
        "Президент сказал, что не приедет.".encode("cp1251"),
        "a.txt: the text is not in UTF-8",
    ),
    "cut UTF-16": ("a.txt", b"\xff\xfea\x00b", "a.txt: byte 4 is not utf-16; save"),
    "page without an article": (
        "a.html",
        "<html><body><nav><a href='/'>Home</a></nav><form>Log in</form><p>Forgot your password?"
        "</p><footer>© 2025 Kyiv Post</footer></body></html>",
        "a.html: no article in the page; save",
    ),
    "empty page": ("a.html", "<html></html>", "a.html: no article in the page; save"),
    "empty JSON lines": ("a.jsonl", "\n\n", "a.jsonl: no article in the file"),
    "a JSON array": ("a.jsonl", '[\n{"text": "no"}\n]', "a.jsonl: JSON that spans several lines"),
    "CSV without the column": (
        "a.csv",
        "id,body\n1,no\n",
        'a.csv: no column "text" (found: id, body); rename',
    ),
    "CSV without rows": ("a.csv", "id,text\n", "a.csv: no article in the file"),
    "CSV row without text": ("a.csv", "id,text\n1,\n", "a.csv: row 2: no text; put"),
    "empty CSV": ("a.csv", "", "a.csv: the file is empty"),
    "unknown type": ("a.docx", "PK", "a.docx: not a supported type of file; save"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file(case: str, tmp_path: Path) -> None:
    """One line that names file and remedy, and the run goes on."""
    name, content, expected = BAD_FILES[case]
    files(tmp_path, {name: content, "z.txt": STORY})
    for paths in ([tmp_path / name, tmp_path / "z.txt"], [tmp_path]):
        results = list(read_articles(paths))
        (message,) = failures(results)
        assert message.startswith(expected)
        assert "\n" not in message
        assert isinstance(results[-1], Article)


BROKEN_ROWS = {
    "a quotation mark that is not closed": (
        'text,outlet\n"One.,AP\n"Two.",BBC\n"Three.",CNN\n',
        ["Two.", "Three."],
        "row 2: a quotation mark is not closed, or not doubled",
    ),
    "quotation marks that are not doubled": (
        'text\n"He said "no" to it."\n"Two."\n',
        ["Two."],
        "row 2: a quotation mark is not closed, or not doubled",
    ),
    "one that is closed nowhere": (
        'text\n"One.\nTwo.\nThree.\n',
        ["Two.", "Three."],
        "row 2: a quotation mark is not closed, or not doubled",
    ),
    "a byte that is not UTF-8": (
        "text\n“One”\n".encode() + b"caf\xe9\xff\n" + "“Three”\n".encode(),
        ["“One”", "“Three”"],
        "row 3: not UTF-8; save the file as UTF-8",
    ),
    "a text that is cut at a comma": (
        "id,text\n1,No, never.\n2,Yes.\n",
        ["Yes."],
        "row 2: 3 cells, and the header has 2; put the text in quotation marks",
    ),
    "a line longer than any article": (
        f"text\n{'x' * (MAX_CHARS + 200_000)}\nTwo.\n",
        ["Two."],
        "row 2: the text has more than",
    ),
    "a cell longer than any article": (
        f'text\n"{"x" * MAX_CHARS}\nxx"\nTwo.\n',
        ['xx"', "Two."],
        "row 2: the text has more than",
    ),
}


@pytest.mark.usefixtures("usual_fields")
@pytest.mark.parametrize("case", BROKEN_ROWS)
def test_a_broken_row_costs_that_row(case: str, tmp_path: Path) -> None:
    """It is told with its number, and never swallows others."""
    content, texts, expected_message = BROKEN_ROWS[case]
    results = list(read_articles([files(tmp_path, {"a.csv": content}) / "a.csv"]))
    assert [each.text for each in results if isinstance(each, Article)] == texts
    (message,) = failures(results)
    assert message.startswith(f"a.csv: {expected_message}")


@pytest.mark.usefixtures("usual_fields")
def test_a_header_longer_than_any_article(tmp_path: Path) -> None:
    """It is one line that tells so, and the run goes on."""
    files(tmp_path, {"a.csv": "x" * (MAX_CHARS + 200_000), "b.txt": STORY})
    failure, article = read_articles([tmp_path])
    assert failures([failure])[0].startswith("a.csv: row 1: the text has more than")
    assert isinstance(article, Article)


@pytest.mark.usefixtures("usual_fields")
def test_a_long_cell_is_counted_before_any_is_read(tmp_path: Path) -> None:
    """The csv module's own limit is 131,072 characters for the whole program."""
    csv.field_size_limit(131_072)
    path = files(tmp_path, {"a.csv": f'text\n"{"no " * 50_000}"\nTwo.\n'}) / "a.csv"
    assert expected([path]) == Expected(2, exact=True)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_parted_by_other_signs(separator: str, tmp_path: Path) -> None:
    """As Excel saves it where the comma is part of a number."""
    table = "\n;;\nid;text;outlet\n1;“No, never.”;AP\n".replace(";", separator)
    article = only(read_articles([files(tmp_path, {"a.csv": table}) / "a.csv"]))
    assert (article.text, article.outlet) == ("“No, never.”", "Associated Press")


def test_a_line_without_end_on_a_stream_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a longer line than any article only the start is read."""
    monkeypatch.setattr("quotes.ingest.lines._MAX_LINE", 200)
    stream = io.BytesIO(b"x" * 1000 + b'\n{"text": "Two."}\n')
    failure, article = read_articles([stream])
    assert failures([failure])[0].startswith("stream: line 1: the text has more than")
    assert isinstance(article, Article)


BAD_LINES: dict[str, tuple[str | bytes, str]] = {
    "broken": ('{"text": "no"', "line 2: not JSON (Expecting"),
    "not an object": ('["no"]', "line 2: not a JSON object; write"),
    "no text": ('{"id": "a"}', "line 2: no text; put"),
    "blank text": ('{"text": " \\n"}', "line 2: no text; put"),
    "text is a number": ('{"text": 5}', "line 2: no text; put"),
    "outlet is an object": (
        '{"text": "no", "outlet": {"name": "AP"}}',
        'line 2: the field "outlet" is a dict; write it as a string',
    ),
    "not UTF-8": (b'{"text": "caf\xe9"}', "line 2: not UTF-8; save"),
    "nested too deep": ("[" * 100_000, "line 2: not JSON (maximum recursion"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_bad_line(case: str, tmp_path: Path) -> None:
    """That line only, with its number; from a file and from a stream alike."""
    line, expected = BAD_LINES[case]
    raw = line.encode() if isinstance(line, str) else line
    good = json.dumps({"text": STORY}).encode()
    path = files(tmp_path, {"a.jsonl": b"\n".join([good, raw, good])}) / "a.jsonl"
    with path.open("rb") as stream:
        for results in (
            list(read_articles([path])),
            list(articles_of_lines(stream, Given("a.jsonl"))),
        ):
            assert [type(each) for each in results] == [Article, Failure, Article]
            assert failures(results)[0].startswith(f"a.jsonl: {expected}")


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_fifty_megabytes_are_not_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file too long for any article is refused by its size; the remedy is to split it."""
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("was read"))
    (message,) = failures(read_articles([path]))
    assert message.startswith(f"{name}: the text has more than {MAX_CHARS:,} characters; split it")


@pytest.fixture
def usual_fields() -> Iterator[None]:
    """The csv module's limit of a field, which one file sets for all, as it was before."""
    limit = csv.field_size_limit()
    yield
    csv.field_size_limit(limit)


@pytest.mark.usefixtures("usual_fields")
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_too_long_text_in_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit holds for each text, not for a file of many."""
    for module in ("text", "fields", "lines"):
        monkeypatch.setattr(f"quotes.ingest.{module}.MAX_CHARS", 100)
    long = "no " * 40
    content = {"a.txt": long, "a.csv": f"text\n{long}\n", "a.jsonl": json.dumps({"text": long})}
    (message,) = failures(read_articles([files(tmp_path, {name: content[name]}) / name]))
    assert "split" in message or "field larger" in message


def test_paths_that_are_not_there(tmp_path: Path) -> None:
    """Each in its own words."""
    broken = tmp_path / "link.txt"
    broken.symlink_to(tmp_path / "gone.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "empty").mkdir()
    names = ["gone.txt", "link.txt", "pipe.txt", "empty", "x" * 300 + ".txt"]
    messages = failures(read_articles([tmp_path / name for name in names]))
    assert [message.split(": ", 1)[1] for message in messages] == [
        "no such file or folder; check the path",
        "a broken link; restore the file it leads to, or remove the link",
        "not a regular file; save its text to a file, or pipe it to -",
        "no article in this folder; put .txt, .html, .htm, .jsonl, .ndjson or .csv files there",
        "File name too long; check the path and its permissions",
    ]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    """A folder that links to itself would be read for ever."""
    files(tmp_path, {"a.txt": STORY})
    (tmp_path / "loop").symlink_to(tmp_path)
    article, failure = read_articles([tmp_path])
    assert isinstance(article, Article)
    assert failures([failure]) == [
        "loop: a link to a folder is not followed; name the folder itself"
    ]


@pytest.mark.parametrize("method", ["iterdir", "read_bytes", "lstat"])
def test_unreadable(method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or file that the system refuses (raised here, as tests may run as root)."""
    files(tmp_path, {"a.txt": STORY, "b.jsonl": json.dumps({"text": STORY})})

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, method, refuse)
    assert (
        "Permission denied; check the path and its permissions"
        in failures(read_articles([tmp_path]))[0]
    )


def test_a_link_to_itself(tmp_path: Path) -> None:
    """It leads nowhere; neither naming it nor finding it ends the run."""
    for name in ("a.txt", "a.csv"):
        (tmp_path / name).symlink_to(name)
    files(tmp_path, {"b.txt": STORY})
    for paths in ([tmp_path], sorted(tmp_path.iterdir())):
        *faults, article = read_articles(paths)
        assert len(failures(faults)) == 2
        assert isinstance(article, Article)


GOOD_MANIFESTS = {
    "an empty row": "file,outlet,published\n,,\na.txt,AP,2025-02-12\n",
    "empty cells in the header": "file,outlet,published,,\na.txt,AP,2025-02-12,,\n",
    "rows before the header": "\n,,\nfile,outlet,published\na.txt,AP,2025-02-12\n",
    "semicolons": "file;outlet;published\na.txt;AP;2025-02-12\n",
    "tabs and capitals": '"File"\tOutlet\tPublished\r\n./a.txt\tAP\t2025-02-12\r\n',
    "UTF-16": "file,outlet,published\na.txt,AP,2025-02-12\n".encode("utf-16"),
    "a cell longer than 131,072 characters":
        f'file,outlet,published,notes\na.txt,AP,2025-02-12,"{"x " * 70_000}"\n',
}  # fmt: skip


@pytest.mark.usefixtures("usual_fields")
@pytest.mark.parametrize("case", GOOD_MANIFESTS)
def test_manifests_as_spreadsheets_save_them(case: str, tmp_path: Path) -> None:
    """Found in the folder or named."""
    csv.field_size_limit(131_072)
    files(tmp_path, {"m.csv": GOOD_MANIFESTS[case], "a.txt": STORY})
    for manifest in (None, tmp_path / "m.csv"):
        article = only(read_articles([tmp_path], manifest=manifest))
        assert (article.outlet, article.published) == ("Associated Press", "2025-02-12")


def test_a_broken_row_of_a_manifest_costs_that_row(tmp_path: Path) -> None:
    """The other files keep their outlets."""
    rows = 'file,outlet\na.txt,"AP\nb.txt,"BBC"\nc.txt,CNN, Inc.\n'
    files(tmp_path, {"m.csv": rows, "b.txt": STORY})
    results = list(read_articles([tmp_path]))
    assert [each.outlet for each in results if isinstance(each, Article)] == ["BBC News"]
    assert [message[:50] for message in failures(results)] == [
        "m.csv: row 2: a quotation mark is not closed, or n",
        "m.csv: row 4: 3 cells, and the header has 2; put t",
    ]


def test_files_that_are_listed_and_missing_and_files_without_a_row_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each once, also where the manifest is both named and found."""
    rows = "file,outlet\na.txt,AP\nb.txt,AP\nin/c.txt,AP\n"
    files(tmp_path, {"m.csv": rows, "a.txt": STORY, "d.txt": "D “No.”", "e.csv": "text\nNo.\n"})
    for manifest in (None, tmp_path / "m.csv"):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "quotes"):
            told = failures(read_articles([tmp_path], manifest=manifest))
        listed = "m.csv: lists 2 files that are not there: b.txt, in/c.txt"
        assert told == [f"{listed}; add what is missing, or remove its row"]
        assert [record.getMessage().split("/")[-1] for record in caplog.records] == [
            "m.csv has no row for 1 file: d.txt"
        ]
    files(tmp_path, {"b.txt": "B “No.”"})
    named = [tmp_path / "b.txt", tmp_path / "m.csv"]
    assert [message[:28] for message in failures(read_articles(named))] == [
        "m.csv: lists a file that is "
    ]


BAD_MANIFESTS = {
    "not there": (None, "No such file or directory; check the manifest's path"),
    "other columns": ("name,outlet\na.txt,AP\n", "it needs the columns file,outlet,published"),
    "binary": (b"file,outlet\n\x00", "the file is binary"),
}


@pytest.mark.parametrize("case", BAD_MANIFESTS)
def test_bad_manifest_stops_the_run(case: str, tmp_path: Path) -> None:
    """Indexing everything under no or a wrong outlet would be worse than stopping at once."""
    content, expected = BAD_MANIFESTS[case]
    path = tmp_path / "m.csv"
    if content is not None:
        files(tmp_path, {"m.csv": content})
    with pytest.raises(InputError, match=expected):
        read_articles([tmp_path], manifest=path)


def test_records_in_memory_are_articles_too() -> None:
    """An article stands for itself; a record without a text fails alone."""
    article, failure, made = read_articles([Article("a", STORY), {"id": "b"}, {"text": STORY}])
    assert article == Article("a", STORY)
    assert isinstance(made, Article)
    assert failures([failure])[0].startswith("record: no text; put")


def test_the_date_of_an_article_in_memory(caplog: pytest.LogCaptureFixture) -> None:
    """It is compared with those of all others, so it is written as they are, or left out."""
    given = [Article("a", STORY, published=day) for day in ("20250212", "2025-W07", "2025-02-12")]
    with caplog.at_level(logging.WARNING, "quotes"):
        found = articles(read_articles(given))
    assert [each.published for each in found] == ["2025-02-12", None, "2025-02-12"]
    assert "article a: the date '2025-W07' is not clear" in caplog.text


def test_json_lines_are_streamed(tmp_path: Path) -> None:
    """The first article is there before the rest is read."""
    line = json.dumps({"text": STORY})

    def lines() -> Iterator[str]:
        yield line
        pytest.fail("read ahead")

    assert isinstance(next(articles_of_lines(lines(), Given("-"))), Article)


# ------------------------------------------------------------------ how many there are to come


def test_a_stream_has_no_end_in_sight() -> None:
    """Standard input: nobody can say how many articles will come."""
    assert expected([io.BytesIO(), "x.txt"]) == Expected(None, exact=True)


def test_small_files_are_counted(tmp_path: Path) -> None:
    """One a page or text, one a line, one a row of a table; a manifest holds none."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "deep" / "b.html").write_text("page")
    (tmp_path / "c.css").write_text("no article")
    (tmp_path / "d.jsonl").write_text('{"text": "x"}\n\n{"text": "y"}\n')
    (tmp_path / "e.csv").write_text('id,text\n1,"two\nlines"\n2,one\n')
    (tmp_path / "outlets.csv").write_text("file,outlet\na.txt,Post\n")
    assert expected([tmp_path]) == Expected(6, exact=True)


@pytest.mark.usefixtures("usual_fields")
def test_a_broken_table_is_counted_as_far_as_it_goes(tmp_path: Path) -> None:
    """A quotation mark that is never closed makes one field of the rest."""
    csv.field_size_limit(1_000)
    (tmp_path / "a.csv").write_text('text\none\n"two' + "\nthree" * 1000)
    assert expected([tmp_path]) == Expected(1, exact=True)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_large_files_are_sampled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """Within a tenth, and it takes no longer for a longer file."""
    monkeypatch.setattr(input_files, "COUNTED_BYTES", 1000)
    monkeypatch.setattr(input_files, "_PLACE_BYTES", 4096)
    texts = ["word " * (10 + number * 7 % 90) for number in range(20_000)]
    lines = (
        [json.dumps({"text": text}) for text in texts]
        if suffix == "jsonl"
        else ["text", *(f'"{text}\n"' for text in texts)]
    )
    for number in range(2):
        part = tmp_path / f"{number}.{suffix}"
        part.write_text("\n".join(lines) + "\n")
    begun = time.perf_counter()
    articles, exact = expected([tmp_path])
    assert time.perf_counter() - begun < 1
    assert not exact
    assert articles == pytest.approx(40_000, rel=0.1)


@settings(max_examples=60)
@given(raw=st.binary(max_size=300), name=st.sampled_from(["a.txt", "a.html", "a.jsonl", "a.csv"]))
def test_any_bytes(raw: bytes, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever a file holds, it gives articles or failures, never an exception."""
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(raw)
    results = list(read_articles([path]))
    assert results
    assert all(isinstance(each, Article | Failure) for each in results)


def test_a_page_that_no_parser_ends_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the attributes of its tags, or by the clock; the next page is read."""
    attributes = " ".join(f"a{number}" for number in range(30_000))
    (tmp_path / "a.html").write_text(PAGE.format(f"<div {attributes}>{SENTENCE}</div>"))
    (tmp_path / "b.html").write_text(PAGE.format(f"SLOW {SENTENCE}"))
    (tmp_path / "c.html").write_text(PAGE.format(SENTENCE))
    reading = story.story_lines

    def slow(tree: Any, title: str | None) -> list[str]:
        while "SLOW" in tree.text_content():
            time.sleep(0.01)
        return reading(tree, title)

    monkeypatch.setattr(story, "story_lines", slow)
    monkeypatch.setattr("quotes.ingest.page.PAGE_SECONDS", 0.5)
    one, two, three = read_articles([tmp_path])
    assert isinstance(one, Failure)
    assert "too many attributes" in one.message
    assert isinstance(two, Failure)
    assert "takes longer" in two.message
    assert isinstance(three, Article)


PAGE = "<html><head><title>A bridge</title></head><body><article><p>{}</p></article></body></html>"
SENTENCE = "The minister said on Monday that the bridge would be closed for two weeks. " * 5


# ------------------------------------------------------------------ other languages

GERMAN = (
    "Der Minister sagte am Dienstag in Berlin, er werde den Vorschlag der Opposition prüfen. "
    "„Wir brauchen eine Lösung, die allen hilft“, sagte er nach der Sitzung. Die Opposition "
    "nannte den Plan unzureichend und forderte weitere Hilfen für die Gemeinden im Land."
)
NOT_ENGLISH = {
    "German": GERMAN,
    "French": "Le ministre a déclaré mardi à Paris qu’il examinerait la proposition. « Il nous "
    "faut une solution qui aide tout le monde », a-t-il dit après la séance. L’opposition a jugé "
    "le plan insuffisant et demandé de nouvelles aides pour les communes.",
    "Dutch": "De minister zei dinsdag dat hij het voorstel zal bekijken. „Wij hebben een oplossing "
    "nodig die iedereen helpt”, zei hij. De oppositie was niet tevreden en vroeg om meer geld "
    "voor de gemeenten in het land, die het al jaren moeilijk hebben.",
    "Chinese": "总理星期二在北京表示，他将研究反对党的建议。" * 8,
    "Ukrainian": "Міністр сказав у вівторок у Києві, що розгляне пропозицію опозиції. «Нам "
    "потрібне рішення, яке допоможе всім», сказав він після засідання. Опозиція назвала план "
    "недостатнім і попросила нової допомоги для громад.",
}
ENGLISH = {
    "short": "„Nein“, sagte der Minister.",
    "in capitals": "THE MAYOR SAID ON TUESDAY THAT THE BRIDGE WOULD BE CLOSED FOR TWO WEEKS AND "
    "THAT THE TOWN HAD NO CHOICE. " * 4,
    "with foreign quotations": f"{GERMAN} So the minister said on Tuesday in Berlin that he would "
    "look at the proposal of the opposition, which had called his plan too small and asked for "
    "help for the towns.",
    "scores": "Leeds 2 Arsenal 1. Scorers: Smith 12, Jones 44, Brown 70. Att 24,331. " * 8,
    "names": "John Smith, Mary Jones, Ahmed Khan, Giulia Rossi, Hans Müller, Juan García. " * 6,
}


@pytest.mark.parametrize("language", NOT_ENGLISH)
@pytest.mark.parametrize("form", ["txt", "html", "jsonl", "csv", "memory"])
def test_an_article_in_another_language_is_told(language: str, form: str, tmp_path: Path) -> None:
    """Its language is named; whoever wants it all the same gets it."""
    text = NOT_ENGLISH[language]
    row = io.StringIO()
    csv.writer(row).writerows([["text"], [text]])
    content = {
        "txt": text,
        "html": PAGE.format(text),
        "jsonl": json.dumps({"text": text}),
        "csv": row.getvalue(),
    }
    given: Any = {"text": text}
    if form != "memory":
        given = files(tmp_path, {f"a.{form}": content[form]}) / f"a.{form}"
    (failure,) = read_articles([given])
    assert isinstance(failure, Failure)
    assert failure.language == language
    assert f"in {language}, not in English" in failure.message
    assert isinstance(only(read_articles([given], any_language=True)), Article)


@pytest.mark.parametrize("case", ENGLISH)
def test_what_counts_as_english(case: str) -> None:
    """Nothing is left out on a guess."""
    assert make_article({"text": ENGLISH[case]}).text == ENGLISH[case]


# ------------------------------------------------------------------ garbled characters

GARBLED = {
    "references": ("&ldquo;It wasn&#8217;t me,&rdquo; she said &amp; left.", "references"),
    "references twice": (
        "&amp;ldquo;It wasn&amp;#x2019;t me,&amp;rdquo; she said & left.",
        "references",
    ),
    "UTF-8 as windows-1252": ("â€œIt wasnâ€™t me,â€\x9d she said & left.", "garbled"),
    "some of it": ("“It wasnâ€™t me,” she said & left.", "garbled"),
}
WHOLE = "“It wasn’t me,” she said & left."
AS_PRINTED = [
    "AT&T said “no”; R&D; was cut & sold.",
    "SÃO PAULO – «Être à l’heure», dit-il… Ärger über Öl, £5, ½ – “naïve”",
    "He typed &notaname; and left.",
]


@pytest.mark.parametrize("case", GARBLED)
def test_garbled_characters_are_mended_and_told(
    case: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Offsets are those of what is stored."""
    text, told = GARBLED[case]
    with caplog.at_level(logging.WARNING, "quotes"):
        article = only(read_articles([files(tmp_path, {"a.txt": text}) / "a.txt"]))
    assert article.text == WHOLE
    assert told in caplog.text
    assert "a.txt" in caplog.text


@pytest.mark.parametrize("text", AS_PRINTED)
def test_what_only_looks_garbled_stays(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No warning, and no other character."""
    with caplog.at_level(logging.WARNING, "quotes"):
        article = only(read_articles([files(tmp_path, {"a.txt": text}) / "a.txt"]))
    assert article.text == text
    assert not caplog.text
