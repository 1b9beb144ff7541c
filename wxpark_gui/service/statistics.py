"""Statistics of a period, with a new report after each month that is read."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from wxpark_gui.domain.statistics import Period, Report, make_report
from wxpark_gui.domain.tallies import Sums

if TYPE_CHECKING:
    from wxpark_gui.service.ports import Clock, Documents, StatisticsSource


class Statistics:
    """The use cases of the statistics window; every method may read or write the disk."""

    def __init__(self, source: StatisticsSource, documents: Documents, clock: Clock) -> None:
        self._source = source
        self._documents = documents
        self._clock = clock

    def reports(
        self, period: Period, is_cancelled: Callable[[], bool]
    ) -> Generator[Report, None, None]:
        """Yield a report after each month; the last one is complete unless reading was cancelled.

        Iterate in one thread, and close the iterator there if it is not exhausted.

        Raises:
            ReadableError: the journal cannot be read.
        """
        now = self._clock.now()
        sums, skipped = Sums(), list[str]()
        for part in self._source.parts(period.start(now), now, period.slot, is_cancelled):
            sums += part.sums
            if part.skipped:
                skipped.append(part.skipped)
            yield make_report(period, sums, now, read=part.read, skipped=skipped)

    def save(self, path: str, content: bytes) -> None:
        """Write a table or a picture.

        Raises:
            FileNotWrittenError: the file could not be written.
        """
        self._documents.write(path, content)
