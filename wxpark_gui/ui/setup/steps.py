"""Steps of the wizard with their titles."""

from __future__ import annotations

from enum import Enum, auto

from wxpark_gui.wording import SetupLabel


class Step(Enum):
    """Page of the wizard, in their order."""

    DOORS = auto()
    KEYRING = auto()
    BOOTH = auto()
    MERCHANT = auto()
    KEY = auto()
    CONNECTION = auto()
    READY = auto()


NUMBERED = (Step.BOOTH, Step.MERCHANT, Step.KEY, Step.CONNECTION)
"""Pages whose title has a number."""

FIELD_STEPS = (Step.BOOTH, Step.MERCHANT, Step.KEY)
"""Pages with input fields."""

TEXTS: dict[Step, tuple[SetupLabel, SetupLabel | None]] = {
    Step.DOORS: (SetupLabel.WELCOME, SetupLabel.WELCOME_LEAD),
    Step.KEYRING: (SetupLabel.KEYRING, SetupLabel.KEYRING_LEAD),
    Step.BOOTH: (SetupLabel.BOOTH, SetupLabel.BOOTH_LEAD),
    Step.MERCHANT: (SetupLabel.MERCHANT, SetupLabel.MERCHANT_LEAD),
    Step.KEY: (SetupLabel.KEY, SetupLabel.KEY_LEAD),
    Step.CONNECTION: (SetupLabel.CONNECTION, SetupLabel.CONNECTION_LEAD),
    Step.READY: (SetupLabel.READY, None),
}
"""Title and lead of each page; None for no lead."""


def neighbour(step: Step, way: int) -> Step:
    """Return the step `way` places after `step`."""
    steps = list(Step)
    return steps[steps.index(step) + way]
