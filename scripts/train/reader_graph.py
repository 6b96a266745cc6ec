"""The reader's network as an ONNX graph, written node by node.

A traced graph leaves the runtime to find what belongs together, and it finds less than there
is: here query, key and value are three products of one quantised input, attention is one
operator, and sums stay apart from norms, which this runtime does faster.  Weights of products
are 7 of 8 bits, a scale for each output channel; tags and kinds stay in 32 bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

INPUTS = {"ids": "pieces", "cases": "pieces", "gaps": "pieces", "first": "words"}
ATTRIBUTIONS = ("tags", "content_query", "cue_key", "cue_query", "source_key")
MENTIONS = ("kinds", "mention_query", "mention_key")
FIRST_LAYER = "embedded"
"""What the first layer is given."""

_MICROSOFT = "com.microsoft"
_LEVELS = 64.0
"""Seven bits: sums of products of eight do not fit the registers of older processors."""

Floats = NDArray[np.float32]
Quantised = tuple[str, str, str]


class Graph:
    """Nodes and constants, collected; a node's output has its name."""

    def __init__(self, state: dict[str, Tensor]) -> None:
        """Begin an empty graph for these weights."""
        self.state = {name: value.numpy().astype(np.float32) for name, value in state.items()}
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Any) -> str:
        """A constant and its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: list[str], outputs: str | list[str], domain: str = "", **more: Any
    ) -> str:
        """A node and the name of its first output."""
        outputs = [outputs] if isinstance(outputs, str) else outputs
        name = f"{outputs[0]}/{kind}"
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=name, domain=domain, **more))
        return outputs[0]

    def quantised(self, x: str) -> Quantised:
        """An input in 8 bits, its scale and its zero."""
        made = (f"{x}.bits", f"{x}.scale", f"{x}.zero")
        self.node("DynamicQuantizeLinear", [x], list(made))
        return made

    def product(self, name: str, weight: Floats, bias: Floats, x: Quantised) -> str:
        """``x @ weight.T + bias`` in 8 bits."""
        table = weight.T
        scale = np.maximum(np.abs(table).max(0) / _LEVELS, 1e-8).astype(np.float32)
        bits = np.clip(np.rint(table / scale), -_LEVELS, _LEVELS).astype(np.int8)
        inputs = [x[0], self.constant(f"{name}.weight", bits), x[1]]
        inputs += [self.constant(f"{name}.weight_scale", scale), x[2], ""]
        inputs += [self.constant(f"{name}.bias", bias)]
        return self.node("MatMulIntegerToFloat", inputs, name, _MICROSOFT)

    def exact(self, name: str, part: str, x: str) -> str:
        """``x @ weight.T + bias`` of a head in 32 bits."""
        weight, bias = self.part(part)
        y = self.node("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
        return self.node("Add", [y, self.constant(f"{name}.bias", bias)], name)

    def part(self, name: str, scale: float = 1.0) -> tuple[Floats, Floats]:
        """A part's weight and bias."""
        weight, bias = self.state[f"{name}.weight"], self.state[f"{name}.bias"]
        return weight * np.float32(scale), bias * np.float32(scale)

    def norm(self, name: str, x: str, output: str) -> str:
        """Layer normalisation."""
        weight, bias = self.part(name)
        inputs = [x, self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        return self.node("LayerNormalization", inputs, output, epsilon=1e-12, axis=-1)

    def split(self, name: str, outputs: list[str], parts: list[str], x: Quantised) -> None:
        """One product of several heads, "a+b" being two whose columns make one output.

        Projections for links are scaled by the root of the root of their width, so that their
        products are by its root; the single columns that score "none" are not.
        """
        weights, biases, sizes = [], [], []
        for part in parts:
            found = [self.part(each) for each in part.split("+")]
            wide = len(found[0][1])
            scaled = [
                (w * np.float32(wide**-0.25), b * np.float32(wide**-0.25)) if len(b) > 1 else (w, b)
                for w, b in found
            ]
            weights += [w for w, _ in scaled]
            biases += [b for _, b in scaled]
            sizes.append(sum(len(b) for _, b in scaled))
        y = self.product(name, np.concatenate(weights), np.concatenate(biases), x)
        cut = self.constant(f"{name}.sizes", np.array(sizes, dtype=np.int64))
        self.node("Split", [y, cut], outputs, axis=-1)


def build(state: dict[str, Tensor], *, layers: int, heads: int, states: bool = False) -> Any:
    """The network with these weights as an ONNX model.

    Args:
        states: in place of all outputs the words' states in each layer, one behind another.
    """
    graph = Graph(state)
    steps = [_embedded(graph)]
    for number in range(layers):
        steps.append(_layer(graph, f"layers.{number}", steps[-1], heads))
    flat = graph.constant("flat", np.array([0], dtype=np.int64))
    first = graph.node("Squeeze", ["first", flat], "first.flat")

    def at_words(x: str, output: str) -> str:
        rows = graph.node("Squeeze", [x, flat], f"{output}.flat")
        rows = graph.node("Gather", [rows, first], f"{output}.rows", axis=0)
        return graph.node("Unsqueeze", [rows, flat], output)

    words = at_words(steps[-1], "words.last")
    if states:
        graph.node("Concat", [at_words(x, f"{x}.words") for x in steps], "states", axis=-1)
        return _model(graph, ["states"])
    bits = graph.quantised(words)
    graph.exact("tags", "tags", words)
    graph.split(
        "links",
        list(ATTRIBUTIONS[1:]),
        ["link.cq+none.c", "link.ck", "link.sq+none.s", "link.sk"],
        bits,
    )
    _mentions(graph, at_words(_mixed(graph, steps), "words.mixed"))
    return _model(graph, [*ATTRIBUTIONS, *MENTIONS])


def _embedded(graph: Graph) -> str:
    """The sum of word, place, case and white space, normed; the words' table in 8 bits."""
    table = graph.state["words.weight"]
    scale = np.float32((table.max() - table.min()) / 255)
    zero = np.uint8(np.clip(np.rint(-table.min() / scale), 0, 255))
    bits = np.clip(np.rint(table / scale) + zero, 0, 255).astype(np.uint8)
    x = graph.node("Gather", [graph.constant("words.weight", bits), "ids"], "words.bits", axis=0)
    x = graph.node(
        "DequantizeLinear",
        [x, graph.constant("words.scale", scale), graph.constant("words.zero", zero)],
        "words.rows",
    )
    count = graph.node("Shape", ["ids"], "count", start=1, end=2)
    places = graph.constant("positions.weight", graph.state["positions.weight"])
    zero_at = graph.constant("zero", np.array([0], dtype=np.int64))
    more = [graph.node("Slice", [places, zero_at, count], "positions.rows")]
    for name in ("cases", "gaps"):
        rows = graph.constant(f"{name}.weight", graph.state[f"{name}.weight"])
        more.append(graph.node("Gather", [rows, name], f"{name}.rows", axis=0))
    for number, each in enumerate(more):
        x = graph.node("Add", [x, each], f"sum.{number}")
    return graph.norm("norm", x, FIRST_LAYER)


def _layer(graph: Graph, name: str, x: str, heads: int) -> str:
    bits = graph.quantised(x)
    weight, bias = graph.part(f"{name}.qkv")
    wide = weight.shape[1]
    parts = [
        graph.product(f"{name}.{each}", weight[low : low + wide], bias[low : low + wide], bits)
        for each, low in zip("qkv", range(0, 3 * wide, wide), strict=True)
    ]
    y = graph.node("MultiHeadAttention", parts, f"{name}.mixed", _MICROSOFT, num_heads=heads)
    y = graph.product(f"{name}.out", *graph.part(f"{name}.out"), graph.quantised(y))
    x = graph.norm(f"{name}.norm1", graph.node("Add", [x, y], f"{name}.sum1"), f"{name}.middle")
    y = graph.product(f"{name}.up", *graph.part(f"{name}.up"), graph.quantised(x))
    y = graph.node("Gelu", [y], f"{name}.bent", _MICROSOFT)
    y = graph.product(f"{name}.down", *graph.part(f"{name}.down"), graph.quantised(y))
    return graph.norm(f"{name}.norm2", graph.node("Add", [x, y], f"{name}.sum2"), f"{name}.done")


def _mixed(graph: Graph, steps: list[str]) -> str:
    """The last step and a weighed sum of all."""
    y = steps[-1]
    for number, (step, weight) in enumerate(zip(steps, graph.state["mix"], strict=True)):
        share = graph.node("Mul", [step, graph.constant(f"mix.{number}", weight)], f"part.{number}")
        y = graph.node("Add", [y, share], f"mixture.{number}")
    return y


def _mentions(graph: Graph, words: str) -> None:
    bits = graph.quantised(words)
    kinds = graph.exact("kinds.own", "kinds", words)
    graph.node("Add", [kinds, _neighbours(graph, bits)], "kinds")
    y = graph.product("mention", *graph.part("mention"), bits)
    y = graph.node("Gelu", [y], "mention.bent", _MICROSOFT)
    graph.split("refer", list(MENTIONS[1:]), ["refer.q+nobody", "refer.k"], graph.quantised(y))


def _neighbours(graph: Graph, bits: Quantised) -> str:
    """What the words before and after say of a word's kind."""
    weight, bias = graph.part("near")
    wide = len(bias) // 3
    y = graph.product("near", weight, bias, bits)
    cut = graph.constant("near.sizes", np.full(3, wide, dtype=np.int64))
    graph.node("Split", [y, cut], ["near.before", "near.own", "near.after"], axis=-1)
    for name, pads, low, high in (
        ("before", [0, 1, 0, 0, 0, 0], 0, -1),
        ("after", [0, 0, 0, 0, 1, 0], 1, np.iinfo(np.int64).max),
    ):
        padded = graph.node(
            "Pad",
            [f"near.{name}", graph.constant(f"near.{name}.pads", np.array(pads, dtype=np.int64))],
            f"near.{name}.padded",
        )
        limits = [
            graph.constant(f"near.{name}.{end}", np.array([at], dtype=np.int64))
            for end, at in (("low", low), ("high", high), ("axis", 1))
        ]
        graph.node("Slice", [padded, *limits], f"near.{name}.moved")
    y = graph.node("Add", ["near.before.moved", "near.own"], "near.sum")
    y = graph.node("Add", [y, "near.after.moved"], "near.total")
    y = graph.node("Gelu", [y], "near.bent", _MICROSOFT)
    table = graph.constant("named.weight", graph.state["named.weight"].T)
    return graph.node("MatMul", [y, table], "named")


def _model(graph: Graph, outputs: list[str]) -> Any:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", each])
        for name, each in INPUTS.items()
    ]
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    made = helper.make_graph(graph.nodes, "reader", inputs, given, graph.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9)
