"""The console tool: exit codes and JSON, on which other programs rely."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.console.in_process import IDS, KEY, Console, MemoryVault
from tests.releases.signer import DOCUMENT, Signer
from tests.settings import changed, merchant_of
from tests.storage.released import make_newer
from wxpark_gui import __version__
from wxpark_gui.cli import main
from wxpark_gui.console.table import text_width
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage import export_rows
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway

JSON_NAMES = [
    "entry_id", "plate", "delivery", "severity", "user_state", "deduct_mode",
    "title", "advice", "error", "attempts", "elapsed_ms",
]  # fmt: skip


@pytest.mark.parametrize(
    ("plate", "code", "delivery", "severity", "user_state"),
    [
        ("粤B12345", 0, "answered", "ok", "NORMAL"),
        ("粤b-8k9z2", 0, "answered", "arrears", "OVERDUE"),
        ("粤B12302", 0, "answered", "blocked", "BLOCKED"),
        ("粤B12303", 0, "answered", "caution", "PAUSED"),
        ("粤B12304", 0, "answered", "info", "UNAUTHORIZED"),
        ("粤B12307", 0, "answered", "caution", "VEHICLE_AUTH_ERROR"),
        ("粤B12309", 0, "answered", "unknown", "UNDER_REVIEW"),
        ("粤B12300", 0, "answered", "unknown", ""),
        ("粤B12390", 0, "answered", "info", "VEHICLE_NOT_EXIST"),
        ("粤B12391", 3, "queued", "pending", None),
        ("粤B12393", 4, "refused", "failed", None),
        ("粤B12395", 4, "refused", "failed", None),
        ("粤B12399", 4, "refused", "failed", None),
    ],
)
def test_answer_has_its_exit_code_and_severity(
    live: Console,
    plate: str,
    code: int,
    delivery: str,
    severity: str,
    user_state: str | None,
) -> None:
    found, document = live.notify(plate)
    assert list(document) == JSON_NAMES
    assert (found, document["delivery"], document["severity"], document["user_state"]) == (
        code,
        delivery,
        severity,
        user_state,
    )
    assert (document["error"] is None) == (code == 0)


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [
        (Fault.RESET, 3, "RESET"),
        (Fault.HTTP_500, 3, "HTTP 500"),
        (Fault.CAPTIVE_PORTAL, 3, "WEB_PAGE"),
        (Fault.BADSIGN, 5, "BAD_SIGNATURE"),
        (Fault.OTHER_MERCHANT, 5, "OTHER_MERCHANT"),
        (Fault.GZIP_BOMB, 3, "ENCODED"),
        (Fault.EMPTY, 3, "EMPTY"),
        (Fault.GZIP_PAGE, 3, "ENCODED"),
        (Fault.RETCODE, 3, "88221009"),
        (Fault.UNCLEAR_FAIL, 3, "FAIL"),
        (Fault.XXE, 5, "MALFORMED"),
        (Fault.UNSIGNED, 5, "UNSIGNED"),
    ],
)
def test_hostile_or_broken_gateway_is_never_green(
    live: Console, gateway: TrainingGateway, fault: Fault, code: int, error: str
) -> None:
    gateway.set_faults([fault])
    found, document = live.notify("粤B12345")
    assert (found, document["user_state"], document["error"]["code"]) == (code, None, error)
    assert document["severity"] == ("pending" if code == 3 else "failed")


def test_reply_of_an_earlier_run_is_refused_as_replayed(
    live: Console, gateway: TrainingGateway
) -> None:
    gateway.set_faults([Fault.REPLAY])
    assert live.notify("粤B12345")[0] == 0
    code, document = live.notify("粤B12346")
    assert (code, document["error"]["code"], document["attempts"]) == (5, "REPLAYED", 2)


def test_bay_needs_its_number_and_a_driver_id(live: Console, gateway: TrainingGateway) -> None:
    code, document = live.notify("", "--scene=space", "--space-number=D6666", "--sub-openid=oUp")
    assert (code, document["plate"], document["severity"]) == (0, "", "ok")
    assert [n.plate for n in gateway.received] == [""]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--plate="], "plate"),
        (["--plate=CB1000SDFASD"], "plate"),
        (["--plate=粤B12345", "--start-time=20160101000000"], "start_time"),
        (["--plate=粤B12345", "--start-time=29990101000000"], "start_time"),
        (["--scene=space", "--space-number=" + "长" * 400, "--openid=oUp"], "space_number"),
        (["--scene=space", "--space-number=1"], "sub_openid"),
    ],
)
def test_invalid_input_names_its_field_and_sends_nothing(
    live: Console, gateway: TrainingGateway, arguments: list[str], field: str
) -> None:
    code, printed = live.run("notify", "--json", *arguments)
    document = json.loads(printed)
    assert (code, document["entry_id"], document["delivery"]) == (2, None, None)
    assert list(document["error"]["fields"]) == [field]
    assert gateway.received == ()


def test_notify_without_a_merchant_sends_nothing(console: Console) -> None:
    code, document = console.notify("粤B12345")
    assert (code, document["error"]["code"]) == (6, "NOT_SET_UP")


def test_locked_keyring_leaves_the_entry_queued(
    live: Console, vault: MemoryVault, gateway: TrainingGateway
) -> None:
    vault.locked = True
    code, document = live.notify("粤B12345")
    assert (code, document["delivery"], document["error"]["code"]) == (
        6,
        "queued",
        "KEYRING_LOCKED",
    )
    assert document["entry_id"]
    assert gateway.received == ()


def test_notify_in_a_directory_in_use_is_refused(live: Console) -> None:
    with DirectoryLock(prepare_directory(live.directory)):
        code, document = live.notify("粤B12345")
    assert (code, document["error"]["code"]) == (7, "DATA_DIRECTORY_IN_USE")


def test_training_needs_no_merchant_and_marks_its_output(console: Console) -> None:
    code, document = console.notify("粤B12301", "--training")
    assert (code, document["severity"], document["training"]) == (0, "arrears", True)
    assert (console.directory / "training" / "journal.sqlite3").exists()
    assert not (console.directory / "journal.sqlite3").exists()


def test_merchant_is_not_forgotten_while_the_keyring_is_locked(
    live: Console, vault: MemoryVault
) -> None:
    vault.locked = True
    code, printed = live.run("merchant", "forget")
    assert (code, printed) == (6, "")
    assert "KEYRING_LOCKED" in live.errors
    vault.locked = False
    assert live.run("merchant", "show")[0] == 0


def test_text_output_has_title_and_advice(live: Console) -> None:
    code, printed = live.run("notify", "--plate=粤B12301")
    assert code == 0
    assert printed.startswith("粤B·12301  欠费\n")
    assert live.run("notify", "--plate=粤B12301", "--lang=en")[1].startswith("粤B·12301  Arrears\n")


def test_merchant_is_shown_without_its_key_and_forgotten_with_it(
    live: Console, vault: MemoryVault
) -> None:
    code, printed = live.run("merchant", "show")
    assert code == 0
    assert "mch_id: 10000098" in printed
    assert KEY not in printed
    assert live.run("merchant", "forget")[0] == 0
    assert (live.run("merchant", "show")[0], vault.keys) == (6, {})


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        ([*IDS, "--key-stdin"], "a" * 31, "密钥"),
        ([*IDS[:3], "--parking-name=" + "场" * 33, "--key-stdin"], KEY, "车场名称"),
        ([*IDS, "--notify-url=https://park.example/?a", "--key-stdin"], KEY, "?"),
        ([*IDS, "--notify-url=http://park.example/", "--key-stdin"], KEY, "https://"),
        ([*IDS, "--gateway-url=http://park.example/", "--key-stdin"], KEY, "https://"),
        ([*IDS, "--free-time=soon", "--key-stdin"], KEY, "免费"),
    ],
)
def test_invalid_merchant_is_not_kept(
    console: Console, vault: MemoryVault, arguments: list[str], typed: str, sentence: str
) -> None:
    assert console.run("merchant", "set", *arguments, typed=typed)[0] == 2
    assert sentence in console.errors
    assert typed not in console.errors
    assert vault.keys == {}
    assert console.run("merchant", "show")[0] == 6


@pytest.mark.parametrize(
    "arguments",
    [
        ("merchant", "set", *IDS, f"--key={KEY}"),
        ("merchant", "set", *IDS, "--key", KEY),
        ("merchant", "set", "--key", KEY, *IDS, "--key-stdin"),
        ("--key", KEY, "merchant", "set", *IDS),
        ("merchant", "--key", KEY, "set"),
        ("gateway", f"--key={KEY}"),
        ("merchant", "set", *IDS, f"--apiv2-key={KEY}"),
        ("merchant", "set", *IDS, "-k", KEY),
        ("merchant", "set", *IDS, KEY),
    ],
)
def test_key_as_an_argument_is_refused_without_printing_it(
    console: Console, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        console.run(*arguments)
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert KEY not in printed.out + printed.err


def test_key_as_an_argument_is_answered_with_the_way_to_give_it(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        console.run("merchant", "set", f"--key={KEY}")
    assert "--key-stdin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "encoding"),
    [
        (KEY.encode() + b"\r\n", "utf-8"),
        (b"\xef\xbb\xbf" + KEY.encode() + b"\r\n", "utf-8"),
        (b"\xef\xbb\xbf" + KEY.encode() + b"\r\n", "cp936"),
        (b"\xef\xbb\xbf" + KEY.encode(), "cp1252"),
    ],
)
def test_byte_order_mark_and_line_end_of_a_piped_key_are_removed(
    console: Console,
    vault: MemoryVault,
    monkeypatch: pytest.MonkeyPatch,
    typed: bytes,
    encoding: str,
) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(typed), encoding=encoding, newline="")
    monkeypatch.setattr(sys, "stdin", pipe)
    arguments = ["merchant", "set", *IDS, "--key-stdin", "--data-dir", str(console.directory)]
    assert main(arguments) == 0
    assert vault.keys == {"10000098": Secret(KEY)}


class TestMerchantSet:
    """`merchant set` when a merchant is already set up."""

    def settings(self, live: Console) -> Settings:
        return TomlSettings(live.directory / "settings.toml").load()

    def test_changes_what_is_named_and_reads_no_key(
        self, live: Console, vault: MemoryVault
    ) -> None:
        before, keys = self.settings(live), dict(vault.keys)
        assert live.run("merchant", "set", "--free-time=900")[0] == 0
        merchant = replace(merchant_of(before), free_time=900)
        assert self.settings(live) == before.with_account(Account(before.account_id, merchant))
        assert vault.keys == keys

    def test_empty_option_clears_the_value(self, live: Console) -> None:
        live.run("merchant", "set", "--sub-appid=wxsub")
        assert merchant_of(self.settings(live)).sub_appid == "wxsub"
        live.run("merchant", "set", "--sub-appid=")
        assert merchant_of(self.settings(live)).sub_appid == ""

    def test_sets_booth_and_plate_prefix(self, live: Console) -> None:
        before = self.settings(live)
        assert live.run("merchant", "set", "--booth=2号岗", "--plate-prefix=粤b")[0] == 0
        assert self.settings(live) == changed(before, name="2号岗", plate_prefix="粤B")

    def test_refuses_a_prefix_that_no_plate_has(self, live: Console) -> None:
        before = self.settings(live)
        assert live.run("merchant", "set", "--plate-prefix=B")[0] == 2
        assert "车牌" in live.errors
        assert self.settings(live) == before

    def test_takes_a_new_key_only_on_request(self, live: Console, vault: MemoryVault) -> None:
        other = KEY[::-1]
        assert live.run("merchant", "set", "--free-time=1", typed=other)[0] == 0
        assert vault.keys == {"10000098": Secret(KEY)}
        assert live.run("merchant", "set", "--key-stdin", typed=other)[0] == 0
        assert vault.keys == {"10000098": Secret(other)}

    def test_reads_the_key_that_the_keyring_lacks_and_says_so(
        self, live: Console, vault: MemoryVault
    ) -> None:
        other = KEY[::-1]
        assert live.run("merchant", "set", "--mch-id=777", typed=other)[0] == 0
        assert "密钥环中没有商户 777 的密钥" in live.errors
        assert vault.keys == {"777": Secret(other)}

    def test_without_the_key_it_lacks_changes_nothing(
        self, live: Console, vault: MemoryVault
    ) -> None:
        before, keys = self.settings(live), dict(vault.keys)
        assert live.run("merchant", "set", "--mch-id=777")[0] == 2
        assert (self.settings(live), vault.keys) == (before, keys)

    def test_without_a_merchant_names_each_id_it_needs(self, console: Console) -> None:
        assert console.run("merchant", "set", "--free-time=900", typed=KEY)[0] == 2
        for name in ("appid", "mch_id", "sub_mch_id", "车场名称"):
            assert name in console.errors

    def test_reports_a_locked_keyring(self, live: Console, vault: MemoryVault) -> None:
        vault.locked = True
        assert live.run("merchant", "set", "--free-time=900")[0] == 6


def test_merchant_with_waiting_entries_is_not_forgotten(
    live: Console, vault: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqliteJournal, "waiting", lambda *_: 3)
    assert live.run("merchant", "forget")[0] == 3
    assert "3 条" in live.errors
    assert live.run("merchant", "show")[0] == 0
    assert vault.keys == {"10000098": Secret(KEY)}


def findings_of(console: Console) -> tuple[int, dict[str, dict[str, Any]]]:
    code, printed = console.run("doctor", "--json")
    return code, {found["subject"]: found for found in json.loads(printed)["findings"]}


def test_doctor_finds_a_working_booth_good_and_names_its_other_gateway(
    live: Console, gateway: TrainingGateway
) -> None:
    code, findings = findings_of(live)
    assert code == 0
    assert {subject: found["health"] for subject, found in findings.items()} == {
        "data_directory": "good",
        "disk": "good",
        "journal": "good",
        "settings": "good",
        "merchant": "good",
        "keyring": "good",
        "key": "good",
        "trust": "good",
        "proxy": "good",
        "other_gateway": "warning",
        "gateway": "good",
        "clock": "good",
        "sqlite": "good",
        "openssl": "good",
    }
    assert findings["other_gateway"]["detail"] == gateway.url.removeprefix("http://")
    assert gateway.received == ()
    assert "其他网关" in live.run("doctor")[1]


def test_doctor_reads_no_key_from_a_locked_keyring(
    live: Console, vault: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "is_locked", lambda: True)
    monkeypatch.setattr(vault, "load", lambda _: pytest.fail("this would ask for a password"))
    code, findings = findings_of(live)
    assert (code, findings["keyring"]["error"]) == (6, "KEYRING_LOCKED")
    assert "key" not in findings
    assert "密钥环已锁定" in live.run("doctor")[1]


def test_doctor_tells_a_missing_key_from_a_locked_keyring(
    live: Console, vault: MemoryVault
) -> None:
    vault.keys.clear()
    code, findings = findings_of(live)
    assert (code, findings["keyring"]["error"], findings["key"]["error"]) == (
        6,
        None,
        "KEY_MISSING",
    )


def test_doctor_names_the_step_that_failed_on_the_way_to_the_gateway(
    live: Console, gateway: TrainingGateway
) -> None:
    gateway.stop()
    code, findings = findings_of(live)
    found = findings["gateway"]
    assert (code, found["health"], found["error"]) == (1, "bad", "CONNECT")
    assert found["message"]
    assert "clock" not in findings
    code, printed = live.run("doctor")
    assert code == 1
    assert found["message"] in printed


@pytest.mark.parametrize(
    ("seconds", "health", "sentence"),
    [
        (30, "good", None),
        (300, "warning", "本机时钟快 300 秒。"),
        (-300, "warning", "本机时钟慢 300 秒。"),
    ],
)
def test_doctor_compares_the_clock_with_the_gateways(
    live: Console,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
    health: str,
    sentence: str | None,
) -> None:
    monkeypatch.setattr(
        SystemClock, "now", lambda _: datetime.now(timezone.utc) + timedelta(seconds=seconds)
    )
    code, findings = findings_of(live)
    found = findings["clock"]
    assert (code, found["health"]) == (0, health)
    said = found["message"]
    # A second may pass on the way.
    assert said == sentence or (
        sentence and said[:6] == sentence[:6] and said[-3:] == sentence[-3:]
    )


def test_doctor_changes_nothing(live: Console) -> None:
    live.notify("粤B12345")
    before = kept_files(live.directory)
    live.run("doctor")
    assert kept_files(live.directory) == before


def test_doctor_creates_no_data_directory(console: Console) -> None:
    code, _ = findings_of(console)
    assert code == 6
    assert not console.directory.exists()


def test_doctor_reports_a_damaged_journal_and_leaves_it(live: Console) -> None:
    journal = live.directory / "journal.sqlite3"
    journal.write_bytes(b"something else")
    code, printed = live.run("doctor", "--json")
    findings = {f["subject"]: f["error"] for f in json.loads(printed)["findings"]}
    assert (code, findings["journal"]) == (1, "JOURNAL_DAMAGED")
    assert journal.read_bytes() == b"something else"


def test_doctor_reads_the_version_file_and_a_missing_one_is_a_warning(
    live: Console, tmp_path: Path
) -> None:
    signer = Signer()
    file, settings = tmp_path / "wxpark.toml", live.directory / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    for name, value in (("version_file", file), ("version_key", signer.public)):
        text = text.replace(f'{name} = ""', f"{name} = '{value}'")
    settings.write_text(text, encoding="utf-8")

    def look() -> tuple[int, tuple[str, str, str | None]]:
        code, printed = live.run("doctor", "--json")
        last = json.loads(printed)["findings"][-1]
        assert last["subject"] == "version_file"
        return code, (last["health"], last["detail"], last["error"])

    with pytest.raises(FileNotFoundError) as not_found:
        file.open("rb")
    missing = ("warning", not_found.value.strerror, "VERSION_FILE_UNREACHABLE")
    assert look() == (0, missing)
    assert "读不到版本文件" in live.run("doctor")[1]
    file.write_bytes(DOCUMENT)
    file.with_name("wxpark.toml.minisig").write_bytes(signer.sign(DOCUMENT))
    assert look() == (0, ("good", "1.2.0", None))
    file.write_bytes(DOCUMENT + b"\n")
    bad = ("bad", "not the file that was signed", "VERSION_FILE_UNTRUSTED")
    assert look() == (1, bad)


def test_doctor_without_a_version_file_leaves_it_out(live: Console) -> None:
    _, printed = live.run("doctor", "--json")
    assert "version_file" not in {f["subject"] for f in json.loads(printed)["findings"]}


@pytest.mark.parametrize(
    "arguments",
    [["doctor"], ["journal", "list"], ["journal", "verify"], ["merchant", "show"]],
    ids=" ".join,
)
def test_reading_command_works_beside_the_open_window(live: Console, arguments: list[str]) -> None:
    live.notify("粤B12345")
    journal = live.directory / "journal.sqlite3"
    with (
        DirectoryLock(prepare_directory(live.directory)),
        closing(SqliteJournal(journal, SystemClock())) as window,
    ):
        assert live.run(*arguments)[0] == 0
        # The window is not disturbed.
        assert window.release(SystemClock().now()) == 0
        assert window.verify() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["notify", "--plate=粤B12345"],
        ["journal", "flush"],
        ["merchant", "set", "--booth=2"],
        ["merchant", "forget"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_writing_command_beside_the_open_window_is_refused(
    live: Console, arguments: list[str]
) -> None:
    with DirectoryLock(prepare_directory(live.directory)):
        assert live.run(*arguments)[0] == 7


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_help_is_in_the_requested_language(
    capsys: pytest.CaptureFixture[str], language: str
) -> None:
    with pytest.raises(SystemExit):
        main(["notify", "--help", "--lang", language])
    printed = capsys.readouterr().out
    assert bool(re.search("[一-鿿]", printed)) == (language == "zh_CN")


def test_bug_is_a_sentence_on_screen_and_a_traceback_in_the_log(
    live: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("wxpark_gui.service.submit.Submission.save", fail)
    assert live.run("notify", "--plate=粤B12345")[0] == 1
    assert "ZeroDivisionError" in live.errors
    assert "Traceback" not in live.errors
    assert "Traceback" in (live.directory / "logs" / "wxpark.log").read_text("utf-8")


def test_console_tool_never_imports_qt() -> None:
    program = "import sys, wxpark_gui.console.commands; sys.exit('PySide6' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["notify", "--plate=粤B12346"],
        ["journal", "list"],
        ["journal", "verify"],
        ["journal", "flush"],
        ["merchant", "set", *IDS, "--gateway-url=https://other.example", "--key-stdin"],
        ["doctor"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_journal_of_a_newer_version_is_refused_in_words_and_left(
    live: Console, gateway: TrainingGateway, arguments: list[str]
) -> None:
    live.notify("粤B12345")
    make_newer(live.directory / "journal.sqlite3", program="0.99.0")
    before = kept_files(live.directory)
    code, printed = live.run(*arguments, typed=KEY)
    assert code == 1
    assert "请管理员安装 0.99.0 或更新版本" in printed + live.errors
    assert kept_files(live.directory) == before
    assert len(gateway.received) == 1


def test_journal_of_a_newer_version_is_refused_in_json(live: Console) -> None:
    live.notify("粤B12345")
    make_newer(live.directory / "journal.sqlite3", program="0.99.0")
    code, document = live.notify("粤B12346")
    assert (code, document["entry_id"], document["delivery"]) == (1, None, None)
    assert document["error"]["code"] == "JOURNAL_NEWER"


def make_old(path: Path) -> None:
    """Make every waiting entry as old as after two days of running."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = (datetime.now(timezone.utc) - timedelta(days=2)).isoformat(timespec="milliseconds")
        connection.execute("UPDATE entries SET saved_at = ?", (before,))
        connection.execute("UPDATE runs SET lasted = 200000")


def kept_files(directory: Path) -> dict[str, bytes]:
    """Return the content of each settings file and database in `directory`, by file name.

    A command that only reads must not change these files.
    """
    return {
        path.name: path.read_bytes()
        for path in directory.iterdir()
        if path.suffix in {".toml", ".sqlite3"}
    }


class TestJournal:
    def test_list_is_oldest_first(self, live: Console) -> None:
        live.notify("粤B12301")
        live.notify("粤B12391")
        code, printed = live.run("journal", "list", "--json")
        entries = json.loads(printed)
        assert code == 0
        assert [
            (e["plate"], e["scene"], e["delivery"], e["severity"], e["user_state"]) for e in entries
        ] == [
            ("粤B12301", "PARKING", "answered", "arrears", "OVERDUE"),
            ("粤B12391", "PARKING", "queued", "pending", None),
        ]
        assert {"entry_id", "start_time"} <= set(entries[0])
        _, printed = live.run("journal", "list")
        assert [line.split()[-1] for line in printed.splitlines()] == ["状态", "欠费", "待发送"]

    def test_list_of_an_empty_journal_is_empty(self, console: Console) -> None:
        assert console.run("journal", "list", "--json") == (0, "[]\n")

    def test_verify_counts_the_entries(self, live: Console) -> None:
        live.notify("粤B12345")
        code, printed = live.run("journal", "verify", "--json")
        assert (code, json.loads(printed)) == (0, {"sound": True, "entries": 1})

    def test_flush_sends_waiting_entries(self, live: Console, gateway: TrainingGateway) -> None:
        gateway.set_faults([Fault.RESET])
        assert live.notify("粤B12345")[0] == 3
        assert live.notify("粤B12346")[0] == 3
        gateway.set_faults([])
        code, printed = live.run("journal", "flush", "--json")
        assert (code, json.loads(printed)) == (
            0,
            {
                "sent": 2,
                "answered": 2,
                "refused": 0,
                "untrusted": 0,
                "expired": 0,
                "waiting": 0,
                "entries": [],
            },
        )

    def test_flush_counts_each_end_of_a_mixed_queue(
        self, live: Console, gateway: TrainingGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gateway.set_faults([Fault.RESET])
        live.notify("粤B11111")
        make_old(live.directory / "journal.sqlite3")
        for plate in ("粤B22222", "粤B66693", "粤B44444"):
            assert live.notify(plate)[0] == 3
        gateway.set_faults([])
        code, printed = live.run("journal", "flush", "--json")
        result = json.loads(printed)
        names = ("sent", "answered", "refused", "untrusted", "expired", "waiting")
        assert [result[name] for name in names] == [3, 2, 1, 0, 1, 0]
        assert code == 4

    def test_flush_without_a_connection_names_what_still_waits(
        self, live: Console, gateway: TrainingGateway
    ) -> None:
        gateway.set_faults([Fault.RESET])
        live.notify("粤B12345")
        code, printed = live.run("journal", "flush", "--json")
        result = json.loads(printed)
        assert (code, result["sent"], result["waiting"]) == (3, 0, 1)
        (entry,) = result["entries"]
        assert (entry["plate"], entry["cause"], entry["code"]) == ("粤B·12345", "offline", "RESET")
        assert entry["reason"].startswith("微信应答前连接中断")

    def test_flush_sends_the_others_when_one_is_always_put_off(
        self, live: Console, gateway: TrainingGateway
    ) -> None:
        gateway.set_faults([Fault.RESET])
        for plate in ("粤B12391", "粤B22222", "粤B33333"):
            assert live.notify(plate)[0] == 3
        gateway.set_faults([])
        code, printed = live.run("journal", "flush", "--json")
        result = json.loads(printed)
        assert (code, result["answered"], result["waiting"]) == (3, 2, 1)
        assert result["entries"][0]["code"] == "SYSTEMERROR"
        code, printed = live.run("journal", "flush")
        assert printed.splitlines() == [
            "已应答 0 · 未受理 0 · 不可信 0 · 已过期 0 · 待发送 1",
            "  粤B·12391  微信系统繁忙：已存本机，稍后自动补发",
        ]

    def test_flush_counts_refused_entries_apart(
        self, live: Console, gateway: TrainingGateway
    ) -> None:
        gateway.set_faults([Fault.RESET])
        live.notify("粤B66693")
        gateway.set_faults([])
        code, printed = live.run("journal", "flush", "--json")
        result = json.loads(printed)
        assert (code, result["answered"], result["refused"], result["sent"]) == (4, 0, 1, 1)

    def test_wrong_key_holds_the_queue_until_the_merchant_is_entered_again(
        self, live: Console, gateway: TrainingGateway
    ) -> None:
        assert live.notify("粤B12395")[0] == 4
        received = len(gateway.received)
        code, document = live.notify("粤B12345")
        assert (code, document["delivery"], document["attempts"]) == (3, "queued", 0)
        assert len(gateway.received) == received
        live.run("merchant", "set", *IDS, f"--gateway-url={gateway.url}", "--key-stdin", typed=KEY)
        assert json.loads(live.run("journal", "flush", "--json")[1])["sent"] == 0
        assert [n.plate for n in gateway.received[received:]] == ["粤B12395"]


def test_gateway_command_ends_at_ctrl_c_while_it_sleeps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", io.StringIO("k" * 32 + "\n"))
    monkeypatch.setattr("wxpark_gui.console.commands.time.sleep", interrupt)
    assert main(["gateway", "--port", "0", "--key-stdin"]) == 130
    assert "listening on http://127.0.0.1:" in capsys.readouterr().out


class TestList:
    """`journal list` and its filters."""

    @pytest.fixture(autouse=True)
    def entered(self, live: Console) -> None:
        for plate in ("粤B12301", "粤B12391", "粤B12393"):
            live.notify(plate)

    @pytest.mark.parametrize(
        ("options", "plates"),
        [
            ([], ["粤B12301", "粤B12391", "粤B12393"]),
            (["--plate=粤b-1239"], ["粤B12391", "粤B12393"]),
            (["--state=queued"], ["粤B12391"]),
            (["--state=answered"], ["粤B12301"]),
            (["--state=voided"], []),
            (["--since=1h"], ["粤B12301", "粤B12391", "粤B12393"]),
            (["--since=2099-01-01"], []),
            (["--since=2026-01-01 09:30", "--state=refused"], ["粤B12393"]),
        ],
    )
    def test_lists_what_was_asked_for(
        self, live: Console, options: list[str], plates: list[str]
    ) -> None:
        code, printed = live.run("journal", "list", "--json", *options)
        assert (code, [entry["plate"] for entry in json.loads(printed)]) == (0, plates)

    def test_goes_through_all_pages(self, live: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", 1)
        _, printed = live.run("journal", "list", "--json")
        assert [entry["sequence"] for entry in json.loads(printed)] == [1, 2, 3]

    def test_columns_are_aligned_under_their_headings(self, live: Console) -> None:
        _, printed = live.run("journal", "list")
        heading, *rows = printed.splitlines()
        place = text_width(heading[: heading.index("状态")])
        for row in rows:
            assert text_width(row[: row.rindex("  ") + 2]) == place


class TestTraining:
    """Wrong settings simulated in training do not block later entries."""

    @pytest.mark.parametrize("plate", ["粤B12395", "粤B12384", "粤B12394"])
    def test_settings_stop_of_one_lesson_does_not_hold_the_next(
        self, console: Console, plate: str
    ) -> None:
        assert console.notify(plate, "--training")[0] == 4
        code, document = console.notify("粤B12345", "--training")
        assert (code, document["delivery"]) == (0, "answered")
        _, printed = console.run("journal", "list", "--training", "--json")
        assert [entry["delivery"] for entry in json.loads(printed)] == ["voided", "answered"]

    def test_what_waited_without_a_settings_stop_still_waits(self, console: Console) -> None:
        console.notify("粤B12391", "--training")
        console.notify("粤B12395", "--training")
        code, printed = console.run("journal", "flush", "--training", "--json")
        assert (code, json.loads(printed)["waiting"]) == (3, 1)

    def test_is_listed_beside_the_open_training_window(self, console: Console) -> None:
        console.notify("粤B12345", "--training")
        with DirectoryLock(prepare_directory(console.directory / "training")):
            code, printed = console.run("journal", "list", "--training", "--json")
        assert (code, [entry["training"] for entry in json.loads(printed)]) == (0, [True])


class TestMerchantShow:
    def test_does_not_ask_for_a_password(
        self, live: Console, vault: MemoryVault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(vault, "is_locked", lambda: True)
        monkeypatch.setattr(vault, "load", lambda _: pytest.fail("this would ask for a password"))
        code, printed = live.run("merchant", "show")
        assert code == 6
        assert "mch_id: 10000098" in printed
        assert "密钥环已锁定" in printed


def test_result_that_was_not_stored_leaves_the_entry_queued(
    live: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise JournalWriteError("database or disk is full")

    monkeypatch.setattr(SqliteJournal, "finish_attempt", fail)
    code, document = live.notify("粤B12345")
    assert (code, document["delivery"]) == (3, "queued")
    assert "记录已保存" in live.errors


def test_bug_after_saving_leaves_the_entry_queued(
    live: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SqliteJournal, "finish_attempt", fail)
    code, document = live.notify("粤B12345")
    assert (code, document["delivery"]) == (3, "queued")
    assert "ZeroDivisionError" in live.errors
    assert "Traceback" in (live.directory / "logs" / "wxpark.log").read_text("utf-8")


def test_taken_port_of_the_gateway_is_named(console: Console, gateway: TrainingGateway) -> None:
    port = gateway.url.rpartition(":")[2]
    code, _ = console.run("gateway", "--port", port, "--key-stdin", typed=KEY)
    assert code == 1
    assert f"端口 {port} " in console.errors


def test_message_names_a_command_in_place_of_a_key(console: Console, live: Console) -> None:
    live.run("notify", "--plate=B12345")
    assert "F4" not in live.errors
    assert "省份" in live.errors


def test_replaced_keyring_keeps_the_records_readable_and_takes_the_key_again(
    live: Console, vault: MemoryVault
) -> None:
    live.notify("粤B12345")
    vault.keys.clear()
    assert live.notify("粤B54321")[0] == 6
    code, printed = live.run("journal", "list", "--json")
    assert code == 0
    assert [entry["plate"] for entry in json.loads(printed)] == ["粤B12345", "粤B54321"]
    assert live.run("merchant", "set", "--key-stdin", typed=KEY)[0] == 0
    assert live.run("journal", "flush")[0] == 0
