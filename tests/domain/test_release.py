"""Versions: three numbers, compared as numbers."""

from __future__ import annotations

import pytest

from wxpark_gui import __version__
from wxpark_gui.domain.release import Version, read_version


def test_the_program_itself_has_a_version_that_can_be_compared() -> None:
    assert str(read_version(__version__)) == __version__


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("0.1.0", "0.1.1"),
        ("0.9.9", "0.10.0"),
        ("1.9.0", "1.10.0"),
        ("1.99999.99999", "2.0.0"),
    ],
)
def test_the_newer_one_is_the_larger_one(older: str, newer: str) -> None:
    assert read_version(older) < read_version(newer)
    assert not read_version(newer) < read_version(older)


@pytest.mark.parametrize(
    "text",
    [
        "", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.3rc1", "1.2.3-1", "1.2.3+1", "01.2.3", "1.2.03",
        "1.2.-3", " 1.2.3", "1.2.3\n", "1,2,3", "1.2.123456", "１.２.３", "1.2.³",
    ],
)  # fmt: skip
def test_anything_else_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="MAJOR"):
        read_version(text)


def test_a_version_reads_as_it_is_written() -> None:
    assert read_version("1.20.3") == Version(1, 20, 3)
