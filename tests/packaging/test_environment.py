"""The private environment is made, made again, completed or left unchanged in the right cases."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import environment
from environment import Environment
from failure import SetUpError

MADE, INSTALLED, INSTALLED_TOOLS = "made", "installed", "installed with tools"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Folder with the files on which an environment depends."""
    catalogue = tmp_path / "resources/translations/zh_CN/LC_MESSAGES/wxpark.po"
    hook = tmp_path / "packaging/build_hook.py"
    for file in (tmp_path / "pyproject.toml", catalogue, hook):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("as it was", encoding="utf-8")
    return tmp_path


@pytest.fixture
def steps(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the steps taken, in order.

    No step is run; only the files that the steps would make are created.
    """
    taken: list[str] = []
    (checkout / ".venv").mkdir()

    def take(_what: str, command: Sequence[str], **_options: object) -> None:
        if "venv" in command:
            taken.append(MADE)
            return
        taken.append(INSTALLED_TOOLS if command[-1] == ".[development]" else INSTALLED)
        for source in environment.catalogues(checkout):
            source.with_suffix(".mo").write_bytes(b"compiled")

    monkeypatch.setattr(environment, "run_step", take)
    monkeypatch.setattr(Environment, "program", lambda _self, name: name)
    return taken


def test_the_first_time_it_is_made_and_filled(checkout: Path, steps: list[str]) -> None:
    Environment(checkout).prepare(development=False)
    assert steps == [MADE, INSTALLED]


def test_the_second_time_it_is_left_alone(checkout: Path, steps: list[str]) -> None:
    Environment(checkout).prepare(development=False)
    steps.clear()
    Environment(checkout).prepare(development=False)
    assert steps == []


def test_the_tools_are_added_once_and_then_stay(checkout: Path, steps: list[str]) -> None:
    for development in (False, True, False):
        Environment(checkout).prepare(development=development)
    assert steps == [MADE, INSTALLED, INSTALLED_TOOLS]


def dependencies_change(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("changed", encoding="utf-8")


def translation_changes(checkout: Path) -> None:
    environment.catalogues(checkout)[0].write_text("changed", encoding="utf-8")


def compiled_catalogue_goes(checkout: Path) -> None:
    environment.catalogues(checkout)[0].with_suffix(".mo").unlink()


def stamp_is_damaged(checkout: Path) -> None:
    (checkout / ".venv/made-from.json").write_text('{"python": 3', encoding="utf-8")


def environment_is_of_another_version(checkout: Path) -> None:
    (checkout / ".venv/made-from.json").write_text('{"python": "2.7"}', encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (dependencies_change, [MADE, INSTALLED]),
        (stamp_is_damaged, [MADE, INSTALLED]),
        (environment_is_of_another_version, [MADE, INSTALLED]),
        (translation_changes, [INSTALLED]),
        (compiled_catalogue_goes, [INSTALLED]),
    ],
)
def test_a_change_costs_no_more_than_it_must(
    checkout: Path, steps: list[str], change: Callable[[Path], None], expected: list[str]
) -> None:
    Environment(checkout).prepare(development=False)
    steps.clear()
    change(checkout)
    Environment(checkout).prepare(development=False)
    assert steps == expected


def test_another_interpreter_gets_an_environment_of_its_own(
    checkout: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Environment(checkout).prepare(development=True)
    steps.clear()
    monkeypatch.setattr(sys, "base_prefix", str(checkout / "another"))
    Environment(checkout).prepare(development=False)
    assert steps == [MADE, INSTALLED_TOOLS]


def test_a_set_up_that_was_broken_off_is_begun_again(
    checkout: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Environment(checkout).prepare(development=False)
    dependencies_change(checkout)
    monkeypatch.setattr(Environment, "_install", fail)
    with pytest.raises(SetUpError):
        Environment(checkout).prepare(development=False)
    monkeypatch.undo()
    assert not (checkout / ".venv/made-from.json").exists()


def fail(_self: Environment, *, development: bool) -> None:
    raise SetUpError("no line")


def test_an_environment_is_not_replaced_from_inside(
    checkout: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(checkout / ".venv"))
    with pytest.raises(SetUpError, match="deactivate"):
        Environment(checkout).prepare(development=False)
    assert steps == []


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="wxpark-gui is not in"):
        Environment(tmp_path).program("wxpark-gui")


def test_programs_of_the_environment_come_first(tmp_path: Path) -> None:
    place = tmp_path / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    place.mkdir(parents=True)
    name = "ruff.exe" if sys.platform == "win32" else "ruff"
    (place / name).write_bytes(b"")
    (place / name).chmod(0o755)
    assert shutil.which("ruff", path=Environment(tmp_path).search_path()) == str(place / name)
