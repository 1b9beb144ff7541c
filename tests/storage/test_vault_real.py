"""The vault against a real gnome-keyring, each time on a D-Bus session and in a home of its own."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
KEYS = ("CanaryCanaryCanaryCanaryCanary01", "CanaryCanaryCanaryCanaryCanary02")
UNLOCK = 'printf word | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"'
NO_SERVICES = """
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
STEPS = (
    "describe",
    "load nothing",
    "store",
    "load",
    "store another",
    "load another",
    "forget",
    "forget again",
    "load forgotten",
)
MISSING = [program for program in NEEDED if not shutil.which(program)]

pytestmark = [
    pytest.mark.keyring,
    # Where everything is prepared, a silent skip would hide that nothing was tested.
    pytest.mark.skipif(
        sys.platform != "linux" or (bool(MISSING) and os.environ.get("CI") != "true"),
        reason=f"not installed: {', '.join(MISSING)}",
    ),
]


class Session:
    """Starts programs in a fresh home. `traces` is all they said and left there."""

    def __init__(self, home: Path) -> None:
        self.traces = b""
        self._home = home
        (home / "run").mkdir(mode=0o700)
        (home / "bus.conf").write_text(NO_SERVICES)

    def walk(self, *story: str, launcher: Sequence[str] = ()) -> list[str]:
        """What each step of the story answered."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home),
            "XDG_RUNTIME_DIR": str(self._home / "run"),
            "PYTHONPATH": str(CHECKOUT),
        }
        done = subprocess.run(
            [*launcher, sys.executable, str(HERE / "keyring_session.py"), *story],
            input=" ".join(KEYS).encode(),
            capture_output=True,
            env=environment,
            timeout=60,
            check=False,
        )
        files = (path for path in self._home.rglob("*") if path.is_file())
        self.traces = b"".join([done.stdout, done.stderr, *(file.read_bytes() for file in files)])
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().splitlines()

    def unlocked(self) -> Sequence[str]:
        """On a session with a daemon whose keyring is open."""
        return ("dbus-run-session", "--", "sh", "-c", UNLOCK, "sh")

    def never_set_up(self) -> Sequence[str]:
        """On a session that would start a daemon, for someone who has no keyring yet."""
        return ("dbus-run-session", "--")

    def without_daemon(self) -> Sequence[str]:
        """On a session that has no keyring service and can start none."""
        return ("dbus-run-session", f"--config-file={self._home / 'bus.conf'}", "--")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


def everywhere(error: str) -> list[str]:
    """The answers when not even the keyring can be named."""
    return [f"{what}: {error}" for what in STEPS]


def test_an_open_keyring_keeps_a_key_and_forgets_it(session: Session) -> None:
    assert session.walk(launcher=session.unlocked()) == [
        "describe: SecretService",
        "load nothing: KeyMissingError",
        "store: None",
        "load: True",
        "store another: None",
        "load another: True",
        "forget: None",
        "forget again: None",
        "load forgotten: KeyMissingError",
    ]


def test_a_keyring_that_is_locked_meanwhile_says_so(session: Session) -> None:
    assert session.walk("lock", launcher=session.unlocked())[3:] == [
        "load: True",
        "lock: True",
        "store another: KeyringLockedError",
        "load another: KeyringLockedError",
        "forget: KeyringLockedError",
        "forget again: KeyringLockedError",
        "load forgotten: KeyringLockedError",
    ]


def test_keyring_without_a_collection_counts_as_locked(session: Session) -> None:
    found = session.walk(launcher=session.never_set_up())
    assert found == ["describe: SecretService", *everywhere("KeyringLockedError")[1:]]


def test_a_session_without_a_keyring_has_none(session: Session) -> None:
    found = session.walk("alone", launcher=session.without_daemon())
    assert found == everywhere("KeyringMissingError")


def test_a_computer_without_a_session_has_none(session: Session) -> None:
    assert session.walk("alone") == everywhere("KeyringMissingError")


def test_a_store_in_the_clear_is_no_substitute(session: Session) -> None:
    pytest.importorskip("keyrings.alt")
    found = session.walk(launcher=session.without_daemon())
    assert found == everywhere("KeyringUnsafeError")


@pytest.mark.parametrize(
    ("place", "story"),
    [("unlocked", ["lock"]), ("unlocked", []), ("never_set_up", []), ("without_daemon", [])],
)
def test_no_key_is_left_in_a_file_or_in_what_was_said(
    session: Session, place: str, story: list[str]
) -> None:
    session.walk(*story, launcher=getattr(session, place)())
    for key in KEYS:
        assert key.encode() not in session.traces
        assert base64.b64encode(key.encode()) not in session.traces
