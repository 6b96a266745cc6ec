"""Which readings report words, and which only an act done with words, such as "praised him".

In: one indirect quotation.  Out: named features of its cue, source and content, and whether they
make it an act, by weights that `data/acts.toml` has (made by `scripts/train/train_acts.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

import regex

from quotes.quotations.cues import forms_of, load_cues
from quotes.quotations.polarity import dismisses_a_thing
from quotes.records import Quotation, Span
from quotes.text.lists import shipped

_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*")
_SHORT = ("'s", "'re", "'ve", "'ll", "'d", "n't", "'m")
_LONG = 12
_WHOLE = 5  # words in marks from which they are more than a term


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    table = shipped("acts.toml")["lists"]
    found = {
        name: frozenset(form for verb in words.split() for form in forms_of(verb))
        for name, words in table["verbs"].items()
    }
    return found | {name: frozenset(words.split()) for name, words in table["words"].items()}


@cache
def _weights() -> Mapping[str, float]:
    return {str(name): float(each) for name, each in shipped("acts.toml")["weights"].items()}


def with_acts(text: str, quotations: Iterable[Quotation]) -> tuple[Quotation, ...]:
    """The quotations; an "act" is what reports no words, an assertion what was voiced anyhow."""
    return tuple(_judged(text, each) for each in quotations)


def _judged(text: str, quotation: Quotation) -> Quotation:
    if _may_be(text, quotation) and (is_act(text, quotation) or _is_of_a_test(text, quotation)):
        return replace(quotation, attitude="act")
    if quotation.polarity == "affirmed" and _is_voiced(text, quotation):
        return replace(quotation, attitude="assertion")
    return quotation


def _is_of_a_test(text: str, quotation: Quotation) -> bool:
    """Whether a test or picture shows it, which nobody says: "the scan revealed"."""
    source, lists = _words(text, quotation.source), _lists()
    shows = not lists["showing"].isdisjoint(_words(text, quotation.cue))
    return bool(source) and source[-1] in lists["tests"] and shows


def _is_voiced(text: str, quotation: Quotation) -> bool:
    """Whether words stand in marks, whatever the verb (“…,” she remembers); or a study finds it."""
    if quotation.attitude not in ("belief", "fact"):
        return False
    words = _words(text, quotation.content)
    if quotation.kind == "direct":
        return len(words) >= _WHOLE
    lists = _lists()
    studied = not lists["studies"].isdisjoint(_words(text, quotation.source))
    finds = not lists["showing"].isdisjoint(_words(text, quotation.cue))
    return studied and finds and (words[0] == "that" or not lists["finite"].isdisjoint(words))


def _may_be(text: str, quotation: Quotation) -> bool:
    """Whether it is asked at all: a denied claim is always shown, and so are words in marks."""
    if quotation.polarity == "denied" and not _only_dismisses(text, quotation):
        return False
    asked = quotation.attitude == "assertion" and quotation.kind == "indirect"
    return asked and bool(quotation.cue)


def _only_dismisses(text: str, quotation: Quotation) -> bool:
    """Whether something is dismissed, and no claim: "dismissed her questions"."""
    return quotation.kind == "indirect" and dismisses_a_thing(text, quotation)


def is_act(text: str, quotation: Quotation) -> bool:
    """Whether a quotation without marks only tells that something was done with words."""
    return act_score(features(text, quotation)) > 0.0


def act_score(found: Mapping[str, float]) -> float:
    """The log-odds that something with these features is an act, less the threshold's."""
    weights = _weights()
    return math.fsum(weights.get(name, 0.0) * value for name, value in found.items())


def features(text: str, quotation: Quotation) -> dict[str, float]:
    """The named features, each 1 or a figure; what is not there counts 0."""
    return {name: float(value) for name, value in _features(text, quotation) if value}


def _features(text: str, quotation: Quotation) -> Iterator[tuple[str, float]]:
    yield "always", 1.0
    yield "confidence", quotation.confidence
    yield from _of_content(text, quotation)
    yield from _of_cue(text, quotation)
    source = _words(text, quotation.source)
    yield "no source", not source
    yield "source is a test or picture", bool(source) and source[-1] in _lists()["tests"]


def _of_content(text: str, quotation: Quotation) -> Iterator[tuple[str, float]]:
    words = _words(text, quotation.content)
    first = words[0] if words else ""
    lists = _lists()
    finite = any(word in lists["finite"] or word.endswith(_SHORT) for word in words)
    past = not lists["past"].isdisjoint(words[1:]) or any(map(_is_past, words, words[1:]))
    clause, subject = first in _lists()["clauses"], first in _lists()["subjects"]
    yield "opens a clause", clause
    yield "opens with a pronoun", subject
    infinitive = first == "to" and lists["comparing"].isdisjoint(_words(text, quotation.cue))
    yield "infinitive", infinitive
    yield "gerund", first.endswith("ing")
    yield "has a verb", finite
    yield "has a verb in the past", past
    yield "opens with an article", first in lists["articles"]
    phrase = not (clause or subject or finite or first == "to")
    yield "noun phrase", phrase
    yield "noun phrase with an article", phrase and first in lists["articles"]
    yield "short noun phrase", phrase and len(words) <= 4
    yield "length", math.log1p(len(words))
    yield "long", len(words) >= _LONG
    start = quotation.content[0].start
    yield "before its cue", bool(quotation.cue) and start < quotation.cue[0].start
    yield "name", text[start : start + 1].isupper() and phrase


def _of_cue(text: str, quotation: Quotation) -> Iterator[tuple[str, float]]:
    words = _words(text, quotation.cue)
    lists, cues = _lists(), load_cues()
    phrase = not any(word in _lists()["finite"] for word in _words(text, quotation.content))
    known = [word for word in words if cues.attitude(word)]
    yield "cue is not known", not known and cues.attitude(" ".join(words)) is None
    yield "passive", any(word in lists["be"] for word in words)
    yield (
        "passive without a source",
        not quotation.source and any(word in lists["be"] for word in words),
    )
    yield "cue ends in a preposition", bool(words) and words[-1] in lists["topics"]
    yield "noun as cue", any(word in cues.nouns for word in known)
    yield "several words", len(words) > 2
    for name in ("saying", "acting", "naming", "judging", "asking", "publishing", "showing"):
        here = any(word in lists[name] for word in words)
        yield f"cue of {name}", here
        yield f"cue of {name}, noun phrase", here and phrase


def _is_past(word: str, after: str) -> bool:
    """Whether a word behind another may be a verb in the past ("prices doubled")."""
    return after.endswith("ed") and len(after) > 4 and word not in _lists()["articles"]


def _words(text: str, spans: tuple[Span, ...]) -> list[str]:
    found = (_WORD.finditer(text, span.start, span.end) for span in spans)
    return [each[0].lower().replace("’", "'") for several in found for each in several]
