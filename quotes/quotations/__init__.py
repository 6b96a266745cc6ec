"""Quotation marks, cues and regions, and the policy that joins them with what the reader found.

In: an article's text and the reader's readings.  Out: the regions that are not its story, and
its quotations, speakers still open.  A cue verb is added in `data/cues.toml` alone.
"""

from quotes.quotations.detect import detect, quotation_id
from quotes.quotations.marks import find_quoted
from quotes.quotations.regions import find_regions

__all__ = ["detect", "find_quoted", "find_regions", "quotation_id"]
