"""The row of buttons below the pages of the wizard."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import Label, SetupLabel

Caption = Label | SetupLabel


@dataclass(frozen=True, slots=True)
class BarState:
    """Captions of the buttons; None hides a button.

    Attributes:
        waits: True disables the button that leads on, and `again`.
        is_saving: True disables all buttons.
        default: name of the button that Enter presses.
    """

    later: Caption | None = SetupLabel.LATER
    back: Caption | None = SetupLabel.BACK
    again: Caption | None = None
    forward: Caption | None = SetupLabel.NEXT
    waits: bool = False
    is_saving: bool = False
    default: str = "forward"


class ButtonBar(QWidget):
    """Buttons to leave, to go back, to test again and to go on.

    Signals:
        laterPressed(): the button to leave was pressed.
        backPressed(): the button to the page before was pressed.
        againPressed(): the button to repeat the test was pressed.
        forwardPressed(): the button that leads on was pressed.
    """

    laterPressed = Signal()
    backPressed = Signal()
    againPressed = Signal()
    forwardPressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._state = BarState()
        self._buttons = {name: QPushButton(self) for name in ("later", "back", "again", "forward")}
        row = WrappingRow(12, self, parted=True)
        for name, button in self._buttons.items():
            button.setObjectName(f"setup_{name}")
            row.addWidget(button)
        self._buttons["later"].clicked.connect(self.laterPressed)
        self._buttons["back"].clicked.connect(self.backPressed)
        self._buttons["again"].clicked.connect(self.againPressed)
        self._buttons["forward"].clicked.connect(self.forwardPressed)

    def button(self, name: str) -> QPushButton:
        """Return the button `later`, `back`, `again` or `forward`."""
        return self._buttons[name]

    def show_state(self, state: BarState) -> None:
        """Show, enable and name the buttons."""
        self._state = state
        for name, button in self._buttons.items():
            caption: Caption | None = getattr(state, name)
            if caption is not None:
                button.setText(self._appearance.wording.label(caption))
            button.setVisible(caption is not None)
            waits = state.waits and name in ("again", "forward")
            button.setEnabled(not (state.is_saving or waits))
            is_default = name == state.default and caption is not None
            button.setDefault(is_default)
            # A second Enter must not cancel the test that the first one has begun.
            button.setAutoDefault(not state.waits)
            if button.property("primary") != is_default:
                button.setProperty("primary", is_default)
                button.style().polish(button)

    def focus(self) -> None:
        """Focus the default button, or if it is disabled the first one that is not."""
        names = (self._state.default, *self._buttons)
        shown = (self._buttons[name] for name in names)
        usable = [button for button in shown if not button.isHidden() and button.isEnabled()]
        if usable:
            usable[0].setFocus()
