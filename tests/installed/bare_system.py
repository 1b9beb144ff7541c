"""Minimal Debian in a folder, entered with chroot; it stands for a new booth computer."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.installed.background import Background

USER = "attendant"
HOME = Path("/home") / USER
# The mount ends with the command: nothing is left behind, however the test ends.
ENTER = 'mount -t proc proc "$0/proc" && exec chroot --userspec="$1" "$0" "${@:2}"'
UNSAFE = {"DPKG_FORCE": "security-mac,downgrade,unsafe-io"}
"""Variable with dpkg's own defaults, and without waiting for the disk: the system need not last."""
LONGEST = 600.0
"""Timeout of making the system, in seconds."""
RELEASE = re.compile(r"^VERSION_CODENAME=(\w+)$", re.MULTILINE)


class BareSystem:
    """Runs programs in the minimal system, as root or as an ordinary user."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(
        self,
        *command: str,
        user: str = "root",
        given: str = "",
        variables: Mapping[str, str] | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end.

        Args:
            given: its standard input.
            variables: environment variables besides HOME, PATH and LANG.
            timeout: in seconds.

        Raises:
            subprocess.TimeoutExpired: it did not end in time.
        """
        return subprocess.run(
            self.command(*command, user=user, variables=variables),
            check=False,
            input=given,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
        )

    def start(
        self, *command: str, user: str, variables: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a command and return its process without waiting."""
        return subprocess.Popen(self.command(*command, user=user, variables=variables))

    def command(
        self, *command: str, user: str, variables: Mapping[str, str] | None = None
    ) -> Sequence[str]:
        """Return the command line that runs `command` inside the minimal system."""
        home = str(HOME) if user == USER else "/root"
        given = {"HOME": home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        settings = [f"{name}={value}" for name, value in {**given, **(variables or {})}.items()]
        inside = ["env", "--ignore-environment", f"--chdir={home}", *settings, *command]
        group = f"{user}:{user}"
        return ["unshare", "--mount", "bash", "-c", ENTER, str(self.root), group, *inside]

    def path(self, inside: str | Path) -> Path:
        """Return the path on this system of a path inside the minimal system."""
        return self.root / Path(inside).relative_to("/")

    def names(self) -> set[str]:
        """Return the absolute paths of all files of the system, as seen inside it."""
        return {f"/{path.relative_to(self.root)}" for path in self.root.rglob("*")}


def begin_bare_system(folder: Path) -> Background:
    """Begin to make a new minimal system of this system's Debian release."""
    shutil.rmtree(folder, ignore_errors=True)
    release = RELEASE.search(Path("/etc/os-release").read_text(encoding="utf-8"))
    assert release, "this system does not say which release it is"
    command = ["debootstrap", "--variant=minbase", release[1], str(folder)]
    return Background(command, folder.with_suffix(".log"), UNSAFE)


def finish_bare_system(folder: Path, begun: Background) -> BareSystem:
    """Wait for the minimal system, and add an ordinary user."""
    begun.result(LONGEST)
    system = BareSystem(folder)
    added = system.run("useradd", "--create-home", "--user-group", USER)
    assert added.returncode == 0, added.stderr
    return system
