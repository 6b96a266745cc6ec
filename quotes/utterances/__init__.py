"""What was said once and printed often: the wordings of one utterance, grouped and compared.

In: quotations as `Variant`s.  `wording` makes them ready and says which are worth comparing,
`likeness` scores a pair by named parts and joins it or not, and `grouping` says which groups
joined pairs make.  `groups` keeps those groups right in an index as articles come and go, over
the wordings in its `store`; `tell` says why quotations are one utterance.  Words are compared;
that two indirect reports mean the same is decided elsewhere, in `paraphrases`.

`comparison` then compares two printings word by word: `words` are aligned by `align`, and
`changes` names what differs and whether it alters the meaning.
"""

from __future__ import annotations

from quotes.utterances.tell import Join, joins, tell_join

__all__ = ["Join", "joins", "tell_join"]
