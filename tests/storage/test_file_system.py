"""Network drives are recognised by the type of their file system."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from wxpark_gui.domain.errors import DataDirectoryUnusableError, NetworkDriveError
from wxpark_gui.storage import file_system
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.file_system import mounted_type, network_type, statfs_type

MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
40 22 0:40 / /home/booth/share rw - cifs //server/share rw,vers=3.0
41 22 0:41 / /mnt/nas rw - nfs4 nas:/export rw
42 41 0:42 / /mnt/nas/local rw - ext4 /dev/sdb1 rw
43 22 0:43 / /mnt/two\040words rw - fuse.sshfs booth@server: rw
44 22 0:44 / /mnt/over rw - ext4 /dev/sdc1 rw
45 22 0:45 / /mnt/over rw - cifs //server/over rw
not a mount
""".strip().splitlines()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "ext4"),
        ("/home/booth/data", "ext4"),
        ("/home/booth/share", "cifs"),
        ("/home/booth/share/wxpark", "cifs"),
        ("/home/booth/shared", "ext4"),
        ("/mnt/nas/wxpark", "nfs4"),
        ("/mnt/nas/local/wxpark", "ext4"),
        ("/mnt/two words/wxpark", "fuse.sshfs"),
        ("/mnt/over/wxpark", "cifs"),
    ],
)
def test_path_lies_on_the_longest_and_latest_mount(path: str, name: str) -> None:
    assert mounted_type(MOUNTS, path) == name


def test_directory_of_this_computer_is_local(tmp_path: Path) -> None:
    assert network_type(tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [(b"apfs", ""), (b"hfs", ""), (b"smbfs", "smbfs"), (b"nfs", "nfs"), (b"webdav", "webdav")],
)
def test_type_is_read_from_the_structure_of_macos(name: bytes, expected: str) -> None:
    """Sizes and numbers are those of `__DARWIN_STRUCT_STATFS64` in sys/mount.h of macOS."""
    fields = struct.pack(
        "@Ii5Q2iIIII16s1024s1024sI7I",
        *(4096, 1 << 20),  # f_bsize, f_iosize
        *(1, 2, 3, 4, 5),  # blocks and files
        *(6, 7),  # f_fsid
        *(501, 17, 0x1000, 0),  # f_owner, f_type, f_flags, f_fssubtype
        *(name, b"/Volumes/booth", b"//server/booth"),
        *range(8),
    )
    assert len(fields) == 2168
    assert statfs_type(fields) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's list of mounts")
def test_unreadable_list_of_mounts_counts_as_local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "open", fail)
    assert network_type(tmp_path) == ""


def test_data_directory_on_a_network_drive_is_refused_with_its_type_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_system, "_network_type", lambda _: "nfs4")
    with pytest.raises(NetworkDriveError) as caught:
        prepare_directory(tmp_path / "far" / "away")
    assert caught.value.detail == "nfs4"
    assert isinstance(caught.value, DataDirectoryUnusableError)
    assert not (tmp_path / "far").exists()
