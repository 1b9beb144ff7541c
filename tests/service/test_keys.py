"""The key is read from the keyring once, and never with a prompt while an entry is typed."""

from __future__ import annotations

import threading
import traceback

import pytest

from tests.service.conftest import KEY, MERCHANT, OTHER_MERCHANT, FakeVault
from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringFailedError,
    KeyringLockedError,
    KeyringMissingError,
    KeyringSilentError,
    KeyUnavailableError,
)
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.ports import Vault

FIRST, OTHER = MERCHANT.mch_id, OTHER_MERCHANT.mch_id
NEW_KEY = Secret("n" * 32)


@pytest.fixture
def vault() -> FakeVault:
    return FakeVault({FIRST: KEY, OTHER: KEY})


@pytest.fixture
def keys(vault: FakeVault) -> Keys:
    return Keys(vault)


def _lock(vault: FakeVault) -> None:
    vault.failure, vault.locked = KeyringLockedError("KeyringLocked"), True


def _unlock(vault: FakeVault) -> None:
    vault.failure, vault.locked = None, False


def test_keys_are_a_vault(keys: Keys) -> None:
    vault: Vault = keys
    assert (vault.describe(), vault.is_locked()) == ("fake", False)


def test_key_that_was_read_needs_no_keyring(keys: Keys, vault: FakeVault) -> None:
    keys.get(FIRST)
    _lock(vault)
    assert [keys.get(FIRST) for _ in range(20)] == [KEY] * 20
    assert (vault.loads, keys.holds(FIRST), keys.failure_of(FIRST)) == (1, True, None)


@pytest.mark.parametrize(
    "failure",
    [
        KeyringLockedError("KeyringLocked"),
        KeyringSilentError("10 s"),
        KeyringMissingError(),
        KeyringFailedError("OSError"),
        KeyMissingError(),
    ],
)
def test_failure_is_remembered_and_raised_without_asking(
    keys: Keys, vault: FakeVault, failure: KeyUnavailableError
) -> None:
    vault.failure = failure
    for _ in range(20):
        with pytest.raises(type(failure)) as caught:
            keys.get(FIRST)
        assert caught.value.detail == failure.detail
    assert vault.loads == 1


def test_locked_keyring_is_asked_once_for_all_merchants(keys: Keys, vault: FakeVault) -> None:
    _lock(vault)
    for mch_id in (FIRST, OTHER):
        with pytest.raises(KeyringLockedError):
            keys.get(mch_id)
    assert vault.loads == 1


def test_missing_key_of_one_merchant_leaves_the_other_readable(
    keys: Keys, vault: FakeVault
) -> None:
    del vault.keys[FIRST]
    with pytest.raises(KeyMissingError):
        keys.get(FIRST)
    assert keys.get(OTHER) == KEY


def test_key_first_needed_at_a_keyring_locked_meanwhile_does_not_prompt(
    keys: Keys, vault: FakeVault
) -> None:
    keys.get(FIRST)
    _lock(vault)
    with pytest.raises(KeyringLockedError):
        keys.get(OTHER)
    assert vault.loads == 1


def test_load_asks_again_and_later_gets_need_not(keys: Keys, vault: FakeVault) -> None:
    _lock(vault)
    with pytest.raises(KeyringLockedError):
        keys.get(FIRST)
    _unlock(vault)
    assert keys.load(FIRST) == keys.get(FIRST) == keys.get(OTHER) == KEY


def test_load_that_fails_keeps_the_key_in_memory(keys: Keys, vault: FakeVault) -> None:
    keys.get(FIRST)
    _lock(vault)
    with pytest.raises(KeyringLockedError):
        keys.load(FIRST)
    assert keys.get(FIRST) == KEY


def test_load_that_finds_no_key_drops_the_one_in_memory(keys: Keys, vault: FakeVault) -> None:
    keys.get(FIRST)
    vault.keys.clear()
    with pytest.raises(KeyMissingError):
        keys.load(FIRST)
    with pytest.raises(KeyMissingError):
        keys.get(FIRST)


def test_stored_key_is_used_at_once(keys: Keys, vault: FakeVault) -> None:
    del vault.keys[FIRST]
    with pytest.raises(KeyMissingError):
        keys.get(FIRST)
    keys.store(FIRST, NEW_KEY)
    assert (keys.get(FIRST), vault.loads) == (NEW_KEY, 1)


def test_key_that_could_not_be_stored_is_not_used(keys: Keys, vault: FakeVault) -> None:
    keys.get(FIRST)
    _lock(vault)
    with pytest.raises(KeyringLockedError):
        keys.store(FIRST, NEW_KEY)
    assert keys.get(FIRST) == KEY


def test_forgotten_key_is_gone_from_memory(keys: Keys) -> None:
    keys.get(FIRST)
    keys.forget(FIRST)
    with pytest.raises(KeyMissingError):
        keys.get(FIRST)


def test_key_that_could_not_be_forgotten_stays_in_use(keys: Keys, vault: FakeVault) -> None:
    keys.get(FIRST)
    _lock(vault)
    with pytest.raises(KeyringLockedError):
        keys.forget(FIRST)
    assert keys.get(FIRST) == KEY


class TestDoubt:
    def test_changed_key_is_read_anew(self, keys: Keys, vault: FakeVault) -> None:
        keys.get(FIRST)
        vault.keys[FIRST] = NEW_KEY
        keys.doubt(FIRST)
        assert [keys.get(FIRST), keys.get(FIRST)] == [NEW_KEY, NEW_KEY]
        assert vault.loads == 2

    def test_deleted_key_is_missing(self, keys: Keys, vault: FakeVault) -> None:
        keys.get(FIRST)
        vault.keys.clear()
        keys.doubt(FIRST)
        with pytest.raises(KeyMissingError):
            keys.get(FIRST)

    @pytest.mark.parametrize("locked", [True, None])
    def test_key_stays_in_use_where_reading_may_prompt(
        self, keys: Keys, vault: FakeVault, locked: bool | None
    ) -> None:
        keys.get(FIRST)
        vault.locked = locked
        keys.doubt(FIRST)
        assert (keys.get(FIRST), vault.loads) == (KEY, 1)


class TestRetry:
    def test_keyring_still_locked_is_not_asked(self, keys: Keys, vault: FakeVault) -> None:
        _lock(vault)
        with pytest.raises(KeyringLockedError):
            keys.get(FIRST)
        assert [keys.retry([FIRST]) for _ in range(20)] == [False] * 20
        assert vault.loads == 1

    def test_keyring_unlocked_elsewhere_gives_all_keys(self, keys: Keys, vault: FakeVault) -> None:
        _lock(vault)
        with pytest.raises(KeyringLockedError):
            keys.get(FIRST)
        keys.retry([FIRST, OTHER])
        _unlock(vault)
        assert keys.retry([FIRST, OTHER])
        assert keys.holds(FIRST)
        assert keys.holds(OTHER)

    @pytest.mark.parametrize("failure", [KeyringLockedError(), KeyringSilentError("10 s")])
    def test_keyring_unlocked_before_the_first_retry_gives_its_keys(
        self, keys: Keys, vault: FakeVault, failure: KeyUnavailableError
    ) -> None:
        vault.failure, vault.locked = failure, True
        with pytest.raises(type(failure)):
            keys.get(FIRST)
        _unlock(vault)
        assert keys.retry([FIRST])

    def test_keyring_that_starts_late_is_read_once_it_is_there(
        self, keys: Keys, vault: FakeVault
    ) -> None:
        vault.failure = KeyringMissingError()
        with pytest.raises(KeyringMissingError):
            keys.get(FIRST)
        _unlock(vault)
        assert keys.retry([FIRST])

    def test_keyring_that_starts_late_and_locked_counts_as_locked(
        self, keys: Keys, vault: FakeVault
    ) -> None:
        vault.failure = KeyringMissingError()
        with pytest.raises(KeyringMissingError):
            keys.get(FIRST)
        _lock(vault)
        assert not keys.retry([FIRST])
        assert isinstance(keys.failure_of(FIRST), KeyringLockedError)
        assert vault.loads == 1

    @pytest.mark.parametrize("locked", [False, None])
    def test_refused_prompt_of_a_keyring_never_seen_locked_is_not_repeated(
        self, keys: Keys, vault: FakeVault, locked: bool | None
    ) -> None:
        vault.failure, vault.locked = KeyringLockedError(), locked
        with pytest.raises(KeyringLockedError):
            keys.get(FIRST)
        assert not any(keys.retry([FIRST]) for _ in range(20))
        assert vault.loads == 1

    def test_keyring_that_lies_about_its_state_is_asked_once_more_at_most(
        self, keys: Keys, vault: FakeVault
    ) -> None:
        _lock(vault)
        with pytest.raises(KeyringLockedError):
            keys.get(FIRST)
        for locked in (True, False) * 20:
            vault.locked = locked
            keys.retry([FIRST, OTHER])
        assert vault.loads == 2

    def test_missing_key_is_not_read_with_the_keyring(self, keys: Keys, vault: FakeVault) -> None:
        vault.keys.clear()
        with pytest.raises(KeyMissingError):
            keys.get(FIRST)
        assert keys.retry([FIRST])
        assert vault.loads == 1

    def test_key_stored_after_a_refused_prompt_lets_the_next_failure_be_retried(
        self, keys: Keys, vault: FakeVault
    ) -> None:
        _lock(vault)
        with pytest.raises(KeyringLockedError):
            keys.get(FIRST)
        # Reported unlocked, but the read prompts in vain.
        vault.locked = False
        assert not keys.retry([FIRST])
        _unlock(vault)
        keys.store(FIRST, NEW_KEY)
        vault.failure = KeyringMissingError()
        with pytest.raises(KeyringMissingError):
            keys.get(OTHER)
        _unlock(vault)
        assert keys.retry([OTHER])
        assert keys.holds(OTHER)


class TestRetryOfItems:
    @pytest.fixture(autouse=True)
    def missing(self, keys: Keys, vault: FakeVault) -> None:
        del vault.keys[FIRST]
        with pytest.raises(KeyMissingError):
            keys.get(FIRST)

    def test_key_that_came_back_is_found(self, keys: Keys, vault: FakeVault) -> None:
        keys.retry_items([FIRST, OTHER])
        assert isinstance(keys.failure_of(FIRST), KeyMissingError)
        vault.keys[FIRST] = NEW_KEY
        keys.retry_items([FIRST, OTHER])
        assert (keys.get(FIRST), keys.failure_of(FIRST)) == (NEW_KEY, None)

    def test_only_keys_that_failed_are_read(self, keys: Keys, vault: FakeVault) -> None:
        keys.retry_items([FIRST, OTHER])
        assert (vault.loads, keys.holds(OTHER)) == (2, False)
        vault.keys[FIRST] = KEY
        for _ in range(20):
            keys.retry_items([FIRST, OTHER])
        assert vault.loads == 3

    @pytest.mark.parametrize("locked", [True, None])
    def test_keyring_that_may_prompt_is_not_read(
        self, keys: Keys, vault: FakeVault, locked: bool | None
    ) -> None:
        vault.keys[FIRST], vault.locked = KEY, locked
        for _ in range(20):
            keys.retry_items([FIRST])
        assert vault.loads == 1
        assert isinstance(keys.failure_of(FIRST), KeyMissingError)

    def test_keyring_that_stopped_is_not_read(self, keys: Keys, vault: FakeVault) -> None:
        keys.get(OTHER)

        def fail() -> bool | None:
            raise KeyringMissingError

        vault.is_locked = fail  # type: ignore[method-assign]
        keys.retry_items([FIRST])
        assert isinstance(keys.failure_of(FIRST), KeyMissingError)
        assert keys.get(OTHER) == KEY

    def test_prompt_dismissed_at_an_unlocked_keyring_is_not_repeated(
        self, keys: Keys, vault: FakeVault
    ) -> None:
        # As a keyring that asks the person before it shows an item.
        vault.failure = KeyringLockedError("PromptDismissedException")
        for _ in range(20):
            keys.retry_items([FIRST])
            keys.retry([FIRST])
        assert vault.loads == 2

    def test_keyring_that_lies_about_its_state_is_asked_once_at_most(
        self, keys: Keys, vault: FakeVault
    ) -> None:
        vault.failure = KeyringLockedError("PromptDismissedException")
        keys.retry_items([FIRST])
        for locked in (True, False) * 20:
            vault.locked = locked
            keys.retry([FIRST])
            keys.retry_items([FIRST])
        assert vault.loads == 2


def test_threads_wait_for_one_prompt_and_open_no_second() -> None:
    asked, answered = threading.Event(), threading.Event()

    class Prompting(FakeVault):
        def load(self, mch_id: str) -> Secret:
            asked.set()
            assert answered.wait(30)
            return super().load(mch_id)

    vault = Prompting(failure=KeyringLockedError(), locked=True)
    keys = Keys(vault)
    failures: list[KeyUnavailableError] = []

    def get() -> None:
        try:
            keys.get(FIRST)
        except KeyUnavailableError as error:
            failures.append(error)

    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert asked.wait(30)
    # Neither waits for the prompt.
    assert (keys.holds(FIRST), keys.failure_of(FIRST)) == (False, None)
    answered.set()
    for thread in threads:
        thread.join(30)
    assert (len(failures), len(set(map(id, failures))), vault.loads) == (8, 8, 1)


def test_key_shows_in_no_repr_and_no_traceback(keys: Keys, vault: FakeVault) -> None:
    keys.get(FIRST)
    vault.keys.clear()
    with pytest.raises(KeyMissingError) as caught:
        keys.load(FIRST)
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(caught.value.__traceback__), capture_locals=True
    )
    told = f"{keys!r} {vars(keys)!r} {caught.value!r} {[frame.locals for frame in frames]}"
    assert KEY.reveal() not in told
