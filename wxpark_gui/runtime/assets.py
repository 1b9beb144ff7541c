"""Access to resource files in a checkout, a wheel and a frozen program."""

from __future__ import annotations

import gettext
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable

_DOMAIN = "wxpark"
_SOURCE_LANGUAGE = "en"


def asset(*names: str) -> Traversable:
    """Return a file or folder below `resources`, such as `asset("icons", "ok.svg")`.

    It may not exist.
    """
    place: Traversable = _root()
    for name in names:
        place = place / name
    return place


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


def _root() -> Traversable:
    """Return the folder `resources` in the installed package, or beside it in a checkout."""
    package = files("wxpark_gui")
    installed = package / "resources"
    return installed if installed.is_dir() else Path(str(package)).parent / "resources"
