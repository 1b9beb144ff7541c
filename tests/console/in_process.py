"""Runs `wxpark` in this process, with a keyring in memory."""

from __future__ import annotations

import io
import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from wxpark_gui.cli import main
from wxpark_gui.domain.errors import KeyMissingError, KeyringLockedError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage import vault as vaults

KEY = "CanaryCanaryCanaryCanaryCanary01"
MCH_ID = "10000098"
SOME_URL = "http://127.0.0.1:9"
IDS = [
    f"--mch-id={MCH_ID}",
    "--appid=wxcbda96de0b165486",
    "--sub-mch-id=1900000109",
    "--parking-name=欢乐海岸停车场",
]


class MemoryVault:
    """Vault in memory, for one test."""

    def __init__(self) -> None:
        self.keys: dict[str, Secret] = {}
        self.locked = False

    def load(self, mch_id: str) -> Secret:
        if self.locked:
            raise KeyringLockedError
        if mch_id not in self.keys:
            raise KeyMissingError
        return self.keys[mch_id]

    def store(self, mch_id: str, key: Secret) -> None:
        self.keys[mch_id] = key

    def forget(self, mch_id: str) -> None:
        if self.locked:
            raise KeyringLockedError
        self.keys.pop(mch_id, None)

    def describe(self) -> str:
        return "memory"

    def is_locked(self) -> bool:
        return self.locked

    def probe(self) -> None: ...


def run_quietly(directory: Path, vault: MemoryVault, *arguments: str, typed: str = "") -> int:
    """Run `wxpark` in a fixture that outlives a test; return its exit code."""
    silence = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(silence),
        redirect_stderr(silence),
    ):
        patch.setattr(vaults, "KeyringVault", lambda: vault)
        patch.setattr(sys, "stdin", io.StringIO(typed))
        return main([*arguments, "--data-dir", str(directory)])


def copy_set_up(source: Path, target: Path, url: str) -> None:
    """Copy a data directory, and put the gateway's address in place of `SOME_URL`."""
    shutil.copytree(source, target)
    settings = target / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    assert SOME_URL in text
    settings.write_text(text.replace(SOME_URL, url), encoding="utf-8", newline="\n")


class Console:
    """Runs `wxpark` in this process, with arguments as from a shell."""

    def __init__(
        self, directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.directory = directory
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self.errors = ""

    def run(self, *arguments: str, typed: str = "") -> tuple[int, str]:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main([*arguments, "--data-dir", str(self.directory)])
        printed = self._capsys.readouterr()
        self.errors = printed.err
        return code, printed.out

    def notify(self, plate: str, *more: str) -> tuple[int, dict[str, Any]]:
        code, printed = self.run("notify", "--plate", plate, "--json", *more)
        document: dict[str, Any] = json.loads(printed)
        return code, document
