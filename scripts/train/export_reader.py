r"""Export a trained reader to ONNX, quantise it, and lay out the folder that ships.

    python scripts/train/export_reader.py --weights OUT/reader-7.pt --encoder DIR \
        --corpora FOLDER --to quotes/models/reader

Matrix products and the word table become 8-bit integers, a scale for each output channel;
the heads stay in 32 bits.  `--plain` leaves everything in 32 bits, to measure the loss.
`reader_meaning` then adds the output that vectors are made of.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from reader_meaning import add_meaning
from reader_net import Net, Shape
from torch import Tensor

from quotes.reader.decode import TAGS
from quotes.reader.run import FORMAT

INPUTS = ["ids", "cases", "gaps", "first"]
OUTPUTS = [
    *("tags", "content_query", "cue_key", "cue_query", "source_key"),
    *("kinds", "mention_query", "mention_key"),
]


HEADS = ("/tags", "/link", "/none", "/kinds", "/mention", "/refer", "/nobody")


def load(weights: Path) -> Net:
    net = Net(Shape())
    net.load_state_dict(torch.load(weights, weights_only=True))
    return net.eval()


def to_onnx(net: Net, path: Path) -> None:
    """Trace `net` with dynamic piece and word counts; without a mask, for one window a run."""
    ids = torch.ones(2, 16, dtype=torch.int64)
    small = torch.ones(2, 16, dtype=torch.int64)
    first = torch.ones(2, 12, dtype=torch.int64)
    inputs: tuple[Tensor | None, ...] = (ids, small, small, None, first)
    axes = {name: {0: "batch", 1: "pieces"} for name in INPUTS[:3]}
    axes |= {name: {0: "batch", 1: "words"} for name in ["first", *OUTPUTS]}
    torch.onnx.export(
        net,
        inputs,
        str(path),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def quantise(plain: Path, path: Path) -> None:
    """8-bit weights, a scale a channel; heads left out."""
    graph = onnx.load(str(plain)).graph
    heads = [
        node.name
        for node in graph.node
        if node.op_type in {"MatMul", "Gemm"} and any(p in node.name for p in HEADS)
    ]
    quantize_dynamic(
        str(plain),
        str(path),
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=heads,
    )


def settings(net: Net, args: argparse.Namespace, model: Path) -> dict[str, object]:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    return {
        "format": FORMAT,
        "version": digest[:12],
        "window": args.window,
        "overlap": args.overlap,
        "begin_id": 101,
        "end_id": 102,
        "outside": args.outside,
        "tags": list(TAGS),
        "transitions": (net.steps() - net.forbidden).tolist(),
        "content_bias": net.distance("c").tolist(),
        "source_bias": net.distance("s").tolist(),
        "mention_bias": net.mention_distance().tolist(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--window", type=int, default=318)
    parser.add_argument("--overlap", type=int, default=64)
    parser.add_argument("--outside", type=float, default=0.0)
    parser.add_argument("--plain", action="store_true")
    args = parser.parse_args()
    args.to.mkdir(parents=True, exist_ok=True)
    net = load(args.weights)
    model = args.to / "reader.onnx"
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        plain = Path(folder) / "plain.onnx"
        to_onnx(net, plain)
        if args.plain:
            model.write_bytes(plain.read_bytes())
        else:
            quantise(plain, model)
        (args.to / "reader.json").write_text(
            json.dumps(settings(net, args, model), indent=1) + "\n", encoding="utf-8"
        )
    source = args.encoder / "tokenizer.json"
    (args.to / "tokenizer.json").write_bytes(source.read_bytes())
    add_meaning(args.to, args.corpora)
    print(f"{model}: {model.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
