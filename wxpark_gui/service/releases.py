"""Comparison of the announced version with the running one. Nothing is ever installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wxpark_gui.domain.release import Release, Version
    from wxpark_gui.domain.release_source import ReleaseSource
    from wxpark_gui.service.ports import Releases


@dataclass(frozen=True, slots=True)
class Upgrades:
    """Compares the operator's announced release with the running version.

    Attributes:
        running: the version of this program.
    """

    releases: Releases
    running: Version

    def newer(self, source: ReleaseSource) -> Release | None:
        """Return the announced release if it is newer than the running version, else None.

        Blocks as long as `Releases.announced`, and raises the same errors. Replaying an old signed
        file can only hide a newer release.
        """
        release = self.releases.announced(source)
        return release if release.is_newer_than(self.running) else None
