"""Texts of the statistics window and of the table that it saves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.statistics import Bar, Figures, Period, Report
from wxpark_gui.domain.tallies import CARS_IN_A_ROW, LONGEST_GAP
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.wording import line
from wxpark_gui.wording.marking import mark

NOTHING = "—"
"""Text of a figure without a value."""

_MINUTE = 60
_PERIODS = {
    Period.TODAY: mark("Today"),
    Period.WEEK: mark("7 days"),
    Period.MONTH: mark("30 days"),
    Period.YEAR: mark("365 days"),
}
_CHART_TITLES = {
    Period.TODAY: mark("Entries by hour"),
    Period.WEEK: mark("Entries by day"),
    Period.MONTH: mark("Entries by day"),
    Period.YEAR: mark("Entries by month"),
}


class StatisticsWords:
    """The texts in one language.

    The class exceeds the project's limit of 20 methods: one for each kind of value that has a text.

    Attributes:
        title: title of the window, and first part of the names of saved files.
    """

    def __init__(
        self, translate: Callable[[str], str], severity: Callable[[Severity], str]
    ) -> None:
        """Translate the fixed texts; `severity` returns the name of a severity."""
        _ = translate
        self._translate = translate
        self._severity = severity
        self.title = _("Statistics")
        self.choose = _("Period")
        self.entries = _("Entered")
        self.undelivered = _("Not delivered")
        self.median = _("Median answer")
        self._answer_ms = _("Answer ms")
        self.outages = _("Outages")
        self.per_car = _("Per car")
        self.time = _("Time")
        self.others = _("Others")
        self.voided = _("Taken back")
        self.backfilled = _("From paper")
        self.table = _("Figures as a table")
        self.empty = _("No entries in this time")
        self.save_table = _("Save table  T")
        self.save_picture = _("Save picture  P")
        self.close = _("Close  Esc")
        self.tables = _("Tables (*.csv)")
        self.pictures = _("Pictures (*.png)")
        self._median_ms = _("Answer time, median (ms)")
        self._nearly_all_ms = _("Answer time, 95 % (ms)")
        self._outage_seconds = _("Outages (s)")
        self._per_car_seconds = _("Per car (s)")
        self._ms = _("{elapsed} ms")
        self._seconds = _("{count} s")
        self._minutes = _("{count} min")
        self._hours = _("{hours} h {minutes} min")
        self._counted = _("{name} {count}")
        self._outage = _("{name} {count}, {length}")
        self._reading = _("Being read: {percent} %")
        self._saved = _("Saved: {name}")
        self._as_of = _("As of {time}")
        self._skipped = _("Not included, as their files cannot be read: {months}")
        self._by_time = _("By entry time. Corrected and sent again: the newer entry counts.")
        self._apart = _("Taken back, not counted: {voided}. From paper, counted: {backfilled}.")
        self._rule = _(
            "Per car: mean of the last {count} cars in a row, without gaps over {limit} s."
        )
        self._outage_rule = _(
            "Outage: from an attempt that did not reach WeChat to the next that did."
        )

    def period(self, period: Period) -> str:
        return self._translate(_PERIODS[period])

    def chart_title(self, period: Period) -> str:
        return self._translate(_CHART_TITLES[period])

    def percent(self, share: float | None) -> str:
        return NOTHING if share is None else f"{share:.0%}".replace("%", " %")

    def milliseconds(self, elapsed: int | None) -> str:
        return NOTHING if elapsed is None else self._ms.format(elapsed=elapsed)

    def seconds_per_car(self, seconds: float | None) -> str:
        return NOTHING if seconds is None else self._seconds.format(count=f"{seconds:.0f}")

    def duration(self, seconds: float) -> str:
        """Return a duration: seconds below 2 min, minutes below 2 h, else hours and minutes."""
        if seconds < 2 * _MINUTE:
            return self._seconds.format(count=round(seconds))
        minutes = round(seconds / _MINUTE)
        if minutes < 2 * _MINUTE:
            return self._minutes.format(count=minutes)
        return self._hours.format(hours=minutes // _MINUTE, minutes=minutes % _MINUTE)

    def bar(self, bar: Bar, period: Period) -> str:
        """Return the short name of a bar: `11:00`, `03-15` or `2026-03`."""
        forms = {Period.TODAY: "%H:%M", Period.YEAR: "%Y-%m"}
        return bar.start.strftime(forms.get(period, "%m-%d"))

    def bar_in_words(self, bar: Bar, period: Period) -> str:
        """Return name, number of entries, each severity that occurs, and times of a bar."""
        parts = [*self._counts(bar.figures), *self._times(bar.figures)]
        return f"{self._bar_span(bar, period)}  {' · '.join(parts)}"

    def bar_headline(self, bar: Bar, period: Period) -> str:
        """Return name, number of entries and times of a bar, in one line."""
        parts = [self._counts(bar.figures)[0], *self._times(bar.figures)]
        return f"{self._bar_span(bar, period)}  {' · '.join(parts)}"

    def total(self, report: Report) -> str:
        """Return the period, its number of entries and its times, in one line."""
        parts = [self._counts(report.total)[0], *self._times(report.total)]
        return f"{self.period(report.period)}  {' · '.join(parts)}"

    def _bar_span(self, bar: Bar, period: Period) -> str:
        name = self.bar(bar, period)
        return f"{name}–{bar.end.strftime('%H:%M')}" if period is Period.TODAY else name

    def _counts(self, figures: Figures) -> list[str]:
        """Return the number of entries, then that of each severity that occurs, each named."""
        found = [(self.entries, figures.entries)]
        found += [
            (self._severity(severity), figures.count(severity))
            for severity in Severity
            if figures.count(severity)
        ]
        return [self._counted.format(name=name, count=count) for name, count in found]

    def _times(self, figures: Figures) -> list[str]:
        parts = []
        if figures.median is not None:
            elapsed = self.milliseconds(figures.median)
            parts.append(self._counted.format(name=self.median, count=elapsed))
        if figures.outages:
            length = self.duration(figures.outage_seconds)
            parts.append(
                self._outage.format(name=self.outages, count=figures.outages, length=length)
            )
        if figures.seconds_per_car is not None:
            seconds = self.seconds_per_car(figures.seconds_per_car)
            parts.append(self._counted.format(name=self.per_car, count=seconds))
        return parts

    def legend(self, severity: Severity, count: int) -> str:
        return self._counted.format(name=self._severity(severity), count=count)

    def nearly_all(self, elapsed: int | None) -> str:
        """Return the remark under the median: the 95th percentile, `95 %  510 ms`."""
        return f"95 %  {self.milliseconds(elapsed)}"

    def span(self, report: Report) -> str:
        """Return the period's first and last day, or only today, and the time of the report."""
        first = report.rows[0].start.strftime("%Y-%m-%d")
        now = report.as_of.astimezone(BEIJING)
        last, time = now.strftime("%Y-%m-%d"), now.strftime("%H:%M")
        days = last if report.period is Period.TODAY else f"{first} – {last}"
        return f"{days} · {self._as_of.format(time=time)}"

    def reading(self, share: float) -> str:
        return self._reading.format(percent=int(share * 100))

    def saved(self, name: str) -> str:
        return self._saved.format(name=name)

    def notes(self, report: Report) -> str:
        """Return two lines: the sums of entries and severities, then the rules of counting."""
        total = report.total
        parts = [
            " · ".join(self._counts(total)),
            self._by_time,
            self._apart.format(voided=total.voided, backfilled=total.backfilled),
            self._rule.format(count=CARS_IN_A_ROW, limit=round(LONGEST_GAP)),
            self._outage_rule,
        ]
        rules = " ".join(parts[1:])
        return f"{parts[0]}\n{rules}"

    def skipped(self, report: Report) -> str:
        """Return a sentence about the archived months that could not be read; empty for none."""
        months = self._translate(line.AND).join(report.skipped)
        return self._skipped.format(months=months) if months else ""

    def columns(self) -> Sequence[str]:
        """Return the headings of the table in the window."""
        return (
            self.time,
            self.entries,
            self._severity(Severity.OK),
            self._severity(Severity.ARREARS),
            self.others,
            self.undelivered,
            self._answer_ms,
            self.outages,
        )

    def row(self, bar: Bar, period: Period) -> Sequence[str]:
        """Return the cells of a row in the window. A zero, except of entries, is an empty cell."""
        figures = bar.figures
        ok, arrears = figures.count(Severity.OK), figures.count(Severity.ARREARS)
        others = figures.entries - ok - arrears - figures.undelivered
        numbers = (ok, arrears, others, figures.undelivered)
        return (
            self.bar(bar, period),
            f"{figures.entries}",
            *(str(number) if number else "" for number in numbers),
            "" if figures.median is None else str(figures.median),
            str(figures.outages) if figures.outages else "",
        )

    def file_columns(self) -> Sequence[str]:
        """Return the headings of a saved table."""
        return (
            self.time,
            self.entries,
            *(self._severity(severity) for severity in Severity),
            self.voided,
            self.backfilled,
            self._median_ms,
            self._nearly_all_ms,
            self.outages,
            self._outage_seconds,
            self._per_car_seconds,
        )

    def file_row(self, bar: Bar) -> Sequence[str]:
        """Return the cells of a saved row: start of the bar, then numbers.

        A number that is None becomes an empty text.
        """
        figures = bar.figures
        pace = figures.seconds_per_car
        return (
            bar.start.strftime("%Y-%m-%d %H:%M"),
            str(figures.entries),
            *(str(figures.count(severity)) for severity in Severity),
            str(figures.voided),
            str(figures.backfilled),
            "" if figures.median is None else str(figures.median),
            "" if figures.nearly_all is None else str(figures.nearly_all),
            str(figures.outages),
            str(round(figures.outage_seconds)),
            "" if pace is None else f"{pace:.1f}",
        )
