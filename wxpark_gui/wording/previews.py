"""Sentences about a backup before it is restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxpark_gui.wording.care import CareLabel
from wxpark_gui.wording.shifts import full_time
from wxpark_gui.wording.words import Wording, join_sentences

if TYPE_CHECKING:
    from wxpark_gui.domain.backup import RestorePreview


def preview_sentences(preview: RestorePreview, wording: Wording) -> tuple[str, str, str]:
    """Return three texts: name and time of a backup, its entries, and entries that it lacks.

    The last one is empty if the backup lacks none.
    """
    return (
        _title(preview, wording),
        _content(preview, wording),
        _only_here(preview, wording) if preview.only_here else "",
    )


def _title(preview: RestorePreview, wording: Wording) -> str:
    content = preview.content
    name = " ".join(part for part in (content.lot, content.booth) if part) or "—"
    if content.made_at is None:
        return wording.label(CareLabel.PREVIEW_UNDATED, name=name)
    return wording.label(CareLabel.PREVIEW, name=name, time=full_time(content.made_at))


def _content(preview: RestorePreview, wording: Wording) -> str:
    content = preview.content
    count, waiting = f"{content.entries:,}", f"{content.waiting:,}"
    sentences = [wording.label(CareLabel.CONTENT, count=count, waiting=waiting)]
    if preview.added:
        sentences.append(wording.label(CareLabel.ADDED, count=f"{preview.added:,}"))
        if content.waiting:
            sentences.append(wording.label(CareLabel.WAITING_RISK))
    else:
        sentences.append(wording.label(CareLabel.NONE_ADDED))
    return join_sentences(*sentences)


def _only_here(preview: RestorePreview, wording: Wording) -> str:
    label = CareLabel.KEPT if preview.is_merged else CareLabel.SET_ASIDE
    return wording.label(label, count=f"{preview.only_here:,}")
