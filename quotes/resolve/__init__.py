"""From sources to speakers: who or what each source names, in an article and across articles.

Quotations without speakers come in; the same quotations with a speaker, or the reason why
there is none, go out, with the entities that speak.
"""

from quotes.resolve.article import resolve_article

__all__ = ["resolve_article"]
