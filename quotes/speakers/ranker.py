"""Which candidate a source means, or nobody: named features, learned weights, a probability.

What speaks for and against each candidate comes in as `Features`; out goes a `Ranking`: the
candidates by probability, nobody among them, whom to choose if anybody, and why in words.  The
weights and the least probability of each kind of source are `models/speakers/weights.json`, which
`scripts/train/train_speakers.py` writes.  Nothing here knows texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from math import exp
from typing import Literal

from quotes.errors import ModelError
from quotes.speakers.chains import Chain

SURE = 0.8
"""The probability below which an answer that is given is one to look at."""

DOUBTFUL = "probably"
"""The word by which a reason says so."""

Kind = Literal["pronoun", "description"]
"""He and she; "the senator"."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one candidate where a source stands; -1 stands for never.

    Distances are in sentences, from 4 on in fewer steps.  In what follows "named" is said of
    names outside quotation marks, and "here" of the paragraph of the source.

    Attributes:
        subject: distance to where it was last named as a subject.
        named: distance to where it was last named at all.
        followed: distance to the last pronoun that was taken to mean it.
        apart: paragraphs between, 3 for more.
        latest: the last of all candidates to be named, as a subject or not.
        alone: the only one named here.
        spoke: spoke last, "here", "near" in the same paragraph, or "before", with "?" if in
            doubt; "earlier" of the last eight.
        link, best: how surely the reader links the source to it, in steps; if it is linked best.
        gender: agrees ("yes"), unknown, or a list says otherwise ("no").
        called: what pronouns elsewhere in the article say of its gender, -2 to 2.
        noun: what kind of noun a description has; "" of other words.
        role: how a description's noun and words fit it.
        inside: named in the words that are quoted.
        often: how often it was named so far, in steps.
        kind: person, organisation, place, unknown, or nameless.
        owner: the source is "his" or "her".
        standing, leads: the weight that the rules give it, in steps, and by how much it leads
            the best of the others.
        ruled: whom the rules choose.
    """

    subject: int = -1
    named: int = -1
    followed: int = -1
    apart: int = -1
    latest: bool = False
    alone: bool = False
    spoke: str = ""
    link: int = 0
    best: bool = False
    gender: str = ""
    called: int = 0
    noun: str = ""
    role: str = ""
    inside: bool = False
    often: int = 0
    kind: str = ""
    owner: bool = False
    standing: int = 0
    leads: int = 0
    ruled: bool = False

    def terms(self) -> list[str]:
        """The features that hold, each a name in the table of weights."""
        found = []
        for name, value in zip(_NAMES, _values(self), strict=True):
            if value is True:
                found.append(name)
            elif value is not False and value != "":
                found.append(f"{name}={value}")
        for one, other in _PAIRS:
            found.append(f"{one}={getattr(self, one)} {other}={getattr(self, other)}")
        return found


_NAMES = tuple(field.name for field in fields(Features))
_PAIRS = (
    *(("link", "best"), ("subject", "spoke"), ("gender", "called"), ("spoke", "owner")),
    *(("apart", "spoke"), ("apart", "subject"), ("noun", "role"), ("noun", "kind")),
    *(("link", "apart"), ("link", "spoke"), ("inside", "link"), ("link", "subject")),
    *(("standing", "leads"), ("leads", "link"), ("leads", "spoke")),
    *(("ruled", "link"), ("ruled", "leads"), ("ruled", "spoke"), ("ruled", "role")),
)


def _values(features: Features) -> list[object]:
    return [getattr(features, name) for name in _NAMES]


@dataclass(frozen=True, slots=True)
class Nobody:
    """What speaks for nobody of the candidates.

    Attributes:
        unlinked: the share of the reader's links that lead to none of them, in steps.
        several: how many candidates there are, 4 for more.
        introduced: a noun for a person of that gender stands between the last name and the source.
        words: the kind of words that the source is.
        ruled: the rules choose somebody.
    """

    unlinked: int = 0
    several: int = 0
    introduced: bool = False
    words: str = ""
    ruled: bool = False

    def terms(self) -> list[str]:
        """The features that hold, each a name in the table of weights."""
        found = [f"unlinked={self.unlinked}", f"several={self.several}", f"words={self.words}"]
        found += [f"introduced={self.introduced}", f"ruled={self.ruled}"]
        return ["nobody", *found, f"ruled={self.ruled} words={self.words}"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates by probability, the likeliest first; what is missing to 1 is nobody's.

    Attributes:
        chosen: who leads clearly, None if nobody does.
        why: what weighed most for the first over the next, and by how much it leads.
    """

    candidates: tuple[tuple[Chain, float], ...] = ()
    chosen: Chain | None = None
    why: str = ""


class Ranker:
    """The weights and thresholds of each kind of source.

    Whom the rules choose is given where it has at least the first of two probabilities; anybody
    else from the second on.

    >>> one, two = (Chain((name,), "person", 0) for name in ("Lee", "Orr"))
    >>> ranker = Ranker({"pronoun": {"spoke=here": 3.0, "nobody": -1.0}}, {"pronoun": (0.2, 0.9)})
    >>> candidates = [(one, Features(spoke="here")), (two, Features())]
    >>> ranking = ranker.rank("pronoun", candidates, Nobody())
    >>> ranking.chosen.name, ranking.why
    ('Lee', 'Lee spoke just before (0.94; Orr 0.05)')
    """

    def __init__(
        self,
        weights: Mapping[str, Mapping[str, float]],
        least: Mapping[str, tuple[float, float]],
    ) -> None:
        """Take the weights of each kind by feature, and the least probabilities to choose at."""
        self.weights, self.least = weights, least

    def rank(
        self,
        kind: Kind,
        candidates: Sequence[tuple[Chain, Features]],
        nobody: Nobody,
        at: int = -1,  # noqa: ARG002
    ) -> Ranking:
        """Candidates by probability, and who of them is meant.

        `at` says where the source begins, to those who keep a record of what is asked.
        """
        if not candidates:
            return Ranking()
        weights = self.weights[kind]
        terms = [features.terms() for _, features in candidates]
        shares = probabilities([*terms, nobody.terms()], weights)
        order = sorted(range(len(terms)), key=lambda i: (-shares[i], candidates[i][0].first))
        ruled = next((i for i in order if candidates[i][1].ruled), None)
        chosen = choice(shares[:-1], ruled, self.least[kind])
        if chosen is not None and chosen != order[0]:
            order = [chosen, *(i for i in order if i != chosen)]
        ranked = tuple((candidates[i][0], shares[i]) for i in order)
        against = terms[order[1]] if len(order) > 1 else []
        why = _reason(terms[order[0]], against, weights, ranked)
        return Ranking(ranked, candidates[chosen][0] if chosen is not None else None, why)


def probabilities(
    terms: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> tuple[float, ...]:
    """How likely each is the right one of all."""
    scores = [sum(weights.get(term, 0.0) for term in each) for each in terms]
    top = max(scores)
    shares = [exp(score - top) for score in scores]
    total = sum(shares)
    return tuple(share / total for share in shares)


def choice(shares: Sequence[float], ruled: int | None, least: tuple[float, float]) -> int | None:
    """Who is chosen: whom the rules choose unless it is doubted, else who is all but sure."""
    if ruled is not None and shares[ruled] >= least[0]:
        return ruled
    best = max(range(len(shares)), key=lambda i: shares[i])
    return best if shares[best] >= least[1] else None


def _reason(
    mine: Sequence[str],
    others: Sequence[str],
    weights: Mapping[str, float],
    ranked: Sequence[tuple[Chain, float]],
) -> str:
    """Who is first, what weighs most for it over the next, and both probabilities."""
    told = [term for term in mine if term not in others and term in _PHRASES]
    told.sort(key=lambda term: -weights.get(term, 0.0))
    most = [_PHRASES[term] for term in told if weights.get(term, 0.0) > 0][:2]
    words = " and ".join(most) or "fits best"
    (chain, share), *rest = ranked
    figures = f"({share:.2f}{f'; {rest[0][0].name} {rest[0][1]:.2f}' if rest else ''})"
    if share >= SURE:
        return f"{chain.name} {words} {figures}"
    relative = "who" if chain.kind in {"person", "unknown"} else "which"
    return f"{DOUBTFUL} {chain.name}, {relative} {words} {figures}"


_PHRASES = {
    "subject=0": "is the subject of this sentence",
    "subject=1": "is the subject of the sentence before",
    "subject=2": "is the subject two sentences before",
    "named=0": "is named in this sentence",
    "named=1": "is named in the sentence before",
    "followed=0": "is who a pronoun in this sentence means",
    "followed=1": "is who a pronoun in the sentence before means",
    "apart=0": "is named in this paragraph",
    "latest": "is named last",
    "alone": "is the only one named in this paragraph",
    "spoke=here": "spoke just before",
    "spoke=near": "spoke last in this paragraph",
    "spoke=before": "spoke in the paragraph before",
    "spoke=earlier": "spoke before",
    "best": "is whom the reader links it to",
    "link=4": "is clearly linked by the reader",
    "link=5": "is surely linked by the reader",
    "gender=yes": "is of that gender",
    "called=1": "is called so elsewhere",
    "called=2": "is called so elsewhere",
    "role=fits": "is called so in the article",
    "role=name": "has the noun in the name",
    "often=4": "is named often",
    "often=5": "is named often",
}


@cache
def load_ranker() -> Ranker:
    """The shipped weights, read once a process.

    Raises:
        ModelError: the file cannot be read.
    """
    place = files("quotes") / "models" / "speakers" / "weights.json"
    try:
        table = json.loads(place.read_text(encoding="utf-8"))
        return Ranker(table["weights"], table["least"])
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"models/speakers/weights.json: {error}; reinstall the package") from error
