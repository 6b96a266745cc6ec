"""What people read in the place of a record: a speaker, an outlet, words, counts.

Rows go in, one line of text comes out, safe for a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quotes.records import NAMED, Speaker
from quotes.rows import Occurrence, Utterance

if TYPE_CHECKING:
    from rich.text import Text

PRONOUNS = frozenset(
    {"he", "she", "it", "they", "we", "i", "you", "one", "him", "her", "them", "us", "me"}
    | {"who", "which", "that", "this", "these", "those"}
)
"""Sources that say nothing by themselves and are never shown as a speaker's name."""


def speaker_label(speaker: Speaker | None, as_written: str, referent: Speaker | None = None) -> str:
    """Whom to show as the speaker: a pronoun is never a name, and who has none says so.

    >>> speaker_label(Speaker("lee", "Ann Lee", "person"), "she")
    'Ann Lee'
    >>> speaker_label(None, "The source", Speaker("source", "a U.S. source", "unnamed"))
    'A U.S. source (unnamed)'
    >>> speaker_label(None, "Lee"), speaker_label(None, "He"), speaker_label(None, "")
    ('Lee (unresolved)', '(he: unresolved)', '(no source)')
    """
    if speaker and speaker.kind in NAMED:
        return speaker.name
    meant = referent or speaker
    what = meant.kind if meant else "unresolved"
    name = one_line(meant.name if meant else as_written).strip()
    if not name:
        return "(no source)"
    if name.lower() in PRONOUNS:
        return f"({name.lower()}: {what})"
    return f"{name[0].upper()}{name[1:]} ({what})"


def one_line(text: str) -> str:
    r"""Text for one line of a terminal: white space folded, control characters taken out.

    >>> one_line("a\n\n b\x1b[31m")
    'a b\ufffd[31m'
    """
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "\ufffd", _folded(text))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def who(row: Utterance | Occurrence) -> Text:
    """The speaker as `speaker_label` has it; who is not named is dimmed."""
    from rich.text import Text

    label = speaker_label(row.speaker, row.speaker_as_written, row.referent)
    return Text().append(one_line(label), style="bold cyan" if row.speaker else "dim")


def kind(row: Utterance | Occurrence) -> str:
    """Kind, attitude unless it is the usual one, and region unless it is the story."""
    attitude = "" if row.attitude == "assertion" else row.attitude
    printings = row.occurrences if isinstance(row, Utterance) else (row,)
    regions = {printing.region for printing in printings}
    region = "" if None in regions else ", ".join(sorted(filter(None, regions)))
    return ", ".join(filter(None, (row.kind, attitude, region)))


def spoken(row: Utterance | Occurrence) -> str:
    """The words, in quotation marks where all of them stood in such marks."""
    words = one_line(row.text)
    return f"“{words}”" if row.kind == "direct" else words


def day(published: str | None) -> str:
    """The day of a date or time; empty where there is none."""
    return (published or "")[:10]


def counted(number: int, thing: str) -> str:
    """A number with its noun.

    >>> counted(1, "outlet"), counted(2, "outlet")
    ('1 outlet', '2 outlets')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def reach(outlets: Sequence[str], accounts: int) -> str:
    """Outlets by name, and how many accounts they make where those are fewer.

    >>> reach(("Bluewin", "Reuters"), 1), reach(("Bluewin", "Reuters"), 2)
    ('Bluewin, Reuters (1 account)', 'Bluewin, Reuters')
    """
    names = ", ".join(outlets)
    return f"{names} ({counted(accounts, 'account')})" if accounts < len(outlets) else names


def carried(row: Utterance) -> str:
    """Who printed an utterance, since when, and its id."""
    outlets = reach(row.outlets, row.accounts) or "outlet unknown"
    return one_line(" · ".join((outlets, day(row.first) or "undated", row.id)))
