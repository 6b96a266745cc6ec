"""What a person checks: doubtful decisions about speakers, and how a name was come by.

In comes a connection from `open_index`, out go records with the evidence that the index
holds.  No model is run and nothing is written.
"""

from __future__ import annotations

from quotes.review.doubts import review
from quotes.review.explanations import explain

__all__ = ["explain", "review"]
