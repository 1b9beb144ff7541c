"""Facts about the running program, for the dialog about it and for a support call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """Folders, versions and abilities of the running program.

    Attributes:
        data_folder, settings_file, log_folder: absolute paths; empty if they are unknown.
        versions: name and version of each part, such as `("Qt", "6.8.3")`.
        can_type_chinese: False if no input method for Chinese was found when the program started.
    """

    data_folder: str = ""
    settings_file: str = ""
    log_folder: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    can_type_chinese: bool = True
