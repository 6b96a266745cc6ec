"""The reader at work: texts in, `Reading`s out, by ONNX Runtime.

Loads the shipped network, cuts texts into windows, runs windows of like length together
whatever text they come from, puts each text's scores back together and decodes them.
Says nothing about marks, kinds or people: `detect` and `resolve` do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quotes.errors import ModelError
from quotes.reader.decode import Found, Range, Scores, Weights, decode
from quotes.reader.pieces import Pieces, cut, load_tokenizer
from quotes.reader.windows import central, windows
from quotes.records import Reading, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

FORMAT = 1
"""Of the model folder; a folder of another format is refused."""

_OUTPUTS = ("tags", "content_query", "cue_key", "cue_query", "source_key")
_PIECES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class _Window:
    """Words ``begin:end`` of text number `text`, and how many pieces that is."""

    text: int
    number: int
    begin: int
    end: int
    size: int


class Reader:
    """The learned reader with its loaded network; safe to share between threads.

    >>> reader = Reader.load()
    >>> text = 'Ms. Lee said on Monday that taxes would rise.'
    >>> [reading] = reader.read([text])[0]
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
        self.version: str = settings["version"]

    @classmethod
    def load(cls, folder: Path | None = None, *, threads: int | None = None) -> Reader:
        """Load the shipped model, or the one in `folder`.

        Args:
            folder: a folder as `scripts/export_reader.py` writes it.
            threads: how many cores one run may use; all by default.

        Raises:
            ModelError: a file is missing, damaged or of another format.
        """
        import onnxruntime

        folder = folder or Path(str(files("quotes"))) / "models" / "reader"
        settings = _settings(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(folder / "reader.onnx"), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = load_tokenizer(folder / "tokenizer.json")
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise ModelError(f"{folder}: cannot load the reader: {error}; reinstall") from error
        return cls(session, tokenizer, settings)

    def read(self, texts: Sequence[str]) -> list[tuple[Reading, ...]]:
        """The attributions of each text, in text order; an empty text has none."""
        cuts = [cut(text, self.tokenizer) for text in texts]
        scores = self.scores(cuts)
        return [
            self._readings(score, pieces) if score else ()
            for pieces, score in zip(cuts, scores, strict=True)
        ]

    def _readings(self, scores: Scores, pieces: Pieces) -> tuple[Reading, ...]:
        found = decode(scores, self.weights, pieces.lines)
        return tuple(reading(each, pieces) for each in found)

    def scores(self, cuts: list[Pieces]) -> list[Scores | None]:
        """What the network says of each text's words; None for a text without words."""
        todo: list[_Window] = []
        taken: list[NDArray[np.int64]] = []
        for text, pieces in enumerate(cuts):
            ranges = windows(pieces, size=self._window, overlap=self._overlap)
            taken.append(central(ranges, len(pieces)))
            for number, (begin, end) in enumerate(ranges):
                size = int(pieces.first[end] - pieces.first[begin])
                todo.append(_Window(text, number, begin, end, size))
        parts: list[list[NDArray[np.float32]] | None] = [None] * len(cuts)
        for group in _groups(todo):
            outputs = self._session.run(_OUTPUTS, self._inputs(group, cuts))
            for row, window in enumerate(group):
                keep = taken[window.text][window.begin : window.end] == window.number
                kept = parts[window.text]
                if kept is None:
                    total = len(cuts[window.text])
                    kept = [np.empty((total, o.shape[2]), dtype=np.float32) for o in outputs]
                    parts[window.text] = kept
                for whole, output in zip(kept, outputs, strict=True):
                    whole[window.begin : window.end][keep] = output[row, : len(keep)][keep]
        return [Scores(*part) if part else None for part in parts]

    def _inputs(self, group: list[_Window], cuts: list[Pieces]) -> dict[str, NDArray[np.int64]]:
        width = max(window.size for window in group) + 2
        words = max(window.end - window.begin for window in group)
        ids, cases, gaps, mask = (np.zeros((len(group), width), dtype=np.int64) for _ in range(4))
        first = np.zeros((len(group), words), dtype=np.int64)
        for row, window in enumerate(group):
            pieces = cuts[window.text]
            low = pieces.first[window.begin]
            inner = slice(1, window.size + 1)
            repeats = np.diff(pieces.first[window.begin : window.end + 1])
            ids[row, 0] = self._ends[0]
            ids[row, inner] = pieces.ids[low : low + window.size]
            ids[row, window.size + 1] = self._ends[1]
            cases[row, inner] = np.repeat(pieces.cases[window.begin : window.end], repeats)
            gaps[row, inner] = np.repeat(pieces.gaps[window.begin : window.end], repeats)
            mask[row, : window.size + 2] = 1
            first[row, : window.end - window.begin] = (
                pieces.first[window.begin : window.end] - low + 1
            )
        return {"ids": ids, "cases": cases, "gaps": gaps, "mask": mask, "first": first}


def _settings(folder: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads((folder / "reader.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}/reader.json: cannot be read: {error}; reinstall") from error
    if settings.get("format") != FORMAT:
        raise ModelError(f"{folder}: made for another version of quotes; export it again")
    return settings


def _groups(todo: list[_Window]) -> list[list[_Window]]:
    """Windows of like length together, at most `_PIECES_AT_ONCE` padded pieces a group."""
    groups: list[list[_Window]] = []
    for window in sorted(todo, key=lambda w: (w.size, w.text, w.number)):
        if not groups or (len(groups[-1]) + 1) * (window.size + 2) > _PIECES_AT_ONCE:
            groups.append([])
        groups[-1].append(window)
    return groups


def reading(found: Found, pieces: Pieces) -> Reading:
    """An attribution over words as one over the text."""

    def span(words: Range) -> Span:
        return Span(int(pieces.starts[words[0]]), int(pieces.ends[words[1] - 1]))

    return Reading(
        content=tuple(span(words) for words in found.content),
        cue=(span(found.cue),) if found.cue else (),
        source=(span(found.source),) if found.source else (),
        confidence=round(found.confidence, 3),
    )
