"""The sentences of one language, looked up by domain values.

The module exceeds the project's limit of 300 lines: one method for each kind of value that has a
text.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from wxpark_gui.domain.backfill import BackfillTooOldError
from wxpark_gui.domain.backup_errors import OtherBoothError, RestoreWaitingError
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, DeliveryState, read_connection_failure
from wxpark_gui.domain.entry import BEIJING, CarType, Scene
from wxpark_gui.domain.errors import (
    AccountInUseError,
    Field,
    FieldError,
    JournalNewerError,
    Problem,
    ReadableError,
)
from wxpark_gui.domain.plate import PROVINCES, PlateClass, PlateFlaw, PlateNumber, PlatePolicy
from wxpark_gui.domain.shift_errors import PinWaitError
from wxpark_gui.domain.verdict import Severity, UserState, Verdict
from wxpark_gui.runtime.assets import catalogue
from wxpark_gui.wording import fields, line, plates, verdicts
from wxpark_gui.wording.labels import Label

if TYPE_CHECKING:
    from wxpark_gui.domain.backup import Restored
    from wxpark_gui.domain.manager import Act
    from wxpark_gui.domain.record import EntryRecord, Salvage
    from wxpark_gui.domain.release import Release
    from wxpark_gui.wording.backfill import BackfillLabel, BackfillWords
    from wxpark_gui.wording.care import CareLabel
    from wxpark_gui.wording.console import ConsoleWords
    from wxpark_gui.wording.door import DoorLabel
    from wxpark_gui.wording.export import ExportWords
    from wxpark_gui.wording.health import HealthWords
    from wxpark_gui.wording.help import HelpLabel
    from wxpark_gui.wording.history import HistoryLabel
    from wxpark_gui.wording.key_change import KeyChangeLabel
    from wxpark_gui.wording.managers import ManagerLabel
    from wxpark_gui.wording.profiles import ProfileLabel, ProfileWords
    from wxpark_gui.wording.setup import SetupLabel
    from wxpark_gui.wording.shifts import ShiftWords
    from wxpark_gui.wording.statistics import StatisticsWords
    from wxpark_gui.wording.support import SupportLabel

    AnyLabel: TypeAlias = (
        Label
        | HistoryLabel
        | SupportLabel
        | BackfillLabel
        | DoorLabel
        | HelpLabel
        | ProfileLabel
        | SetupLabel
        | ManagerLabel
        | KeyChangeLabel
        | CareLabel
    )
    """Every fixed text of the window."""

_RAW_LENGTH = 40
_HOUR = 3600
_MINUTE = 60


def join_sentences(*sentences: str) -> str:
    """Join sentences of one language, without spaces between them in Chinese."""
    return (" " if sentences[0][-1:].isascii() else "").join(sentences)


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """A verdict in words.

    Attributes:
        title: one to three words, the largest text of the window.
        advice: what to do, at most two lines.
        small: time of the reply and code, joined by ` · `; either may be missing.
    """

    title: str
    advice: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class FailureWords:
    """A failure in words.

    Attributes:
        message: what happened.
        action: what to do about it.
        code: stable name of the failure, shown small beside the message.
    """

    message: str
    action: str
    code: str = ""

    @property
    def sentences(self) -> str:
        """Message and action in one line, without a space between them in Chinese."""
        return join_sentences(self.message, self.action)


class Wording:
    """The sentences of one language; those of a part are imported when they are used.

    The class exceeds the project's limit of 20 methods: one for each kind of value that has a text.

    Attributes:
        console: the texts that only the console tool prints.
        export: the texts of exported files and of their dialog.
        statistics: the texts of the statistics window.
        shifts: the texts about shifts and attendants.
        health: the texts of the check of this booth.
        backfill: the texts about entries from paper.
        profiles: the texts about the profiles of a booth.
    """

    def __init__(
        self,
        translations: gettext.NullTranslations,
        variants: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Keep the translations. `variants` maps English sentences to those that replace them."""
        self._translations = translations
        self._variants = variants

    @classmethod
    def for_language(cls, language: str) -> Wording:
        """Return the wording in `language`, one of `domain.settings.LANGUAGES`."""
        return cls(catalogue(language))

    @classmethod
    def for_console(cls, language: str) -> Wording:
        """Return the wording for the console tool, with `CONSOLE_VARIANTS`."""
        from wxpark_gui.wording.console import CONSOLE_VARIANTS

        return cls(catalogue(language), CONSOLE_VARIANTS)

    @cached_property
    def console(self) -> ConsoleWords:
        from wxpark_gui.wording.console import ConsoleWords

        return ConsoleWords(self._translations.gettext)

    @cached_property
    def export(self) -> ExportWords:
        from wxpark_gui.wording.export import ExportWords

        return ExportWords(self._translations.gettext)

    @cached_property
    def statistics(self) -> StatisticsWords:
        from wxpark_gui.wording.statistics import StatisticsWords

        return StatisticsWords(self._translations.gettext, self.severity)

    @cached_property
    def shifts(self) -> ShiftWords:
        from wxpark_gui.wording.shifts import ShiftWords

        return ShiftWords(self._translations.gettext)

    @cached_property
    def health(self) -> HealthWords:
        from wxpark_gui.wording.health import HealthWords

        return HealthWords(self._translated)

    @cached_property
    def backfill(self) -> BackfillWords:
        from wxpark_gui.wording.backfill import BackfillWords

        return BackfillWords(self._translations.gettext)

    @cached_property
    def profiles(self) -> ProfileWords:
        from wxpark_gui.wording.profiles import ProfileWords

        return ProfileWords(self._translations.gettext)

    @property
    def program_name(self) -> str:
        return self.label(Label.WINDOW_TITLE)

    def label(self, label: AnyLabel, **values: object) -> str:
        """Return a fixed text; `values` fill its placeholders."""
        return self._say(label.value, **values)

    def release(self, release: Release) -> str:
        """Return the announcement of a newer version and its location, for the manager."""
        label = Label.NEW_VERSION_AT if release.where else Label.NEW_VERSION_OUT
        return self.label(label, version=release.version, where=release.where)

    def verdict(self, verdict: Verdict) -> VerdictWords:
        """Return the texts of the verdict panel; title and advice are in the console's JSON too."""
        parts = []
        if verdict.state is not UserState.NONE and verdict.as_of:
            parts.append(self._say(verdicts.AS_OF, time=clock_time(verdict.as_of)))
        if verdict.severity not in (Severity.OK, Severity.ARREARS) and verdict.code:
            parts.append(verdict.code)
        return VerdictWords(self._title(verdict), self._advice(verdict), " · ".join(parts))

    def query(self, verdict: Verdict) -> VerdictWords:
        """Return the texts for the result of a query; their `small` has the time of an answer."""
        words = self.verdict(verdict)
        if verdict.state is UserState.NORMAL:
            advice = self._say(verdicts.QUERY_NORMAL_ADVICE[verdict.deduct_mode])
            return replace(words, advice=advice)
        if verdict.state is not UserState.NONE:
            return words
        title = self._say(verdicts.QUERY_TITLE)
        return replace(words, title=title, advice=self._unanswered_query(verdict))

    def ago(self, seconds: float) -> str:
        return self._say(verdicts.AGO, age=self.age(seconds))

    def entry_answer(self, verdict: Verdict) -> str:
        """Return the answer that an entry got and its time, to show with a later query's answer."""
        time = clock_time(verdict.as_of) if verdict.as_of else ""
        return self._say(verdicts.ENTRY_ANSWER, time=time, verdict=self._title(verdict))

    def entry_remark(self, record: EntryRecord, age_seconds: float = 0.0) -> str:
        """Return the small line under the advice: time, code, and a note if it may have been sent.

        Args:
            age_seconds: age of the verdict, shown too from one minute on.
        """
        parts = [self.verdict(record.verdict).small]
        if record.state is not DeliveryState.ANSWERED:
            parts.insert(0, self._say(verdicts.SAVED_AT, time=clock_time(record.saved_at)))
        if age_seconds >= _MINUTE:
            parts.insert(1, self.ago(age_seconds))
        if record.maybe_sent and record.state.is_open:
            parts.append(self._say(verdicts.MAYBE_SENT))
        return " · ".join(part for part in parts if part)

    def pill(self, verdict: Verdict) -> str:
        """Return the short title of a verdict for a row of a list.

        The title of a pending verdict is the delivery state.
        """
        if verdict.severity is Severity.PENDING:
            return self.delivery_state(verdict.delivery)
        return self._title(verdict)

    def pill_words(self) -> set[str]:
        """Return every text that `pill` may return."""
        words = (*verdicts.DELIVERY_STATES.values(), *verdicts.STATE_TITLES.values())
        others = (verdicts.FAILED_TITLE, verdicts.VOIDED_LATER_TITLE)
        return {self._say(word) for word in (*words, *others)}

    def last_entry(self, record: EntryRecord) -> str:
        """Return one line about the last entry: plate or bay, and verdict."""
        return self.label(
            Label.LAST_ENTRY, plate=record.entry.label, verdict=self.pill(record.verdict)
        )

    def duplicate(self, minutes_ago: int, count: int) -> str:
        """Return a question about a plate entered `count` times already, lastly `minutes_ago`."""
        if count > 1:
            return self.label(Label.CONFIRM_DUPLICATES, count=count)
        if not minutes_ago:
            return self.label(Label.CONFIRM_DUPLICATE_NOW)
        return self.label(Label.CONFIRM_DUPLICATE, age=self.age(minutes_ago * _MINUTE))

    def field_error(self, error: FieldError) -> str:
        """Return the error sentence that is shown beside the field."""
        if error.field is Field.PLATE:
            return self._plate_error(error)
        sentence = fields.PROBLEMS[error.problem]
        if error.problem is Problem.KEY_FORMAT and error.found == str(error.limit):
            sentence = fields.KEY_FORMAT_SAME_LENGTH
        return self._problem(sentence, error)

    def failure(self, error: ReadableError) -> FailureWords:
        """Return message, action and code of an error; a general message for an unknown code."""
        from wxpark_gui.wording import failures

        message, action = failures.FAILURES.get(error.code, failures.FAILURES[""])
        if isinstance(error, JournalNewerError) and error.program:
            named = self._say(failures.NEWER_PROGRAM, program=error.program)
            return FailureWords(self._say(message), named, error.code)
        if isinstance(error, PinWaitError) and error.seconds:
            counted = self.shifts.wait(error.seconds)
            return FailureWords(counted, self._say(action), error.code)
        if isinstance(error, AccountInUseError):
            counted = self._say(message, count=error.waiting)
            return FailureWords(counted, self._say(action), error.code)
        if isinstance(error, RestoreWaitingError):
            counted = self._say(message, count=error.waiting)
            return FailureWords(counted, self._say(action), error.code)
        if isinstance(error, OtherBoothError):
            named = self._say(message, name=error.detail)
            return FailureWords(named, self._say(action), error.code)
        if isinstance(error, BackfillTooOldError):
            counted = self._say(message, limit=error.limit)
            return FailureWords(counted, self._say(action), error.code)
        return FailureWords(self._say(message), self._say(action), error.code)

    def remedy(self, cause: Cause | None, code: str = "") -> str:
        """Return the action after an exchange that ended with `cause` and `code`.

        The result is empty if `cause` is None.
        """
        if failure := read_connection_failure(cause, code):
            return self.connection_failure(failure).action
        if cause is Cause.KEY_UNAVAILABLE and code in verdicts.KEY_REMEDIES:
            return self._say(verdicts.KEY_REMEDIES[code])
        return self._say(verdicts.REMEDIES[cause.remedy]) if cause else ""

    def query_remedy(self, cause: Cause | None, code: str = "") -> str:
        """Return the action after a query that ended with `cause` and `code`.

        The text is empty if `cause` is None.
        """
        failure = read_connection_failure(cause, code)
        if failure and line.CONNECTION_FAILURES[failure][1] != line.CONNECTION_RETRY:
            return self.connection_failure(failure).action
        return self._say(verdicts.QUERY_REMEDIES[cause.remedy]) if cause else ""

    def connection_failure(self, failure: ConnectionFailure) -> FailureWords:
        """Return message and action for a failed connection step; the message has no full stop."""
        happened, action = line.CONNECTION_FAILURES[failure]
        return FailureWords(self._say(happened), self._say(action), failure.value)

    def field(self, field: Field) -> str:
        return self._say(fields.FIELDS[field])

    def language(self, code: str) -> str:
        """Return a language's name in that language.

        `code` is one of `domain.settings.LANGUAGES`.
        """
        return fields.LANGUAGES[code]

    def proxy_mode(self, mode: str) -> str:
        """Return the name of a mode of the proxy, one of `domain.settings.PROXY_MODES`."""
        return self._say(fields.PROXY_MODES[mode])

    def theme(self, name: str) -> str:
        """Return the label of a theme; `name` is one of `domain.settings.THEMES`."""
        return self._say(fields.THEMES[name])

    def severity(self, severity: Severity) -> str:
        """Return the name of a severity."""
        return self._say(verdicts.SEVERITIES[severity])

    def plate_line(self, plate: PlateNumber, car_type: CarType | None) -> str:
        """Return class, car type and notes of a plate being typed.

        The result is empty while the plate would be refused.
        """
        if plate.policy is PlatePolicy.REFUSE:
            return ""
        if plate.plate_class is None:
            return self.label(Label.UNUSUAL_PLATE)
        parts = [self.plate_class(plate.plate_class, car_type)]
        if car_type:
            parts.append(self.car_type(car_type))
        is_large = car_type is CarType.LARGE
        if not plate.is_chargeable_on(large=is_large):
            parts.append(self.label(Label.NOT_CHARGEABLE))
        if plate.plate_class is PlateClass.NEW_ENERGY_LARGE and not is_large:
            parts.append(self.label(Label.PROPOSE_LARGE))
        return " · ".join(parts)

    def plate_class(self, plate_class: PlateClass, car_type: CarType | None = None) -> str:
        """Return the name of a plate class.

        The civil class is blue on small cars, yellow on large ones.
        """
        if plate_class is PlateClass.CIVIL and car_type is CarType.LARGE:
            return self._say(plates.LARGE_CIVIL)
        return self._say(plates.PLATE_CLASSES[plate_class])

    def plate_word(self, word: str) -> str:
        """Return the name that a screen reader speaks for a keypad key, such as `省份 粤`."""
        kind = plates.PROVINCE if word in PROVINCES else plates.PLATE_WORD
        return self._say(kind, word=word)

    def car_type(self, car_type: CarType) -> str:
        return self._say(fields.CAR_TYPES[car_type])

    def scene(self, scene: Scene) -> str:
        return self._say(fields.SCENES[scene])

    def delivery_state(self, state: DeliveryState) -> str:
        return self._say(verdicts.DELIVERY_STATES[state])

    def audit_event(self, what: str) -> str:
        """Return the text for the kind of an audit row; an unknown kind is returned unchanged."""
        from wxpark_gui.wording.history import AUDIT_EVENTS

        return self._say(AUDIT_EVENTS[what]) if what in AUDIT_EVENTS else what

    def act(self, act: Act) -> str:
        """Return the text of an act that a manager must approve."""
        from wxpark_gui.wording.managers import ACTS

        return self._say(ACTS[act])

    def line_untried(self) -> str:
        return self._say(line.LINE_UNTRIED)

    def line_up(self, elapsed_ms: int, *, standby: bool = False) -> str:
        """Return the text on the connection while the gateway answers.

        Args:
            elapsed_ms: duration of the last exchange.
            standby: True if WeChat's second host answered it.
        """
        return self._say(line.LINE_STANDBY if standby else line.LINE_UP, elapsed=elapsed_ms)

    def line_down(self) -> str:
        return self._say(line.LINE_DOWN)

    def pending(self, count: int, age_seconds: float | None = None) -> str:
        """Return the number of open entries and, if it is given, the age of the oldest."""
        if not count or age_seconds is None:
            return self._say(line.PENDING, count=count)
        return self._say(line.PENDING_SINCE, count=count, age=self.age(age_seconds))

    def today(self, count: int) -> str:
        return self._say(line.TODAY, count=count)

    def restored(self, restored: Restored) -> str:
        """Return the result of a restore: its success or its failure."""
        if restored.failure is not None:
            return self.failure(restored.failure).sentences
        from wxpark_gui.wording.care import CareLabel

        label = CareLabel.RESTORED_KEPT if restored.kept_as else CareLabel.RESTORED
        return self.label(label, count=restored.entries, name=restored.kept_as)

    def salvage(self, salvage: Salvage) -> str:
        """Return the result of a salvage, in one sentence."""
        return self._say(line.SALVAGED, count=salvage.entries, name=salvage.kept_as)

    def archives_lost(self, months: Sequence[str]) -> str:
        """Return a sentence about months, `YYYY-MM`, whose archive is damaged or missing."""
        return self._say(line.ARCHIVES_LOST, months=self.listing(months))

    def listing(self, items: Iterable[str]) -> str:
        """Return items of a list in one line; an empty text for none."""
        return self._say(line.AND).join(items)

    def age(self, seconds: float) -> str:
        """Return a duration in whole minutes below two hours, else in whole hours; rounded down."""
        if seconds < 2 * _HOUR:
            return self._say(line.MINUTES, count=max(0, int(seconds // _MINUTE)))
        return self._say(line.HOURS, count=int(seconds // _HOUR))

    def held_back(
        self, cause: Cause, count: int, age_seconds: float | None = None, code: str = ""
    ) -> str:
        """Return the notice strip's sentence for `count` unsent entries.

        Args:
            cause, code: of the exchange that failed.
            count: 0 leaves out the number.
            age_seconds: age of the oldest entry; None leaves it out.
        """
        failure = read_connection_failure(cause, code)
        if failure:
            reason = self._connection_advice(failure)
        elif cause is Cause.KEY_UNAVAILABLE and code in line.KEY_HELD:
            reason = self._say(line.KEY_HELD[code])
        else:
            sentence = line.GOES_ON.get(cause, verdicts.CAUSE_ADVICE[cause])
            reason = self._say(sentence, reason=self._say(verdicts.REASON_UNSAID))
        if not count:
            return reason
        if age_seconds is None:
            return self._say(line.HELD, count=count, reason=reason)
        return self._say(line.HELD_SINCE, count=count, age=self.age(age_seconds), reason=reason)

    def _title(self, verdict: Verdict) -> str:
        if verdict.delivery is DeliveryState.VOIDED:
            if verdict.reached_gateway:
                return self._say(verdicts.VOIDED_LATER_TITLE)
            return self.delivery_state(verdict.delivery)
        if verdict.severity is Severity.FAILED:
            return self._say(verdicts.FAILED_TITLE)
        return self._say(verdicts.STATE_TITLES[verdict.state])

    def _advice(self, verdict: Verdict) -> str:
        if verdict.delivery is DeliveryState.VOIDED and verdict.reached_gateway:
            return self._say(verdicts.VOIDED_LATER)
        if verdict.state is UserState.NORMAL:
            return self._say(verdicts.NORMAL_ADVICE[verdict.deduct_mode])
        if verdict.state is UserState.UNKNOWN:
            raw = _one_line(verdict.raw_state)
            return self._say(
                verdicts.STATE_ADVICE[verdict.state] if raw else verdicts.STATE_UNSAID, raw=raw
            )
        if verdict.state is not UserState.NONE:
            return self._say(verdicts.STATE_ADVICE[verdict.state])
        return self._unanswered_advice(verdict)

    def _unanswered_advice(self, verdict: Verdict) -> str:
        if verdict.delivery in verdicts.CLOSED_ADVICE:
            return self._say(verdicts.CLOSED_ADVICE[verdict.delivery])
        if verdict.cause is None:
            from wxpark_gui.wording.failures import FAILURES

            return self._say(verdicts.OPEN_ADVICE.get(verdict.delivery, FAILURES[""][0]))
        if verdict.cause is Cause.UNTRUSTED and verdict.delivery.is_open:
            return self._say(verdicts.UNTRUSTED_ONCE)
        if failure := read_connection_failure(verdict.cause, verdict.code):
            return self._connection_advice(failure)
        if verdict.cause is Cause.KEY_UNAVAILABLE and verdict.code in verdicts.KEY_ADVICE:
            return self._say(verdicts.KEY_ADVICE[verdict.code])
        reason = _one_line(f"{verdict.code} {verdict.message}") or self._say(verdicts.REASON_UNSAID)
        return self._say(verdicts.CAUSE_ADVICE[verdict.cause], reason=reason)

    def _unanswered_query(self, verdict: Verdict) -> str:
        if failure := read_connection_failure(verdict.cause, verdict.code):
            happened = self.connection_failure(failure).message
            action = self.query_remedy(verdict.cause, verdict.code)
            return self._say(verdicts.QUERY_CONNECTION, happened=happened, action=action)
        reason = _one_line(f"{verdict.code} {verdict.message}") or self._say(verdicts.REASON_UNSAID)
        cause = verdict.cause or Cause.UNCLEAR_REFUSAL
        return self._say(verdicts.QUERY_ADVICE[cause], reason=reason)

    def _connection_advice(self, failure: ConnectionFailure) -> str:
        words = self.connection_failure(failure)
        return self._say(line.CONNECTION_ADVICE, happened=words.message, action=words.action)

    def _plate_error(self, error: FieldError) -> str:
        if error.problem is Problem.MISSING:
            return self._say(plates.FLAWS[PlateFlaw.EMPTY])
        if error.problem is Problem.BAD_CHARACTER and error.found:
            return self._say(plates.BAD_CHARACTER_FOUND, found=error.found)
        flaws = {flaw.value: flaw for flaw in PlateFlaw}
        if error.problem is Problem.NOT_A_PLATE and error.found in flaws:
            return self._say(plates.FLAWS[flaws[error.found]])
        return self._problem(fields.PROBLEMS[error.problem], error)

    def _problem(self, sentence: str, error: FieldError) -> str:
        return self._say(sentence, limit=error.limit, found=error.found, least=error.least)

    def _say(self, sentence: str, **values: object) -> str:
        return self._translated(sentence).format(**values)

    def _translated(self, sentence: str) -> str:
        """Return the variant of a sentence for this front end, in this language."""
        return self._translations.gettext(self._variants.get(sentence, sentence))


def clock_time(moment: datetime) -> str:
    """Return the Beijing time of any aware time, as `11:39:12`."""
    return moment.astimezone(BEIJING).strftime("%H:%M:%S")


def _one_line(text: str) -> str:
    """Return `text` as one printable line, cut to 40 characters and `…` if longer."""
    single = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return single if len(single) <= _RAW_LENGTH else f"{single[:_RAW_LENGTH]}…"
