"""Builds the command that signs programs for Windows with a certificate of the user's store.

    WXPARK_SIGNING_THUMBPRINT    SHA-1 of the certificate; without it nothing is signed

The private key stays in the store; this code handles neither a key file nor a password.
"""

from __future__ import annotations

import os
from pathlib import Path

from failure import SetUpError

KITS = Path("C:/Program Files (x86)/Windows Kits/10/bin")
# The service signs its answer, so that plain HTTP will do; signtool knows nothing else.
TIME_STAMP_SERVICE = "http://timestamp.digicert.com"


def sign_command() -> list[str]:
    """Return the signing command, to which a file's path is appended; empty without a certificate.

    The folder of signtool is added to the search path, because NSIS runs the command through a
    shell that cannot handle the spaces in the folder's name.

    Raises:
        SetUpError: a certificate is named, but signtool is missing.
    """
    thumbprint = os.environ.get("WXPARK_SIGNING_THUMBPRINT")
    if not thumbprint:
        return []
    os.environ["PATH"] = os.pathsep.join([str(newest_tools(KITS)), os.environ.get("PATH", "")])
    # With a time stamp a signature outlives its certificate.
    stamp = ["/tr", TIME_STAMP_SERVICE, "/td", "sha256", "/fd", "sha256"]
    return ["signtool", "sign", "/sha1", thumbprint, *stamp]


def newest_tools(kits: Path) -> Path:
    """Return the tools folder of the newest Windows kit.

    Raises:
        SetUpError: no kit has signtool.
    """
    found = [tool.parent for tool in kits.glob("10.*/x64/signtool.exe")]
    if not found:
        raise SetUpError(f"There is no signtool in {kits}: install the Windows SDK.")
    return max(found, key=lambda tools: [int(part) for part in tools.parent.name.split(".")])
