"""A denial is never taken for a statement, nor what nobody said for something said."""

from __future__ import annotations

import pytest

from quotes.quotations.cues import load_cues
from quotes.quotations.polarity import with_polarity
from quotes.records import Kind, Polarity, Quotation, printed
from tests.notation import marked, marked_apart, quotation

AFFIRMED = [
    "[source|Ann Lee] [cue|said] [content|the bridge is safe].",
    "[source|Ann Lee] [cue|has said] [content|the bridge is safe].",
    "[content|It is not true that the bridge is safe], [source|Lee] [cue|said].",
    "[source|Lee] not only [cue|said] [content|that it is safe] but proved it.",
    "[source|Lee] did not just [cue|say] [content|that it is safe].",
    "[source|Lee] did not hesitate to [cue|say] [content|that it is safe].",
    "[source|Lee] never tires of [cue|saying] [content|that it is safe].",
    "[source|Lee] went on to [cue|say] [content|that it is safe].",
    "[source|Lee] took to the radio to [cue|say] [content|that it is safe].",
    "[source|Lee] is reported to have [cue|said] [content|that it is safe].",
    "[source|Lee] could be heard [cue|saying] [content|that it is safe].",
    "[source|Lee], who is not a member, [cue|said] [content|it is safe].",
    "[source|Theresa May] [cue|said] [content|it is safe].",
    "[source|No. 10] [cue|said] [content|it is safe].",
    "[source|No fewer than ten people] [cue|said] [content|it is safe].",
    "If the river falls, [source|Lee] [cue|said], [content|the bridge is safe].",
    "When [source|she] [cue|says] [content|it is safe], it is safe.",
    "[source|Lee] [cue|asked] [content|whether it was safe]?",
    "[cue|According to] [source|Lee], [content|it will not fall].",
    "[source|She] would often [cue|say] [content|that it is safe].",
    "[source|Lee] [cue|dismissed] the report as [content|“fake news”].",
    "[source|Lee] [cue|told] reporters, who did not believe her, [content|it was safe].",
    "[source|The report], never published, [cue|says] [content|it is safe].",
    "[source|Lee] [cue|urged voters to say] [content|that it is safe].",
    "[source|Lee] [cue|demanded to know] [content|whether it was safe].",
    "[source|They] [cue|aren’t the only ones calling] [content|it unsafe].",
    "[source|Lee] cut the visit short, [cue|saying] [content|it was late].",
    "“No,” [source|she] [cue|said], [content|the bridge is safe].",
]
DENIED = [
    "[source|Ann Lee] [cue|denied] [content|that the bridge is unsafe].",
    "[content|The bridge was unsafe], [source|she] [cue|denied].",
    "[source|Lee] has repeatedly [cue|denied] [content|that it is unsafe].",
    "[source|Lee] [cue|rejected] [content|suggestions that it was unsafe].",
    "[source|Lee] [cue|rejected the claim] [content|that it was unsafe].",
    "[source|Lee] rejected [cue|claims] [content|that it was unsafe].",
    "[source|Lee] [cue|dismissed] [content|claims that it was unsafe as nonsense].",
    "[source|Lee] [cue|disputed] [content|that it was unsafe].",
    "[content|That finding] is [cue|disputed] by [source|Lee].",
    "[source|Lee] [cue|refuted] [content|the allegation that it was unsafe].",
    "[source|Lee] [cue|ruled out] [content|that it was unsafe].",
    "[source|Lee] [cue|pushed back] on [content|the idea that it was unsafe].",
    "[source|Lee] [cue|issued a denial] [content|that it was unsafe].",
    "[source|Lee] [cue|said] it was not true that [content|the bridge was unsafe].",
]
UNSAID = [
    ("[source|Lee] did not [cue|say] [content|whether it was safe].", "did not"),
    ("[source|Lee] [cue|did not say] [content|whether it was safe].", "did not"),
    ("[source|Lee] [cue|didn’t say] [content|who built it].", "didn’t"),
    ("[source|Lee] never [cue|said] [content|that it was safe].", "never"),
    ("[source|Lee] no longer [cue|says] [content|that it is safe].", "no"),
    ("[source|Lee] [cue|refused to say] [content|who built it].", "refused to"),
    ("[source|Lee] declined on Tuesday to [cue|say] [content|who built it].", "declined … to"),
    ("[source|Lee] failed to [cue|mention] [content|that it had fallen].", "failed to"),
    ("[source|Lee] has yet to [cue|say] [content|who built it].", "yet to"),
    ("[source|Lee] will [cue|say] [content|that it is safe].", "will"),
    ("[source|Lee] is expected to [cue|announce] [content|that it is safe].", "expected to"),
    ("[source|Lee] is to [cue|announce] [content|that it is safe].", "is to"),
    ("[source|Lee] wants to [cue|tell] them [content|it is safe].", "wants to"),
    ("They asked [source|Lee] to [cue|say] [content|that it is safe].", "asked"),
    ("[source|Lee] may have [cue|said] [content|that it is safe].", "may"),
    ("[source|Lee] would not [cue|say] [content|who built it].", "would not"),
    ("[source|Lee] did not [cue|deny] [content|that it was unsafe].", "did not"),
    ("[source|Lee] neither confirmed nor [cue|denied] [content|that it fell].", "nor"),
    ("[source|Lee] would not [cue|rule out] [content|that it fell].", "would not"),
    ("[source|Lee] [cue|has also not ruled out] [content|that it fell].", "not"),
    ("[source|Lee] denied [cue|saying] [content|that it was unsafe].", "denied"),
    ("[source|Lee] denied having [cue|said] [content|that it was unsafe].", "denied"),
    ("[source|Lee] left without [cue|saying] [content|that it was safe].", "without"),
    ("[source|Lee] stopped short of [cue|saying] [content|it was safe].", "short"),
    ("If [source|Lee] [cue|says] [content|it is safe], it will open.", "If"),
    ("Unless [source|she] [cue|says] [content|it is safe], it will not open.", "Unless"),
    ("They asked whether [source|Lee] had [cue|said] [content|it was safe].", "whether"),
    ("[source|Nobody] [cue|said] [content|that it was safe].", "Nobody"),
    ("[source|None of them] [cue|said] [content|that it was safe].", "None"),
    ("None of [source|them] [cue|said] [content|that it was safe].", "None"),
    ("[source|No official] [cue|said] [content|that it was safe].", "No"),
    ("Nor did [source|Lee] [cue|say] [content|that it was safe].", "Nor did"),
    ("Did [source|Lee] [cue|say] [content|that it was safe]?", "Did"),
    ("[source|Who] [cue|said] [content|it was safe]?", "Who"),
    ("There was no [cue|claim] [content|that it was safe].", "no"),
    ("[source|Lee] [cue|said] nothing [content|about who built it].", "nothing"),
    ("Don’t [cue|say] [content|that it is safe].", "Don’t"),
    ("[cue|Say] [content|that it is safe].", "Say"),
    ("[source|Lee] [cue|didn’t come out and say] [content|it was safe].", "didn’t"),
    ("There [cue|was no overt mention] from [source|Lee] [content|that it fell].", "no"),
    ("[source|Lee] [cue|declined] [content|to comment].", "declined"),
    ("[source|Lee’s] [cue|refusal] [content|to say who built it] made news.", "refusal"),
    ("[source|Lee] [cue|declined to define] [content|what was safe].", "declined"),
    ("[source|They] [cue|will hold banners proclaiming] [content|it is safe].", "will"),
    ("There was pressure on [source|her] to [cue|say] [content|it was safe].", "pressure"),
    ("Should [source|Lee] [cue|say] [content|it is safe], it will open.", "Should"),
]


def judged(line: str, kind: Kind = "indirect") -> tuple[Quotation, str]:
    """The one quotation of a marked line with its polarity, and the line's text."""
    found = marked(line)
    cue = found.cue[0].of(found.text)
    made = quotation(
        "q1", found.content, found.cue[0], next(iter(found.source), None), kind=kind,
        attitude=load_cues().attitude(cue) or "assertion",
    )  # fmt: skip
    (said,) = with_polarity(found.text, [made])
    return said, found.text


@pytest.mark.parametrize("line", AFFIRMED)
def test_a_statement_is_affirmed(line: str) -> None:
    """Neither a negation elsewhere nor one that comes to nothing turns it."""
    said, text = judged(line)
    assert (said.polarity, printed(text, said.polarity_words)) == ("affirmed", "")


@pytest.mark.parametrize("line", DENIED)
def test_a_denial_is_denied(line: str) -> None:
    """And was voiced, so that answers show it; the words that deny are told."""
    said, _ = judged(line)
    assert (said.polarity, said.attitude) == ("denied", "assertion")
    assert said.polarity_words


@pytest.mark.parametrize(("line", "words"), UNSAID)
def test_what_nobody_is_known_to_have_said_is_unsaid(line: str, words: str) -> None:
    """Negated, refused, planned, asked or supposed; the words that tell are kept."""
    said, text = judged(line)
    assert said.polarity == "unsaid"
    for part in words.split(" … "):
        assert part in printed(text, said.polarity_words)


@pytest.mark.parametrize(
    ("line", "polarity"),
    [
        ("[source|Lee] does not [cue|believe] [content|that it is safe].", "denied"),
        ("[source|Lee] [cue|doubts] [content|that it is safe].", "denied"),
        ("If [source|Lee] [cue|thinks] [content|it is safe], it is.", "unsaid"),
    ],
)
def test_who_does_not_think_so_denies_it(line: str, polarity: Polarity) -> None:
    """A belief that is not held stays a belief."""
    said, _ = judged(line)
    assert (said.polarity, said.attitude) == (polarity, "belief")


def test_what_is_reported_in_a_denial_is_said_by_nobody() -> None:
    """Who denies that somebody said it does not tell that it was said."""
    outer, inner = (
        marked_apart("[source|Bo Dahl] [cue|denied] [content|that Ann Lee said it was safe]."),
        marked_apart("Bo Dahl denied that [source|Ann Lee] [cue|said] [content|it was safe]."),
    )
    text = outer[0].text
    told = [
        quotation("q1", outer[0].content, outer[0].cue[0], outer[0].source[0], kind="indirect"),
        quotation("q2", inner[0].content, inner[0].cue[0], inner[0].source[0], kind="indirect",
                  within="q1"),
    ]  # fmt: skip
    assert [each.polarity for each in with_polarity(text, told)] == ["denied", "unsaid"]
