"""The command that runs every trial."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import long_trials, mutants
from tests.faults.trials import COLUMNS, NONE, TRIALS, Trial

_FAULTS = Path(long_trials.__file__).parent


def _settings_trial(title: str, files: str = "5") -> Trial:
    columns = {
        "tried": r"^(\d+) changed",
        "wrong": r"(\d+) other exceptions, (\d+) loaded although",
    }
    return Trial("damaged_settings", title, ("--files", files), columns=columns)


def _row(trial: Trial, tried: str) -> long_trials.Row:
    figures = dict.fromkeys(COLUMNS, NONE) | {"tried": tried}
    return long_trials.Row(trial, "a result", figures, True, 60.0, 100.0)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_trial_is_a_module_with_a_command_or_a_selection_of_tests(trial: Trial) -> None:
    if trial.tests:
        root = _FAULTS.parents[1]
        assert all((root / test.partition("::")[0]).is_file() for test in trial.tests)
    else:
        assert callable(importlib.import_module(f"tests.faults.{trial.name}").main)


def test_failed_trial_fails_the_command_and_its_row(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = Trial("long_trials", "No such option", ("--no-such-option",))
    good = _settings_trial("Settings files")
    monkeypatch.setattr(long_trials, "TRIALS", (good, bad))
    page = tmp_path / "page.md"
    assert long_trials.main(["--page", str(page)]) == 1
    assert "1 passed, 1 failed" in capfd.readouterr().out
    table = page.read_text(encoding="utf-8")
    assert "| Settings files | 5 | – | – | 0 | – |" in table
    assert "| **failed**: no result |" in table


def test_output_of_a_failed_trial_is_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = replace(_settings_trial("Settings files"), columns={"lost": r"(\d+) eaten"})
    output = "5 changed settings files\n  an example of what was found\n"
    row = replace(_row(bad, "5"), passed=False, output=output)
    monkeypatch.setattr(long_trials, "run", lambda *_, **__: iter([row]))
    assert long_trials.main([]) == 1
    assert "an example of what was found" in capfd.readouterr().out


def test_row_of_another_run_stays_in_the_page_until_its_trial_runs_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = _settings_trial("First"), _settings_trial("Second", "7")
    monkeypatch.setattr(long_trials, "TRIALS", (first, second))
    page = tmp_path / "page.md"
    monkeypatch.setattr(long_trials, "run", lambda *_, **__: iter([_row(first, "1")]))
    long_trials.main(["--page", str(page)])
    monkeypatch.setattr(long_trials, "run", lambda *_, **__: iter([_row(second, "2")]))
    long_trials.main(["--page", str(page)])
    monkeypatch.setattr(long_trials, "run", lambda *_, **__: iter([_row(second, "3")]))
    long_trials.main(["--page", str(page)])
    rows = page.read_text(encoding="utf-8").splitlines()[-2:]
    assert [row.split(" | ")[:2] for row in rows] == [["| First", "1"], ["| Second", "3"]]


def test_rows_of_another_machine_are_not_kept() -> None:
    trial = TRIALS[0]
    before = long_trials.page([_row(trial, "1")]).replace(" cores, ", " other cores, ")
    assert trial.title not in long_trials.page([], before)


def test_result_without_a_figure_fails_its_row() -> None:
    trial = replace(_settings_trial("Settings files"), columns={"lost": r"(\d+) eaten"})
    (row,) = long_trials.run([trial], quick=False)
    assert not row.passed
    assert row.result.startswith("5 changed settings files:")


@pytest.mark.parametrize(
    ("name", "result", "figures"),
    [
        (
            "kill",
            (
                "1000 kills, 0 lost of 8123 entries acknowledged (4 kills before the first save), 3"
                " months moved, 0 doubled, 2 undelivered, 5 repeated (at most 1 a kill),"
                " integrity_check failed 1 times"
            ),
            ("1,000", "2", "5", "1", "–"),
        ),
        (
            "hostile_replies",
            (
                "2500 replies of 23 kinds: 1 hostile ones believed, 2 genuine ones refused, 4"
                " exceptions; worst 1.0 ms (surrogate)"
            ),
            ("2,500", "–", "–", "7", "1.0 ms"),
        ),
    ],
)
def test_figures_of_a_result_are_added_by_column(
    name: str, result: str, figures: tuple[str, ...]
) -> None:
    (trial,) = (trial for trial in TRIALS if trial.name == name)
    assert tuple(trial.figures(result).values()) == figures


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.fault)
def test_mutant_fits_the_code_and_names_a_trial(mutant: mutants.Mutant) -> None:
    file = _FAULTS.parents[1] / "wxpark_gui" / mutant.file
    assert file.read_text(encoding="utf-8").count(mutant.old) == 1
    assert (_FAULTS / mutant.trial).is_file()


def test_unknown_trial_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        long_trials.main(["no_such_trial"])
    assert "no trial no_such_trial" in capsys.readouterr().err
