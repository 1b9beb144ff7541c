"""The operator's version file, read from a URL or a path. Its signature must verify."""

from wxpark_gui.releases.version_file import VersionFile

__all__ = ["VersionFile"]
