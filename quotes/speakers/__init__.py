"""Who a source is within one article: names, pronouns, descriptions, groups, or nobody named."""

from quotes.speakers.article import resolve_article
from quotes.speakers.tellers import not_their_own

__all__ = ["not_their_own", "resolve_article"]
