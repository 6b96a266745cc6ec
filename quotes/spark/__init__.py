"""The same functions over Apache Spark, for archives that outgrow one machine.

Articles come in as a frame or as files (``.parquet``, ``.jsonl``); out go frames, or Parquet, of
quotations, speakers, groups of wordings and families of articles: those that one index of the
same articles holds.  Paraphrases and decisions made by hand are left to an index; `load` makes
one of an archive.  `python -m quotes.spark ARTICLES... --out FOLDER` does all of it.

Needs the extra `quotes[spark]` and Java 17; nothing else of `quotes` imports Spark.  Without the
extra this package can be imported, and what it offers says what to install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quotes.errors import installed, require
from quotes.run.article import Recipe

if TYPE_CHECKING or installed("pyspark"):
    from quotes.spark.archive import Archive, build, join, load
    from quotes.spark.joins import families, groups, local_entities, speakers
    from quotes.spark.reading import articles, articles_of, failures, read, replaced, standing
else:

    def __getattr__(name: str) -> object:
        """Whatever is asked for is not there: raises `MissingExtraError` for the names below."""
        if name in __all__:
            require("pyspark")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Archive",
    "Recipe",
    "articles",
    "articles_of",
    "build",
    "failures",
    "families",
    "groups",
    "join",
    "load",
    "local_entities",
    "read",
    "replaced",
    "speakers",
    "standing",
]
