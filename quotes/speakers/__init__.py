"""Who a source is within one article: names, pronouns, descriptions, groups, or nobody named."""

from quotes.speakers.article import resolve_article

__all__ = ["resolve_article"]
