"""A command tells what it repaired when it opened the journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.console.in_process import Console
from wxpark_gui.assembly import Assembly

PLATE = "粤B12345"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("notify", "--plate", PLATE, "--json"), 0),
        (("journal", "flush", "--json"), 0),
        (("settings", "set", "appearance.theme=dark"), 0),
        (("merchant", "forget"), 0),
        (("manager", "reset", "--yes"), 0),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_damaged_journal_is_named_on_standard_error(
    live: Console, command: tuple[str, ...], code: int
) -> None:
    live.notify("粤B54321")
    (live.directory / "journal.sqlite3").write_bytes(b"something else" * 1000)
    ended, printed = live.run(*command)
    assert ended == code
    (kept,) = live.directory.glob("journal-damaged-*")
    assert kept.name in live.errors
    if "--json" in command:
        json.loads(printed)
    live.run("journal", "flush")
    assert kept.name not in live.errors


def test_restore_that_a_command_finishes_is_told_once(live: Console, tmp_path: Path) -> None:
    live.notify("粤B54321")
    saved = tmp_path / "saved.zip"
    assert live.run("backup", "save", str(saved))[0] == 0
    with Assembly(live.directory) as parts:
        parts.claim()
        parts.backups.prepare(saved, lambda: False)
        parts.backups.commit(with_settings=False)
    assert live.run("journal", "flush")[0] == 0
    assert "1" in live.errors
    assert live.errors.startswith("备份已")
    live.run("journal", "flush")
    assert live.errors == ""
