"""Failures a person may read: one base, one class per cause.

The words stand in `wxpark_gui.wording`, keyed by `ReadableError.code`. Any other exception
is a bug: it is logged and never shown as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Field(Enum):
    """An input field; the values name the console tool's options."""

    PLATE = "plate"
    CAR_TYPE = "car_type"
    SCENE = "scene"
    START_TIME = "start_time"
    SPACE_NUMBER = "space_number"
    OPENID = "openid"
    SUB_OPENID = "sub_openid"
    APPID = "appid"
    MCH_ID = "mch_id"
    SUB_APPID = "sub_appid"
    SUB_MCH_ID = "sub_mch_id"
    PARKING_NAME = "parking_name"
    FREE_TIME = "free_time"
    NOTIFY_URL = "notify_url"
    GATEWAY_URL = "gateway_url"
    PROXY_URL = "proxy_url"
    BOOTH = "booth"
    PLATE_PREFIX = "plate_prefix"
    EXPIRY_HOURS = "expiry_hours"
    DUPLICATE_MINUTES = "duplicate_minutes"
    LANGUAGE = "language"
    THEME = "theme"
    FONT_SCALE = "font_scale"
    SOUNDS = "sounds"
    VERSION_FILE = "version_file"
    VERSION_KEY = "version_key"
    KEY = "key"


class Problem(Enum):
    """Reason a field is refused."""

    MISSING = "missing"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_MANY_BYTES = "too_many_bytes"
    BAD_CHARACTER = "bad_character"
    NOT_A_PLATE = "not_a_plate"
    NOT_A_TIME = "not_a_time"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_CHOICE = "not_a_choice"
    IN_THE_FUTURE = "in_the_future"
    TOO_EARLY = "too_early"
    NEEDS_A_DRIVER_ID = "needs_a_driver_id"
    URL_MALFORMED = "url_malformed"
    URL_HAS_QUERY = "url_has_query"
    URL_NOT_HTTPS = "url_not_https"
    KEY_FORMAT = "key_format"
    NOT_A_PLACE = "not_a_place"
    NOT_A_PUBLIC_KEY = "not_a_public_key"


@dataclass(frozen=True, slots=True)
class FieldError:
    """The first error of one field.

    Attributes:
        field: the input field.
        problem: the reason.
        limit: the bound that was passed, in characters (in bytes for `TOO_MANY_BYTES`, in minutes
            for `IN_THE_FUTURE`); None where there is none.
        found: the offending character or length, for the sentence; never the whole value.
        least: the lower bound of a number.
    """

    field: Field
    problem: Problem
    limit: int | None = None
    found: str = ""
    least: int = 0


class ReadableError(Exception):
    """A failure whose sentence a person may read.

    Attributes:
        code: a stable name, shown small beside the sentence and as `error.code` in JSON.
        detail: a short technical remark that is safe to show and to log.
    """

    code: ClassVar[str] = ""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class InvalidInputError(ReadableError):
    """Something typed cannot be sent. `errors` has one item per field, in the order of the form."""

    code = "INVALID_INPUT"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(", ".join(f"{e.field.value} {e.problem.value}" for e in errors))
        self.errors = tuple(errors)


class NotSetUpError(ReadableError):
    """No merchant has been entered yet."""

    code = "NOT_SET_UP"


class KeyUnavailableError(ReadableError):
    """Base of the errors of reading and storing the merchant key."""


class KeyMissingError(KeyUnavailableError):
    """The keyring works, but holds no key for this merchant."""

    code = "KEY_MISSING"


class KeyringMissingError(KeyUnavailableError):
    """The computer has no keyring."""

    code = "KEYRING_MISSING"


class KeyringUnsafeError(KeyUnavailableError):
    """The only keyring found stores the key in plain text, or not at all."""

    code = "KEYRING_UNSAFE"


class KeyringLockedError(KeyUnavailableError):
    """The keyring is locked and was not unlocked."""

    code = "KEYRING_LOCKED"


class KeyringSilentError(KeyUnavailableError):
    """The keyring did not answer in time; it may be waiting for someone to unlock it."""

    code = "KEYRING_SILENT"


class KeyringMismatchError(KeyUnavailableError):
    """The key read back after writing was not the one written."""

    code = "KEYRING_MISMATCH"


class KeyringFailedError(KeyUnavailableError):
    """The keyring answered with a failure of its own."""

    code = "KEYRING_FAILED"


class DataDirectoryInUseError(ReadableError):
    """Another copy of the program works in this data directory."""

    code = "DATA_DIRECTORY_IN_USE"


class DataDirectoryUnusableError(ReadableError):
    """The data directory cannot be created, read or written."""

    code = "DATA_DIRECTORY_UNUSABLE"


class NetworkDriveError(DataDirectoryUnusableError):
    """The data directory is on a network file system; the detail names its type."""

    code = "NETWORK_DRIVE"


class LogNotWrittenError(ReadableError):
    """The log cannot be opened; the program works without it."""

    code = "LOG_NOT_WRITTEN"


class JournalWriteError(ReadableError):
    """The entry could not be put on disk: it is not saved."""

    code = "JOURNAL_NOT_WRITTEN"


class EntryNotOpenError(ReadableError):
    """The entry is being sent or has its answer: it can no longer be taken back."""

    code = "ENTRY_NOT_OPEN"


class EntryReplacedError(ReadableError):
    """The entry was re-sent or corrected before: its successor counts."""

    code = "ENTRY_REPLACED"


class NothingToResendError(ReadableError):
    """The entry was answered or taken back: there is nothing to send again."""

    code = "NOTHING_TO_RESEND"


class AccountMissingError(ReadableError):
    """The account of the entry is no longer in the settings."""

    code = "ACCOUNT_MISSING"


class JournalNewerError(ReadableError):
    """The journal was written by a newer version of the program.

    Attributes:
        program: the version that wrote it last, `0.2.0`; empty where the file does not say.
    """

    code = "JOURNAL_NEWER"
    program = ""

    def __init__(self, detail: str = "", program: str = "") -> None:
        super().__init__(detail)
        self.program = program


class JournalDamagedError(ReadableError):
    """The journal file cannot be read as one."""

    code = "JOURNAL_DAMAGED"


class SettingsUnreadableError(ReadableError):
    """The settings file cannot be read; it was left as it is."""

    code = "SETTINGS_UNREADABLE"


class SettingsNewerError(SettingsUnreadableError):
    """A newer version of the program wrote the settings file."""

    code = "SETTINGS_NEWER"


class AccountInUseError(ReadableError):
    """Entries still wait under the account.

    Attributes:
        waiting: how many.
    """

    code = "ACCOUNT_IN_USE"
    waiting = 0

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} waiting")
        self.waiting = waiting


class SettingsNotWrittenError(ReadableError):
    """The settings could not be put on disk; the old ones still hold."""

    code = "SETTINGS_NOT_WRITTEN"


class VersionFileError(ReadableError):
    """Base of the errors of the version file. None of them stops the work."""


class VersionFileUnreachableError(VersionFileError):
    """The version file or its signature cannot be read."""

    code = "VERSION_FILE_UNREACHABLE"


class VersionFileUntrustedError(VersionFileError):
    """The version file is not what the holder of the key signed."""

    code = "VERSION_FILE_UNTRUSTED"


class VersionFileNotUnderstoodError(VersionFileError):
    """The version file names no valid version."""

    code = "VERSION_FILE_NOT_UNDERSTOOD"
