"""The operator's version file, read from an address or a share and used only when signed."""

from wxpark_gui.releases.version_file import VersionFile

__all__ = ["VersionFile"]
