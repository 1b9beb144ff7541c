"""The controller that saves sheets to print, with its thread and a real folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from wxpark_gui.controllers.documents import DocumentSaver
from wxpark_gui.domain.shift_errors import DocumentNotSavedError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.storage.document_folder import DocumentFolder


@pytest.fixture
def saver(qtbot: QtBot, tmp_path: Path) -> Iterator[DocumentSaver]:
    worker = Worker("test-documents")
    yield DocumentSaver(DocumentFolder(tmp_path / "documents"), worker)
    worker.stop(5)


def test_document_is_rendered_and_written_off_the_gui_thread(
    qtbot: QtBot, saver: DocumentSaver, tmp_path: Path
) -> None:
    threads: list[str] = []

    def render() -> bytes:
        threads.append(threading.current_thread().name)
        return b"%PDF-"

    with qtbot.waitSignal(saver.saved) as saved:
        saver.save("sheet.pdf", render)
    assert saved.args == [tmp_path / "documents" / "sheet.pdf"]
    assert (tmp_path / "documents" / "sheet.pdf").read_bytes() == b"%PDF-"
    assert threads == ["test-documents"]


def test_folder_that_cannot_be_made_is_reported(
    qtbot: QtBot, saver: DocumentSaver, tmp_path: Path
) -> None:
    (tmp_path / "documents").write_text("a file")
    with qtbot.waitSignal(saver.failed) as failed:
        saver.save("sheet.pdf", bytes)
    assert failed.args is not None
    assert isinstance(failed.args[0], DocumentNotSavedError)


def test_bug_in_rendering_is_a_crash(qtbot: QtBot, saver: DocumentSaver) -> None:
    def render() -> bytes:
        raise IndexError

    with qtbot.waitSignal(saver.crashed) as crashed:
        saver.save("sheet.pdf", render)
    assert crashed.args is not None
    assert isinstance(crashed.args[0], IndexError)
