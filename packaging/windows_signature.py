"""Signs programs for Windows with a certificate of the user's store, where one is named.

    WXPARK_SIGNING_THUMBPRINT    SHA-1 of the certificate; without it nothing is signed

The private key stays in the store: neither a file of it nor its password is handled here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from failure import SetUpError, run_step

KITS = Path("C:/Program Files (x86)/Windows Kits/10/bin")
# The service signs its answer, so that plain HTTP will do; signtool knows nothing else.
TIME_STAMP_SERVICE = "http://timestamp.digicert.com"


def sign(files: Sequence[Path]) -> None:
    """Sign the files in place, or leave them alone when no certificate is named.

    Raises:
        SetUpError: the signing tool is missing, or it failed.
    """
    thumbprint = os.environ.get("WXPARK_SIGNING_THUMBPRINT")
    if not thumbprint:
        return
    run_step("Signing", command(newest_tool(KITS), thumbprint, files))


def newest_tool(kits: Path) -> Path:
    """`signtool` of the newest Windows kit; it is on nobody's search path."""
    tools = list(kits.glob("10.*/x64/signtool.exe"))
    if not tools:
        raise SetUpError(f"There is no signtool in {kits}: install the Windows SDK.")
    return max(tools, key=lambda tool: [int(part) for part in tool.parents[1].name.split(".")])


def command(tool: Path, thumbprint: str, files: Sequence[Path]) -> list[str]:
    """The command that signs, with a time stamp: a signature then outlives its certificate."""
    digests = ["/fd", "sha256", "/td", "sha256"]
    stamp = ["/tr", TIME_STAMP_SERVICE, *digests]
    return [str(tool), "sign", "/sha1", thumbprint, *stamp, *(str(file) for file in files)]
