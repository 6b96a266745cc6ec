"""Questions to the index, answered as typed rows: who said it, what a speaker said, and more.

In comes a connection from `open_index`, out go records for `present` or a program.  Nothing
is written.  Words are searched as a phrase of whole words, in any case, with any kind of
mark; the default view is what was said (assertions), `everything=True` adds what is believed,
known, wanted or planned.
"""

from __future__ import annotations

from quotes.answers.articles import article_id, counts, outlets, show
from quotes.answers.families import families, families_of
from quotes.answers.groups import told_again
from quotes.answers.paraphrases import paraphrases_of, retold
from quotes.answers.speakers import find_speakers, nobody_called, speakers, the_speaker
from quotes.answers.utterances import by, occurrences, quotation_ids, variants, who_said

__all__ = [
    "article_id",
    "by",
    "counts",
    "families",
    "families_of",
    "find_speakers",
    "nobody_called",
    "occurrences",
    "outlets",
    "paraphrases_of",
    "quotation_ids",
    "retold",
    "show",
    "speakers",
    "the_speaker",
    "told_again",
    "variants",
    "who_said",
]
