"""Queries of a booth, with real threads, a real journal and the training gateway."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from wxpark_gui.controllers.queries import Queries
from wxpark_gui.domain.errors import InvalidInputError
from wxpark_gui.domain.settings import Account
from wxpark_gui.domain.verdict import Severity, UserState
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.on_thread import journal_on_thread
from wxpark_gui.service.present_shift import PresentShift
from wxpark_gui.service.query import PlateQuery, QueryAnswer
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TrainingSettings, TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

PLATE = "粤B12345"


class QueryBooth:
    """The parts of a booth that a query needs."""

    def __init__(self, directory: Path, gateway: TrainingGateway, vault: TrainingVault) -> None:
        clock = SystemClock()
        self.path = directory / "journal.sqlite3"
        self.gateway = gateway
        self.live = Worker("test-live")
        self._journal_worker = Worker("test-journal")
        self._journal = journal_on_thread(
            lambda: SqliteJournal(self.path, clock), self._journal_worker
        )
        self._client = GatewayClient(
            nonces=SystemRandom().nonce,
            clock=clock.monotonic,
            seen=SeenReplies(()),
            route=Route(clock.monotonic),
        )
        store = TrainingSettings(TomlSettings(directory / "settings.toml"), gateway.url)
        settings = CurrentSettings(store.load())
        self.settings = settings
        query = PlateQuery(
            self._client, Keys(vault), settings, clock, self._journal, PresentShift()
        )
        self.queries = Queries(query, self.live)

    def audit(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as connection:
            rows = connection.execute("SELECT detail FROM audit WHERE what = 'query'")
            return [detail for (detail,) in rows]

    def stop(self) -> None:
        assert self.live.stop(10)
        self._journal.close()
        assert self._journal_worker.stop(5)
        self._client.close()


@pytest.fixture
def booth(qapp: object, tmp_path: Path) -> Iterator[QueryBooth]:
    key = make_training_key()
    with TrainingGateway(key, slow_seconds=0.3) as gateway:
        booth = QueryBooth(tmp_path, gateway, TrainingVault(key))
        yield booth
        booth.stop()


def ask(booth: QueryBooth, qtbot: QtBot, plate: str) -> QueryAnswer:
    with qtbot.waitSignal(booth.queries.answered, timeout=10_000) as answered:
        assert booth.queries.ask(plate)
    assert answered.args is not None
    answer = answered.args[0]
    assert isinstance(answer, QueryAnswer)
    return answer


@pytest.mark.parametrize(
    ("plate", "state", "severity"),
    [
        (PLATE, UserState.NORMAL, Severity.OK),
        ("粤B12360", UserState.NOT_BOUND, Severity.CAUTION),
        ("粤B12301", UserState.OVERDUE, Severity.ARREARS),
    ],
)
def test_answer_comes_back_with_its_time(
    booth: QueryBooth, qtbot: QtBot, plate: str, state: UserState, severity: Severity
) -> None:
    answer = ask(booth, qtbot, plate)
    assert (answer.verdict.state, answer.verdict.severity) == (state, severity)
    assert abs(answer.at.timestamp() - time.time()) < 60
    assert len(booth.audit()) == 1
    assert booth.gateway.received == ()


def test_query_goes_out_under_the_account_that_was_current_when_it_was_asked(
    booth: QueryBooth, qtbot: QtBot
) -> None:
    settings = booth.settings.value
    assert settings.account is not None
    merchant = replace(settings.account.merchant, sub_mch_id="1900000777")
    go_on = threading.Event()
    booth.live.submit(lambda: go_on.wait(10), None, lambda error: pytest.fail(str(error)))
    with qtbot.waitSignal(booth.queries.answered, timeout=10_000):
        assert booth.queries.ask(PLATE)
        booth.settings.replace(settings.with_account(Account("other", merchant)))
        go_on.set()
    with qtbot.waitSignal(booth.queries.answered, timeout=10_000):
        assert booth.queries.ask(PLATE)
    sent = [query.sub_mch_id for query in booth.gateway.queried]
    assert sent == [settings.account.merchant.sub_mch_id, "1900000777"]


def test_answer_is_delivered_in_the_thread_of_the_window(booth: QueryBooth, qtbot: QtBot) -> None:
    threads: list[str] = []
    booth.queries.answered.connect(lambda _: threads.append(threading.current_thread().name))
    ask(booth, qtbot, PLATE)
    assert threads == [threading.main_thread().name]


def test_end_without_an_answer_is_an_answer_too(booth: QueryBooth, qtbot: QtBot) -> None:
    booth.gateway.set_faults([Fault.RESET])
    assert ask(booth, qtbot, PLATE).verdict.severity is Severity.FAILED
    booth.gateway.set_faults([])
    assert ask(booth, qtbot, PLATE).verdict.severity is Severity.OK


def test_asking_returns_at_once_and_refuses_a_second_query(booth: QueryBooth, qtbot: QtBot) -> None:
    booth.gateway.set_faults([Fault.SLOW])
    with qtbot.waitSignal(booth.queries.answered, timeout=10_000):
        assert booth.queries.ask(PLATE)
        assert not booth.queries.ask(PLATE)
        during = booth.queries.asking
    assert (during, booth.queries.asking) == (True, False)
    assert len(booth.gateway.queried) == 1


def test_text_that_is_no_plate_is_refused(booth: QueryBooth, qtbot: QtBot) -> None:
    with qtbot.waitSignal(booth.queries.refused, timeout=10_000) as refused:
        booth.queries.ask("粤B12")
    assert refused.args is not None
    assert isinstance(refused.args[0], InvalidInputError)
    assert not booth.queries.asking


def test_bug_is_reported_as_one(
    booth: QueryBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(GatewayClient, "query", fail)
    with qtbot.waitSignal(booth.queries.crashed, timeout=10_000):
        booth.queries.ask(PLATE)
    assert not booth.queries.asking
