"""The learned reader: one encoder run over an article finds content, cue, source and mentions.

Texts come in, `TextReading`s go out.  Words, word pieces and windows (`pieces`), the network
(`run`) and the decoding of its numbers (`decode`); training is in `scripts/`.
"""

from quotes.reader.run import Reader, shipped_version

__all__ = ["Reader", "shipped_version"]
