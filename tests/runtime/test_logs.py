"""The log records events, and contains no secrets and no personal data."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.systems import needs_posix_modes, not_on_windows
from wxpark_gui.runtime.logs import LOG_NAME, redact, start_logging, stop_logging

KEY = "192006250b4c09247ec02edce69f6a2d"
SIGN = "15DE4603D5DA5609CDA8B1149FA48C1DDF0FDC2DF73CD19769AD0D4E18BF2383"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    start_logging(tmp_path / "logs")
    yield tmp_path / "logs" / LOG_NAME
    stop_logging()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"key={KEY}&x", "key=[redacted]&x"),
        (f"<sign>{SIGN}</sign>", "<sign>[redacted]</sign>"),
        ("openid oUpF8uMuAJO_M2pxb1Q9zNjWeS6o.", "openid [redacted]."),
        ("sent 粤B12345 and 川AD99887", "sent 粤B1***5 and 川AD***7"),
        ("粤B·8K9Z2", "粤B8***2"),
        ("typed 粤b 8k9z2", "typed 粤b8***2"),
        ("粤B1234学,粤Z1234港", "粤B1***学,粤Z1***港"),
        ("WJ粤12345 WJ12345", "WJ粤1***5 WJ1***5"),
        ("使014578 民航A1234", "使0***8 民航A1***4"),
        (r'{"plate": "\u7ca4B12345"}', r'{"plate": "\u7ca4B1***5"}'),
        ("plate=%E7%B2%A4B12345&x", "plate=%E7%B2%A4B1***5&x"),
        ("用wxpark检查", "用wxpark检查"),
        (
            "entry 0bb9d6cc-6a1c-4d1b-9f4f-3f3a4d1c7e55",
            "entry 0bb9d6cc-6a1c-4d1b-9f4f-3f3a4d1c7e55",
        ),
        ("已存 3 条", "已存 3 条"),
    ],
)
def test_secrets_and_plates_are_redacted_and_the_rest_is_kept(text: str, kept: str) -> None:
    assert redact(text) == kept


def test_tracebacks_are_redacted_too(log_file: Path) -> None:
    try:
        raise ValueError(f"bad key {KEY}")
    except ValueError:
        logging.getLogger("test").exception("with %s", KEY)
    text = log_file.read_text("utf-8")
    assert KEY not in text
    assert "ValueError: bad key [redacted]" in text


def test_time_of_a_record_has_its_utc_offset(log_file: Path) -> None:
    before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
    logging.getLogger("test").warning("first")
    date, time, *_ = log_file.read_text("utf-8").split(" ")
    written = datetime.fromisoformat(f"{date} {time}")
    assert written.utcoffset() is not None
    assert before <= written <= datetime.now(timezone.utc)


@needs_posix_modes
def test_the_log_and_its_folder_are_the_owners(log_file: Path) -> None:
    assert log_file.parent.stat().st_mode & 0o077 == 0
    assert log_file.stat().st_mode & 0o077 == 0


HOLD_OPEN = """
import sys
with open(sys.argv[1], "rb"):
    print("held", flush=True)
    sys.stdin.read()
"""


def own_handler() -> logging.FileHandler:
    (handler,) = (one for one in logging.getLogger().handlers if one.name == "wxpark")
    assert isinstance(handler, logging.FileHandler)
    return handler


def write_records(count: int) -> None:
    for number in range(count):
        logging.getLogger("test").warning("record %s", number)


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_log_that_another_program_removes_is_made_again(
    log_file: Path, capfd: pytest.CaptureFixture[str], what: str
) -> None:
    write_records(1)
    shutil.rmtree(log_file.parent) if what == "folder" else log_file.unlink()
    write_records(1)
    assert log_file.read_text("utf-8").count("record") == 1
    assert capfd.readouterr().err == ""


@not_on_windows("an open file cannot be renamed")
def test_log_that_another_program_rotates_is_continued_in_the_new_file(
    log_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_records(1)
    rotated = log_file.rename(log_file.with_name("rotated"))
    log_file.touch()
    write_records(2)
    assert log_file.read_text("utf-8").count("record") == 2
    assert rotated.read_text("utf-8").count("record") == 1
    assert capfd.readouterr().err == ""


def test_log_in_a_folder_that_cannot_be_searched_any_more_is_continued(
    log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_records(1)

    def refuse(_: Path) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", refuse)
        write_records(1)
    assert log_file.read_text("utf-8").count("record") == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_record_that_a_full_disk_does_not_take_is_dropped_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / LOG_NAME).symlink_to("/dev/full")
    start_logging(tmp_path)
    logging.getLogger("test").warning("with %s", KEY)
    stop_logging()
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("log_file")
def test_record_that_is_a_bug_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("test", logging.WARNING, "", 0, "%d", ("no number",), None)
    own_handler().handle(record)
    assert "no number" in capfd.readouterr().err


class FullAtTheEnd(io.TextIOWrapper):
    """Open file whose disk is full when it is closed."""

    def close(self) -> None:
        super().close()
        raise OSError(28, "No space left on device")


class TestFull:
    """Log file whose size limit is smaller than each record."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("wxpark_gui.runtime.logs._MAXIMUM_BYTES", 10)

    def test_log_is_continued_in_a_new_file(self, log_file: Path) -> None:
        write_records(2)
        older = log_file.with_name(f"{LOG_NAME}.1")
        assert "record 0" in older.read_text("utf-8")
        assert "record 1" in log_file.read_text("utf-8")

    def test_disk_that_is_full_at_the_rotation_does_not_end_the_log(
        self, log_file: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        write_records(1)
        handler = own_handler()
        assert handler.stream
        handler.stream = FullAtTheEnd(handler.stream.detach(), encoding="utf-8")
        write_records(2)
        kept = "".join(path.read_text("utf-8") for path in log_file.parent.iterdir())
        assert kept.count("record") == 3
        assert capfd.readouterr().err == ""

    def test_log_that_cannot_be_renamed_grows_and_keeps_every_record_and_older_file(
        self, log_file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "held open by another process")

        write_records(2)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", refuse)
            write_records(9)
        assert log_file.read_text("utf-8").count("record") == 10
        assert "record 0" in log_file.with_name(f"{LOG_NAME}.1").read_text("utf-8")
        write_records(1)
        assert log_file.read_text("utf-8").count("record") == 1
        assert capfd.readouterr().err == ""

    def test_log_that_another_process_reads_keeps_every_record(
        self, log_file: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        write_records(1)
        command = [sys.executable, "-c", HOLD_OPEN, str(log_file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
            assert reader.stdout
            assert reader.stdout.readline().strip() == b"held"
            write_records(3)
            reader.kill()
        kept = "".join(path.read_text("utf-8") for path in log_file.parent.iterdir())
        assert kept.count("record") == 4
        assert capfd.readouterr().err == ""


def test_logging_stops_as_it_started(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    start_logging(tmp_path)
    stop_logging()
    assert logging.getLogger().handlers == before


class TestWithoutAFile:
    """Log file that cannot be opened, because a directory has its name."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Iterator[Path]:
        (tmp_path / LOG_NAME).mkdir()
        yield tmp_path
        stop_logging()

    def test_warnings_go_to_standard_error_redacted(
        self, folder: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(OSError, match=r"directory|Permission denied"):
            start_logging(folder)
        logging.getLogger("test").warning("with %s", KEY)
        assert "with [redacted]" in capfd.readouterr().err

    def test_program_without_standard_error_logs_nothing(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stderr", None)
        with pytest.raises(OSError, match=r"directory|Permission denied"):
            start_logging(folder)
        logging.getLogger("test").warning("lost")
