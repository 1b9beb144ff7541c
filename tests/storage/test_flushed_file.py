"""Files whose flushes to disk are short, as none of them can be cancelled."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from wxpark_gui.storage.flushed_file import FEWEST_BYTES, MOST_BYTES, FlushedFile, open_text

BLOCK = bytes(FEWEST_BYTES)


class Disk:
    """Disk whose flush takes `seconds`; keeps the size of the file at each flush."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = 0.0
        self.sizes: list[int] = []

    def fsync(self, handle: int) -> None:
        self.now += self.seconds
        self.sizes.append(os.fstat(handle).st_size)

    @property
    def last_step(self) -> int:
        return self.sizes[-1] - self.sizes[-2]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(0.0)
    monkeypatch.setattr(os, "fsync", disk.fsync)
    monkeypatch.setattr(time, "monotonic", lambda: disk.now)
    return disk


@pytest.mark.parametrize(
    ("seconds", "step"), [(0.001, MOST_BYTES), (0.02, 4 * FEWEST_BYTES), (0.5, FEWEST_BYTES)]
)
def test_amount_of_a_flush_follows_the_speed_of_the_disk(
    tmp_path: Path, disk: Disk, seconds: float, step: int
) -> None:
    disk.seconds = seconds
    with FlushedFile(tmp_path / "a", "w") as file:
        for _ in range(4 * MOST_BYTES // FEWEST_BYTES):
            file.write(BLOCK)
    assert disk.last_step == step


def test_next_flush_after_a_long_one_is_short(tmp_path: Path, disk: Disk) -> None:
    with FlushedFile(tmp_path / "a", "w") as file:
        while not disk.sizes[1:] or disk.last_step < MOST_BYTES:
            file.write(BLOCK)
        flushes = len(disk.sizes)
        disk.seconds = 2.0
        while len(disk.sizes) < flushes + 2:
            file.write(BLOCK)
    assert disk.last_step == FEWEST_BYTES


def test_text_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    with open_text(path) as file:
        file.write("粤B12345\r\n\n")
        file.seek(0)
        assert file.read() == "粤B12345\r\n\n"
    assert path.read_bytes() == "粤B12345\r\n\n".encode()


def test_opening_does_not_truncate(tmp_path: Path) -> None:
    """A file of ext4 that was truncated is flushed by its closing, all at once."""
    path = tmp_path / "a"
    path.write_text("x")
    with open_text(path) as file:
        assert file.read() == "x"
