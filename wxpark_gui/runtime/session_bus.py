"""Address of the D-Bus session bus where the desktop exports none, as over ssh or in startx."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from stat import S_ISSOCK

_ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
_RUNTIME = "XDG_RUNTIME_DIR"


def find_session_bus(environment: MutableMapping[str, str]) -> None:
    """Put the address of the user's session bus into the environment, unless one is there.

    It is the socket `bus` in `XDG_RUNTIME_DIR`, or else in `/run/user/UID`, as for libdbus and
    systemd. The keyring's D-Bus library (jeepney) knows the variable only, so that without it the
    keyring of the attendant's desktop session is not found. A no-op if there is no such socket of
    this user, and on other systems than Linux.
    """
    if sys.platform != "linux" or environment.get(_ADDRESS):
        return
    runtime = environment.get(_RUNTIME) or f"/run/user/{os.getuid()}"
    socket = Path(runtime) / "bus"
    try:
        found = socket.stat()
    except (OSError, ValueError):
        return
    from urllib.parse import quote  # noqa: PLC0415 - a session with the address needs it not

    if S_ISSOCK(found.st_mode) and found.st_uid == os.getuid():
        environment[_ADDRESS] = f"unix:path={quote(str(socket))}"
