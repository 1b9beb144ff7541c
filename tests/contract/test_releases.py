"""Contract of `Releases`: a correctly signed announcement, else a `VersionFileError`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.releases.signer import DOCUMENT, Signer
from tests.service.conftest import UNASKED, Announcement
from wxpark_gui.domain.errors import VersionFileError
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.releases import VersionFile
from wxpark_gui.service.ports import Releases

RELEASE = Release(Version(1, 2, 0), r"\\server\apps\wxpark")
IDS = ["VersionFile", "Announcement"]


@pytest.fixture
def source(tmp_path: Path) -> ReleaseSource:
    """A signed version file in a folder."""
    signer, file = Signer(), tmp_path / "wxpark.toml"
    file.write_bytes(DOCUMENT)
    file.with_name("wxpark.toml.minisig").write_bytes(signer.sign(DOCUMENT))
    return ReleaseSource(str(file), signer.public)


@pytest.mark.parametrize("kind", IDS)
def test_signed_version_is_announced(source: ReleaseSource, kind: str) -> None:
    releases: Releases = VersionFile() if kind == "VersionFile" else Announcement(RELEASE)
    assert releases.announced(source) == RELEASE


@pytest.mark.parametrize("kind", IDS)
def test_source_that_is_not_there_raises_a_version_file_error(
    source: ReleaseSource, kind: str
) -> None:
    Path(source.place).unlink()
    releases: Releases = VersionFile() if kind == "VersionFile" else UNASKED
    with pytest.raises(VersionFileError):
        releases.announced(source)
