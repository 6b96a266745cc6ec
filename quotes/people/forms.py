"""Forms of names: what spellings of one name share, and whom each form means across articles.

The entities of articles come in one by one and are reduced to forms: kind and folded words.
Whom a form means depends on the other forms of its bucket alone (a surname, an acronym), never
on how often or in which order they were met, so that a new article concerns few of them.
Forms merge on evidence only:

- both are the same person of the people file;
- their full names fold to the same first name and surname, no middle initials disagree, and
  their roles are of one world: a police officer is no singer of that name;
- their first names go together ("Tim", "Timothy"), nobody else's go with them, and their roles
  are of one world;
- one has a first initial for the only bearer of that surname whom it fits;
- bodies: the same words, or an acronym that exactly one body goes by; one that is only
  described ("the state power company") is another in every article.

A surname or a first name alone joins nobody: it is another person in every article.
Whatever stays open stays apart and says so.  The forms that mean one entity are composed into
its record.  Which entities may yet be one is asked at the end (`lookalikes`), for a person to
decide: names are compared in blocks that share a surname, or a first name and the surname's
first letter, so that the cost grows with the namesakes and not with all pairs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import chain, combinations, product
from typing import NamedTuple

from quotes.people import spelling
from quotes.people.known import People
from quotes.people.titles import load_titles
from quotes.records import Entity, SpeakerKind

VERSION = "2"  # raise it when a name may get another form, or a form another meaning

# Likeness of two spellings, 0..100, from which they are shown.  One letter of seven differs at
# 86: "Pence" and "Price" stay apart, "Kellog" and "Kellogg" do not.
_ALIKE = 86
_MOST_BEARERS = 3  # of a surname, most quoted first, that are shown for a bare one
_SHORTEST = 5  # letters that a word needs before a likeness of spelling says anything


@dataclass(frozen=True, slots=True)
class Form:
    """What all spellings of a name share.

    Attributes:
        key: "person:mary j orr", with the world of the role if it tells one
            "person:mary j orr#sport"; "body:quorple foods", "acronym:qrc"; of a body that one
            article merely describes "described:state-power-company@" and the article's id, and
            likewise "bare:orr@" of who has but one name there.
        bucket: the key's surname or acronym: forms of other buckets never matter to it.
        known: the name of the person of the people file whom it means, if it surely does.
        wikidata: that person's item.
        namesakes: names of all persons of the people file with the same surname, sorted.
    """

    key: str
    kind: SpeakerKind
    bucket: str
    known: str | None = None
    wikidata: str | None = None
    namesakes: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """Whom a form means: an entity's id, why in a few words, and whether that is weak."""

    id: str
    basis: str
    doubtful: bool = False


# From names to forms


def form_of(entity: Entity, article: str, people: People) -> Form:
    """The form of an article's person or body.

    >>> here = Entity("roe", "Andrii J. Roe", "person", ("Roe",))
    >>> form_of(here, "a", People(())).key
    'person:andry j roe'
    """
    if entity.kind == "person":
        key = person_key(entity.name)
        # Asked by the folded name: all spellings of a form must get one answer.
        person = people.named(key.partition(":")[2].replace(",", " "))
        if person is None:
            if not parts_of(key).first:
                bare = f"bare:{key.partition(':')[2]}@{article}"
                return Form(bare, "person", bare)
            key += f"#{world}" if (world := world_of(entity.role)) else ""
        return Form(
            key=key,
            kind="person",
            bucket=bucket_of(key),
            known=person.name if person else None,
            wikidata=person.wikidata if person else None,
            namesakes=tuple(sorted({p.name for p in people.surnamed(parts_of(key).surname)})),
        )
    if entity.aliases and " " in entity.name and all(a.islower() for a in entity.aliases):
        key = f"described:{entity.id}@{article}"
    else:
        key = body_key(entity.name)
    return Form(key, entity.kind, key)


_ROLE_MARKS = re.compile(r"[.,;:’']s?")


@lru_cache(maxsize=16384)
def world_of(role: str | None) -> str:
    """The world in which a role is held, "" where the role tells none or several.

    >>> world_of("police lieutenant"), world_of("climate scientist"), world_of("aide")
    ('force', 'affairs', '')
    """
    words = set(_ROLE_MARKS.sub(" ", (role or "").lower()).split())
    found = [world for world, nouns in load_titles().worlds.items() if words & nouns]
    return found[0] if len(found) == 1 else ""


def base_of(key: str) -> str:
    """The key that a name has in every article, whatever the role, and as a surname alone.

    >>> base_of("person:mary orr#sport"), base_of("bare:orr@a1"), base_of("body:quorple foods")
    ('person:mary orr', 'person:orr', 'body:quorple foods')
    """
    if key.startswith("bare:"):
        return f"person:{key.partition(':')[2].partition('@')[0]}"
    return key.partition("#")[0] if key.startswith("person:") else key


def variants_of(key: str) -> list[str]:
    """A person's key without a world, and with each."""
    named = key.startswith("person:") and "#" not in key
    return [key, *(f"{key}#{world}" for world in load_titles().worlds)] if named else [key]


def bare_range(key: str) -> tuple[str, str]:
    """Between which keys those lie of who has but this one name in an article.

    >>> first, last = bare_range("person:orr")
    >>> first <= "bare:orr@a1" < last, first <= "bare:orrin@a1" < last
    (True, False)
    """
    prefix, _, name = key.partition(":")
    if prefix != "person" or " " in name or "#" in name:
        return "", ""
    return f"bare:{name}@", f"bare:{name}A"


@lru_cache(maxsize=65536)
def person_key(name: str) -> str:
    """The key of a person's name; a surname led by its particle alone is a bare surname.

    >>> person_key("Volodymyr Zelenskiy") == person_key("Volodymyr Zelens’kyj")
    True
    >>> person_key("John Roe Jr."), person_key("von der Leyen"), person_key("Al Gore")
    ('person:john roe,jr', 'person:leyen', 'person:al gore')
    >>> person_key("Bashar al-Assad"), person_key("Al-Assad")
    ('person:bashar assad', 'person:assad')
    """
    *words, suffix = spelling.name_keys(name)[0]
    words = words or [spelling.plain(name).replace(" ", "") or "?"]
    if len(words) > 1 and all(word in load_titles().particles for word in words[:-1]):
        written = name.split()[0]
        led = written[0].islower() or "-" in written or not spelling.is_given(written)
        words = words[-1:] if led or len(words) > 2 else words
    ending = f",{suffix}" if suffix and len(words) > 1 else ""
    return f"person:{' '.join(words)}{ending}"


@lru_cache(maxsize=65536)
def body_key(name: str) -> str:
    """The key of a body's name.

    >>> body_key("The Quorple Foods"), body_key("QRC")
    ('body:quorple foods', 'acronym:qrc')
    """
    words = spelling.key_of(tuple(name.split())) or (spelling.plain(name),)
    prefix = "acronym" if len(words) == 1 and name.isupper() else "body"
    return f"{prefix}:{' '.join(words)}"


def bucket_of(key: str) -> str:
    """The bucket of a key, see `Form`: "person:orr" of "person:mary j orr"."""
    return f"person:{parts_of(key).surname}" if key.startswith("person:") else key


def acronyms_of(key: str, aliases: Iterable[str]) -> set[str]:
    """Keys of the acronyms that a body goes by where it is named in full.

    >>> acronyms_of("body:quorple research center", ["QRC", "the center"])
    {'acronym:qrc'}
    """
    if not key.startswith("body:") or " " not in key:
        return set()
    short = {alias for alias in aliases if alias.isupper() and " " not in alias}
    return {f"acronym:{spelling.plain(alias)}" for alias in short}


@dataclass(frozen=True, slots=True)
class Parts:
    """A person's folded name: `first` is "" for a bare surname, `middle` has initials.

    `last` is the surname with its particles and `surname` without; `suffix` is "jr" and the like;
    `world` is that of the role.
    """

    first: str
    last: str
    surname: str
    suffix: str = ""
    middle: str = ""
    world: str = ""

    @property
    def ends(self) -> tuple[str, ...]:
        """What namesakes share: all but middle names."""
        return tuple(filter(None, (self.first, self.last, self.suffix)))


@lru_cache(maxsize=65536)
def parts_of(key: str) -> Parts:
    """The parts of a person's key.

    >>> parts_of("person:bill j de blasio,jr")
    Parts(first='bill', last='de-blasio', surname='blasio', suffix='jr', middle='j', world='')
    """
    named, _, world = key.partition(":")[2].partition("#")
    name, _, suffix = named.partition(",")
    *given, surname = name.split(" ")
    start = len(given)
    while start > 1 and given[start - 1] in load_titles().particles:
        start -= 1
    return Parts(
        first=given[0] if given else "",
        last="-".join((*given[max(start, 1) :], surname)),
        surname=surname,
        suffix=suffix,
        middle="".join(word[0] for word in given[1:start]),
        world=world,
    )


def digest_of(*words: str) -> str:
    """Six hex digits that stand for these words, for ids that no name gives."""
    return sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:6]


# From forms to entities


def judge_bucket(
    forms: Sequence[Form], bodies: Iterable[str] = (), changed: Iterable[str] | None = None
) -> dict[str, Verdict]:
    """Whom the forms of one bucket mean, by key.

    Args:
        forms: all of the bucket, in any order.
        bodies: of an acronym's bucket, the keys of the bodies that go by it.
        changed: keys of forms that came or went: only the forms whose meaning may depend on
            them are judged.  All are if it is None.

    >>> names = ("mary orr", "mary j orr#sport", "m orr")
    >>> orrs = [Form(f"person:{name}", "person", "person:orr") for name in names]
    >>> [verdict.id for verdict in judge_bucket(orrs).values()]
    ['mary-orr', 'mary-orr', 'mary-orr']
    >>> acronym = [Form("acronym:qrc", "organisation", "acronym:qrc")]
    >>> judge_bucket(acronym, ["body:quorple research center"])["acronym:qrc"].id
    'quorple-research-center-org'
    """
    if any(form.kind != "person" for form in forms):
        return {form.key: _judge_body(form, bodies) for form in forms}
    if any(form.key.startswith("bare:") for form in forms):
        return {form.key: _judge_bare(form) for form in forms}
    surname = _Surname(forms)
    if changed is not None:
        forms = [form for key in changed for form in surname.concerned(key)]
    return {form.key: surname.judge(form) for form in dict.fromkeys(forms)}


class _Surname:
    """The persons' forms of one surname, and whom each means."""

    def __init__(self, forms: Iterable[Form]) -> None:
        """Take all forms of the bucket, in any order."""
        self._forms = [(form, parts_of(form.key)) for form in forms]
        self._full = [(form, parts) for form, parts in self._forms if len(parts.first) > 1]
        self._worlds: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._middles: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._alike: defaultdict[tuple[str, str, str, int], set[str]] = defaultdict(set)
        for form, parts in self._full:
            if form.known is None and parts.world:
                self._worlds[parts.ends].add(parts.world)
                for line in spelling.lines_of(parts.first):
                    self._alike[parts.last, parts.suffix, parts.world, line].add(parts.first)
        for form, parts in self._full:
            if form.known is None and parts.middle:
                self._middles[self._shared(parts)].add(parts.middle)

    def _shared(self, parts: Parts) -> tuple[str, ...]:
        """What forms that are one share: all but middle names, and the world where several."""
        several = len(self._worlds[parts.ends]) > 1
        return (*parts.ends, f"#{parts.world}") if several else parts.ends

    def concerned(self, key: str) -> list[Form]:
        """The forms that may mean somebody else once one of this key comes or goes."""
        own = parts_of(key)
        if len(own.first) < 2:
            return [form for form, _ in self._forms if form.key == key]
        lines = spelling.lines_of(own.first)
        near = {p.first for _, p in self._full if lines & spelling.lines_of(p.first)}
        lines = lines.union(*map(spelling.lines_of, near))
        return [
            form
            for form, parts in self._forms
            if parts.ends == own.ends
            or parts.first == own.first[0]
            or lines & spelling.lines_of(parts.first)
        ]

    def judge(self, form: Form) -> Verdict:
        """Whom a form of this bucket means."""
        parts = parts_of(form.key)
        if form.known is not None:
            return Verdict(spelling.slug(form.known), "people file")
        if len(parts.first) < 2:
            return self._initial(form, parts)
        worlds, shared = self._worlds[parts.ends], self._shared(parts)
        if len(worlds) > 1 and not parts.world:
            why = "several share first name and surname, and no role tells which one"
            return Verdict(_person_id(form, *parts.ends, "unclear"), why, doubtful=True)
        called, why = parts.first, "same first name and surname"
        longer = self._longer(parts) if len(worlds) < 2 else None
        if longer:
            called, why = longer, "first names that go together, same surname, like roles"
        words = [called, *parts.ends[1:]]
        if len(worlds) > 1 and parts.world != _USUAL:
            words.append(parts.world)
        if len(self._middles[shared]) < 2:
            return Verdict(_person_id(form, *words), why, doubtful=bool(longer))
        if parts.middle:  # where middle initials part persons, they are part of who is meant
            words.insert(1, parts.middle)
            return Verdict(_person_id(form, *words), "same first name, middle initial and surname")
        why = "several share first name and surname, and no middle initial is given"
        return Verdict(_person_id(form, *words), why, doubtful=True)

    def _longer(self, parts: Parts) -> str | None:
        """The longer first name of the only pair that goes together, if this one is the other."""

        def others(first: str) -> set[str]:
            keys = ((parts.last, parts.suffix, parts.world, n) for n in spelling.lines_of(first))
            return {each for key in keys for each in self._alike.get(key, ())} - {first}

        found = others(parts.first) if parts.world else set()
        if len(found) != 1:
            return None
        (other,) = found
        alone = others(other) == {parts.first} and len(self._worlds[other, *parts.ends[1:]]) == 1
        plain = not self._middles[parts.ends] and not self._middles[other, *parts.ends[1:]]
        last = max(parts.first, other, key=lambda name: (len(name), name))
        return other if alone and plain and last == other else None

    def _initial(self, form: Form, parts: Parts) -> Verdict:
        sought = (parts.first, parts.last)
        fitting = {
            verdict.id
            for _, full, verdict in self._bearers
            if (full.first[0], full.last) == sought
            and (full.world == parts.world or not (full.world and parts.world))
        }
        if len(fitting) == 1:
            why = "the only person in the index with that initial and surname"
            return Verdict(fitting.pop(), why, doubtful=True)
        own = _person_id(form, *parts.ends)
        if fitting:
            return Verdict(own, "several of the index have that initial and surname", True)
        return Verdict(own, "same first initial and surname", True)

    @cached_property
    def _bearers(self) -> list[tuple[Form, Parts, Verdict]]:
        return [(form, parts, self.judge(form)) for form, parts in self._full]


_USUAL = "affairs"
"""The world of most who are quoted, whose ids go without it."""


def _judge_bare(form: Form) -> Verdict:
    """Who has but one name in an article: somebody of that article."""
    words = form.key.partition(":")[2]
    id_ = spelling.slug(words.partition("@")[0])
    return Verdict(f"{id_}-{digest_of(words)}", "only in this article: one name alone joins nobody")


def _person_id(form: Form, *words: str) -> str:
    """A readable id; one that a person of the people file has is told apart by digits."""
    id_ = spelling.slug(" ".join(words))
    if id_ == "unnamed" or id_ in {spelling.slug(name) for name in form.namesakes}:
        return f"{id_}-{digest_of('person', *words)}"
    return id_


def _judge_body(form: Form, bodies: Iterable[str]) -> Verdict:
    """Whom the form of a body, an acronym or a described body means."""
    prefix, _, words = form.key.partition(":")
    if prefix == "described":
        name = words.partition("@")[0]
        id_ = f"{name}-{digest_of(words)}{digest_of(name, words)}"
        return Verdict(id_, "only in this article")
    meant = sorted({_body_id(key) for key in bodies})
    if len(meant) == 1:
        return Verdict(meant[0], "the only body of the index that goes by this acronym")
    if meant:
        return Verdict(_body_id(form.key), "several bodies go by this acronym", doubtful=True)
    return Verdict(_body_id(form.key), "same name")


def _body_id(key: str) -> str:
    words = key.partition(":")[2]
    id_ = spelling.slug(words)
    return f"{id_}-org" if id_ != "unnamed" else f"{id_}-{digest_of('body', words)}-org"


# From entities to records


@dataclass(frozen=True, slots=True)
class Uses:
    """What the articles say of an entity under one form, which is its `own` without a merge.

    `facts` has "name", "alias" or "wikidata" and the words -> in how many articles.
    """

    form: Form
    own: bool
    facts: Mapping[tuple[str, str], int]


def compose(id_: str, uses: Iterable[Uses], *, role: str | None, shown: str | None) -> Entity:
    """One entity of all that articles say of it.

    Its own forms give the name, those merged into it only where it has none: the fullest name,
    of several the commonest; but `shown` is the name where one was decided by hand.  `role` is
    that of the latest article that gives one.
    """
    ordered = sorted(uses, key=lambda each: (not each.own, each.form.key))
    own = [each for each in ordered if each.own] or ordered
    known = next((each.form for each in own if each.form.known), None)
    told = {(fact, v) for each in ordered for (fact, v), n in each.facts.items() if n > 0}
    ids = {value for fact, value in told if fact == "wikidata"}
    names: Counter[str] = Counter()
    for each in own:
        names.update({value: n for (fact, value), n in each.facts.items() if fact == "name"})
    fullest = min(names, key=lambda n: (*fulness(n), -names[n], -len(n), n), default="")
    return Entity(
        id=id_,
        name=shown or (known.known if known else None) or fullest,
        kind=ordered[0].form.kind,
        aliases=tuple(sorted(value for fact, value in told if fact == "alias")),
        role=role,
        wikidata=known.wikidata if known else (ids.pop() if len(ids) == 1 else None),
    )


def fulness(name: str) -> tuple[int, int]:
    """Less for a name of more words, initials apart."""
    words = name.split()
    return -sum(len(word.rstrip(".")) > 1 for word in words), -len(words)


# Entities that look alike


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
        return spelling.fold_name(self.name)


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
    known = sorted((each for each in speakers if each.words), key=_rank)
    persons = [each for each in known if each.kind == "person"]
    bodies = [each for each in known if each.kind == "organisation"]
    found: dict[tuple[str, str], Pair] = {}
    pairs = chain(_namesakes(persons), _near(persons), _near(bodies), _acronyms(bodies))
    for *pair, why in (each for each in pairs if each[-1]):
        one, other = sorted(pair, key=_rank)
        two = one.wikidata and other.wikidata and one.wikidata != other.wikidata
        if not two and spelling.suffix_of(one.name) == spelling.suffix_of(other.name):
            found.setdefault((one.id, other.id), Pair(one, other, why))
    return list(found.values())


def _rank(speaker: Named) -> tuple[int, str]:
    return -speaker.quotations, speaker.id


def _namesakes(persons: Iterable[Named]) -> Iterator[tuple[Named, Named, str]]:
    """Same surname: a bare one, an initial that fits, a shorter first name."""
    for block in _blocks(persons, lambda words: words[-1]):
        full = [each for each in block if len(each.words) > 1]
        bare = [each for each in block if len(each.words) == 1]
        several = f" that {len(full)} speakers have" if len(full) > 1 else ""
        pairs = product(bare, full[:_MOST_BEARERS])
        yield from ((*pair, f"a bare surname{several}") for pair in pairs)
        yield from ((*pair, _compatible(*pair)) for pair in combinations(full, 2))


def _compatible(one: Named, other: Named) -> str:
    """How two full names of one surname may be one person's, "" if they are not."""
    if not spelling.middles_agree((*one.words, ""), (*other.words, "")):
        return ""
    short, long = sorted((one.words[0], other.words[0]), key=len)
    if short == long:
        return "same first name and surname"
    if len(short) == 1:
        return "same surname, and the initial fits" if long.startswith(short) else ""
    if spelling.compatible_given(short, long):
        return "same surname, and first names that go together"
    if len(short) > 2 and long.startswith(short):
        return "same surname, and one first name begins with the other"
    if {short, long} & {*one.words[1:-1], *other.words[1:-1]}:
        return "same surname, and the first name of one is inside the other"
    return _alike(short, long, "same surname, and first names that are spelt alike")


def _near(speakers: Iterable[Named]) -> Iterator[tuple[Named, Named, str]]:
    """The same first word, and the rest spelt alike."""
    several = [each for each in speakers if len(each.words) > 1]
    for block in _blocks(several, lambda words: words[0] + " " + words[-1][0]):
        for one, other in combinations(block, 2):
            # Bodies of one name are kept apart where articles only describe them.
            differ = one.words[-1] != other.words[-1]
            if differ or (one.kind == "organisation" and one.words != other.words):
                mine, yours = (" ".join(each.words[1:]) for each in (one, other))
                yield one, other, _alike(mine, yours, "spelt alike")


def _alike(one: str, other: str, why: str) -> str:
    """`why` with the likeness if two spellings are near, else ""."""
    from rapidfuzz.fuzz import ratio

    if min(len(one), len(other)) < _SHORTEST:
        return ""
    likeness = ratio(one, other, score_cutoff=_ALIKE)
    return f"{why} ({likeness:.0f} of 100)" if likeness else ""


def _acronyms(bodies: Iterable[Named]) -> Iterator[tuple[Named, Named, str]]:
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
                yield body, long, "its letters are the first letters of the other's words"


def _blocks(
    speakers: Iterable[Named], key: Callable[[tuple[str, ...]], str]
) -> Iterator[list[Named]]:
    """Speakers that share a key, in the order given."""
    blocks: defaultdict[str, list[Named]] = defaultdict(list)
    for each in speakers:
        blocks[key(each.words)].append(each)
    yield from (block for block in blocks.values() if len(block) > 1)
