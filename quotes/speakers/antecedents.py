"""Whom a pronoun, a relative or a description means: candidates, named scores, a choice.

The story up to a source comes in; one chain, or the reason for abstaining, goes out.  A wrong
speaker is worse than none: whoever does not lead clearly is not chosen.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from quotes.people.persons import Role
from quotes.people.spelling import Gender, is_given
from quotes.people.titles import Titles
from quotes.records import Span
from quotes.speakers.chains import Chain
from quotes.speakers.names import Name
from quotes.speakers.sources import ARTICLES, Source, tokens_of
from quotes.speakers.story import REACH, Answer, Seen, Story

# Set by hand and checked on the 21 labelled PolNeAR dev articles with gold spans (76 of 86
# pronouns right, 9 left open); not swept, so as not to fit them to so few articles.
LEAST_WEIGHT = 1.2
LEAST_LEAD = 0.6
LEAST_SOLE = 0.6
LEAST_LINK = 1.6
LINK_WEIGHT = 2.0
"""Weight of a chain to which all of the reader's links lead.  Pronouns of GAP validation: F1
0.62 at 1.5, 0.63 at 2, 0.65 at 3; at 3 more of the labelled news sources are left open."""

_PRONOUNS_FOLLOWED = 12
"""Pronouns of the story read before a source: older ones weigh nothing there."""

_LOWER_WORD = regex.compile(r"(?<![\p{L}\-])\p{Ll}[\p{Ll}\-]*+")

_LONGEST_FRONT = 160
"""Code points from a pronoun to the comma before the main clause at most."""

_ALONE_IN_PARAGRAPH = 0.5
"""Weight of being the only one of the gender named in the paragraph, as subject right before."""

_BY_DISTANCE = (3.2, 2.0, 1.2, 0.8, 0.5, 0.4, 0.3)
"""Weight of a subject by how many sentences of the story lie between; others count less."""


@dataclass(slots=True)
class Candidate:
    """A chain that may be meant, with the parts of its weight."""

    chain: Chain
    subject: float = 0.0
    speaker: float = 0.0
    known: float = 0.0
    often: float = 0.0
    role: float = 0.0
    linked: float = 0.0

    @property
    def weight(self) -> float:
        """All parts together."""
        parts = (self.subject, self.speaker, self.known, self.often, self.role, self.linked)
        return sum(parts)


def resolve_pronoun(story: Story, source: Source, content: tuple[Span, ...]) -> Answer:
    """Whom "he" or "she" means: the clear leader of all who fit, else who is named right after.

    Args:
        content: what the pronoun's quotation says.
    """
    if source.start in story.followed:
        return story.followed[source.start]
    owner = source.head in {"his", "her", "hers"}
    candidates = weigh(story, source.start, source.gender, content, owner=owner)
    alone = len(candidates) == 1
    sole = alone and _is_sole(story, candidates[0], source.start, source.gender)
    best = choose(candidates, sole=sole)
    if best is None:
        ahead = _named_next(story, source.start, source.gender, content)
        if candidates or ahead is None:
            return Answer(None, why_open(source, candidates))
        return Answer(ahead.chain, f"“{source.text}”: named right after", ahead.at)
    story.pronouns.append(Seen(source.start, best.chain))
    spoke = best.speaker > best.subject
    why = "spoke just before" if spoke else "is the nearest who fits"
    via = story.last_seen(best.chain, source, content)
    answer = Answer(best.chain, f"“{source.text}”: {best.chain.name} {why}", via)
    story.followed[source.start] = answer
    return answer


def follow_pronouns(story: Story, at: int) -> None:
    """Follow "he" and "she" of the story up to an offset: they keep their man in mind."""
    last = bisect_left(story.free, (at, ""))
    first, story.free_at = max(story.free_at, last - _PRONOUNS_FOLLOWED), last
    for start, word in story.free[first:last]:
        if story.is_elsewhere(start) or story.layout.is_quoted(start):
            continue
        gender: Gender = "male" if word.lower() == "he" else "female"
        best = choose(weigh(story, start, gender))
        if best is not None:
            story.pronouns.append(Seen(start, best.chain, 0.9))


def choose(candidates: Sequence[Candidate], *, sole: bool = False) -> Candidate | None:
    """The clear leader, or None; `sole`: there is nobody else, so that little weight is enough."""
    if not candidates or candidates[0].weight < (LEAST_SOLE if sole else LEAST_WEIGHT):
        return None
    if len(candidates) > 1 and candidates[0].weight - candidates[1].weight < LEAST_LEAD:
        return None
    return candidates[0]


def why_open(source: Source, candidates: Sequence[Candidate]) -> str:
    """Why nobody is chosen."""
    if not candidates:
        return f"abstained: nobody named before “{source.text}”"
    if len(candidates) == 1:
        return f"abstained: too little says that “{source.text}” is {candidates[0].chain.name}"
    who = " or ".join(c.chain.name for c in candidates[:2])
    return f"abstained: “{source.text}” could be {who}"


def weigh(
    story: Story,
    at: int,
    gender: Gender | None,
    own: tuple[Span, ...] = (),
    *,
    owner: bool = False,
    words: Span | None = None,
) -> list[Candidate]:
    """All persons that a word at `at` may mean, best first.

    Args:
        own: the content of the quotation whose source it is: whom it names is not its speaker.
        owner: the word is possessive, so that who spoke last counts for less.
        words: all of a description, for the reader's links; of a pronoun `at` is enough.
    """
    tally = _Tally(gender)
    begun = _tally_subjects(tally, story, at, own)
    ahead = _named_ahead(story, at)
    if ahead is not None:
        tally.put(ahead, subject=_BY_DISTANCE[0])
    for chain, share in story.links.meant(words or Span(at, at + 1)).items():
        tally.link(chain, share)
    spoken = _last_speaker(story, at, begun=begun)
    if spoken is not None:
        tally.put(spoken[0], speaker=spoken[1] * (0.5 if owner else 1.0))
    inside = _named_inside(story, own)
    for candidate in tally.found.values():
        candidate.known = _known(candidate.chain) - (candidate.chain in inside)
    return sorted(tally.found.values(), key=lambda c: (-c.weight, c.chain.first))


@dataclass(slots=True)
class _Tally:
    """Everybody of a gender who may be meant, with the parts of the weight so far."""

    gender: Gender | None
    found: dict[Chain, Candidate] = field(default_factory=dict)

    def put(self, chain: Chain, *, subject: float = 0.0, speaker: float = 0.0) -> bool:
        """Count a chain if it is a person of the right gender; whether it is."""
        if chain.kind != "person" or not chain.agrees(self.gender):
            return False
        counted = self.found.setdefault(chain, Candidate(chain))
        counted.subject = max(counted.subject, subject)
        counted.speaker = max(counted.speaker, speaker)
        counted.often = min(0.6, counted.often + (0.08 if subject else 0.0))
        return True

    def link(self, chain: Chain, share: float) -> None:
        """Count the share of the reader's links that lead to a chain."""
        if self.put(chain):
            self.found[chain].linked = LINK_WEIGHT * share


def _known(chain: Chain) -> float:
    """Weight of a gender that is known; of one that is not, less where a given name is missing."""
    if chain.gender:
        return 0.4
    return 0.0 if chain.sort is not None or is_given(chain.words[0]) else -0.5


def _tally_subjects(
    tally: _Tally,
    story: Story,
    at: int,
    own: tuple[Span, ...],
) -> bool:
    """Count who was named before `at`; whether its paragraph has a subject of its own."""
    here, paragraph = story.layout.sentence(at), story.layout.paragraph(at)
    begun = False
    opening: set[Chain] = set()
    nearest = 0.0
    for seen in [*story.before(at, own), *(s for s in story.pronouns[-6:] if s.at < at)]:
        distance = here - story.layout.sentence(seen.at)
        if distance >= len(_BY_DISTANCE):
            continue
        apart = paragraph - story.layout.paragraph(seen.at)
        begun = begun or (apart == 0 and seen.weight > 0.8)
        weight = seen.weight * _BY_DISTANCE[max(0, distance)] - 0.25 * min(3, apart)
        counted = tally.put(seen.chain, subject=max(0.05, weight))
        if counted and apart == 0 and seen.weight > 0.1:
            opening.add(seen.chain)
            nearest = max(nearest, seen.weight if distance <= 1 else 0.0)
    if len(opening) == 1 and nearest > 0.8:
        tally.found[opening.pop()].subject += _ALONE_IN_PARAGRAPH
    return begun


def _named_ahead(story: Story, at: int) -> Chain | None:
    """Who is named behind the comma, of a pronoun in what stands before a main clause.

    "In his speech, Mr Orr said", "When he came, Orr spoke".
    """
    text, starts = story.text, story.layout.sentences
    start = starts[max(0, bisect_right(starts, at) - 1)] if starts else 0
    first = text[start:at].partition(" ")[0].lower()
    if first not in story.titles.fronting or "," in text[start:at]:
        return None
    comma = text.find(", ", at, at + _LONGEST_FRONT)
    place = bisect_left(story.seen_starts, comma + 2)
    if comma < 0 or place == len(story.seen) or story.seen[place].at != comma + 2:
        return None
    return story.seen[place].chain if story.seen[place].weight > 0.8 else None


def _named_next(story: Story, at: int, gender: Gender | None, own: tuple[Span, ...]) -> Seen | None:
    """Whom a text that opens with a pronoun names next, within the next two sentences."""
    here = story.layout.sentence(at)
    place = bisect_left(story.seen_starts, at)
    for seen in story.seen[place : place + REACH]:
        if any(span.start <= seen.at < span.end for span in own) or seen.weight <= 0.1:
            continue
        near = story.layout.sentence(seen.at) - here <= 2 and not story.is_elsewhere(seen.at)
        fits = seen.chain.kind == "person" and seen.chain.agrees(gender)
        return seen if near and fits and seen.weight > 0.8 else None
    return None


def _named_inside(story: Story, own: tuple[Span, ...]) -> set[Chain]:
    """Chains named inside a content: people rarely name themselves."""
    found = set()
    for span in own:
        first = bisect_left(story.seen_starts, span.start)
        for seen in story.seen[first : first + REACH]:
            if seen.at >= span.end:
                break
            found.add(seen.chain)
    return found


def _last_speaker(story: Story, at: int, *, begun: bool) -> tuple[Chain, float] | None:
    """Who spoke last before `at`, and how much that weighs here.

    Args:
        begun: the paragraph has a subject of its own, so that who spoke in another counts little.
    """
    when, chain = next(((w, c) for w, c in reversed(story.spoken[-8:]) if w < at), (at, None))
    if chain is None or chain.kind != "person":
        return None
    apart = story.layout.paragraph(at) - story.layout.paragraph(when)
    near = story.layout.sentence(at) - story.layout.sentence(when) <= 2
    if apart == 0:
        return chain, 2.0 if near else 1.2
    if apart > 2 or begun:
        return None
    return chain, 0.8 if near else 0.4


def _is_sole(story: Story, candidate: Candidate, at: int, gender: Gender | None) -> bool:
    """Whether nobody else the word at `at` may mean was named or introduced before it."""
    last = None
    before = bisect_left(story.seen_starts, at)
    if before > REACH:
        return False
    for seen in story.seen[:before]:
        chain = seen.chain
        if chain is candidate.chain:
            last = seen.at
            continue
        person = chain.kind == "person" or (chain.kind == "unknown" and len(chain.words) > 1)
        if story.is_elsewhere(seen.at) or (person and chain.agrees(gender)):
            return False
    if last is None:
        return False
    nouns = story.titles.people
    words = _LOWER_WORD.findall(story.text, last, at)
    return not any(w in nouns and nouns[w] in {None, gender} for w in words)


def by_role(story: Story, source: Source, persons: Sequence[Chain]) -> list[Candidate]:
    """Those of some persons to whom a description's noun and words can apply."""
    weights = [_role_weight(chain, source.head, source.modifiers, story) for chain in persons]
    return [
        Candidate(chain, role=weight)
        for chain, weight in zip(persons, weights, strict=True)
        if weight > 0 and chain.agrees(source.gender)
    ]


def _role_weight(chain: Chain, head: str, modifiers: Sequence[str], story: Story) -> float:
    titles = story.titles
    answers = titles.answers.get(head, frozenset({head}))
    former = bool({"former", "ex", "onetime", "then"} & set(modifiers))
    objects = {word for office_object in titles.office_objects for word in office_object}
    wanted = [
        word
        for word in modifiers
        if word in titles.belongs
        or word in titles.places
        or word in _KINDS
        or (word in objects and word != "the")
    ]
    best = 0.0
    if chain.person:
        for role in chain.person.roles:
            if not (role.ended(story.day) if former else role.held(story.day)):
                continue
            words = set(role.role.lower().split())
            if words & answers and _fits(role, wanted, titles) and _same_rank(words, modifiers):
                best = max(best, 2.0 + 0.5 * len(wanted))
        held_before = any(
            set(role.role.lower().split()) & answers and not role.held(story.day)
            for role in chain.person.roles
        )
        if best == 0 and held_before and not former:
            return 0.0
    if (
        best == 0
        and chain.roles & answers
        and _same_rank(chain.roles, modifiers)
        and ("former" in chain.roles) == former
    ):
        missing = [w for w in wanted if not _known_beside(w, chain, titles)]
        best = 1.6 + 0.5 * (len(wanted) - len(missing)) - 0.8 * len(missing)
    return best


_RANKS = frozenset({"vice", "deputy", "assistant", "vice-presidential"})


def _same_rank(words: set[str], modifiers: Sequence[str]) -> bool:
    """Whether a vice president is asked for where one is known, and no other."""
    return bool(words & _RANKS) == bool(_RANKS & set(modifiers))


_KINDS = frozenset(
    {"vice", "presidential", "prime", "foreign", "defense", "treasury", "press", "first"}
)


def _fits(role: Role, wanted: Sequence[str], titles: Titles) -> bool:
    words = f"{role.role} {role.of or ''}".lower()
    return all(titles.belongs.get(w, w).lower() in words for w in wanted)


def _known_beside(word: str, chain: Chain, titles: Titles) -> bool:
    return word in chain.roles or titles.belongs.get(word, word).lower() in chain.roles


# Relatives: what "who", "which" and "that" follow.

OF_THINGS = frozenset({"which", "that"})
"""Relatives of bodies and texts; "who" is of persons."""

_NOUN_REACH = 80
_LONGEST_NOUN = 9
"""Code points and words of a noun phrase before a relative at most."""

_INSIDE = frozenset({"of", "in", "on", "at", "from"})
"""Prepositions inside a noun phrase: "voters in Ohio who"."""

_RELATIVE_GAP = regex.compile(
    r"(?:\s*\([^()]{0,40}\))?"
    r"(?:, (?:\d|of |from |the |an? |his |her |now |then |\p{Lu})[^,]{0,60}){0,3}"
    r"(?:,| [—–-]{1,2})?\s+"
)
_INDEFINITE = regex.compile(r"\b[Aa]n? (?:\p{Ll}[\p{Ll}\-]* )*\Z")


def name_before(story: Story, source: Source) -> Name | None:
    """The joined name right in front of a relative, over a short apposition."""
    chains, text = story.chains, story.text
    last = bisect_right(chains.starts, source.start - 1) - 1
    for name in reversed(chains.names[max(0, last - 2) : last + 1]):
        gap = text[name.end : source.start]
        if "\n" in gap or len(gap) > 120 or name.possessive:
            return None
        chain = chains.of.get(name.start)
        if chain is None or not _RELATIVE_GAP.fullmatch(gap) or _is_noun(text, name):
            continue
        if (source.head in OF_THINGS) != (chain.kind == "person"):
            return name
    return None


def _is_noun(text: str, name: Name) -> bool:
    """Whether a "name" is a common noun in capitals: "a super PAC"."""
    before = text[max(0, name.start - 40) : name.start]
    return len(name.words) == 1 and name.text.isupper() and _INDEFINITE.search(before) is not None


def noun_before(story: Story, at: int) -> Span | None:
    """The noun phrase that ends right before an offset, over a comma.

    Without an article it begins at its plural noun for people: what is before may be a verb.
    """
    line = story.text.rfind("\n", 0, at) + 1
    tokens = list(tokens_of(story.text, Span(max(line, at - _NOUN_REACH), at)))
    if tokens and tokens[-1].text == ",":
        tokens.pop()
    start = None
    for token in reversed(tokens[-_LONGEST_NOUN:]):
        if token.lower in ARTICLES or token.lower in story.titles.quantifiers:
            return Span(token.start, tokens[-1].end)
        if not token.text[0].isalnum() or _parts_phrases(token.lower, story.titles):
            break
        if token.lower in story.titles.groups:
            start = token.start
    return Span(start, tokens[-1].end) if start is not None else None


def _parts_phrases(word: str, titles: Titles) -> bool:
    if word in _INSIDE:
        return False
    small = word in titles.prepositions or word in titles.clauses or word in titles.openers
    return small or word in titles.finite
