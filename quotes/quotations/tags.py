"""Which quotation a tag speaks for: the words right behind its closing mark, “..., Lee said”.

In: drafts, as the reader drew them.  Out: the same words, each quotation with a tag of its own
given to whoever stands in that tag.  In talk the reader is at times one behind: it gives the
answer to who asked, and every later answer to who answered before.  Only the form decides: what
stands right behind the closing mark, and how the words before it end.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import regex

from quotes.quotations.cues import load_cues
from quotes.quotations.drafts import Claims, Draft, line_of, merged, overlap
from quotes.quotations.marks import Marks, Quoted
from quotes.records import Span

_NAME = r"\p{Lu}[\p{L}.’'-]*(?:\s\p{Lu}[\p{L}.’'-]*){0,3}"
_NO_ROLE = r"(?:and|but|or|as|when|while|after|before|then|which|who|that|to|of|is|was|were|the)\b"
_UNCLAIMED = regex.compile(
    rf"(?P<source>(?:the\s)?(?:(?!{_NO_ROLE})\p{{Ll}}+\s){{0,3}}{_NAME}|he|she|they)"
    rf"\s(?P<cue>\p{{Ll}}+)\b"
    rf"|(?P<cue>\p{{Ll}}+)\s(?P<source>{_NAME})(?<!\.)(?=[.,;\n]|\Z)"
)
_NO_NAME = frozenset({"He", "She", "They", "It", "We", "I", "You", "This", "That", "The", "A"})
_ASKS_FOR_A_TAG = ",!?—–-"
"""A sentence that ends in none of these is over, and the next one begins with who acts in it."""

_OPENING = ("“", '"', "‘")
_INTRODUCES = regex.compile(r"[^.!?“”\"]{0,80}[:,]\s*|\s+")
_FARTHEST = 60  # code points between the two halves of a tag: "Lee, the mayor of Marl, said"


def tagged(drafts: Sequence[Draft], turns: AbstractSet[int], marks: Marks) -> list[Draft]:
    """The drafts, each quotation with a tag behind it in that tag's draft, or in one of its own.

    Quotations in which speakers take `turns`, known by where they start, stay as they are.
    """
    tags = _Tags(drafts, marks)
    contents: list[list[Span]] = [[] for _ in drafts]
    found: dict[int, list[Span]] = {}
    unclaimed: dict[int, Draft] = {}
    for number, draft in enumerate(drafts):
        for piece in draft.content:
            quoted = marks.enclosing(piece)
            if quoted is None or quoted.start in turns or _is_apart(piece, quoted, draft, marks):
                contents[number].append(piece)
                continue
            owner = tags.owner(quoted, number)
            if owner == number and tags.is_answered(quoted, draft):
                owner = Draft(())
            if isinstance(owner, int):
                contents[owner].append(piece)
            else:
                found.setdefault(quoted.start, []).append(piece)
                unclaimed[quoted.start] = owner
    own = [
        replace(draft, content=merged(content))
        for draft, content in zip(drafts, contents, strict=True)
        if content
    ]
    added = [replace(unclaimed[at], content=merged(pieces)) for at, pieces in found.items()]
    return own + added


def _is_apart(piece: Span, quoted: Quoted, draft: Draft, marks: Marks) -> bool:
    """Whether a draft's cue speaks for a paragraph of a quotation whose tag is in another."""
    line = line_of(marks.text, piece.start)
    return line.end < quoted.end and any(overlap(line, cue) for cue in draft.cue)


class _Tags:
    """The tags of some drafts, by where they begin."""

    def __init__(self, drafts: Sequence[Draft], marks: Marks) -> None:
        self.drafts, self.marks, self.text = drafts, marks, marks.text
        self._claims = Claims(drafts)
        self._begin: dict[int, list[int]] = {}  # nearest cue first: "Lee said, adding that"
        for number in sorted(range(len(drafts)), key=lambda n: drafts[n].cue):
            draft = drafts[number]
            if draft.cue and draft.source and self._is_close(draft):
                self._begin.setdefault(min(*draft.cue, *draft.source).start, []).append(number)

    def owner(self, quoted: Quoted, number: int) -> int | Draft:
        """Whose a quotation is that the draft of this number holds: a draft's, or a new one's."""
        if not quoted.closed or quoted.looks_like != "speech":
            return number
        end, wants = self._end(quoted)
        at = end + len(self.text[end : end + 3]) - len(self.text[end : end + 3].lstrip(" \xa0"))
        introduced = self._is_introduced(quoted, self.drafts[number])
        if at == end or (introduced and wants != ","):
            return number
        if not wants and not self.text[at : at + 1].islower():
            return number
        others = self._begin.get(at, ())
        if not others:
            return self._new(at) or number
        reports = wants != "," and self._reports(self.drafts[others[0]])
        return number if reports or number in others else others[0]

    def is_answered(self, quoted: Quoted, draft: Draft) -> bool:
        """Whether the next words after a draft's tag are two quotations side by side.

        In '“At home,” said Dunn. “All night?” “All night,” he said' another speaker takes turns.
        """
        tag = max((span.end for span in draft.cue + draft.source), default=quoted.start)
        behind = self.text[quoted.end : quoted.end + 2]
        return quoted.closed and tag < quoted.start and behind[:1] == " " and behind[1:] in _OPENING

    def _end(self, quoted: Quoted) -> tuple[int, str]:
        """Where the words behind a quotation begin, and its last sign if it asks for a tag."""
        if self.text.startswith(",", quoted.end):
            return quoted.end + 1, ","
        last = self.text[quoted.pieces[-1].end - 1]
        return quoted.end, last if last in _ASKS_FOR_A_TAG else ""

    def _new(self, at: int) -> Draft | None:
        """A tag that no draft has claimed: a name and a verb of saying."""
        found = _UNCLAIMED.match(self.text, at)
        if found is None or load_cues().attitude(found["cue"]) != "assertion":
            return None
        source, cue = Span(*found.span("source")), Span(*found.span("cue"))
        if found["source"].split()[0] in _NO_NAME or any(map(self._claims.touching, (source, cue))):
            return None
        return Draft((), (cue,), (source,))

    def _is_close(self, draft: Draft) -> bool:
        """Whether source and cue stand side by side: "Lee said", "said Lee"."""
        first, second = sorted((draft.cue[0], draft.source[0]))
        between = self.text[first.end : second.start]
        return len(between) <= _FARTHEST and not set(between) & set('\n“”".!?:')

    def _reports(self, draft: Draft) -> bool:
        """Whether a tag's sentence reports words of its own: "“No?” Lee said he was ill."."""
        end = max(*draft.cue, *draft.source).end
        line = line_of(self.text, end)
        after = (piece for piece in draft.content if end <= piece.start < line.end)
        return any(self.marks.share((piece,)) < 1.0 for piece in after)

    def _is_introduced(self, quoted: Quoted, draft: Draft) -> bool:
        """Whether the draft's own cue stands before the quotation in its sentence."""
        before = [cue.end for cue in draft.cue if cue.end <= quoted.start]
        if not before:
            return False
        between = self.text[max(before) : quoted.start]
        if self.text[max(before) - 1] in ":,":
            return not between.strip()
        return _INTRODUCES.fullmatch(between) is not None
