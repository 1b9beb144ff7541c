"""The managers' file: what is read back, and which contents are refused."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wxpark_gui.domain.manager import ManagersLostError, ManagersNotWrittenError
from wxpark_gui.domain.manager_book import Manager, ManagerBook, Tries
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import hash_pin
from wxpark_gui.domain.shift import Person
from wxpark_gui.storage.managers import JsonManagers

BOOK = ManagerBook(
    (Manager(Person("m1", "王经理", "王经理"), hash_pin(Secret("13579"), "S" * 32, 2**4)),),
    Tries(5, "run", 1234.5),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "managers.json"


def test_book_is_read_back(path: Path) -> None:
    JsonManagers(path).save(BOOK)
    assert JsonManagers(path).load() == BOOK


def test_book_after_a_byte_order_mark_is_read(path: Path) -> None:
    JsonManagers(path).save(BOOK)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert JsonManagers(path).load() == BOOK


def test_missing_file_is_no_book(path: Path) -> None:
    assert JsonManagers(path).load() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_file_is_readable_by_its_owner_only(path: Path) -> None:
    JsonManagers(path).save(BOOK)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_file_cut_at_any_byte_is_refused(path: Path) -> None:
    JsonManagers(path).save(BOOK)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ManagersLostError):
            JsonManagers(path).load()


def cost(values: dict[str, Any]) -> None:
    values["managers"][0]["cost"] = 2**30


def odd_cost(values: dict[str, Any]) -> None:
    values["managers"][0]["cost"] = 12_345


def cheaper_blocks(values: dict[str, Any]) -> None:
    values["managers"][0]["block_size"] = 1


def nobody(values: dict[str, Any]) -> None:
    values["managers"] = []


def twice(values: dict[str, Any]) -> None:
    values["managers"] *= 2


def newer(values: dict[str, Any]) -> None:
    values["format"] = 2


def negative(values: dict[str, Any]) -> None:
    values["tries"]["count"] = -1


def endless(values: dict[str, Any]) -> None:
    values["tries"]["at"] = float("-inf")


def truth(values: dict[str, Any]) -> None:
    values["tries"]["count"] = True


def no_tries(values: dict[str, Any]) -> None:
    del values["tries"]


def no_hash(values: dict[str, Any]) -> None:
    values["managers"][0]["digest"] = ""


def no_name(values: dict[str, Any]) -> None:
    values["managers"][0]["name"] = " "


def text(values: dict[str, Any]) -> None:
    values["managers"] = "王经理"


@pytest.mark.parametrize(
    "change",
    [cost, odd_cost, cheaper_blocks, nobody, twice, newer, negative, endless, truth, no_tries,
     no_hash, no_name, text],
)  # fmt: skip
def test_invalid_value_is_refused_without_naming_it(
    path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    JsonManagers(path).save(BOOK)
    values = json.loads(path.read_text("utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ManagersLostError) as refused:
        JsonManagers(path).load()
    assert BOOK.managers[0].pin.digest not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("content", [b"[]", b"null", b"\xff\xfe", b"{" * 5000, b" " * 200_000])
def test_other_content_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ManagersLostError):
        JsonManagers(path).load()


def test_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    store = JsonManagers(path)
    store.save(BOOK)
    monkeypatch.setattr("wxpark_gui.storage.durable.replace_file", full)
    with pytest.raises(ManagersNotWrittenError):
        store.save(ManagerBook(BOOK.managers))
    assert store.load() == BOOK
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_removed_file_is_gone_and_a_missing_one_is_no_error(path: Path) -> None:
    store = JsonManagers(path)
    store.save(BOOK)
    store.remove()
    store.remove()
    assert store.load() is None


def test_directory_in_its_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ManagersLostError):
        JsonManagers(path).load()
    with pytest.raises(ManagersNotWrittenError):
        JsonManagers(path).remove()
