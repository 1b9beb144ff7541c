"""Faults put into a copy of the program, each of which a trial must notice.

    python -m tests.faults.mutants [NAME …]

For each mutant the program and its tests are copied, one piece of text is replaced in the copy, and
the short form of the trial is run there. A mutant that passes shows that the trial proves nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("wxpark_gui", "tests", "resources", "packaging", "pyproject.toml", "README.md")
PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault.

    Attributes:
        fault: what the mutant does wrong.
        trial: file of `tests/faults` that must fail.
        file: path under `wxpark_gui`.
        old, new: the text that is replaced once, and its replacement.
    """

    fault: str
    trial: str
    file: str
    old: str
    new: str


MUTANTS = (
    Mutant(
        "accepts any signature",
        "test_hostile_replies.py",
        "wechatpay/reply.py",
        "    if not signing.verify(fields, key):\n",
        "    if not fields.get('sign'):\n",
    ),
    Mutant(
        "accepts a reply twice",
        "test_hostile_replies.py",
        "wechatpay/reply.py",
        "    if not seen.claim(mark):\n",
        "    if not seen.claim(mark) and not mark:\n",
    ),
    Mutant(
        "accepts the reply to another merchant",
        "test_hostile_replies.py",
        "wechatpay/reply.py",
        "    if not _names_merchant(fields, merchant):\n",
        "    if not fields:\n",
    ),
    Mutant(
        "reads UTF-16",
        "test_hostile_replies.py",
        "wechatpay/flat_xml.py",
        '    if "\\0" in text:\n',
        "    if not text:\n",
    ),
    Mutant(
        "drops a typed separator in silence",
        "test_plate_keys.py",
        "ui/plate/field.py",
        " == SEPARATOR_CELL else Effect.BEEP\n",
        " == SEPARATOR_CELL else Effect.SHOW\n",
    ),
    Mutant(
        "does not end at SIGTERM",
        "test_ends.py",
        "app.py",
        "        QTimer.singleShot(self.patience_ms, self.end)\n",
        "        QTimer.singleShot(9_000, self.end)\n",
    ),
    Mutant(
        "reports an entry as saved before its commit",
        "test_kill.py",
        "storage/database.py",
        '        yield\n        connection.execute("COMMIT")\n',
        "        yield\n",
    ),
    Mutant(
        "does not sync a commit",
        "test_power_cut.py",
        "storage/database.py",
        '        "synchronous": _FULL,\n',
        '        "synchronous": 1,\n',
    ),
    Mutant(
        "opens a damaged journal unchecked",
        "test_damaged_files.py",
        "storage/inspection.py",
        '_FULL_CHECK = "integrity_check(1)"\n',
        '_FULL_CHECK = "encoding"\n',
    ),
    Mutant(
        "empties the queue in one burst",
        "test_outage.py",
        "service/outbox.py",
        "SHORTEST_INTERVAL = 0.5\n",
        "SHORTEST_INTERVAL = 0.0\n",
    ),
    Mutant(
        "does not follow a change of the wall clock",
        "test_booth_day.py",
        "storage/wall_clock.py",
        "        if abs(shift) < CLOCK_TOLERANCE:\n",
        "        if abs(shift) < 1e9:\n",
    ),
    Mutant(
        "leaves an entry out of a month's archive",
        "test_soak.py",
        "storage/archive_writer.py",
        "    if not positions:\n",
        "    del positions[1:2]\n    if not positions:\n",
    ),
    Mutant(
        "raises an unnamed error at a settings file that is no UTF-8",
        "test_damaged_settings.py",
        "storage/settings_text.py",
        "    except UnicodeDecodeError as error:\n        line",
        "    except UnicodeEncodeError as error:\n        line",
    ),
    Mutant(
        "takes any readable file for the archive of its month",
        "test_damaged_archives.py",
        "storage/archive_check.py",
        "        return hash_of(file.path, go_on) == file.sha256\n",
        "        return bool(hash_of(file.path, go_on))\n",
    ),
    Mutant(
        "raises an unnamed error at a backup that is no ZIP file",
        "test_damaged_backups.py",
        "storage/backup_zip.py",
        "_UNREADABLE = (zipfile.BadZipFile, zlib.error,",
        "_UNREADABLE = (zlib.error,",
    ),
    Mutant(
        "shows an entry in green while it is being saved",
        "test_mixture.py",
        "ui/verdict/message.py",
        "    return PanelMessage(words, Severity.PENDING, label=label)\n\n\ndef idle(",
        "    return PanelMessage(words, Severity.OK, label=label)\n\n\ndef idle(",
    ),
)


def survives(mutant: Mutant) -> bool:
    """Run the trial on a copy with the mutant; return True if it passes.

    Raises:
        ValueError: the text to replace does not stand in the file exactly once.
    """
    with tempfile.TemporaryDirectory() as place:
        for name in _COPIED:
            source = _ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, Path(place) / name)
        file = Path(place) / "wxpark_gui" / mutant.file
        text = file.read_text(encoding="utf-8")
        if text.count(mutant.old) != 1:
            raise ValueError(f"{mutant.file} has the text {text.count(mutant.old)} times")
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", f"tests/faults/{mutant.trial}"],
            cwd=place,
            env={**os.environ, "PYTHONPATH": place, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stdout[-2000:])
        return done.returncode == 0


def main(names: Sequence[str]) -> int:
    """Try all mutants, or those of the named trials; return 1 if one survives."""
    survivors = 0
    for mutant in MUTANTS:
        if names and not any(name in mutant.trial for name in names):
            continue
        lives = survives(mutant)
        survivors += lives
        word = "SURVIVES" if lives else "noticed"
        print(f"{word}: {mutant.fault} ({mutant.trial})", flush=True)  # noqa: T201 - the result
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
