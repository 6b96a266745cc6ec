"""The records that every step speaks: immutable, plain, without behaviour worth a name.

All offsets are half-open code-point offsets into `Article.text`, which is stored exactly
as it was read.  Dates are ISO 8601 strings (``2025-02-12`` or a full timestamp).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["direct", "mixed", "indirect"]
"""Direct: all of the content stands in quotation marks; mixed: a part; indirect: none."""

Attitude = Literal["assertion", "belief", "fact", "eventuality", "act"]
"""PARC's terms: said / thinks / knows / wants, plans, orders; and what was done with words that
are not reported: praised, named, filed."""

Polarity = Literal["affirmed", "denied", "unsaid"]
"""Of the content: that it is so, that it is not ("denied that"), or nothing that the speaker is
known to have said ("never said", "if he says", "will say", "refused to say")."""

SpeakerKind = Literal["person", "organisation", "group", "unnamed", "document"]
RegionKind = Literal["boilerplate", "teaser", "pull-quote", "caption", "byline"]
DecisionAction = Literal["merge", "split", "rename", "alias", "apart", "assign"]
OutletBasis = Literal["record", "manifest", "option", "html", "inferred"]
Side = Literal["both", "before", "after"]

NAMED: frozenset[SpeakerKind] = frozenset({"person", "organisation"})
"""The kinds that have names; the others are referents, shown as such and never as speakers."""

MentionKind = Literal["person", "organisation", "place", "nationality", "role", "pronoun"]
"""Names by what they name; a role is a common noun for a person or body ("the minister")."""

ChangeKind = Literal[
    "case",
    "punctuation",
    "spelling",
    "dropped",
    "added",
    "substituted",
    "bracketed",
    "ellipsis",
    "moved",
]
"""What happened to a stretch of words or signs.

case: capitals alone.  punctuation: signs and white space.  spelling: the same word in another
spelling, form or contraction, or with a slip of a letter or two ("law", "laws").  dropped,
added, substituted: words ("Though", "Although").  bracketed: the same, but in an editor's
brackets on one side.  ellipsis: words left out, or none, where one side prints an ellipsis.
moved: words that stand elsewhere."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of an article's text: ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The printed words of this span.

        >>> Span(0, 4).of("Kyiv said")
        'Kyiv'
        """
        return text[self.start : self.end]


def printed(text: str, spans: Iterable[Span]) -> str:
    """The printed words of `spans` in order, an ellipsis where other words part them.

    >>> printed("No, he said, never.", [Span(0, 3), Span(13, 18)])
    'No, … never'
    """
    return " … ".join(span.of(text) for span in spans)


@lru_cache(maxsize=4096)
def day_number(published: str | None) -> int | None:
    """The day of an ISO 8601 date or timestamp, counted since the year 1; None if not known.

    >>> day_number("2025-02-12T22:00:00Z") == day_number("2025-02-12"), day_number("2025")
    (True, None)
    """
    try:
        return date.fromisoformat((published or "")[:10]).toordinal()
    except ValueError:
        return None


_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?|(\d{4})(\d\d)(\d\d)", re.ASCII)


def period(text: str) -> str:
    """A year, a month or a day as answers are narrowed by: 2025, 2025-02 or 2025-02-12.

    Dates are compared as they are written, so any other way to write one would be a false date.

    Raises:
        ValueError: it is none of these.

    >>> period("2025-02"), period("20250212")
    ('2025-02', '2025-02-12')
    """
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a date; write it as 2025-02-12")
    parts = [part for part in found.groups() if part]
    try:
        date(*(int(part) for part in (*parts, "1", "1")[:3]))
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a date ({error}); correct it") from error
    return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Article:
    """One published text.

    Attributes:
        id: the id given at ingest, else a hash of outlet, URL and text.
        text: exactly as read; every offset points into it.
        outlet: who published it, None where unknown.
        outlet_basis: how the outlet is known, None where it is not.
        outlet_evidence: the words or field that named the outlet, for display.
        title, url: as given; None where unknown.
        published: ISO 8601, None where unknown.
        path: the file it came from, None for texts handed over in memory.
    """

    id: str
    text: str
    outlet: str | None = None
    outlet_basis: OutletBasis | None = None
    outlet_evidence: str | None = None
    title: str | None = None
    url: str | None = None
    published: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Input that could not be used: where, and one line that says what and the remedy.

    `language` is that of an article which was left out because it is not in English.
    """

    path: str
    message: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of an article that is not its story: kind, and the evidence for it."""

    span: Span
    kind: RegionKind
    evidence: str


@dataclass(frozen=True, slots=True)
class AnnotatedArticle:
    """An article with its sentences and the regions that are not its story, both in order.

    `mentions` are another model's, in text order; None where the reader's own are to be taken.
    """

    article: Article
    sentences: tuple[Span, ...]
    regions: tuple[Region, ...] = ()
    mentions: tuple[Mention, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One attribution as the reader found it, before any policy.

    Attributes:
        content: one or more pieces, in text order, never empty.
        cue, source: at most one span each; empty where the reader found none.
        confidence: 0..1.
    """

    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    source: tuple[Span, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that stand for somebody or something, as the reader found them.

    Attributes:
        span: the words; of a name without titles, of a description or role without articles.
        antecedents: other mentions of the same text it may refer back (or, of a pronoun at
            the start of a sentence, forward) to: index into the text's mentions and
            probability, the likeliest first; what is missing to 1 is "none of them".
    """

    span: Span
    kind: MentionKind
    antecedents: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class TextReading:
    """All that one pass of the reader found in one text, both in text order.

    `vector` gives the vector of a quotation's content, see `Quotation`, if the reader makes any.
    """

    attributions: tuple[Reading, ...] = ()
    mentions: tuple[Mention, ...] = ()
    vector: Callable[[Sequence[Span]], bytes] | None = field(
        default=None, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who a source is: an entity's id, its name and its kind."""

    id: str
    name: str
    kind: SpeakerKind


@dataclass(frozen=True, slots=True)
class Quotation:
    """One attribution relation: content, cue, source, and whom the source names.

    Attributes:
        id: "q" and ten hex digits, from the article's id and the spans.
        content: its pieces in text order; of direct speech the words inside the marks.
        cue, source: spans, empty where the text has none.
        confidence: 0..1.
        method: how it was found: "reader", "marks", "reader+marks" or "form".
        speaker: None where the source is unnamed, unclear or absent.
        speaker_basis: why that speaker, or why none, in a few words for people.
        region: the kind of region it stands in, None for the story itself.
        referent: whom a source without a name means: an unnamed person ("a U.S. source"), a
            group or a document; its id is a local entity's.  None where `speaker` is known.
        chain: the mentions that lead from the source to the name, the source's first.
        members: the named persons and bodies of a source for several ("Ms Lee and Mr Orr");
            `referent` is then the group they form.
        vector: what it is about, a signed byte for each axis, for comparing by the cosine;
            empty where the reader gives none.
        polarity: whether the speaker says that the content is so.
        polarity_words: what makes it denied or unsaid ("denied", "did not"); empty if affirmed.
        within: id of the quotation of the same article whose content holds this report, None if
            the article itself reports it.
    """

    id: str
    kind: Kind
    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    source: tuple[Span, ...]
    attitude: Attitude
    confidence: float
    method: str
    speaker: Speaker | None = None
    speaker_basis: str = ""
    region: RegionKind | None = None
    referent: Speaker | None = None
    chain: tuple[Span, ...] = ()
    members: tuple[Speaker, ...] = ()
    vector: bytes = field(default=b"", repr=False)
    polarity: Polarity = "affirmed"
    polarity_words: tuple[Span, ...] = ()
    within: str | None = None

    @property
    def is_said(self) -> bool:
        """Whether the speaker is known to have said it, or to have denied it."""
        return self.attitude == "assertion" and self.polarity != "unsaid"


@dataclass(frozen=True, slots=True)
class Entity:
    """Who or what speaks, within one article or across articles.

    Attributes:
        id: a readable slug of the name, unique in its scope.
        name: the fullest name seen, or the known person's usual name.
        aliases: the surface names seen, sorted, `name` among them if seen.
        role: as written nearest the name ("Presidential Chief of Staff"), if any.
        wikidata: an item id ("Q3874799"), if known.
    """

    id: str
    name: str
    kind: SpeakerKind
    aliases: tuple[str, ...] = ()
    role: str | None = None
    wikidata: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about speakers; it holds until it is undone.

    Attributes:
        number: of the index; that of the last one is given again once it is undone.
        action: "merge": `subject` and `other` are one; "split": `subject` in `articles` is
            somebody else, called `name`; "rename": `subject` is shown as `name`; "alias":
            who is written as `name` is `subject`; "apart": `subject` and `other` are two;
            "assign": `subject` said the `quotations`.
        subject, other: speakers, named so that re-indexing finds them again.
        articles: article ids, of a split.
        note: free words of whoever decided.
        at: when, UTC, ISO 8601.
        quotations: quotation ids, of "assign".
    """

    number: int
    action: DecisionAction
    subject: str
    other: str | None = None
    name: str | None = None
    articles: tuple[str, ...] = ()
    note: str | None = None
    at: str = ""
    quotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """What the corpus pass needs of one stored quotation to find its variants.

    Attributes:
        quotation, article: ids.
        text: the content's pieces as printed, joined by an ellipsis.
        quoted: the parts of it inside quotation marks, as printed; empty if indirect.
        entity: the speaker's entity id across articles, None if unknown.
        published: ISO 8601 or None.
        context: what the article prints right before and after it, whole words, the quotation
            itself included; empty if not known.  Tells occasions of short words apart.
        polarity: words that one denied and another affirmed are two utterances.
    """

    quotation: str
    article: str
    outlet: str | None
    kind: Kind
    text: str
    quoted: tuple[str, ...]
    entity: str | None
    published: str | None
    context: str = ""
    polarity: Polarity = "affirmed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two wordings.

    Attributes:
        before: what it covers in the first wording, None where it covers nothing there.
        after: the same in the second wording.
        meaning: why it changes what is said ("negation dropped: not"), None if it does not.
    """

    kind: ChangeKind
    before: Span | None
    after: Span | None
    meaning: str | None = None


class Segment(NamedTuple):
    """A stretch for the eye: its text, what happened to it, and which wording prints it."""

    text: str
    kind: ChangeKind | Literal["same"]
    side: Side
