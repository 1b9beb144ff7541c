"""The window started as users start it, in a process of its own without a display."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.matrix import sampled
from tests.releases.signer import Signer
from tests.settings import settings_of
from tests.storage.released import make_newer
from tests.systems import not_on_windows
from tests.test_restore import restore, save
from tests.wechatpay.conftest import Peer, Server
from wxpark_gui import app
from wxpark_gui.app import _Quitter
from wxpark_gui.domain.errors import DataDirectoryUnusableError
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.tour.stops import LOOKS, STOPS
from wxpark_gui.tour.subjects import Show

WXPARK_GUI = [sys.executable, "-X", "dev", "-m", "wxpark_gui"]
PART_OF_TOUR = """
import sys
from wxpark_gui import app
from wxpark_gui.tour import guide
look, step = int(sys.argv.pop(1)), int(sys.argv.pop(1))
guide.LOOKS, guide.STOPS = guide.LOOKS[look : look + 1], guide.STOPS[::step]
sys.exit(app.main())
"""
"""The tour in the look of that number, with every stop or each third."""
STOP_SECONDS = 3.0
PATIENCE = 30.0

pytestmark = not_on_windows("needs POSIX signals")


@contextmanager
def _window(directory: Path, *, training: bool = True) -> Iterator[subprocess.Popen[str]]:
    mode = ["--training"] if training else []
    process = subprocess.Popen(
        [*WXPARK_GUI, *mode, "--data-dir", str(directory)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_for(_data(directory, training=training) / "window.sock", process)
        yield process
    finally:
        process.kill()
        process.communicate()


def _data(directory: Path, *, training: bool) -> Path:
    return directory / "training" if training else directory


def _wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until `path` exists, which the program makes once its window is open."""
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.05)


def _end(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Check that a signal ends the window cleanly within three seconds; return its output."""
    began = time.monotonic()
    process.send_signal(number)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert time.monotonic() - began < STOP_SECONDS
    return said


def test_a_signal_that_comes_before_the_event_loop_is_not_lost(qapp: QApplication) -> None:
    too_late = QTimer()
    too_late.setSingleShot(True)
    too_late.timeout.connect(lambda: qapp.exit(99))
    quitter = _Quitter(qapp)
    quitter.on_signal(signal.SIGTERM, None)
    too_late.start(5000)
    code = qapp.exec()
    too_late.stop()
    assert code == 0


def test_line_of_unreadable_settings_is_in_the_log(tmp_path: Path) -> None:
    data = _data(tmp_path, training=True)
    data.mkdir(mode=0o700)
    (data / "settings.toml").write_bytes('[booth]\nname = "3号岗"\n'.encode("gbk"))
    with _window(tmp_path) as process:
        _end(process, signal.SIGTERM)
    log = (data / "logs" / "wxpark.log").read_text("utf-8")
    assert "SETTINGS_UNREADABLE" in log
    assert "line 2, not UTF-8" in log


@pytest.mark.matrix
def test_fault_of_the_interpreter_is_reported_and_taken_by_the_next_start(tmp_path: Path) -> None:
    logs = tmp_path / "training" / "logs"
    with _window(tmp_path) as process:
        _wait_for(tmp_path / "training" / "journal.sqlite3", process)
        process.send_signal(signal.SIGSEGV)
        process.communicate(timeout=PATIENCE)
    assert "Segmentation fault" in (logs / "fault.log").read_text(encoding="utf-8")
    (tmp_path / "training" / "window.sock").unlink(missing_ok=True)
    with _window(tmp_path) as process:
        _wait_for(tmp_path / "training" / "journal.sqlite3", process)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (0, "")
    (report,) = logs.glob("crash-*-seen.txt")
    assert "Segmentation fault" in report.read_text(encoding="utf-8")
    assert not (logs / "fault.log").exists()


def test_restart_begins_after_the_end_with_the_same_arguments(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def start(program: str, arguments: list[str]) -> tuple[bool, int]:
        assert program == sys.executable
        # The lock on the data directory is free by now.
        with DirectoryLock(prepare_directory(tmp_path / "training")):
            started.append(arguments)
        return True, 1

    arguments = ["--training", "--data-dir", str(tmp_path)]
    monkeypatch.setattr(app, "QApplication", lambda _: qapp)
    monkeypatch.setattr(app, "_run", lambda *_: app.RESTART)
    monkeypatch.setattr(QProcess, "startDetached", start)
    assert app.main(arguments) == 0
    assert started == [["-m", "wxpark_gui", *arguments]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[QMessageBox]:
    """The boxes that were shown; each is closed at once."""
    boxes: list[QMessageBox] = []

    def close(box: QMessageBox) -> None:
        boxes.append(box)

    monkeypatch.setattr(QMessageBox, "exec", close)
    return boxes


def test_restart_that_the_system_refuses_is_told(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[QMessageBox]
) -> None:
    monkeypatch.setattr(app, "QApplication", lambda _: qapp)
    monkeypatch.setattr(app, "_run", lambda *_: app.RESTART)
    monkeypatch.setattr(QProcess, "startDetached", lambda *_: (False, 0))
    assert app.main(["--training", "--data-dir", str(tmp_path)]) == 1
    (box,) = told
    assert box.text() == "程序已退出，但没有重新启动。\n请手动打开程序；已存的记录都在。"


def test_directory_named_like_mark_up_is_told_as_it_is(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[QMessageBox]
) -> None:
    def refuse(*_: object) -> int:
        raise DataDirectoryUnusableError("/home/<b>/data")

    monkeypatch.setattr(app, "QApplication", lambda _: qapp)
    monkeypatch.setattr(app, "_run", refuse)
    app.main(["--training", "--data-dir", str(tmp_path)])
    (box,) = told
    assert box.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        (app.RESTART, ["--training"], ["--training"]),
        (app.RESTART_TRAINING, ["--lang", "en"], ["--lang", "en", "--training"]),
        (app.RESTART_TRAINING, ["--training"], ["--training"]),
        (app.RESTART_LIVE, ["--training", "--lang", "en"], ["--lang", "en"]),
    ],
)
def test_restart_changes_the_training_mode_alone(
    code: int, before: list[str], after: list[str]
) -> None:
    assert app._after(code, before) == after


OFFER = """
import json, sys
from unittest import mock
from PySide6.QtWidgets import QApplication
from wxpark_gui import app
from wxpark_gui.controllers.background import Background
from wxpark_gui.ui.setup.opener import SetupOpener
application, offers = QApplication(sys.argv[:1]), []
with (
    mock.patch.object(app, "QApplication", lambda _: application),
    mock.patch.object(Background, "start", lambda _: application.quit()),
    mock.patch.object(SetupOpener, "open", lambda _: offers.append(True)),
):
    for arguments in json.loads(sys.argv[1]):
        offers.clear()
        print(json.dumps([app.main(arguments), *offers]))
"""
"""Opens the window once for each list of arguments, and closes it after its first paint.

Prints the exit code of each, and `true` if the set-up wizard would have been opened.
"""
STARTS: dict[str, tuple[str | None, list[str]]] = {
    "without settings": (None, []),
    "without a merchant": ("version = 1\n", []),
    "unreadable settings": ("not toml", []),
    "training": (None, ["--training"]),
}
"""The content of the settings file, if there is one, and the arguments."""


@pytest.fixture(scope="module")
def offers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    """The line that `OFFER` prints for each of `STARTS`."""
    arguments = []
    for settings, mode in STARTS.values():
        folder = tmp_path_factory.mktemp("offer")
        if settings is not None:
            (folder / "settings.toml").write_text(settings)
        arguments.append([*mode, "--data-dir", str(folder)])
    done = subprocess.run(
        [sys.executable, "-c", OFFER, json.dumps(arguments)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return dict(zip(STARTS, map(json.loads, done.stdout.splitlines()), strict=True))


AFTER_RESTORE = """
import sys
from unittest import mock
from wxpark_gui import app
from wxpark_gui.ui.setup.opener import SetupOpener
def offer(opener):
    print(len(opener._controllers.settings.current.accounts), flush=True)
with mock.patch.object(SetupOpener, "offer", offer):
    sys.exit(app.main())
"""
"""The program, with the number of accounts printed in place of the offer of the wizard."""


@pytest.mark.parametrize(("with_settings", "accounts"), [(True, "1"), (False, "0")])
def test_wizard_waits_for_a_restore_that_may_bring_the_settings(
    tmp_path: Path, with_settings: bool, accounts: str
) -> None:
    save(tmp_path / "old", tmp_path / "backup.zip")
    restore(tmp_path / "new", tmp_path / "backup.zip", with_settings=with_settings)
    with subprocess.Popen(
        [sys.executable, "-c", AFTER_RESTORE, "--data-dir", str(tmp_path / "new")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said + rest) == (0, f"{accounts}\n")


@pytest.mark.parametrize(
    ("start", "offered"),
    [
        ("without settings", True),
        ("without a merchant", True),
        ("unreadable settings", False),
        ("training", False),
    ],
)
def test_wizard_is_offered_at_a_start_without_a_merchant(
    offers: dict[str, list[object]], start: str, offered: bool
) -> None:
    assert offers[start] == ([0, True] if offered else [0])


def test_window_opens_without_a_log_and_sigint_ends_it(tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "logs").write_text("in the way")
    with _window(tmp_path) as process:
        _wait_for(tmp_path / "training" / "journal.sqlite3", process)
        (warning,) = _end(process, signal.SIGINT).splitlines()
    assert warning.endswith("no log: File exists")


@pytest.fixture
def _hang_up_by_default() -> Iterator[None]:
    """The window does not inherit an ignored SIGHUP, as under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("_hang_up_by_default")
def test_closed_terminal_ends_the_window_as_its_close_button_does(tmp_path: Path) -> None:
    with _window(tmp_path) as process:
        _wait_for(tmp_path / "training" / "journal.sqlite3", process)
        assert _end(process, signal.SIGHUP) == ""
    assert not (tmp_path / "training" / "window.sock").exists()


def test_hang_up_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert signal.SIGHUP not in app._ending_signals()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        assert signal.SIGHUP in app._ending_signals()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_second_start_raises_the_first_window_which_keeps_the_console_tool_out(
    tmp_path: Path,
) -> None:
    with _window(tmp_path) as first:
        # The journal's file shows that the threads are at work.
        _wait_for(tmp_path / "training" / "journal.sqlite3", first)
        second = subprocess.run(
            [*WXPARK_GUI, "--training", "--data-dir", str(tmp_path)],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (second.returncode, second.stderr) == (0, "")
        assert first.poll() is None
        done = subprocess.run(
            [sys.executable, "-m", "wxpark_gui.cli", "notify", "--training", "--plate=粤B12345",
             "--data-dir", str(tmp_path)],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        assert done.returncode == 7
        assert _end(first, signal.SIGTERM) == ""


@pytest.mark.parametrize(
    ("number", "step"),
    sampled([(0, 3), *((number, 1) for number in range(len(LOOKS)))], [(0, 3)]),
)
def test_the_tour_reaches_every_state_and_leaves_a_picture_of_each(
    tmp_path: Path, number: int, step: int
) -> None:
    look, stops = LOOKS[number], STOPS[::step]
    part = [sys.executable, "-X", "dev", "-c", PART_OF_TOUR, str(number), str(step)]
    done = subprocess.run(
        [*part, "--tour", str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(tmp_path.glob("*.png"))) == len(stops)
    windows = {stop.name for stop in stops if stop.show in (Show.WINDOW, Show.VERDICT)}
    of_windows = [tmp_path / f"{name}-{look.name}.png" for name in windows]
    assert {_size(path) for path in of_windows} == {look.size}
    assert len({path.read_bytes() for path in of_windows}) == len(windows)


def _size(picture: Path) -> tuple[int, int]:
    """Return width and height of a PNG file."""
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def test_the_database_of_another_program_is_kept_aside_and_the_window_opens(tmp_path: Path) -> None:
    training = tmp_path / "training"
    training.mkdir()
    with closing(sqlite3.connect(training / "journal.sqlite3")) as newer:
        newer.execute("PRAGMA application_id = 1")
        newer.execute("CREATE TABLE something (of_another INTEGER)")
        newer.commit()
    with _window(tmp_path) as process:
        end = time.monotonic() + PATIENCE
        while not list(training.glob("journal-damaged-*.sqlite3")):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (0, "")


def test_on_the_records_of_a_newer_version_the_window_opens_and_leaves_them(tmp_path: Path) -> None:
    journal = prepare_directory(tmp_path / "training").journal
    SqliteJournal(journal, SystemClock()).close()
    make_newer(journal, program="0.99.0")
    before = journal.read_bytes()
    with _window(tmp_path) as process:
        time.sleep(1)
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (0, "")
    assert journal.read_bytes() == before
    assert [path.name for path in journal.parent.glob("*.sqlite3")] == ["journal.sqlite3"]


class TestVersionFile:
    """Version check against a real server that never answers."""

    @pytest.fixture
    def silent(self) -> Iterator[Server]:
        server = Server(_read_and_hang)
        yield server
        server.stop()

    @pytest.mark.parametrize(("training", "asked"), [(False, 1), (True, 0)])
    def test_is_asked_at_the_start_but_never_in_training_and_closing_does_not_wait(
        self, tmp_path: Path, silent: Server, training: bool, asked: int
    ) -> None:
        settings = settings_of(
            version_file=f"{silent.url}/wxpark.toml", version_key=Signer().public
        )
        data = _data(tmp_path, training=training)
        data.mkdir(exist_ok=True)
        TomlSettings(data / "settings.toml").save(settings)
        with _window(tmp_path, training=training) as process:
            end = time.monotonic() + (1 if training else PATIENCE)
            while not silent.requests and time.monotonic() < end:
                time.sleep(0.05)
            began = time.monotonic()
            process.terminate()
            said, _ = process.communicate(timeout=PATIENCE)
            took = time.monotonic() - began
        assert (process.returncode, said) == (0, "")
        assert silent.connections == asked
        assert took < STOP_SECONDS


def _read_and_hang(peer: Peer) -> None:
    peer.read_request()
    peer.wait_until_client_leaves()
