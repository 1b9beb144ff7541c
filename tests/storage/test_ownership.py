"""Files that root makes in the data directory of another user belong to that user afterwards."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.settings import Settings
from wxpark_gui.storage.ownership import give_back

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root can give files away"
)

ATTENDANT = 12345


def owners(root: Path) -> set[int]:
    return {path.lstat().st_uid for path in (root, *root.rglob("*"))}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Data directory of the attendant."""
    root = tmp_path / "home"
    root.mkdir(mode=0o700)
    os.chown(root, ATTENDANT, ATTENDANT)
    return root


@pytest.fixture
def make(home: Path) -> Callable[[str, int], Path]:
    """Return a function that makes a file of root in the data directory, with a mode."""

    def make_file(name: str, mode: int) -> Path:
        path = home / name
        path.touch()
        path.chmod(mode)
        return path

    return make_file


def test_files_of_a_run_as_root_belong_to_the_attendant(home: Path) -> None:
    with Assembly(home) as parts:
        parts.claim()
        parts.settings.save(Settings())
    assert (home / "logs" / "wxpark.log").exists()
    assert owners(home) == {ATTENDANT}


def test_directory_that_root_makes_belongs_to_the_owner_of_its_parent(home: Path) -> None:
    root = home / "new"
    with Assembly(root) as parts:
        parts.claim()
    assert owners(root) == {ATTENDANT}


def test_directory_of_root_is_left_to_root(tmp_path: Path) -> None:
    with Assembly(tmp_path / "root") as parts:
        parts.claim()
    assert owners(tmp_path / "root") == {0}


def test_file_on_which_root_gave_rights_to_others_is_left_alone(
    home: Path, make: Callable[[str, int], Path]
) -> None:
    shared = make("settings.toml", 0o644)
    give_back(home)
    assert shared.stat().st_uid == 0


def test_file_with_a_name_elsewhere_is_left_alone(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    (home / "hard").hardlink_to(secret)
    (home / "soft").symlink_to(secret)
    (home / "folder").symlink_to(tmp_path)
    give_back(home)
    assert secret.stat().st_uid == 0
    assert tmp_path.stat().st_uid == 0


def test_another_user_gives_nothing_away(
    home: Path, make: Callable[[str, int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    private = make("lock", 0o600)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: ATTENDANT)
        give_back(home)
    assert private.stat().st_uid == 0
