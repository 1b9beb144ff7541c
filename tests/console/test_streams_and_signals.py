"""`wxpark` as a real process, with streams and signals as in a shell.

Once an entry is saved, the exit code describes the entry even if the output is lost.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from tests.matrix import sampled
from tests.settings import settings_of
from wxpark_gui.cli import main
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import NewEntry, Origin
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

TOOL = "wxpark_gui.cli"
WXPARK = f"{shlex.quote(sys.executable)} -m {TOOL}"
ROOT = Path(__file__).parents[2]
MERCHANT = MerchantProfile(
    appid="wxcbda96de0b165486",
    mch_id="10000098",
    sub_mch_id="1900000109",
    parking_name="欢乐海岸停车场",
)
PATIENCE = 60
INTERRUPTED = 130
NOT_YET_HANDLED = -signal.SIGINT
"""Exit code of an interpreter that had not begun to handle signals."""
NOISE = re.compile(r"Traceback|Exception|Error\b|程序出错|The program failed|lost sys")


def shell(command: str, directory: Path) -> tuple[int, str, str]:
    """Run a shell command that contains `wxpark`.

    Return the exit code of `wxpark`, and the output.
    """
    done = subprocess.run(
        ["bash", "-c", f'set -o pipefail; wxpark() {{ {WXPARK} "$@"; }}; {command}'],
        cwd=ROOT,
        env={**os.environ, "DATA": str(directory), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


NOTIFY = 'wxpark notify --training --plate={plate} --data-dir "$DATA"'
OUTPUTS = [
    "| head -c0",
    "| true",
    "> /dev/full",
    ">&-",
    "2>&-",
    ">&- 2>&-",
    "<&-",
    "<&- >&- 2>&-",
    "> /dev/full 2> /dev/full",
]


QUEUED, REFUSED = ("粤B12391", 3, "--json"), ("粤B12393", 4, "--json")
NOTIFICATIONS = [
    *(("粤B12345", 0, "", output) for output in OUTPUTS),
    *((*QUEUED, output) for output in ("| head -c0", "> /dev/full", ">&-")),
    *((*REFUSED, output) for output in ("| head -c0", "> /dev/full", ">&-")),
]
ENDS = {
    "--help": 0,
    "notify --help": 0,
    'journal flush --training --data-dir "$DATA"': 0,
    'merchant show --data-dir "$DATA"': 6,
    "notify --plate": 2,
    "gateway --key=x": 2,
}
"""Exit code of each command."""
SOME_OUTPUTS = ("| head -c0", "> /dev/full", "<&- >&- 2>&-")


@pytest.mark.parametrize(
    ("plate", "code", "form", "output"),
    sampled(
        NOTIFICATIONS,
        [
            *(
                ("粤B12345", 0, "", output)
                for output in ("| head -c0", "2>&-", "<&- >&- 2>&-", "> /dev/full 2> /dev/full")
            ),
            (*QUEUED, "> /dev/full"),
            (*REFUSED, ">&-"),
        ],
    ),
)
def test_exit_code_of_notify_is_that_of_the_entry_whatever_takes_the_output(
    tmp_path: Path, plate: str, code: int, form: str, output: str
) -> None:
    found, _, errors = shell(f"{NOTIFY.format(plate=plate)} {form} {output}", tmp_path)
    assert found == code
    assert not NOISE.search(errors)
    with closing(SqliteJournal(tmp_path / "training" / "journal.sqlite3", SystemClock())) as kept:
        assert [record.entry.label for record in kept.recent(9)] == [plate[:2] + "·" + plate[2:]]


@pytest.mark.parametrize(
    ("output", "command", "code"),
    sampled(
        [(output, *end) for output in SOME_OUTPUTS for end in ENDS.items()],
        [(output, *end) for output, end in zip(cycle(SOME_OUTPUTS), ENDS.items(), strict=False)],
    ),
)
def test_other_commands_keep_their_exit_codes_too(
    tmp_path: Path, output: str, command: str, code: int
) -> None:
    found, _, errors = shell(f"wxpark {command} {output}", tmp_path)
    assert found == code
    assert not NOISE.search(errors)


def test_list_on_a_full_disk_fails_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notify", "--training", "--plate=粤B12345", "--data-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out
    command = 'wxpark journal list --training --data-dir "$DATA"'
    code, _, errors = shell(f"{command} > /dev/full", tmp_path)
    assert (code, errors) == (1, "输出无法写入，磁盘可能已满。\n")
    assert shell(f"{command} | head -c0", tmp_path) == (0, "", "")


@pytest.mark.parametrize(
    "command", ["gateway --key-stdin", 'merchant set --mch-id=1 --key-stdin --data-dir "$DATA"']
)
def test_closed_input_holds_no_key(tmp_path: Path, command: str) -> None:
    code, _, errors = shell(f"wxpark {command} <&-", tmp_path)
    assert code == 2
    assert errors
    assert not NOISE.search(errors)


class TestInterrupt:
    """Ctrl-C at different moments of a command."""

    @pytest.mark.parametrize(
        "delay",
        sampled(
            [(delay,) for delay in (0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45)],
            [(0.03,), (0.2,), (0.45,)],
        ),
    )
    def test_leaves_what_the_exit_code_says(self, tmp_path: Path, delay: float) -> None:
        process = start(
            tmp_path, "notify", "--training", "--plate=粤B12345", "--json", program=["-m", TOOL]
        )
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=PATIENCE)
        if "Traceback" in errors:
            # The interpreter itself was still starting.
            assert "wxpark_gui/console/" not in errors
            return
        assert not NOISE.search(errors)
        entries = kept(tmp_path / "training")
        if process.returncode in (INTERRUPTED, NOT_YET_HANDLED):
            assert (out, entries) == ("", [])
        else:
            document = json.loads(out)
            assert [entry[0] for entry in entries] == [document["entry_id"]]
            assert process.returncode == {"answered": 0, "queued": 3}[document["delivery"]]

    def test_while_the_gateway_is_silent_leaves_the_entry_queued(self, tmp_path: Path) -> None:
        with silent_gateway(tmp_path) as directory:
            process = start(directory, "notify", "--plate=粤B12345", "--json")
            wait_for_sending(directory)
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=PATIENCE)
            document = json.loads(out)
            assert (process.returncode, document["delivery"]) == (3, "queued")
            assert errors == "已中断。记录已保存，可用 wxpark journal flush 发送。\n"
        (record,) = kept(directory)
        assert (record[0], record[1]) == (document["entry_id"], True)

    def test_twice_changes_nothing_more(self, tmp_path: Path) -> None:
        with silent_gateway(tmp_path) as directory:
            process = start(directory, "notify", "--plate=粤B12345", "--json")
            wait_for_sending(directory)
            for _ in range(5):
                process.send_signal(signal.SIGINT)
                time.sleep(0.005)
            _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 3
        assert not NOISE.search(errors)

    def test_of_flush_ends_it_quietly(self, tmp_path: Path) -> None:
        with silent_gateway(tmp_path) as directory:
            save_entry(directory)
            process = start(directory, "journal", "flush")
            wait_for_sending(directory)
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, errors) == (INTERRUPTED, "", "")
        assert [is_open for _, is_open, _ in kept(directory)] == [True]

    def test_of_the_gateway_ends_it_quietly(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", TOOL, "gateway", "--key-stdin"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("k" * 32 + "\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("listening on ")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (INTERRUPTED, "")

    def test_that_the_caller_ignores_stays_ignored(self, tmp_path: Path) -> None:
        command = (
            f"trap '' INT; {NOTIFY.format(plate='粤B12345')} & sleep 0.3; kill -INT $!; wait $!"
        )
        assert shell(command, tmp_path)[0] == 0


def start(directory: Path, *arguments: str, program: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start `wxpark` and return the process; by default it has a keyring in memory."""
    program = program or ("-c", PROGRAM)
    return subprocess.Popen(
        [sys.executable, *program, *arguments, "--data-dir", str(directory)],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


PROGRAM = """
import sys
from tests.console.memory_keyring import use
from wxpark_gui.cli import main
use()
sys.exit(main())
"""
"""Source of `wxpark` with a keyring that needs no desktop."""


@contextmanager
def silent_gateway(tmp_path: Path) -> Iterator[Path]:
    """Run a gateway that reads each request and never answers.

    Yield a data directory set up for it.
    """
    directory = tmp_path / "data"
    directory.mkdir()
    with TrainingGateway(Secret("k" * 32), faults=[Fault.TIMEOUT]) as gateway:
        merchant = replace(MERCHANT, gateway_url=gateway.url)
        TomlSettings(directory / "settings.toml").save(settings_of(merchant))
        yield directory


def save_entry(directory: Path) -> None:
    """Save an entry of the merchant that was not sent yet."""
    clock = SystemClock()
    now = clock.now()
    entry = ParkingEntry(Scene.PARKING, now, read_plate("粤B12345"), CarType.SMALL)
    origin = Origin(
        settings_of(MERCHANT).account_id,
        MERCHANT.mch_id,
        MERCHANT.sub_mch_id,
        MERCHANT.parking_name,
        "1号岗",
    )
    with closing(SqliteJournal(directory / "journal.sqlite3", clock)) as journal:
        journal.append(NewEntry(str(uuid.uuid4()), entry, origin), now)


def kept(directory: Path) -> list[tuple[str, bool, int]]:
    """Return for each entry its id, True if it is open, and its number of attempts."""
    if not (directory / "journal.sqlite3").exists():
        return []
    with closing(SqliteJournal(directory / "journal.sqlite3", SystemClock())) as journal:
        return [(r.entry_id, r.state.is_open, r.attempts) for r in journal.recent(9)]


def wait_for_sending(directory: Path) -> None:
    """Wait until the journal, read by another connection, shows that an exchange started."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        time.sleep(0.02)
        try:
            uri = f"{(directory / 'journal.sqlite3').as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                count = connection.execute("SELECT count(*) FROM attempts").fetchone()[0]
        except sqlite3.Error:
            continue
        if count:
            time.sleep(0.1)
            return
    raise AssertionError("no exchange was started")
