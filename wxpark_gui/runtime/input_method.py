"""Selects Qt's plug-in for the desktop's input method, which types Chinese on Linux.

Desktops with fcitx, such as UOS, Deepin and Kylin, set `QT_IM_MODULE=fcitx`. Qt for Python has no
plug-in of that name, and one of the system uses private symbols of another Qt. Without a plug-in
no Chinese can be typed, but fcitx 5 also answers to the protocol of IBus, whose plug-in Qt brings
along. That plug-in looks for the program `ibus-daemon`, unless `IBUS_USE_PORTAL` is set.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QLibraryInfo

_MODULES, _MODULE, _PORTAL = "QT_IM_MODULES", "QT_IM_MODULE", "IBUS_USE_PORTAL"
_IBUS, _XIM = "ibus", "xim"
_FRAMEWORKS = ("fcitx", "ibus")
_PID = "IBUS_DAEMON_PID="


@contextmanager
def input_method() -> Iterator[bool]:
    """Select the plug-in for a `QApplication` made in the context; yield `can_type_chinese`.

    The environment is restored at the end, so that started programs get it unchanged.
    """
    if not sys.platform.startswith("linux"):
        yield True
        return
    before: Mapping[str, str] = dict(os.environ)
    plugins = plugin_files(before)
    has_daemon = shutil.which("ibus-daemon") is not None
    changes = input_method_variables(before, plugins, has_daemon=has_daemon)
    os.environ.update(changes)
    try:
        is_running = _running_ibus(before)
        yield can_type_chinese({**before, **changes}, plugins, ibus_is_running=is_running)
    finally:
        for name in changes:
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]


def input_method_variables(
    environment: Mapping[str, str], plugins: Iterable[str], *, has_daemon: bool
) -> Mapping[str, str]:
    """Return the variables to set, so that Qt finds a plug-in; empty if nothing needs to change.

    Args:
        plugins: file names of the plug-ins.
        has_daemon: True if the program `ibus-daemon` is installed.
    """
    wanted = _wanted(environment)
    chosen = [name for name in wanted if not name.startswith("fcitx") or _has_fcitx(plugins)]
    if chosen != wanted:
        chosen = list(dict.fromkeys([*chosen, _IBUS]))
    changes = {} if chosen == _named(environment) else {_MODULES: ";".join(chosen)}
    if _IBUS in chosen and not has_daemon and _PORTAL not in environment:
        changes[_PORTAL] = "1"
    return changes


def can_type_chinese(
    environment: Mapping[str, str], plugins: Iterable[str], *, ibus_is_running: bool
) -> bool:
    """Test if an input method can be expected to work.

    Args:
        environment: variables with those of `input_method_variables`.
        plugins: file names of the plug-ins.
        ibus_is_running: True if a process answers to the protocol of IBus.
    """
    named = _named(environment)
    if _is_wayland(environment) and (not named or "wayland" in named):
        return True
    if _has_fcitx(plugins) and any(name.startswith("fcitx") for name in named):
        return True
    return _IBUS in named and ibus_is_running


def plugin_files(environment: Mapping[str, str]) -> list[str]:
    """Return the file names of Qt's plug-ins for input methods."""
    extra = environment.get("QT_PLUGIN_PATH", "").split(os.pathsep)
    folders = [QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), *filter(None, extra)]
    places = [Path(folder, "platforminputcontexts") for folder in folders]
    return [path.name for place in places if place.is_dir() for path in place.iterdir()]


def read_daemon_id(text: str) -> int:
    """Return the process id in an address file of IBus; 0 for none."""
    ids = [line.removeprefix(_PID) for line in text.splitlines() if line.startswith(_PID)]
    return int(ids[0]) if ids and ids[0].isdigit() else 0


def _named(environment: Mapping[str, str]) -> list[str]:
    """Return the plug-ins that the environment names, in the order in which Qt tries them."""
    names = environment.get(_MODULES) or environment.get(_MODULE) or ""
    return [name.strip().lower() for name in names.split(";") if name.strip()]


def _wanted(environment: Mapping[str, str]) -> list[str]:
    """Return the named plug-ins; without any, or with XIM, that of `XMODIFIERS` on X11.

    Qt speaks no XIM.
    """
    named = _named(environment)
    if named and named != [_XIM]:
        return named
    method = environment.get("XMODIFIERS", "").partition("@im=")[2].lower()
    known = [name for name in _FRAMEWORKS if method.startswith(name)]
    return known if known and not _is_wayland(environment) else named


def _is_wayland(environment: Mapping[str, str]) -> bool:
    platform = environment.get("QT_QPA_PLATFORM", "")
    session = environment.get("XDG_SESSION_TYPE", "")
    return platform.startswith("wayland") or (not platform and session == "wayland")


def _has_fcitx(plugins: Iterable[str]) -> bool:
    return any("fcitx" in name for name in plugins)


def _running_ibus(environment: Mapping[str, str]) -> bool:
    """Test if the process of an address file runs; IBus and fcitx 5 write such files."""
    try:
        home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        files = [path.read_text(encoding="utf-8") for path in Path(home, "ibus", "bus").iterdir()]
        return any(Path("/proc", str(number)).exists() for number in map(read_daemon_id, files))
    except (OSError, UnicodeDecodeError, RuntimeError):
        # `RuntimeError`: the user has no home directory.
        return False
