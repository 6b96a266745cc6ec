"""Train the weights by which a pronoun or a description gets its person.

    python scripts/train/train_speakers.py --corpora DIR [--reader DIR] [--predict DIR]

Reads the labelled articles of DIR/polnear and DIR/news (train parts) and GAP's development and
validation parts; resolves them with a record of every question that the ranker is asked; and
fits a conditional logit for each kind of source: which of the candidates, or nobody.  Every
article is resolved with gold spans and with the reader's own, with the people file and with half
of its persons hidden.  What stands before a source is answered by the rules at first, and then
by weights that were learned without its article.

Figures are by cross-validation, in five folds by article; nothing is measured on what it was
learned from.  `--predict` writes the held-out answers on the reader's own spans as lines of
`quotes extract --nl`, for the corpora's scorers.  Writes quotes/models/speakers/weights.json.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import pickle
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from mention_data import gap_rows

from quotes.people.known import People, load_people
from quotes.people.titles import Titles, load_titles
from quotes.quotations import detect, find_regions
from quotes.reader import Reader
from quotes.records import AnnotatedArticle, Article, Quotation, Span, TextReading
from quotes.speakers import resolve_article
from quotes.speakers.chains import Chain
from quotes.speakers.ranker import (
    Features,
    Kind,
    Nobody,
    Ranker,
    Ranking,
    choice,
    probabilities,
)
from quotes.text.normalised import sentences

KINDS: tuple[Kind, ...] = ("pronoun", "description")
FOLDS = 5
WEIGHTS = "quotes/models/speakers/weights.json"
WANTED = {"pronoun": 0.95, "description": 0.92}
"""The precision that each kind's thresholds are chosen for, of held-out answers."""
RARELY = 4  # a feature that fewer questions have gets no weight of its own
STRENGTH = 0.15  # of the pull of every weight to nought, for each question


@dataclass
class Question:
    """One question to the ranker, and which of its answers are right; the last is nobody."""

    kind: Kind
    group: str
    corpus: str
    terms: list[list[str]]
    right: list[int]
    weight: float


@dataclass
class Labels:
    """An article with the names of those who speak, None where it gives none, by source offset."""

    article: Article
    quotations: list[Quotation]
    speakers: dict[int, str | None]


class Recorder(Ranker):
    """A ranker that keeps what it is asked; without another's weights it does as the rules do."""

    def __init__(self, base: Ranker | None) -> None:
        super().__init__(base.weights if base else {}, base.least if base else {})
        self.by_rules = base is None
        self.asked: dict[int, tuple[Kind, list[tuple[Chain, Features]], Nobody]] = {}

    def rank(
        self,
        kind: Kind,
        candidates: Sequence[tuple[Chain, Features]],
        nobody: Nobody,
        at: int = -1,
    ) -> Ranking:
        if candidates:
            self.asked.setdefault(at, (kind, list(candidates), nobody))
        if not self.by_rules:
            return super().rank(kind, candidates, nobody, at)
        chosen = next((chain for chain, features in candidates if features.ruled), None)
        return Ranking(((chosen, 1.0),) if chosen else (), chosen)


# Names


DROPPED = {"the", "a", "an", "mr", "mrs", "ms", "dr", "sen", "rep", "gov", "president", "of"}


def words_of(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold().replace("’s", "").replace("'s", "")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [w for w in re.findall(r"[^\W_]+", plain) if w not in DROPPED]


def is_called(chain: Chain, name: str | None) -> bool:
    """Whether a chain is who goes by a name: one name's words are all the other's, or initials."""
    if not name or chain.sort is not None:
        return False
    wanted = words_of(name)
    for form in {chain.name, " ".join(chain.words), *chain.aliases}:
        own = words_of(form)
        if not own or not wanted:
            continue
        if set(own) <= set(wanted) or set(wanted) <= set(own):
            same = own[-1] == wanted[-1] or chain.kind != "person"
        else:
            one, other = own[0], wanted[0]
            length = 1 if min(len(one), len(other)) < 3 else 3
            same = own[-1] == wanted[-1] and one[:length] == other[:length]
        if same:
            return True
        if "".join(own) == "".join(w[0] for w in wanted):
            return True
    return False


# Corpora


def read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def labelled(record: dict[str, Any], told: Mapping[int, dict[str, Any]]) -> Labels:
    quotations, speakers = [], {}
    for number, each in enumerate(record["attributions"]):
        places = [spans(each[part]) for part in ("content", "cue", "source")]
        quotations.append(
            Quotation(f"q{number:010x}", each["type"], *places, "assertion", 1.0, "gold")
        )
        label = told.get(number)
        if places[2] and label and label["kind"] not in {"unclear", "document"}:
            speakers[places[2][0].start] = label["speaker"]
    article = Article(record["id"], record["text"], record.get("outlet"))
    return Labels(replace(article, published=record.get("date")), quotations, speakers)


def articles(corpora: Path) -> dict[str, list[Labels]]:
    """The labelled articles of each corpus."""
    told = {
        each["id"]: {label["i"]: label for label in each["speakers"]}
        for each in read_lines(corpora / "polnear" / "train_speakers.jsonl.gz")
    }
    records = read_lines(corpora / "polnear" / "train.jsonl.gz")
    polnear = [labelled(r, told[r["id"]]) for r in records if r["id"] in told]
    records = read_lines(corpora / "news" / "train.jsonl.gz")
    news = [labelled(r, dict(enumerate(r["attributions"]))) for r in records]
    return {"polnear": polnear, "news": news}


class Readings:
    """What a reader finds in texts, kept in a folder if one is given."""

    def __init__(self, reader: Reader, folder: Path | None) -> None:
        self.reader, self.folder = reader, folder

    def of(self, text: str) -> TextReading:
        key = hashlib.sha256(f"{self.reader.version}{text}".encode()).hexdigest()
        path = self.folder / key if self.folder else None
        if path and path.exists():
            return pickle.loads(path.read_bytes())
        reading = replace(self.reader.read([text])[0], vector=None)
        if path:
            path.write_bytes(pickle.dumps(reading))
        return reading


# Questions


def half_of(people: People, seed: int) -> People:
    """The people file with every other person hidden, who those are by a seed."""
    chance = random.Random(seed)
    return People(person for person in people.persons if chance.random() < 0.5)


def own_quotations(labels: Labels, reading: TextReading) -> tuple[list[Quotation], dict[int, Any]]:
    """The reader's own quotations of an article, and who speaks those that are labelled."""
    annotated = annotated_of(labels.article)
    found = list(detect(annotated, reading.attributions))
    speakers = {}
    for each in found:
        for gold in labels.quotations:
            if not (each.source and gold.source and gold.source[0].start in labels.speakers):
                continue
            touching = shared(each.source, gold.source) > 0
            if touching and shared(each.content, gold.content) >= 0.5:
                speakers[each.source[0].start] = labels.speakers[gold.source[0].start]
    return found, speakers


def shared(one: Sequence[Span], other: Sequence[Span]) -> float:
    """The share of the characters of either that both cover."""
    a = {at for span in one for at in range(span.start, span.end)}
    b = {at for span in other for at in range(span.start, span.end)}
    return len(a & b) / max(1, len(a | b))


def annotated_of(article: Article) -> AnnotatedArticle:
    return AnnotatedArticle(article, sentences(article.text), find_regions(article))


def questions_of(
    labels: Labels,
    corpus: str,
    ranker: Ranker | None,
    people: Sequence[People],
    titles: Titles,
    reading: TextReading,
) -> list[Question]:
    """What the ranker is asked in one article; without one the rules decide."""
    annotated = annotated_of(labels.article)
    own, own_speakers = own_quotations(labels, reading)
    half = people[1 + len(labels.article.id) % 2]
    ways = [
        (labels.quotations, labels.speakers, people[0], reading.mentions, 1.0),
        (labels.quotations, labels.speakers, half, reading.mentions, 1.0),
        (own, own_speakers, people[0], reading.mentions, 0.5),
        (own, own_speakers, half, reading.mentions, 0.5),
    ]
    found = []
    for quotations, speakers, known, mentions, weight in ways:
        recorder = Recorder(ranker)
        resolve_article(
            annotated, quotations, people=known, titles=titles, mentions=mentions, ranker=recorder
        )
        for at, (kind, candidates, nobody) in recorder.asked.items():
            if at not in speakers:
                continue
            right = [n for n, (c, _) in enumerate(candidates) if is_called(c, speakers[at])]
            if speakers[at] is None:
                right = [n for n, (c, _) in enumerate(candidates) if c.sort is not None]
                right.append(len(candidates))
            terms = [features.terms() for _, features in candidates] + [nobody.terms()]
            right = right or [len(candidates)]
            group = labels.article.id
            found.append(Question(kind, group, corpus, terms, right, weight / len(ways)))
    return found


def gap_questions(
    path: Path,
    readings: Readings,
    people: Sequence[People],
    titles: Titles,
    rankers: Sequence[Ranker | None],
) -> list[Question]:
    """GAP's pronouns; where neither name is meant, whoever else is, or nobody."""
    found = []
    for number, row in enumerate(gap_rows(path)):
        text, at = row["Text"], int(row["Pronoun-offset"])
        end = at + len(row["Pronoun"])
        source, content = (Span(at, end),), (Span(end, end),)
        group = f"gap {row['ID']}"
        quotation = Quotation("q", "indirect", content, (), source, "assertion", 1.0, "gap")
        recorder = Recorder(rankers[fold_of(group)])
        resolve_article(
            AnnotatedArticle(Article(row["ID"], text), sentences(text)),
            [quotation],
            people=people[number % 3],
            titles=titles,
            mentions=readings.of(text).mentions,
            ranker=recorder,
        )
        if at not in recorder.asked:
            continue
        kind, candidates, nobody = recorder.asked[at]
        gold = {name for name in "AB" if row[f"{name}-coref"] == "TRUE"}
        same = {
            name: {n for n, (c, _) in enumerate(candidates) if is_called(c, row[name])}
            for name in "AB"
        }
        if gold:
            right = sorted(set.union(*(same[name] for name in gold)))
        else:
            right = sorted({*range(len(candidates) + 1)} - same["A"] - same["B"])
        terms = [features.terms() for _, features in candidates] + [nobody.terms()]
        right = right or [len(candidates)]
        found.append(Question(kind, group, "gap", terms, right, 0.15))
    return found


# Fitting


def fold_of(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS


def fit(questions: Sequence[Question]) -> dict[str, float]:
    """The weights under which the right answers are likeliest, pulled to nought."""
    counts = Counter(term for q in questions for term in {t for each in q.terms for t in each})
    vocabulary = {term: n for n, term in enumerate(t for t, c in counts.items() if c >= RARELY)}
    columns, starts, owner, right = [], [], [], []
    for number, question in enumerate(questions):
        for n, terms in enumerate(question.terms):
            starts.append(len(columns))
            columns += [vocabulary[t] for t in terms if t in vocabulary]
            owner.append(number)
            right.append(n in question.right)
    if not columns:
        return {}
    held, begins = torch.tensor(columns), torch.tensor(starts)
    owners, gold = torch.tensor(owner), torch.tensor(right)
    scale = torch.tensor([q.weight for q in questions])
    weights = torch.zeros(len(vocabulary), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=120, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        table = weights.unsqueeze(1)
        scores = torch.nn.functional.embedding_bag(held, table, begins, mode="sum")
        scores = scores.squeeze(1).clamp(-30, 30).exp()
        whole = torch.zeros(len(questions)).index_add(0, owners, scores)
        good = torch.zeros(len(questions)).index_add(0, owners, scores * gold)
        missed = -(scale * (good.clamp(min=1e-12) / whole).log()).sum()
        total = missed + STRENGTH * scale.mean() * 10 * weights.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    learned = weights.detach().tolist()
    found = {term: round(learned[n], 3) for term, n in vocabulary.items()}
    return {term: weight for term, weight in sorted(found.items()) if abs(weight) >= 0.01}


def fit_all(questions: Sequence[Question]) -> dict[str, dict[str, float]]:
    by_kind = {kind: [q for q in questions if q.kind == kind] for kind in KINDS}
    return {kind: fit(asked) if asked else {} for kind, asked in by_kind.items()}


@dataclass
class Held:
    """A question with the probabilities that weights of other articles give; nobody's is last."""

    question: Question
    shares: tuple[float, ...]
    ruled: int | None

    def answer(self, least: tuple[float, float]) -> tuple[float, float, float]:
        """The question's weight if it is answered, answered rightly, and has a right answer."""
        q = self.question
        nobody = len(q.terms) - 1
        chosen = choice(self.shares[:-1], self.ruled, least)
        right = chosen is not None and chosen in q.right
        return q.weight * (chosen is not None), q.weight * right, q.weight * (nobody not in q.right)


def held_out(questions: Sequence[Question], tables: Sequence[Any]) -> list[Held]:
    found = []
    for q in questions:
        shares = probabilities(q.terms, tables[fold_of(q.group)][q.kind])
        ruled = next((n for n, terms in enumerate(q.terms[:-1]) if "ruled" in terms), None)
        found.append(Held(q, shares, ruled))
    return found


def rates(answers: Iterable[Held], least: tuple[float, float]) -> tuple[float, float]:
    """Precision of the answers, and the share of right ones where there is one."""
    given, right, possible = 0.0, 0.0, 1e-9
    for held in answers:
        one, two, three = held.answer(least)
        given, right, possible = given + one, right + two, possible + three
    return right / max(given, 1e-9), right / possible


def thresholds(answers: Sequence[Held]) -> dict[str, tuple[float, float]]:
    """For each kind the two least probabilities that give most right answers precisely enough."""
    least = {}
    pairs = [(one / 20, two / 20) for one in range(2, 11) for two in (18, 19)]
    for kind in KINDS:
        own = [h for h in answers if h.question.kind == kind and h.question.corpus != "gap"]
        figures = {pair: rates(own, pair) for pair in pairs}
        enough = [pair for pair in pairs if figures[pair][0] >= WANTED[kind]]
        best = max(enough, key=lambda pair: figures[pair][1], default=None)
        least[kind] = best or max(pairs, key=lambda pair: figures[pair][0])
    return least


def show(answers: Sequence[Held], least: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """Figures by kind and corpus: of the rules alone and of the ranker."""
    table: dict[str, Any] = {}
    for kind in KINDS:
        for corpus in ("polnear", "news", "gap"):
            own = [h for h in answers if (h.question.kind, h.question.corpus) == (kind, corpus)]
            if not own:
                continue
            rules, ranker = rates(own, (0.0, 2.0)), rates(own, least[kind])
            table[f"{kind} {corpus}"] = {
                "questions": len(own),
                "rules": [round(rate, 3) for rate in rules],
                "ranker": [round(rate, 3) for rate in ranker],
            }
            figures = "; ".join(
                f"{who} precision {given:.3f}, right of those named {right:.3f}"
                for who, (given, right) in (("rules", rules), ("ranker", ranker))
            )
            print(f"  {kind:12} {corpus:8} {len(own):6} questions: {figures}")
    return table


def predict(
    folder: Path,
    corpora: Mapping[str, list[Labels]],
    rankers: Sequence[Ranker],
    readings: Readings,
    titles: Titles,
    people: Mapping[str, People],
) -> None:
    """Held-out answers on the reader's own spans, for the corpora's scorers."""
    folder.mkdir(parents=True, exist_ok=True)
    for (corpus, listed), (way, known) in ((c, p) for c in corpora.items() for p in people.items()):
        with (folder / f"{corpus}{way}.jsonl").open("w", encoding="utf-8") as lines:
            for labels in listed:
                annotated, reading = annotated_of(labels.article), readings.of(labels.article.text)
                found = detect(annotated, reading.attributions)
                resolved, _ = resolve_article(
                    annotated, found, people=known, titles=titles, mentions=reading.mentions,
                    ranker=rankers[fold_of(labels.article.id)],
                )  # fmt: skip
                print(
                    json.dumps(
                        {"id": labels.article.id, "attributions": [line(q) for q in resolved]}
                    ),
                    file=lines,
                )


def line(quotation: Quotation) -> dict[str, Any]:
    places = {
        part: [[s.start, s.end] for s in getattr(quotation, part)]
        for part in ("content", "cue", "source")
    }
    who = quotation.speaker
    named = {"id": who.id, "name": who.name, "kind": who.kind} if who else None
    told = {"type": quotation.kind, "attitude": quotation.attitude}
    return {**places, **told, "speaker": named, "speaker_basis": quotation.speaker_basis}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--reader", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--cache", type=Path, help="where readings are kept between runs")
    parser.add_argument("--predict", type=Path, help="where held-out answers are written")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("quotes/models/speakers/weights.json")
    )
    options = parser.parse_args()
    if options.cache:
        options.cache.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    titles, whole = load_titles(), load_people()
    people = (whole, half_of(whole, 1), half_of(whole, 2))
    readings = Readings(Reader.load(options.reader), options.cache)
    corpora = articles(options.corpora)
    rankers: list[Ranker | None] = [None] * FOLDS
    for before in ("the rules", "weights of other folds"):
        questions = [
            question
            for corpus, listed in corpora.items()
            for each in listed
            for question in questions_of(
                each, corpus, rankers[fold_of(each.article.id)], people, titles,
                readings.of(each.article.text),
            )
        ]  # fmt: skip
        for part in ("development", "validation"):
            path = options.corpora / "gap" / f"gap-{part}.tsv.gz"
            questions += gap_questions(path, readings, people, titles, rankers)
        tables = [
            fit_all([q for q in questions if fold_of(q.group) != fold]) for fold in range(FOLDS)
        ]
        answers = held_out(questions, tables)
        least = thresholds(answers)
        rankers = [Ranker(table, least) for table in tables]
        print(f"what stands before is answered by {before}", least)
        figures = show(answers, least)
        sys.stdout.flush()
    if options.predict:
        ways = {"": whole, "-np": People(())}
        predict(options.predict, corpora, rankers, readings, titles, ways)
    table = {"least": least, "figures": figures, "weights": fit_all(questions)}
    options.output.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
