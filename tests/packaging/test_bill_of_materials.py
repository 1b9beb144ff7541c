"""The bill of materials lists the program's dependencies and Python's libraries, no build tools."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import bill_of_materials
from failure import SetUpError

ROOT = Path(__file__).parents[2]
BROUGHT = {"python": "3.13.1", "openssl": "3.0.15", "sqlite": "3.46.1"}


def found() -> dict[str, Any]:
    """Return a small bill as CycloneDX's tool writes it, for an environment with build tools."""
    links = {
        # As the tool writes it, which takes the extras for needs.
        "root-component": ["keyring==25.7.0", "babel==2.18.0", "pyinstaller==6.22.3"],
        "babel==2.18.0": [],
        "keyring==25.7.0": ["jeepney==0.9.0"],
        "jeepney==0.9.0": [],
        "pip==25.0": [],
        "altgraph==0.17.5": [],
        "pyinstaller==6.22.3": ["altgraph==0.17.5"],
    }
    refs = [ref for ref in links if ref != "root-component"]
    return {
        "metadata": {"component": {"bom-ref": "root-component", "name": "wxpark-gui"}},
        "components": [{"bom-ref": ref, "name": ref.partition("==")[0]} for ref in refs],
        "dependencies": [{"ref": ref, "dependsOn": needs} for ref, needs in links.items()],
    }


@pytest.fixture
def bill() -> dict[str, Any]:
    return bill_of_materials.complete(found(), "1.2.3", {"keyring"}, BROUGHT)


def names(bill: dict[str, Any]) -> list[str]:
    return [part["name"] for part in bill["components"]]


def test_holds_what_the_program_needs_and_what_python_brings(bill: dict[str, Any]) -> None:
    assert names(bill) == ["keyring", "jeepney", "pyinstaller", "python", "openssl", "sqlite"]


def test_leaves_out_the_tools_of_its_making(bill: dict[str, Any]) -> None:
    assert not {"pip", "altgraph", "babel"} & set(names(bill))


def test_names_each_part_once(bill: dict[str, Any]) -> None:
    assert len(set(names(bill))) == len(names(bill))


def test_the_programs_own_needs_are_those_of_the_project_file() -> None:
    needs = bill_of_materials.needs_of(ROOT / "pyproject.toml")
    assert {"pyside6-essentials", "requests", "keyring", "tomli-w"} <= needs
    assert not {"babel", "pyinstaller", "pytest"} & needs


def test_is_of_this_version(bill: dict[str, Any]) -> None:
    assert bill["metadata"]["component"]["version"] == "1.2.3"


def test_names_only_parts_that_are_in_it(bill: dict[str, Any]) -> None:
    known = {"root-component", *(part["bom-ref"] for part in bill["components"])}
    assert {entry["ref"] for entry in bill["dependencies"]} == known
    assert {ref for entry in bill["dependencies"] for ref in entry.get("dependsOn", [])} < known


def test_vulnerabilities_of_what_python_brings_can_be_looked_up(bill: dict[str, Any]) -> None:
    openssl = next(part for part in bill["components"] if part["name"] == "openssl")
    assert openssl["cpe"] == "cpe:2.3:a:openssl:openssl:3.0.15:*:*:*:*:*:*:*"


@pytest.mark.parametrize(
    ("name", "version", "licence"),
    [
        ("python", "3.11.9", "PSF-2.0"),
        ("sqlite", "3.46.1", "blessing"),
        ("openssl", "3.5.0", "Apache-2.0"),
        ("openssl", "1.1.1k", "OpenSSL"),
    ],
)
def test_every_part_has_its_licence(name: str, version: str, licence: str) -> None:
    part = bill_of_materials.brought_part(name, version)
    assert part["licenses"] == [{"license": {"id": licence}}]


def test_asks_this_python_what_it_brings() -> None:
    versions = bill_of_materials.brought_versions()
    assert set(versions) == set(bill_of_materials.LICENCES)
    assert all(re.fullmatch(r"[\d.]+[a-z]*", version) for version in versions.values())


def test_lies_beside_the_package_under_its_whole_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bill_of_materials, "read_bill", lambda _lock: found())
    package = tmp_path / "wxpark-1.2.3.dmg"
    assert bill_of_materials.main(["some.lock", str(package)]) == 0
    written = tmp_path / "wxpark-1.2.3.dmg.cdx.json"
    assert capsys.readouterr().out == f"{written}\n"
    assert "keyring" in names(json.loads(written.read_text(encoding="utf-8")))


def test_says_why_it_could_not_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_lock: Path) -> None:
        raise SetUpError("no line")

    monkeypatch.setattr(bill_of_materials, "read_bill", fail)
    assert bill_of_materials.main(["some.lock", "some.deb"]) == 2
    assert capsys.readouterr().err == "no line\n"


def test_without_a_package_it_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert bill_of_materials.main([]) == 2
    assert "LOCK PACKAGE" in capsys.readouterr().out
