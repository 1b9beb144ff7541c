"""The token file of the door."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from wxpark_gui.domain.door import DoorUnavailableError
from wxpark_gui.runtime.logs import redact
from wxpark_gui.storage.door_token import DoorTokenFile


@pytest.fixture
def tokens(tmp_path: Path) -> DoorTokenFile:
    return DoorTokenFile(tmp_path / "door.token")


def test_file_is_one_header_line_that_curl_reads(tokens: DoorTokenFile, tmp_path: Path) -> None:
    token = tokens.renew()
    text = (tmp_path / "door.token").read_text(encoding="ascii")
    assert text == f"Authorization: Bearer {token.reveal()}\n"
    assert re.fullmatch("[0-9a-f]{32}", token.reveal())
    assert [path.name for path in tmp_path.iterdir()] == ["door.token"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_file_is_for_its_owner_alone(tokens: DoorTokenFile, tmp_path: Path) -> None:
    tokens.renew()
    assert (tmp_path / "door.token").stat().st_mode & 0o777 == 0o600


def test_token_is_read_back_and_replaced_by_another(tokens: DoorTokenFile) -> None:
    first = tokens.renew()
    assert tokens.load() == first
    second = tokens.renew()
    assert second != first
    assert tokens.load() == second


def test_removed_token_cannot_be_read(tokens: DoorTokenFile) -> None:
    tokens.renew()
    tokens.remove()
    tokens.remove()
    assert tokens.load() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_token_that_others_can_read_or_write_is_not_used(
    tokens: DoorTokenFile, tmp_path: Path, mode: int
) -> None:
    tokens.renew()
    (tmp_path / "door.token").chmod(mode)
    assert tokens.load() is None


@pytest.mark.parametrize(
    "content",
    [b"", b"Authorization: Bearer \n", b"0" * 32, b"Authorization: Bearer " + b"g" * 32, b"\xff"],
)
def test_damaged_file_has_no_token(tokens: DoorTokenFile, tmp_path: Path, content: bytes) -> None:
    tokens.renew()
    (tmp_path / "door.token").write_bytes(content)
    assert tokens.load() is None


def test_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    tokens = DoorTokenFile(tmp_path / "missing" / "door.token")
    with pytest.raises(DoorUnavailableError):
        tokens.renew()
    assert tokens.load() is None
    tokens.remove()


def test_log_would_mask_a_token(tokens: DoorTokenFile) -> None:
    assert redact(f"x {tokens.renew().reveal()} y") == "x [redacted] y"
