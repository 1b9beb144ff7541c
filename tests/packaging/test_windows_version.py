"""The version resource of the Windows programs, in the format that PyInstaller reads."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from identity import PROGRAMS
from windows_version import version_resource


def read(text: str) -> tuple[Any, dict[str, str]]:
    """Return the numbers and the strings of a version file, evaluated as PyInstaller does."""
    words: dict[str, Any] = {
        "VSVersionInfo": SimpleNamespace,
        "FixedFileInfo": SimpleNamespace,
        "StringFileInfo": lambda tables: tables[0],
        "StringTable": lambda _, entries: dict(entries),
        "StringStruct": lambda name, text: (name, text),
        "VarFileInfo": list,
        "VarStruct": lambda name, values: (name, values),
    }
    about = eval(text, {"__builtins__": {}}, words)
    return about.ffi, about.kids[0]


@pytest.mark.parametrize("program", PROGRAMS)
def test_version_and_name_are_those_of_the_program(program: str) -> None:
    numbers, strings = read(version_resource(program, "1.2.3"))
    assert numbers.filevers == numbers.prodvers == (1, 2, 3, 0)
    assert strings["FileVersion"] == strings["ProductVersion"] == "1.2.3"
    assert strings["OriginalFilename"] == f"{program}.exe"


def test_the_two_programs_are_told_apart() -> None:
    names = {read(version_resource(program, "1.2.3"))[1]["FileDescription"] for program in PROGRAMS}
    assert len(names) == len(PROGRAMS)
