"""An indexing run that is killed leaves a right index, from which the next run goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_killed_ten_times() -> None:
    """Sound, no article half in, groups as from scratch, after each of ten kills."""
    run = subprocess.run(
        [sys.executable, "scripts/kill_index.py", "--kills", "10", "--articles", "40"],
        capture_output=True, encoding="utf-8", cwd=ROOT, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "faults: 0" in run.stdout
