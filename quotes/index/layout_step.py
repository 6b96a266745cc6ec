"""What a step of the layout is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the layout: done wholly or not at all, and recorded by number and name."""

    name: str
    statements: tuple[str, ...]
