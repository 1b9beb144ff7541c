"""Settings that are changed while entries are entered and sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import changed, settings_of
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import change_merchant
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway


@pytest.fixture
def store(tmp_path: Path) -> TomlSettings:
    return TomlSettings(tmp_path / "settings.toml")


@pytest.fixture
def key() -> Secret:
    return make_training_key()


@pytest.fixture
def gateway(key: Secret) -> Iterator[TrainingGateway]:
    with TrainingGateway(key) as gateway:
        yield gateway


@pytest.fixture
def booth(
    qapp: object,
    qtbot: QtBot,
    tmp_path: Path,
    store: TomlSettings,
    key: Secret,
    gateway: TrainingGateway,
) -> Iterator[Booth]:
    merchant = replace(TRAINING_MERCHANT, gateway_url=gateway.url)
    store.save(changed(settings_of(merchant), plate_prefix="粤B"))
    booth = make_booth(tmp_path, gateway.url, TrainingVault(key), settings=store)
    with qtbot.waitSignal(booth.journal.opened):
        booth.start()
    yield booth
    assert booth.stop(5)


def _enter(booth: Booth, qtbot: QtBot, plate: str, state: DeliveryState) -> None:
    with qtbot.waitSignal(
        booth.entries.changed, check_params_cb=lambda record: record.state is state
    ):
        booth.entries.submit(EntryDraft(plate))


def test_account_of_an_entry_entered_while_other_ids_are_being_saved_stays(
    booth: Booth, qtbot: QtBot, store: TomlSettings, gateway: TrainingGateway
) -> None:
    """New ids remove the old account unless entries wait; this one was entered after the look."""
    _enter(booth, qtbot, "粤B12345", DeliveryState.ANSWERED)
    old = booth.settings.current
    assert old.account is not None
    merchant = replace(old.account.merchant, sub_mch_id="1900000112")
    edited = replace(old, accounts=(replace(old.account, merchant=merchant),))
    gateway.set_faults([Fault.HTTP_500])
    booth.settings.save_merchant(edited, None)
    # The new settings are on disk, but the window has not heard of them.
    booth.workers.settings.call(lambda: None)
    assert store.load().find_account(old.account_id) is None
    with qtbot.waitSignal(booth.settings.accountKept):
        booth.entries.submit(EntryDraft("粤B67890"))
    gateway.set_faults([])
    booth.backlog.release()
    qtbot.waitUntil(lambda: [each.plate for each in gateway.received][-1:] == ["粤B67890"])
    assert booth.settings.current == store.load()
    assert booth.settings.current.account_id != old.account_id
    assert booth.settings.current.find_account(old.account_id) == old.account


def test_account_without_such_an_entry_goes(
    booth: Booth, qtbot: QtBot, store: TomlSettings
) -> None:
    _enter(booth, qtbot, "粤B12345", DeliveryState.ANSWERED)
    old = booth.settings.current
    assert old.account is not None
    merchant = replace(old.account.merchant, sub_mch_id="1900000112")
    edited = replace(old, accounts=(replace(old.account, merchant=merchant),))
    with qtbot.assertNotEmitted(booth.settings.accountKept):
        with qtbot.waitSignal(booth.settings.saved):
            booth.settings.save_merchant(edited, None)
        booth.workers.settings.call(lambda: None)
        qtbot.wait(0)
    assert len(store.load().accounts) == 1


def test_edit_after_the_file_was_lost_is_saved_twice_with_all_that_is_in_force(
    booth: Booth, qtbot: QtBot, store: TomlSettings, tmp_path: Path
) -> None:
    for free_time, plate in ((600, "粤B12345"), (1200, "粤B67890")):
        before = booth.settings.current
        assert before.account is not None
        merchant = replace(before.account.merchant, free_time=free_time)
        edited = change_merchant(before, merchant, proven=False)
        (tmp_path / "settings.toml").unlink()
        with qtbot.waitSignal(booth.settings.saved):
            booth.settings.save_merchant(edited, None, before.account_id, seen=before)
            # While it is being saved.
            booth.settings.save_prefix("粤C")
            _enter(booth, qtbot, plate, DeliveryState.ANSWERED)
        wanted = changed(edited, plate_prefix="粤C")
        qtbot.waitUntil(lambda wanted=wanted: booth.settings.current == wanted)  # type: ignore[misc]
        assert store.load() == wanted
