"""The vault with faulty keyrings; `test_vault_real` uses real ones."""

from __future__ import annotations

import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import pytest
from keyring.backend import KeyringBackend, get_all_keyring
from keyring.backends import chainer, fail, null
from keyring.errors import (
    InitError,
    KeyringError,
    KeyringLocked,
    NoKeyringError,
    PasswordDeleteError,
    PasswordSetError,
)

from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringFailedError,
    KeyringItemLeftError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringMissingError,
    KeyringSilentError,
    KeyringUnsafeError,
    KeyUnavailableError,
)
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service.ports import Vault
from wxpark_gui.storage.vault import (
    PROBE_SERVICE,
    PROBE_USER,
    SERVICE,
    TRUSTED,
    Backend,
    KeyringVault,
    trusted_backends,
)

MERCHANT = "1900000001"
CANARY = "CanaryCanaryCanaryCanaryCanary01"
KEY = Secret(CANARY)
OTHER_KEY = Secret("CanaryCanaryCanaryCanaryCanary02")
LONG = 30.0

CALLS: dict[str, Callable[[KeyringVault], object]] = {
    "load": lambda vault: vault.load(MERCHANT),
    "store": lambda vault: vault.store(MERCHANT, KEY),
    "forget": lambda vault: vault.forget(MERCHANT),
    "probe": lambda vault: vault.probe(),
}


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> set[Backend]:
    """Registered keyring classes: only those that the test defines or adds."""
    # Its plug-ins are loaded once: now, so that they do not register themselves in the test.
    get_all_keyring()
    known: set[Backend] = set()
    monkeypatch.setattr(KeyringBackend, "_classes", known)
    return known


class Shelf:
    """Content and faults of a fake keyring.

    Attributes:
        items: passwords by service and user name.
        fault: if set, raised by every call.
        distort: function applied to each value that is read.
        removes: if False, removal does nothing.
        copies: further items of the same name, each of which a removal removes first.
        wait: calls block until this event is set, but at most `LONG` seconds.
    """

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.distort: Callable[[str], str | None] = str
        self.removes = True
        self.copies = 0
        self.wait = threading.Event()
        self.wait.set()

    def enter(self) -> None:
        self.wait.wait(LONG)
        if self.fault:
            raise self.fault


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.wait.set()


@pytest.fixture
def fake(shelf: Shelf, register: set[Backend]) -> Backend:
    class Fake(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            shelf.enter()
            found = shelf.items.get((service, username))
            return None if found is None else shelf.distort(found)

        def set_password(self, service: str, username: str, password: str) -> None:
            shelf.enter()
            shelf.items[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            shelf.enter()
            if (service, username) not in shelf.items:
                raise PasswordDeleteError
            if shelf.copies:
                shelf.copies -= 1
            elif shelf.removes:
                del shelf.items[service, username]

    return Fake


@pytest.fixture
def vault(fake: Backend) -> KeyringVault:
    return KeyringVault(LONG, lambda: [fake])


@pytest.fixture
def untrusting() -> KeyringVault:
    """Return a vault that has no trusted keyring class."""
    return KeyringVault(LONG, list)


def test_keyring_vault_implements_the_port(vault: KeyringVault) -> None:
    port: Vault = vault
    port.forget(MERCHANT)


class TestKeeping:
    def test_stored_key_is_loaded(self, vault: KeyringVault) -> None:
        vault.store(MERCHANT, KEY)
        assert vault.load(MERCHANT) == KEY

    def test_item_is_named_by_program_and_merchant(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.store(MERCHANT, KEY)
        assert list(shelf.items) == [("wxpark-gui", MERCHANT)]

    def test_absent_key_is_missing(self, vault: KeyringVault) -> None:
        with pytest.raises(KeyMissingError):
            vault.load(MERCHANT)

    def test_key_deleted_meanwhile_is_missing(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.store(MERCHANT, KEY)
        shelf.items.clear()
        with pytest.raises(KeyMissingError):
            vault.load(MERCHANT)

    def test_forgotten_key_is_removed(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.store(MERCHANT, KEY)
        vault.forget(MERCHANT)
        assert shelf.items == {}

    def test_absent_key_is_forgotten_without_error(self, vault: KeyringVault) -> None:
        vault.forget(MERCHANT)

    def test_key_that_cannot_be_removed_is_an_error(
        self, vault: KeyringVault, shelf: Shelf
    ) -> None:
        vault.store(MERCHANT, KEY)
        shelf.removes = False
        with pytest.raises(KeyringItemLeftError):
            vault.forget(MERCHANT)

    @pytest.mark.parametrize("copies", [1, 3, 20])
    def test_key_stored_several_times_is_removed_whole(
        self, vault: KeyringVault, shelf: Shelf, copies: int
    ) -> None:
        vault.store(MERCHANT, KEY)
        shelf.copies = copies
        vault.forget(MERCHANT)
        assert (shelf.items, shelf.copies) == ({}, 0)

    @pytest.mark.parametrize("found", ["", "short", CANARY + "0", "密" * 32])
    def test_item_that_is_no_key_is_a_mismatch(
        self, vault: KeyringVault, shelf: Shelf, found: str
    ) -> None:
        shelf.items[SERVICE, MERCHANT] = found
        with pytest.raises(KeyringMismatchError):
            vault.load(MERCHANT)


class TestItemOfOtherBytes:
    """Another program stored bytes that are not UTF-8; `keyring` raises as it decodes them."""

    @pytest.fixture(autouse=True)
    def item(self, shelf: Shelf) -> None:
        def decode(stored: str) -> str:
            return stored.encode("latin-1").decode()

        shelf.items[SERVICE, MERCHANT] = "\xff\xfe"
        shelf.distort = decode

    def test_is_a_mismatch(self, vault: KeyringVault) -> None:
        with pytest.raises(KeyringMismatchError):
            vault.load(MERCHANT)

    def test_is_replaced_by_a_key(self, vault: KeyringVault) -> None:
        vault.store(MERCHANT, KEY)
        assert vault.load(MERCHANT) == KEY

    def test_is_removed(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.forget(MERCHANT)
        assert not shelf.items


class TestReadBack:
    LIES: tuple[Callable[[str], str | None], ...] = (
        lambda _: None,
        lambda _: "",
        lambda stored: stored[:-1],
        str.lower,
        lambda _: OTHER_KEY.reveal(),
    )

    @pytest.mark.parametrize("lie", LIES, ids=["nothing", "empty", "cut", "lower", "other"])
    def test_other_value_read_back_is_a_mismatch(
        self, vault: KeyringVault, shelf: Shelf, lie: Callable[[str], str | None]
    ) -> None:
        shelf.distort = lie
        with pytest.raises(KeyringMismatchError):
            vault.store(MERCHANT, KEY)

    def test_item_stored_wrong_is_removed(self, vault: KeyringVault, shelf: Shelf) -> None:
        shelf.distort = str.lower
        with pytest.raises(KeyringMismatchError):
            vault.store(MERCHANT, KEY)
        assert shelf.items == {}

    def test_mismatch_is_raised_even_if_the_item_cannot_be_removed(
        self, vault: KeyringVault, shelf: Shelf
    ) -> None:
        shelf.distort, shelf.removes = str.lower, False
        with pytest.raises(KeyringMismatchError):
            vault.store(MERCHANT, KEY)


class TestProbe:
    def test_leaves_no_item_and_touches_no_key(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.store(MERCHANT, KEY)
        before = dict(shelf.items)
        vault.probe()
        assert shelf.items == before

    def test_item_stored_several_times_is_removed_whole(
        self, vault: KeyringVault, shelf: Shelf
    ) -> None:
        shelf.copies = 4
        vault.probe()
        assert (shelf.items, shelf.copies) == ({}, 0)

    def test_writes_another_value_each_time(self, vault: KeyringVault, shelf: Shelf) -> None:
        shelf.removes = False
        seen = set()
        for _ in range(2):
            vault.probe()
            seen.add(shelf.items[PROBE_SERVICE, PROBE_USER])
        assert len(seen) == 2

    def test_value_that_is_read_back_changed_is_a_mismatch_and_is_removed(
        self, vault: KeyringVault, shelf: Shelf
    ) -> None:
        shelf.distort = lambda value: value + "x"
        with pytest.raises(KeyringMismatchError):
            vault.probe()
        assert shelf.items == {}


class TestChoice:
    def test_only_four_classes_are_trusted(self) -> None:
        assert [f"{b.__module__}.{b.__qualname__}" for b in trusted_backends()] == [
            "keyring.backends.SecretService.Keyring",
            "keyring.backends.kwallet.DBusKeyring",
            "keyring.backends.Windows.WinVaultKeyring",
            "keyring.backends.macOS.Keyring",
        ]
        assert len(TRUSTED) == 4

    @pytest.mark.parametrize("classes", [(), (fail.Keyring, null.Keyring, chainer.ChainerBackend)])
    def test_no_keyring_or_null_keyrings_only_is_a_missing_keyring(
        self, untrusting: KeyringVault, register: set[Backend], classes: tuple[Backend, ...]
    ) -> None:
        register.update(classes)
        for call in CALLS.values():
            with pytest.raises(KeyringMissingError):
                call(untrusting)

    def test_plain_text_keyring_is_unsafe(
        self, untrusting: KeyringVault, register: set[Backend]
    ) -> None:
        plain: Backend = pytest.importorskip("keyrings.alt.file").PlaintextKeyring
        register.update({plain, fail.Keyring, chainer.ChainerBackend})
        with pytest.raises(KeyringUnsafeError, match="PlaintextKeyring"):
            untrusting.store(MERCHANT, KEY)

    def test_unknown_keyring_is_unsafe_and_stays_empty(
        self, untrusting: KeyringVault, fake: Backend, shelf: Shelf
    ) -> None:
        for call in CALLS.values():
            with pytest.raises(KeyringUnsafeError):
                call(untrusting)
        assert shelf.items == {}

    def test_environment_cannot_select_another_keyring(
        self, untrusting: KeyringVault, fake: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{fake.__module__}.{fake.__qualname__}")
        with pytest.raises(KeyringUnsafeError):
            untrusting.describe()

    def test_environment_cannot_change_properties_of_the_keyring(
        self, vault: KeyringVault, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KEYRING_PROPERTY_GET_PASSWORD", "elsewhere")
        vault.store(MERCHANT, KEY)
        assert vault.load(MERCHANT) == KEY

    def test_keyring_of_the_highest_priority_is_used(
        self, fake: Backend, shelf: Shelf, register: set[Backend]
    ) -> None:
        class Better(fake):  # type: ignore[valid-type, misc]  # a base made by a fixture
            priority = 2

            def get_password(self, service: str, username: str) -> str:
                return OTHER_KEY.reveal()

        assert KeyringVault(LONG, lambda: [fake, Better]).load(MERCHANT) == OTHER_KEY

    def test_keyring_that_is_not_viable_is_skipped(
        self, fake: Backend, vault: KeyringVault, shelf: Shelf
    ) -> None:
        vault.store(MERCHANT, KEY)
        assert KeyringVault(LONG, lambda: [*unviable(), fake]).load(MERCHANT) == KEY


def unviable() -> list[Backend]:
    """Return the trusted keyring classes that do not work on this system."""
    return [backend for backend in trusted_backends() if not backend.viable]


class TestFailure:
    FAULTS = (
        (KeyringLocked(CANARY), KeyringLockedError),
        (NoKeyringError(CANARY), KeyringMissingError),
        (InitError(CANARY), KeyringFailedError),
        (PasswordSetError(CANARY), KeyringFailedError),
        (KeyringError(CANARY), KeyringFailedError),
        (OSError(CANARY), KeyringFailedError),
        (ValueError(CANARY), KeyringFailedError),
    )

    @pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
    @pytest.mark.parametrize(("fault", "expected"), FAULTS)
    def test_failure_of_the_keyring_has_its_class_and_no_text(
        self,
        vault: KeyringVault,
        shelf: Shelf,
        call: Callable[[KeyringVault], object],
        fault: Exception,
        expected: type[KeyUnavailableError],
    ) -> None:
        shelf.fault = fault
        with pytest.raises(expected) as caught:
            call(vault)
        assert caught.value.detail == type(fault).__name__
        assert CANARY not in told_by(caught.value)

    @pytest.mark.parametrize("name", ["LockedException", "PromptDismissedException"])
    @pytest.mark.parametrize("wrapped", [False, True])
    def test_dismissed_prompt_is_a_locked_keyring(
        self, vault: KeyringVault, shelf: Shelf, name: str, wrapped: bool
    ) -> None:
        fault: Exception = getattr(pytest.importorskip("secretstorage.exceptions"), name)()
        if wrapped:
            shelf.fault = InitError()
            shelf.fault.__cause__ = fault
        else:
            shelf.fault = fault
        with pytest.raises(KeyringLockedError):
            vault.load(MERCHANT)

    def test_mismatch_does_not_quote_the_key(self, vault: KeyringVault, shelf: Shelf) -> None:
        shelf.distort = str.swapcase
        with pytest.raises(KeyringMismatchError) as caught:
            vault.store(MERCHANT, KEY)
        assert CANARY not in told_by(caught.value)
        assert CANARY.swapcase() not in told_by(caught.value)


def told_by(error: BaseException) -> str:
    """Return all text of an error that can reach a log or crash report, with local variables."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    plain = "".join(traceback.format_exception(error))
    own_frames = [f for f in report.stack if "storage/vault" in f.filename]
    return f"{error} {error!r} {error.__context__!r} {plain} {[f.locals for f in own_frames]}"


class TestSilence:
    def test_keyring_that_does_not_answer_times_out(self, fake: Backend, shelf: Shelf) -> None:
        shelf.wait.clear()
        with pytest.raises(KeyringSilentError, match=r"0\.05 s"):
            KeyringVault(0.05, lambda: [fake]).load(MERCHANT)

    def test_calls_during_a_timed_out_one_fail_at_once_without_a_thread(
        self, fake: Backend, shelf: Shelf
    ) -> None:
        shelf.wait.clear()
        vault = KeyringVault(0.2, lambda: [fake])
        started = time.monotonic()
        for call in (*CALLS.values(),) * 20:
            with pytest.raises(KeyringSilentError):
                call(vault)
        assert time.monotonic() - started < 60 * 0.2 / 3
        assert sum(thread.name == "keyring" for thread in threading.enumerate()) == 1

    def test_slow_choice_of_the_keyring_times_out(self, shelf: Shelf) -> None:
        def choose() -> list[Backend]:
            shelf.enter()
            return []

        shelf.wait.clear()
        with pytest.raises(KeyringSilentError):
            KeyringVault(0.05, choose).describe()


def test_description_names_the_keyring_in_use(vault: KeyringVault, fake: Backend) -> None:
    assert vault.describe() == fake.__module__.rpartition(".")[2]


class TestLocked:
    def test_keyring_that_cannot_tell_is_neither_locked_nor_open(self, vault: KeyringVault) -> None:
        assert vault.is_locked() is None

    def test_no_keyring_at_all_is_missing(
        self, untrusting: KeyringVault, register: set[Backend]
    ) -> None:
        with pytest.raises(KeyringMissingError):
            untrusting.is_locked()

    def test_state_is_told_without_reading_an_item(self, vault: KeyringVault, shelf: Shelf) -> None:
        shelf.fault = KeyringLocked()
        assert vault.is_locked() is None

    @pytest.mark.parametrize(
        ("module", "locked"),
        [
            ("keyring.backends.Windows", False),
            ("keyring.backends.macOS", None),
            ("keyring.backends.kwallet", None),
        ],
    )
    def test_state_of_other_systems_follows_from_the_class(
        self, fake: Backend, monkeypatch: pytest.MonkeyPatch, module: str, locked: bool | None
    ) -> None:
        monkeypatch.setattr(fake, "__module__", module)
        assert KeyringVault(LONG, lambda: [fake]).is_locked() is locked


def test_error_can_be_pickled(vault: KeyringVault) -> None:
    with pytest.raises(KeyMissingError) as caught:
        vault.load(MERCHANT)
    assert pickle.loads(pickle.dumps(caught.value)).code == "KEY_MISSING"
