"""Quotation marks: what stands inside them, by form alone.

A text comes in, every stretch in quotation marks goes out, with its pieces, its depth and what
its form says about it.  `pairing` finds which marks belong together, `looks` says what their
form suggests, `within` answers questions about spans.  Nothing here knows who spoke, a cue
verb or a name: marks, white space, capitals and punctuation are all the evidence.  The text is
never changed.
"""

from __future__ import annotations

from quotes.marks.looks import Look, Quoted, find_quoted
from quotes.marks.pairing import Style
from quotes.marks.within import Marks

__all__ = ["Look", "Marks", "Quoted", "Style", "find_quoted"]
