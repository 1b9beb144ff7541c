"""The texts of the window and of the console tool.

Sentences are English in the code; `resources/translations` has the Chinese ones. An error sentence
says what happened and what to do, in the attendant's words and at most two lines. No sentence
promises the driver a message at entry (WeChat sends none) or advises to refuse entry.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wxpark_gui.wording.labels import Label
from wxpark_gui.wording.words import (
    FailureWords,
    VerdictWords,
    Wording,
    clock_time,
    join_sentences,
)

if TYPE_CHECKING:
    from wxpark_gui.wording.backfill import BackfillLabel, BackfillWords
    from wxpark_gui.wording.care import CareLabel
    from wxpark_gui.wording.console import ConsoleWords
    from wxpark_gui.wording.door import DoorLabel
    from wxpark_gui.wording.export_rows import ExportRowWords, filter_words
    from wxpark_gui.wording.findings import (
        FindingReport,
        finding_json,
        finding_line,
        finding_text,
        finding_words,
        findings_text,
    )
    from wxpark_gui.wording.help import HelpLabel
    from wxpark_gui.wording.history import HistoryLabel
    from wxpark_gui.wording.key_change import KeyChangeLabel
    from wxpark_gui.wording.managers import ManagerLabel
    from wxpark_gui.wording.previews import preview_sentences
    from wxpark_gui.wording.profiles import ProfileLabel, ProfileWords
    from wxpark_gui.wording.setup import SetupLabel
    from wxpark_gui.wording.support import SupportLabel
    from wxpark_gui.wording.words import AnyLabel

__all__ = [
    "AnyLabel",
    "BackfillLabel",
    "BackfillWords",
    "CareLabel",
    "ConsoleWords",
    "DoorLabel",
    "ExportRowWords",
    "FailureWords",
    "FindingReport",
    "HelpLabel",
    "HistoryLabel",
    "KeyChangeLabel",
    "Label",
    "ManagerLabel",
    "ProfileLabel",
    "ProfileWords",
    "SetupLabel",
    "SupportLabel",
    "VerdictWords",
    "Wording",
    "clock_time",
    "filter_words",
    "finding_json",
    "finding_line",
    "finding_text",
    "finding_words",
    "findings_text",
    "join_sentences",
    "preview_sentences",
]

_LATER = {
    "backfill": {"BackfillLabel", "BackfillWords"},
    "care": {"CareLabel"},
    "console": {"ConsoleWords"},
    "door": {"DoorLabel"},
    "export_rows": {"ExportRowWords", "filter_words"},
    "findings": {
        "FindingReport",
        "finding_json",
        "finding_line",
        "finding_text",
        "finding_words",
        "findings_text",
    },
    "help": {"HelpLabel"},
    "history": {"HistoryLabel"},
    "key_change": {"KeyChangeLabel"},
    "managers": {"ManagerLabel"},
    "previews": {"preview_sentences"},
    "profiles": {"ProfileLabel", "ProfileWords"},
    "setup": {"SetupLabel"},
    "support": {"SupportLabel"},
}
"""Modules that a front end may not need, and their names; imported at the first use."""


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(name)
