"""The stanza face of `quotes`: an offline pipeline, stanza's sentences, the `quote` processor.

In: articles, or any stanza pipeline.  Out: `AnnotatedArticle`s with stanza's sentences as
`Span`s, or stanza documents with `doc.quotes`.  This is the only module that imports
stanza, and with it torch; importing it registers the processor, so nothing may import it
before somebody asks for stanza.  The light path, sentences by rule, needs none of this:
`quotes.text.sentences` gives them.  Nothing here downloads anything unless told to.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import stanza
from stanza.models.common.doc import Document
from stanza.pipeline.processor import Processor, register_processor
from stanza.resources.common import DEFAULT_MODEL_DIR, ResourcesFileNotFoundError

from quotes.errors import ModelError
from quotes.records import AnnotatedArticle, Article, Quotation, Region, Span

MODEL_FOLDER = Path(__file__).parent / "models" / "stanza"
BATCH = 32  # articles a call: enough to fill stanza's own batches, little to hold at once

Quotations = tuple[Quotation, ...]

_UNREADABLE = (OSError, EOFError, RuntimeError, KeyError, pickle.UnpicklingError)


def pipeline(
    package: str | None = None,
    *,
    processors: str = "tokenize",
    folder: Path | None = None,
    **options: Any,
) -> stanza.Pipeline:
    """A stanza pipeline for English that works without a network.

    Args:
        package: an official Stanza package ("combined", "ewt", "gum"), which must have
            been downloaded; None takes the models shipped with `quotes`.
        processors: as stanza takes them.  The shipped models hold "tokenize"; "quote"
            needs no stanza model.  For another one name a package, or give the path of a
            model (``ner_model_path=...``).
        folder: where the models are, if not in their usual place.
        options: passed on to `stanza.Pipeline`; ``download_method="reuse_resources"``
            lets stanza fetch a package that is missing.

    Raises:
        ModelError: a model is missing or cannot be read; the message says the remedy.
    """
    options = {"download_method": None, "logging_level": "ERROR"} | options
    if package is None:
        return _shipped(processors, folder or MODEL_FOLDER, options)
    return _official(package, processors, folder or Path(DEFAULT_MODEL_DIR), options)


def _shipped(processors: str, folder: Path, options: dict[str, Any]) -> stanza.Pipeline:
    options = {"tokenize_model_path": str(folder / "tokenize.pt")} | options
    for processor in (name.strip() for name in processors.split(",")):
        if processor != "quote" and f"{processor}_model_path" not in options:
            raise ModelError(
                f"no model for {processor!r} is shipped: name an official Stanza package "
                f"or give {processor}_model_path"
            )
    # With an empty resources.json English is "unknown", so that stanza takes the paths given.
    try:
        return stanza.Pipeline(
            "en", processors=processors, allow_unknown_language=True, dir=str(folder), **options
        )
    except _UNREADABLE as error:
        raise ModelError(
            f"{folder}: the stanza models cannot be loaded ({_first_line(error)}); "
            "reinstall quotes or train them with scripts/train_tokenizer.py"
        ) from error


def _official(
    package: str, processors: str, folder: Path, options: dict[str, Any]
) -> stanza.Pipeline:
    try:
        return stanza.Pipeline(
            "en", package=package, processors=processors, dir=str(folder), **options
        )
    # ValueError: stanza found none of the processors under that package's name.
    except (ResourcesFileNotFoundError, ValueError, *_UNREADABLE) as error:
        raise ModelError(
            f"Stanza package {package!r} cannot be loaded from {folder} ({_first_line(error)}); "
            f'fetch it once with: python -c "import stanza; '
            f"stanza.download('en', package={package!r}, processors={processors!r})\""
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


# Sentences


def annotate(
    articles: Sequence[Article],
    *,
    stanza_package: str | None = None,
    stanza_processors: str | None = None,
    regions: Sequence[tuple[Region, ...]] | None = None,
) -> list[AnnotatedArticle]:
    """Articles with the sentences that stanza's tokenizer finds, in the order given.

    A line break always ends a sentence, as with `quotes.text.sentences`.

    Args:
        articles: any number; they go through stanza in batches.
        stanza_package: as in `pipeline`; the pipeline is kept for the next call.
        stanza_processors: as in `pipeline`; sentences alone are asked for by default.
        regions: for each article the regions that are not its story, if known.
    """
    known = regions if regions is not None else [()] * len(articles)
    tokenizer = _kept_pipeline(stanza_package, stanza_processors or "tokenize")
    sentences = [spans for batch in _batches(articles) for spans in _sentences(batch, tokenizer)]
    return [
        AnnotatedArticle(article, spans, around)
        for article, spans, around in zip(articles, sentences, known, strict=True)
    ]


@lru_cache(maxsize=2)
def _kept_pipeline(package: str | None, processors: str) -> stanza.Pipeline:
    return pipeline(package, processors=processors)


def _batches(articles: Sequence[Article]) -> Iterator[list[Article]]:
    rest = iter(articles)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _sentences(articles: list[Article], tokenizer: stanza.Pipeline) -> list[tuple[Span, ...]]:
    """Each article's sentences.

    stanza takes a single line break for a space, but news puts one between paragraphs; so
    each line is a document of its own here.
    """
    lines = [(i, *line) for i, article in enumerate(articles) for line in _lines(article.text)]
    found: list[list[Span]] = [[] for _ in articles]
    parsed = tokenizer.bulk_process([line for _, _, line in lines])
    for (number, offset, _), document in zip(lines, parsed, strict=True):
        found[number] += _spans(document, offset)
    return [tuple(spans) for spans in found]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, without their ends, each with its offset."""
    offset = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield offset, line.rstrip()
        offset += len(line)


def _spans(document: Document, offset: int = 0) -> list[Span]:
    """The sentences of a stanza document as spans, moved by `offset`."""
    return [
        Span(offset + sentence.tokens[0].start_char, offset + sentence.tokens[-1].end_char)
        for sentence in document.sentences
    ]


# Quotations in stanza documents


@register_processor("quote")
class QuoteProcessor(Processor):  # type: ignore[misc]
    """stanza's `quote`: gives a document its `quotes`, a tuple of `Quotation`s.

    Offsets are code points of `doc.text`; speakers are left open.  ``quote_folder`` among
    the pipeline's options names another reader than the shipped one.
    """

    PROVIDES_DEFAULT: ClassVar[set[str]] = {"quote"}
    REQUIRES_DEFAULT: ClassVar[set[str]] = {"tokenize"}

    def __init__(self, config: dict[str, Any], pipeline: stanza.Pipeline, device: str) -> None:
        """Called by stanza, with the pipeline's options that begin with ``quote_``."""
        super().__init__(config, pipeline, device)
        folder = config.get("folder")
        self._find = _finder(Path(folder) if folder else None)

    def process(self, document: Document) -> Document:
        """Find the quotations of one document."""
        return self.bulk_process([document])[0]

    def bulk_process(self, documents: list[Document]) -> list[Document]:
        """Find the quotations of many documents, read together."""
        annotated = [_annotated(document) for document in documents]
        for document, quotes in zip(documents, self._find(annotated), strict=True):
            document.quotes = quotes
        return documents


def _finder(folder: Path | None) -> Callable[[Sequence[AnnotatedArticle]], list[Quotations]]:
    """The reader and what makes quotations of its readings, loaded; only `quote` needs them."""
    from quotes.detect import detect
    from quotes.lexicon.cues import load_cues
    from quotes.reader import Reader

    reader, cues = Reader.load(folder), load_cues()

    def find(annotated: Sequence[AnnotatedArticle]) -> list[Quotations]:
        readings = reader.read([each.article.text for each in annotated])
        pairs = zip(annotated, readings, strict=True)
        return [detect(each, found.attributions, cues=cues) for each, found in pairs]

    return find


def _annotated(document: Document) -> AnnotatedArticle:
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
    return AnnotatedArticle(Article(digest[:16], document.text), tuple(_spans(document)))


def _set_quotes(document: Document, quotes: Quotations) -> None:
    document._quotes = quotes


Document.add_property("quotes", default=(), setter=_set_quotes)
