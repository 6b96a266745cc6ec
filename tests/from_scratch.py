"""The groups of quotations by comparing every wording with every other: what is right.

No index and no runs are looked up, and nothing is kept: `quotes.utterances.groups` must come to
the same groups and ids however articles come and go.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from quotes.records import Variant
from quotes.utterances.grouping import Node, group, group_id
from quotes.utterances.likeness import Edge, tie_between
from quotes.utterances.wording import Wording, meet, order_of, runs_of, wording_of


def groups_of(variants: Iterable[Variant]) -> dict[str, frozenset[str]]:
    """The quotations of each group of two or more, by the group's id."""
    printed: dict[Wording, list[Variant]] = {}
    for variant in variants:
        if wording := wording_of(variant):
            printed.setdefault(wording, []).append(variant)
    key = {wording: min(v.quotation for v in own) for wording, own in printed.items()}
    nodes = [
        Node(key[w], w.weight, w.is_fragment, frozenset(v.article for v in own), order_of(w))
        for w, own in printed.items()
    ]
    edges: dict[tuple[str, str], Edge] = {}
    for a, b in combinations(sorted(printed, key=key.__getitem__), 2):
        if meet(a, b, runs_of(a), runs_of(b)) and (edge := tie_between(a, b)):
            edges[key[a], key[b]] = edge
    quotations = {key[w]: [v.quotation for v in own] for w, own in printed.items()}
    groups = {
        group_id(keys[0]): frozenset(id_ for each in keys for id_ in quotations[each])
        for keys in group(nodes, edges)
    }
    return {id_: members for id_, members in groups.items() if len(members) > 1}
