"""Every sentence a person reads, for the window and the console tool alike.

The code says each sentence in English; `resources/translations` holds the Chinese. A sentence tells
what happened and what to do, in the attendant's words and at most two lines. None promises what
WeChat does not do (it sends the driver no message at entry), none advises to refuse entry.
"""

from wxpark_gui.wording.console import ConsoleWords
from wxpark_gui.wording.labels import Label
from wxpark_gui.wording.words import FailureWords, VerdictWords, Wording, clock_time

__all__ = [
    "ConsoleWords",
    "FailureWords",
    "Label",
    "VerdictWords",
    "Wording",
    "clock_time",
]
