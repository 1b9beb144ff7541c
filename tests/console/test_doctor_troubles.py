"""For each trouble the doctor has a finding with an action, and all other findings are good.

Certificates, servers, proxies, files, limits and D-Bus sessions are real. The settings are those of
a booth that works.
"""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.console.in_process import Console, MemoryVault
from tests.desktop_session import UNLOCKED, make_home, needs_keyring, without_services
from tests.storage.released import make_newer
from tests.systems import not_on_windows, not_under_wine
from tests.wechatpay.conftest import Handler, Peer, Server
from wxpark_gui import support
from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service import health
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.transport import trust
from wxpark_gui.transport.deadline import Budget

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
HOST = "localhost"
ELSEWHERE = "https://gateway.example"
"""A gateway whose name only a proxy could resolve."""

Found = dict[str, tuple[str, str | None]]


def examine(console: Console) -> Found:
    """Return health and code of each finding that is not good; check it has message and action."""
    _, printed = console.run("doctor", "--json")
    return not_good(json.loads(printed))


def not_good(document: dict[str, Any]) -> Found:
    found: Found = {}
    for finding in document["findings"]:
        if finding["health"] == "good":
            assert (finding["message"], finding["action"]) == (None, None)
        elif finding["subject"] != "other_gateway":
            assert finding["message"]
            assert finding["action"]
            found[finding["subject"]] = finding["health"], finding["error"]
    return found


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the time limits of a connection to 0.4 s."""
    monkeypatch.setattr(support, "PROBE", Budget(connect=0.4, total=0.4, second_host=0.1))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that the operating system trusts."""
    file = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return authority


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    with ExitStack() as stack:

        def start(handler: Handler, certificate: trustme.LeafCert | None = None) -> Server:
            context = None
            if certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                certificate.configure_cert(context)
            server = Server(handler, context)
            stack.callback(server.stop)
            return server

        yield start


def answer(date: datetime) -> Handler:
    """Return a handler that answers each request with 404 and the header `Date`."""

    def handler(peer: Peer) -> None:
        while peer.read_request():
            head = f"HTTP/1.1 404 Not Found\r\nDate: {format_datetime(date, usegmt=True)}\r\n"
            peer.send(f"{head}Content-Length: 0\r\n\r\n".encode())

    return handler


def refuse(status: str) -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    return handler


def keep_silent(peer: Peer) -> None:
    peer.wait_until_client_leaves()


def now() -> datetime:
    return datetime.now(timezone.utc)


def use_gateway(console: Console, url: str) -> None:
    assert console.run("merchant", "set", f"--gateway-url={url}")[0] == 0


def use_proxy(console: Console, url: str) -> None:
    settings = console.directory / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('proxy_url = ""', f'proxy_url = "{url}"'), encoding="utf-8")


def at(server: Server) -> str:
    return f"https://{HOST}:{server.port}"


def test_working_booth_has_no_trouble(live: Console) -> None:
    assert examine(live) == {}


class TestGateway:
    def test_good_certificate_is_no_trouble_and_the_steps_have_their_times(
        self, live: Console, serve: Callable[..., Server], trusted: trustme.CA
    ) -> None:
        use_gateway(live, at(serve(answer(now()), trusted.issue_cert(HOST))))
        _, printed = live.run("doctor", "--json")
        document = json.loads(printed)
        assert not_good(document) == {}
        gateway = next(f for f in document["findings"] if f["subject"] == "gateway")
        assert list(gateway["milliseconds"]) == ["dns", "tcp", "tls", "answer"]

    def test_standby_that_fails_beside_a_good_main_host(
        self,
        live: Console,
        serve: Callable[..., Server],
        trusted: trustme.CA,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        certificate = trusted.issue_cert(HOST)
        main, standby = (serve(answer(now()), certificate) for _ in range(2))
        monkeypatch.setattr(health, "MAIN_HOST", f"{HOST}:{main.port}")
        monkeypatch.setattr(health, "STANDBY_HOST", f"{HOST}:{standby.port}")
        use_gateway(live, "")
        assert examine(live) == {}
        standby.stop()
        assert examine(live) == {"standby_gateway": ("warning", "CONNECT")}

    def test_expired_certificate(
        self, live: Console, serve: Callable[..., Server], trusted: trustme.CA
    ) -> None:
        expired = trusted.issue_cert(HOST, not_after=LONG_AGO)
        use_gateway(live, at(serve(answer(now()), expired)))
        assert examine(live) == {"gateway": ("bad", "TLS_CLOCK")}
        assert "证书已过期" in live.run("doctor")[1]

    def test_certificate_of_another_host(
        self, live: Console, serve: Callable[..., Server], trusted: trustme.CA
    ) -> None:
        use_gateway(live, at(serve(answer(now()), trusted.issue_cert("other.example"))))
        assert examine(live) == {"gateway": ("bad", "TLS_HOST")}

    @not_under_wine("an incomplete chain of certificates is accepted")
    def test_certificate_of_an_unknown_authority(
        self, live: Console, serve: Callable[..., Server], trusted: trustme.CA
    ) -> None:
        use_gateway(live, at(serve(answer(now()), trustme.CA().issue_cert(HOST))))
        assert examine(live) == {"gateway": ("bad", "TLS_TRUST")}

    @pytest.mark.parametrize("days", [-1, 1])
    def test_clock_a_day_off(
        self, live: Console, serve: Callable[..., Server], trusted: trustme.CA, days: int
    ) -> None:
        certificate = trusted.issue_cert(HOST)
        use_gateway(live, at(serve(answer(now() + timedelta(days=days)), certificate)))
        assert examine(live) == {"clock": ("warning", "CLOCK")}

    def test_name_that_does_not_resolve(
        self, live: Console, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("wxpark_gui.transport.failure.has_route", lambda: True)
        use_gateway(live, "https://no-such-host.invalid")
        assert examine(live) == {"gateway": ("bad", "DNS")}

    def test_port_that_refuses(self, live: Console, gateway: TrainingGateway) -> None:
        gateway.stop()
        assert examine(live) == {"gateway": ("bad", "CONNECT")}

    def test_answer_that_does_not_come(self, live: Console, serve: Callable[..., Server]) -> None:
        use_gateway(live, serve(keep_silent).url)
        assert examine(live) == {"gateway": ("bad", "TIMEOUT")}

    def test_handshake_that_does_not_come(
        self, live: Console, serve: Callable[..., Server]
    ) -> None:
        use_gateway(live, at(serve(keep_silent)))
        assert examine(live) == {"gateway": ("bad", "TLS_TIMEOUT")}

    @not_on_windows("the store of Windows is never empty")
    def test_computer_without_authorities(
        self, live: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "empty").mkdir()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "empty"))
        monkeypatch.setattr(trust, "_OTHER_FILES", ())
        assert examine(live) == {"trust": ("bad", "TRUST_EMPTY")}


class TestProxy:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            ("407 Proxy Authentication Required", "PROXY_AUTH"),
            ("403 Forbidden", "PROXY_REFUSED"),
            ("502 Bad Gateway", "PROXY"),
        ],
    )
    def test_proxy_that_opens_no_tunnel(
        self, live: Console, serve: Callable[..., Server], status: str, code: str
    ) -> None:
        use_gateway(live, ELSEWHERE)
        use_proxy(live, serve(refuse(status)).url)
        assert examine(live) == {"gateway": ("bad", code)}

    def test_proxy_that_cannot_be_reached(self, live: Console) -> None:
        use_gateway(live, ELSEWHERE)
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            use_proxy(live, f"http://127.0.0.1:{bound.getsockname()[1]}")
            unreachable = ("bad", "PROXY_UNREACHABLE")
            assert examine(live) == {"proxy": unreachable, "gateway": unreachable}

    @pytest.mark.parametrize(
        ("mode", "is_used"), [("system", True), ("none", False), ("explicit", False)]
    )
    def test_proxy_of_the_environment_is_used_in_one_mode_only(
        self,
        live: Console,
        serve: Callable[..., Server],
        monkeypatch: pytest.MonkeyPatch,
        mode: str,
        is_used: bool,
    ) -> None:
        use_gateway(live, ELSEWHERE)
        assert live.run("settings", "set", f"network.proxy={mode}")[0] == 0
        monkeypatch.setenv("https_proxy", serve(refuse("403 Forbidden")).url)
        found = examine(live)
        assert (found["gateway"] == ("bad", "PROXY_REFUSED")) is is_used

    def test_kind_of_proxy_that_is_not_supported(
        self, live: Console, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert live.run("settings", "set", "network.proxy=system")[0] == 0
        monkeypatch.setenv("all_proxy", "socks5://10.0.0.1:1080")
        assert examine(live) == {"proxy": ("warning", "PROXY_UNSUPPORTED")}


class TestFiles:
    def test_no_merchant(self, console: Console) -> None:
        missing = ("bad", "NOT_SET_UP")
        assert examine(console) == {"merchant": missing, "key": missing, "gateway": missing}

    def test_settings_that_cannot_be_read(self, live: Console) -> None:
        (live.directory / "settings.toml").write_text("[booth\nname = ", encoding="utf-8")
        found = examine(live)
        assert found["settings"] == ("bad", "SETTINGS_UNREADABLE")
        assert set(found) == {"settings", "merchant", "key", "gateway"}

    def test_managers_that_are_lost(self, live: Console) -> None:
        with Assembly(live.directory) as parts:
            parts.claim()
            parts.open_journal().close()
            parts.managers().add("王经理", Secret("13579"))
        assert examine(live) == {}
        (live.directory / "managers.json").write_text("{", encoding="utf-8")
        assert examine(live) == {"managers": ("warning", "MANAGERS_LOST")}
        (live.directory / "managers.json").unlink()
        assert examine(live) == {"managers": ("warning", "MANAGERS_LOST")}

    def test_port_for_plates_that_nobody_or_another_program_has(self, live: Console) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            on = ("door.enabled=true", f"door.port={port}")
            assert live.run("settings", "set", *on)[0] == 0
            with Assembly(live.directory, read_only=True) as parts:
                parts.door_tokens.renew()
            assert examine(live) == {"door": ("warning", "DOOR_PORT_TAKEN")}
        assert examine(live) == {"door": ("warning", "DOOR_CLOSED")}

    def test_port_for_plates_of_the_open_window(self, live: Console) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
        on = ("door.enabled=true", f"door.port={port}")
        assert live.run("settings", "set", *on)[0] == 0
        with Assembly(live.directory, read_only=True) as parts:
            door = parts.door()
            door.apply(parts.load_settings().door, lambda _: None)
            try:
                assert examine(live) == {}
            finally:
                door.close()

    def test_damaged_journal(self, live: Console) -> None:
        (live.directory / "journal.sqlite3").write_bytes(b"something else")
        assert examine(live) == {"journal": ("bad", "JOURNAL_DAMAGED")}

    def test_journal_with_a_damaged_page_that_counting_does_not_read(self, live: Console) -> None:
        live.notify("粤B12345")
        journal = live.directory / "journal.sqlite3"
        with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
            size = connection.execute("PRAGMA page_size").fetchone()[0]
            root = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'audit'"
            ).fetchone()[0]
        with journal.open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(bytes([255]) * size)
        assert examine(live) == {"journal": ("bad", "JOURNAL_DAMAGED")}

    def test_journal_of_a_newer_version(self, live: Console) -> None:
        live.notify("粤B12345")
        make_newer(live.directory / "journal.sqlite3", program="0.99.0")
        assert examine(live) == {"journal": ("bad", "JOURNAL_NEWER")}

    def test_data_directory_that_is_a_file(self, console: Console) -> None:
        console.directory.write_text("in the way")
        found = examine(console)
        assert found["data_directory"] == ("bad", "DATA_DIRECTORY_UNUSABLE")

    @not_on_windows("no limit on the size of files")
    def test_disk_that_takes_no_more(self, live: Console) -> None:
        import resource  # noqa: PLC0415

        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
        try:
            found = examine(live)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert found["disk"] == ("bad", "DISK_FULL")

    def test_disk_with_little_space(self, live: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        usage = shutil.disk_usage(live.directory)._replace(free=50_000_000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        assert examine(live) == {"disk": ("warning", "DISK_LOW")}

    def test_old_sqlite(self, live: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sqlite3.sqlite_version", "3.22.0")
        assert examine(live) == {"sqlite": ("bad", "VERSION_BAD")}


class TestKeyring:
    """Findings about a keyring: one in memory for its answers, the real one for its absence."""

    def test_key_that_is_missing(self, live: Console, vault: MemoryVault) -> None:
        vault.keys.clear()
        assert examine(live) == {"key": ("bad", "KEY_MISSING")}

    def test_keyring_that_hangs_is_given_up(
        self, live: Console, vault: MemoryVault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        over = threading.Event()

        def hang() -> bool:
            over.wait(5)
            return False

        monkeypatch.setattr(health, "_KEYRING", 0.1)
        monkeypatch.setattr(vault, "is_locked", hang)
        assert examine(live) == {"keyring": ("bad", "CHECK_OVERDUE")}
        over.set()


STORY = """
import sys
from unittest import mock
from wxpark_gui.cli import main
with mock.patch("keyring.backend.metadata.entry_points", return_value=()):
    if "lock" in sys.argv:
        import secretstorage
        connection = secretstorage.dbus_init()
        secretstorage.get_default_collection(connection).lock()
    main(["doctor", "--json", "--data-dir", sys.argv[1]])
"""


@pytest.mark.keyring
@needs_keyring
class TestRealKeyring:
    """Findings about a real keyring; each test has a D-Bus session and a home of its own."""

    @staticmethod
    def examine(live: Console, home: Path, launcher: Sequence[str], *story: str) -> Found:
        done = subprocess.run(
            [*launcher, sys.executable, "-c", STORY, str(live.directory), *story],
            capture_output=True,
            text=True,
            env=make_home(home),
            timeout=60,
            check=False,
        )
        assert done.stdout, done.stderr
        return not_good(json.loads(done.stdout))

    def test_unlocked_keyring_keeps_a_test_item(self, live: Console, tmp_path: Path) -> None:
        found = self.examine(live, tmp_path / "home", UNLOCKED)
        assert found == {"key": ("bad", "KEY_MISSING")}

    def test_locked_keyring(self, live: Console, tmp_path: Path) -> None:
        found = self.examine(live, tmp_path / "home", UNLOCKED, "lock")
        assert found == {"keyring": ("bad", "KEYRING_LOCKED")}

    def test_bus_without_a_keyring(self, live: Console, tmp_path: Path) -> None:
        home = tmp_path / "home"
        assert self.examine(live, home, without_services(home)) == {
            "keyring": ("bad", "KEYRING_MISSING")
        }

    def test_no_bus(self, live: Console, tmp_path: Path) -> None:
        assert self.examine(live, tmp_path / "home", []) == {"keyring": ("bad", "KEYRING_MISSING")}


READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
FULL = """
mount -t tmpfs -o size=1m tmpfs "$1" && cp -r "$2"/. "$1" || exit 1
dd if=/dev/zero of="$1/filler" 2>/dev/null
shift 2; exec "$@"
"""
NAMESPACE = ("unshare", "--map-root-user", "--mount")
DOCTOR = (
    "import sys; from wxpark_gui.cli import main;"
    " main(['doctor', '--json', '--data-dir', sys.argv[1]])"
)


@pytest.mark.matrix
@pytest.mark.skipif(sys.platform != "linux", reason="mounts")
class TestMounts:
    """Findings about real file systems, mounted in a mount namespace of the test's own."""

    @staticmethod
    def examine(place: Path, script: str, *arguments: str) -> Found:
        if subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode:
            pytest.skip("no name spaces here")
        done = subprocess.run(
            [
                *NAMESPACE,
                "sh",
                "-c",
                script,
                "sh",
                *arguments,
                sys.executable,
                "-c",
                DOCTOR,
                str(place),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.stdout, done.stderr
        return not_good(json.loads(done.stdout))

    def test_data_directory_on_a_read_only_disk(self, live: Console) -> None:
        found = self.examine(live.directory, READ_ONLY, str(live.directory))
        unusable = ("bad", "DATA_DIRECTORY_UNUSABLE")
        assert found["data_directory"] == found["disk"] == unusable

    def test_full_disk(self, live: Console, tmp_path: Path) -> None:
        place = tmp_path / "small"
        place.mkdir()
        found = self.examine(place, FULL, str(place), str(live.directory))
        assert found["disk"] == ("bad", "DISK_FULL")
