"""The learned reader: one encoder run over an article gives content, cue and source.

Texts come in, `Reading`s go out.  Words and word pieces (`pieces`), overlapping windows
(`windows`), the network (`run`) and the decoding of its numbers (`decode`); training is in
`scripts/`.
"""

from quotes.reader.run import Reader, shipped_version

__all__ = ["Reader", "shipped_version"]
