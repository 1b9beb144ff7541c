"""Files that are flushed to disk while they are written.

A flush cannot be cancelled, and it waits for all data written since the last one. So does a flush
of another file of the same file system. Short flushes keep both waits short.
"""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FEWEST_BYTES, MOST_BYTES = 256 * 1024, 8 * 1024 * 1024
"""Limits of the number of bytes between two flushes."""
_FIRST_BYTES = 1024 * 1024
_LONG_FLUSH, _SHORT_FLUSH = 0.04, 0.01
"""Seconds that a flush should take at most, and seconds up to which the next one gets twice as many
bytes."""


class FlushedFile(io.FileIO):
    """A file that is flushed to disk after each `MOST_BYTES`, or fewer on a slow disk.

    The flushes bound the amount of unwritten data. They do not make the file durable where `fsync`
    leaves data in the drive's cache: call `sync_file` for that.
    """

    _unflushed = 0
    _step = _FIRST_BYTES

    def write(self, content: ReadableBuffer, /) -> int:
        """Write to the file, and flush it if enough was written since the last flush."""
        written = super().write(content)
        self._unflushed += written
        if self._unflushed >= self._step:
            self._unflushed = 0
            self._flush_to_disk()
        return written

    def _flush_to_disk(self) -> None:
        began_at = time.monotonic()
        os.fsync(self.fileno())
        took = time.monotonic() - began_at
        if took > _LONG_FLUSH:
            self._step = max(FEWEST_BYTES, int(self._step * _LONG_FLUSH / took))
        elif took <= _SHORT_FLUSH:
            self._step = min(MOST_BYTES, self._step * 2)


def open_text(path: Path) -> TextIO:
    """Open an existing empty file to write and read UTF-8, with lines ended by LF.

    The file is not truncated: ext4 flushes a file that was truncated when it is closed, all at
    once.
    """
    return io.TextIOWrapper(io.BufferedRandom(FlushedFile(path, "r+")), "utf-8", newline="\n")
