"""Virtual file system (VFS) that records writes, and a model of the disk after a power failure.

Only synced data is certain. Of the rest each sector of 512 bytes may have reached the disk or not,
in any order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import apsw

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Create:
    name: str


@dataclass(frozen=True, slots=True)
class Write:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    name: str


@dataclass(frozen=True, slots=True)
class Delete:
    name: str
    synced: bool


@dataclass(frozen=True, slots=True)
class Rename:
    """A file got another name, and replaced the file that had it, if any."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class SyncDirectory:
    """A directory was synced; `name` is any file in it and need not exist."""

    name: str


Event: TypeAlias = Create | Write | Truncate | Sync | Delete | Rename | SyncDirectory


class RecordingVFS(apsw.VFS):
    """Writes to the system's files, and appends each write to the list `events`.

    Syncs are recorded but not passed on to the system, which saves time.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name = name
        self.events: list[Event] = []

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return apsw.VFSFile("", name, flags)
        if not Path(path).exists() or Path(path).stat().st_size == 0:
            self.events.append(Create(Path(path).name))
        return _RecordingFile(self.events, Path(path).name, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's
        super().xDelete(filename, syncdir)
        self.events.append(Delete(Path(filename).name, syncdir))


class _RecordingFile(apsw.VFSFile):
    def __init__(
        self,
        events: list[Event],
        own_name: str,
        name: str | apsw.URIFilename | None,
        flags: list[int],
    ) -> None:
        super().__init__("", name, flags)
        self._events = events
        self._name = own_name

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's
        super().xWrite(data, offset)
        self._events.append(Write(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's
        super().xTruncate(newsize)
        self._events.append(Truncate(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's
        self._events.append(Sync(self._name))


@dataclass
class _File:
    """One simulated file: its synced content, and the writes since.

    Attributes:
        named: True if its directory entry is synced too.
    """

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncate] = field(default_factory=list)
    named: bool = False

    def sync(self) -> None:
        for change in self.pending:
            _apply(self.durable, change)
        self.pending.clear()

    def remains(self, chance: random.Random) -> bytes:
        """Return a random content that the file may have after a power failure."""
        content = bytearray(self.durable)
        kept = chance.choice((0.0, 0.5, 0.9, 1.0, chance.random()))
        changes = [part for change in self.pending for part in _sectors(change)]
        if chance.random() < 0.5:
            chance.shuffle(changes)
        for change in changes:
            if chance.random() < kept:
                _apply(content, change)
        return bytes(content)


class Disk:
    """The simulated files after a number of recorded events."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._replaced: dict[str, _File] = {}
        self._renamed: dict[str, str] = {}

    def happen(self, event: Event) -> None:
        """Apply one recorded event."""
        name = event.name
        if isinstance(event, Create):
            if name not in self._files:
                self._files[name] = _File()
        elif isinstance(event, Delete):
            self._delete(event)
        elif isinstance(event, Rename):
            if event.target in self._files:
                self._replaced[event.target] = self._files[event.target]
            self._files[event.target] = self._files.pop(name)
            self._files[event.target].named = False
            self._renamed[event.target] = name
        elif isinstance(event, SyncDirectory):
            self._sync_directory(name)
        elif isinstance(event, Sync):
            self._files[name].sync()
            # SQLite syncs the directory with the first sync of a log, and names and removals in it.
            if name.endswith(("-wal", "-journal")) and not self._files[name].named:
                self._sync_directory(name)
        else:
            self._files.setdefault(name, _File()).pending.append(event)

    def _delete(self, event: Delete) -> None:
        gone = self._files.pop(event.name, None)
        if event.synced:
            self._sync_directory(event.name)
        elif gone and gone.named:
            # Should a file take its place, either of the two may be found.
            self._replaced[event.name] = gone

    def _sync_directory(self, neighbour: str) -> None:
        """Mark as synced the names of all files in the directory of the file `neighbour`."""
        here = is_archive(neighbour)
        for names in (self._replaced, self._renamed):
            for name in [name for name in names if is_archive(name) is here]:
                del names[name]
        for name, file in self._files.items():
            if is_archive(name) is here:
                file.named = True

    def power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return a random set of files, by name, that a restart after a power failure may find."""
        found: dict[str, bytes] = {}
        for name in sorted(self._files.keys() | self._replaced.keys()):
            possible = [file for file in (self._files.get(name), self._replaced.get(name)) if file]
            certain = name in self._files and self._files[name].named
            choices: list[_File | None] = [self._files[name]] if certain else [*possible, None]
            file = chance.choice(choices)
            if file is not None:
                is_old = file is self._files.get(name) and chance.random() < 0.3
                found[self._renamed.get(name, name) if is_old else name] = file.remains(chance)
        return found


def is_archive(name: str) -> bool:
    """Test if a file is in the folder of the archives."""
    return name.startswith("2")


def _sectors(change: Write | Truncate) -> Iterator[Write | Truncate]:
    """Split a write into parts that each lie in one sector; yield a truncation unchanged."""
    if isinstance(change, Truncate):
        yield change
        return
    start, end = change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Write(change.name, start, change.data[start - change.offset : stop - change.offset])
        start = stop


def _apply(content: bytearray, change: Write | Truncate) -> None:
    if isinstance(change, Truncate):
        del content[change.size :]
        return
    missing = change.offset - len(content)
    if missing > 0:
        content.extend(bytes(missing))
    content[change.offset : change.offset + len(change.data)] = change.data
