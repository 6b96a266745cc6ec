"""Labelled training texts with some of their words replaced, and every label moved along."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from mention_data import Labelled, Mark

Attribution = dict[str, Any]
ROLES = ("content", "cue", "source")


@dataclass(frozen=True, order=True)
class Edit:
    """``text[start:end]`` becomes `text`, of which a name begins only after `title` characters."""

    start: int
    end: int
    text: str
    title: int = 0


class Edited:
    """A text after some edits, and where its old offsets lie in it."""

    def __init__(self, text: str, edits: Iterable[Edit]) -> None:
        """Apply the edits in order; one that overlaps an earlier one is left out."""
        self._edits: list[Edit] = []
        self._places: list[int] = []
        parts, at, length = [], 0, 0
        for edit in sorted(edits):
            if edit.start < at:
                continue
            parts += [text[at : edit.start], edit.text]
            length += edit.start - at
            self._edits.append(edit)
            self._places.append(length)
            length += len(edit.text)
            at = edit.end
        self.text = "".join([*parts, text[at:]])
        self._starts = [edit.start for edit in self._edits]

    def start(self, offset: int, *, of_name: bool = False) -> int:
        """Where what began at `offset` begins now."""
        number = bisect_right(self._starts, offset) - 1
        if number < 0:
            return offset
        edit, place = self._edits[number], self._places[number]
        if offset >= edit.end > edit.start or offset > edit.end:
            return place + len(edit.text) + offset - edit.end
        skipped = edit.title if of_name or offset > edit.start else 0
        return place + skipped

    def end(self, offset: int) -> int:
        """Where what ended at `offset` ends now."""
        number = bisect_right(self._starts, offset - 1) - 1
        if number < 0:
            return offset
        edit, place = self._edits[number], self._places[number]
        return place + len(edit.text) + max(0, offset - edit.end)

    def head(self, offset: int) -> int:
        """Where the head word that began at `offset` begins now: a name's last word."""
        number = bisect_right(self._starts, offset) - 1
        if number < 0 or offset >= self._edits[number].end:
            return self.start(offset)
        edit, place = self._edits[number], self._places[number]
        word = re.search(r"[\w.]+(?=\W*$)", edit.text)
        return place + (word.start() if word else 0)

    def labelled(self, old: Labelled) -> Labelled:
        """The labels of `old` on the new text."""
        marks = [self._mark(mark) for mark in old.marks]
        unsure = [(self.start(low), self.end(high)) for low, high in old.unsure]
        return replace(old, text=self.text, marks=marks, unsure=unsure)

    def _mark(self, mark: Mark) -> Mark:
        return replace(
            mark,
            start=self.start(mark.start, of_name=mark.kind is not None),
            end=self.end(mark.end),
            head=self.head(mark.head),
        )

    def attribution(self, old: Attribution) -> Attribution:
        """The spans of `old` on the new text."""
        return {
            role: [[self.start(low), self.end(high)] for low, high in old[role]] for role in ROLES
        }
