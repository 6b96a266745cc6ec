"""What was said once and printed often: the wordings of one utterance, grouped and compared.

In: quotations as `Variant`s.  `wording` makes them ready and says which are worth comparing,
`likeness` scores a pair by named parts, joins it or not, and says why; `grouping` says which
groups joined pairs make.  `groups` keeps those groups right in an index as articles come and go,
over the wordings in its `store`, and says who printed what first and in how many outlets.  Words
are compared; that two indirect reports mean the same is decided elsewhere, in `paraphrases`.

`changes` then compares two printings word by word, as `align` pairs their words: it names what
differs and whether it alters the meaning.
"""

from __future__ import annotations

from quotes.utterances.likeness import joins, tell_join

__all__ = ["joins", "tell_join"]
