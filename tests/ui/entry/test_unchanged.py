"""An entry styles and describes again only those inputs of the form that it changes."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from wxpark_gui.domain.entry import CarType
from wxpark_gui.domain.errors import Field, FieldError, Problem
from wxpark_gui.ui.plate.hint import PlateHint
from wxpark_gui.ui.widgets import fields
from wxpark_gui.ui.window.main_window import MainWindow


@pytest.fixture
def styled(monkeypatch: pytest.MonkeyPatch) -> list[QWidget]:
    """The inputs that were styled again."""
    found: list[QWidget] = []
    monkeypatch.setattr(fields, "restyle", found.append)
    return found


def test_clearing_a_form_without_problems_styles_no_input(
    window: MainWindow, styled: list[QWidget]
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    window.form.clear()
    assert styled == []


def test_problem_and_its_removal_style_one_input_once_each(
    window: MainWindow, styled: list[QWidget]
) -> None:
    error = FieldError(Field.START_TIME, Problem.NOT_A_TIME)
    for _ in range(2):
        window.form.show_errors([error])
    time = window.form.details.entries[Field.START_TIME]
    assert window.form.problem(Field.START_TIME)
    window.form.clear()
    assert styled == [time, time]
    assert not window.form.problem(Field.START_TIME)


def test_hint_names_the_class_again_only_for_another_car_type(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    described: list[object] = []
    show_state = PlateHint.show_state

    def note(hint: PlateHint, state: object, car_type: CarType | None) -> None:
        described.append(car_type)
        show_state(hint, state, car_type)  # type: ignore[arg-type]

    monkeypatch.setattr(PlateHint, "show_state", note)
    window.form.plate.car_type = CarType.SMALL
    assert described == []
    window.form.plate.car_type = CarType.LARGE
    assert described == [CarType.LARGE]
