"""The controller of entries from paper, with real threads, journal and queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from wxpark_gui.controllers.entries import Duplicate, Refused, Submitted
from wxpark_gui.domain.backfill import BackfillRepeatedError, BackfillTooOldError
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import EntryNotOpenError, InvalidInputError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway


@pytest.fixture
def booth(qtbot: QtBot, tmp_path: Path) -> Iterator[Booth]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        made = make_booth(tmp_path, gateway.url, TrainingVault(key))
        with qtbot.waitSignal(made.entries.recentLoaded):
            made.start()
        yield made
        made.stop(5)


def draft(plate: str = "粤B12345", *, hours: float = 2.0) -> EntryDraft:
    return EntryDraft(plate, start_time=datetime.now(timezone.utc) - timedelta(hours=hours))


def saved(booth: Booth, qtbot: QtBot, row: EntryDraft, number: str = "") -> EntryRecord:
    with qtbot.waitSignal(booth.controllers.backfills.saved) as blocker:
        assert isinstance(booth.controllers.backfills.submit(row, number), Submitted)
    record = blocker.args[0]
    assert isinstance(record, EntryRecord)
    return record


def test_row_is_sent_by_the_queue_and_not_announced_as_a_live_entry(
    booth: Booth, qtbot: QtBot
) -> None:
    live: list[object] = []
    booth.entries.saved.connect(live.append)
    booth.live.started.connect(live.append)
    with qtbot.waitSignal(booth.backlog.changed) as sent:
        record = saved(booth, qtbot, draft())
    assert sent.args[0].entry_id == record.entry_id
    assert sent.args[0].state is DeliveryState.ANSWERED
    assert live == []


def test_typed_row_counts_for_a_live_entry_by_its_entry_time(booth: Booth, qtbot: QtBot) -> None:
    saved(booth, qtbot, draft(hours=2))
    assert isinstance(booth.entries.submit(EntryDraft("粤B12345")), Submitted)
    saved(booth, qtbot, draft("粤B12346", hours=0.05))
    assert isinstance(booth.entries.submit(EntryDraft("粤B12346")), Duplicate)


def test_repeated_row_is_not_saved(booth: Booth, qtbot: QtBot) -> None:
    saved(booth, qtbot, draft(), "1-01")
    with qtbot.waitSignal(booth.controllers.backfills.notSaved) as refused:
        booth.controllers.backfills.submit(draft("粤B12346"), "1-01")
    assert isinstance(refused.args[1], BackfillRepeatedError)


def test_bug_in_saving_is_told_as_a_row_that_is_not_saved_too(
    booth: Booth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> EntryRecord:
        raise KeyError("state")

    backfills = booth.controllers.backfills
    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "append", fail)
        with qtbot.waitSignals(
            [backfills.notSaved, backfills.crashed],
            order="strict",
            check_params_cbs=[lambda _, error: error.code == "ENTRY_FAULT", lambda _: True],
        ):
            result = backfills.submit(draft())
    assert isinstance(result, Submitted)
    assert backfills.unsaved == set()
    saved(booth, qtbot, draft())


def test_invalid_row_is_refused_at_once(booth: Booth) -> None:
    result = booth.controllers.backfills.submit(draft(hours=-2))
    assert isinstance(result, Refused)
    assert isinstance(result.error, InvalidInputError)


def test_voided_row_cannot_be_voided_again(booth: Booth, qtbot: QtBot) -> None:
    record = saved(booth, qtbot, draft(hours=48))
    with qtbot.waitSignal(booth.entries.changed) as changed:
        booth.controllers.backfills.void(record, "补录有误")
    assert changed.args[0].state is DeliveryState.VOIDED
    with qtbot.waitSignal(booth.controllers.backfills.notVoided) as refused:
        booth.controllers.backfills.void(record, "补录有误")
    assert isinstance(refused.args[1], EntryNotOpenError)


def test_too_old_row_is_not_sent_again_by_f5(booth: Booth, qtbot: QtBot) -> None:
    record = saved(booth, qtbot, draft(hours=48))
    result = booth.entries.resend(record)
    assert isinstance(result, Refused)
    assert isinstance(result.error, BackfillTooOldError)
