"""The notice file names every bundled component with its licence."""

from __future__ import annotations

from pathlib import Path

import pytest

import notice
from failure import SetUpError

ROOT = Path(__file__).parents[2]


def test_the_parts_are_found_by_their_modules_and_have_their_texts() -> None:
    found = {part.name: part for part in notice.distributions(["requests.adapters", "keyring"])}
    assert found.keys() == {"requests", "keyring"}
    assert found["requests"].licence == "Apache-2.0"
    assert "Apache License" in found["requests"].texts[0]


def test_our_own_modules_and_those_of_python_belong_to_no_part() -> None:
    assert notice.distributions(["json", "nothing_of_that_name"]) == []


def test_the_whole_text_holds_ours_theirs_and_qts() -> None:
    libraries = {"_cffi_backend.cpython-311-x86_64-linux-gnu.so": "", "PySide6/QtCore.abi3.so": ""}
    text = notice.write_notice(ROOT, ["xmltodict"], libraries)
    own, parts, qt, *_ = text.split(notice.RULE)
    assert "MIT License" in own
    names = {line.partition(" ")[0] for line in parts.splitlines()[3:] if line}
    assert {"Python", "PySide6_Essentials", "cffi", "xmltodict"} <= names
    assert "may be replaced" in qt
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text


def test_a_library_of_nobody_is_not_passed_on() -> None:
    with pytest.raises(SetUpError, match=r"Whose licence has /usr/lib/libnobodys\.so\.1"):
        notice.system_packages(["/usr/lib/libnobodys.so.1"])


def test_libraries_that_are_not_the_systems_have_their_licence_elsewhere() -> None:
    assert notice.system_packages(["/checkout/PySide6/Qt/lib/libQt6Core.so.6"]) == []


def test_a_package_of_almalinux_says_its_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "LICENSE"
    text.write_text("as the authors wrote it", encoding="utf-8")

    def answer(*command: str) -> str:
        if command[0] != "rpm":
            return ""
        if "--file" in command:
            return "openssl-libs"
        return str(text) if "--licensefiles" in command else "1.1.1k\tOpenSSL"

    monkeypatch.setattr(notice, "run", answer)
    (part,) = notice.system_packages(["/usr/lib64/libssl.so.1.1"])
    expected = ("openssl-libs", "1.1.1k", "OpenSSL", ["as the authors wrote it"])
    assert (part.name, part.version, part.licence, part.texts) == expected
