"""The set-up program for Windows, compiled from the real script with a stand-in for the program.

The set-up program is not run here; the comments in the parts of the script describe its behaviour
on Windows.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

import icons
import windows_installer
from failure import SetUpError
from identity import APPLICATION_ID, PROGRAMS, read_version

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "packaging" / "windows"
TEXT = re.compile(r'^\$\{Text\} (\w+) "(.*?)" "(.*?)"$', re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\$\{?\w+\}?|\$\\[rn]|&(?=\w)")


def has_nsis() -> bool:
    """Return True if the tests of the set-up program are to run.

    That is where NSIS is installed, and on Linux in CI, where a missing NSIS must fail the tests.
    """
    try:
        windows_installer.makensis()
    except SetUpError:
        return sys.platform == "linux" and os.environ.get("CI") == "true"
    return True


needs_nsis = pytest.mark.skipif(not has_nsis(), reason="needs NSIS")


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    """Folder with a stand-in for the frozen program."""
    folder = tmp_path / "payload"
    (folder / "_internal" / "库").mkdir(parents=True)
    (folder / "_internal" / "库" / "module.pyd").write_bytes(b"library")
    for program in PROGRAMS:
        (folder / f"{program}.exe").write_bytes(program.encode() * 1000)
    return folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    icons.main([str(folder / name) for name in ("wxpark.ico", "sidebar.bmp")])
    return folder


@pytest.fixture
def recorder(tmp_path: Path) -> list[str]:
    """Signing command that writes down each file it would sign, and the file's first two bytes."""
    script = tmp_path / "signer.py"
    script.write_text(
        "import pathlib, sys\n"
        "file = pathlib.Path(sys.argv[-1])\n"
        "with pathlib.Path(sys.argv[1]).open('a') as notes:\n"
        "    print(file.name, file.read_bytes()[:2].decode(), file=notes)\n",
        encoding="utf-8",
    )
    return [sys.executable, str(script), str(tmp_path / "signed.txt")]


def compiled(payload: Path, pictures: Path, version: str = "1.20.3") -> Path:
    destination = payload.parent / "dist"
    return windows_installer.compile_installer(ROOT, payload, destination, version, pictures)


def scripts() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(SCRIPTS.glob("*.ns?")))


def texts() -> dict[str, tuple[str, str]]:
    """Return the English and the Chinese text of each message, by name."""
    source = (SCRIPTS / "texts.nsh").read_text(encoding="utf-8")
    return {name: (english, chinese) for name, english, chinese in TEXT.findall(source)}


@needs_nsis
def test_the_same_program_gives_the_same_installer(payload: Path, pictures: Path) -> None:
    """The same program gives the same bytes, with its version and without a request for rights."""
    installer = compiled(payload, pictures)
    assert installer == payload.parent / "dist" / "wxpark-1.20.3-windows-x64-setup.exe"
    content = installer.read_bytes()
    assert content.startswith(b"MZ")
    assert "1.20.3".encode("utf-16-le") in content
    assert b'requestedExecutionLevel level="asInvoker"' in content
    for file in payload.rglob("*"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    assert compiled(payload, pictures).read_bytes() == content


@needs_nsis
def test_a_signature_that_fails_stops_it(payload: Path, pictures: Path) -> None:
    refuses = [sys.executable, "-c", "raise SystemExit(1)"]
    with pytest.raises(SetUpError, match="Compiling the set-up program failed"):
        windows_installer.compile_installer(
            ROOT, payload, payload.parent, "1.0.0", pictures, sign_command=refuses
        )


@needs_nsis
def test_a_build_signs_programs_the_uninstaller_before_it_is_packed_and_the_set_up_program(
    payload: Path, pictures: Path, recorder: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = payload.parent / "checkout"
    shutil.copytree(SCRIPTS, root / "packaging" / "windows")
    shutil.copytree(ROOT / "wxpark_gui", root / "wxpark_gui")
    monkeypatch.setattr(windows_installer, "freeze", lambda _root: payload)
    monkeypatch.setattr(windows_installer, "draw_pictures", lambda _root: pictures)
    installer = windows_installer.build(root, sign_command=recorder)
    assert installer.parent == root / "dist"
    assert f"-{read_version(ROOT)}-" in installer.name
    signed = [line.split(" ") for line in Path(recorder[-1]).read_text().splitlines()]
    assert len(signed) == 4
    assert [name for name, _ in signed[:2]] == [f"{program}.exe" for program in PROGRAMS]
    uninstaller, begins_with = signed[2]
    assert uninstaller != installer.name
    assert begins_with == "MZ"
    assert signed[3] == [installer.name, "MZ"]


@pytest.mark.parametrize("version", ["1.0", "1.0.0rc1", "1.0.0.0", "v1.0.0", ""])
def test_a_version_that_windows_cannot_compare_is_refused(
    version: str, payload: Path, pictures: Path
) -> None:
    with pytest.raises(SetUpError, match="three numbers"):
        compiled(payload, pictures, version)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_folder_without_a_program_is_refused(program: str, payload: Path, pictures: Path) -> None:
    (payload / f"{program}.exe").unlink()
    with pytest.raises(SetUpError, match=f"{program}.exe is not in"):
        compiled(payload, pictures)


def test_without_nsis_one_is_told_what_to_install(
    payload: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PROGRAMFILES(X86)", "")
    with pytest.raises(SetUpError, match="install NSIS"):
        compiled(payload, pictures)


def test_nsis_is_found_where_its_own_installer_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tmp_path / "NSIS" / ("makensis.exe" if sys.platform == "win32" else "makensis")
    usual.parent.mkdir()
    usual.touch(mode=0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path))
    assert windows_installer.makensis() == str(usual)


def test_the_size_is_that_of_all_files_rounded_up(payload: Path) -> None:
    assert windows_installer.kibibytes(payload) == -(-(10_000 + 6_000 + 7) // 1024)


def test_every_sentence_is_read_as_one() -> None:
    source = (SCRIPTS / "texts.nsh").read_text(encoding="utf-8")
    assert len(texts()) == len(re.findall(r"^\$\{Text\} ", source, re.MULTILINE)) > 0


@pytest.mark.parametrize(("name", "pair"), texts().items())
def test_every_sentence_stands_in_both_languages(name: str, pair: tuple[str, str]) -> None:
    english, chinese = pair
    assert english
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese)


@pytest.mark.parametrize(("name", "pair"), texts().items())
def test_both_languages_name_the_same_things(name: str, pair: tuple[str, str]) -> None:
    english, chinese = (sorted(PLACEHOLDER.findall(text)) for text in pair)
    assert english == chinese


def test_every_sentence_is_used_and_every_used_one_is_there() -> None:
    used = set(re.findall(r"\$\(([A-Za-z]\w+)\)", scripts()))
    assert used == set(texts())


def test_no_message_box_holds_up_a_silent_set_up() -> None:
    boxes = [line for line in scripts().splitlines() if "MessageBox MB_" in line]
    assert boxes
    assert [line for line in boxes if " /SD " not in line] == []


def test_exit_codes_differ_and_leave_alone_those_of_nsis() -> None:
    codes = re.findall(r"^!define EXIT_(\w+) (\d+) ", scripts(), re.MULTILINE)
    of_nsis = {"0", "1", "2"}
    own = [code for name, code in codes if name != "FAILED"]
    assert len(own) == len(set(own)) > 0
    assert not of_nsis & set(own)


def test_nothing_of_the_name_that_windows_knows_it_by_is_written_twice() -> None:
    assert APPLICATION_ID not in scripts()
