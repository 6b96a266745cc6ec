"""Stanza pipelines that load offline, and articles through them.

In: the processors wanted and where each comes from (the shipped models, official packages, models
given by path); articles.  Out: a `stanza.Pipeline`, or an error that says the remedy; an
`AnnotatedArticle` per article, with sentences, and mentions where stanza's own models find them.
A line break always ends a sentence, as with `quotes.text.normalised.sentences`.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import stanza
from stanza.models.common.doc import Document
from stanza.pipeline.core import PipelineRequirementsException
from stanza.pipeline.registry import PROCESSOR_VARIANTS
from stanza.resources.common import DEFAULT_MODEL_DIR, ResourcesFileNotFoundError

from quotes.annotate.mentions import mentions_of, sentences_of
from quotes.annotate.processors import VARIANT, has_stanza_mentions
from quotes.errors import ModelError
from quotes.records import AnnotatedArticle, Article, Mention, Region, Span

MODEL_FOLDER = Path(__file__).parents[1] / "models" / "stanza"

_UNREADABLE = (OSError, EOFError, RuntimeError, KeyError, pickle.UnpicklingError)


class _Choice(NamedTuple):
    """One processor and what is to stand behind it.

    Attributes:
        package: a package of stanza's, "quotes" for our reader, None where none was named.
        path: the file of a model, None where none was given.
    """

    name: str
    package: str | None = None
    path: str | None = None


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


_OFFSETS = {"start_char", "end_char"}


def _whole(text: str, lines: list[tuple[int, Document]]) -> Document:
    """One document of all the lines, its offsets those of the text."""
    sentences = [
        [
            entry | {key: entry[key] + offset for key in _OFFSETS & entry.keys()}
            for entry in sentence
        ]
        for offset, line in lines
        for sentence in line.to_dict()
    ]
    return Document(sentences, text=text)
