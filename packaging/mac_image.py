"""Builds the package for macOS: a signed application in a notarised disk image.

Without the variables below the signature is ad hoc and nothing is notarised: the image works on the
Mac that built it, and elsewhere after its user has allowed it in the system's settings.

    WXPARK_SIGNING_IDENTITY    name or SHA-1 of a Developer ID Application certificate
    WXPARK_NOTARY_KEY          file of an App Store Connect key, `AuthKey_….p8`
    WXPARK_NOTARY_KEY_ID       the key's id
    WXPARK_NOTARY_ISSUER       the key's issuer id

The hardened runtime has no exceptions, so there is no file of entitlements. All code in the
application has one signature, so that libraries pass validation. The program creates no ctypes
callbacks, which would need memory that is writable and executable; Qt's regular expressions run
without their JIT compiler if such memory is refused.
"""

from __future__ import annotations

import json
import os
import platform
import plistlib
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from failure import SetUpError, run_step
from freeze import freeze
from identity import PROGRAMS, read_version

PROPERTIES = Path(__file__).resolve().parent / "macos"
AD_HOC = "-"
MACH_O = {bytes.fromhex(magic) for magic in ("cffaedfe", "cefaedfe", "cafebabe", "cafebabf")}
"""First four bytes of Mach-O files, of one architecture or universal."""

ATTEMPTS = 6
PAUSE_SECONDS = 10.0
# The system's own scanner holds what was just written; Apple's ticket comes later than its answer.
PASSING = ("Resource busy", "Record not found")

Command = list[str]


@dataclass(frozen=True, slots=True)
class Notary:
    """Credentials for Apple's notary service. `key` is a file, which contains the secret."""

    key: str
    key_id: str
    issuer: str


def build(root: Path) -> Path:
    """Freeze, sign, pack and notarise the program; return the path of the disk image.

    Raises:
        SetUpError: a step failed, or the notary refused the image.
    """
    identity = os.environ.get("WXPARK_SIGNING_IDENTITY") or AD_HOC
    notary = read_notary(os.environ)
    freeze(root)
    application = root / "build" / "frozen" / "wxpark-gui.app"
    add_names(application)
    for command in signing(application, code_within(application), identity):
        run_step("Signing the application", command)
    image = root / "dist" / image_name(read_version(root), platform.machine())
    image.parent.mkdir(parents=True, exist_ok=True)
    pack(fill(root / "build" / "image", application), image)
    if identity != AD_HOC:
        run_step("Signing the disk image", [*signer(identity), str(image)])
    if notary:
        notarise(image, notary)
    return image


def information(root: Path) -> dict[str, Any]:
    """Return the application's Info.plist: the template with the version filled in.

    Raises:
        SetUpError: the version cannot be read.
    """
    properties: dict[str, Any] = plistlib.loads((PROPERTIES / "Info.plist").read_bytes())
    version = read_version(root)
    properties["CFBundleShortVersionString"] = properties["CFBundleVersion"] = version
    return properties


def read_notary(variables: Mapping[str, str]) -> Notary | None:
    """Return the notary credentials; None if none are set.

    Raises:
        SetUpError: some of them are missing, or no signing identity is set.
    """
    names = ("WXPARK_NOTARY_KEY", "WXPARK_NOTARY_KEY_ID", "WXPARK_NOTARY_ISSUER")
    given = [variables[name] for name in names if variables.get(name)]
    if not given:
        return None
    if len(given) < len(names):
        raise SetUpError(f"To notarise, all of these are needed: {', '.join(names)}.")
    if not variables.get("WXPARK_SIGNING_IDENTITY"):
        raise SetUpError("Apple notarises signed code alone: set WXPARK_SIGNING_IDENTITY.")
    return Notary(*given)


def add_names(application: Path) -> None:
    """Add the application's localised names."""
    resources = application / "Contents" / "Resources"
    for source in PROPERTIES.glob("*.lproj"):
        shutil.copytree(source, resources / source.name, dirs_exist_ok=True)


def code_within(application: Path) -> list[Path]:
    """Return every part that needs a signature of its own, inner parts first.

    The main program is signed with the application, a framework's library with its version folder.
    """
    contents = application / "Contents"
    frameworks = [path for path in contents.rglob("*.framework") if not path.is_symlink()]
    versions = [
        version
        for framework in frameworks
        for version in framework.glob("Versions/*")
        if not version.is_symlink()
    ]
    libraries = {version / version.parents[1].stem for version in versions}
    signed_with_others = {contents / "MacOS" / PROGRAMS[0], *libraries}
    files = (path for path in contents.rglob("*") if is_code(path))
    alone = [path for path in files if path not in signed_with_others]
    return sorted([*alone, *versions], key=lambda path: (-len(path.parts), str(path)))


def is_code(path: Path) -> bool:
    """Test if a file is machine code, by its first bytes; False for a link."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) in MACH_O


def signing(application: Path, code: Iterable[Path], identity: str) -> list[Command]:
    """Return the commands that sign an application from the inside out and verify it."""
    sign = [*signer(identity), *([] if identity == AD_HOC else ["--options", "runtime"])]
    verify = ["codesign", "--verify", "--deep", "--strict", "--verbose=2", str(application)]
    return [*([*sign, str(path)] for path in (*code, application)), verify]


def signer(identity: str) -> Command:
    """Return the `codesign` command without its file.

    The time stamp keeps a signature valid after its certificate has expired.
    """
    stamp = "--timestamp=none" if identity == AD_HOC else "--timestamp"
    return ["codesign", "--force", "--sign", identity, stamp]


def image_name(version: str, machine: str) -> str:
    """Return the name of the disk image; `machine` is `arm64` or `x86_64`."""
    return f"wxpark-{version}-macos-{machine}.dmg"


def fill(folder: Path, application: Path) -> Path:
    """Make `folder` the disk image's content: the application and a link to Applications.

    Returns:
        `folder`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Links inside frameworks are part of what was signed.
    shutil.copytree(application, folder / application.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    return folder


def pack(folder: Path, image: Path) -> None:
    """Make a compressed, read-only disk image of a folder.

    Raises:
        SetUpError: the step failed.
    """
    kind = ["-fs", "HFS+", "-format", "UDZO", "-ov"]
    volume = ["-volname", "wxpark", "-srcfolder", str(folder)]
    persist("Making the disk image", ["hdiutil", "create", *volume, *kind, str(image)])


def notarise(image: Path, notary: Notary) -> None:
    """Notarise the image and staple the ticket to it.

    Raises:
        SetUpError: the image was refused; the text has the notary's reasons.
        SetUpError: a command failed.
    """
    answer = ask_notary(["submit", str(image), "--wait", "--timeout", "45m"], notary)
    if answer.get("status") != "Accepted":
        reasons = ask_notary(["log", answer.get("id", "")], notary)
        raise SetUpError(f"Apple refused {image.name}:\n{json.dumps(reasons, indent=2)}")
    persist("Fixing the ticket to the disk image", ["xcrun", "stapler", "staple", str(image)])
    assess = ["spctl", "--assess", "--type", "open", "--context", "context:primary-signature"]
    run_step("Looking at the disk image as a Mac does", [*assess, "--verbose=2", str(image)])


def ask_notary(question: Command, notary: Notary) -> dict[str, Any]:
    """Return the JSON answer of notarytool, which exits with 0 even if the notary refused.

    Raises:
        SetUpError: notarytool failed.
    """
    who = ["--key", notary.key, "--key-id", notary.key_id, "--issuer", notary.issuer]
    verb, *arguments = question
    # `log` prints nothing but JSON, and takes no option to say so.
    form = ["--output-format", "json"] if verb == "submit" else []
    command = ["xcrun", "notarytool", verb, *arguments, *who, *form]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        raise SetUpError(f"{done.stdout}{done.stderr}\n\nThe notary could not be asked.")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def persist(what: str, command: Command) -> None:
    """Run a step; after a temporary failure try again, at most `ATTEMPTS` times.

    Raises:
        SetUpError: the last attempt failed, or an earlier one failed for a lasting reason.
    """
    for _ in range(ATTEMPTS - 1):
        if succeeds(what, command):
            return
        time.sleep(PAUSE_SECONDS)
    run_step(what, command)


def succeeds(what: str, command: Command) -> bool:
    """Run a step; return False after a temporary failure, raise any other."""
    try:
        run_step(what, command)
    except SetUpError as error:
        if not any(reason in str(error) for reason in PASSING):
            raise
        return False
    return True
