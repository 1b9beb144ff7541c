"""A marked key is used by all programs with a real keyring; no output or file may contain it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.desktop_session import CHECKOUT, UNLOCKED, make_home, needs_keyring

CANARY = "CanaryCanaryCanaryCanaryCanary09"


@pytest.mark.keyring
@needs_keyring
def test_the_key_is_in_the_keyring_and_nowhere_else(tmp_path: Path) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    done = subprocess.run(
        [*UNLOCKED, sys.executable, str(CHECKOUT / "tests" / "secrecy_story.py"), str(data)],
        input=CANARY + "\n",
        capture_output=True,
        text=True,
        env=make_home(home),
        timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout.splitlines()[-1])
    assert story["steps"] == {
        "set": 0,
        "show": 0,
        "notify": 0,
        "refused": 4,
        "doctor": 0,
        "diagnostics": 0,
        "save": 0,
        "restore": 0,
        "wrong": 2,
        "export": 0,
        "import": 2,
        "half": 2,
        "offline": 3,
        "in use": 3,
        "flush": 0,
        "forget": 0,
        "forgotten": 6,
    }
    assert story["exposed"] == []
    kept = {
        path.name
        for path in data.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    }
    assert kept == set()
    for name in ("diagnostics.zip", "backup.zip"):
        with zipfile.ZipFile(data / name) as archive:
            packed = b"".join(archive.read(member) for member in archive.namelist())
        assert b"10000098" in packed
        assert CANARY.encode() not in packed
    assert CANARY not in story["said"] + done.stderr
