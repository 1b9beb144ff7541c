"""Reading of small files with a timeout, as an unreachable network share may block for ever."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wxpark_gui.concurrency import OverdueError, SerialCaller
from wxpark_gui.domain.errors import VersionFileNotUnderstoodError, VersionFileUnreachableError
from wxpark_gui.releases.fetching import FILE_BYTES


class FileReader:
    """Reads files on a daemon thread.

    While an overdue read has not returned, others fail at once.
    """

    def __init__(self) -> None:
        self._caller = SerialCaller("wxpark-share")

    def read(self, paths: Sequence[str], seconds: float) -> list[bytes]:
        """Return the content of each file.

        Args:
            paths: absolute paths.
            seconds: limit for all files together.

        Raises:
            VersionFileUnreachableError: a file could not be read; `detail` is the system's message,
                or `TIMEOUT`.
            VersionFileNotUnderstoodError: a file is larger than `FILE_BYTES`.
        """
        try:
            return self._caller.call(seconds, lambda: [_read(Path(path)) for path in paths])
        except OverdueError:
            raise VersionFileUnreachableError("TIMEOUT") from None
        except OSError as error:
            raise VersionFileUnreachableError(error.strerror or type(error).__name__) from error


def _read(path: Path) -> bytes:
    if not path.is_absolute():
        # A Windows path on Linux, or the reverse, would be relative to the working directory.
        raise VersionFileUnreachableError("not a path of this system")
    with path.open("rb") as file:
        content = file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise VersionFileNotUnderstoodError(f"more than {FILE_BYTES} bytes")
    return content
