"""Keeping who is who across articles up to date in the index, at the cost of what is new.

Articles that were written or removed since come in by marks in the index itself (a local
entity without form, a form marked stale by a trigger), so that the next run makes up for one
that was killed.  What they change goes out: forms, entities, aliases, and who speaks each
quotation.  Only the buckets in which a form appears or vanishes are judged again, and only
rows whose entity changed are written; the result is the same as from scratch.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from functools import lru_cache
from hashlib import sha256
from typing import Any

from quotes.index.opening import explaining, search_form, transaction
from quotes.people import forms
from quotes.people.decisions import Decided, decided_in, meant, stored_decisions
from quotes.people.known import People
from quotes.people.spelling import spelling_rules
from quotes.records import Decision, Entity

_AT_ONCE = 2000  # local entities read at once: a first run over a large index stays in memory
_AMONG = "IN (SELECT value FROM json_each(?))"
_FORM = "key, kind, bucket, known, wikidata, namesakes"  # the columns of a `Form`


def update_identity(db: sqlite3.Connection, *, people: People) -> None:
    """Bring speakers across articles up to date with the articles of the index.

    Everything is made again if the people file, or the way names are compared, has changed
    since the last update.

    Raises:
        IndexFileError: the file could not be written; it is as it was before.
    """
    stamp = _stamp(people)
    with explaining(db), transaction(db):
        stored = db.execute("SELECT value FROM setting WHERE name = 'identity'").fetchone()
        anew = stored != (stamp,)
        if anew:
            _forget(db)
        decisions = stored_decisions(db)
        work = _Update(db, decisions)
        work.take_in(people)
        work.settle(decisions)
        if anew:
            db.execute(
                "DELETE FROM entity WHERE id NOT IN "
                "(SELECT entity FROM form WHERE entity IS NOT NULL)"
            )
            db.execute("INSERT OR REPLACE INTO setting VALUES ('identity', ?)", (stamp,))


def forget_identity(db: sqlite3.Connection) -> None:
    """Drop all that joins articles by speaker; the next update makes it again."""
    with explaining(db), transaction(db):
        _forget(db)
        db.execute("UPDATE local_entity SET entity = NULL WHERE entity IS NOT NULL")
        db.execute("UPDATE quotation SET speaker = NULL WHERE speaker IS NOT NULL")
        db.execute("DELETE FROM entity")
        db.execute("DELETE FROM setting WHERE name = 'identity'")


def apply_decisions(db: sqlite3.Connection, before: Sequence[Decision]) -> None:
    """Bring speakers up to date with decisions added or dropped since `before`."""
    _Update(db, before).settle(stored_decisions(db))


@lru_cache(maxsize=8)
def _stamp(people: People) -> str:
    """Changes with the known persons and with the way names are compared."""
    digest = sha256(f"{forms.VERSION} {spelling_rules()}".encode())
    for person in people.persons:
        digest.update(repr((person.name, person.aliases, person.wikidata, person.surname)).encode())
    if people.imported is not None:
        file = people.imported.path.stat()
        digest.update(f"{people.imported.path.name} {file.st_size} {file.st_mtime_ns}".encode())
    return digest.hexdigest()


def _forget(db: sqlite3.Connection) -> None:
    """Drop all forms, so that every local entity is new again."""
    db.execute("UPDATE local_entity SET form = NULL WHERE form IS NOT NULL")
    for table in ("form_fact", "form_stale", "form"):
        db.execute(f"DELETE FROM {table}")


def _form(row: Sequence[Any]) -> forms.Form:
    key, kind, bucket, known, wikidata, namesakes = row
    return forms.Form(key, kind, bucket, known, wikidata, tuple(json.loads(namesakes)))


class _Update:
    """One update within a transaction: what was touched so far."""

    def __init__(self, db: sqlite3.Connection, before: Sequence[Decision]) -> None:
        self._db = db
        self._before = decided_in(db, before)
        self._assigned = tuple(each for each in before if each.action == "assign")
        self._moved: list[int] = []  # numbers of local entities that are new in their form
        self._rows: set[int] = set()  # numbers of forms to be placed
        self._counted: set[int] = set()  # numbers of forms whose counts changed
        self._events: set[str] = set()  # keys of forms that appeared or vanished
        self._acronyms: set[str] = set()  # keys of acronyms that another body goes by now
        self._entities: set[str] = set()  # ids of entities whose row may have changed

    def _all(self, sql: str, *values: Any) -> list[Any]:
        """The first column of the rows of a question."""
        return [value for value, *_ in self._db.execute(sql, values).fetchall()]

    # Articles in.

    def take_in(self, people: People) -> None:
        """Count the local entities that are new since the last update."""
        while new := self._db.execute(
            "SELECT number, article, id, name, kind, wikidata, role "
            "FROM local_entity INDEXED BY local_entity_new "
            "WHERE form IS NULL AND kind IN ('person', 'organisation') LIMIT ?",
            (_AT_ONCE,),
        ).fetchall():
            for number, article, *told in new:
                entity = self._entity(number, *told)
                form = forms.form_of(entity, article, people)
                self._put(number, self._row(form, ""), entity)

    def _entity(self, number: int, *told: Any) -> Entity:
        """A local entity of its id, name, kind, item and role, with its aliases."""
        id_, name, kind, wikidata, role = told
        aliases = self._all("SELECT alias FROM local_alias WHERE local_entity = ?", number)
        return Entity(id_, name, kind, tuple(aliases), role, wikidata)

    def _row(self, form: forms.Form, part: str) -> int:
        """The number of a form's row, made if need be."""
        found = self._all("SELECT number FROM form WHERE key = ? AND part = ?", form.key, part)
        if found:
            return int(found[0])
        verdict = self._judged(form.key)
        if verdict is None:
            self._events.add(form.key)
        (number,) = self._all(
            f"INSERT INTO form ({_FORM}, part, uses, own, own_basis, own_doubtful) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?) RETURNING number",
            *astuple(form)[:-1],
            json.dumps(form.namesakes),
            part,
            *(verdict or (None, "", 0)),
        )
        self._rows.add(number)
        return int(number)

    def _judged(self, key: str) -> Any:
        """Whom a form means by itself, why and how surely; None where no article has it."""
        told = "SELECT own, own_basis, own_doubtful FROM form WHERE key = ? LIMIT 1"
        return self._db.execute(told, (key,)).fetchone()

    def _put(self, local: int, row: int, entity: Entity) -> None:
        """Put a local entity into a form and count what it says there."""
        self._db.execute("UPDATE local_entity SET form = ? WHERE number = ?", (row, local))
        self._db.execute("UPDATE form SET uses = uses + 1 WHERE number = ?", (row,))
        self._count(row, entity, 1)
        self._moved.append(local)

    def _count(self, row: int, entity: Entity, by: int) -> None:
        facts = [("name", entity.name), *(("alias", alias) for alias in entity.aliases)]
        if entity.wikidata:
            facts.append(("wikidata", entity.wikidata))
        self._db.executemany(
            "INSERT INTO form_fact VALUES (?, ?, ?, ?) "
            "ON CONFLICT (form, fact, value) DO UPDATE SET uses = uses + excluded.uses",
            [(row, fact, value, by) for fact, value in facts],
        )
        self._counted.add(row)

    # Forms, as they are judged by themselves.

    def settle(self, decisions: Sequence[Decision]) -> None:
        """Bring forms, entities and speakers up to date with all that changed."""
        self._counted.update(self._all("SELECT form FROM form_stale"))
        self._db.execute("DELETE FROM form_stale")
        self._tidy()
        self._judge()
        decided = decided_in(self._db, decisions)
        self._compare(decided)
        self._divide(decided)
        self._place(decided)
        self._move()
        self._refresh(decided)
        self._credit(decisions)

    def _tidy(self) -> None:
        """Drop facts and forms that no article has any more; note which acronyms changed."""
        for row in sorted(self._counted):
            for key, uses, entity in self._db.execute(
                "SELECT key, uses, entity FROM form WHERE number = ?", (row,)
            ).fetchall():
                self._entities |= {entity} - {None}
                self._db.execute("DELETE FROM form_fact WHERE form = ? AND uses <= 0", (row,))
                if key.startswith("body:"):
                    self._note_acronyms(row, key)
                if uses <= 0:
                    self._rows.discard(row)
                    self._db.execute("DELETE FROM form WHERE number = ?", (row,))
                    if self._judged(key) is None:
                        self._events.add(key)

    def _note_acronyms(self, row: int, key: str) -> None:
        fact = "SELECT value FROM form_fact WHERE form = ? AND fact = ?"
        stored = set(self._all(fact, row, "acronym"))
        wanted = forms.acronyms_of(key, self._all(fact, row, "alias"))
        self._db.executemany(
            "DELETE FROM form_fact WHERE form = ? AND fact = 'acronym' AND value = ?",
            [(row, value) for value in stored - wanted],
        )
        self._db.executemany(
            "INSERT INTO form_fact VALUES (?, 'acronym', ?, 1)",
            [(row, value) for value in wanted - stored],
        )
        self._acronyms |= stored ^ wanted

    def _judge(self) -> None:
        """Judge again the forms whose meaning may depend on one that came or went."""
        buckets: defaultdict[str, list[str]] = defaultdict(list)
        for key in sorted(self._events | self._acronyms):
            found = self._all("SELECT bucket FROM form WHERE key = ?", key)
            buckets[found[0] if found else forms.bucket_of(key)].append(key)
        for bucket, keys in buckets.items():
            told = f"SELECT {_FORM} FROM form WHERE bucket = ? GROUP BY key"
            rows = self._db.execute(told, (bucket,))
            bodies = self._all(
                "SELECT DISTINCT f.key FROM form_fact a JOIN form f ON f.number = a.form "
                "WHERE a.fact = 'acronym' AND a.value = ?",
                bucket,
            )
            verdicts = forms.judge_bucket([_form(row) for row in rows], bodies, keys)
            for key, verdict in verdicts.items():
                changed = self._all(
                    "UPDATE form SET own = ?2, own_basis = ?3, own_doubtful = ?4 WHERE key = ?1 "
                    "AND (own IS NOT ?2 OR own_basis != ?3 OR own_doubtful != ?4) RETURNING number",
                    key,
                    *verdict,
                )
                self._rows.update(changed)

    # Entities, with what was decided by hand.

    def _compare(self, decided: Decided) -> None:
        """Find the forms that decisions now place elsewhere than before."""
        before = self._before
        keys = _differing(before.forms, decided.forms)
        nodes = _differing(before.roots, decided.roots)
        nodes |= _differing(before.names, decided.names)
        for given in (before.forms, decided.forms):
            keys |= {key for key, (node, _) in given.items() if node in nodes}
        self._entities |= nodes
        for where, values in (("key", keys), ("own", nodes), ("part != '' AND part", nodes)):
            if where == "key":
                for key in values:
                    near = "SELECT number FROM form WHERE key >= ? AND key < ?"
                    self._rows.update(self._all(near, *forms.bare_range(key)))
                values = {each for key in values for each in forms.variants_of(key)}
            told = json.dumps(sorted(values))
            self._rows.update(self._all(f"SELECT number FROM form WHERE {where} {_AMONG}", told))

    def _divide(self, decided: Decided) -> None:
        """Put local entities of split articles into the part that they belong to."""
        articles = {a for each in (*self._before.splits, *decided.splits) for a in each.articles}
        if not articles:
            return
        rows = self._db.execute(
            "SELECT l.number, l.article, l.id, l.name, l.kind, l.wikidata, l.role, f.number, "
            "f.part, f.own, f.key, f.kind, f.bucket, f.known, f.wikidata, f.namesakes "
            "FROM local_entity l JOIN form f ON f.number = l.form "
            f"WHERE l.article {_AMONG} ORDER BY l.number",
            (json.dumps(sorted(articles)),),
        ).fetchall()
        for number, article, *told, row, part, own, key, kind, bucket, known, item, same in rows:
            columns = (key, kind, bucket, known, item, same)
            form = _form(columns)
            wanted = decided.part(article, form.key, own)
            if wanted != part:
                entity = self._entity(number, *told)
                self._put(number, self._row(form, wanted), entity)
                self._count(row, entity, -1)
                self._db.execute("UPDATE form SET uses = uses - 1 WHERE number = ?", (row,))
        self._tidy()

    def _place(self, decided: Decided) -> None:
        """Give forms their entity, and move what belongs to them."""
        for row in sorted(self._rows):
            key, part, own, entity, basis, doubtful, own_basis, own_doubtful = self._db.execute(
                "SELECT key, part, own, entity, basis, doubtful, own_basis, own_doubtful "
                "FROM form WHERE number = ?",
                (row,),
            ).fetchone()
            wanted, why = decided.placed(key, part, own)
            told = (why, 0) if why else (own_basis, own_doubtful)
            self._entities |= {wanted, entity or wanted}
            if wanted != entity:
                made = "INSERT OR IGNORE INTO entity (id, name, kind, search_form)"
                self._db.execute(f"{made} VALUES (?, '', '', '')", (wanted,))
                for point in (
                    "UPDATE form SET entity = ? WHERE number = ?",
                    "UPDATE local_entity SET entity = ? WHERE form = ?",
                    "UPDATE quotation SET speaker = ? WHERE local_entity IN "
                    "(SELECT number FROM local_entity WHERE form = ?)",
                ):
                    self._db.execute(point, (wanted, row))
            if told != (basis, doubtful):
                self._db.execute(
                    "UPDATE form SET basis = ?, doubtful = ? WHERE number = ?", (*told, row)
                )

    def _move(self) -> None:
        """Point new local entities, and what they say, at the entity of their form."""
        moved = json.dumps(self._moved)
        for point in (
            "UPDATE local_entity SET entity = f.entity FROM form f WHERE f.number = form "
            "AND local_entity.entity IS NOT f.entity AND local_entity.number",
            "UPDATE quotation SET speaker = l.entity FROM local_entity l "
            "WHERE l.number = local_entity AND speaker IS NOT l.entity AND local_entity",
        ):
            self._db.execute(f"{point} {_AMONG}", (moved,))
        entities = f"SELECT DISTINCT entity FROM local_entity WHERE number {_AMONG}"
        self._entities.update(self._all(entities, moved))

    def _refresh(self, decided: Decided) -> None:
        """Write the entities that may have changed, and drop those without a form."""
        for id_ in sorted(self._entities):
            uses = self._uses(id_, decided)
            if not uses:
                self._db.execute("DELETE FROM entity WHERE id = ?", (id_,))
                continue
            latest = (
                "SELECT role FROM local_entity WHERE entity = ? AND role IS NOT NULL "
                "ORDER BY published DESC, article DESC, role DESC LIMIT 1"
            )
            role, shown = next(iter(self._all(latest, id_)), None), decided.names.get(id_)
            self._write(forms.compose(id_, uses, role=role, shown=shown))

    def _credit(self, decisions: Sequence[Decision]) -> None:
        """Give quotations the speaker decided by hand, whatever their articles say."""
        credit = f"UPDATE quotation SET speaker = %s WHERE id {_AMONG}"
        by_article = "(SELECT entity FROM local_entity WHERE number = quotation.local_entity)"
        for decision in self._assigned:
            self._db.execute(credit % by_article, (json.dumps(decision.quotations),))
        for decision in decisions:
            if decision.action == "assign" and (found := meant(self._db, decision.subject)):
                self._db.execute(credit % "?", (found[0], json.dumps(decision.quotations)))

    def _uses(self, entity: str, decided: Decided) -> list[forms.Uses]:
        rows = self._db.execute(
            f"SELECT number, own, part, {_FORM} FROM form WHERE entity = ? ORDER BY key, part",
            (entity,),
        ).fetchall()
        found, facts = [], "SELECT fact, value, uses FROM form_fact WHERE form = ?"
        for number, own, part, *columns in rows:
            form = _form(columns)
            counts = {(fact, value): n for fact, value, n in self._db.execute(facts, (number,))}
            found.append(forms.Uses(form, (part or decided.node(form.key, own)) == entity, counts))
        return found

    def _write(self, entity: Entity) -> None:
        facts = (entity.id, entity.name, entity.kind, entity.role, entity.wikidata)
        self._db.execute(
            "UPDATE entity SET name = ?2, kind = ?3, role = ?4, wikidata = ?5, search_form = ?6 "
            "WHERE id = ?1 AND (name != ?2 OR kind != ?3 OR role IS NOT ?4 OR wikidata IS NOT ?5)",
            (*facts, search_form(entity.name)),
        )
        stored = set(self._all("SELECT alias FROM alias WHERE entity = ?", entity.id))
        self._db.executemany(
            "DELETE FROM alias WHERE entity = ? AND alias = ?",
            [(entity.id, alias) for alias in stored - set(entity.aliases)],
        )
        new = [alias for alias in entity.aliases if alias not in stored]
        self._db.executemany(
            "INSERT INTO alias VALUES (?, ?, ?)",
            [(entity.id, alias, search_form(alias)) for alias in new],
        )


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}
