"""Card with a heading and input fields, filled and read by the definitions of settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.definitions import SettingDefinition, definitions_of
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError
from wxpark_gui.domain.settings import section_errors
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import DoorLabel, Label, ProfileLabel, SetupLabel, Wording

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Values = TypeVar("Values", bound=DataclassInstance)

Value = TypeVar("Value")

_UNITS = {
    Field.FREE_TIME: Label.SECONDS,
    Field.DUPLICATE_MINUTES: Label.MINUTES,
    Field.EXPIRY_HOURS: Label.HOURS,
    Field.BACKFILL_HOURS: Label.HOURS,
    Field.RETENTION_DAYS: Label.DAYS,
}
_REMARKS = {
    Field.KEY: Label.KEY_PLACE,
    Field.VERSION_FILE: Label.VERSION_FILE_USE,
    Field.VERSION_KEY: Label.VERSION_KEY_USE,
}
_PLACEHOLDERS: Mapping[Field, Label | ProfileLabel] = {
    Field.PROFILE_NAME: ProfileLabel.NAME_EMPTY,
    Field.GATEWAY_URL: Label.GATEWAY_URL_EMPTY,
    Field.VERSION_FILE: Label.VERSION_FILE_EMPTY,
}
_WIDE = frozenset(
    {
        Field.PROFILE_NAME,
        Field.NOTIFY_URL,
        Field.KEY,
        Field.GATEWAY_URL,
        Field.PROXY_URL,
        Field.VERSION_FILE,
        Field.VERSION_KEY,
    }
)


class FieldCard(QFrame):
    """Card with two fields in a row; each long field has a row of its own.

    Attributes:
        boxes: the inputs by field, in the order of the card.
    """

    def __init__(
        self, title: Label | DoorLabel | SetupLabel, fields: Sequence[Field], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._title = title
        self._heading = wrapping_label(self, role="heading")
        self.boxes: Mapping[Field, FieldBox] = {field: self._make_box(field) for field in fields}
        self._lay_out()

    def fill(self, values: DataclassInstance) -> None:
        """Show each of `values` that has a field on this card."""
        for definition in self._definitions_of(values):
            text = str(getattr(values, definition.name))
            self.boxes[definition.field].entry.setText(text)

    def read(self, values: Values) -> Values:
        """Return a copy of `values` with the texts typed into this card.

        Raises:
            InvalidInputError: with one error for each field of this card with an invalid text.
        """
        errors: dict[Field, FieldError] = {}
        typed: dict[str, Any] = {}
        for definition in self._definitions_of(values):
            _read_one(definition, self.boxes[definition.field].entry.text(), typed, errors)
        changed = replace(values, **typed)
        for error in section_errors(changed):
            if error.field in self.boxes:
                errors.setdefault(error.field, error)
        if errors:
            raise InvalidInputError([errors[field] for field in self.boxes if field in errors])
        return changed

    def differs_from(self, values: DataclassInstance) -> bool:
        """Test if the text of any field on this card differs from that field's value in `values`.

        Only fields that are attributes of `values` are compared.
        """
        return any(
            self.boxes[definition.field].entry.text() != str(getattr(values, definition.name))
            for definition in self._definitions_of(values)
        )

    def renew(self, wording: Wording, required: Mapping[Field, bool]) -> None:
        """Set captions, remarks and placeholders by `wording`. Typed texts stay.

        Args:
            required: True for each field to mark as required; others are not marked.
        """
        self._heading.setText(wording.label(self._title))
        for field, box in self.boxes.items():
            box.set_caption(_caption(wording, field, required=required.get(field, False)))
            if field in _REMARKS:
                box.show_remark(wording.label(_REMARKS[field]))
            if field in _PLACEHOLDERS:
                box.entry.setPlaceholderText(wording.label(_PLACEHOLDERS[field]))

    def add_below(self, field: Field, button: QPushButton) -> None:
        """Put a button below the input of a field."""
        layout = self.boxes[field].layout()
        if isinstance(layout, QVBoxLayout):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _definitions_of(self, values: DataclassInstance) -> list[SettingDefinition]:
        return [d for d in definitions_of(type(values)) if d.field in self.boxes]

    def _make_box(self, field: Field) -> FieldBox:
        entry = QLineEdit(self)
        entry.setObjectName(f"field_{field.value}")
        return FieldBox(entry, parent=self)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 14, 20, 18)
        grid.setHorizontalSpacing(22)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._heading, 0, 0, 1, 2)
        row, column = 1, 0
        for field, box in self.boxes.items():
            wide = field in _WIDE
            if wide and column:
                row, column = row + 1, 0
            grid.addWidget(box, row, column, 1, 2 if wide else 1, Qt.AlignmentFlag.AlignTop)
            row, column = (row + 1, 0) if wide or column else (row, 1)


def required_fields(kind: type) -> dict[Field, bool]:
    """Map each field of a settings dataclass to True if it must not be empty."""
    return {definition.field: definition.rule.required for definition in definitions_of(kind)}


def collect(read: Callable[[], Value], errors: list[FieldError]) -> Value | None:
    """Return the result of `read`. If it raises, add its errors to `errors` and return None."""
    try:
        return read()
    except InvalidInputError as error:
        errors.extend(error.errors)
        return None


def _read_one(
    definition: SettingDefinition,
    text: str,
    typed: dict[str, Any],
    errors: dict[Field, FieldError],
) -> None:
    try:
        typed[definition.name] = definition.read(text)
    except InvalidInputError as error:
        errors[definition.field] = error.errors[0]


def _caption(wording: Wording, field: Field, *, required: bool) -> str:
    name, unit = wording.field(field), _UNITS.get(field)
    if unit:
        name = f"{name} ({wording.label(unit)})"
    return wording.label(Label.REQUIRED, name=name) if required else name
