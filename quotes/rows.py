"""What questions answer: the rows that the index is asked for and that `present` shows.

Plain and immutable like the records they are made of, and with the same offsets and dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from quotes import records

DoubtKind = Literal["source", "join", "lookalike", "speaker"]
WordingRole = Literal["fullest", "commonest"]

FamilyKind = Literal["copy", "shortened", "extended", "rewrite"]
"""What an article's text is to that of the first article of its family: the same, a part of
it, the same with more, or the same told in other words."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One quotation as one article printed it: a row of the export.

    A `Quotation` points into a text that its reader holds; this is the same read back from the
    index, with its words, its article's particulars and its speaker across articles.

    Attributes:
        family: of articles that go back to one text, None where the article is by itself.
        family_kind: what the article is to the first of its family, None for that one.
        origin: the outlet whose text the family's is, None where no text tells it.
        polarity_words: what makes it denied or unsaid, as printed.
        within: id of the quotation whose content holds this report, None for the article's own.
        teller: who says that one, None where it has no name or there is none.
        speaker_doubt: why it is not sure that this is the speaker of other articles, None if it
            is, or rests on this article alone.
    """

    quotation: str
    cluster: str | None
    article: str
    speaker: records.Speaker | None
    speaker_as_written: str
    speaker_basis: str
    text: str
    kind: records.Kind
    attitude: records.Attitude
    cue: str
    outlet: str | None
    outlet_inferred: bool
    title: str | None
    url: str | None
    published: str | None
    content: tuple[records.Span, ...]
    confidence: float
    method: str
    region: records.RegionKind | None
    referent: records.Speaker | None = None
    chain: tuple[records.Span, ...] = ()
    family: str | None = None
    family_kind: FamilyKind | None = None
    origin: str | None = None
    polarity: records.Polarity = "affirmed"
    polarity_words: str = ""
    within: str | None = None
    teller: str | None = None
    speaker_doubt: str | None = None

    @property
    def is_said(self) -> bool:
        """Whether the speaker is known to have said it, or to have denied it."""
        return self.attitude == "assertion" and self.polarity != "unsaid"

    @property
    def account(self) -> str:
        """Whose account it is: articles of one family are one, and so is the rest of an outlet."""
        return self.family or self.outlet or self.article

    @property
    def start(self) -> int:
        """Code-point offset of the first content piece."""
        return self.content[0].start

    @property
    def end(self) -> int:
        """Code-point offset after the last content piece."""
        return self.content[-1].end


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance and who carried it: a row of `who-said` and `by`.

    Attributes:
        id: the cluster's id, or the quotation's where it stands alone.
        text: the wording shown (the longest that matches), as printed.
        matches: spans into `text` that match the question, empty for `by`.
        outlets: who printed it, earliest first, each once; of a question for words who printed
            those words.
        first: the earliest of their dates, ISO 8601, None if none is known.
        occurrences: every printing, earliest first; of a question for words those that hold them.
        otherwise: its printings that do not hold the words, earliest first.
        paraphrases: what says it in other words, the most similar first.
        polarity: that of all its printings.
        cue, polarity_words, teller: of the wording shown, see `Occurrence`.
        speaker_doubt: of the printing that names the speaker, see `Occurrence`.
    """

    id: str
    speaker: records.Speaker | None
    speaker_as_written: str
    text: str
    matches: tuple[records.Span, ...]
    kind: records.Kind
    attitude: records.Attitude
    outlets: tuple[str, ...]
    first: str | None
    occurrences: tuple[Occurrence, ...]
    otherwise: tuple[Occurrence, ...] = ()
    referent: records.Speaker | None = None
    paraphrases: tuple[Paraphrase, ...] = ()
    polarity: records.Polarity = "affirmed"
    cue: str = ""
    polarity_words: str = ""
    teller: str | None = None
    speaker_doubt: str | None = None

    @property
    def utterance_first(self) -> str | None:
        """The earliest date of any printing, in these words or others; None if none is known."""
        return min((p.published for p in self.printings if p.published), default=None)

    @property
    def printings(self) -> tuple[Occurrence, ...]:
        """All printings: those that were asked for, then the other wordings."""
        return self.occurrences + self.otherwise

    @property
    def also_attributed(self) -> tuple[records.Speaker, ...]:
        """Whom other printings name as the speaker, each once."""
        named = (p.speaker for p in self.printings if p.speaker and p.speaker != self.speaker)
        return tuple(dict.fromkeys(named))

    @property
    def accounts(self) -> int:
        """How many independent accounts the printings make, copies and rewrites apart."""
        printed = self.occurrences
        return len({(p.family, None if p.family else p.outlet or (p.article,)) for p in printed})


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """An article of a family.

    Attributes:
        heading: its title, or the first words where there is none.
        kind: what it is to the family's first article; None for that one, and where only
            others of the family link the two.
        reason: the evidence, in words for people.
    """

    article: str
    heading: str
    outlet: str | None
    published: str | None
    kind: FamilyKind | None
    reason: str


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """Articles that go back to one text: a row of `families`.

    Attributes:
        origin: the outlet whose text it was, None where no text tells it.
        basis: how that is known.
        first: id of the article nearest to the origin.
        members: that one first, then earliest first.
    """

    id: str
    origin: str | None
    basis: str
    first: str
    members: tuple[FamilyMember, ...]


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """What another article prints in words of its own, of the same statement.

    Attributes:
        quotation: the other one.
        of: id of the quotation that it says again.
        similarity: of their meanings, 0..1.
        reason: why the two are taken for one statement, in words for people.
    """

    quotation: Occurrence
    of: str
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True)
class WordingRow:
    """One wording of an utterance, who printed it so, and what differs from the fullest.

    Attributes:
        number: 1 for the fullest, then in order of first printing.
        text: the words that are compared: of a mixed quotation those in quotation marks, its
            pieces joined by an ellipsis; without the comma or full stop it ends with.
        roles: "fullest" of one wording, "commonest" of one; both may be the same.
        printings: earliest first; they differ in signs, or in the capital of the first word.
        changes: from the fullest wording to this one, spans into the text of either.
        segments: both in one line, for the eye; of the fullest, the wording itself.
        marked: the same in plain marks, [-dropped-] and {+added+}.
    """

    number: int
    text: str
    roles: tuple[WordingRole, ...]
    printings: tuple[Occurrence, ...]
    changes: tuple[records.Change, ...]
    segments: tuple[records.Segment, ...]
    marked: str

    @property
    def meanings(self) -> tuple[str, ...]:
        """What changes what is said, in reading order ("negation dropped: not")."""
        return tuple(change.meaning for change in self.changes if change.meaning)


@dataclass(frozen=True, slots=True)
class Variants:
    """One utterance in all its wordings, how it spread, and who says it in other words.

    Attributes:
        wordings: the fullest first, then in order of first printing.
        waves: the first printing of each outlet, in order of time; within a wave nothing
            tells who was earlier.
        undated: first printings of outlets that none has a date for.
        families: of articles that printed it and go back to one text; of their members those
            that printed it, and the first.
    """

    utterance: Utterance
    wordings: tuple[WordingRow, ...]
    waves: tuple[tuple[Occurrence, ...], ...]
    undated: tuple[Occurrence, ...]
    families: tuple[FamilyRow, ...]

    @property
    def id(self) -> str:
        """The cluster's id, or the quotation's where it stands alone."""
        return self.utterance.id

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every printing, earliest first."""
        return self.utterance.occurrences

    @property
    def paraphrases(self) -> tuple[Paraphrase, ...]:
        """What says it in other words, the most similar first."""
        return self.utterance.paraphrases

    @property
    def meanings(self) -> tuple[str, ...]:
        """What changes what is said, over all wordings."""
        return tuple(told for wording in self.wordings for told in wording.meanings)


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """An entity of the index, counted: aliases seen, quotations, outlets that carried them.

    One without a name belongs to an `article`; its id is then unique there alone.
    `doubtful` are the names under which somebody of an article was taken for it, or kept apart
    from others, on little evidence.
    """

    id: str
    name: str
    kind: records.SpeakerKind
    role: str | None
    aliases: tuple[str, ...]
    quotations: int
    outlets: tuple[str, ...]
    article: str | None = None
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision of the program's that deserves a person's look: a row of `review`.

    Attributes:
        kind: "source": a source left without a name; "join": one article's speaker taken for
            one of the index on little evidence; "lookalike": two speakers that may be one;
            "speaker": a name given on little evidence to sources of one article.
        subject: whom or what it is about, in words for people.
        evidence: what speaks for it or against it.
        quotations: how many it concerns.
        articles: where, their ids, sorted.
        examples: ids of up to three of the quotations, to have explained.
        settle: what to type, one command each; none where only reading helps.
    """

    kind: DoubtKind
    subject: str
    evidence: str
    quotations: int
    articles: tuple[str, ...]
    examples: tuple[str, ...]
    settle: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of an article, where they stand, and their line, cut short on both sides."""

    span: records.Span
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Which other wording a quotation depends on to be in its group; None: all depend on it.

    The reason tells what they share, whether the speakers agree, and how far apart they are.
    """

    partner: Occurrence | None
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one quotation came to its speaker, or why it has none, and to its group.

    Attributes:
        quotation: with method, confidence, source as written and the reason given.
        heading: what its article is listed under.
        content, cue, source: the words in their lines.
        chain: the mentions from the source to the name, in their lines.
        local: the speaker or referent as this article has it, with role and aliases.
        entity: the speaker across articles.
        join: why `local` is `entity`.
        doubtful: whether that rests on little.
        polarity: the words that make it denied or unsaid, in their lines.
        offices: held on the day of the article, by the people file.
        decisions: made by hand about this speaker, still standing.
        candidates: who was thought of, where there is no speaker.
        tie: why it is in its group, None where it was printed once.
        family: the articles that go back to one text with its own, None if there are none.
        paraphrases: what says it in other words, the most similar first.
    """

    quotation: Occurrence
    heading: str
    content: tuple[Passage, ...]
    cue: tuple[Passage, ...]
    source: tuple[Passage, ...]
    chain: tuple[Passage, ...]
    local: records.Entity | None
    entity: records.Entity | None
    join: str
    doubtful: bool
    offices: tuple[str, ...]
    decisions: tuple[records.Decision, ...]
    candidates: tuple[records.Entity, ...]
    tie: Tie | None = None
    family: FamilyRow | None = None
    paraphrases: tuple[Paraphrase, ...] = ()
    polarity: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class OutletRow:
    """An outlet of the index, with how many of its articles' outlets were inferred.

    `reprints` is how many of its articles copy or rewrite another's text.
    """

    outlet: str | None
    articles: int
    quotations: int
    inferred: int
    reprints: int = 0


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article, all its quotations in text order, and those that go back to one text with it."""

    article: records.Article
    quotations: tuple[Occurrence, ...]
    cues: tuple[tuple[records.Span, ...], ...]
    sources: tuple[tuple[records.Span, ...], ...]
    family: FamilyRow | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds; `clusters` are the utterances printed more than once."""

    articles: int
    quotations: int
    speakers: int
    outlets: int
    clusters: int
    failures: int


@dataclass(frozen=True, slots=True)
class StoredFailure:
    """Input that could not be used when it was last met: where, why and what to do, and when."""

    path: str
    message: str
    at: str


@dataclass(frozen=True, slots=True)
class Status:
    """How an index stands, for who fills it every night.

    Attributes:
        counts: how much it holds.
        first, last: the first and the last day of its articles, None where none is dated.
        undated: articles without a date.
        unpublished: articles of which nobody knows the outlet.
        inferred: articles whose outlet was inferred from the text or the address.
        indexed: when the latest of them was read, None where there is none; UTC, ISO 8601.
        failures: what could not be used, by path.
    """

    counts: Counts
    first: str | None
    last: str | None
    undated: int
    unpublished: int
    inferred: int
    indexed: str | None
    failures: tuple[StoredFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What `quotes doctor` found of one thing, with the remedy in its words if it is a fault."""

    what: str
    found: str
    is_fault: bool = False


# What a run that reads articles says of itself.


Input = records.Article | records.Failure | Mapping[str, Any] | str | Path | IO[bytes]
"""What an article may come as: itself, a record, the path of a file or folder, or JSON lines."""

Extracted = tuple[records.Article, Sequence[records.Quotation]]
"""An article and its quotations, in text order."""


class Expected(NamedTuple):
    """How many articles there will be, None if that is unknown; `exact` unless sampled."""

    articles: int | None
    exact: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Attributes:
        added, replaced, unchanged: articles.
        failures: articles and files that could not be used or are not in English, in order.
        kinds: quotations of the articles added and replaced, by kind.
        abstained: those of them whose speaker is unknown, by reason, the commonest first.
        left_out: quotations not kept, by the kind of region they stand in.
        speakers, utterances: of the whole index; an utterance has two printings or more.
        seconds: from start to end, by the clock.
    """

    added: int
    replaced: int
    unchanged: int
    failures: tuple[records.Failure, ...]
    kinds: Mapping[str, int]
    abstained: Mapping[str, int]
    left_out: Mapping[str, int]
    speakers: int
    utterances: int
    seconds: float

    @property
    def failed(self) -> int:
        """How many articles and files could not be used."""
        return sum(each.language is None for each in self.failures)

    @property
    def languages(self) -> Mapping[str, int]:
        """How many articles were left out because they are not in English, by language."""
        found = Counter(each.language for each in self.failures if each.language)
        return dict(found.most_common())

    @property
    def quotations(self) -> int:
        """Quotations found in the articles added and replaced."""
        return sum(self.kinds.values())

    @property
    def named(self) -> int:
        """Those of them whose speaker is known."""
        return self.quotations - sum(self.abstained.values())


@dataclass(frozen=True, slots=True)
class Done:
    """One article or file dealt with: the article, or why there is none, and its quotations.

    Their number is None if it was not read: the index held it already, or it failed.
    """

    what: records.Article | records.Failure
    quotations: int | None = None


Report = Callable[[Done], None]
"""Told of every article and failure once it is dealt with, in no promised order."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild made of one kind of derived rows.

    Attributes:
        what: "speakers", "groups", "families" or "paraphrases".
        before, now: how many there were, and are.
        changed: those that came, went, or are other than before.
    """

    what: str
    before: int
    now: int
    changed: int


RebuildProgress = Callable[[str, int, int], None]
"""Told what is being made, and how much of it is done of how much; 0 of 0 where unknown."""
