"""Processors of ours for stanza: `quote`, and our reader as a variant of `ner` and `coref`.

In: tokenized documents.  Out: the same with `ents`, `coref` or `quotes` set.  One pass of the
reader over a document serves all three; what it found is kept with the document.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

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

from quotes.annotate.entities import set_chains, set_entities
from quotes.annotate.mentions import mentions_of
from quotes.annotate.places import sentences_of
from quotes.records import AnnotatedArticle, Article, Mention, Quotation, TextReading

if TYPE_CHECKING:
    from quotes.people.known import People
    from quotes.people.titles import Titles
    from quotes.quotations.cues import CueLexicon

VARIANT = "quotes"
"""The name under which stanza knows our reader's `ner` and `coref`."""

Quotations = tuple[Quotation, ...]


# One reading a document


class _TextReader(Protocol):
    def read(self, texts: Sequence[str]) -> list[TextReading]: ...


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a reader found in a text."""

    folder: Path | None
    text: str
    found: TextReading


@lru_cache(maxsize=2)
def _reader(folder: Path | None) -> _TextReader:
    """The reader, loaded; the processors of a pipeline share it."""
    from quotes.reader import Reader

    return Reader.load(folder)


def _readings(documents: Sequence[Document], folder: Path | None) -> list[TextReading]:
    """What the reader finds in each document; a document is read once, all new ones together."""
    fresh = [each for each in documents if not _is_read(each, folder)]
    if fresh:
        texts = [document.text for document in fresh]
        for document, found in zip(fresh, _reader(folder).read(texts), strict=True):
            document._reading = _Kept(folder, document.text, found)
    return [document._reading.found for document in documents]


def _is_read(document: Document, folder: Path | None) -> bool:
    kept: _Kept | None = getattr(document, "_reading", None)
    return kept is not None and (kept.folder, kept.text) == (folder, document.text)


def _folder(config: dict[str, Any]) -> Path | None:
    """The folder of another reader than the shipped one, if a pipeline's options name it."""
    folder = config.get("folder")
    return Path(folder) if folder else None


# Variants of ner and coref


class _ByReader(ProcessorVariant):  # type: ignore[misc]
    """What stands in for a model of stanza's: the reader's mentions in stanza's terms."""

    OVERRIDE = True

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

    @abstractmethod
    def write(self, document: Document, mentions: Sequence[Mention]) -> None:
        """Put the mentions of a document's text into the document."""


@register_processor_variant("ner", VARIANT)
class ReaderEntities(_ByReader):
    """stanza's `ner` by our reader: people, organisations, places, nationalities and roles."""

    def write(self, document: Document, mentions: Sequence[Mention]) -> None:
        """Set the document's `ents`."""
        set_entities(document, mentions)


@register_processor_variant("coref", VARIANT)
class ReaderChains(_ByReader):
    """stanza's `coref` by our reader."""

    def write(self, document: Document, mentions: Sequence[Mention]) -> None:
        """Set the document's `coref`."""
        set_chains(document, mentions)


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


@dataclass(frozen=True, slots=True)
class _Lists:
    """The word lists that make quotations of a reading, and speakers of their sources."""

    cues: CueLexicon
    people: People
    titles: Titles

    @classmethod
    def load(cls, people: Path | None) -> _Lists:
        from quotes.people.known import load_people
        from quotes.people.titles import load_titles
        from quotes.quotations import load_cues

        return cls(load_cues(), load_people(people), load_titles())

    def quotations(
        self, annotated: AnnotatedArticle, found: TextReading, mentions: Sequence[Mention]
    ) -> Quotations:
        from quotes.quotations import detect
        from quotes.speakers.article import resolve_article

        quotations = detect(annotated, found.attributions, cues=self.cues)
        return resolve_article(
            annotated, quotations, people=self.people, titles=self.titles, mentions=mentions
        )[0]


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
        self._lists = _Lists.load(Path(people) if people else None)
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
            mentions = mentions_of(document) if by_stanza else found.mentions
            document.quotes = self._lists.quotations(_annotated(document), found, mentions)
        return documents


def _annotated(document: Document) -> AnnotatedArticle:
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
    return AnnotatedArticle(Article(digest[:16], document.text), tuple(sentences_of(document)))


def _set_quotes(document: Document, quotes: Quotations) -> None:
    document._quotes = quotes


Document.add_property("quotes", default=(), setter=_set_quotes)
