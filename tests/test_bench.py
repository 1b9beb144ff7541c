"""The table of benchmarks: its figures, its goals and its exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import all_rows
from tests.bench.rows import Row, percentile, table
from tests.systems import not_on_windows

FAST = Row("fast", "floor", "ms", [9.0, 11.0, 10.0], [10.0, 8.0, 12.0], most=1.35)
SLOW = Row("slow", "floor", "ms", [30.0, 40.0, 31.0], [10.0, 10.0, 10.0], most=1.35)


def test_result_is_the_ratio_of_the_medians() -> None:
    assert (FAST.result, FAST.is_met) == (1.0, True)
    assert (SLOW.result, SLOW.is_met) == (3.1, False)


def test_row_without_a_floor_is_judged_by_its_median() -> None:
    row = Row("wake-ups", "", "/s", [4.0, 6.0, 5.0], most=5.0)
    assert (row.result, row.is_met) == (5.0, True)


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


@not_on_windows("needs wait4")
def test_quick_run_measures_the_console_tool_beside_its_floor() -> None:
    rows = list(all_rows.MEASURED["console_start"](quick=True))
    assert {row.name for row in rows if row.most} == {"wxpark --help", "wxpark notify --training"}
    assert all(figure > 0 for row in rows for figure in (*row.figures, *row.floors))
