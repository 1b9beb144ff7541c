"""Collects the licences of everything in an installed program into one text.

The text is in the package, and the window shows it (Shift+F1).
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bundle import is_of_the_system
from failure import SetUpError

LICENCE_FILES = ("licen", "copying", "notice", "author")
RULE = "=" * 78

# The wheels hold no text of their licence.
QT_REMARK = """\
Qt and Qt for Python (PySide6, Shiboken) are used under the GNU Lesser General Public License,
version 3. They are shared libraries of their own in the program's folder and may be replaced there
by others with the same interface. Their sources: https://code.qt.io and https://download.qt.io.
Qt contains parts by others under their own licences, all of them permissive; they are listed with
their texts at https://doc.qt.io/qt-6/licenses-used-in-qt.html."""
STARTERS = ("PyInstaller",)
"""Distributions whose boot loader is in the package; its licence allows redistribution."""


@dataclass(frozen=True)
class Part:
    """A third-party part.

    Attributes:
        licence: its short name, such as `MIT`; may be empty.
        texts: the licence files of its authors.
    """

    name: str
    version: str
    licence: str
    texts: Sequence[str]


def write_notice(root: Path, modules: Iterable[str], libraries: Mapping[str, str]) -> str:
    """Return the whole text.

    Args:
        modules: names of the Python modules in the package, such as `keyring.backends.kwallet`.
        libraries: source path of each library by its path in the package, such as
            `PySide6/QtCore.abi3.so`.

    Raises:
        SetUpError: a bundled library's Debian package is not found.
    """
    compiled = {re.split(r"[./\\]", place)[0] for place in libraries}
    parts = [
        python(),
        *distributions({*modules, *compiled, *STARTERS}),
        *system_packages(libraries.values()),
    ]
    texts = (root / "packaging" / "licences").glob("*.txt")
    own = (root / "LICENSE").read_text(encoding="utf-8")
    sections = [
        "wxpark-gui\n\n" + own,
        "Made with\n\n" + "\n".join(line_of(part) for part in parts),
        QT_REMARK,
        *(section(part) for part in parts if part.texts),
        *(text.read_text(encoding="utf-8") for text in sorted(texts)),
    ]
    return f"\n{RULE}\n\n".join(section.strip() + "\n" for section in sections)


def line_of(part: Part) -> str:
    """Return a part in one line, such as `requests 2.32.3: Apache-2.0`."""
    return f"{part.name} {part.version}: {part.licence}".rstrip(": ")


def section(part: Part) -> str:
    """Return a part's name and version, followed by its licence texts."""
    return f"{part.name} {part.version}\n\n" + "\n\n".join(text.strip() for text in part.texts)


def python() -> Part:
    """Return the part for the Python interpreter."""
    found = [
        place / name
        for place in (Path(sysconfig.get_paths()["stdlib"]), Path(sys.base_prefix))
        for name in ("LICENSE.txt", "LICENSE")
    ]
    texts = [path.read_text(encoding="utf-8") for path in found if path.is_file()][:1]
    return Part("Python", platform.python_version(), "PSF-2.0", texts or [sys.copyright])


def distributions(modules: Iterable[str]) -> list[Part]:
    """Return the parts for the installed distributions of the modules, sorted by name."""
    owners = metadata.packages_distributions()
    tops = {module.partition(".")[0] for module in modules}
    names = {name for top in tops for name in owners.get(top, ())}
    return [part_of(metadata.distribution(name)) for name in sorted(names, key=str.lower)]


def part_of(distribution: metadata.Distribution) -> Part:
    """Return the part that a distribution's metadata describes."""
    about = distribution.metadata
    name = about["Name"]
    return Part(name, about["Version"], licence_of(distribution), licence_texts(distribution))


def licence_of(distribution: metadata.Distribution) -> str:
    """Return the short name of a distribution's licence; empty if its metadata has none.

    It is read from `License-Expression`, else from a `License` of one line, else from the
    classifiers.
    """
    about = distribution.metadata
    for place in ("License-Expression", "License"):
        values: list[str] = about.get_all(place) or []
        if values and "\n" not in values[0]:
            return values[0]
    classifiers = about.get_all("Classifier") or []
    found = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License :: OSI")]
    return ", ".join(found)


def licence_texts(distribution: metadata.Distribution) -> list[str]:
    """Return the texts of a distribution's licence files."""
    files = [
        file
        for file in distribution.files or ()
        if file.parts[0].endswith(".dist-info") and file.name.lower().startswith(LICENCE_FILES)
    ]
    return [Path(str(file.locate())).read_text(encoding="utf-8") for file in files]


def system_packages(libraries: Iterable[str]) -> list[Part]:
    """Return the parts for the build system's packages that contain libraries, sorted by name.

    Raises:
        SetUpError: a system library belongs to no known package.
    """
    systems = [library for library in libraries if is_of_the_system(library)]
    found = {library: debian_package(library) or rpm_package(library) for library in systems}
    if unknown := [library for library, name in found.items() if not name]:
        raise SetUpError(f"Whose licence has {unknown[0]}? No package of this system holds it.")
    of_debian = shutil.which("dpkg-query") is not None and bool(run("dpkg-query", "--list"))
    part_of_package = debian_part if of_debian else rpm_part
    return [part_of_package(name) for name in sorted(set(found.values()))]


def debian_package(library: str) -> str:
    """Return the Debian package that contains a file; empty if none does."""
    resolved = str(Path(library).resolve())
    # Since `/lib` became `/usr/lib` the package may know the file by its old place.
    for path in (resolved, resolved.removeprefix("/usr")):
        if found := run("dpkg-query", "--search", path):
            return found.partition(":")[0]
    return ""


def debian_part(name: str) -> Part:
    """Return the part for a Debian package."""
    version = run("dpkg-query", "--show", "--showformat=${Version}", name)
    copyright_file = Path("/usr/share/doc") / name / "copyright"
    return Part(name, version, "", [copyright_file.read_text(encoding="utf-8")])


def rpm_package(library: str) -> str:
    """Return the RPM package that contains a file; empty if none does."""
    return run("rpm", "--query", "--queryformat", "%{NAME}", "--file", library)


def rpm_part(name: str) -> Part:
    """Return the part for an RPM package, whose licence files small containers lack."""
    told = run("rpm", "--query", "--queryformat", "%{VERSION}\t%{LICENSE}\n", name)
    version, _, licence = told.partition("\n")[0].partition("\t")
    files = (Path(file) for file in run("rpm", "--query", "--licensefiles", name).splitlines())
    return Part(name, version, licence, [read_licence(file) for file in files if file.is_file()])


def read_licence(file: Path) -> str:
    """Return the text of a licence file, with undecodable bytes replaced."""
    return file.read_text(encoding="utf-8", errors="replace")


def run(*command: str) -> str:
    """Return the output of a command; empty if it fails or is missing."""
    try:
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
