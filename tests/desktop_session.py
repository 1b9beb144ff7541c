"""A D-Bus session of a test's own, with a real keyring or without one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
_UNLOCK = 'printf word | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"'
_NO_SERVICES = """
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
_NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
_MISSING = [program for program in _NEEDED if not shutil.which(program)]

UNLOCKED = ("dbus-run-session", "--", "sh", "-c", _UNLOCK, "sh")
"""Command that starts another one in a session with an unlocked keyring; its password is `word`."""

needs_keyring = pytest.mark.skipif(
    # Where everything is prepared, a silent skip would hide that nothing was tested.
    sys.platform != "linux" or (bool(_MISSING) and os.environ.get("CI") != "true"),
    reason=f"not installed: {', '.join(_MISSING)}",
)


def make_home(home: Path) -> Mapping[str, str]:
    """Make what a session needs in a home directory; return the environment of its programs."""
    (home / "run").mkdir(mode=0o700, parents=True)
    _config(home).write_text(_NO_SERVICES)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "PYTHONPATH": str(CHECKOUT),
    }


def without_services(home: Path) -> tuple[str, ...]:
    """Return a command that starts another one in a session in which no service can be started.

    Call `make_home` before the command runs.
    """
    return ("dbus-run-session", f"--config-file={_config(home)}", "--")


def _config(home: Path) -> Path:
    return home / "bus.conf"
