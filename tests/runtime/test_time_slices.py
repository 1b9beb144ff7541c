"""Long work in a thread waits for the events of the GUI thread after each slice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from pytestqt.qtbot import QtBot

from wxpark_gui.runtime import time_slices
from wxpark_gui.runtime.time_slices import TimeSlices


class CountedSlices(TimeSlices):
    """Slices that note each grant."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    def customEvent(self, event: QEvent) -> None:
        self.log.append("granted")
        super().customEvent(event)


class Painted(QObject):
    """Stand-in for a window that has asked to be painted."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self._log = log

    def event(self, event: QEvent) -> bool:
        self._log.append("painted")
        return super().event(event)


@pytest.fixture
def slices(qapp: QCoreApplication) -> CountedSlices:
    return CountedSlices()


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_work_waits_after_a_slice_until_the_gui_thread_handles_events(
    qtbot: QtBot, slices: CountedSlices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_slices, "LONGEST_WAIT", 20.0)
    thread = in_thread(slices.take)
    thread.join(0.05)
    assert thread.is_alive()
    qtbot.waitUntil(lambda: not thread.is_alive())
    assert slices.log == ["granted"]


def test_work_waits_for_nothing_within_a_slice(
    slices: CountedSlices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_slices, "LONGEST_WAIT", 0.0)
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    slices.take()
    QCoreApplication.processEvents()
    now += time_slices.SLICE / 2
    slices.take()
    QCoreApplication.processEvents()
    assert slices.log == ["granted"]
    now += time_slices.SLICE
    slices.take()
    QCoreApplication.processEvents()
    assert slices.log == ["granted", "granted"]


def test_painting_comes_before_the_next_slice(
    slices: CountedSlices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_slices, "LONGEST_WAIT", 0.0)
    slices.take()
    window = Painted(slices.log)
    event = QEvent(QEvent.Type.UpdateRequest)
    QCoreApplication.postEvent(window, event, Qt.EventPriority.LowEventPriority.value)
    QCoreApplication.processEvents()
    assert slices.log == ["painted", "granted"]


def test_gui_thread_that_stays_busy_does_not_stop_the_work_and_gets_one_request(
    slices: CountedSlices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_slices, "LONGEST_WAIT", 0.0)
    monkeypatch.setattr(time_slices, "SLICE", 0.0)
    for _ in range(3):
        slices.take()
    QCoreApplication.processEvents()
    assert slices.log == ["granted"]
