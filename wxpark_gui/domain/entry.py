"""Parking entries: the draft of the form, its checks, and the checked entry.

Field names, lengths and required fields per scene: WeChat's 用户入场通知 (partner mode).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum

from wxpark_gui.domain.definitions import stripped
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.domain.plate import PlateFlaw, PlateNumber, read_plate

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Time zone of the wire and the screen; the computer's zone is ignored."""

EARLIEST_PRESENT = datetime(2026, 1, 1, tzinfo=BEIJING)
"""Earliest plausible present time; an earlier wall clock has lost its time."""

EARLIEST_START = datetime(2017, 1, 1, tzinfo=BEIJING)
FUTURE_TOLERANCE = timedelta(minutes=5)
DRIVER_ID_LENGTH = 32

_WIRE_TIME = re.compile("[0-9]{14}")
_DRIVER_ID = re.compile("[0-9A-Za-z_-]+")


class Scene(Enum):
    """`trade_scene`: a car park with a barrier, or a single bay."""

    PARKING = "PARKING"
    PARKING_SPACE = "PARKING SPACE"


class CarType(Enum):
    """`car_type`: the two values that WeChat accepts."""

    SMALL = "小型车"
    LARGE = "大型车"


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """Unchecked content of the entry form.

    Attributes:
        plate: as typed. Required for `PARKING`; optional for `PARKING SPACE`, which saves it but
            does not send it.
        car_type: None to send none.
        start_time: aware; None for the present time.
        space_number: required for `PARKING SPACE`, ignored for `PARKING`.
        openid, sub_openid: `PARKING SPACE` requires at least one; ignored for `PARKING`.
    """

    plate: str = ""
    scene: Scene = Scene.PARKING
    car_type: CarType | None = CarType.SMALL
    start_time: datetime | None = None
    space_number: str = ""
    openid: str = ""
    sub_openid: str = ""


@dataclass(frozen=True, slots=True)
class ParkingEntry:
    """A checked entry, ready to be saved and sent. Made by `check_draft`.

    Attributes:
        start_time: aware, in Beijing time, whole seconds.
        plate: None only for `PARKING SPACE`.
    """

    scene: Scene
    start_time: datetime
    plate: PlateNumber | None = None
    car_type: CarType | None = None
    space_number: str = ""
    openid: str = ""
    sub_openid: str = ""

    @property
    def label(self) -> str:
        """Name of the entry in a list: the plate, or the bay number of an entry without one."""
        return self.plate.spaced if self.plate else self.space_number

    @property
    def chargeable(self) -> bool:
        """False for a plate that WeChat does not deduct for; True without a plate."""
        large = self.car_type is CarType.LARGE
        return self.plate is None or self.plate.is_chargeable_on(large=large)


def check_draft(draft: EntryDraft, now: datetime) -> ParkingEntry:
    """Convert a draft to an entry.

    Args:
        now: present time, aware; replaces a missing `start_time`. The start may be at most five
            minutes later; it is not checked if `now` is implausible.

    Raises:
        InvalidInputError: one error for each invalid field.
    """
    plate = read_plate(draft.plate)
    start_time = (draft.start_time or now).astimezone(BEIJING).replace(microsecond=0)
    in_space = draft.scene is Scene.PARKING_SPACE
    space_number = stripped(draft.space_number) if in_space else ""
    openid = stripped(draft.openid) if in_space else ""
    sub_openid = stripped(draft.sub_openid) if in_space else ""

    found = [check_plate(plate, required=not in_space), _check_start(start_time, now)]
    if in_space:
        found += [
            _check_space_number(space_number),
            _check_driver_id(Field.OPENID, openid),
            _check_driver_id(Field.SUB_OPENID, sub_openid),
        ]
        if not openid and not sub_openid:
            found.append(FieldError(Field.SUB_OPENID, Problem.NEEDS_A_DRIVER_ID))
    errors = [error for error in found if error]
    if errors:
        raise InvalidInputError(errors)
    return ParkingEntry(
        scene=draft.scene,
        start_time=start_time,
        plate=plate if plate.text else None,
        car_type=draft.car_type,
        space_number=space_number,
        openid=openid,
        sub_openid=sub_openid,
    )


def clock_is_plausible(now: datetime) -> bool:
    """Test if `now` is `EARLIEST_PRESENT` or later; a wall clock that lost its time is earlier."""
    return now >= EARLIEST_PRESENT


def wire_time(moment: datetime) -> str:
    """Format an aware time as `yyyyMMddHHmmss` in Beijing time."""
    return moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")


def read_wire_time(text: str) -> datetime:
    """Parse `yyyyMMddHHmmss` as an aware time in Beijing.

    Raises:
        InvalidInputError: the text is not 14 digits, or no such time exists.
    """
    if _WIRE_TIME.fullmatch(text):
        try:
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        except ValueError:
            pass
    raise InvalidInputError([FieldError(Field.START_TIME, Problem.NOT_A_TIME)])


def check_plate(plate: PlateNumber, *, required: bool) -> FieldError | None:
    """Return the reason a plate cannot be sent; None if it can, or if it is empty and optional."""
    if plate.flaw is None or (plate.flaw is PlateFlaw.EMPTY and not required):
        return None
    if plate.flaw is PlateFlaw.EMPTY:
        return FieldError(Field.PLATE, Problem.MISSING)
    if plate.flaw is PlateFlaw.BAD_CHARACTER and plate.position is not None:
        return FieldError(Field.PLATE, Problem.BAD_CHARACTER, found=plate.text[plate.position])
    return FieldError(Field.PLATE, Problem.NOT_A_PLATE, found=plate.flaw.value)


def _check_start(start_time: datetime, now: datetime) -> FieldError | None:
    if not clock_is_plausible(now):
        # The clock is wrong: the entry is saved unchecked, and sent once the clock is set.
        return None
    if start_time < EARLIEST_START:
        return FieldError(Field.START_TIME, Problem.TOO_EARLY, limit=EARLIEST_START.year)
    if start_time > now + FUTURE_TOLERANCE:
        minutes = int(FUTURE_TOLERANCE.total_seconds() // 60)
        return FieldError(Field.START_TIME, Problem.IN_THE_FUTURE, limit=minutes)
    return None


def _check_space_number(space_number: str) -> FieldError | None:
    if not space_number:
        return FieldError(Field.SPACE_NUMBER, Problem.MISSING)
    if not space_number.isprintable():
        return FieldError(Field.SPACE_NUMBER, Problem.BAD_CHARACTER)
    return None


def _check_driver_id(field: Field, value: str) -> FieldError | None:
    if len(value) > DRIVER_ID_LENGTH:
        return FieldError(field, Problem.TOO_LONG, DRIVER_ID_LENGTH, str(len(value)))
    if value and not _DRIVER_ID.fullmatch(value):
        return FieldError(field, Problem.BAD_CHARACTER)
    return None
