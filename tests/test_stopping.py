"""Runs that are stopped or killed: the index is right, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "fixtures" / "seeds"
ARTICLES = 128


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short articles enough for several batches, as JSON lines."""
    paragraphs = [
        paragraph
        for seed in sorted(SEEDS.glob("*.txt"))
        for paragraph in seed.read_text(encoding="utf-8").split("\n")
        if len(paragraph.split()) > 20
    ]
    path = tmp_path_factory.mktemp("archive") / "archive.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number in range(ARTICLES):
            text = f"{number}\n\n" + paragraphs[number % len(paragraphs)]
            made = {"id": f"a{number}", "outlet": f"Outlet {number % 7}", "text": text}
            lines.write(json.dumps(made) + "\n")
    return path


def begin(archive: Path, db: Path, workers: int) -> psutil.Popen:
    """`quotes index` in a process group of its own, as a terminal gives it one."""
    command = [sys.executable, "-m", "quotes", "index", str(archive), "--db", str(db)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return psutil.Popen(
        [*command, "--workers", str(workers)], stderr=-1, env=environment, process_group=0
    )


def written(db: Path) -> dict[str, list[tuple[object, ...]]]:
    """What was found in the articles, and who and what was joined."""
    asked = {
        "article": "SELECT id, text, outlet FROM article ORDER BY id",
        "quotation": "SELECT id, article, kind, speaker, cluster, text FROM quotation ORDER BY id",
        "speaker": "SELECT id, name, kind FROM entity ORDER BY id",
    }
    with closing(sqlite3.connect(db)) as index:
        assert index.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name: index.execute(question).fetchall() for name, question in asked.items()}


def wait_for_articles(db: Path, run: psutil.Popen) -> None:
    """Until something stands in the index, and the run still goes on."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.02)
        if db.exists():
            with closing(sqlite3.connect(db)) as index:
                try:
                    if index.execute("SELECT count(*) FROM article").fetchone()[0]:
                        return
                except sqlite3.OperationalError:
                    continue  # its tables are being made
    pytest.fail("the run ended before it could be stopped")


@pytest.fixture(scope="module")
def undisturbed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of a run by one process from start to end."""
    db = tmp_path_factory.mktemp("undisturbed") / "q.db"
    with begin(archive, db, workers=1) as run:
        _, told = run.communicate(timeout=300)
    assert f"{ARTICLES} added" in told.decode()
    return db


@pytest.mark.model
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on_where_it_was(
    archive: Path, undisturbed: Path, tmp_path: Path, how: signal.Signals
) -> None:
    """No process is left, no article half in, and in the end the index is the same."""
    db = tmp_path / "q.db"
    with begin(archive, db, workers=2) as run:
        wait_for_articles(db, run)
        children = run.children(recursive=True)
        os.killpg(run.pid, how) if how == signal.SIGINT else run.kill()
        _, told = run.communicate(timeout=60)
        _, left = psutil.wait_procs(children, timeout=60)
    assert not left
    if how == signal.SIGINT:
        assert run.returncode == 130
        said = "Stopped. What was written is kept; run the same command again to continue.\n"
        assert told.decode() == said
    some = len(written(db)["article"])
    assert 0 < some < ARTICLES
    with begin(archive, db, workers=2) as run:
        _, told = run.communicate(timeout=300)
    assert f"{ARTICLES - some} added, {some} unchanged" in told.decode()
    assert written(db) == written(undisturbed)


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_killed_ten_times() -> None:
    """Sound, no article half in, groups as from scratch, after each of ten kills."""
    run = subprocess.run(
        [sys.executable, "scripts/bench/kill_index.py", "--kills", "10", "--articles", "40"],
        capture_output=True, encoding="utf-8", cwd=ROOT, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "faults: 0" in run.stdout
