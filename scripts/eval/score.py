"""How well found quotations agree with those a person marked.

Gold attributions and found ones of the same text come in, counts of hits, spurious and
missed ones come out: for whole attributions, single spans, words, speakers and groups of
variants.  Counts are summed over articles before any rate is taken (pooled), and a rate
without cases, 0/0, is 0.  Nothing here reads files or runs a model.

Source: Newell, Margolin and Ruths, "An Attribution Relations Corpus for Political News"
(LREC 2018) for the roles; Pareti, O'Keefe, Konstas, Curran and Koprinska, "Automatically
Detecting and Attributing Indirect Quotations" (EMNLP 2013) for strict and partial spans;
CofeNet (COLING 2022) for counting single spans.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, Protocol, TypeVar

from quotes.records import Kind, Span, Speaker

OVERLAP = 0.5
"""Content words shared over content words in either: what counts as found."""

Role = Literal["content", "cue", "source"]
ROLES: tuple[Role, ...] = ("content", "cue", "source")

Key = TypeVar("Key")

_WORD = re.compile(r"[^\W_]+")


class Attributed(Protocol):
    """What scoring needs of an attribution; `quotes.records.Quotation` has it."""

    @property
    def content(self) -> tuple[Span, ...]:
        """Pieces of what was said, in text order."""

    @property
    def cue(self) -> tuple[Span, ...]:
        """The words that say it was said."""

    @property
    def source(self) -> tuple[Span, ...]:
        """The words that say who."""


@dataclass(frozen=True, slots=True)
class Gold:
    """One attribution as a person marked it.

    Attributes:
        content, cue, source: half-open code-point spans; `source` may hold more than one
            mention ("Trump, who"), either of which is right.
        kind: direct, mixed or indirect, None where it was not marked.
        readings: other contents that a careful reader accepts.
        names: accepted names of the speaker; empty where the right answer is no name.
    """

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    kind: Kind | None = None
    readings: tuple[tuple[Span, ...], ...] = ()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Hits (`tp`), spurious (`fp`) and missed (`fn`), and the rates they give, 0..1.

    >>> agreed = Agreement(tp=3, fp=1, fn=3)
    >>> agreed.precision, agreed.recall, agreed.f1
    (0.75, 0.5, 0.6)
    >>> Agreement().f1
    0.0
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        """Both together."""
        return Agreement(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        """Of those found, the share that is right."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Of those to be found, the share that was."""
        return ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True, slots=True)
class Scores:
    """How one article's, or many articles', found attributions agree with gold.

    Attributes:
        exact: contents that hold exactly the gold words.
        relaxed: contents that overlap (see `OVERLAP`), one to one.
        attributed: relaxed, and the sources share a word, or neither has one.
        words: every word, inside any content or not.
        spans: content, cue and source spans one by one, without their links.
        kinds: relaxed hits and misses by the gold's kind.
    """

    exact: Agreement = Agreement()
    relaxed: Agreement = Agreement()
    attributed: Agreement = Agreement()
    words: Agreement = Agreement()
    spans: dict[Role, Agreement] = field(default_factory=dict)
    kinds: dict[Kind, Agreement] = field(default_factory=dict)

    def __add__(self, other: Scores) -> Scores:
        """The scores of both texts together, pooled."""
        return Scores(
            exact=self.exact + other.exact,
            relaxed=self.relaxed + other.relaxed,
            attributed=self.attributed + other.attributed,
            words=self.words + other.words,
            spans=_summed(self.spans, other.spans),
            kinds=_summed(self.kinds, other.kinds),
        )


Verdict = Literal["right", "wrong", "abstained"]


def ratio(part: float, whole: float) -> float:
    """``part / whole``, and 0 where there is nothing to count."""
    return part / whole if whole else 0.0


class WordIndex:
    """The words of a text, maximal runs of letters and digits, numbered from 0.

    Spans are compared as sets of word numbers, so that quotation marks, punctuation and
    white space never decide.

    >>> words = WordIndex("He said that it's over.")
    >>> sorted(words.of([Span(8, 22)]))
    [2, 3, 4, 5]
    >>> sorted(words.content([Span(8, 22)]))
    [3, 4, 5]
    """

    def __init__(self, text: str) -> None:
        """Find the words of `text`."""
        found = list(_WORD.finditer(text))
        self.words = tuple(m.group().lower() for m in found)
        self._starts = [m.start() for m in found]
        self._ends = [m.end() for m in found]

    def range(self, span: Span) -> tuple[int, int]:
        """The half-open range of the words that `span` touches."""
        return bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)

    def of(self, spans: Iterable[Span]) -> frozenset[int]:
        """The numbers of all words that `spans` touch."""
        return frozenset(n for span in spans for n in range(*self.range(span)))

    def content(self, spans: Iterable[Span]) -> frozenset[int]:
        """The same for a content: a "that" at its start is not counted."""
        words = self.of(spans)
        if words and self.words[min(words)] == "that":
            return words - {min(words)}
        return words


def overlap(a: frozenset[int], b: frozenset[int]) -> float:
    """Words in both over words in either, 0..1.

    >>> overlap(frozenset({1, 2, 3}), frozenset({2, 3, 4}))
    0.5
    """
    return ratio(len(a & b), len(a | b))


def match(
    gold: Sequence[Gold],
    found: Sequence[Attributed],
    words: WordIndex,
    *,
    exact: bool = False,
    source: bool = False,
) -> dict[int, int]:
    """Pair gold and found attributions one to one, best overlap first.

    Args:
        gold, found: attributions of one text.
        words: that text's words.
        exact: pair only contents with the very same words.
        source: pair only where the sources share a word, or neither has one.

    Returns:
        Index into `gold` -> index into `found`.  Equal overlaps are paired in text order.
    """
    least = 1.0 if exact else OVERLAP
    contents = [words.content(f.content) for f in found]
    pairs: list[tuple[float, int, int]] = []
    for i, wanted in enumerate(gold):
        readings = [words.content(r) for r in (wanted.content, *wanted.readings)]
        for j, content in enumerate(contents):
            value = max(overlap(reading, content) for reading in readings)
            if value >= least and not (source and not _same_source(wanted, found[j], words)):
                pairs.append((-value, i, j))
    return _one_to_one(pairs)


def score_article(text: str, gold: Sequence[Gold], found: Sequence[Attributed]) -> Scores:
    """Compare the attributions found in one text with those a person marked.

    Attributions whose content has no word count neither as gold nor as found.

    >>> gold = [Gold(content=(Span(9, 15),), source=(Span(0, 3),), kind="indirect")]
    >>> score_article("Lee said it ended.", gold, gold).attributed
    Agreement(tp=1, fp=0, fn=0)
    """
    words = WordIndex(text)
    spans = {r: _of_sets(_ranges(gold, r, words), _ranges(found, r, words)) for r in ROLES}
    gold = [g for g in gold if words.content(g.content)]
    found = [f for f in found if words.content(f.content)]
    relaxed = match(gold, found, words)
    sizes = (len(gold), len(found))
    return Scores(
        exact=_agreement(len(match(gold, found, words, exact=True)), *sizes),
        relaxed=_agreement(len(relaxed), *sizes),
        attributed=_agreement(len(match(gold, found, words, source=True)), *sizes),
        words=_of_sets(_all_words(gold, words), _all_words(found, words)),
        spans=spans,
        kinds=_by_kind(gold, relaxed),
    )


def same_name(names: Iterable[str], name: str) -> bool:
    """Whether `name` is one of `names`; case, accents and marks don't count.

    >>> same_name({"Viktor Orbán"}, "viktor  Orban"), same_name({"Viktor Orban"}, "Orban")
    (True, False)
    """
    return _name_key(name) in {_name_key(n) for n in names}


def judge_speaker(gold: Gold, speaker: Speaker | None) -> Verdict:
    """Whether a found quotation's speaker is right.

    Where gold names nobody (an unnamed source, a group, a document) no name is right, and
    so is a speaker kept as one of these kinds; a person's or an organisation's name is wrong.
    """
    if not gold.names:
        nameless = speaker is None or speaker.kind in ("unnamed", "group", "document")
        return "right" if nameless else "wrong"
    if speaker is None:
        return "abstained"
    return "right" if same_name(gold.names, speaker.name) else "wrong"


def pairwise(
    gold: dict[Hashable, Hashable | None], found: dict[Hashable, Hashable | None]
) -> Agreement:
    """Compare two groupings of the same items by the pairs that each joins.

    Args:
        gold, found: item -> group; None stands for an item on its own.  Items of only one
            of the two are left out.

    >>> pairwise({1: "a", 2: "a", 3: None}, {1: "x", 2: "x", 3: "x"})
    Agreement(tp=1, fp=2, fn=0)
    """
    items = gold.keys() & found.keys()
    return _of_sets(_joined(gold, items), _joined(found, items))


def b_cubed(
    gold: dict[Hashable, Hashable | None], found: dict[Hashable, Hashable | None]
) -> tuple[float, float]:
    """B-cubed precision and recall of a grouping, 0..1; arguments as in `pairwise`.

    For each item: how much of its found group shares its gold group, and the reverse;
    then the mean over items.  ``(0.0, 0.0)`` without items.

    Source: Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing Using the Vector
    Space Model" (ACL 1998).

    >>> b_cubed({1: "a", 2: "a", 3: None}, {1: None, 2: None, 3: None})
    (1.0, 0.6666666666666666)
    """
    items = gold.keys() & found.keys()
    wanted, given = _groups(gold, items), _groups(found, items)
    shared = [(len(wanted[i] & given[i]), len(given[i]), len(wanted[i])) for i in items]
    precision = ratio(sum(both / size for both, size, _ in shared), len(items))
    recall = ratio(sum(both / size for both, _, size in shared), len(items))
    return precision, recall


def _one_to_one(pairs: list[tuple[float, int, int]]) -> dict[int, int]:
    chosen: dict[int, int] = {}
    used: set[int] = set()
    for _, i, j in sorted(pairs):
        if i not in chosen and j not in used:
            chosen[i] = j
            used.add(j)
    return chosen


def _same_source(a: Attributed, b: Attributed, words: WordIndex) -> bool:
    first, second = words.of(a.source), words.of(b.source)
    return bool(first & second) or not (first or second)


def _agreement(hits: int, gold: int, found: int) -> Agreement:
    return Agreement(tp=hits, fp=found - hits, fn=gold - hits)


def _of_sets(gold: set[object], found: set[object]) -> Agreement:
    return _agreement(len(gold & found), len(gold), len(found))


def _all_words(attributions: Iterable[Attributed], words: WordIndex) -> set[object]:
    return {n for a in attributions for n in words.content(a.content)}


def _ranges(attributions: Iterable[Attributed], role: Role, words: WordIndex) -> set[object]:
    spans: Callable[[Attributed], tuple[Span, ...]] = {
        "content": lambda a: a.content,
        "cue": lambda a: a.cue,
        "source": lambda a: a.source,
    }[role]
    ranges = {words.range(span) for a in attributions for span in spans(a)}
    return {(start, end) for start, end in ranges if start < end}


def _by_kind(gold: Sequence[Gold], paired: dict[int, int]) -> dict[Kind, Agreement]:
    hits: Counter[Kind] = Counter(g.kind for i, g in enumerate(gold) if g.kind and i in paired)
    every: Counter[Kind] = Counter(g.kind for g in gold if g.kind)
    return {kind: Agreement(tp=hits[kind], fn=every[kind] - hits[kind]) for kind in sorted(every)}


def _summed(a: dict[Key, Agreement], b: dict[Key, Agreement]) -> dict[Key, Agreement]:
    keys = [*a, *(key for key in b if key not in a)]
    return {key: a.get(key, Agreement()) + b.get(key, Agreement()) for key in keys}


def _name_key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def _groups(
    grouping: dict[Hashable, Hashable | None], items: Iterable[Hashable]
) -> dict[Hashable, set[Hashable]]:
    members: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
    for item in items:
        members[_label(grouping, item)].add(item)
    return {item: group for group in members.values() for item in group}


def _label(grouping: dict[Hashable, Hashable | None], item: Hashable) -> Hashable:
    group = grouping[item]
    return ("alone", item) if group is None else ("group", group)


def _joined(grouping: dict[Hashable, Hashable | None], items: Iterable[Hashable]) -> set[object]:
    groups = {frozenset(group) for group in _groups(grouping, items).values()}
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}
