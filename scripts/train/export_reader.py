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
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from reader_graph import build
from reader_meaning import add_meaning, train_records
from reader_net import Net, Shape

from quotes.reader.decode import TAGS
from quotes.reader.pieces import cut, load_tokenizer
from quotes.reader.run import FORMAT

CUE_SHARE, CUE_TIMES = 0.6, 8
"""A word piece may be a cue if it is one in this share of its places, and at least so often."""


def cue_pieces(corpora: Path, tokenizer: Any) -> list[int]:
    """The first pieces of words that are mostly cues in PolNeAR train: "said", "told"."""
    cues, all_words = Counter[int](), Counter[int]()
    for record in train_records(corpora):
        pieces = cut(record["text"], tokenizer)
        firsts = pieces.ids[pieces.first[:-1]]
        all_words.update(firsts.tolist())
        told = np.zeros(len(pieces), dtype=bool)
        for attribution in record["attributions"]:
            for span in attribution["cue"]:
                told[slice(*pieces.words(*span))] = True
        cues.update(firsts[told].tolist())
    return sorted(
        piece
        for piece, times in cues.items()
        if times >= CUE_TIMES and times >= CUE_SHARE * all_words[piece]
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
        "cue_pieces": cue_pieces(args.corpora, load_tokenizer(args.encoder / "tokenizer.json")),
        "transitions": (net.steps() - net.forbidden).tolist(),
        "content_bias": net.distance("c").tolist(),
        "source_bias": net.distance("s").tolist(),
        "kind_transitions": (net.kind_steps() - net.forbidden_kinds).tolist(),
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
    shape = Shape()
    net = Net(shape)
    net.load_state_dict(state)
    model = args.to / "reader.onnx"
    onnx.save(build(state, layers=shape.layers, heads=shape.heads), str(model))
    with torch.no_grad():
        made = settings(net, args, model)
    (args.to / "reader.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    source = args.encoder / "tokenizer.json"
    (args.to / "tokenizer.json").write_bytes(source.read_bytes())
    add_meaning(args.to, args.corpora)
    print(f"{model}: {model.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
