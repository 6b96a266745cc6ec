"""Teach the reader's heads for mentions, the rest as it is.

    python scripts/train/train_heads.py --corpora DIR --encoder DIR --start OUT/reader-1.pt \
        --out HEADS --mentions --swap --news FILE --silver FILE

Every text is read once by the encoder as it will ship, in 8 bits, and the words' states in each
layer are kept; the heads are then taught on them.  That costs a twentieth of training the
encoder too, and what the network says of attributions stays as it was, bit by bit.  Options are
those of `train_reader.py`.  The states are kept in memory: 5.4 kB for each word.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnxruntime
import torch
from other_names import Names
from reader_graph import build
from reader_net import Net, Shape
from torch import Tensor
from train_reader import (
    MENTION_HEADS,
    Example,
    Unit,
    average_into,
    batches,
    collate,
    drawn,
    examples,
    losses,
    optimizer_for,
    parse,
    sources,
    starting_weights,
    units,
)

from quotes.reader.pieces import load_tokenizer


class Encoder:
    """The encoder in 8 bits, which gives each word's states."""

    def __init__(self, state: dict[str, Tensor], threads: int) -> None:
        """Build its graph."""
        shape = Shape()
        model = build(state, layers=shape.layers, heads=shape.heads, states=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._shape = (-1, shape.layers + 1, shape.hidden)

    def states(self, example: Example) -> np.ndarray:
        """The window's words in each layer, ``(words, layers + 1, hidden)``."""
        inputs = {
            name: np.array([getattr(example, name)], dtype=np.int64)
            for name in ("ids", "cases", "gaps", "first")
        }
        [found] = self._session.run(["states"], inputs)
        return found[0].reshape(self._shape).astype(np.float16)


Seen = tuple[Unit, tuple[np.ndarray, ...]]


def read_all(args: Any, encoder: Encoder) -> Iterator[Seen]:
    """Every text that is drawn, in units, with its states."""
    tokenizer = load_tokenizer(args.encoder / "tokenizer.json")
    names = Names(args.seed) if args.swap else None
    rng = random.Random(args.seed)
    for told in drawn(sources(args), names, rng):
        for unit in units(examples(told, tokenizer, rng), rng):
            yield unit, tuple(encoder.states(example) for example in unit)


def batch_of(seen: list[Seen]) -> dict[str, Tensor]:
    """Some units as one batch, with their states."""
    batch = collate([unit for unit, _ in seen])
    states = [each for _, several in seen for each in several]
    padded = np.zeros((*batch["words"].shape, *states[0].shape[1:]), dtype=np.float16)
    for row, each in enumerate(states):
        padded[row, : len(each)] = each
    return {**batch, "states": torch.from_numpy(padded)}


def main() -> None:
    args = parse()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    net = Net(Shape())
    weights = starting_weights(args)
    net.load_state_dict(weights, strict=False)
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(name.split(".")[0] in MENTION_HEADS)
    started = time.time()
    seen = list(read_all(args, Encoder(weights, args.threads)))
    print(len(seen), "units read", f"{time.time() - started:.0f}s", flush=True)
    teach(net, seen, args)


def teach(net: Net, seen: list[Seen], args: Any) -> None:
    """Some epochs over what was read; the average of the weights is kept after each."""
    optimizer = optimizer_for(net, args.rate, args.head_rate, MENTION_HEADS)
    kept = {name: value.clone() for name, value in net.state_dict().items()}
    by_unit = {id(unit): each for unit, each in ((one[0], one) for one in seen)}
    net.train()
    done = 0
    for epoch in range(args.epochs):
        rng = random.Random(args.seed * 1000 + epoch)
        groups = list(batches([unit for unit, _ in seen], args.batch, rng))
        sums: dict[str, float] = {}
        started = time.time()
        for number, group in enumerate(groups):
            factor = 1.0 - (epoch + number / len(groups)) / args.epochs
            for each in optimizer.param_groups:
                each["lr"] = args.head_rate * factor
            parts = losses(
                net, batch_of([by_unit[id(unit)] for unit in group]), None, heads_only=True
            )
            torch.stack(list(parts.values())).sum().backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            done += 1
            average_into(kept, net, min(args.average, done / (done + 20)), MENTION_HEADS)
            for name, part in parts.items():
                sums[name] = sums.get(name, 0.0) + part.item()
        torch.save(kept, args.out / f"reader-{epoch + 1}.pt")
        row = {name: round(value / len(groups), 4) for name, value in sums.items()}
        line = {"epoch": epoch + 1, "steps": len(groups), "loss": row}
        line |= {"seconds": round(time.time() - started)}
        print(line, flush=True)
        with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
