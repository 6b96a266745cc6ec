"""The reader at work: texts in, `TextReading`s out, by ONNX Runtime.

Loads the shipped network, cuts a text into windows, runs each, puts the text's scores back
together and decodes them.  Marks, kinds and people are the business of other rooms.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quotes.errors import ModelError, all_cores
from quotes.reader.decode import MentionScores, Scores, Weights, decode, mentions, within
from quotes.reader.pieces import Pieces, Range, central, cut, load_tokenizer, windows
from quotes.records import Reading, Span, TextReading

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

FORMAT = 5
"""Of the model folder; a folder of another format is refused."""

_OUTPUTS = (
    *("tags", "content_query", "cue_key", "cue_query", "source_key"),
    *("kinds", "mention_query", "mention_key"),
)

_AROUND = frozenset(("“", "”", '"', "‘", "’", "'", "«", "»", "that", ",", ".", ";", ":"))
"""Words and marks at the ends of a content that are no part of what it says."""

_SURE = 0.9
"""The least confidence of a report inside a report: it was read out of its sentence."""

_FEWEST = 4
"""Words in the content of a report inside a report: fewer are a thing rather than a statement."""

MEANING = "meaning"
"""The output with a row for each word piece, of which a span's vector is made."""


class Reader:
    """The learned reader with its loaded network; safe to share between threads.

    >>> reader = Reader.load()
    >>> text = 'Ms. Lee said on Monday that taxes would rise.'
    >>> [reading] = reader.read([text])[0].attributions
    >>> [span.of(text) for span in reading.source + reading.cue]
    ['Ms. Lee', 'said']
    """

    def __init__(self, session: Any, tokenizer: Tokenizer, settings: dict[str, Any]) -> None:
        """Use `Reader.load` instead: it checks what it loads."""
        self._session = session
        self.tokenizer = tokenizer
        self._window: int = settings["window"]
        self._overlap: int = settings["overlap"]
        self._ends: tuple[int, int] = (settings["begin_id"], settings["end_id"])
        self.weights = Weights(
            transitions=np.array(settings["transitions"], dtype=np.float32),
            content_bias=np.array(settings["content_bias"], dtype=np.float32),
            source_bias=np.array(settings["source_bias"], dtype=np.float32),
            outside=settings["outside"],
        )
        self.apart = np.array(settings["mention_bias"], dtype=np.float32)
        self.kind_steps = np.array(settings["kind_transitions"], dtype=np.float32)
        self._cues = np.zeros(tokenizer.get_vocab_size(), dtype=bool)
        self._cues[settings["cue_pieces"]] = True
        self.version: str = settings["version"]

    @classmethod
    def load(cls, folder: Path | None = None, *, threads: int | None = None) -> Reader:
        """Load the shipped model, or the one in `folder`.

        Args:
            folder: a folder as `scripts/train/export_reader.py` writes it.
            threads: how many cores one run may use; all that the process may by default.

        Raises:
            ModelError: a file is missing, damaged or of another format.
        """
        import onnxruntime

        folder = folder or _shipped()
        settings = _settings(folder)
        options = onnxruntime.SessionOptions()
        # Left to itself the runtime takes all cores there are, not those this process may use.
        options.intra_op_num_threads = threads or all_cores()
        options.log_severity_level = 3
        # The graph is as it should run: what the runtime would join of it runs slower joined.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                str(folder / "reader.onnx"), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = load_tokenizer(folder / "tokenizer.json")
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise ModelError(f"{folder}: cannot load the reader: {error}; reinstall") from error
        return cls(session, tokenizer, settings)

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """What is in each text; an empty text holds nothing."""
        found = []
        for text in texts:
            pieces = cut(text, self.tokenizer)
            if scores := self.scores(pieces):
                read = decode(scores[0], self.weights, pieces)
                both = tuple(sorted((*read, *self._inside(text, pieces, read)), key=_place))
                meant = mentions(text, pieces, scores[1], self.apart, self.kind_steps)
                found.append(TextReading(both, meant, partial(span_vector, pieces, scores[2])))
            else:
                found.append(TextReading())
        return found

    def _inside(self, text: str, pieces: Pieces, outer: Sequence[Reading]) -> tuple[Reading, ...]:
        """What the contents that hold a word of reporting report, each read as a paragraph.

        The network gives every word one role, so that of "he said that she had promised help" it
        finds one report; read by itself, "she had promised help" gives the other.
        """
        spans = sorted(span for reading in outer for span in reading.content)
        ranges = [words for span in spans if (words := self._reporting(text, pieces, span))]
        scores = self.scores(pieces.joined(ranges)) if ranges else None
        if scores is None:
            return ()
        found = within(decode(scores[0], self.weights, pieces.joined(ranges)), outer)
        return tuple(each for each in found if self._surely_reports(pieces, each))

    def _surely_reports(self, pieces: Pieces, reading: Reading) -> bool:
        """Whether a content is reported in so many words, by somebody, with a word that reports."""
        told = [pieces.words(span.start, span.end) for span in reading.content]
        cue = pieces.within((span.start, span.end) for span in reading.cue)
        enough = sum(high - low for low, high in told) >= _FEWEST
        enough &= reading.confidence >= _SURE
        return bool(enough and reading.source and self._cues[pieces.ids[cue]].any())

    def _reporting(self, text: str, pieces: Pieces, span: Span) -> Range | None:
        """The words of a content without marks and "that" around them, if one may be a cue."""
        low, high = pieces.words(span.start, span.end)
        while low < high and pieces.span((low, low + 1)).of(text) in _AROUND:
            low += 1
        while low < high and pieces.span((high - 1, high)).of(text) in _AROUND:
            high -= 1
        reports = self._cues[pieces.ids[pieces.first[low:high]]]
        return (low, high) if reports.any() else None

    def scores(self, pieces: Pieces) -> tuple[Scores, MentionScores, NDArray[np.float32]] | None:
        """What the network says of one text's words and, last, of what its word pieces mean.

        None for a text without words.

        One window at a time: in 8 bits the scale of a run's numbers depends on all that is
        in it, and a text must read the same whatever else is read beside it.
        """
        ranges = windows(pieces, size=self._window, overlap=self._overlap)
        if not ranges:
            return None
        taken = central(ranges, pieces)
        parts: list[list[NDArray[np.float32]]] = []
        for number, (begin, end) in enumerate(ranges):
            keep = taken[begin:end] == number
            *outputs, meant = self._session.run(
                (*_OUTPUTS, MEANING), self._inputs(pieces, begin, end)
            )
            whole = np.repeat(keep, np.diff(pieces.first[begin : end + 1]))
            parts.append([*(output[0][keep] for output in outputs), meant[0, 1:-1][whole]])
        columns = [list(column) for column in zip(*parts, strict=True)]
        parts.clear()  # each window's numbers go once they are joined
        *joined, meaning = [np.concatenate(columns.pop(0)) for _ in range(len(columns))]
        kinds, query, key = joined[5:]
        return Scores(*joined[:5]), MentionScores(kinds, query, key, taken), meaning

    def _inputs(self, pieces: Pieces, begin: int, end: int) -> dict[str, NDArray[np.int64]]:
        low, high = pieces.first[begin], pieces.first[end]
        repeats = np.diff(pieces.first[begin : end + 1])
        of_pieces = {
            "ids": pieces.ids[low:high],
            "cases": np.repeat(pieces.cases[begin:end], repeats),
            "gaps": np.repeat(pieces.gaps[begin:end], repeats),
        }
        inputs = {name: np.pad(values, 1)[None, :] for name, values in of_pieces.items()}
        inputs["ids"][0, [0, -1]] = self._ends
        return {**inputs, "first": (pieces.first[begin:end] - low + 1)[None, :]}


def _place(reading: Reading) -> Span:
    return reading.content[0]


def shipped_version() -> str:
    """The version of the shipped model, without loading its network.

    Raises:
        ModelError: it is missing, damaged or of another format.
    """
    return str(_settings(_shipped())["version"])


def _shipped() -> Path:
    return Path(str(files("quotes"))) / "models" / "reader"


def _settings(folder: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads((folder / "reader.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}/reader.json: cannot be read: {error}; reinstall") from error
    if settings.get("format") != FORMAT:
        raise ModelError(f"{folder}: made for another version of quotes; export it again")
    return settings


def span_vector(pieces: Pieces, meaning: NDArray[np.float32], spans: Sequence[Span]) -> bytes:
    """The vector of a quotation's content, to be compared by the cosine of two.

    Args:
        meaning: a row for each word piece of the text.
        spans: the content, into the text.

    Returns:
        A signed byte for each axis, the largest being 127; empty if no word is in the spans.
    """
    inside = pieces.within((span.start, span.end) for span in spans)
    total = meaning[inside].sum(0)
    largest = np.abs(total).max(initial=0.0)
    return np.rint(total * (127 / largest)).astype(np.int8).tobytes() if largest else b""
