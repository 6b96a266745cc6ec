"""Whether a change alters what is said: a negation, a number or a name that comes or goes.

In: a change and the two wordings.  Out: a few words for people, or None.  Whole sentences
that one wording leaves out take their words along without a flag: what is left says the same.
A wording that begins later or ends earlier is a fragment and not another statement; of what it
lacks there only a negation is told that stands near by, in the clause that it is cut from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from quotes.records import Change, Span
from quotes.text.lists import load_wordings
from quotes.utterances.align import Pair, alike
from quotes.utterances.words import Word, Wording

_CLAUSE_SIGNS = frozenset(",;:()[]–—…\n")
NEAR_CUT = 4
"""Words beside a fragment among which a negation denies it.  Of the fragments that PolNeAR's
outlets cut from denied clauses, those farther off were not what was denied."""

_SILENT = frozenset({"case", "punctuation", "spelling"})


class Meanings:
    """The judge of the changes between two wordings."""

    def __init__(self, first: Wording, second: Wording, pairs: Sequence[Pair]) -> None:
        """`pairs` tell which sentences the wordings share."""
        self._first, self._second = first, second
        self._ours = {first.words[at].sentence for p in pairs for at in range(p.a0, p.a1)}
        self._ends = _ends(pairs)
        self._theirs = {second.words[at].sentence for p in pairs for at in range(p.b0, p.b1)}

    def of(self, change: Change) -> str | None:
        """What the change does to the meaning.

        Of moved words only a negation is told: it denies something else now.
        """
        if change.kind in _SILENT:
            return None
        ours = self._within(self._first, change.before, self._ours)
        theirs = self._within(self._second, change.after, self._theirs)
        if not (ours and theirs) and self._at_edge(ours, theirs):
            ours, theirs = self._clause(ours, self._first), self._clause(theirs, self._second)
            return self._negation(ours, theirs)
        if change.kind == "moved":
            denied = [self._first.words[at].raw for at in ours if self._first.words[at].negation]
            return f"negation moved: {', '.join(denied)}" if denied else None
        told = (self._negation(ours, theirs), self._number(ours, theirs), self._name(ours, theirs))
        return "; ".join(part for part in told if part) or None

    def _within(self, wording: Wording, span: Span | None, shared: set[int]) -> list[int]:
        if span is None:
            return []
        return [
            at
            for at, word in enumerate(wording.words)
            if span.start <= word.span.start < span.end and word.sentence in shared
        ]

    def _at_edge(self, ours: Sequence[int], theirs: Sequence[int]) -> bool:
        mine = bool(ours) and (ours[0] < self._ends[0] or ours[-1] >= self._ends[1])
        others = bool(theirs) and (theirs[0] < self._ends[2] or theirs[-1] >= self._ends[3])
        return mine or others

    def _clause(self, places: Sequence[int], wording: Wording) -> list[int]:
        """Of the words before or behind a fragment those near it, in its own clause."""
        if not places:
            return []
        kept = self._ends[:2] if wording is self._first else self._ends[2:]
        inward = places[::-1] if places[-1] < kept[0] else places
        clause: list[int] = []
        for at in inward:
            near, far = (at, at + 1) if inward is not places else (at - 1, at)
            words = wording.words
            gap = wording.text[words[near].span.end : words[far].span.start]
            if len(clause) == NEAR_CUT or any(sign in _CLAUSE_SIGNS for sign in gap):
                break
            clause.append(at)
        return sorted(clause)

    def _negation(self, ours: Sequence[int], theirs: Sequence[int]) -> str | None:
        mine = [self._first.words[at] for at in ours]
        others = [self._second.words[at] for at in theirs]
        lost = [word for word in mine if word.negation]
        gained = [word for word in others if word.negation]
        if len(lost) != len(gained):
            more = lost if len(lost) > len(gained) else gained
            done = "dropped" if more is lost else "added"
            return f"negation {done}: {_listed(word.raw for word in more)}"
        if len(mine) == len(others) == 1 and load_wordings().opposite(mine[0].raw, others[0].raw):
            done = "added" if len(others[0].raw) > len(mine[0].raw) else "dropped"
            return f"negation {done}: {mine[0].raw} → {others[0].raw}"
        return None

    def _number(self, ours: Sequence[int], theirs: Sequence[int]) -> str | None:
        lost = [w for at in ours if (w := self._first.words[at]).number]
        gained = [w for at in theirs if (w := self._second.words[at]).number]
        lost, gained = _unmatched(lost, gained, lambda one, two: one.key == two.key)
        weak = load_wordings().weak
        if all(word.key in weak for word in (*lost, *gained)) and not (lost and gained):
            return None
        return _told("number", [w.raw for w in lost], [w.raw for w in gained])

    def _name(self, ours: Sequence[int], theirs: Sequence[int]) -> str | None:
        lower = self._first.plain | self._second.plain
        lost = _names(self._first, ours, lower)
        gained = _names(self._second, theirs, lower)
        lost, gained = _unmatched(
            lost, gained, lambda one, two: one.key == two.key or alike(one, two)
        )
        return _told("name", _printed(self._first, lost), _printed(self._second, gained))


def _ends(pairs: Sequence[Pair]) -> tuple[int, int, int, int]:
    """Where the first and the last pair stand, in the first and the second wording."""
    if not pairs:
        return 0, 0, 0, 0
    return pairs[0].a0, pairs[-1].a1, pairs[0].b0, pairs[-1].b1


def _names(wording: Wording, places: Sequence[int], lower: frozenset[str]) -> list[Word]:
    named = [wording.words[at] for at in places if at in wording.names]
    return [word for word in named if word.raw not in lower]


def _printed(wording: Wording, words: Sequence[Word]) -> list[str]:
    """The words as printed, those with but a blank between them as one name."""
    names: list[Span] = []
    for word in words:
        last = names[-1] if names else None
        if last and wording.text[last.end : word.span.start] == " ":
            names[-1] = Span(last.start, word.span.end)
        else:
            names.append(word.span)
    return [name.of(wording.text) for name in names]


def _unmatched(
    ours: Sequence[Word], theirs: Sequence[Word], same: Callable[[Word, Word], bool]
) -> tuple[list[Word], list[Word]]:
    """What of either side has no equal on the other."""
    left = list(theirs)
    lost = []
    for word in ours:
        twin = next((other for other in left if same(word, other)), None)
        if twin is None:
            lost.append(word)
        else:
            left.remove(twin)
    return lost, left


def _told(what: str, lost: Sequence[str], gained: Sequence[str]) -> str | None:
    if Counter(lost) == Counter(gained):
        return None
    if lost and gained:
        return f"{what} changed: {_listed(lost)} → {_listed(gained)}"
    return f"{what} {'dropped' if lost else 'added'}: {_listed(lost or gained)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
