r"""Give an exported reader the output from which quotations get their vectors.

    python scripts/train/reader_meaning.py --corpora FOLDER --model quotes/models/reader

Each word piece gets `AXES` numbers: its input to the first layer (word, place, case and white
space), less the mean over the content spans of PolNeAR train, on the main axes of those spans'
means, each axis to unit variance, times the piece's rarity.  A span's vector is the mean over
its pieces.  FOLDER holds polnear/train.jsonl.gz.  Nothing is trained: the other outputs stay as
they are, bit by bit.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.utils import Extractor
from reader_graph import FIRST_LAYER

from quotes.reader import Reader
from quotes.reader.pieces import Pieces, central, cut, load_tokenizer, windows
from quotes.reader.run import FORMAT, MEANING

LAYER = FIRST_LAYER
"""What the first layer is given.  Of all layers this one told statements apart best: what comes
later holds the words around a span as much as its own."""

AXES = 192
COMMON = 1e-3
"""A piece of this frequency counts half of one that is never seen (Arora, Liang and Ma, 2017)."""

Floats = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    args = parser.parse_args()
    add_meaning(args.model, args.corpora)


def add_meaning(folder: Path, corpora: Path) -> None:
    """Rewrite the network in `folder` with the output; its version becomes another."""
    path = folder / "reader.onnx"
    model = without_meaning(onnx.load(str(path)))
    records = list(train_records(corpora))
    probe = probe_of(model, folder)
    cuts = [cut(record["text"], probe.tokenizer) for record in records]
    rarity = rarity_of(cuts, probe.tokenizer.get_vocab_size())
    means = np.stack(list(span_means(records, cuts, probe, rarity)))
    model.graph.node.extend(nodes(model, rarity, *axes_of(means)))
    shape = helper.make_tensor_value_info(MEANING, TensorProto.FLOAT, ["batch", "pieces", AXES])
    model.graph.output.append(shape)
    onnx.save(model, str(path))
    settings = json.loads((folder / "reader.json").read_text("utf-8"))
    settings["format"] = FORMAT
    settings["version"] = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    text = json.dumps(settings, indent=1) + "\n"
    (folder / "reader.json").write_text(text, encoding="utf-8")
    print(f"{len(means)} spans, {AXES} axes: {path.stat().st_size / 1e6:.1f} MB")


def without_meaning(model: Any) -> Any:
    """The model as it was before, if the output was added already."""
    for part in (model.graph.output, model.graph.node, model.graph.initializer):
        for each in [e for e in part if e.name.startswith(MEANING)]:
            part.remove(each)
    return model


def train_records(corpora: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(corpora / "polnear" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def rarity_of(cuts: list[Pieces], vocabulary: int) -> Floats:
    """How much each word piece counts, 0..1, ``(vocabulary,)``."""
    counts = np.zeros(vocabulary)
    for pieces in cuts:
        np.add.at(counts, pieces.ids, 1)
    return (COMMON / (COMMON + counts / counts.sum())).astype(np.float32)


class Probe(Reader):
    """The reader, asked for the states of one layer instead."""

    def states(self, pieces: Pieces) -> Floats:
        """A row for each word piece, ``(pieces, hidden)``, each from the window it is read in."""
        ranges = windows(pieces, size=self._window, overlap=self._overlap)
        taken = central(ranges, pieces)
        parts = []
        for number, (begin, end) in enumerate(ranges):
            given = self._inputs(pieces, begin, end)
            del given["first"]
            [found] = self._session.run(None, given)
            keep = taken[begin:end] == number
            parts.append(found[0, 1:-1][np.repeat(keep, np.diff(pieces.first[begin : end + 1]))])
        return np.concatenate(parts)


def probe_of(model: Any, folder: Path, layer: str = LAYER) -> Probe:
    """The part of the network that ends in one layer."""
    part = Extractor(model).extract_model(["ids", "cases", "gaps"], [layer])
    session = onnxruntime.InferenceSession(
        part.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    settings = json.loads((folder / "reader.json").read_text("utf-8"))
    return Probe(session, load_tokenizer(folder / "tokenizer.json"), settings)


def span_means(
    records: list[dict[str, Any]], cuts: list[Pieces], probe: Probe, rarity: Floats
) -> Iterator[Floats]:
    """The weighed mean of each content span's pieces."""
    for record, pieces in zip(records, cuts, strict=True):
        found = probe.states(pieces)
        for attribution in record["attributions"]:
            inside = pieces.within(attribution["content"])
            weights = rarity[pieces.ids[inside]]
            if len(weights):
                yield (found[inside] * weights[:, None]).sum(0) / weights.sum()


def axes_of(means: Floats) -> tuple[Floats, Floats]:
    """Mean ``(hidden,)`` and whitening projection ``(hidden, AXES)``; signs made one way."""
    centre = means.mean(0, dtype=np.float64)
    spread, axes = np.linalg.eigh(np.cov((means - centre).T))
    spread, axes = spread[::-1][:AXES], axes[:, ::-1][:, :AXES]
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(AXES)])
    return centre.astype(np.float32), (axes / np.sqrt(spread)).astype(np.float32)


def nodes(model: Any, rarity: Floats, centre: Floats, axes: Floats) -> list[Any]:
    """The nodes that make the output; their constants go into the model."""

    def constant(name: str, value: Any) -> str:
        full = f"{MEANING}.{name}"
        model.graph.initializer.append(numpy_helper.from_array(value, full))
        return full

    def node(kind: str, inputs: list[str], output: str, **options: Any) -> Any:
        return helper.make_node(kind, inputs, [output], name=f"{MEANING}/{kind}", **options)

    weights = constant("rarity", rarity[:, None])
    return [
        node("Sub", [LAYER, constant("centre", centre)], f"{MEANING}.centred"),
        node("MatMul", [f"{MEANING}.centred", constant("axes", axes)], f"{MEANING}.whitened"),
        node("Gather", [weights, "ids"], f"{MEANING}.weights", axis=0),
        node("Mul", [f"{MEANING}.whitened", f"{MEANING}.weights"], MEANING),
    ]


if __name__ == "__main__":
    main()
