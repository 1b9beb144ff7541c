"""Lets Qt find a plug-in for the display, and explains a display that cannot be used.

Deepin's desktop sets `QT_QPA_PLATFORM=dxcb`, a plug-in of another Qt. Where none of the named
plug-ins exists, and where the display cannot be opened, Qt would abort the process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler

EXIT_CODE = 1
"""Exit code of a process without a usable display."""

_VARIABLE = "QT_QPA_PLATFORM"
_NO_CATEGORY = "default"


@contextmanager
def platform_plugin(sentence: Callable[[], str]) -> Iterator[None]:
    """Select the plug-in for a `QApplication` made in the context; end the process if none works.

    The environment is restored at the end, so that started programs get it unchanged.

    Args:
        sentence: returns what to print after Qt's own messages before the process ends.
    """
    named = os.environ.get(_VARIABLE)
    hides = named is not None and not knows_plugin(named, plugin_files(os.environ))
    if hides:
        del os.environ[_VARIABLE]

    def on_message(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
        category = context.category or _NO_CATEGORY
        _print(f"{category}: {message}" if category != _NO_CATEGORY else f"{message}")
        if kind is QtMsgType.QtFatalMsg:
            _print(sentence())
            # Qt aborts after this call.
            os._exit(EXIT_CODE)

    # Elsewhere the display is always there, and Qt's messages need no console.
    if sys.platform == "linux":
        qInstallMessageHandler(on_message)
    try:
        yield
    finally:
        if sys.platform == "linux":
            qInstallMessageHandler(None)
        if hides and named is not None:
            os.environ[_VARIABLE] = named


def knows_plugin(named: str, files: Iterable[str]) -> bool:
    """Test if one of the plug-ins that the variable names exists, or if it names none.

    Args:
        named: names separated by `;`, each of which may have parameters after a `:`.
        files: file names of plug-ins, such as `libqxcb.so` and `qwindows.dll`.
    """
    names = [name.partition(":")[0].strip().lower() for name in named.split(";")]
    wanted = [f"q{name}" for name in names if name]
    return not wanted or any(name in file for name in wanted for file in files)


def plugin_files(environment: Mapping[str, str]) -> list[str]:
    """Return the file names of the plug-ins for displays."""
    extra = environment.get("QT_PLUGIN_PATH", "").split(os.pathsep)
    folders = [QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), *filter(None, extra)]
    places = [Path(folder, "platforms") for folder in folders]
    if own := environment.get("QT_QPA_PLATFORM_PLUGIN_PATH"):
        places.append(Path(own))
    return [path.name for place in places if place.is_dir() for path in place.iterdir()]


def _print(line: str) -> None:
    # Without a console there is no stream.
    if sys.stderr is not None:
        sys.stderr.write(f"{line.rstrip()}\n")
        sys.stderr.flush()
