"""Finds the cause of a failed `pip install`, and the advice for it."""

from __future__ import annotations

import re

START_AGAIN = "then start again."

# Ordered: an index that cannot be reached also looks like a missing package, for example.
CAUSES = (
    ("No space left on device", "the disk is full", f"Free 2 GB, {START_AGAIN}"),
    (
        "DO NOT MATCH THE HASHES",
        "a downloaded file is not the one named in the lock",
        "Use an index that serves the original files; if yours does, do not install this file.",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError",
        "the certificate of the package index is not trusted",
        f"Set PIP_CERT to the certificates of your network, {START_AGAIN}",
    ),
    (
        "NewConnectionError|NameResolutionError|TimeoutError|ProxyError|connection broken by",
        "the package index cannot be reached",
        f"Check network and proxy (HTTPS_PROXY), or set PIP_INDEX_URL, {START_AGAIN}",
    ),
    (
        "requires a different Python|No matching distribution found",
        "the package index has no fitting version",
        f"Use a 64-bit Python 3.10 to 3.13 and an index with all packages, {START_AGAIN}",
    ),
    (
        "Permission denied",
        "a file cannot be written",
        f"Give yourself the checkout and its folder .venv, {START_AGAIN}",
    ),
)
_ERROR = re.compile(r"^\s*ERROR: (.+)$", re.MULTILINE)


def explain(output: str) -> str:
    """Return the cause with pip's last error line, and on a second line the advice."""
    cause, advice = cause_of(output)
    errors = _ERROR.findall(output)
    said = f" (pip: {errors[-1].strip()})" if errors else ""
    return f"{cause}{said}.\n{advice}"


def cause_of(output: str) -> tuple[str, str]:
    """Return cause and advice; general ones if the output shows no known cause."""
    for pattern, cause, advice in CAUSES:
        if re.search(pattern, output):
            return cause, advice
    return "pip gave up", f"Correct what the lines above name, {START_AGAIN}"
