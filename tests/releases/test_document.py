"""Valid and invalid contents of the version file."""

from __future__ import annotations

import pytest

from wxpark_gui.domain.errors import VersionFileNotUnderstoodError
from wxpark_gui.domain.release import WHERE_LENGTH, Release, Version
from wxpark_gui.releases.document import read_release

LONGEST = "x" * WHERE_LENGTH


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ('version = "1.2.0"', Release(Version(1, 2, 0))),
        ('version = "0.0.0"\nwhere = ""\n', Release(Version(0, 0, 0))),
        ("version = '10.0.3'\nwhere = '\\\\srv\\x'", Release(Version(10, 0, 3), "\\\\srv\\x")),
        ('where = "找管理员 <b>"\nversion = "1.2.0"', Release(Version(1, 2, 0), "找管理员 <b>")),
        (f'version = "1.2.0"\nwhere = "{LONGEST}"', Release(Version(1, 2, 0), LONGEST)),
        ('version = "1.2.0"\nnotes = ["later"]\n[more]\nx = 1', Release(Version(1, 2, 0))),
        ('\ufeffversion = "1.2.0"\r\nwhere = "x"\r\n', Release(Version(1, 2, 0), "x")),
    ],
)
def test_version_and_place_are_read_unchanged(text: str, release: Release) -> None:
    assert read_release(text.encode()) == release


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "version is missing"),
        (b'where = "x"', "version is missing"),
        (b"version = 1.2", "version is missing, or no text"),
        (b'version = ["1.2.0"]', "version is missing, or no text"),
        (b'version = "1.2"', "version is not MAJOR.MINOR.PATCH"),
        (b'version = "1.2.0-rc1"', "version is not MAJOR.MINOR.PATCH"),
        (b'version = "1.2.0"\nwhere = 7', "where is no text"),
        (b'version = "1.2.0"\nwhere = "a\\nb"', "where is no text"),
        (b'version = "1.2.0"\nwhere = "a\\u202eb"', "where is no text"),
        (f'version = "1.2.0"\nwhere = "{LONGEST}x"'.encode(), "where is no text"),
        (b'version = "1.2.0"\nversion = "1.2.1"', "not TOML"),
        (b"<html>404</html>", "not TOML"),
        (b'version = "1.2.0" # \xff', "not UTF-8"),
        ('version = "1.2.0"'.encode("utf-16"), "not UTF-8"),
        (b"\x00" * 16384, "not TOML"),
        (b"x = " + b"1" * 5000, "not TOML"),
        (b"x = " + b"[" * 10000, "not TOML"),
    ],
)
def test_invalid_content_is_refused_with_its_reason(content: bytes, detail: str) -> None:
    with pytest.raises(VersionFileNotUnderstoodError) as caught:
        read_release(content)
    assert detail in caught.value.detail
