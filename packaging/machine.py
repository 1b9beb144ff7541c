"""Checks system requirements of window and tests; installs them on Debian-like systems."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from failure import SetUpError, run_step


@dataclass(frozen=True)
class Need:
    """A requirement of the machine.

    Attributes:
        package: Debian's package that provides it.
        is_there: returns True if it is installed.
        essential: True if nothing works without it; otherwise some tests are skipped, or texts lack
            glyphs.
    """

    package: str
    is_there: Callable[[], bool]
    essential: bool = True


# Qt's wheels bring Qt alone; what it links to is the system's. Found with `ldd`.
WINDOW_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libbrotlidec.so.1": "libbrotli1",
}
# Only a real screen needs these: Qt loads one of its two ways to it, X11 or Wayland, at start.
DISPLAY_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
# The tests talk to a real keyring, to a WeChat Pay client written for Node, and to the tool that
# signs version files; they look into libraries, and compile the installer for Windows.
TEST_PROGRAMS = {
    "dbus-run-session": "dbus",
    "dpkg-deb": "dpkg",
    "gnome-keyring-daemon": "gnome-keyring",
    "makensis": "nsis",
    "minisign": "minisign",
    "node": "nodejs",
    "npm": "npm",
    "objdump": "binutils",
}
PACKAGE_PROGRAMS = {"dpkg-deb": "dpkg", "git": "git", "objdump": "binutils"}
SCREEN_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool"}
# An installed package is used as people use it: in a bare system, on a screen, and read with eyes.
PROOF_PROGRAMS = {
    **SCREEN_PROGRAMS,
    "appstreamcli": "appstream",
    "debootstrap": "debootstrap",
    "desktop-file-validate": "desktop-file-utils",
    "lintian": "lintian",
    "man": "man-db",
    "tesseract": "tesseract-ocr",
}
# A Python for Windows is compiled, run and installed; pictures are taken of its screen.
WINDOWS_PROGRAMS = {
    **SCREEN_PROGRAMS,
    "fc-match": "fontconfig",
    "git": "git",
    "makensis": "nsis",
    "wine": "wine",
    "wineserver": "wine64",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "x86_64-w64-mingw32-windres": "binutils-mingw-w64-x86-64",
}
CHINESE_FONT = "fonts-wqy-microhei"
CHINESE_LETTERS = Path("/usr/share/tesseract-ocr/5/tessdata/chi_sim.traineddata")


def needs(*, display: bool, tests: bool) -> list[Need]:
    """Return the requirements of this machine; none beyond Python on Windows and macOS.

    Args:
        display: True for a window on a screen.
        tests: True to include those of the tests.
    """
    if sys.platform != "linux":
        return []
    libraries = {**WINDOW_LIBRARIES, **(DISPLAY_LIBRARIES if display else {})}
    wanted = [Need(package, loads(name)) for name, package in libraries.items()]
    wanted.append(Need(f"python3.{sys.version_info.minor}-venv", has_venv))
    wanted.append(Need("fontconfig", on_path("fc-list"), essential=False))
    # Whether there is a font cannot be told without fontconfig's own program.
    wanted.append(Need(CHINESE_FONT, has_chinese_font, essential=bool(shutil.which("fc-list"))))
    if tests:
        # What guards the project must not leave tests out; a machine of one's own may.
        guard = os.environ.get("CI") == "true"
        wanted += [Need(p, on_path(name), essential=guard) for name, p in TEST_PROGRAMS.items()]
    return wanted


def needs_for_packages() -> list[Need]:
    """Return the requirements for building a package, among them the libraries packed into it."""
    if sys.platform != "linux":
        return []
    programs = [Need(package, on_path(name)) for name, package in PACKAGE_PROGRAMS.items()]
    # The starter of a frozen program loads Python as a library, which Debian packs by itself.
    python = f"libpython3.{sys.version_info.minor}"
    library = Need(python, loads(f"{python}.so.1.0"))
    return [*needs(display=True, tests=False), *programs, library]


def needs_for_benchmarks() -> list[Need]:
    """Return the requirements for the benchmarks, from source and frozen."""
    screen = [Need(package, on_path(name)) for name, package in SCREEN_PROGRAMS.items()]
    return [*needs(display=True, tests=True), *needs_for_packages(), *screen]


def needs_for_the_proof() -> list[Need]:
    """Return the requirements for building, installing and using a package."""
    programs = [Need(package, on_path(name)) for name, package in PROOF_PROGRAMS.items()]
    reader = Need("tesseract-ocr-chi-sim", CHINESE_LETTERS.exists)
    return [*needs_for_benchmarks(), *programs, reader]


def needs_for_windows() -> list[Need]:
    """Return the requirements for running programs for Windows under Wine.

    They are essential only on CI; elsewhere these tests are skipped without them.
    """
    if sys.platform != "linux":
        return []
    guard = os.environ.get("CI") == "true"
    programs = WINDOWS_PROGRAMS.items()
    wanted = [Need(package, on_path(name), essential=guard) for name, package in programs]
    return [*needs(display=True, tests=False), *wanted]


def provide(wanted: Sequence[Need]) -> None:
    """Install the missing requirements if that is possible.

    Raises:
        SetUpError: an essential one is missing and cannot be installed from here.
    """
    missing = [need for need in wanted if not need.is_there()]
    if not missing:
        return
    packages = package_names(missing)
    if not shutil.which("apt-get"):
        advice = f"Install them with the system's own tools; Debian calls them: {packages}"
    elif os.geteuid() != 0:
        command = f"apt-get update && apt-get install -y --no-install-recommends {packages}"
        advice = f"Run this once:\n\n    sudo sh -c '{command}'"
    else:
        install(packages)
        return
    if any(need.essential for need in missing):
        raise SetUpError(f"Parts of the system are missing. {advice}")
    print(f"Some tests will be left out, or Chinese text looks wrong. {advice}\n", flush=True)


def install(packages: str) -> None:
    """Install Debian packages without questions. Needs root.

    Raises:
        SetUpError: apt-get failed.
    """
    print(f"Installing system packages: {packages}", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run_step("Reading the system's package lists", ["apt-get", "update"], quiet)
    # A fresh machine may be updating itself.
    patient = ["apt-get", "--option", "DPkg::Lock::Timeout=120"]
    command = [*patient, "install", "--yes", "--no-install-recommends", *packages.split()]
    run_step("Installing system packages", command, quiet)


def package_names(missing: Sequence[Need]) -> str:
    """Return the packages to install, each once, in one line."""
    return " ".join(sorted({need.package for need in missing}))


def loads(library: str) -> Callable[[], bool]:
    """Return a test for a shared library, which loads it as the program would."""

    def is_there() -> bool:
        try:
            ctypes.CDLL(library)
        except OSError:
            return False
        return True

    return is_there


def on_path(program: str) -> Callable[[], bool]:
    """Return a test for a program on the search path."""
    return lambda: shutil.which(program) is not None


def has_venv() -> bool:
    """Test for `venv`, which Debian packs separately."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def has_chinese_font() -> bool:
    """Test if a Chinese font is installed, without which Qt shows a box for each character."""
    listing = shutil.which("fc-list")
    if not listing:
        return False
    done = subprocess.run(
        [listing, ":lang=zh", "family"], check=False, capture_output=True, encoding="utf-8"
    )
    return bool(done.stdout.strip())
