"""`trust_source` returns the source of the trusted authorities and their number."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from tests.systems import not_on_windows
from wxpark_gui.transport import trust
from wxpark_gui.transport.trust import trust_source

pytestmark = not_on_windows("its own store verifies")


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    file = tmp_path / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    return file


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty directory of authorities; OpenSSL's default paths and the other files have none."""
    folder = tmp_path / "certs"
    folder.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    monkeypatch.setattr(trust, "_OTHER_FILES", ())
    return folder


def test_file_of_openssl_comes_first(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert trust_source() == (str(authority), 1)


def test_directory_counts_hashed_names_only(nowhere: Path) -> None:
    for name in ("0a775a30.0", "README", "0a775a30.pem"):
        (nowhere / name).touch()
    assert trust_source() == (str(nowhere), 1)


def test_other_file_is_the_last_resort(
    nowhere: Path, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "_OTHER_FILES", ("/nonexistent", str(authority)))
    assert trust_source() == (str(authority), 1)


def test_store_that_this_user_cannot_read_has_no_authority(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a strict umask an administrator may make it for root alone."""

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    (nowhere / "0a775a30.0").touch()
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert trust_source() == ("OpenSSL", 0)


def test_without_any_source_there_is_no_authority(nowhere: Path) -> None:
    assert trust_source() == ("OpenSSL", 0)


def test_file_that_is_no_certificate_has_no_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "broken.pem"
    file.write_text("something else")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert trust_source() == (str(file), 0)
