"""The command that runs every trial."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.faults import long_trials, mutants
from tests.faults.long_trials import TRIALS, Trial

_FAULTS = Path(long_trials.__file__).parent


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
    good = Trial("damaged_settings", "Settings files", ("--files", "5"))
    monkeypatch.setattr(long_trials, "TRIALS", (good, bad))
    page = tmp_path / "page.md"
    assert long_trials.main(["--page", str(page)]) == 1
    assert "1 passed, 1 failed" in capfd.readouterr().out
    table = page.read_text(encoding="utf-8")
    assert "| Settings files | 5 changed settings files:" in table
    assert "| No such option | **failed**: no result |" in table


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.fault)
def test_mutant_fits_the_code_and_names_a_trial(mutant: mutants.Mutant) -> None:
    file = _FAULTS.parents[1] / "wxpark_gui" / mutant.file
    assert file.read_text(encoding="utf-8").count(mutant.old) == 1
    assert (_FAULTS / mutant.trial).is_file()


def test_unknown_trial_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        long_trials.main(["no_such_trial"])
    assert "no trial no_such_trial" in capsys.readouterr().err
