"""Why the index says who spoke: every reason for one quotation, and what deserves a look.

Both read stored facts; no model runs.  `Explanation` and `Doubt` say what they give.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from quotes.answers import questions, utterances
from quotes.answers.catalogue import families
from quotes.index.opening import explaining, select
from quotes.people.decisions import assigned, decisions_about, kept_apart
from quotes.people.forms import Named, lookalikes
from quotes.people.known import People
from quotes.records import Entity, Span
from quotes.rows import Doubt, DoubtKind, Explanation, Occurrence, Passage, Tie
from quotes.utterances import joins
from quotes.utterances.groups import variants_of

AROUND = 60  # characters of its line that are shown on either side of a mention
MOST_TIED = 200  # quotations of one group that are compared, the first: time goes as their square
WEAK = "the nearest%who fits"  # ends a reason that rests on nothing but where names stand
DOUBTFUL = ": probably "  # in the reason of a name that was given with some doubt
EXAMPLES = 3  # quotations of a doubt, and speakers for a bare surname, that are named


def explain(db: sqlite3.Connection, id: str, *, people: People) -> list[Explanation]:  # noqa: A002
    """How the printings of an utterance came to their speaker, see `Index.explain`.

    `people` tells the offices held on the article's day.
    """
    with explaining(db):
        wanted = {"id": utterances.quotation_id(db, id)}
        found = utterances.printed(db, "q.id = :id OR q.cluster = :id", wanted)
        ordered = sorted(found, key=lambda each: utterances.earliest(each[1]))
        ties = _ties(db, {each.cluster for _, each in ordered if each.cluster})
        return [
            _explanation(db, each, number, people, ties.get(each.quotation))
            for number, each in ordered
        ]


def _explanation(
    db: sqlite3.Connection, quotation: Occurrence, number: int, people: People, tie: Tie | None
) -> Explanation:
    row = select(
        db,
        f"""SELECT a.heading, a.text, {utterances.places("cue")}, {utterances.places("source")},
            {utterances.places("polarity_words")}, q.local_entity, q.speaker,
            q.speaker IS l.entity AS follows, f.basis, f.doubtful
        FROM quotation q JOIN article a ON a.id = q.article
        LEFT JOIN local_entity l ON l.number = q.local_entity
        LEFT JOIN form f ON f.number = l.form WHERE q.number = ?""",
        (number,),
    ).fetchone()
    local = next(_entities(db, "local_entity", "number = ?", row["local_entity"]), None)
    entity = next(_entities(db, "entity", "id = ?", row["speaker"]), None)
    joined = local and row["follows"]
    in_line = partial(passage, row["text"])
    person = people.named(entity.name) if entity and entity.kind == "person" else None
    offices = person.roles_on(quotation.published) if person else ()
    # Of a source left without a name: those of the article whom the reason names.
    candidates: Iterable[Entity] = ()
    if not quotation.speaker:
        named = "article = ? AND instr(?, name) ORDER BY instr(?2, name), id"
        reason = quotation.speaker_basis
        candidates = _entities(db, "local_entity", named, quotation.article, reason)
    return Explanation(
        quotation=quotation,
        heading=row["heading"],
        content=tuple(map(in_line, quotation.content)),
        cue=tuple(map(in_line, utterances.spans_of(row["cue"]))),
        source=tuple(map(in_line, utterances.spans_of(row["source"]))),
        chain=tuple(map(in_line, quotation.chain)),
        local=local,
        entity=entity,
        join=(row["basis"] or "") if joined else "",
        doubtful=bool(joined and row["doubtful"]),
        offices=tuple(f"{each.role}, {each.of}" if each.of else each.role for each in offices),
        decisions=tuple(
            each
            for each in (decisions_about(db, entity.id) if entity else ())
            if each.action != "assign" or quotation.quotation in each.quotations
        ),
        candidates=tuple(candidates),
        tie=tie,
        family=next(families(db, of=[quotation.article]), None),
        paraphrases=tuple(utterances.paraphrases_of(db, [quotation.quotation])),
        polarity=tuple(map(in_line, utterances.spans_of(row["polarity_words"]))),
    )


def passage(text: str, span: Span) -> Passage:
    """Words in their line, which is cut at a space `AROUND` characters off.

    >>> passage("Ann Lee spoke.\\nShe said no.", Span(15, 18))
    Passage(span=Span(start=15, end=18), before='', words='She', after=' said no.')
    """
    start = text.rfind("\n", 0, span.start) + 1
    stop = text.find("\n", span.end)
    before = text[start : span.start]
    after = text[span.end : len(text) if stop < 0 else stop]
    if len(before) > AROUND:
        before = "… " + before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + " …"
    return Passage(span, before, span.of(text), after)


def _entities(
    db: sqlite3.Connection, table: str, holds: str, *values: str | int | None
) -> Iterator[Entity]:
    """Entities of one article or across articles, with the names that they are seen by."""
    aliases, key = ("alias", "id") if table == "entity" else ("local_alias", "number")
    rows = select(
        db,
        f"""SELECT id, name, kind, (SELECT json_group_array(alias) FROM {aliases}
            WHERE {table} = e.{key}) AS aliases, role, wikidata
        FROM {table} e WHERE {holds}""",
        values,
    )
    for row in rows:
        yield Entity(**{**row, "aliases": tuple(sorted(json.loads(row["aliases"])))})


def _ties(db: sqlite3.Connection, clusters: Iterable[str]) -> Mapping[str, Tie]:
    """Which other wording each quotation depends on, by its id, judged as for the stored groups."""
    found: dict[str, Tie] = {}
    for cluster in sorted(clusters):
        rows = db.execute(
            "SELECT number FROM quotation WHERE cluster = ? ORDER BY number LIMIT ?",
            (cluster, MOST_TIED),
        )
        numbers = [number for (number,) in rows]
        known = {each.quotation: each for each in utterances.by_number(db, numbers).values()}
        for id_, (partner, reason) in joins(variants_of(db, numbers)).items():
            found[id_] = Tie(known[partner] if partner else None, reason)
    return found


# What deserves a look


def review(
    db: sqlite3.Connection, *, kind: DoubtKind | None = None, limit: int | None = None
) -> list[Doubt]:
    """Doubtful decisions that no hand has settled, see `Index.review`."""
    questions.one_of("kind", kind, tuple(_FINDERS))
    questions.at_most(limit)
    with explaining(db):
        chosen = [find for each, find in _FINDERS.items() if kind in (None, each)]
        every = [doubt for find in chosen for doubt in find(db)]
    every.sort(key=lambda doubt: (-doubt.quotations, doubt.kind, doubt.subject, doubt.articles))
    return every[:limit]


def _doubt(
    kind: DoubtKind,
    subject: str,
    evidence: str,
    quotations: int,
    articles: Iterable[str],
    ids: Iterable[str],
    settle: Iterable[Sequence[str]],
) -> Doubt:
    """A doubt about the quotations of these ids, settled by one of these commands."""
    return Doubt(
        kind=kind,
        subject=subject,
        evidence=evidence,
        quotations=quotations,
        articles=tuple(sorted(set(articles))),
        examples=tuple(sorted(ids)[:EXAMPLES]),
        settle=tuple(shlex.join(("quotes", "speakers", *words)) for words in settle),
    )


def _evidence(reasons: Iterable[str]) -> str:
    """Reasons in a row, each once; a capital makes no other reason.

    >>> _evidence(["“he” could be Lee", "“He” could be Lee", "nobody is named before “she”"])
    'nobody is named before “she”; “He” could be Lee'
    """
    once = {reason.lower(): reason for reason in sorted(reasons, reverse=True)}
    return "; ".join(sorted(once.values()))


def _sources(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Sources that the article may name, by article and wording."""
    rows = select(
        db,
        """SELECT a.id, a.heading, min(q.speaker_as_written) AS written, count(*) AS quotations,
            json_group_array(q.speaker_basis) AS reasons, json_group_array(q.id) AS ids
        FROM quotation q JOIN article a ON a.id = q.article
        WHERE q.speaker IS NULL AND q.speaker_basis LIKE 'abstained:%'
        GROUP BY a.id, lower(q.speaker_as_written)""",
    )
    for row in rows:
        reasons = json.loads(row["reasons"])
        why = _evidence(reason.removeprefix("abstained: ") for reason in reasons)
        named = db.execute(
            """SELECT DISTINCT entity FROM local_entity
            WHERE article = ?1 AND entity IS NOT NULL AND instr(?2, name)
            ORDER BY instr(?2, name)""",
            (row["id"], why),
        )
        subject = f"“{row['written']}” in {row['heading']}"
        may_be = [*(entity for (entity,) in named), "NAME"]
        ids = sorted(json.loads(row["ids"]))
        settle = (("assign", who, *ids) for who in may_be)
        yield _doubt("source", subject, why, row["quotations"], [row["id"]], ids, settle)


def _joins(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Speakers of articles taken for one of the index on little, by name and speaker."""
    rows = select(
        db,
        """SELECT l.name, e.id, e.name AS called, f.basis, count(*) AS quotations,
            json_group_array(l.article) AS articles, json_group_array(q.id) AS ids
        FROM form f JOIN entity e ON e.id = f.entity
        JOIN local_entity l ON l.form = f.number JOIN quotation q ON q.local_entity = l.number
        WHERE f.doubtful
            AND EXISTS (SELECT 1 FROM form o WHERE o.entity = f.entity AND o.key != f.key)
        GROUP BY l.name, e.id, f.basis""",
    )
    for row in rows:
        name, entity, count, why = row["name"], row["id"], row["quotations"], row["basis"]
        articles, ids = sorted(set(json.loads(row["articles"]))), json.loads(row["ids"])
        subject = f"{name} is taken for {row['called']}"
        settle = ("alias", "add", entity, name), ("split", entity, *articles, "--as", name)
        yield _doubt("join", subject, why, count, articles, ids, settle)


def _lookalikes(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Speakers kept apart that may be one; a bare surname once, with all whom it may mean."""
    rows = select(
        db,
        """SELECT e.id, e.name, e.kind, e.wikidata,
            (SELECT count(*) FROM quotation WHERE speaker = e.id) AS quotations
        FROM entity e WHERE e.kind IN ('person', 'organisation')""",
    )
    apart = kept_apart(db)
    asked: list[tuple[Named, Sequence[Named], str, str]] = []
    lone: defaultdict[Named, list[Named]] = defaultdict(list)
    for pair in lookalikes(Named(**row) for row in rows):
        one, other = pair.one, pair.other
        if frozenset((one.id, other.id)) in apart:
            continue
        if one.kind == "person" and 1 in (len(one.words), len(other.words)):
            bare, full = (one, other) if len(one.words) == 1 else (other, one)
            lone[bare].append(full)
        else:
            why = f"{pair.why}; {one.quotations} and {other.quotations} quotations"
            asked.append((other, [one], f"{one.name} and {other.name}", why))
    for bare, several in lone.items():
        several.sort(key=lambda each: (-each.quotations, each.id))
        known = ", ".join(f"{each.name} ({each.quotations})" for each in several[:EXAMPLES])
        more = f" and {len(several) - EXAMPLES} more" if len(several) > EXAMPLES else ""
        asked.append((bare, several[:EXAMPLES], f"{bare.name} alone", f"may be {known}{more}"))
    for who, others, subject, why in asked:
        said = db.execute("SELECT id, article FROM quotation WHERE speaker = ?", (who.id,))
        articles = dict(said.fetchall())
        settle = [(action, each.id, who.id) for action in ("merge", "apart") for each in others]
        yield _doubt("lookalike", subject, why, who.quotations, articles.values(), articles, settle)


def _speakers(db: sqlite3.Connection) -> Iterator[Doubt]:
    """Names given in doubt, or for where words stand alone, where somebody else speaks too."""
    rows = select(
        db,
        """SELECT a.id, a.heading, e.id AS entity, e.name, count(*) AS quotations,
            json_group_array(q.speaker_basis) AS reasons, json_group_array(q.id) AS ids
        FROM quotation q JOIN article a ON a.id = q.article JOIN entity e ON e.id = q.speaker
        WHERE (q.speaker_basis LIKE '%' || ? OR instr(q.speaker_basis, ?))
            AND q.id NOT IN (SELECT value FROM json_each(?))
            AND EXISTS (SELECT 1 FROM quotation o
            JOIN local_entity l ON l.number = o.local_entity AND l.kind = e.kind
            WHERE o.article = a.id AND o.speaker != q.speaker)
        GROUP BY a.id, e.id""",
        (WEAK, DOUBTFUL, json.dumps(sorted(assigned(db)))),
    )
    for row in rows:
        subject, why = f"{row['name']} in {row['heading']}", _evidence(json.loads(row["reasons"]))
        ids = sorted(json.loads(row["ids"]))
        settle = (("assign", who, *ids) for who in (row["entity"], "NAME"))
        yield _doubt("speaker", subject, why, row["quotations"], [row["id"]], ids, settle)


_FINDERS: Mapping[DoubtKind, Callable[[sqlite3.Connection], Iterator[Doubt]]] = {
    "source": _sources,
    "join": _joins,
    "lookalike": _lookalikes,
    "speaker": _speakers,
}
