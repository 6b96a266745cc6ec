"""Talk that is printed without quotation marks: transcripts, interviews, embedded posts.

In: a text.  Out: `Turn`s: whose words, which words, and what says so.  A form counts only where
the text repeats it, so that a headline (“Abel: we will not sell”) or a dateline stays what it is:

- a label and a colon or a point, at least two in the text: “SMITH: No.”, “Mr. SMITH. No.”,
  “Q: Why? A: …”, “Ann Lee: No.”;
- three questions or more, each a paragraph, with answers between, below words that name who was
  interviewed;
- a post signed with name and handle: “… — Ann Lee (@annlee) May 2, 2024”.

The paragraphs below a labelled one are its speaker's up to the next label, as long as they are
talk too.  Behind the last label only its own line is sure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import regex

from quotes.records import Span
from quotes.text.lists import shipped

_LINE = regex.compile(r"\S(?:[^\r\n\u2028\u2029]*\S)?")
_ASIDE = r"(?:\s?[(\[][^()\[\]\n]{1,60}[)\]])?"
_UPPER = r"(?:\p{Lu}\p{Ll}{1,3})?\p{Lu}[\p{Lu}’'\-]+|\p{Lu}\."
_TITLE = r"(?:(?:\p{Lu}\p{L}{1,3}\.|\p{Lu}{2,4}\.|The|Miss)\s)?"
_CAPITALS = regex.compile(
    rf"(?P<who>{_TITLE}(?:{_UPPER})(?:\s(?:{_UPPER})){{0,4}})"
    rf"(?:\s(?i:of)\s\p{{Lu}}[\p{{L}} ]{{1,20}})?(?:,\s[\p{{L}}\p{{N}}’'&.,/\- ]{{2,80}}?)?{_ASIDE}"
    rf"(?P<mark>:)\s+(?=\S)"
)
_RECORD = regex.compile(
    rf"(?P<who>(?:Mr|Ms|Mrs|Dr|Miss|The)\.?\s(?:{_UPPER})(?:\s(?:{_UPPER})){{0,3}}"
    rf"(?:\sof\s\p{{Lu}}\p{{L}}+)?){_ASIDE}(?P<mark>\.)\s+(?=\S)"
)
_QUESTION = regex.compile(r"(?P<who>Q|A|Question|Answer)\s?(?P<mark>[:.])\s+(?=\S)")
_NAMED = regex.compile(
    rf"(?P<who>(?:\p{{Lu}}[\p{{L}}’'\-]+|\p{{Lu}}\.)(?:\s(?:\p{{Lu}}[\p{{L}}’'\-]+|\p{{Lu}}\.)){{0,3}})"
    rf"{_ASIDE}(?P<mark>:)\s+(?=\S)"
)
_STAGE = regex.compile(r"[(\[].*[)\]]\.?|[^\p{Ll}]+")

_INTERVIEW = regex.compile(
    r"(?i:\b(?:interview(?:ed|s)?|q\s?&\s?a|(?:our|few|some|\d+|five|ten) questions|conversation|"
    r"talk(?:s|ed)? (?:to|with)|spoke (?:to|with)|speaks (?:to|with)|s[ai]ts? down with|"
    r"ch?at(?:s|ted)? with|caught up with|answer(?:s|ed))\b)"
)
_POST = regex.compile(
    r"(?P<words>.*?)\s*(?P<mark>[—–―]|--?)\s*"
    r"(?P<who>[^\s@—–(][^@—–(\n]{0,50}?)\s\(@\w{1,30}\)"
    r"(?:[\s,·]*(?:on\s)?[\p{L}\d][\p{L}\d,.: ]{3,30})?"
)
_QUOTED = frozenset('“”"«»')
_LONGEST_QUESTION = 300
_LEAST_QUESTIONS = 3
_MOST_ANSWER = 8  # paragraphs


@dataclass(frozen=True, slots=True)
class Turn:
    """Words of one speaker in talk.

    Attributes:
        words: one span a paragraph.
        source: who speaks, as the label or the words above name them; None where nothing does.
        cue: the label's colon or point, the dash of a signature.
    """

    words: tuple[Span, ...]
    source: Span | None
    cue: Span | None = None


def find_turns(text: str) -> tuple[Turn, ...]:
    """The turns of a text, in order; of most texts none.

    >>> text = "MS. LEE: Did you go?\\n\\nMR. ORR: No."
    >>> [(t.source.of(text), t.words[0].of(text)) for t in find_turns(text)]
    [('MS. LEE', 'Did you go?'), ('MR. ORR', 'No.')]
    """
    lines = [Span(*found.span()) for found in _LINE.finditer(text)]
    turns = _labelled(text, lines) or list(_interview(text, lines))
    return tuple(sorted((*turns, *_posts(text, lines)), key=lambda turn: turn.words))


def _labelled(text: str, lines: Sequence[Span]) -> list[Turn]:
    """By labels of one form, if the text has two of them or more."""
    for form in (_QUESTION, _RECORD, _CAPITALS, _NAMED):
        found = [(at, form.match(text, line.start, line.end)) for at, line in enumerate(lines)]
        labels = {at: match for at, match in found if match and not _is_heading(match["who"])}
        above = text[: lines[min(labels)].start] if labels else ""
        who = [match["who"] for match in labels.values()]
        asks = any(lines[at].of(text).endswith("?") for at in labels)
        if _is_dialogue(who, above, asks=asks) if form is _NAMED else _is_talk(form, who):
            return list(_with_following(text, lines, labels))
    return []


def _is_heading(label: str) -> bool:
    return any(word.lower() in _no_labels() for word in label.split())


@cache
def _no_labels() -> frozenset[str]:
    return frozenset(shipped("cues.toml")["talk"]["no_labels"].split())


def _is_talk(form: regex.Pattern[str], labels: Sequence[str]) -> bool:
    """Whether labels are those of people who talk to each other."""
    if form is _QUESTION:
        return {label[0] for label in labels} == {"Q", "A"}
    # "LONDON: …", "TOKYO: …" stand before news, not talk.
    sure = form is _RECORD or any(" " in label for label in labels)
    return len(labels) > 1 and (sure or len(set(labels)) < len(labels))


def _is_dialogue(labels: Sequence[str], above: str, *, asks: bool) -> bool:
    """Whether names before colons take turns: "Verdict: …", "Serves: …" are headings.

    Surnames alone count if a full name stands above and somebody asks: teams have such lines too.
    """
    names = Counter(label.rpartition(" ")[2] for label in labels)
    turns = len(labels) > 2 and all(one != other for one, other in pairwise(labels))
    if any(" " in label for label in labels):
        return turns and 2 <= len(names) <= len(labels) // 2 + 1
    first = r"\p{Lu}[\p{L}’'.\-]+\s"
    known = any(regex.search(rf"{first}{regex.escape(name)}\b", above) for name in names)
    return turns and known and asks and 2 <= len(names) <= len(labels) // 2


def _with_following(
    text: str, lines: Sequence[Span], labels: dict[int, regex.Match[str]]
) -> Iterator[Turn]:
    """Each label with its line, and the paragraphs up to the next label that go on talking."""
    last = max(labels)
    for at, label in labels.items():
        words = [Span(label.end(), lines[at].end)]
        following = at + 1
        while at < last and following not in labels and _goes_on(lines[following].of(text)):
            words.append(lines[following])
            following += 1
        yield Turn(tuple(words), Span(*label.span("who")), Span(*label.span("mark")))


def _goes_on(paragraph: str) -> bool:
    """Whether a paragraph may be talk that goes on: no stage direction, nothing in marks."""
    return (
        not _STAGE.fullmatch(paragraph) and paragraph[0] not in _QUOTED and paragraph[-1] in ".!?…"
    )


def _interview(text: str, lines: Sequence[Span]) -> Iterator[Turn]:
    """Questions as paragraphs and the answers between them."""
    asked = [at for at, line in enumerate(lines) if _is_question(line.of(text))]
    asked = [at for at in asked if at + 1 < len(lines) and at + 1 not in asked]
    if len(asked) < _LEAST_QUESTIONS or not asked[0]:
        return
    announced = _INTERVIEW.search(text, 0, lines[asked[0]].start)
    gaps = [after - at - 1 for at, after in pairwise(asked)]
    if announced is None or max(gaps) > _MOST_ANSWER:
        return
    for at, gap in zip(asked, [*gaps, 1], strict=True):
        answer = [line for line in lines[at + 1 : at + 1 + gap] if _goes_on(line.of(text))]
        yield Turn((lines[at],), None)
        if answer:
            yield Turn(tuple(answer), None)


def _is_question(line: str) -> bool:
    return line.endswith("?") and len(line) <= _LONGEST_QUESTION and not set(line) & _QUOTED


def _posts(text: str, lines: Sequence[Span]) -> Iterator[Turn]:
    """Posts signed with a name and a handle, the words before them or in the line above."""
    for at, line in enumerate(lines):
        handle = text.find("(@", line.start, line.end) >= 0
        found = _POST.fullmatch(text, line.start, line.end) if handle else None
        if found is None:
            continue
        words = Span(*found.span("words"))
        if not found["words"] and at:
            words = lines[at - 1]
        if words.start < words.end:
            yield Turn((words,), Span(*found.span("who")), Span(*found.span("mark")))
