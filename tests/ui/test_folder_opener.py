"""Folders are shown by the system's program, and its failure is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wxpark_gui.ui.widgets.folder_opener import FolderOpener

FOLDER = Path("/home/booth/data of booth")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="xdg-open is a program of Linux")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that alone has programs; it is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def make_xdg_open(programs: Path, script: str) -> None:
    program = programs / "xdg-open"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o700)


def processes(qapp: QApplication) -> list[QProcess]:
    return qapp.findChildren(QProcess)


@on_linux
def test_folder_is_passed_to_the_program_of_the_desktop(
    qtbot: QtBot, qapp: QApplication, programs: Path, tmp_path: Path
) -> None:
    make_xdg_open(programs, f"printf %s \"$1\" > '{tmp_path}/asked'")
    opener = FolderOpener()
    failures: list[Path] = []
    opener.failed.connect(failures.append)
    opener.open(FOLDER)
    qtbot.waitUntil(lambda: not processes(qapp))
    assert (tmp_path / "asked").read_text(encoding="utf-8") == str(FOLDER)
    assert failures == []


@on_linux
@pytest.mark.parametrize("code", [2, 3, 4])
def test_program_that_fails_is_told(qtbot: QtBot, programs: Path, code: int) -> None:
    make_xdg_open(programs, f"exit {code}")
    opener = FolderOpener()
    with qtbot.waitSignal(opener.failed) as failed:
        opener.open(FOLDER)
    assert failed.args == [FOLDER]


@on_linux
def test_program_that_cannot_start_is_told(
    qtbot: QtBot, qapp: QApplication, programs: Path
) -> None:
    (programs / "xdg-open").write_text("#!/no/such/shell\n", encoding="utf-8")
    (programs / "xdg-open").chmod(0o700)
    opener = FolderOpener()
    with qtbot.waitSignal(opener.failed) as failed:
        opener.open(FOLDER)
    assert failed.args == [FOLDER]
    qtbot.waitUntil(lambda: not processes(qapp))


@on_linux
def test_program_runs_on_after_the_dialog_is_closed(
    qtbot: QtBot, qapp: QApplication, programs: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    make_xdg_open(programs, f"until [ -e '{gate}' ]; do :; done; : > '{tmp_path}/ended'")
    FolderOpener().open(FOLDER)
    assert len(processes(qapp)) == 1
    gate.touch()
    qtbot.waitUntil(lambda: not processes(qapp))
    assert (tmp_path / "ended").exists()


@pytest.mark.parametrize("is_shown", [True, False])
def test_system_without_that_program_is_asked_by_qt(
    qtbot: QtBot, programs: Path, monkeypatch: pytest.MonkeyPatch, is_shown: bool
) -> None:
    asked: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url)
        return is_shown

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    opener = FolderOpener()
    failures: list[Path] = []
    opener.failed.connect(failures.append)
    opener.open(FOLDER)
    assert asked == [QUrl.fromLocalFile(str(FOLDER))]
    assert failures == ([] if is_shown else [FOLDER])
