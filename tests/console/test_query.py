"""`wxpark query`: exit codes and JSON, alone and while the window is open."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.console.in_process import Console, MemoryVault
from wxpark_gui.console.query import exit_code_of_query
from wxpark_gui.console.report import ExitCode
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.answering import DRIVER_ID, OTHER_PLATE
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway

PLATE = "粤B12345"
JSON_NAMES = [
    "plate", "answered", "severity", "user_state", "deduct_mode",
    "title", "advice", "as_of", "error", "elapsed_ms",
]  # fmt: skip


def query(console: Console, plate: str, *more: str) -> tuple[int, dict[str, Any]]:
    code, printed = console.run("query", "--plate", plate, "--json", *more)
    document: dict[str, Any] = json.loads(printed)
    return code, document


def audit(console: Console) -> list[str]:
    with closing(sqlite3.connect(console.directory / "journal.sqlite3")) as connection:
        rows = connection.execute("SELECT detail FROM audit WHERE what = 'query' ORDER BY note")
        return [detail for (detail,) in rows]


def read_everything(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("plate", "code", "severity", "user_state"),
    [
        (PLATE, 0, "ok", "NORMAL"),
        ("粤b-8k9z2", 0, "arrears", "OVERDUE"),
        ("粤B12304", 0, "info", "UNAUTHORIZED"),
        ("粤B12360", 0, "caution", "NORMAL_NOT_BOUND"),
        ("粤B12361", 0, "caution", "NORMAL_NOT_BOUND"),
        ("粤B12362", 0, "unknown", "NORMAL?"),
        ("粤B12390", 0, "info", "VEHICLE_NOT_EXIST"),
        ("粤B12391", 1, "failed", None),
        ("粤B12386", 1, "failed", None),
        ("粤B12393", 4, "failed", None),
        ("粤B12395", 4, "failed", None),
        ("粤B12399", 4, "failed", None),
    ],
)
def test_each_answer_has_its_exit_code_and_its_class(
    live: Console, plate: str, code: int, severity: str, user_state: str | None
) -> None:
    found, document = query(live, plate)
    assert list(document) == JSON_NAMES
    assert (found, document["severity"], document["user_state"]) == (code, severity, user_state)
    assert document["answered"] == (code == 0) == (document["error"] is None)
    assert document["as_of"].endswith("+00:00")


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [
        (Fault.RESET, 1, "RESET"),
        (Fault.HTTP_500, 1, "HTTP 500"),
        (Fault.CAPTIVE_PORTAL, 1, "WEB_PAGE"),
        (Fault.BADSIGN, 5, "BAD_SIGNATURE"),
        (Fault.OTHER_MERCHANT, 5, "OTHER_MERCHANT"),
    ],
)
def test_each_fault_has_its_exit_code(
    live: Console, gateway: TrainingGateway, fault: Fault, code: int, error: str
) -> None:
    gateway.set_faults([fault])
    found, document = query(live, PLATE)
    assert (found, document["error"]["code"], document["user_state"]) == (code, error, None)


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_an_exit_code_and_none_is_queued(cause: Cause) -> None:
    code = exit_code_of_query(Outcome(cause))
    assert (code is ExitCode.ANSWERED) == (cause is Cause.ANSWERED)
    assert code not in (ExitCode.QUEUED, ExitCode.IN_USE)


def test_query_registers_nothing_saves_no_entry_and_leaves_an_audit_line(
    live: Console, gateway: TrainingGateway
) -> None:
    query(live, PLATE)
    assert [received.plate for received in gateway.queried] == [PLATE]
    assert gateway.received == ()
    assert json.loads(live.run("journal", "list", "--json")[1]) == []
    (line,) = audit(live)
    assert line.startswith("10000098-1900000109 粤B1***5 answered NORMAL - - reply=")


def test_query_that_was_not_answered_is_not_repeated_later(
    live: Console, gateway: TrainingGateway
) -> None:
    gateway.set_faults([Fault.HTTP_500])
    query(live, PLATE)
    gateway.set_faults([])
    assert live.run("journal", "flush")[0] == 0
    assert (gateway.received, gateway.queried) == ((), ())
    assert audit(live) == ["10000098-1900000109 粤B1***5 busy - HTTP 500 -"]


def test_query_is_answered_and_noted_beside_the_open_window(live: Console) -> None:
    directory = prepare_directory(live.directory)
    with (
        DirectoryLock(directory),
        closing(SqliteJournal(directory.journal, SystemClock())) as journal,
    ):
        code, document = query(live, PLATE)
        assert (code, document["severity"]) == (0, "ok")
        assert len(journal.fingerprints(9)) == 1
    assert len(audit(live)) == 1


def test_reply_to_an_earlier_query_is_not_believed(live: Console, gateway: TrainingGateway) -> None:
    gateway.set_faults([Fault.REPLAY])
    assert query(live, PLATE)[0] == 0
    code, document = query(live, PLATE)
    assert (code, document["error"]["code"]) == (5, "REPLAYED")
    assert live.notify(PLATE)[0] == 5


def test_other_plates_of_the_owner_and_the_driver_are_kept_nowhere(live: Console) -> None:
    printed = "".join(live.run("query", "--plate", plate)[1] for plate in (PLATE, "粤B12362"))
    kept = read_everything(live.directory)
    for text in (OTHER_PLATE, DRIVER_ID, "pages/route"):
        assert text not in printed + live.errors
        assert text.encode() not in kept
    assert PLATE.encode() not in kept


@pytest.mark.parametrize("plate", ["", "粤B12", "12345"])
def test_text_that_is_no_plate_is_bad_input(live: Console, plate: str) -> None:
    code, document = query(live, plate)
    assert list(document) == JSON_NAMES
    assert (code, list(document["error"]["fields"])) == (2, ["plate"])


def test_booth_that_is_not_set_up_is_told_so(console: Console) -> None:
    code, document = query(console, PLATE)
    assert (code, document["error"]["code"]) == (6, "NOT_SET_UP")


def test_locked_keyring_asks_nothing(
    live: Console, vault: MemoryVault, gateway: TrainingGateway
) -> None:
    vault.locked = True
    code, document = query(live, PLATE)
    assert (code, document["error"]["code"]) == (6, "KEYRING_LOCKED")
    assert gateway.queried == ()


def test_damaged_journal_asks_nothing(live: Console, gateway: TrainingGateway) -> None:
    (live.directory / "journal.sqlite3").write_bytes(b"no journal")
    assert query(live, PLATE)[0] == 1
    assert gateway.queried == ()


def test_person_reads_plate_state_advice_and_time(live: Console) -> None:
    code, printed = live.run("query", "--plate", PLATE)
    lines = printed.splitlines()
    assert code == 0
    assert lines[:2] == ["粤B·12345  正常", "可自动扣费（无感支付）。只查询，未登记入场"]
    assert lines[2].startswith("截至 ")


def test_training_is_marked(console: Console) -> None:
    code, document = query(console, PLATE, "--training")
    assert (code, document["severity"], document["training"]) == (0, "ok", True)
    assert console.run("query", "--plate", PLATE, "--training")[1].splitlines()[1].endswith("正常")
