"""Rows as text, tables, CSV, TSV, JSON and JSON lines."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.present import (
    cells,
    columns,
    json_line,
    record,
    safe_cell,
    views,
    write_lines,
    write_rows,
)
from quotes.present.page import Page
from quotes.present.quotations import (
    attributions,
    narrowed,
    occurrence_of,
    speaker_label,
)
from quotes.records import Article, Quotation, Span, Speaker
from quotes.rows import Occurrence, OutletRow, ShownArticle, SpeakerRow, Utterance

LEE = Speaker("ann-lee", "Ann Lee", "person")
TEXT = '"No way," said Ms Lee, "not now." She hopes to win.'
ARTICLE = Article("a1", TEXT, "Reuters", "inferred", "(Reuters)", "A row", None, "2025-02-12")


def spans(*words: str) -> tuple[Span, ...]:
    """Each of the words where it first stands in the text."""
    return tuple(Span(TEXT.index(word), TEXT.index(word) + len(word)) for word in words)


SAID = Quotation(
    "q1",
    "direct",
    spans("No way,", "not now."),
    spans("said"),
    spans("Ms Lee"),
    "assertion",
    0.91239,
    "reader+marks",
    LEE,
    "“Ms Lee” is Ann Lee, named before",
    chain=(Span(15, 21), Span(0, 2)),
)
HOPED = Quotation(
    "q2",
    "indirect",
    spans("to win"),
    spans("hopes"),
    spans("She"),
    "eventuality",
    0.5,
    "reader",
    None,
    "two women possible",
    referent=Speaker("voters", "the voters", "group"),
)
ROW = replace(occurrence_of(ARTICLE, SAID), cluster="c1")
UTTERANCE = Utterance(
    "c1",
    LEE,
    "Ms Lee",
    "No way, not now.",
    (Span(8, 11),),
    "direct",
    "assertion",
    ("Reuters", "Kyiv Post"),
    "2025-02-12",
    (ROW, replace(ROW, quotation="q9", outlet="Kyiv Post")),
)


def written(rows: list[object], form: str, **options: bool) -> str:
    """What `write_rows` writes."""
    out = io.StringIO()
    write_rows(rows, out, form, **options)  # type: ignore[arg-type]
    return out.getvalue()


def page(row: object, *, width: int = 80, colour: bool = False) -> str:
    """A row as a block of lines on a page of this width."""
    out, block = io.StringIO(), views()[type(row)].block
    assert block
    block(Page(out, width=width, colour=colour), row)
    return out.getvalue()


def table(*rows: object, colour: bool = False) -> str:
    """Rows as a table."""
    out, shown = io.StringIO(), views()[type(rows[0])].table
    assert shown
    Page(out, width=80, colour=colour).table(rows, shown)
    return out.getvalue()


# For machines


def test_csv_columns_are_the_promised_ones() -> None:
    """Other programs rely on these names and their order."""
    head, row = csv.reader(io.StringIO(written([ROW], "csv")))
    assert tuple(head) == columns(Occurrence)
    assert ",".join(head) == (
        "quotation_id,cluster_id,speaker,speaker_as_written,quotation,kind,cue,outlet,title,"
        "url,published,start,end,confidence,method,referent,speaker_kind,family,family_kind,origin,"
        "polarity,polarity_words,within,teller,speaker_doubt"
    )
    assert row == [
        *("q1", "c1", "Ann Lee", "Ms Lee", "No way, … not now.", "direct", "said", "Reuters"),
        *("A row", "", "2025-02-12", "1", "32", "0.9124", "reader+marks"),
        *("", "person", "", "", "", "affirmed", "", "", "", ""),
    ]


def test_an_utterance_is_one_csv_row_a_printing() -> None:
    """A spreadsheet counts printings."""
    assert [line["outlet"] for line in cells(UTTERANCE)] == ["Reuters", "Kyiv Post"]


def test_csv_without_headers_and_with_a_byte_order_mark() -> None:
    """For appending, and for Excel."""
    text = written([ROW], "csv", headers=False, bom=True)
    assert text.startswith("\ufeffq1,")
    assert text.count("\n") == 1


def test_tsv_parts_by_tabs() -> None:
    """The same columns, parted by tabs."""
    assert written([ROW], "tsv").splitlines()[0].split("\t") == list(columns(Occurrence))


@pytest.mark.parametrize("form", ["csv", "tsv", "nl", "table", "text"])
def test_no_rows_write_nothing(form: str) -> None:
    """An empty answer is empty, headers too."""
    assert written([], form) == ""


def test_no_rows_are_still_a_json_array() -> None:
    """A JSON reader gets a document whatever was found."""
    assert json.loads(written([], "json")) == []


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\n=1", "\0=1", "\ufeff=1", "\x1f+1"),
        *("＝1+1", "＋1", "－2", "＠SUM(A1)", "\0＝1"),
    ],
)
def test_a_formula_is_made_text(cell: str) -> None:
    """A quotation may begin with anything; a spreadsheet must not run it."""
    assert safe_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["said", "1+1=2", "", "’tis", -3, 0.5, None])
def test_other_cells_stay(cell: str | float | None) -> None:
    """Numbers, and text that no spreadsheet would run."""
    assert safe_cell(cell) == cell


def test_a_line_end_in_a_cell_is_a_line_feed() -> None:
    """A bare carriage return would end the row for some readers, and can lead a formula."""
    assert safe_cell("a\r\nb\rc") == "a\nb\nc"
    assert safe_cell("\r=1") == "'\n=1"


def test_formulas_are_made_text_in_every_column() -> None:
    """Outlets, titles and names come from outside as well."""
    row = replace(ROW, outlet="=cmd()", title="@x", speaker=replace(LEE, name="+1"), text="-a")
    (line,) = csv.DictReader(io.StringIO(written([row], "csv")))
    assert [line[key] for key in ("outlet", "title", "speaker", "quotation")] == [
        *("'=cmd()", "'@x", "'+1", "'-a"),
    ]


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_survives_csv_and_json_lines(text: str) -> None:
    """A JSON line is one line for any reader, and nothing is lost."""
    row = replace(ROW, text=text)
    out = written([row], "csv")
    line = list(csv.reader(io.StringIO(out, newline="")))[1]
    printed = text.replace("\r\n", "\n").replace("\r", "\n")
    assert line[4].removeprefix("'") == printed.removeprefix("'")
    lines = written([row], "nl")
    assert len(lines.splitlines()) == 1
    assert json.loads(lines)["text"] == text


def test_half_a_surrogate_pair_can_be_printed() -> None:
    """JSON may hold what no encoding can write."""
    assert json_line({"text": "\ud800“"}).encode() == '{"text": "\\ud800“"}'.encode()


def test_a_line_of_extract_follows_the_contract() -> None:
    """Names and shapes that other programs rely on."""
    line = json.loads("".join(attributions(ARTICLE, [SAID, HOPED])))
    first, second = line["attributions"]
    assert line["id"] == "a1"
    assert first | {"speaker_basis": "", "region": None} == {
        "id": "q1",
        "kind": "direct",
        "content": [[1, 8], [24, 32]],
        "cue": [[10, 14]],
        "source": [[15, 21]],
        "speaker": {"id": "ann-lee", "name": "Ann Lee", "kind": "person"},
        "attitude": "assertion",
        "confidence": 0.9124,
        "method": "reader+marks",
        "speaker_basis": "",
        "region": None,
        "referent": None,
        "chain": [[15, 21], [0, 2]],
        "members": [],
        "polarity": "affirmed",
        "polarity_words": [],
        "within": None,
    }
    assert second["speaker"] is None
    assert second["referent"] == {"id": "voters", "name": "the voters", "kind": "group"}
    assert [TEXT[s:e] for s, e in first["content"]] == ["No way,", "not now."]


def test_a_line_of_export_holds_what_it_promises() -> None:
    """Names that other programs rely on."""
    line = record(ROW)
    promised = ("id", "article", "outlet", "content", "text", "kind", "speaker", "cluster")
    also = ("speaker_as_written", "speaker_basis", "attitude", "cue", "title", "url", "published")
    assert {*promised, *also, "confidence", "method", "start", "end"} <= line.keys()
    assert (line["start"], line["end"]) == (1, 32)


def test_json_is_one_array() -> None:
    """An array of the rows, in order."""
    rows = [OutletRow("Reuters", 1, 2, 0), OutletRow(None, 1, 2, 1)]
    assert [row["outlet"] for row in json.loads(written(rows, "json"))] == ["Reuters", None]


def test_json_lines_are_written_as_they_come() -> None:
    """A pipeline that feeds us slowly gets each answer when it is ready."""
    out = io.StringIO()

    def records() -> object:
        yield {"n": 1}
        assert out.getvalue() == '{"n": 1}\n'
        yield {"n": 2}

    assert write_lines(records(), out) == 2  # type: ignore[arg-type]


def test_a_shown_article_as_json_has_its_text_and_spans() -> None:
    """Enough to mark the article elsewhere."""
    shown = ShownArticle(ARTICLE, (ROW,), (SAID.cue,), (SAID.source,))
    whole = record(shown)
    (quotation,) = whole["quotations"]
    assert whole["text"] == TEXT
    assert quotation["source_spans"] == [[15, 21]]


# For people


@pytest.mark.parametrize(
    ("speaker", "as_written", "referent", "label"),
    [
        (LEE, "she", None, "Ann Lee"),
        (LEE, "she", Speaker("x", "a mayor", "unnamed"), "Ann Lee"),
        (None, "a U.S. source", None, "A U.S. source (unresolved)"),
        (None, "The source", Speaker("x", "a U.S. source", "unnamed"), "A U.S. source (unnamed)"),
        (None, "they", Speaker("x", "the officials", "group"), "The officials (group)"),
        (None, "it", Speaker("x", "the report", "document"), "The report (document)"),
        (None, "we", Speaker("x", "we", "group"), "(we: group)"),
        (Speaker("x", "the officials", "unnamed"), "they", None, "The officials (unnamed)"),
        (None, "He", None, "(he: unresolved)"),
        (None, "who", None, "(who: unresolved)"),
        (None, "", None, "(no source)"),
    ],
)
def test_a_speaker_is_never_a_bare_pronoun(
    speaker: Speaker | None, as_written: str, referent: Speaker | None, label: str
) -> None:
    """Unnamed and unresolved sources say that they are."""
    assert speaker_label(speaker, as_written, referent) == label


def test_who_has_no_name_is_never_in_the_column_of_names() -> None:
    """A spreadsheet that counts speakers counts people; the referent has a column of its own."""
    (line,) = cells(occurrence_of(ARTICLE, HOPED))
    assert (line["speaker"], line["referent"], line["speaker_kind"]) == (
        None,
        "the voters",
        "group",
    )
    whole = record(replace(UTTERANCE, speaker=None, referent=HOPED.referent))
    assert (whole["speaker"], whole["referent"]["name"]) == (None, "the voters")
    text = table(ROW, occurrence_of(ARTICLE, HOPED), colour=True)
    assert "\x1b[2mThe voters (group)\x1b[0m" in text


def test_an_utterance_reads_as_a_block() -> None:
    """Speaker and kind, words with the match, outlets, first date and id."""
    assert page(UTTERANCE) == (
        "Ann Lee  direct\n  “No way, **not** now.”\n  Reuters, Kyiv Post · 2025-02-12 · c1\n"
    )


def test_in_colour_a_match_has_no_marks_around_it() -> None:
    """Bold type stands in for the marks."""
    text = page(UTTERANCE, colour=True)
    assert "**" not in text
    assert "\x1b[1;33mnot\x1b[0m" in text


def test_who_is_not_named_is_told_why() -> None:
    """An abstention shows its reason."""
    row = occurrence_of(ARTICLE, HOPED)
    utterance = replace(UTTERANCE, speaker=None, speaker_as_written="She", occurrences=(row,))
    text = page(utterance)
    assert text.startswith("(she: unresolved)")
    assert text.endswith("  two women possible\n")


def test_long_words_wrap_at_the_width_and_keep_their_indent() -> None:
    """On a terminal a block stays a block."""
    long = replace(UTTERANCE, text="word " * 60 + "end", matches=())
    lines = page(long, width=60).splitlines()
    assert max(map(len, lines)) <= 60
    assert all(line.startswith("  ") for line in lines[1:])


def test_a_pipe_gets_one_line_a_quotation() -> None:
    """Text that goes to another program is not wrapped."""
    long = replace(UTTERANCE, text="word " * 200 + "end", matches=())
    assert len(written([long], "text").splitlines()) == 3


def test_an_escape_sequence_in_an_article_does_not_reach_the_terminal() -> None:
    """Articles are strangers' text."""
    evil = replace(ROW, text="\x1b]0;owned\x07 said", outlet="\x1b[31m")
    utterance = replace(UTTERANCE, text=evil.text, matches=(), outlets=("\x1b[31m",))
    for text in (
        page(utterance),
        table(evil),
    ):
        assert "\x1b" not in text


def test_a_title_of_millions_of_characters_is_cut() -> None:
    """Breaking it into lines would take minutes."""
    assert len(table(replace(ROW, title="x" * 5_000_000, text="y" * 5_000_000))) < 200_000
    out = io.StringIO()
    Page(out, width=80).fact("title", "x" * 5_000_000)
    assert len(out.getvalue()) < 30_000


def test_square_brackets_are_not_taken_for_markup() -> None:
    """Newspapers use brackets for their own insertions."""
    text = table(replace(ROW, text="the [red]militants[/red] :smile:"))
    assert "[red]militants[/red] :smile:" in text


def test_an_article_has_its_roles_marked_and_numbered() -> None:
    """Pieces of one quotation bear its number; --all adds the rest."""
    hoped = occurrence_of(ARTICLE, HOPED)
    shown = ShownArticle(ARTICLE, (ROW, hoped), (SAID.cue, HOPED.cue), (SAID.source, HOPED.source))
    text = page(shown, width=200)
    assert (
        '"[1 content|No way,]" [1 cue|said] [1 source|Ms Lee], "[1 content|not now.]" '
        "[2 source|She] [2 cue|hopes] [2 content|to win]." in text
    )
    assert "named before" in text
    assert page(narrowed(shown), width=200).count("[2 ") == 0


def test_a_quotation_over_two_paragraphs_is_marked_in_both() -> None:
    """A paragraph can be read by itself."""
    article = Article("a", "She said: “One.\r\n\r\n“Two.”")
    content = Span(article.text.index("One"), len(article.text) - 1)
    row = replace(ROW, content=(content,))
    shown = ShownArticle(article, (row,), ((),), ((),))
    text = page(shown)
    assert "“[1 content|One.]\n\n[1 content|“Two.]”\n" in text


def test_nested_spans_keep_every_letter() -> None:
    """A cue inside a content is marked inside it."""
    article = Article("a", "abcdef")
    outer, inner = Span(0, 6), Span(2, 4)
    shown = ShownArticle(article, (replace(ROW, content=(outer,)),), ((inner,),), ((),))
    assert "[1 content|ab[1 cue|cd]ef]" in page(shown)


def test_accounts_are_told_where_outlets_are_more() -> None:
    """Articles of one family are one account, however many outlets print them."""
    wire = replace(ROW, family="w1", origin="Reuters")
    copied = replace(wire, quotation="q2", outlet="Kyiv Post", family_kind="copy")
    utterance = replace(UTTERANCE, occurrences=(wire, copied))
    assert "Reuters, Kyiv Post (1 account)" in page(utterance)
    assert "account" not in page(UTTERANCE)
    assert (record(utterance)["accounts"], record(UTTERANCE)["accounts"]) == (1, 2)
    assert [(line["family_kind"], line["accounts"]) for line in cells(utterance)] == [
        (None, 1),
        ("copy", 1),
    ]


def test_a_speaker_row_lists_other_names() -> None:
    """Aliases beside the name, and those that rest on little."""
    names = ("Ann Lee", "A. Lee")
    row = SpeakerRow("ann-lee", "Ann Lee", "person", "mayor", names, 3, ("R",), None, ("A. Lee",))
    text = table(row)
    assert "Ann Lee" in text
    assert "doubtful" in text
    assert "A. Lee" in text
    line = "ann-lee,Ann Lee,person,mayor,Ann Lee; A. Lee,3,R,,A. Lee"
    assert written([row], "csv").splitlines()[1] == line


def test_a_table_without_headers_begins_with_a_row() -> None:
    """For programs that read tables after all."""
    assert written([OutletRow("Reuters", 1, 2, 0)], "table", headers=False).startswith("Reuters")


def test_what_stands_in_a_teaser_says_so() -> None:
    """Another story's words are not passed off as this one's."""
    teaser: Occurrence = replace(ROW, region="teaser")
    assert "direct, teaser" in table(teaser)
