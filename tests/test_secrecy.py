"""A marked key is used by all programs with a real keyring; no output or file may contain it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CANARY = "CanaryCanaryCanaryCanaryCanary09"
CHECKOUT = Path(__file__).parents[1]
UNLOCKED = 'printf word | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"'
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [program for program in NEEDED if not shutil.which(program)]


@pytest.mark.keyring
@pytest.mark.skipif(
    sys.platform != "linux" or (bool(MISSING) and os.environ.get("CI") != "true"),
    reason=f"not installed: {', '.join(MISSING)}",
)
def test_the_key_is_in_the_keyring_and_nowhere_else(tmp_path: Path) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    (home / "run").mkdir(mode=0o700, parents=True)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", UNLOCKED, "sh",
         sys.executable, str(CHECKOUT / "tests" / "secrecy_story.py"), str(data)],
        input=CANARY + "\n",
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "PYTHONPATH": str(CHECKOUT),
        },
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
    with zipfile.ZipFile(data / "diagnostics.zip") as archive:
        packed = b"".join(archive.read(name) for name in archive.namelist())
    assert b"10000098" in packed
    assert CANARY.encode() not in packed
    assert CANARY not in story["said"] + done.stderr
