"""Mix a booth's acts and troubles at random, in the real window, life after life.

    python -m tests.faults.mixture [--lives 300] [--acts 80] [--seed 1] [--tell]

Each life is a process with the program's window on Qt's `offscreen` platform, its real threads and
journal, and the training gateway. It does random acts while others still run: entries, corrections,
entries from paper, shifts, approvals, profiles, settings, history, exports and backups. Meanwhile
the line, the keyring, the disk and the clock fail, and this process locks, removes or damages the
journal. A life is closed or ended by SIGTERM or kill -9, and the next one starts on its directory.

After each life every entry that was reported as saved must be stored once, with its plate, time and
account; each green verdict and each stored answer must have been told by the gateway for that
entry; the log must have no exception, no warning of Qt, no key and no whole plate. Before most ends
the troubles end, and the window must be usable, with the journal's numbers. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import selectors
import shutil
import socket
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.faults.mixture_books import Stored, read_entries
from tests.faults.mixture_intruder import Intruder
from tests.faults.mixture_window import Life, live
from tests.faults.mixture_world import reporter
from tests.faults.workplace import fast_disk
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.entry import wire_time
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Settings, change_merchant, new_account
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.rows import read_moment
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key

LIVES_OF_A_BOOTH = 8
WITHIN = 20.0
"""Seconds in which a life must end after it was closed; what is being saved may take most of it."""
LONGEST_LIFE = 300.0
"""Seconds after which a life that did not end is killed, which is a finding."""
GREEN = "NORMAL"
_HARMLESS = "This plugin does not support "
_FAULT_IN_LOG = re.compile(r"CRITICAL|Traceback|(?:WARNING|ERROR) \S+ qt:")


@dataclass(slots=True)
class Figures:
    """Counts of one run.

    Attributes:
        lives: windows that were opened and ended.
        acts: acts done in them.
        saved: entries reported as saved.
        lost: of them, those not stored, or stored with another plate, time or account.
        false_answers: green verdicts, and stored answers, that the gateway did not tell.
        findings: everything else: exceptions, warnings, numbers that differ, ends that were late.
        examples: one text for each.
    """

    lives: int = 0
    acts: int = 0
    saved: int = 0
    lost: int = 0
    false_answers: int = 0
    findings: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def are_good(self) -> bool:
        return self.lost + self.false_answers + self.findings == 0 and self.saved > 0

    def __str__(self) -> str:
        return (
            f"{self.lives} lives with {self.acts} acts: {self.saved} entries saved, {self.lost}"
            f" lost, {self.false_answers} false answers, {self.findings} other findings"
        )


@dataclass(slots=True)
class Told:
    """Events of one booth.

    Attributes:
        saved: subject, start time and account of the saved entries, by id.
        answers: subject, start time and state that the gateway told; the start time of a query is
            empty.
        greens: id, subject and start time of the green verdicts.
        ahead: seconds by which the wall clock runs ahead.
    """

    saved: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    answers: set[tuple[str, str, str]] = field(default_factory=set)
    greens: set[tuple[str, str, str]] = field(default_factory=set)
    ahead: float = 0.0


class MixedBooth:
    """One data directory, and the lives on it."""

    def __init__(self, folder: Path, seed: int, figures: Figures, *, tells: bool) -> None:
        self._tells = tells
        self._source = random.Random(seed)
        self._figures = figures
        self._folder = folder
        self._directory: DataDirectory = prepare_directory(folder / "booth")
        self._key = make_training_key()
        self._port = _free_port()
        self._told = Told()
        self._recent: list[str] = []
        self._life: Life | None = None
        TomlSettings(self._directory.settings).save(_settings(self._port))

    def live(self, acts: int) -> None:
        """Open one window, let it act and end, and compare what it told with the files."""
        self._figures.lives += 1
        self._recent = []
        end = self._source.choice(("closed", "closed", "SIGTERM", "SIGKILL"))
        life = self._life = Life(
            self._directory.root,
            self._folder,
            acts=self._source.randint(acts // 4, acts),
            seed=self._source.randrange(1 << 30),
            port=self._port,
            ahead=self._told.ahead,
            ends_calmly=self._source.random() < 0.7,
            end=end,
        )
        intruder = Intruder(self._directory, life.seed)
        try:
            said = self._run(life, intruder)
        finally:
            intruder.end()
        if said:
            self._find(f"standard error: {said[-2000:]}")
        self._compare()
        self._read_log()

    def _run(self, life: Life, intruder: Intruder) -> str:
        """Run a life in a process of its own; return what it wrote to standard error."""
        events, errors = os.pipe(), os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _be_child(life, self._key, events, errors)
        os.close(events[1])
        os.close(errors[1])
        began, ended = time.monotonic(), 0.0
        left, said = b"", b""
        with selectors.DefaultSelector() as selector:
            selector.register(events[0], selectors.EVENT_READ)
            selector.register(errors[0], selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select(0.05):
                    content = os.read(key.fd, 65536)
                    if not content:
                        selector.unregister(key.fd)
                    elif key.fd == errors[0]:
                        said += content
                    else:
                        *lines, left = (left + content).split(b"\n")
                        for event in map(json.loads, lines):
                            ended = ended or (time.monotonic() if event[0] == "ends" else 0.0)
                            self._note(event, intruder)
                intruder.work()
                if time.monotonic() - began > LONGEST_LIFE:
                    os.kill(child, 9)
                    self._find("the life did not end")
                    break
        os.close(events[0])
        os.close(errors[0])
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        # A backup to be restored ends the program before it is killed.
        if code not in (0, -9 if life.end == "SIGKILL" else 0):
            fault = self._directory.logs / "fault.log"
            stacks = fault.read_text(encoding="utf-8") if fault.exists() else ""
            # The stack of the thread that failed comes after those of the others.
            stack = "".join(stacks.partition("Current thread")[1:])
            self._find(f"ended with exit code {code}\n{stack[:4000]}")
        if ended and time.monotonic() - ended > WITHIN:
            self._find(f"ended {time.monotonic() - ended:.1f} s after it was closed")
        return said.decode(errors="replace")

    def _note(self, event: Sequence[Any], intruder: Intruder) -> None:
        name, *values = event
        if name == "act":
            self._figures.acts += 1
            self._recent.append(values[0])
        elif name == "saved":
            self._figures.saved += 1
            self._told.saved[values[0]] = (values[1], values[2], values[3])
        elif name == "told":
            self._told.answers.add((values[0], values[1], values[2]))
        elif name == "green":
            self._check_green(values[0], values[1], values[2])
        elif name == "clock":
            self._told.ahead = values[0]
        elif name == "do":
            self._recent.append(f"[{values[0]}]")
            intruder.do(values[0], values[1])
        elif name == "finding":
            self._find(values[0])
        else:
            said = str(tuple(event))
            self._recent += [said] if said not in self._recent[-1:] else []

    def _check_green(self, entry_id: str, about: str, start: str) -> None:
        if (about, start, GREEN) not in self._told.answers:
            self._figures.false_answers += 1
            self._tell(f"green without an answer: {entry_id} {about} {start}")

    def _compare(self) -> None:
        journal = self._directory.journal
        if not journal.exists():
            if self._told.saved:
                self._lose(f"no journal: {len(self._told.saved)} entries")
            return
        try:
            stored = read_entries(journal)
        except (ValueError, sqlite3.Error) as error:
            # A full disk, or a lock, may have kept the first life from making its tables.
            if self._told.saved or "no such table" not in str(error):
                self._find(f"the files cannot be read: {error!r}")
            return
        for entry_id, (about, start, account_id) in self._told.saved.items():
            found = stored.get(entry_id)
            if found is None:
                self._lose(f"lost {entry_id} {about} {start}")
            elif _values(found) != (about, start, account_id):
                self._lose(f"{entry_id} was {(about, start, account_id)}, is {_values(found)}")
        for found in stored.values():
            is_answered = (
                found.state == DeliveryState.ANSWERED.value and found.cause == Cause.ANSWERED.value
            )
            answer = (*_values(found)[:2], found.user_state or "")
            if is_answered and answer not in self._told.answers:
                self._figures.false_answers += 1
                self._tell(f"stored without an answer: {found.entry_id} {answer}")

    def _read_log(self) -> None:
        plates = {about for about, _, _ in self._told.saved.values()}
        for file in self._directory.logs.iterdir():
            text = file.read_text(encoding="utf-8", errors="replace")
            if file.name.startswith("crash-"):
                self._find(f"a report of a crash: {text[-2500:]}")
                file.unlink()
                continue
            if self._key.reveal() in text:
                self._find(f"the key is in {file.name}")
            for plate in plates:
                if plate in text:
                    self._find(f"{plate} is in {file.name}")
            lines = text.splitlines()
            for number, line in enumerate(lines):
                if _FAULT_IN_LOG.search(line) and _HARMLESS not in line:
                    self._find("log: " + "\n".join(lines[max(0, number - 1) : number + 25]))
                    break
            with file.open("w", encoding="utf-8"):
                pass

    def _lose(self, text: str) -> None:
        self._figures.lost += 1
        self._tell(text)

    def _find(self, text: str) -> None:
        self._figures.findings += 1
        self._tell(text)

    def _tell(self, text: str) -> None:
        life = self._life
        where = f"life {self._figures.lives} {life and (life.end, life.seed)}"
        acts = " ".join(self._recent[-60:])
        example = f"{where}: {text}\n   after {acts}"
        if self._tells:
            print(example, file=sys.stderr, flush=True)  # noqa: T201 - asked for
        self._figures.examples.append(example)


def _values(stored: Stored) -> tuple[str, str, str]:
    return stored.about, wire_time(read_moment(stored.start_time)), stored.account_id


def _be_child(life: Life, key: Secret, events: tuple[int, int], errors: tuple[int, int]) -> None:
    """Run a life, and end this process."""
    os.close(events[0])
    os.close(errors[0])
    os.dup2(errors[1], 2)
    code = 70
    try:
        code = live(life, key, reporter(events[1]))
    except BaseException:  # noqa: BLE001 - the parent reports it
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _settings(port: int) -> Settings:
    """Return the settings of a booth with two car parks, whose gateway is on this port."""
    url = f"http://127.0.0.1:{port}"
    first = replace(TRAINING_MERCHANT, gateway_url=url)
    settings = change_merchant(Settings(), first, proven=False)
    other = replace(first, sub_mch_id="1900000110", parking_name="南门停车场")
    settings = settings.with_account(new_account(settings, other))
    return replace(
        settings,
        booth=replace(settings.booth, plate_prefix="粤B", retention_days=3650),
        door=replace(settings.door, enabled=True, port=_free_port()),
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def run(folder: Path, lives: int, acts: int, seed: int, *, tells: bool = False) -> Figures:
    """Run lives on a booth after the other.

    Args:
        folder: empty; a folder for each booth is made in it and removed.
        acts: most acts of a life.
        tells: True prints each finding at once.
    """
    figures = Figures()
    for number in range(lives):
        if number % LIVES_OF_A_BOOTH == 0:
            place = folder / str(seed + number)
            place.mkdir()
            booth = MixedBooth(place, seed + number, figures, tells=tells)
        booth.live(acts)
        if number % LIVES_OF_A_BOOTH == LIVES_OF_A_BOOTH - 1 or number == lives - 1:
            shutil.rmtree(place)
    return figures


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Random acts and troubles in the real window.")
    parser.add_argument("--lives", type=int, default=300)
    parser.add_argument("--acts", type=int, default=80, help="most acts of a life")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tell", action="store_true", help="print each finding at once")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=fast_disk()) as folder:
        numbers = options.lives, options.acts, options.seed
        figures = run(Path(folder), *numbers, tells=options.tell)
    print(figures, *figures.examples[:40], sep="\n  ")  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
