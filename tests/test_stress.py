"""The campaign against the program runs, finds nothing on a small scale, and can find something."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from notation import ROOT

from quotes.records import Quotation, Span

CAMPAIGN = ROOT / "scripts" / "bench" / "stress"
SMALL = ("texts", "inputs", "kills", "disk", "shared", "damaged", "hostile", "queries")


def test_a_small_campaign_finds_nothing() -> None:
    """A fiftieth of each part, always the same: no exception, no overlap, no lost row, no hang."""
    run = subprocess.run(
        [sys.executable, str(CAMPAIGN), "--times", "0.02", *SMALL],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("0 faults, seed 1\n")
    assert run.stdout.count(" s)\n") == len(SMALL)


TEXT = "“We won,” Ann Lee said."
SOUND = Quotation(
    "q1", "direct", (Span(1, 8),), (Span(18, 22),), (Span(10, 17),), "assertion", 0.9, "reader"
)


@pytest.mark.parametrize(
    ("quotation", "fault"),
    [
        (SOUND, None),
        (replace(SOUND, cue=SOUND.source), "overlap"),
        (replace(SOUND, content=(Span(0, 12),)), "overlap"),
        (replace(SOUND, content=(Span(1, 4), Span(3, 8))), "overlap"),
        (replace(SOUND, content=(Span(5, 8), Span(1, 4))), "out of order"),
        (replace(SOUND, content=(Span(9, 10),)), "nothing"),
        (replace(SOUND, chain=(Span(20, 99),)), "no slice"),
    ],
)
def test_the_campaign_sees_what_is_wrong_with_spans(
    quotation: Quotation, fault: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Overlaps, false slices and empty words are told, and a sound quotation is not."""
    monkeypatch.syspath_prepend(CAMPAIGN)
    from texts import faults_of

    told = list(faults_of(TEXT, quotation))
    assert bool(told) is (fault is not None)
    assert all(fault in each for each in told if fault)


def test_the_campaign_sees_a_command_that_hangs_or_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback, an unknown exit code, a hang and an escape sequence are told."""
    monkeypatch.syspath_prepend(CAMPAIGN)
    from tools import Ended

    good = Ended("by Lee", 0, b"Lee\n", b"", 0.1)
    assert not [*good.faults(), *good.controls()]
    for bad, word in (
        (replace(good, code=None), "hangs"),
        (replace(good, code=-11), "-11"),
        (replace(good, err=b"Traceback (most recent call last):\nKeyError: 1\n"), "KeyError"),
        (replace(good, out=b"\x1b[2J"), "U+001B"),
        (replace(good, out="\u202e".encode()), "U+202E"),
    ):
        assert word in " ".join([*bad.faults(), *bad.controls()])
