"""Detection of network file systems, on which SQLite's WAL mode is not safe.

A network drive may accept every call and still damage a journal, so trying WAL is not enough.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PureWindowsPath

_NETWORK_TYPES = frozenset(
    {
        "afpfs",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.ceph",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb2",
        "smb3",
        "smbfs",
        "webdav",
    }
)


def network_type(path: Path) -> str:
    """Return the type of network file system that an existing directory is on.

    The result is empty for a local file system, and if the type cannot be found out. Opening the
    journal still checks that SQLite accepts WAL.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return _network_type(path)
    return ""


def mounted_type(mounts: Iterable[str], path: str) -> str:
    """Return the file system type of the mount that contains an absolute path, or empty.

    Args:
        mounts: lines of `/proc/self/mountinfo`; of two mounts at one point the later one counts.
    """
    longest, found = -1, ""
    for line in mounts:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < _MOUNT_POINT + 1 or not after:
            continue
        point = _unescape(fields[_MOUNT_POINT])
        below = path == point or path.startswith(point.rstrip("/") + "/")
        if below and len(point) >= longest:
            longest, found = len(point), after.split(" ")[0]
    return found


_MOUNT_POINT = 4


def _unescape(text: str) -> str:
    """Decode blanks, tabs, line feeds and backslashes, which the kernel writes in octal."""
    for code in (r"\040", r"\011", r"\012", r"\134"):
        text = text.replace(code, chr(int(code[1:], 8)))
    return text


def share_type(path: PureWindowsPath, drive_type: Callable[[str], int]) -> str:
    r"""Return `UNC` for `\\server\share`, `network drive` for a drive mapped to one, or empty.

    Args:
        drive_type: `GetDriveTypeW`, called with the path's root such as `C:\`.
    """
    anchor = path.anchor
    if anchor.startswith(("\\\\?\\", "\\\\.\\")):
        return "UNC" if anchor[4:].upper().startswith("UNC\\") else ""
    if anchor.startswith("\\\\"):
        return "UNC"
    return "network drive" if drive_type(anchor) == _DRIVE_REMOTE else ""


_DRIVE_REMOTE = 4


def statfs_type(raw: bytes) -> str:
    """Return the network type in macOS's `struct statfs` with 64-bit inodes; empty for others."""
    field = raw[_TYPE_AT : _TYPE_AT + _TYPE_LENGTH]
    name = field.partition(b"\0")[0].decode("ascii", "replace")
    return name if name in _NETWORK_TYPES else ""


_TYPE_AT, _TYPE_LENGTH = 72, 16


if sys.platform == "win32":

    def _network_type(path: Path) -> str:
        return share_type(PureWindowsPath(path), ctypes.windll.kernel32.GetDriveTypeW)

elif sys.platform == "darwin":
    _STATFS_SIZE = 4096

    def _network_type(path: Path) -> str:
        """Read `f_fstypename` from `struct statfs` in its layout with 64-bit inodes.

        The result is empty on failure.
        """
        library = ctypes.CDLL(None, use_errno=True)
        statfs = getattr(library, "statfs$INODE64", None) or library.statfs
        result = ctypes.create_string_buffer(_STATFS_SIZE)
        if statfs(os.fsencode(path), result) != 0:
            return ""
        return statfs_type(result.raw)

else:

    def _network_type(path: Path) -> str:
        with Path("/proc/self/mountinfo").open(encoding="utf-8", errors="replace") as mounts:
            name = mounted_type(mounts, os.fspath(path.resolve()))
        return name if name in _NETWORK_TYPES else ""
