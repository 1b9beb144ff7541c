"""Programs for Windows are signed where a certificate is named, and left alone elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import windows_signature
from failure import SetUpError

THUMBPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
FILES = [Path("wxpark-gui.exe"), Path("wxpark.exe")]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run."""
    taken: list[list[str]] = []
    monkeypatch.setattr(windows_signature, "run_step", lambda _what, step: taken.append(step))
    return taken


@pytest.fixture
def kits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Windows kits of several ages, beside one for programs of another processor."""
    for place in ("10.0.9200.0/x64", "10.0.22621.0/x64", "10.0.26100.0/arm64", "arm64"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "signtool.exe").write_bytes(b"")
    monkeypatch.setattr(windows_signature, "KITS", tmp_path)
    return tmp_path


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_certificate_nothing_is_signed(
    steps: list[list[str]], monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("WXPARK_SIGNING_THUMBPRINT", raising=False)
    if value is not None:
        monkeypatch.setenv("WXPARK_SIGNING_THUMBPRINT", value)
    windows_signature.sign(FILES)
    assert steps == []


def test_with_one_all_are_signed_at_once(
    steps: list[list[str]], kits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WXPARK_SIGNING_THUMBPRINT", THUMBPRINT)
    windows_signature.sign(FILES)
    tool = kits / "10.0.22621.0" / "x64" / "signtool.exe"
    assert steps == [windows_signature.command(tool, THUMBPRINT, FILES)]


def test_a_signature_is_stamped_and_holds_no_secret() -> None:
    command = windows_signature.command(Path("signtool.exe"), THUMBPRINT, FILES)
    assert command == [
        *("signtool.exe", "sign", "/sha1", THUMBPRINT),
        *("/tr", windows_signature.TIME_STAMP_SERVICE, "/fd", "sha256", "/td", "sha256"),
        *("wxpark-gui.exe", "wxpark.exe"),
    ]


def test_the_newest_kit_is_the_one_with_the_highest_number(kits: Path) -> None:
    assert "10.0.22621.0" in windows_signature.newest_tool(kits).parts


def test_a_missing_tool_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="signtool"):
        windows_signature.newest_tool(tmp_path)
