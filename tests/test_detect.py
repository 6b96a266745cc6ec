"""What the join of reader and quotation marks keeps, trims, adds and leaves out."""

from __future__ import annotations

import re

import pytest
from notation import marked, marked_apart

from quotes.quotations import detect
from quotes.records import AnnotatedArticle, Article, Quotation, Reading, Region, Span
from quotes.text.normalised import sentences


def parse(line: str) -> tuple[str, tuple[Reading, ...]]:
    """Text and readings of a marked text; a digit behind the role parts readings."""
    apart = marked_apart(line)
    readings = tuple(Reading(each.content, each.cue, each.source, 0.9) for each in apart)
    return marked(line).text, readings


def found(line: str, regions: tuple[Region, ...] = ()) -> tuple[str, tuple[Quotation, ...]]:
    """Text and quotations of a marked text."""
    text, readings = parse(line)
    article = AnnotatedArticle(Article("a", text), sentences(text), regions)
    return text, detect(article, readings)


def contents(line: str) -> list[list[str]]:
    """The words of each quotation's pieces."""
    text, quotations = found(line)
    return [[span.of(text) for span in q.content] for q in quotations]


CASES = {
    "direct speech is the words inside the marks": (
        "[content|“We won,”] [source|she] [cue|said].",
        "direct",
        ["We won,"],
    ),
    "a cut piece takes its whole quotation": (
        "“We have [content|won it all for the people here],” [source|she] [cue|said].",
        "direct",
        ["We have won it all for the people here,"],
    ),
    "a piece that runs over the mark stops at it": (
        "[content|“We won the vote here,”] [source|she] [cue|said].",
        "direct",
        ["We won the vote here,"],
    ),
    "pieces parted by the cue are one quotation": (
        "[content|“We won,”] [source|she] [cue|said], [content|“and we will win again.”]",
        "direct",
        ["We won,", "and we will win again."],
    ),
    "mixed speech keeps the whole clause and its marks": (
        "[source|He] [cue|said] [content|that the deal must be “secured”].",
        "mixed",
        ["that the deal must be “secured”"],
    ),
    "a clause that merely ends in a quotation stays whole": (
        "[source|He] [cue|said] [content|the visit was “a strong signal.”]",
        "mixed",
        ["the visit was “a strong signal.”"],
    ),
    "indirect speech keeps its leading that and loses a trailing comma": (
        "[source|He] [cue|said] [content|that taxes would rise,] and left.",
        "indirect",
        ["that taxes would rise"],
    ),
    "a title beside what was said is no part of it": (
        "In its report, [content|“Ready for All”,] [source|the firm] [cue|said] "
        "[content|that sales fell].",
        "indirect",
        ["that sales fell"],
    ),
    "straight marks": (
        '[content|"We won,"] [source|she] [cue|said].',
        "direct",
        ["We won,"],
    ),
    "guillemets": (
        "[content|«We won»], [source|she] [cue|said].",
        "direct",
        ["We won"],
    ),
    "British single marks with an apostrophe inside": (
        "[content|‘We don’t know,’] [source|she] [cue|said].",
        "direct",
        ["We don’t know,"],
    ),
    "two paragraphs, an opening mark each": (
        "[content|“We won the first one.]\n\n“And the second one too,” [source|she] [cue|said].",
        "direct",
        ["We won the first one.", "And the second one too,"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_kind_and_content(case: str) -> None:
    """Each case gives one quotation with this kind and these verbatim pieces."""
    marked, kind, pieces = CASES[case]
    text, quotations = found(marked)
    assert [(q.kind, [s.of(text) for s in q.content]) for q in quotations] == [(kind, pieces)]


def test_a_bare_title_is_no_quotation_unless_somebody_says_it() -> None:
    """A cue that no list knows reports nothing when all it reports is a title."""
    assert (
        found("[cue|In] [source|its] report, [content|“Ready for All”], it named no one.")[1] == ()
    )
    assert len(found("[source|He] [cue|said] [content|“Ready for All”] and left.")[1]) == 1


ATTITUDES = {
    "said": "assertion",
    "wrote": "assertion",
    "according to": "assertion",
    "told reporters": "assertion",
    "has not clarified": "assertion",
    "thinks": "belief",
    "didn’t believe": "belief",
    "hopes": "eventuality",
    "wants": "eventuality",
    "ordered": "eventuality",
    "knows": "fact",
    ":": "assertion",
}


@pytest.mark.parametrize("cue", ATTITUDES)
def test_attitude_comes_from_the_cue(cue: str) -> None:
    """PARC's attitude of an indirect quotation is the cue's."""
    _, [quotation] = found(f"[source|He] [cue|{cue}] [content|that the taxes rise in this town].")
    assert quotation.attitude == ATTITUDES[cue]


def test_an_unknown_cue_of_quoted_words_is_an_assertion() -> None:
    """Words in quotation marks were said, whatever the verb; without marks a view is held."""
    _, [quoted] = found("[source|He] [cue|sploshed] [content|“taxes will rise”].")
    _, [reported] = found("[source|He] [cue|sploshed] [content|about rising taxes].")
    assert (quoted.attitude, reported.attitude) == ("assertion", "belief")


def test_a_missed_direct_quotation_is_added_without_a_source() -> None:
    """What is speech by its form is never lost, and nobody is made up for it."""
    text, [quotation] = found("She left. “We will not sign this paper,” the mayor said at noon.")
    assert [span.of(text) for span in quotation.content] == ["We will not sign this paper,"]
    assert (quotation.method, quotation.source, quotation.cue) == ("marks", (), ())


@pytest.mark.parametrize(
    "text",
    [
        "There are 17 elements deemed “rare earth” and several are here.",
        "‘TREMENDOUS PROGRESS’\nThe decision was striking.",
        "She watched “Saturday Night Live” again.",
        "Dwayne “The Rock” Johnson left.",
        "The dogs’ owners left in the ’90s.",
    ],
)
def test_scare_quotes_titles_and_nicknames_are_left_alone(text: str) -> None:
    """Marks that hold no speech give nothing."""
    assert found(text)[1] == ()


def test_a_scare_quote_that_the_reader_left_without_a_cue_is_dropped() -> None:
    """A lone piece without a cue needs the form of speech."""
    assert contents("There are 17 [content|“rare earth”] elements.") == []


def test_a_lone_quotation_joins_the_one_that_it_continues() -> None:
    """The second sentence of a speaker in one paragraph is part of the same attribution."""
    marked = (
        "[content1|“It can be lithium. It can be] titanium,” [source1|Mr. Yermak] [cue1|said]. "
        "[content2|“It is a lot.”]"
    )
    assert contents(marked) == [["It can be lithium. It can be titanium,", "It is a lot."]]


def test_a_lone_quotation_of_another_paragraph_stays_alone() -> None:
    """Across a paragraph break nothing says that the same person goes on."""
    marked = (
        "[content1|“It can be lithium,”] [source1|Mr. Yermak] [cue1|said].\n"
        "[content2|“Nobody will ever find it there.”]"
    )
    assert len(contents(marked)) == 2


def test_a_paragraph_of_an_unclosed_quotation_stays_with_its_own_reading() -> None:
    """Two readings inside what the marks take for one quotation are not merged."""
    marked = (
        "[source1|He] [cue1|said] they were [content1|“charting our next steps to ensure peace.]\n"
        "[content2|“As the president said, let’s get it done,”] [source2|he] [cue2|wrote]."
    )
    assert contents(marked) == [
        ["charting our next steps to ensure peace."],
        ["As the president said, let’s get it done,"],
    ]


def test_a_speech_in_full_is_one_quotation() -> None:
    """Paragraphs between one opening and one closing mark are whose the first of them is."""
    marked = (
        "[source1|She] [cue1|said]:\n\n"
        "“[content1|We came here to win this vote.]\n\n"
        "“[content2|We did not come here to lose it.]\n\n"
        "“[content3|And now we all go home.]”"
    )
    text, [quotation] = found(marked)
    assert [span.of(text) for span in quotation.source] == ["She"]
    assert len(quotation.content) == 3


def test_two_speeches_in_full_stay_two() -> None:
    """Each has its own pair of marks."""
    marked = (
        "[source1|She] [cue1|said]:\n\n“[content1|We came here to win this vote.]\n\n"
        "“[content2|We did not come here to lose it.]”\n\n"
        "“[content3|Well, they came here to lose.]\n\n“[content4|And so they did in the end.]”"
    )
    assert [len(pieces) for pieces in contents(marked)] == [2, 2]


def test_regions_are_noted() -> None:
    """A quotation in a teaser says so."""
    marked = "[source|He] [cue|said] [content|no]."
    text, _ = parse(marked)
    region = Region(Span(0, len(text)), "teaser", "test")
    _, [quotation] = found(marked, (region,))
    assert quotation.region == "teaser"


def test_ids_depend_on_article_and_spans_only() -> None:
    """The same quotation has the same id on every run."""
    first, second = (found(CASES["straight marks"][0])[1][0].id for _ in range(2))
    assert first == second
    assert re.fullmatch(r"q[0-9a-f]{10}", first)


def test_a_cue_speaks_for_its_own_line() -> None:
    """Content of another line that the reader hung on a cue is not put into that mouth."""
    marked = (
        "[content|“We won the vote here,”] [source|she] [cue|said].\n\n"
        "The town was quiet.\n\n[content|“They will never get my vote.”]"
    )
    text, quotations = found(marked)
    assert [([s.of(text) for s in q.content], bool(q.source)) for q in quotations] == [
        (["We won the vote here,"], True),
        (["They will never get my vote."], False),
    ]


def test_a_cue_that_ends_its_line_speaks_for_the_next() -> None:
    """A colon introduces the quotation below it."""
    text, [quotation] = found("[source|She] [cue|said]:\n\n[content|“We won the vote here.”]")
    assert quotation.source[0].of(text) == "She"


def test_content_never_runs_on_into_the_next_paragraph() -> None:
    """A piece that the reader let run over a line break is cut there."""
    marked = "[content|“She better live.” It rained.\n\nPolice came late], [source|he] [cue|said]."
    text, quotations = found(marked)
    assert [s.of(text) for q in quotations for s in q.content if q.cue] == ["Police came late"]


def test_speakers_taking_turns_inside_one_pair_of_marks_stay_apart() -> None:
    """In a transcript set in marks the next paragraph is another speaker's."""
    marked = (
        "“[source1|WALLACE][cue1|:] [content1|Will she be there?]\n\n"
        "“[source2|PENCE][cue2|:] [content2|She will not be there.]\n\n"
        "“[content1|And will you come?]”"
    )
    text, quotations = found(marked)
    assert [
        ([s.of(text) for s in q.source], [s.of(text) for s in q.content]) for q in quotations
    ] == [
        (["WALLACE"], ["Will she be there?"]),
        (["PENCE"], ["She will not be there."]),
        ([], ["And will you come?"]),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "[source|Orr] [cue|said] [content|he was uneasy. “The list was never there.”] Rain fell.",
        "[source|Orr] [cue|said] [content|he was uneasy.] [content|“The list was never there.”]",
        "[source|Orr] [cue|denied] [content|it was “late.”] [content|“The list was on the web.”]",
    ],
)
def test_a_report_and_the_quotation_behind_it_are_two(line: str) -> None:
    """The sentence in marks is verbatim and her own; the cue before it is the report's alone."""
    text, [report, quotation] = found(line)
    assert (report.kind == "direct", quotation.kind == "direct") == (False, True)
    assert [span.of(text) for span in quotation.source] == ["Orr"]
    assert (bool(report.cue), quotation.cue) == (True, ())


def test_a_quotation_that_begins_in_the_report_goes_on_behind_its_tag() -> None:
    """Words in marks before and behind one tag are one quotation."""
    marked = "[content|It was “far too late,”] [source|Orr] [cue|said]. [content|“Nobody told us.”]"
    assert contents(marked) == [["It was “far too late,”", "“Nobody told us.”"]]


@pytest.mark.parametrize(
    ("tag", "source"),
    [
        ("Trump told reporters in", ["Trump"]),
        ("Ms. Anna Lee added.", ["Ms. Anna Lee"]),
        ("he said.", ["he"]),
        ("Trump believes.", []),
        ("the mayor said.", []),
        ("and left.", []),
    ],
)
def test_a_missed_quotation_takes_the_name_and_verb_behind_it(tag: str, source: list[str]) -> None:
    """A name and a verb of saying right behind a missed quotation are its tag, nothing else."""
    text, [quotation] = found(f"It rained. “We will not sign this paper,” {tag}")
    assert [span.of(text) for span in quotation.source] == source


def test_a_tag_of_its_own_parts_a_quotation_from_the_one_before() -> None:
    """A quotation drawn into the sentence before it is given back to its own speaker."""
    marked = (
        "[source1|Bell] [cue1|said] [content1|it would “cost a lot.” “We will not sign this,”] "
        "Lee told reporters."
    )
    text, quotations = found(marked)
    assert [(q.source[0].of(text), q.content[0].of(text)) for q in quotations] == [
        ("Bell", "it would “cost a lot.”"),
        ("Lee", "We will not sign this,"),
    ]


def test_a_report_of_an_intention_is_the_whole_clause() -> None:
    """What was noted does not end at "that" because somebody else's wish follows."""
    marked = (
        "[source1|An aide] [cue1|noted] [content1|that] [source2|Lee] [cue2|intends] "
        "[content2|to leave]. It rained."
    )
    text, quotations = found(marked)
    assert [q.content[0].of(text) for q in quotations] == ["that Lee intends to leave.", "to leave"]


def test_a_relative_clause_as_source_is_its_pronoun() -> None:
    """What follows "who" is not part of the speaker; a name that begins so is untouched."""
    text, [quotation] = found("Lee, [source|who wants peace], [cue|said] [content|it was near].")
    assert quotation.source[0].of(text) == "who"
    text, [quotation] = found("[source|That man] [cue|said] [content|it was near].")
    assert quotation.source[0].of(text) == "That man"


TAGGED_BY_FORM = {
    "a transcript's label": (
        "[content|“LEE: Let’s start with the news.]",
        ["Let’s start with the news."],
        "LEE",
        ":",
    ),
    "a label wins over the line before": (
        "[source|The transcript] [cue|as follows]:\n\n[content|“ANN LEE: We start now.”]",
        ["We start now."],
        "ANN LEE",
        ":",
    ),
    "a name behind a dash": (
        "[content|“We can build a wall around it.”] [cue|―]\xa0Ann Lee.\n\nIt rained.",
        ["We can build a wall around it."],
        "Ann Lee",
        "―",
    ),
    "a name behind a dash, not the one of the line before": (
        "“No.” — [source|Max Orr]\n[content|“We can build it around them.”] [cue|—] Ann Lee",
        ["We can build it around them."],
        "Ann Lee",
        "—",
    ),
    "those whom somebody cites": (
        "[cue|According to] sources in the ministry, cited by [source|Orr News], "
        "[content|it will rain].",
        ["it will rain"],
        "sources in the ministry",
        "According to",
    ),
    "nobody else: cited by nobody": (
        "[cue|According to] [source|sources in the ministry], [content|it will rain].",
        ["it will rain"],
        "sources in the ministry",
        "According to",
    ),
    "no label: what she said begins in capitals": (
        "[source|She] [cue|wrote]: [content|“NATO: it must stay as it is.”]",
        ["NATO: it must stay as it is."],
        "She",
        "wrote",
    ),
    "no label: small letters": (
        "[content|“Well: we start with the news.”] [source|he] [cue|said].",
        ["Well: we start with the news."],
        "he",
        "said",
    ),
    "no signature: the sentence goes on": (
        "[content|“We can build it,”] [source|she] [cue|said] — Ann Lee was not there.",
        ["We can build it,"],
        "she",
        "said",
    ),
}


@pytest.mark.parametrize("case", TAGGED_BY_FORM)
def test_labels_and_signatures_are_sources(case: str) -> None:
    """A transcript's label and a signature behind a dash say whose words these are."""
    marked, pieces, source, cue = TAGGED_BY_FORM[case]
    text, quotations = found(marked)
    quotation = quotations[-1]
    assert [span.of(text) for span in quotation.content] == pieces
    assert [span.of(text) for span in quotation.source] == [source]
    assert [span.of(text) for span in quotation.cue] == [cue]


def detected(text: str, *readings: Reading) -> tuple[Quotation, ...]:
    """The quotations of a text, of readings that no notation can write."""
    return detect(AnnotatedArticle(Article("a", text), sentences(text)), readings)


def test_a_reading_of_white_space_is_none() -> None:
    """A reader may mark a stretch without a word; the rest of the article is read."""
    text = "He said  \n\n  “We won it all.” She left."
    blank = Reading((Span(7, 13),), (Span(3, 7),), (Span(0, 2),), 0.9)
    assert [q.content[0].of(text) for q in detected(text, blank)] == ["We won it all."]


def test_content_is_cut_where_its_cue_and_source_stand_in_it() -> None:
    """No two spans of a quotation overlap, whatever a reader says."""
    text = "The tax will rise, Lee said on Monday, and stay."
    source, cue = (Span(text.index(word), text.index(word) + len(word)) for word in ("Lee", "said"))
    [found] = detected(text, Reading((Span(0, len(text)),), (cue,), (source,), 0.9))
    assert [span.of(text) for span in found.content] == [
        "The tax will rise",
        "on Monday, and stay.",
    ]
    assert (found.cue, found.source) == ((cue,), (source,))


def test_the_same_words_of_the_same_cue_are_one_quotation() -> None:
    """Two readings of them, of which the surer one tells the source."""
    text = "Lee said that Orr said it will rain in the north."
    content, cue = (Span(text.index("it will"), len(text) - 1),), (Span(18, 22),)
    doubtful = Reading(content, cue, (Span(0, 3),), 0.4)
    [found] = detected(text, doubtful, Reading(content, cue, (Span(14, 17),), 0.8))
    assert found.source == (Span(14, 17),)


def test_a_source_that_is_its_cue_is_none() -> None:
    """Who has the words of the verb is nobody."""
    text = "It will rise, according to the note."
    cue = Span(text.index("according"), text.index(" the note"))
    [found] = detected(text, Reading((Span(0, 12),), (cue,), (cue,), 0.9))
    assert (found.cue, found.source) == ((cue,), ())


INNER = {
    "inside an indirect report": (
        "[source|The Herald] [cue|reported] [content|that "
        "<[source|Ann Lee] [cue|had asked] [content|whether it would pay]>].",
        ["whether it would pay"],
        "indirect",
    ),
    "inside quotation marks its words are no verbatim quotation": (
        "“[content|<As [source|Tom Brown] [cue|said], [content|the bridge is closed],>]” "
        "[cue|said] [source|Lee].",
        ["the bridge is closed"],
        "indirect",
    ),
    "unless they stand in marks of their own": (
        "“[content|<[source|He] [cue|told] me: ‘[content|Go home],’> and I did],” "
        "[source|she] [cue|added].",
        ["Go home,"],
        "direct",
    ),
}


@pytest.mark.parametrize(("line", "words", "kind"), INNER.values(), ids=INNER)
def test_a_report_inside_a_report_is_a_quotation_of_its_own(
    line: str, words: list[str], kind: str
) -> None:
    """The reader's inner layer is told beside the outer one, which stays whole."""
    start, stop = line.index("<"), line.index(">")
    bare = line[start + 1 : stop]
    plain = marked(bare).text
    (inner,) = parse(bare)[1]
    text, (outer,) = parse(line[:start] + plain + line[stop + 1 :])
    by = text.index(plain)

    def moved(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(Span(span.start + by, span.end + by) for span in spans)

    nested = Reading(moved(inner.content), moved(inner.cue), moved(inner.source), 0.9)
    article = AnnotatedArticle(Article("a", text), sentences(text))
    first, second = detect(article, [outer, nested])
    assert [span.of(text) for span in second.content] == words
    assert (second.kind, second.within, first.within) == (kind, first.id, None)


@pytest.mark.parametrize(
    "line",
    [
        "[source|Lee] [cue|asked] [content|Mayor Ann Orr, “Why is it shut?”]",
        "[source|Lee] [cue|asked] [content|the harbour clerk, “Why is it shut?”]",
        "[source|Lee] [cue|asked]: [content|“Why is it shut?”] [content|He] left.",
    ],
)
def test_whom_somebody_asks_is_no_part_of_the_question(line: str) -> None:
    """The words in marks are the whole of it."""
    text, [quotation] = found(line)
    assert [span.of(text) for span in quotation.content] == ["Why is it shut?"]
    assert quotation.kind == "direct"


def test_the_question_mark_belongs_to_the_question() -> None:
    """A question without marks is printed with its own sign; a report of one has none."""
    assert contents("[content|So who pays]? [source|Lee] [cue|asked].") == [["So who pays?"]]
    assert contents("Does [source|he] [cue|say] [content|that we pay]?") == [["that we pay"]]


def test_two_reports_in_one_sentence_stay_two() -> None:
    """Who speaks next is no part of what was said before."""
    marked = (
        "[source1|Lee] [cue1|said] [content1|the roof leaked and his deputy], [source2|Ann Orr,] "
        "[cue2|said] [content2|the floor was rotten]."
    )
    text, quotations = found(marked)
    assert [(q.source[0].of(text), q.content[0].of(text)) for q in quotations] == [
        ("Lee", "the roof leaked"),
        ("his deputy, Ann Orr,", "the floor was rotten"),
    ]


@pytest.mark.parametrize(
    ("inside", "source", "words"),
    [
        ("Ann Orr told me, ‘You have an hour,’ and left.", "Ann Orr", "You have an hour,"),
        ("I asked him: ‘Why now?’", "I", "Why now?"),
        ("but she said ‘never again in Marl’ that day.", "she", "never again in Marl"),
    ],
)
def test_what_a_speaker_quotes_in_turn_is_a_quotation_within_it(
    inside: str, source: str, words: str
) -> None:
    """The inner one has its own speaker and knows in whose words it stands."""
    text, [outer, inner] = found(f"[content|“Well, {inside}”] [source|Lee] [cue|said].")
    assert (inner.source[0].of(text), inner.content[0].of(text)) == (source, words)
    assert inner.within == outer.id


def test_a_name_for_something_inside_a_quotation_is_no_report() -> None:
    """Nor are words without a speaker."""
    _, quotations = found(
        "[content|“In May they called it ‘the great comeback’ and a ‘fine day’.”] "
        "[source|Lee] [cue|said]."
    )
    assert len(quotations) == 1
