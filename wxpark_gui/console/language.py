"""Choice of the console tool's language, which the parser needs for its help texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.storage.directory import locate_directory
from wxpark_gui.storage.settings import TomlSettings

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Locale variables in the order of POSIX; the first non-empty one counts."""
_ENGLISH = "en"


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return one of `LANGUAGES`: that of `--lang`, else of the settings file, else of the locale.

    A locale other than English, an unreadable settings file and the lack of a data directory give
    Simplified Chinese.
    """
    given = _value_of("--lang", arguments)
    if given in LANGUAGES:
        return given
    stored = _stored_language(_directory_of(arguments))
    if stored is not None:
        return stored
    return _ENGLISH if _names_english(environment) else LANGUAGES[0]


def _value_of(option: str, arguments: Sequence[str]) -> str:
    """Return the last value of an option, from `--x VALUE` or `--x=VALUE`; empty without one."""
    found = ""
    for place, argument in enumerate(arguments):
        if argument == option:
            found = arguments[place + 1] if place + 1 < len(arguments) else ""
        elif argument.startswith(f"{option}="):
            found = argument.partition("=")[2]
    return found


def _directory_of(arguments: Sequence[str]) -> Path | None:
    given = _value_of("--data-dir", arguments)
    return Path(given) if given else None


def _stored_language(directory: Path | None) -> str | None:
    """Return the language of the settings file; the default if unreadable, None without a file."""
    try:
        settings = locate_directory(directory).settings
        if not settings.exists():
            return None
        return TomlSettings(settings).load().appearance.language
    except (OSError, ReadableError):
        return LANGUAGES[0]


def _names_english(environment: Mapping[str, str]) -> bool:
    locale = next((value for name in _LOCALE_VARIABLES if (value := environment.get(name))), "")
    return locale.replace(".", "_").split("_")[0].lower() == _ENGLISH
