"""Stanza pipelines that load offline, our processors for them, and articles through them.

In: the processors wanted and where each comes from (the shipped models, official packages, models
given by path); articles.  Out: a `stanza.Pipeline`, or an error that says the remedy; an
`AnnotatedArticle` per article, with sentences, and mentions where stanza's own models find them.
A line break always ends a sentence, as with `quotes.text.normalised.sentences`.

Ours are `quote`, and the reader as a variant of `ner` and `coref`.  One pass of the reader over
a document serves all three; what it found is kept with the document.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import stanza
from stanza.models.common.doc import Document
from stanza.pipeline.core import PipelineRequirementsException
from stanza.pipeline.ner_processor import NERProcessor
from stanza.pipeline.processor import (
    Processor,
    ProcessorVariant,
    UDProcessor,
    register_processor,
    register_processor_variant,
)
from stanza.pipeline.registry import NAME_TO_PROCESSOR_CLASS, PROCESSOR_VARIANTS
from stanza.resources.common import DEFAULT_MODEL_DIR, ResourcesFileNotFoundError

from quotes.annotate.mentions import mentions_of, sentences_of, set_chains, set_entities
from quotes.errors import ModelError
from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.quotations import detect
from quotes.reader import Reader
from quotes.records import (
    AnnotatedArticle,
    Article,
    Mention,
    Quotation,
    Region,
    Span,
    TextReading,
)
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
    """stanza's `ner`, made to accept variants: 1.15's own asks for settings they don't load."""

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


# Pipelines


MODEL_FOLDER = Path(__file__).parents[1] / "models" / "stanza"

_UNREADABLE = (OSError, EOFError, RuntimeError, KeyError, pickle.UnpicklingError)


class _Choice(NamedTuple):
    """One processor and what is to stand behind it, if that was named."""

    name: str
    package: str | None = None  # one of stanza's, "quotes" for our reader
    path: str | None = None  # the file of a model


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
            been downloaded; None takes what is shipped with `quotes`.
        processors: names separated by commas.  Shipped are "tokenize", and "ner", "coref" and
            "quote" by our reader; a package brings its own but for "quote".
            ``ner=quotes`` takes our reader's within a package, ``ner=NAME`` another
            package's, ``ner=FILE.pt`` a model of your own.
        folder: where the models are, if not in their usual place.
        options: passed on to `stanza.Pipeline`; ``download_method="reuse_resources"``
            lets stanza fetch a package that is missing; ``quote_folder`` names another
            reader, ``quote_people`` a `people.toml`.

    Raises:
        ModelError: a model is missing or cannot be read; the message says the remedy.
    """
    options = {"download_method": None, "logging_level": "ERROR"} | options
    if "quote_folder" in options:
        same = options["quote_folder"]
        options = {"ner_folder": same, "coref_folder": same} | options
    chosen = [_choice(each) for each in processors.split(",")]
    options = {f"{each.name}_model_path": each.path for each in chosen if each.path} | options
    if package is None:
        return _shipped(chosen, folder or MODEL_FOLDER, options)
    return _official(package, chosen, folder or Path(DEFAULT_MODEL_DIR), options)


def _choice(words: str) -> _Choice:
    name, _, source = (part.strip() for part in words.partition("="))
    if not source.endswith(".pt"):
        return _Choice(name, package=source or None)
    if not Path(source).is_file():
        raise ModelError(f"{source}: no such file; give a model of stanza's for {name}")
    return _Choice(name, path=source)


def _shipped(chosen: list[_Choice], folder: Path, options: dict[str, Any]) -> stanza.Pipeline:
    options = {"tokenize_model_path": str(folder / "tokenize.pt")} | options
    for each in chosen:
        with_model = each.name == "quote" or f"{each.name}_model_path" in options
        if with_model and each.package is None:
            continue
        variant = each.package or VARIANT
        if variant not in PROCESSOR_VARIANTS.get(each.name, {}):
            raise ModelError(
                f"no model for {each.name!r} is shipped: name an official Stanza package "
                f"or give the file of a model, {each.name}=FILE.pt"
            )
        options[f"{each.name}_with_{variant}"] = True
    # With an empty resources.json English is "unknown", so that stanza takes the paths given.
    names = ",".join(each.name for each in chosen)
    try:
        return _loaded(processors=names, allow_unknown_language=True, dir=str(folder), **options)
    except _UNREADABLE as error:
        raise ModelError(
            f"{folder}: the stanza models cannot be loaded ({_first_line(error)}); "
            "reinstall quotes or train them with scripts/train/train_tokenizer.py"
        ) from error


def _official(
    package: str, chosen: list[_Choice], folder: Path, options: dict[str, Any]
) -> stanza.Pipeline:
    # stanza adds the models given by path itself; named here as well, it would look for them.
    wanted = {each.name: each.package or package for each in chosen if not each.path}
    try:
        loaded = _loaded(package=None, processors=wanted, dir=str(folder), **options)
    # ValueError: stanza found none of the processors under that package's name.
    except (ResourcesFileNotFoundError, ValueError, *_UNREADABLE) as error:
        names = ",".join(wanted)
        raise ModelError(
            f"Stanza package {package!r} cannot be loaded from {folder} ({_first_line(error)}); "
            f'fetch it once with: python -c "import stanza; '
            f"stanza.download('en', package={package!r}, processors={names!r})\""
        ) from error
    missing = ",".join(sorted(wanted.keys() - loaded.processors.keys()))
    if missing:  # stanza leaves out, in silence, what a package does not have
        raise ModelError(
            f"Stanza package {package!r} has no {missing}: name one that has, as in "
            f"ner=NAME, or our reader for ner and coref, as in ner={VARIANT}"
        )
    return loaded


def _loaded(**options: Any) -> stanza.Pipeline:
    """The pipeline; errors that no other model would mend say so."""
    try:
        return stanza.Pipeline("en", **options)
    except PipelineRequirementsException as error:
        missing = "; ".join(
            f"{each.processor_type} needs {', '.join(sorted(each.err_processor.requires))}"
            for each in error.processor_req_fails
        )
        raise ModelError(f"stanza processors are missing: {missing}; name them too") from error
    except ImportError as error:
        raise ModelError(
            f"{_first_line(error)} (stanza's own coref needs them: pip install transformers peft)"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


# Articles

BATCH = 32  # articles per call: enough to fill stanza's own batches, little to hold at once

_DONE = ("tokenize", "mwt", "quote")
"""Processors that do not run on an article's document: done before, or the reader's business."""


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
    batches = (articles[at : at + BATCH] for at in range(0, len(articles), BATCH))
    found = [each for batch in batches for each in _annotations(batch, nlp)]
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


def _annotations(
    articles: Sequence[Article], nlp: stanza.Pipeline
) -> Iterator[tuple[tuple[Span, ...], tuple[Mention, ...] | None]]:
    """Each article's sentences and mentions; None where the reader's mentions will do."""
    more = [name for name in nlp.processors if name not in _DONE and has_stanza_mentions(nlp)]
    for article, lines in zip(articles, _lines_of(articles, nlp), strict=True):
        if not more:
            yield tuple(span for offset, line in lines for span in sentences_of(line, offset)), None
            continue
        document = _whole(article.text, lines)
        # One by one: in bulk stanza's coref links words of one document to those of another,
        # and gives none of them its chains.
        parsed = nlp.process(document, processors=more) if document.sentences else document
        yield tuple(sentences_of(parsed)), mentions_of(parsed)


def _lines_of(
    articles: Sequence[Article], nlp: stanza.Pipeline
) -> list[list[tuple[int, Document]]]:
    """Each article's lines, tokenized, with their offsets."""
    # A document for each: stanza takes a line break for a space, news parts paragraphs by one.
    places: list[tuple[int, int]] = []
    lines: list[str] = []
    for number, article in enumerate(articles):
        offset = 0
        for line in article.text.splitlines(keepends=True):
            if line.strip():
                places.append((number, offset))
                lines.append(line.rstrip())
            offset += len(line)
    found: list[list[tuple[int, Document]]] = [[] for _ in articles]
    parsed = nlp.bulk_process(lines, processors="tokenize")
    for (number, offset), document in zip(places, parsed, strict=True):
        found[number].append((offset, document))
    return found


def _whole(text: str, lines: list[tuple[int, Document]]) -> Document:
    """One document of all the lines, its offsets those of the text."""
    sentences = []
    for offset, line in lines:
        for sentence in line.to_dict():
            for entry in sentence:
                for key in {"start_char", "end_char"} & entry.keys():
                    entry[key] += offset
            sentences.append(sentence)
    return Document(sentences, text=text)
