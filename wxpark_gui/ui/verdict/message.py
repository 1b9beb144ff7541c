"""Messages of the verdict panel as values, without widgets.

The module exceeds the project's limit of 300 lines: each message of the panel has its function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import Field, FieldError, ReadableError
from wxpark_gui.domain.gateway import is_answered_elsewhere
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.wording import Label, VerdictWords, Wording

if TYPE_CHECKING:
    from wxpark_gui.service.query import QueryAnswer

_MINUTE = 60.0
DIMS_AFTER = 90.0
"""Age in seconds at which a verdict is dimmed: only its edge keeps the colour."""

LARGEST_LEAD = 10.0
"""Seconds by which a verdict may be later than the present; the window's time lags by up to 1 s."""

Words = Callable[[Wording, float], VerdictWords]
Sentence = Callable[[Wording], str]

_PREFIX_QUESTIONS = (Label.ASK_PREFIX, Label.ASK_PREFIX_LETTER, Label.ASK_PREFIX_ENTER)


class Tone(Enum):
    """Look of a message without a severity. The values are names of icons."""

    CALM = "ready"
    NOTE = "notice"
    QUESTION = "unknown"


@dataclass(frozen=True, slots=True)
class PanelMessage:
    """One message of the panel.

    Attributes:
        words: returns the texts for a wording and an age in seconds.
        severity: colour class of a verdict or failure; None for everything else.
        tone: look of a message whose severity is None.
        label: plate or bay; may be empty.
        as_of: aware; start of the message's age; None if it does not age.
        dims: True if the message is dimmed after `DIMS_AFTER`.
        marked: True if the verdict came from another gateway than WeChat's.
        rests: True if the message only reflects the form's state; it is not announced.
    """

    words: Words
    severity: Severity | None = None
    tone: Tone = Tone.CALM
    label: str = ""
    as_of: datetime | None = None
    dims: bool = False
    marked: bool = False
    rests: bool = False

    @property
    def icon(self) -> str:
        return self.severity.value if self.severity else self.tone.value

    def age(self, now: datetime | None) -> float:
        """Return the seconds from `as_of` to `now`; 0 if either is None or `now` is earlier."""
        if now is None or self.as_of is None:
            return 0.0
        return max(0.0, (now - self.as_of).total_seconds())

    def is_dim(self, now: datetime | None) -> bool:
        """Test if the verdict is old, or its age unknown because the clock was set back since."""
        if not self.dims or now is None or self.as_of is None:
            return False
        age = (now - self.as_of).total_seconds()
        return not -LARGEST_LEAD <= age < DIMS_AFTER


def of_record(record: EntryRecord) -> PanelMessage:
    """Return a message with the verdict of an entry."""

    def words(wording: Wording, age: float) -> VerdictWords:
        said = wording.verdict(record.verdict)
        parts = [wording.label(Label.OTHER_GATEWAY)] if is_marked else []
        small = " · ".join([*parts, wording.entry_remark(record, age)])
        return VerdictWords(said.title, said.advice, small)

    is_marked = is_answered_elsewhere(record)
    is_answered = record.state is DeliveryState.ANSWERED
    return PanelMessage(
        words,
        None if record.state is DeliveryState.VOIDED else record.verdict.severity,
        label=record.entry.label,
        as_of=record.outcome_at if is_answered else record.saved_at,
        dims=not record.state.is_open,
        marked=is_marked,
    )


def saving(label: str) -> PanelMessage:
    """Return a message about an entry that is being saved."""

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(wording.severity(Severity.PENDING), wording.label(Label.SAVING_ADVICE))

    return PanelMessage(words, Severity.PENDING, label=label)


def idle(last: EntryRecord | None = None, *, set_up: bool = True) -> PanelMessage:
    """Return the message while nothing is typed.

    Args:
        last: the last entry, shown in a small line; None for none.
        set_up: False if no merchant is set up.
    """
    if set_up:
        return _resting(Label.READY_TITLE, Label.READY_ADVICE, last)
    return _resting(Label.NOT_SET_UP_TITLE, Label.NOT_SET_UP_ADVICE, last)


def typing(
    last: EntryRecord | None,
    unsaved: Sequence[str] = (),
    uncorrected: Sequence[str] = (),
    saving: Sequence[str] = (),
) -> PanelMessage:
    """Return the message while a plate is typed, with the last entry in one small line.

    Args:
        unsaved: plates or bays of entries that could not be saved, shown instead of `last`.
        uncorrected: likewise, those of entries whose correction could not be saved.
        saving: those of entries that are being saved, shown before `last`.
    """

    def small(wording: Wording) -> str:
        lost = _unsaved_line(wording, unsaved, uncorrected)
        parts = lost, _saving_line(wording, saving), "" if lost else _last_line(wording, last)
        return " · ".join(filter(None, parts))

    return _resting(Label.READY_TITLE, Label.TYPING_ADVICE, last, small)


def prefix_question(typed: str, last: EntryRecord | None) -> PanelMessage:
    """Return the question for the prefix of local plates.

    `typed` is its first 0 to 2 characters.
    """

    def words(wording: Wording, _age: float) -> VerdictWords:
        question = wording.label(_PREFIX_QUESTIONS[len(typed)], prefix=typed)
        return VerdictWords(
            wording.label(Label.ASK_PREFIX_TITLE), question, _last_line(wording, last)
        )

    return PanelMessage(words, tone=Tone.QUESTION, rests=True)


def question(ask: Sentence, label: str, title: Label) -> PanelMessage:
    """Return a question about an unsaved entry. Enter on the unchanged plate answers yes."""

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(wording.label(title), ask(wording))

    return PanelMessage(words, tone=Tone.QUESTION, label=label)


def refused(errors: Sequence[FieldError], label: str, *, marked: bool = False) -> PanelMessage:
    """Return a message about a draft that was not saved, because fields are invalid.

    Args:
        errors: errors that the form does not show; only the first is shown here.
        marked: True if the form shows other errors beside their fields.
    """

    def words(wording: Wording, _age: float) -> VerdictWords:
        lines = [_field_sentence(wording, error) for error in errors[:1]]
        if marked:
            lines.append(wording.label(Label.FIX_FIELDS))
        return VerdictWords(wording.label(Label.REFUSED_TITLE), "\n".join(lines))

    return PanelMessage(words, Severity.FAILED, label=label)


def not_saved(error: ReadableError, label: str) -> PanelMessage:
    """Return a message about an entry that could not be saved and is not sent."""

    def words(wording: Wording, _age: float) -> VerdictWords:
        said = wording.failure(error)
        return VerdictWords(
            wording.label(Label.NOT_SAVED_TITLE), f"{said.message}\n{said.action}", said.code
        )

    return PanelMessage(words, Severity.FAILED, label=label)


def with_unsaved(
    message: PanelMessage, unsaved: Sequence[str], uncorrected: Sequence[str] = ()
) -> PanelMessage:
    """Return a message that also names earlier plates or bays that could not be saved.

    Args:
        unsaved, uncorrected: as in `typing`.
    """
    if not (unsaved or uncorrected):
        return message

    def words(wording: Wording, age: float) -> VerdictWords:
        said = message.words(wording, age)
        parts = (said.small, _unsaved_line(wording, unsaved, uncorrected))
        return replace(said, small=" · ".join(filter(None, parts)))

    return replace(message, words=words)


def correcting(label: str) -> PanelMessage:
    """Return the message while a saved entry is being corrected."""

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(
            wording.label(Label.CORRECTING_TITLE), wording.label(Label.CORRECTING_ADVICE)
        )

    return PanelMessage(words, label=label)


def correction_taken_back(label: str) -> PanelMessage:
    """Return the message after a correction was taken back, and its draft is in the form.

    `label` is that of the entry that was corrected, which counts again.
    """

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(
            wording.label(Label.CORRECTION_BACK_TITLE), wording.label(Label.CORRECTION_BACK)
        )

    return PanelMessage(words, label=label)


def not_corrected(label: str, last: EntryRecord | None) -> PanelMessage:
    """Return the message after a correction that changes nothing, and was not saved."""
    return note(lambda wording: wording.label(Label.CORRECTION_UNCHANGED), lambda: last, label)


def correction_gone(record: EntryRecord, last: EntryRecord | None) -> PanelMessage:
    """Return the message when the entry being corrected was voided; the draft stays in the form."""

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(
            wording.label(Label.CORRECTING_TITLE),
            wording.label(Label.CORRECTION_GONE),
            _last_line(wording, last),
        )

    return PanelMessage(words, tone=Tone.NOTE, label=record.entry.label)


def correction_lost(error: ReadableError, label: str) -> PanelMessage:
    """Return the message when the entry to correct is no longer stored or cannot be read."""

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(
            wording.label(Label.CORRECTION_LOST_TITLE),
            wording.label(Label.CORRECTION_LOST),
            error.code,
        )

    return PanelMessage(words, Severity.FAILED, label=label)


def asking(label: str) -> PanelMessage:
    """Return the message while WeChat is asked for the state of a plate's owner."""

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(wording.label(Label.ASKING_TITLE), wording.label(Label.ASKING_ADVICE))

    return PanelMessage(words, tone=Tone.QUESTION, label=label)


def of_query(answer: QueryAnswer, own: EntryRecord | None) -> PanelMessage:
    """Return a message with the result of a query.

    Args:
        own: entry whose plate was queried; its answer is shown too if the state differs. None for a
            typed plate.
    """
    verdict = answer.verdict

    def words(wording: Wording, age: float) -> VerdictWords:
        said = wording.query(verdict)
        parts = [wording.label(Label.ASKED_AGAIN if own else Label.ASKED_ONLY), said.small]
        if age >= _MINUTE:
            parts.append(wording.ago(age))
        if own and own.verdict.state is not verdict.state and own.verdict.as_of:
            parts.append(wording.entry_answer(own.verdict))
        return replace(said, small=" · ".join(part for part in parts if part))

    return PanelMessage(
        words, verdict.severity, label=answer.plate.spaced, as_of=answer.at, dims=True
    )


def note(say: Sentence, last: Callable[[], EntryRecord | None], label: str = "") -> PanelMessage:
    """Return a message with the reason a key did nothing, and the last entry in a small line.

    Args:
        last: returns the last entry whenever the message is shown; None for none.
        label: plate or bay that the message is about; empty for none.
    """

    def words(wording: Wording, _age: float) -> VerdictWords:
        return VerdictWords(
            wording.label(Label.NOT_DONE_TITLE), say(wording), _last_line(wording, last())
        )

    return PanelMessage(words, tone=Tone.NOTE, label=label)


def annotated(record: EntryRecord, say: Sentence) -> PanelMessage:
    """Return a message with an entry's verdict, but the reason a key did nothing as advice."""
    message = of_record(record)

    def words(wording: Wording, age: float) -> VerdictWords:
        return replace(message.words(wording, age), advice=say(wording))

    return replace(message, words=words)


def _resting(
    title: Label,
    advice: Label,
    last: EntryRecord | None,
    small: Sentence | None = None,
) -> PanelMessage:
    def words(wording: Wording, _age: float) -> VerdictWords:
        line = small(wording) if small else _last_line(wording, last)
        return VerdictWords(wording.label(title), wording.label(advice), line)

    return PanelMessage(words, rests=True)


def _unsaved_line(wording: Wording, unsaved: Sequence[str], uncorrected: Sequence[str]) -> str:
    lost = ((Label.LAST_UNSAVED, unsaved), (Label.LAST_UNCORRECTED, uncorrected))
    return " · ".join(
        wording.label(label, plate=wording.listing(plates)) for label, plates in lost if plates
    )


def _saving_line(wording: Wording, saving: Sequence[str]) -> str:
    return wording.label(Label.LAST_SAVING, plate=wording.listing(saving)) if saving else ""


def _last_line(wording: Wording, last: EntryRecord | None) -> str:
    return wording.last_entry(last) if last else ""


def _field_sentence(wording: Wording, error: FieldError) -> str:
    sentence = wording.field_error(error)
    if error.field is Field.PLATE:
        return sentence
    return wording.label(Label.NAMED_PROBLEM, name=wording.field(error.field), problem=sentence)
