r"""Export a trained reader to ONNX, quantise it, and lay out the folder that ships.

    python scripts/train/export_reader.py --weights OUT/reader-7.pt --encoder DIR \
        --corpora FOLDER --to quotes/models/reader

`reader_graph` writes the graph and its 8-bit weights; `reader_meaning` then adds the output that
vectors are made of.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import onnx
import torch
from reader_graph import build
from reader_meaning import add_meaning
from reader_net import Net, Shape

from quotes.reader.decode import TAGS
from quotes.reader.run import FORMAT


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
    args = parser.parse_args()
    args.to.mkdir(parents=True, exist_ok=True)
    state = torch.load(args.weights, weights_only=True)
    shape, inner = Shape(), "inner.tags.weight" in state
    net = Net(shape)
    net.load_state_dict(state, strict=inner)
    model = args.to / "reader.onnx"
    onnx.save(build(state, layers=shape.layers, heads=shape.heads, inner=inner), str(model))
    with torch.no_grad():
        made = settings(net, args, model)
    (args.to / "reader.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    source = args.encoder / "tokenizer.json"
    (args.to / "tokenizer.json").write_bytes(source.read_bytes())
    add_meaning(args.to, args.corpora)
    print(f"{model}: {model.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
