"""What is done with words that nobody reports is no quotation of anybody."""

from __future__ import annotations

import pytest

from quotes.quotations.acts import features, with_acts
from quotes.quotations.cues import load_cues
from quotes.quotations.polarity import with_polarity
from quotes.records import Attitude, Kind
from tests.notation import marked, quotation

ACTS = [
    "[source|The club] [cue|declined] [content|to comment].",
    "[source|Dahl] [cue|posted] [content|photos of the new bridge].",
    "[source|The keeper] [cue|conceded] [content|a penalty].",
    "[content|Orr] [cue|was shown] a yellow card.",
    "[content|The choir] [cue|drew praise for] its singing.",
    "[cue|was blamed for] [content|three crashes].",
    "[source|She] [cue|attacked] [content|the mayor].",
    "[source|The council] [cue|named] [content|the street after a poet].",
    "[source|They] [cue|voted for] [content|the motion].",
    "[source|The owner] [cue|called] [content|the police].",
    "[source|The agency] [cue|released] [content|the pictures].",
    "[source|Blood tests] [cue|revealed] [content|high levels of lead in the water of two towns].",
    "[source|Orr] [cue|dismissed] [content|her questions].",
    "[source|Guests] [cue|discussed] [content|the harvest].",
]
SAID = [
    "[source|Dahl] [cue|said] [content|the bridge is safe].",
    "[source|Dahl] [cue|warned] [content|of floods in the valley this spring].",
    "[source|Dahl] [cue|announced] [content|that she would leave].",
    "[source|The mayor] [cue|urged] [content|people to stay at home until Sunday].",
    "[source|Dahl] [cue|accused] [content|the council of hiding the figures from everybody].",
    "[cue|According to] [source|Dahl], [content|three people were hurt].",
    "[source|Dahl] [cue|called] [content|it a disgrace].",
    "[source|She] [cue|added] [content|they had not been asked].",
]


def attitude_of(line: str, attitude: Attitude | None = None, kind: Kind = "indirect") -> Attitude:
    """What the one quotation of a marked line comes to."""
    found = marked(line)
    told = load_cues().attitude(found.cue[0].of(found.text))
    made = quotation(
        "q1", found.content, found.cue[0], next(iter(found.source), None), kind=kind,
        attitude=attitude or told or "belief", confidence=0.8,
    )  # fmt: skip
    (judged,) = with_acts(found.text, with_polarity(found.text, [made]))
    return judged.attitude


@pytest.mark.parametrize("line", ACTS)
def test_an_act_is_not_shown_as_said(line: str) -> None:
    """The thing named, praised, filed or declined is nobody's words."""
    assert attitude_of(line, "assertion") == "act"


@pytest.mark.parametrize("line", SAID)
def test_reported_words_stay_said(line: str) -> None:
    """A clause, or a verb that says what was said."""
    assert attitude_of(line) == "assertion"


def test_what_decides_has_names() -> None:
    """Each feature can be told to a person, and marks are never asked about."""
    found = marked("[source|They] [cue|voted for] [content|the motion].")
    told = features(found.text, quotation("q1", found.content, found.cue[0], found.source[0]))
    assert {"cue of acting", "noun phrase", "cue ends in a preposition"} <= told.keys()
    assert attitude_of(
        "[source|Dahl] [cue|praised] [content|the bridge].", "assertion", "direct"
    ) == ("assertion")


@pytest.mark.parametrize(
    ("line", "kind", "attitude"),
    [
        (
            "“[content|We were all young then],” [source|Lee] [cue|remembers].",
            "direct",
            "assertion",
        ),
        ("[source|The study] [cue|found] [content|that sleep is good].", "indirect", "assertion"),
        ("[source|He] [cue|found] [content|that the car was gone].", "indirect", "fact"),
        ("[source|He] [cue|feels] “[content|cheated].”", "direct", "belief"),
    ],
)
def test_what_was_voiced_is_said_whatever_the_verb(
    line: str, kind: Kind, attitude: Attitude
) -> None:
    """A sentence in marks was spoken, and a study's findings are published."""
    assert attitude_of(line, kind=kind) == attitude
