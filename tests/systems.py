"""Marks for tests that need another system than the one they run on."""

from __future__ import annotations

import sys

import pytest


def not_on_windows(reason: str) -> pytest.MarkDecorator:
    """Skips on Windows, and under Wine."""
    return pytest.mark.skipif(sys.platform == "win32", reason=reason)


needs_posix_modes = not_on_windows("POSIX file modes")
