"""The trials of `long_trials`, with their arguments and the figures of their results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

COLUMNS = ("tried", "lost", "repeated", "wrong", "worst")
"""Columns of the table that are read out of a trial's result."""
NONE = "–"
"""Cell of a column that a trial does not have."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial.

    Attributes:
        name: the module of this folder, or a name for `tests`.
        title: what it does, for the table.
        long, quick: its arguments.
        line: index of the line of its output that is the result.
        tests: selection of tests for pytest; empty for a module.
        columns: by column, the regular expression of its figure in the result; the numbers of
            several groups are added.
    """

    name: str
    title: str
    long: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    line: int = 0
    tests: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    def figures(self, result: str) -> dict[str, str]:
        """Return the cells of its columns.

        Raises:
            LookupError: the result lacks a figure.
        """
        cells = dict.fromkeys(COLUMNS, NONE)
        for column, pattern in self.columns.items():
            found = re.search(pattern, result)
            if not found:
                raise LookupError(f"no figure {pattern!r}")
            if column == "worst":
                cells[column] = found[1]
            else:
                cells[column] = f"{sum(map(int, found.groups())):,}"
        return cells

    def command(self, *, quick: bool) -> list[str]:
        """Return the arguments of the Python that runs it."""
        if self.tests:
            return ["-m", "pytest", "-q", *self.tests]
        return ["-m", f"tests.faults.{self.name}", *(self.quick if quick else self.long)]


TRIALS = (
    Trial(
        "hostile_replies",
        "Replies, genuine and hostile",
        ("--replies", "100000", "--signatures", "10000"),
        ("--replies", "2000", "--signatures", "500"),
        columns={
            "tried": r"^(\d+) replies",
            "wrong": r"(\d+) hostile ones believed, (\d+) genuine ones refused, (\d+) exc",
            "worst": r"worst ([\d.]+ ms)",
        },
    ),
    Trial(
        "tls",
        "Servers that cannot be trusted, redirects and proxies: bytes of a message sent to none",
        line=-1,
        tests=(
            "tests/wechatpay/test_tls.py",
            "tests/wechatpay/test_client.py::TestNothingLeaksElsewhere",
        ),
        columns={"tried": r"(\d+) passed"},
    ),
    Trial(
        "slow_servers",
        "Handshakes, replies and hosts that are slow or never come: each ends in its time",
        line=-1,
        tests=("tests/wechatpay/test_client.py", "tests/wechatpay/test_dialling.py"),
        columns={"tried": r"(\d+) passed"},
    ),
    Trial(
        "secrecy",
        "Key, openid and plate looked for in every file, log, argument and core dump",
        line=-1,
        tests=("tests/test_secrecy.py",),
        columns={"tried": r"(\d+) passed"},
    ),
    Trial(
        "plate_keys",
        "Keys, pastes and input-method events in the plate field",
        ("--keys", "1000000"),
        ("--keys", "5000"),
        columns={
            "tried": r"^(\d+) editing keys, (\d+) input-method .*, (\d+) pastes, (\d+) printable",
            "lost": r"(\d+) printable keys swallowed",
            "wrong": r"(\d+) exceptions, (\d+) pictures not painted",
        },
    ),
    Trial(
        "damaged_files",
        "Damaged journals, each opened",
        ("--files", "10000"),
        ("--files", "33"),
        columns={
            "tried": r"^(\d+) damaged",
            "lost": r"(\d+) not kept",
            "wrong": r"(\d+) not started",
        },
    ),
    Trial(
        "damaged_settings",
        "Changed settings files, each loaded",
        ("--files", "10000"),
        ("--files", "500"),
        columns={
            "tried": r"^(\d+) changed",
            "lost": r"(\d+) changed by loading",
            "wrong": r"(\d+) other exceptions, (\d+) loaded although invalid",
        },
    ),
    Trial(
        "damaged_archives",
        "Damaged archives of one month, with and without a backup",
        ("--files", "10000"),
        ("--files", "90"),
        columns={
            "tried": r"^(\d+) damaged",
            "lost": r"(\d+) not kept, (\d+) not restored",
            "wrong": r"(\d+) exceptions, (\d+) hid entries",
        },
    ),
    Trial(
        "damaged_backups",
        "Damaged backups, each restored or refused",
        ("--files", "10000"),
        ("--files", "140"),
        columns={
            "tried": r"^(\d+) damaged",
            "lost": r"(\d+) lost an entry",
            "wrong": r"(\d+) other exceptions, .* (\d+) changed something",
        },
    ),
    Trial(
        "power_cut",
        "Power cuts while saving",
        ("--images", "10000"),
        ("--images", "60"),
        columns={
            "tried": r"^(\d+) images",
            "lost": r"(\d+) lost",
            "repeated": r"(\d+) doubled",
            "wrong": r"(\d+) damaged",
        },
    ),
    Trial(
        "kill",
        "kill -9 under load",
        ("--kills", "1000"),
        ("--kills", "10"),
        columns={
            "tried": r"^(\d+) kills",
            "lost": r"(\d+) lost of .* (\d+) undelivered",
            "repeated": r"(\d+) repeated",
            "wrong": r"(\d+) doubled, .*failed (\d+) times",
        },
    ),
    Trial(
        "hand_over",
        "kill -9 before each statement of a hand-over",
        columns={"tried": r"^(\d+) kills", "wrong": r"(\d+) with none"},
    ),
    Trial(
        "outage",
        "Eight hours without a network",
        ("--entries", "3000"),
        ("--entries", "200"),
        columns={
            "tried": r"entries=(\d+)",
            "repeated": r"repeated=(\d+)",
            "wrong": r"out_of_order=(\d+)",
        },
    ),
    Trial(
        "booth_day",
        "Days of mixed trouble, in accelerated time",
        ("--days", "20"),
        ("--days", "1", "--entries", "300", "--hours", "2"),
        line=-1,
        columns={"tried": r"^(\d+) days"},
    ),
    Trial(
        "ends",
        "Windows ended at any moment, and started at once",
        ("--ends", "500", "--starts", "50"),
        ("--ends", "4", "--starts", "3"),
        columns={
            "tried": r"(\d+) SIGKILL, (\d+) SIGTERM, (\d+) closed",
            "lost": r"(\d+) lost",
            "wrong": r"(\d+) journals unsound; (\d+) ends late or failed, .* (\d+) starts failed",
            "worst": r"longest ([\d.]+ s)",
        },
    ),
    Trial(
        "soak",
        "Cars typed into the window",
        ("--cars", "100000"),
        ("--cars", "200"),
        columns={
            "tried": r"^(\d+) cars",
            "lost": r"(\d+) lost",
            "repeated": r"(\d+) doubled",
            "wrong": r"(\d+) unanswered",
        },
    ),
    Trial(
        "mixture",
        "Lives of the window with mixed acts and troubles",
        ("--lives", "300"),
        ("--lives", "4"),
        columns={
            "tried": r"^\d+ lives with (\d+) acts",
            "lost": r"(\d+) lost",
            "wrong": r"(\d+) false answers, (\d+) other findings",
        },
    ),
    Trial(
        "mutants",
        "Faults put into the program, each of which a trial must notice",
        columns={"tried": r"of (\d+) noticed"},
    ),
)
