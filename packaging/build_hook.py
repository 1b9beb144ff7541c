"""Build hook of the wheel: compiles the translations and adds `resources/`."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSTALLED_AS = "wxpark_gui/resources"
SOURCE_ONLY = {".po", ".pot"}


class ResourcesBuildHook(BuildHookInterface[Any]):
    """Adds the resources to a wheel; an editable install uses those of the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues and add the resources, before the builder collects files.

        Args:
            version: `standard` or `editable`.
        """
        resources = Path(self.root, "resources")
        for source in resources.glob("translations/*/LC_MESSAGES/*.po"):
            compile_catalogue(source)
        if version != "editable":
            build_data["force_include"].update(shipped_files(resources))


def compile_catalogue(source: Path) -> Path:
    """Write the `.mo` beside a `.po` and return its path.

    It replaces an older one at once, as tests may read that meanwhile.
    """
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=source.parent.parent.name)
    # Babel would write the present time, and no two builds would be alike.
    catalogue.creation_date = datetime.fromtimestamp(0, timezone.utc)
    target = source.with_suffix(".mo")
    whole = target.with_name(f"{target.name}.new")
    with whole.open("wb") as stream:
        write_mo(stream, catalogue)
    whole.replace(target)
    return target


def shipped_files(resources: Path) -> dict[str, str]:
    """Return the files of `resources` that the wheel gets, each with its path inside it."""
    return {
        str(file): f"{INSTALLED_AS}/{file.relative_to(resources).as_posix()}"
        for file in sorted(resources.rglob("*"))
        if file.is_file() and file.suffix not in SOURCE_ONLY
    }
