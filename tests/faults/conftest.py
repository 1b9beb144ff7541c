"""A folder on a real disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder where writing takes as long as in a booth; `tmp_path` may be in memory."""
    with tempfile.TemporaryDirectory() as root:
        yield Path(root)
