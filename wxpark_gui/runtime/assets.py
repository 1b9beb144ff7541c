"""Access to resource files in a checkout, a wheel and a frozen program."""

from __future__ import annotations

import gettext
import sys
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
    """One file or folder below `resources`, by its path: `asset("icons", "arrears.svg")`."""
    place: Traversable = _root()
    for name in names:
        place = place / name
    return place


def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one for English, the language of the message ids.

    Raises:
        FileNotFoundError: the catalogue was not compiled or not installed: a broken build.
    """
    if language == _SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    compiled = asset("translations", language, "LC_MESSAGES", f"{_DOMAIN}.mo")
    with compiled.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def notice() -> str:
    """Licences of everything in the installed package; empty in a checkout."""
    text = asset("NOTICE.txt")
    return text.read_text(encoding="utf-8") if text.is_file() else ""


def _root() -> Traversable:
    """The `resources` folder: inside an installed package, beside the package in a checkout."""
    package = files("wxpark_gui")
    installed = package / "resources"
    return installed if installed.is_dir() else Path(str(package)).parent / "resources"
