"""Errors that are shown to a person: one base class, one class per cause.

`wxpark_gui.wording` has their sentences, keyed by `ReadableError.code`. Any other exception is a
bug: it is logged, and only its type name is shown. The module exceeds the project's limit of 300
lines: one class for each cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Field(Enum):
    """Input field. The value is its key in JSON errors and, with `-` for `_`, its option if any."""

    PLATE = "plate"
    CAR_TYPE = "car_type"
    SCENE = "scene"
    START_TIME = "start_time"
    PAPER_NUMBER = "paper_number"
    SPACE_NUMBER = "space_number"
    OPENID = "openid"
    SUB_OPENID = "sub_openid"
    APPID = "appid"
    MCH_ID = "mch_id"
    SUB_APPID = "sub_appid"
    SUB_MCH_ID = "sub_mch_id"
    PARKING_NAME = "parking_name"
    PROFILE_NAME = "profile_name"
    FREE_TIME = "free_time"
    NOTIFY_URL = "notify_url"
    GATEWAY_URL = "gateway_url"
    PROXY = "proxy"
    PROXY_URL = "proxy_url"
    BOOTH = "booth"
    PLATE_PREFIX = "plate_prefix"
    EXPIRY_HOURS = "expiry_hours"
    BACKFILL_HOURS = "backfill_hours"
    RETENTION_DAYS = "retention_days"
    VOID_REASONS = "void_reasons"
    SUPPORT_CONTACT = "support_contact"
    DUPLICATE_MINUTES = "duplicate_minutes"
    LANGUAGE = "language"
    THEME = "theme"
    FONT_SCALE = "font_scale"
    SOUNDS = "sounds"
    VERSION_FILE = "version_file"
    VERSION_KEY = "version_key"
    DOOR_ENABLED = "door_enabled"
    DOOR_PORT = "door_port"
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
    NOT_A_TEXT = "not_a_text"
    IN_THE_FUTURE = "in_the_future"
    TOO_EARLY = "too_early"
    LATER_THAN_NOW = "later_than_now"
    OLDER_THAN_KEPT = "older_than_kept"
    CLOCK_WRONG = "clock_wrong"
    NOT_A_PAPER_NUMBER = "not_a_paper_number"
    NEEDS_A_DRIVER_ID = "needs_a_driver_id"
    URL_MALFORMED = "url_malformed"
    URL_HAS_QUERY = "url_has_query"
    URL_NOT_HTTPS = "url_not_https"
    KEY_FORMAT = "key_format"
    NOT_A_PLACE = "not_a_place"
    NOT_A_PUBLIC_KEY = "not_a_public_key"
    NAME_TAKEN = "name_taken"


class NameProblem(Enum):
    """Wrong name, missing `=` or probable secret in a setting; the values are codes in the JSON."""

    UNKNOWN = "unknown"
    SECRET = "secret"  # noqa: S105 - the name of a problem
    REPEATED = "repeated"
    NO_VALUE = "no_value"


@dataclass(frozen=True, slots=True)
class FieldError:
    """First error of one input field.

    Attributes:
        limit: the violated bound; None if there is none. In characters, but in bytes for
            `TOO_MANY_BYTES`, in minutes for `IN_THE_FUTURE`, in days for `OLDER_THAN_KEPT`; a year
            for `TOO_EARLY`, the largest number for `NOT_A_NUMBER`.
        found: the wrong character, length, date or value of a `PlateFlaw`; never the whole text.
        least: the smallest number allowed, for `NOT_A_NUMBER`.
    """

    field: Field
    problem: Problem
    limit: int | None = None
    found: str = ""
    least: int = 0


class ReadableError(Exception):
    """Base of the errors that have a sentence for a person.

    Attributes:
        code: stable name, shown with the sentence and as `error.code` in JSON.
        detail: short technical remark, safe to show and to log; may be empty.
    """

    code: ClassVar[str] = ""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class InvalidInputError(ReadableError):
    """Input cannot be sent or kept. `errors` has one item per invalid field."""

    code = "INVALID_INPUT"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(", ".join(f"{e.field.value} {e.problem.value}" for e in errors))
        self.errors = tuple(errors)


class NotSetUpError(ReadableError):
    """The settings have no current account."""

    code = "NOT_SET_UP"


class KeyUnavailableError(ReadableError):
    """Base of the errors of reading, storing and removing a merchant key."""


class KeyMissingError(KeyUnavailableError):
    """The keyring works, but holds no key for this merchant."""

    code = "KEY_MISSING"


class OtherKeyMissingError(KeyMissingError):
    """The keyring holds no key for the new `mch_id`, which is the detail."""

    code = "OTHER_KEY_MISSING"


class KeyringMissingError(KeyUnavailableError):
    """No working keyring was found."""

    code = "KEYRING_MISSING"


class KeyringUnsafeError(KeyUnavailableError):
    """The only keyrings found are not known to encrypt; the detail names them."""

    code = "KEYRING_UNSAFE"


class KeyringLockedError(KeyUnavailableError):
    """The keyring is locked."""

    code = "KEYRING_LOCKED"


class KeyringSilentError(KeyUnavailableError):
    """The keyring did not answer in time; it may be showing a password prompt."""

    code = "KEYRING_SILENT"


class KeyringMismatchError(KeyUnavailableError):
    """The keyring's item is not a valid key, or differs from the key just written."""

    code = "KEYRING_MISMATCH"


class KeyringFailedError(KeyUnavailableError):
    """The keyring failed for any other reason."""

    code = "KEYRING_FAILED"


class KeyringItemLeftError(KeyringFailedError):
    """The keyring still has the item after many removals, each of which it reported as done."""

    code = "KEYRING_ITEM_LEFT"


class DataDirectoryInUseError(ReadableError):
    """Another process has locked the data directory."""

    code = "DATA_DIRECTORY_IN_USE"


class DataDirectoryUnusableError(ReadableError):
    """The data directory or its journal cannot be created, opened, read or safely written."""

    code = "DATA_DIRECTORY_UNUSABLE"


class DiskFullError(DataDirectoryUnusableError):
    """The disk of the data directory takes no more data; the detail is the system's message."""

    code = "DISK_FULL"


class NetworkDriveError(DataDirectoryUnusableError):
    """The data directory is on a network file system; the detail names its type."""

    code = "NETWORK_DRIVE"


class JournalLockedError(DataDirectoryUnusableError):
    """Another program had the journal locked while it was to be opened."""

    code = "JOURNAL_LOCKED"


class LogNotWrittenError(ReadableError):
    """The log cannot be opened; the program works without it."""

    code = "LOG_NOT_WRITTEN"


class JournalWriteError(ReadableError):
    """A write to the journal failed and was rolled back: nothing of it is stored."""

    code = "JOURNAL_NOT_WRITTEN"


class JournalBusyError(JournalWriteError):
    """Another program had the journal locked for longer than the busy timeout."""

    code = "JOURNAL_BUSY"


class JournalTakenError(JournalWriteError):
    """The data directory was replaced while the program ran, and another program has locked it."""

    code = "JOURNAL_TAKEN"


class JournalDiskFaultError(JournalWriteError):
    """The disk failed to read or write, without being full or read-only."""

    code = "JOURNAL_DISK_FAULT"


class JournalDamageFoundError(JournalWriteError):
    """The journal was found damaged by a write; it has to be opened again, which repairs it."""

    code = "JOURNAL_DAMAGE_FOUND"


class JournalFaultError(JournalWriteError):
    """The journal refused a write for another reason: a violated constraint or a bug."""

    code = "JOURNAL_FAULT"


class EntryFaultError(ReadableError):
    """A bug kept an entry from being saved; `detail` is the type name of the exception."""

    code = "ENTRY_FAULT"


class EntryNotOpenError(ReadableError):
    """The entry is being sent or is closed, so the requested step is refused."""

    code = "ENTRY_NOT_OPEN"


class AlreadyVoidedError(EntryNotOpenError):
    """The entry was taken back or voided before."""

    code = "ALREADY_VOIDED"


class StillSendingError(EntryNotOpenError):
    """The entry is being sent; it cannot be re-sent, corrected or voided before that ends."""

    code = "STILL_SENDING"


class EntryReplacedError(ReadableError):
    """The entry was already re-sent or corrected, so it cannot be replaced again."""

    code = "ENTRY_REPLACED"


class NothingToResendError(ReadableError):
    """The entry's state does not allow a re-send or correction; the detail is that state."""

    code = "NOTHING_TO_RESEND"


class AccountMissingError(ReadableError):
    """The account of the entry is no longer in the settings."""

    code = "ACCOUNT_MISSING"


class JournalNewerError(ReadableError):
    """The journal was written by a newer version of the program.

    Attributes:
        program: the version that wrote it last, such as `0.2.0`; empty if unknown.
    """

    code = "JOURNAL_NEWER"
    program = ""

    def __init__(self, detail: str = "", program: str = "") -> None:
        super().__init__(detail)
        self.program = program


class JournalDamagedError(ReadableError):
    """The journal file is damaged, lost or not a journal."""

    code = "JOURNAL_DAMAGED"


class JournalNotReadError(JournalDamagedError):
    """The journal could not be read because of a lock or a fault of the disk; it may be intact."""

    code = "JOURNAL_NOT_READ"


class JournalMissingError(JournalDamagedError):
    """There is no journal, or it is empty: no window was opened on this data directory."""

    code = "JOURNAL_MISSING"


class SettingsUnreadableError(ReadableError):
    """The settings file cannot be read or is invalid; it was not changed."""

    code = "SETTINGS_UNREADABLE"


class ImportUnreadableError(ReadableError):
    """A file of settings to import cannot be read or is no TOML; the detail has the reason."""

    code = "IMPORT_UNREADABLE"


class SettingsNewerError(SettingsUnreadableError):
    """A newer version of the program wrote the settings file."""

    code = "SETTINGS_NEWER"


class AccountInUseError(ReadableError):
    """The account has open entries, so it cannot be removed.

    Attributes:
        waiting: number of open entries.
    """

    code = "ACCOUNT_IN_USE"
    waiting = 0

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} waiting")
        self.waiting = waiting


class ProfileCurrentError(ReadableError):
    """The profile is the current one and there are others, so it cannot be removed."""

    code = "PROFILE_CURRENT"


class ProfileUnknownError(ReadableError):
    """No profile, or more than one, has this name; the detail is the name."""

    code = "PROFILE_UNKNOWN"


class SettingsNotWrittenError(ReadableError):
    """The settings file could not be written; the old one is unchanged."""

    code = "SETTINGS_NOT_WRITTEN"


class TooManySearchesError(ReadableError):
    """50 searches are saved already, and no more are kept; the new one was not saved."""

    code = "TOO_MANY_SEARCHES"


class SearchesUnreadableError(ReadableError):
    """Some or all saved searches cannot be read; the file was not changed."""

    code = "SEARCHES_UNREADABLE"


class SearchUnknownError(ReadableError):
    """There is no saved search of that name; nothing was removed."""

    code = "SEARCH_UNKNOWN"


class ExportExistsError(ReadableError):
    """There is a file of that name, and it was not to be replaced."""

    code = "EXPORT_EXISTS"


class EntryNotFoundError(ReadableError):
    """Neither the journal nor a readable archive has an entry with this id."""

    code = "ENTRY_NOT_FOUND"


class FileNotWrittenError(ReadableError):
    """A file that a person asked for could not be written, or not be flushed to disk."""

    code = "FILE_NOT_WRITTEN"


class AutostartFailedError(ReadableError):
    """The start at login could not be read or changed; the detail is the system's message."""

    code = "AUTOSTART_FAILED"


class NotRestartedError(ReadableError):
    """The program ended to start again, but the system did not start it."""

    code = "NOT_RESTARTED"


class VersionFileError(ReadableError):
    """Base of the errors of the version file. None of them affects the sending of entries."""


class VersionFileUnreachableError(VersionFileError):
    """The version file or its signature cannot be read."""

    code = "VERSION_FILE_UNREACHABLE"


class VersionFileUntrustedError(VersionFileError):
    """The signature of the version file is malformed, or wrong for the file and the public key."""

    code = "VERSION_FILE_UNTRUSTED"


class VersionFileNotUnderstoodError(VersionFileError):
    """The version file is too large, or its content is invalid."""

    code = "VERSION_FILE_NOT_UNDERSTOOD"
