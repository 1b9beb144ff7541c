"""Training plates that simulate wrong settings do not block later entries."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import make_booth
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway


@pytest.mark.parametrize("ending", ["81", "82", "84", "94", "95", "96"])
def test_cars_after_a_simulated_stop_are_answered_and_nothing_stays_held(
    qapp: object, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    key = make_training_key()
    records: dict[str, EntryRecord] = {}
    backlogs: list[Backlog] = []

    def note(record: EntryRecord) -> None:
        records[record.entry.label] = record

    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key), training=True)
        booth.entries.changed.connect(note)
        booth.journal.backlogChanged.connect(backlogs.append)
        with qtbot.waitSignal(booth.journal.opened):
            booth.start()
        booth.entries.submit(EntryDraft(plate=f"粤B123{ending}"))
        qtbot.waitUntil(lambda: bool(backlogs and backlogs[-1].held), timeout=10_000)
        with qtbot.waitSignal(booth.live.sent, timeout=10_000):
            booth.entries.submit(EntryDraft(plate="粤B54321"))
        assert records["粤B·54321"].verdict.severity is Severity.OK
        qtbot.waitUntil(
            lambda: records[f"粤B·123{ending}"].state is DeliveryState.REFUSED, timeout=10_000
        )
        qtbot.waitUntil(lambda: backlogs[-1] == Backlog(), timeout=10_000)
        assert booth.stop(5)
