"""Type, paste and compose random characters into the plate field, and paint it meanwhile.

    python -m tests.faults.plate_keys [--keys 1000000] [--seed 1]

A printable key must never be without effect: the field, its hint or its candidates change, or it
beeps. Two cases need none: a separator where the cells show one, and a further key while the hint
says that the field is full. No exception may be raised, neither in painting.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from unittest import mock

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.settings import settings_of
from wxpark_gui.domain.entry import CarType
from wxpark_gui.domain.plate import normalise_plate
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.edit import PlateEdit
from wxpark_gui.ui.plate.field import SEPARATOR_CELL
from wxpark_gui.wording import Label

PASTES_BETWEEN = 40
"""Mean number of keys between two pastes, and between two events of an input method."""
PAINTED_EVERY = 50

_SERIALS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZIO"
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新使领警学挂港澳应急民航"
_ODD = "!@#$%&*()-_=[]{};:'\",.<>/?\\|~`·•．０Ａｚ的ßØ"
_PASTED = (
    *"❤️⠀́͏ㅤ\u200d\u202e\ufeff\0\t\n",
    "粤B12345",
    "粤B·12345",
    "粤B12345❤️",
    "WJ粤1234X",
    "粤Ｂ１２３４５",
    " 粤 B 1 2 3 4 5 ",
    "民航A1234",
    "👨‍👩‍👧‍👦",
    "粤B" + "1" * 3000,
    "מספר",
)
_KEYS = (
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
)
_NONE, _CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@dataclass(slots=True)
class Figures:
    """Counts of one run.

    Attributes:
        events: keys, pastes and events of an input method, by kind.
        swallowed: printable keys without effect.
        raised: exceptions.
        empty: pictures that could not be painted.
        longest: largest number of characters in the field.
        examples: the first findings.
    """

    events: Counter[str] = field(default_factory=Counter)
    swallowed: int = 0
    raised: int = 0
    empty: int = 0
    longest: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def are_good(self) -> bool:
        return not (self.swallowed or self.raised or self.empty)

    def __str__(self) -> str:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.events.items()))
        return (
            f"{kinds}: {self.swallowed} printable keys swallowed, {self.raised} exceptions,"
            f" {self.empty} pictures not painted; at most {self.longest} characters"
        )


class Typist:
    """Presses random keys in a plate field, and looks at the effect of each."""

    def __init__(
        self, edit: PlateEdit, appearance: Appearance, source: random.Random, figures: Figures
    ) -> None:
        self._edit = edit
        self._appearance = appearance
        self._source = source
        self._figures = figures
        self._beeps = 0
        self._submitted = 0
        edit.submitted.connect(self._on_submitted)

    def press_any(self) -> None:
        chance = self._source.random()
        if chance < 1 / PASTES_BETWEEN:
            self._count("pastes", self._paste)
        elif chance < 2 / PASTES_BETWEEN:
            self._count("input-method events", self._compose)
        elif chance < 0.25:
            self._count("editing keys", self._press_editing_key)
        else:
            self._count("printable keys", self._press_printable)

    def beep(self) -> None:
        self._beeps += 1

    def _count(self, kind: str, act: Callable[[], None]) -> None:
        self._figures.events[kind] += 1
        act()
        length = len(self._edit.text())
        self._figures.longest = max(self._figures.longest, length)
        is_due = sum(self._figures.events.values()) % PAINTED_EVERY == 0
        if (is_due or kind in ("pastes", "input-method events")) and self._edit.grab().isNull():
            self._figures.empty += 1

    def _press_printable(self) -> None:
        pool = self._source.choices((_SERIALS, _SERIALS.lower(), _ODD + " +"), (6, 3, 1))[0]
        character = self._source.choice(pool)
        before = self._seen()
        is_separator = not normalise_plate(character) and self._edit.state.cursor == SEPARATOR_CELL
        self._send(Qt.Key.Key_unknown, character)
        if self._seen() == before and not is_separator and not self._shows_full(character):
            self._figures.swallowed += 1
            self._figures.examples.append(f"{character!r} after {self._edit.text()!r}")

    def _press_editing_key(self) -> None:
        self._send(self._source.choice(_KEYS), "")

    def _paste(self) -> None:
        pieces = self._source.choices(_PASTED, k=self._source.randint(1, 3))
        QGuiApplication.clipboard().setText("".join(pieces))
        self._send(Qt.Key.Key_V, "", _CONTROL)

    def _compose(self) -> None:
        event = QInputMethodEvent("".join(self._source.choices("abcxyz'", k=3)), [])
        QApplication.sendEvent(self._edit, event)
        done = QInputMethodEvent("", [])
        chosen = self._source.choice((_PROVINCES, _ODD, _SERIALS))
        done.setCommitString("".join(self._source.choices(chosen, k=self._source.randint(0, 3))))
        QApplication.sendEvent(self._edit, done)

    def _send(self, key: Qt.Key, text: str, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self._edit, QKeyEvent(kind, key, modifiers, text))

    def _seen(self) -> tuple[object, ...]:
        """Return all that a person can notice of the field."""
        state = self._edit.state
        return (
            self._edit.text(),
            state.cursor,
            state.letters,
            tuple(state.candidates),
            state.choosing,
            self._edit.accessibleDescription(),
            self._beeps,
            self._submitted,
        )

    def _shows_full(self, character: str) -> bool:
        """Test if the hint says that no further character fits; it says so only once."""
        full = self._appearance.wording.label(Label.PLATE_FULL)
        return bool(normalise_plate(character)) and full in self._edit.accessibleDescription()

    def _on_submitted(self) -> None:
        self._submitted += 1


def run(keys: int, seed: int) -> Figures:
    """Press `keys` keys, pastes and input-method events together; needs a `QApplication`."""
    source = random.Random(seed)
    figures = Figures()
    appearance = Appearance(settings_of())
    edit = PlateEdit(appearance)
    edit.set_prefix("粤B")
    edit.car_type = CarType.SMALL
    edit.resize(760, 240)
    edit.show()
    typist = Typist(edit, appearance, source, figures)

    def note(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        figures.raised += 1
        figures.examples.append(f"{kind.__name__}: {error}")

    with (
        mock.patch.object(sys, "excepthook", note),
        mock.patch("wxpark_gui.ui.plate.edit.QApplication.beep", typist.beep),
    ):
        for _ in range(keys):
            typist.press_any()
    edit.close()
    edit.deleteLater()
    return figures


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Random keys in the plate field.")
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    figures = run(options.keys, options.seed)
    application.quit()
    print(figures, *figures.examples[:20], sep="\n  ")  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
