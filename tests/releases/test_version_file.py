"""Version file in a local directory or on a network share."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.releases.signer import DOCUMENT, Signer
from tests.systems import not_on_windows
from wxpark_gui.domain.errors import (
    VersionFileError,
    VersionFileNotUnderstoodError,
    VersionFileUnreachableError,
    VersionFileUntrustedError,
)
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.releases import VersionFile, reading
from wxpark_gui.releases.fetching import FILE_BYTES


class Share:
    """A directory with the operator's version file and signature."""

    def __init__(self, folder: Path) -> None:
        self.signer = Signer()
        self.file = folder / "wxpark.toml"
        self.signature = folder / "wxpark.toml.minisig"

    def publish(self, content: bytes) -> None:
        self.file.write_bytes(content)
        self.signature.write_bytes(self.signer.sign(content))

    @property
    def source(self) -> ReleaseSource:
        return ReleaseSource(str(self.file), self.signer.public)

    def refused(self) -> VersionFileError:
        with pytest.raises(VersionFileError) as caught:
            VersionFile().announced(self.source)
        return caught.value


@pytest.fixture
def share(tmp_path: Path) -> Share:
    share = Share(tmp_path)
    share.publish(DOCUMENT)
    return share


def test_signed_version_is_announced(share: Share) -> None:
    release = Release(Version(1, 2, 0), r"\\server\apps\wxpark")
    assert VersionFile().announced(share.source) == release


def test_changed_file_is_untrusted(share: Share) -> None:
    share.file.write_bytes(DOCUMENT.replace(b"1.2.0", b"9.9.9"))
    assert isinstance(share.refused(), VersionFileUntrustedError)


def test_unsigned_file_is_not_parsed(share: Share) -> None:
    share.file.write_bytes(b"\xff not TOML")
    assert isinstance(share.refused(), VersionFileUntrustedError)


def test_signed_file_without_a_version_is_refused(share: Share) -> None:
    share.publish(b'version = "soon"')
    assert isinstance(share.refused(), VersionFileNotUnderstoodError)


@pytest.mark.parametrize("missing", ["file", "signature"])
def test_missing_file_or_signature_is_unreachable_in_the_systems_words(
    share: Share, missing: str
) -> None:
    getattr(share, missing).unlink()
    error = share.refused()
    assert isinstance(error, VersionFileUnreachableError)
    assert error.detail == "No such file or directory"


@pytest.mark.parametrize("large", ["file", "signature"])
def test_oversized_file_is_not_read(share: Share, large: str) -> None:
    with getattr(share, large).open("wb") as file:
        file.truncate(1 << 40)
    error = share.refused()
    assert isinstance(error, VersionFileNotUnderstoodError)
    assert str(FILE_BYTES) in error.detail


@not_on_windows("the paths are those of Windows")
@pytest.mark.parametrize("place", [r"\\server\share\wxpark.toml", r"C:\share\wxpark.toml"])
def test_path_of_another_system_is_not_read_from_the_working_directory(
    share: Share, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(share.file.parent)
    Path(place).write_bytes(DOCUMENT)
    Path(f"{place}.minisig").write_bytes(share.signer.sign(DOCUMENT))
    with pytest.raises(VersionFileUnreachableError):
        VersionFile().announced(ReleaseSource(place, share.signer.public))


class TestDeadShare:
    @pytest.fixture
    def back(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """Event that ends the wait of all reads from the share; until it is set they hang."""
        back = threading.Event()
        read = reading._read

        def hang(path: Path) -> bytes:
            back.wait(10)
            return read(path)

        monkeypatch.setattr(reading, "_read", hang)
        yield back
        back.set()

    def test_read_times_out_and_leaves_one_thread(
        self, share: Share, back: threading.Event
    ) -> None:
        version_file = VersionFile(seconds=0.5)
        before = threading.active_count()
        began = time.monotonic()
        for _ in range(5):
            with pytest.raises(VersionFileUnreachableError, match="TIMEOUT"):
                version_file.announced(share.source)
        assert time.monotonic() - began < 5 * 0.5
        assert threading.active_count() == before + 1

    def test_share_that_is_back_is_read_again(self, share: Share, back: threading.Event) -> None:
        version_file = VersionFile(seconds=0.5)
        with pytest.raises(VersionFileUnreachableError):
            version_file.announced(share.source)
        back.set()
        for thread in threading.enumerate():
            if thread.name == "wxpark-share":
                thread.join(5)
        assert version_file.announced(share.source).version == Version(1, 2, 0)
