"""Short form of `mixture`, in a process of its own, which forks one for each life."""

from __future__ import annotations

import subprocess
import sys

from tests.systems import not_on_windows

pytestmark = not_on_windows("needs `fork`")


def test_every_promise_holds_through_lives_of_mixed_acts_and_troubles() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.mixture", "--lives", "2", "--acts", "40"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
