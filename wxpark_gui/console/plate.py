"""`wxpark plate offer`: fill a plate into the plate field of the open window.

The command reads port and token from the data directory of the window, and takes no lock.
"""

from __future__ import annotations

import argparse
from typing import Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.door import DoorClosedError
from wxpark_gui.domain.errors import (
    Field,
    FieldError,
    InvalidInputError,
    Problem,
    ReadableError,
)
from wxpark_gui.domain.plate import PlateNumber, PlatePolicy, read_plate
from wxpark_gui.door.client import offer_plate
from wxpark_gui.wording import Wording


def offer(options: argparse.Namespace) -> PlateNumber:
    """Offer the plate in `options`, and return it.

    Raises:
        InvalidInputError: the text is no plate.
        DoorClosedError: no window takes plates.
        DoorBusyError: the window took too many plates within the last second.
        SettingsUnreadableError: the settings cannot be read.
    """
    number = read_plate(options.plate)
    if number.policy is PlatePolicy.REFUSE:
        found = number.flaw.value if number.flaw else ""
        raise InvalidInputError([FieldError(Field.PLATE, Problem.NOT_A_PLATE, found=found)])
    with Assembly(options.data_dir, training=options.training, read_only=True) as parts:
        door = parts.load_settings().door
        token = parts.door_tokens.load()
    if not door.enabled or token is None:
        raise DoorClosedError
    offer_plate(number.text, door.port, token)
    return number


def offered_json(number: PlateNumber, *, training: bool) -> dict[str, Any]:
    """Return the object that `plate offer --json` prints for a plate that the window took."""
    document = {"plate": number.text, "result": "offered", "error": None}
    return document | ({"training": True} if training else {})


def offered_text(number: PlateNumber, wording: Wording) -> str:
    """Return the sentence that `plate offer` prints without `--json`."""
    return wording.console.door.offered.format(plate=number.spaced)


def refused_json(
    error: ReadableError, wording: Wording, *, plate: str, training: bool
) -> dict[str, Any]:
    """Return the object that `plate offer --json` prints if the plate was not taken."""
    words = wording.failure(error)
    found: dict[str, Any] = {"code": error.code, "message": words.message, "action": words.action}
    if isinstance(error, InvalidInputError):
        found["fields"] = {e.field.value: wording.field_error(e) for e in error.errors}
    document: dict[str, Any] = {"plate": plate, "result": "refused", "error": found}
    return document | ({"training": True} if training else {})
