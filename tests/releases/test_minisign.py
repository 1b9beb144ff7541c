"""A minisign signature is accepted only if every part of it is valid."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.releases.signer import COMMENT, DOCUMENT, Signer
from wxpark_gui.domain.errors import VersionFileUntrustedError
from wxpark_gui.domain.release_source import is_public_key, read_public_key
from wxpark_gui.releases.minisign import verify

FIXTURES = Path(__file__).parent / "fixtures"
NOT_ONE = "not a signature of minisign"

Change = Callable[[list[bytes]], list[bytes]]


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


def check(content: bytes, signature: bytes, public: str) -> None:
    verify(content, signature, read_public_key(public))


def refused(content: bytes, signature: bytes, public: str) -> str:
    with pytest.raises(VersionFileUntrustedError) as caught:
        check(content, signature, public)
    return caught.value.detail


class TestMinisignItself:
    """A file signed with minisign 0.11 itself; the private key has been deleted."""

    @pytest.fixture
    def public(self) -> str:
        return (FIXTURES / "wxpark.pub").read_text(encoding="utf-8").splitlines()[-1]

    def test_signature_of_the_real_tool_verifies(self, public: str) -> None:
        content = (FIXTURES / "wxpark.toml").read_bytes()
        assert content == DOCUMENT
        check(content, (FIXTURES / "wxpark.toml.minisig").read_bytes(), public)

    def test_legacy_format_is_refused_with_its_reason(self, public: str) -> None:
        signature = (FIXTURES / "legacy.minisig").read_bytes()
        assert "sign without -l" in refused(DOCUMENT, signature, public)

    @pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
    def test_signature_of_these_tests_verifies_with_the_real_tool(
        self, tmp_path: Path, signer: Signer
    ) -> None:
        (tmp_path / "wxpark.toml").write_bytes(DOCUMENT)
        (tmp_path / "wxpark.toml.minisig").write_bytes(signer.sign(DOCUMENT))
        subprocess.run(
            ["minisign", "-V", "-H", "-P", signer.public, "-m", "wxpark.toml"],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )


def test_signature_of_the_key_holder_verifies(signer: Signer) -> None:
    check(DOCUMENT, signer.sign(DOCUMENT), signer.public)


@pytest.mark.parametrize("end", [b"", b"\r\n", b"\n\n"])
def test_line_endings_do_not_matter(signer: Signer, end: bytes) -> None:
    lines = signer.sign(DOCUMENT).rstrip(b"\n").split(b"\n")
    between = b"\r\n" if end == b"\r\n" else b"\n"
    check(DOCUMENT, between.join(lines) + end, signer.public)


def test_other_key_is_refused_with_its_reason(signer: Signer) -> None:
    other = Signer(key_id=b"stranger")
    assert refused(DOCUMENT, other.sign(DOCUMENT), signer.public) == "signed with another key"


def test_other_key_with_the_same_id_is_refused(signer: Signer) -> None:
    other = Signer(key_id=signer.key_id)
    assert refused(DOCUMENT, other.sign(DOCUMENT), signer.public) == "not the file that was signed"


@pytest.mark.parametrize(
    "content",
    [DOCUMENT[:-1], DOCUMENT + b"\n", DOCUMENT.replace(b"1.2.0", b"9.9.9"), b""],
    ids=["shorter", "longer", "changed", "empty"],
)
def test_file_other_than_the_signed_one_is_refused(signer: Signer, content: bytes) -> None:
    found = refused(content, signer.sign(DOCUMENT), signer.public)
    assert found == "not the file that was signed"


def test_comment_other_than_the_signed_one_is_refused(signer: Signer) -> None:
    signature = signer.sign(DOCUMENT).replace(COMMENT, COMMENT.replace(b"17", b"18", 1))
    assert refused(DOCUMENT, signature, signer.public) == "not the comment that was signed"


def test_comment_of_another_signature_is_refused(signer: Signer) -> None:
    ours = signer.sign(DOCUMENT).split(b"\n")
    theirs = signer.sign(b"another", comment=b"another").split(b"\n")
    mixed = b"\n".join([*ours[:2], *theirs[2:]])
    assert refused(DOCUMENT, mixed, signer.public) == "not the comment that was signed"


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:0],
        lambda lines: lines[:2],
        lambda lines: lines[:3],
        lambda lines: [*lines, b"more"],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[1][:-4], *lines[2:]],
        lambda lines: [lines[0], lines[1][:-1], *lines[2:]],
        lambda lines: [lines[0], b"", *lines[2:]],
        lambda lines: [lines[0], b"\xff" * 100, *lines[2:]],
        lambda lines: [lines[0], lines[1] + b"AAAA", *lines[2:]],
        lambda lines: [lines[0], b"WFhYWFhY" + lines[1][8:], *lines[2:]],
        lambda lines: [*lines[:3], lines[3][:-4]],
        lambda lines: [*lines[:3], b"*"],
        lambda lines: [*lines[:2], lines[2].replace(b"trusted", b"rusted"), lines[3]],
    ],
)
def test_incomplete_signature_is_refused(signer: Signer, change: Change) -> None:
    lines = signer.sign(DOCUMENT).rstrip(b"\n").split(b"\n")
    assert refused(DOCUMENT, b"\n".join(change(lines)), signer.public) == NOT_ONE


def test_signature_truncated_anywhere_is_refused(signer: Signer) -> None:
    whole = signer.sign(DOCUMENT).rstrip(b"\n")
    for length in range(len(whole)):
        assert refused(DOCUMENT, whole[:length], signer.public)


def test_any_changed_bit_of_signature_or_comment_is_refused(signer: Signer) -> None:
    whole = signer.sign(DOCUMENT).rstrip(b"\n")
    first = whole.index(b"\n") + 1
    for place in range(first, len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        # The last letter of base64 before padding has bits that say nothing.
        if changed[place : place + 1].isalnum() and whole[place + 1 : place + 2] == b"=":
            continue
        assert refused(DOCUMENT, bytes(changed), signer.public)


def test_key_that_is_no_curve_point_verifies_nothing(signer: Signer) -> None:
    for content in (bytes(32), b"\xff" * 32):
        key = Signer(signer.key_id)
        public = read_public_key(key.public)
        with pytest.raises(VersionFileUntrustedError):
            verify(DOCUMENT, key.sign(DOCUMENT), type(public)(public.key_id, content))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RW",
        "untrusted comment: minisign public key A83CC9AA8A1CFA78",
        "RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyA",
        "RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAtAAAA",
        "RUR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt",
        "RWR4+hyKqsk8qOvjY9eLh+QE_8HbcSyOYgTPPJGHnDQ44birIasOFyAt",
        "密" * 56,
    ],
)
def test_malformed_public_key_is_refused(text: str) -> None:
    assert not is_public_key(text)


def test_public_key_is_read_from_its_line(signer: Signer) -> None:
    assert is_public_key(signer.public)
    assert signer.public.startswith("RW")
    assert len(signer.public) == 56
