"""The vault with a real gnome-keyring, each time in a new D-Bus session and home directory.

No key may be in the output of a program, or in a file that it left.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.desktop_session import UNLOCKED, make_home, needs_keyring, without_services
from tests.matrix import sampled

HERE = Path(__file__).parent
KEYS = ("CanaryCanaryCanaryCanaryCanary01", "CanaryCanaryCanaryCanaryCanary02")
PASSWORD = "word"
STEPS = (
    "describe",
    "is locked",
    "load nothing",
    "store",
    "load",
    "store another",
    "load another",
    "forget",
    "forget again",
    "load forgotten",
)
pytestmark = [pytest.mark.keyring, needs_keyring]


class Session:
    """Starts programs in a new home directory."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._environment = make_home(home)

    def walk(self, *story: str, launcher: Sequence[str] = ()) -> list[str]:
        """Run `keyring_session` with the steps of `story`; return the answer of each step."""
        return self.run("keyring_session.py", *story, launcher=launcher)

    def run(self, script: str, *arguments: str, launcher: Sequence[str]) -> list[str]:
        """Return the lines that a script prints; check that it left no key behind."""
        done = subprocess.run(
            [*launcher, sys.executable, str(HERE / script), *arguments],
            input=" ".join(KEYS).encode(),
            capture_output=True,
            env=self._environment,
            timeout=60,
            check=False,
        )
        files = (path for path in self._home.rglob("*") if path.is_file())
        traces = b"".join([done.stdout, done.stderr, *(file.read_bytes() for file in files)])
        assert done.returncode == 0, done.stderr.decode()
        for key in KEYS:
            assert key.encode() not in traces
            assert base64.b64encode(key.encode()) not in traces
        return done.stdout.decode().splitlines()

    def unlocked(self) -> Sequence[str]:
        """Return a command that starts a session with a daemon and an unlocked keyring."""
        return UNLOCKED

    def never_set_up(self) -> Sequence[str]:
        """Return a command that starts a session with a daemon on demand, without any keyring."""
        return ("dbus-run-session", "--")

    def without_daemon(self) -> Sequence[str]:
        """Return a command that starts a session in which no keyring service can be started."""
        return without_services(self._home)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


def everywhere(error: str) -> list[str]:
    """Return the answers if every step fails with the same error."""
    return [f"{what}: {error}" for what in STEPS]


def test_unlocked_keyring_stores_and_removes_a_key(session: Session) -> None:
    assert session.walk(launcher=session.unlocked()) == [
        "describe: SecretService",
        "is locked: False",
        "load nothing: KeyMissingError",
        "store: None",
        "load: True",
        "store another: None",
        "load another: True",
        "forget: None",
        "forget again: None",
        "load forgotten: KeyMissingError",
    ]


def test_keyring_locked_meanwhile_is_reported_as_locked(session: Session) -> None:
    assert session.walk("lock", launcher=session.unlocked())[4:] == [
        "load: True",
        "lock: True",
        "is locked now: True",
        "store another: KeyringLockedError",
        "load another: KeyringLockedError",
        "forget: KeyringLockedError",
        "forget again: KeyringLockedError",
        "load forgotten: KeyringLockedError",
    ]


def test_keyring_that_was_never_created_counts_as_locked(session: Session) -> None:
    found = session.walk(launcher=session.never_set_up())
    told = ["describe: SecretService", "is locked: True"]
    assert found == [*told, *everywhere("KeyringLockedError")[2:]]


def test_session_without_a_keyring_service_has_none(session: Session) -> None:
    found = session.walk("alone", launcher=session.without_daemon())
    assert found == everywhere("KeyringMissingError")


def test_computer_without_a_session_bus_has_none(session: Session) -> None:
    assert session.walk("alone") == everywhere("KeyringMissingError")


def test_plain_text_keyring_is_no_substitute(session: Session) -> None:
    pytest.importorskip("keyrings.alt")
    found = session.walk(launcher=session.without_daemon())
    assert found == everywhere("KeyringUnsafeError")


@pytest.mark.parametrize("cars", sampled([(5,), (20,)], [(5,)]))
def test_cars_at_a_locked_keyring_open_one_prompt_and_are_answered_once_it_is_unlocked(
    session: Session, tmp_path: Path, cars: int
) -> None:
    told = session.run(
        "keyring_story.py", str(tmp_path), PASSWORD, str(cars), launcher=session.unlocked()
    )
    assert json.loads(told[-1]) == {
        "locked": True,
        "prompts to see that": 0,
        "codes": ["KEYRING_LOCKED"],
        "read while locked": False,
        "states while locked": ["waiting"],
        "read once unlocked": True,
        "states once unlocked": ["answered"],
        "prompts": 1,
    }
