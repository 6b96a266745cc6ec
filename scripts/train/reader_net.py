"""The reader's network in torch: a small BERT encoder with heads for tags and links.

Used by `train_reader.py` and `export_reader.py` only; the installed package runs the
exported ONNX file and never imports torch for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (torch's own custom)
from torch import Tensor, nn

from quotes.reader.decode import BUCKETS, KIND_TAGS, TAGS, bucket, forbidden_steps
from quotes.reader.pieces import CASE_CLASSES, GAP_CLASSES

IGNORED = -100
TABLE_SCALE = 10.0
"""Transitions and distance biases are single numbers that must move farther than weights
do: they are stored divided by this, which gives them ten times the rate under Adam."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the encoder; the defaults are those of all-MiniLM-L6-v2."""

    vocabulary: int = 30522
    hidden: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    link: int = 96
    mention: int = 256
    near: int = 160
    dropout: float = 0.1


class Layer(nn.Module):
    """One transformer layer, post-norm as in BERT."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.up = nn.Linear(shape.hidden, shape.inner)
        self.down = nn.Linear(shape.inner, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        batch, length, hidden = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, hidden // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        if torch.onnx.is_in_onnx_export():
            scores = q @ k.transpose(-1, -2) / math.sqrt(hidden // self.heads)
            mixed = torch.softmax(scores if mask is None else scores + mask, -1) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(batch, length, hidden)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Net(nn.Module):
    """Encoder plus heads.

    Input: piece ids, case and gap classes of every piece's word ``(batch, pieces)``, the
    attention mask (None where nothing is padding), and the index of each word's first piece
    ``(batch, words)``.
    Output: tag logits ``(batch, words, tags)``; four link projections
    ``(batch, words, link + 1)`` whose dot products score content -> cue and cue -> source,
    the last column of a query being the score of "no link"; kind logits
    ``(batch, words, kinds)``, which see a word's neighbours too; and two projections that
    score mention -> antecedent alike.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.frozen = 0  # layers that are not trained, from the first on
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.cases = nn.Embedding(CASE_CLASSES, shape.hidden)
        self.gaps = nn.Embedding(GAP_CLASSES, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.drop = nn.Dropout(shape.dropout)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.tags = nn.Linear(shape.hidden, len(TAGS))
        self.link = nn.ModuleDict(
            {name: nn.Linear(shape.hidden, shape.link) for name in ("cq", "ck", "sq", "sk")}
        )
        self.mix = nn.Parameter(torch.zeros(shape.layers + 1))
        self.near = nn.Linear(shape.hidden, 3 * shape.near)
        self.named = nn.Linear(shape.near, len(KIND_TAGS), bias=False)
        self.kinds = nn.Linear(shape.hidden, len(KIND_TAGS))
        self.mention = nn.Linear(shape.hidden, shape.mention)
        self.refer = nn.ModuleDict({n: nn.Linear(shape.mention, shape.link) for n in ("q", "k")})
        self.nobody = nn.Linear(shape.mention, 1)
        self.apart = nn.Parameter(torch.zeros(BUCKETS + 1))
        self.none = nn.ModuleDict({n: nn.Linear(shape.hidden, 1) for n in ("c", "s")})
        self.bias = nn.ParameterDict({n: nn.Parameter(torch.zeros(BUCKETS)) for n in ("c", "s")})
        self.transitions = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))
        self.kind_transitions = nn.Parameter(torch.zeros(len(KIND_TAGS), len(KIND_TAGS)))
        kinds = torch.from_numpy(forbidden_steps(len(KIND_TAGS)))
        self.register_buffer("forbidden_kinds", kinds, persistent=False)
        self.register_buffer("forbidden", torch.from_numpy(forbidden_steps()), persistent=False)
        for table in (self.cases, self.gaps, self.named):
            nn.init.zeros_(table.weight)

    def steps(self) -> Tensor:
        """Log-scores of tag following tag, those that BIO forbids impossible."""
        return self.transitions * TABLE_SCALE + self.forbidden

    def kind_steps(self) -> Tensor:
        """The same for the tags of names and roles."""
        return self.kind_transitions * TABLE_SCALE + self.forbidden_kinds

    def distance(self, name: str) -> Tensor:
        """Log-scores of a link by distance class, "c" content -> cue, "s" cue -> source."""
        return self.bias[name] * TABLE_SCALE

    def mention_distance(self) -> Tensor:
        """Log-scores of an antecedent by distance class; the last: in an earlier window."""
        return self.apart * TABLE_SCALE

    def encode(self, ids: Tensor, cases: Tensor, gaps: Tensor, mask: Tensor | None) -> list[Tensor]:
        """The pieces as each layer leaves them, the input first."""
        learning = torch.is_grad_enabled()
        with torch.set_grad_enabled(learning and not self.frozen):
            place = torch.arange(ids.shape[1], device=ids.device)
            x = self.words(ids) + self.positions(place) + self.cases(cases) + self.gaps(gaps)
            x = self.drop(self.norm(x))
        attend = None if mask is None else (1.0 - mask.to(x.dtype))[:, None, None, :] * -1e4
        steps = [x]
        for number, layer in enumerate(self.layers):
            with torch.set_grad_enabled(learning and number >= self.frozen):
                steps.append(layer(steps[-1], attend))
        return steps

    def forward(
        self, ids: Tensor, cases: Tensor, gaps: Tensor, mask: Tensor | None, first: Tensor
    ) -> tuple[Tensor, ...]:
        steps = self.encode(ids, cases, gaps, mask)
        return self.heads([at_words(step, first) for step in steps])

    def heads(self, steps: list[Tensor]) -> tuple[Tensor, ...]:
        """The outputs, from each layer's states of the words."""
        x = self.drop(steps[-1])
        scale = self.shape.link**-0.25
        cq = torch.cat([self.link["cq"](x) * scale, self.none["c"](x)], -1)
        sq = torch.cat([self.link["sq"](x) * scale, self.none["s"](x)], -1)
        links = (cq, self.link["ck"](x) * scale, sq, self.link["sk"](x) * scale)
        weighed = sum(weight * step for weight, step in zip(self.mix, steps, strict=True))
        mixed = self.drop(steps[-1] + weighed)
        m = F.gelu(self.mention(mixed))
        mq = torch.cat([self.refer["q"](m) * scale, self.nobody(m)], -1)
        mk = self.refer["k"](m) * scale
        before, own, after = self.near(mixed).chunk(3, -1)
        near = own + F.pad(before, (0, 0, 1, 0))[:, :-1] + F.pad(after, (0, 0, 0, 1))[:, 1:]
        kinds = self.kinds(mixed) + self.named(F.gelu(near))
        return self.tags(x), *links, kinds, mq, mk


def at_words(x: Tensor, first: Tensor) -> Tensor:
    """Of the pieces ``(batch, pieces, hidden)`` each word's first, ``(batch, words, hidden)``.

    Whole rows of one long table, which a runtime copies faster than single numbers.
    """
    row = torch.arange(x.shape[0], device=x.device)[:, None] * x.shape[1]
    words = torch.index_select(x.flatten(0, 1), 0, (first + row).flatten())
    return words.view(*first.shape, x.shape[2])


def link_scores(query: Tensor, key: Tensor, bias: Tensor, mask: Tensor) -> Tensor:
    """Scores ``(batch, words, words + 1)`` of each word's link; column 0 is "no link"."""
    place = np.arange(query.shape[1])
    table = torch.from_numpy(bucket(place[None, :] - place[:, None])).to(query.device)
    scores = query[..., :-1] @ key.transpose(1, 2) + bias[table]
    scores = scores.masked_fill(~mask[:, None, :], -1e4)
    return torch.cat([query[..., -1:], scores], -1)


def crf_loss(emissions: Tensor, transitions: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
    """Negative log-likelihood of `tags` under a linear-chain CRF, summed over the batch."""
    emissions = emissions.float()
    safe = tags.clamp(min=0)
    gold = emissions.gather(2, safe[..., None]).squeeze(2)
    steps = transitions[safe[:, :-1], safe[:, 1:]]
    score = (gold * mask).sum(1) + (steps * mask[:, 1:]).sum(1)
    alpha = emissions[:, 0]
    keep = mask.bool()
    for i in range(1, emissions.shape[1]):
        step = torch.logsumexp(alpha[:, :, None] + transitions, 1) + emissions[:, i]
        alpha = torch.where(keep[:, i, None], step, alpha)
    return (torch.logsumexp(alpha, 1) - score).sum()


def partial_crf_loss(emissions: Tensor, transitions: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
    """The same where some tags are `IGNORED`: of all paths through the known ones, summed."""
    known = tags[..., None] == torch.arange(emissions.shape[2])
    allowed = (known | (tags == IGNORED)[..., None]).float()
    barred = emissions.float() + (1.0 - allowed) * -1e4
    keep = mask.bool()
    both = torch.cat([emissions.float(), barred])
    keep = torch.cat([keep, keep])
    alpha = both[:, 0]
    for i in range(1, both.shape[1]):
        step = torch.logsumexp(alpha[:, :, None] + transitions, 1) + both[:, i]
        alpha = torch.where(keep[:, i, None], step, alpha)
    every, right = torch.logsumexp(alpha, 1).chunk(2)
    return (every - right).sum()


def load_encoder(net: Net, state: dict[str, Tensor]) -> None:
    """Copy a BERT checkpoint's encoder weights into `net`."""
    own = net.state_dict()

    def put(name: str, tensor: Tensor) -> None:
        assert own[name].shape == tensor.shape, name
        own[name].copy_(tensor)

    put("words.weight", state["embeddings.word_embeddings.weight"])
    put("positions.weight", state["embeddings.position_embeddings.weight"])
    put("norm.weight", state["embeddings.LayerNorm.weight"])
    put("norm.bias", state["embeddings.LayerNorm.bias"])
    own["words.weight"] += state["embeddings.token_type_embeddings.weight"][0]
    for i in range(net.shape.layers):
        theirs, ours = f"encoder.layer.{i}.", f"layers.{i}."
        for kind in ("weight", "bias"):
            attention = theirs + "attention."
            joined = [state[f"{attention}self.{n}.{kind}"] for n in ("query", "key", "value")]
            put(f"{ours}qkv.{kind}", torch.cat(joined))
            put(f"{ours}out.{kind}", state[f"{attention}output.dense.{kind}"])
            put(f"{ours}norm1.{kind}", state[f"{attention}output.LayerNorm.{kind}"])
            put(f"{ours}up.{kind}", state[f"{theirs}intermediate.dense.{kind}"])
            put(f"{ours}down.{kind}", state[f"{theirs}output.dense.{kind}"])
            put(f"{ours}norm2.{kind}", state[f"{theirs}output.LayerNorm.{kind}"])
