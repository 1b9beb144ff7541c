"""The command `wxpark backup`: save, list and restore backups."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.opening import JournalOpener
from wxpark_gui.console.streams import Output
from wxpark_gui.domain.backup import Restored, RestorePreview
from wxpark_gui.wording import Wording, preview_sentences
from wxpark_gui.wording.shifts import full_time


def run_backup(
    options: argparse.Namespace, wording: Wording, output: Output, interrupts: Interrupts
) -> None:
    """Carry out an action of `wxpark backup`, and print its result.

    Raises:
        ReadableError: nothing was saved or restored.
    """
    match options.action:
        case "save":
            _save(options, wording, output)
        case "list":
            _list(options, output)
        case "restore":
            _restore(options, wording, output, interrupts)


def _save(options: argparse.Namespace, wording: Wording, output: Output) -> None:
    with Assembly(options.data_dir, read_only=True) as parts:
        entries = parts.backups.save(
            Path(options.file),
            overwrite=options.force,
            report=lambda _: None,
            is_cancelled=lambda: False,
        )
    document = {"file": options.file, "entries": entries}
    text = wording.console.backup.saved.format(name=options.file, count=entries)
    output.print(document if options.json else text)


def _list(options: argparse.Namespace, output: Output) -> None:
    with Assembly(options.data_dir, read_only=True) as parts:
        store = parts.backups
        found = [store.count(backup, lambda: False) for backup in store.automatic()]
        rows: list[dict[str, Any]] = [
            {
                "file": str(store.path_of(backup)),
                "made_at": backup.made_at.isoformat(timespec="seconds"),
                "bytes": backup.size,
                "entries": backup.entries,
            }
            for backup in found
        ]
    if options.json:
        output.print({"backups": rows})
        return
    for backup, row in zip(found, rows, strict=True):
        entries = "?" if backup.entries is None else str(backup.entries)
        output.print(f"{full_time(backup.made_at)} {backup.size:>12,} {entries:>9} {row['file']}")


def _restore(
    options: argparse.Namespace, wording: Wording, output: Output, interrupts: Interrupts
) -> None:
    with Assembly(options.data_dir) as parts:
        parts.claim()
        # An older journal is migrated, a damaged one salvaged.
        with JournalOpener(wording, output).open(parts):
            pass
        preview = parts.backups.prepare(Path(options.file), lambda: False)
        # Ctrl-C must not come before the result can be printed.
        interrupts.defer()
        parts.backups.commit(with_settings=options.settings or preview.settings_needed)
        with closing(parts.open_journal()):
            restored = parts.take_restored()
    if restored is None:
        return
    if restored.failure is not None:
        raise restored.failure
    document = {
        "entries": restored.entries,
        "added": preview.added,
        "kept_as": restored.kept_as,
        "only_here": preview.only_here,
        "merged": preview.is_merged,
    }
    output.print(document if options.json else _restored_text(preview, wording, restored))


def _restored_text(preview: RestorePreview, wording: Wording, restored: Restored) -> str:
    return "\n".join((*preview_sentences(preview, wording), wording.restored(restored)))
