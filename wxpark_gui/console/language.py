"""The language of the console tool, and the options needed before it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.storage.directory import locate_directory
from wxpark_gui.storage.settings import TomlSettings

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order of POSIX: the first that is not empty counts."""
_ENGLISH = "en"


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """One of `LANGUAGES`: that of `--lang`, else of the settings, else Simplified Chinese.

    Only while there is no settings file, a locale that names English selects English.
    """
    given = _value_of("--lang", arguments)
    if given in LANGUAGES:
        return given
    stored = _stored_language(locate_directory(_directory_of(arguments)).settings)
    if stored is not None:
        return stored
    return _ENGLISH if _names_english(environment) else LANGUAGES[0]


def _value_of(option: str, arguments: Sequence[str]) -> str:
    """The last value of an option, wherever it stands; empty for none."""
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


def _stored_language(settings: Path) -> str | None:
    """The language in the settings, the default in an unreadable file; None without a file."""
    try:
        if not settings.exists():
            return None
        return TomlSettings(settings).load().appearance.language
    except (OSError, ReadableError):
        return LANGUAGES[0]


def _names_english(environment: Mapping[str, str]) -> bool:
    locale = next((value for name in _LOCALE_VARIABLES if (value := environment.get(name))), "")
    return locale.replace(".", "_").split("_")[0].lower() == _ENGLISH
