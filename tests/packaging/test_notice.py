"""Whoever made a part is named, with the licence."""

from __future__ import annotations

from pathlib import Path

import notice

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


def test_a_file_of_no_package_has_no_owner(tmp_path: Path) -> None:
    assert notice.owner_of(str(tmp_path / "libown.so")) == ""
