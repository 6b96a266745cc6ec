"""One article: every quotation gets its speaker, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import regex

from quotes.people.known import People
from quotes.people.persons import surname_of
from quotes.people.spelling import Gender, plain
from quotes.people.titles import Titles
from quotes.records import AnnotatedArticle, Entity, Mention, Quotation, Span, SpeakerKind
from quotes.speakers import antecedents
from quotes.speakers.chains import Chain, entities_of, speaker_of, way
from quotes.speakers.evidence import Asked, rank
from quotes.speakers.names import Name
from quotes.speakers.onward import Onward
from quotes.speakers.ranker import Ranker, load_ranker
from quotes.speakers.sources import Source, read_source
from quotes.speakers.story import Answer, Referents, Seen, Story


def resolve_article(
    annotated: AnnotatedArticle,
    quotations: Sequence[Quotation],
    *,
    people: People,
    titles: Titles,
    mentions: Sequence[Mention] = (),
    ranker: Ranker | None = None,
) -> tuple[tuple[Quotation, ...], tuple[Entity, ...]]:
    """Give each quotation its speaker or referent and the basis, and list who they are.

    Args:
        quotations: of this article, in any order; their order is kept.
        mentions: what the reader found of the article's names, roles and pronouns, if it did.
        ranker: other weights than the shipped ones.

    Returns:
        The quotations with `speaker` or `referent`, `speaker_basis`, `chain` and `members`
        set, and the entities among these, sorted by id; ids are slugs of the names, so that
        one known person has one id in every article.
    """
    if not quotations:
        return (), ()
    story = Story(annotated, people, titles, mentions)
    resolver = _Resolver(story, annotated, ranker or load_ranker())
    order = sorted(range(len(quotations)), key=lambda i: (_anchor(quotations[i]), quotations[i].id))
    answers = {i: resolver.resolve(quotations[i]) for i in order}
    entities = entities_of(a.chain for a in answers.values() if a.chain is not None)
    resolved = tuple(_filled(q, answers[i], entities) for i, q in enumerate(quotations))
    return resolved, tuple(sorted(entities.values(), key=lambda entity: entity.id))


def _filled(quotation: Quotation, answer: Answer, entities: Mapping[Chain, Entity]) -> Quotation:
    if answer.chain is None:
        return replace(quotation, speaker=None, speaker_basis=answer.basis)
    who = speaker_of(entities[answer.chain])
    named = answer.chain.sort is None
    return replace(
        quotation,
        speaker=who if named else None,
        referent=None if named else who,
        speaker_basis=answer.basis,
        chain=answer.way,
        members=tuple(speaker_of(entities[member]) for member in answer.chain.members),
    )


def _anchor(quotation: Quotation) -> int:
    return (quotation.source or quotation.cue or quotation.content)[0].start


_OWNERS: Mapping[str, Gender] = {"his": "male", "her": "female"}
_TWO = frozenset({"two", "pair", "couple", "both"})
_BY_FILE = "held that office then (people file)"
_FAR = 4000  # code points looked back for a man or woman introduced without a name

_DATELINE = regex.compile(r"\p{Lu}{2}[\p{Lu}\p{L}\p{N}., ]{1,50}[,/–—-] ?")
_DASH = regex.compile(r" ?(?:—|–|--|-|/)")


class _Resolver:
    """The answers of one article's pass, in text order."""

    def __init__(self, story: Story, annotated: AnnotatedArticle, ranker: Ranker) -> None:
        self.story, self.ranker, self.onward = story, ranker, Onward(story, annotated)
        self.text, self.titles, self.chains = story.text, story.titles, story.chains
        self.referents, self.bodies = Referents(), antecedents.Bodies(story)
        self.plurals = antecedents.Plurals(story, self.referents)
        self.holders: list[Chain] = []

    def resolve(self, quotation: Quotation) -> Answer:
        """The speaker of the next quotation in text order."""
        anchor = _anchor(quotation)
        self.story.enter_region(anchor)
        antecedents.follow_pronouns(self.story, anchor)
        first = quotation.source[0] if quotation.source else None
        names = self.chains.between(first.start, first.end) if first else ()
        source = read_source(self.text, quotation.source, names, self.titles)
        answer = self._answer(source, quotation)
        if source.form != "none":
            self.story.remember(source, anchor, answer)
        if answer.chain is not None and source.form != "none":
            answer = replace(answer, way=way(source.own, answer.via, answer.chain, self.chains))
        self.onward.remember(quotation, answer.chain)
        content = Span(quotation.content[0].start, quotation.content[-1].end)
        self.story.contents.append((content, answer.chain, self.story.hearer(quotation)))
        return answer

    def _answer(self, source: Source, quotation: Quotation) -> Answer:
        """By what kind of words a source is, of some kinds also by where the quotation stands."""
        by_words: dict[str, Callable[[Source], Answer]] = {
            "name": self._by_name,
            "it": self._by_it,
            "they": lambda they: _just_before(they, self.plurals.they(they)),
            "body": self._by_body,
            "again": self._by_kind_of_body,
            "first": self._by_words_around,
            "second": self._by_words_around,
            "group": self._by_group,
        }
        by_place: dict[str, Callable[[Source, Quotation], Answer]] = {
            "relative": self._by_relative,
            "description": self._by_description,
            "several": self._by_members,
            "document": self._by_document,
        }
        if self.onward.is_turn(quotation):
            return self.onward.turn(quotation)
        if source.form == "none":
            return self.onward.speaker(quotation)
        if source.form == "pronoun":
            return antecedents.resolve_pronoun(self.story, self.ranker, source, quotation.content)
        if source.form in by_words:
            return by_words[source.form](source)
        if source.form in by_place:
            return by_place[source.form](source, quotation)
        apposed = self._apposed(source, quotation)
        if apposed is not None:
            return apposed
        if source.form == "unclear":
            ranked = self._ranked(source, quotation) if source.is_definite else None
            if ranked is not None and ranked.chain is not None:
                return ranked
            return Answer(None, f"abstained: “{source.text}” matches nobody whom the article names")
        return self._nameless(source, "unnamed", "unnamed source")

    def _nameless(self, source: Source, sort: SpeakerKind, what: str) -> Answer:
        """A group, a text or an unnamed person, and where it was first met."""
        chain = self.referents.meant(source, sort)
        return Answer(chain, f"{what}: “{source.text}”", chain.first if chain else None)

    def _by_name(self, source: Source) -> Answer:
        name = source.name
        assert name is not None
        chain = self.chains.of.get(name.start)
        if chain is None:
            several = self.chains.several.get(name.start, ())
            if several:
                who = " or ".join(c.name for c in several)
                return Answer(None, f"abstained: “{name.text}” could be {who}")
            return Answer(None, f"abstained: “{name.text}” is not a name that the article gives")
        if chain.kind == "unknown" and source.modifiers[:1] == ("the",):
            family = self._family(name)
            if len(family) > 1:
                together = self.referents.together(family, source)
                return Answer(together, f"a family: “{source.text}”")
        if chain.kind != "person" and self._is_credit(source):
            return Answer(None, f"a credit: “({source.text})”")
        if chain.kind == "unknown":
            chain.kind = "organisation" if source.modifiers[:1] == ("the",) else "person"
        return Answer(chain, _name_basis(name, chain))

    def _is_credit(self, source: Source) -> bool:
        """Whether a source is a wire's credit: "KYIV (Reuters) -", "KYIV, Feb. 12, Reuters -"."""
        end = source.start + len(source.text)
        if self.text.endswith("(", 0, source.start) and self.text.startswith(")", end):
            return True
        line = self.text.rfind("\n", 0, source.start) + 1
        before = self.text[line : source.start]
        return _DATELINE.fullmatch(before) is not None and _DASH.match(self.text, end) is not None

    def _family(self, name: Name) -> list[Chain]:
        """Those of the article whose surname a plural name is: "the Orrs"."""
        if len(name.words) > 1 or not name.text.endswith("s"):
            return []
        surname = plain(name.text.removesuffix("s"))
        return [
            chain
            for chain in self.chains.all[-antecedents.MOST_CHAINS :]
            if chain.kind == "person" and plain(chain.words[-1]) == surname and chain.full
        ]

    def _by_body(self, source: Source) -> Answer:
        """A body named by a common noun and what stands before it."""
        owner: Chain | None = None
        if source.owner:
            gender = _OWNERS.get(source.owner)
            best = (
                antecedents.choose(antecedents.weigh(self.story, source.start, gender))
                if gender
                else None
            )
            if best is None:
                return Answer(None, f"abstained: unclear whose “{source.text}” it is")
            owner = best.chain
        elif source.owner_name is not None:
            owner = self.chains.of.get(source.owner_name.start)
        name, head = source.body, source.head
        if owner is not None and owner.kind == "person":
            office = head in self.titles.owned_by_name
            name = f"{owner.name}’s" if office else surname_of(owner.name)
            name += f" {self._usual(source)}"
            known = plain(name) in self.bodies.described or head in self.titles.owned
            if source.owner and not known:
                return Answer(None, f"abstained: “{source.text}” is not named in this article")
        chain = self.bodies.called(name, source)
        return Answer(chain, "named at the source" if not source.owner else f"“{source.text}”")

    def _usual(self, source: Source) -> str:
        """The noun of a body: "campaign" for "team" in an article that speaks of a campaign."""
        usual = self.titles.stands_for.get(source.head)
        owner = source.owner_name.text.lower().split() if source.owner_name else [source.owner]
        told = set(source.modifiers) - {*owner, "'s", "’s", "the"}
        return usual if usual and not told and usual in self.text else source.head

    def _by_relative(self, source: Source, quotation: Quotation) -> Answer:
        """ "who", "which" and "that": the name right in front, else "a nurse", "the agency"."""
        name = antecedents.name_before(self.story, source)
        if name is not None:
            chain = self.chains.of.get(name.start)
            return Answer(chain, f"“{source.text}” follows “{name.text}”", name.start)
        span, chain = antecedents.noun_before(self.story, source.own.start), None
        if span is None:
            return self._by_link(source)
        names = self.chains.between(span.start, span.end)
        noun = read_source(self.text, (span,), names, self.titles)
        if noun.form == "group" or noun.form == "document":
            chain = self.referents.meant(noun, noun.form)
        elif noun.form in {"again", "body"} and source.head in antecedents.OF_THINGS:
            chain = self._answer(noun, quotation).chain
        elif noun.form in {"unnamed", "description"} and not noun.is_definite:
            chain = self.referents.meant(noun, "unnamed")
        if chain is None:
            return self._by_link(source)
        return Answer(chain, f"“{source.text}” follows “{noun.text}”", span.start)

    def _by_link(self, source: Source) -> Answer:
        """A relative that stands behind no name, by the reader's links."""
        things = source.head in antecedents.OF_THINGS
        unclear = Answer(None, f"abstained: “{source.text}” does not clearly follow a name")
        return self._linked(source, unclear, thing=things)

    def _linked(self, source: Source, unclear: Answer, *, thing: bool) -> Answer:
        """Whom the reader links a source to, else an answer that leaves it open."""
        least = antecedents.LINKED if source.form == "it" else antecedents.SURELY_LINKED
        chain = antecedents.linked(self.story, source.own, least, thing=thing)
        if chain is None:
            return unclear
        if chain.kind == "unknown":
            chain.kind = "organisation"
        via = self.story.last_seen(chain, source)
        return Answer(chain, f"“{source.text}” is linked to {chain.name} by the reader", via)

    def _by_group(self, source: Source) -> Answer:
        """Several who are not named, or two who were."""
        if source.is_definite and (source.head in _TWO or _TWO & set(source.modifiers)):
            meant = self.plurals.two(source)
            if meant is not None:
                return _just_before(source, meant)
        return self._nameless(source, "group", "a group")

    def _by_members(self, source: Source, quotation: Quotation) -> Answer:
        """ "Ms Orr and Mr Tam": who is named among them, and the group that they form."""
        answers = [
            self._answer(part, quotation)
            for part in source.parts
            if part.form in {"name", "body", "again"}
        ]
        named = list(dict.fromkeys(a.chain for a in answers if a.chain and a.chain.sort is None))
        basis = f"several speakers: “{source.text}”"
        if len(named) > 1 and len(named) == len(source.parts):
            return Answer(self.referents.together(named, source), basis)
        chain = self.referents.meant(source, "group")
        if chain is not None:
            chain.members = tuple(named)
        return Answer(chain, basis)

    def _by_it(self, source: Source, far: int = 1) -> Answer:
        """ "it": what stands right before, else what the reader links it to."""
        answer = _just_before(source, self.plurals.it(source, far=far))
        return answer if answer.chain else self._linked(source, answer, thing=True)

    def _by_kind_of_body(self, source: Source) -> Answer:
        """ "the network", "the state power company"."""
        if source.head in self.titles.body_general and not source.modifiers:
            return self._by_it(source, far=2)
        chain = self.bodies.meant(source)
        if chain is None:
            return self._linked(source, _just_before(source, None), thing=True)
        if plain(source.body) == plain(chain.name):
            return Answer(chain, "named at the source")
        return Answer(chain, f"“{source.text}”: the only one whom the article calls so")

    def _by_words_around(self, source: Source) -> Answer:
        """ "I" and "you": who speaks, and to whom, the words that it stands in."""
        first = source.form == "first"
        for words, speaker, hearer in reversed(self.story.contents[-8:]):
            meant = speaker if first else hearer
            if words.start <= source.start < words.end and meant is not None:
                basis = "speaks of himself or herself" if first else "spoken to"
                return Answer(meant, f"{basis} in quoted words")
        return Answer(None, "the writer speaks" if first else "addressed to the reader")

    def _by_document(self, source: Source, quotation: Quotation) -> Answer:
        """A text: its issuer, if that is named with it, else the text itself."""
        issuer = self.chains.of.get(source.name.start) if source.name else None
        if source.parts and source.parts[0].form in {"name", "body"}:
            issuer = self._answer(source.parts[0], quotation).chain
        if issuer is not None:
            return Answer(issuer, f"issued “{source.head}”")
        return self._nameless(source, "document", "a text speaks")

    def _by_description(self, source: Source, quotation: Quotation) -> Answer:
        """ "the senator", "the mother of three": who here fits, by the ranker if it can say."""
        apposed = self._apposed(source, quotation)
        if apposed is not None:
            return apposed
        answer, weights = self._by_office(source, quotation)
        if not source.is_definite or answer.basis.endswith(_BY_FILE):
            return answer
        ruled = answer.chain if answer.chain is not None and answer.chain.sort is None else None
        ranked = self._ranked(source, quotation, weights, ruled)
        if ranked.chain is not None or (ruled is not None and ranked.likely):
            return ranked
        if answer.chain is not None and answer.chain.first == source.own.start:
            self.story.unresolved.add(answer.chain)
        return answer

    def _ranked(
        self,
        source: Source,
        quotation: Quotation,
        weights: Mapping[Chain, float] | None = None,
        ruled: Chain | None = None,
    ) -> Answer:
        """Whom a description means by the ranker."""
        asked = Asked(
            source.start,
            source.own,
            "description",
            source.gender,
            quotation.content,
            source,
            weights=weights or {},
            ruled=ruled,
        )
        ranking = rank(self.story, self.ranker, asked)
        answer = antecedents.by_ranking(self.story, source, ranking)
        chain = answer.chain
        if chain is not None and chain.kind == "unknown" and chain.sort is None:
            chain.kind = "person"
        return answer

    def _by_office(
        self, source: Source, quotation: Quotation
    ) -> tuple[Answer, Mapping[Chain, float]]:
        """Who fits by office or by the reader's links, and the weight of each who may."""
        weighed = antecedents.weigh(
            self.story, source.start, source.gender, quotation.content, words=source.own
        )
        persons = [
            c
            for c in self.chains.all[-antecedents.MOST_CHAINS :]
            if c.kind in {"person", "unknown"}
        ]
        if source.is_definite:
            persons += self.referents.persons
        owners = self._owners(source)
        persons = [chain for chain in persons if chain not in owners]
        weighed = [near for near in weighed if near.chain not in owners]
        bare = not source.determiner and source.body.lower() == source.head in self.titles.common
        fitting = {
            c.chain: c for c in antecedents.by_role(self.story, source, () if bare else persons)
        }
        for near in weighed:
            if near.linked >= antecedents.LEAST_LINK:
                fitting.setdefault(near.chain, near)
        if not fitting:
            weights = {near.chain: near.weight for near in weighed}
            return self._by_nothing_here(source, weighed), weights
        for near in weighed:
            if near.chain in fitting:
                fitting[near.chain] = replace(
                    fitting[near.chain],
                    subject=0.5 * near.subject,
                    speaker=0.5 * near.speaker,
                    linked=near.linked,
                )
        ranked = sorted(fitting.values(), key=lambda c: (-c.weight, c.chain.first))
        best, weights = antecedents.choose(ranked, least=0.0), {c.chain: c.weight for c in ranked}
        if best is None:
            return Answer(None, antecedents.why_open(source, ranked)), weights
        chain = best.chain
        basis = "the one who fits by office" if chain.sort is None else "mentioned before"
        via = self.story.last_seen(chain, source)
        return Answer(chain, f"“{source.text}”: {basis}", via), weights

    def _owners(self, source: Source) -> set[Chain]:
        """Whose a description's noun is, who is surely not meant: "his aide", "Ms Orr's aide"."""
        names = self.chains.between(source.own.start, source.own.end)
        found = {self.chains.of.get(name.start) for name in names if name.possessive}
        gender = _OWNERS.get(source.text.partition(" ")[0].lower())
        if gender:
            near = antecedents.weigh(self.story, source.start, gender, owner=True)
            best = antecedents.choose(near)
            found.add(best.chain if best else None)
        return {chain for chain in found if chain is not None}

    def _apposed(self, source: Source, quotation: Quotation) -> Answer | None:
        """Who stands beside a description: "one, Ann Orr, said", "Ann Orr, a nurse in fear of"."""
        start, end = source.start, source.start + len(source.text)
        for cue in quotation.cue:  # A verb right behind: a name before is not its own.
            first = cue.of(self.text).partition(" ")[0].lower()
            if 0 <= cue.start - end <= 2 and first not in self.titles.prepositions:
                return None
        names: list[Name] = []
        if self.text.startswith(", ", end):
            full = (n for n in self.chains.between(end + 2, end + 3) if len(n.words) > 1)
            names = [n for n in full if n.start == end + 2 and self.text.startswith(",", n.end)]
        elif not source.is_definite and self.text.endswith(", ", 0, start):
            names = [n for n in self.chains.between(start - 3, start - 2) if n.end == start - 2]
        for name in names:
            chain = self.chains.of.get(name.start)
            if chain is not None and chain.kind == "person" and not name.possessive:
                return Answer(chain, f"“{source.text}” is {chain.name}", name.start)
        return None

    def _by_nothing_here(self, source: Source, near: list[antecedents.Candidate]) -> Answer:
        """A description that no office of the article's persons fits."""
        best = (
            antecedents.choose(near)
            if source.is_definite and source.head in self.titles.personal
            else None
        )
        if best is not None and best.chain.sort is None:
            # "a man", then "the man": he was mentioned before without a name.
            head = regex.escape(source.head)
            pattern = rf"\b[Aa]n?\b(?:[\s-][\p{{L}}\p{{N}}]+){{0,4}}\s{head}\b"
            start, end = max(0, source.start - _FAR), source.start
            if not regex.search(pattern, self.text, pos=start, endpos=end):
                via = self.story.last_seen(best.chain, source)
                return Answer(best.chain, f"“{source.text}”: the nearest person who fits", via)
        holder = self._holder(source) if source.is_definite else None
        if holder is not None:
            return Answer(holder, f"“{source.text}”: {_BY_FILE}")
        basis = f"abstained: nobody in the article fits “{source.text}”"
        return Answer(self.referents.meant(source, "unnamed"), basis)

    def _holder(self, source: Source) -> Chain | None:
        """The one who held an office on the article's day, by the people file."""
        belongs = self.titles.belongs
        place = next((w for w in source.modifiers if w in belongs), None)
        words = [word for word in source.modifiers if word not in {source.determiner, place}]
        of = belongs[place] if place else None
        holders = self.story.people.holders(" ".join([*words, source.head]), of, self.story.day)
        if len(holders) != 1 or (source.gender and holders[0].gender not in {None, source.gender}):
            return None
        (person,), own = holders, source.own
        for chain in [*self.chains.all[-antecedents.MOST_CHAINS :], *self.holders]:
            if chain.person is not None and chain.person.name == person.name:
                return chain
        name = tuple(person.name.split())
        chain = Chain(name, "person", own.start, person, aliases={source.body}, end=own.end)
        self.holders.append(chain)
        return chain


def _name_basis(name: Name, chain: Chain) -> str:
    if plain(name.text) == plain(chain.name):
        return "named in full at the source" if " " in name.text else "named at the source"
    if " " in chain.name and chain.first != name.start and chain.full:
        return f"“{name.text}” is {chain.name} (first named at {chain.first})"
    return f"“{name.text}” is {chain.name}" + (" (people file)" if chain.person else "")


def _just_before(source: Source, meant: Seen | None) -> Answer:
    if meant is None:
        return Answer(None, f"abstained: unclear whom or what “{source.text}” means")
    chain = meant.chain
    what = chain.name if chain.sort != "document" else "the text that spoke before"
    return Answer(chain, f"“{source.text}”: {what}, just before", meant.at)
