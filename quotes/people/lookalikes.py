"""Which speakers of the index may be one person or body: candidates for a person to decide.

Names are compared in blocks that share a surname, or a first name and the surname's first
letter, so that the cost grows with the namesakes and not with all pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from quotes.people.spelling import compatible_given, fold_name, middles_agree, suffix_of
from quotes.records import SpeakerKind

NEAR = 86
"""Likeness of two spellings, 0..100, from which they are shown.

One letter of seven differs at 86: "Pence" and "Price" stay apart, "Kellog" and "Kellogg" do not.
"""

SHORTEST_SPELLING = 5
"""Letters that a word needs before a likeness of spelling says anything."""


@dataclass(frozen=True, slots=True)
class Named:
    """A speaker as it is compared: its words folded, and what tells it from namesakes."""

    id: str
    name: str
    kind: SpeakerKind
    wikidata: str | None
    quotations: int

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words of the name, without suffix."""
        return fold_name(self.name)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two speakers that may be one, the one with more quotations first, and why."""

    one: Named
    other: Named
    why: str


def lookalikes(speakers: Iterable[Named]) -> list[Pair]:
    """Pairs that may be one speaker, in no promised order, each once.

    >>> names = ["Ann Marlow", "Bo Marlow", "A. Marlow", "Ann Marlowe", "Marlow"]
    >>> speakers = [
    ...     Named(name.lower(), name, "person", None, 9 - n) for n, name in enumerate(names)
    ... ]
    >>> for pair in lookalikes(speakers):
    ...     print(pair.one.name, "/", pair.other.name, "/", pair.why)
    Ann Marlow / Marlow / a bare surname that 3 speakers have
    Bo Marlow / Marlow / a bare surname that 3 speakers have
    A. Marlow / Marlow / a bare surname that 3 speakers have
    Ann Marlow / A. Marlow / same surname, and the initial fits
    Ann Marlow / Ann Marlowe / spelt alike (92 of 100)
    """
    every = sorted(speakers, key=lambda each: (-each.quotations, each.id))
    persons = [each for each in every if each.kind == "person" and each.words]
    bodies = [each for each in every if each.kind == "organisation" and each.words]
    found: dict[tuple[str, str], Pair] = {}
    for pair in (*_namesakes(persons), *_near(persons), *_near(bodies), *_acronyms(bodies)):
        if not _known_as_two(pair.one, pair.other):
            found.setdefault((pair.one.id, pair.other.id), pair)
    return list(found.values())


def _known_as_two(one: Named, other: Named) -> bool:
    """Whether something stored says that they are two."""
    items = {one.wikidata, other.wikidata} - {None}
    return len(items) == 2 or suffix_of(one.name) != suffix_of(other.name)


def _namesakes(persons: Sequence[Named]) -> Iterator[Pair]:
    """Same surname: a bare one, an initial that fits, a shorter first name."""
    for block in _blocks(persons, lambda words: words[-1]):
        full = [each for each in block if len(each.words) > 1]
        bare = [each for each in block if len(each.words) == 1]
        for lone in bare:
            count = len(full)
            why = f"a bare surname that {count} speakers have" if count > 1 else "a bare surname"
            yield from (_pair(lone, each, why) for each in full)
        for one, other in combinations(full, 2):
            if why := _compatible(one, other):
                yield _pair(one, other, why)


def _compatible(one: Named, other: Named) -> str:
    """How two full names of one surname may be one person's, "" if they are not."""
    if not middles_agree((*one.words, ""), (*other.words, "")):
        return ""
    short, long = sorted((one.words[0], other.words[0]), key=len)
    if short == long:
        return "same first name and surname"
    if len(short) == 1:
        return "same surname, and the initial fits" if long.startswith(short) else ""
    if compatible_given(short, long):
        return "same surname, and first names that go together"
    if len(short) > 2 and long.startswith(short):
        return "same surname, and one first name begins with the other"
    if {short, long} & {*one.words[1:-1], *other.words[1:-1]}:
        return "same surname, and the first name of one is inside the other"
    return _alike(short, long, "same surname, and first names that are spelt alike")


def _near(speakers: Sequence[Named]) -> Iterator[Pair]:
    """The same first word, and the rest spelt alike."""
    several = [each for each in speakers if len(each.words) > 1]
    for block in _blocks(several, lambda words: words[0] + " " + words[-1][0]):
        for one, other in combinations(block, 2):
            # Bodies of one name are kept apart where articles only describe them.
            differ = one.words[-1] != other.words[-1]
            if differ or (one.kind == "organisation" and one.words != other.words):
                mine, yours = (" ".join(each.words[1:]) for each in (one, other))
                if why := _alike(mine, yours, "spelt alike"):
                    yield _pair(one, other, why)


def _alike(one: str, other: str, why: str) -> str:
    """`why` with the likeness if two spellings are near, else ""."""
    from rapidfuzz.fuzz import ratio

    if min(len(one), len(other)) < SHORTEST_SPELLING:
        return ""
    likeness = ratio(one, other, score_cutoff=NEAR)
    return f"{why} ({likeness:.0f} of 100)" if likeness else ""


def _acronyms(bodies: Sequence[Named]) -> Iterator[Pair]:
    """A body of one word in capitals, and one whose words begin with these letters."""
    spelt_out: defaultdict[str, list[Named]] = defaultdict(list)
    for body in bodies:
        words = [word for word in body.name.replace("-", " ").split() if word[0].isupper()]
        if len(words) > 1:
            spelt_out["".join(word[0] for word in words)].append(body)
    for body in bodies:
        letters = body.name.replace(".", "")
        if letters.isupper() and " " not in letters:
            for long in spelt_out.get(letters, ()):
                yield _pair(body, long, "its letters are the first letters of the other's words")


def _blocks(
    speakers: Iterable[Named], key: Callable[[tuple[str, ...]], str]
) -> Iterator[list[Named]]:
    """Speakers that share a key, in the order given."""
    blocks: defaultdict[str, list[Named]] = defaultdict(list)
    for each in speakers:
        blocks[key(each.words)].append(each)
    yield from (block for block in blocks.values() if len(block) > 1)


def _pair(one: Named, other: Named, why: str) -> Pair:
    first, second = sorted((one, other), key=lambda each: (-each.quotations, each.id))
    return Pair(first, second, why)
