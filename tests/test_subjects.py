"""Who stands before a cue, where the reader left the source out or cut it short."""

from __future__ import annotations

import pytest
from notation import marked, marked_apart

from quotes.quotations import detect
from quotes.records import AnnotatedArticle, Article, Reading, printed
from quotes.text.normalised import sentences

SOURCES = {
    "a colon behind the verb": (
        "Plant owner Kay Dunn [cue|said]: [content|“It is shut.”]",
        "Kay Dunn",
    ),
    "below a heading": (
        "[source|Bosses reply\n\nOwner Kay Dunn] [cue|said] [content|it was shut].",
        "Owner Kay Dunn",
    ),
    "cut behind an initial": ("[source|P.] Menon [cue|said] [content|it was shut].", "P. Menon"),
    "cut behind a title": (
        "[content|It was shut,] [cue|said] [source|Cllr] Ann Bell. Nobody spoke.",
        "Cllr Ann Bell",
    ),
    "quoted as saying": (
        "[content|Kay Dunn] [cue|was quoted as saying] [content|the mill was shut].",
        "Kay Dunn",
    ),
    "quoted by a paper": (
        "[content|Kay Dunn] [cue|is quoted by] [source|the Post] [content|as saying “it is shut”].",
        "Kay Dunn",
    ),
    "reported to have said": (
        "Kay Dunn [cue|was reported to have said] [content|that the mill was shut].",
        "Kay Dunn",
    ),
    "announced in the line above": (
        "In a speech in May, she declared:\n\n“This mill will never be shut by anyone.”",
        "she",
    ),
    "after the name of a paper": (
        "Speaking to the Daily Post Kay Dunn [cue|claimed:] [content|“It is shut.”]",
        "Kay Dunn",
    ),
    "a name passed over for that of the sentence before": (
        "[source|A.P. Dunn] spoke. S. Bell [cue|said] [content|it was shut].",
        "S. Bell",
    ),
    "the subject of the sentence before, where no name opens this one": (
        "[source|A.P. Dunn] spoke. Then [cue|said] [content|it was shut].",
        "A.P. Dunn",
    ),
    "behind a word that opens the sentence": (
        "But Ann Bell [cue|said] [content|it was shut].",
        "Ann Bell",
    ),
    "asked by nobody knows whom": (
        "Mayor Kay Dunn [cue|was asked] [content|whether it was shut].",
        "",
    ),
    "told by somebody": ("Kay Dunn [cue|was told] [content|that it was shut].", ""),
    "no name before the cue": ("And [cue|said] [content|that it was shut].", ""),
    "a noun, no verb": ("Before Kay Dunn [cue|came criticism of] [content|the mill].", ""),
}


@pytest.mark.parametrize("case", SOURCES)
def test_the_source_is_who_speaks_by_the_sentence(case: str) -> None:
    """Only who touches the cue is taken, and nobody of whom others speak."""
    line, source = SOURCES[case]
    text = marked(line).text
    readings = [Reading(e.content, e.cue, e.source, 0.9) for e in marked_apart(line) if e.content]
    [found] = detect(AnnotatedArticle(Article("a", text), sentences(text)), readings)
    assert printed(text, found.source) == source
    assert source not in printed(text, found.content) or not source
