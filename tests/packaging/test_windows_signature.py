"""Programs for Windows are signed if a certificate is configured, and otherwise left unchanged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import windows_signature
from failure import SetUpError

VARIABLE = "WXPARK_SIGNING_THUMBPRINT"
THUMBPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"


@pytest.fixture
def kits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with Windows SDKs of several versions, and one for another processor."""
    for place in ("10.0.9200.0/x64", "10.0.22621.0/x64", "10.0.26100.0/arm64", "arm64"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "signtool.exe").write_bytes(b"")
    monkeypatch.setattr(windows_signature, "KITS", tmp_path)
    monkeypatch.setenv("PATH", os.environ["PATH"])
    return tmp_path


@pytest.mark.parametrize("thumbprint", ["", None])
def test_without_a_certificate_nothing_is_signed(
    monkeypatch: pytest.MonkeyPatch, thumbprint: str | None
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if thumbprint is not None:
        monkeypatch.setenv(VARIABLE, thumbprint)
    assert windows_signature.sign_command() == []


def test_a_signature_is_stamped_and_holds_no_secret(
    kits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, THUMBPRINT)
    assert windows_signature.sign_command() == [
        *("signtool", "sign", "/sha1", THUMBPRINT),
        *("/tr", windows_signature.TIME_STAMP_SERVICE, "/td", "sha256", "/fd", "sha256"),
    ]


def test_the_tool_is_found_without_its_folder(kits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, THUMBPRINT)
    windows_signature.sign_command()
    first = os.environ["PATH"].split(os.pathsep)[0]
    assert Path(first) == kits / "10.0.22621.0" / "x64"


def test_a_missing_tool_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="signtool"):
        windows_signature.newest_tools(tmp_path)
