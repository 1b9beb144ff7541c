"""Names of plate classes, and sentences for the flaws of a plate."""

from __future__ import annotations

from wxpark_gui.domain.plate import PlateClass, PlateFlaw
from wxpark_gui.wording.marking import mark

PLATE_CLASSES = {
    PlateClass.CIVIL: mark("Blue plate"),
    PlateClass.NEW_ENERGY_SMALL: mark("New energy, small"),
    PlateClass.NEW_ENERGY_LARGE: mark("New energy, large"),
    PlateClass.SUFFIX: mark("Learner, trailer or trial plate"),
    PlateClass.POLICE: mark("Police"),
    PlateClass.HONG_KONG_MACAU: mark("Hong Kong or Macau"),
    PlateClass.HONG_KONG_MACAU_LOCAL: mark("Hong Kong or Macau, local plate"),
    PlateClass.CONSULATE: mark("Consulate"),
    PlateClass.EMBASSY: mark("Embassy"),
    PlateClass.ARMED_POLICE: mark("Armed police"),
    PlateClass.MILITARY: mark("Military"),
    PlateClass.CIVIL_AVIATION: mark("Civil aviation"),
    PlateClass.EMERGENCY: mark("Emergency rescue"),
    PlateClass.TEMPORARY: mark("Temporary plate"),
    PlateClass.TRACTOR: mark("Tractor"),
}

LARGE_CIVIL = mark("Yellow plate")

FLAWS = {
    PlateFlaw.EMPTY: mark("Please type the plate."),
    PlateFlaw.NO_PROVINCE: mark("The province is missing; F4 chooses it."),
    PlateFlaw.BAD_CHARACTER: mark("A character does not occur on plates; please check."),
    PlateFlaw.TOO_SHORT: mark("Plate too short; please type the rest."),
    PlateFlaw.TOO_LONG: mark("Plate too long; please check."),
    PlateFlaw.AREA_NOT_A_LETTER: mark("A letter must follow the province."),
    PlateFlaw.MISPLACED_WORD: mark("A Chinese character stands in the wrong place; please check."),
    PlateFlaw.UNKNOWN_FORM: mark("No plate has this form; please check."),
}

BAD_CHARACTER_FOUND = mark("“{found}” does not occur on plates.")

PROVINCE = mark("Province {word}")
PLATE_WORD = mark("On the plate: {word}")
