"""Only a newer version is reported."""

from __future__ import annotations

import pytest

from tests.service.conftest import Announcement
from wxpark_gui.domain.errors import VersionFileUntrustedError
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.service.releases import Upgrades

SOURCE = ReleaseSource("https://park.example/wxpark.toml", "key")
RUNNING = Version(1, 2, 0)


@pytest.mark.parametrize(
    ("announced", "is_newer"),
    [
        (Version(1, 2, 1), True),
        (Version(1, 10, 0), True),
        (Version(2, 0, 0), True),
        (Version(1, 2, 0), False),
        (Version(1, 1, 9), False),
        (Version(0, 99, 99), False),
    ],
    ids=str,
)
def test_only_a_newer_version_is_returned(announced: Version, is_newer: bool) -> None:
    release = Release(announced, "the manager's desk")
    found = Upgrades(Announcement(release), RUNNING).newer(SOURCE)
    assert found == (release if is_newer else None)


def test_untrusted_version_file_is_an_error() -> None:
    with pytest.raises(VersionFileUntrustedError):
        Upgrades(Announcement(VersionFileUntrustedError()), RUNNING).newer(SOURCE)
