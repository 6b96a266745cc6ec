"""Every script says what it does, and every one is listed."""

from __future__ import annotations

import re
import runpy
import sys

import pytest
from notation import ROOT

SCRIPTS = ROOT / "scripts"
PROGRAMS = {
    path.relative_to(SCRIPTS).as_posix(): path
    for path in sorted(SCRIPTS.rglob("*.py"))
    if "__main__" in path.read_text(encoding="utf-8")
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings("ignore")
def test_help(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--help` answers with the usage and ends well; `scripts/test` installs what scripts need."""
    monkeypatch.syspath_prepend(PROGRAMS[name].parent)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(PROGRAMS[name]), run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: ")


def test_every_script_is_listed() -> None:
    """scripts/README.md has a line for each file, and no line for a file that is gone."""
    listed = re.findall(r"^\| `([^`]+)`", (SCRIPTS / "README.md").read_text("utf-8"), re.M)
    there = {
        path.relative_to(SCRIPTS).as_posix()
        for path in SCRIPTS.rglob("*")
        if path.is_file() and path.suffix in {".py", ""} and "__pycache__" not in path.parts
    }
    assert set(listed) == there
