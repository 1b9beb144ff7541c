"""Builds the Debian package, in the layout that the UOS store requires.

All files are in `/opt/apps/<id>`; `/usr` has links to them for other desktops and shells. No script
runs at installation or removal. Builds are reproducible: each file has the time of the last commit,
and files are packed in sorted order.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path

import contents
import elf
from failure import SetUpError, run_step
from freeze import freeze, last_commit
from identity import APPLICATION_ID, HOMEPAGE, MAINTAINER, PROGRAMS, read_version
from lock import NEWEST, Lock

PACKAGE = APPLICATION_ID
"""Name of the package; the UOS store requires the application's id."""
PLACE = Path("opt/apps") / APPLICATION_ID

# What brings each library that the program is linked to and does not bring along.
PACKAGE_OF = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1 | libgcc1",
    "libgio-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libglib-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgobject-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
OF_THE_C_LIBRARY = (
    "ld-linux",
    "libc.so",
    "libdl.so",
    "libm.so",
    "libpthread.so",
    "libresolv.so",
    "librt.so",
    "libutil.so",
)
KEYBOARDS = "xkb-data"
RECOMMENDS = (
    "fonts-wqy-microhei | fonts-noto-cjk | fonts-wqy-zenhei",
    "gnome-keyring | org.freedesktop.secrets",
)


def build(root: Path, lock: Lock = NEWEST) -> Path:
    """Freeze and pack the program; return the path of the `.deb` in `dist`.

    Args:
        lock: the versions of the packages that are frozen.

    Raises:
        SetUpError: a step failed.
    """
    if not shutil.which("dpkg-deb"):
        raise SetUpError("dpkg-deb is missing: it comes with Debian-like systems, or as `dpkg`.")
    return pack(root, freeze(root, lock), root / "dist", suffix=lock.suffix)


def pack(root: Path, frozen: Path, destination: Path, *, suffix: str = "") -> Path:
    """Pack a frozen program; return the path of the `.deb`.

    Args:
        suffix: appended to the version, such as `+glibc2.28`.

    Raises:
        SetUpError: a step failed, or a library's package is not found.
    """
    tree = arrange(root, frozen, suffix=suffix)
    destination.mkdir(exist_ok=True)
    package = destination / file_name(root, suffix)
    run_step("Packing", packing(tree, package), packing_variables(root))
    return package


def arrange(root: Path, frozen: Path, *, suffix: str = "") -> Path:
    """Make the folder that `packing` packs; return its path.

    Raises:
        SetUpError: a step failed, or a library's package is not found.
    """
    tree, epoch = root / "build" / "debian", last_commit(root)
    version, architecture = read_version(root) + suffix, architecture_of_this_machine()
    shutil.rmtree(tree, ignore_errors=True)
    lay_out(root, frozen, tree, version, architecture)
    kibibytes, sums = installed_size(tree), checksums(tree)
    write(tree / "DEBIAN" / "md5sums", sums)
    write(tree / "DEBIAN" / "control", control(version, architecture, kibibytes, depends(frozen)))
    settle(tree, epoch)
    return tree


def file_name(root: Path, suffix: str = "") -> str:
    """Return the name of the `.deb`."""
    return f"{PACKAGE}_{read_version(root)}{suffix}_{architecture_of_this_machine()}.deb"


def packing(tree: Path, package: Path, *, level: int = 9) -> list[str]:
    """Return the command that packs a folder.

    Args:
        level: compression, 0 to 9. Level 9 finds what both programs have in common: 36 MB instead
            of 41. It unpacks in 65 MB.
    """
    options = ["--root-owner-group", "-Zxz", f"-z{level}"]
    return ["dpkg-deb", *options, "--build", str(tree), str(package)]


def packing_variables(root: Path) -> dict[str, str]:
    """Return environment variables with which `packing` is reproducible.

    Raises:
        SetUpError: the date of the last commit cannot be read.
    """
    # More threads would cut the data into blocks, at places that depend on the machine.
    return {"SOURCE_DATE_EPOCH": str(last_commit(root)), "DPKG_DEB_THREADS_MAX": "1"}


def lay_out(root: Path, frozen: Path, tree: Path, version: str, architecture: str) -> None:
    """Fill `tree` with the files of the package, as they will be installed.

    Raises:
        SetUpError: the version or the date of the last commit cannot be read.
    """
    application, share = tree / PLACE, tree / "usr" / "share"
    shutil.copytree(frozen, application / "files", symlinks=True)
    write(application / "info", store_info(read_version(root), architecture))
    linux = root / "packaging" / "linux"
    entries = application / "entries"
    copy(linux / f"{APPLICATION_ID}.desktop", entries / "applications")
    icons = entries / "icons" / "hicolor" / "scalable" / "apps"
    copy(root / "resources" / "icons" / "wxpark.svg", icons, f"{APPLICATION_ID}.svg")
    for kind in ("applications", "icons"):
        link_files(tree, entries / kind, share / kind)
    for program in PROGRAMS:
        link(tree, application / "files" / program, tree / "usr" / "bin" / program)
        manual = (linux / f"{program}.1").read_text(encoding="utf-8")
        manual = manual.replace("@VERSION@", read_version(root))
        compress(manual, share / "man/man1" / f"{program}.1.gz")
    about = (linux / f"{APPLICATION_ID}.metainfo.xml").read_text(encoding="utf-8")
    day = f"{datetime.fromtimestamp(last_commit(root), timezone.utc):%Y-%m-%d}"
    about = about.replace("@VERSION@", read_version(root)).replace("@DATE@", day)
    write(share / "metainfo" / f"{APPLICATION_ID}.metainfo.xml", about)
    copy(linux / "completion.bash", share / "bash-completion" / "completions", "wxpark")
    copy(linux / "lintian-overrides", share / "lintian" / "overrides", PACKAGE)
    documents = share / "doc" / PACKAGE
    write(documents / "copyright", copyright_text(root))
    compress((root / "CHANGELOG.md").read_text(encoding="utf-8"), documents / "CHANGELOG.md.gz")
    compress(changelog(version, last_commit(root)), documents / "changelog.gz")


def store_info(version: str, architecture: str) -> str:
    """Return the content of the file `info` that the UOS store requires.

    The version in it has a fourth number, 0.
    """
    info = {
        "appid": APPLICATION_ID,
        "name": "停车入场",
        "version": f"{version}.0",
        "arch": [architecture],
        "permissions": dict.fromkeys(
            (
                *("autostart", "notification", "trayicon", "clipboard", "account", "bluetooth"),
                *("camera", "audio_record", "installed_apps"),
            ),
            False,
        ),
        "support-plugins": [],
    }
    return json.dumps(info, ensure_ascii=False, indent=2) + "\n"


def depends(frozen: Path) -> list[str]:
    """Return the Debian packages of the system libraries that the program needs.

    Raises:
        SetUpError: no package is known for a library.
    """
    asked = elf.asked_of_the_system(frozen)
    others = {name for name in asked if not name.startswith(OF_THE_C_LIBRARY)}
    if unknown := others - PACKAGE_OF.keys():
        raise SetUpError(f"No package is known for: {', '.join(sorted(unknown))}.")
    (major, minor), _ = elf.highest_glibc(frozen)
    packages = {PACKAGE_OF[name] for name in others}
    return sorted({f"libc6 (>= {major}.{minor})", KEYBOARDS, *packages})


def control(version: str, architecture: str, kibibytes: int, needs: list[str]) -> str:
    """Return the content of the package's file `control`."""
    return f"""\
Package: {PACKAGE}
Version: {version}
Architecture: {architecture}
Maintainer: {MAINTAINER}
Installed-Size: {kibibytes}
Depends: {", ".join(needs)}
Recommends: {", ".join(RECOMMENDS)}
Section: misc
Priority: optional
Homepage: {HOMEPAGE}
Description: entry notification of WeChat Pay for car parks
 The attendant types a plate; the program keeps the entry on disk, sends it to
 WeChat Pay and shows at once whether the driver can be charged automatically
 at the exit, or owes an earlier fee. With a console tool for fleets of booths.
"""


def copyright_text(root: Path) -> str:
    """Return the program's licence, and the path of the notice with its libraries' licences."""
    notice = f"/{PLACE}/files/_internal/wxpark_gui/resources/NOTICE.txt"
    licence = (root / "LICENSE").read_text(encoding="utf-8")
    return f"{licence}\nThe licences of what the program brings along stand in\n{notice}.\n"


def changelog(version: str, epoch: int) -> str:
    """Return the package's changelog for Debian, which refers to CHANGELOG.md.

    Args:
        epoch: time of the last commit, in seconds since 1970.
    """
    date = format_datetime(datetime.fromtimestamp(epoch, timezone.utc))
    return f"""\
{PACKAGE} ({version}) stable; urgency=medium

  * CHANGELOG.md.gz beside this file says what is new.

 -- {MAINTAINER}  {date}
"""


def architecture_of_this_machine() -> str:
    """Return Debian's name of the architecture, such as `amd64`."""
    done = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, encoding="ascii"
    )
    return done.stdout.strip()


def installed_size(tree: Path) -> int:
    """Return the size in KiB by Debian's policy: each file rounded up, 1 for each other entry."""
    files = contents.files(tree)
    others = sum(1 for _ in tree.rglob("*")) - len(files)
    return sum(-(-path.stat().st_size // 1024) for path in files) + others


def checksums(tree: Path) -> str:
    """Return the content of the file `md5sums`, which `dpkg --verify` reads."""
    return "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"
        f"  {path.relative_to(tree)}\n"
        for path in sorted(contents.files(tree))
    )


def settle(tree: Path, epoch: int) -> None:
    """Set mode and time of every file, to make the package reproducible."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or is_program(path) else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def is_program(path: Path) -> bool:
    """Test if a file is one of the programs."""
    return path.parent.name == "files" and path.name in PROGRAMS


def link_files(tree: Path, source: Path, target: Path) -> None:
    """Make a symbolic link in `target` for each file below `source`."""
    for file in contents.files(source):
        link(tree, file, target / file.relative_to(source))


def link(tree: Path, file: Path, place: Path) -> None:
    """Make a symbolic link at `place` to the installed path of `file`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(Path("/") / file.relative_to(tree))


def copy(source: Path, folder: Path, name: str = "") -> None:
    """Copy a file into a folder, under `name` if it is given; create the folder if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / (name or source.name))


def compress(text: str, path: Path) -> None:
    """Write a text gzip-compressed, reproducibly: without file name and time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def write(path: Path, text: str) -> None:
    """Write a text file with LF line ends, and create its folder if needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
