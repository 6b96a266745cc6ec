"""What a name of an article names: a person, a body, or nothing, by all that the article shows.

The reader's tags at every place of a name and what lists say of its words come in; the
likeliest kind goes out where it is likely enough.  The reader leads: where it is silent or
torn, the words and their place decide.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from quotes.people.spelling import is_given
from quotes.records import Mention, MentionKind
from quotes.speakers.names import Name, NameKind
from quotes.text.lists import shipped

Tag = Literal["person", "organisation", "place", "nationality", "none"]
Settled = Literal["person", "organisation", "none"]

NAMING: frozenset[MentionKind] = frozenset({"person", "organisation", "place", "nationality"})
"""Mentions that are names."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What an article shows of one name, each from 0 to 1.

    Attributes:
        person, organisation, place, unknown: what lists and the words beside it say.
        v_person, v_organisation, v_place, v_nationality, v_none: the share of its places
            that the reader tags so.
        given: two words or more, the first a known given name.
        single: one word; `capitals`: in capitals.
        opens: it only stands where a sentence begins.
        titled: a title stands before it somewhere.
        plural: it ends like a plural.
        several: it stands in three places or more.
    """

    person: float
    organisation: float
    place: float
    unknown: float
    v_person: float
    v_organisation: float
    v_place: float
    v_nationality: float
    v_none: float
    given: float
    single: float
    opens: float
    capitals: float
    titled: float
    plural: float
    several: float


def signs_of(words: tuple[str, ...], kind: NameKind, places: Sequence[tuple[Name, Tag]]) -> Signs:
    """The signs of a name of these words at some places, with the reader's tag at each."""
    tags = Counter(tag for _, tag in places)
    share = {f"v_{tag}": n / (len(places) + 0.5) for tag, n in tags.items()}
    last = words[-1]
    told = {
        kind: 1.0,
        **share,
        "given": float(len(words) > 1 and is_given(words[0])),
        "single": float(len(words) == 1),
        "opens": float(all(name.opens for name, _ in places)),
        "capitals": float(len(words) == 1 and len(last) > 1 and last.replace(".", "").isupper()),
        "titled": float(any(name.title for name, _ in places)),
        "plural": float(last.endswith("s") and not last.endswith("ss")),
        "several": float(len(places) > 2),
    }
    return Signs(**{field.name: told.get(field.name, 0.0) for field in fields(Signs)})


def likeliest(signs: Signs) -> tuple[Settled, float]:
    """The likeliest of the three, and how likely it is.

    >>> seen = dict.fromkeys((field.name for field in fields(Signs)), 0.0)
    >>> likeliest(Signs(**seen | {"unknown": 1.0, "v_person": 0.9, "given": 1.0}))[0]
    'person'
    """
    weights = _weights()
    scores = {
        kind: table["bias"] + sum(table[f.name] * getattr(signs, f.name) for f in fields(Signs))
        for kind, table in weights.items()
    }
    best = max(scores, key=lambda kind: scores[kind])
    whole = sum(math.exp(score - scores[best]) for score in scores.values())
    return best, 1 / whole


@cache
def _weights() -> Mapping[Settled, Mapping[str, float]]:
    table: Mapping[Settled, Mapping[str, float]] = shipped("name_kinds.toml")["weights"]
    return table


def tags_at(names: Sequence[Name], mentions: Sequence[Mention]) -> dict[int, Tag]:
    """What the reader calls each name, by where the name starts: the mention that it ends with."""
    ends: dict[int, Mention] = {
        mention.span.end: mention for mention in mentions if mention.kind in NAMING
    }
    found: dict[int, Tag] = {}
    for name in names:
        near = (ends.get(name.end + by) for by in (0, 1, -1))
        own = name.end - len(name.text)
        hit = next((m for m in near if m is not None and m.span.end > own), None)
        found[name.start] = _TAGS.get(hit.kind, "none") if hit else "none"
    return found


_TAGS: Mapping[MentionKind, Tag] = {
    "person": "person",
    "organisation": "organisation",
    "place": "place",
    "nationality": "nationality",
}
