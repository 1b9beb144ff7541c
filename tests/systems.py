"""Marks that skip tests on systems on which they cannot run."""

from __future__ import annotations

import ctypes
import sys

import pytest

UNDER_WINE = sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


def not_on_windows(reason: str) -> pytest.MarkDecorator:
    """Return a mark that skips a test on Windows and under Wine."""
    return pytest.mark.skipif(sys.platform == "win32", reason=reason)


def not_under_wine(reason: str) -> pytest.MarkDecorator:
    """Return a mark that skips a test under Wine, but not on Windows."""
    return pytest.mark.skipif(UNDER_WINE, reason=f"under Wine: {reason}")


needs_posix_modes = not_on_windows("POSIX file modes")
