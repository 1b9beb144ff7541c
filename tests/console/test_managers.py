"""`wxpark manager`: names, and the recovery from a forgotten PIN."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from tests.console.in_process import KEY, Console, MemoryVault
from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.manager import Guard
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service import managers as service


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PIN_COST", 2**4)


@pytest.fixture
def guarded(live: Console) -> Console:
    """A booth with a key in the keyring and the manager 王经理."""
    with Assembly(live.directory) as parts, closing(parts.open_journal()):
        parts.managers().add("王经理", Secret("13579"))
    return live


def guard(console: Console) -> Guard:
    with Assembly(console.directory, read_only=True) as parts:
        return parts.managers().state().guard


def test_managers_are_listed_beside_the_open_window(guarded: Console) -> None:
    with Assembly(guarded.directory) as parts:
        parts.claim()
        assert guarded.run("manager", "list") == (0, "王经理\n")
        code, printed = guarded.run("manager", "list", "--json")
    assert (code, json.loads(printed)) == (0, {"guard": "set", "managers": ["王经理"]})


def test_booth_without_managers_says_that_all_is_open(live: Console) -> None:
    code, out = live.run("manager", "list")
    assert (code, "人人可用" in out) == (0, True)


@pytest.mark.parametrize("content", [None, "{"])
def test_lost_file_is_told_with_its_remedy(guarded: Console, content: str | None) -> None:
    path = guarded.directory / "managers.json"
    path.unlink() if content is None else path.write_text(content)
    code, _ = guarded.run("manager", "list")
    assert code == 1
    assert "wxpark manager reset" in guarded.errors


@pytest.mark.parametrize("typed", ["", "no\n", "y\n"])
def test_reset_asks_and_changes_nothing_without_a_yes(guarded: Console, typed: str) -> None:
    code, out = guarded.run("manager", "reset", typed=typed)
    assert code == 1
    assert "商户密钥不会显示" in out
    assert "没有任何改动" in guarded.errors
    assert guard(guarded) is Guard.SET


def test_reset_removes_the_managers_and_leaves_the_key(
    guarded: Console, vault: MemoryVault
) -> None:
    before = dict(vault.keys)
    code, out = guarded.run("manager", "reset", typed="yes\n")
    assert code == 0
    assert guard(guarded) is Guard.OPEN
    assert vault.keys == before != {}
    assert KEY not in out + guarded.errors
    with closing(sqlite3.connect(guarded.directory / "journal.sqlite3")) as journal:
        last = journal.execute("SELECT what, detail FROM audit ORDER BY note DESC").fetchone()
    assert last == ("guard_reset", "guard by=console")


@pytest.mark.parametrize("content", [None, "{"])
def test_reset_recovers_from_a_lost_file(guarded: Console, content: str | None) -> None:
    path = guarded.directory / "managers.json"
    path.unlink() if content is None else path.write_text(content)
    code, _ = guarded.run("manager", "reset", "--yes")
    assert (code, guard(guarded)) == (0, Guard.OPEN)


def test_reset_needs_the_window_closed(guarded: Console) -> None:
    with Assembly(guarded.directory) as parts:
        parts.claim()
        code, _ = guarded.run("manager", "reset", "--yes")
    assert (code, guard(guarded)) == (7, Guard.SET)
