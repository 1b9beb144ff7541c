"""Files of an export, which get their final name only when they are complete and on disk."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from wxpark_gui.concurrency import start_thread
from wxpark_gui.domain.errors import ExportExistsError, FileNotWrittenError, ReadableError
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.service.ports import ExportTable
from wxpark_gui.storage.directory import DataDirectory, DirectoryLock
from wxpark_gui.storage.durable import replace_file, sync_directory, sync_file
from wxpark_gui.storage.export_csv import CsvTable
from wxpark_gui.storage.flushed_file import FlushedFile
from wxpark_gui.storage.inspection import remark

PREFIX = ".wxpark-export-"
"""Start of the name of the temporary folder, next to the target, with the unfinished file."""

_STALE_SECONDS = 60.0
"""Age in seconds from which an unlocked folder is assumed to be that of a killed process."""
_QUICKLY_REMOVED = 32_000_000
"""Size of a folder's files, in bytes, up to which it is removed without a thread."""
_OWNER_ONLY = 0o600
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class _FileTable(ExportTable, Protocol):
    """A table that writes to an open file."""

    def finish(self) -> None:
        """Write everything to the file."""
        ...

    def close(self) -> None:
        """Close temporary files, also of an unfinished table; the file itself stays open."""
        ...


class ExportFiles:
    """Writes tables to temporary files, flushes them to disk, and then gives them their names."""

    @contextlib.contextmanager
    def create(
        self,
        target: Path,
        kind: ExportFormat,
        sheet_name: str,
        *,
        overwrite: bool,
        check: Callable[[], None],
        settle: Callable[[], None],
    ) -> Iterator[ExportTable]:
        """Yield a table; its file appears at the end of the block, and not after an exception.

        Args:
            check: called often while XLSX is written, and once after either format; an exception
                that it raises ends the writing.
            settle: called just before the file gets its name; an exception that it raises keeps the
                file from getting it.

        Raises:
            ExportExistsError: there is a file of that name, and `overwrite` is False.
            FileNotWrittenError: the file cannot be written; `detail` is the system's message.
        """
        with _write_errors(), _folder_beside(target, overwrite=overwrite) as folder:
            unfinished = folder / f"unfinished.{kind.value}"
            with _create_for_owner(unfinished) as file:
                with _closing(_table(file, kind, sheet_name, folder, check)) as table:
                    yield table
                    table.finish()
                file.flush()
                sync_file(file.fileno())
            check()
            settle()
            _publish(unfinished, target, overwrite=overwrite)


def _table(
    file: BinaryIO,
    kind: ExportFormat,
    sheet_name: str,
    folder: Path,
    check: Callable[[], None],
) -> _FileTable:
    if kind is ExportFormat.CSV:
        return CsvTable(file)
    # XlsxWriter takes half a second to load.
    from wxpark_gui.storage.export_xlsx import XlsxTable  # noqa: PLC0415

    return XlsxTable(file, folder, sheet_name, check)


@contextlib.contextmanager
def _closing(table: _FileTable) -> Iterator[_FileTable]:
    try:
        yield table
    except BaseException:
        # A full disk fails the closing too; the first error is the one to report.
        with contextlib.suppress(OSError, ValueError):
            table.close()
        raise
    table.close()


@contextlib.contextmanager
def _write_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileNotWrittenError(remark(error)) from error


@contextlib.contextmanager
def _folder_beside(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Make a folder next to the target, for its owner only, and remove it at the end.

    Folders that killed processes left there are removed too. A lock in the new folder tells other
    processes that it is in use.

    Raises:
        ExportExistsError: `overwrite` is False, and the target exists.
    """
    _check_target(target, overwrite=overwrite)
    _remove_stale(target.parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=target.parent))
    lock = DirectoryLock(DataDirectory(folder))
    # Some network drives have no locks.
    with contextlib.suppress(ReadableError):
        lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder; use a thread if its files are large, as that takes a second per gigabyte.

    The thread is no daemon, unlike that of an export, so the program waits for it when it ends.
    """
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    try:
        size = sum(file.stat().st_size for file in folder.iterdir())
    except OSError:
        size = 0
    thread = threading.Thread(target=remove, name="wxpark-remove", daemon=False)
    if size <= _QUICKLY_REMOVED or not start_thread(thread):
        remove()


def _check_target(target: Path, *, overwrite: bool) -> None:
    if target.is_symlink() or target.exists():
        if not overwrite:
            raise ExportExistsError
        if not target.is_file():
            raise FileNotWrittenError("not a file")


def _remove_stale(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ReadableError):
            if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
                with DirectoryLock(DataDirectory(folder)):
                    pass
                shutil.rmtree(folder, ignore_errors=True)


def _publish(unfinished: Path, target: Path, *, overwrite: bool) -> None:
    """Give the file its final name.

    Raises:
        ExportExistsError: `overwrite` is False, and a file of that name has appeared meanwhile.
        OSError: the file cannot be renamed.
    """
    if overwrite:
        replace_file(unfinished, target)
    else:
        try:
            os.link(unfinished, target)
        except FileExistsError as error:
            raise ExportExistsError from error
        except OSError as error:
            # FAT and some network drives have no hard links.
            if target.exists():
                raise ExportExistsError from error
            replace_file(unfinished, target)
    with contextlib.suppress(OSError):
        sync_directory(target.parent)


def _create_for_owner(path: Path) -> BinaryIO:
    return io.BufferedWriter(FlushedFile(os.open(path, _CREATE, _OWNER_ONLY), "wb"))
