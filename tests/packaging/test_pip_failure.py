"""The cause of a failed installation is read from pip's output."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pip_failure
from failure import SetUpError, run_step

NO_VERSION = "ERROR: No matching distribution found for requests>=2.32\n"
REFUSED = (
    "WARNING: Retrying (Retry(total=0)) after connection broken by"
    " 'NewConnectionError('[Errno 111] Connection refused')': /simple/requests/\n"
)


@pytest.mark.parametrize(
    ("output", "cause", "advice"),
    [
        (REFUSED + NO_VERSION, "cannot be reached (pip: No matching distribution", "HTTPS_PROXY"),
        (NO_VERSION, "no fitting version (pip: No matching distribution", "Python 3.10 to 3.13"),
        ("ERROR: [Errno 28] No space left on device\n", "the disk is full", "Free 2 GB"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n",
            "not the one named in the lock",
            "do not install",
        ),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))\n"
            + NO_VERSION,
            "certificate of the package index is not trusted",
            "PIP_CERT",
        ),
        (
            "ERROR: Could not install packages: [Errno 13] Permission denied: '/x'\n",
            "a file cannot be written",
            ".venv",
        ),
        ("ERROR: something new\n", "pip gave up (pip: something new)", "lines above"),
        ("", "pip gave up.", "lines above"),
    ],
)
def test_a_failed_installation_ends_with_its_cause_and_advice(
    output: str, cause: str, advice: str
) -> None:
    first, second = pip_failure.explain(output).splitlines()
    assert cause in first
    assert advice in second


def test_an_index_that_nobody_serves_is_named_as_the_cause() -> None:
    unreachable = ["--no-index", "--find-links", "/nowhere", "no-such-package-of-anyone"]
    command = [sys.executable, "-m", "pip", "install", "--retries=0", *unreachable]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert "no fitting version" in pip_failure.explain(done.stdout + done.stderr)


def test_a_failed_step_keeps_the_end_of_its_output_above_the_cause() -> None:
    script = f"print({NO_VERSION!r}); raise SystemExit(1)"
    with pytest.raises(SetUpError) as raised:
        run_step("Installing", [sys.executable, "-c", script], explain=pip_failure.explain)
    text = str(raised.value)
    assert text.startswith(NO_VERSION)
    assert "\n\nInstalling failed: the package index has no fitting version" in text
    assert text.endswith("then start again.")
