"""`wxpark settings`: show, change, import and export the settings of a booth.

`show` and `export` work while the window is open. `set` and `import` lock the data directory,
unless the change is refused or no value would change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.key_state import key_error
from wxpark_gui.console.opening import JournalOpener
from wxpark_gui.console.streams import needs_ascii, read_bytes
from wxpark_gui.domain.errors import ImportUnreadableError, KeyUnavailableError
from wxpark_gui.domain.setting_changes import (
    DEFINITIONS,
    Difference,
    SettingChanges,
    SettingFault,
    SettingsRefusedError,
    apply_changes,
    find_names,
    read_assignments,
    read_tables,
    setting_values,
)
from wxpark_gui.storage.settings import COMMENTED_SUFFIX, TomlSettings
from wxpark_gui.storage.settings_exchange import (
    LARGEST_FILE,
    ImportedFile,
    export_text,
    read_import,
)

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """One setting with its source.

    Attributes:
        value: None if it must be entered and was not.
        in_file: True if it stands in the settings file.
    """

    name: str
    value: Any
    in_file: bool

    @property
    def is_default(self) -> bool:
        default = DEFINITIONS[self.name].default
        return default is not None and bool(self.value == default)


@dataclass(frozen=True, slots=True)
class Changed:
    """Result of `set` and `import`.

    Attributes:
        differences: the changed settings; empty if nothing was written.
        copy: path of a copy of the old settings file; None if the file had no comments.
        key_error: the error of reading the merchant's key; None if it can be read, or if no setting
            of the merchant was named.
        left_out: number of profiles in the imported file that were not taken.
    """

    differences: tuple[Difference, ...] = ()
    copy: Path | None = None
    key_error: KeyUnavailableError | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Exported:
    """Result of `export`.

    Attributes:
        text: all settings as TOML, with the current profile.
        left_out: number of other profiles.
    """

    text: str
    left_out: int


def show_settings(directory: Path | None, names: Sequence[str]) -> list[ShownSetting]:
    """Return the settings with these names or in these sections; all settings if `names` is empty.

    Raises:
        ReadableError: a name is unknown, or the settings file cannot be read.
    """
    wanted = find_names(names)
    with Assembly(directory, read_only=True) as parts:
        values = setting_values(parts.load_settings())
        in_file = TomlSettings(parts.directory.settings).names()
    return [ShownSetting(name, values[name], name in in_file) for name in wanted]


def export_settings(directory: Path | None) -> Exported:
    """Return all settings as TOML, which `import_settings` reads. Other profiles are left out.

    Raises:
        ReadableError: the settings file cannot be read.
    """
    with Assembly(directory, read_only=True) as parts:
        settings = parts.load_settings()
    others = [a for a in settings.accounts if a.account_id != settings.account_id]
    return Exported(export_text(settings, ascii_only=needs_ascii()), len(others))


def assign_settings(
    directory: Path | None,
    assignments: Sequence[str],
    opener: JournalOpener,
    interrupts: Interrupts,
) -> Changed:
    """Change the settings of `NAME=VALUE` texts, all or none.

    Raises:
        ReadableError: as `Merchants.keep_changes`, or another process has locked the data
            directory.
    """
    return _change(directory, read_assignments(assignments), opener, interrupts)


def import_settings(
    directory: Path | None, file: str, opener: JournalOpener, interrupts: Interrupts
) -> Changed:
    """Change the settings that a file names, all or none; `-` is standard input.

    Raises:
        ReadableError: as `assign_settings`, or the file cannot be read.
    """
    imported = read_import(_content(file))
    try:
        changed = _change(directory, read_tables(imported.tables), opener, interrupts)
    except SettingsRefusedError as error:
        raise SettingsRefusedError(_with_line(fault, imported) for fault in error.faults) from None
    return replace(changed, left_out=imported.left_out)


def _change(
    directory: Path | None, changes: SettingChanges, opener: JournalOpener, interrupts: Interrupts
) -> Changed:
    if not _is_needed(directory, changes):
        return Changed(key_error=_key_error(directory, changes))
    with Assembly(directory) as parts:
        parts.claim()
        # Open the journal first; if that fails, change nothing.
        with opener.open(parts) as journal:
            commented = TomlSettings(parts.directory.settings).has_comments()
            # Ctrl-C must not come between the change of the settings and that of the keyring.
            interrupts.defer()
            made = parts.merchants(journal).keep_changes(changes)
            # Retry at once the entries held because of the old settings.
            journal.release(parts.clock.now())
        settings = parts.directory.settings
    copy = settings.with_name(settings.name + COMMENTED_SUFFIX) if commented and made else None
    return Changed(made, copy, _key_error(directory, changes))


def _is_needed(directory: Path | None, changes: SettingChanges) -> bool:
    """Test if the changes differ from the settings, without locking the data directory.

    Raises:
        ReadableError: the changes are refused, or the settings file cannot be read.
    """
    with Assembly(directory, read_only=True) as parts:
        stored = parts.load_settings()
    kept, merchant = apply_changes(stored, changes)
    current = stored.account.merchant if stored.account else None
    return kept != stored or merchant != current


def _key_error(directory: Path | None, changes: SettingChanges) -> KeyUnavailableError | None:
    if not changes.names_merchant:
        return None
    with Assembly(directory, read_only=True) as parts:
        account = parts.load_settings().account
        return key_error(account.merchant.mch_id, parts) if account else None


def _content(file: str) -> bytes:
    """Return at most `LARGEST_FILE + 1` bytes of a file; `-` is standard input.

    Raises:
        ImportUnreadableError: the file cannot be read.
    """
    try:
        if file == STANDARD_INPUT:
            return read_bytes(LARGEST_FILE + 1)
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        remark = error.strerror if isinstance(error, OSError) else None
        raise ImportUnreadableError(remark or type(error).__name__) from None


def _with_line(fault: SettingFault, imported: ImportedFile) -> SettingFault:
    return replace(fault, line=imported.line_of(fault.name))
