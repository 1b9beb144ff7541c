"""Change of the merchant key: which key is in the keyring after each end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.service.conftest import KEY, MERCHANT, SETTINGS
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringFailedError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyUnavailableError,
    ProfileUnknownError,
)
from wxpark_gui.domain.health import GatewayCheck
from wxpark_gui.domain.key_change import KeyNotRestoredError, KeyStep
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.settings import (
    EXPLICIT,
    NO_PROXY,
    SYSTEM_PROXY,
    Account,
    NetworkSettings,
    Settings,
)
from wxpark_gui.service.connection_test import ConnectionTest
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.key_change import KeyChange
from wxpark_gui.service.keys import Keys

NEW = Secret("N" * 32)
OWN, PROXY = SETTINGS.account_id, "http://10.0.0.1:3128"
ANSWERED = Outcome(Cause.ANSWERED, user_state="VEHICLE_NOT_EXIST")
REFUSED = Outcome(Cause.SIGNATURE_REFUSED, code="SIGNERROR")
BUSY = Outcome(Cause.BUSY, code="SYSTEMERROR")


@dataclass
class Keyring:
    """Keyring in memory that can fail at each call of `store`."""

    key: Secret | None = field(default_factory=lambda: KEY)
    failures: list[KeyUnavailableError | None] = field(default_factory=list)
    stored: list[Secret] = field(default_factory=list)

    def load(self, mch_id: str) -> Secret:
        assert mch_id == MERCHANT.mch_id
        if self.key is None:
            raise KeyMissingError
        return self.key

    def store(self, mch_id: str, key: Secret) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, KeyringMismatchError):
            self.key = None
        if failure is not None:
            raise failure
        self.key = key
        self.stored.append(key)

    def forget(self, mch_id: str) -> None:
        self.key = None

    def describe(self) -> str:
        return "memory"

    def is_locked(self) -> bool:
        return False


@dataclass
class Gateway:
    """Gateway that answers queries one after the other, and notes their keys."""

    answers: list[Outcome | Exception]
    keys: list[Secret] = field(default_factory=list)
    merchants: list[MerchantProfile] = field(default_factory=list)
    failure: ConnectionFailure | None = None
    before_query: Callable[[], None] = lambda: None

    def probe(self, merchant: MerchantProfile) -> GatewayCheck:
        return GatewayCheck(failure=self.failure)

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        self.before_query()
        self.keys.append(key)
        self.merchants.append(merchant)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None: ...


class Booth:
    def __init__(self, *answers: Outcome | Exception, settings: Settings = SETTINGS) -> None:
        self.keyring = Keyring()
        self.keys = Keys(self.keyring)
        self.gateway = Gateway(list(answers))
        self.proxies: list[str] = []
        self.change = KeyChange(self.keys, CurrentSettings(settings), ConnectionTest(self._open))

    def _open(self, proxy: str) -> Gateway:
        if proxy not in self.proxies:
            self.proxies.append(proxy)
        return self.gateway


def test_accepted_key_is_stored_and_tested_again() -> None:
    booth = Booth(ANSWERED, ANSWERED)
    result = booth.change.switch(NEW, OWN)
    assert (result.step, result.finding) == (KeyStep.SWITCHED, None)
    assert booth.gateway.keys == [NEW, NEW]
    assert booth.keyring.key == NEW


def test_waiting_entries_are_signed_with_the_new_key() -> None:
    booth = Booth(ANSWERED, ANSWERED)
    booth.keys.load(MERCHANT.mch_id)
    booth.change.switch(NEW, OWN)
    assert booth.keys.get(MERCHANT.mch_id) == NEW


def test_nothing_is_stored_before_the_first_test_ends() -> None:
    booth = Booth(ANSWERED, ANSWERED)
    seen: list[Secret | None] = []
    booth.gateway.before_query = lambda: seen.append(booth.keyring.key)
    booth.change.switch(NEW, OWN)
    assert seen == [KEY, NEW]


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        (REFUSED, KeyStep.REFUSED),
        (Outcome(Cause.MERCHANT_REFUSED), KeyStep.REFUSED),
        (Outcome(Cause.PERMISSION_REFUSED), KeyStep.REFUSED),
        (Outcome(Cause.UNTRUSTED), KeyStep.REFUSED),
        (BUSY, KeyStep.UNTESTED),
        (Outcome(Cause.INTERCEPTED), KeyStep.UNTESTED),
        (Outcome(Cause.OFFLINE, code="TIMEOUT"), KeyStep.UNTESTED),
    ],
)
def test_key_that_is_not_accepted_changes_nothing(outcome: Outcome, step: KeyStep) -> None:
    booth = Booth(outcome)
    result = booth.change.switch(NEW, OWN)
    assert result.step is step
    assert result.finding is not None
    assert booth.keyring.stored == []
    assert booth.keyring.key == KEY


def test_without_a_connection_the_key_is_neither_sent_nor_stored() -> None:
    booth = Booth()
    booth.gateway.failure = ConnectionFailure.NO_NETWORK
    result = booth.change.switch(NEW, OWN)
    assert result.step is KeyStep.UNTESTED
    assert result.finding is not None
    assert result.finding.failure is ConnectionFailure.NO_NETWORK
    assert (booth.gateway.keys, booth.keyring.stored) == ([], [])


@pytest.mark.parametrize("second", [REFUSED, BUSY, Outcome(Cause.OFFLINE, code="TIMEOUT")])
def test_old_key_is_restored_if_the_stored_one_fails(second: Outcome) -> None:
    booth = Booth(ANSWERED, second)
    result = booth.change.switch(NEW, OWN)
    assert result.step is KeyStep.RESTORED
    assert booth.keyring.stored == [NEW, KEY]
    assert booth.keys.get(MERCHANT.mch_id) == KEY


def test_old_key_is_restored_after_a_bug() -> None:
    booth = Booth(ANSWERED, ZeroDivisionError())
    assert booth.change.switch(NEW, OWN).step is KeyStep.RESTORED
    assert booth.keyring.key == KEY


def test_new_key_is_removed_if_it_fails_and_there_was_none() -> None:
    booth = Booth(ANSWERED, REFUSED)
    booth.keyring.key = None
    assert booth.change.switch(NEW, OWN).step is KeyStep.RESTORED
    assert booth.keyring.key is None


def test_keyring_that_gives_back_another_value_gets_the_old_key_again() -> None:
    booth = Booth(ANSWERED)
    booth.keyring.failures = [KeyringMismatchError()]
    with pytest.raises(KeyringMismatchError):
        booth.change.switch(NEW, OWN)
    assert booth.keyring.key == KEY
    assert booth.keys.get(MERCHANT.mch_id) == KEY


def test_failure_to_restore_is_told() -> None:
    booth = Booth(ANSWERED, REFUSED)
    booth.keyring.failures = [None, KeyringLockedError()]
    with pytest.raises(KeyNotRestoredError):
        booth.change.switch(NEW, OWN)


def test_untested_key_is_stored_only_by_a_call_of_its_own() -> None:
    booth = Booth()
    assert booth.change.store_untested(NEW, OWN).step is KeyStep.STORED
    assert (booth.gateway.keys, booth.keyring.key) == ([], NEW)


def test_untested_key_that_cannot_be_stored_leaves_the_old_one() -> None:
    booth = Booth()
    booth.keyring.failures = [KeyringFailedError()]
    with pytest.raises(KeyringFailedError):
        booth.change.store_untested(NEW, OWN)
    assert booth.keyring.key == KEY


def test_profile_that_was_removed_has_no_key_to_change() -> None:
    booth = Booth(settings=Settings())
    for change in (booth.change.switch, booth.change.store_untested):
        with pytest.raises(ProfileUnknownError):
            change(NEW, OWN)


def test_key_of_the_named_profile_is_changed_although_another_one_is_current() -> None:
    current = Account("9-9", replace(MERCHANT, mch_id="9", sub_mch_id="9"))
    settings = SETTINGS.with_account(current)
    booth = Booth(ANSWERED, ANSWERED, settings=settings)
    assert booth.change.switch(NEW, OWN).step is KeyStep.SWITCHED
    assert [merchant.mch_id for merchant in booth.gateway.merchants] == [MERCHANT.mch_id] * 2
    assert booth.change.store_untested(KEY, OWN).step is KeyStep.STORED
    assert booth.keyring.key == KEY


@pytest.mark.parametrize(
    ("network", "proxy"),
    [
        (NetworkSettings(EXPLICIT, PROXY), PROXY),
        (NetworkSettings(NO_PROXY, PROXY), ""),
        (NetworkSettings(SYSTEM_PROXY), SYSTEM_PROXY),
    ],
)
def test_key_is_tested_through_the_proxy_that_entries_use(
    network: NetworkSettings, proxy: str
) -> None:
    booth = Booth(REFUSED, settings=replace(SETTINGS, network=network))
    booth.change.switch(NEW, OWN)
    assert booth.proxies == [proxy]


def test_results_name_no_key() -> None:
    booth = Booth(REFUSED)
    assert NEW.reveal() not in repr(booth.change.switch(NEW, OWN))
