"""Kills a process that saves and sends entries as fast as possible, again and again.

The process's clock advances by some days from one start to the next, so that months end and are
moved to their archives while the process is killed. After each kill the journal is opened as the
program opens it, and searched for each entry that the process had reported as saved. The training
gateway of each process runs on after the kill, so that requests received twice can be counted.

    python -m tests.faults.kill [--kills 1000] [--seed 1] [--directory DIRECTORY]
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.busy_process import DAYS_OF_RUNNING, AheadClock, plate_of
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.archives import archive_files, open_archive
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.training.answering import ReceivedNotification
from wxpark_gui.training.booth import make_training_key
from wxpark_gui.training.gateway import TrainingGateway

PROJECT = Path(__file__).parents[2]
PROCESS = (sys.executable, "-m", "tests.faults.busy_process")

KILLS_A_JOURNAL = 25
"""Kills per journal.

Then a new one is made, so that some kills interrupt the making of a journal.
"""

LATEST_KILL = 0.6
"""Longest time from `ready` to the kill, in seconds; opening the journal takes about 0.02 s."""

PLATES_A_ROUND = 900
"""Plates per process: more than it can save before the latest kill.

The training gateway remembers fewer requests than this.
"""

DAYS_A_LIFE = 12
"""Days that the clock advances from one process to the next.

About every third process a month ends.
"""

PATIENCE = 60.0
"""Seconds that the last process gets to send the remaining entries."""


@dataclass(frozen=True, slots=True)
class Round:
    """Observations of one process.

    Attributes:
        acknowledged: plates by entry id, of the entries that the process reported as saved.
        received: requests that the gateway received from the process.
    """

    acknowledged: Mapping[str, str]
    received: Sequence[ReceivedNotification]


@dataclass(slots=True)
class Figures:
    """Results over all kills.

    Attributes:
        before_first_save: kills before the process had reported a saved entry.
        lost: reported entries that are missing from the journal, or stored with another plate.
        undelivered: reported entries that the gateway did not receive, or that were not answered.
        repeats: requests with the same plate and start time, without the first of each.
        most_repeats: the most repeats after one kill.
        doubled: entries that are in two files after all months are moved, or share a sequence
            number.
        moves: months that were moved.
        unsound: times that `integrity_check` failed or the program had to salvage the journal.
    """

    kills: int = 0
    before_first_save: int = 0
    acknowledged: int = 0
    lost: int = 0
    undelivered: int = 0
    repeats: int = 0
    most_repeats: int = 0
    doubled: int = 0
    moves: int = 0
    unsound: int = 0

    @property
    def are_good(self) -> bool:
        trouble = self.lost or self.undelivered or self.unsound or self.doubled
        return not trouble and self.most_repeats <= 1

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.lost} lost of {self.acknowledged} entries acknowledged"
            f" ({self.before_first_save} kills before the first save),"
            f" {self.moves} months moved, {self.doubled} doubled,"
            f" {self.undelivered} undelivered, {self.repeats} repeated"
            f" (at most {self.most_repeats} a kill), integrity_check failed {self.unsound} times"
        )


class Auditor:
    """Compares the entries that the processes reported as saved with those in the journal."""

    def __init__(self, directory: DataDirectory, figures: Figures) -> None:
        self._directory = directory
        self._figures = figures
        self._promised: dict[str, str] = {}
        self._lost: set[str] = set()
        self._delivered: set[tuple[str, str]] = set()

    def examine(self, past: Round, days: int) -> None:
        """Check the reported entries of one process after its end.

        Args:
            days: days by which the clock is ahead when the journal is opened.
        """
        self._count_repeats(past.received)
        self._promised.update(past.acknowledged)
        self._figures.acknowledged += len(past.acknowledged)
        with self._open(days) as journal:
            newest = list(past.acknowledged.items())[-1:]
            self._lost |= _missing(journal, dict(newest))
        self._lost |= _absent(_stored(self._directory), past.acknowledged)

    def conclude(self) -> None:
        """Check all reported entries again when everything has been sent and archived."""
        plates = {plate for plate, _ in self._delivered}
        with self._open(0) as journal:
            self._lost |= _missing(journal, dict(list(self._promised.items())[::50]))
        stored = _stored(self._directory)
        self._lost |= _absent(stored, self._promised)
        states = {entry_id: state for entry_id, _, _, state in stored}
        self._figures.undelivered += sum(
            plate not in plates or states.get(entry_id) != DeliveryState.ANSWERED.value
            for entry_id, plate in self._promised.items()
        )
        self._figures.lost += len(self._lost)
        self._figures.doubled += len(stored) - len(states)
        self._figures.doubled += len(stored) - len({sequence for _, _, sequence, _ in stored})
        self._figures.moves += len(list(self._directory.archive.glob("*.sqlite3")))

    @contextmanager
    def _open(self, days: int) -> Iterator[SqliteJournal]:
        """Yield the journal, opened as the program opens it.

        Counts it as unsound if it had to be salvaged or fails `integrity_check`.
        """
        journal, salvage = open_journal(self._directory, AheadClock(days))
        with closing(journal):
            self._figures.unsound += salvage is not None or not _is_sound(self._directory.journal)
            yield journal

    def _count_repeats(self, received: Sequence[ReceivedNotification]) -> None:
        repeats = 0
        for notification in received:
            key = (notification.plate, notification.start_time)
            repeats += key in self._delivered
            self._delivered.add(key)
        self._figures.repeats += repeats
        self._figures.most_repeats = max(self._figures.most_repeats, repeats)


def run(directory: Path, kills: int, seed: int) -> Figures:
    """Kill `kills` processes and return the results."""
    figures = Figures()
    chance = random.Random(seed)
    while figures.kills < kills:
        here = prepare_directory(directory / f"booth-{figures.kills}")
        _wear_out(here, min(KILLS_A_JOURNAL, kills - figures.kills), chance, figures)
    return figures


def _wear_out(
    directory: DataDirectory, kills: int, chance: random.Random, figures: Figures
) -> None:
    """Kill `kills` processes one after another over the same journal.

    A last process is not killed: it sends and archives what is left.
    """
    auditor = Auditor(directory, figures)
    for number in range(kills):
        # Squared, so that kills crowd where a process opens the journal and sends what was left.
        delay = LATEST_KILL * chance.random() ** 2
        days = DAYS_A_LIFE * (number - kills)
        past = _live(directory, number * PLATES_A_ROUND, PLATES_A_ROUND, delay, days)
        figures.kills += 1
        figures.before_first_save += not past.acknowledged
        auditor.examine(past, days + DAYS_OF_RUNNING)
    auditor.examine(_live(directory, 0, 0, None, 0), DAYS_OF_RUNNING)
    auditor.conclude()


def _live(
    directory: DataDirectory, first: int, count: int, kill_after: float | None, days: int
) -> Round:
    """Run one process and its gateway.

    Args:
        first, count: number of the first plate, and how many to save.
        kill_after: seconds from `ready` to the kill; None lets the process finish.
        days: days by which its clock is ahead of the system's; may be negative.
    """
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        process = subprocess.Popen(
            [*PROCESS, str(directory.root), gateway.url, *map(str, (first, count, days))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=PROJECT,
        )
        try:
            said = _converse(process, key, kill_after)
        finally:
            process.kill()
            process.communicate()
    # The gateway has stopped, so all that came has been counted.
    return Round(_acknowledged(said), gateway.received)


def _converse(process: subprocess.Popen[str], key: Secret, kill_after: float | None) -> str:
    """Return what the process printed until it was killed or ended.

    Raises:
        RuntimeError: it did not print `ready`, or ended before it was killed.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(key.reveal() + "\n")
    process.stdin.flush()
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the process did not come to work")
    if kill_after is not None:
        time.sleep(kill_after)
        if process.poll() is not None:
            raise RuntimeError("the process ended before it was killed")
        process.kill()
        return process.communicate()[0]
    said, _ = process.communicate(timeout=PATIENCE)
    if process.returncode != 0:
        raise RuntimeError("the process did not finish its work")
    return said


def _acknowledged(said: str) -> dict[str, str]:
    """Return plates by entry id; an incomplete last line is left out."""
    lines = [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]
    return {entry_id: plate for _, entry_id, plate in lines}


def _missing(journal: SqliteJournal, promised: Mapping[str, str]) -> set[str]:
    return {
        entry_id for entry_id, plate in promised.items() if plate_of(journal.get(entry_id)) != plate
    }


def _stored(directory: DataDirectory) -> list[tuple[str, str, int, str]]:
    """Return id, plate, sequence and state of each entry in the journal and its archives."""
    query = "SELECT entry_id, plate, sequence, state FROM entries"
    with closing(sqlite3.connect(directory.journal)) as connection:
        stored = connection.execute(query).fetchall()
        files = archive_files(connection, directory.archive)
    for file in files:
        with closing(open_archive(file)) as archive:
            stored += [tuple(row) for row in archive.execute(query)]
    return stored


def _absent(stored: Sequence[tuple[str, str, int, str]], promised: Mapping[str, str]) -> set[str]:
    plates = {entry_id: plate for entry_id, plate, _, _ in stored}
    return {entry_id for entry_id, plate in promised.items() if plates.get(entry_id) != plate}


def _is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Kill -9 at random points under load.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, help="where the journal is to lie")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        figures = run(Path(directory), options.kills, options.seed)
    print(figures)  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
