"""Questions to the index, answered as typed rows: who said it, what a speaker said, and more.

In comes a connection from `open_index`, out go records for `present` or a program.  Nothing
is written.  Words are searched as a phrase of whole words, in any case, with any kind of
mark; the default view is what was said (assertions), `everything=True` adds what is believed,
known, wanted or planned.  What few ask and what loads more has modules of its own: `compared`
and `evidence`.
"""

from __future__ import annotations

from quotes.answers.catalogue import (
    article_id,
    counts,
    families,
    find_speakers,
    nobody_called,
    outlets,
    show,
    speakers,
    the_speaker,
)
from quotes.answers.questions import Filters
from quotes.answers.utterances import by, occurrences, quotation_ids, who_said

__all__ = [
    "Filters",
    "article_id",
    "by",
    "counts",
    "families",
    "find_speakers",
    "nobody_called",
    "occurrences",
    "outlets",
    "quotation_ids",
    "show",
    "speakers",
    "the_speaker",
    "who_said",
]
