"""The keyring and the connection are tried on threads of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import merchant_of
from tests.wechatpay.conftest import Peer, Server
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.errors import KeyringLockedError, KeyringSilentError, KeyUnavailableError
from wxpark_gui.domain.health import Finding, Subject
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Settings, change_merchant
from wxpark_gui.service.connection_test import ConnectionResult
from wxpark_gui.service.examination import Checked
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway

KEY = make_training_key()


@dataclass(frozen=True)
class PromptingVault(TrainingVault):
    """Keyring that is locked, and unlocked by its prompt unless `failure` is raised then."""

    failure: KeyUnavailableError | None = None

    def is_locked(self) -> bool:
        return True

    def probe(self) -> None:
        if self.failure:
            raise self.failure


@pytest.fixture
def gateway() -> Iterator[TrainingGateway]:
    with TrainingGateway(KEY) as gateway:
        yield gateway


def failures_of(qtbot: QtBot, booth: Booth, *, may_prompt: bool) -> KeyUnavailableError | None:
    setup = booth.controllers.setup
    with qtbot.waitSignal(setup.keyringTried) as tried:
        setup.try_keyring(may_prompt=may_prompt)
    assert tried.args is not None
    failure: KeyUnavailableError | None = tried.args[0]
    return failure


@pytest.mark.parametrize(
    ("vault", "may_prompt", "expected"),
    [
        (TrainingVault(KEY), False, None),
        (PromptingVault(KEY), False, KeyringLockedError),
        (PromptingVault(KEY), True, None),
        (PromptingVault(KEY, KeyringSilentError("10 s")), True, KeyringSilentError),
    ],
)
def test_keyring_is_tried_and_prompts_only_if_it_may(
    qtbot: QtBot,
    tmp_path: Path,
    gateway: TrainingGateway,
    vault: TrainingVault,
    may_prompt: bool,
    expected: type[KeyUnavailableError] | None,
) -> None:
    booth = make_booth(tmp_path, gateway.url, vault)
    failure = failures_of(qtbot, booth, may_prompt=may_prompt)
    assert (type(failure) if failure else None) is expected
    booth.stop(5)


def run_test(qtbot: QtBot, booth: Booth, settings: Settings) -> ConnectionResult:
    """Run the test to its end; return its findings."""
    setup = booth.controllers.setup
    found: list[Finding] = []

    def note(checked: Checked) -> None:
        found.extend(checked.findings)

    setup.connection.found.connect(note)
    with qtbot.waitSignal(setup.connection.finished, timeout=20_000):
        setup.test(settings)
    return ConnectionResult(tuple(found))


def test_connection_test_reads_the_key_from_the_keyring(
    qtbot: QtBot, tmp_path: Path, gateway: TrainingGateway
) -> None:
    booth = make_booth(tmp_path, gateway.url, TrainingVault(KEY))
    assert run_test(qtbot, booth, booth.settings.current).is_proven
    assert not gateway.received
    booth.stop(5)


def test_other_key_in_the_keyring_is_doubted(
    qtbot: QtBot, tmp_path: Path, gateway: TrainingGateway
) -> None:
    booth = make_booth(tmp_path, gateway.url, TrainingVault(Secret("0" * 32)))
    assert run_test(qtbot, booth, booth.settings.current).key_is_doubted
    booth.stop(5)


def test_line_lost_after_the_connection_was_examined_is_named_and_proves_nothing(
    qtbot: QtBot, tmp_path: Path, gateway: TrainingGateway
) -> None:
    booth = make_booth(tmp_path, gateway.url, TrainingVault(KEY))
    gateway.set_faults([Fault.RESET])
    result = run_test(qtbot, booth, booth.settings.current)
    last = result.findings[-1]
    assert (last.subject, last.failure) == (Subject.SIGNED_QUERY, ConnectionFailure.RESET)
    assert (result.is_proven, result.has_failed) == (False, True)
    assert not result.key_is_doubted
    booth.stop(5)


def test_no_test_begins_without_an_account(tmp_path: Path, gateway: TrainingGateway) -> None:
    booth = make_booth(tmp_path, gateway.url, TrainingVault(KEY))
    assert booth.controllers.setup.test(Settings()) == ()
    booth.stop(5)


@pytest.fixture
def silent() -> Iterator[Server]:
    """Server that accepts connections and never answers."""

    def keep_silent(peer: Peer) -> None:
        peer.wait_until_client_leaves()

    server = Server(keep_silent, None)
    yield server
    server.stop()


def at(url: str, settings: Settings) -> Settings:
    """Return the settings with the gateway at `url`."""
    merchant = replace(merchant_of(settings), gateway_url=url)
    return change_merchant(settings, merchant, proven=False)


def test_cancelled_test_reports_nothing_and_another_one_starts_at_once(
    qtbot: QtBot, tmp_path: Path, gateway: TrainingGateway, silent: Server
) -> None:
    booth = make_booth(tmp_path, gateway.url, TrainingVault(KEY))
    settings = booth.settings.current
    connection = booth.controllers.setup.connection
    booth.controllers.setup.test(at(silent.url, settings))
    connection.cancel()
    assert not connection.running
    result = run_test(qtbot, booth, settings)
    assert result.is_proven
    assert [finding.subject for finding in result.findings].count(Subject.GATEWAY) == 1
    booth.stop(5)


def test_program_ends_in_the_middle_of_a_test(
    tmp_path: Path, gateway: TrainingGateway, silent: Server
) -> None:
    booth = make_booth(tmp_path, gateway.url, TrainingVault(KEY))
    booth.controllers.setup.test(at(silent.url, booth.settings.current))
    assert booth.stop(5)
    QCoreApplication.processEvents()
    assert not booth.controllers.setup.connection.running
