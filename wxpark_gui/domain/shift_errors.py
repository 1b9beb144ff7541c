"""Errors of people, PINs, shifts and their documents that are shown to a person."""

from __future__ import annotations

from wxpark_gui.domain.errors import ReadableError


class PinFormatError(ReadableError):
    """The typed PIN is not 4 to 8 digits."""

    code = "PIN_FORMAT"


class WrongPinError(ReadableError):
    """The PIN is not that of the chosen person."""

    code = "WRONG_PIN"


class PinWaitError(ReadableError):
    """Too many wrong PINs; the next try must wait.

    Attributes:
        seconds: whole seconds until the next try, rounded up; at most 1 s too many.
    """

    code = "PIN_WAIT"
    seconds = 0

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        # Rounded up: a whole second too long rather than a refusal at 0 s.
        self.seconds = int(seconds) + 1


class NameFormatError(ReadableError):
    """The typed name of a person is empty, too long or not printable."""

    code = "NAME_FORMAT"


class PersonUnknownError(ReadableError):
    """There is no such person, or the person was retired."""

    code = "PERSON_UNKNOWN"


class PersonAtWorkError(ReadableError):
    """The person cannot be retired: the open shift is theirs, or they signed in to it last."""

    code = "PERSON_AT_WORK"


class ShiftClosedError(ReadableError):
    """No shift is open, or the open one is not the shift to close; nothing was changed."""

    code = "SHIFT_CLOSED"


class DocumentNotSavedError(ReadableError):
    """A document could not be saved; no incomplete file has its name."""

    code = "DOCUMENT_NOT_SAVED"
