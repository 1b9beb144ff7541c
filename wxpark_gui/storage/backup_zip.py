"""Backup saved as one ZIP file: the journal, the archives of its months, and the settings.

It never contains a key: keys are only in the keyring. Each member has a checksum, and the member
`backup.json` names the format, the booth and the numbers of entries.
"""

from __future__ import annotations

import contextlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from typing import IO, Any

from wxpark_gui import __version__
from wxpark_gui.domain.backup_errors import BackupDamagedError, BackupNewerError
from wxpark_gui.domain.errors import DiskFullError, FileNotWrittenError
from wxpark_gui.storage.archives import ArchiveFile
from wxpark_gui.storage.durable import sync_file
from wxpark_gui.storage.inspection import remark
from wxpark_gui.storage.schema import MIGRATIONS
from wxpark_gui.storage.unfinished_file import create_for_owner, folder_beside, publish

FORMAT = 1
ABOUT, JOURNAL, SETTINGS = "backup.json", "journal.sqlite3", "settings.toml"
ARCHIVES = "archive/"
_MONTH = re.compile(f"{ARCHIVES}([0-9]{{4}}-[0-9]{{2}}\\.sqlite3)")

_LEVEL = 1
_PIECE = 1 << 20
_MOST_ABOUT = 100_000
"""Largest number of bytes of `backup.json` that is read."""
_FULL = frozenset({28, 122})
"""`ENOSPC` and, on Linux, `EDQUOT`."""
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""Exceptions of `zipfile` for a damaged, encrypted or unknown file."""

GoOn = Callable[[], object]
"""Called for each piece of a file; may raise to cancel."""


@dataclass(frozen=True, slots=True)
class About:
    """Content of `backup.json` that is used again.

    Attributes:
        made_at: aware.
        training: True for the data of the training mode.
        lot, booth: names in the settings; empty without a merchant.
    """

    made_at: datetime
    training: bool
    lot: str
    booth: str
    entries: int
    waiting: int


def write_backup(
    target: Path,
    about: About,
    journal: Path,
    archives: Sequence[ArchiveFile],
    settings: bytes | None,
    *,
    overwrite: bool,
    go_on: GoOn,
    report: Callable[[int], object],
    settle: GoOn = lambda: None,
) -> None:
    """Write the file, readable by its owner only; it gets its name when it is complete.

    Args:
        journal: a copy of the journal that no program writes to.
        settings: content of the settings file; None for none.
        overwrite: True replaces an existing file.
        report: called with the number of bytes read so far.
        settle: called just before the file gets its name; may raise to cancel.

    Raises:
        ExportExistsError: a file of that name exists, and `overwrite` is False.
        DiskFullError: the disk is full; nothing is left behind.
        FileNotWrittenError: the file cannot be written for another reason, likewise.
    """
    try:
        with folder_beside(target, overwrite=overwrite) as folder:
            unfinished = folder / "unfinished.zip"
            with create_for_owner(unfinished) as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as made:
                    made.writestr(ABOUT, _written(about))
                    if settings is not None:
                        made.writestr(SETTINGS, settings)
                    counted = _Counted(go_on, report)
                    _add(made, journal, JOURNAL, counted)
                    for archive in archives:
                        _add(made, archive.path, f"{ARCHIVES}{archive.path.name}", counted)
                file.flush()
                sync_file(file.fileno())
            settle()
            publish(unfinished, target, overwrite=overwrite)
    except OSError as error:
        raise disk_error(error) from error


def disk_error(error: OSError) -> DiskFullError | FileNotWrittenError:
    """Return the readable error of a failed write; the detail is the system's message."""
    kind = DiskFullError if error.errno in _FULL else FileNotWrittenError
    return kind(remark(error))


@dataclass(frozen=True, slots=True)
class OpenedBackup:
    """A saved backup that is being read."""

    about: About
    _file: zipfile.ZipFile

    @property
    def size(self) -> int:
        """Number of bytes of all members, unpacked."""
        return sum(member.file_size for member in self._file.infolist())

    @property
    def months(self) -> Sequence[str]:
        """Names of the archives' files, such as `2026-01.sqlite3`."""
        found = map(_MONTH.fullmatch, self._file.namelist())
        return [match[1] for match in found if match]

    @property
    def has_settings(self) -> bool:
        return SETTINGS in self._file.namelist()

    def unpack(self, member: str, target: Path, go_on: GoOn) -> None:
        """Unpack one member to a new file and flush it to disk.

        Raises:
            BackupDamagedError: the member is missing, or its checksum is wrong.
            OSError: the target cannot be written.
        """
        with target.open("xb") as written:
            for piece in self._pieces(member):
                go_on()
                written.write(piece)
            written.flush()
            sync_file(written.fileno())

    def _pieces(self, member: str) -> Iterator[bytes]:
        with _damage(), self._file.open(member) as packed:
            while piece := packed.read(_PIECE):
                yield piece


@contextlib.contextmanager
def open_backup(path: Path) -> Iterator[OpenedBackup]:
    """Open a saved backup for reading.

    Raises:
        BackupDamagedError: it is no backup, is damaged or cannot be read.
        BackupNewerError: a newer version of the program made it.
    """
    with _damage():
        file = zipfile.ZipFile(path)
    with file:
        with _damage(), file.open(ABOUT) as packed:
            about = _read_about(packed)
        yield OpenedBackup(about, file)


def _read_about(packed: IO[bytes]) -> About:
    """Return the content of `backup.json`.

    Raises:
        BackupNewerError: its format or journal is that of a newer version of the program.
        KeyError, TypeError, ValueError: it has another content.
    """
    found: dict[str, Any] = json.loads(packed.read(_MOST_ABOUT))
    if int(found["format"]) > FORMAT or int(found["journal_version"]) > len(MIGRATIONS):
        raise BackupNewerError(str(found.get("program", ""))[:20])
    made_at = datetime.fromisoformat(found["made_at"])
    if made_at.tzinfo is None:
        raise ValueError("no time zone")
    if not MINYEAR < made_at.year < MAXYEAR:
        # In another time zone its year could be 0 or 10000.
        raise ValueError("no time")
    return About(
        made_at,
        found["training"] is True,
        str(found["lot"]),
        str(found["booth"]),
        int(found["entries"]),
        int(found["waiting"]),
    )


def _written(about: About) -> bytes:
    document = {
        "format": FORMAT,
        "program": __version__,
        "journal_version": len(MIGRATIONS),
        "made_at": about.made_at.isoformat(timespec="seconds"),
        "training": about.training,
        "lot": about.lot,
        "booth": about.booth,
        "entries": about.entries,
        "waiting": about.waiting,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


class _Counted:
    """Reports the bytes that were read over all files."""

    def __init__(self, go_on: GoOn, report: Callable[[int], object]) -> None:
        self._go_on = go_on
        self._report = report
        self._read = 0

    def note(self, size: int) -> None:
        self._go_on()
        self._read += size
        self._report(self._read)


def _add(made: zipfile.ZipFile, path: Path, name: str, counted: _Counted) -> None:
    with path.open("rb") as read, made.open(name, "w", force_zip64=True) as packed:
        while piece := read.read(_PIECE):
            counted.note(len(piece))
            packed.write(piece)


@contextlib.contextmanager
def _damage() -> Iterator[None]:
    """Raise the errors of reading a damaged file as `BackupDamagedError`."""
    try:
        yield
    except OSError as error:
        raise BackupDamagedError(remark(error)) from error
    except _UNREADABLE as error:
        raise BackupDamagedError(type(error).__name__) from error
    except (KeyError, TypeError, ValueError) as error:
        raise BackupDamagedError("no backup of this program") from error
