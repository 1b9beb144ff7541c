"""Runs the scripts for fleets in the technician's page with real keyrings and a fake ssh."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.gateway import TrainingGateway

ROOT = Path(__file__).parents[2]
KEY = "CanaryCanaryCanaryCanaryCanary01"
MISSING = [
    name
    for name in ("bash", "dbus-daemon", "dbus-run-session", "gnome-keyring-daemon")
    if not shutil.which(name)
]
DATA = ".local/share/wxpark-gui"

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(
        sys.platform != "linux" or (bool(MISSING) and os.environ.get("CI") != "true"),
        reason=f"not installed: {', '.join(MISSING)}",
    ),
]

PROGRAMS = {
    "ssh": """
        if [ "$1" = -n ]; then shift; exec < /dev/null; fi
        host=$1; shift; cd "$BOOTHS/$host"
        exec env -i PATH="$PATH" HOME="$PWD" XDG_RUNTIME_DIR="$PWD/run" BOOTHS="$BOOTHS" sh -c "$*"
        """,
    "wxpark": f"""
        exec env PYTHONPATH={ROOT} {sys.executable} -m wxpark_gui.cli "$@"
        """,
    "pass": f"""
        case $2 in wxpark/key) echo {KEY} ;; booth/logon) echo word ;; esac
        """,
}
LOG_ON = """
export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
dbus-daemon --session --address=$DBUS_SESSION_BUS_ADDRESS --fork --print-pid
printf word | gnome-keyring-daemon --unlock --components=secrets > /dev/null
"""


class Fleet:
    """Booths, each a home directory of its own, reached by the fake ssh."""

    def __init__(self, root: Path, gateway_url: str) -> None:
        self._root = root
        self._buses: list[int] = []
        (root / "bin").mkdir()
        for name, text in PROGRAMS.items():
            program = root / "bin" / name
            program.write_text(f"#!/bin/sh{text}")
            program.chmod(0o755)
        (root / "fleet.toml").write_text(
            '[booth]\nplate_prefix = "粤B"\n[merchant]\nappid = "wx1"\nmch_id = "1900000109"\n'
            'sub_mch_id = "1900000110"\nparking_name = "欢乐海岸停车场"\n'
            f'gateway_url = "{gateway_url}"\n',
            "utf-8",
        )

    def add(self, host: str, *, logged_on: bool) -> Path:
        """Make a booth, with the desktop session of its attendant or without; return its home."""
        home = self._root / host
        (home / "run").mkdir(parents=True, mode=0o700)
        if logged_on:
            pid = self.run(f"ssh -n {host} {shlex.quote(LOG_ON)}")
            self._buses.append(int(pid.split()[0]))
        return home

    def run(self, script: str) -> str:
        """Run a bash script as on the manager's computer; return its output.

        Raises:
            subprocess.CalledProcessError: the script fails.
        """
        path = f"{self._root / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._root,
            env={"PATH": path, "BOOTHS": str(self._root), "LC_ALL": "C.UTF-8"},
            check=True,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
        )
        return done.stdout

    def log_off(self) -> None:
        for pid in self._buses:
            os.kill(pid, 15)


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    # A socket's path must be short.
    with (
        tempfile.TemporaryDirectory(prefix="fleet") as root,
        TrainingGateway(Secret(KEY)) as gateway,
    ):
        fleet = Fleet(Path(root), gateway.url)
        try:
            yield fleet
        finally:
            fleet.log_off()


def recipes() -> list[str]:
    """Return the scripts in the section about fleets of the technician's page."""
    text = (ROOT / "packaging" / "docs" / "technician.md").read_text(encoding="utf-8")
    section = text.partition("\n## Fleets\n")[2].partition("\n## ")[0]
    return re.findall(r"^```text\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


@pytest.mark.matrix
def test_lines_set_up_every_booth_of_a_fleet(fleet: Fleet) -> None:
    homes = {name: fleet.add(f"gate{name[0]}", logged_on=True) for name in ("3号岗", "4 东")}
    lines = "".join(f"gate{name[0]} {name}\n" for name in homes)
    (next(iter(homes.values())).parent / "booths.txt").write_text(lines, "utf-8")
    printed = fleet.run(recipes()[0])
    assert KEY not in printed
    for name, home in homes.items():
        settings = TomlSettings(home / DATA / "settings.toml").load()
        assert (settings.booth.name, settings.booth.plate_prefix) == (name, "粤B")
        findings = json.loads((home.parent / f"{home.name}.json").read_text("utf-8"))["findings"]
        assert [f["subject"] for f in findings if f["health"] == "bad"] == []
        kept = b"".join(path.read_bytes() for path in (home / DATA).rglob("*") if path.is_file())
        assert KEY.encode() not in kept


def test_key_is_stored_while_nobody_is_logged_on(fleet: Fleet) -> None:
    home = fleet.add("gate5", logged_on=False)
    fleet.run("ssh gate5 wxpark settings import - < fleet.toml")
    fleet.run(f"host=gate5\n{recipes()[1]}")
    assert KEY.encode() not in (home / ".local/share/keyrings/login.keyring").read_bytes()
    unlock = "printf word | gnome-keyring-daemon --unlock --components=secrets"
    later = f"dbus-run-session -- sh -c '{unlock} > /dev/null; wxpark merchant show --lang en'"
    assert "key: in the keyring" in fleet.run(f'ssh -n gate5 "{later}"')
