"""Python's UTF-8 mode where the locale's encoding is another one. Does not use Qt.

Qt reads and writes names of files in UTF-8 whatever the locale, and a Chinese plate or name cannot
be encoded in ASCII or Latin-1.
"""

from __future__ import annotations

import os
import sys

_UTF8 = ("-X", "utf8=1")


def use_utf8_mode() -> None:
    """Replace the process by the same command in UTF-8 mode if it is a Linux program without it.

    Call it before anything is opened. A no-op in a locale of UTF-8 or without an encoding (`C`), in
    which Python chooses the mode itself, and in a bundle, whose interpreter takes no options.
    """
    given = sys.orig_argv[1:]
    is_utf8 = sys.getfilesystemencoding().replace("-", "") == "utf8"
    if sys.platform != "linux" or is_utf8 or getattr(sys, "frozen", False):
        return
    if tuple(given[: len(_UTF8)]) != _UTF8:
        # Python obeys the first of several options `-X utf8`.
        os.execv(sys.executable, [sys.executable, *_UTF8, *given])  # noqa: S606 - our own command
