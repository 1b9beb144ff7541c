"""The wheel contains every file once, and its programs start."""

from __future__ import annotations

import email
import gettext
import io
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import wxpark_gui
from build_hook import ResourcesBuildHook

ROOT = Path(__file__).parents[2]
PAGES = list((ROOT / "packaging" / "docs").glob("*.md"))
CATALOGUE = "translations/zh_CN/LC_MESSAGES/wxpark.mo"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy of the files that a build reads, without compiled catalogues."""
    copy = tmp_path_factory.mktemp("checkout")
    no_leavings = shutil.ignore_patterns("*.mo", "__pycache__")
    for name in ("wxpark_gui", "resources", "packaging"):
        shutil.copytree(ROOT / name, copy / name, ignore=no_leavings)
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def build(builder: type[WheelBuilder | SdistBuilder], checkout: Path) -> Path:
    directory = str(checkout / "dist")
    return Path(next(builder(str(checkout)).build(directory=directory, versions=["standard"])))


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build(WheelBuilder, checkout)) as wheel:
        yield wheel


def about(wheel: zipfile.ZipFile, name: str) -> str:
    """Return one file of the wheel's metadata."""
    (path,) = (path for path in wheel.namelist() if path.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def test_every_resource_but_the_sources_of_translations_is_in_it(wheel: zipfile.ZipFile) -> None:
    resources = ROOT / "resources"
    expected = {
        f"wxpark_gui/resources/{file.relative_to(resources).as_posix()}"
        for file in resources.rglob("*")
        if file.is_file() and file.suffix != ".po"
    }
    found = [name for name in wheel.namelist() if name.startswith("wxpark_gui/resources/")]
    assert sorted(found) == sorted(expected)
    assert f"wxpark_gui/resources/{CATALOGUE}" in found


def test_every_module_is_in_it_and_nothing_beside_the_package(wheel: zipfile.ZipFile) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "wxpark_gui").rglob("*.py")}
    names = wheel.namelist()
    assert modules <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"wxpark_gui"}


def test_its_catalogue_speaks_chinese(wheel: zipfile.ZipFile) -> None:
    compiled = wheel.read(f"wxpark_gui/resources/{CATALOGUE}")
    spoken = gettext.GNUTranslations(io.BytesIO(compiled))
    assert spoken.info()["language"] == "zh_CN"
    assert spoken.gettext("Arrears") == "欠费"


def test_entry_points_of_the_wheel_are_importable(wheel: zipfile.ZipFile) -> None:
    entry_points = ConfigParser()
    entry_points.read_string(about(wheel, "entry_points.txt"))
    targets = {**entry_points["gui_scripts"], **entry_points["console_scripts"]}
    assert set(targets) == {"wxpark-gui", "wxpark"}
    for target in targets.values():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))


def test_the_version_stands_in_one_place(wheel: zipfile.ZipFile) -> None:
    assert email.message_from_string(about(wheel, "METADATA"))["Version"] == wxpark_gui.__version__
    assert wxpark_gui.__version__ not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_an_editable_install_reads_the_resources_of_the_checkout(checkout: Path) -> None:
    build_data: dict[str, Any] = {"force_include": {}}
    builder = WheelBuilder(str(checkout))
    hook = ResourcesBuildHook(
        str(checkout), {}, builder.config, builder.metadata, str(checkout), "wheel"
    )
    hook.initialize("editable", build_data)
    assert build_data["force_include"] == {}
    assert (checkout / "resources" / CATALOGUE).is_file()


def test_the_source_archive_holds_what_a_build_needs(checkout: Path) -> None:
    with tarfile.open(build(SdistBuilder, checkout)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert "packaging/build_hook.py" in names
    assert {f"packaging/docs/{page.name}" for page in PAGES} <= names
    assert f"resources/{CATALOGUE.replace('.mo', '.po')}" in names
    assert not [name for name in names if name.endswith(".mo")]
