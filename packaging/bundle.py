"""Selects the files of the frozen program. Used by `wxpark.spec`."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

# keyring finds its back ends by name, the vault names the ones it trusts: all modules must be there
# on every system, also those that then say that they do not work on it.
KEYRING_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "keyring.backends.chainer",
    "keyring.backends.fail",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.macOS",
    "keyring.backends.macOS.api",
    "keyring.backends.null",
)

# Parts of Qt that nothing here shows, and parts of Python that only developers use; readline, which
# some of them would take along, is under the GPL.
UNUSED_MODULES = (
    "PySide6.QtConcurrent",
    "PySide6.QtDesigner",
    "PySide6.QtHelp",
    "PySide6.QtOpenGL",
    "PySide6.QtPrintSupport",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "_pyrepl",
    "_pytest",
    "curses",
    "doctest",
    "lib2to3",
    "pdb",
    "pip",
    "pydoc",
    "readline",
    "rlcompleter",
    "setuptools",
    "tkinter",
    "unittest",
)

PLUGINS = {
    "iconengines": ("svgicon",),
    "imageformats": ("svg", "ico", "icns"),
    "platforminputcontexts": ("composeplatforminputcontext", "ibusplatforminputcontext"),
    "platforms": ("cocoa", "offscreen", "wayland", "windows", "xcb"),
    "platformthemes": ("xdgdesktopportal",),
    "wayland-decoration-client": ("adwaita", "bradient"),
    "wayland-shell-integration": ("xdg-shell",),
}
"""Qt's plugins that are used, by folder.

Left out are GTK's style (the window has its own), TLS (Python's is used), OpenGL (the window draws
without it), and the virtual keyboard (GPL).
"""

QT_TRANSLATIONS = ("qtbase_en.qm", "qtbase_zh_CN.qm")
"""Qt's own translations, such as those of the context menu of a text field."""

OPENGL_IN_SOFTWARE = "opengl32sw.dll"
"""Qt's software OpenGL for Windows, 20 MB, which the window does not use."""

METADATA = ("METADATA", "entry_points.txt")
"""Files of `.dist-info` folders that libraries read at run time."""

# Of the libraries in the building system's own folders these go along. The others are every
# desktop's own: the C library, graphics, fonts, and what must be one with those.
BROUGHT_ALONG = (
    "libbz2",
    "libcrypto",
    "libexpat",
    "libffi",
    "liblzma",
    "libmpdec",
    "libpython",
    "libsqlite3",
    "libssl",
    "libuuid",
    "libxcb-",
    "libxkbcommon",
)
_SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")


def is_wanted(target: str, source: str) -> bool:
    """Test if a file belongs in the frozen program.

    Args:
        target: its path in the folder, such as `PySide6/Qt/plugins/tls/libqopensslbackend.so`.
        source: its path on the build system.
    """
    if is_left_to_the_system(source):
        return False
    parts = PurePosixPath(target.replace("\\", "/")).parts
    if parts[0].endswith(".dist-info"):
        return parts[-1] in METADATA
    if "PySide6" not in parts:
        return True
    if "translations" in parts:
        return parts[-1] in QT_TRANSLATIONS
    if "plugins" in parts:
        return plugin_name(parts[-1]) in PLUGINS.get(parts[-2], ())
    return "qml" not in parts and parts[-1] != OPENGL_IN_SOFTWARE


def is_left_to_the_system(source: str) -> bool:
    """Test if a library is taken from the booth's own system, and so not packed."""
    return is_of_the_system(source) and not PurePosixPath(source).name.startswith(BROUGHT_ALONG)


def is_of_the_system(source: str) -> bool:
    """Test if a file is a shared library in a system folder of Linux, but not part of Python."""
    path = PurePosixPath(source)
    in_folder = any(path.is_relative_to(folder) for folder in _SYSTEM_FOLDERS)
    is_of_python = any(re.fullmatch(r"python3(\.\d+)?", part) for part in path.parts)
    return in_folder and ".so" in path.name and not is_of_python


def plugin_name(file: str) -> str:
    """Return a plugin's name: `xcb` for `libqxcb.so`, `windows` for `qwindows.dll`."""
    name = file.partition(".")[0].removeprefix("lib")
    return name.removeprefix("q").removesuffix("plugin")


def resources(files: dict[str, str]) -> list[tuple[str, str]]:
    """Return source and target folder of each resource, from source and target path."""
    return [(source, str(Path(place).parent)) for source, place in files.items()]
