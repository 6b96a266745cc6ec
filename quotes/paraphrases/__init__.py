"""Reports of one statement in different words, told from reports of another.

In: an index whose quotations changed.  Out: its pairs of paraphrases, each with a similarity and
the reason in words.
"""

from quotes.paraphrases.stored import forget_paraphrases, update_paraphrases

__all__ = ["forget_paraphrases", "update_paraphrases"]
