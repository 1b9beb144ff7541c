"""Version and name are the same in the packages of all systems."""

from __future__ import annotations

from pathlib import Path

import pytest

import wxpark_gui
from failure import SetUpError
from identity import read_version

ROOT = Path(__file__).parents[2]


def test_the_version_is_that_of_the_program() -> None:
    assert read_version(ROOT) == wxpark_gui.__version__


@pytest.mark.parametrize("stated", ["", '__version__ = "1.0"', '__version__ = "1.0.0rc1"'])
def test_a_version_that_not_every_system_can_compare_is_refused(
    tmp_path: Path, stated: str
) -> None:
    (tmp_path / "wxpark_gui").mkdir()
    (tmp_path / "wxpark_gui" / "__init__.py").write_text(stated, encoding="utf-8")
    with pytest.raises(SetUpError, match=r"of the form 1\.2\.3"):
        read_version(tmp_path)
