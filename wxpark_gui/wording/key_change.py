"""Texts of the change of the merchant key."""

from __future__ import annotations

from enum import Enum, unique

from wxpark_gui.domain.key_change import KeyStep
from wxpark_gui.wording.marking import mark

KEY_CHANGE_FAILURES = {
    "KEY_NOT_RESTORED": (
        mark("The new key failed, and the keyring did not take the old one back."),
        mark("Enter the key of this merchant again and save."),
    ),
}
"""Message and action of each failure, by `ReadableError.code`."""


@unique
class KeyChangeLabel(Enum):
    """The fixed texts of the key change. Each value is the English text."""

    TITLE = mark("Change the key")
    OPEN = mark("Change the key …")
    FIRST = mark("The key is being changed in the other window. Finish or close that one first.")
    NOTE = mark(
        "WeChat is asked with the new key first; that registers no car. Only if it is accepted is"
        " it used, else the old one stays."
    )
    KEY = mark("New APIv2 key")
    KEY_HINT = mark("32 letters or digits, pasted or typed")
    TEST = mark("Test and use it  Enter")
    TEST_AGAIN = mark("Test again  Enter")
    KEEP = mark("Keep the old key  Esc")
    DONE = mark("Done  Enter")
    TESTING = mark("Asking WeChat with the new key …")
    STORING = mark("Storing the new key …")
    USE_UNTESTED = mark("Use it untested")
    UNTESTED_RISK = mark("If the key is wrong, no entry can be sent. Press it again to use it.")
    SWITCHED = mark("WeChat accepts the new key; it is in use, for waiting entries too.")
    STORED = mark("The new key is in use, untested. The next entry shows if it is right.")
    REFUSED = mark("{reason} The old key stays in use.")
    UNTESTED = mark("Cannot be tested now. {reason} The old key stays in use.")
    RESTORED = mark("The test of the stored key failed. {reason} The old key is in use again.")
    NO_REASON = mark("WeChat's answer is unclear.")


STEPS = {
    KeyStep.SWITCHED: KeyChangeLabel.SWITCHED,
    KeyStep.STORED: KeyChangeLabel.STORED,
    KeyStep.REFUSED: KeyChangeLabel.REFUSED,
    KeyStep.UNTESTED: KeyChangeLabel.UNTESTED,
    KeyStep.RESTORED: KeyChangeLabel.RESTORED,
}
"""Label of each end of a key change."""
