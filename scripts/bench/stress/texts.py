"""Texts that nobody would write, and what must hold of the quotations of any text.

Three kinds: articles with characters, words and lines changed at random; strings of the very
words and marks that rules look for; anything that `hypothesis` comes up with.  Most go through
the program with a network of random numbers, decoded as the real one's are, so that a text
takes a millisecond and what is read of it makes no sense; some with the real one.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from tools import Found

from quotes.present.quotations import attributions
from quotes.reader.decode import KIND_TAGS, TAGS, MentionScores, Scores, decode, mentions
from quotes.reader.pieces import Pieces, cut
from quotes.reader.run import Reader
from quotes.records import Article, Failure, Quotation, Reading, Span, TextReading
from quotes.run.article import ArticleResult, Steps, load_steps, read_batch

SEEDS = Path(__file__).parents[3] / "fixtures" / "seeds"
MARKS = ("“", "”", '"', "‘", "’", "'", "«", "»", "„", "``", "''", "「", "」", "(", ")", "[", "]")
WORDS = (
    *("Ann Lee", "Lee", "Mr. Orr", "Dr Tam", "Trump", "the agency", "the minister", "Reuters"),
    *("he", "she", "they", "it", "who", "which", "I", "you", "we", "his lawyer", "two officials"),
    *("said", "says", "told", "claims", "denied", "according to", "cited by", "wants", "asked"),
    *("that", "not", "never", "if", "would", "and", "but", "of", "the", "a", "report", "statement"),
    *("LEE:", "Q:", "MR. ORR:", "Photo:", "Advertisement", "Read more", "KYIV (Reuters) -", "1945"),
)
SIGNS = (*",.:;!?-–—…\n\t ", "\n\n", "\r\n", "...", "--", "\u2028", "\u00a0", "\u200b", "\u202e")
ODD = "\x00\x07\x1b\x85\u061c\u200f\u2066\ufeff\ufffd\U0001f600é\u0301ﬁßİ漢字ا܏\U000e0001"
BATCH = 16
NESTED = 0.2  # of reports that hold another
VARIETY = 64  # numbers a word's link is made of


class RandomReader:
    """The shipped reader with random numbers in the network's place, the same for a text."""

    version = "random"

    def __init__(self) -> None:
        """Load the tokenizer and the decoder's own weights."""
        self._shipped = Reader.load(threads=1)

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """Readings and mentions that no text suggests."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> TextReading:
        pieces = cut(text, self._shipped.tokenizer)
        words = len(pieces)
        if not words:
            return TextReading()
        rng = np.random.default_rng(crc32(text.encode("utf-8", "surrogatepass")))

        def numbers(columns: int, scale: float = 1.0) -> np.ndarray:
            return rng.normal(scale=scale, size=(words, columns)).astype(np.float32)

        def stretches(columns: int) -> np.ndarray:
            """Numbers that favour one column for a few words on end."""
            favoured = np.repeat(rng.integers(0, columns, words), rng.integers(1, 9, words))
            made = numbers(columns)
            made[np.arange(words), favoured[:words]] += 4.0
            return made

        links = [numbers(VARIETY + more, 0.5) for more in (1, 0, 1, 0)]
        read = decode(Scores(stretches(len(TAGS)), *links), self._shipped.weights, pieces)
        read += tuple(self._inside(each, pieces) for each in read if rng.random() < NESTED)
        window = np.arange(words) // 250
        scores = MentionScores(stretches(len(KIND_TAGS)), links[0], links[1], window)
        shipped = self._shipped
        meant = mentions(text, pieces, scores, shipped.apart, shipped.kind_steps)
        return TextReading(read, meant)

    def _inside(self, outer: Reading, pieces: Pieces) -> Reading:
        """A report within the first words that another reports."""
        first = int(np.searchsorted(pieces.starts, outer.content[0].start))
        last = int(np.searchsorted(pieces.starts, outer.content[0].end))
        words = [pieces.span((at, at + 1)) for at in range(first, max(last, first + 1))]
        if len(words) < 3:
            return Reading((words[-1],), (), (), 0.5)
        content = Span(words[2].start, words[-1].end)
        return Reading((content,), (words[1],), (words[0],), 0.5)


def originals() -> list[str]:
    """The paragraphs of the sample articles."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    return [line for text in texts for line in text.split("\n") if line.strip()]


def mutated(rng: random.Random, paragraphs: Sequence[str]) -> str:
    """Some paragraphs of articles, changed here and there."""
    whole = rng.choice(("\n", "\n\n", " ")).join(rng.choices(paragraphs, k=rng.randint(1, 3)))
    begin = rng.randrange(len(whole))
    text = list(whole[begin : begin + int(20 * 40 ** rng.random())])
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(text)) if text else 0
        change = rng.randrange(7)
        if change == 0:
            del text[at : at + rng.randint(1, 20)]
        elif change == 1:
            text[at:at] = rng.choice(MARKS)
        elif change == 2:
            text[at:at] = rng.choice(SIGNS)
        elif change == 3:
            text[at:at] = rng.choice(WORDS)
        elif change == 4:
            text[at:at] = text[at : at + rng.randint(1, 60)]
        elif change == 5:
            text[at : at + 1] = rng.choice(ODD)
        else:
            one, other = rng.choice(MARKS), rng.choice(MARKS)
            text = list("".join(text).replace(one, other))
    return "".join(text)


def strung(rng: random.Random) -> str:
    """Words and marks that rules look for, in no order."""
    known = (*WORDS, *MARKS, *MARKS, *SIGNS, rng.choice(ODD))
    parts = rng.choices(known, k=int(60 ** rng.random()))
    return rng.choice(("", " ", " ")).join(parts)


def made(rng: random.Random) -> Iterator[str]:
    """Texts of both kinds without end."""
    paragraphs = originals()
    while True:
        yield mutated(rng, paragraphs) if rng.random() < 0.6 else strung(rng)


def faults(article: Article, result: ArticleResult | Failure) -> Iterator[str]:
    """What is wrong with the quotations of an article, a line each."""
    if isinstance(result, Failure):
        yield result.message
        return
    for quotation in result.quotations:
        yield from faults_of(article.text, quotation)
    ids = [quotation.id for quotation in result.quotations]
    if len(ids) != len(set(ids)):
        yield "two quotations are one"
    line = "".join(attributions(article, result.quotations)).encode("utf-8")
    if json.loads(line)["id"] != article.id or b"\n" in line:
        yield "no line of JSON"


def faults_of(text: str, quotation: Quotation) -> Iterator[str]:
    """What is wrong with the spans of one quotation."""
    roles = (quotation.content, quotation.cue, quotation.source)
    for span in (*(span for spans in roles for span in spans), *quotation.chain):
        if not 0 <= span.start < span.end <= len(text):
            yield f"{span} is no slice of {len(text)} characters"
    if not quotation.content or not all(span.of(text).strip() for span in quotation.content):
        yield "a quotation of nothing"
    if list(quotation.content) != sorted(quotation.content):
        yield f"pieces out of order: {quotation.content}"
    told = sorted(span for spans in roles for span in spans)
    for one, other in pairwise(told):
        if other.start < one.end:
            yield f"{_named(one, quotation)} and {_named(other, quotation)} overlap"


def _named(span: Span, quotation: Quotation) -> str:
    role = next(role for role in ("content", "cue", "source") if span in getattr(quotation, role))
    return f"{role} {span.start}-{span.end}"


def tried(texts: Sequence[str], steps: Steps) -> Iterator[tuple[str, str]]:
    """Each fault, with the text that shows it."""
    articles = [Article(f"a{number}", text) for number, text in enumerate(texts)]
    for article, result in zip(articles, read_batch(articles, steps), strict=True):
        for fault in faults(article, result):
            yield fault, article.text


def random_steps() -> Steps:
    """The article pass with the random reader."""
    return load_steps(reader=RandomReader())


def run(rng: random.Random, *, made_up: int, anything: int, real: int) -> Found:
    """Read texts: so many with random numbers, so many of `hypothesis`, so many with the network.

    Every fault is kept with the shortest text that shows it.
    """
    found = Found("fuzzed texts")
    steps = random_steps()
    source = made(rng)
    kinds: dict[str, tuple[str, str]] = {}
    for count, by in ((made_up, steps), (real, load_steps() if real else steps)):
        for _ in range(0, count, BATCH):
            for fault, text in tried(list(islice(source, BATCH)), by):
                kind = re.sub(r"\d+", "N", fault)
                if kind not in kinds or len(text) < len(kinds[kind][1]):
                    kinds[kind] = (fault, text)
    found.faults += [f"{fault}: {text!r}" for fault, text in kinds.values()]
    found.faults += anything_at_all(steps, anything, rng.randrange(1 << 30))
    found.figures.append(
        f"{made_up:,} texts with random numbers, {anything:,} of hypothesis, "
        f"{real:,} with the network"
    )
    return found


def anything_at_all(steps: Steps, times: int, seed: int) -> list[str]:
    """Texts that `hypothesis` makes, and the smallest that goes wrong."""
    parts = st.one_of(st.sampled_from([*WORDS, *MARKS, *SIGNS]), st.characters(codec="utf-8"))

    @settings(
        max_examples=times, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @seeded(seed)
    @given(st.lists(parts, max_size=60).map("".join))
    def holds(text: str) -> None:
        assert not list(tried([text], steps)), repr(text)

    if not times:
        return []
    try:
        holds()
    except AssertionError as error:
        return [f"hypothesis: {error}"]
    return []
