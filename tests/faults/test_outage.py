"""Short form of `outage`, and new entries sent while the outbox sends older ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.faults import outage
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway

Note = Callable[[str, object], None]
WAITING = 12
LIVE_CARS = 5
WITHIN_MS = 50.0


def test_after_an_outage_everything_is_delivered_in_order_and_without_a_burst(
    tmp_path: Path, record_property: Note
) -> None:
    figures = outage.run(tmp_path, entries=120, hours=0.5)
    record_property("figures", str(figures))
    assert (figures.delivered, figures.repeated, figures.out_of_order) == (120, 0, 0)
    assert figures.busiest_second <= 2
    assert figures.drain_seconds <= 120 / 2 + 301
    assert figures.probes < 20


@pytest.fixture
def gateway_and_booth(qapp: object, tmp_path: Path) -> Iterator[tuple[TrainingGateway, Booth]]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key))
        yield gateway, booth
        booth.stop(5)


class Answers(QObject):
    """Collects records and their time of arrival, by plate."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, tuple[float, EntryRecord]] = {}

    @Slot(object)
    def take(self, record: EntryRecord) -> None:
        self.records[record.entry.label] = time.monotonic(), record


@pytest.mark.alone
def test_a_car_at_the_barrier_does_not_stand_behind_the_backlog(
    gateway_and_booth: tuple[TrainingGateway, Booth], qtbot: QtBot, record_property: Note
) -> None:
    gateway, booth = gateway_and_booth
    answers = Answers()
    booth.entries.changed.connect(answers.take)
    with qtbot.waitSignal(booth.journal.opened):
        booth.start()
    gateway.set_faults([Fault.RESET])
    for number in range(WAITING):
        booth.entries.submit(EntryDraft(plate=f"粤B1{number:04}"))
    qtbot.waitUntil(lambda: len(answers.records) == WAITING, timeout=10_000)
    gateway.set_faults([])
    booth.backlog.release()
    waits = []
    for number in range(LIVE_CARS):
        qtbot.wait(300)
        label = f"粤B·2{number:04}"
        asked = time.monotonic()
        booth.entries.submit(EntryDraft(plate=label))
        qtbot.waitUntil(lambda label=label: label in answers.records)  # type: ignore[misc]
        at, record = answers.records[label]
        assert record.outcome is not None
        waits.append((at - asked) * 1000 - record.outcome.elapsed_ms)
    record_property("wait_beside_the_exchange_ms", [round(wait, 1) for wait in waits])
    assert sorted(waits)[len(waits) // 2] <= WITHIN_MS
