"""Saved searches are written as a whole and read back; reading never fails, and loses nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import SettingsNotWrittenError, TooManySearchesError
from wxpark_gui.domain.history import (
    HistoryFilter,
    Kind,
    Period,
    PlateMatch,
    Search,
)
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.storage.searches import MOST_SEARCHES, JsonSearches

SEARCHES = (
    Search("欠费的", Period.WEEK, HistoryFilter(severities=frozenset({Severity.ARREARS}))),
    Search(
        "三月",
        Period.CHOSEN,
        HistoryFilter(
            "粤B12345",
            PlateMatch.LOOKALIKE,
            date(2026, 3, 1),
            date(2026, 3, 31),
            frozenset({Severity.OK}),
            frozenset({DeliveryState.WAITING}),
            "李师傅",
            "东门",
            Kind.BACKFILLED,
        ),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "searches.json"


def test_saved_searches_are_read_back(path: Path) -> None:
    JsonSearches(path).save(SEARCHES)
    assert JsonSearches(path).load() == SEARCHES


def test_missing_file_reads_as_none(path: Path) -> None:
    assert JsonSearches(path).load() == ()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b"\xff\xfe", b"[1, null, []]", b"[" * 99_999]
)
def test_invalid_file_reads_as_none(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert JsonSearches(path).load() == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [("match", "?"), ("period", 3), ("first_day", "2026-02-31"), ("name", ""), ("states", [1])],
)
def test_invalid_search_is_left_out(path: Path, key: str, value: object) -> None:
    JsonSearches(path).save(SEARCHES)
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored[0][key] = value
    path.write_text(json.dumps(stored), encoding="utf-8")
    assert JsonSearches(path).load() == SEARCHES[1:]


def test_search_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsNotWrittenError):
        JsonSearches(tmp_path / "missing" / "searches.json").save(SEARCHES)


def test_one_search_too_many_is_refused_and_the_saved_ones_stay(path: Path) -> None:
    many = tuple(Search(f"查询{number}") for number in range(MOST_SEARCHES))
    JsonSearches(path).save(many)
    with pytest.raises(TooManySearchesError):
        JsonSearches(path).save((*many, Search("又一个")))
    assert JsonSearches(path).load() == many


def test_searches_after_a_byte_order_mark_are_read(path: Path) -> None:
    searches = JsonSearches(path)
    searches.save(SEARCHES)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert (searches.load(), searches.is_damaged()) == (SEARCHES, False)


DAMAGED = [b"", b"{", b"{}", b"\xff\xfe", b"[1, null, []]", b"[" * 99_999, b"[" + b" " * 100_000]


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_file_is_kept_when_a_search_is_saved(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    searches = JsonSearches(path)
    assert searches.is_damaged()
    assert path.read_bytes() == content
    searches.save(SEARCHES)
    assert path.with_name("searches.json.unreadable").read_bytes() == content
    assert (searches.load(), searches.is_damaged()) == (SEARCHES, False)


def test_search_of_another_version_is_kept_when_another_one_is_removed(path: Path) -> None:
    JsonSearches(path).save(SEARCHES)
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored[0]["match"] = "by colour"
    path.write_text(json.dumps(stored), encoding="utf-8")
    searches = JsonSearches(path)
    assert searches.is_damaged()
    searches.save(())
    kept = json.loads(path.with_name("searches.json.unreadable").read_text(encoding="utf-8"))
    assert kept == stored


def test_each_damaged_file_is_kept_once(path: Path) -> None:
    searches = JsonSearches(path)
    for content in (b"first", b"second", b"first", b"second"):
        path.write_bytes(content)
        searches.save(SEARCHES)
    copies = sorted(copy.name for copy in path.parent.glob("*.unreadable*"))
    assert copies == ["searches.json.unreadable", "searches.json.unreadable2"]
    assert [path.with_name(name).read_bytes() for name in copies] == [b"first", b"second"]


def test_many_damaged_files_leave_a_limited_number_of_copies(path: Path) -> None:
    searches = JsonSearches(path)
    for number in range(20):
        path.write_bytes(b"%d" % number)
        searches.save(SEARCHES)
    assert len(list(path.parent.glob("*.unreadable*"))) == 9
    assert path.with_name("searches.json.unreadable").read_bytes() == b"0"


@pytest.mark.parametrize("whole", [b"[]", None])
def test_whole_or_missing_file_is_not_copied(path: Path, whole: bytes | None) -> None:
    if whole:
        path.write_bytes(whole)
    assert not JsonSearches(path).is_damaged()
    JsonSearches(path).save(SEARCHES)
    assert list(path.parent.iterdir()) == [path]


def test_damaged_file_that_cannot_be_copied_is_not_replaced(path: Path) -> None:
    path.mkdir()
    (path / "inside").write_bytes(b"")
    assert JsonSearches(path).is_damaged()
    with pytest.raises(SettingsNotWrittenError):
        JsonSearches(path).save(SEARCHES)
    assert (path / "inside").exists()
