"""The developer's commands, except steps that would install something."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import PySide6
import pytest
from _pytest.mark.expression import Expression
from hypothesis import settings

import dev
import machine
from environment import Environment
from tests.conftest import pytest_collection_modifyitems
from tests.systems import not_on_windows
from wxpark_gui.tour.stops import LOOKS, STOPS

SCRIPT = Path(dev.__file__)

ON_CI = {"CI": "true"}


@pytest.mark.parametrize(
    ("variables", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_a_display_is_a_variable_on_linux_and_always_there_elsewhere(
    variables: dict[str, str], platform: str, *, expected: bool
) -> None:
    assert dev.has_display(variables, platform) is expected


@pytest.mark.parametrize("arguments", [[], ["walk"]])
def test_an_unknown_verb_names_the_known_ones(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(arguments) == 2
    assert "run, test, bench, package, prove, prove-long, windows, lock" in capsys.readouterr().out


@pytest.mark.parametrize(("code", "word"), [(0, "passed"), (3, "FAILED (exit code 3)")])
def test_a_check_is_named_with_its_result_and_its_time(
    code: int, word: str, capfd: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-c", f"print('what it found'); raise SystemExit({code})"]
    passed = dev.check("lint", command, os.environ, show=False)
    shown = capfd.readouterr().out
    assert passed is (code == 0)
    assert f"lint {word} in " in shown
    assert ("what it found\n" in shown) is (code != 0)


@pytest.mark.parametrize(("version", "left_out"), [((6, 8), {"types"}), ((6, 11), set())])
def test_types_are_checked_against_a_qt_that_knows_its_own(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    version: tuple[int, int],
    left_out: set[str],
) -> None:
    checked: set[str] = set()

    def check(name: str, *_command: object, **_options: object) -> bool:
        checked.add(name)
        return True

    monkeypatch.setattr(machine, "provide", lambda _needs: None)
    monkeypatch.setattr(Environment, "prepare", lambda _self, **_options: None)
    monkeypatch.setattr(Environment, "program", lambda _self, name: name)
    monkeypatch.setattr(dev, "qt_version", lambda _environment: version)
    monkeypatch.setattr(dev, "check", check)
    assert dev.test([]) == 0
    assert checked == dev.CHECKS.keys() - left_out
    assert "Tests marked `installed` are left to `prove`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "platform", "variables", "is_parallel", "is_measured"),
    [
        ([], "linux", ON_CI, True, True),
        ([], "linux", {}, True, False),
        (["--junitxml=tests.xml", "-q"], "linux", ON_CI, True, True),
        ([], "darwin", ON_CI, True, False),
        ([], "win32", ON_CI, False, False),
        (["tests/packaging"], "linux", ON_CI, False, False),
        (["-k", "plate"], "linux", ON_CI, False, False),
        (["--pdb"], "linux", ON_CI, False, False),
    ],
)
def test_whole_suite_runs_in_parallel_and_ci_measures_its_coverage(
    arguments: list[str],
    platform: str,
    variables: dict[str, str],
    *,
    is_parallel: bool,
    is_measured: bool,
) -> None:
    options = dev.options_of_tests(arguments, platform, variables)
    assert ("--dist=loadfile" in options) is is_parallel
    assert ("--cov" in options) is is_measured


def test_prove_runs_what_the_suite_leaves_out() -> None:
    _, expression, profile = dev.LEFT_TO_PROVE
    marks = "matrix", "hypothesis", "windows"
    chooses = Expression.compile(expression).evaluate
    chosen = [mark for mark in marks if chooses(partial(operator.eq, mark))]
    assert chosen == ["matrix", "hypothesis"]
    _, _, name = profile.partition("=")
    assert settings.get_profile(name).max_examples > settings.get_profile("quick").max_examples


@pytest.mark.parametrize(
    ("text", "is_left"),
    [
        ("from tests.matrix import sampled\n", True),
        ("from hypothesis import given\n", True),
        ("def test_something() -> None: ...\n", False),
    ],
)
def test_prove_collects_the_files_with_tests_left_to_it_and_no_others(
    tmp_path: Path, text: str, *, is_left: bool
) -> None:
    file = tmp_path / "ui" / "test_window.py"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    (tmp_path / "ui" / "matrix.py").write_text(text, encoding="utf-8")
    assert dev.files_left_to_prove(tmp_path) == ([str(file)] if is_left else [])


@pytest.mark.parametrize("mark", dev.MARKS_LEFT_TO_PROVE)
def test_collection_fails_on_a_test_that_prove_would_not_find(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    module = request.node.getparent(pytest.Module)
    item = pytest.Function.from_parent(module, name="test_new", callobj=lambda: None)
    item.add_marker(mark)
    monkeypatch.setattr(dev, "files_left_to_prove", lambda _folder: [str(item.path)])
    pytest_collection_modifyitems([item])
    monkeypatch.setattr(dev, "files_left_to_prove", lambda _folder: [])
    with pytest.raises(pytest.UsageError, match=r"test_dev\.py"):
        pytest_collection_modifyitems([item])


@pytest.mark.parametrize(("cores", "processes"), [(None, 2), (2, 3), (64, dev.MOST_PROCESSES)])
def test_there_is_one_process_more_than_cores_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, processes: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert f"--numprocesses={processes}" in dev.options_of_tests([], "linux", {})


def test_the_version_of_qt_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Environment, "program", lambda _self, _name: sys.executable)
    running = tuple(map(int, PySide6.__version__.split(".")[:2]))
    assert dev.qt_version(Environment(SCRIPT.parents[1])) == running


def test_the_length_of_the_tour_is_known_before_it_begins() -> None:
    length = subprocess.check_output([sys.executable, "-c", dev.ASK_TOUR_LENGTH], cwd=dev.ROOT)
    assert int(length) == len(LOOKS) * len(STOPS)


@pytest.mark.parametrize(
    ("pictures", "code", "last"),
    [
        (4, 0, "4 pictures are in tour; tour/contact-sheet.png shows them all."),
        (3, 1, "The tour ended with exit code 1 after 3 of 4 pictures."),
    ],
)
def test_the_tour_ends_with_a_summary(
    tour: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pictures: int,
    code: int,
    last: str,
) -> None:
    def take(*_arguments: object) -> int:
        for number in range(pictures):
            (tour / f"{number}.png").touch()
        return code

    (tour / "of-an-earlier-tour.png").touch()
    monkeypatch.setattr(dev, "count_pictures", take)
    assert dev.take_tour(Environment(tour.parent), []) == code
    *_, shown = capsys.readouterr().out.splitlines()
    assert shown.replace("\\", "/") == last


def test_the_pictures_are_counted_while_the_window_takes_them(
    tour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take = f"import pathlib; [(pathlib.Path({str(tour)!r}) / f'{{n}}.png').touch() for n in '12']"
    assert dev.count_pictures([sys.executable, "-c", take], os.environ, 2) == 0
    assert capsys.readouterr().out.endswith("2 of 2 pictures\n")


@pytest.fixture
def tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder for a tour of four pictures, in a checkout whose contact-sheet script is empty."""
    folder = tmp_path / "tour"
    folder.mkdir()
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "contact_sheet.py").touch()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "TOUR", folder)
    monkeypatch.setattr(dev, "ASK_TOUR_LENGTH", "print(4)")
    monkeypatch.setattr(Environment, "program", lambda _self, _name: sys.executable)
    return folder


def test_the_script_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-E", "-s", "-S", str(SCRIPT), "no such verb"]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stderr) == (2, "")
    assert "Further verbs" in done.stdout


@not_on_windows("a bash script")
def test_the_guard_of_the_project_runs_the_checks_and_the_proof() -> None:
    guard = SCRIPT.parents[1] / ".ci" / "run"
    assert os.access(guard, os.X_OK)
    text = guard.read_text(encoding="utf-8")
    assert 'python3 packaging/dev.py test "$@"' in text
    assert "python3 packaging/dev.py prove" in text


@pytest.mark.parametrize("arguments", [["bench", "nothing"], ["package", "--everything"]])
def test_a_wrong_argument_is_told_of_before_anything_begins(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "provide", None)
    assert dev.main(arguments) == 2
    assert arguments[1] in capsys.readouterr().err
