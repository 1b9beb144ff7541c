"""A user without a home directory, as in a container, meets sentences and no exception."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from wxpark_gui.assembly import Assembly
from wxpark_gui.cli import main
from wxpark_gui.console.report import ExitCode
from wxpark_gui.domain.health import Finding
from wxpark_gui.domain.shift_errors import DocumentNotSavedError
from wxpark_gui.runtime.autostart import make_autostart
from wxpark_gui.runtime.input_method import input_method
from wxpark_gui.storage import document_folder
from wxpark_gui.storage.document_folder import DocumentFolder
from wxpark_gui.support import make_diagnostics


class NoWords:
    def text(self, findings: Iterable[Finding]) -> str:
        return ""

    def document(self, findings: Iterable[Finding]) -> dict[str, Any]:
        return {}


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.setattr(Path, "home", fail)
    monkeypatch.setattr(platformdirs, "user_data_path", fail)
    monkeypatch.setattr(document_folder, "user_documents_path", fail)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def test_command_without_a_data_directory_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["merchant", "show"]) == ExitCode.FAILED
    assert "no home directory" in capsys.readouterr().err


def test_document_is_not_saved() -> None:
    with pytest.raises(DocumentNotSavedError, match="no home directory"):
        DocumentFolder().save("report.pdf", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a registry for it")
def test_program_does_not_start_at_login() -> None:
    assert not make_autostart(["wxpark-gui"], {}).is_on()


def test_input_method_is_looked_for_elsewhere() -> None:
    before = dict(os.environ)
    with input_method() as can_type:
        assert can_type in (True, False)
    assert dict(os.environ) == before


def test_diagnostics_are_collected(tmp_path: Path) -> None:
    with Assembly(tmp_path) as parts:
        files = make_diagnostics(parts).collect(NoWords(), findings=())
    assert "doctor.json" in [file.name for file in files]
