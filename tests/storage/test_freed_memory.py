"""Memory freed by a task on a thread of its own is returned to the system."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.journals import place_journal
from tests.storage.months import APRIL, HandClock, archive_all, enter
from wxpark_gui.storage import archiving, backups
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.freed_memory import return_freed_memory
from wxpark_gui.storage.journal import SqliteJournal

HAS_TRIM = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")
PIECE, PIECES = 4096, 5000


def resident() -> int:
    """Return the bytes of the resident memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not HAS_TRIM, reason="only the malloc of glibc keeps freed memory in arenas")
def test_what_an_ended_thread_has_freed_is_no_longer_resident() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    kept: list[int] = []

    def allocate_and_free() -> None:
        pieces = [library.malloc(PIECE) for _ in range(PIECES)]
        for piece in pieces:
            ctypes.memset(piece, 1, PIECE)
        # The last piece keeps the arena from shrinking by itself.
        kept.append(pieces.pop())
        for piece in pieces:
            library.free(piece)

    thread = threading.Thread(target=allocate_and_free)
    thread.start()
    thread.join()
    before = resident()
    return_freed_memory()
    assert before - resident() > PIECE * PIECES / 2
    library.free(kept.pop())


@pytest.mark.parametrize(
    ("system", "functions", "calls"),
    [
        ("linux", ("prctl", "malloc_trim"), [0]),
        # The C library musl.
        ("linux", ("prctl",), []),
        ("darwin", ("malloc_trim",), []),
        ("win32", ("malloc_trim",), []),
    ],
)
def test_only_glibc_is_asked(
    system: str, functions: Sequence[str], calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    library = SimpleNamespace(**dict.fromkeys(functions, made.append))
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    return_freed_memory()
    assert made == calls


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the threads that returned memory."""
    names: list[str] = []
    for module in (archiving, backups):
        monkeypatch.setattr(
            module, "return_freed_memory", lambda: names.append(threading.current_thread().name)
        )
    return names


def test_move_and_check_of_a_month_return_their_memory(path: Path, threads: list[str]) -> None:
    hands = HandClock()
    with closing(SqliteJournal(place_journal(path), hands, busy_timeout=0)) as journal:
        enter(journal, 1, hands.now())
        hands.advance_to(APRIL - timedelta(days=2))
        enter(journal, 2, hands.now())
        hands.advance_to(APRIL)
        archive_all(journal, hands)
    # The month was moved, then its archive checked.
    assert threads == ["journal-archive", "journal-archive"]


def test_backup_returns_its_memory(path: Path, tmp_path: Path, threads: list[str]) -> None:
    clock = HandClock()
    copies = Backups(tmp_path / "backup", clock)
    copies.start_if_due(place_journal(path), clock.now())
    copies.wait()
    assert threads == ["journal-backup"]
