"""Whether there is a newer version of the program. It is told of, and never installed."""

from __future__ import annotations

from dataclasses import dataclass

from wxpark_gui.domain.release import Release, ReleaseSource, Version
from wxpark_gui.service.ports import Releases


@dataclass(frozen=True, slots=True)
class Upgrades:
    """Compares what the operator announces with what runs.

    Attributes:
        running: the version of this program.
    """

    releases: Releases
    running: Version

    def newer(self, source: ReleaseSource) -> Release | None:
        """The announced release, if it is newer; None for the same or an older one.

        May take as long as `Releases.announced`, and raises what that raises. Whoever puts back an
        old file with its old signature can so keep a notice away, and do no more.
        """
        release = self.releases.announced(source)
        return release if release.is_newer_than(self.running) else None
