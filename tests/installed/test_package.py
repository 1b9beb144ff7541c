"""Installation of the Debian package, use of the installed program, and removal.

The classes are in the order that leaves no core idle: the tour and the second build take minutes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

import contents
import elf
from identity import APPLICATION_ID, PROGRAMS, read_version
from tests.installed.bare_system import HOME, USER, BareSystem
from tests.installed.conftest import ROOT, Made
from tests.screen import PATIENCE, wait_for_window

MEGABYTE = 1_000_000
LARGEST_PACKAGE = 40 * MEGABYTE
LARGEST_FOLDER = 135 * MEGABYTE
FILES = Path("/opt/apps") / APPLICATION_ID / "files"
DATA = HOME / ".local" / "share" / "wxpark-gui"
KEY = "CanaryCanaryCanaryCanaryCanary03"
SESSION = """
printf word | gnome-keyring-daemon --unlock --components=secrets > /dev/null
set -e
wxpark merchant set --mch-id 1900000109 --appid wx0123456789abcdef \
    --sub-mch-id 1900000110 --parking-name 停车场 --gateway-url http://127.0.0.1:9 --key-stdin
wxpark merchant show
wxpark doctor --json || true
wxpark merchant forget
wxpark merchant show || echo "exit code $?"
"""


@pytest.mark.usefixtures("tour_to_be")
class TestOnABareSystem:
    def test_no_python_comes_with_it(self, booth: BareSystem) -> None:
        assert not [path for path in booth.path("/usr/bin").iterdir() if "python" in path.name]

    def test_all_libraries_are_found(self, booth: BareSystem) -> None:
        libraries = [
            str(FILES / library.relative_to(booth.path(FILES)))
            for library in elf.libraries(booth.path(FILES))
        ]
        # The program says where its own are when it starts.
        own = {"LD_LIBRARY_PATH": str(FILES / "_internal")}
        listing = booth.run("ldd", *libraries, variables=own).stdout
        # Debian's Python has many of its modules inside, others have them apart.
        assert len(libraries) > 60
        assert all(f"{library}:" in listing for library in libraries)
        assert f"=> {FILES}/_internal/" in listing
        assert "not found" not in listing

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_both_programs_say_their_version(self, booth: BareSystem, program: str) -> None:
        done = booth.run(program, "--version", user=USER)
        assert (done.returncode, done.stdout.strip()) == (0, read_version(ROOT))

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_both_programs_have_a_manual(self, booth: BareSystem, program: str) -> None:
        manual = booth.path(f"/usr/share/man/man1/{program}.1.gz")
        done = subprocess.run(
            ["man", "--warnings", "--local-file", str(manual)],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        )
        assert done.stderr == ""
        assert read_version(ROOT) in done.stdout

    def test_the_desktop_finds_it(self, booth: BareSystem) -> None:
        share = booth.path("/usr/share")
        entry = share / "applications" / f"{APPLICATION_ID}.desktop"
        # The link leads into `/opt`, as seen from inside.
        assert str(entry.readlink()).startswith(f"/opt/apps/{APPLICATION_ID}/entries/applications/")
        assert output("desktop-file-validate", str(booth.path(entry.readlink()))) == ""
        about = share / "metainfo" / f"{APPLICATION_ID}.metainfo.xml"
        output("appstreamcli", "validate", "--no-net", "--pedantic", str(about))

    def test_an_entry_is_answered_in_training(self, booth: BareSystem) -> None:
        command = ("wxpark", "notify", "--training", "--plate", "粤A8K9Z2", "--json")
        done = booth.run(*command, user=USER)
        answer = json.loads(done.stdout)
        assert (done.returncode, done.stderr) == (0, "")
        assert (answer["severity"], answer["title"], answer["training"]) == (
            "arrears",
            "欠费",
            True,
        )

    def test_a_real_keyring_keeps_the_key(self, booth: BareSystem) -> None:
        done = booth.run(
            *("dbus-run-session", "--", "bash", "-c", SESSION),
            user=USER,
            given=KEY,
        )
        findings = {
            finding["subject"]: finding["health"]
            for line in done.stdout.splitlines()
            if line.startswith("{")
            for finding in json.loads(line)["findings"]
        }
        assert (findings["keyring"], findings["key"]) == ("good", "good"), done.stderr
        assert "exit code 6" in done.stdout
        files = [path for path in booth.path(HOME).rglob("*") if path.is_file()]
        assert not [path for path in files if KEY.encode() in path.read_bytes()]

    def test_the_journal_of_an_older_version_is_opened(self, booth: BareSystem) -> None:
        place = booth.path(HOME / "older")
        place.mkdir()
        script = (ROOT / "tests" / "storage" / "fixtures" / "version_1.sql").read_text("utf-8")
        with closing(sqlite3.connect(place / "journal.sqlite3")) as journal:
            journal.executescript(script)
            entries = journal.execute("SELECT entry_id FROM entries").fetchall()
        booth.run("chown", "--recursive", f"{USER}:{USER}", str(HOME / "older"))
        command = ("wxpark", "journal", "list", "--json", "--data-dir", str(HOME / "older"))
        done = booth.run(*command, user=USER)
        assert done.returncode == 0, done.stderr
        assert {entry["entry_id"] for entry in json.loads(done.stdout)} == {i for (i,) in entries}
        assert entries

    def test_the_operators_version_file_is_believed_when_it_is_signed(
        self, booth: BareSystem
    ) -> None:
        place = HOME / "announced"
        shutil.copytree(ROOT / "tests" / "releases" / "fixtures", booth.path(place))
        key = (booth.path(place) / "wxpark.pub").read_text(encoding="utf-8").split()[-1]
        settings = f'version_file = "{place}/wxpark.toml"\nversion_key = "{key}"\n'
        (booth.path(place) / "settings.toml").write_text(settings, encoding="utf-8")
        booth.run("chown", "--recursive", f"{USER}:{USER}", str(place))
        done = booth.run("wxpark", "doctor", "--json", "--data-dir", str(place), user=USER)
        findings = {f["subject"]: f for f in json.loads(done.stdout)["findings"]}
        assert findings["version_file"]["health"] == "good"
        assert findings["version_file"]["detail"] == "1.2.0"


class TestThePackage:
    def test_is_small_enough_for_a_bad_line_and_an_old_disk(self, made: Made) -> None:
        assert made.package.stat().st_size <= LARGEST_PACKAGE
        assert contents.size(made.frozen) <= LARGEST_FOLDER

    @pytest.mark.parametrize("part", ["--fsys-tarfile", "--ctrl-tarfile"])
    def test_holds_what_was_installed(self, made: Made, quick_package: Path, part: str) -> None:
        assert digest(made.package, part) == digest(quick_package, part)

    def test_runs_no_script_at_installation_or_removal(self, made: Made) -> None:
        listing = output("dpkg-deb", "--ctrl-tarfile", str(made.package), binary="tar -t")
        assert set(listing.split()) == {"./", "./control", "./md5sums"}

    def test_asks_for_the_c_library_that_its_parts_ask_for(self, made: Made) -> None:
        (major, minor), _ = elf.highest_glibc(made.frozen)
        wanted = output("dpkg-deb", "--field", str(made.package), "Depends")
        assert f"libc6 (>= {major}.{minor})" in wanted

    def test_looks_for_libraries_in_its_own_folder_only(self, made: Made) -> None:
        for library in elf.libraries(made.frozen):
            paths = re.findall(r"R(?:UN)?PATH\s+(\S+)", elf.objdump("--private-headers", library))
            assert all(path.startswith("$ORIGIN") for path in paths), (library, paths)

    def test_says_nothing_of_the_checkout_it_was_made_of(self, made: Made) -> None:
        files = contents.files(made.frozen)
        assert not [path for path in files if f"{ROOT}/".encode() in path.read_bytes()]

    def test_is_found_good_by_lintian(self, made: Made) -> None:
        done = subprocess.run(
            ["lintian", "--fail-on=error,warning", "--tag-display-limit=0", str(made.package)],
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        assert (done.returncode, done.stdout) == (0, "")

    def test_carries_the_licences_of_its_parts(self, made: Made) -> None:
        notice = made.frozen / "_internal" / "wxpark_gui" / "resources" / "NOTICE.txt"
        text = notice.read_text(encoding="utf-8")
        for part in (
            "PySide6_Essentials 6.",
            "requests 2.",
            "cryptography ",
            "Python 3.",
            "libssl",
        ):
            assert part in text
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in text


class TestOnAScreen:
    @pytest.mark.usefixtures("tour")
    def test_the_window_opens_and_closes(self, booth: BareSystem, display: dict[str, str]) -> None:
        window = booth.start("wxpark-gui", "--training", user=USER, variables=display)
        try:
            wait_for_window({**os.environ, **display})
            window.terminate()
            assert window.wait(PATIENCE) == 0
        finally:
            window.kill()

    @pytest.mark.parametrize(
        ("picture", "words"),
        [
            ("ready", "输入车牌"),
            ("ok", "放行"),
            ("arrears", "请司机在微信还款"),
            ("blocked", "黑名单"),
        ],
    )
    def test_its_pictures_show_chinese(self, tour: Path, picture: str, words: str) -> None:
        assert words in read_picture(tour / f"{picture}-light-zh_CN-1280x800.png")

    def test_the_tour_goes_through_every_state(self, tour: Path) -> None:
        names = {path.name.partition("-light-")[0] for path in tour.glob("*-light-zh_CN-*.png")}
        assert {"ready", "ok", "arrears", "blocked", "offline"} <= names
        assert all(path.stat().st_size > 10_000 for path in tour.glob("*.png"))


class TestASecondBuild:
    def test_has_the_same_bytes_wherever_and_whenever_it_is_made(
        self, made: Made, made_elsewhere: Made
    ) -> None:
        assert made_elsewhere.package.read_bytes() == made.package.read_bytes()


class TestRemoval:
    """Tests run last, because they remove the program."""

    def test_leaves_the_data_and_nothing_else(self, booth: BareSystem, tour: Path) -> None:
        data = booth.path(DATA)
        kept = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
        assert any(path.name == "journal.sqlite3" for path in kept)
        done = booth.run("apt-get", "purge", "--yes", APPLICATION_ID)
        assert done.returncode == 0, done.stderr
        assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == kept
        outside = [name for name in booth.names() if not name.startswith((str(HOME), "/tmp/"))]
        assert not [name for name in outside if "wxpark" in name]
        assert not booth.path("/opt/apps").exists()


def output(*command: str, binary: str = "") -> str:
    """Return the output of a command that must succeed.

    Args:
        binary: second command, separated by spaces, that reads the first one's output.
    """
    done = subprocess.run(command, check=True, capture_output=True)
    if binary:
        done = subprocess.run(binary.split(), check=True, capture_output=True, input=done.stdout)
    return done.stdout.decode()


def digest(package: Path, part: str) -> str:
    """Return a digest of the files or of the control data of a package, with modes and times."""
    done = subprocess.run(["dpkg-deb", part, str(package)], check=True, capture_output=True)
    return hashlib.sha256(done.stdout).hexdigest()


def read_picture(picture: Path) -> str:
    """Return the text that OCR for Chinese finds in a picture, without spaces."""
    command = ("tesseract", str(picture), "-", "-l", "chi_sim", "--psm", "11")
    return re.sub(r"\s", "", output(*command))
