"""Entities and coreference of several corpora as one kind of labels, to train the reader on.

Each corpus gives `Labelled` texts: marks with a kind (what the mention names), a head (its
last noun, where links begin and end) and a chain (which marks mean the same).  GUM has all
three by hand; LitBank has chains; GAP has single pronouns; PolNeAR has names by CoreNLP and,
for the sources of its attributions, the chains of this project's own rules.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from quotes.people.known import People
from quotes.people.titles import Titles
from quotes.reader.decode import PRONOUNS, head_start
from quotes.records import AnnotatedArticle, Article, MentionKind, Quotation, Span
from quotes.speakers import resolve_article
from quotes.speakers.chains import Chains
from quotes.speakers.names import find_names
from quotes.text.normalised import sentences


@dataclass(frozen=True)
class Mark:
    """A mention: ``text[start:end]``, its head word's offset, what it names, and its chain.

    `kind` None: a mention without a tag (a thing, an event); `asks` says whether its
    antecedent is known and may be asked for.
    """

    start: int
    end: int
    head: int
    kind: MentionKind | None
    chain: str | None
    asks: bool = True


@dataclass(frozen=True)
class Labelled:
    """A text with its marks.

    `kinds` says whether every name is marked, so that the rest is surely none; `unsure`
    holds spans whose kind is not known; `closed` that only the marks given may be chosen
    between; `weight` how far the chains are trusted.
    """

    text: str
    marks: list[Mark]
    kinds: bool
    unsure: list[tuple[int, int]] = field(default_factory=list)
    closed: bool = False
    weight: float = 1.0


# GUM


@dataclass
class _Token:
    form: str
    start: int
    upos: str
    xpos: str
    lemma: str

    @property
    def end(self) -> int:
        return self.start + len(self.form)


_ENTITY = re.compile(r"\((\d+)-([a-z]+)([^()]*)(\))?|(\d+)\)")
_GUM_KINDS: dict[str, MentionKind] = {
    "person": "person",
    "organization": "organisation",
    "place": "place",
}


def gum(path: Path, titles: Titles) -> list[Labelled]:
    """GUM's documents, from one of its CoNLL-U files."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        documents = re.split(r"(?m)^# newdoc id.*\n", lines.read())
    return [_gum_document(block, titles) for block in documents if block.strip()]


def _gum_document(block: str, titles: Titles) -> Labelled:
    text, tokens, spans = _gum_text(block)
    marks = []
    for first, last, kind, chain in spans:
        mark = _gum_mark(text, tokens[first : last + 1], kind, chain, titles)
        if mark:
            marks.append(mark)
    marks += _nationalities(tokens, marks)
    return Labelled(text, _one_a_head(marks), kinds=True)


def _gum_text(block: str) -> tuple[str, list[_Token], list[tuple[int, int, str, str]]]:
    """The text, its tokens, and entities as (first token, last token, type, chain)."""
    text, space = "", ""
    tokens: list[_Token] = []
    spans: list[tuple[int, int, str, str]] = []
    opened: dict[str, list[tuple[int, str]]] = defaultdict(list)
    joined_until, after_joined = 0, ""
    for line in block.splitlines():
        if line.startswith("# newpar"):
            space = "\n\n" if text else ""
        number, form, lemma, upos, xpos, *_, misc = line.split("\t") if "\t" in line else "." * 7
        if "." in number:
            continue
        gap = "" if "SpaceAfter=No" in misc else " "
        if "-" in number:  # "don't", whose parts follow
            joined_until, after_joined = int(number.split("-")[1]), gap
            text, space = text + space, ""
            continue
        if int(number) == 1 and space:
            joined_until = 0
        text += space
        tokens.append(_Token(form, len(text), upos, xpos, lemma))
        text += form
        space = gap
        if int(number) <= joined_until:
            space = after_joined if int(number) == joined_until else ""
            joined_until = 0 if int(number) == joined_until else joined_until
        spans += _entities(misc, len(tokens) - 1, opened)
    return text, tokens, spans


def _entities(
    misc: str, token: int, opened: dict[str, list[tuple[int, str]]]
) -> Iterator[tuple[int, int, str, str]]:
    """The entities that end at a token; those that begin there are kept in `opened`."""
    entity = re.search(r"(?:^|\|)Entity=([^|]*)", misc)
    for found in _ENTITY.finditer(entity.group(1) if entity else ""):
        chain, kind, _, closed, ended = found.groups()
        if chain and closed:
            yield token, token, kind, chain
        elif chain:
            opened[chain].append((token, kind))
        elif opened[ended]:
            first, kind = opened[ended].pop()
            yield first, token, kind, ended


def _gum_mark(
    text: str, tokens: list[_Token], kind: str, chain: str, titles: Titles
) -> Mark | None:
    start, end = tokens[0].start, tokens[-1].end
    if _is_joined(text[start:end]):
        return None
    head = head_start(text, start, end)
    core = [t for t in tokens if t.start <= head]
    if len(tokens) == 1 and tokens[0].form.lower() in PRONOUNS:
        return Mark(start, end, head, "pronoun", chain)
    wanted = _GUM_KINDS.get(kind)
    if wanted and core[-1].upos == "PROPN":
        run = _run(core, {"PROPN"}, titles if wanted == "person" else None)
        if len(core) > len(run) and wanted != "person" and core[0].upos == "PROPN":
            run = core
        if wanted == "person" and len(run) == 1 and _is_title(run[0].form, titles):
            return Mark(run[0].start, run[0].end, head, "role", chain)
        end = run[-1].end if wanted == "person" else _with_of(tokens[len(core) - 1 :])
        return Mark(run[0].start, end, head, wanted, chain)
    if kind in {"person", "organization"} and core[-1].upos == "NOUN":
        run = _run(core, {"NOUN", "ADJ", "PROPN", "NUM"}, None)
        return Mark(run[0].start, run[-1].end, head, "role", chain)
    return Mark(start, end, head, None, chain)


def _run(core: list[_Token], kinds: set[str], titles: Titles | None) -> list[_Token]:
    """The last tokens of `core` of these parts of speech, without titles at the front."""
    first = len(core) - 1
    proper = {"NNP", "NNPS"} if "PROPN" in kinds else set()  # "United", an adjective in a name
    while first and (
        core[first - 1].upos in kinds
        or core[first - 1].xpos in proper
        or core[first - 1].form == "-"
    ):
        first -= 1
    while titles and first < len(core) - 1 and _is_title(core[first].form, titles):
        first += 1
    return core[first:]


def _with_of(tokens: list[_Token]) -> int:
    """Where a body's or place's name ends that began before these: "University of Leeds"."""
    end, at = tokens[0].end, 1
    while at < len(tokens) and tokens[at].form in {"of", "for"}:
        at += 1
        while at < len(tokens) and tokens[at].upos == "DET":
            at += 1
        named = at
        while at < len(tokens) and tokens[at].xpos in {"NNP", "NNPS"}:
            at += 1
        if at == named:
            break
        end = tokens[at - 1].end
    return end


def _is_title(word: str, titles: Titles) -> bool:
    word = word.lower().replace(".", "")
    return word in titles.offices or word in titles.courtesy or word in titles.abbreviated


def _is_joined(words: str) -> bool:
    """Whether a mention names several: its head would be one of them."""
    return bool(re.search(r"^\S+(?: \S+){0,3}(?:,[^,]+)*,? (?:and|or|&) ", words))


def _nationalities(tokens: list[_Token], marks: list[Mark]) -> list[Mark]:
    taken = [(m.start, m.end) for m in marks if m.kind in {"person", "organisation", "place"}]
    return [
        Mark(t.start, t.end, t.start, "nationality", None)
        for t in tokens
        if t.xpos == "JJ"
        and t.form[:1].isupper()
        and t.lemma[:1].isupper()
        and not any(start <= t.start < end for start, end in taken)
    ]


def _one_a_head(marks: list[Mark]) -> list[Mark]:
    """Where several marks share a head the longest says what it is, in whichever chain."""
    best: dict[int, Mark] = {}
    for mark in marks:
        held = best.get(mark.head)
        if held is None or (mark.kind is not None, mark.end - mark.start) > (
            held.kind is not None,
            held.end - held.start,
        ):
            chain = mark.chain or (held.chain if held else None)
            best[mark.head] = replace(mark, chain=chain)
    return sorted(best.values(), key=lambda m: m.start)


# LitBank


def litbank(path: Path) -> list[Labelled]:
    """LitBank's openings of novels: chains without kinds."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        documents = re.split(r"(?m)^#begin document.*\n", lines.read())
    return [_litbank_document(block) for block in documents if block.strip()]


def _litbank_document(block: str) -> Labelled:
    text = ""
    opened: dict[str, list[int]] = defaultdict(list)
    marks: list[Mark] = []
    quote_open = False
    for line in block.splitlines():
        columns = line.split("\t")
        if len(columns) < 13:
            continue
        word = columns[3]
        glued = word in {".", ",", ";", ":", "!", "?", "''", "”", "’", ")", "'s", "’s", "n't"}
        if word in {'"', "``", "“"}:
            glued, quote_open = quote_open and word == '"', not quote_open
        text += "" if glued or not text else " "
        start = len(text)
        text += word
        for found in re.finditer(r"\((\d+)\)|\((\d+)|(\d+)\)", columns[12]):
            single, opens, closes = found.groups()
            if opens:
                opened[opens].append(start)
            elif single or opened[closes]:
                begin = start if single else opened[closes].pop()
                marks.append(_untyped(text, begin, len(text), single or closes))
    return Labelled(text, _one_a_head([m for m in marks if m]), kinds=False)


def _untyped(text: str, start: int, end: int, chain: str) -> Mark | None:
    if _is_joined(text[start:end]):
        return None
    pronoun = text[start:end].lower() in PRONOUNS
    return Mark(start, end, head_start(text, start, end), "pronoun" if pronoun else None, chain)


# GAP


def gap_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of one of GAP's files."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(io.StringIO(lines.read()), delimiter="\t", quoting=csv.QUOTE_NONE)


def gap(path: Path) -> list[Labelled]:
    """GAP's pronouns that mean one of their two names; the others teach nothing here."""
    found = []
    for row in gap_rows(path):
        right = [name for name in "AB" if row[f"{name}-coref"] == "TRUE"]
        if len(right) != 1:
            continue
        text, at = row["Text"], int(row["Pronoun-offset"])
        marks = [Mark(at, at + len(row["Pronoun"]), at, "pronoun", "right")]
        for name in "AB":
            start = int(row[f"{name}-offset"])
            end = start + len(row[name])
            chain = "right" if name in right else "wrong"
            mark = Mark(start, end, head_start(text, start, end), "person", chain, asks=False)
            marks.append(mark)
        marks.sort(key=lambda m: m.start)
        found.append(Labelled(text, marks, kinds=False, closed=True, weight=8.0))
    return found


# PolNeAR


_SILVER: dict[str, MentionKind] = {
    "PERSON": "person",
    "ORGANIZATION": "organisation",
    "LOCATION": "place",
}
_RUN = {"JJ", "NN", "NNS", "NNP", "NNPS", "JJR", "JJS", "VBG", "VBN", "CD"}


class Nouns:
    """Which common nouns stand for persons and bodies, as GUM has them."""

    def __init__(self, documents: list[Labelled], titles: Titles) -> None:
        """Count the heads of roles among all words."""
        roles: Counter[str] = Counter()
        words: Counter[str] = Counter()
        for document in documents:
            words.update(re.findall(r"[a-z]+", document.text))
            for mark in document.marks:
                if mark.kind == "role":
                    roles[document.text[mark.head : mark.end].lower()] += 1
        sure = set(titles.people) | titles.unnamed_roles
        self._sure = sure | {w for w, n in roles.items() if n > 1 and n >= 0.5 * words[w]}
        self._open = {w for w, n in roles.items() if n >= 0.05 * words[w]} - self._sure
        self._open |= titles.unnamed | titles.groups | titles.body_nouns
        self._open -= self._sure

    def says(self, noun: str) -> bool | None:
        """Whether a noun stands for a person or body; None if now and then."""
        noun = noun.lower()
        single = noun[:-1] if noun.endswith("s") else noun
        if noun in self._sure or single in self._sure:
            return True
        return None if noun in self._open or single in self._open else False


def polnear(
    record: dict[str, Any], silver: dict[str, Any], nouns: Nouns, people: People, titles: Titles
) -> Labelled:
    """A PolNeAR article: names by CoreNLP, chains of its sources by this project's rules."""
    text = record["text"]
    tokens = [token for sentence in silver["sentences"] for token in sentence]
    typed, unsure = _silver_kinds(text, tokens, nouns)
    chained = _own_chains(record, people, titles)
    marks = [m for m in chained if m.chain]
    heads = {m.head for m in marks}
    kinds = {m.head: m for m in typed}
    marks = [
        replace(m, kind=kinds[m.head].kind, start=kinds[m.head].start, end=kinds[m.head].end)
        if m.head in kinds and m.kind != "pronoun"
        else m
        for m in marks
    ]
    marks += [m for m in typed if m.head not in heads]
    return Labelled(
        text,
        sorted(marks, key=lambda m: m.start),
        kinds=True,
        unsure=unsure + [(m.start, m.end) for m in chained if m.kind is None],
        weight=0.7,
    )


def _silver_kinds(
    text: str, tokens: list[list[Any]], nouns: Nouns
) -> tuple[list[Mark], list[tuple[int, int]]]:
    """Marks by CoreNLP's tags and parts of speech, and spans whose kind is open."""
    marks: list[Mark] = []
    unsure: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        start, end, pos, _, label = tokens[at]
        last = at
        while label in _SILVER and last + 1 < len(tokens) and tokens[last + 1][4] == label:
            last += 1
        end = tokens[last][1]
        if label in _SILVER:
            head = head_start(text, start, end)
            marks.append(Mark(start, end, head, _SILVER[label], None, asks=False))
        elif text[start:end].lower() in PRONOUNS:
            marks.append(Mark(start, end, start, "pronoun", None, asks=False))
        elif label == "MISC" and pos in {"JJ", "NNPS"}:
            marks.append(Mark(start, end, start, "nationality", None, asks=False))
        elif label == "MISC":
            unsure.append((start, end))
        elif pos in {"NN", "NNS", "NNP"} and not _is_premodifier(tokens, at):
            first = _run_before(tokens, at)
            if nouns.says(text[start:end]) is not False:
                unsure.append((first, end))
        at = last + 1
    return marks, unsure


def _run_before(tokens: list[list[Any]], at: int) -> int:
    """Where the nouns and adjectives begin that stand before a noun and itself."""
    while at and tokens[at - 1][2] in _RUN and tokens[at - 1][4] == "O":
        at -= 1
    return int(tokens[at][0])


def _is_premodifier(tokens: list[list[Any]], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1][2] in {"NN", "NNS"} and tokens[at + 1][4] == "O"


def _own_chains(record: dict[str, Any], people: People, titles: Titles) -> list[Mark]:
    """Names and resolved sources of an article, with the chains that the rules give them."""
    text = record["text"]
    article = Article(record["id"], text, record["outlet"], published=record["date"])
    names = tuple(n for n in find_names(text, titles, people) if not n.common)
    chains = Chains(text, names, people=people, titles=titles, day=record["date"])
    marks: list[Mark] = []
    for name in names:
        chain = chains.of.get(name.start)
        end = name.end
        head = head_start(text, name.start, end)
        kind: MentionKind | None = None
        if chain and chain.kind in {"person", "organisation", "place"}:
            kind = chain.kind  # type: ignore[assignment]
        marks.append(Mark(name.start, end, head, kind, chain.name if chain else None))
    held = {m.head for m in marks}
    quotations = [_as_quotation(n, a) for n, a in enumerate(record["attributions"])]
    annotated = AnnotatedArticle(article, sentences(text))
    resolved, _ = resolve_article(annotated, quotations, people=people, titles=titles)
    for quotation in resolved:
        if quotation.speaker is None or not quotation.source:
            continue
        start, end = quotation.source[0].start, quotation.source[0].end
        head = head_start(text, start, end)
        words = text[start:end]
        if head in held or " and " in words:
            continue
        if words.lower() in PRONOUNS:
            marks.append(Mark(start, end, start, "pronoun", quotation.speaker.name))
        elif words == words.lower():
            marks.append(Mark(start, end, head, None, quotation.speaker.name))
        held.add(head)
    return marks


def _as_quotation(number: int, attribution: dict[str, Any]) -> Quotation:
    content, cue, source = (
        tuple(Span(*pair) for pair in attribution[role]) for role in ("content", "cue", "source")
    )
    return Quotation(
        f"q{number:010x}", attribution["type"], content, cue, source, "assertion", 1.0, "gold"
    )
