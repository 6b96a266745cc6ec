"""Processors of ours for stanza: `quote`, and our reader as a variant of `ner` and `coref`.

In: tokenized documents.  Out: the same with `ents`, `coref` or `quotes` set.  One pass of the
reader over a document serves all three; what it found is kept with the document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import stanza
from stanza.models.common.doc import Document
from stanza.pipeline.ner_processor import NERProcessor
from stanza.pipeline.processor import (
    Processor,
    ProcessorVariant,
    UDProcessor,
    register_processor,
    register_processor_variant,
)
from stanza.pipeline.registry import NAME_TO_PROCESSOR_CLASS

from quotes.annotate.mentions import mentions_of, sentences_of, set_chains, set_entities
from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.quotations import detect
from quotes.reader import Reader
from quotes.records import AnnotatedArticle, Article, Mention, Quotation, TextReading
from quotes.speakers import resolve_article

VARIANT = "quotes"
"""The name under which stanza knows our reader's `ner` and `coref`."""

# One reading per document


@lru_cache(maxsize=2)
def _reader(folder: Path | None) -> Reader:
    """The reader, loaded; the processors of a pipeline share it."""
    return Reader.load(folder)


def _readings(documents: Sequence[Document], folder: Path | None) -> list[TextReading]:
    """What the reader finds in each document; a document is read once, all new ones together."""
    # Which reader read which text of a document, and what it found, is kept with the document.
    fresh = [each for each in documents if getattr(each, "_reading", ())[:2] != (folder, each.text)]
    readings = _reader(folder).read([each.text for each in fresh]) if fresh else []
    for document, found in zip(fresh, readings, strict=True):
        document._reading = folder, document.text, found
    return [document._reading[2] for document in documents]


def _folder(config: dict[str, Any]) -> Path | None:
    """The folder of another reader than the shipped one, if a pipeline's options name it."""
    folder = config.get("folder")
    return Path(folder) if folder else None


# Variants of ner and coref


class _ByReader(ProcessorVariant):  # type: ignore[misc]
    """What stands in for a model of stanza's: the reader's mentions in stanza's terms."""

    OVERRIDE = True
    write: Callable[[Document, Sequence[Mention]], None]
    """Puts the mentions of a document's text into the document."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Called by stanza, with the pipeline's options for the processor."""
        self._reader_folder = _folder(config)
        _reader(self._reader_folder)

    def process(self, document: Document) -> Document:
        """Annotate one document."""
        return self.bulk_process([document])[0]

    def bulk_process(self, documents: list[Document]) -> list[Document]:
        """Annotate many documents, read together."""
        readings = _readings(documents, self._reader_folder)
        for document, found in zip(documents, readings, strict=True):
            self.write(document, found.mentions)
        return documents


@register_processor_variant("ner", VARIANT)
class ReaderEntities(_ByReader):
    """stanza's `ner` by our reader: people, organisations, places, nationalities and roles."""

    write = staticmethod(set_entities)


@register_processor_variant("coref", VARIANT)
class ReaderChains(_ByReader):
    """stanza's `coref` by our reader."""

    write = staticmethod(set_chains)


class _VariantNer(NERProcessor):  # type: ignore[misc]
    """stanza's `ner`, made to accept variants.

    stanza 1.15's own asks for the settings of models that a variant does not load, and so
    fails on any variant; with a model it works as ever.
    """

    def _set_up_final_config(self, config: dict[str, Any]) -> None:
        if hasattr(self, "_variant"):
            UDProcessor._set_up_final_config(self, config)
        else:
            super()._set_up_final_config(config)

    def __str__(self) -> str:
        named = Processor if hasattr(self, "_variant") else NERProcessor
        return str(named.__str__(self))


# Not by `register_processor`, which would have stanza run `ner` twice.
NAME_TO_PROCESSOR_CLASS["ner"] = _VariantNer


def has_stanza_mentions(nlp: stanza.Pipeline) -> bool:
    """Whether a model of stanza's, not our reader, gives a pipeline's entities or chains."""
    chosen = [nlp.processors[name] for name in ("ner", "coref") if name in nlp.processors]
    return any(not isinstance(getattr(each, "_variant", None), _ByReader) for each in chosen)


# Quotations


@register_processor("quote")
class QuoteProcessor(Processor):  # type: ignore[misc]
    """stanza's `quote`: gives a document its `quotes`, a tuple of `Quotation`s.

    Offsets are code points of `doc.text`; speakers are those that the text names.  Whom "he"
    means is taken from stanza's `ner` and `coref` models if the pipeline has them, else from
    our reader.  Among the pipeline's options ``quote_folder`` names another reader than the
    shipped one, ``quote_people`` a `people.toml`.
    """

    PROVIDES_DEFAULT: ClassVar[set[str]] = {"quote"}
    REQUIRES_DEFAULT: ClassVar[set[str]] = {"tokenize"}

    def __init__(self, config: dict[str, Any], pipeline: stanza.Pipeline, device: str) -> None:
        """Called by stanza, with the pipeline's options that begin with ``quote_``."""
        super().__init__(config, pipeline, device)
        people = config.get("people")
        self._people = load_people(Path(people) if people else None)
        self._reader_folder = _folder(config)
        _reader(self._reader_folder)

    def mark_inactive(self) -> None:
        """Called by stanza if it was given no tokenizer; there is nothing to let go yet."""

    def process(self, document: Document) -> Document:
        """Find the quotations of one document."""
        return self.bulk_process([document])[0]

    def bulk_process(self, documents: list[Document]) -> list[Document]:
        """Find the quotations of many documents, read together."""
        readings = _readings(documents, self._reader_folder)
        by_stanza = has_stanza_mentions(self.pipeline)
        for document, found in zip(documents, readings, strict=True):
            digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
            article = Article(digest[:16], document.text)
            annotated = AnnotatedArticle(article, tuple(sentences_of(document)))
            document.quotes, _ = resolve_article(
                annotated,
                detect(annotated, found.attributions),
                people=self._people,
                titles=load_titles(),
                mentions=mentions_of(document) if by_stanza else found.mentions,
            )
        return documents


def _set_quotes(document: Document, quotes: tuple[Quotation, ...]) -> None:
    document._quotes = quotes


Document.add_property("quotes", default=(), setter=_set_quotes)
