"""Texts of the set-up wizard."""

from __future__ import annotations

from enum import Enum, unique

from wxpark_gui.wording.marking import mark


@unique
class SetupLabel(Enum):
    """The fixed texts of the set-up wizard. Each value is the English text."""

    HELP = mark("Set-up wizard: training or live")
    TITLE = mark("Set up this booth")
    STEP = mark("Step {number} of {count}: {name}")
    WELCOME = mark("What is this computer for?")
    WELCOME_LEAD = mark("Both can be changed later: Ctrl F12 opens this window again.")
    TRAINING = mark("Training")
    TRAINING_NOTE = mark(
        "Practise with invented answers. Nothing is sent to WeChat; the data is kept apart."
    )
    TRAINING_GOES_ON = mark("Go on training")
    LIVE = mark("Live use")
    LIVE_NOTE = mark(
        "Send real entries to WeChat Pay. Have the merchant's ids and the APIv2 key at hand."
    )
    KEYRING = mark("Keyring")
    KEYRING_LEAD = mark("The key will be kept in this computer's keyring. It is tried first.")
    KEYRING_TRYING = mark("Writing, reading and removing a test item …")
    KEYRING_GOOD = mark("The keyring works.")
    UNLOCK = mark("Unlock and try again")
    BOOTH = mark("car park and booth")
    BOOTH_LEAD = mark("The driver sees the car park's name in WeChat.")
    PREFIX = mark("Plates here begin with (required)")
    PROVINCE = mark("Province")
    LETTER = mark("Letter")
    NOT_CHOSEN = mark("Please choose")
    PREFIX_MISSING = mark("Choose province and letter of the plates here.")
    FREE_TIME_NOTE = mark("1200 means 20 minutes free; 0 means none.")
    MERCHANT = mark("merchant")
    MERCHANT_LEAD = mark("Take these from the WeChat Pay merchant platform.")
    NETWORK_CARD = mark("Network (usually left empty)")
    KEY = mark("key")
    KEY_LEAD = mark("The APIv2 key of the merchant. It is saved and read back, with all values.")
    KEY_CARD = mark("APIv2 key")
    SHOW_KEY = mark("Show while pressed")
    CONNECTION = mark("connection test")
    CONNECTION_LEAD = mark("All values are saved. The test registers no entry.")
    TESTING = mark("Testing …")
    TEST_PASSED = mark("WeChat accepts ids and key.")
    TEST_UNCLEAR = mark("Connected, but not yet proven. Test again, or go on.")
    TEST_FAILED = mark("The test failed. Correct the value, or test again.")
    TEST_CANCELLED = mark("Cancelled. Test again, or go on.")
    TEST_AGAIN = mark("Test again")
    TO_KEY = mark("Correct the key")
    TO_MERCHANT = mark("Correct the merchant")
    READY = mark("Ready")
    READY_LEAD = mark("{lot} · {booth} · {prefix}")
    READY_NOTE = mark(
        "The next plate is a real entry: type the plate of a car, and Enter sends it to WeChat."
    )
    READY_UNPROVEN = mark("The test has not passed yet: entries are saved, and sent once it works.")
    FIRST_ENTRY = mark("Enter the first plate")
    LATER = mark("Later")
    BACK = mark("Back")
    NEXT = mark("Next")
    GO_ON = mark("Go on without the test")
    CANCEL_TEST = mark("Cancel the test")
    DISCARD = mark("Not saved yet. Esc once more discards what was typed.")
