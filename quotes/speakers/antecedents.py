"""Whom a pronoun or a description means: candidates, named scores, a choice.

The chains of an article and what has been said so far come in; one chain or the reason for
abstaining goes out.  A wrong speaker is worse than none: whoever does not lead clearly is
not chosen.
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
from quotes.speakers.chains import Chain, Chains
from quotes.speakers.links import Links
from quotes.speakers.names import Name

# Set by hand and checked on the 21 labelled PolNeAR dev articles with gold spans (76 of 86
# pronouns right, 9 left open); not swept, so as not to fit them to so few articles.
LEAST_WEIGHT = 1.2
LEAST_LEAD = 0.6
LEAST_SOLE = 0.6
LEAST_LINK = 1.6
_SOLE_REACH = 600
"""Code points after which even the only person named so far is too far off."""

_REACH = 48
"""Names looked back over at most, so that a text without sentences stays linear."""

LINK_WEIGHT = 2.0
"""Weight of a chain to which all of the reader's links lead.  Pronouns of GAP validation: F1
0.62 at 1.5, 0.63 at 2, 0.65 at 3; at 3 more of the labelled news sources are left open."""

_OWNED_BY_SUBJECT = 0.8
"""Weight of the subject of its own sentence for a possessive pronoun, beyond any pronoun's."""

_LONGEST_FRONT = 160
"""Code points from a pronoun to the comma before the main clause at most."""

_ALONE_IN_PARAGRAPH = 0.5
"""Weight of being the only one of the gender named in the paragraph, as subject right before."""

_BY_DISTANCE = (3.2, 2.0, 1.2, 0.8, 0.5, 0.4, 0.3)
"""Weight of a subject by how many sentences of the story lie between; others count less."""


@dataclass(slots=True)
class Layout:
    """Where sentences and paragraphs of the story lie.

    Attributes:
        sentences: starts of sentences.
        story: for each sentence how many sentences before it are not all quoted.
        paragraphs: starts of paragraphs.
        quoted: quoted stretches, sorted, not overlapping.
    """

    sentences: list[int]
    story: list[int]
    paragraphs: list[int]
    quoted: list[Span]
    quoted_starts: list[int]

    def sentence(self, at: int) -> int:
        """The story's sentence number at an offset."""
        return self.story[max(0, bisect_right(self.sentences, at) - 1)] if self.story else 0

    def paragraph(self, at: int) -> int:
        """The paragraph's number at an offset."""
        return bisect_right(self.paragraphs, at)

    def is_quoted(self, at: int) -> bool:
        """Whether an offset lies in quotation marks."""
        before = bisect_right(self.quoted_starts, at) - 1
        return before >= 0 and at < self.quoted[before].end

    def is_all_quoted(self, span: Span) -> bool:
        """Whether one quoted stretch holds a sentence, all but its last mark and stop."""
        before = bisect_right(self.quoted_starts, span.start) - 1
        return before >= 0 and max(span.start, span.end - 2) < self.quoted[before].end


_MARKED = regex.compile(r"“[^“”\n]{0,4000}+”|\"[^\"\n]{0,4000}+\"|''[^\n]{0,4000}?''")
_PARAGRAPH = regex.compile(r"\n\s*")


def build_layout(text: str, sentences: Sequence[Span]) -> Layout:
    """Lay out a text: paragraphs by line breaks, quoted stretches by their marks."""
    quoted = [Span(m.start(), m.end()) for m in _MARKED.finditer(text)]
    layout = Layout(
        sentences=[span.start for span in sentences],
        story=[],
        paragraphs=[0, *(m.end() for m in _PARAGRAPH.finditer(text))],
        quoted=quoted,
        quoted_starts=[span.start for span in quoted],
    )
    number = 0
    for span in sentences:
        layout.story.append(number)
        if not layout.is_all_quoted(span):
            number += 1
    return layout


@dataclass(frozen=True, slots=True)
class Seen:
    """One time a chain was spoken of or spoke, for weighing."""

    at: int
    chain: Chain
    weight: float


@dataclass(slots=True)
class Memory:
    """What was said and resolved so far, in text order."""

    spoken: list[tuple[int, Chain | None]] = field(default_factory=list)
    pronouns: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
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


@dataclass(slots=True)
class Scene:
    """An article's fixed facts that weighing needs.

    Attributes:
        seen, seen_starts: names of persons and of who may be one, in text order, and where.
        bodies: names of bodies, likewise.
        links: what the reader says of mentions.
    """

    text: str
    chains: Chains
    layout: Layout
    titles: Titles
    day: str | None
    seen: list[Seen]
    seen_starts: list[int]
    bodies: list[Seen]
    links: Links
    bounds: tuple[int, int] = (0, 0)
    teasers: list[Span] = field(default_factory=list)

    def is_elsewhere(self, at: int) -> bool:
        """Whether an offset lies outside the teaser in hand, or in a teaser of the story."""
        if not self.bounds[0] <= at < self.bounds[1]:
            return True
        return self.bounds[1] - self.bounds[0] == len(self.text) and any(
            span.start <= at < span.end for span in self.teasers
        )

    def before(self, at: int, own: tuple[Span, ...]) -> list[Seen]:
        """Names met before an offset, latest first, without those in a quotation's content."""
        last = bisect_left(self.seen_starts, at)
        found = []
        mixed = bool(self.teasers)
        for seen in reversed(self.seen[max(0, last - _REACH) : last]):
            if seen.at < self.bounds[0]:
                break
            if mixed and self.is_elsewhere(seen.at):
                continue
            if not any(span.start <= seen.at < span.end for span in own):
                found.append(seen)
        return found


def build_scene(
    text: str, chains: Chains, layout: Layout, links: Links, *, titles: Titles, day: str | None
) -> Scene:
    """Weigh every name of an article by how it stands in its sentence."""
    seen: list[Seen] = []
    bodies: list[Seen] = []
    for name in chains.names:
        chain = chains.of.get(name.start)
        if chain is not None and chain.kind != "place":
            where = bodies if chain.kind == "organisation" else seen
            where.append(Seen(name.start, chain, _standing(text, name, layout, titles)))
    starts = [s.at for s in seen]
    return Scene(
        text, chains, layout, titles, day, seen, starts, bodies, links, bounds=(0, len(text))
    )


_LOWER_WORD = regex.compile(r"(?<![\p{L}\-])\p{Ll}[\p{Ll}\-]*+")

_WORD_BEFORE = regex.compile(r"(?r)([\p{L}\p{N}'’\-]+|[^\s\p{L}\p{N}])[ \u00a0]*")
"""Read backwards from a name."""


_COORDINATED = regex.compile(r" and \p{Lu}")


def _standing(text: str, name: Name, layout: Layout, titles: Titles) -> float:
    """1 for a subject, less for others, least inside quotation marks."""
    if layout.is_quoted(name.start):
        return 0.1
    if name.possessive:
        return 0.35
    following = text[name.end : name.end + 24].lstrip(" ").partition(" ")[0].lower().strip(".,")
    plural = following in titles.groups and following.endswith("s")
    if plural or following in titles.body_nouns or following in titles.people:
        return 0.25
    if _COORDINATED.match(text, name.end) or text.endswith(" and ", 0, name.start):
        return 0.6
    word = _word_before(text, name.start, titles)
    if word in titles.prepositions:
        return 0.8 if text.startswith((", who ", " who "), name.end) else 0.4
    if word in titles.clauses or not word or not word[0].isalnum():
        return 1.0 if word != "," or not text.startswith(",", name.end) else 0.6
    acts = following in titles.finite or (len(following) > 4 and following.endswith("ed"))
    return 1.0 if acts else 0.45


def _word_before(text: str, start: int, titles: Titles) -> str:
    """The word or mark before a name, over the nouns and adjectives of its own phrase."""
    for _ in range(6):
        match = _WORD_BEFORE.match(text, max(0, start - 60), start)
        if match is None:
            return ""
        word: str = match.group(1)
        lowered = word.lower()
        own = lowered in titles.people or lowered in titles.common or lowered in titles.offices
        if not own and lowered not in {"the", "a", "an", "former", "his", "her", "campaign"}:
            return lowered
        start = match.start()
    return ""


def weigh(
    scene: Scene,
    memory: Memory,
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
    begun = _tally_subjects(tally, scene, memory, at, own, owner=owner)
    ahead = _named_ahead(scene, at)
    if ahead is not None:
        tally.put(ahead, subject=_BY_DISTANCE[0])
    for chain, share in scene.links.meant(words or Span(at, at + 1)).items():
        tally.link(chain, share)
    spoken = _last_speaker(scene, memory, at, begun=begun)
    if spoken is not None:
        tally.put(spoken[0], speaker=spoken[1] * (0.5 if owner else 1.0))
    named_inside = _named_inside(scene, own)
    result = [tally.candidate(key, inside=key in named_inside) for key in tally.chains]
    result.sort(key=lambda c: (-c.weight, c.chain.first))
    return result


@dataclass(slots=True)
class _Tally:
    """The parts of every candidate's weight, by the chain's identity."""

    gender: Gender | None
    chains: dict[int, Chain] = field(default_factory=dict)
    subject: dict[int, float] = field(default_factory=dict)
    speaker: dict[int, float] = field(default_factory=dict)
    often: dict[int, float] = field(default_factory=dict)
    linked: dict[int, float] = field(default_factory=dict)

    def put(self, chain: Chain, *, subject: float = 0.0, speaker: float = 0.0) -> bool:
        """Count a chain if it is a person of the right gender; whether it is."""
        if chain.kind != "person" or not agrees(chain, self.gender):
            return False
        key = id(chain)
        self.chains[key] = chain
        self.subject[key] = max(self.subject.get(key, 0.0), subject)
        self.speaker[key] = max(self.speaker.get(key, 0.0), speaker)
        self.often[key] = self.often.get(key, 0.0) + (0.08 if subject else 0.0)
        return True

    def link(self, chain: Chain, share: float) -> None:
        """Count the share of the reader's links that lead to a chain."""
        if self.put(chain):
            self.linked[id(chain)] = share

    def candidate(self, key: int, *, inside: bool) -> Candidate:
        """A chain with its parts; `inside`: the words it would speak name it."""
        chain = self.chains[key]
        open_ = self.gender is None or chain.sort is not None or is_given(chain.words[0])
        known = 0.4 if chain.gender else (0.0 if open_ else -0.5)
        return Candidate(
            chain,
            subject=self.subject[key],
            speaker=self.speaker[key],
            known=known - (1.0 if inside else 0.0),
            often=min(0.6, self.often[key]),
            linked=LINK_WEIGHT * self.linked.get(key, 0.0),
        )


def agrees(chain: Chain, gender: Gender | None) -> bool:
    """Whether a chain can be of a gender: it is, or either is unknown."""
    return not (gender and chain.gender and gender != chain.gender)


def _tally_subjects(
    tally: _Tally,
    scene: Scene,
    memory: Memory,
    at: int,
    own: tuple[Span, ...],
    *,
    owner: bool,
) -> bool:
    """Count who was named before `at`; whether its paragraph has a subject of its own."""
    here, paragraph = scene.layout.sentence(at), scene.layout.paragraph(at)
    begun = False
    opening: dict[int, Chain] = {}
    nearest = 0.0
    for seen in [*scene.before(at, own), *(s for s in memory.pronouns[-6:] if s.at < at)]:
        distance = here - scene.layout.sentence(seen.at)
        if distance >= len(_BY_DISTANCE):
            continue
        apart = paragraph - scene.layout.paragraph(seen.at)
        begun = begun or (apart == 0 and seen.weight > 0.8)
        weight = seen.weight * _BY_DISTANCE[max(0, distance)] - 0.25 * min(3, apart)
        if owner and distance == 0 and seen.weight > 0.8:
            weight += _OWNED_BY_SUBJECT
        counted = tally.put(seen.chain, subject=max(0.05, weight))
        if counted and apart == 0 and seen.weight > 0.1:
            opening[id(seen.chain)] = seen.chain
            nearest = max(nearest, seen.weight if distance <= 1 else 0.0)
    if len(opening) == 1 and nearest > 0.8:
        (chain,) = opening.values()
        tally.subject[id(chain)] += _ALONE_IN_PARAGRAPH
    return begun


def _named_ahead(scene: Scene, at: int) -> Chain | None:
    """Who is named behind the comma, of a pronoun in what stands before a main clause.

    "In his speech, Mr Orr said", "When he came, Orr spoke".
    """
    text, starts = scene.text, scene.layout.sentences
    start = starts[max(0, bisect_right(starts, at) - 1)] if starts else 0
    first = text[start:at].partition(" ")[0].lower()
    if first not in scene.titles.fronting or "," in text[start:at]:
        return None
    comma = text.find(", ", at, at + _LONGEST_FRONT)
    place = bisect_left(scene.seen_starts, comma + 2)
    if comma < 0 or place == len(scene.seen) or scene.seen[place].at != comma + 2:
        return None
    return scene.seen[place].chain if scene.seen[place].weight > 0.8 else None


def named_next(scene: Scene, at: int, gender: Gender | None, own: tuple[Span, ...]) -> Seen | None:
    """Whom a text that opens with a pronoun names next, within the next two sentences."""
    here = scene.layout.sentence(at)
    place = bisect_left(scene.seen_starts, at)
    for seen in scene.seen[place : place + _REACH]:
        if any(span.start <= seen.at < span.end for span in own) or seen.weight <= 0.1:
            continue
        near = scene.layout.sentence(seen.at) - here <= 2 and not scene.is_elsewhere(seen.at)
        fits = seen.chain.kind == "person" and agrees(seen.chain, gender)
        return seen if near and fits and seen.weight > 0.8 else None
    return None


def _named_inside(scene: Scene, own: tuple[Span, ...]) -> set[int]:
    """Chains named inside a content: people rarely name themselves."""
    found = set()
    for span in own:
        first = bisect_left(scene.seen_starts, span.start)
        for seen in scene.seen[first : first + _REACH]:
            if seen.at >= span.end:
                break
            found.add(id(seen.chain))
    return found


def _last_speaker(
    scene: Scene, memory: Memory, at: int, *, begun: bool
) -> tuple[Chain, float] | None:
    """Who spoke last before `at`, and how much that weighs here.

    Args:
        begun: the paragraph has a subject of its own, so that who spoke in another counts little.
    """
    when, chain = next(((w, c) for w, c in reversed(memory.spoken[-8:]) if w < at), (at, None))
    if chain is None or chain.kind != "person":
        return None
    apart = scene.layout.paragraph(at) - scene.layout.paragraph(when)
    near = scene.layout.sentence(at) - scene.layout.sentence(when) <= 2
    if apart == 0:
        return chain, 2.0 if near else 1.2
    if apart > 2 or begun:
        return None
    return chain, 0.8 if near else 0.4


def is_sole(scene: Scene, candidate: Candidate, at: int, gender: Gender | None) -> bool:
    """Whether nobody else the word at `at` may mean was named or introduced before it."""
    last = None
    before = bisect_left(scene.seen_starts, at)
    if before > _REACH:
        return False
    for seen in scene.seen[:before]:
        chain = seen.chain
        if chain is candidate.chain:
            last = seen.at
            continue
        person = chain.kind == "person" or (chain.kind == "unknown" and len(chain.words) > 1)
        if scene.is_elsewhere(seen.at) or (person and agrees(chain, gender)):
            return False
    if last is None or at - last > _SOLE_REACH:
        return False
    nouns = scene.titles.people
    words = _LOWER_WORD.findall(scene.text, last, at)
    return not any(w in nouns and nouns[w] in {None, gender} for w in words)


def choose(candidates: Sequence[Candidate], *, sole: bool = False) -> Candidate | None:
    """The clear leader, or None; `sole`: there is nobody else, so that little weight is enough."""
    if not candidates or candidates[0].weight < (LEAST_SOLE if sole else LEAST_WEIGHT):
        return None
    if len(candidates) > 1 and candidates[0].weight - candidates[1].weight < LEAST_LEAD:
        return None
    return candidates[0]


def by_role(
    candidates_from: Sequence[Chain], head: str, modifiers: Sequence[str], scene: Scene
) -> list[Candidate]:
    """Persons of the article to whom a description's noun and words can apply."""
    found = []
    for chain in candidates_from:
        weight = _role_weight(chain, head, modifiers, scene)
        if weight > 0:
            found.append(Candidate(chain, role=weight))
    return found


def _role_weight(chain: Chain, head: str, modifiers: Sequence[str], scene: Scene) -> float:
    titles = scene.titles
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
            if not (role.ended(scene.day) if former else role.held(scene.day)):
                continue
            words = set(role.role.lower().split())
            if words & answers and _fits(role, wanted, titles) and _same_rank(words, modifiers):
                best = max(best, 2.0 + 0.5 * len(wanted))
        held_before = any(
            set(role.role.lower().split()) & answers and not role.held(scene.day)
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
