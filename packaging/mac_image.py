"""The package for macOS: an application, signed, in a disk image, notarised.

Without the variables below the signature is ad hoc and nothing is notarised: the image works on the
Mac it was made on, and elsewhere once its user has allowed it in the system's settings.

    WXPARK_SIGNING_IDENTITY    name or SHA-1 of a Developer ID Application certificate
    WXPARK_NOTARY_KEY          file of an App Store Connect key, `AuthKey_….p8`
    WXPARK_NOTARY_KEY_ID       the key's id
    WXPARK_NOTARY_ISSUER       the issuer's id of the key

The hardened runtime gets no exceptions, hence there is no file of entitlements. Everything in the
application carries one signature, so that libraries pass validation. Nothing here makes a callback
of ctypes, so that no memory is both written and executed; Qt's regular expressions do without their
compiler where it gets no such memory.
"""

from __future__ import annotations

import os
import platform
import plistlib
import re
import shutil
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
"""The first four bytes of code: for one processor, or for several in one file."""

IMAGE_ATTEMPTS = 5
IMAGE_PAUSE_SECONDS = 5.0

Command = list[str]


@dataclass(frozen=True, slots=True)
class Notary:
    """How Apple's notary knows who asks. The secret stays in the file."""

    key: str
    key_id: str
    issuer: str


def build(root: Path) -> Path:
    """Freeze, sign, pack and notarise; the path of the disk image."""
    identity = os.environ.get("WXPARK_SIGNING_IDENTITY") or AD_HOC
    notary = read_notary(os.environ)
    freeze(root)
    application = root / "build" / "frozen" / "wxpark-gui.app"
    add_names(application)
    for command in signing(application, code_within(application), identity):
        run_step("Signing the application", command)
    image = root / "dist" / image_name(read_version(root), platform.machine())
    make_image(fill(root / "build" / "image", application), image)
    for command in sealing(image, identity, notary):
        run_step("Signing and notarising the disk image", command)
    return image


def information(root: Path) -> dict[str, Any]:
    """The application's Info.plist: the template, with the version filled in."""
    properties: dict[str, Any] = plistlib.loads((PROPERTIES / "Info.plist").read_bytes())
    # macOS knows numbers alone, three at most: no word for a release candidate.
    numbers = re.match(r"\d+(\.\d+){0,2}", read_version(root))
    if numbers is None:
        raise SetUpError(f"The version {read_version(root)} does not begin with a number.")
    properties["CFBundleShortVersionString"] = properties["CFBundleVersion"] = numbers[0]
    return properties


def read_notary(variables: Mapping[str, str]) -> Notary | None:
    """The notary's credentials, when they are given."""
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
    """Give the application its name in each language."""
    resources = application / "Contents" / "Resources"
    for source in PROPERTIES.glob("*.lproj"):
        shutil.copytree(source, resources / source.name, dirs_exist_ok=True)


def code_within(application: Path) -> list[Path]:
    """Everything in it that carries a signature of its own, what is inside before what is around.

    The main program has none: it is signed with the application.
    """
    contents = application / "Contents"
    main = contents / "MacOS" / PROGRAMS[0]
    frameworks = [path for path in contents.rglob("*.framework") if not path.is_symlink()]
    files = [path for path in contents.rglob("*") if path != main and is_code(path)]
    return sorted([*files, *frameworks], key=lambda path: (-len(path.parts), str(path)))


def is_code(path: Path) -> bool:
    """Whether a file holds machine code, by its first bytes; a link to one does not."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) in MACH_O


def signing(application: Path, code: Iterable[Path], identity: str) -> list[Command]:
    """The commands that sign an application from the inside out, and look at the result."""
    sign = [*signer(identity), *([] if identity == AD_HOC else ["--options", "runtime"])]
    verify = ["codesign", "--verify", "--deep", "--strict", "--verbose=2", str(application)]
    return [*([*sign, str(path)] for path in (*code, application)), verify]


def signer(identity: str) -> Command:
    """`codesign` without the file; a time stamp keeps a signature valid after its certificate."""
    stamp = "--timestamp=none" if identity == AD_HOC else "--timestamp"
    return ["codesign", "--force", "--sign", identity, stamp]


def image_name(version: str, machine: str) -> str:
    """The name of the disk image; `machine` is `arm64` or `x86_64`."""
    return f"wxpark-{version}-macos-{machine}.dmg"


def fill(folder: Path, application: Path) -> Path:
    """What the opened image shows: the application, and the place to drag it to."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Links inside frameworks are part of what was signed.
    shutil.copytree(application, folder / application.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    return folder


def make_image(folder: Path, image: Path) -> None:
    """Pack the folder; again, when the system's own scanner holds the new image."""
    image.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(IMAGE_ATTEMPTS - 1):
        if is_packed(folder, image):
            return
        time.sleep(IMAGE_PAUSE_SECONDS)
    run_step("Making the disk image", packing(folder, image))


def is_packed(folder: Path, image: Path) -> bool:
    """Try to pack; not done when something else held the image, which passes."""
    try:
        run_step("Making the disk image", packing(folder, image))
    except SetUpError as error:
        if "Resource busy" not in str(error):
            raise
        return False
    return True


def packing(folder: Path, image: Path) -> Command:
    """The command that makes a compressed, read-only image of a folder."""
    kind = ["-fs", "HFS+", "-format", "UDZO", "-ov"]
    return ["hdiutil", "create", "-volname", "wxpark", "-srcfolder", str(folder), *kind, str(image)]


def sealing(image: Path, identity: str, notary: Notary | None) -> list[Command]:
    """The commands that sign the image, have it notarised, and fix the notary's ticket to it."""
    if identity == AD_HOC:
        return []
    sign = [*signer(identity), str(image)]
    if notary is None:
        return [sign]
    who = ["--key", notary.key, "--key-id", notary.key_id, "--issuer", notary.issuer]
    submit = ["xcrun", "notarytool", "submit", str(image), *who, "--wait", "--timeout", "45m"]
    assess = ["spctl", "--assess", "--type", "open", "--context", "context:primary-signature"]
    return [
        sign,
        submit,
        # Fails when the notary refused.
        ["xcrun", "stapler", "staple", str(image)],
        [*assess, "--verbose=2", str(image)],
    ]
