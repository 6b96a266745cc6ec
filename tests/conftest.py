"""What several test modules share."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, settings

from quotes.records import Reading, Span, TextReading

# A gate gives the same answer twice; new examples are for people's own runs.
settings.register_profile(
    "gate", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("default", suppress_health_check=[HealthCheck.too_slow])  # busy machines
settings.load_profile("default")
if os.environ.get("CI"):
    settings.load_profile("gate")

QUOTED = re.compile(r"“(?P<content>[^”]+)” (?P<source>[A-Z][\w. ]*?) (?P<cue>said|hopes)\b")


class FakeReader:
    """Reads “words” Somebody said; raises on a text that says BROKEN; counts its texts."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self.texts = 0
        self.version = "fake"

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """One reading for each match of the pattern."""
        self.texts += len(texts)
        if any("BROKEN" in text for text in texts):
            raise ValueError("no such word")
        return [TextReading(tuple(map(_reading, QUOTED.finditer(text)))) for text in texts]


def _reading(found: re.Match[str]) -> Reading:
    content, cue, source = (Span(*found.span(role)) for role in ("content", "cue", "source"))
    return Reading((content,), (cue,), (source,), 0.9)


@pytest.fixture
def fake_reader() -> FakeReader:
    """A reader without a model."""
    return FakeReader()
