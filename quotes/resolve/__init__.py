"""From sources to speakers: who or what each source names, in an article and across articles.

Quotations without speakers come in; the same quotations with a speaker, or the reason why
there is none, go out, with the entities that speak.
"""

from quotes.resolve.article import resolve_article
from quotes.resolve.corpus import CorpusEntities, resolve_corpus

__all__ = ["CorpusEntities", "resolve_article", "resolve_corpus"]
