"""The Debian package: paths of its files, and equality of two builds.

A small stand-in for the program is packed; `tests/installed` installs the real package.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import debian
from failure import SetUpError
from freeze import last_commit
from identity import APPLICATION_ID, PROGRAMS, read_version
from wxpark_gui import app
from wxpark_gui.console.parser import build_parser
from wxpark_gui.domain.setting_changes import DEFINITIONS
from wxpark_gui.training.faults import Fault
from wxpark_gui.wording import Wording

pytestmark = pytest.mark.skipif(
    not shutil.which("dpkg-deb") or not shutil.which("objdump"), reason="needs Debian's tools"
)

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
APPLICATION = f"opt/apps/{APPLICATION_ID}"
VERSION = read_version(ROOT)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with two small executables in place of the frozen program."""
    folder = tmp_path_factory.mktemp("frozen") / "wxpark"
    (folder / "_internal").mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy("/bin/true", folder / program)
    (folder / "_internal" / "data.txt").write_text("data", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy of the folders that the packaging script reads."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("packaging", "resources", "wxpark_gui"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def package(checkout: Path, frozen: Path) -> Path:
    return pack(checkout, frozen, "dist")


def pack(checkout: Path, frozen: Path, folder: str, suffix: str = "") -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(last_commit(ROOT)))
        return debian.pack(checkout, frozen, checkout / folder, suffix=suffix)


@pytest.fixture(scope="module")
def tree(package: Path) -> Path:
    """Folder with the package's unpacked content."""
    folder = package.parent / "unpacked"
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(folder)], check=True)
    return folder


def fields(tree: Path) -> dict[str, str]:
    text = (tree / "DEBIAN" / "control").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\S+): (.*)$", text, re.MULTILINE))


def test_it_bears_the_name_the_store_wants(package: Path, tree: Path) -> None:
    assert package.name.startswith(f"{APPLICATION_ID}_{VERSION}_")
    assert fields(tree)["Package"] == APPLICATION_ID
    info = json.loads((tree / APPLICATION / "info").read_text(encoding="utf-8"))
    assert (info["appid"], info["version"]) == (APPLICATION_ID, f"{VERSION}.0")


def test_packing_again_gives_the_same_bytes(checkout: Path, frozen: Path, package: Path) -> None:
    assert pack(checkout, frozen, "again").read_bytes() == package.read_bytes()


def test_a_package_for_old_systems_has_a_version_of_its_own(checkout: Path, frozen: Path) -> None:
    older = pack(checkout, frozen, "older", suffix="+glibc2.28")
    assert f"_{VERSION}+glibc2.28_" in older.name
    command = ["dpkg", "--compare-versions", f"{VERSION}+glibc2.28", "lt", "0.1.1"]
    assert subprocess.run(command, check=False).returncode == 0


def test_everything_lies_in_opt_and_is_linked_to_from_usr(tree: Path) -> None:
    for program in PROGRAMS:
        link = tree / "usr" / "bin" / program
        assert str(link.readlink()) == f"/{APPLICATION}/files/{program}"
        assert (tree / APPLICATION / "files" / program).stat().st_mode & 0o111
    for place in (
        f"applications/{APPLICATION_ID}.desktop",
        f"icons/hicolor/scalable/apps/{APPLICATION_ID}.svg",
    ):
        target = (tree / "usr" / "share" / place).readlink()
        assert str(target) == f"/{APPLICATION}/entries/{place}"
        assert (tree / target.relative_to("/")).is_file()


def test_no_script_is_run_and_sums_are_kept(tree: Path) -> None:
    assert {path.name for path in (tree / "DEBIAN").iterdir()} == {"control", "md5sums"}
    done = subprocess.run(["md5sum", "--check", "--quiet", "DEBIAN/md5sums"], check=False, cwd=tree)
    assert done.returncode == 0


def test_it_needs_what_its_libraries_are_linked_to(tree: Path) -> None:
    assert re.search(r"libc6 \(>= 2\.\d+\)", fields(tree)["Depends"])


def test_a_library_of_no_known_package_stops_the_packing(
    frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "OF_THE_C_LIBRARY", ())
    with pytest.raises(SetUpError, match=r"No package is known for: .*libc\.so\.6"):
        debian.depends(frozen)


def test_the_desktop_entry_starts_the_installed_window_and_has_its_name() -> None:
    entry = ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(LINUX / f"{APPLICATION_ID}.desktop", encoding="utf-8")
    main = entry["Desktop Entry"]
    assert main["Exec"] == f"/{APPLICATION}/files/wxpark-gui"
    assert main["Name[zh_CN]"] == Wording.for_language("zh_CN").program_name
    assert main["Icon"] == APPLICATION_ID == app.DESKTOP_FILE_NAME
    assert entry["Desktop Action training"]["Exec"].endswith("wxpark-gui --training")


def test_the_software_centre_is_told_the_same(tree: Path) -> None:
    place = tree / "usr" / "share" / "metainfo" / f"{APPLICATION_ID}.metainfo.xml"
    about = ElementTree.parse(place).getroot()
    assert about.findtext("id") == APPLICATION_ID
    assert about.findtext("launchable") == f"{APPLICATION_ID}.desktop"
    release = about.find("releases/release")
    assert release is not None
    assert release.get("version") == VERSION


def options(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield each command, for example "merchant set", with its long options."""
    own = {name for action in parser._actions for name in action.option_strings}
    yield path, {name for name in own if name.startswith("--")}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from options(child, f"{path} {name}".strip())


COMMANDS = dict(
    options(build_parser(Wording.for_language("en").console, [fault.value for fault in Fault]))
)


def complete(line: str) -> set[str]:
    """Return Bash's completions at the end of a command line."""
    words = line.split(" ")
    script = """
    source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wxpark
    printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", script, "bash", str(LINUX / "completion.bash"), *words],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("command", [name for name in COMMANDS if name])
def test_bash_completes_every_option_of_a_command(command: str) -> None:
    children = {name for name in COMMANDS if name.startswith(f"{command} ")}
    offered = complete(f"wxpark {command} -")
    assert offered == COMMANDS[command]
    assert {f"{command} {word}" for word in complete(f"wxpark {command} ")} >= children


def test_bash_completes_commands_and_what_options_take() -> None:
    assert {name for name in COMMANDS if name and " " not in name} < complete("wxpark ")
    assert complete("wxpark gateway --fault ") == {fault.value for fault in Fault}
    assert complete("wxpark notify --scene p") == {"parking"}


def test_bash_completes_names_of_settings() -> None:
    assert complete("wxpark settings show ") == set(DEFINITIONS)
    assert complete("wxpark settings set ") == {f"{name}=" for name in DEFINITIONS}
    names = {"network.proxy=", "network.proxy_url="}
    assert complete("wxpark settings set booth.name=1 network.p") == names
    assert complete("wxpark settings set booth.name = ") == set()


@pytest.mark.parametrize("command", [name for name in COMMANDS if name])
def test_the_manual_tells_of_every_option(command: str) -> None:
    manual = (LINUX / "wxpark.1").read_text(encoding="utf-8").replace("\\-", "-")
    parts = re.split(r"^\.S[SH] ", manual, flags=re.MULTILINE)
    (own,) = (part for part in parts if part.startswith(command.partition(" ")[0]))
    for_all = next(part for part in parts if part.startswith("DESCRIPTION"))
    assert all(option in own + for_all for option in COMMANDS[command])
    assert all(word in own.splitlines()[0] for word in command.split())


def test_the_manual_of_the_window_tells_of_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app.main(["--help"])
    manual = (LINUX / "wxpark-gui.1").read_text(encoding="utf-8").replace("\\-", "-")
    assert all(option in manual for option in re.findall(r"--[a-z-]+", capsys.readouterr().out))


def test_without_debians_tools_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["shutil"], "which", lambda _: None)
    with pytest.raises(SetUpError, match="dpkg-deb is missing"):
        debian.build(ROOT)
