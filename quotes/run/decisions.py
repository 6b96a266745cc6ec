"""A person's hand: decisions about speakers, kept in the index until they are undone.

A decision comes in with the ids that the index shows; it is kept with references that outlive
them ("person:Mary Orr"), so that it holds for articles read again, articles to come and other
indexes.  What contradicts another decision is refused with its number.  The index is up to
date when a function returns.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from quotes.errors import InputError, NothingFoundError
from quotes.index.opening import explaining, now, transaction
from quotes.people.hand import (
    Hand,
    key_of_reference,
    named_like,
    reference,
    split_reference,
)
from quotes.people.identity import apply_decisions, current_hand, stored_decisions
from quotes.records import Decision, DecisionAction
from quotes.run.corpus import follow_speakers

_NEEDS_OTHER = frozenset({"merge", "apart"})
_NEEDS_NAME = frozenset({"split", "rename", "alias"})
_ACTIONS = _NEEDS_OTHER | _NEEDS_NAME | {"assign"}


def decisions(db: sqlite3.Connection) -> tuple[Decision, ...]:
    """The decisions that hold, by number; also what an export contains."""
    with explaining(db):
        return stored_decisions(db)


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
    """Decide about speakers, see `Decision` for what each action says.

    Args:
        db: a connection from `open_index`, open for writing.
        action: what is decided.
        subject: an entity id as the index shows it; of a merge, the one whose id stays.
        other: another one, of "merge" and "apart".
        name: of "split", "rename" and "alias"; who is split off and has a name that somebody
            of the index has joins that one.
        articles: ids, of "split": those in which the subject is somebody else.
        quotations: ids, of "assign": those that the subject said.
        note: free words.

    Returns:
        The decision as it is kept, numbered.

    Raises:
        NothingFoundError: no such speaker, article or quotation.
        InputError: something is missing, it is so already, or another decision says otherwise.
    """
    name = " ".join(name.split()) if name else None
    _check_complete(
        Decision(0, action, subject, other, name, tuple(articles), note, "", tuple(quotations))
    )
    with explaining(db), transaction(db):
        held = stored_decisions(db)
        made = Decision(
            number=_next_number(held),
            action=action,
            subject=_reference_of(db, subject),
            other=_reference_of(db, other) if other and action in _NEEDS_OTHER else None,
            name=name if action in _NEEDS_NAME else None,
            articles=tuple(sorted(set(articles))) if action == "split" else (),
            note=note,
            at=now(),
            quotations=tuple(sorted(set(quotations))) if action == "assign" else (),
        )
        if action == "split":
            _check_articles(db, subject, made)
        _check_quotations(db, made)
        if other == subject:
            raise InputError(f"{subject} and {other} are one speaker already")
        _refuse_conflict(db, held, made)
        _insert(db, made)
        _take_effect(db, held)
    return made


def undo(db: sqlite3.Connection, number: int) -> Decision:
    """Drop a decision; the index is then as if it had never been made.

    Returns:
        The decision that was dropped.

    Raises:
        NothingFoundError: no decision has that number.
    """
    with explaining(db), transaction(db):
        held = stored_decisions(db)
        dropped = next((decision for decision in held if decision.number == number), None)
        if dropped is None:
            raise NothingFoundError(f"no decision {number}; `quotes speakers decisions` lists them")
        db.execute("DELETE FROM decision WHERE number = ?", (number,))
        _take_effect(db, held)
    return dropped


def import_decisions(db: sqlite3.Connection, incoming: Iterable[Decision]) -> int:
    """Take over decisions of another index, all of them or none.

    They get numbers of this index, in their order; one about somebody whom no article here
    names rests until one does.

    Returns:
        How many were new.

    Raises:
        InputError: one is incomplete or contradicts a decision of this index.
    """
    with explaining(db), transaction(db):
        held = stored_decisions(db)
        known = {_what(decision) for decision in held}
        new: list[Decision] = []
        for decision in sorted(incoming, key=lambda d: d.number):
            if _what(decision) in known:
                continue
            _check_complete(decision)
            made = replace(decision, number=_next_number((*held, *new)), at=decision.at or now())
            _refuse_conflict(db, (*held, *new), made)
            known.add(_what(made))
            new.append(made)
            _insert(db, made)
        _take_effect(db, held)
    return len(new)


def _take_effect(db: sqlite3.Connection, held: Sequence[Decision]) -> None:
    """Bring speakers, and what hangs on them, up to date; `held` held until now."""
    apply_decisions(db, held)
    follow_speakers(db)


def _next_number(held: Sequence[Decision]) -> int:
    return held[-1].number + 1 if held else 1


def _what(decision: Decision) -> tuple[object, ...]:
    """What a decision says, whoever made it and when."""
    told = (decision.subject, decision.other, decision.name)
    return (decision.action, *told, decision.articles, decision.quotations)


def _insert(db: sqlite3.Connection, made: Decision) -> None:
    db.execute(
        "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made.number,
            made.action,
            made.subject,
            made.other,
            made.name,
            json.dumps(made.articles),
            made.note,
            made.at,
            json.dumps(made.quotations),
        ),
    )


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
        rows, key=lambda r: (not r[3], r[1] != "", -len(r[2].split()), -r[4], r[2])
    )
    return split_reference(part) if part else reference(key, name)


# What is refused.


def _check_complete(told: Decision) -> None:
    """Every action has what it needs."""
    action, other, name = told.action, told.other, told.name
    if action not in _ACTIONS:
        known = ", ".join(sorted(_ACTIONS))
        raise InputError(f"{action!r} is no decision; write one of {known}")
    if action in _NEEDS_OTHER and not other:
        raise InputError(f"{action} needs two speakers; name the other one too")
    if action in _NEEDS_NAME and not (name and key_of_reference(f"person:{name}")):
        raise InputError(f"{action} needs a name")
    if action == "split" and not told.articles:
        raise InputError("split needs the articles in which it is somebody else; give their ids")
    if action == "assign" and not told.quotations:
        raise InputError("assign needs the quotations that the speaker said; give their ids")


def _check_articles(db: sqlite3.Connection, subject: str, made: Decision) -> None:
    """The subject speaks, or is known, in every article of a split."""
    if made.subject.startswith("split:"):
        raise InputError(f"{subject} was itself split off; undo that split and split anew")
    for article in made.articles:
        if not db.execute(
            "SELECT 1 FROM local_entity WHERE article = ? AND entity = ?", (article, subject)
        ).fetchone():
            raise NothingFoundError(
                f"{subject} is not in article {article!r}; `quotes show` lists who speaks in one"
            )


def _check_quotations(db: sqlite3.Connection, made: Decision) -> None:
    """Every quotation that is given a speaker is in the index."""
    for quotation in made.quotations:
        if not db.execute("SELECT 1 FROM quotation WHERE id = ?", (quotation,)).fetchone():
            raise NothingFoundError(
                f"no quotation {quotation!r}; ids are shown by `quotes who-said`"
            )


def _refuse_conflict(db: sqlite3.Connection, held: Sequence[Decision], made: Decision) -> None:
    """Refuse what is so already and what another decision speaks against."""
    for earlier in held:
        if _same_question(earlier, made):
            raise InputError(
                f"decision {earlier.number} ({_told(earlier)}) says so or otherwise already; "
                f"undo it first"
            )
    if made.action in {"merge", "apart", "alias"}:
        _refuse_against(db, held, made)


def _same_question(earlier: Decision, made: Decision) -> bool:
    """Whether two decisions answer one question: of one pair, one name, one article."""
    if _what(earlier) == _what(made):
        return True
    if made.action == "assign" == earlier.action:
        return bool(set(earlier.quotations) & set(made.quotations))
    if made.action == "alias" == earlier.action:
        return _alias_key(earlier) == _alias_key(made)
    if earlier.action != made.action or _key(earlier) != _key(made):
        return False
    if made.action == "split":
        return bool(set(earlier.articles) & set(made.articles))
    return made.action == "rename"


def _key(decision: Decision) -> str:
    return key_of_reference(decision.subject)


def _alias_key(decision: Decision) -> str:
    return key_of_reference(named_like(decision.subject, decision.name or ""))


def _refuse_against(db: sqlite3.Connection, held: Sequence[Decision], made: Decision) -> None:
    """Refuse a pair that is one already, or that other decisions keep apart or joined."""
    if made.action == "alias":
        pair = (_key(made), _alias_key(made))
        if pair[0] == pair[1]:
            raise InputError(f"{_told(made)}: goes by that name already")
    else:
        pair = (_key(made), key_of_reference(made.other or ""))
    before = _entities(db, current_hand(db, held), pair)
    if None in before and made.action != "alias":
        return
    if before[0] == before[1] and made.action != "alias":
        what = "they are one" if made.action == "apart" else "they are one already"
        raise InputError(f"{_told(made)}: {what}; to part them, split or undo what joined them")
    after = _entities(db, current_hand(db, (*held, made)), pair)
    if made.action != "apart" and None not in after and after[0] != after[1]:
        raise InputError(f"{_told(made)}: {_objection(db, held, made, pair)}")


def _objection(
    db: sqlite3.Connection, held: Sequence[Decision], made: Decision, pair: tuple[str, str]
) -> str:
    """Which decision keeps a pair apart."""
    for decision in held:
        others = [each for each in held if each is not decision]
        one, two = _entities(db, current_hand(db, (*others, made)), pair)
        if one == two:
            return f"decision {decision.number} ({_told(decision)}) says otherwise; undo it first"
    return "several decisions say otherwise; undo them first"


def _entities(
    db: sqlite3.Connection, hand: Hand, keys: tuple[str, str]
) -> tuple[str | None, str | None]:
    """The entities of two forms, None where no article has the form."""
    found = []
    for key in keys:
        row = db.execute("SELECT own FROM form WHERE key = ? LIMIT 1", (key,)).fetchone()
        node = key.removeprefix("split:") if key.startswith("split:") else row and row[0]
        found.append(hand.entity(hand.node(key, node)) if node else None)
    return found[0], found[1]


def _told(decision: Decision) -> str:
    """A decision in a few words.

    >>> _told(Decision(1, "merge", "person:Mary Orr", "person:Orr"))
    'merge Mary Orr, Orr'
    """
    told = [decision.subject, decision.other or "", decision.name or ""]
    return f"{decision.action} {', '.join(each.partition(':')[2] or each for each in told if each)}"
