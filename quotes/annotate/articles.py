"""Articles through stanza: sentences, and mentions where stanza's own models find them.

In: articles.  Out: an `AnnotatedArticle` each.  A line break always ends a sentence, as with
`quotes.text.normalised.sentences`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

import stanza
from stanza.models.common.doc import Document

from quotes.annotate.mentions import mentions_of
from quotes.annotate.models import pipeline
from quotes.annotate.places import sentences_of
from quotes.annotate.processors import has_stanza_mentions
from quotes.errors import ModelError
from quotes.records import AnnotatedArticle, Article, Mention, Region, Span

BATCH = 32  # articles a call: enough to fill stanza's own batches, little to hold at once

_DONE = ("tokenize", "mwt", "quote")
"""Processors that do not run on an article's document: done before, or the reader's business."""

_Annotation = tuple[tuple[Span, ...], tuple[Mention, ...] | None]


def annotate(
    articles: Sequence[Article],
    *,
    stanza_package: str | None = None,
    stanza_processors: str | None = None,
    regions: Sequence[tuple[Region, ...]] | None = None,
) -> list[AnnotatedArticle]:
    """Articles with what stanza finds in them, in the order given.

    Args:
        articles: any number; they go through stanza in batches.
        stanza_package: as in `pipeline`; the pipeline is kept for the next call.
        stanza_processors: as in `pipeline`; "tokenize", for sentences alone, by default.
            With "tokenize,ner,coref" `mentions` holds what these find; with "ner" alone,
            names without links.  "depparse" (with what it needs: "pos,lemma") helps to tell
            whether a mention is the name within it, and nothing else.
        regions: for each article the regions that are not its story, if known.

    Raises:
        ModelError: a model is missing, or `coref` was asked for without names to link.
    """
    known = regions if regions is not None else [()] * len(articles)
    nlp = _kept_pipeline(stanza_package, stanza_processors or "tokenize")
    found = [each for batch in _batches(articles) for each in _annotations(batch, nlp)]
    return [
        AnnotatedArticle(article, sentences, around, mentions)
        for article, (sentences, mentions), around in zip(articles, found, known, strict=True)
    ]


@lru_cache(maxsize=2)
def _kept_pipeline(package: str | None, processors: str) -> stanza.Pipeline:
    nlp = pipeline(package, processors=processors)
    if "coref" in nlp.processors and "ner" not in nlp.processors:
        raise ModelError(
            "coref links the names that ner finds: take both, as in tokenize,ner,coref"
        )
    return nlp


def _batches(articles: Sequence[Article]) -> Iterator[list[Article]]:
    rest = iter(articles)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _annotations(articles: list[Article], nlp: stanza.Pipeline) -> Iterator[_Annotation]:
    """Each article's sentences and mentions; None where the reader's mentions will do."""
    more = [name for name in nlp.processors if name not in _DONE]
    if not has_stanza_mentions(nlp):
        more = []
    for article, lines in zip(articles, _lines_of(articles, nlp), strict=True):
        if not more:
            yield tuple(span for offset, line in lines for span in sentences_of(line, offset)), None
            continue
        document = _whole(article.text, lines)
        # One by one: in bulk stanza's coref links words of one document to those of another,
        # and gives none of them its chains.
        parsed = nlp.process(document, processors=more) if document.sentences else document
        yield tuple(sentences_of(parsed)), mentions_of(parsed)


def _lines_of(articles: list[Article], nlp: stanza.Pipeline) -> list[list[tuple[int, Document]]]:
    """Each article's lines, tokenized, with their offsets.

    stanza takes a single line break for a space, but news puts one between paragraphs; so
    each line is a document of its own here.
    """
    lines = [(i, *line) for i, article in enumerate(articles) for line in _lines(article.text)]
    found: list[list[tuple[int, Document]]] = [[] for _ in articles]
    parsed = nlp.bulk_process([line for _, _, line in lines], processors="tokenize")
    for (number, offset, _), document in zip(lines, parsed, strict=True):
        found[number].append((offset, document))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, without their ends, each with its offset."""
    offset = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield offset, line.rstrip()
        offset += len(line)


def _whole(text: str, lines: list[tuple[int, Document]]) -> Document:
    """One document of all the lines, its offsets those of the text."""
    sentences = []
    for offset, line in lines:
        for sentence in line.to_dict():
            for entry in sentence:
                for key in ("start_char", "end_char"):
                    if key in entry:
                        entry[key] += offset
            sentences.append(sentence)
    return Document(sentences, text=text)
