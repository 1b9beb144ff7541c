"""One booth's story inside a D-Bus session with a real keyring, told by the real programs.

Arguments: the data directories of two booths with the same merchant. The entries of one keep
waiting, so that the other one's merchant can be removed. The key comes by standard input. While the
programs run, all that processes of this computer show is searched. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

WXPARK = [sys.executable, "-m", "wxpark_gui.cli"]
IDS = [
    "--mch-id=10000098",
    "--appid=wxcbda96de0b165486",
    "--sub-mch-id=1900000109",
    "--parking-name=欢乐海岸停车场",
]


def exposed(key: str) -> list[str]:
    """Files under /proc that show the key."""
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


def main() -> None:
    key = sys.stdin.readline().strip()
    quiet, waiting = (["--data-dir", directory] for directory in sys.argv[1:3])
    steps: dict[str, int] = {}
    said = ""
    seen: list[str] = []

    def run(name: str, *arguments: str, typed: str = "", directory: list[str] = quiet) -> None:
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

    gateway = subprocess.Popen(
        [*WXPARK, "gateway", "--key-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert gateway.stdin is not None
    assert gateway.stdout is not None
    gateway.stdin.write(f"{key}\n")
    gateway.stdin.close()
    url = gateway.stdout.readline().removeprefix("listening on ").strip()
    try:
        run("set", "merchant", "set", *IDS, f"--gateway-url={url}", "--key-stdin", typed=key)
        run("show", "merchant", "show")
        run("notify", "notify", "--plate=粤B12301", "--json")
        ids = [*IDS, f"--gateway-url={url}"]
        run("second", "merchant", "set", *ids, "--key-stdin", typed=key, directory=waiting)
        run("refused", "notify", "--plate=粤B12395", "--json", directory=waiting)
        run("doctor", "doctor", "--json")
        run("wrong", "merchant", "set", *IDS, "--key-stdin", typed=key + "x")
        seen.extend(exposed(key))
    finally:
        gateway.terminate()
        gateway.wait(10)
        gateway.stdout.close()
    run("offline", "notify", "--plate=粤B12345", "--json", directory=waiting)
    run("kept", "merchant", "forget", directory=waiting)
    run("forget", "merchant", "forget")
    run("forgotten", "notify", "--plate=粤B12345", "--json")
    print(json.dumps({"steps": steps, "said": said, "exposed": seen}))  # noqa: T201


if __name__ == "__main__":
    main()
