"""Whom pronouns, relatives, descriptions, plurals and bodies mean: candidates, scores, a choice.

The story up to a source comes in; one chain, or the reason for abstaining, goes out.  A wrong
speaker is worse than none: whoever does not lead clearly is not chosen.  `Bodies` says which
body "the agency" or "the company" is.  `Plurals` says whom "they", "the two" and "it" mean;
for these only what stands right before counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from quotes.people.spelling import Gender, is_given, plain
from quotes.records import Span
from quotes.speakers.chains import Chain
from quotes.speakers.evidence import Asked, rank
from quotes.speakers.names import Name
from quotes.speakers.ranker import Ranker, Ranking
from quotes.speakers.sources import ARTICLES, Source, tokens_of
from quotes.speakers.story import REACH, Answer, Referents, Seen, Story, within

# Set by hand and checked on the 21 labelled PolNeAR dev articles with gold spans (76 of 86
# pronouns right, 9 left open); not swept, so as not to fit them to so few articles.
LEAST_WEIGHT = 1.2
LEAST_LEAD = 0.6
LEAST_SOLE = 0.6
LEAST_LINK = 1.6
LINK_WEIGHT = 2.0
"""Weight of a chain to which all of the reader's links lead.  Pronouns of GAP validation: F1
0.62 at 1.5, 0.63 at 2, 0.65 at 3; at 3 more of the labelled news sources are left open."""

_PRONOUNS_FOLLOWED = 12  # of the story, read before a source: older ones weigh nothing there
_LOWER_WORD = regex.compile(r"(?<![\p{L}\-])\p{Ll}[\p{Ll}\-]*+")
_LONGEST_FRONT = 160  # code points from a pronoun to the comma before the main clause at most
_ALONE_IN_PARAGRAPH = 0.5  # for the only one of the gender named in it, as subject right before
_BY_DISTANCE = (3.2, 2.0, 1.2, 0.8, 0.5, 0.4, 0.3)  # of a subject, by sentences between


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
        return self.subject + self.speaker + self.known + self.often + self.role + self.linked


def resolve_pronoun(
    story: Story, ranker: Ranker, source: Source, content: tuple[Span, ...]
) -> Answer:
    """Whom "he" or "she" means: the clear leader of all who fit, else who is named right after.

    Where the reader has linked the text the rules' choice is one of the ranker's features.
    """
    if source.start in story.followed:
        return story.followed[source.start]
    owner = source.head in {"his", "her", "hers"}
    candidates = weigh(story, source.start, source.gender, content, owner=owner)
    sole = len(candidates) == 1 and _is_sole(story, candidates[0], source)
    best = choose(candidates, LEAST_SOLE if sole else LEAST_WEIGHT)
    ahead = _named_next(story, source, content) if best is None and not candidates else None
    chain = best.chain if best else ahead.chain if ahead else None
    ranking = rank(
        story,
        ranker,
        Asked(
            source.start,
            source.own,
            "pronoun",
            source.gender,
            content,
            owner=owner,
            weights={c.chain: c.weight for c in candidates},
            ruled=chain,
        ),
    )
    if ranking.candidates:
        answer = by_ranking(story, source, ranking, content)
    elif chain is None:
        return Answer(None, why_open(source, candidates))
    elif ahead is not None:
        return Answer(chain, f"“{source.text}”: named right after", ahead.at)
    else:
        nearer = best is None or best.speaker <= best.subject
        why = "is the nearest person who fits" if nearer else "spoke just before"
        via = story.last_seen(chain, source, content)
        answer = Answer(chain, f"“{source.text}”: {chain.name} {why}", via)
    if answer.chain is not None:
        story.pronouns.append(Seen(source.start, answer.chain))
        story.followed[source.start] = answer
    return answer


def by_ranking(
    story: Story, source: Source, ranking: Ranking, content: tuple[Span, ...] = ()
) -> Answer:
    """The answer that the ranker gives, or why it gives none."""
    chain = ranking.chosen
    if chain is None:
        shown = [f"{c.name} ({share:.2f})" for c, share in ranking.candidates[:2] if share >= 0.01]
        one = f"abstained: too little evidence that “{source.text}” is {' or '.join(shown)}"
        several = f"abstained: “{source.text}” could be {' or '.join(shown)}"
        nobody = f"abstained: nobody in the article fits “{source.text}”"
        basis = several if len(shown) > 1 else one if shown else nobody
        return Answer(None, basis, likely=ranking.candidates)
    via = story.last_seen(chain, source, content)
    return Answer(chain, f"“{source.text}”: {ranking.why}", via, likely=ranking.candidates)


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


def choose(candidates: Sequence[Candidate], least: float = LEAST_WEIGHT) -> Candidate | None:
    """The clear leader, or None where nobody leads or has the least weight."""
    if not candidates or candidates[0].weight < least:
        return None
    if len(candidates) > 1 and candidates[0].weight - candidates[1].weight < LEAST_LEAD:
        return None
    return candidates[0]


def why_open(source: Source, candidates: Sequence[Candidate]) -> str:
    """Why nobody is chosen."""
    if not candidates:
        return f"abstained: nobody is named before “{source.text}”"
    if len(candidates) == 1:
        return f"abstained: too little evidence that “{source.text}” is {candidates[0].chain.name}"
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
    found: dict[Chain, Candidate] = {}

    def put(chain: Chain | None, subject: float = 0.0) -> Candidate | None:
        """Count a chain if it is a person of the right gender."""
        if chain is None or chain.kind != "person" or not chain.agrees(gender):
            return None
        counted = found.setdefault(chain, Candidate(chain))
        counted.subject = max(counted.subject, subject)
        counted.often = min(0.6, counted.often + (0.08 if subject else 0.0))
        return counted

    begun = _put_subjects(put, story, at, own)
    put(_named_ahead(story, at), _BY_DISTANCE[0])
    for chain, share in story.links.meant(words or Span(at, at + 1)).items():
        if linked := put(chain):
            linked.linked = LINK_WEIGHT * share
    last, speaker = _last_speaker(story, at, begun=begun)
    if spoke := put(last):
        spoke.speaker = speaker * (0.5 if owner else 1.0)
    inside = {seen.chain for span in own for seen in story.seen_in(span)}
    for chain, candidate in found.items():
        nameless = chain.sort is not None or is_given(chain.words[0])
        candidate.known = 0.4 if chain.gender else 0.0 if nameless else -0.5
        candidate.known -= chain in inside
    return sorted(found.values(), key=lambda c: (-c.weight, c.chain.first))


def _put_subjects(
    put: Callable[[Chain, float], Candidate | None], story: Story, at: int, own: tuple[Span, ...]
) -> bool:
    """Count who was named before `at`; whether its paragraph has a subject of its own."""
    here, paragraph = story.layout.sentence(at), story.layout.paragraph(at)
    begun = False
    opening: dict[Chain, Candidate] = {}
    nearest = 0.0
    for seen in [*story.before(at, own), *(s for s in story.pronouns[-6:] if s.at < at)]:
        distance = here - story.layout.sentence(seen.at)
        if distance >= len(_BY_DISTANCE):
            continue
        apart = paragraph - story.layout.paragraph(seen.at)
        begun = begun or (apart == 0 and seen.weight > 0.8)
        weight = seen.weight * _BY_DISTANCE[max(0, distance)] - 0.25 * min(3, apart)
        counted = put(seen.chain, max(0.05, weight))
        if counted and apart == 0 and seen.weight > 0.1:
            opening[seen.chain] = counted
            nearest = max(nearest, seen.weight if distance <= 1 else 0.0)
    if len(opening) == 1 and nearest > 0.8:
        next(iter(opening.values())).subject += _ALONE_IN_PARAGRAPH
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


def _named_next(story: Story, source: Source, own: tuple[Span, ...]) -> Seen | None:
    """Whom a text that opens with a pronoun names next, within the next two sentences."""
    place = bisect_left(story.seen_starts, source.start)
    near = story.seen[place : place + REACH]
    seen = next((s for s in near if s.weight > 0.1 and not within(s.at, own)), None)
    if seen is None or seen.chain.kind != "person" or not seen.chain.agrees(source.gender):
        return None
    here = story.layout.sentence(source.start)
    soon = story.layout.sentence(seen.at) - here <= 2 and not story.is_elsewhere(seen.at)
    return seen if soon and seen.weight > 0.8 else None


def _last_speaker(story: Story, at: int, *, begun: bool) -> tuple[Chain | None, float]:
    """Who spoke last before `at`, and how much that weighs here.

    In a paragraph that has `begun` with a subject of its own who spoke in another counts little.
    """
    when, chain = next(((w, c) for w, c in reversed(story.spoken[-8:]) if w < at), (at, None))
    apart = story.layout.paragraph(at) - story.layout.paragraph(when)
    near = story.layout.sentence(at) - story.layout.sentence(when) <= 2
    if apart == 0:
        return chain, 2.0 if near else 1.2
    return (None, 0.0) if apart > 2 or begun else (chain, 0.8 if near else 0.4)


def _is_sole(story: Story, candidate: Candidate, source: Source) -> bool:
    """Whether nobody else a pronoun may mean was named or introduced before it."""
    before = bisect_left(story.seen_starts, source.start)
    named = story.seen[:before] if before <= REACH else []
    own = [seen.at for seen in named if seen.chain is candidate.chain]
    if not own:
        return False
    for seen in named:
        chain = seen.chain
        person = chain.kind == "person" or (chain.kind == "unknown" and len(chain.words) > 1)
        other = chain is not candidate.chain and person and chain.agrees(source.gender)
        if other or story.is_elsewhere(seen.at):
            return False
    nouns = story.titles.people
    words = _LOWER_WORD.findall(story.text, own[-1], source.start)
    return not any(w in nouns and nouns[w] in {None, source.gender} for w in words)


def by_role(story: Story, source: Source, persons: Sequence[Chain]) -> list[Candidate]:
    """Those of some persons to whom a description's noun and words can apply."""
    return [
        Candidate(chain, role=weight)
        for chain in persons
        if (weight := _role_weight(chain, source, story)) > 0 and chain.agrees(source.gender)
    ]


def _role_weight(chain: Chain, source: Source, story: Story) -> float:
    titles, head, modifiers = story.titles, source.head, source.modifiers
    answers = titles.answers.get(head, frozenset({head}))
    former = bool({"former", "ex", "onetime", "then"} & set(modifiers))
    objects = {word for office_object in titles.office_objects for word in office_object}
    telling = (titles.belongs, titles.places, _KINDS, objects - {"the"})
    wanted = [word for word in modifiers if any(word in words for words in telling)]
    roles = chain.person.roles if chain.person else ()
    held_before = False
    for role in roles:
        words = set(role.role.lower().split())
        held = role.held(story.day)
        text = f"{role.role} {role.of or ''}".lower()
        fits = words & answers and all(titles.belongs.get(w, w).lower() in text for w in wanted)
        ranked = fits and _same_rank(words, modifiers)
        if ranked and (role.ended(story.day) if former else held):
            return 2.0 + 0.5 * len(wanted)
        held_before = held_before or bool(words & answers and not held)
    if (held_before and not former) or not chain.roles & answers:
        return 0.0
    if not _same_rank(chain.roles, modifiers) or ("former" in chain.roles) != former:
        return 0.0
    beside = [{word, titles.belongs.get(word, word).lower()} & chain.roles for word in wanted]
    missing = sum(not known for known in beside)
    return 1.6 + 0.5 * (len(wanted) - missing) - 0.8 * missing


_RANKS = frozenset({"vice", "deputy", "assistant", "vice-presidential"})


def _same_rank(words: set[str], modifiers: Sequence[str]) -> bool:
    """Whether a vice president is asked for where one is known, and no other."""
    return bool(words & _RANKS) == bool(_RANKS & set(modifiers))


_KINDS = frozenset(
    {"vice", "presidential", "prime", "foreign", "defense", "treasury", "press", "first"}
)


# Relatives: what "who", "which" and "that" follow.

OF_THINGS = frozenset({"which", "that"})
"""Relatives of bodies and texts; "who" is of persons."""

_NOUN_REACH, _LONGEST_NOUN = 80, 9  # code points and words of a noun phrase before a relative
_INSIDE = frozenset({"of", "in", "on", "at", "from"})  # a noun phrase: "voters in Ohio who"
_RELATIVE_GAP = regex.compile(
    r"(?:\s*\([^()]{0,40}\))?"
    r"(?:, (?:\d|of |from |the |an? |his |her |now |then |\p{Lu})[^,]{0,60}){0,3}"
    r"(?:(?:,| [—–-]{1,2})?\s+| \()"
)
_INDEFINITE = regex.compile(r"\b[Aa]n? (?:\p{Ll}[\p{Ll}\-]* )*\Z")


def name_before(story: Story, source: Source) -> Name | None:
    """The joined name right in front of a relative, over a short apposition."""
    chains, text = story.chains, story.text
    last = bisect_right(chains.starts, source.start - 1) - 1
    for name in reversed(chains.names[max(0, last - 2) : last + 1]):
        gap = text[name.end : source.start]
        if "\n" in gap or len(gap) > 120:
            return None
        chain = chains.of.get(name.start)
        if chain is None or name.possessive or not _RELATIVE_GAP.fullmatch(gap):
            continue
        noun = len(name.words) == 1 and name.text.isupper()  # "a super PAC"
        if noun and _INDEFINITE.search(text[max(0, name.start - 40) : name.start]):
            continue
        if (source.head in OF_THINGS) != (chain.kind == "person"):
            return name
    return None


LINKED, SURELY_LINKED = 0.5, 0.8
"""Shares of the reader's links to one chain that are enough by themselves: of "it", of others."""


def linked(story: Story, own: Span, least: float, *, thing: bool) -> Chain | None:
    """The person, or the body, that some words mean by the reader's links alone."""
    shares = story.links.meant(own)
    best = max(shares, key=lambda chain: (shares[chain], -chain.first), default=None)
    if best is None or shares[best] < least or best.sort is not None:
        return None
    return best if best.kind in ({"organisation", "unknown"} if thing else {"person"}) else None


def noun_before(story: Story, at: int) -> Span | None:
    """The noun phrase that ends right before an offset, over a comma.

    Without an article it begins at its plural noun for people: what is before may be a verb.
    """
    line = story.text.rfind("\n", 0, at) + 1
    tokens = list(tokens_of(story.text, Span(max(line, at - _NOUN_REACH), at)))
    if tokens and tokens[-1].text == ",":
        tokens.pop()
    titles = story.titles
    parting = (titles.prepositions, titles.clauses, titles.openers, titles.finite)
    start = None
    for token in reversed(tokens[-_LONGEST_NOUN:]):
        if token.lower in ARTICLES or token.lower in titles.quantifiers:
            return Span(token.start, tokens[-1].end)
        inside = token.lower in _INSIDE or not any(token.lower in words for words in parting)
        if not token.text[0].isalnum() or not inside:
            break
        if token.lower in titles.groups:
            start = token.start
    return Span(start, tokens[-1].end) if start is not None else None


# Which body a common noun means.

MOST_CHAINS = 500
"""Chains looked back over: more than any article has."""

_PARAGRAPHS_AHEAD = 2  # how soon a firm must be named that a lead calls "the company" before


class Bodies:
    """The bodies of one article that common nouns name, and those they may stand for.

    Those whose names are descriptions are `described`, by their folded names.
    """

    def __init__(self, story: Story) -> None:
        """Begin with the bodies that the story names."""
        self.story, self.titles = story, story.titles
        self.described: dict[str, Chain] = {}

    def called(self, name: str, source: Source) -> Chain:
        """The body that goes by a description, new or met before."""
        chain = self.described.get(plain(name))
        if chain is None:
            words = tuple(name.split())
            chain = Chain(words, "organisation", source.own.start, end=source.own.end)
            self.described[plain(name)] = chain
        first, _, rest = source.text.partition(" ")
        article = rest and first.lower() in {"the", "a", "an", "this"}
        chain.aliases.add(rest if article else source.text)
        return chain

    def meant(self, source: Source) -> Chain | None:
        """The one body that a definite description means."""
        known = self.described.get(plain(source.body))
        if known is not None:
            return known
        if self.titles.vague & set(source.modifiers):
            return None
        wanted = {source.head, *source.modifiers}
        fitting = [
            chain
            for chain in self._bodies()
            if chain.first < source.start
            and wanted <= chain.roles.union(word.lower() for word in chain.words)
        ]
        if len(fitting) > 1 and not source.modifiers:
            spoken = (chain for _, chain in self.story.spoken[-MOST_CHAINS:])
            fitting = [chain for chain in spoken if chain in fitting][-1:]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
        return self._seat(source) or self._only_firm(source)

    def _bodies(self) -> list[Chain]:
        named = [c for c in self.story.chains.all[-MOST_CHAINS:] if c.kind == "organisation"]
        return [*named, *self.described.values()]

    def _seat(self, source: Source) -> Chain | None:
        """ "the ministry": that of the only minister here."""
        office = self.titles.seats.get(source.head)
        if office is None or source.modifiers:
            return None
        names = []
        for chain in self.story.chains.all[-MOST_CHAINS:]:
            *field_words, last = (chain.role or "").split() or [""]
            if last.lower() == office and field_words and field_words[-1].lower() != "prime":
                noun = source.head.capitalize() if last[0].isupper() else source.head
                names.append(" ".join([*field_words, noun]))
        return self.called(names[0], source) if len(names) == 1 else None

    def _only_firm(self, source: Source) -> Chain | None:
        """ "the company": the only firm of the article, if it may have no other."""
        if source.head not in self.titles.firms:
            return None
        firms = [c for c in self._bodies() if self._is_firm(c)]
        if len(firms) != 1 or self._rivals(source.start):
            return None
        layout = self.story.layout
        ahead = layout.paragraph(firms[0].first) - layout.paragraph(source.start)
        return firms[0] if ahead <= _PARAGRAPHS_AHEAD else None

    def _is_firm(self, chain: Chain) -> bool:
        last = chain.words[-1].lower().strip(".")
        return "&" in chain.words or last in self.titles.companies | self.titles.firms

    def _rivals(self, before: int) -> bool:
        """Whether names that may be a firm's, though nothing says so, stand before an offset."""
        for chain in self._bodies():
            words = {word.lower() for word in chain.words}
            plainly = words & self.titles.body_heads or chain.roles & self.titles.body_nouns
            if chain.first < before and not plainly and not self._is_firm(chain):
                return True
        seen = self.story.seen[: bisect_left(self.story.seen_starts, before)]
        unknown = [s for s in seen[-MOST_CHAINS:] if s.chain.kind == "unknown"]
        told = self.titles.people.keys()
        acting = {
            s.chain
            for s in unknown
            if s.weight > 0.8
            and (
                not self.titles.firms.isdisjoint(s.chain.roles)
                or not (s.chain.roles & self.titles.body_nouns or s.chain.roles & told)
            )
        }
        opening = set(self.story.layout.sentences)
        return any(s.chain in acting and s.at not in opening for s in unknown)


# Plurals and "it".

_NEAR_SENTENCES = 2  # how many sentences back "they" may reach to who spoke last
_LEAST_LINKED = 0.6  # the share of the reader's links that is enough by itself


def _is_many(chain: Chain) -> bool:
    return chain.kind == "organisation" or chain.sort == "group"


def _is_thing(chain: Chain) -> bool:
    return chain.kind == "organisation" or chain.sort == "document"


class Plurals:
    """What plural and neuter words of one article may mean, and where that was spoken of."""

    def __init__(self, story: Story, referents: Referents) -> None:
        """Look for them in a story."""
        self.story, self.referents, self.layout = story, referents, story.layout

    def they(self, source: Source) -> Seen | None:
        """The group, body or persons that "they" means."""
        at = source.own.start
        shares = self.story.links.meant(source.own)
        best = max(shares, key=lambda chain: (shares[chain], -chain.first), default=None)
        if best and shares[best] >= _LEAST_LINKED and (_is_many(best) or _is_thing(best)):
            return Seen(best.first, best)
        said = self._last_spoken(at, _is_many)
        if said:
            return said
        found = [found for found in (self._pair(source), self._body(at)) if found is not None]
        nearest = max(found, key=lambda meant: meant.at, default=None)
        if nearest is None:
            return None
        groups = (
            word.group() in self.story.titles.groups and not self.layout.is_quoted(word.start())
            for word in _LOWER_WORD.finditer(self.story.text, nearest.at, at)
        )
        return None if any(groups) else nearest

    def it(self, source: Source, *, far: int = 1) -> Seen | None:
        """The body or text that "it" means; who spoke may be `far` paragraphs back."""
        at = source.own.start
        for when, chain in reversed(self.story.spoken[-4:]):
            apart = self.layout.paragraph(at) - self.layout.paragraph(when)
            if chain is not None and apart <= far and _is_thing(chain):
                return Seen(when, chain)
            if chain is None or apart > 0:
                break
        return self._body(at)

    def two(self, source: Source) -> Seen | None:
        """The two persons that "the two" means: who spoke together or stand together."""
        at = source.own.start
        spoken = self._last_spoken(at, lambda chain: len(chain.members) == 2)
        before = [s for s in self._before(at) if self._apart(at, s.at) == 1]
        return spoken or self._pair(source) or self._together(before, source)

    def _last_spoken(self, at: int, fits: Callable[[Chain], bool]) -> Seen | None:
        when, chain = self.story.spoken[-1] if self.story.spoken else (at, None)
        apart = self.layout.paragraph(at) - self.layout.paragraph(when)
        near = apart <= 1 and self._apart(at, when) <= _NEAR_SENTENCES
        return Seen(when, chain) if chain and near and fits(chain) else None

    def _apart(self, at: int, before: int) -> int:
        return self.layout.sentence(at) - self.layout.sentence(before)

    def _body(self, at: int) -> Seen | None:
        """The one body named as a subject in this paragraph, in this sentence or the last."""
        place = bisect_left(self.story.bodies, at, key=lambda seen: seen.at)
        subjects = [
            seen
            for seen in reversed(self.story.bodies[max(0, place - 8) : place])
            if self.layout.paragraph(seen.at) == self.layout.paragraph(at)
            and self._apart(at, seen.at) <= 1
            and seen.weight > 0.8
        ]
        return subjects[0] if len({seen.chain for seen in subjects}) == 1 else None

    def _pair(self, source: Source) -> Seen | None:
        """Two persons joined by "and" in this sentence or the last."""
        for left, right in reversed(list(pairwise(self._before(source.own.start)))):
            if self.story.text[left.at : right.at].rstrip().endswith(" and"):
                return self._together([left, right], source)
        return None

    def _before(self, at: int) -> list[Seen]:
        """Persons named in this sentence or the last, outside quotation marks."""
        place = bisect_left(self.story.seen_starts, at)
        return [
            seen
            for seen in self.story.seen[max(0, place - 12) : place]
            if seen.chain.kind == "person"
            and seen.weight > 0.3
            and self._apart(at, seen.at) <= 1
            and not self.story.is_elsewhere(seen.at)
        ]

    def _together(self, seen: Sequence[Seen], source: Source) -> Seen | None:
        """The two whom some names name, if it is two."""
        chains = list(dict.fromkeys(each.chain for each in seen))
        if len(chains) != 2:
            return None
        return Seen(max(each.at for each in seen), self.referents.together(chains, source))
