"""Runs the console tool with a real keyring inside a D-Bus session, and searches for the key.

Argument: the data directory. The key is read from standard input. While the tool runs, command line
and environment of every process are searched for the key. Prints one JSON object: exit codes, the
output of the tool, and the files under /proc that contained the key.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WXPARK = [sys.executable, "-m", "wxpark_gui.cli"]
IDS = [
    "--mch-id=10000098",
    "--appid=wxcbda96de0b165486",
    "--sub-mch-id=1900000109",
    "--parking-name=欢乐海岸停车场",
]


def exposed(key: str) -> list[str]:
    """Return the files under /proc that contain the key in a command line or an environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                shown = (process / name).read_bytes()
            except OSError:
                continue
            if key.encode() in shown:
                found.append(f"{process}/{name}")
    return found


@contextmanager
def gateway(key: str, port: str = "0") -> Iterator[str]:
    """Run the training gateway in a process of its own, and yield its URL."""
    process = subprocess.Popen(
        [*WXPARK, "gateway", "--key-stdin", "--port", port],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{key}\n")
    process.stdin.close()
    try:
        yield process.stdout.readline().removeprefix("listening on ").strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def main() -> None:
    key = sys.stdin.readline().strip()
    directory = ["--data-dir", sys.argv[1]]
    steps: dict[str, int] = {}
    said = ""
    seen: list[str] = []

    def run(name: str, *arguments: str, typed: str = "") -> None:
        nonlocal said
        process = subprocess.Popen(
            [*WXPARK, *arguments, *directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        seen.extend(exposed(key))
        out, _ = process.communicate(typed + "\n", timeout=60)
        steps[name] = process.returncode
        said += out

    with gateway(key) as url:
        run("set", "merchant", "set", *IDS, f"--gateway-url={url}", "--key-stdin", typed=key)
        run("show", "merchant", "show")
        run("notify", "notify", "--plate=粤B12301", "--json")
        run("refused", "notify", "--plate=粤B12393", "--json")
        run("doctor", "doctor", "--json")
        run("diagnostics", "diagnostics", f"{sys.argv[1]}/diagnostics.zip")
        run("save", "backup", "save", f"{sys.argv[1]}/backup.zip")
        run("restore", "backup", "restore", f"{sys.argv[1]}/backup.zip", "--settings")
        run("wrong", "merchant", "set", *IDS, "--key-stdin", typed=key + "x")
        run("export", "settings", "export")
        run("import", "settings", "import", "-", typed=f'[merchant]\nkey = "{key}"\n{key} = 1')
        run("half", "settings", "import", "-", typed=f'[merchant]\nkey = "{key}')
        seen.extend(exposed(key))
    run("offline", "notify", "--plate=粤B12345", "--json")
    run("in use", "merchant", "forget")
    with gateway(key, port=url.rpartition(":")[2]):
        run("flush", "journal", "flush")
    run("forget", "merchant", "forget")
    run("forgotten", "notify", "--plate=粤B12345", "--json")
    print(json.dumps({"steps": steps, "said": said, "exposed": seen}))  # noqa: T201


if __name__ == "__main__":
    main()
