"""Fixtures: a clock that stands still, a directory that cannot be written, and an entry."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.journals import place_journal
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import Origin
from wxpark_gui.storage.journal import SqliteJournal

NOBODY = 65534


@dataclass(frozen=True, slots=True)
class StillClock:
    wall: datetime = datetime(2026, 3, 1, 4, 5, 6, 789000, tzinfo=timezone.utc)
    ticks: float = 100.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks


@pytest.fixture(scope="session")
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def car(clock: StillClock) -> ParkingEntry:
    return ParkingEntry(
        scene=Scene.PARKING,
        start_time=clock.wall.replace(microsecond=0),
        plate=read_plate("粤B12345"),
        car_type=CarType.SMALL,
    )


@pytest.fixture
def origin() -> Origin:
    return Origin("1900000001-1900000002", "1900000001", "1900000002", "欢乐海岸停车场", "1号岗")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def open_journal(path: Path, clock: StillClock) -> Iterator[Callable[[], SqliteJournal]]:
    """Function that opens the journal, as often as a test restarts the program.

    Journals left open are closed after the test.
    """
    with contextlib.ExitStack() as stack:

        def open_it() -> SqliteJournal:
            if not path.exists():
                place_journal(path)
            journal = SqliteJournal(path, clock, busy_timeout=0)
            stack.callback(journal.close)
            return journal

        yield open_it


@pytest.fixture
def journal(open_journal: Callable[[], SqliteJournal]) -> SqliteJournal:
    return open_journal()


@pytest.fixture
def readable_only() -> Iterator[Callable[[], AbstractContextManager[Path]]]:
    """Context manager for a directory that can be read and not written.

    If the test runs as root, which could write it, the process changes to the user `nobody`
    meanwhile.
    """
    if sys.platform == "win32":
        pytest.skip("Windows has no read-only directories")
    root = Path(tempfile.mkdtemp())

    @contextlib.contextmanager
    def enter() -> Iterator[Path]:
        for inside in root.iterdir():
            inside.chmod(0o444)
        root.chmod(0o555)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(NOBODY)
        try:
            yield root
        finally:
            if is_root:
                os.seteuid(0)
            root.chmod(0o700)

    yield enter
    for inside in root.iterdir():
        inside.unlink()
    root.rmdir()
