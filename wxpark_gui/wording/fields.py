"""Labels of the fields and of their choices, and sentences for their errors."""

from __future__ import annotations

from wxpark_gui.domain.entry import CarType, Scene
from wxpark_gui.domain.errors import Field, Problem
from wxpark_gui.wording.marking import mark

CAR_TYPES = {CarType.SMALL: mark("Small"), CarType.LARGE: mark("Large")}

SCENES = {Scene.PARKING: mark("Lot"), Scene.PARKING_SPACE: mark("Bay")}

FIELDS = {
    Field.PLATE: mark("Plate"),
    Field.CAR_TYPE: mark("Car type"),
    Field.SCENE: mark("Scene"),
    Field.START_TIME: mark("Entry time"),
    Field.SPACE_NUMBER: mark("Bay number"),
    Field.PAPER_NUMBER: mark("No. on paper"),
    Field.OPENID: mark("Driver's openid"),
    Field.SUB_OPENID: mark("Driver's sub_openid"),
    Field.APPID: mark("Provider's APPID (appid)"),
    Field.MCH_ID: mark("Provider's merchant number (mch_id)"),
    Field.SUB_APPID: mark("Sub-merchant's APPID (sub_appid)"),
    Field.SUB_MCH_ID: mark("Sub-merchant's number (sub_mch_id)"),
    Field.PARKING_NAME: mark("Name of the car park"),
    Field.PROFILE_NAME: mark("Name for switching (profile_name)"),
    Field.FREE_TIME: mark("Free period"),
    Field.NOTIFY_URL: mark("Address for state changes (notify_url)"),
    Field.GATEWAY_URL: mark("Another gateway"),
    Field.PROXY: mark("Proxy"),
    Field.PROXY_URL: mark("Address of the proxy"),
    Field.BOOTH: mark("Name of the booth"),
    Field.PLATE_PREFIX: mark("Plates begin with"),
    Field.EXPIRY_HOURS: mark("Give up sending after"),
    Field.BACKFILL_HOURS: mark("Send entries from paper up to"),
    Field.RETENTION_DAYS: mark("Keep records for"),
    Field.VOID_REASONS: mark("Reasons for voiding, between semicolons"),
    Field.SUPPORT_CONTACT: mark("Whom to ask for help"),
    Field.DUPLICATE_MINUTES: mark("Ask about the same plate within"),
    Field.LANGUAGE: mark("Language"),
    Field.THEME: mark("Colours"),
    Field.FONT_SCALE: mark("Text size"),
    Field.SOUNDS: mark("Sounds"),
    Field.VERSION_FILE: mark("Version file"),
    Field.VERSION_KEY: mark("Public key of the version file"),
    Field.DOOR_ENABLED: mark("Take plates from a camera or scanner"),
    Field.DOOR_PORT: mark("Port for camera or scanner"),
    Field.KEY: mark("APIv2 key"),
}

PROBLEMS = {
    Problem.MISSING: mark("Please fill this in."),
    Problem.TOO_SHORT: mark("Too short; at least {limit} characters."),
    Problem.TOO_LONG: mark("Too long; at most {limit} characters, now {found}."),
    Problem.TOO_MANY_BYTES: mark("Too long for WeChat together with the rest; please shorten it."),
    Problem.BAD_CHARACTER: mark("A character is not allowed here."),
    Problem.NOT_A_PLATE: mark("No plate looks like that; please check."),
    Problem.NOT_A_TIME: mark("Not a time; write 09:30 or 03-15 09:30."),
    Problem.NOT_A_NUMBER: mark("Please write a number from {least} to {limit}."),
    Problem.NOT_A_CHOICE: mark("Not one of the choices."),
    Problem.NOT_A_TEXT: mark("Must be a text in quotation marks."),
    Problem.IN_THE_FUTURE: mark("More than {limit} minutes ahead; please check."),
    Problem.TOO_EARLY: mark("Before {limit}; please check."),
    Problem.LATER_THAN_NOW: mark("Later than now; for an earlier day write it, as 11-28 0812."),
    Problem.OLDER_THAN_KEPT: mark("{found} is too old: records are kept for {limit} days."),
    Problem.CLOCK_WRONG: mark("This computer's clock is wrong; have the manager set it first."),
    Problem.NOT_A_PAPER_NUMBER: mark("Not a number on a sheet; write 12-05, rows 1 to {limit}."),
    Problem.NEEDS_A_DRIVER_ID: mark("Please fill in openid or sub_openid; one of them is needed."),
    Problem.URL_MALFORMED: mark("Not an address; it begins with https://."),
    Problem.URL_HAS_QUERY: mark("Must not contain “?” or “#”."),
    Problem.URL_NOT_HTTPS: mark("Must begin with https:// in public."),
    Problem.KEY_FORMAT: mark("The key has {limit} letters or digits, this one has {found}."),
    Problem.NOT_A_PLACE: mark(
        "Write https://… or a whole path, as \\\\server\\share\\wxpark.toml."
    ),
    Problem.NAME_TAKEN: mark("Another car park of this booth has this name; choose another."),
    Problem.NOT_A_PUBLIC_KEY: mark("Not a key of minisign: one line of 56 letters, from RW on."),
}

KEY_FORMAT_SAME_LENGTH = mark("The key may hold letters and digits only.")

PROXY_MODES = {
    "none": mark("None"),
    "system": mark("As the system"),
    "explicit": mark("This one"),
}

THEMES = {"system": mark("As the system"), "light": mark("Light"), "dark": mark("Dark")}

LANGUAGES = {"zh_CN": "简体中文", "en": "English"}
"""Names of the languages, each in its own language."""
