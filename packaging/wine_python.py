"""Makes a CPython for Windows that runs under Wine, from packages of PyPI and Debian.

    python3XX.dll, *.pyd, OpenSSL, SQLite    the publisher's files, from panda3d's wheel for Windows
    Lib                                      the library of the Python that runs this: same X.Y
    python.exe, pythonw.exe, python3.dll     compiled here by mingw-w64
    site-packages                            the locked wheels for Windows

Wine is not Windows, but all code for `win32` can run under it.
"""

from __future__ import annotations

import compileall
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from environment import digest
from failure import SetUpError, run_step
from lock import NEWEST, WINDOWS_TESTS

SOURCES = Path(__file__).parent / "windows" / "wine"
DLL = f"python3{sys.version_info.minor}"
COMPILER = "x86_64-w64-mingw32"

X11_DRIVER = r"HKCU\Software\Wine\X11 Driver"
"""Registry key with Wine's settings for the screen."""

STAND_INS = ("icuuc", "bcryptprimitives")
"""DLLs of Windows 10 that Wine 8 lacks; their sources are in `SOURCES`."""
LINKED = {"bcryptprimitives": ("-ladvapi32",)}

DRIVES = ("prefix", "prefix-2", "prefix-3")
"""Folders of Wine, each with a drive C and a registry; programs of one do not see the other's."""

FONTS = ("sans", "sans:bold", "sans:lang=zh-cn")
"""Patterns for fontconfig."""

MARKERS = {
    "implementation_name": "cpython",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_system": "Windows",
    "sys_platform": "win32",
}
"""Values that a requirement's environment markers have on Windows."""

# Tk is not used, the free-threaded modules belong to another Python, Wine has the C runtime.
UNUSED_DLLS = ("api-ms-*", "tcl86t.dll", "tk86t.dll", "_tkinter*", "_test*", "_msi*", "*t-win*.pyd")
UNUSED_LIBRARY = (
    "__pycache__",
    "_sysconfigdata*",
    "config-3*",
    "dist-packages",
    "EXTERNALLY-MANAGED",
    "idlelib",
    "lib-dynload",
    "site-packages",
    "test",
    "tests",
    "tkinter",
    "turtledemo",
)


class WinePython:
    r"""One Windows Python in `build/wine`, with a drive C of its own.

    Args:
        name: one of `DRIVES`.

    Attributes:
        home: what a Windows user has in `C:\Program Files\Python311`; one for all drives.
        drive: Wine's drive C.
    """

    def __init__(self, root: Path, name: str = DRIVES[0]) -> None:
        self.name = name
        self._root = root
        self._folder = root / "build" / "wine"
        self._work = self._folder / "work"
        self.home = self._folder / "python"
        self._prefix = self._folder / name
        self.drive = self._prefix / "drive_c"
        self._stamp = self._folder / "made-from.txt"

    def prepare(self) -> None:
        """Make the Python, unless one from the same parts exists.

        Raises:
            SetUpError: a step failed, or a wheel is not the locked one.
        """
        locks = [NEWEST.path(self._root), WINDOWS_TESTS.path(self._root)]
        parts = [Path(__file__), *locks, *sorted(SOURCES.iterdir())]
        wanted = f"{sys.version} {digest(parts)}"
        if self._stamp.exists() and self._stamp.read_text(encoding="utf-8") == wanted:
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        self._work.mkdir(parents=True)
        print(f"Making a Python for Windows in {self._folder}", flush=True)
        self._install_wheels(locks)
        self._install_runtime()
        self._install_library()
        self._install_fonts()
        self._compile_starters()
        self._compile_library()
        self._make_drive()
        self._copy_drive()
        self._stamp.write_text(wanted, encoding="utf-8")

    def python(self, *arguments: str) -> list[str]:
        """Return the command that starts this Python.

        Raises:
            SetUpError: Wine is not installed.
        """
        return [wine(), str(self.home / "python.exe"), *arguments]

    def program(self, path: Path | str, *arguments: str) -> list[str]:
        """Return the command that starts a program by path, or one of Wine's by name.

        Raises:
            SetUpError: Wine is not installed.
        """
        return [wine(), str(path), *arguments]

    def path(self, path: Path) -> str:
        """Return the path of a file for Windows programs; Wine maps the file system to drive Z."""
        if path.is_relative_to(self.drive):
            return str(PureWindowsPath("C:/", *path.relative_to(self.drive).parts))
        return str(PureWindowsPath("Z:/", *path.resolve().parts[1:]))

    def variables(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment for Windows programs, with `extra` added.

        Wine removes the variables `QT_…` of Linux, and passes `WINEQT_…` on as `QT_…`.
        """
        found = {
            **os.environ,
            "WINEPREFIX": str(self._prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            # Neither .NET nor a browser, nor entries in the menu of the Linux desktop.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            **(extra or {}),
        }
        return {
            f"WINE{name}" if name.startswith("QT_") else name: value
            for name, value in found.items()
        }

    def stop(self) -> None:
        """Kill the programs that still run on this drive C."""
        subprocess.run(["wineserver", "-k"], check=False, env=self.variables(), timeout=60)

    @contextmanager
    def temporary_files_in(self, folder: Path) -> Iterator[None]:
        """Let `%TEMP%` of the drive be another folder, such as one in memory."""
        own = next(self.drive.glob("users/*/AppData")).with_name("Temp")
        if own.is_symlink():  # left by a process that was killed
            own.unlink()
        else:
            shutil.rmtree(own)
        own.symlink_to(folder)
        try:
            yield
        finally:
            own.unlink()
            own.mkdir()

    def _install_wheels(self, locks: Iterable[Path]) -> None:
        requirements = self._work / "requirements.txt"
        requirements.write_text("\n".join(requirements_for_windows(locks)), encoding="utf-8")
        run_step(
            "Installing the wheels for Windows",
            [
                *(sys.executable, "-m", "pip", "--disable-pip-version-check", "install"),
                *("--platform=win_amd64", f"--python-version=3.{sys.version_info.minor}"),
                *("--only-binary=:all:", "--no-deps", "--require-hashes", "--no-compile"),
                *("--target", str(self.home / "Lib" / "site-packages")),
                *("--requirement", str(requirements)),
            ],
        )

    def _install_runtime(self) -> None:
        packages = self.home / "Lib" / "site-packages"
        dlls = self.home / "DLLs"
        (packages / "deploy_libs").rename(dlls)
        for name in ("panda3d", "panda3d_tools", "pandac", "direct"):
            shutil.rmtree(packages / name, ignore_errors=True)
        for pattern in UNUSED_DLLS:
            for path in dlls.glob(pattern):
                path.unlink()
        (dlls / f"{DLL}.dll").rename(self.home / f"{DLL}.dll")
        for path in dlls.iterdir():
            if path.name.lower().startswith("vcruntime140"):
                path.rename(self.home / path.name.lower())
        newer = packages / "shiboken6" / "vcruntime140_1.dll"
        if newer.exists() and not (self.home / newer.name).exists():
            shutil.copy(newer, self.home)

    def _install_library(self) -> None:
        shutil.copytree(
            sysconfig.get_path("stdlib"),
            self.home / "Lib",
            ignore=shutil.ignore_patterns(*UNUSED_LIBRARY),
            dirs_exist_ok=True,
        )

    def _install_fonts(self) -> None:
        """Copy fonts to the folder in which Qt's `offscreen` platform looks for them on Windows.

        It reads only files named `.ttf`; FreeType detects a font's format by its content.
        """
        folder = self.home / "Lib" / "site-packages" / "PySide6" / "lib" / "fonts"
        folder.mkdir(parents=True)
        for pattern in FONTS:
            match = ["fc-match", "--format=%{file}", pattern]
            done = subprocess.run(match, check=True, capture_output=True, encoding="utf-8")
            font = Path(done.stdout)
            shutil.copy(font, folder / f"{font.stem}.ttf")

    def _compile_starters(self) -> None:
        library = self._work / f"lib{DLL}.a"
        definitions = self._work / f"{DLL}.def"
        names = list(exported_names(self.home / f"{DLL}.dll"))
        definitions.write_text(
            "\n".join([f"LIBRARY {DLL}.dll", "EXPORTS", *names]), encoding="ascii"
        )
        tool("dlltool", "-d", definitions, "-l", library)
        resource = self._work / "python.rc"
        resource.write_text(f'1 24 "{SOURCES / "python.manifest"}"\n', encoding="utf-8")
        tool("windres", resource, self._work / "python.res.o")
        for program, options in (("python", ()), ("pythonw", ("-mwindows", "-DWINDOWED"))):
            result = self.home / f"{program}.exe"
            parts = (SOURCES / "python.c", self._work / "python.res.o", library)
            tool("gcc", "-O2", "-s", "-municode", *options, "-o", result, *parts)
        self._compile_forwarder(names)

    def _compile_library(self) -> None:
        """Compile the library; else each program under Wine would compile what it imports.

        The bytecode is the same for all systems. Files that are only templates are left out.
        """
        compileall.compile_dir(self.home / "Lib", quiet=2, workers=0)

    def _compile_forwarder(self, names: Sequence[str]) -> None:
        """Compile python3.dll, which version-independent extension modules link to.

        Raises:
            SetUpError: a tool failed.
        """
        definitions = self._work / "python3.def"
        forwards = [f"{name}={DLL}.{name}" for name in names]
        definitions.write_text(
            "\n".join(["LIBRARY python3.dll", "EXPORTS", *forwards]), encoding="ascii"
        )
        source = self._work / "python3.c"
        source.write_text("int python3_forwards_everything;\n", encoding="ascii")
        result = self.home / "python3.dll"
        tool("gcc", "-shared", "-nostdlib", "-Wl,--entry=0", "-o", result, source, definitions)

    def _make_drive(self) -> None:
        for command in (["wineboot", "--init"], ["winecfg", "-v", "win10"]):
            run_step("Making Wine's drive C", [wine(), *command], self.variables())
        # Without a window manager Wine waits two seconds for it at each window that closes.
        unmanaged = ("reg", "add", X11_DRIVER, "/v", "Managed", "/d", "N", "/f")
        run_step("Setting Wine's screen up", [wine(), *unmanaged], self.variables())
        subprocess.run(["wineserver", "-w"], check=False, env=self.variables(), timeout=60)
        for name in STAND_INS:
            result = self.drive / "windows" / "system32" / f"{name}.dll"
            if not result.exists():
                source = SOURCES / f"{name}.c"
                tool("gcc", "-shared", "-O2", "-s", "-o", result, source, *LINKED.get(name, ()))

    def _copy_drive(self) -> None:
        """Make the other drives; the programs of Wine, which nothing changes, are hard links."""
        for name in DRIVES[1:]:
            shutil.copytree(
                self._prefix, self._folder / name, symlinks=True, copy_function=link_or_copy
            )


def link_or_copy(source: str, target: str) -> None:
    """Copy a file; make a hard link if it is a program of Wine."""
    if Path(source).parent.name == "system32":
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def requirements_for_windows(locks: Iterable[Path]) -> Iterator[str]:
    """Yield the requirements whose markers hold on Windows, each once, without the markers.

    pip evaluates markers for the system it runs on, even if it installs for another one.
    """
    version = ".".join(map(str, sys.version_info[:3]))
    markers = {
        **MARKERS,
        "python_full_version": version,
        "python_version": f"3.{sys.version_info.minor}",
    }
    found: dict[str, str] = {}
    for lock in locks:
        text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            wanted, *hashes = re.split(r"\s+(?=--hash=)", line.strip())
            requirement = Requirement(wanted)
            if requirement.marker is None or requirement.marker.evaluate(markers):
                pinned = f"{requirement.name}{requirement.specifier}"
                found.setdefault(canonicalize_name(requirement.name), " ".join([pinned, *hashes]))
    yield from found.values()


def exported_names(dll: Path) -> Iterator[str]:
    """Yield the names that a DLL exports."""
    done = subprocess.run(
        [f"{COMPILER}-objdump", "-p", str(dll)], check=True, capture_output=True, encoding="ascii"
    )
    _, _, table = done.stdout.partition("[Ordinal/Name Pointer] Table")
    for line in table.splitlines()[1:]:
        if not line.strip():
            return
        yield line.split()[-1]


def tool(name: str, *arguments: str | Path) -> None:
    """Run one of mingw-w64's tools.

    Raises:
        SetUpError: the tool failed.
    """
    run_step(f"Compiling for Windows with {name}", [f"{COMPILER}-{name}", *map(str, arguments)])


def wine() -> str:
    """Return the path of Wine.

    Raises:
        SetUpError: Wine is missing.
    """
    found = shutil.which("wine") or shutil.which("wine64")
    if found is None:
        raise SetUpError("Wine is missing: Debian calls the packages wine and wine64.")
    return found
