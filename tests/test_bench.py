"""The table of benchmarks: its figures, its goals and its exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.bench import all_rows, cold_peers, console_start, memory, old_data
from tests.bench import page as bench_page
from tests.bench.raw_line import RawLine, read_message, request_of_client
from tests.bench.rows import LeftOut, Row, percentile, table
from tests.nodejs import NotInstallableError
from tests.systems import not_on_windows
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key
from wxpark_gui.training.gateway import TrainingGateway

FAST = Row("fast", "floor", "ms", [9.0, 11.0, 10.0], [10.0, 8.0, 12.0], most=1.35)
SLOW = Row("slow", "floor", "ms", [30.0, 40.0, 31.0], [10.0, 10.0, 10.0], most=1.35)


def test_result_is_the_ratio_of_the_medians() -> None:
    assert (FAST.result, FAST.is_met) == (1.0, True)
    assert (SLOW.result, SLOW.is_met) == (3.1, False)


def test_row_without_a_floor_is_judged_by_its_median() -> None:
    row = Row("wake-ups", "", "/s", [4.0, 6.0, 5.0], most=5.0)
    assert (row.result, row.is_met) == (5.0, True)


def test_row_may_be_judged_by_another_percentile() -> None:
    figures = [float(number) for number in range(1, 101)]
    row = Row("key", "", "ms", figures, most=98.0, percent=99)
    assert (row.result, row.is_met) == (99.0, False)


def test_row_without_a_goal_is_never_missed() -> None:
    assert Row("information", "floor", "ms", [90.0], [1.0]).is_met


@pytest.mark.parametrize(("percent", "figure"), [(99, 10.0), (50, 5.0), (25, 3.0), (1, 1.0)])
def test_percentile_is_one_of_the_figures(percent: float, figure: float) -> None:
    assert percentile([float(number) for number in range(10, 0, -1)], percent) == figure


def test_table_has_a_line_for_each_row_with_result_and_goal() -> None:
    lines = table([FAST, SLOW]).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith(
        "| fast | 10 ms | 11 ms | 2.00 ms | floor | 10 ms | 1.00 × | ≤ 1.35 |"
    )
    assert lines[3].endswith("| 3.10 × | ≤ 1.35 | no |")


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--quick"], 0)])
def test_missed_goal_is_a_failure_unless_the_run_is_quick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: int
) -> None:
    asked: list[bool] = []

    def measure(*, quick: bool) -> Iterator[Row]:
        asked.append(quick)
        yield SLOW

    monkeypatch.setattr(all_rows, "MEASURED", {"slow": measure})
    target = tmp_path / "rows.json"
    said: list[str] = []
    assert all_rows.main([*options, "--json", str(target)], said.append) == code
    assert asked == [bool(options)]
    assert table([SLOW]) in said
    (row,) = json.loads(target.read_text(encoding="utf-8"))["rows"]
    assert (row["name"], row["met"], row["floor_summary"]["median"]) == ("slow", False, 10.0)


def test_page_shows_each_run_and_calls_a_goal_met_if_all_meet_it() -> None:
    def run(*figures: float) -> dict[str, Any]:
        rows = [
            Row("start", "bare", "ms", figures, [2.0], 1.5),
            Row("the same, processor", "bare", "ms", figures, [2.0]),
            Row("the same", "", "ms", figures),
        ]
        machine = f"2026-11-30, Linux, load {figures[0]}"
        return {"machine": machine, "rows": [row.as_json() for row in rows]}

    text = bench_page.page([run(2.0, 2.0), run(4.0, 4.0), run(2.0, 2.0)])
    assert "3 runs of `python3 packaging/dev.py bench`: 2026-11-30, Linux." in text
    assert text.splitlines()[-3:] == [
        "| start | 2.00 ms | 2.00 ms | bare | 2.00 ms | 1.00, 2.00, 1.00 × | ≤ 1.5 | **no** |",
        "| start, processor | 2.00 ms | 2.00 ms | bare | 2.00 ms | 1.00, 2.00, 1.00 × |  |  |",
        "| start | 2.00 ms | 2.00 ms | none |  | 2.00, 4.00, 2.00 ms |  |  |",
    ]


def test_measurements_have_the_names_by_which_they_run_alone() -> None:
    for name, measure in all_rows.MEASURED.items():
        assert measure.__module__ == f"tests.bench.{name}"


def test_row_that_is_left_out_is_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = LeftOut("a peer", "npm is not installed")
    monkeypatch.setattr(all_rows, "MEASURED", {"peers": lambda **_: iter([FAST, left_out])})
    target = tmp_path / "rows.json"
    said: list[str] = []
    assert all_rows.main(["--json", str(target)], said.append) == 0
    assert table([FAST]) in said
    assert "left out: a peer: npm is not installed" in said
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["left_out"] == [{"name": "a peer", "reason": "npm is not installed"}]


def chunks_of(*parts: bytes) -> Callable[[int], bytes]:
    """Return a `recv` that gives one part at each call, then the end of the stream."""
    rest = iter(parts)
    return lambda _: next(rest, b"")


def test_message_is_read_to_its_stated_length() -> None:
    receive = chunks_of(b"HTTP/1.1 200 OK\r\nContent-", b"Length: 4\r\n\r\n<", b"x/>")
    assert read_message(receive).endswith(b"\r\n\r\n<x/>")


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Le",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<x/",),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",),
    ],
)
def test_message_that_ends_early_or_states_no_length_is_an_error(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(RuntimeError):
        read_message(chunks_of(*parts))


def test_floor_of_an_exchange_is_answered_again_and_again_over_one_socket() -> None:
    key = make_training_key()
    message = request_of_client(TRAINING_MERCHANT, key)
    with TrainingGateway(key) as gateway:
        with closing(RawLine(int(gateway.url.rpartition(":")[2]), message)) as line:
            assert all(line.exchange() > 0 for _ in range(3))
        assert len(gateway.received) == 3


def test_floor_of_an_exchange_must_be_a_success() -> None:
    message = request_of_client(TRAINING_MERCHANT, make_training_key())
    with (
        TrainingGateway(make_training_key()) as gateway,
        closing(RawLine(int(gateway.url.rpartition(":")[2]), message)) as line,
        pytest.raises(RuntimeError, match="refused"),
    ):
        line.exchange()


def test_kept_booth_is_made_once_and_replaces_older_ones(tmp_path: Path) -> None:
    older = tmp_path / "booth-40-2-1-2020-01"
    other = tmp_path / "booth-400-2-1-2020-01"
    for folder in (older, other):
        folder.mkdir()
    booth = old_data.kept_booth(40, 2, tmp_path)
    made_at = (booth / "journal.sqlite3").stat().st_mtime_ns
    assert old_data.kept_booth(40, 2, tmp_path) == booth
    assert (booth / "journal.sqlite3").stat().st_mtime_ns == made_at
    assert (older.exists(), other.exists()) == (False, True)


def test_interrupted_making_of_a_kept_booth_is_repeated(tmp_path: Path) -> None:
    booth = old_data.kept_booth(40, 2, tmp_path)
    (booth / "complete").unlink()
    (booth / "journal.sqlite3").write_bytes(b"")
    assert (old_data.kept_booth(40, 2, tmp_path) / "journal.sqlite3").stat().st_size > 0


def test_copy_of_a_kept_booth_has_a_journal_of_its_own(tmp_path: Path) -> None:
    booth = old_data.kept_booth(40, 2, tmp_path)
    copy = tmp_path / "copy"
    old_data.copy_of(booth, copy)
    data = prepare_directory(copy)
    with closing(open_journal(data, SystemClock())[0]) as journal:
        assert len(journal.recent(100)) > 0
    (archive,) = data.archive.iterdir()
    assert archive.samefile(booth / "archive" / archive.name)
    assert not data.journal.samefile(booth / "journal.sqlite3")


def test_client_that_cannot_be_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def install() -> cold_peers.Peer:
        raise NotInstallableError("no network")

    monkeypatch.setattr(cold_peers, "PEERS", {"one": install, "two": list})
    monkeypatch.setattr(
        cold_peers, "figures_of", lambda *_: {"hour": [44.0, 46.0, 45.0], "two": [110.0, 120.0]}
    )
    left_out, row = cold_peers.measure(quick=True)
    assert left_out == LeftOut("first entry after an idle hour, beside one", "no network")
    assert isinstance(row, Row)
    assert (row.name, row.is_met) == ("first entry after an idle hour, beside two", True)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("grown", "met"), [(9.9, True), (10.1, False)])
def test_growth_of_memory_has_a_limit_and_threads_and_files_are_constant(
    monkeypatch: pytest.MonkeyPatch, grown: float, met: bool
) -> None:
    figures = {"memory": [grown], "threads": [1.0], "files": [0.0]}
    monkeypatch.setattr(memory, "figures_of", lambda *_: figures)
    rows = memory.measure(quick=True)
    assert [row.is_met for row in rows if isinstance(row, Row)] == [met, False, True]


@not_on_windows("needs wait4")
def test_quick_run_measures_the_console_tool_beside_its_floor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console_start, "RUNS_QUICK", 1)
    rows = list(console_start.measure(quick=True))
    assert {row.name for row in rows if row.most} == {"wxpark --help", "wxpark notify --training"}
    assert all(figure > 0 for row in rows for figure in (*row.figures, *row.floors))
