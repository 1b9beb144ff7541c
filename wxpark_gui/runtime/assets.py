"""Access to resource files in a checkout, a wheel and a frozen program."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

_DOMAIN = "wxpark"
_SOURCE_LANGUAGE = "en"


def asset(*names: str) -> Path:
    """Return a file or folder below `resources`, such as `asset("icons", "ok.svg")`.

    It may not exist.
    """
    return _root().joinpath(*names)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the translations for a language; none for `en`, the language of the message ids.

    Raises:
        FileNotFoundError: the build lacks the compiled catalogue.
    """
    if language == _SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    compiled = asset("translations", language, "LC_MESSAGES", f"{_DOMAIN}.mo")
    with compiled.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def notice() -> str:
    """Return the text of `NOTICE.txt`, the licences of all bundled parts.

    The text is empty if there is no such file, as in a checkout.
    """
    text = asset("NOTICE.txt")
    return text.read_text(encoding="utf-8") if text.is_file() else ""


def _root() -> Path:
    """Return the folder `resources` in the installed package, or beside it in a checkout."""
    # `importlib.resources` imports the readers of zip files; the program is never in one.
    package = Path(__file__).parents[1]
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
