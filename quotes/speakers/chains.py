"""Alias chains of one article: which names are one person or body.

`Name` records come in, `Chains` go out: full names first, then surnames, first names,
acronyms and other short forms joined to the one bearer they can mean.  Where a family
shares a surname the bearer is decided by title and use, or left open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

import regex

from quotes.people.known import People
from quotes.people.persons import Person
from quotes.people.spelling import (
    Gender,
    fold,
    fold_name,
    gender_of,
    is_given,
    key_of,
    slug,
    suffix_of,
)
from quotes.people.titles import Titles, in_any
from quotes.records import Entity, Mention, Span, Speaker, SpeakerKind
from quotes.speakers.kinds import Tag, likeliest, signs_of, tags_at
from quotes.speakers.names import Name, NameKind, beside, kinds_of_body, piece_of, role_in

_SHARED = regex.compile(r" and (\p{Lu}\p{Ll}+) (\p{Lu}[\p{L}’'\-]+)")
"""Behind a given name: a second one and the surname of both."""

_BRACKETED = regex.compile(r" \((?:or )?[“\"]?(\p{Lu}[\p{Lu}\p{N}]{1,6})[”\"]?[,)]")
"""The acronym behind a body's name."""

_SURE = 0.6  # probability from which a chain's kind is settled
_WEAK_LEAD = 0.75  # a family's bearer must lead by this much: more than the least sign of `_bearer`
_LONGEST_PIECE = 6  # words of a name inside a headline at most
_MOST_BEARERS = 50  # of one name: no article has more, and made-up input stays linear


@dataclass(slots=True, eq=False)
class Chain:
    """One person or body of the article and all that is known of it.

    Attributes:
        words: the fullest name seen.
        person: its entry in the people file.
        told: genders that first names, titles and nouns beside the name tell.
        addressed: genders that titles tell, which outweigh the others.
        aliases: surface names seen.
        roles: lower-case words of titles, nouns before and appositions after the name.
        role: the office as written nearest the name.
        first: where it is first named in full (or at all).
        full: how often it is named in full.
        sort: what it is if it has no name; None of the named.
        end: where its first mention ends, if it has no name.
        members: the persons and bodies of a group made of them.
    """

    words: tuple[str, ...]
    kind: NameKind
    first: int
    person: Person | None = None
    told: set[Gender] = field(default_factory=set)
    addressed: set[Gender] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    role: str | None = None
    full: int = 0
    headline: bool = False
    sort: SpeakerKind | None = None
    end: int = 0
    members: tuple[Chain, ...] = ()

    @property
    def name(self) -> str:
        """The name to show."""
        return self.person.name if self.person else " ".join(self.words)

    @property
    def gender(self) -> Gender | None:
        """The gender, None if unknown or told in two ways."""
        if self.person and self.person.gender:
            return self.person.gender
        told = self.addressed or self.told
        return next(iter(told)) if len(told) == 1 else None

    def agrees(self, gender: Gender | None) -> bool:
        """Whether this can be of a gender: it is, or either is unknown."""
        return not (gender and self.gender and gender != self.gender)


class Chains:
    """The names of an article joined into chains.

    Attributes:
        all: the chains, as they were met.
        of: chain of each name, by the name's start; absent where none or several fit.
        several: the chains that a name left open could mean, by the name's start.
        names, starts: all names in text order, and where they start.
    """

    def __init__(
        self,
        text: str,
        names: tuple[Name, ...],
        *,
        people: People,
        titles: Titles,
        day: str | None,
        mentions: Sequence[Mention] = (),
    ) -> None:
        """Join names into chains; known persons who held an office on the article's day first.

        What the reader says of the names in its `mentions` helps to tell what they name.
        """
        self.text, self.people, self.titles, self.day = text, people, titles, day
        self.all: list[Chain] = []
        self.of: dict[int, Chain] = {}
        self.several: dict[int, tuple[Chain, ...]] = {}
        self._by_last: defaultdict[str, list[Chain]] = defaultdict(list)
        self._by_first: defaultdict[str, list[Chain]] = defaultdict(list)
        self._by_inner: defaultdict[str, list[Chain]] = defaultdict(list)
        self._by_person: dict[str, Chain] = {}
        self._bodies: dict[tuple[str, ...], Chain] = {}
        self._body_ends: defaultdict[str, list[Chain]] = defaultdict(list)
        self._acronyms: dict[str, Chain] = {}
        self._lone: dict[tuple[str, ...], Chain] = {}
        self._recent: dict[str, Chain] = {}
        self._last_full: dict[Chain, int] = {}
        self._bare: dict[str, int] = {}
        self._first_line = text.find("\n") if "\n" in text else 0
        self._tags = tags_at(names, mentions)
        for name in names:
            if not name.loose and not name.common:
                self._full(name)
        self._join_firms()
        self.names = tuple(piece for name in names for piece in self._pieces(name))
        self.starts = [name.start for name in self.names]
        for name in self.names:
            if name.loose:
                self._full(name)
        for name in self.names:
            self._short(name)
        for name in self.names:
            self._evidence(name)
        if mentions:
            self._settle_kinds()

    def _settle_kinds(self) -> None:
        """Settle what each chain is by all its places; what is no name is dropped."""
        nobody: set[int] = set()
        places: defaultdict[Chain, list[tuple[Name, Tag]]] = defaultdict(list)
        for name in self.names:
            chain = self.of.get(name.start)
            if chain is not None and chain.person is None:
                places[chain].append((name, self._tags.get(name.start, "none")))
        for chain, found in places.items():
            kind, sure = likeliest(signs_of(chain.words, chain.kind, found))
            if sure < _SURE or chain.kind == "place":
                continue
            if kind != "none":
                chain.kind = kind
            elif len(chain.words) == 1 and chain.kind == "unknown":
                nobody.update(name.start for name, _ in found)
        self.of = {at: chain for at, chain in self.of.items() if at not in nobody}
        self.names = tuple(
            map(self._of_its_chain, (n for n in self.names if n.start not in nobody))
        )
        self.starts = [name.start for name in self.names]

    def _of_its_chain(self, name: Name) -> Name:
        """A name of unknown kind as the person that its chain is."""
        chain = self.of.get(name.start)
        known = name.kind == "unknown" and chain is not None and chain.kind == "person"
        return replace(name, kind="person") if known else name

    def between(self, start: int, end: int) -> tuple[Name, ...]:
        """Names that begin before `end` and end after `start`."""
        first = max(0, bisect_right(self.starts, start) - 1)
        near = self.names[first : bisect_left(self.starts, end)]
        return tuple(name for name in near if name.end > start)

    def _full(self, name: Name) -> None:
        """First pass: names of two words and more, and bodies."""
        if name.kind in _BODILY:
            self._put(name, self._body(name))
        elif len(name.words) == 1:
            self._bare.setdefault(fold(name.words[0]), name.start)
        elif fold(name.words[0]) not in self.titles.particles and (
            name.kind == "person" or not name.loose
        ):
            self._put(name, self._person(name))

    def _join_firms(self) -> None:
        """Join "Roe & Doe" to the one "Roe & Doe Stores" of the article."""
        for key in sorted(self._bodies, key=len, reverse=True):
            longer = {
                chain
                for other, chain in self._bodies.items()
                if len(other) > len(key) and self._is_firm_of(key, other)
            }
            if len(longer) == 1:
                (new,), old = longer, self._bodies[key]
                self.of = {at: new if chain is old else chain for at, chain in self.of.items()}
                self.all = [chain for chain in self.all if chain is not old]
                new.aliases |= old.aliases
                new.first = min(new.first, old.first)
                self._bodies[key] = new

    def _is_firm_of(self, key: tuple[str, ...], longer: tuple[str, ...]) -> bool:
        rest = longer[len(key) :]
        return longer[: len(key)] == key and all(word in self.titles.companies for word in rest)

    def _pieces(self, name: Name) -> list[Name]:
        """A run of a headline cut into the names that the story knows; others as they are.

        An everyday word is a name where the article names a person in full who is called so.
        """
        if name.common:
            tagged = self._tags.get(name.start) == "person"
            called = self._ending_in(fold_name(name.text))
            return [name] if any(c.kind == "person" or tagged for c in called) else []
        if not name.loose or len(name.words) < 2:
            return [name]
        found: list[Name] = []
        at = 0
        while at < len(name.words):
            ends = range(min(len(name.words), at + _LONGEST_PIECE), at, -1)
            end = next((end for end in ends if self._is_known(name.words[at:end])), 0)
            if end:
                found.append(piece_of(self.text, name, at, end))
            at = end or at + 1
        if found:
            return found
        body = name.kind == "organisation" and name.words[-1].lower() in self.titles.body_heads
        kept = body or name.kind in {"person", "place"}
        return [name] if kept and len(name.words) <= 3 else []

    def _is_known(self, words: tuple[str, ...]) -> bool:
        text = " ".join(words)
        folded = fold_name(text)
        if not folded:
            return False
        if any(chain.kind == "person" for chain in self._ending_in(folded)):
            return True
        if len(words) == 1:
            lists = in_any(self.titles, "places bodies")
            listed = text.lower() in lists or (text.isupper() and len(text) > 1)
            return folded[0] in self._bare and (listed or bool(self.people.surnamed(text)))
        return self.people.named(text) is not None or key_of(words) in self._bodies

    def _ending_in(self, words: tuple[str, ...]) -> list[Chain]:
        """Chains whose name ends in folded words."""
        return [
            chain
            for chain in self._by_last.get(words[-1] if words else "", [])[-_MOST_BEARERS:]
            if words in {fold_name(n)[-len(words) :] for n in (" ".join(chain.words), chain.name)}
        ]

    def _short(self, name: Name) -> None:
        """Second pass, in text order: short forms, headlines and lone surnames."""
        if name.start in self.of:
            self._note_recent(self.of[name.start], name)
            return
        shared = self._with_surname(name)
        if shared is not None:
            self._put(shared, self._person(shared))
            return
        holder = self._in_office(name)
        if holder is not None:
            self._put(name, self._new(name, holder, fold_name(name.text)))
            return
        found = self._candidates(name)
        if len(found) > 1:
            found = self._bearer(name, found)
        if len(found) > 1:
            self.several[name.start] = tuple(found)
        elif found:
            self._put(name, found[0])
        elif not name.loose or len(name.words) == 2 or fold(name.words[0]) in self._bare:
            self._put(name, self._alone(name))

    def _with_surname(self, name: Name) -> Name | None:
        """ "Al" of "Al and Ann Orr" with the surname too, unless another Al is here."""
        shared = _SHARED.match(self.text, name.end)
        first = name.words[0]
        if shared is None or name.title or len(name.words) > 1 or not is_given(first):
            return None
        given, surname = shared.groups()
        known = self._by_first.get(fold(first), [])
        if not is_given(given) or any(fold(c.words[-1]) != fold(surname) for c in known):
            return None
        return replace(name, words=(first, surname), kind="person", gender=gender_of(first))

    def _evidence(self, name: Name) -> None:
        """Third pass: the words beside each name tell its roles and gender."""
        chain = self.of.get(name.start)
        if chain is None or chain.kind == "place":
            return
        if chain.kind == "organisation":
            chain.roles.update(kinds_of_body(self.text, name, self.titles))
            return
        before, after = beside(self.text, name, self.titles)
        told = [*before, *after]
        chain.roles.update(told)
        chain.roles.update(name.title.lower().replace(".", "").split())
        genders = [self.titles.people.get(word) for word in before + after[:6]]
        chain.told.update([gender for gender in genders if gender][:1])
        if chain.kind == "unknown":
            bodies = in_any(self.titles, "body_heads firms")
            phrase = list(takewhile(lambda word: word not in self.titles.postmodifiers, after))
            if any(word in self.titles.people for word in told):
                chain.kind = "person"
            elif phrase and phrase[-1] in bodies:
                chain.kind = "organisation"
        courtesy = self.titles.courtesy
        title = [w for w in name.title.split() if w.lower().strip(".") not in courtesy]
        if not title and before and before[-1] in self.titles.people:
            title = self.text[max(0, name.start - 81) : name.start - 1].split()[-len(before) :]
        if not name.loose:
            chain.role = chain.role or role_in(title, self.titles)

    def _put(self, name: Name, chain: Chain) -> None:
        self.of[name.start] = chain
        chain.aliases.add(name.text)
        if name.gender:
            chain.told.add(name.gender)
            last = name.title.rpartition(" ")[2].lower().rstrip(".")
            chain.addressed.update({name.gender} if self.titles.gender_of(last) else ())
        if name.kind == "person" and chain.kind == "unknown":
            chain.kind = "person"
        if len(name.words) > 1:
            chain.full += 1
            if len(name.words) > len(chain.words):
                chain.words = name.words
        if "".join(chain.words).isupper() and not "".join(name.words).isupper():
            chain.words = name.words
        if name.start < self._first_line:
            chain.headline = True
        self._note_recent(chain, name)

    def _note_recent(self, chain: Chain, name: Name) -> None:
        if len(name.words) > 1 and chain.kind == "person":
            self._recent[fold(name.words[-1])] = chain
            self._last_full[chain] = name.end

    def _person(self, name: Name) -> Chain:
        words = fold_name(name.text)
        person = self._known_bearer(name)
        if person is None and words:
            for chain in self._by_last[words[-1]][-_MOST_BEARERS:]:
                full = fold_name(" ".join(chain.words))
                apart = {suffix_of(name.text), suffix_of(chain.words[-1])} - {""}
                fits = _compatible(words, full) or full[1:][-len(words) :] == words
                if fits and len(apart) < 2:
                    return chain
        return self._new(name, person, words)

    def _new(self, name: Name, person: Person | None, words: tuple[str, ...]) -> Chain:
        """A new chain, unless its known person has one."""
        if person is not None and person.name in self._by_person:
            return self._by_person[person.name]
        kind: NameKind = "person" if person else name.kind
        chain = Chain(words=name.words, kind=kind, first=name.start, person=person)
        self.all.append(chain)
        if words:
            self._by_last[words[-1]].append(chain)
        if len(words) > 1:
            self._by_first[words[0]].append(chain)
        if kind == "person":
            for word in words[1:-1]:  # "Lopez" of "Pedro Lopez Garcia"
                if len(word) > 2 and not is_given(word) and word not in self.titles.particles:
                    self._by_inner[word].append(chain)
        if person is not None:
            self._by_person[person.name] = chain
        return chain

    def _body(self, name: Name) -> Chain:
        key = key_of(name.words)
        chain = self._bodies.get(key)
        if chain is None:
            chain = Chain(words=name.words, kind=name.kind, first=name.start)
            self.all.append(chain)
            self._bodies[key] = chain
            if name.kind == "organisation" and len(key) > 1:
                self._body_ends[key[-1]].append(chain)
                bracketed = _BRACKETED.match(self.text, name.end)
                initials = "".join(word[0] for word in name.words if word[0].isupper())
                for acronym in (bracketed[1] if bracketed else "", initials):
                    if len(acronym) > 1:
                        self._acronyms.setdefault(acronym, chain)
        return chain

    def _candidates(self, name: Name) -> list[Chain]:
        """Chains that a short name may mean: same surname, else same first name."""
        words = fold_name(name.text)
        if not words:
            return []
        found = self._ending_in(words)
        if not found and len(words) == 1:
            found = self._bodies_of(name.words[0]) if not name.title else []
            found = found or self._called_first(name, words[0]) or self._by_inner.get(words[0], [])
        agreeing = [chain for chain in found if chain.agrees(name.gender)]
        # "Mr Orr" outweighs what lists say of the only Orr's first name: "Jean Orr".
        unsure = len(found) == 1 and not (found[0].addressed or found[0].person)
        return found if name.title and not agreeing and unsure else agreeing

    def _called_first(self, name: Name, word: str) -> list[Chain]:
        """Chains whose first name a word is, behind a title only where it may be a first name.

        "Sir Keith" is Keith Roe, "Mr. Kim" is Kim Min-ho, whose surname stands first.
        """
        found = self._by_first.get(word, [])[-_MOST_BEARERS:]
        title = name.title.rpartition(" ")[2].lower().rstrip(".")
        if not title or title in self.titles.before_first:
            return found
        return [] if is_given(name.words[0]) else found

    def _bodies_of(self, word: str) -> list[Chain]:
        """The one body that a word stands for: an acronym, a last word or the first of a firm."""
        if word in self._acronyms:
            return [self._acronyms[word]]
        ends = self._body_ends.get(word.lower(), [])
        if len(ends) == 1:
            return ends
        firms = {c for k, c in self._bodies.items() if self._is_firm_of(key_of((word,)), k)}
        if len(firms) != 1 or is_given(word):
            return []
        place = rf"\b(?:in|near|at|from|to) {regex.escape(word)}\b(?! \p{{Lu}})"
        return [] if regex.search(place, self.text) else list(firms)

    def _bearer(self, name: Name, found: list[Chain]) -> list[Chain]:
        """The one bearer of a shared surname who is clearly meant, else all of them.

        Who is named first, in the headline or in full in the same paragraph before goes by the
        surname afterwards; relatives are named in full each time.
        """
        recent = self._recent.get(fold(name.words[-1]))
        line = self.text.rfind("\n", 0, name.start)
        here = [c for c in found if line < self._last_full.get(c, name.end) <= name.start]
        opening = min(c.first for c in found)
        scores = []
        for chain in found:
            bare = self._bare.get(fold(chain.words[-1]), chain.first)
            scores.append(
                1.0 * (chain.first == opening)
                + 1.0 * chain.headline
                + 0.5 * bool(chain.person and chain.person.roles_on(self.day))
                + 0.5 * bool(chain.person and chain.person.surname)
                - 1.0 * (bare < chain.first)
                + 0.5 * (chain is recent)
                + 1.5 * (here == [chain])
            )
        best, second = sorted(scores, reverse=True)[:2]
        return [found[scores.index(best)]] if best - second >= _WEAK_LEAD else found

    def _alone(self, name: Name) -> Chain:
        """The chain of a short name that nothing in the article expands."""
        key = fold_name(name.text) or key_of(name.words)
        chain = self._lone.get(key)
        if chain is None:
            person = self._known_bearer(name)
            chain = self._lone[key] = self._new(name, person, key)
            acronym = name.words[0].isupper() and 2 <= len(name.words[0].replace(".", "")) <= 6
            if name.kind == "unknown" and person is None and acronym:
                chain.kind = "organisation"
        return chain

    def _in_office(self, name: Name) -> Person | None:
        """The one known person of a surname who held the office before it on the day.

        "President Roe" is not one of his children, even where only they are named in full.
        """
        offices = set(name.title.lower().replace(".", "").split()) & self.titles.offices
        if not offices or len(name.words) > 1:
            return None
        holders = [
            person
            for person in self.people.surnamed(name.text)
            if offices & {w for r in person.roles_on(self.day) for w in r.role.lower().split()}
        ]
        return holders[0] if len(holders) == 1 else None

    def _known_bearer(self, name: Name) -> Person | None:
        """The one known person of this name who held an office on the day, or the only one."""
        person = self.people.named(f"{name.title} {name.text}") if name.title else None
        person = person or self.people.named(name.text)
        label = self.text.startswith(":", name.end)
        shouted = name.text.isupper() and len(name.text) > 1 and not name.loose and not label
        if person is not None or len(name.words) > 2 or shouted:
            return person  # "FICO" is no Mr Fico.
        bearers = [
            p
            for p in self.people.surnamed(name.text)
            if not (name.gender and p.gender and p.gender != name.gender)
            and fold_name(p.name)[-len(name.words) :] == fold_name(name.text)
        ]
        offices = set(name.title.lower().split()) & self.titles.offices
        held = {p.name: {w for r in p.roles for w in r.role.lower().split()} for p in bearers}
        bearers = [p for p in bearers if offices & held[p.name]] or bearers
        if len(bearers) > 1:
            first = {p.name: rf"\b{regex.escape(p.name.split()[0])}\b" for p in bearers}
            bearers = [p for p in bearers if regex.search(first[p.name], self.text)] or bearers
        current = [p for p in bearers if p.roles_on(self.day)]
        family = [p for p in current if p.surname]
        return next((few[0] for few in (current, family, bearers) if len(few) == 1), None)


def _compatible(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two folded full names can be one person's: surname, first name, initials agree."""
    if min(len(a), len(b)) < 2 or a[-1] != b[-1]:
        return False
    initial = 1 in {len(a[0]), len(b[0])} and a[0][:1] == b[0][:1]
    middle = zip(a[1:-1], b[1:-1], strict=False)
    return (initial or a[0] == b[0]) and all(x[:1] == y[:1] for x, y in middle)


# What chains become in the quotations.

_BODILY = frozenset({"organisation", "place"})


def entities_of(chains: Iterable[Chain]) -> dict[Chain, Entity]:
    """An entity for each chain and each member of one, the first named with the plain id."""
    found = {each: None for chain in chains for each in (chain, *chain.members)}
    entities: dict[Chain, Entity] = {}
    taken: set[str] = set()
    for chain in sorted(found, key=lambda c: (c.sort is not None, c.first, c.name)):
        key, number = slug(chain.name), 1
        while key in taken:
            number += 1
            key = f"{slug(chain.name)}-{number}"
        taken.add(key)
        entities[chain] = Entity(
            id=key,
            name=chain.name,
            kind=chain.sort or ("organisation" if chain.kind in _BODILY else "person"),
            aliases=tuple(sorted(chain.aliases)),
            role=chain.role,
            wikidata=chain.person.wikidata if chain.person else None,
        )
    return entities


def speaker_of(entity: Entity) -> Speaker:
    """The entity as a quotation carries it."""
    return Speaker(entity.id, entity.name, entity.kind)


def way(own: Span, via: int | None, chain: Chain, chains: Chains) -> tuple[Span, ...]:
    """The mentions from a source's own words to the chain's first full one, each once.

    Between them that which begins at `via`, if the source was taken to refer to one.
    """
    spans = [own]
    for at in (via, chain.first):
        near = chains.between(at, at + 1) if at is not None else ()
        span = next((Span(name.start, name.end) for name in near if name.start == at), None)
        if chain.end and at == chain.first:
            span = Span(chain.first, chain.end)
        if span and not any(span.start < each.end and each.start < span.end for each in spans):
            spans.append(span)
    return tuple(spans)
