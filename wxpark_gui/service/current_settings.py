"""The settings in force, shared by the use cases of both front ends."""

from __future__ import annotations

from typing import final

from wxpark_gui.domain.settings import Settings


@final
class CurrentSettings:
    """Shared reference to the settings. Any thread may read it; only the owner replaces them."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()

    @property
    def value(self) -> Settings:
        """The settings in force; read them again for each use, as they may be replaced."""
        return self._settings

    def replace(self, settings: Settings) -> None:
        """Put other settings in force, for all later reads of `value`."""
        self._settings = settings
