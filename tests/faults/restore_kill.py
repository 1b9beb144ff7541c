"""Process that completes a restore and kills itself at one of its steps.

A step is a call that changes the disk: a rename, a link, a flush, a removal. Calls that find the
disk as the call before them did count once, as a killed process leaves the same files at each. The
process exits with the code `KILLED` before the step with a given number, and with 0 if there are
fewer steps.

    python -m tests.faults.restore_kill ORIGINAL FOLDER

It does so in a copy of the data directory for each number, until a restore completes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.faults.workplace import Clock
from wxpark_gui.storage import durable, restoring
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.restoring import finish_restore, finish_settings
from wxpark_gui.storage.schema import MIGRATIONS, columns_of
from wxpark_gui.storage.settings import TomlSettings

KILLED = 86

_STEPS: tuple[tuple[Any, str], ...] = (
    (durable, "sync_directory"),
    (durable, "sync_file"),
    (os, "link"),
    (os, "replace"),
    (os, "rename"),
    (os, "unlink"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (shutil, "rmtree"),
    (restoring, "replace_file"),
    (restoring, "sync_directory"),
    (restoring, "sync_file"),
    (restoring, "salvage"),
    (restoring, "copy_archive"),
    (restoring, "_keep_journal"),
    (restoring, "_remove"),
)


def run(root: Path, number: int) -> int:
    """Complete the restore; return the number of steps."""
    steps, found = [0], [""]

    def before(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            now = digest(root)
            if now != found[0]:
                found[0] = now
                steps[0] += 1
                if steps[0] == number:
                    os._exit(KILLED)
            return call(*arguments, **options)

        return counted

    for owner, name in _STEPS:
        setattr(owner, name, before(getattr(owner, name)))
    directory, clock = prepare_directory(root), Clock()
    done = finish_restore(directory, clock)
    finish_settings(directory, TomlSettings(directory.settings), clock.now())
    if done is not None and done.failure is not None:
        raise done.failure
    return steps[0]


def digest(root: Path) -> str:
    """Return a hash of the names and contents of all files in a folder."""
    content = sha256()
    for path in sorted(root.rglob("*")):
        content.update(f"{path.relative_to(root)}\0".encode())
        if path.is_file():
            content.update(path.read_bytes())
    return content.hexdigest()


def kill_at(root: Path, number: int) -> int:
    """Run the restore in a process of its own; return its exit code."""
    if not hasattr(os, "fork"):
        code = "from tests.faults.restore_kill import run; import pathlib;"
        code += f" run(pathlib.Path({str(root)!r}), {number})"
        return subprocess.run([sys.executable, "-c", code], check=False).returncode
    child = os.fork()
    if not child:
        run(root, number)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(original: Path, folder: Path) -> None:
    """Kill the restore at each step; print the number of the step that no restore reaches."""
    # Made once here, so that no child makes them again.
    columns_of(MIGRATIONS)
    number, code = 0, KILLED
    while code == KILLED:
        number += 1
        root = folder / f"killed-{number}"
        shutil.copytree(original, root)
        code = kill_at(root, number)
    if code:
        raise RuntimeError(f"the restore failed at step {number}")
    print(number)  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
