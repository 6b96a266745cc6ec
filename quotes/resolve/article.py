"""One article: every quotation gets its speaker, or the reason why it has none."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from quotes.lexicon.given_names import Gender, plain
from quotes.lexicon.people import People, surname_of
from quotes.lexicon.titles import Titles
from quotes.records import (
    AnnotatedArticle,
    Entity,
    Mention,
    Quotation,
    Region,
    Span,
    Speaker,
    SpeakerKind,
)
from quotes.resolve.antecedents import (
    Candidate,
    Memory,
    Seen,
    agrees,
    build_layout,
    build_scene,
    by_role,
    choose,
    is_sole,
    weigh,
)
from quotes.resolve.bodies import Bodies
from quotes.resolve.chains import Chain, build_chains
from quotes.resolve.names import find_names, slug
from quotes.resolve.sources import Source, read_source

_MOST_CHAINS = 500
"""Chains and speakers looked back over: more than any article has."""

_PRONOUNS_FOLLOWED = 12
"""Pronouns of the story read before a source: older ones weigh nothing there."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A chain, or none, and why."""

    chain: Chain | None
    basis: str


def resolve_article(
    annotated: AnnotatedArticle,
    quotations: Sequence[Quotation],
    *,
    people: People,
    titles: Titles,
    mentions: Sequence[Mention] = (),
) -> tuple[tuple[Quotation, ...], tuple[Entity, ...]]:
    """Give each quotation its speaker and the basis, and list the entities that speak.

    Args:
        quotations: of this article, in any order; their order is kept.
        mentions: what the reader found of the article's names, roles and pronouns, if it did.

    Returns:
        The quotations with `speaker` and `speaker_basis` set, and the speaking entities,
        sorted by id; ids are slugs of the names, so that one known person has one id in
        every article.
    """
    if not quotations:
        return (), ()
    resolver = _Resolver(annotated, people, titles)
    order = sorted(range(len(quotations)), key=lambda i: (_anchor(quotations[i]), quotations[i].id))
    answers: dict[int, _Answer] = {}
    for i in order:
        answers[i] = resolver.resolve(quotations[i])
    entities = _entities([answer.chain for answer in answers.values() if answer.chain])
    resolved = []
    for i, quotation in enumerate(quotations):
        answer = answers[i]
        entity = entities.get(id(answer.chain)) if answer.chain else None
        speaker = Speaker(entity.id, entity.name, entity.kind) if entity else None
        resolved.append(replace(quotation, speaker=speaker, speaker_basis=answer.basis))
    unique = {entity.id: entity for entity in entities.values()}
    return tuple(resolved), tuple(unique[key] for key in sorted(unique))


def _anchor(quotation: Quotation) -> int:
    return (quotation.source or quotation.cue or quotation.content)[0].start


_FREE_PRONOUN = regex.compile(r"(?<![\p{L}’'])([Hh]e|[Ss]he)(?![\p{L}’'])")


class _Resolver:
    """State of one article's pass, in text order."""

    def __init__(self, annotated: AnnotatedArticle, people: People, titles: Titles) -> None:
        article = annotated.article
        self.text, self.day, self.titles = article.text, article.published, titles
        self.regions = annotated.regions
        names = find_names(self.text, titles, people)
        self.chains = build_chains(
            self.text, names, people=people, titles=titles, day=article.published
        )
        layout = build_layout(self.text, annotated.sentences)
        self.scene = build_scene(
            self.text, self.chains, layout, titles=titles, day=article.published
        )
        asides = [r.span for r in annotated.regions if r.kind in _ASIDES]
        self.scene.seen = [s for s in self.scene.seen if not _within(s.at, asides)]
        self.scene.seen_starts = [s.at for s in self.scene.seen]
        self.scene.teasers = [r.span for r in annotated.regions if r.kind == "teaser"]
        self.in_teaser = False
        self.memory = Memory()
        self.bodies = Bodies(self.scene)
        self.free = [(m.start(), m.group(1)) for m in _FREE_PRONOUN.finditer(self.text)]
        self.free_at = 0
        self.followed: dict[int, _Answer] = {}
        self.contents: list[tuple[int, int, Chain | None]] = []

    def resolve(self, quotation: Quotation) -> _Answer:
        """The speaker of the next quotation in text order."""
        anchor = _anchor(quotation)
        self._enter_region(anchor)
        self._read_pronouns_before(anchor)
        first = quotation.source[0] if quotation.source else None
        names = self.chains.between(first.start, first.end) if first else ()
        source = read_source(self.text, quotation.source, names, self.titles)
        answer = self._answer(source, quotation)
        if source.form != "none":
            self.memory.spoken.append((anchor, answer.chain))
        self.contents.append((quotation.content[0].start, quotation.content[-1].end, answer.chain))
        return answer

    def _enter_region(self, at: int) -> None:
        """Keep to the region an offset lies in: a teaser's "he" is nobody of the story."""
        region = next((r for r in self.regions if r.span.start <= at < r.span.end), None)
        self.in_teaser = region is not None and region.kind == "teaser"
        bounds = _bounds(region, len(self.text))
        if bounds != self.scene.bounds:
            self.scene.bounds = bounds
            self.memory.spoken.clear()
            self.memory.pronouns.clear()

    def _read_pronouns_before(self, at: int) -> None:
        """Follow "he" and "she" of the story up to an offset: they keep their man in mind."""
        last = bisect_left(self.free, (at, ""))
        first, self.free_at = max(self.free_at, last - _PRONOUNS_FOLLOWED), last
        for start, word in self.free[first:last]:
            hidden = self.scene.is_elsewhere(start) or self.scene.layout.is_quoted(start)
            if hidden:
                continue
            gender: Gender = "male" if word.lower() == "he" else "female"
            best = choose(weigh(self.scene, self.memory, start, gender))
            if best is not None:
                self.memory.pronouns.append(Seen(start, best.chain, 0.9))

    def _answer(self, source: Source, quotation: Quotation) -> _Answer:
        match source.form:
            case "name":
                return self._by_name(source)
            case "body":
                return self._by_body(source)
            case "pronoun":
                return self._by_pronoun(source, quotation)
            case "relative":
                return self._by_relative(source)
            case "it" | "they":
                return self._by_last_body(source)
            case "again":
                return self._by_kind_of_body(source)
            case "first":
                return self._by_enclosing(source)
            case "description":
                return self._by_description(source, quotation)
            case "document":
                return self._by_document(source)
            case _:
                return _Answer(None, _WHY_NOBODY[source.form].format(source.text))

    def _by_name(self, source: Source) -> _Answer:
        name = source.name
        if name is None:
            return _Answer(None, f"abstained: no name found in “{source.text}”")
        chain = self.chains.of.get(name.start)
        if chain is None:
            several = self.chains.several.get(name.start, ())
            if several:
                who = " or ".join(c.name for c in several)
                return _Answer(None, f"abstained: “{name.text}” could be {who}")
            return _Answer(None, f"abstained: “{name.text}” is no known name here")
        if chain.kind != "person" and self._is_bracketed(source):
            return _Answer(None, f"a credit: “({source.text})”")
        if source.gender:
            chain.told.add(source.gender)
        if chain.kind == "unknown":
            chain.kind = "organisation" if source.modifiers[:1] == ("the",) else "person"
        return _Answer(chain, self._name_basis(source, chain))

    def _is_bracketed(self, source: Source) -> bool:
        """Whether a source fills a pair of brackets: "KYIV (Reuters) -"."""
        end = source.start + len(source.text)
        return self.text.endswith("(", 0, source.start) and self.text.startswith(")", end)

    def _name_basis(self, source: Source, chain: Chain) -> str:
        assert source.name is not None
        written = source.name.text
        if plain(written) == plain(chain.name):
            return "named in full at the source" if " " in written else "named at the source"
        if " " in chain.name and chain.first != source.name.start and chain.full:
            return f"“{written}” is {chain.name} (first named at {chain.first})"
        return f"“{written}” is {chain.name}" + (" (people file)" if chain.person else "")

    def _by_body(self, source: Source) -> _Answer:
        """A body named by a common noun and what stands before it."""
        owner: Chain | None = None
        if source.owner:
            owner = self._owner(source)
            if owner is None:
                return _Answer(None, f"abstained: whose “{source.text}” is unclear")
        elif source.owner_name is not None:
            owner = self.chains.of.get(source.owner_name.start)
        name = source.body
        if owner is not None and owner.kind == "person":
            office = source.head in self.titles.owned_by_name
            name = f"{owner.name}’s" if office else surname_of(owner.name)
            name = f"{name} {source.head}"
            known = plain(name) in self.bodies.described or source.head in self.titles.owned
            if source.owner and not known:
                return _Answer(None, f"abstained: “{source.text}” has no name here")
        chain = self.bodies.called(name, source)
        return _Answer(chain, "named at the source" if not source.owner else f"“{source.text}”")

    def _owner(self, source: Source) -> Chain | None:
        gender: Gender | None = {"his": "male", "her": "female"}.get(source.owner or "")  # type: ignore[assignment]
        if gender is None:
            return None
        best = choose(weigh(self.scene, self.memory, source.start, gender))
        return best.chain if best else None

    def _by_pronoun(self, source: Source, quotation: Quotation) -> _Answer:
        if source.start in self.followed:
            return self.followed[source.start]
        candidates = weigh(
            self.scene,
            self.memory,
            source.start,
            source.gender,
            quotation.content,
            owner=source.head in {"his", "her", "hers"},
        )
        alone = len(candidates) == 1
        sole = alone and is_sole(self.scene, candidates[0], source.start, source.gender)
        best = choose(candidates, sole=sole)
        if best is None:
            return _Answer(None, _why_open(source, candidates))
        self.memory.pronouns.append(Seen(source.start, best.chain, 1.0))
        answer = _Answer(best.chain, _pronoun_basis(source, best))
        self.followed[source.start] = answer
        return answer

    def _by_relative(self, source: Source) -> _Answer:
        """ "who" and "which": the name right in front, over a short apposition."""
        if source.head == "that":
            return _Answer(None, "abstained: “that” names nobody")
        starts = self.chains.starts
        last = bisect_right(starts, source.start - 1) - 1
        for name in reversed(self.chains.names[max(0, last - 2) : last + 1]):
            gap = self.text[name.end : source.start]
            if "\n" in gap or len(gap) > 120 or name.possessive:
                break
            if _RELATIVE_GAP.fullmatch(gap):
                chain = self.chains.of.get(name.start)
                if chain is None or (source.head == "which") == (chain.kind == "person"):
                    continue
                return _Answer(chain, f"“{source.text}” follows “{name.text}”")
        return _Answer(None, f"abstained: “{source.text}” follows no clear name")

    def _by_last_body(self, source: Source) -> _Answer:
        """ "it", "the group": the body that spoke last, if the last speaker was one."""
        when, last = self.memory.spoken[-1] if self.memory.spoken else (0, None)
        if last is not None and last.kind == "organisation":
            layout = self.scene.layout
            apart = layout.paragraph(source.start) - layout.paragraph(when)
            if apart <= 1 + (source.form == "again"):
                return _Answer(last, f"“{source.text}”: the body that spoke just before")
        return _Answer(None, f"abstained: what “{source.text}” stands for is unclear")

    def _by_kind_of_body(self, source: Source) -> _Answer:
        """ "the network", "the state power company"."""
        if source.head in self.titles.body_general and not source.modifiers:
            return self._by_last_body(source)
        spoken = [chain for _, chain in self.memory.spoken[-_MOST_CHAINS:]]
        chain = self.bodies.meant(source, spoken)
        if chain is None:
            return _Answer(None, f"abstained: what “{source.text}” stands for is unclear")
        if plain(source.body) == plain(chain.name):
            return _Answer(chain, "named at the source")
        return _Answer(chain, f"“{source.text}”: the one so called here")

    def _by_enclosing(self, source: Source) -> _Answer:
        """ "I": whoever speaks the words it stands in."""
        for start, end, chain in reversed(self.contents[-8:]):
            if start <= source.start < end and chain is not None:
                return _Answer(chain, "speaks of himself or herself in quoted words")
        return _Answer(None, "the writer speaks")

    def _by_document(self, source: Source) -> _Answer:
        if source.name is None:
            return _Answer(None, f"a text speaks: “{source.text}”")
        chain = self.chains.of.get(source.name.start)
        return _Answer(chain, f"issued “{source.head}”" if chain else "a text speaks")

    def _by_description(self, source: Source, quotation: Quotation) -> _Answer:
        persons = [c for c in self.chains.all[-_MOST_CHAINS:] if c.kind in {"person", "unknown"}]
        fitting = [
            c
            for c in by_role(persons, source.head, source.modifiers, self.scene)
            if agrees(c.chain, source.gender)
        ]
        near = {
            id(c.chain): c
            for c in weigh(self.scene, self.memory, source.start, source.gender, quotation.content)
        }
        if self.in_teaser:
            fitting = [c for c in fitting if id(c.chain) in near]
        if not fitting:
            return _Answer(None, f"abstained: nobody here is known as “{source.text}”")
        ranked = sorted(
            (_with_nearness(c, near.get(id(c.chain))) for c in fitting),
            key=lambda c: (-c.weight, c.chain.first),
        )
        if len(ranked) > 1 and ranked[0].weight - ranked[1].weight < 0.6:
            return _Answer(None, _why_open(source, ranked))
        return _Answer(ranked[0].chain, f"“{source.text}”: the one who fits by office")


def _with_nearness(candidate: Candidate, near: Candidate | None) -> Candidate:
    if near is None:
        return candidate
    return replace(candidate, subject=0.5 * near.subject, speaker=0.5 * near.speaker)


_RELATIVE_GAP = regex.compile(
    r"(?:\s*\([^()]{0,40}\))?"
    r"(?:, (?:\d|of |from |the |an? |his |her |now |then |\p{Lu})[^,]{0,60}){0,3}"
    r"(?:,| [—–-]{1,2})?\s+"
)

_WHY_NOBODY = {
    "none": "no source in the text",
    "second": "addressed to the reader",
    "unnamed": "unnamed source: “{}”",
    "group": "a group: “{}”",
    "several": "several speakers: “{}”",
    "unclear": "abstained: “{}” names nobody known",
}


_ASIDES = frozenset({"boilerplate", "byline", "caption"})
"""Kinds of regions whose people are nobody's "he" or "she"."""


def _within(at: int, spans: Sequence[Span]) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _bounds(region: Region | None, length: int) -> tuple[int, int]:
    if region is not None and region.kind == "teaser":
        return region.span.start, region.span.end
    return 0, length


def _why_open(source: Source, candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return f"abstained: nobody named before “{source.text}”"
    if len(candidates) == 1:
        return f"abstained: too little says that “{source.text}” is {candidates[0].chain.name}"
    who = " or ".join(c.chain.name for c in candidates[:2])
    return f"abstained: “{source.text}” could be {who}"


def _pronoun_basis(source: Source, best: Candidate) -> str:
    if best.speaker > best.subject:
        return f"“{source.text}”: {best.chain.name} spoke just before"
    return f"“{source.text}”: {best.chain.name} is the nearest who fits"


def _entities(chains: Sequence[Chain]) -> dict[int, Entity]:
    entities: dict[int, Entity] = {}
    taken: dict[str, Chain] = {}
    for chain in sorted(chains, key=lambda c: c.first):
        if id(chain) in entities:
            continue
        key, number = slug(chain.name), 1
        while taken.setdefault(key, chain) is not chain:
            number += 1
            key = f"{slug(chain.name)}-{number}"
        entities[id(chain)] = Entity(
            id=key,
            name=chain.name,
            kind=_speaker_kind(chain),
            aliases=tuple(sorted(chain.aliases)),
            role=chain.role,
            wikidata=chain.person.wikidata if chain.person else None,
        )
    return entities


def _speaker_kind(chain: Chain) -> SpeakerKind:
    return "organisation" if chain.kind in {"organisation", "place"} else "person"
