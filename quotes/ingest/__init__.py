"""Article files and records -> validated Articles; what cannot be used becomes a Failure.

Texts are kept exactly as they came, without a byte order mark, so that offsets hold; of an
HTML page the text is what trafilatura finds in it.  Nothing here looks at quotations.
Decisions about speakers that another index wrote are read back here too.
"""

from __future__ import annotations

from quotes.ingest.encoding import MAX_CHARS
from quotes.ingest.files import INGEST, Found, ReadFiles, Source, articles_of, read_articles
from quotes.ingest.lines import article_from_record, read_records

__all__ = [
    "INGEST",
    "MAX_CHARS",
    "Found",
    "ReadFiles",
    "Source",
    "article_from_record",
    "articles_of",
    "read_articles",
    "read_records",
]
