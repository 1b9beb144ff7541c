"""Change settings files at random, and load each as the program does.

    python -m tests.faults.damaged_settings [--files 10000] [--seed 1]

Each file is loaded or refused with a `SettingsUnreadableError`, and not changed by that. Settings
that were loaded are valid, and saving them gives a file that loads as the same settings.
"""

from __future__ import annotations

import argparse
import random
import string
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.workplace import fast_disk
from tests.settings import settings_of
from wxpark_gui.domain.errors import InvalidInputError, SettingsUnreadableError
from wxpark_gui.domain.settings import BoothSettings, check_settings
from wxpark_gui.storage.settings import TomlSettings, settings_text
from wxpark_gui.training.booth import TRAINING_MERCHANT

_LINES = (
    "version = 99",
    "unknown = 1",
    "[[accounts]]",
    "[booth]",
    'name = "\\u0000"',
    "duplicate_minutes = 1e400",
    "font_scale = true",
    "expiry_hours = 99999999999999999999999999",
    "language = 1979-05-27",
    'free_time = "15"',
    "sounds = [" + "[" * 2000,
    "a." * 500 + "b = 1",
    '= = "',
    "name = '''",
)


@dataclass(slots=True)
class Figures:
    """Results over all changed files.

    Attributes:
        loaded, refused: files that were loaded, and files that were refused in words.
        raised: files at which another exception was raised.
        invalid: files loaded as settings that break a rule, or that do not survive saving.
        touched: refused files that the loading changed.
        examples: the first findings.
    """

    loaded: int = 0
    refused: int = 0
    raised: int = 0
    invalid: int = 0
    touched: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def are_good(self) -> bool:
        return not (self.raised or self.invalid or self.touched)

    def __str__(self) -> str:
        return (
            f"{self.loaded + self.refused + self.raised} changed settings files: {self.loaded}"
            f" loaded, {self.refused} refused in words, {self.raised} other exceptions,"
            f" {self.invalid} loaded although invalid, {self.touched} changed by loading"
        )


def run(files: int, seed: int) -> Figures:
    """Change and load `files` copies of a settings file."""
    source = random.Random(seed)
    settings = replace(settings_of(TRAINING_MERCHANT), booth=BoothSettings(plate_prefix="粤B"))
    whole = settings_text(settings).encode()
    figures = Figures()
    with tempfile.TemporaryDirectory(dir=fast_disk()) as directory:
        path = Path(directory) / "settings.toml"
        for _ in range(files):
            changed = _change(whole, source)
            path.write_bytes(changed)
            _load(path, changed, figures)
    return figures


def _change(whole: bytes, source: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(source.choice((1, 1, 3))):
        place = source.randrange(len(content)) if content else 0
        kind = source.randrange(9)
        if kind == 0 and content:
            content[place] = source.randrange(256)
        elif kind == 1:
            del content[place : place + source.randint(1, 30)]
        elif kind == 2:
            content[place:place] = source.randbytes(source.randint(1, 8))
        elif kind == 3:
            lines = bytes(content).split(b"\n")
            lines.insert(source.randrange(len(lines) + 1), source.choice(_LINES).encode())
            content = bytearray(b"\n".join(lines))
        elif kind == 4:
            lines = bytes(content).split(b"\n")
            source.shuffle(lines)
            content = bytearray(b"\n".join(lines))
        elif kind == 5:
            del content[place:]
        else:
            # The same kind of character, so that most of these files can be loaded.
            places = [n for n, byte in enumerate(content) if chr(byte) in string.digits]
            if places:
                content[source.choice(places)] = ord(source.choice(string.digits))
    return bytes(content)


def _load(path: Path, changed: bytes, figures: Figures) -> None:
    store = TomlSettings(path)
    try:
        settings = store.load()
    except SettingsUnreadableError:
        figures.refused += 1
        if path.read_bytes() != changed:
            figures.touched += 1
        return
    except Exception as error:  # noqa: BLE001 - any other exception is a finding
        figures.raised += 1
        figures.examples.append(f"{error!r}: {changed[:120]!r}")
        return
    figures.loaded += 1
    try:
        check_settings(settings)
        store.save(settings)
        is_valid = store.load() == settings
    except (InvalidInputError, SettingsUnreadableError) as error:
        is_valid = False
        figures.examples.append(f"{error!r}: {changed[:120]!r}")
    figures.invalid += not is_valid


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Load settings files that were changed.")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    figures = run(options.files, options.seed)
    print(figures, *figures.examples[:20], sep="\n  ")  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
