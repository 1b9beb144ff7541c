"""Reading the keyring: one prompt at the start, later ones only on a person's request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.matrix import sampled
from tests.service.conftest import KEY, FakeVault
from tests.settings import settings_of
from wxpark_gui.controllers import keys as key_reader
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import KeyMissingError, KeyringLockedError, KeyringMissingError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.training.booth import TRAINING_MERCHANT
from wxpark_gui.training.gateway import TrainingGateway

FEW = 3


class Keyring(FakeVault):
    """A keyring whose prompt a test answers or leaves open.

    Attributes:
        prompt: event that ends the wait of a read from a locked keyring.
    """

    def __init__(self) -> None:
        super().__init__()
        self.prompt = threading.Event()
        self.prompt.set()

    def load(self, mch_id: str) -> Secret:
        if self.locked:
            self.prompt.wait(30)
        return super().load(mch_id)

    def lock(self) -> None:
        self.failure, self.locked = KeyringLockedError("KeyringLocked"), True

    def unlock(self) -> None:
        self.failure, self.locked = None, False


@pytest.fixture
def vault() -> Iterator[Keyring]:
    keyring = Keyring()
    yield keyring
    keyring.prompt.set()


@pytest.fixture
def gateway() -> Iterator[TrainingGateway]:
    with TrainingGateway(KEY) as gateway:
        yield gateway


@pytest.fixture
def booth(
    qapp: object,
    tmp_path: Path,
    vault: Keyring,
    gateway: TrainingGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Booth]:
    monkeypatch.setattr(key_reader, "RETRY_MS", 20)
    monkeypatch.setattr(key_reader, "ITEM_RETRY_MS", 20)
    booth = make_booth(tmp_path, gateway.url, vault)
    yield booth
    assert booth.stop(5)


def _start(booth: Booth, qtbot: QtBot) -> object:
    """Start the booth and return the first failure to read the key."""
    with (
        qtbot.waitSignal(booth.journal.opened),
        qtbot.waitSignal(booth.keys.changed) as changed,
    ):
        booth.start()
    assert changed.args is not None
    return changed.args[0]


def _enter_cars(booth: Booth, qtbot: QtBot, count: int = FEW) -> dict[str, EntryRecord]:
    """Enter cars that cannot be sent; return their records by id, updated at each change."""
    records: dict[str, EntryRecord] = {}

    def note(record: EntryRecord) -> None:
        records[record.entry_id] = record

    booth.entries.saved.connect(note)
    booth.entries.changed.connect(note)
    for number in range(count):
        booth.entries.submit(EntryDraft(plate=f"粤B{number + 200:05}"))
    qtbot.waitUntil(
        lambda: (
            len(records) == count
            and {record.state for record in records.values()} == {DeliveryState.WAITING}
        ),
        timeout=10_000,
    )
    return records


def _wait_until_answered(qtbot: QtBot, records: dict[str, EntryRecord]) -> None:
    qtbot.waitUntil(
        lambda: {record.state for record in records.values()} == {DeliveryState.ANSWERED},
        timeout=30_000,
    )


def _is_success(failure: object) -> bool:
    return failure is None


def test_key_is_read_at_the_start_before_the_first_car(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    assert _start(booth, qtbot) is None
    assert vault.loads == 1
    with qtbot.waitSignal(booth.live.sent, timeout=10_000):
        booth.entries.submit(EntryDraft(plate="粤B12345"))
    assert vault.loads == 1


@pytest.mark.parametrize("cars", sampled([(5,), (20,)], [(5,)]))
def test_cars_at_a_locked_keyring_open_one_prompt_and_go_out_once_it_is_unlocked(
    booth: Booth, qtbot: QtBot, vault: Keyring, gateway: TrainingGateway, cars: int
) -> None:
    vault.lock()
    assert isinstance(_start(booth, qtbot), KeyringLockedError)
    records = _enter_cars(booth, qtbot, cars)
    booth.backlog.release()
    for record in list(records.values()):
        booth.entries.resend(record)
    qtbot.wait(300)
    assert (vault.loads, gateway.received) == (1, ())
    # Locked as far as can be seen without a prompt; the prompt is answered.
    vault.failure = None
    # A retry under way tells its own failure first.
    with qtbot.waitSignal(booth.keys.changed, check_params_cb=_is_success):
        booth.keys.unlock()
    _wait_until_answered(qtbot, records)
    assert vault.loads == 2


def test_keyring_unlocked_elsewhere_is_noticed_without_a_prompt(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    vault.lock()
    _start(booth, qtbot)
    records = _enter_cars(booth, qtbot)
    assert vault.loads == 1
    vault.unlock()
    _wait_until_answered(qtbot, records)


def test_keyring_that_starts_after_the_window_is_read_by_itself(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    vault.failure = KeyringMissingError()
    assert isinstance(_start(booth, qtbot), KeyringMissingError)
    vault.unlock()
    with qtbot.waitSignal(booth.keys.changed, timeout=5_000, check_params_cb=_is_success):
        pass


def test_entries_held_by_an_earlier_run_go_out_once_the_key_is_read(
    booth: Booth, qtbot: QtBot, vault: Keyring, gateway: TrainingGateway, tmp_path: Path
) -> None:
    vault.lock()
    _start(booth, qtbot)
    _enter_cars(booth, qtbot)
    assert booth.stop(5)
    vault.unlock()
    later = make_booth(tmp_path, gateway.url, vault)
    later.start()
    qtbot.waitUntil(lambda: len(gateway.received) == FEW, timeout=30_000)
    assert later.stop(5)


def test_key_saved_in_the_settings_releases_what_its_absence_held(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    vault.keys.clear()
    assert isinstance(_start(booth, qtbot), KeyMissingError)
    records = _enter_cars(booth, qtbot)
    with qtbot.waitSignal(booth.settings.saved):
        booth.settings.save_merchant(settings_of(TRAINING_MERCHANT), KEY)
    _wait_until_answered(qtbot, records)


def test_key_that_returns_to_the_keyring_releases_what_its_absence_held(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    mch_id = TRAINING_MERCHANT.mch_id
    key = vault.keys.pop(mch_id)
    assert isinstance(_start(booth, qtbot), KeyMissingError)
    records = _enter_cars(booth, qtbot)
    vault.keys[mch_id] = key
    with qtbot.waitSignal(booth.keys.changed, check_params_cb=_is_success):
        pass
    _wait_until_answered(qtbot, records)


def test_key_that_returns_while_the_keyring_locks_and_unlocks_is_found_without_a_prompt(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    mch_id = TRAINING_MERCHANT.mch_id
    key = vault.keys.pop(mch_id)
    assert isinstance(_start(booth, qtbot), KeyMissingError)
    records = _enter_cars(booth, qtbot)
    vault.locked = True
    # The first signal may be of a retry that began before.
    with qtbot.waitSignals([booth.keys.changed, booth.keys.changed]):
        pass
    vault.lock()
    vault.keys[mch_id] = key
    loads = vault.loads
    qtbot.wait(200)
    assert vault.loads == loads
    vault.unlock()
    _wait_until_answered(qtbot, records)


def test_cars_in_a_row_do_not_put_off_the_search_for_a_missing_key(
    booth: Booth, qtbot: QtBot, vault: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_reader, "ITEM_RETRY_MS", 400)
    vault.keys.clear()
    assert isinstance(_start(booth, qtbot), KeyMissingError)
    (record,) = _enter_cars(booth, qtbot, 1).values()
    assert vault.loads == 1
    for _ in range(100):
        booth.keys.note_record(record)
        qtbot.wait(20)
        if vault.loads > 1:
            break
    assert vault.loads > 1


def test_keyring_that_works_is_left_alone(booth: Booth, qtbot: QtBot, vault: Keyring) -> None:
    assert _start(booth, qtbot) is None
    qtbot.wait(200)
    assert vault.loads == 1


def test_press_during_a_read_opens_the_prompt_after_it(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    vault.lock()
    vault.prompt.clear()
    booth.start()
    qtbot.wait(50)
    booth.keys.unlock()
    vault.prompt.set()
    qtbot.waitUntil(lambda: vault.loads == 2, timeout=5_000)


def test_window_closes_in_time_while_a_prompt_is_open(
    booth: Booth, qtbot: QtBot, vault: Keyring
) -> None:
    vault.lock()
    vault.prompt.clear()
    with qtbot.waitSignal(booth.journal.opened):
        booth.start()
    assert booth.stop(2)
