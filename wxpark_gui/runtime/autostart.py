"""Starts the program when the user logs in: a file or registry value for each system.

- Linux: `autostart/io.github.wxpark.booth.desktop` in the user's configuration directory, after the
  Desktop Application Autostart Specification.
- Windows: a value of the registry key `Run` of the user, or of the computer, where an installation
  for all users puts it. The Task Manager disables one in `StartupApproved`.
- macOS: a property list in `~/Library/LaunchAgents`.

It counts as on only if the present program would be started. Does not use Qt.
"""

from __future__ import annotations

import configparser
import contextlib
import errno
import os
import plistlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

if sys.platform == "win32":
    import winreg

IDENTITY = "io.github.wxpark.booth"
"""Name of the files, and label of the launch agent."""

VALUE = "wxpark-gui"
"""Name of the registry value."""

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_GROUP = "Desktop Entry"


class Registry(Protocol):
    """Values in the Windows registry. All methods may raise `OSError`."""

    def read(self, key: str, name: str, *, of_computer: bool = False) -> object:
        """Return a value of the user or of the computer; None if it does not exist."""
        ...

    def write(self, key: str, name: str, text: str) -> None:
        """Create or replace a text of the user."""
        ...

    def delete(self, key: str, name: str) -> None:
        """Delete a value of the user; a no-op if it does not exist."""
        ...


def start_command(arguments: Sequence[str] = ()) -> list[str]:
    """Return the command that starts this program again, with an absolute path first.

    A program run from source is started as a module, on Windows by the interpreter without a
    console window.
    """
    program = Path(sys.executable)
    if getattr(sys, "frozen", False):
        return [str(program), *arguments]
    windowed = program.with_name("pythonw.exe")
    if program.name.lower() == "python.exe" and windowed.exists():
        program = windowed
    return [str(program), "-m", "wxpark_gui", *arguments]


def make_autostart(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> DesktopEntry | RunValue | LaunchAgent:
    """Return the adapter for this system.

    Args:
        environment: variables with the configuration directory; None for those of the process.
    """
    adapter: DesktopEntry | RunValue | LaunchAgent
    if sys.platform == "win32":
        adapter = RunValue(command, WindowsRegistry())
    elif sys.platform == "darwin":
        adapter = LaunchAgent(_home() / "Library" / "LaunchAgents", command)
    else:
        variables = os.environ if environment is None else environment
        found = variables.get("XDG_CONFIG_HOME", "")
        # The specification ignores a relative path.
        folder = Path(found) if Path(found).is_absolute() else _home() / ".config"
        adapter = DesktopEntry(folder / "autostart", command)
    return adapter


def _home() -> Path:
    """Return the home directory; of a user without one, a directory that does not exist."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/nonexistent")


class DesktopEntry:
    """Autostart by a desktop entry in a folder, which is made if it is missing."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._path = folder / f"{IDENTITY}.desktop"
        self._command = command

    def is_on(self) -> bool:
        """Test if the entry starts this program and is not disabled by the desktop.

        Raises:
            OSError: the file cannot be read.
        """
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        try:
            parser.read_string(self._path.read_text(encoding="utf-8", errors="replace"))
            entry = dict(parser.items(_GROUP))
        except (FileNotFoundError, configparser.Error):
            return False
        disabled = (
            entry.get("Hidden") == "true" or entry.get("X-GNOME-Autostart-enabled") == "false"
        )
        return not disabled and entry.get("Exec") == quoted_command(self._command)

    def switch(self, *, on: bool) -> None:
        """Write or delete the entry.

        Raises:
            OSError: that failed.
        """
        if not on:
            self._path.unlink(missing_ok=True)
            return
        program = _escaped(self._command[0])
        lines = (
            f"[{_GROUP}]",
            "Type=Application",
            f"Name={VALUE}",
            f"Exec={quoted_command(self._command)}",
            # Nothing is started, and nothing complains, after the program was removed.
            f"TryExec={program}",
            f"Icon={IDENTITY}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        )
        _write(self._path, "".join(f"{line}\n" for line in lines).encode())


class RunValue:
    """Autostart by a value of the registry key `Run`."""

    def __init__(self, command: Sequence[str], registry: Registry) -> None:
        program, *arguments = command
        # Quoted in any case, as the installer writes it.
        self._command = f'"{program}" {subprocess.list2cmdline(arguments)}'.rstrip()
        self._registry = registry

    def is_on(self) -> bool:
        """Test if the value starts this program and is not disabled in the Task Manager.

        Raises:
            OSError: the registry cannot be read.
        """
        approved = self._registry.read(APPROVED, VALUE)
        # An odd first byte disables it.
        disabled = isinstance(approved, bytes) and bool(approved) and bool(approved[0] & 1)
        if disabled:
            return False
        return self._is_ours(of_computer=False) or self._is_ours(of_computer=True)

    def switch(self, *, on: bool) -> None:
        """Write or delete the value of the user.

        Raises:
            OSError: that failed, or the computer has a value, which only an administrator deletes.
        """
        if on:
            self._registry.delete(APPROVED, VALUE)
            self._registry.write(RUN, VALUE, self._command)
        else:
            self._registry.delete(RUN, VALUE)
            if self._is_ours(of_computer=True):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def _is_ours(self, *, of_computer: bool) -> bool:
        found = self._registry.read(RUN, VALUE, of_computer=of_computer)
        return isinstance(found, str) and found.lower() == self._command.lower()


class LaunchAgent:
    """Autostart by a launch agent in a folder, which is made if it is missing."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._path = folder / f"{IDENTITY}.plist"
        self._command = list(command)

    def is_on(self) -> bool:
        """Test if the agent starts this program.

        Raises:
            OSError: the file cannot be read.
        """
        try:
            agent = plistlib.loads(self._path.read_bytes())
        except FileNotFoundError:
            return False
        except Exception:  # noqa: BLE001 - the parser of XML raises anything
            return False
        if not isinstance(agent, dict) or agent.get("Disabled") is True:
            return False
        return agent.get("RunAtLoad") is True and agent.get("ProgramArguments") == self._command

    def switch(self, *, on: bool) -> None:
        """Write or delete the agent; it takes effect at the next login.

        Raises:
            OSError: that failed.
        """
        if not on:
            self._path.unlink(missing_ok=True)
            return
        agent = {
            "Label": IDENTITY,
            "ProgramArguments": self._command,
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        _write(self._path, plistlib.dumps(agent))


def quoted_command(command: Sequence[str]) -> str:
    """Return the value of the key `Exec`, quoted after the Desktop Entry Specification."""
    return _escaped(" ".join(map(_quoted, command)))


def _quoted(argument: str) -> str:
    text = argument.replace("%", "%%")
    if text and not _RESERVED & set(text):
        return text
    for character in '\\"`$':
        text = text.replace(character, f"\\{character}")
    return f'"{text}"'


def _escaped(text: str) -> str:
    """Escape a value of a desktop entry."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _write(path: Path, content: bytes) -> None:
    """Create or replace a file, whole or not at all.

    Raises:
        OSError: that failed.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


if sys.platform == "win32":

    class WindowsRegistry:
        """The registry of this computer and its present user."""

        def read(self, key: str, name: str, *, of_computer: bool = False) -> object:
            root = winreg.HKEY_LOCAL_MACHINE if of_computer else winreg.HKEY_CURRENT_USER
            try:
                with winreg.OpenKey(root, key) as opened:
                    value: object = winreg.QueryValueEx(opened, name)[0]
                    return value
            except FileNotFoundError:
                return None

        def write(self, key: str, name: str, text: str) -> None:
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)

        def delete(self, key: str, name: str) -> None:
            with contextlib.suppress(FileNotFoundError):
                access = winreg.KEY_SET_VALUE
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, access) as opened:
                    winreg.DeleteValue(opened, name)
