"""Contract of `AccountUse`: number of waiting entries of an account, and if one was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.workplace import ORIGIN, Clock, append, send
from tests.service.test_merchants import FakeUse
from wxpark_gui.service.ports import AccountUse
from wxpark_gui.storage.journal import SqliteJournal

ACCOUNT = ORIGIN.account_id
Make = Callable[[int, bool], AccountUse]


@pytest.fixture(params=["SqliteJournal", "FakeUse"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Function that makes an account with waiting entries, and with an answer or without."""
    with closing(SqliteJournal(tmp_path / "journal.sqlite3", Clock())) as journal:

        def make_real(waiting: int, answered: bool) -> AccountUse:
            for number in range(1, waiting + 1):
                append(journal, number)
            if answered:
                send(journal, append(journal, 99), answered=True)
            return journal

        def make_fake(waiting: int, answered: bool) -> AccountUse:
            return FakeUse({ACCOUNT: waiting}, {ACCOUNT} if answered else set())

        yield make_real if request.param == "SqliteJournal" else make_fake


@pytest.mark.parametrize("waiting", [0, 3])
def test_entries_that_wait_are_counted(make: Make, waiting: int) -> None:
    assert make(waiting, False).waiting(ACCOUNT) == waiting


@pytest.mark.parametrize("answered", [False, True])
def test_an_answer_is_remembered(make: Make, answered: bool) -> None:
    assert make(1, answered).was_answered(ACCOUNT) is answered


def test_another_account_is_not_meant(make: Make) -> None:
    use = make(3, True)
    assert use.waiting("other") == 0
    assert not use.was_answered("other")
