"""Small files from a disk or a share; a share that is gone may block for ever."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from pathlib import Path

from wxpark_gui.domain.errors import VersionFileNotUnderstoodError, VersionFileUnreachableError
from wxpark_gui.releases.fetching import FILE_BYTES


class FileReader:
    """Reads on a daemon thread; while one hangs, no second one is started."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def read(self, paths: Sequence[str], seconds: float) -> list[bytes]:
        """The content of each file.

        Raises:
            VersionFileUnreachableError: one of them could not be read, in the system's words, or
                not in time.
            VersionFileNotUnderstoodError: one of them is larger than `FILE_BYTES`.
        """
        if self._thread is not None and self._thread.is_alive():
            raise VersionFileUnreachableError("TIMEOUT")
        answers: queue.SimpleQueue[list[bytes] | Exception] = queue.SimpleQueue()

        def read_all() -> None:
            try:
                answers.put([_read(Path(path)) for path in paths])
            except Exception as error:  # noqa: BLE001 - passed to the waiting thread
                answers.put(error)

        self._thread = threading.Thread(target=read_all, name="wxpark-share", daemon=True)
        self._thread.start()
        try:
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise VersionFileUnreachableError("TIMEOUT") from None
        if isinstance(answer, OSError):
            remark = answer.strerror or type(answer).__name__
            raise VersionFileUnreachableError(remark) from answer
        if isinstance(answer, Exception):
            raise answer
        return answer


def _read(path: Path) -> bytes:
    if not path.is_absolute():
        # A path of Windows elsewhere, or the other way round: it would be looked for anywhere.
        raise VersionFileUnreachableError("not a path of this system")
    with path.open("rb") as file:
        content = file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise VersionFileNotUnderstoodError(f"more than {FILE_BYTES} bytes")
    return content
