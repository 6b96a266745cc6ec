"""What the tests of `quotes.annotate` share: no network, one thread, documents built by hand."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from quotes.annotate import MODEL_FOLDER


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever asks for the network fails the test that made it ask."""

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("the network was asked for")

    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    for name in ("request_file", "download_models", "download_resources_json"):
        monkeypatch.setattr(f"stanza.resources.common.{name}", refuse)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Texts of a few words gain nothing from a second thread, and lose much on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def package_folder(tmp_path: Path) -> Path:
    """A stanza model folder with one English package, "mini", as stanza.download lays it out."""
    (tmp_path / "en" / "tokenize").mkdir(parents=True)
    shipped = MODEL_FOLDER / "tokenize.pt"
    shutil.copy(shipped, tmp_path / "en" / "tokenize" / "mini.pt")
    english = {
        "lang_name": "English",
        "tokenize": {"mini": {}, "gone": {}},
        "ner": {"other": {}},
        "packages": {"mini": {"tokenize": "mini"}, "gone": {"tokenize": "gone"}},
    }
    (tmp_path / "resources.json").write_text(json.dumps({"en": english}))
    return tmp_path
