"""Every sentence a person reads, for the window and the console tool alike.

The code says each sentence in English; `resources/translations` holds the Chinese. A sentence tells
what happened and what to do, in the attendant's words and at most two lines. None promises what
WeChat does not do (it sends the driver no message at entry), none advises to refuse entry.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique

from wxpark_gui.console_words import ConsoleWords
from wxpark_gui.domain.delivery import Cause, DeliveryState, Remedy
from wxpark_gui.domain.entry import BEIJING, CarType, Scene
from wxpark_gui.domain.errors import Field, FieldError, Problem, ReadableError
from wxpark_gui.domain.plate import PlateClass, PlateFlaw, PlateNumber, PlatePolicy
from wxpark_gui.domain.record import EntryRecord, Salvage
from wxpark_gui.domain.verdict import DeductMode, Severity, UserState, Verdict
from wxpark_gui.runtime.assets import catalogue

__all__ = [
    "ConsoleWords",
    "FailureWords",
    "Label",
    "VerdictWords",
    "Wording",
    "clock_time",
]

_RAW_LENGTH = 40
_HOUR = 3600
_MINUTE = 60


def _mark(sentence: str) -> str:
    """Names a sentence for the catalogue; it is translated where it is shown."""
    return sentence


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """A verdict in words.

    Attributes:
        title: one word or two, the largest on the screen.
        advice: what to do, at most two lines.
        small: when the reply came and the code that came with it; may be empty.
    """

    title: str
    advice: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class FailureWords:
    """A failure in words.

    Attributes:
        message: what happened.
        action: what to do about it.
        code: the stable name that stands small beside the sentence.
    """

    message: str
    action: str
    code: str = ""


@unique
class Label(Enum):
    """The fixed texts of the window. Each value is the English text."""

    WINDOW_TITLE = _mark("Parking entry")
    TRAINING_BAND = _mark("Training · nothing is sent to WeChat · data kept apart")
    LOT_UNNAMED = _mark("Car park not set up")
    PLATE = _mark("Plate")
    PLATE_HELP = _mark("Type the plate; F4 chooses the province; Enter sends.")
    NEW_ENERGY = _mark("New energy")
    CHOOSE_PROVINCE = _mark("Province: type its pinyin, or pick a key")
    CHOOSE_CANDIDATE = _mark("Pick by digit")
    TAKE_LETTERS = _mark("as letters")
    PLATE_FULL = _mark("No plate is that long. Backspace removes the last character.")
    KEY_NOT_TAKEN = _mark("“{found}” does not occur on plates.")
    CONFIRM_PLATE = _mark("Unusual format. Press Enter once more to send it.")
    CONFIRM_DUPLICATE = _mark("Entered at {time} already. Enter again enters it once more.")
    CLOSE_WAITING = _mark("{count} entries still wait. They are saved here and sent next time.")
    CLOSE_ANYWAY = _mark("Close")
    CLOSE_STAY = _mark("Go on working")
    CONFIRM_LOOKALIKE = _mark("I and O are not used here: 1 or 0? Enter again sends it as it is.")
    NOT_CHARGEABLE = _mark("WeChat deducts only for blue and green plates")
    CAR_TYPE = _mark("Car type")
    SCENE = _mark("Scene")
    ENTRY_TIME = _mark("Entry time")
    ENTRY_TIME_HELP = _mark("Beijing time. Empty means now; or 09:30, or 03-15 09:30.")
    ENTERED_NOW = _mark("Entry now {time}")
    NOW = _mark("Now {time}")
    SEND = _mark("Send  Enter")
    SPACE_NUMBER = _mark("Bay number")
    OPENID = _mark("openid")
    SUB_OPENID = _mark("sub_openid")
    RECENT = _mark("Recent")
    RECENT_EMPTY = _mark("Nothing yet")
    COLUMN_TIME = _mark("Time")
    COLUMN_PLATE = _mark("Plate or bay")
    COLUMN_VERDICT = _mark("Verdict")
    VERDICT = _mark("Answer from WeChat")
    READY_TITLE = _mark("Ready")
    READY_ADVICE = _mark("Type the plate and press Enter.")
    SAVING_ADVICE = _mark("Being saved …")
    NOT_SAVED_TITLE = _mark("Not saved")
    KEY_HINTS = _mark("F4 Province   F6 Type   F7 Scene   F12 Settings   F1 Help")
    HELP_TITLE = _mark("Keys")
    HELP_SEND = _mark("Send; once more for an unusual plate")
    HELP_CLEAR = _mark("Clear the form")
    HELP_RESEND = _mark("Send the selected entry again")
    HELP_PROVINCE = _mark("Choose the province")
    HELP_CAR_TYPE = _mark("Small or large car")
    HELP_SCENE = _mark("Car park or single bay")
    HELP_SETTINGS = _mark("Merchant and booth settings")
    HELP_HELP = _mark("Show or hide this help")
    SET_UP_MESSAGE = _mark("No merchant yet, so nothing can be sent. Enter the merchant's data.")
    SET_UP_ACTION = _mark("Enter merchant data")
    OPEN_SETTINGS = _mark("Open settings")
    BUG = _mark("The program failed ({name}). What was saved is safe; the log says more.")
    UNDERSTOOD = _mark("Understood")
    RETRY_NOW = _mark("Retry now")
    SETTINGS_TITLE = _mark("Merchant and booth")
    SETTINGS_MERCHANT = _mark("Merchant (as WeChat Pay knows it)")
    SETTINGS_BOOTH = _mark("This booth")
    SETTINGS_ADVANCED = _mark("Advanced")
    SECONDS = _mark("seconds")
    KEY_STORED = _mark("Stored; leave empty to keep it")
    KEY_EMPTY = _mark("32 letters or digits")
    KEY_PLACE = _mark("Goes to this computer's keyring only and is never shown again.")
    GATEWAY_URL_EMPTY = _mark("Empty: WeChat's own")
    SUB_APPID_EMPTY = _mark("Empty: accepted, but some merchants need it. Ask the provider.")
    SAVE = _mark("Save")
    SAVING = _mark("Saving …")
    CANCEL = _mark("Cancel")
    FIX_FIELDS = _mark("Please correct the marked fields.")


_STATE_TITLES = {
    UserState.NORMAL: _mark("Normal"),
    UserState.OVERDUE: _mark("Arrears"),
    UserState.BLOCKED: _mark("Restricted"),
    UserState.PAUSED: _mark("Paused"),
    UserState.VEHICLE_AUTH_ERROR: _mark("Unverified"),
    UserState.UNAUTHORIZED: _mark("Not joined"),
    UserState.NOT_A_MEMBER: _mark("Not joined"),
    UserState.UNKNOWN: _mark("Unknown"),
    UserState.NONE: _mark("Not asked yet"),
}
_FAILED_TITLE = _mark("Not done")

_STATE_ADVICE = {
    UserState.OVERDUE: _mark(
        "Ask the driver to pay the debt in WeChat. Charge as an ordinary car."
    ),
    UserState.BLOCKED: _mark("Arrears or blacklist: charge as an ordinary car."),
    UserState.PAUSED: _mark("The owner paused the service: charge as an ordinary car."),
    UserState.VEHICLE_AUTH_ERROR: _mark("Authorisation check failed: charge as an ordinary car."),
    UserState.UNAUTHORIZED: _mark("Not joined or not authorised: charge as an ordinary car."),
    UserState.NOT_A_MEMBER: _mark("The owner has not joined 车主服务: charge as an ordinary car."),
    UserState.UNKNOWN: _mark("WeChat says “{raw}”, meaning unknown: charge as an ordinary car."),
}
_STATE_UNSAID = _mark("WeChat named no state: charge as an ordinary car.")

_NORMAL_ADVICE = {
    DeductMode.AUTOPAY: _mark("Let the car in. The fee is deducted by itself at the exit (无感)."),
    DeductMode.PROACTIVE: _mark("Let the car in. At the exit the driver pays in WeChat (免密)."),
    DeductMode.UNSTATED: _mark("Let the car in. WeChat did not say how the fee is deducted."),
}

_DEDUCT_MODES = {
    DeductMode.AUTOPAY: _mark("Automatic (无感)"),
    DeductMode.PROACTIVE: _mark("Driver pays (免密)"),
    DeductMode.UNSTATED: _mark("Not stated"),
}

_OPEN_ADVICE = {
    DeliveryState.SAVED: _mark("Saved here, being sent."),
    DeliveryState.SENDING: _mark("Saved here, being sent."),
    DeliveryState.WAITING: _mark("Saved here, waits to be sent."),
}

_CAUSE_ADVICE = {
    Cause.ANSWERED: _mark("Answered by WeChat."),
    Cause.OFFLINE: _mark("No network: saved here, not sent yet."),
    Cause.BUSY: _mark("WeChat is busy: saved here, sent again by itself."),
    Cause.RATE_LIMITED: _mark("WeChat asks for a slower pace: saved here, sent again by itself."),
    Cause.INTERCEPTED: _mark("The network is intercepted: saved here. Please tell the manager."),
    Cause.KEY_UNAVAILABLE: _mark(
        "The merchant key cannot be read: saved here. Please tell the manager."
    ),
    Cause.SIGNATURE_REFUSED: _mark("Key or merchant data wrong: please tell the manager."),
    Cause.MERCHANT_REFUSED: _mark("Merchant data wrong: please tell the manager."),
    Cause.PERMISSION_REFUSED: _mark(
        "No permission for 车主服务 at this merchant: please tell the manager."
    ),
    Cause.CONTENT_REFUSED: _mark("Plate or content not accepted: check, correct and send again."),
    Cause.OTHER_REFUSAL: _mark("WeChat refused it: {reason}. F5 sends it again."),
    Cause.UNTRUSTED: _mark("Reply not trustworthy, not used. Please tell the manager."),
}
_UNTRUSTED_ONCE = _mark("Reply not trustworthy, not used: saved here, asked once more.")
_REASON_UNSAID = _mark("no reason given")

_REMEDIES = {
    Remedy.NONE: _mark("Nothing is to be done."),
    Remedy.RETRY: _mark("Nothing is to be done: it is sent again by itself."),
    Remedy.RETRY_SLOWLY: _mark("It is sent again by itself; if it stays, tell the manager."),
    Remedy.FIX_SETTINGS: _mark("Have the manager mend the merchant data; then it is sent."),
    Remedy.FIX_ENTRY: _mark("Check the plate and send the entry again."),
    Remedy.RESEND_BY_HAND: _mark("Send it again by hand; if it stays, tell the manager."),
    Remedy.TRY_ONCE_MORE: _mark("Do not rely on it; have the manager check the network."),
}

_CLOSED_ADVICE = {
    DeliveryState.EXPIRED: _mark("Not sent in time: kept here. Charge as an ordinary car."),
    DeliveryState.VOIDED: _mark("Taken back before it was sent."),
}

_DELIVERY_STATES = {
    DeliveryState.SAVED: _mark("Saved"),
    DeliveryState.SENDING: _mark("Sending"),
    DeliveryState.WAITING: _mark("To be sent"),
    DeliveryState.ANSWERED: _mark("Answered"),
    DeliveryState.REFUSED: _mark("Refused"),
    DeliveryState.UNTRUSTED: _mark("Not trusted"),
    DeliveryState.EXPIRED: _mark("Expired"),
    DeliveryState.VOIDED: _mark("Taken back"),
}

_SEVERITIES = {
    Severity.OK: _mark("Normal"),
    Severity.ARREARS: _mark("Arrears"),
    Severity.BLOCKED: _mark("Restricted"),
    Severity.CAUTION: _mark("Caution"),
    Severity.INFO: _mark("Not joined"),
    Severity.UNKNOWN: _mark("Unknown"),
    Severity.PENDING: _mark("Not asked yet"),
    Severity.FAILED: _mark("Not done"),
}

_PLATE_CLASSES = {
    PlateClass.CIVIL: _mark("Blue plate"),
    PlateClass.NEW_ENERGY_SMALL: _mark("New energy, small"),
    PlateClass.NEW_ENERGY_LARGE: _mark("New energy, large"),
    PlateClass.SUFFIX: _mark("Learner, trailer or trial plate"),
    PlateClass.POLICE: _mark("Police"),
    PlateClass.HONG_KONG_MACAU: _mark("Hong Kong or Macau"),
    PlateClass.CONSULATE: _mark("Consulate"),
    PlateClass.EMBASSY: _mark("Embassy"),
    PlateClass.ARMED_POLICE: _mark("Armed police"),
    PlateClass.MILITARY: _mark("Military"),
    PlateClass.CIVIL_AVIATION: _mark("Civil aviation"),
    PlateClass.EMERGENCY: _mark("Emergency rescue"),
}
_LARGE_CIVIL = _mark("Ordinary plate")

_CAR_TYPES = {CarType.SMALL: _mark("Small"), CarType.LARGE: _mark("Large")}
_SCENES = {Scene.PARKING: _mark("Lot"), Scene.PARKING_SPACE: _mark("Bay")}

_FIELDS = {
    Field.PLATE: _mark("Plate"),
    Field.CAR_TYPE: _mark("Car type"),
    Field.SCENE: _mark("Scene"),
    Field.START_TIME: _mark("Entry time"),
    Field.SPACE_NUMBER: _mark("Bay number"),
    Field.OPENID: _mark("Driver's openid"),
    Field.SUB_OPENID: _mark("Driver's sub_openid"),
    Field.APPID: _mark("Provider's APPID (appid)"),
    Field.MCH_ID: _mark("Provider's merchant number (mch_id)"),
    Field.SUB_APPID: _mark("Sub-merchant's APPID (sub_appid)"),
    Field.SUB_MCH_ID: _mark("Sub-merchant's number (sub_mch_id)"),
    Field.PARKING_NAME: _mark("Name of the car park"),
    Field.FREE_TIME: _mark("Free period"),
    Field.NOTIFY_URL: _mark("Address for state changes (notify_url)"),
    Field.GATEWAY_URL: _mark("Another gateway"),
    Field.PROXY_URL: _mark("Proxy"),
    Field.BOOTH: _mark("Name of the booth"),
    Field.PLATE_PREFIX: _mark("Plates begin with"),
    Field.EXPIRY_HOURS: _mark("Give up sending after"),
    Field.DUPLICATE_MINUTES: _mark("Ask about the same plate within"),
    Field.KEY: _mark("APIv2 key"),
}

_PROBLEMS = {
    Problem.MISSING: _mark("Please fill this in."),
    Problem.TOO_SHORT: _mark("Too short; at least {limit} characters."),
    Problem.TOO_LONG: _mark("Too long; at most {limit} characters, now {found}."),
    Problem.TOO_MANY_BYTES: _mark("Too long for WeChat together with the rest; please shorten it."),
    Problem.BAD_CHARACTER: _mark("A character is not allowed here."),
    Problem.NOT_A_PLATE: _mark("No plate looks like that; please check."),
    Problem.NOT_A_TIME: _mark("Not a time; write 09:30 or 03-15 09:30."),
    Problem.NOT_A_NUMBER: _mark("Please write a number from 0 to {limit}."),
    Problem.NOT_A_CHOICE: _mark("Not one of the choices."),
    Problem.IN_THE_FUTURE: _mark("More than {limit} minutes ahead; please check."),
    Problem.TOO_EARLY: _mark("Before {limit}; please check."),
    Problem.NEEDS_A_DRIVER_ID: _mark("Please fill in openid or sub_openid; one of them is needed."),
    Problem.URL_MALFORMED: _mark("Not an address; it begins with https://."),
    Problem.URL_HAS_QUERY: _mark("Must not contain “?” or “#”."),
    Problem.URL_NOT_HTTPS: _mark("Must begin with https:// in public."),
    Problem.KEY_FORMAT: _mark("The key has {limit} letters or digits, this one has {found}."),
}
_BAD_CHARACTER_FOUND = _mark("“{found}” does not occur on plates.")
_KEY_FORMAT_SAME_LENGTH = _mark("The key may hold letters and digits only.")

_FLAWS = {
    PlateFlaw.EMPTY: _mark("Please type the plate."),
    PlateFlaw.NO_PROVINCE: _mark("The province is missing; F4 chooses it."),
    PlateFlaw.BAD_CHARACTER: _mark("A character does not occur on plates; please check."),
    PlateFlaw.TOO_SHORT: _mark("Plate too short; please type the rest."),
    PlateFlaw.TOO_LONG: _mark("Plate too long; please check."),
    PlateFlaw.AREA_NOT_A_LETTER: _mark("A letter must follow the province."),
    PlateFlaw.MISPLACED_WORD: _mark("A Chinese character stands in the wrong place; please check."),
}

_FAILURES = {
    "": (_mark("Something went wrong."), _mark("Please tell the manager.")),
    "INVALID_INPUT": (
        _mark("Something typed cannot be sent."),
        _mark("Please correct the marked fields."),
    ),
    "NOT_SET_UP": (_mark("No merchant has been entered."), _mark("Enter the merchant's data.")),
    "KEY_MISSING": (
        _mark("The keyring holds no key for this merchant."),
        _mark("Enter the key again in the settings (F12)."),
    ),
    "KEYRING_MISSING": (
        _mark("This computer offers no keyring, so the key cannot be kept."),
        _mark("Have the manager install or start one (GNOME Keyring, KWallet)."),
    ),
    "KEYRING_UNSAFE": (
        _mark("The only keyring found would not keep the key safe; it is not used."),
        _mark("Have the manager install the system's own keyring."),
    ),
    "KEYRING_LOCKED": (
        _mark("The keyring is locked."),
        _mark("Unlock it with the computer's password, then retry."),
    ),
    "KEYRING_SILENT": (
        _mark("The keyring does not answer; it may be asking for a password."),
        _mark("Look for its window and unlock it, then retry."),
    ),
    "KEYRING_MISMATCH": (
        _mark("The keyring did not give the key back as it was stored."),
        _mark("Store it once more; if it happens again, tell the manager."),
    ),
    "KEYRING_FAILED": (
        _mark("The keyring reported a failure."),
        _mark("Retry; if it stays, tell the manager."),
    ),
    "DATA_DIRECTORY_IN_USE": (
        _mark("The program is already running on this data."),
        _mark("Use the window that is open, or close it first."),
    ),
    "DATA_DIRECTORY_UNUSABLE": (
        _mark("The data directory cannot be used."),
        _mark("Have the manager check its rights and the disk."),
    ),
    "JOURNAL_NOT_WRITTEN": (
        _mark("The entry could not be saved: the disk is full or cannot be written."),
        _mark("Write the plate down and tell the manager."),
    ),
    "ENTRY_NOT_OPEN": (
        _mark("This entry is being sent or has been answered."),
        _mark("It can no longer be taken back."),
    ),
    "JOURNAL_NEWER": (
        _mark("The records were written by a newer version of this program."),
        _mark("Start the newer version; nothing was changed."),
    ),
    "JOURNAL_DAMAGED": (
        _mark("The file of records is damaged."),
        _mark("Nothing was deleted; please tell the manager."),
    ),
    "SETTINGS_UNREADABLE": (
        _mark("The settings cannot be read; the file was left as it is."),
        _mark("Enter them again (F12), or have the manager restore the file."),
    ),
    "SETTINGS_NOT_WRITTEN": (
        _mark("The settings could not be saved; the old ones still hold."),
        _mark("Have the manager check the disk, then save again."),
    ),
}

_LINE_UNTRIED = _mark("Ready")
_LINE_UP = _mark("Connected {elapsed} ms")
_LINE_STANDBY = _mark("Connected {elapsed} ms · standby")
_LINE_DOWN = _mark("Offline")
_PENDING = _mark("To send {count}")
_PENDING_SINCE = _mark("To send {count} · oldest {age}")
_TODAY = _mark("Today {count}")
_MINUTES = _mark("{count} min")
_HOURS = _mark("{count} h")
_AS_OF = _mark("As of {time}")
_SAVED_AT = _mark("Saved {time}")
_ELAPSED = _mark("{elapsed} ms")
_SALVAGED = _mark(
    "The records were damaged; {count} were recovered. Please tell the manager: {name} is kept."
)
_MAYBE_SENT = _mark("may have been sent before")
_HELD = _mark("{reason} To send: {count}.")
_HELD_SINCE = _mark("{reason} To send: {count}, the oldest since {age}.")
_OFFLINE_GOES_ON = _mark("No network: kept here and sent by itself once it is back. Go on working.")


class Wording:
    """The sentences of one language.

    Attributes:
        console: the texts that only the console tool prints.
    """

    def __init__(self, translations: gettext.NullTranslations) -> None:
        self._translations = translations
        self.console = ConsoleWords(translations.gettext)

    @classmethod
    def for_language(cls, language: str) -> Wording:
        """One of `domain.settings.LANGUAGES`."""
        return cls(catalogue(language))

    @property
    def program_name(self) -> str:
        return self.label(Label.WINDOW_TITLE)

    def label(self, label: Label, **values: object) -> str:
        """A fixed text; `values` fill its placeholders."""
        return self._say(label.value, **values)

    def verdict(self, verdict: Verdict) -> VerdictWords:
        """What the panel says, and `title` and `advice` of the console tool's JSON."""
        parts = []
        if verdict.state is not UserState.NONE and verdict.as_of:
            parts.append(self._say(_AS_OF, time=clock_time(verdict.as_of)))
        if verdict.severity not in (Severity.OK, Severity.ARREARS) and verdict.code:
            parts.append(verdict.code)
        return VerdictWords(self._title(verdict), self._advice(verdict), " · ".join(parts))

    def entry_remark(self, record: EntryRecord) -> str:
        """The small line under the advice: when, how long it took, the code that came."""
        parts = [self.verdict(record.verdict).small]
        if record.state is not DeliveryState.ANSWERED:
            parts.insert(0, self._say(_SAVED_AT, time=clock_time(record.saved_at)))
        elif record.outcome and record.outcome.elapsed_ms:
            parts.append(self._say(_ELAPSED, elapsed=record.outcome.elapsed_ms))
        if record.maybe_sent and record.state.is_open:
            parts.append(self._say(_MAYBE_SENT))
        return " · ".join(part for part in parts if part)

    def pill(self, verdict: Verdict) -> str:
        """The one word of a row in the list; `entry_remark` and the panel say the rest."""
        if verdict.severity is Severity.PENDING or verdict.delivery is DeliveryState.VOIDED:
            return self.delivery_state(verdict.delivery)
        return self._title(verdict)

    def field_error(self, error: FieldError) -> str:
        """The sentence that stands beside the field."""
        if error.field is Field.PLATE:
            return self._plate_error(error)
        sentence = _PROBLEMS[error.problem]
        if error.problem is Problem.KEY_FORMAT and error.found == str(error.limit):
            sentence = _KEY_FORMAT_SAME_LENGTH
        return self._say(sentence, limit=error.limit, found=error.found)

    def failure(self, error: ReadableError) -> FailureWords:
        """What happened, what to do, and the code."""
        message, action = _FAILURES.get(error.code, _FAILURES[""])
        return FailureWords(self._say(message), self._say(action), error.code)

    def remedy(self, cause: Cause | None) -> str:
        """What to do about the way an exchange ended; empty before the first one."""
        return self._say(_REMEDIES[cause.remedy]) if cause else ""

    def field(self, field: Field) -> str:
        return self._say(_FIELDS[field])

    def severity(self, severity: Severity) -> str:
        """The name of a colour class, for legends."""
        return self._say(_SEVERITIES[severity])

    def plate_line(self, plate: PlateNumber, car_type: CarType | None) -> str:
        """What is known of a plate while it is typed; empty while it is incomplete."""
        if plate.policy is PlatePolicy.REFUSE:
            return ""
        if plate.plate_class is None:
            return self.label(Label.CONFIRM_PLATE)
        parts = [self.plate_class(plate.plate_class, car_type)]
        if car_type:
            parts.append(self.car_type(car_type))
        if not plate.chargeable:
            parts.append(self.label(Label.NOT_CHARGEABLE))
        return " · ".join(parts)

    def plate_class(self, plate_class: PlateClass, car_type: CarType | None = None) -> str:
        """The kind of a plate. The same pattern is blue on small cars and yellow on large ones."""
        if plate_class is PlateClass.CIVIL and car_type is CarType.LARGE:
            return self._say(_LARGE_CIVIL)
        return self._say(_PLATE_CLASSES[plate_class])

    def car_type(self, car_type: CarType) -> str:
        return self._say(_CAR_TYPES[car_type])

    def scene(self, scene: Scene) -> str:
        return self._say(_SCENES[scene])

    def deduct_mode(self, mode: DeductMode) -> str:
        return self._say(_DEDUCT_MODES[mode])

    def delivery_state(self, state: DeliveryState) -> str:
        return self._say(_DELIVERY_STATES[state])

    def line_untried(self) -> str:
        return self._say(_LINE_UNTRIED)

    def line_up(self, elapsed_ms: int, *, standby: bool = False) -> str:
        """The line answers; `standby`: through the second of WeChat's hosts."""
        return self._say(_LINE_STANDBY if standby else _LINE_UP, elapsed=elapsed_ms)

    def line_down(self) -> str:
        return self._say(_LINE_DOWN)

    def pending(self, count: int, age_seconds: float | None = None) -> str:
        """How many entries wait, and for how long the oldest does."""
        if not count or age_seconds is None:
            return self._say(_PENDING, count=count)
        return self._say(_PENDING_SINCE, count=count, age=self.age(age_seconds))

    def today(self, count: int) -> str:
        return self._say(_TODAY, count=count)

    def salvage(self, salvage: Salvage) -> str:
        """What became of a damaged journal, in one sentence."""
        return self._say(_SALVAGED, count=salvage.entries, name=salvage.kept_as)

    def age(self, seconds: float) -> str:
        """A length of time, in minutes below two hours and in hours above."""
        if seconds < 2 * _HOUR:
            return self._say(_MINUTES, count=max(0, int(seconds // _MINUTE)))
        return self._say(_HOURS, count=int(seconds // _HOUR))

    def held_back(self, cause: Cause, count: int, age_seconds: float | None = None) -> str:
        """The notice strip's sentence while `cause` keeps `count` entries from being sent."""
        sentence = _OFFLINE_GOES_ON if cause is Cause.OFFLINE else _CAUSE_ADVICE[cause]
        reason = self._say(sentence, reason=self._say(_REASON_UNSAID))
        if not count:
            return reason
        if age_seconds is None:
            return self._say(_HELD, count=count, reason=reason)
        return self._say(_HELD_SINCE, count=count, age=self.age(age_seconds), reason=reason)

    def _title(self, verdict: Verdict) -> str:
        if verdict.severity is Severity.FAILED:
            return self._say(_FAILED_TITLE)
        return self._say(_STATE_TITLES[verdict.state])

    def _advice(self, verdict: Verdict) -> str:
        if verdict.state is UserState.NORMAL:
            return self._say(_NORMAL_ADVICE[verdict.deduct_mode])
        if verdict.state is UserState.UNKNOWN:
            raw = _one_line(verdict.raw_state)
            return self._say(_STATE_ADVICE[verdict.state] if raw else _STATE_UNSAID, raw=raw)
        if verdict.state is not UserState.NONE:
            return self._say(_STATE_ADVICE[verdict.state])
        return self._unanswered_advice(verdict)

    def _unanswered_advice(self, verdict: Verdict) -> str:
        if verdict.delivery in _CLOSED_ADVICE:
            return self._say(_CLOSED_ADVICE[verdict.delivery])
        if verdict.cause is None:
            return self._say(_OPEN_ADVICE.get(verdict.delivery, _FAILURES[""][0]))
        if verdict.cause is Cause.UNTRUSTED and verdict.delivery.is_open:
            return self._say(_UNTRUSTED_ONCE)
        reason = _one_line(f"{verdict.code} {verdict.message}") or self._say(_REASON_UNSAID)
        return self._say(_CAUSE_ADVICE[verdict.cause], reason=reason)

    def _plate_error(self, error: FieldError) -> str:
        if error.problem is Problem.MISSING:
            return self._say(_FLAWS[PlateFlaw.EMPTY])
        if error.problem is Problem.BAD_CHARACTER and error.found:
            return self._say(_BAD_CHARACTER_FOUND, found=error.found)
        flaws = {flaw.value: flaw for flaw in PlateFlaw}
        if error.problem is Problem.NOT_A_PLATE and error.found in flaws:
            return self._say(_FLAWS[flaws[error.found]])
        return self._say(_PROBLEMS[error.problem], limit=error.limit, found=error.found)

    def _say(self, sentence: str, **values: object) -> str:
        return self._translations.gettext(sentence).format(**values)


def clock_time(moment: datetime) -> str:
    """`11:39:12`, Beijing time, from any aware time."""
    return moment.astimezone(BEIJING).strftime("%H:%M:%S")


def _one_line(text: str) -> str:
    """A text from outside, made safe to stand in a sentence: one line, bounded length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _RAW_LENGTH else f"{line[:_RAW_LENGTH]}…"
