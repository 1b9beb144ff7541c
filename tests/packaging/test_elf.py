"""Reading ELF libraries and removing unused ones, tested with libraries of this machine."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import elf
from failure import SetUpError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="about Linux libraries")


def library_of(module: str) -> Path:
    """Return the path of an extension module of Python's."""
    return Path(str(__import__(module).__file__))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with a library, a symbolic link to it, and a file that is not a library."""
    shutil.copy(library_of("_ctypes"), tmp_path / "_ctypes.so")
    (tmp_path / "link.so").symlink_to("_ctypes.so")
    (tmp_path / "icon.svg").write_text("<svg/>", encoding="utf-8")
    return tmp_path


def test_libraries_are_told_by_what_is_in_them(folder: Path) -> None:
    assert list(elf.libraries(folder)) == [folder / "_ctypes.so"]


def test_what_a_folder_asks_of_the_system_is_what_it_does_not_hold(folder: Path) -> None:
    asked = elf.asked_of_the_system(folder)
    assert asked["libc.so.6"] == [folder / "_ctypes.so"]
    shutil.copy(folder / "_ctypes.so", folder / "libc.so.6")
    assert "libc.so.6" not in elf.asked_of_the_system(folder)


def test_the_newest_c_library_that_is_asked_for_is_no_newer_than_this_one(folder: Path) -> None:
    version, library = elf.highest_glibc(folder)
    _, here = platform.libc_ver()
    assert (2, 0) < version <= tuple(map(int, here.split(".")))
    assert library == folder / "_ctypes.so"


def test_libraries_that_nothing_is_linked_to_go_and_those_behind_them(tmp_path: Path) -> None:
    for name, others in {
        "program": ["libused.so.1"],
        "libused.so.1": [],
        "libunused.so.1": ["libbehind.so.1"],
        "libbehind.so.1": [],
        "libpython3.11.so.1.0": [],
        "module.abi3.so": [],
    }.items():
        link_library(tmp_path, name, others)
    (tmp_path / "dangling.so").symlink_to("libunused.so.1")
    removed = {path.name for path in elf.remove_unneeded(tmp_path)}
    assert removed == {"libunused.so.1", "libbehind.so.1"}
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"program", "libused.so.1", "libpython3.11.so.1.0", "module.abi3.so"}


def link_library(folder: Path, name: str, others: list[str]) -> None:
    """Make an empty library that depends on the libraries `others`, which need not exist."""
    stubs = folder / "stubs"
    stubs.mkdir()
    (stubs / "empty").touch()
    link = ["ld", "--shared", "--format=binary", "empty", "--format=default"]
    for other in others:
        subprocess.run([*link, f"--soname={other}", "-o", other], check=True, cwd=stubs)
    subprocess.run([*link, *others, f"--soname={name}", "-o", f"../{name}"], check=True, cwd=stubs)
    shutil.rmtree(stubs)


def test_a_missing_tool_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(SetUpError, match="binutils"):
        elf.needed(folder / "_ctypes.so")
