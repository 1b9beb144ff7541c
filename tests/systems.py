"""Marks for tests that need another system than the one they run on."""

from __future__ import annotations

import ctypes
import sys

import pytest

UNDER_WINE = sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


def not_on_windows(reason: str) -> pytest.MarkDecorator:
    """Skips on Windows, and under Wine."""
    return pytest.mark.skipif(sys.platform == "win32", reason=reason)


def not_under_wine(reason: str) -> pytest.MarkDecorator:
    """Skips under Wine alone: it runs on Windows."""
    return pytest.mark.skipif(UNDER_WINE, reason=f"under Wine: {reason}")


needs_posix_modes = not_on_windows("POSIX file modes")
