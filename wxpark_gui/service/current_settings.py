"""The settings in force: the one path by which they reach the use cases of both front ends."""

from __future__ import annotations

from typing import final

from wxpark_gui.domain.settings import Settings


@final
class CurrentSettings:
    """One shared reference to the settings. Any thread reads it; the owner replaces it whole."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()

    @property
    def value(self) -> Settings:
        """The settings in force; read it again for each use."""
        return self._settings

    def replace(self, settings: Settings) -> None:
        """Put other settings in force from the next read on."""
        self._settings = settings
