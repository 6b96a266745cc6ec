"""`python -m quotes`: the same as the `quotes` script."""

from __future__ import annotations

from quotes.cli import main

main()
