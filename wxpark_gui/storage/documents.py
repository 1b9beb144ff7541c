"""Files that a person asks for, outside the data directory."""

from __future__ import annotations

from pathlib import Path

from wxpark_gui.domain.errors import FileNotWrittenError
from wxpark_gui.storage.durable import write_file


class DiskDocuments:
    """Writes each file whole or not at all."""

    def write(self, path: str, content: bytes) -> None:
        """Create or replace a file, readable by its owner only.

        Raises:
            FileNotWrittenError: writing failed. An older file is unchanged, unless only flushing
                the folder to disk failed. `detail` is the system's message, without the path.
        """
        try:
            write_file(Path(path), content)
        except OSError as error:
            raise FileNotWrittenError(error.strerror or type(error).__name__) from error
