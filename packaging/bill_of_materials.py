"""Writes a package's software bill of materials beside it, as CycloneDX JSON.

python3 packaging/bill_of_materials.py LOCK PACKAGE

LOCK is the lock file that the package was frozen from. The bill is made from an environment
installed from it, because installed distributions state their licences more completely than the
lock. The libraries bundled with Python are added. Other system libraries in the package are not
listed: the notice inside the package names them with their versions.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from failure import SetUpError, run_step
from identity import read_version
from lock import RELEASE_TOOLS, locked_environment

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent

FREEZER = "pyinstaller"
"""The program does not import it, but its boot loader is part of the package."""

ASK_VERSIONS = (
    "import json, platform, sqlite3, ssl;"
    "print(json.dumps({'python': platform.python_version(),"
    " 'openssl': ssl.OPENSSL_VERSION.split()[1], 'sqlite': sqlite3.sqlite_version}))"
)
LICENCES = {"python": "PSF-2.0", "openssl": "Apache-2.0", "sqlite": "blessing"}
"""SPDX licences of Python and its libraries, by library.

The name of a library is that of its vendor and product in vulnerability databases.
"""

Bill = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Write the bill of one package; exit code 2 on failure."""
    if len(arguments) != 2:  # noqa: PLR2004 - the lock and the package
        print(__doc__)
        return 2
    lock, package = map(Path, arguments)
    try:
        needs = needs_of(ROOT / "pyproject.toml")
        bill = complete(read_bill(lock), read_version(ROOT), needs, brought_versions())
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    target = bill_path(package)
    target.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(target)
    return 0


def bill_path(package: Path) -> Path:
    """Return the path of a package's bill: that of the package with `.cdx.json` added."""
    return package.with_name(f"{package.name}.cdx.json")


def read_bill(lock: Path) -> Bill:
    """Run CycloneDX's tool on an environment made from the lock, and return its bill.

    Raises:
        SetUpError: a step failed.
    """
    program = locked_environment(ROOT, lock)
    tools = locked_environment(ROOT, RELEASE_TOOLS.path(ROOT))
    tool = tools.with_name(f"cyclonedx-py{tools.suffix}")
    target = ROOT / "build" / "found.cdx.json"
    options = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"]
    command = [str(tool), "environment", *options, "--output-file", str(target), str(program)]
    run_step("Listing what the program is made of", command)
    bill: Bill = json.loads(target.read_text(encoding="utf-8"))
    return bill


def brought_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries bundled with it, by name."""
    command = [sys.executable, "-c", ASK_VERSIONS]
    versions: dict[str, str] = json.loads(subprocess.check_output(command, encoding="utf-8"))
    return versions


def needs_of(project: Path) -> set[str]:
    """Return the canonical names of the project file's dependencies, without extras."""
    document = tomllib.loads(project.read_text(encoding="utf-8"))
    return {canonical(need) for need in document["project"]["dependencies"]}


def canonical(requirement: str) -> str:
    """Return the normalised name of a distribution, from a requirement.

    For example, `PySide6-Essentials>=6.8` gives `pyside6-essentials`.
    """
    name = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name[0]).lower() if name else ""


def complete(bill: Bill, release: str, needs: Collection[str], brought: Mapping[str, str]) -> Bill:
    """Return the bill of the package: without build tools, with Python's libraries.

    Args:
        needs: canonical names of the program's dependencies.
        brought: versions of Python's libraries, by name.
    """
    root = bill["metadata"]["component"]
    root["version"] = release
    links = {entry["ref"]: entry.get("dependsOn", []) for entry in bill["dependencies"]}
    names = {part["bom-ref"]: canonical(part["name"]) for part in bill["components"]}
    # The tool takes the extras for needs, too: among them is what packages are made with.
    needed = [ref for ref in links[root["bom-ref"]] if names[ref] in needs]
    links[root["bom-ref"]] = needed
    kept = reached(links, root["bom-ref"])
    freezer = [part for part in bill["components"] if names[part["bom-ref"]] == FREEZER]
    parts = [part for part in bill["components"] if part["bom-ref"] in kept]
    added = [*freezer, *(brought_part(name, version) for name, version in brought.items())]
    direct = [*needed, *(part["bom-ref"] for part in added)]
    bill["components"] = [*parts, *added]
    bill["dependencies"] = [
        {"ref": root["bom-ref"], "dependsOn": sorted(direct)},
        *({"ref": part["bom-ref"], "dependsOn": links[part["bom-ref"]]} for part in parts),
        *({"ref": part["bom-ref"]} for part in added),
    ]
    return bill


def reached(links: Mapping[str, Iterable[str]], start: str) -> set[str]:
    """Return all direct and indirect dependencies of `start`."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = set(links.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found


def brought_part(name: str, version: str) -> Bill:
    """Return the component of a library of Python, named as in vulnerability databases."""
    old_openssl = name == "openssl" and version.startswith("1.")
    return {
        "bom-ref": f"{name}=={version}",
        "type": "library",
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": "OpenSSL" if old_openssl else LICENCES[name]}}],
        "cpe": f"cpe:2.3:a:{name}:{name}:{version}:*:*:*:*:*:*:*",
        "purl": f"pkg:generic/{name}@{version}",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
