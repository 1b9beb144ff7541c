"""Virtual file system (VFS) that fails one kind of call on one kind of file."""

from __future__ import annotations

from pathlib import Path

import apsw


class FailingVFS(apsw.VFS):
    """The system's files, on which chosen calls fail.

    Attributes:
        refused: number of calls that have failed.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name = name
        self.refused = 0
        self._call = ""
        self._ending = ""
        self._error: type[Exception] = apsw.IOError

    def refuse(self, call: str, ending: str, code: str = "IOERR") -> None:
        """Make each call named `call` fail on files whose names end with `ending`.

        Args:
            call: `xWrite` or `xSync`.
            code: "FULL" for a full disk, "IOERR" for an I/O error.
        """
        self._call, self._ending = call, ending
        self._error = apsw.FullError if code == "FULL" else apsw.IOError

    def check(self, call: str, name: str) -> None:
        """Raise the error set by `refuse` if `call` on the file `name` is to fail."""
        if self._call == call and name.endswith(self._ending):
            self.refused += 1
            raise self._error

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        return _FailingFile(self, Path(path).name, name, flags)


class _FailingFile(apsw.VFSFile):
    def __init__(
        self,
        disk: FailingVFS,
        own_name: str,
        name: str | apsw.URIFilename | None,
        flags: list[int],
    ) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._name = own_name

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's
        self._disk.check("xWrite", self._name)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's
        self._disk.check("xSync", self._name)
        super().xSync(flags)
