"""Decisions about speakers, made by hand: kept until they are undone, and what they change.

A decision comes in with the ids that the index shows; it is kept with references that outlive
them ("person:Mary Orr"), so that it holds for articles read again, articles to come and other
indexes.  A decision that contradicts another one is refused with that one's number.

Given whom each form of a name means by itself, `lay_decisions` says what the decisions change;
`quotes.people.identity` writes that into the index.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, get_args

from quotes.errors import InputError, NothingFoundError
from quotes.index.opening import explaining, now, select, transaction
from quotes.people.forms import (
    bare_range,
    base_of,
    body_key,
    digest_of,
    fulness,
    person_key,
    variants_of,
)
from quotes.people.spelling import slug
from quotes.records import Decision, DecisionAction

_ACTIONS: tuple[DecisionAction, ...] = get_args(DecisionAction)
_LISTS = ("articles", "quotations")
_NEEDS: Mapping[str, tuple[set[DecisionAction], str]] = {
    "other": ({"merge", "apart"}, "two speakers; name the other one too"),
    "name": ({"split", "rename", "alias"}, "a name"),
    "articles": ({"split"}, "the articles in which it is somebody else; give their ids"),
    "quotations": ({"assign"}, "the quotations that the speaker said; give their ids"),
}
"""What a decision may have besides its subject: of which actions, and how it is asked for."""

# The apostrophe that keeps spreadsheets from running a cell of an export.
_ESCAPE = re.compile("^'(?=[\x00-\x1f\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20-]|[\t\r\n\x00])")


# Kept in the index


def stored_decisions(db: sqlite3.Connection) -> tuple[Decision, ...]:
    """The decisions that hold, by number; also what an export contains."""
    with explaining(db):
        return tuple(
            Decision(**{**row, **{each: tuple(json.loads(row[each])) for each in _LISTS}})
            for row in select(db, "SELECT * FROM decision ORDER BY number")
        )


def decide(
    db: sqlite3.Connection,
    action: DecisionAction,
    subject: str,
    *,
    other: str | None = None,
    name: str | None = None,
    articles: Sequence[str] = (),
    quotations: Sequence[str] = (),
    note: str | None = None,
) -> Decision:
    """Keep a decision about speakers, numbered; see `Decision` for what each action says.

    It takes effect where the caller applies it (`quotes.people.identity.apply_decisions`).

    Args:
        db: a connection from `open_index`, open for writing.
        subject: an entity id as the index shows it; of a merge, the one whose id stays.
        other: another one, of "merge" and "apart".
        name: of "split", "rename" and "alias"; who is split off and has a name that somebody
            of the index has joins that one.
        articles: ids, of "split": those in which the subject is somebody else.
        quotations: ids, of "assign": those that the subject said.
        note: free words.

    Raises:
        NothingFoundError: no such speaker, article or quotation.
        InputError: something is missing, it is so already, or another decision says otherwise.
    """
    given: dict[str, Any] = {
        "other": other,
        "name": " ".join((name or "").split()) or None,
        "articles": tuple(sorted(set(articles))),
        "quotations": tuple(sorted(set(quotations))),
    }
    needed = {each: given[each] for each, (actions, _) in _NEEDS.items() if action in actions}
    told = Decision(0, action, subject, note=note, at=now(), **needed)
    _check_complete(told)
    with explaining(db), transaction(db):
        second = _reference_of(db, told.other) if told.other else None
        made = replace(told, subject=_reference_of(db, subject), other=second)
        _check_found(db, subject, made)
        if told.other == subject:
            raise InputError(f"{subject} and {other} are one speaker already")
        return _keep(db, stored_decisions(db), made)


def undo(db: sqlite3.Connection, number: int) -> Decision:
    """Drop a decision and return it; once that is applied, it is as if never made.

    Raises:
        NothingFoundError: no decision has that number.
    """
    with explaining(db), transaction(db):
        dropped = next((each for each in stored_decisions(db) if each.number == number), None)
        if dropped is None:
            raise NothingFoundError(
                f"there is no decision {number}; `quotes speakers decisions` lists them"
            )
        db.execute("DELETE FROM decision WHERE number = ?", (number,))
    return dropped


def import_decisions(db: sqlite3.Connection, incoming: Iterable[Decision]) -> int:
    """Keep the decisions of another index, all of them or none; how many were new.

    They get numbers of this index, in their order; one about somebody whom no article here
    names waits until one does.

    Raises:
        InputError: one is incomplete or contradicts a decision of this index.
    """
    with explaining(db), transaction(db):
        held = list(stored_decisions(db))
        before = len(held)
        known = {_what(decision) for decision in held}
        for decision in sorted(incoming, key=lambda d: d.number):
            if _what(decision) not in known:
                _check_complete(decision)
                held.append(_keep(db, held, replace(decision, at=decision.at or now())))
                known.add(_what(decision))
    return len(held) - before


def _what(decision: Decision) -> Decision:
    """What a decision says, whoever made it and when."""
    return replace(decision, number=0, note=None, at="")


def _keep(db: sqlite3.Connection, held: Sequence[Decision], told: Decision) -> Decision:
    """Keep a decision under the next number, unless it is so already or one speaks against it."""
    made = replace(told, number=held[-1].number + 1 if held else 1)
    asked = _questions(made)
    for earlier in held:
        if earlier.action == made.action and _questions(earlier) & asked:
            raise InputError(
                f"decision {earlier.number} ({_told(earlier)}) already answers this; undo it first"
            )
    if made.action in {"merge", "apart", "alias"}:
        _refuse_against(db, held, made)
    values = [json.dumps(v) if isinstance(v, tuple) else v for v in astuple(made)]
    db.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    return made


# References: how a decision names a speaker


def key_of_reference(told: str) -> str:
    """The key of the form that a reference names; of a speaker split off, the reference itself.

    >>> key_of_reference("person:Andriy Roe"), key_of_reference("organisation:QRC")
    ('person:andry roe', 'acronym:qrc')
    """
    kind, _, name = told.partition(":")
    if kind == "person":
        name, _, world = name.partition("#")
        return f"{person_key(name)}#{world}" if world else person_key(name)
    return body_key(name) if kind == "organisation" else told


def _named(decision: Decision) -> str:
    """A reference of the subject's kind to the name that a decision gives."""
    kind = "person" if decision.subject.startswith(("person:", "bare:")) else "organisation"
    return f"{kind}:{decision.name or ''}"


def _reference_of(db: sqlite3.Connection, entity: str) -> str:
    """A reference to an entity by the fullest of its own names."""
    rows = db.execute(
        "SELECT f.key, f.part, a.value, f.own = f.entity OR f.part = f.entity AS itself, a.uses "
        "FROM form f JOIN form_fact a ON a.form = f.number AND a.fact = 'name' "
        "WHERE f.entity = ?",
        (entity,),
    ).fetchall()
    if not rows:
        raise NothingFoundError(f"no speaker {entity!r}; `quotes speakers` lists names and ids")
    key, part, name, *_ = min(
        rows, key=lambda r: (not r[3], r[1] != "", *fulness(r[2]), -r[4], r[2])
    )
    if part:
        return f"split:{part}"
    kinds = {"person": "person", "body": "organisation", "acronym": "organisation"}
    kind = kinds.get(key.partition(":")[0])
    if kind == "person" and any(id_ != entity for id_ in meant(db, f"person:{name}")):
        name += key[len(base_of(key)) :]  # Namesakes are told apart by their world.
    return f"{kind}:{name}" if kind else key


# What is refused


def _check_complete(told: Decision) -> None:
    """Every action has what it needs."""
    if told.action not in _ACTIONS:
        known = ", ".join(sorted(_ACTIONS))
        raise InputError(f"{told.action!r} is not a decision; write one of {known}")
    for each, (actions, asked) in _NEEDS.items():
        if told.action in actions and not getattr(told, each):
            raise InputError(f"{told.action} needs {asked}")


def _check_found(db: sqlite3.Connection, subject: str, made: Decision) -> None:
    """The subject is known in every article of a split, and every quotation is in the index."""
    if made.articles and made.subject.startswith("split:"):
        raise InputError(f"{subject} was itself split off; undo that split and split anew")
    told = "SELECT 1 FROM local_entity WHERE article = ? AND entity = ?"
    for article in made.articles:
        if not db.execute(told, (article, subject)).fetchone():
            raise NothingFoundError(
                f"{subject} is not in article {article!r}; `quotes show` lists who speaks in one"
            )
    for quotation in made.quotations:
        if not db.execute("SELECT 1 FROM quotation WHERE id = ?", (quotation,)).fetchone():
            raise NothingFoundError(
                f"no quotation {quotation!r}; ids are shown by `quotes who-said`"
            )


def _questions(told: Decision) -> set[Any]:
    """What a decision answers, which no other of its action may: names, articles, a pair."""
    subject = key_of_reference(told.subject)
    asked: Mapping[str, set[Any]] = {
        "assign": set(told.quotations),
        "alias": {key_of_reference(_named(told))},
        "rename": {subject},
        "split": {(subject, article) for article in told.articles},
    }
    return asked.get(told.action, {(told.subject, told.other)})


def _refuse_against(db: sqlite3.Connection, held: Sequence[Decision], made: Decision) -> None:
    """Refuse a pair that is one already, or that another decision keeps apart."""
    is_alias = made.action == "alias"
    told = (made.subject, _named(made) if is_alias else made.other or "")
    pair = (key_of_reference(told[0]), key_of_reference(told[1]))
    if is_alias and pair[0] == pair[1]:
        raise InputError(f"{_told(made)}: goes by that name already")
    before = _entities(db, held, pair)
    if not is_alias and None in before:
        return
    if not is_alias and before[0] == before[1]:
        what = "they are one" if made.action == "apart" else "they are one already"
        raise InputError(f"{_told(made)}: {what}; to part them, split or undo what joined them")
    after = _entities(db, (*held, made), pair)
    if made.action == "apart" or None in after or after[0] == after[1]:
        return
    for decision in held:
        others = [each for each in held if each is not decision]
        one, two = _entities(db, (*others, made), pair)
        if one == two:
            raise InputError(
                f"{_told(made)}: decision {decision.number} ({_told(decision)}) says otherwise; "
                "undo it first"
            )
    raise InputError(f"{_told(made)}: several decisions say otherwise; undo them first")


def _entities(
    db: sqlite3.Connection, decisions: Sequence[Decision], keys: tuple[str, str]
) -> tuple[str | None, str | None]:
    """The entities of two forms by these decisions, None where no article has the form."""
    decided = decided_in(db, decisions)

    def entity(key: str) -> str | None:
        asked = json.dumps(variants_of(key))
        row = db.execute(
            "SELECT f.own FROM json_each(?) v JOIN form f ON f.key = v.value ORDER BY v.id LIMIT 1",
            (asked,),
        ).fetchone()
        node = key.removeprefix("split:") if key.startswith("split:") else row and row[0]
        return decided.entity(decided.node(key, node)) if node else None

    return entity(keys[0]), entity(keys[1])


def _told(decision: Decision) -> str:
    """A decision in a few words: "merge Mary Orr, Orr"."""
    told = [decision.subject, decision.other or "", decision.name or ""]
    return f"{decision.action} {', '.join(each.partition(':')[2] or each for each in told if each)}"


# What decisions change


@dataclass(frozen=True, slots=True)
class Split:
    """In `articles`, the speaker who is `subject` elsewhere is `node`, because of `basis`."""

    articles: frozenset[str]
    subject: str
    node: str
    basis: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The effect of all decisions.

    Attributes:
        forms: key of a form -> the id that it gets instead of its own, and why.
        roots: id -> the id it is merged into, and why.
        names: id -> the name to be shown.
    """

    forms: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    roots: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()

    def entity(self, node: str) -> str:
        """The entity that an id stands for in the end."""
        return self.roots[node][0] if node in self.roots else node

    def own(self, key: str) -> tuple[str, str] | None:
        """The id that a form, or all forms of its name, get instead of their own, and why."""
        return self.forms.get(key) or self.forms.get(base_of(key))

    def node(self, key: str, own: str) -> str:
        """The id of a form, before merging."""
        given = self.own(key)
        return given[0] if given else own

    def part(self, article: str, key: str, own: str) -> str:
        """The id that an article's speaker gets by a split, "" without one."""
        entity = self.entity(self.node(key, own))
        for split in self.splits:
            if article in split.articles and split.subject == entity:
                return split.node
        return ""

    def placed(self, key: str, part: str, own: str) -> tuple[str, str | None]:
        """The entity of a form or a split part of it, and why; None for the form's own reason."""
        node, basis = self.own(key) or (own, None)
        if part:
            node, basis = part, next(s.basis for s in self.splits if s.node == part)
        entity, reason = self.roots.get(node, (node, None))
        return entity, basis or reason


def decided_in(db: sqlite3.Connection, decisions: Sequence[Decision]) -> Decided:
    """What `decisions` change in this index."""
    if not decisions:
        return Decided()
    told = {d.subject for d in decisions} | {d.other for d in decisions if d.other}
    told |= {_named(d) for d in decisions if d.name}
    rows = db.execute(
        "SELECT key, own FROM form WHERE own IS NOT NULL "
        "AND key IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted({v for each in told for v in variants_of(key_of_reference(each))})),),
    )
    return lay_decisions(decisions, dict(rows.fetchall()).get)


def lay_decisions(decisions: Iterable[Decision], own: Callable[[str], str | None]) -> Decided:
    """What decisions change, given whom each form means by itself.

    A decision about somebody whom no article names waits until one does.  `own` gives the id of
    a form by its key, None where no article has the form.

    >>> said = [Decision(1, "merge", "person:Mary Orr", "person:Orr")]
    >>> lay_decisions(said, {"person:mary orr": "mary-orr", "person:orr": "orr"}.get).roots
    {'orr': ('mary-orr', 'merged by hand (decision 1)')}
    """
    return _Laying(sorted(decisions, key=lambda d: d.number), own).result()


class _Laying:
    """The decisions while they are laid: first who is parted, then who is joined."""

    def __init__(self, decisions: list[Decision], own: Callable[[str], str | None]) -> None:
        self._decisions = decisions
        self._stored = own
        self._forms: dict[str, tuple[str, str]] = {}
        self._into: dict[str, tuple[str, str]] = {}
        self._apart: list[tuple[str, str]] = []
        self._split = {split_node(d) for d in decisions if d.action == "split"}

    def result(self) -> Decided:
        for decision in self._of("alias"):
            # The form of an alias gets an id of its own, to be joined with its subject.
            key = key_of_reference(_named(decision))
            if self._node(decision.subject) is not None and key not in self._forms:
                self._give_own_id(key, f"by hand (decision {decision.number})")
        for decision in self._of("apart"):
            self._part(decision)
        for decision in self._of("split"):
            if subject := self._node(decision.subject):
                self._apart.append((split_node(decision), subject))
        for decision in self._of("alias", "merge", "split"):
            self._join(decision)
        roots = {node: (self._root(node), basis) for node, (_, basis) in self._into.items()}
        splits = tuple(
            Split(frozenset(d.articles), self._root(node), split_node(d), _set_apart(d))
            for d in self._of("split")
            if (node := self._node(d.subject))
        )
        # Names to be shown: whom a split sets apart, then who is renamed.
        parted = {split_node(d): d.name or "" for d in self._of("split")}
        names = {node: name for node, name in parted.items() if node not in self._into}
        for decision in self._of("rename"):
            if node := self._node(decision.subject):
                names[self._root(node)] = decision.name or ""
        return Decided(self._forms, roots, names, splits)

    def _of(self, *actions: str) -> list[Decision]:
        return [decision for decision in self._decisions if decision.action in actions]

    def _node(self, told: str) -> str | None:
        """The id that a reference stands for before merging, None if nobody."""
        key = key_of_reference(told)
        if key.startswith("split:"):
            node = key.partition(":")[2]
            return node if node in self._split else None
        found = (self._stored(each) for each in variants_of(key))
        own = next((each for each in found if each is not None), None)
        return self._forms[key][0] if own is not None and key in self._forms else own

    def _give_own_id(self, key: str, basis: str) -> None:
        """Give a form an id that it shares with no other."""
        self._forms[key] = (f"{slug(key.partition(':')[2])}-{digest_of('form', key)}", basis)

    def _part(self, decision: Decision) -> None:
        """Keep two apart; where both forms mean one by themselves, the lesser one yields."""
        told = (decision.subject, decision.other or "")
        one, other = map(self._node, told)
        if one is not None and one == other:
            least = min(map(key_of_reference, told), key=lambda k: (len(k.split()), len(k), k))
            self._give_own_id(least, f"kept apart by hand (decision {decision.number})")
            one, other = map(self._node, told)
        if one is not None and other is not None:
            self._apart.append((one, other))

    def _join(self, decision: Decision) -> None:
        subject, number = self._node(decision.subject), decision.number
        if subject is None:
            return
        if decision.action == "merge":
            other = self._node(decision.other or "")
            if other is not None:
                self._unite(subject, other, f"merged by hand (decision {number})")
        elif decision.action == "alias":
            alias = self._forms[key_of_reference(_named(decision))][0]
            self._unite(subject, alias, f"by hand (decision {number})")
        else:
            named = self._node(_named(decision))
            if named is not None and self._root(named) != self._root(subject):
                self._unite(named, split_node(decision), _set_apart(decision))

    def _unite(self, kept: str, gone: str, basis: str) -> None:
        """Join two, unless that would join what is kept apart."""
        kept, gone = self._root(kept), self._root(gone)
        pair = {kept, gone}
        if kept != gone and all({self._root(a), self._root(b)} != pair for a, b in self._apart):
            self._into[gone] = (kept, basis)

    def _root(self, node: str) -> str:
        while node in self._into:
            node = self._into[node][0]
        return node


def _set_apart(decision: Decision) -> str:
    return f"separated by hand (decision {decision.number})"


def split_node(decision: Decision) -> str:
    """The id of whom a decision splits off, unless the name is somebody's already."""
    name = decision.name or ""
    return f"{slug(name)}-{digest_of('split', decision.subject, name, *decision.articles)}"


# Which speakers they are about


def decisions_about(db: sqlite3.Connection, entity: str) -> tuple[Decision, ...]:
    """The decisions that concern a speaker, by number."""

    def concerned(decision: Decision) -> set[str]:
        told = [decision.subject, decision.other]
        if decision.action in ("alias", "split"):
            told.append(_named(decision))
        return {id_ for each in told if each for id_ in meant(db, each)}

    return tuple(each for each in stored_decisions(db) if entity in concerned(each))


def kept_apart(db: sqlite3.Connection) -> set[frozenset[str]]:
    """Pairs of speakers of which somebody said that they are two."""
    return {
        frozenset((one, other))
        for decision in stored_decisions(db)
        if decision.action == "apart"
        for one in meant(db, decision.subject)
        for other in meant(db, decision.other or "")
    }


def assigned(db: sqlite3.Connection) -> dict[str, Decision]:
    """The quotations that were given a speaker by hand, with the decision."""
    return {id_: decision for decision in stored_decisions(db) for id_ in decision.quotations}


def meant(db: sqlite3.Connection, told: str) -> list[str]:
    """The ids of the speakers that a reference names; more than one after a split."""
    key = key_of_reference(told)
    split = key.startswith("split:")
    column, values = ("part != '' AND part", [key[6:]]) if split else ("key", variants_of(key))
    rows = db.execute(
        f"SELECT entity FROM form WHERE ({column} IN (SELECT value FROM json_each(?)) "
        "OR key >= ? AND key < ?) AND entity > '' ORDER BY part, key",
        (json.dumps(values), *bare_range(key)),
    )
    return list(dict.fromkeys(entity for (entity,) in rows))


# Read back from a file


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a file that `quotes speakers decisions` wrote, in its order.

    JSON lines, a JSON array, CSV or tab-separated text.  Who the speakers are, and whether the
    decisions agree with each other, is not checked here.

    Raises:
        InputError: the file, or an entry of it, is something else; says which and the remedy.
    """
    entries: Iterable[Any]
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith("["):
            entries = json.loads(text)
        elif text.lstrip().startswith("{"):
            entries = map(json.loads, filter(str.strip, text.splitlines()))
        else:
            separator = "\t" if "\t" in text.partition("\n")[0] else ","
            entries = map(_cells, csv.DictReader(io.StringIO(text), delimiter=separator))
        return [_decision(each, f"{path}: entry {n}") for n, each in enumerate(entries, start=1)]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    except (json.JSONDecodeError, csv.Error) as error:
        raise InputError(
            f"{path}: not what `quotes speakers decisions` writes ({error}); export again with --nl"
        ) from error


def _cells(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of a table, its lists parted."""
    plain = {key: _ESCAPE.sub("", value) for key, value in row.items() if key and value}
    return plain | {each: plain[each].split("; ") for each in _LISTS if each in plain}


def _decision(given: Any, where: str) -> Decision:
    """A decision from an entry of an export."""
    if not isinstance(given, dict) or given.get("action") not in _ACTIONS:
        raise InputError(f"{where} has no action; one of {', '.join(_ACTIONS)} is needed")
    action, number = given["action"], str(given.get("number"))
    if not given.get("subject"):
        raise InputError(f"{where} ({action}) has no subject; export it again")
    lists = {each: given.get(each) or [] for each in _LISTS}
    texts = {each: given.get(each) for each in ("subject", "other", "name", "note", "at")}
    if not all(isinstance(each, list) for each in lists.values()) or not all(
        each is None or isinstance(each, str) for each in chain(texts.values(), *lists.values())
    ):
        raise InputError(f"{where} ({action}) contains something other than text; export it again")
    told = texts | {"at": texts["at"] or ""} | {each: tuple(ids) for each, ids in lists.items()}
    return Decision(number=int(number) if number.isdecimal() else 0, action=action, **told)
