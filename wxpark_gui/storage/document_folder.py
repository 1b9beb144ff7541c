"""Save documents, such as the report of a shift, in the user's folder for documents."""

from __future__ import annotations

import re
from pathlib import Path

from platformdirs import user_documents_path

from wxpark_gui.domain.shift_errors import DocumentNotSavedError
from wxpark_gui.storage.durable import write_file

# Not allowed in names of files, on Windows or elsewhere.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_NAME_LENGTH = 80
_MOST_COPIES = 1000


class DocumentFolder:
    """The user's folder for documents; `folder` None means that of the operating system."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def save(self, name: str, content: bytes) -> Path:
        """Write a file whole or not at all, readable by its owner; return its path.

        The folder is created if it is missing. Characters that file names cannot have are replaced
        by `-`, a long name is cut, and a number is added if the name is taken.

        Raises:
            DocumentNotSavedError: the folder or the file cannot be written.
        """
        try:
            folder = self._folder or user_documents_path()
            folder.mkdir(parents=True, exist_ok=True)
            path = _free_path(folder, _FORBIDDEN.sub("-", name))
            write_file(path, content)
        except OSError as error:
            raise DocumentNotSavedError(error.strerror or type(error).__name__) from error
        except RuntimeError as error:
            raise DocumentNotSavedError("no home directory") from error
        return path


def _free_path(folder: Path, name: str) -> Path:
    stem, suffix = Path(name).stem[:_NAME_LENGTH], Path(name).suffix
    path = folder / f"{stem}{suffix}"
    for number in range(2, _MOST_COPIES):
        if not path.exists():
            break
        path = folder / f"{stem} {number}{suffix}"
    return path
