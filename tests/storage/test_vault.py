"""The vault against keyrings that misbehave; the real ones are in `test_vault_real`."""

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
    KeyringLockedError,
    KeyringMismatchError,
    KeyringMissingError,
    KeyringSilentError,
    KeyringUnsafeError,
    KeyUnavailableError,
)
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service.ports import Vault
from wxpark_gui.storage.vault import SERVICE, TRUSTED, Backend, KeyringVault, trusted_backends

MERCHANT = "1900000001"
CANARY = "CanaryCanaryCanaryCanaryCanary01"
KEY = Secret(CANARY)
OTHER_KEY = Secret("CanaryCanaryCanaryCanaryCanary02")
LONG = 30.0

CALLS: dict[str, Callable[[KeyringVault], object]] = {
    "load": lambda vault: vault.load(MERCHANT),
    "store": lambda vault: vault.store(MERCHANT, KEY),
    "forget": lambda vault: vault.forget(MERCHANT),
}


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> set[Backend]:
    """The classes keyring knows, for one test: none but those made in it or put in by it."""
    # Its plug-ins are loaded once: now, so that they do not register themselves in the test.
    get_all_keyring()
    known: set[Backend] = set()
    monkeypatch.setattr(KeyringBackend, "_classes", known)
    return known


class Shelf:
    """What a fake keyring holds, and how it misbehaves.

    Attributes:
        items: passwords by service and user name.
        fault: raised by every call.
        distort: changes what is read.
        removes: whether removing removes.
        wait: passes when the keyring may go on.
    """

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.distort: Callable[[str], str | None] = str
        self.removes = True
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
            if shelf.removes:
                del shelf.items[service, username]

    return Fake


@pytest.fixture
def vault(fake: Backend) -> KeyringVault:
    return KeyringVault(LONG, lambda: [fake])


@pytest.fixture
def untrusting() -> KeyringVault:
    """On a computer where no trusted keyring works."""
    return KeyringVault(LONG, list)


def test_is_a_vault(vault: KeyringVault) -> None:
    port: Vault = vault
    port.forget(MERCHANT)


class TestKeeping:
    def test_returns_the_stored_key(self, vault: KeyringVault) -> None:
        vault.store(MERCHANT, KEY)
        assert vault.load(MERCHANT) == KEY

    def test_keeps_each_merchants_key_under_the_programs_name(
        self, vault: KeyringVault, shelf: Shelf
    ) -> None:
        vault.store(MERCHANT, KEY)
        assert list(shelf.items) == [("wxpark-gui", MERCHANT)]

    def test_a_key_that_is_not_there_is_missing(self, vault: KeyringVault) -> None:
        with pytest.raises(KeyMissingError):
            vault.load(MERCHANT)

    def test_a_key_deleted_meanwhile_is_missing(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.store(MERCHANT, KEY)
        shelf.items.clear()
        with pytest.raises(KeyMissingError):
            vault.load(MERCHANT)

    def test_forgets(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.store(MERCHANT, KEY)
        vault.forget(MERCHANT)
        assert shelf.items == {}

    def test_forgets_what_is_not_there(self, vault: KeyringVault) -> None:
        vault.forget(MERCHANT)

    def test_says_when_a_key_cannot_be_removed(self, vault: KeyringVault, shelf: Shelf) -> None:
        vault.store(MERCHANT, KEY)
        shelf.removes = False
        with pytest.raises(KeyringFailedError, match="still there"):
            vault.forget(MERCHANT)

    @pytest.mark.parametrize("found", ["", "short", CANARY + "0", "密" * 32])
    def test_something_else_than_a_key_is_not_taken_for_one(
        self, vault: KeyringVault, shelf: Shelf, found: str
    ) -> None:
        shelf.items[SERVICE, MERCHANT] = found
        with pytest.raises(KeyringMismatchError):
            vault.load(MERCHANT)


class TestReadBack:
    LIES: tuple[Callable[[str], str | None], ...] = (
        lambda _: None,
        lambda _: "",
        lambda stored: stored[:-1],
        str.lower,
        lambda _: OTHER_KEY.reveal(),
    )

    @pytest.mark.parametrize("lie", LIES, ids=["nothing", "empty", "cut", "lower", "other"])
    def test_a_keyring_that_gives_back_something_else_is_found_out(
        self, vault: KeyringVault, shelf: Shelf, lie: Callable[[str], str | None]
    ) -> None:
        shelf.distort = lie
        with pytest.raises(KeyringMismatchError):
            vault.store(MERCHANT, KEY)

    def test_mismatched_key_is_removed(self, vault: KeyringVault, shelf: Shelf) -> None:
        shelf.distort = str.lower
        with pytest.raises(KeyringMismatchError):
            vault.store(MERCHANT, KEY)
        assert shelf.items == {}

    def test_the_mismatch_is_told_even_if_nothing_can_be_removed(
        self, vault: KeyringVault, shelf: Shelf
    ) -> None:
        shelf.distort, shelf.removes = str.lower, False
        with pytest.raises(KeyringMismatchError):
            vault.store(MERCHANT, KEY)


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
    def test_none_at_all_or_the_null_ones_are_a_missing_keyring(
        self, untrusting: KeyringVault, register: set[Backend], classes: tuple[Backend, ...]
    ) -> None:
        register.update(classes)
        for call in CALLS.values():
            with pytest.raises(KeyringMissingError):
                call(untrusting)

    def test_the_plain_file_of_keyrings_alt_is_unsafe(
        self, untrusting: KeyringVault, register: set[Backend]
    ) -> None:
        plain: Backend = pytest.importorskip("keyrings.alt.file").PlaintextKeyring
        register.update({plain, fail.Keyring, chainer.ChainerBackend})
        with pytest.raises(KeyringUnsafeError, match="PlaintextKeyring"):
            untrusting.store(MERCHANT, KEY)

    def test_an_unknown_keyring_is_unsafe_and_stays_empty(
        self, untrusting: KeyringVault, fake: Backend, shelf: Shelf
    ) -> None:
        for call in CALLS.values():
            with pytest.raises(KeyringUnsafeError):
                call(untrusting)
        assert shelf.items == {}

    def test_the_environment_cannot_name_another_keyring(
        self, untrusting: KeyringVault, fake: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{fake.__module__}.{fake.__qualname__}")
        with pytest.raises(KeyringUnsafeError):
            untrusting.describe()

    def test_the_environment_cannot_change_a_keyring(
        self, vault: KeyringVault, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KEYRING_PROPERTY_GET_PASSWORD", "elsewhere")
        vault.store(MERCHANT, KEY)
        assert vault.load(MERCHANT) == KEY

    def test_the_one_with_the_highest_priority_is_used(
        self, fake: Backend, shelf: Shelf, register: set[Backend]
    ) -> None:
        class Better(fake):  # type: ignore[valid-type, misc]  # a base made by a fixture
            priority = 2

            def get_password(self, service: str, username: str) -> str:
                return OTHER_KEY.reveal()

        assert KeyringVault(LONG, lambda: [fake, Better]).load(MERCHANT) == OTHER_KEY

    def test_one_that_does_not_work_here_is_passed_over(
        self, fake: Backend, vault: KeyringVault, shelf: Shelf
    ) -> None:
        vault.store(MERCHANT, KEY)
        assert KeyringVault(LONG, lambda: [*unviable(), fake]).load(MERCHANT) == KEY


def unviable() -> list[Backend]:
    """The trusted keyrings of other systems than this one."""
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
    def test_has_its_class_and_never_quotes_the_keyring(
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
    def test_unanswered_prompt_counts_as_a_locked_keyring(
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

    def test_a_mismatch_does_not_quote_the_key_either(
        self, vault: KeyringVault, shelf: Shelf
    ) -> None:
        shelf.distort = str.swapcase
        with pytest.raises(KeyringMismatchError) as caught:
            vault.store(MERCHANT, KEY)
        assert CANARY not in told_by(caught.value)
        assert CANARY.swapcase() not in told_by(caught.value)


def told_by(error: BaseException) -> str:
    """All that a log, a dialog or a crash report could take from an error, locals included."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    plain = "".join(traceback.format_exception(error))
    own_frames = [f for f in report.stack if "storage/vault" in f.filename]
    return f"{error} {error!r} {error.__context__!r} {plain} {[f.locals for f in own_frames]}"


class TestSilence:
    def test_a_keyring_that_does_not_answer_is_given_up(self, fake: Backend, shelf: Shelf) -> None:
        shelf.wait.clear()
        with pytest.raises(KeyringSilentError, match=r"0\.05 s"):
            KeyringVault(0.05, lambda: [fake]).load(MERCHANT)

    def test_while_it_is_silent_no_call_waits_long_and_no_thread_is_added(
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

    def test_a_slow_choice_is_given_up_too(self, shelf: Shelf) -> None:
        def choose() -> list[Backend]:
            shelf.enter()
            return []

        shelf.wait.clear()
        with pytest.raises(KeyringSilentError):
            KeyringVault(0.05, choose).describe()


def test_describes_the_keyring_in_use(vault: KeyringVault, fake: Backend) -> None:
    assert vault.describe() == fake.__module__.rpartition(".")[2]


def test_errors_can_be_pickled(vault: KeyringVault) -> None:
    with pytest.raises(KeyMissingError) as caught:
        vault.load(MERCHANT)
    assert pickle.loads(pickle.dumps(caught.value)).code == "KEY_MISSING"
