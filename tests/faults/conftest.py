"""A folder on a real disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder on a disk, for realistic times of writing; `tmp_path` may be in memory."""
    with tempfile.TemporaryDirectory() as root:
        yield Path(root)
